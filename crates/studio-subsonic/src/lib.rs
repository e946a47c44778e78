//! The wire format of OpenSubsonic (Subsonic API 1.16.1 with its extensions): what players ask,
//! read from parameters, and what they are answered, written as XML or JSON.
//!
//! It knows nothing of a catalogue or of HTTP. An answer is a tree of [`Node`]s, of which both
//! formats are made, so that they cannot differ; what players see of music has types of its own
//! ([`Song`], [`Album`], …), whose required fields are those of the `OpenAPI` description of
//! OpenSubsonic.

mod answer;
mod error;
mod node;
mod request;
mod types;
mod xml;

pub use self::answer::{Answer, Format, PROTOCOL, Written};
pub use self::error::{Error, Result};
pub use self::node::Node;
pub use self::request::{Credentials, Parameters, Request, endpoint};
pub use self::types::{
    Album, Artist, Bookmark, Date, Genre, PlayQueue, Playing, Playlist, ReplayGain, Share, Song,
    User,
};
