//! The `iXML` chunk: what a location recorder or a session says about a take.
//! Specification: iXML 2.10.

mod read;
mod write;

/// The largest document that is written or read.
pub(crate) const MAX_BYTES: usize = 1 << 20;
/// Channels that are written and read.
const MAX_TRACKS: usize = 1_024;

/// What a session says about a take. What is not known is `None`, and left out.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Ixml {
    /// The project that it belongs to.
    pub project: Option<String>,
    /// The scene, or the song.
    pub scene: Option<String>,
    /// Which take it is.
    pub take: Option<String>,
    /// The reel, the card or the day.
    pub tape: Option<String>,
    /// Whether it was circled: chosen.
    pub circled: Option<bool>,
    /// What is to be said about it.
    pub note: Option<String>,
    /// Its channels, at most 1,024.
    pub tracks: Vec<IxmlTrack>,
}

/// One channel of a file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct IxmlTrack {
    /// The recorder's channel that it came from, from 1.
    pub channel: Option<u32>,
    /// Its place among the channels of the file, from 1.
    pub interleave: Option<u32>,
    /// What it is called.
    pub name: Option<String>,
    /// What it is for, such as `LEFT`.
    pub function: Option<String>,
}
