//! Answers: which status, which headers, which bytes.

use std::collections::VecDeque;
use std::iter;
use std::ops::Range;
use std::time::SystemTime;

use axum::body::{Body, Bytes};
use axum::http::header::{
    ACCEPT_RANGES, ALLOW, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_RANGE,
    CONTENT_TYPE, ETAG, LAST_MODIFIED, LOCATION, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use futures_util::Stream;
use studio_core::playback::{Facts, Playable};
use studio_core::{Error as CoreError, ErrorKind, StoreError};
use uuid::Uuid;

use super::StreamOptions;
use super::body::{Multipart, Part, Window};
use super::condition::{Validators, Verdict};
use super::disposition::disposition;
use super::range::Wanted;
use crate::failure::Failure;

/// Media of which nothing is known.
const UNKNOWN: &str = "application/octet-stream";
const BYTES: HeaderValue = HeaderValue::from_static("bytes");
const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");

/// Answers a GET or HEAD for something that can be played; see the
/// [module's documentation](super).
pub async fn respond(
    method: &Method,
    headers: &HeaderMap,
    playable: &Playable,
    options: &StreamOptions,
) -> Response {
    let answered = match *method {
        Method::GET | Method::HEAD => answer(method, headers, playable, options).await,
        _ => Err(Box::new(Failure::of(StatusCode::METHOD_NOT_ALLOWED).into_response())),
    };
    match answered {
        Ok(response) => response,
        Err(mut refusal) => {
            let headers = refusal.headers_mut();
            headers.insert(CACHE_CONTROL, NO_STORE);
            if *method != Method::GET && *method != Method::HEAD {
                headers.insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
            }
            *refusal
        }
    }
}

type Refusal = Box<Response>;

impl From<Failure> for Refusal {
    fn from(failure: Failure) -> Self {
        Box::new(failure.into_response())
    }
}

async fn answer(
    method: &Method,
    headers: &HeaderMap,
    playable: &Playable,
    options: &StreamOptions,
) -> Result<Response, Refusal> {
    let facts = playable.facts();
    let validators = Validators::new(&facts.etag, facts.modified);
    let in_part = match validators.judge(headers, SystemTime::now()) {
        Verdict::Send { in_part } => in_part,
        Verdict::NotModified => {
            let mut response = StatusCode::NOT_MODIFIED.into_response();
            tag(response.headers_mut(), &validators, options);
            return Ok(response);
        }
        Verdict::Failed => {
            let said = "the bytes are not those that the request means";
            let status = StatusCode::PRECONDITION_FAILED;
            return Err(Failure::new(status, "precondition-failed", said).into());
        }
        Verdict::Unreadable => {
            let said = "If-Match is no list of entity tags";
            let status = StatusCode::BAD_REQUEST;
            return Err(Failure::new(status, "invalid-condition", said).into());
        }
    };
    if *method == Method::HEAD {
        // RFC 9110, 14.2: ranges are for GET alone.
        playable.look().await.map_err(failure)?;
        let mut response = Body::empty().into_response();
        whole(response.headers_mut(), facts, &validators, options);
        return Ok(response);
    }
    let wanted = if in_part { Wanted::read(headers, facts.size) } else { Wanted::Whole };
    let ranges = match wanted {
        Wanted::Whole => Vec::new(),
        Wanted::Ranges(ranges) => ranges,
        Wanted::Nothing => {
            return Err(not_satisfiable(facts, "range-not-satisfiable", "no bytes lie there"));
        }
        Wanted::TooMuch => {
            let said = "that many ranges, or that many that overlap, are not answered at once";
            return Err(not_satisfiable(facts, "too-many-ranges", said));
        }
    };
    if let Some(expires) = options.redirect
        && let Some(link) = playable.link(expires, options.download).await.map_err(failure)?
    {
        return redirect(&link);
    }
    match ranges.as_slice() {
        [] => {
            let playing = playable.open(iter::once(0..facts.size)).await.map_err(failure)?;
            let mut response = body(playing, options).into_response();
            whole(response.headers_mut(), facts, &validators, options);
            Ok(response)
        }
        [range] => {
            let playing = playable.open(iter::once(range.clone())).await.map_err(failure)?;
            let mut response = body(playing, options).into_response();
            *response.status_mut() = StatusCode::PARTIAL_CONTENT;
            let headers = response.headers_mut();
            whole(headers, facts, &validators, options);
            headers.insert(CONTENT_RANGE, value(&content_range(range, facts.size)));
            headers.insert(CONTENT_LENGTH, HeaderValue::from(range.end - range.start));
            Ok(response)
        }
        several => parts(several, playable, &validators, options).await,
    }
}

/// Several ranges, as `multipart/byteranges` (RFC 9110, 14.6).
async fn parts(
    ranges: &[Range<u64>],
    playable: &Playable,
    validators: &Validators,
    options: &StreamOptions,
) -> Result<Response, Refusal> {
    let facts = playable.facts();
    let playing = playable.open(ranges.iter().cloned()).await.map_err(failure)?;
    let boundary = Uuid::now_v7().simple().to_string();
    let kind = content_type(facts);
    let kind = kind.to_str().unwrap_or(UNKNOWN);
    let head = |range: &Range<u64>| {
        let place = content_range(range, facts.size);
        format!("\r\n--{boundary}\r\nContent-Type: {kind}\r\nContent-Range: {place}\r\n\r\n")
    };
    let part = |range: &Range<u64>| Part {
        head: Bytes::from(head(range)),
        length: range.end - range.start,
    };
    let parts: VecDeque<_> = ranges.iter().map(part).collect();
    let tail = Bytes::from(format!("\r\n--{boundary}--\r\n"));
    let bytes = parts.iter().map(|part| part.head.len() as u64 + part.length);
    let length = bytes.fold(tail.len() as u64, u64::saturating_add);
    let mut response = body(Multipart::new(playing, parts, tail), options).into_response();
    *response.status_mut() = StatusCode::PARTIAL_CONTENT;
    let headers = response.headers_mut();
    whole(headers, facts, validators, options);
    let kind = format!("multipart/byteranges; boundary={boundary}");
    headers.insert(CONTENT_TYPE, value(&kind));
    headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
    Ok(response)
}

fn body(
    source: impl Stream<Item = studio_core::Result<Bytes>> + Send + Unpin + 'static,
    options: &StreamOptions,
) -> Body {
    Body::from_stream(Window::new(source, options.patience))
}

/// The headers of all the bytes.
fn whole(headers: &mut HeaderMap, facts: &Facts, validators: &Validators, options: &StreamOptions) {
    tag(headers, validators, options);
    headers.insert(CONTENT_TYPE, content_type(facts));
    headers.insert(CONTENT_LENGTH, HeaderValue::from(facts.size));
    headers.insert(CONTENT_DISPOSITION, disposition(&facts.file_name, options.download));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
}

/// The headers that tell which bytes they are, which an answer without bytes has too.
fn tag(headers: &mut HeaderMap, validators: &Validators, options: &StreamOptions) {
    headers.insert(ETAG, validators.etag());
    if let Some(modified) = validators.last_modified() {
        headers.insert(LAST_MODIFIED, modified);
    }
    headers.insert(ACCEPT_RANGES, BYTES);
    headers.insert(CACHE_CONTROL, options.cache_control.clone());
}

fn content_type(facts: &Facts) -> HeaderValue {
    // What a file says of itself must not make a page of it.
    let known =
        facts.content_type.starts_with("audio/") || facts.content_type.starts_with("image/");
    let kind = if known { facts.content_type.as_str() } else { UNKNOWN };
    let plain = kind.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ');
    value(if plain && kind != "image/svg+xml" { kind } else { UNKNOWN })
}

fn content_range(range: &Range<u64>, size: u64) -> String {
    format!("bytes {}-{}/{size}", range.start, range.end.saturating_sub(1))
}

fn value(text: &str) -> HeaderValue {
    HeaderValue::try_from(text).unwrap_or_else(|_| HeaderValue::from_static(UNKNOWN))
}

fn not_satisfiable(facts: &Facts, code: &'static str, said: &str) -> Refusal {
    let mut refusal: Refusal = Failure::new(StatusCode::RANGE_NOT_SATISFIABLE, code, said).into();
    let headers = refusal.headers_mut();
    headers.insert(CONTENT_RANGE, value(&format!("bytes */{}", facts.size)));
    headers.insert(ACCEPT_RANGES, BYTES);
    refusal
}

/// To the store itself. The link is a secret for a while, and no cache keeps it.
fn redirect(link: &str) -> Result<Response, Refusal> {
    let link = HeaderValue::try_from(link);
    let link = link.map_err(|error| Failure::internal().because(error))?;
    let headers = [(LOCATION, link), (CACHE_CONTROL, NO_STORE)];
    Ok((StatusCode::TEMPORARY_REDIRECT, headers).into_response())
}

/// Why something cannot be played, for who asked for it.
fn failure(error: CoreError) -> Refusal {
    let failure = match &error {
        CoreError::Store(StoreError::NotFound { .. }) => {
            let said = "the catalogue knows this sound, but its bytes are gone";
            Failure::new(StatusCode::NOT_FOUND, "sound-missing", said).because(error)
        }
        CoreError::Store(StoreError::Changed { .. }) => {
            let said = "the bytes are no longer those that the catalogue knows: \
                        the library must be scanned again";
            Failure::new(StatusCode::CONFLICT, "sound-changed", said).because(error)
        }
        _ if error.kind() == ErrorKind::Unavailable => {
            Failure::unavailable("store-unavailable", "the store cannot be used now").because(error)
        }
        _ => Failure::internal().because(error),
    };
    failure.into()
}
