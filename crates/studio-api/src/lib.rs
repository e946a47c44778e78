//! The wire types of studio: the JSON of `--json`, of manifests and of HTTP.
//!
//! They are versioned by module. [`v1`] may gain fields; a field never changes its name,
//! its unit or its meaning. The values of `studio-domain` know no JSON; the conversions
//! are here.

mod time;
pub mod v1;

pub use time::{ParseTimeError, format_time, parse_time};
