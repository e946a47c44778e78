//! What people say of versions: which one they pick, and how good each one is.

use std::fmt;

use crate::audio::named;
use crate::{
    ArtistName, MarkId, PersonName, PickId, SongTitle, SoundFacts, Timestamp, TrackName, VersionId,
    VersionPath, VersionTag,
};

/// The most characters (Unicode scalar values) of a note.
pub const MAX_NOTE_CHARS: usize = 2000;

/// The two names that lead to a song.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SongPath {
    /// Who records it.
    pub artist: ArtistName,
    /// Its title.
    pub song: SongTitle,
}

impl fmt::Display for SongPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\" by {}", self.song, self.artist)
    }
}

/// The three names that lead to a track.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TrackPath {
    /// Who records it.
    pub artist: ArtistName,
    /// The song it belongs to.
    pub song: SongTitle,
    /// The instrument or voice.
    pub track: TrackName,
}

impl fmt::Display for TrackPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} in \"{}\" by {}", self.track, self.song, self.artist)
    }
}

impl VersionPath {
    /// The track that it is a take of.
    pub fn track_path(&self) -> TrackPath {
        let Self { artist, song, track, .. } = self.clone();
        TrackPath { artist, song, track }
    }

    /// The song that it is for.
    pub fn song_path(&self) -> SongPath {
        SongPath { artist: self.artist.clone(), song: self.song.clone() }
    }
}

/// What somebody wrote beside a choice: trimmed, 1 to [`MAX_NOTE_CHARS`] characters.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Note(String);

/// A text that cannot be a note, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NoteError {
    /// Nothing is left of it after trimming.
    #[error("the note is empty")]
    Empty,
    /// It has too many characters.
    #[error("the note has {chars} characters, and at most {MAX_NOTE_CHARS} fit")]
    TooLong {
        /// How many it has.
        chars: usize,
    },
    /// It has a control character other than a line break or a tab.
    #[error("the note has a control character (U+{:04X})", u32::from(*.found))]
    ControlCharacter {
        /// The character.
        found: char,
    },
}

impl Note {
    /// Checks `text`. Lines end in `\n`, whatever they ended in.
    ///
    /// # Errors
    /// [`NoteError`].
    pub fn new(text: &str) -> Result<Self, NoteError> {
        let text = text.trim().replace("\r\n", "\n").replace('\r', "\n");
        let chars = text.chars().count();
        if chars == 0 {
            return Err(NoteError::Empty);
        }
        if chars > MAX_NOTE_CHARS {
            return Err(NoteError::TooLong { chars });
        }
        match text.chars().find(|&c| c.is_control() && c != '\n' && c != '\t') {
            Some(found) => Err(NoteError::ControlCharacter { found }),
            None => Ok(Self(text)),
        }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl std::str::FromStr for Note {
    type Err = NoteError;

    fn from_str(text: &str) -> Result<Self, NoteError> {
        Self::new(text)
    }
}

/// Who said something, when, and what they wrote beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// Who.
    pub by: PersonName,
    /// When.
    pub at: Timestamp,
    /// In their words.
    pub note: Option<Note>,
}

/// The choice of a version for a track. Never changed: another choice comes after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pick {
    /// Identity.
    pub id: PickId,
    /// The track.
    pub track: TrackPath,
    /// The version that it is; `None` when the pick before it was taken back.
    pub version: Option<PickedVersion>,
    /// Who, when and why.
    pub said: Said,
}

/// The version that was picked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PickedVersion {
    /// Its identity.
    pub id: VersionId,
    /// Its tag, which tells what it was when it is gone.
    pub tag: VersionTag,
}

named! {
    /// How good somebody finds a version.
    Status, "a status (circled, approved or no-good)" {
        /// Worth another listening: on tape boxes such takes had a circle round them.
        Circled => "circled",
        /// Good for the release.
        Approved => "approved",
        /// Not to be used.
        NoGood => "no-good",
    }
}

/// What somebody finds of a version. Never changed: another mark comes after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// Identity.
    pub id: MarkId,
    /// The version's identity.
    pub version: VersionId,
    /// How good; `None` when the mark before it was taken back.
    pub status: Option<Status>,
    /// Who, when and why.
    pub said: Said,
}

/// What is known and thought of a version, beside its record.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VersionDetails {
    /// The sound of its bytes, if they are sound and that was looked at.
    pub sound: Option<SoundFacts>,
    /// The last mark that it was given, unless that was taken back.
    pub mark: Option<Mark>,
    /// Whether it is the pick of its track.
    pub picked: bool,
    /// How many releases use it.
    pub releases: u32,
}

/// Which of the versions at a place are wanted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Selection {
    /// Only those that are picked.
    pub picked: bool,
    /// Only the last one uploaded of each track.
    pub latest: bool,
    /// Only those with this status.
    pub status: Option<Status>,
}

impl Selection {
    /// Every version.
    pub const ALL: Self = Self { picked: false, latest: false, status: None };
}
