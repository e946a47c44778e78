//! `/api/v1`: what is released, and what is worked on.
//!
//! What all resources have in common is here: who looks ([`Music`]), how lists are cut into
//! parts ([`cursor`]), and how a document is answered ([`document`]). What requests ask for is
//! read in [`request`].

mod albums;
mod artists;
mod cursor;
mod describe;
mod discogs;
mod picks;
mod playlists;
mod recent;
mod recordings;
mod releases;
mod request;
mod search;
mod songs;
mod sound;
mod tracks;
mod versions;

use std::time::Duration;

use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, LINK};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use studio_core::discogs::Discogs;
use studio_core::repo::Shown;
use studio_core::{Listening, Shelf, Studio};
use studio_domain::ArtistId;
use url::form_urlencoded;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use self::recent::Recent;
use self::request::{Asked, Listing, Look, Named, Nothing, Paging, Viewed, invalid, limit, parsed};
use crate::State;
use crate::condition::{etag_of, has_tag};
use crate::failure::Failure;

pub(crate) use self::describe::add_common;

/// How many items a part of a listing has if nobody says.
const PAGE: u32 = 50;

/// The most that it can have.
const LARGEST_PAGE: u32 = 200;

/// All routes of music.
pub(crate) fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::new()
        .routes(routes!(artists::list))
        .routes(routes!(artists::get))
        .routes(routes!(albums::of_artist))
        .routes(routes!(albums::at))
        .routes(routes!(recordings::of_artist))
        .routes(routes!(songs::of_artist))
        .routes(routes!(songs::at))
        .routes(routes!(albums::list))
        .routes(routes!(albums::get))
        .routes(routes!(recordings::list))
        .routes(routes!(recordings::get))
        .routes(routes!(sound::stream))
        .routes(routes!(sound::recording_artwork))
        .routes(routes!(sound::album_artwork))
        .routes(routes!(songs::get))
        .routes(routes!(tracks::of_song))
        .routes(routes!(picks::of_song))
        .routes(routes!(releases::of_song))
        .routes(routes!(tracks::get))
        .routes(routes!(versions::of_track))
        .routes(routes!(versions::list))
        .routes(routes!(versions::get))
        .routes(routes!(releases::list))
        .routes(routes!(releases::get))
        .routes(routes!(discogs::of_artist))
        .routes(routes!(discogs::of_album))
        .routes(routes!(search::search))
        .routes(routes!(playlists::list, playlists::create))
        .routes(routes!(playlists::get, playlists::replace, playlists::remove))
        .routes(routes!(playlists::recordings))
}

/// The music of a service, and who looks at it.
#[derive(Debug, Clone)]
pub struct Music {
    shelf: Shelf,
    studio: Studio,
    published_only: bool,
    listening: Option<Listening>,
    redirect: Option<Duration>,
    discogs: Option<Discogs>,
    recent: Recent,
}

impl Music {
    /// What is released and what is worked on, for the studio itself: all of it.
    pub fn new(shelf: Shelf, studio: Studio) -> Self {
        Self {
            shelf,
            studio,
            published_only: false,
            listening: None,
            redirect: None,
            discogs: None,
            recent: Recent::new(),
        }
    }

    /// Its sound and its pictures are sent, too.
    pub fn with_listening(self, listening: Listening) -> Self {
        Self { listening: Some(listening), ..self }
    }

    /// Who wants sound is sent to the store itself from now on, where that has links, by one
    /// that holds so long.
    pub fn redirecting(self, holds: Duration) -> Self {
        Self { redirect: Some(holds), ..self }
    }

    /// What Discogs says is told, too.
    pub fn with_discogs(self, discogs: Discogs) -> Self {
        Self { discogs: Some(discogs), ..self }
    }

    /// For everybody: only what is published is shown, of what is worked on nothing, and
    /// nothing can be changed.
    pub fn published_only(self) -> Self {
        Self { published_only: true, ..self }
    }

    /// What of the shelf the viewer sees: every list takes it from here.
    fn shown(&self, artist: Option<ArtistId>) -> Shown {
        Shown { artist, published_only: self.published_only }
    }

    /// What is worked on, which only the studio sees.
    fn studio(&self) -> Result<&Studio, Failure> {
        match self.published_only {
            true => Err(Failure::of(StatusCode::NOT_FOUND)),
            false => Ok(&self.studio),
        }
    }

    /// The shelf, for a change that only the studio makes.
    fn writable(&self) -> Result<&Shelf, Failure> {
        match self.published_only {
            true => Err(Failure::new(
                StatusCode::FORBIDDEN,
                "read-only",
                "only the studio changes what is here",
            )),
            false => Ok(&self.shelf),
        }
    }
}

/// A document; nothing but its tag if the client has it.
fn document(asked: &HeaderMap, body: &impl Serialize) -> Result<Response, Failure> {
    let bytes = serde_json::to_vec(body).map_err(|e| Failure::internal().because(e))?;
    let tag = etag_of(&bytes);
    let value = HeaderValue::try_from(format!("\"{tag}\""));
    let value = value.map_err(|error| Failure::internal().because(error))?;
    let fresh = HeaderValue::from_static("no-cache");
    let headers = [(ETAG, value), (CACHE_CONTROL, fresh)];
    if has_tag(asked, &tag) {
        return Ok((StatusCode::NOT_MODIFIED, headers).into_response());
    }
    let json = HeaderValue::from_static("application/json");
    Ok((headers, [(CONTENT_TYPE, json)], bytes).into_response())
}

/// A part of a listing, with the address of the one that follows.
fn listing(
    asked: &HeaderMap,
    uri: &Uri,
    next: Option<&str>,
    body: &impl Serialize,
) -> Result<Response, Failure> {
    let mut response = document(asked, body)?;
    if let Some(next) = next {
        let link = HeaderValue::try_from(format!("<{}>; rel=\"next\"", following(uri, next)));
        let link = link.map_err(|error| Failure::internal().because(error))?;
        response.headers_mut().insert(LINK, link);
    }
    Ok(response)
}

/// The same listing from another place on.
fn following(uri: &Uri, next: &str) -> String {
    let query = uri.query().unwrap_or_default();
    let others = form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| name != "after");
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(others).append_pair("after", next);
    format!("{}?{}", uri.path(), query.finish())
}
