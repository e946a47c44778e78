//! `/api/v1/playlists`.

use axum::Json;
use axum::http::header::{CACHE_CONTROL, ETAG, LOCATION};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use studio_api::v1::ProblemDetails;
use studio_api::v1::shelf::{
    Playlist, PlaylistBody, PlaylistLine, PlaylistPage, PlaylistPlace, PlaylistPlacePage,
};
use studio_core::{PlaylistRefusal, playlist_revision};
use studio_domain::PlaylistId;

use super::recordings::told;
use super::{Asked, Listing, Look, Named, Nothing, Paging, Viewed, cursor, parsed};
use crate::condition::{check_match, etag, has_revision};
use crate::failure::Failure;
use crate::receive::Received;

fn missing() -> Failure {
    Failure::missing("playlist-not-found", "playlist not found")
}

impl From<PlaylistRefusal> for Failure {
    fn from(refusal: PlaylistRefusal) -> Self {
        match refusal {
            PlaylistRefusal::Failed(error) => error.into(),
            _ => missing(),
        }
    }
}

fn identity(id: Named<String>) -> Result<PlaylistId, Failure> {
    parsed(&id.or(missing)?, missing)
}

/// The headers of an answer that depends on the state of a playlist.
fn tagged(revision: u64) -> HeaderMap {
    let fresh = HeaderValue::from_static("no-cache");
    HeaderMap::from_iter([(ETAG, etag(revision)), (CACHE_CONTROL, fresh)])
}

fn answer(status: StatusCode, playlist: &studio_domain::Playlist) -> Response {
    let revision = playlist_revision(playlist);
    (status, tagged(revision), Json(Playlist::new(playlist, revision))).into_response()
}

/// Lists playlists by name
#[utoipa::path(
    get, path = "/api/v1/playlists", tag = "playlists", operation_id = "listPlaylists",
    params(Paging),
    responses((status = 200, description = "A part of the listing", body = PlaylistPage)),
)]
pub(super) async fn list(asked: Listing) -> Result<Response, Failure> {
    let (after, limit) = (asked.after('L')?, asked.limit()?);
    let part = asked.music.shelf.playlists(after.as_ref(), limit).await?;
    let last = part.items.last().filter(|_| part.more);
    let next = last.map(|(_, name, _)| cursor::behind('L', name));
    let line = |(id, name, count): &(PlaylistId, _, u32)| PlaylistLine {
        id: id.to_string(),
        name: ToString::to_string(name),
        recording_count: *count,
    };
    let page = PlaylistPage { items: part.items.iter().map(line).collect(), next };
    asked.answer(page.next.as_deref(), &page)
}

/// A playlist
///
/// With the UUIDs of its recordings; `/recordings` below it tells all of them.
#[utoipa::path(
    get, path = "/api/v1/playlists/{id}", tag = "playlists", operation_id = "getPlaylist",
    params(("id" = String, Path, description = "Its UUID")),
    responses((status = 200, description = "The playlist", body = Playlist)),
)]
pub(super) async fn get(asked: Look, id: Named<String>) -> Result<Response, Failure> {
    let playlist = asked.music.shelf.playlist(identity(id)?).await?.ok_or_else(missing)?;
    let revision = playlist_revision(&playlist);
    match has_revision(&asked.headers, revision) {
        true => Ok((StatusCode::NOT_MODIFIED, tagged(revision)).into_response()),
        false => Ok(answer(StatusCode::OK, &playlist)),
    }
}

