//! What is asked of a scan, and what it tells.

use studio_domain::{AssetKey, Library};

/// The most lines that are told of single objects.
const MOST_LINES: usize = 1000;

/// How a library is scanned.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ScanOptions {
    /// Whether nothing is recorded, only told.
    pub dry_run: bool,
    /// Whether what is new is not for everybody at once.
    pub unpublished: bool,
    /// Whether a library is forgotten, piece by piece, that is suddenly empty. Without this it
    /// is taken for one that is not there, such as a disk that is not mounted.
    pub allow_empty: bool,
}

/// What was found of an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ScanVerdict {
    /// Nothing was known of it.
    New,
    /// It has other bytes than those that were known.
    Changed,
    /// It was known, and is not there any more.
    Gone,
    /// Its name says that it is music, but it cannot be read as such.
    Unreadable,
}

impl ScanVerdict {
    /// Its stable name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Changed => "changed",
            Self::Gone => "gone",
            Self::Unreadable => "unreadable",
        }
    }
}

/// What is told of one object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScanLine {
    /// The object, without the prefix of the library.
    pub key: AssetKey,
    /// What was found.
    pub verdict: ScanVerdict,
    /// Why it cannot be read.
    pub problem: Option<String>,
}

/// What a scan found. Music and covers count as objects; whatever else lies there does not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scanned {
    /// The library, as it was found.
    pub library: Library,
    /// Objects that were listed.
    pub objects: u64,
    /// Those that were new.
    pub new: u64,
    /// Those that had changed.
    pub changed: u64,
    /// Those that were known as they are.
    pub unchanged: u64,
    /// Those that are there no more.
    pub gone: u64,
    /// Those among the new and changed that could not be read as music.
    pub unreadable: u64,
    /// Those that were replaced or removed while they were looked at: for the next scan.
    pub moved: u64,
    /// Objects of which something was read.
    pub read: u64,
    /// Bytes that were read of all of them.
    pub bytes: u64,
    /// The most that were read of one.
    pub most_bytes: u64,
    /// What is unreadable, and in a dry run what is new, changed or gone; the first thousand.
    pub lines: Vec<ScanLine>,
    /// Whether there are more of these.
    pub more_lines: bool,
}

impl Scanned {
    pub(super) fn of(library: Library) -> Self {
        Self {
            library,
            objects: 0,
            new: 0,
            changed: 0,
            unchanged: 0,
            gone: 0,
            unreadable: 0,
            moved: 0,
            read: 0,
            bytes: 0,
            most_bytes: 0,
            lines: Vec::new(),
            more_lines: false,
        }
    }

    pub(super) fn tell(&mut self, key: &AssetKey, verdict: ScanVerdict, problem: Option<String>) {
        match self.lines.len() < MOST_LINES {
            true => self.lines.push(ScanLine { key: key.clone(), verdict, problem }),
            false => self.more_lines = true,
        }
    }
}
