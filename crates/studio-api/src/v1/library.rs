//! Libraries: music that is played where it lies.

use serde::{Deserialize, Serialize};

/// A library, and what is in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Library {
    /// Where it lies.
    pub url: String,
    /// When it was first scanned, in RFC 3339.
    pub added_at: String,
    /// When a scan of it last came to its end, in RFC 3339.
    pub scanned_at: Option<String>,
    /// Objects that are known: music and covers.
    pub objects: u64,
    /// Recordings among them.
    pub recordings: u64,
    /// Those that could not be read as music.
    pub problems: u64,
}

/// The answer of `library list`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LibraryList {
    /// All libraries, by URL.
    pub libraries: Vec<Library>,
}

/// What is told of one object of a library.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LibraryLine {
    /// The object, without the prefix of the library.
    pub key: String,
    /// `new`, `changed`, `gone` or `unreadable`.
    pub verdict: String,
    /// Why it cannot be read.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub problem: Option<String>,
}

/// The answer of `library scan`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LibraryScan {
    /// Where the library lies.
    pub url: String,
    /// Whether nothing was recorded.
    pub dry_run: bool,
    /// Objects that were listed: music and covers.
    pub objects: u64,
    /// Those that were new.
    pub new: u64,
    /// Those that had changed.
    pub changed: u64,
    /// Those that were known as they are.
    pub unchanged: u64,
    /// Those that are there no more.
    pub gone: u64,
    /// Those that could not be read as music.
    pub unreadable: u64,
    /// Those that were replaced or removed meanwhile; the next scan looks at them.
    pub moved: u64,
    /// Bytes that were read in all.
    pub bytes_read: u64,
    /// The most that were read of one object.
    pub most_bytes_read: u64,
    /// Single objects: those that are unreadable, and in a dry run all that would be done.
    pub lines: Vec<LibraryLine>,
    /// Whether there are more of these than are told.
    pub more_lines: bool,
}

/// The answer of `library problems`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LibraryProblems {
    /// What could not be read as music, by key.
    pub problems: Vec<LibraryLine>,
}

/// The answer of `library forget`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LibraryForgotten {
    /// Whether nothing was done.
    pub dry_run: bool,
    /// Where the library lies.
    pub url: String,
    /// Recordings that went with it.
    pub recordings: u64,
}
