//! Moving bytes between files and the store: in bounded memory, checked at every step,
//! and able to go on where an earlier attempt stopped.

pub(crate) mod content_type;
pub(crate) mod fingerprint;
pub(crate) mod inspect;
pub(crate) mod memory;
mod multipart;
pub(crate) mod part_file;
pub(crate) mod receive;
pub(crate) mod send;
