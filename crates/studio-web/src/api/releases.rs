//! Releases.

use axum::response::Response;
use studio_api::v1::shelf::{Release, ReleaseLine, ReleasePage};
use studio_core::Studio;
use studio_domain::{ReleaseId, SongPath};

use super::{Listing, Look, Named, Paging, cursor, parsed, songs};
use crate::failure::Failure;

fn missing() -> Failure {
    Failure::missing("release-not-found", "release not found")
}

async fn page(
    asked: &Listing,
    studio: &Studio,
    song: Option<&SongPath>,
) -> Result<Response, Failure> {
    let (after, limit) = (asked.after::<ReleaseId>('E')?, asked.limit()?);
    let ids = studio.release_ids(song).await?;
    let from = match after {
        None => 0,
        Some(after) => {
            let place = ids.iter().position(|id| *id == after);
            place.ok_or_else(cursor::unknown)?.saturating_add(1)
        }
    };
    let rest = ids.get(from..).unwrap_or_default();
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let wanted = &rest[..rest.len().min(limit)];
    let last = wanted.last().filter(|_| rest.len() > wanted.len());
    let next = last.map(|id| cursor::behind('E', id));
    let mut items = Vec::with_capacity(wanted.len());
    for id in wanted {
        items.extend(studio.release_with(*id).await?.as_ref().map(ReleaseLine::from));
    }
    let page = ReleasePage { items, next };
    asked.answer(page.next.as_deref(), &page)
}

/// Lists releases by artist and song, the oldest first
#[utoipa::path(
    get, path = "/api/v1/releases", tag = "releases", operation_id = "listReleases",
    params(Paging),
    responses((status = 200, description = "A part of the listing", body = ReleasePage)),
)]
pub(super) async fn list(asked: Listing) -> Result<Response, Failure> {
    page(&asked, asked.music.studio()?, None).await
}

/// Lists the releases of a song, the oldest first
#[utoipa::path(
    get, path = "/api/v1/songs/{id}/releases", tag = "songs", operation_id = "listReleasesOfSong",
    params(("id" = String, Path, description = "The song's UUID"), Paging),
    responses((status = 200, description = "A part of the listing", body = ReleasePage)),
)]
pub(super) async fn of_song(asked: Listing, id: Named<String>) -> Result<Response, Failure> {
    let song = songs::find(&asked.music, id).await?;
    let studio = asked.music.work_of(&song.artist.name, missing)?;
    page(&asked, studio, Some(&song.path())).await
}

/// A release with its stems and its mix
#[utoipa::path(
    get, path = "/api/v1/releases/{id}", tag = "releases", operation_id = "getRelease",
    params(("id" = String, Path, description = "Its UUID")),
    responses((status = 200, description = "The release", body = Release)),
)]
pub(super) async fn get(asked: Look, id: Named<String>) -> Result<Response, Failure> {
    let id = parsed(&id.or(missing)?, missing)?;
    let release = asked.music.release(id).await?.ok_or_else(missing)?;
    asked.answer(&Release::from(&release))
}
