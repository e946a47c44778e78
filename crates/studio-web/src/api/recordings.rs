//! Recordings.

use axum::extract::Path;
use axum::extract::rejection::PathRejection;
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use studio_api::v1::shelf::{AlbumLine, Recording, RecordingPage};
use studio_core::repo::{RecordingEntry, Shown};

use super::{
    Asked, Music, Nothing, Paging, Viewed, artists, cursor, document, listing, named, parsed,
};
use crate::failure::Failure;

/// There is no such recording.
pub(super) fn missing() -> Failure {
    Failure::missing("recording-not-found", "recording not found")
}

/// A recording; its album only if the viewer may see that.
pub(super) fn told(music: &Music, entry: &RecordingEntry) -> Recording {
    let album = entry.album.as_ref().filter(|album| album.published || !music.published_only);
    let has_cover = album.is_some_and(|album| album.has_artwork);
    let line =
        album.map(|album| AlbumLine::new(album.id, &album.title, &album.slug, &album.artist));
    Recording::new(&entry.recording, &entry.slug, &entry.artist, line, has_cover)
}

async fn page(
    music: &Music,
    shown: Shown,
    paging: &Paging,
    uri: &Uri,
    headers: &HeaderMap,
) -> Result<Response, Failure> {
    let part = music.shelf.recordings(shown, paging.after('R')?, paging.limit()?).await?;
    let last = part.items.last().filter(|_| part.more);
    let next = last.map(|entry| cursor::behind('R', entry.recording.id));
    let items = part.items.iter().map(|entry| told(music, entry)).collect();
    let page = RecordingPage { items, next };
    listing(headers, uri, page.next.as_deref(), &page)
}

/// Lists recordings by artist and title
#[utoipa::path(
    get, path = "/api/v1/recordings", tag = "recordings", operation_id = "listRecordings",
    params(Paging),
    responses((status = 200, description = "A part of the listing", body = RecordingPage)),
)]
pub(super) async fn list(
    Viewed(music): Viewed,
    Asked(paging): Asked<Paging>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    page(&music, music.shown(None), &paging, &uri, &headers).await
}

/// Lists the recordings of an artist by title
#[utoipa::path(
    get, path = "/api/v1/artists/{artist}/recordings", tag = "artists",
    operation_id = "listRecordingsOfArtist",
    params(("artist" = String, Path, description = "UUID or slug", example = "khruangbin"), Paging),
    responses((status = 200, description = "A part of the listing", body = RecordingPage)),
)]
pub(super) async fn of_artist(
    Viewed(music): Viewed,
    artist: Result<Path<String>, PathRejection>,
    Asked(paging): Asked<Paging>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let artist = artists::find(&music, &named(artist, artists::missing)?).await?;
    page(&music, music.shown(Some(artist.id)), &paging, &uri, &headers).await
}

/// A recording
#[utoipa::path(
    get, path = "/api/v1/recordings/{id}", tag = "recordings", operation_id = "getRecording",
    params(("id" = String, Path, description = "Its UUID")),
    responses((status = 200, description = "The recording", body = Recording)),
)]
pub(super) async fn get(
    Viewed(music): Viewed,
    id: Result<Path<String>, PathRejection>,
    Asked(Nothing {}): Asked<Nothing>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let id = parsed(&named(id, missing)?, missing)?;
    let found = music.shelf.recording(id, music.published_only).await?;
    document(&headers, &told(&music, &found.ok_or_else(missing)?))
}
