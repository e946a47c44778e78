//! Levels and places in the stereo field, as whole numbers, so that they are the same on
//! every machine and compare exactly.

use std::fmt::{self, Write as _};
use std::str::FromStr;

/// A level or a gain in thousandths of a decibel (or of a LU, which is as large).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Decibels(i32);

/// A place between the left (-100) and the right (100) loudspeaker; 0 is the centre.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Pan(i8);

/// A text that is no level or no place in the stereo field.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{}` is not {expected}", text.escape_debug())]
pub struct ParseLevelError {
    text: String,
    expected: &'static str,
}

impl Decibels {
    /// No change.
    pub const ZERO: Self = Self(0);
    /// The most a gain or level can be, either way (1000 dB).
    const MOST: i32 = 1_000_000;

    /// From thousandths; `None` beyond 1000 dB either way.
    pub const fn from_thousandths(thousandths: i32) -> Option<Self> {
        match thousandths.unsigned_abs() <= Self::MOST.unsigned_abs() {
            true => Some(Self(thousandths)),
            false => None,
        }
    }

    /// From decibels, rounded to the nearest thousandth; `None` for what is no number, is
    /// infinite (digital silence) or lies beyond 1000 dB.
    pub fn from_f64(decibels: f64) -> Option<Self> {
        let thousandths = (decibels * 1000.0).round();
        // The comparison is false for NaN too.
        let fits = thousandths.abs() <= f64::from(Self::MOST);
        fits.then_some(Self(thousandths as i32))
    }

    /// Thousandths of a decibel.
    pub const fn thousandths(self) -> i32 {
        self.0
    }

    /// Decibels.
    pub fn as_f64(self) -> f64 {
        f64::from(self.0) / 1000.0
    }
}

impl fmt::Display for Decibels {
    /// With one digit behind the point, or as many as asked for (`{:.2}`).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = f.precision().unwrap_or(1);
        let shown = |value: f64| match f.sign_plus() {
            true => format!("{value:+.digits$}"),
            false => format!("{value:.digits$}"),
        };
        let text = shown(self.as_f64());
        // No "-0.0".
        let zero = text.bytes().all(|byte| !(b'1'..=b'9').contains(&byte));
        let text = if zero { shown(0.0) } else { text };
        let (missing, fill) = (f.width().unwrap_or(0).saturating_sub(text.len()), f.fill());
        let before = match f.align() {
            Some(fmt::Alignment::Left) => 0,
            Some(fmt::Alignment::Center) => missing / 2,
            Some(fmt::Alignment::Right) | None => missing,
        };
        (0..before).try_for_each(|_| f.write_char(fill))?;
        f.write_str(&text)?;
        (before..missing).try_for_each(|_| f.write_char(fill))
    }
}

impl FromStr for Decibels {
    type Err = ParseLevelError;

    /// Reads `-3`, `+1.5`, `-3dB`, `-3 dB`.
    fn from_str(text: &str) -> Result<Self, ParseLevelError> {
        let error = || ParseLevelError {
            text: text.to_owned(),
            expected: "a number of decibels, such as -3 or +1.5 dB",
        };
        let number = text.trim();
        let bare = number.len() - 2.min(number.len());
        let number = match number.get(bare..) {
            Some(unit) if unit.eq_ignore_ascii_case("db") => number[..bare].trim_end(),
            _ => number,
        };
        let plain = number.bytes().all(|byte| byte.is_ascii_digit() || b"+-.".contains(&byte));
        let value = number.parse().ok().filter(|_| plain).ok_or_else(error)?;
        Self::from_f64(value).ok_or_else(error)
    }
}

impl Pan {
    /// In the middle.
    pub const CENTRE: Self = Self(0);

    /// From percent: -100 is left, 100 is right; `None` beyond.
    pub const fn from_percent(percent: i8) -> Option<Self> {
        match percent {
            -100..=100 => Some(Self(percent)),
            _ => None,
        }
    }

    /// Percent: -100 is left, 100 is right.
    pub const fn percent(self) -> i8 {
        self.0
    }
}

impl fmt::Display for Pan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            0 => f.pad("C"),
            left @ ..0 => f.pad(&format!("L{}", left.unsigned_abs())),
            right => f.pad(&format!("R{right}")),
        }
    }
}

impl FromStr for Pan {
    type Err = ParseLevelError;

    /// Reads `L50`, `C`, `R100`, `left`, `-50`, `+20`, in either case.
    fn from_str(text: &str) -> Result<Self, ParseLevelError> {
        let error = || ParseLevelError {
            text: text.to_owned(),
            expected: "a place in the stereo field, such as L50, C or R100",
        };
        let lower = text.trim().to_ascii_lowercase();
        let percent: i16 = match lower.as_str() {
            "c" | "center" | "centre" => 0,
            "left" => -100,
            "right" => 100,
            _ => {
                let (sign, digits) = match lower.as_bytes().first() {
                    Some(b'l') => (-1, &lower[1..]),
                    Some(b'r') => (1, &lower[1..]),
                    _ => (1, lower.as_str()),
                };
                // No sign behind a letter: `L-50` would be a riddle.
                let signed = digits.starts_with(['+', '-']) && digits.len() != lower.len();
                let number: i16 = digits.parse().ok().filter(|_| !signed).ok_or_else(error)?;
                number.checked_mul(sign).ok_or_else(error)?
            }
        };
        i8::try_from(percent).ok().and_then(Self::from_percent).ok_or_else(error)
    }
}
