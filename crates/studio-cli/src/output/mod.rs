//! Everything a person reads: texts, tables, times, hints, progress.

pub(crate) mod confirm;
pub(crate) mod hint;
mod hint_ingest;
mod hint_released;
pub(crate) mod problem;
pub(crate) mod progress;
pub(crate) mod sound;
pub(crate) mod table;
pub(crate) mod text;
pub(crate) mod time;
pub(crate) mod versions;
