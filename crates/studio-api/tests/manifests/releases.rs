//! Releases.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use studio_api::v1::{self, ManifestError};
use studio_domain::{
    AudioDigest, AudioFormat, BitDepth, Codec, Container, Decibels, Digest, Loudness, Mix, Note,
    ObjectKey, Pan, PickId, Release, ReleaseId, Said, SongPath, Stem, StemLevel, StoreUrl,
    Timestamp, VersionId,
};

use crate::arbitrary::{
    audio_digests, formats, levels, loudnesses, name, pans, paths, said, stores, uuids,
};
use crate::laws::{Kind, laws, refused_field};

struct Releases;

impl Kind for Releases {
    type Told = Release;
    const FORMAT: &str = "studio.release/1";
    /// The text of [`first_release`]. Stores have these: it may gain lines, no more.
    const GOLDEN: &str = r#"{
  "format": "studio.release/1",
  "id": "01890a5d-ac96-774b-bcce-b302099a8057",
  "artist": "Khruangbin",
  "song": "Evan \"Enters\" the Third Room",
  "name": "1.0 🥁",
  "by": "Ana Núñez",
  "at": "2026-11-21T22:09:20.123456Z",
  "note": "for the\nrecord",
  "made_with": "studio 0.1.0",
  "store": "s3://music/studio",
  "stems": [
    {
      "track": "Drums",
      "version": "take_three",
      "version_id": "01890a5d-ac96-774b-bcce-b302099a8058",
      "pick_id": "01890a5d-ac96-774b-bcce-b302099a8059",
      "picked_by": "Ben",
      "size": 18446744073709551615,
      "sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
      "object_key": "objects/e3/e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
      "audio": {
        "container": "rf64",
        "codec": "pcm",
        "channel_count": 2,
        "sample_rate": 48000,
        "bits_per_sample": 32,
        "valid_bits_per_sample": 24,
        "frame_count": 2880000,
        "duration": "60.0"
      },
      "audio_sha256": "adadadadadadadadadadadadadadadadadadadadadadadadadadadadadadadad",
      "loudness": {
        "integrated_lufs": -14.06,
        "range_lu": 7.2,
        "max_momentary_lufs": -9.001,
        "max_short_term_lufs": -10.0,
        "true_peak_dbtp": 0.3,
        "sample_peak_dbfs": 0.0
      },
      "gain_db": -3.5,
      "pan_percent": -30,
      "offset_frames": -9223372036854775808,
      "mute": false
    },
    {
      "track": "Silence",
      "version": "take_one",
      "version_id": "01890a5d-ac96-774b-bcce-b302099a805a",
      "pick_id": "01890a5d-ac96-774b-bcce-b302099a805b",
      "picked_by": "Ana Núñez",
      "size": 44,
      "sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
      "object_key": "objects/e3/e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
      "audio": {
        "container": "mpeg",
        "codec": "mp3",
        "channel_count": 1,
        "sample_rate": 44100,
        "bits_per_sample": null,
        "valid_bits_per_sample": null,
        "frame_count": null,
        "duration": null
      },
      "audio_sha256": "adadadadadadadadadadadadadadadadadadadadadadadadadadadadadadadad",
      "loudness": {
        "integrated_lufs": null,
        "range_lu": null,
        "max_momentary_lufs": null,
        "max_short_term_lufs": null,
        "true_peak_dbtp": null,
        "sample_peak_dbfs": null
      },
      "gain_db": 0.0,
      "pan_percent": 0,
      "offset_frames": 480,
      "mute": true
    }
  ],
  "mix": {
    "recipe": 1,
    "sample_rate": 48000,
    "channel_count": 2,
    "bits_per_sample": 24,
    "gain_db": -1.0,
    "dither_seed": 18446744073709551615,
    "frame_count": 2880480,
    "clipped_samples": 3,
    "audio_sha256": "a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1",
    "loudness": {
      "integrated_lufs": -16.0,
      "range_lu": 7.2,
      "max_momentary_lufs": -9.001,
      "max_short_term_lufs": -10.0,
      "true_peak_dbtp": 0.3,
      "sample_peak_dbfs": 0.0
    }
  }
}
"#;

    fn encode(release: &Release) -> String {
        v1::Release::encode(release)
    }

    fn decode(json: &[u8]) -> Result<Release, ManifestError> {
        v1::Release::decode(json)
    }
}

