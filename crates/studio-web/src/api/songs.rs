//! Songs that are worked on.

use axum::response::Response;
use studio_api::v1::shelf::{Song, SongPage};
use studio_core::repo::SongEntry;

use super::{Listing, Look, Music, Named, Paging, artists, cursor, parsed};
use crate::failure::Failure;

pub(super) fn missing() -> Failure {
    Failure::missing("song-not-found", "song not found")
}

/// The song that a path names by identity.
pub(super) async fn find(music: &Music, id: Named<String>) -> Result<SongEntry, Failure> {
    let id = parsed(&id.or(missing)?, missing)?;
    let found = music.shelf.song(id).await?.ok_or_else(missing)?;
    music.work_of(&found.artist.name, missing)?;
    Ok(found)
}

/// Lists the songs of an artist by title
#[utoipa::path(
    get, path = "/api/v1/artists/{artist}/songs", tag = "artists",
    operation_id = "listSongsOfArtist",
    params(("artist" = String, Path, description = "UUID or slug", example = "khruangbin"), Paging),
    responses((status = 200, description = "A part of the listing", body = SongPage)),
)]
pub(super) async fn of_artist(asked: Listing, artist: Named<String>) -> Result<Response, Failure> {
    let (after, limit) = (asked.after('S')?, asked.limit()?);
    let artist = artists::find(&asked.music, &artist.or(artists::missing)?).await?;
    let studio = asked.music.work_of(&artist.name, artists::missing)?;
    let part = studio.songs(&artist.name, after.as_ref(), limit).await?;
    let last = part.items.last().filter(|_| part.more);
    let next = last.map(|song| cursor::behind('S', &song.title));
    let items = part.items.iter().map(|song| Song::new(song, &artist)).collect();
    let page = SongPage { items, next };
    asked.answer(page.next.as_deref(), &page)
}

/// A song
#[utoipa::path(
    get, path = "/api/v1/songs/{id}", tag = "songs", operation_id = "getSong",
    params(("id" = String, Path, description = "Its UUID")),
    responses((status = 200, description = "The song", body = Song)),
)]
pub(super) async fn get(asked: Look, id: Named<String>) -> Result<Response, Failure> {
    let found = find(&asked.music, id).await?;
    asked.answer(&Song::new(&found.song, &found.artist))
}

/// The song at an address
#[utoipa::path(
    get, path = "/api/v1/artists/{artist}/songs/{song}", tag = "artists",
    operation_id = "getSongOfArtist",
    params(
        ("artist" = String, Path, description = "The artist's slug", example = "khruangbin"),
        ("song" = String, Path, description = "The song's slug"),
    ),
    responses((status = 200, description = "The song", body = Song)),
)]
pub(super) async fn at(asked: Look, address: Named<(String, String)>) -> Result<Response, Failure> {
    let (artist, song) = address.or(missing)?;
    let (artist, song) = (parsed(&artist, missing)?, parsed(&song, missing)?);
    let found = asked.music.shelf.song_at(&artist, &song).await?.ok_or_else(missing)?;
    asked.music.work_of(&found.artist.name, missing)?;
    asked.answer(&Song::new(&found.song, &found.artist))
}
