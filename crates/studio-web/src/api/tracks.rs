//! The tracks of songs.

use axum::extract::Path;
use axum::extract::rejection::PathRejection;
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use studio_api::v1::shelf::{Track, TrackPage};
use studio_core::repo::TrackEntry;

use super::{
    Asked, Music, Nothing, Paging, Viewed, cursor, document, listing, named, parsed, songs,
};
use crate::failure::Failure;

fn missing() -> Failure {
    Failure::missing("track-not-found", "track not found")
}

/// The track that a path names by identity.
pub(super) async fn find(
    music: &Music,
    id: Result<Path<String>, PathRejection>,
) -> Result<TrackEntry, Failure> {
    music.studio()?;
    let id = parsed(&named(id, missing)?, missing)?;
    music.shelf.track(id).await?.ok_or_else(missing)
}

/// Lists the tracks of a song by name
#[utoipa::path(
    get, path = "/api/v1/songs/{id}/tracks", tag = "songs", operation_id = "listTracksOfSong",
    params(("id" = String, Path, description = "The song's UUID"), Paging),
    responses((status = 200, description = "A part of the listing", body = TrackPage)),
)]
pub(super) async fn of_song(
    Viewed(music): Viewed,
    id: Result<Path<String>, PathRejection>,
    Asked(paging): Asked<Paging>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let (after, limit) = (paging.after('T')?, paging.limit()?);
    let song = songs::find(&music, id).await?;
    let part = music.studio()?.tracks(&song.path(), after.as_ref(), limit).await?;
    let last = part.items.last().filter(|_| part.more);
    let next = last.map(|track| cursor::behind('T', &track.name));
    let tell = |track| Track::new(track, &song.song, &song.artist);
    let page = TrackPage { items: part.items.iter().map(tell).collect(), next };
    listing(&headers, &uri, page.next.as_deref(), &page)
}

/// A track
#[utoipa::path(
    get, path = "/api/v1/tracks/{id}", tag = "tracks", operation_id = "getTrack",
    params(("id" = String, Path, description = "Its UUID")),
    responses((status = 200, description = "The track", body = Track)),
)]
pub(super) async fn get(
    Viewed(music): Viewed,
    id: Result<Path<String>, PathRejection>,
    Asked(Nothing {}): Asked<Nothing>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let TrackEntry { track, song } = find(&music, id).await?;
    document(&headers, &Track::new(&track, &song.song, &song.artist))
}
