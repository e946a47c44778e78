//! The JSON of sound.

use proptest::prelude::*;
use serde_json::json;
use studio_api::v1;
use studio_domain::{
    AudioDigest, AudioFormat, BitDepth, Codec, Container, Decibels, Loudness, Measured,
};

use crate::arbitrary::{formats, loudnesses};

fn one_minute() -> AudioFormat {
    AudioFormat {
        container: Container::Wav,
        codec: Codec::Pcm,
        channels: 2,
        sample_rate: 48_000,
        bit_depth: Some(BitDepth::full(24)),
        frames: Some(2_880_000),
    }
}

fn duration(frames: Option<u64>, sample_rate: u32) -> Option<String> {
    let format = AudioFormat { frames, sample_rate, ..one_minute() };
    v1::AudioFormat::from(&format).duration
}

/// The counts have the names of the media-ingest workflow, and the duration is a text.
#[test]
fn the_json_of_a_format_is_this() {
    let expected = concat!(
        r#"{"container":"wav","codec":"pcm","channel_count":2,"sample_rate":48000,"#,
        r#""bits_per_sample":24,"valid_bits_per_sample":24,"#,
        r#""frame_count":2880000,"duration":"60.0"}"#,
    );
    let wire = v1::AudioFormat::from(&one_minute());
    assert_eq!(serde_json::to_string(&wire).unwrap(), expected);
    assert_eq!(serde_json::from_str::<v1::AudioFormat>(expected).unwrap(), wire);
    assert_eq!(AudioFormat::try_from(&wire).unwrap(), one_minute());

    let mp3 = AudioFormat {
        container: Container::Mpeg,
        codec: Codec::Mp3,
        bit_depth: None,
        frames: None,
        ..one_minute()
    };
    let expected = concat!(
        r#"{"container":"mpeg","codec":"mp3","channel_count":2,"sample_rate":48000,"#,
        r#""bits_per_sample":null,"valid_bits_per_sample":null,"#,
        r#""frame_count":null,"duration":null}"#,
    );
    assert_eq!(serde_json::to_string(&v1::AudioFormat::from(&mp3)).unwrap(), expected);
}

#[test]
fn a_duration_is_a_decimal_fraction_of_seconds() {
    for (frames, rate, expected) in [
        (0, 48_000, "0.0"),
        (48_000, 48_000, "1.0"),
        (72_000, 48_000, "1.5"),
        (1, 3, "0.3333333333333333"),
        (2_880_001, 48_000, "60.00002083333333"),
        // Neither the shortest nor the longest has an exponent.
        (1, 48_000, "0.000020833333333333333"),
        (1, u32::MAX, "0.00000000023283064370807974"),
        (u64::MAX, 1, "18446744073709552000.0"),
    ] {
        assert_eq!(duration(Some(frames), rate).as_deref(), Some(expected), "{frames} at {rate}");
    }
    assert_eq!(duration(None, 48_000), None);
    assert_eq!(duration(Some(1), 0), None);
    assert_eq!(duration(Some(0), 0), None);
}

#[test]
fn a_format_is_read_from_what_is_needed_alone() {
    let least = json!({
        "container": "wav", "codec": "pcm", "channel_count": 2, "sample_rate": 48000,
        "bits_per_sample": 24, "frame_count": 2_880_000,
    });
    let wire: v1::AudioFormat = serde_json::from_value(least.clone()).unwrap();
    assert_eq!(AudioFormat::try_from(&wire).unwrap(), one_minute());
    for (field, value) in [("container", "wave"), ("codec", "PCM")] {
        let mut other = least.clone();
        other[field] = value.into();
        let wire: v1::AudioFormat = serde_json::from_value(other).unwrap();
        assert_eq!(AudioFormat::try_from(&wire).unwrap_err().field, field);
    }
    for (field, value) in
        [("channel_count", 65_536_i64), ("channel_count", -1), ("sample_rate", 1 << 32)]
    {
        let mut other = least.clone();
        other[field] = value.into();
        assert!(serde_json::from_value::<v1::AudioFormat>(other).is_err(), "{field}: {value}");
    }
}

#[test]
fn the_json_of_what_was_measured_is_this() {
    let level = |thousandths| Decibels::from_thousandths(thousandths);
    let measured = Measured {
        frames: 2_880_000,
        audio_digest: AudioDigest::from_bytes([0xAD; 32]),
        loudness: Loudness {
            integrated: level(-14_060),
            range: level(7_200),
            max_momentary: level(-9_001),
            max_short_term: level(-10_000),
            true_peak: level(-1),
            sample_peak: level(0),
        },
    };
    let expected = format!(
        concat!(
            r#"{{"frame_count":2880000,"audio_sha256":"{}","#,
            r#""integrated_lufs":-14.06,"range_lu":7.2,"max_momentary_lufs":-9.001,"#,
            r#""max_short_term_lufs":-10.0,"true_peak_dbtp":-0.001,"sample_peak_dbfs":0.0}}"#,
        ),
        "ad".repeat(32)
    );
    let wire = v1::Measured::from(&measured);
    assert_eq!(serde_json::to_string(&wire).unwrap(), expected);
    assert_eq!(serde_json::from_str::<v1::Measured>(&expected).unwrap(), wire);
    let silence = serde_json::to_value(v1::Loudness::from(&Loudness::default())).unwrap();
    assert!(silence.as_object().unwrap().values().all(serde_json::Value::is_null), "{silence}");
}

#[test]
fn what_is_no_level_is_refused_and_named() {
    for field in [
        "integrated_lufs",
        "range_lu",
        "max_momentary_lufs",
        "max_short_term_lufs",
        "true_peak_dbtp",
        "sample_peak_dbfs",
    ] {
        for number in [1000.001, -1e9, f64::MAX] {
            let wire: v1::Loudness = serde_json::from_value(json!({ field: number })).unwrap();
            assert_eq!(Loudness::try_from(&wire).unwrap_err().field, field);
        }
    }
    let infinite = v1::Loudness { true_peak_dbtp: Some(f64::NEG_INFINITY), ..Default::default() };
    assert_eq!(Loudness::try_from(&infinite).unwrap_err().field, "true_peak_dbtp");
}

proptest! {
    #[test]
    fn every_sound_survives(format in formats(), loudness in loudnesses()) {
        let json = serde_json::to_string(&v1::AudioFormat::from(&format)).unwrap();
        let wire: v1::AudioFormat = serde_json::from_str(&json).unwrap();
        prop_assert_eq!(AudioFormat::try_from(&wire).unwrap(), format);
        if let Some(duration) = wire.duration {
            prop_assert!(duration.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.'));
            let seconds = format.frames.unwrap() as f64 / f64::from(format.sample_rate);
            prop_assert_eq!(duration.parse::<f64>().unwrap(), seconds);
        }
        let json = serde_json::to_string(&v1::Loudness::from(&loudness)).unwrap();
        let wire: v1::Loudness = serde_json::from_str(&json).unwrap();
        prop_assert_eq!(Loudness::try_from(&wire).unwrap(), loudness);
    }
}
