//! What is said of one track of a mix: `Bass=-3`, `Vocal=250ms`.

use std::fmt;
use std::str::FromStr;

use studio_core::TrackName;

/// Something for one track.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OfTrack<T> {
    pub(crate) track: TrackName,
    pub(crate) value: T,
}

impl<T> FromStr for OfTrack<T>
where
    T: FromStr<Err: fmt::Display>,
{
    type Err = String;

    /// The last `=` counts: a track's name may have one.
    fn from_str(text: &str) -> Result<Self, String> {
        let Some((track, value)) = text.rsplit_once('=') else {
            return Err("write TRACK=VALUE".to_owned());
        };
        let track = track.parse().map_err(|error: studio_core::NameError| error.to_string())?;
        let value = value.parse().map_err(|error: T::Err| error.to_string())?;
        Ok(Self { track, value })
    }
}

/// How much later something begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shift {
    /// Frames of the mix.
    Frames(i64),
    /// Microseconds.
    Micros(i64),
}

/// The most that anything is shifted: a day, in microseconds or in frames.
const MOST: f64 = 86_400_000_000.0;

impl Shift {
    /// Frames at a sample rate, to the nearest.
    pub(crate) fn frames(self, sample_rate: u32) -> i64 {
        match self {
            Self::Frames(frames) => frames,
            Self::Micros(micros) => {
                let exact = i128::from(micros) * i128::from(sample_rate);
                let half = if exact < 0 { -500_000 } else { 500_000 };
                i64::try_from((exact + half) / 1_000_000).unwrap_or(0)
            }
        }
    }
}

impl FromStr for Shift {
    type Err = String;

    /// Reads `480` (frames), `-250ms`, `1.5s`.
    fn from_str(text: &str) -> Result<Self, String> {
        let looks = || format!("`{text}` is no time; write 480 (frames), 250ms or 1.5s");
        let text = text.trim();
        let (number, scale) = match (text.strip_suffix("ms"), text.strip_suffix('s')) {
            (Some(number), _) => (number, 1000.0),
            (None, Some(number)) => (number, 1_000_000.0),
            (None, None) => {
                let frames: i64 = text.parse().map_err(|_| looks())?;
                let fits = frames.unsigned_abs() as f64 <= MOST;
                return if fits { Ok(Self::Frames(frames)) } else { Err(looks()) };
            }
        };
        let plain = number.bytes().all(|byte| byte.is_ascii_digit() || b"+-. ".contains(&byte));
        let value: f64 = number.trim().parse().map_err(|_| looks())?;
        let micros = (value * scale).round();
        match plain && micros.abs() <= MOST {
            true => Ok(Self::Micros(micros as i64)),
            false => Err(looks()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shifts_are_read_as_people_write_them() {
        assert_eq!("480".parse(), Ok(Shift::Frames(480)));
        assert_eq!("-480".parse(), Ok(Shift::Frames(-480)));
        assert_eq!("250ms".parse(), Ok(Shift::Micros(250_000)));
        assert_eq!("-1.5 s".parse(), Ok(Shift::Micros(-1_500_000)));
        for wrong in ["", "ms", "1h", "nan s", "inf s", "1e3ms", "99999999999999"] {
            assert!(wrong.parse::<Shift>().is_err(), "{wrong}");
        }
        assert_eq!(Shift::Micros(10_000).frames(48_000), 480);
        assert_eq!(Shift::Micros(-10_000).frames(48_000), -480);
        assert_eq!(Shift::Frames(7).frames(44_100), 7);
    }

    #[test]
    fn the_last_sign_ends_the_name_of_a_track() {
        let gain: OfTrack<studio_core::Decibels> =
            "E=mc2=-3dB".parse().unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(gain.track.as_str(), "E=mc2");
        assert_eq!(gain.value.thousandths(), -3000);
        assert!("Bass".parse::<OfTrack<studio_core::Decibels>>().is_err());
        assert!("=3".parse::<OfTrack<studio_core::Decibels>>().is_err());
    }
}
