//! What a session writes into a WAV file beside its samples: where it comes from (`bext`)
//! and which take it is (`iXML`).
//!
//! The same values are written by [`WavWriter`](crate::write::WavWriter) and read by
//! [`probe`](crate::probe::probe()), and come back as they were as far as each chunk can
//! hold them: texts without spaces around them, an empty text of `iXML` as none.

mod bext;
mod ixml;

pub(crate) use bext::MAX_BYTES as MAX_BEXT_BYTES;
pub use bext::{Bext, MAX_CODING_HISTORY};
pub(crate) use ixml::MAX_BYTES as MAX_IXML_BYTES;
pub use ixml::{Ixml, IxmlTrack};

/// A text in a field of a fixed size: up to its first zero, without spaces around it. What
/// is not UTF-8 is read as Latin-1.
pub(crate) fn text(bytes: &[u8]) -> String {
    let bytes = bytes.split(|byte| *byte == 0).next().unwrap_or_default();
    match str::from_utf8(bytes) {
        Ok(text) => text.trim().to_owned(),
        Err(_) => bytes.iter().copied().map(char::from).collect::<String>().trim().to_owned(),
    }
}
