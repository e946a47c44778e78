//! Releases.

use axum::extract::Path;
use axum::extract::rejection::PathRejection;
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use studio_api::v1::shelf::{Release, ReleaseLine, ReleasePage};
use studio_domain::{ReleaseId, SongPath};

use super::{
    Asked, Music, Nothing, Paging, Viewed, cursor, document, listing, named, parsed, songs,
};
use crate::failure::Failure;

fn missing() -> Failure {
    Failure::missing("release-not-found", "release not found")
}

async fn page(
    music: &Music,
    song: Option<&SongPath>,
    paging: &Paging,
    uri: &Uri,
    headers: &HeaderMap,
) -> Result<Response, Failure> {
    let (after, limit) = (paging.after::<ReleaseId>('E')?, paging.limit()?);
    let studio = music.studio()?;
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
    listing(headers, uri, page.next.as_deref(), &page)
}

/// Lists releases by artist and song, the oldest first
#[utoipa::path(
    get, path = "/api/v1/releases", tag = "releases", operation_id = "listReleases",
    params(Paging),
    responses((status = 200, description = "A part of the listing", body = ReleasePage)),
)]
pub(super) async fn list(
    Viewed(music): Viewed,
    Asked(paging): Asked<Paging>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    page(&music, None, &paging, &uri, &headers).await
}

/// Lists the releases of a song, the oldest first
#[utoipa::path(
    get, path = "/api/v1/songs/{id}/releases", tag = "songs", operation_id = "listReleasesOfSong",
    params(("id" = String, Path, description = "The song's UUID"), Paging),
    responses((status = 200, description = "A part of the listing", body = ReleasePage)),
)]
pub(super) async fn of_song(
    Viewed(music): Viewed,
    id: Result<Path<String>, PathRejection>,
    Asked(paging): Asked<Paging>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let song = songs::find(&music, id).await?;
    page(&music, Some(&song.path()), &paging, &uri, &headers).await
}

/// A release with its stems and its mix
#[utoipa::path(
    get, path = "/api/v1/releases/{id}", tag = "releases", operation_id = "getRelease",
    params(("id" = String, Path, description = "Its UUID")),
    responses((status = 200, description = "The release", body = Release)),
)]
pub(super) async fn get(
    Viewed(music): Viewed,
    id: Result<Path<String>, PathRejection>,
    Asked(Nothing {}): Asked<Nothing>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let studio = music.studio()?;
    let id = parsed(&named(id, missing)?, missing)?;
    let release = studio.release_with(id).await?.ok_or_else(missing)?;
    document(&headers, &Release::from(&release))
}
