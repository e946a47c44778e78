//! `/s`: what links open.

use axum::Json;
use axum::extract::{FromRequestParts, Path, State as Shared};
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method};
use axum::response::{IntoResponse, Response};
use studio_api::format_time;
use studio_api::v1::{SharedMusic, SharedRecording};
use studio_core::Listening;
use studio_core::listener::Listeners;
use studio_core::rendition::CoverSize;
use studio_core::repo::RecordingEntry;
use studio_domain::{RecordingId, Share};

use super::{listeners, missing};
use crate::State;
use crate::failure::Failure;
use crate::stream::{StreamOptions, respond};

/// A page of a link loads nothing but what the link opens, and runs nothing.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; media-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; \
     frame-ancestors 'none'",
);

const ROBOTS: HeaderName = HeaderName::from_static("x-robots-tag");

/// A link that is good now.
pub(super) struct Link {
    listeners: Listeners,
    share: Share,
    text: String,
}

impl FromRequestParts<State> for Link {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &State) -> Result<Self, Failure> {
        let listeners = listeners(state)?.clone();
        let named = Path::<Vec<(String, String)>>::from_request_parts(parts, state).await;
        let named = named.map_err(|_| missing())?;
        let text = named.0.into_iter().find(|(name, _)| name == "link");
        let (_, text) = text.ok_or_else(missing)?;
        let (share, _) = listeners.known_share(&text).await?.ok_or_else(missing)?;
        Ok(Self { listeners, share, text })
    }
}

impl Link {
    async fn music(&self) -> Result<SharedMusic, Failure> {
        let opened = self.listeners.shared(&self.share).await?;
        let recordings = opened.iter().map(|entry| SharedRecording {
            id: entry.recording.id.to_string(),
            title: entry.recording.title.to_string(),
            artist: entry.artist.name.to_string(),
            stream: format!("/s/{}/recordings/{}/stream", self.text, entry.recording.id),
        });
        Ok(SharedMusic {
            note: self.share.note.as_ref().map(ToString::to_string),
            expires_at: self.share.expires_at.map(format_time),
            recordings: recordings.collect(),
        })
    }

    /// One of the recordings that it opens, and nothing else.
    async fn recording(&self, id: &str) -> Result<RecordingEntry, Failure> {
        let id: RecordingId = id.parse().map_err(|_| missing())?;
        self.listeners.shared_one(&self.share, id).await?.ok_or_else(missing)
    }
}

/// What every answer of a link has: nobody keeps it, no page that it leads to learns of it, and
/// no search engine either.
fn guarded(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(ROBOTS, HeaderValue::from_static("noindex, nofollow"));
    if !headers.contains_key(CACHE_CONTROL) {
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    response
}

/// The page of a link; to open it is to follow the link.
pub(super) async fn page(link: Link, method: Method) -> Result<Response, Failure> {
    let music = link.music().await?;
    if music.recordings.is_empty() {
        return Err(missing());
    }
    if method != Method::HEAD {
        link.listeners.visit_share(&link.share).await?;
    }
    let html = HeaderValue::from_static("text/html; charset=utf-8");
    let headers = [(CONTENT_TYPE, html), (CONTENT_SECURITY_POLICY, POLICY)];
    Ok(guarded((headers, super::page::page(&music)).into_response()))
}

pub(super) async fn recordings(link: Link) -> Result<Response, Failure> {
    Ok(guarded(Json(link.music().await?).into_response()))
}

fn listening(state: &State) -> Result<&Listening, Failure> {
    let none = || Failure::missing("no-sound", "this service plays nothing");
    state.music.as_ref().and_then(|music| music.listening.as_ref()).ok_or_else(none)
}

/// The store itself is told to nobody here: a link of the store would outlive this one.
fn options() -> StreamOptions {
    StreamOptions { redirect: None, ..StreamOptions::default() }
}

pub(super) async fn stream(
    Shared(state): Shared<State>,
    link: Link,
    Path((_, id)): Path<(String, String)>,
    method: Method,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let entry = link.recording(&id).await?;
    let playable = listening(&state)?.sound(&entry)?;
    Ok(guarded(respond(&method, &headers, &playable, &options()).await))
}

pub(super) async fn artwork(
    Shared(state): Shared<State>,
    link: Link,
    Path((_, id)): Path<(String, String)>,
    method: Method,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let entry = link.recording(&id).await?;
    let found = listening(&state)?.cover(&entry, CoverSize::Medium).await?;
    let none = || Failure::missing("artwork-not-found", "there is no picture of it");
    Ok(guarded(respond(&method, &headers, &found.ok_or_else(none)?, &options()).await))
}
