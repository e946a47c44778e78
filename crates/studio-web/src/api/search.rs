//! `/api/v1/search`.

use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use serde::Deserialize;
use studio_api::v1::shelf::{Hit, HitKind, HitPage};
use studio_core::repo::HitSubject;
use utoipa::IntoParams;

use super::{Asked, Viewed, cursor, invalid, limit, listing};
use crate::failure::Failure;

/// The most characters that are looked for.
const LONGEST: usize = 200;

/// The most that a part of what a search finds can have.
const LARGEST_PAGE: u32 = 100;

/// The last place that is told: who looks that far looks for something else.
const LAST_PLACE: u32 = 10_000;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Wanted {
    /// Words: what is found has words that begin with all of them.
    #[param(min_length = 1, max_length = 200, example = "khru mundo")]
    q: String,
    /// How many items at most.
    #[param(minimum = 1, maximum = 100, default = 50)]
    limit: Option<u32>,
    /// Only what comes behind the part before: its `next`.
    after: Option<String>,
}

/// Searches artists, albums, recordings and songs
///
/// Letters count without case and accents.
#[utoipa::path(
    get, path = "/api/v1/search", tag = "search", operation_id = "search", params(Wanted),
    responses((status = 200, description = "A part of what was found", body = HitPage)),
)]
pub(super) async fn search(
    Viewed(music): Viewed,
    Asked(wanted): Asked<Wanted>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let chars = wanted.q.chars().count();
    if chars == 0 || chars > LONGEST {
        return Err(invalid(format!("q: {chars} characters are not from 1 to {LONGEST}")));
    }
    let limit = limit(wanted.limit)?;
    if limit > LARGEST_PAGE {
        return Err(invalid(format!("limit: {limit} is not from 1 to {LARGEST_PAGE}")));
    }
    let from = wanted.after.as_deref().map(|after| cursor::read('Q', after)).transpose()?;
    let from: u32 = from.unwrap_or_default();
    if from > LAST_PLACE {
        return Err(cursor::unknown());
    }
    let found = music.shelf.search(&wanted.q, music.lists_published(), from, limit).await?;
    let behind = from.saturating_add(u32::try_from(found.hits.len()).unwrap_or(u32::MAX));
    let next = (found.has_more && behind <= LAST_PLACE).then(|| cursor::behind('Q', behind));
    let page = HitPage { items: found.hits.into_iter().map(told).collect(), next };
    listing(&headers, &uri, page.next.as_deref(), &page)
}

fn told(hit: studio_core::repo::Hit) -> Hit {
    let (kind, path, id) = match hit.subject {
        HitSubject::Artist(id) => (HitKind::Artist, "artists", id.to_string()),
        HitSubject::Album(id) => (HitKind::Album, "albums", id.to_string()),
        HitSubject::Recording(id) => (HitKind::Recording, "recordings", id.to_string()),
        HitSubject::Song(id) => (HitKind::Song, "songs", id.to_string()),
    };
    let (artist, artist_slug) = hit.artist.unzip();
    Hit {
        kind,
        url: format!("/api/v1/{path}/{id}"),
        id,
        title: hit.title,
        slug: hit.slug.to_string(),
        artist,
        artist_slug: artist_slug.map(|slug| slug.to_string()),
        album: hit.album,
    }
}
