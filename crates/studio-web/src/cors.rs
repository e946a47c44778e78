//! Pages of other sites that may read the answers of this service. None may, unless it is
//! named.

use std::str::FromStr;
use std::time::Duration;

use axum::http::header::{
    ACCEPT_RANGES, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, ETAG,
    HeaderName, IF_MATCH, IF_NONE_MATCH, IF_RANGE, LINK, LOCATION, RANGE, RETRY_AFTER,
};
use axum::http::{HeaderValue, Method};
use tower_http::cors::{AllowOrigin, CorsLayer};
use url::{Origin as UrlOrigin, Url};

/// How long a browser remembers what it may.
const REMEMBERED: Duration = Duration::from_secs(60 * 60);

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// A text that names no site.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no origin, such as https://player.example.org, and not `*`")]
pub struct InvalidOrigin(String);

/// A site whose pages may read the answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// Every site.
    Any,
    /// One, as browsers name it.
    Site(HeaderValue),
}

impl Origin {
    /// Whether this very site is meant.
    pub(crate) fn is(&self, origin: &HeaderValue) -> bool {
        matches!(self, Self::Site(name) if name == origin)
    }
}

impl FromStr for Origin {
    type Err = InvalidOrigin;

    /// Reads `https://player.example.org` or `*`.
    fn from_str(text: &str) -> Result<Self, InvalidOrigin> {
        if text == "*" {
            return Ok(Self::Any);
        }
        let invalid = || InvalidOrigin(text.to_owned());
        let origin = Url::parse(text).map_err(|_| invalid())?.origin();
        let UrlOrigin::Tuple(..) = origin else { return Err(invalid()) };
        let name = origin.ascii_serialization();
        // Nothing may stand behind it: whoever writes a path means something else.
        if name != text.trim_end_matches('/').to_ascii_lowercase() {
            return Err(invalid());
        }
        HeaderValue::try_from(name).map(Self::Site).map_err(|_| invalid())
    }
}

impl std::fmt::Display for Origin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Any => f.write_str("*"),
            Self::Site(name) => f.write_str(name.to_str().unwrap_or_default()),
        }
    }
}

/// What lets these sites in; none if there are none.
pub(crate) fn layer(origins: &[Origin]) -> Option<CorsLayer> {
    if origins.is_empty() {
        return None;
    }
    let sites = origins.iter().filter_map(|origin| match origin {
        Origin::Any => None,
        Origin::Site(name) => Some(name.clone()),
    });
    let allowed = match origins.contains(&Origin::Any) {
        true => AllowOrigin::any(),
        false => AllowOrigin::list(sites),
    };
    let methods = [Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::DELETE];
    let asked = [CONTENT_TYPE, IF_MATCH, IF_NONE_MATCH, IF_RANGE, RANGE, REQUEST_ID];
    let told = [
        ACCEPT_RANGES,
        CONTENT_DISPOSITION,
        CONTENT_LENGTH,
        CONTENT_RANGE,
        ETAG,
        LINK,
        LOCATION,
        RETRY_AFTER,
        REQUEST_ID,
    ];
    let layer = CorsLayer::new().allow_origin(allowed).allow_methods(methods);
    Some(layer.allow_headers(asked).expose_headers(told).max_age(REMEMBERED))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_named_as_browsers_do() {
        for good in ["https://player.example.org", "http://localhost:3000", "*"] {
            assert_eq!(good.parse::<Origin>().expect("an origin").to_string(), good);
        }
        let slash: Origin = "https://Player.example.org/".parse().expect("an origin");
        assert_eq!(slash.to_string(), "https://player.example.org");
        for bad in
            ["", "player.example.org", "null", "https://a.example/x", "file:///x", "https://"]
        {
            assert!(bad.parse::<Origin>().is_err(), "{bad}");
        }
    }
}
