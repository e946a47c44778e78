//! What is made of stored sound and pictures so that others can play and show them.

use std::fmt;
use std::str::FromStr;

/// Something that is made of some bytes and can be made of them again.
///
/// Its name tells the recipe where another one would give other sound: what is made by a new
/// recipe never stands where something made by an old one does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RenditionKind {
    /// The same samples as FLAC: `flac-<recipe>`.
    Flac {
        /// By which rules.
        recipe: u16,
    },
    /// About the same sound as Opus: `opus-<recipe>`.
    Opus {
        /// By which rules.
        recipe: u16,
    },
    /// A smaller picture: `cover-<pixels>.jpg`.
    Cover {
        /// The most pixels on its longest side.
        longest: u16,
    },
}

/// A text that is no name of a rendition.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{}` is no name of a rendition", name.escape_debug())]
pub struct ParseRenditionError {
    name: String,
}

impl fmt::Display for RenditionKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flac { recipe } => write!(f, "flac-{recipe}"),
            Self::Opus { recipe } => write!(f, "opus-{recipe}"),
            Self::Cover { longest } => write!(f, "cover-{longest}.jpg"),
        }
    }
}

impl FromStr for RenditionKind {
    type Err = ParseRenditionError;

    fn from_str(name: &str) -> Result<Self, ParseRenditionError> {
        let parsed = || {
            let (kind, rest) = name.split_once('-')?;
            let number = |text: &str| text.parse::<u16>().ok();
            Some(match kind {
                "flac" => Self::Flac { recipe: number(rest)? },
                "opus" => Self::Opus { recipe: number(rest)? },
                "cover" => Self::Cover { longest: number(rest.strip_suffix(".jpg")?)? },
                _ => return None,
            })
        };
        // Other spellings of the same number are none of ours.
        parsed()
            .filter(|kind| kind.to_string() == name)
            .ok_or_else(|| ParseRenditionError { name: name.to_owned() })
    }
}
