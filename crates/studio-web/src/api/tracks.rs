//! The tracks of songs.

use axum::response::Response;
use studio_api::v1::shelf::{Track, TrackPage};
use studio_core::repo::TrackEntry;

use super::{Listing, Look, Music, Named, Paging, cursor, parsed, songs};
use crate::failure::Failure;

fn missing() -> Failure {
    Failure::missing("track-not-found", "track not found")
}

/// The track that a path names by identity.
pub(super) async fn find(music: &Music, id: Named<String>) -> Result<TrackEntry, Failure> {
    let id = parsed(&id.or(missing)?, missing)?;
    let found = music.shelf.track(id).await?.ok_or_else(missing)?;
    music.work_of(&found.song.artist.name, missing)?;
    Ok(found)
}

/// Lists the tracks of a song by name
#[utoipa::path(
    get, path = "/api/v1/songs/{id}/tracks", tag = "songs", operation_id = "listTracksOfSong",
    params(("id" = String, Path, description = "The song's UUID"), Paging),
    responses((status = 200, description = "A part of the listing", body = TrackPage)),
)]
pub(super) async fn of_song(asked: Listing, id: Named<String>) -> Result<Response, Failure> {
    let (after, limit) = (asked.after('T')?, asked.limit()?);
    let song = songs::find(&asked.music, id).await?;
    let studio = asked.music.work_of(&song.artist.name, missing)?;
    let part = studio.tracks(&song.path(), after.as_ref(), limit).await?;
    let last = part.items.last().filter(|_| part.more);
    let next = last.map(|track| cursor::behind('T', &track.name));
    let tell = |track| Track::new(track, &song.song, &song.artist);
    let page = TrackPage { items: part.items.iter().map(tell).collect(), next };
    asked.answer(page.next.as_deref(), &page)
}

/// A track
#[utoipa::path(
    get, path = "/api/v1/tracks/{id}", tag = "tracks", operation_id = "getTrack",
    params(("id" = String, Path, description = "Its UUID")),
    responses((status = 200, description = "The track", body = Track)),
)]
pub(super) async fn get(asked: Look, id: Named<String>) -> Result<Response, Failure> {
    let TrackEntry { track, song } = find(&asked.music, id).await?;
    asked.answer(&Track::new(&track, &song.song, &song.artist))
}
