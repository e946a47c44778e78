//! Whether a change comes from a page of this service, or from no page at all.

use axum::http::header::{HOST, HeaderName, ORIGIN};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode};
use url::{Position, Url};

use crate::cors::Origin;
use crate::failure::Failure;
use crate::proxies::Client;

/// What browsers say of where a request comes from (W3C Fetch Metadata).
const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Refuses what a page of another site sends. `origins` are those that may.
///
/// # Errors
/// 403.
pub(super) fn check(
    head: &Parts,
    client: Option<&Client>,
    origins: &[Origin],
) -> Result<(), Failure> {
    let refused = || {
        let detail = "a page of another site cannot change what is here";
        Failure::new(StatusCode::FORBIDDEN, "other-site", detail)
    };
    let mut sent = head.headers.get_all(ORIGIN).iter();
    let origin = match (sent.next(), sent.next()) {
        (None, _) => None,
        (Some(origin), None) => Some(origin),
        _ => return Err(refused()),
    };
    if let Some(origin) = origin {
        let is_listed = origins.iter().any(|listed| listed.is(origin));
        let host = client.and_then(|client| client.host.as_deref());
        let host = host.or_else(|| head.headers.get(HOST)?.to_str().ok());
        let is_own = host.is_some_and(|host| is_at(origin, host));
        return if is_listed || is_own { Ok(()) } else { Err(refused()) };
    }
    // Programs do not say, and browsers that are older than this send an origin.
    match head.headers.get(FETCH_SITE).map(HeaderValue::as_bytes) {
        None | Some(b"same-origin" | b"none") => Ok(()),
        Some(_) => Err(refused()),
    }
}

/// Whether an origin is that of a host, with its port if that is not the scheme's own.
fn is_at(origin: &HeaderValue, host: &str) -> bool {
    let origin = origin.to_str().ok().and_then(|origin| Url::parse(origin).ok());
    let Some(origin) = origin.filter(|origin| matches!(origin.scheme(), "http" | "https")) else {
        return false;
    };
    let host = Url::parse(&format!("{}://{host}", origin.scheme())).ok();
    let at = |url: &Url| url[Position::BeforeHost..Position::AfterPort].to_owned();
    host.is_some_and(|host| at(&host) == at(&origin))
}

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::*;

    fn checked(headers: &[(&str, &str)], origins: &[Origin]) -> bool {
        let mut request = Request::builder().header("host", "music.example.org");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let (head, ()) = request.body(()).expect("a request").into_parts();
        check(&head, None, origins).is_ok()
    }

    #[test]
    fn a_page_of_this_service_may_change_what_is_here() {
        for own in [
            "https://music.example.org",
            "http://MUSIC.example.org",
            "https://music.example.org:443",
        ] {
            assert!(checked(&[("origin", own), ("sec-fetch-site", "same-origin")], &[]), "{own}");
        }
        // A program, or a browser of before.
        assert!(checked(&[], &[]));
        assert!(checked(&[("sec-fetch-site", "none")], &[]));
    }

    #[test]
    fn a_page_of_another_site_may_not() {
        for other in [
            "https://evil.example",
            "https://music.example.org:8443",
            "null",
            "",
            "https://music.example.org.evil.example",
            "file://music.example.org",
        ] {
            assert!(!checked(&[("origin", other)], &[]), "{other}");
        }
        assert!(!checked(&[("sec-fetch-site", "cross-site")], &[]));
        assert!(!checked(&[("sec-fetch-site", "same-site")], &[]));
        let two = [("origin", "https://music.example.org"), ("origin", "https://evil.example")];
        assert!(!checked(&two, &[]));
    }

    #[test]
    fn one_that_is_named_may() {
        let listed: Origin = "https://player.example".parse().expect("an origin");
        assert!(checked(&[("origin", "https://player.example")], std::slice::from_ref(&listed)));
        assert!(!checked(&[("origin", "https://evil.example")], &[listed]));
        // To read is not to change: every site may read, if that is set.
        assert!(!checked(&[("origin", "https://evil.example")], &[Origin::Any]));
    }
}
