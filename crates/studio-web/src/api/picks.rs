//! The picks of songs.

use axum::response::Response;
use studio_api::v1::shelf::{Pick, PickPage};
use studio_domain::TrackName;

use super::{Listing, Named, Paging, cursor, songs};
use crate::failure::Failure;

/// Lists the picks of a song by track
///
/// The version that counts for each track that has one.
#[utoipa::path(
    get, path = "/api/v1/songs/{id}/picks", tag = "songs", operation_id = "listPicksOfSong",
    params(("id" = String, Path, description = "The song's UUID"), Paging),
    responses((status = 200, description = "A part of the listing", body = PickPage)),
)]
pub(super) async fn of_song(asked: Listing, id: Named<String>) -> Result<Response, Failure> {
    let (after, limit) = (asked.after::<TrackName>('P')?, asked.limit()?);
    let song = songs::find(&asked.music, id).await?;
    let studio = asked.music.work_of(&song.artist.name, songs::missing)?;
    let picks = studio.standing_picks(&song.path()).await?;
    // A song has a few dozen tracks at most: they are read as one, and told in parts.
    let is_behind = |name: &TrackName| after.as_ref().is_none_or(|after| name.key() > after.key());
    let rest: Vec<_> = picks.iter().filter(|pick| is_behind(&pick.track.track)).collect();
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let told = &rest[..rest.len().min(limit)];
    let last = told.last().filter(|_| rest.len() > told.len());
    let next = last.map(|pick| cursor::behind('P', &pick.track.track));
    let page = PickPage { items: told.iter().map(|pick| Pick::from(*pick)).collect(), next };
    asked.answer(page.next.as_deref(), &page)
}
