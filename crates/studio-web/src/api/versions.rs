//! Versions: the takes of tracks.

use axum::response::Response;
use studio_api::v1::shelf::{Version, VersionPage};
use studio_core::repo::TrackEntry;
use studio_core::{PageRequest, Studio, VersionFilter};

use super::{Listing, Look, Named, Paging, cursor, parsed, tracks};
use crate::failure::Failure;

fn missing() -> Failure {
    Failure::missing("version-not-found", "version not found")
}

async fn page(
    asked: &Listing,
    studio: &Studio,
    filter: &VersionFilter,
) -> Result<Response, Failure> {
    let page = PageRequest { after: asked.after('V')?, limit: asked.limit()? };
    let found = studio.versions(filter, page).await?;
    let details = studio.details(&found.items).await?;
    let items = found.items.iter().zip(&details);
    let items = items.map(|(version, details)| Version::new(version, details)).collect();
    let next = found.next.map(|id| cursor::behind('V', id));
    let page = VersionPage { items, next };
    asked.answer(page.next.as_deref(), &page)
}

/// Lists versions by artist, song and track, the oldest first
#[utoipa::path(
    get, path = "/api/v1/versions", tag = "versions", operation_id = "listVersions",
    params(Paging),
    responses((status = 200, description = "A part of the listing", body = VersionPage)),
)]
pub(super) async fn list(asked: Listing) -> Result<Response, Failure> {
    page(&asked, asked.music.studio()?, &VersionFilter::All).await
}

/// Lists the versions of a track, the oldest first
#[utoipa::path(
    get, path = "/api/v1/tracks/{id}/versions", tag = "tracks",
    operation_id = "listVersionsOfTrack",
    params(("id" = String, Path, description = "The track's UUID"), Paging),
    responses((status = 200, description = "A part of the listing", body = VersionPage)),
)]
pub(super) async fn of_track(asked: Listing, id: Named<String>) -> Result<Response, Failure> {
    let TrackEntry { track, song } = tracks::find(&asked.music, id).await?;
    let studio = asked.music.work_of(&song.artist.name, missing)?;
    let filter = VersionFilter::Track(song.artist.name, song.song.title, track.name);
    page(&asked, studio, &filter).await
}

/// A version
#[utoipa::path(
    get, path = "/api/v1/versions/{id}", tag = "versions", operation_id = "getVersion",
    params(("id" = String, Path, description = "Its UUID")),
    responses((status = 200, description = "The version", body = Version)),
)]
pub(super) async fn get(asked: Look, id: Named<String>) -> Result<Response, Failure> {
    let id = parsed(&id.or(missing)?, missing)?;
    let found = asked.music.shelf.version(id).await?.ok_or_else(missing)?;
    let studio = asked.music.work_of(&found.path.artist, missing)?;
    let details = studio.details(std::slice::from_ref(&found)).await?;
    asked.answer(&Version::new(&found, &details.into_iter().next().unwrap_or_default()))
}
