//! Any values of the domain.

use std::path::PathBuf;

use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use studio_domain::{
    ArtistName, AudioDigest, AudioFormat, BitDepth, Codec, Container, Decibels, Loudness, Note,
    Pan, Said, StoreUrl, Timestamp, VersionPath,
};
use uuid::Uuid;

/// Texts that any name may have.
pub(crate) fn name() -> impl Strategy<Value = String> {
    "\\PC{1,40}|[a-zA-Z0-9 _'\"\\\\-]{1,20}|[\u{300}-\u{36F}äö\u{2028}İß🎸]{1,9}"
        .prop_filter("a name", |text| ArtistName::new(text).is_ok())
}

pub(crate) fn paths() -> impl Strategy<Value = VersionPath> {
    (name(), name(), name(), name()).prop_map(|(artist, song, track, tag)| VersionPath {
        artist: artist.parse().unwrap(),
        song: song.parse().unwrap(),
        track: track.parse().unwrap(),
        tag: tag.parse().unwrap(),
    })
}

pub(crate) fn stores() -> impl Strategy<Value = StoreUrl> {
    let prefix = option::of("[a-zA-Z0-9 %?#é]{1,9}(/[a-z]{1,9}){0,2}");
    prop_oneof![
        ("[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", prefix)
            .prop_map(|(bucket, prefix)| StoreUrl::S3 { bucket, prefix }),
        "(/[^/\\x00]{1,12}){1,4}".prop_map(|path| StoreUrl::File(PathBuf::from(path))),
        Just(StoreUrl::Memory),
    ]
}

pub(crate) fn uuids() -> impl Strategy<Value = Uuid> {
    any::<u128>().prop_map(Uuid::from_u128)
}

/// The years 1 to 9998.
pub(crate) fn times() -> impl Strategy<Value = Timestamp> {
    (-62_135_596_800_000_000_i64..253_370_764_800_000_000).prop_map(Timestamp::from_micros)
}

pub(crate) fn said() -> impl Strategy<Value = Said> {
    let note = "[\\PC\n\t]{1,60}".prop_filter_map("a note", |text| Note::new(&text).ok());
    (name(), times(), option::of(note)).prop_map(|(by, at, note)| Said {
        by: by.parse().unwrap(),
        at,
        note,
    })
}

pub(crate) fn audio_digests() -> impl Strategy<Value = AudioDigest> {
    any::<[u8; 32]>().prop_map(AudioDigest::from_bytes)
}

pub(crate) fn levels() -> impl Strategy<Value = Decibels> {
    (-1_000_000..=1_000_000_i32).prop_map(|level| Decibels::from_thousandths(level).unwrap())
}

pub(crate) fn pans() -> impl Strategy<Value = Pan> {
    (-100..=100_i8).prop_map(|percent| Pan::from_percent(percent).unwrap())
}

pub(crate) fn formats() -> impl Strategy<Value = AudioFormat> {
    let depth =
        (any::<u16>(), any::<u16>()).prop_map(|(container, valid)| BitDepth { container, valid });
    let counts = (any::<u16>(), any::<u32>(), option::of(any::<u64>()));
    (select(Container::ALL), select(Codec::ALL), counts, option::of(depth)).prop_map(
        |(container, codec, (channels, sample_rate, frames), bit_depth)| AudioFormat {
            container,
            codec,
            channels,
            sample_rate,
            bit_depth,
            frames,
        },
    )
}

pub(crate) fn loudnesses() -> impl Strategy<Value = Loudness> {
    let level = || option::of(levels());
    (level(), level(), level(), level(), level(), level()).prop_map(
        |(integrated, range, max_momentary, max_short_term, true_peak, sample_peak)| Loudness {
            integrated,
            range,
            max_momentary,
            max_short_term,
            true_peak,
            sample_peak,
        },
    )
}
