//! Compression of text on its way to those who take it so.
//!
//! A compressed answer is another representation of the same thing, and so has another strong
//! entity tag (RFC 9110, section 8.8.3.3): that of the plain one with the encoding behind it,
//! `"7-gzip"`. What a client says of such a tag later is said of the plain one.

use axum::extract::Request;
use axum::http::header::{
    ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_RANGE, CONTENT_TYPE, ETAG, HeaderName, IF_MATCH,
    IF_NONE_MATCH, VARY,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::Response;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::Predicate;

/// What is smaller fits into a packet as it is.
const LEAST: u64 = 1024;

/// The encodings there are, as they stand behind a tag.
const ENCODINGS: [&str; 2] = ["gzip", "zstd"];

/// Compresses text. Sound and pictures are compressed already, and their ranges are ranges
/// of what they are.
pub(crate) fn layer() -> CompressionLayer<Text> {
    CompressionLayer::new().compress_when(Text)
}

/// Text that is long enough, or whose length nobody knows.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Text;

impl Predicate for Text {
    fn should_compress<B: axum::body::HttpBody>(&self, response: &axum::http::Response<B>) -> bool {
        let headers = response.headers();
        let is_whole = response.status() != StatusCode::PARTIAL_CONTENT
            && !headers.contains_key(CONTENT_RANGE);
        let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        let is_large = response.body().size_hint().exact().is_none_or(|size| size >= LEAST);
        is_whole && is_large && kind.is_some_and(is_text)
    }
}

fn is_text(kind: &str) -> bool {
    let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let is_event_stream = kind == "text/event-stream";
    (kind.starts_with("text/") && !is_event_stream)
        || kind.ends_with("+json")
        || kind.ends_with("+xml")
        || matches!(
            kind.as_str(),
            "application/json"
                | "application/javascript"
                | "application/openmetrics-text"
                | "application/xml"
                | "application/yaml"
        )
}

/// Gives compressed answers tags of their own, and takes them back.
pub(crate) async fn tag(mut request: Request, next: Next) -> Response {
    let headers = request.headers_mut();
    take_plain_too(headers);
    let known = headers.get(IF_NONE_MATCH).cloned();
    for name in [IF_MATCH, IF_NONE_MATCH] {
        without_encodings(headers, &name);
    }
    let mut response = next.run(request).await;
    let is_unchanged = response.status() == StatusCode::NOT_MODIFIED;
    let headers = response.headers_mut();
    let encoding = headers.get(CONTENT_ENCODING).and_then(|encoding| encoding.to_str().ok());
    let encoding = ENCODINGS.into_iter().find(|own| encoding == Some(*own));
    let Some(tag) = headers.get(ETAG).and_then(|tag| tag.to_str().ok()) else { return response };
    let tagged = match encoding {
        Some(encoding) => with_encoding(tag, encoding),
        // What the client has is the one that it has named.
        None if is_unchanged => ENCODINGS.into_iter().find_map(|encoding| {
            let tag = with_encoding(tag, encoding)?;
            let known = known.as_ref()?.to_str().ok()?;
            known.split(',').any(|known| known.trim() == tag).then_some(tag)
        }),
        None => None,
    };
    if let Some(tagged) = tagged.and_then(|tag| HeaderValue::try_from(tag).ok()) {
        headers.insert(ETAG, tagged);
        if is_unchanged && !headers.contains_key(VARY) {
            headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
        }
    }
    response
}

/// `"7"` as `"7-gzip"`. A weak tag says nothing of bytes, and stays.
fn with_encoding(tag: &str, encoding: &str) -> Option<String> {
    let text = tag.strip_prefix('"')?.strip_suffix('"')?;
    Some(format!("\"{text}-{encoding}\""))
}

fn without_encodings(headers: &mut HeaderMap, name: &HeaderName) {
    if !headers.contains_key(name) {
        return;
    }
    let values: Vec<_> = headers.get_all(name).iter().map(plain).collect();
    headers.remove(name);
    for value in values {
        headers.append(name.clone(), value);
    }
}

fn plain(value: &HeaderValue) -> HeaderValue {
    let Ok(text) = value.to_str() else { return value.clone() };
    let mut text = text.to_owned();
    for encoding in ENCODINGS {
        text = text.replace(&format!("-{encoding}\""), "\"");
    }
    HeaderValue::try_from(text).unwrap_or_else(|_| value.clone())
}

/// Whoever wants nothing plain still gets sound as it is: no 406 for something done.
fn take_plain_too(headers: &mut HeaderMap) {
    let Some(accepted) = headers.get(ACCEPT_ENCODING).and_then(|text| text.to_str().ok()) else {
        return;
    };
    let is_ours = |part: &&str| {
        let coding = part.split(';').next().unwrap_or_default().trim();
        ENCODINGS.iter().any(|own| own.eq_ignore_ascii_case(coding))
    };
    let ours: Vec<&str> = accepted.split(',').filter(is_ours).collect();
    let ours = HeaderValue::try_from(ours.join(","));
    match ours {
        Ok(ours) if !ours.is_empty() => headers.insert(ACCEPT_ENCODING, ours),
        _ => headers.remove(ACCEPT_ENCODING),
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_compressed_and_nothing_else() {
        let kinds = ["application/json", "text/html; charset=utf-8", "application/problem+json"];
        for kind in kinds.into_iter().chain(["image/svg+xml", "Text/CSS"]) {
            assert!(is_text(kind), "{kind}");
        }
        let kinds = ["audio/flac", "image/png", "application/octet-stream", "text/event-stream"];
        for kind in kinds.into_iter().chain(["multipart/byteranges; boundary=x", "", "font/woff2"])
        {
            assert!(!is_text(kind), "{kind}");
        }
    }

    #[test]
    fn tags_lose_what_compression_has_put_behind_them() {
        let value = HeaderValue::from_static("\"7-gzip\", W/\"8\", \"9-zstd\",\"-gzip-x\"");
        assert_eq!(plain(&value), "\"7\", W/\"8\", \"9\",\"-gzip-x\"");
        assert_eq!(with_encoding("\"7\"", "gzip").as_deref(), Some("\"7-gzip\""));
        assert_eq!(with_encoding("W/\"7\"", "gzip"), None);
    }

    #[test]
    fn only_the_encodings_that_there_are_are_looked_for() {
        let taken = |text: &'static str| {
            let mut headers =
                HeaderMap::from_iter([(ACCEPT_ENCODING, HeaderValue::from_static(text))]);
            take_plain_too(&mut headers);
            headers.get(ACCEPT_ENCODING).map(|value| value.to_str().expect("text").to_owned())
        };
        assert_eq!(taken("gzip, br;q=1.0, *;q=0").as_deref(), Some("gzip"));
        assert_eq!(taken("identity;q=0"), None);
        assert_eq!(taken("zstd;q=0.5,GZIP;q=0").as_deref(), Some("zstd;q=0.5,GZIP;q=0"));
    }
}
