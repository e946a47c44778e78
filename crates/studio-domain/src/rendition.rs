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
    /// A picture that is no wider: `wide-<pixels>.jpg`.
    Wide {
        /// The most pixels from left to right.
        width: u16,
    },
    /// A picture that fills a rectangle, cut where it is wider or higher: `crop-<pixels>x<pixels>.jpg`.
    Crop {
        /// Pixels from left to right.
        width: u16,
        /// Pixels from top to bottom.
        height: u16,
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
            Self::Wide { width } => write!(f, "wide-{width}.jpg"),
            Self::Crop { width, height } => write!(f, "crop-{width}x{height}.jpg"),
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
                "wide" => Self::Wide { width: number(rest.strip_suffix(".jpg")?)? },
                "crop" => {
                    let (width, height) = rest.strip_suffix(".jpg")?.split_once('x')?;
                    Self::Crop { width: number(width)?, height: number(height)? }
                }
                _ => return None,
            })
        };
        // Other spellings of the same number are none of ours.
        parsed()
            .filter(|kind| kind.to_string() == name)
            .ok_or_else(|| ParseRenditionError { name: name.to_owned() })
    }
}
