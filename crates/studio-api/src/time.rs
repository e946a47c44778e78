//! Times outside: RFC 3339, UTC.

use studio_domain::Timestamp;

/// A text that is no time in RFC 3339.
#[derive(Debug, thiserror::Error)]
#[error("`{text}` is not a time in RFC 3339")]
pub struct ParseTimeError {
    text: String,
    source: jiff::Error,
}

/// The time in RFC 3339, as in `2026-11-21T22:09:20.123456Z`.
pub fn format_time(time: Timestamp) -> String {
    match jiff::Timestamp::from_microsecond(time.as_micros()) {
        // Always six decimals, so that times sort as texts.
        Ok(time) => format!("{time:.6}"),
        // Outside the years -9999 to 9999.
        Err(_) if time.as_micros() < 0 => format!("{:.6}", jiff::Timestamp::MIN),
        Err(_) => format!("{:.6}", jiff::Timestamp::MAX),
    }
}

/// Reads a time in RFC 3339.
///
/// # Errors
/// [`ParseTimeError`] when it is not one.
pub fn parse_time(text: &str) -> Result<Timestamp, ParseTimeError> {
    match text.parse::<jiff::Timestamp>() {
        Ok(time) => Ok(Timestamp::from_micros(time.as_microsecond())),
        Err(source) => Err(ParseTimeError { text: text.to_owned(), source }),
    }
}
