//! Albums, and what is on them.

use axum::extract::Path;
use axum::extract::rejection::PathRejection;
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use studio_api::v1::shelf::{Album, AlbumPage, AlbumSheet};
use studio_core::repo::{AlbumEntry, Shown};

use super::recordings::told as recording;
use super::{
    Asked, Music, Nothing, Paging, Viewed, artists, cursor, document, listing, named, parsed,
};
use crate::failure::Failure;

/// There is no such album.
pub(super) fn missing() -> Failure {
    Failure::missing("album-not-found", "album not found")
}

fn told(entry: &AlbumEntry) -> Album {
    Album::new(&entry.album, &entry.slug, &entry.artist)
}

async fn page(
    music: &Music,
    shown: Shown,
    paging: &Paging,
    uri: &Uri,
    headers: &HeaderMap,
) -> Result<Response, Failure> {
    let part = music.shelf.albums(shown, paging.after('B')?, paging.limit()?).await?;
    let last = part.items.last().filter(|_| part.more);
    let next = last.map(|entry| cursor::behind('B', entry.album.id));
    let page = AlbumPage { items: part.items.iter().map(told).collect(), next };
    listing(headers, uri, page.next.as_deref(), &page)
}

fn sheet(
    music: &Music,
    found: Option<studio_core::repo::AlbumSheet>,
    headers: &HeaderMap,
) -> Result<Response, Failure> {
    let found = found.ok_or_else(missing)?;
    let recordings = found.recordings.iter().map(|entry| recording(music, entry)).collect();
    document(headers, &AlbumSheet { album: told(&found.entry), recordings })
}

/// Lists albums by artist and title
#[utoipa::path(
    get, path = "/api/v1/albums", tag = "albums", operation_id = "listAlbums", params(Paging),
    responses((status = 200, description = "A part of the listing", body = AlbumPage)),
)]
pub(super) async fn list(
    Viewed(music): Viewed,
    Asked(paging): Asked<Paging>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    page(&music, music.shown(None), &paging, &uri, &headers).await
}

/// Lists the albums of an artist by title
#[utoipa::path(
    get, path = "/api/v1/artists/{artist}/albums", tag = "artists",
    operation_id = "listAlbumsOfArtist",
    params(("artist" = String, Path, description = "UUID or slug", example = "khruangbin"), Paging),
    responses((status = 200, description = "A part of the listing", body = AlbumPage)),
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

/// An album with all that is on it
#[utoipa::path(
    get, path = "/api/v1/albums/{id}", tag = "albums", operation_id = "getAlbum",
    params(("id" = String, Path, description = "Its UUID")),
    responses((status = 200, description = "The album", body = AlbumSheet)),
)]
pub(super) async fn get(
    Viewed(music): Viewed,
    id: Result<Path<String>, PathRejection>,
    Asked(Nothing {}): Asked<Nothing>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let id = parsed(&named(id, missing)?, missing)?;
    let found = music.shelf.album(id, music.published_only).await?;
    sheet(&music, found, &headers)
}

/// The album at an address, with all that is on it
#[utoipa::path(
    get, path = "/api/v1/artists/{artist}/albums/{album}", tag = "artists",
    operation_id = "getAlbumOfArtist",
    params(
        ("artist" = String, Path, description = "The artist's slug", example = "khruangbin"),
        ("album" = String, Path, description = "The album's slug", example = "con-todo-el-mundo"),
    ),
    responses((status = 200, description = "The album", body = AlbumSheet)),
)]
pub(super) async fn at(
    Viewed(music): Viewed,
    address: Result<Path<(String, String)>, PathRejection>,
    Asked(Nothing {}): Asked<Nothing>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let (artist, album) = named(address, missing)?;
    let (artist, album) = (parsed(&artist, missing)?, parsed(&album, missing)?);
    let found = music.shelf.album_at(&artist, &album, music.published_only).await?;
    sheet(&music, found, &headers)
}
