//! `/api/v1/artists`.

use axum::response::Response;
use studio_api::v1::shelf::{Artist, ArtistPage};
use studio_core::ArtistRef;

use super::{Listing, Look, Music, Named, Paging, cursor};
use crate::failure::Failure;

/// There is no such artist.
pub(super) fn missing() -> Failure {
    Failure::missing("artist-not-found", "artist not found")
}

/// The artist that a path names by identity or slug.
pub(super) async fn find(music: &Music, artist: &str) -> Result<studio_domain::Artist, Failure> {
    let artist = match artist.parse() {
        Ok(id) => ArtistRef::Id(id),
        Err(_) => ArtistRef::Slug(artist.parse().map_err(|_| missing())?),
    };
    let found = music.artist(&artist).await?;
    found.ok_or_else(missing)
}

/// Lists artists by name
#[utoipa::path(
    get, path = "/api/v1/artists", tag = "artists", operation_id = "listArtists", params(Paging),
    responses((status = 200, description = "A part of the listing", body = ArtistPage)),
)]
pub(super) async fn list(asked: Listing) -> Result<Response, Failure> {
    let (after, limit) = (asked.after('A')?, asked.limit()?);
    let part = asked.music.shelf.artists(asked.music.lists_published(), after, limit).await?;
    let last = part.items.last().filter(|_| part.more);
    let next = last.map(|artist| cursor::behind('A', artist.id));
    let page = ArtistPage { items: part.items.iter().map(Artist::from).collect(), next };
    asked.answer(page.next.as_deref(), &page)
}

/// An artist
#[utoipa::path(
    get, path = "/api/v1/artists/{artist}", tag = "artists", operation_id = "getArtist",
    params(("artist" = String, Path, description = "UUID or slug", example = "khruangbin")),
    responses((status = 200, description = "The artist", body = Artist)),
)]
pub(super) async fn get(asked: Look, artist: Named<String>) -> Result<Response, Failure> {
    let artist = find(&asked.music, &artist.or(missing)?).await?;
    asked.answer(&Artist::from(&artist))
}
