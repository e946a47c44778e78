//! Where a part of a listing begins: a text that clients give back as they got it. It tells
//! the kind of listing that it is of, and what the last item was.

use std::fmt::Display;
use std::str::FromStr;

use axum::http::StatusCode;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::failure::Failure;

/// The place behind an item.
pub(super) fn behind(kind: char, item: impl Display) -> String {
    URL_SAFE_NO_PAD.encode(format!("{kind}{item}"))
}

/// The item that a place is behind.
///
/// # Errors
/// 400 for what no listing of that kind gave out.
pub(super) fn read<T: FromStr>(kind: char, text: &str) -> Result<T, Failure> {
    let item = URL_SAFE_NO_PAD.decode(text).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let item = item.as_deref().and_then(|item| item.strip_prefix(kind));
    item.and_then(|item| item.parse().ok()).ok_or_else(unknown)
}

/// A place that this listing does not have, or no longer has.
pub(super) fn unknown() -> Failure {
    let detail = "after: this listing has no such place; begin it anew";
    Failure::new(StatusCode::BAD_REQUEST, "invalid-cursor", detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_read_in_its_own_listing_only() {
        let place = behind('a', 7);
        assert_eq!(read::<u32>('a', &place).ok(), Some(7));
        for (kind, text) in [('b', place.as_str()), ('a', ""), ('a', "YQ"), ('a', "//"), ('a', "é")]
        {
            let status = read::<u32>(kind, text).map_err(|failure| failure.status.as_u16());
            assert_eq!(status, Err(400), "{text}");
        }
    }
}
