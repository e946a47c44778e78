//! Sound over HTTP: [`respond`] answers GET and HEAD for something that can be played, with
//! ranges and conditions as RFC 9110 has them.
//!
//! - Ranges: one is answered as it is, several as `multipart/byteranges` in the order that they
//!   were asked for. More than [`MOST_RANGES`] of them, or more than two that overlap, are
//!   refused with 416, as RFC 9110, 14.2 grants: not the whole instead, which somebody who means
//!   harm would like even more. What is no valid range is ignored.
//! - An object that is gone is a 404 (`sound-missing`), one that is no longer what the catalogue
//!   knows a 409 (`sound-changed`): the library must be scanned again. A store that cannot be
//!   reached is a 503 with `Retry-After`.
//! - What goes wrong in mid-stream cuts the connection, so that the client sees a body that is
//!   too short. A transfer that broke off is gone on with, if the bytes are the same.
//! - A body is read as fast as the client takes it: see `body`. One who goes away, or takes
//!   nothing for too long, ends the reading.

mod answer;
mod body;
mod condition;
mod disposition;
mod range;
#[cfg(test)]
mod tests;

use std::time::Duration;

use axum::http::HeaderValue;

pub use self::answer::respond;
pub use self::condition::{Validators, Verdict};
pub use self::range::{MOST_RANGES, Wanted};

/// How something is streamed.
#[derive(Debug, Clone)]
pub struct StreamOptions {
    /// Whether it is to be saved, under its file name, rather than played.
    pub download: bool,
    /// If set, a client that asks for the bytes is sent to the store itself, with a link that
    /// holds so long; where the store has no links, it is answered as ever.
    pub redirect: Option<Duration>,
    /// The header `Cache-Control`.
    pub cache_control: HeaderValue,
    /// How long a client may take nothing at all before it is given up.
    pub patience: Duration,
}

impl Default for StreamOptions {
    fn default() -> Self {
        Self {
            download: false,
            redirect: None,
            // Players keep what they have, and ask whether it is still the same.
            cache_control: HeaderValue::from_static("private, no-cache, no-transform"),
            patience: Duration::from_secs(5 * 60),
        }
    }
}