fn level(thousandths: i32) -> Decibels {
    Decibels::from_thousandths(thousandths).unwrap()
}

fn loudness() -> Loudness {
    Loudness {
        integrated: Some(level(-14_060)),
        range: Some(level(7_200)),
        max_momentary: Some(level(-9_001)),
        max_short_term: Some(level(-10_000)),
        true_peak: Some(level(300)),
        sample_peak: Some(Decibels::ZERO),
    }
}

fn drums() -> Stem {
    let digest: Digest =
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855".parse().unwrap();
    Stem {
        track: "Drums".parse().unwrap(),
        tag: "take_three".parse().unwrap(),
        version: "01890a5d-ac96-774b-bcce-b302099a8058".parse().unwrap(),
        pick: "01890a5d-ac96-774b-bcce-b302099a8059".parse().unwrap(),
        picked_by: "Ben".parse().unwrap(),
        size: u64::MAX,
        digest,
        object_key: ObjectKey::of_object(&digest),
        format: AudioFormat {
            container: Container::Rf64,
            codec: Codec::Pcm,
            channels: 2,
            sample_rate: 48_000,
            bit_depth: Some(BitDepth { container: 32, valid: 24 }),
            frames: Some(2_880_000),
        },
        audio_digest: AudioDigest::from_bytes([0xAD; 32]),
        loudness: loudness(),
        level: StemLevel {
            gain: level(-3_500),
            pan: Pan::from_percent(-30).unwrap(),
            offset: i64::MIN,
            mute: false,
        },
    }
}

fn silence() -> Stem {
    Stem {
        track: "Silence".parse().unwrap(),
        tag: "take_one".parse().unwrap(),
        version: "01890a5d-ac96-774b-bcce-b302099a805a".parse().unwrap(),
        pick: "01890a5d-ac96-774b-bcce-b302099a805b".parse().unwrap(),
        picked_by: "Ana Núñez".parse().unwrap(),
        size: 44,
        format: AudioFormat {
            container: Container::Mpeg,
            codec: Codec::Mp3,
            channels: 1,
            sample_rate: 44_100,
            bit_depth: None,
            frames: None,
        },
        loudness: Loudness::default(),
        level: StemLevel { offset: 480, mute: true, ..StemLevel::default() },
        ..drums()
    }
}

fn first_release() -> Release {
    Release {
        id: "01890a5d-ac96-774b-bcce-b302099a8057".parse().unwrap(),
        song: SongPath {
            artist: "Khruangbin".parse().unwrap(),
            song: "Evan \"Enters\" the Third Room".parse().unwrap(),
        },
        name: "1.0 🥁".parse().unwrap(),
        said: Said {
            by: "Ana Núñez".parse().unwrap(),
            at: Timestamp::from_micros(1_795_298_960_123_456),
            note: Some(Note::new("for the\nrecord").unwrap()),
        },
        made_with: "studio 0.1.0".to_owned(),
        store: StoreUrl::S3 { bucket: "music".to_owned(), prefix: Some("studio".to_owned()) },
        stems: vec![drums(), silence()],
        mix: Mix {
            recipe: 1,
            sample_rate: 48_000,
            channels: 2,
            bits: Some(24),
            gain: level(-1_000),
            dither: Some(u64::MAX),
            frames: 2_880_480,
            clipped: 3,
            audio_digest: AudioDigest::from_bytes([0xA1; 32]),
            loudness: Loudness { integrated: Some(level(-16_000)), ..loudness() },
        },
    }
}

fn stems() -> impl Strategy<Value = Stem> {
    let stored = (any::<u64>(), any::<[u8; 32]>().prop_map(Digest::from_bytes));
    let sound = (formats(), audio_digests(), loudnesses());
    let mixed = (levels(), pans(), any::<i64>(), any::<bool>());
    (paths(), (uuids(), uuids()), name(), stored, sound, mixed).prop_map(
        |(path, (version, pick), picked_by, (size, digest), sound, (gain, pan, offset, mute))| {
            let (format, audio_digest, loudness) = sound;
            Stem {
                track: path.track,
                tag: path.tag,
                version: VersionId::from_uuid(version),
                pick: PickId::from_uuid(pick),
                picked_by: picked_by.parse().unwrap(),
                size,
                digest,
                object_key: ObjectKey::of_object(&digest),
                format,
                audio_digest,
                loudness,
                level: StemLevel { gain, pan, offset, mute },
            }
        },
    )
}

