//! What can be asked, and how urgent it is.

use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use studio_domain::{Digest, DiscogsDocument, ObjectKey};

/// The most characters of a name that are searched for.
const LONGEST_TERM: usize = 200;

/// One question.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lookup {
    /// What has these names?
    Search(SearchQuery),
    /// The artist with this number.
    Artist(u64),
    /// The master release with this number: an album, in whatever editions it came out.
    Master(u64),
    /// The release with this number: one edition.
    Release(u64),
}

/// What is searched for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SearchKind {
    /// Artists.
    Artist,
    /// Master releases.
    Master,
    /// Releases.
    Release,
}

/// Names to search for, in the one spelling that equal searches share: case and white space
/// make no difference to Discogs, and must make none to the caches.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct SearchQuery {
    kind: SearchKind,
    artist: String,
    title: String,
}

/// Who waits for the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Urgency {
    /// Somebody: goes first, and takes a stale answer over waiting for a fresh one.
    Interactive,
    /// Nobody: goes after the others, and waits for a fresh answer. A stale one comes only
    /// when there is no other.
    Background,
}

impl SearchQuery {
    /// Artists with such a name.
    pub fn artist(name: &str) -> Self {
        Self { kind: SearchKind::Artist, artist: normal(name), title: String::new() }
    }

    /// Master releases with such a title, by an artist with such a name. An empty name is
    /// that of any artist.
    pub fn album(artist: &str, title: &str) -> Self {
        Self { kind: SearchKind::Master, artist: normal(artist), title: normal(title) }
    }

    /// Releases, likewise: what came out only once often has no master.
    pub fn release(artist: &str, title: &str) -> Self {
        Self { kind: SearchKind::Release, ..Self::album(artist, title) }
    }

    /// What is searched for.
    pub fn kind(&self) -> SearchKind {
        self.kind
    }

    /// The artist's name in lower case, or nothing.
    pub fn artist_name(&self) -> &str {
        &self.artist
    }

    /// The album's title in lower case, or nothing.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// Whether there is nothing to search for: then nobody needs to be asked.
    pub fn is_empty(&self) -> bool {
        match self.kind {
            SearchKind::Artist => self.artist.is_empty(),
            SearchKind::Master | SearchKind::Release => self.title.is_empty(),
        }
    }

    /// The SHA-256 of the whole query.
    pub fn digest(&self) -> Digest {
        let kind = match self.kind {
            SearchKind::Artist => "artist",
            SearchKind::Master => "master",
            SearchKind::Release => "release",
        };
        // No term has a control character, so that no two queries make the same text.
        let text = format!("{kind}\n{}\n{}", self.artist, self.title);
        Digest::from_bytes(Sha256::digest(text).into())
    }
}

impl Lookup {
    /// Where the answer is kept in a bucket.
    pub fn object_key(&self) -> ObjectKey {
        ObjectKey::of_discogs(match self {
            Self::Search(query) => DiscogsDocument::Search(query.digest()),
            Self::Artist(id) => DiscogsDocument::Artist(*id),
            Self::Master(id) => DiscogsDocument::Master(*id),
            Self::Release(id) => DiscogsDocument::Release(*id),
        })
    }

    /// The address that Discogs answers it under, below its base.
    pub(crate) fn path(&self) -> String {
        match self {
            Self::Search(_) => "database/search".to_owned(),
            Self::Artist(id) => format!("artists/{id}"),
            Self::Master(id) => format!("masters/{id}"),
            Self::Release(id) => format!("releases/{id}"),
        }
    }
}

/// For messages: `artist 45`, `search for albums "…" by "…"`.
impl fmt::Display for Lookup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Artist(id) => write!(f, "artist {id}"),
            Self::Master(id) => write!(f, "master {id}"),
            Self::Release(id) => write!(f, "release {id}"),
            Self::Search(SearchQuery { kind: SearchKind::Artist, artist, .. }) => {
                write!(f, "search for artist {artist:?}")
            }
            Self::Search(SearchQuery { artist, title, .. }) => {
                write!(f, "search for album {title:?} by {artist:?}")
            }
        }
    }
}

/// Lower case, single spaces, no control characters, not too long.
fn normal(text: &str) -> String {
    let spaced = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    let spaced: String = spaced.flat_map(char::to_lowercase).collect();
    let words: Vec<&str> = spaced.split_whitespace().collect();
    words.join(" ").chars().take(LONGEST_TERM).collect::<String>().trim_end().to_owned()
}
