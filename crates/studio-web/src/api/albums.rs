//! Albums, and what is on them.

use axum::response::Response;
use studio_api::v1::shelf::{Album, AlbumPage, AlbumSheet};
use studio_core::repo::{AlbumEntry, Shown};

use super::recordings::told as recording;
use super::{Listing, Look, Named, Paging, artists, cursor, parsed};
use crate::failure::Failure;

/// There is no such album.
pub(super) fn missing() -> Failure {
    Failure::missing("album-not-found", "album not found")
}

fn told(entry: &AlbumEntry) -> Album {
    Album::new(&entry.album, &entry.slug, &entry.artist)
}

async fn page(asked: &Listing, shown: Shown) -> Result<Response, Failure> {
    let part = asked.music.shelf.albums(shown, asked.after('B')?, asked.limit()?).await?;
    let last = part.items.last().filter(|_| part.more);
    let next = last.map(|entry| cursor::behind('B', entry.album.id));
    let page = AlbumPage { items: part.items.iter().map(told).collect(), next };
    asked.answer(page.next.as_deref(), &page)
}

fn sheet(asked: &Look, found: Option<studio_core::repo::AlbumSheet>) -> Result<Response, Failure> {
    let found = found.ok_or_else(missing)?;
    let recordings = found.recordings.iter().map(|entry| recording(&asked.music, entry)).collect();
    asked.answer(&AlbumSheet { album: told(&found.entry), recordings })
}

/// Lists albums by artist and title
#[utoipa::path(
    get, path = "/api/v1/albums", tag = "albums", operation_id = "listAlbums", params(Paging),
    responses((status = 200, description = "A part of the listing", body = AlbumPage)),
)]
pub(super) async fn list(asked: Listing) -> Result<Response, Failure> {
    page(&asked, asked.music.shown(None)).await
}

/// Lists the albums of an artist by title
#[utoipa::path(
    get, path = "/api/v1/artists/{artist}/albums", tag = "artists",
    operation_id = "listAlbumsOfArtist",
    params(("artist" = String, Path, description = "UUID or slug", example = "khruangbin"), Paging),
    responses((status = 200, description = "A part of the listing", body = AlbumPage)),
)]
pub(super) async fn of_artist(asked: Listing, artist: Named<String>) -> Result<Response, Failure> {
    let artist = artists::find(&asked.music, &artist.or(artists::missing)?).await?;
    page(&asked, asked.music.shown(Some(&artist))).await
}

/// An album with all that is on it
#[utoipa::path(
    get, path = "/api/v1/albums/{id}", tag = "albums", operation_id = "getAlbum",
    params(("id" = String, Path, description = "Its UUID")),
    responses((status = 200, description = "The album", body = AlbumSheet)),
)]
pub(super) async fn get(asked: Look, id: Named<String>) -> Result<Response, Failure> {
    let id = parsed(&id.or(missing)?, missing)?;
    let found = asked.music.album(id).await?;
    sheet(&asked, found)
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
pub(super) async fn at(asked: Look, address: Named<(String, String)>) -> Result<Response, Failure> {
    let (artist, album) = address.or(missing)?;
    let (artist, album) = (parsed(&artist, missing)?, parsed(&album, missing)?);
    let found = asked.music.album_at(&artist, &album).await?;
    sheet(&asked, found)
}
