//! Amounts as people write them: `5MB`, `8MiB`, `50GB/s`, `15m`, `7d`.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// A text that is no amount, and what one looks like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct UnitError {
    text: String,
    problem: &'static str,
}

impl UnitError {
    fn new(text: &str, problem: &'static str) -> Self {
        Self { text: text.to_owned(), problem }
    }
}

impl fmt::Display for UnitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` {}", self.text, self.problem)
    }
}

impl std::error::Error for UnitError {}

/// A number of bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ByteSize(pub(crate) u64);

/// The units of bytes, the largest first. Powers of 1000, as disks are sold, and of 1024,
/// as parts are cut; a letter alone says neither, and is refused.
const BYTES: [(&str, u64); 13] = [
    ("EiB", 1 << 60),
    ("EB", 1_000_000_000_000_000_000),
    ("PiB", 1 << 50),
    ("PB", 1_000_000_000_000_000),
    ("TiB", 1 << 40),
    ("TB", 1_000_000_000_000),
    ("GiB", 1 << 30),
    ("GB", 1_000_000_000),
    ("MiB", 1 << 20),
    ("MB", 1_000_000),
    ("KiB", 1 << 10),
    ("kB", 1_000),
    ("B", 1),
];

impl FromStr for ByteSize {
    type Err = UnitError;

    /// Reads `50GB`, `1.5 GiB`, `8388608`; upper or lower case. What is less than a byte
    /// is left out.
    fn from_str(text: &str) -> Result<Self, UnitError> {
        const LOOKS: &str = "is no number of bytes; write 500kB, 8MiB or 1.5GB";
        let no_amount = || UnitError::new(text, LOOKS);
        let (number, unit) = split(text).ok_or_else(no_amount)?;
        let unit = if unit.is_empty() { "B" } else { unit };
        let unit = BYTES.iter().find(|(name, _)| name.eq_ignore_ascii_case(unit));
        let (_, size) = unit.ok_or_else(no_amount)?;
        let bytes = number.times(*size).ok_or_else(|| UnitError::new(text, "is too much"))?;
        Ok(Self(bytes))
    }
}

impl fmt::Display for ByteSize {
    /// In the largest unit of which it is a whole number, so that it reads back as it is.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let whole =
            BYTES.iter().filter(|(_, size)| self.0 >= *size && self.0.is_multiple_of(*size));
        match whole.min_by_key(|(_, size)| self.0 / size) {
            Some((name, size)) => write!(f, "{}{name}", self.0 / size),
            None => write!(f, "{}B", self.0),
        }
    }
}

/// Bytes per second.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ByteRate(pub(crate) ByteSize);

impl FromStr for ByteRate {
    type Err = UnitError;

    /// Reads a number of bytes, with or without `/s` behind it.
    fn from_str(text: &str) -> Result<Self, UnitError> {
        let amount = text.trim_end();
        let size = amount.strip_suffix("/s").unwrap_or(amount).parse();
        size.map(Self).map_err(|error: UnitError| UnitError::new(text, error.problem))
    }
}

impl fmt::Display for ByteRate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/s", self.0)
    }
}

/// A time that something lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Span(pub(crate) Duration);

/// The units of time in milliseconds, the largest first.
const TIMES: [(&str, u64); 6] = [
    ("w", 7 * 24 * 3_600_000),
    ("d", 24 * 3_600_000),
    ("h", 3_600_000),
    ("m", 60_000),
    ("s", 1_000),
    ("ms", 1),
];

impl FromStr for Span {
    type Err = UnitError;

    /// Reads `15m`, `1h`, `7d`, `1.5h`, `500ms`: one number and its unit.
    fn from_str(text: &str) -> Result<Self, UnitError> {
        const LOOKS: &str = "is no length of time; write 30s, 15m, 1h or 7d";
        let no_amount = || UnitError::new(text, LOOKS);
        let (number, unit) = split(text).ok_or_else(no_amount)?;
        let unit = TIMES.iter().find(|(name, _)| *name == unit);
        let (_, length) = unit.ok_or_else(no_amount)?;
        let millis = number.times(*length).ok_or_else(|| UnitError::new(text, "is too long"))?;
        Ok(Self(Duration::from_millis(millis)))
    }
}

impl fmt::Display for Span {
    /// In the largest unit of which it is a whole number; nothing below a millisecond.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let millis = u64::try_from(self.0.as_millis()).unwrap_or(u64::MAX);
        let whole = TIMES.iter().find(|(_, size)| millis >= *size && millis.is_multiple_of(*size));
        match whole {
            Some((name, size)) => write!(f, "{}{name}", millis / size),
            None => write!(f, "{millis}ms"),
        }
    }
}

/// A number that is not negative, in decimal digits: as a fraction, so that nothing is
/// rounded before it is multiplied.
#[derive(Debug, Clone, Copy)]
struct Number {
    digits: u64,
    /// How many of the digits stand behind the point.
    decimals: u32,
}

impl Number {
    /// So many of a unit, as a whole number, if it can be told.
    fn times(self, unit: u64) -> Option<u64> {
        let scale = 10_u128.pow(self.decimals);
        u64::try_from(u128::from(self.digits) * u128::from(unit) / scale).ok()
    }
}

/// The number at the beginning of a text, and the unit behind it.
fn split(text: &str) -> Option<(Number, &str)> {
    let text = text.trim();
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    let (whole, decimals) = number.split_once('.').unwrap_or((number, ""));
    // `.5` and `5.` are slips more often than numbers.
    let has_point = number.contains('.');
    if whole.is_empty() || (has_point && decimals.is_empty()) || decimals.contains('.') {
        return None;
    }
    let digits = format!("{whole}{decimals}").parse().ok()?;
    let decimals = u32::try_from(decimals.len()).ok()?;
    // As many digits as a u64 has; so the power of ten fits too.
    (decimals < 20).then_some((Number { digits, decimals }, unit.trim_start()))
}

/// How much to read: bytes, or a part of all of them in percent.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct ReadBudget(pub(crate) studio_core::Budget);

impl FromStr for ReadBudget {
    type Err = UnitError;

    fn from_str(text: &str) -> Result<Self, UnitError> {
        use studio_core::Budget;
        let Some(percent) = text.trim().strip_suffix('%') else {
            return text.parse().map(|ByteSize(bytes)| Self(Budget::Bytes(bytes)));
        };
        let percent: Option<f64> = percent.trim_end().parse().ok();
        match percent.filter(|percent| *percent > 0.0 && *percent <= 100.0) {
            Some(percent) => Ok(Self(Budget::Percent(percent))),
            None => Err(UnitError::new(text, "is no part of all; write 1% or 0.5%, at most 100%")),
        }
    }
}

/// The sample rates of what can be mixed, in Hz.
const SAMPLE_RATES: std::ops::RangeInclusive<u32> = 1_000..=768_000;

/// Reads a sample rate: `48000`, or `48k`, `44.1k` as they are shown.
pub(crate) fn parse_sample_rate(text: &str) -> Result<u32, String> {
    let looks = || format!("`{text}` is no sample rate; write 48000, or 44.1k");
    let text = text.trim();
    let (number, unit) = split(text).ok_or_else(looks)?;
    let times = match unit {
        "" | "Hz" => 1,
        "k" | "kHz" => 1000,
        _ => return Err(looks()),
    };
    let rate = number.times(times).and_then(|hertz| u32::try_from(hertz).ok());
    rate.filter(|hertz| SAMPLE_RATES.contains(hertz)).ok_or_else(looks)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn bytes(text: &str) -> Option<u64> {
        text.parse().ok().map(|ByteSize(bytes)| bytes)
    }

    fn millis(text: &str) -> Option<u128> {
        text.parse().ok().map(|Span(span)| span.as_millis())
    }

    #[test]
    fn a_budget_is_bytes_or_percent() {
        use studio_core::Budget;
        let budget = |text: &str| text.parse().ok().map(|ReadBudget(budget)| budget);
        assert_eq!(budget("50GB"), Some(Budget::Bytes(50_000_000_000)));
        assert_eq!(budget("2%"), Some(Budget::Percent(2.0)));
        assert_eq!(budget("0.5 %"), Some(Budget::Percent(0.5)));
        for no_budget in ["", "%", "0%", "-1%", "101%", "NaN%", "inf%", "2 percent"] {
            assert_eq!(budget(no_budget), None, "{no_budget}");
        }
    }

    #[test]
    fn sample_rates_as_people_write_them() {
        for (text, expected) in
            [("48000", 48_000), ("48k", 48_000), ("44.1 kHz", 44_100), ("96000Hz", 96_000)]
        {
            assert_eq!(parse_sample_rate(text), Ok(expected), "{text}");
        }
        for wrong in ["", "0", "-48000", "48", "4000000000", "99999999999999999999", "nan", "48m"] {
            assert!(parse_sample_rate(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn sizes_as_people_write_them() {
        for (text, expected) in [
            ("0", 0),
            ("8388608", 8 << 20),
            ("5MB", 5_000_000),
            ("5 mb", 5_000_000),
            (" 8MiB ", 8 << 20),
            ("8mib", 8 << 20),
            ("1.5GB", 1_500_000_000),
            ("0.5KiB", 512),
            ("500kB", 500_000),
            ("500KB", 500_000),
            ("1.9B", 1),
            ("18446744073709551615", u64::MAX),
            ("16EiB", 0),
        ] {
            let expected = (text != "16EiB").then_some(expected);
            assert_eq!(bytes(text), expected, "{text}");
        }
        for wrong in [
            "", "MB", "5M", "5G", "-5MB", "+5", "5 MB x", ".5MB", "5.MB", "1.2.3MB", "1e9", "5Mbit",
        ] {
            assert_eq!(bytes(wrong), None, "{wrong}");
        }
        assert_eq!(bytes(&"9".repeat(400)), None);
        assert_eq!(bytes(&format!("0.{}GB", "0".repeat(400))), None);
        assert_eq!("5MB/s".parse(), Ok(ByteRate(ByteSize(5_000_000))));
        assert_eq!("5MB".parse(), Ok(ByteRate(ByteSize(5_000_000))));
        let error = "fast/s".parse::<ByteRate>().map_err(|error| error.to_string());
        let told = "`fast/s` is no number of bytes; write 500kB, 8MiB or 1.5GB";
        assert_eq!(error, Err(told.to_owned()));
    }

    #[test]
    fn times_as_people_write_them() {
        let day = 24 * 3_600_000;
        for (text, expected) in [
            ("500ms", 500),
            ("90s", 90_000),
            ("15m", 900_000),
            ("1.5h", 5_400_000),
            ("7d", 7 * day),
            ("2 w", 14 * day),
        ] {
            assert_eq!(millis(text), Some(expected), "{text}");
        }
        for wrong in ["", "15", "1M", "1h30m", "soon", "-1h", "1y", "99999999999999999999w"] {
            assert_eq!(millis(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn amounts_are_shown_short() {
        let shown = [(8 << 20, "8MiB"), (5_000_000, "5MB"), (0, "0B"), (1001, "1001B")];
        for (size, text) in shown {
            assert_eq!(ByteSize(size).to_string(), text);
        }
        for (text, shown) in [("60m", "1h"), ("90s", "90s"), ("7d", "1w"), ("0s", "0ms")] {
            assert_eq!(text.parse::<Span>().map(|span| span.to_string()), Ok(shown.to_owned()));
        }
    }

    proptest! {
        #[test]
        fn what_is_shown_reads_back(size in any::<u64>(), exponent in 0..64_u32) {
            for size in [size, size >> exponent, (size >> exponent) << exponent] {
                prop_assert_eq!(ByteSize(size).to_string().parse(), Ok(ByteSize(size)));
                let rate = ByteRate(ByteSize(size));
                prop_assert_eq!(rate.to_string().parse(), Ok(rate));
                let span = Span(Duration::from_millis(size));
                prop_assert_eq!(span.to_string().parse(), Ok(span));
            }
        }

        #[test]
        fn no_text_is_too_strange(text in "\\PC*", number in "[0-9.]{0,30}", unit in "\\PC{0,4}") {
            for text in [text, format!("{number}{unit}")] {
                // More digits or another unit never give less.
                if let (Some(one), Some(ten)) = (bytes(&text), bytes(&format!("1{text}"))) {
                    prop_assert!(text.starts_with(' ') || ten > one, "{}", text);
                }
                let _ = text.parse::<Span>();
            }
        }

        #[test]
        fn units_multiply(count in 0..1_000_000_u64, which in 0..7_usize) {
            let (name, size) = BYTES[12 - which];
            prop_assert_eq!(bytes(&format!("{count}{name}")), count.checked_mul(size));
            let half = count.checked_mul(size).map(|whole| whole + size / 2);
            prop_assert_eq!(bytes(&format!("{count}.5{name}")), half);
        }
    }
}
