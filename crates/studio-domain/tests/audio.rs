//! Formats of sound: their stable names, and how long they last.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

use std::collections::HashSet;
use std::fmt::{Debug, Display};
use std::str::FromStr;

use proptest::prelude::*;
use studio_domain::{AudioFormat, BitDepth, Codec, Container, ParseKindError, Status};

fn format(frames: Option<u64>, sample_rate: u32) -> AudioFormat {
    AudioFormat {
        container: Container::Wav,
        codec: Codec::Pcm,
        channels: 2,
        sample_rate,
        bit_depth: Some(BitDepth::full(24)),
        frames,
    }
}

/// Expects these names, each of which is read back, in this spelling alone.
fn assert_names<T>(all: &[T], names: &[&str])
where
    T: Copy + Debug + Display + PartialEq + FromStr<Err = ParseKindError>,
{
    let shown: Vec<_> = all.iter().map(T::to_string).collect();
    assert_eq!(shown, names);
    assert_eq!(HashSet::<&&str>::from_iter(names).len(), all.len());
    for (kind, name) in all.iter().zip(names) {
        assert_eq!(name.parse::<T>().as_ref(), Ok(kind));
        assert_eq!(format!("[{kind:>12}]"), format!("[{name:>12}]"));
        for other in [name.to_uppercase(), format!(" {name}"), format!("{name}\0")] {
            assert!(other.parse::<T>().is_err(), "{other}");
        }
    }
    assert!("".parse::<T>().is_err());
}

/// These stand in stores and catalogues: they may become more, no other.
#[test]
fn names_never_change() {
    let containers = ["wav", "rf64", "bw64", "aiff", "aifc", "flac", "mpeg", "adts", "mp4", "ogg"];
    assert_names(Container::ALL, &containers);
    let codecs =
        ["pcm", "pcm-float", "flac", "alac", "mp1", "mp2", "mp3", "aac", "vorbis", "opus", "other"];
    assert_names(Codec::ALL, &codecs);
    assert_names(Status::ALL, &["circled", "approved", "no-good"]);
}

#[test]
fn what_is_no_name_is_told() {
    let told = |error: ParseKindError| error.to_string();
    let container = "wave\u{7}".parse::<Container>().map_err(told);
    assert_eq!(container, Err(r"`wave\u{7}` is not a kind of audio file".to_owned()));
    assert_eq!("PCM".parse::<Codec>().map_err(told), Err("`PCM` is not a codec".to_owned()));
    let status = "ok".parse::<Status>().map_err(told).unwrap_err();
    assert_eq!(status, "`ok` is not a status (circled, approved or no-good)");
}

#[test]
fn some_codecs_lose_nothing() {
    let lossless: Vec<_> =
        Codec::ALL.iter().filter(|codec| codec.is_lossless()).map(|codec| codec.as_str()).collect();
    assert_eq!(lossless, ["pcm", "pcm-float", "flac", "alac"]);
}

#[test]
fn a_length_is_in_whole_microseconds() {
    for (frames, rate, micros) in [
        (Some(2_880_000), 48_000, Some(60_000_000)),
        (Some(1), 48_000, Some(20)),
        (Some(1), 3, Some(333_333)),
        (Some(0), 48_000, Some(0)),
        (Some(0), 0, None),
        (Some(1), 0, None),
        (None, 48_000, None),
        (None, 0, None),
        (Some(1), u32::MAX, Some(0)),
        (Some(u64::MAX), 1_000_000, Some(u64::MAX)),
        (Some(u64::MAX), 999_999, None),
        (Some(u64::MAX), 1, None),
        (Some(u64::MAX), u32::MAX, Some(4_294_967_297_000_000)),
        (Some(u64::MAX / 1_000_000), 1, Some(u64::MAX / 1_000_000 * 1_000_000)),
        (Some(u64::MAX / 1_000_000 + 1), 1, None),
    ] {
        assert_eq!(format(frames, rate).duration_micros(), micros, "{frames:?} at {rate} Hz");
    }
}

proptest! {
    #[test]
    fn a_length_is_the_frames_that_fit(frames in any::<u64>(), rate in 1..=u32::MAX) {
        let rate_wide = u128::from(rate);
        let exact = u128::from(frames) * 1_000_000;
        match format(Some(frames), rate).duration_micros() {
            Some(micros) => {
                let reached = u128::from(micros) * rate_wide;
                prop_assert!(reached <= exact && exact - reached < rate_wide);
            }
            None => prop_assert!(exact / rate_wide > u128::from(u64::MAX)),
        }
    }

    #[test]
    fn any_text_is_a_name_or_refused(text in any::<String>()) {
        prop_assert_eq!(text.parse::<Codec>().is_ok(), Codec::ALL.iter().any(|codec| codec.as_str() == text));
        let _ = (text.parse::<Container>(), text.parse::<Status>());
    }
}
