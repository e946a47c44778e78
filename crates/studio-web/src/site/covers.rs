//! Pictures, by addresses that change with their bytes.

use axum::extract::Path;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderValue, Method};
use axum::response::{IntoResponse, Response};
use studio_core::Listening;
use studio_core::playback::Playable;
use studio_core::rendition::CoverSize;
use studio_domain::Artwork;
use studio_site::{CoverSide, picture_tag, placeholder};

use super::Visit;
use super::page::FOR_EVER;
use crate::api::unmade;
use crate::failure::Failure;
use crate::stream::{StreamOptions, respond};

/// A picture that is opened by itself runs nothing.
const NOTHING: HeaderValue = HeaderValue::from_static("default-src 'none'; sandbox");

fn missing() -> Failure {
    Failure::missing("artwork-not-found", "there is no picture of it, or another one by now")
}

/// The size that the last part of an address names.
fn size(side: &str) -> Result<CoverSize, Failure> {
    let side = side.strip_suffix(".jpg").and_then(CoverSide::named).ok_or_else(missing)?;
    Ok(match side {
        CoverSide::Square50 => CoverSize::Square50,
        CoverSide::Square80 => CoverSize::Square80,
        CoverSide::Wide300 => CoverSize::Wide300,
        CoverSide::Square300 => CoverSize::Square300,
        CoverSide::Card1200 => CoverSize::Card1200,
    })
}

/// Whether something still has the picture that an address is for.
fn check(artwork: Option<&Artwork>, tag: &str) -> Result<(), Failure> {
    let is_it = artwork.is_some_and(|artwork| picture_tag(&artwork.picture) == tag);
    is_it.then_some(()).ok_or_else(missing)
}

fn listening(visit: &Visit) -> Result<&Listening, Failure> {
    let music = visit.state.music.as_ref();
    music.and_then(|music| music.listening.as_ref()).ok_or_else(missing)
}

type Address = Path<(String, String, String)>;

pub(super) async fn album(
    visit: Visit,
    Path((id, tag, side)): Address,
) -> Result<Response, Failure> {
    let (id, size) = (id.parse().map_err(|_| missing())?, size(&side)?);
    let sheet = visit.shelf()?.album(id, true).await?.ok_or_else(missing)?;
    check(sheet.entry.album.artwork.as_ref(), &tag)?;
    let found = listening(&visit)?.album_cover(&sheet, size).await.map_err(unmade)?;
    let (_, picture) = found.ok_or_else(missing)?;
    Ok(sent(&visit.method, &visit.headers, &picture).await)
}

pub(super) async fn recording(
    visit: Visit,
    Path((id, tag, side)): Address,
) -> Result<Response, Failure> {
    let (id, size) = (id.parse().map_err(|_| missing())?, size(&side)?);
    let entry = visit.shelf()?.recording(id, true).await?.ok_or_else(missing)?;
    check(entry.recording.artwork.as_ref(), &tag)?;
    let found = listening(&visit)?.cover(&entry, size).await.map_err(unmade)?;
    Ok(sent(&visit.method, &visit.headers, &found.ok_or_else(missing)?).await)
}

async fn sent(method: &Method, headers: &HeaderMap, picture: &Playable) -> Response {
    let options = StreamOptions { cache_control: FOR_EVER, ..StreamOptions::default() };
    let mut response = respond(method, headers, picture, &options).await;
    response.headers_mut().insert(CONTENT_SECURITY_POLICY, NOTHING);
    response
}

/// What stands for a picture where there is none.
pub(super) async fn none(Path(name): Path<String>) -> Result<Response, Failure> {
    let svg = name.strip_suffix(".svg").and_then(placeholder).ok_or_else(missing)?;
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static("image/svg+xml")),
        (CACHE_CONTROL, FOR_EVER),
        (CONTENT_SECURITY_POLICY, NOTHING),
    ];
    Ok((headers, svg).into_response())
}
