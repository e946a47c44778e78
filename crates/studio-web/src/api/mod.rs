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
mod music;
pub(crate) mod people;
mod picks;
mod playlists;
mod recent;
mod recordings;
mod releases;
pub(crate) mod request;
mod search;
mod songs;
mod sound;
mod tracks;
mod versions;

use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, LINK};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use url::form_urlencoded;
use utoipa_axum::routes;

pub use self::music::Music;
use self::recent::Recent;
use self::request::{Asked, Listing, Look, Named, Nothing, Paging, Viewed, invalid, limit, parsed};
use crate::condition::{etag_of, has_tag};
use crate::entry::{Guarded, Rule};
use crate::failure::Failure;
use crate::shares;

pub(crate) use self::describe::{add_common, add_security};
pub(crate) use self::sound::unmade;

/// How many items a part of a listing has if nobody says.
const PAGE: u32 = 50;

/// The most that it can have.
const LARGEST_PAGE: u32 = 200;

/// All routes of music.
pub(crate) fn routes() -> Guarded {
    Guarded::default()
        .routes(Rule::PUBLIC, routes!(artists::list))
        .routes(Rule::PUBLIC, routes!(artists::get))
        .routes(Rule::PUBLIC, routes!(albums::of_artist))
        .routes(Rule::PUBLIC, routes!(albums::at))
        .routes(Rule::PUBLIC, routes!(recordings::of_artist))
        .routes(Rule::WORK, routes!(songs::of_artist))
        .routes(Rule::WORK, routes!(songs::at))
        .routes(Rule::PUBLIC, routes!(albums::list))
        .routes(Rule::PUBLIC, routes!(albums::get))
        .routes(Rule::PUBLIC, routes!(recordings::list))
        .routes(Rule::PUBLIC, routes!(recordings::get))
        .routes(Rule::PUBLIC, routes!(sound::stream))
        .routes(Rule::PUBLIC, routes!(sound::recording_artwork))
        .routes(Rule::PUBLIC, routes!(sound::album_artwork))
        .routes(Rule::WORK, routes!(songs::get))
        .routes(Rule::WORK, routes!(tracks::of_song))
        .routes(Rule::WORK, routes!(picks::of_song))
        .routes(Rule::WORK, routes!(releases::of_song))
        .routes(Rule::WORK, routes!(tracks::get))
        .routes(Rule::WORK, routes!(versions::of_track))
        .routes(Rule::ALL_WORK, routes!(versions::list))
        .routes(Rule::WORK, routes!(versions::get))
        .routes(Rule::ALL_WORK, routes!(releases::list))
        .routes(Rule::WORK, routes!(releases::get))
        .routes(Rule::PUBLIC, routes!(discogs::of_artist))
        .routes(Rule::PUBLIC, routes!(discogs::of_album))
        .routes(Rule::PUBLIC, routes!(search::search))
        .routes(Rule::PUBLIC, routes!(playlists::list))
        .routes(Rule::CHANGE, routes!(playlists::create))
        .routes(Rule::PUBLIC, routes!(playlists::get))
        .routes(Rule::CHANGE, routes!(playlists::replace, playlists::remove))
        .routes(Rule::PUBLIC, routes!(playlists::recordings))
        .merge(people::routes())
        .merge(shares::described())
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
