//! Releases: a choice of versions of one song, frozen with the way in which they are mixed.

use crate::{
    AudioDigest, AudioFormat, Decibels, Digest, Loudness, ObjectKey, Pan, PersonName, PickId,
    ReleaseId, ReleaseName, Said, SongPath, StoreUrl, TrackName, VersionId, VersionTag,
};

/// An immutable choice of one version for each track of a song, and how they are mixed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Release {
    /// Identity.
    pub id: ReleaseId,
    /// The song.
    pub song: SongPath,
    /// Unique for the song.
    pub name: ReleaseName,
    /// Who made it, when and why.
    pub said: Said,
    /// The program that made it, with its version.
    pub made_with: String,
    /// The store that has the bytes.
    pub store: StoreUrl,
    /// The versions, in the order of their track names.
    pub stems: Vec<Stem>,
    /// How they are mixed, and what comes of it.
    pub mix: Mix,
}

/// One version in a release.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stem {
    /// The track that it is of.
    pub track: TrackName,
    /// Its tag.
    pub tag: VersionTag,
    /// Its identity.
    pub version: VersionId,
    /// The pick that chose it.
    pub pick: PickId,
    /// Who picked it.
    pub picked_by: PersonName,
    /// How many bytes it has.
    pub size: u64,
    /// SHA-256 of its bytes.
    pub digest: Digest,
    /// The object that holds them.
    pub object_key: ObjectKey,
    /// What its header says.
    pub format: AudioFormat,
    /// SHA-256 of its samples.
    pub audio_digest: AudioDigest,
    /// How loud it is by itself.
    pub loudness: Loudness,
    /// How it goes into the mix.
    pub level: StemLevel,
}

/// How one stem goes into a mix.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct StemLevel {
    /// Made louder or softer by this much.
    pub gain: Decibels,
    /// Its place in the stereo field.
    pub pan: Pan,
    /// Begins this many frames of the mix after the mix does; before it, what lies before
    /// the begin of the mix is cut off.
    pub offset: i64,
    /// Left out of the mix, though part of the release.
    pub mute: bool,
}

/// How a mix is made, and what comes of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mix {
    /// The rules by which it is made ([`Mix::RECIPE`]): other rules may give other samples.
    pub recipe: u32,
    /// Frames in a second (Hz).
    pub sample_rate: u32,
    /// Channels.
    pub channels: u16,
    /// Bits of a sample, for whole numbers; `None` for 32-bit floats.
    pub bits: Option<u16>,
    /// The whole mix is made louder or softer by this much.
    pub gain: Decibels,
    /// What the dither's noise is made from; `None` without dither.
    pub dither: Option<u64>,
    /// Frames that it has.
    pub frames: u64,
    /// Samples that lay beyond full scale and were cut to it.
    pub clipped: u64,
    /// SHA-256 of its samples: a mix made again has the same.
    pub audio_digest: AudioDigest,
    /// How loud it is.
    pub loudness: Loudness,
}

impl Mix {
    /// The rules of this version of studio.
    pub const RECIPE: u32 = 1;
}
