//! Days on which music came out, as exactly as they are known.

use std::fmt;
use std::str::FromStr;

/// A year, a month of a year, or a day (ISO 8601 with reduced precision): `2018`, `2018-01`,
/// `2018-01-26`. What is less exact comes first in the order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ReleaseDate {
    year: u16,
    month: Option<u8>,
    day: Option<u8>,
}

/// A text that is no such day.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{}` is no date: expected a year, a month or a day, such as 2018, 2018-01 or 2018-01-26", .0.escape_debug())]
pub struct ParseDateError(String);

impl ReleaseDate {
    /// A year from 1 to 9999, with a month of it and a day of that if they are known.
    /// `None` when the calendar has no such day.
    pub fn new(year: u16, month: Option<u8>, day: Option<u8>) -> Option<Self> {
        let fits = match (month, day) {
            (None, None) => true,
            (None, Some(_)) => false,
            (Some(month), None) => (1..=12).contains(&month),
            (Some(month), Some(day)) => {
                (1..=12).contains(&month) && (1..=days_in(year, month)).contains(&day)
            }
        };
        (fits && (1..=9999).contains(&year)).then_some(Self { year, month, day })
    }

    /// The year.
    pub const fn year(self) -> u16 {
        self.year
    }

    /// The month, from 1.
    pub const fn month(self) -> Option<u8> {
        self.month
    }

    /// The day of the month, from 1.
    pub const fn day(self) -> Option<u8> {
        self.day
    }
}

/// The days of a month in the Gregorian calendar.
const fn days_in(year: u16, month: u8) -> u8 {
    let is_leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if is_leap => 29,
        2 => 28,
        _ => 31,
    }
}

impl fmt::Display for ReleaseDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { year, month, day } = self;
        let mut text = format!("{year:04}");
        for part in [month, day].into_iter().flatten() {
            text.push_str(&format!("-{part:02}"));
        }
        f.pad(&text)
    }
}

impl FromStr for ReleaseDate {
    type Err = ParseDateError;

    fn from_str(text: &str) -> Result<Self, ParseDateError> {
        fn number<T: FromStr>(text: &str, digits: usize) -> Option<T> {
            let is_plain = text.len() == digits && text.bytes().all(|b| b.is_ascii_digit());
            is_plain.then(|| text.parse().ok()).flatten()
        }
        let mut parts = text.split('-');
        let parsed = (|| {
            let year = number(parts.next()?, 4)?;
            let month = parts.next().map(|part| number(part, 2).ok_or(())).transpose().ok()?;
            let day = parts.next().map(|part| number(part, 2).ok_or(())).transpose().ok()?;
            if parts.next().is_some() {
                return None;
            }
            Self::new(year, month, day)
        })();
        parsed.ok_or_else(|| ParseDateError(text.to_owned()))
    }
}
