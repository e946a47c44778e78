//! Times as people read them: in their own time zone.

use jiff::Zoned;
use jiff::tz::TimeZone;
use studio_core::Timestamp;

/// Day and minute, for tables.
pub(crate) fn to_minute(time: Timestamp, zone: &TimeZone) -> String {
    zoned(time, zone).strftime("%Y-%m-%d %H:%M").to_string()
}

/// The day, for tables.
pub(crate) fn to_day(time: Timestamp, zone: &TimeZone) -> String {
    zoned(time, zone).strftime("%Y-%m-%d").to_string()
}

/// Day, second and distance from UTC.
pub(crate) fn with_seconds(time: Timestamp) -> String {
    zoned(time, &TimeZone::system()).strftime("%Y-%m-%d %H:%M:%S %:z").to_string()
}

fn zoned(time: Timestamp, zone: &TimeZone) -> Zoned {
    let time = jiff::Timestamp::from_microsecond(time.as_micros()).unwrap_or(jiff::Timestamp::MAX);
    time.to_zoned(zone.clone())
}
