//! Times as pages show them.

use studio_domain::{ReleaseDate, StoredSound, Timestamp};

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// How long something plays, in whole seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Length(pub(crate) u64);

impl Length {
    /// That of some sound, if its header says it.
    pub(crate) fn of(sound: &StoredSound) -> Option<Self> {
        let format = sound.format?;
        let rate = u64::from(format.sample_rate);
        format.frames.filter(|_| rate > 0).map(|frames| Self((frames + rate / 2) / rate))
    }

    /// `3:05`, `1:02:03`.
    pub(crate) fn shown(self) -> String {
        let (hours, minutes, seconds) = self.parts();
        match hours {
            0 => format!("{minutes}:{seconds:02}"),
            hours => format!("{hours}:{minutes:02}:{seconds:02}"),
        }
    }

    /// `PT3M5S` (ISO 8601).
    pub(crate) fn iso(self) -> String {
        let (hours, minutes, seconds) = self.parts();
        match (hours, minutes) {
            (0, 0) => format!("PT{seconds}S"),
            (0, minutes) => format!("PT{minutes}M{seconds}S"),
            (hours, minutes) => format!("PT{hours}H{minutes}M{seconds}S"),
        }
    }

    /// `41 minutes`, for something with many parts.
    pub(crate) fn in_minutes(self) -> String {
        match (self.0 + 30) / 60 {
            0 => "under a minute".to_owned(),
            1 => "1 minute".to_owned(),
            minutes => format!("{minutes} minutes"),
        }
    }

    fn parts(self) -> (u64, u64, u64) {
        (self.0 / 3600, self.0 / 60 % 60, self.0 % 60)
    }
}

/// `26 January 2018`, as exactly as it is known.
pub(crate) fn day(date: ReleaseDate) -> String {
    let month = date.month().and_then(|month| MONTHS.get(usize::from(month) - 1));
    match (month, date.day()) {
        (Some(month), Some(day)) => format!("{day} {month} {}", date.year()),
        (Some(month), None) => format!("{month} {}", date.year()),
        _ => date.year().to_string(),
    }
}

/// `2018-01-26T00:00:00Z` (RFC 3339).
pub(crate) fn rfc3339(time: Timestamp) -> String {
    formatted(time, "%Y-%m-%dT%H:%M:%SZ")
}

/// `Fri, 26 Jan 2018 00:00:00 GMT` (RFC 822 with four digits of the year, as RSS has it).
pub(crate) fn rfc822(time: Timestamp) -> String {
    formatted(time, "%a, %d %b %Y %H:%M:%S GMT")
}

fn formatted(time: Timestamp, format: &str) -> String {
    // Beyond the year 9999 there is no music.
    let time = jiff::Timestamp::from_microsecond(time.as_micros()).unwrap_or_default();
    time.strftime(format).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_read_as_people_and_programs_read_them() {
        for (seconds, shown, iso) in [
            (0, "0:00", "PT0S"),
            (65, "1:05", "PT1M5S"),
            (600, "10:00", "PT10M0S"),
            (3_723, "1:02:03", "PT1H2M3S"),
        ] {
            assert_eq!(
                (Length(seconds).shown().as_str(), Length(seconds).iso().as_str()),
                (shown, iso)
            );
        }
        assert_eq!(Length(29).in_minutes(), "under a minute");
        assert_eq!(Length(89).in_minutes(), "1 minute");
        assert_eq!(Length(2_460).in_minutes(), "41 minutes");
    }

    #[test]
    fn days_are_as_exact_as_they_are_known() {
        let shown = |text: &str| text.parse().map(day);
        assert_eq!(shown("2018").as_deref(), Ok("2018"));
        assert_eq!(shown("2018-12").as_deref(), Ok("December 2018"));
        assert_eq!(shown("2018-01-26").as_deref(), Ok("26 January 2018"));
    }

    #[test]
    fn times_are_those_of_the_calendar() {
        for (seconds, rfc3339_text, rfc822_text) in [
            (0, "1970-01-01T00:00:00Z", "Thu, 01 Jan 1970 00:00:00 GMT"),
            (951_782_400, "2000-02-29T00:00:00Z", "Tue, 29 Feb 2000 00:00:00 GMT"),
            (1_516_924_800, "2018-01-26T00:00:00Z", "Fri, 26 Jan 2018 00:00:00 GMT"),
            (1_795_522_271, "2026-11-24T12:11:11Z", "Tue, 24 Nov 2026 12:11:11 GMT"),
            (-1, "1969-12-31T23:59:59Z", "Wed, 31 Dec 1969 23:59:59 GMT"),
        ] {
            let time = Timestamp::from_micros(seconds * 1_000_000);
            assert_eq!(
                (rfc3339(time).as_str(), rfc822(time).as_str()),
                (rfc3339_text, rfc822_text)
            );
        }
    }
}