/// Lists the recordings of a playlist in its order
#[utoipa::path(
    get, path = "/api/v1/playlists/{id}/recordings", tag = "playlists",
    operation_id = "listRecordingsOfPlaylist",
    params(("id" = String, Path, description = "The playlist's UUID"), Paging),
    responses((status = 200, description = "A part of the listing", body = PlaylistPlacePage)),
)]
pub(super) async fn recordings(asked: Listing, id: Named<String>) -> Result<Response, Failure> {
    let (after, limit) = (asked.after::<u32>('M')?, asked.limit()?);
    let id = identity(id)?;
    let from = after.map_or(0, |place| place.saturating_add(1));
    let part = asked
        .music
        .shelf
        .playlist_recordings(id, from, limit, asked.music.lists_published())
        .await?;
    if part.items.is_empty() && asked.music.shelf.playlist(id).await?.is_none() {
        return Err(missing());
    }
    let last = part.items.last().filter(|_| part.more);
    let next = last.map(|(place, _)| cursor::behind('M', place));
    let items = part.items.iter();
    let items = items
        .map(|(place, entry)| PlaylistPlace { place: *place, recording: told(&asked.music, entry) })
        .collect();
    let page = PlaylistPlacePage { items, next };
    asked.answer(page.next.as_deref(), &page)
}

/// Makes a playlist
#[utoipa::path(
    post, path = "/api/v1/playlists", tag = "playlists", operation_id = "createPlaylist",
    request_body = PlaylistBody,
    responses(
        (status = 201, description = "The playlist", body = Playlist,
            headers(("Location" = String, description = "Its address"),
                ("ETag" = String, description = "Its revision"))),
        (status = 409, description = "Another playlist has this name", body = ProblemDetails,
            content_type = "application/problem+json"),
    ),
)]
pub(super) async fn create(
    Viewed(music): Viewed,
    Asked(Nothing {}): Asked<Nothing>,
    Received(body): Received<PlaylistBody>,
) -> Result<Response, Failure> {
    let shelf = music.writable()?;
    let (name, recordings) = body.decode()?;
    let playlist = shelf.create_playlist(name, recordings).await?;
    let mut response = answer(StatusCode::CREATED, &playlist);
    let location = HeaderValue::try_from(format!("/api/v1/playlists/{}", playlist.id));
    let location = location.map_err(|error| Failure::internal().because(error))?;
    response.headers_mut().insert(LOCATION, location);
    Ok(response)
}

/// Gives a playlist another name and other recordings
///
/// The same again changes nothing.
#[utoipa::path(
    put, path = "/api/v1/playlists/{id}", tag = "playlists", operation_id = "replacePlaylist",
    params(
        ("id" = String, Path, description = "Its UUID"),
        ("If-Match" = Option<String>, Header, description = "The revision that it must have"),
    ),
    request_body = PlaylistBody,
    responses(
        (status = 200, description = "The playlist as it is now", body = Playlist,
            headers(("ETag" = String, description = "Its revision"))),
        (status = 409, description = "Another playlist has this name", body = ProblemDetails,
            content_type = "application/problem+json"),
    ),
)]
pub(super) async fn replace(
    asked: Look,
    id: Named<String>,
    Received(body): Received<PlaylistBody>,
) -> Result<Response, Failure> {
    let (shelf, id) = (asked.music.writable()?, identity(id)?);
    let (name, recordings) = body.decode()?;
    let may = |playlist: &_| check_match(&asked.headers, playlist_revision(playlist)).map(drop);
    let playlist = shelf.replace_playlist::<Failure>(id, may, name, recordings).await?;
    Ok(answer(StatusCode::OK, &playlist))
}

/// Takes a playlist out
///
/// The recordings on it stay.
#[utoipa::path(
    delete, path = "/api/v1/playlists/{id}", tag = "playlists", operation_id = "deletePlaylist",
    params(
        ("id" = String, Path, description = "Its UUID"),
        ("If-Match" = Option<String>, Header, description = "The revision that it must have"),
    ),
    responses((status = 204, description = "It is gone")),
)]
pub(super) async fn remove(asked: Look, id: Named<String>) -> Result<Response, Failure> {
    let (shelf, id) = (asked.music.writable()?, identity(id)?);
    let may = |playlist: &_| check_match(&asked.headers, playlist_revision(playlist)).map(drop);
    shelf.remove_playlist::<Failure>(id, may).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
