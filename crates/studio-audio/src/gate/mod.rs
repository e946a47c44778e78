//! The gate: whether a file may come in, and why not.

mod content;

pub use content::{CLIPPED_RUN, ContentFacts};
