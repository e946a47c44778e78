//! Sound: what stored versions and local files hold.

pub(crate) mod error;
pub(crate) mod measure;
pub(crate) mod probe;
pub(crate) mod spool;
