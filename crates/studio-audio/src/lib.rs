//! Sound: probe, gate, measure, compare and mix files of it.
//!
//! Everything here takes bytes, from a [`ByteSource`] or a reader, and gives values: no
//! network, no database, no clock. Whatever the bytes are, nothing panics, nothing loops
//! without a bound, and no header's claim decides how much memory is taken.

pub mod analysis;
pub mod decode;
pub mod diff;
mod error;
pub mod source;
pub mod waveform;

pub use decode::{Decode, Samples, Sound};
pub use error::{Error, Result};
pub use source::{ByteSource, Reader};
