//! Chunks: what a file of the RIFF family is made of.

use std::fmt;

/// The four characters that say what a chunk holds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ChunkId(pub [u8; 4]);

impl ChunkId {
    /// The format of the samples.
    pub const FMT: Self = Self(*b"fmt ");
    /// The samples.
    pub const DATA: Self = Self(*b"data");
    /// The 64-bit sizes of RF64 and BW64.
    pub const DS64: Self = Self(*b"ds64");
    /// A list of chunks.
    pub const LIST: Self = Self(*b"LIST");
    /// The extension of a Broadcast Wave Format file (EBU Tech 3285).
    pub const BEXT: Self = Self(*b"bext");
    /// The XML of a location recorder.
    pub const IXML: Self = Self(*b"iXML");

    /// Whether it is made of printable ASCII, as all that were ever registered are.
    pub(crate) fn is_plausible(self) -> bool {
        self.0.iter().all(|byte| (b' '..=b'~').contains(byte)) && self.0[0] != b' '
    }
}

impl fmt::Display for ChunkId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.escape_ascii())
    }
}

impl fmt::Debug for ChunkId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{self}`")
    }
}

/// One chunk of the outermost level.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Chunk {
    /// What it holds.
    pub id: ChunkId,
    /// The place of its content (bytes from the start of the file), behind its own header.
    pub offset: u64,
    /// How large the header claims its content to be (bytes), by `ds64` where that tells.
    pub claimed: u64,
    /// How many of those bytes the file has.
    pub present: u64,
}
