//! What Discogs says of artists and albums. No answer waits for Discogs: it says what is
//! known now, fully shaped, and has the rest asked for behind.

use axum::response::Response;
use studio_api::v1::{DiscogsAlbum, DiscogsArtist};
use studio_core::Error as CoreError;
use studio_core::discogs::Known;

use super::{Look, Named, albums, artists, parsed};
use crate::failure::Failure;

/// Nothing, for a service that knows no Discogs.
fn nothing() -> Known {
    Known { link: None, found: None }
}

/// What is known; something that went in the meantime is not there.
fn known(page: Result<Known, CoreError>, missing: fn() -> Failure) -> Result<Known, Failure> {
    page.map_err(|error| match error {
        CoreError::NoSubject { .. } => missing(),
        error => error.into(),
    })
}

/// What Discogs says of an artist
///
/// Always whole: what is not known, or not known yet, is empty. `link.state` tells whether it
/// was looked for. Where the data shows, `link.attribution` has to, with a link to `link.url`.
#[utoipa::path(
    get, path = "/api/v1/artists/{artist}/discogs", tag = "artists",
    operation_id = "getDiscogsOfArtist",
    params(("artist" = String, Path, description = "UUID or slug", example = "khruangbin")),
    responses((status = 200, description = "What is known now", body = DiscogsArtist)),
)]
pub(super) async fn of_artist(asked: Look, artist: Named<String>) -> Result<Response, Failure> {
    let artist = artists::find(&asked.music, &artist.or(artists::missing)?).await?;
    let page = match &asked.music.discogs {
        Some(discogs) => known(discogs.artist_page(artist.id).await, artists::missing)?,
        None => nothing(),
    };
    asked.answer(&page.to_artist())
}

/// What Discogs says of an album
///
/// As for an artist.
#[utoipa::path(
    get, path = "/api/v1/albums/{album}/discogs", tag = "albums",
    operation_id = "getDiscogsOfAlbum",
    params(("album" = String, Path, description = "UUID")),
    responses((status = 200, description = "What is known now", body = DiscogsAlbum)),
)]
pub(super) async fn of_album(asked: Look, album: Named<String>) -> Result<Response, Failure> {
    let id = parsed(&album.or(albums::missing)?, albums::missing)?;
    let found = asked.music.album(id).await?;
    let id = found.ok_or_else(albums::missing)?.entry.album.id;
    let page = match &asked.music.discogs {
        Some(discogs) => known(discogs.album_page(id).await, albums::missing)?,
        None => nothing(),
    };
    asked.answer(&page.to_album())
}
