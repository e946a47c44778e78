//! Recordings.

use axum::response::Response;
use studio_api::v1::shelf::{AlbumLine, Recording, RecordingPage};
use studio_core::repo::{RecordingEntry, Shown};

use super::{Listing, Look, Music, Named, Paging, artists, cursor, parsed};
use crate::failure::Failure;

/// There is no such recording.
pub(super) fn missing() -> Failure {
    Failure::missing("recording-not-found", "recording not found")
}

/// A recording; its album only if the viewer may see that.
pub(super) fn told(music: &Music, entry: &RecordingEntry) -> Recording {
    let album = entry.album.as_ref();
    let album = album.filter(|album| music.sees(&album.artist.name, album.published));
    let has_cover = album.is_some_and(|album| album.has_artwork);
    let line =
        album.map(|album| AlbumLine::new(album.id, &album.title, &album.slug, &album.artist));
    Recording::new(&entry.recording, &entry.slug, &entry.artist, line, has_cover)
}

async fn page(asked: &Listing, shown: Shown) -> Result<Response, Failure> {
    let part = asked.music.shelf.recordings(shown, asked.after('R')?, asked.limit()?).await?;
    let last = part.items.last().filter(|_| part.more);
    let next = last.map(|entry| cursor::behind('R', entry.recording.id));
    let items = part.items.iter().map(|entry| told(&asked.music, entry)).collect();
    let page = RecordingPage { items, next };
    asked.answer(page.next.as_deref(), &page)
}

/// Lists recordings by artist and title
#[utoipa::path(
    get, path = "/api/v1/recordings", tag = "recordings", operation_id = "listRecordings",
    params(Paging),
    responses((status = 200, description = "A part of the listing", body = RecordingPage)),
)]
pub(super) async fn list(asked: Listing) -> Result<Response, Failure> {
    page(&asked, asked.music.shown(None)).await
}

/// Lists the recordings of an artist by title
#[utoipa::path(
    get, path = "/api/v1/artists/{artist}/recordings", tag = "artists",
    operation_id = "listRecordingsOfArtist",
    params(("artist" = String, Path, description = "UUID or slug", example = "khruangbin"), Paging),
    responses((status = 200, description = "A part of the listing", body = RecordingPage)),
)]
pub(super) async fn of_artist(asked: Listing, artist: Named<String>) -> Result<Response, Failure> {
    let artist = artists::find(&asked.music, &artist.or(artists::missing)?).await?;
    page(&asked, asked.music.shown(Some(&artist))).await
}

/// A recording
#[utoipa::path(
    get, path = "/api/v1/recordings/{id}", tag = "recordings", operation_id = "getRecording",
    params(("id" = String, Path, description = "Its UUID")),
    responses((status = 200, description = "The recording", body = Recording)),
)]
pub(super) async fn get(asked: Look, id: Named<String>) -> Result<Response, Failure> {
    let id = parsed(&id.or(missing)?, missing)?;
    let found = asked.music.recording(id).await?;
    asked.answer(&told(&asked.music, &found.ok_or_else(missing)?))
}
