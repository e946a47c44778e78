//! Sound: probe, gate, measure, compare and mix files of it.
//!
//! Everything here takes bytes, from a [`ByteSource`] or a reader, and gives values: no
//! network, no database, no clock. Whatever the bytes are, nothing panics, nothing loops
//! without a bound, and no header's claim decides how much memory is taken.

pub mod decode;
mod defect;
mod error;
pub mod gate;
mod guard;
mod kind;
mod mpeg;
pub mod probe;
pub mod riff;
pub mod source;

pub use decode::{Decode, Samples, Sound};
pub use defect::Defect;
pub use error::{Error, Result};
pub use source::{ByteSource, Reader};
