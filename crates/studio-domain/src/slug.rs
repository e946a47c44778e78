//! Slugs: the part of a URL that stands for a name.

use std::fmt;
use std::str::FromStr;

/// The most characters a slug made from a name has.
pub const MAX_SLUG_CHARS: usize = 80;

/// What stands for a name in which nothing can be spelt in ASCII.
const NAMELESS: &str = "untitled";

/// A URL part: lower-case ASCII letters and digits, in groups joined by single hyphens.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Slug(String);

/// A text that is no slug.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a slug: lower-case letters and digits, joined by single hyphens")]
pub struct ParseSlugError(String);

impl Slug {
    /// Spells a name in ASCII: `Björk & the 🎸s` becomes `bjork-the-guitar-s`.
    ///
    /// Several names can give one slug; whoever keeps them makes the second one
    /// [`numbered`](Self::numbered).
    pub fn from_name(name: &str) -> Self {
        let mut slug = String::new();
        let mut gap = false;
        // An apostrophe joins: "DJ's" is one word.
        for c in deunicode::deunicode(name).chars().filter(|&c| c != '\'') {
            if !c.is_ascii_alphanumeric() {
                gap = true;
                continue;
            }
            let hyphen = usize::from(gap && !slug.is_empty());
            if slug.len() + hyphen + 1 > MAX_SLUG_CHARS {
                break;
            }
            if hyphen == 1 {
                slug.push('-');
            }
            gap = false;
            slug.push(c.to_ascii_lowercase());
        }
        if slug.is_empty() {
            slug.push_str(NAMELESS);
        }
        Self(slug)
    }

    /// The `n`-th slug of the same name: `drums-2`.
    pub fn numbered(&self, n: u64) -> Self {
        Self(format!("{}-{n}", self.0))
    }

    /// The slug as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl FromStr for Slug {
    type Err = ParseSlugError;

    fn from_str(text: &str) -> Result<Self, ParseSlugError> {
        let good = text.split('-').all(|group| {
            !group.is_empty() && group.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_lowercase())
        });
        if good { Ok(Self(text.to_owned())) } else { Err(ParseSlugError(text.to_owned())) }
    }
}
