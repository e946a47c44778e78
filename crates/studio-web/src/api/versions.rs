//! Versions: the takes of tracks.

use axum::extract::Path;
use axum::extract::rejection::PathRejection;
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use studio_api::v1::shelf::{Version, VersionPage};
use studio_core::repo::TrackEntry;
use studio_core::{PageRequest, VersionFilter};

use super::{
    Asked, Music, Nothing, Paging, Viewed, cursor, document, listing, named, parsed, tracks,
};
use crate::failure::Failure;

fn missing() -> Failure {
    Failure::missing("version-not-found", "version not found")
}

async fn page(
    music: &Music,
    filter: &VersionFilter,
    paging: &Paging,
    uri: &Uri,
    headers: &HeaderMap,
) -> Result<Response, Failure> {
    let page = PageRequest { after: paging.after('V')?, limit: paging.limit()? };
    let studio = music.studio()?;
    let found = studio.versions(filter, page).await?;
    let details = studio.details(&found.items).await?;
    let items = found.items.iter().zip(&details);
    let items = items.map(|(version, details)| Version::new(version, details)).collect();
    let next = found.next.map(|id| cursor::behind('V', id));
    let page = VersionPage { items, next };
    listing(headers, uri, page.next.as_deref(), &page)
}

/// Lists versions by artist, song and track, the oldest first
#[utoipa::path(
    get, path = "/api/v1/versions", tag = "versions", operation_id = "listVersions",
    params(Paging),
    responses((status = 200, description = "A part of the listing", body = VersionPage)),
)]
pub(super) async fn list(
    Viewed(music): Viewed,
    Asked(paging): Asked<Paging>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    page(&music, &VersionFilter::All, &paging, &uri, &headers).await
}

/// Lists the versions of a track, the oldest first
#[utoipa::path(
    get, path = "/api/v1/tracks/{id}/versions", tag = "tracks",
    operation_id = "listVersionsOfTrack",
    params(("id" = String, Path, description = "The track's UUID"), Paging),
    responses((status = 200, description = "A part of the listing", body = VersionPage)),
)]
pub(super) async fn of_track(
    Viewed(music): Viewed,
    id: Result<Path<String>, PathRejection>,
    Asked(paging): Asked<Paging>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let TrackEntry { track, song } = tracks::find(&music, id).await?;
    let filter = VersionFilter::Track(song.artist.name, song.song.title, track.name);
    page(&music, &filter, &paging, &uri, &headers).await
}

/// A version
#[utoipa::path(
    get, path = "/api/v1/versions/{id}", tag = "versions", operation_id = "getVersion",
    params(("id" = String, Path, description = "Its UUID")),
    responses((status = 200, description = "The version", body = Version)),
)]
pub(super) async fn get(
    Viewed(music): Viewed,
    id: Result<Path<String>, PathRejection>,
    Asked(Nothing {}): Asked<Nothing>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let studio = music.studio()?;
    let id = parsed(&named(id, missing)?, missing)?;
    let found = music.shelf.version(id).await?.ok_or_else(missing)?;
    let details = studio.details(std::slice::from_ref(&found)).await?;
    document(&headers, &Version::new(&found, &details.into_iter().next().unwrap_or_default()))
}
