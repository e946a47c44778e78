//! Names that people give: checked, normalised, compared without regard to case.

use std::fmt;

use icu_casemap::CaseMapper;
use icu_normalizer::{ComposingNormalizerBorrowed, DecomposingNormalizerBorrowed};

/// The most characters (Unicode scalar values, after normalisation) a name may have.
pub const MAX_NAME_CHARS: usize = 200;

/// Which of the names a [`NameError`] is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NameKind {
    /// An artist's name.
    Artist,
    /// A song's title.
    Song,
    /// A track's name.
    Track,
    /// A version's tag.
    Version,
    /// A release's name.
    Release,
    /// The name of somebody who works in the studio.
    Person,
    /// An album's title.
    Album,
    /// A recording's title.
    Recording,
    /// A playlist's name.
    Playlist,
    /// The name that somebody signs in with.
    User,
    /// What a token or a player is called.
    Device,
    /// A kind of music.
    Genre,
}

impl fmt::Display for NameKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Artist => "artist name",
            Self::Song => "song title",
            Self::Track => "track name",
            Self::Version => "version tag",
            Self::Release => "release name",
            Self::Person => "name of a person",
            Self::Album => "album title",
            Self::Recording => "recording title",
            Self::Playlist => "playlist name",
            Self::User => "user name",
            Self::Device => "name of a token or a player",
            Self::Genre => "name of a genre",
        })
    }
}

/// What is wrong with a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NameProblem {
    /// Nothing is left of it after trimming.
    #[error("is empty")]
    Empty,
    /// It has characters, but none that can be seen.
    #[error("has no visible character")]
    Invisible,
    /// It has more than [`MAX_NAME_CHARS`] characters.
    #[error("has {chars} characters, and at most {MAX_NAME_CHARS} fit")]
    TooLong {
        /// How many characters it has.
        chars: usize,
    },
    /// It has a control character or a line separator.
    #[error("has a control character (U+{:04X}) at position {position}", u32::from(*.found))]
    ControlCharacter {
        /// The character.
        found: char,
        /// Its place, counted in characters from 1.
        position: usize,
    },
}

/// A text that cannot be a name, and why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the {kind} {problem}")]
pub struct NameError {
    /// Which name it was to be.
    pub kind: NameKind,
    /// What is wrong with it.
    pub problem: NameProblem,
}

/// Normalises and checks `text`: NFC, trimmed, 1 to [`MAX_NAME_CHARS`] visible characters.
fn checked(text: &str) -> Result<String, NameProblem> {
    let normal = ComposingNormalizerBorrowed::new_nfc().normalize(text.trim());
    if normal.is_empty() {
        return Err(NameProblem::Empty);
    }
    let chars = normal.chars().count();
    if chars > MAX_NAME_CHARS {
        return Err(NameProblem::TooLong { chars });
    }
    if let Some((at, found)) = normal.chars().enumerate().find(|&(_, c)| breaks_line(c)) {
        let position = at + 1;
        return Err(NameProblem::ControlCharacter { found, position });
    }
    if normal.chars().all(is_invisible) {
        return Err(NameProblem::Invisible);
    }
    Ok(normal.into_owned())
}

/// Control characters, and the two separators that break a line without being controls.
fn breaks_line(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')
}

/// What shows nothing by itself: spaces, the blank of braille, and the characters that
/// Unicode calls `Default_Ignorable_Code_Point` (joiners, fillers, marks of direction, tags).
fn is_invisible(c: char) -> bool {
    c.is_whitespace()
        || matches!(c, '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{115F}'..='\u{1160}'
            | '\u{17B4}'..='\u{17B5}' | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}'
            | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{2800}' | '\u{3164}'
            | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF0}'..='\u{FFF8}'
            | '\u{1BCA0}'..='\u{1BCA3}' | '\u{1D173}'..='\u{1D17A}' | '\u{E0000}'..='\u{E0FFF}')
}

/// The form by which names are unique: canonical caseless matching (Unicode 3.13, D145), as NFC.
fn caseless(text: &str) -> String {
    let decomposed = DecomposingNormalizerBorrowed::new_nfd().normalize(text);
    let folded = CaseMapper::new().fold_string(&decomposed);
    ComposingNormalizerBorrowed::new_nfc().normalize(&folded).into_owned()
}

macro_rules! name_type {
    ($(#[$doc:meta])* $name:ident, $kind:ident) => {
        $(#[$doc])*
        ///
        /// Kept as typed (NFC, trimmed); [`key`](Self::key) is the case-folded form by
        /// which it is unique.
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name {
            // The key stands first so that the derived order is the order of listings.
            key: String,
            text: String,
        }

        impl $name {
            /// Checks and normalises `text`.
            ///
            /// # Errors
            /// [`NameError`] when it is empty, longer than [`MAX_NAME_CHARS`] characters,
            /// invisible, or holds a control character.
            pub fn new(text: &str) -> Result<Self, NameError> {
                let text = checked(text)
                    .map_err(|problem| NameError { kind: NameKind::$kind, problem })?;
                Ok(Self { key: caseless(&text), text })
            }

            /// The name as it was typed.
            pub fn as_str(&self) -> &str {
                &self.text
            }

            /// The case-folded form: equal for two names that differ only in case.
            pub fn key(&self) -> &str {
                &self.key
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.text)
            }
        }

        impl std::str::FromStr for $name {
            type Err = NameError;

            fn from_str(text: &str) -> Result<Self, NameError> {
                Self::new(text)
            }
        }
    };
}

name_type!(
    /// An artist's name, unique in the studio.
    ArtistName,
    Artist
);
name_type!(
    /// A song's title, unique for its artist.
    SongTitle,
    Song
);
name_type!(
    /// A track's name (an instrument or a voice), unique in its song.
    TrackName,
    Track
);
name_type!(
    /// The tag that names a version, unique on its track.
    VersionTag,
    Version
);
name_type!(
    /// A release's name, such as `1.0`, unique for its song.
    ReleaseName,
    Release
);
name_type!(
    /// The name of somebody who works in the studio.
    PersonName,
    Person
);
name_type!(
    /// An album's title, unique for its artist.
    AlbumTitle,
    Album
);
name_type!(
    /// The title of a released recording; several of one artist can have the same.
    RecordingTitle,
    Recording
);
name_type!(
    /// A playlist's name, unique in the studio.
    PlaylistName,
    Playlist
);
name_type!(
    /// The name that somebody signs in with, unique in the studio.
    UserName,
    User
);
name_type!(
    /// What somebody calls one of their tokens or players, unique for them.
    DeviceName,
    Device
);
name_type!(
    /// A kind of music, such as `Dub`.
    GenreName,
    Genre
);