fn mixes() -> impl Strategy<Value = Mix> {
    let shape = (any::<u32>(), any::<u32>(), any::<u16>(), option::of(any::<u16>()));
    let counts = (option::of(any::<u64>()), any::<u64>(), any::<u64>());
    (shape, levels(), counts, audio_digests(), loudnesses()).prop_map(
        |((recipe, sample_rate, channels, bits), gain, counts, audio_digest, loudness)| {
            let (dither, frames, clipped) = counts;
            Mix {
                recipe,
                sample_rate,
                channels,
                bits,
                gain,
                dither,
                frames,
                clipped,
                audio_digest,
                loudness,
            }
        },
    )
}

fn releases() -> impl Strategy<Value = Release> {
    let made = (said(), any::<String>(), stores());
    (uuids(), paths(), made, vec(stems(), 0..4), mixes()).prop_map(
        |(id, path, (said, made_with, store), stems, mix)| Release {
            id: ReleaseId::from_uuid(id),
            song: path.song_path(),
            name: path.tag.as_str().parse().unwrap(),
            said,
            made_with,
            store,
            stems,
            mix,
        },
    )
}

laws!(Releases, first_release(), releases());

#[test]
fn a_field_that_breaks_a_rule_is_named() {
    for (old, new, field) in [
        ("b302099a8057", "", "id"),
        ("Khruangbin", " ", "artist"),
        ("Evan ", "Evan\\n", "song"),
        ("1.0 🥁", "\\u200b", "name"),
        ("Ana Núñez", "", "by"),
        ("2026-11-21T", "2026-13-21T", "at"),
        ("for the\\n", "\\u001b[2J", "note"),
        ("s3://music", "gopher://music", "store"),
        ("Drums", "", "track"),
        ("take_three", "\\u0007", "version"),
        ("b302099a8058", "", "version_id"),
        ("b302099a8059", "", "pick_id"),
        ("Ben", " ", "picked_by"),
        ("\"e3b0c4", "\"E3B0C4", "sha256"),
        ("objects/e3", "objects/..", "object_key"),
        ("\"rf64\"", "\"RF64\"", "container"),
        ("\"pcm\"", "\"\"", "codec"),
        ("\"adad", "\"ad", "audio_sha256"),
        ("-14.06", "-1000.001", "integrated_lufs"),
        ("-3.5", "1e300", "gain_db"),
        ("-30", "-101", "pan_percent"),
        ("\"a1a1", "\"A1a1", "audio_sha256"),
        ("\"gain_db\": -1.0", "\"gain_db\": 1001", "gain_db"),
    ] {
        assert_eq!(refused_field::<Releases>(old, new), field, "{new}");
    }
}

#[test]
fn a_number_that_fits_nothing_is_refused() {
    for (old, new) in [
        ("-30", "-129"),
        ("-30", "1.5"),
        ("-9223372036854775808", "-9223372036854775809"),
        ("18446744073709551615", "18446744073709551616"),
        ("\"size\": 44", "\"size\": -1"),
        ("\"recipe\": 1", "\"recipe\": 4294967296"),
        ("\"channel_count\": 1", "\"channel_count\": 65536"),
        ("-3.5", "\"-3.5\""),
        ("-3.5", "1e999"),
        ("\"mute\": true", "\"mute\": 1"),
    ] {
        let json = Releases::GOLDEN.replacen(old, new, 1);
        assert_ne!(json, Releases::GOLDEN, "{old}");
        let error = Releases::decode(json.as_bytes()).unwrap_err();
        assert!(matches!(error, ManifestError::Json(_)), "{new}: {error:?}");
    }
}

/// What the duration says is for people: the frames and the rate tell it.
#[test]
fn the_duration_is_not_read() {
    for other in ["\"about a minute\"", "null"] {
        let json = Releases::GOLDEN.replacen("\"60.0\"", other, 1);
        assert_eq!(Releases::decode(json.as_bytes()).unwrap(), first_release());
    }
}
