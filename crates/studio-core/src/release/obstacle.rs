//! What keeps picks from becoming a release.

use std::fmt;

use studio_domain::{Damage, ReleaseName, StoreUrl, TrackName, VersionTag};

/// Something that keeps the picks of a song from becoming a release.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Obstacle {
    /// The song has no tracks.
    NoTracks,
    /// A track has no pick.
    NoPick {
        /// The track.
        track: TrackName,
    },
    /// The version that was picked is in the trash.
    Trashed {
        /// The track.
        track: TrackName,
        /// The version.
        tag: VersionTag,
    },
    /// The version that was picked is gone.
    Gone {
        /// The track.
        track: TrackName,
        /// The version.
        tag: VersionTag,
    },
    /// Another version of a track was picked while its pick was being released.
    PickChanged {
        /// The track.
        track: TrackName,
    },
    /// The version that was picked is in another store.
    Elsewhere {
        /// The track.
        track: TrackName,
        /// The version.
        tag: VersionTag,
        /// That store.
        store: Box<StoreUrl>,
    },
    /// The bytes of a picked version are not those that were stored.
    Damaged {
        /// The track.
        track: TrackName,
        /// The version.
        tag: VersionTag,
        /// What is wrong with them.
        damage: Damage,
    },
    /// The bytes of a picked version cannot be read now, so nobody knows whether they are
    /// right.
    Unverified {
        /// The track.
        track: TrackName,
        /// The version.
        tag: VersionTag,
        /// Why not.
        reason: String,
    },
    /// A picked version is no sound that can be mixed.
    NotSound {
        /// The track.
        track: TrackName,
        /// The version.
        tag: VersionTag,
        /// Why not.
        reason: String,
    },
    /// The picked versions have different sample rates, and nobody asked for conversion.
    MixedRates {
        /// Each track's, in Hz.
        rates: Vec<(TrackName, u32)>,
    },
    /// The picked versions have different lengths, and nobody said that they may.
    MixedLengths {
        /// Each track's, in microseconds.
        lengths: Vec<(TrackName, u64)>,
    },
    /// The song has a release of this name.
    NameTaken {
        /// The name.
        name: ReleaseName,
    },
    /// A release of this name that the catalogue does not know stands in the store: of another
    /// catalogue, or of an attempt that was cut off.
    InStore {
        /// The name.
        name: ReleaseName,
    },
    /// The settings name a track that the song does not have.
    UnknownTrack {
        /// The track.
        track: TrackName,
    },
    /// Every track is muted.
    AllMuted,
}

impl Obstacle {
    /// Whether it is about bytes that are lost or in doubt.
    pub fn concerns_bytes(&self) -> bool {
        matches!(self, Self::Damaged { .. } | Self::Unverified { .. })
    }

    /// A stable name of its kind.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoTracks => "no-tracks",
            Self::NoPick { .. } => "no-pick",
            Self::Trashed { .. } => "trashed",
            Self::Gone { .. } => "gone",
            Self::PickChanged { .. } => "pick-changed",
            Self::Elsewhere { .. } => "elsewhere",
            Self::Damaged { .. } => "damaged",
            Self::Unverified { .. } => "unverified",
            Self::NotSound { .. } => "not-sound",
            Self::MixedRates { .. } => "mixed-rates",
            Self::MixedLengths { .. } => "mixed-lengths",
            Self::NameTaken { .. } => "name-taken",
            Self::InStore { .. } => "in-store",
            Self::UnknownTrack { .. } => "unknown-track",
            Self::AllMuted => "all-muted",
        }
    }
}

impl fmt::Display for Obstacle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoTracks => f.write_str("the song has no tracks"),
            Self::NoPick { track } => write!(f, "{track} has no pick"),
            Self::Trashed { track, tag } => {
                write!(f, "the pick of {track}, `{tag}`, is in the trash")
            }
            Self::Gone { track, tag } => write!(f, "the pick of {track}, `{tag}`, is gone"),
            Self::PickChanged { track } => {
                write!(f, "another version of {track} was picked meanwhile")
            }
            Self::Elsewhere { track, tag, store } => {
                write!(f, "the pick of {track}, `{tag}`, is in another store, {store}")
            }
            Self::Damaged { track, tag, damage } => {
                write!(f, "the pick of {track}, `{tag}`, is damaged: its bytes are {damage}")
            }
            Self::Unverified { track, tag, reason } => {
                write!(f, "the pick of {track}, `{tag}`, could not be verified: {reason}")
            }
            Self::NotSound { track, tag, reason } => {
                write!(f, "the pick of {track}, `{tag}`, cannot be mixed: {reason}")
            }
            Self::MixedRates { rates } => {
                f.write_str("the sample rates differ:")?;
                list(f, rates, |f, rate| write!(f, "{rate} Hz"))
            }
            Self::MixedLengths { lengths } => {
                f.write_str("the lengths differ:")?;
                list(f, lengths, |f, micros| {
                    write!(f, "{}.{:03} s", micros / 1_000_000, micros / 1000 % 1000)
                })
            }
            Self::NameTaken { name } => write!(f, "there is a release {name} already"),
            Self::InStore { name } => {
                write!(f, "a release {name} stands in the store that the catalogue does not know")
            }
            Self::UnknownTrack { track } => write!(f, "the song has no track {track} to set"),
            Self::AllMuted => f.write_str("every track is muted"),
        }
    }
}

/// All that differ.
fn list<T: Copy>(
    f: &mut fmt::Formatter<'_>,
    all: &[(TrackName, T)],
    show: impl Fn(&mut fmt::Formatter<'_>, T) -> fmt::Result,
) -> fmt::Result {
    for (n, (track, value)) in all.iter().enumerate() {
        write!(f, "{}{track} ", if n == 0 { " " } else { ", " })?;
        show(f, *value)?;
    }
    Ok(())
}
