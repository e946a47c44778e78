//! How pages and the files that they load are sent.

use axum::extract::Path;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, HeaderName, LOCATION,
    REFERRER_POLICY, X_FRAME_OPTIONS,
};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};

use super::Visit;
use crate::condition::{etag_of, has_tag};
use crate::failure::Failure;

const HTML: HeaderValue = HeaderValue::from_static("text/html; charset=utf-8");
/// What changes is asked for again each time, and told of only if it did.
const ASKED_AGAIN: HeaderValue = HeaderValue::from_static("public, no-cache");
/// What never changes under its address.
pub(super) const FOR_EVER: HeaderValue =
    HeaderValue::from_static("public, max-age=31536000, immutable");
const OPENER: HeaderName = HeaderName::from_static("cross-origin-opener-policy");
const SAME_ORIGIN: HeaderValue = HeaderValue::from_static("same-origin");

/// Who may show a page within one of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Framed {
    /// Nobody.
    Never,
    /// Everybody: it is made for that.
    Anywhere,
}

/// What a page may load: nothing that is not here, and no script or style within itself. Sound
/// comes from elsewhere where listeners are sent to the bucket.
fn policy(framed: Framed, from_bucket: bool) -> HeaderValue {
    macro_rules! policy {
        ($media:literal, $frames:literal) => {
            HeaderValue::from_static(concat!(
                "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
                 connect-src 'self'; form-action 'self'; base-uri 'none'; media-src 'self'",
                $media,
                "; frame-ancestors ",
                $frames
            ))
        };
    }
    match (framed, from_bucket) {
        (Framed::Never, false) => policy!("", "'none'"),
        (Framed::Never, true) => policy!(" https: http:", "'none'"),
        (Framed::Anywhere, false) => policy!("", "*"),
        (Framed::Anywhere, true) => policy!(" https: http:", "*"),
    }
}

impl Visit {
    /// A page, or that whoever asks has it already.
    pub(super) fn page(&self, html: String, framed: Framed) -> Response {
        let from_bucket = self.state.music.as_ref().is_some_and(|music| music.redirect.is_some());
        let mut response = self.document(HTML, html);
        let headers = response.headers_mut();
        headers.insert(CONTENT_SECURITY_POLICY, policy(framed, from_bucket));
        headers.insert(REFERRER_POLICY, SAME_ORIGIN);
        if framed == Framed::Never {
            headers.insert(X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
            headers.insert(OPENER, SAME_ORIGIN);
        }
        response
    }

    /// Some text that changes.
    pub(super) fn document(&self, kind: HeaderValue, text: String) -> Response {
        let tag = etag_of(text.as_bytes());
        let mut response = match has_tag(&self.headers, &tag) {
            true => StatusCode::NOT_MODIFIED.into_response(),
            false => ([(CONTENT_TYPE, kind)], text).into_response(),
        };
        let headers = response.headers_mut();
        headers.insert(CACHE_CONTROL, ASKED_AGAIN);
        if let Ok(tag) = HeaderValue::try_from(format!("\"{tag}\"")) {
            headers.insert(ETAG, tag);
        }
        response
    }
}

/// A page that says that something is not to be had.
pub(super) fn said(status: StatusCode, html: String) -> Response {
    let headers = [
        (CONTENT_TYPE, HTML),
        (CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (CONTENT_SECURITY_POLICY, policy(Framed::Never, false)),
        (REFERRER_POLICY, SAME_ORIGIN),
    ];
    (status, headers, html).into_response()
}

/// What is for ever at another address.
pub(super) fn moved(path: &str) -> Response {
    match HeaderValue::try_from(path) {
        Ok(path) => (StatusCode::MOVED_PERMANENTLY, [(LOCATION, path)]).into_response(),
        Err(_) => Failure::of(StatusCode::NOT_FOUND).into_response(),
    }
}

/// A file that pages load.
pub(super) async fn asset(
    Path((version, name)): Path<(String, String)>,
) -> Result<Response, Failure> {
    let none = || Failure::missing("no-file", "there is no such file, or no such version of it");
    let asset = studio_site::asset(&version, &name).ok_or_else(none)?;
    let kind = HeaderValue::from_static(asset.content_type);
    Ok(([(CONTENT_TYPE, kind), (CACHE_CONTROL, FOR_EVER)], asset.text).into_response())
}
