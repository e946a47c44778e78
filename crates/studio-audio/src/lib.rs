//! Sound: probe, gate, measure, compare and mix files of it.
//!
//! Everything here takes bytes, from a [`ByteSource`] or a reader, and gives values: no
//! network, no database, no clock. Whatever the bytes are, nothing panics, nothing loops
//! without a bound, and no header's claim decides how much memory is taken.
//!
//! What is lossless decodes to the same samples everywhere. Decoders of lossy kinds use the
//! platform's sines: their last bits may differ between machines. Floats of 64 bits are cut to
//! 32 when they are decoded, before anything is measured, compared or mixed.
//!
//! The feature `opus` (off by default) adds a decoder and an encoder for Opus: libopus, which
//! is built with cmake and a C compiler. Without it Opus files are probed all the same, and
//! decoding and making them is refused with [`Error::Unsupported`].

pub mod analysis;
pub mod artwork;
pub mod convert;
pub mod decode;
mod defect;
pub mod diff;
mod error;
pub mod gate;
mod guard;
mod kind;
mod linear;
pub mod metadata;
pub mod mix;
mod mpeg;
pub mod probe;
pub mod resample;
pub mod riff;
pub mod source;
mod tail;
pub mod waveform;
pub mod write;

pub use decode::{Decode, Samples, Sound};
pub use defect::Defect;
pub use error::{Error, Result};
pub use mix::{Dither, MixOptions, MixReport, Stem, StemReport, mixdown};
pub use resample::Resampler;
pub use source::{ByteSource, Reader};
pub use write::{AudioWriter, PcmFormat, SampleFormat};
