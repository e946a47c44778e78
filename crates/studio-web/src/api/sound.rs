//! The sound and the pictures of what is released.

use axum::http::{HeaderMap, HeaderValue, Method};
use axum::response::Response;
use serde::Deserialize;
use studio_api::v1::ProblemDetails;
use studio_core::playback::Playable;
use studio_core::rendition::{CoverSize, Rendition};
use studio_core::repo::RecordingEntry;
use studio_core::{Error as CoreError, ErrorKind, Listening};
use utoipa::{IntoParams, ToSchema};

use super::{Asked, Music, Named, Viewed, albums, invalid, parsed, recordings};
use crate::failure::Failure;
use crate::stream::{StreamOptions, respond};

/// The media type of what is FLAC already (RFC 9639).
const FLAC: &str = "audio/flac";
/// The largest picture that can be asked for.
const LARGEST: u32 = 1200;

fn no_artwork() -> Failure {
    Failure::missing("artwork-not-found", "there is no picture of it")
}

/// What a recording is made into before it is sent.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Format {
    /// The very same samples as FLAC.
    Flac,
    /// Opus in Ogg, for phones.
    Opus,
}

/// Yes.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
pub(super) enum Yes {
    /// Yes.
    #[serde(rename = "1")]
    One,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Wanted {
    /// What to make of it first; without this it is sent as it lies.
    #[param(inline)]
    format: Option<Format>,
    /// To be saved under a name rather than played.
    #[param(inline)]
    download: Option<Yes>,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct WantedPicture {
    /// The pixels that its longest side has at least, if the picture has so many; sizes are
    /// 128, 300, 600 and 1200.
    #[param(minimum = 1, maximum = 1200, default = 600)]
    size: Option<u32>,
}

impl WantedPicture {
    fn size(&self) -> Result<CoverSize, Failure> {
        match self.size.unwrap_or(600) {
            pixels @ 1..=LARGEST => Ok(CoverSize::at_least(pixels)),
            other => Err(invalid(format!("size: {other} is not from 1 to {LARGEST}"))),
        }
    }
}

fn listening(music: &Music) -> Result<&Listening, Failure> {
    let none = || Failure::missing("no-sound", "this service plays nothing");
    music.listening.as_ref().ok_or_else(none)
}

async fn recording(music: &Music, id: Named<String>) -> Result<RecordingEntry, Failure> {
    let id = parsed(&id.or(recordings::missing)?, recordings::missing)?;
    let found = music.recording(id).await?;
    found.ok_or_else(recordings::missing)
}

/// Why something cannot be made.
pub(crate) fn unmade(error: CoreError) -> Failure {
    match error.kind() {
        ErrorKind::Unavailable => {
            Failure::unavailable("store-unavailable", "what keeps the bytes cannot be reached now")
        }
        ErrorKind::Failure | ErrorKind::Integrity | ErrorKind::NotFound => {
            Failure::missing("no-rendition", "this cannot be made of what is stored")
        }
        _ => Failure::internal(),
    }
    .because(error)
}

/// The sound of a recording
///
/// With ranges, several too, and conditions (RFC 9110); HEAD is answered, too.
#[utoipa::path(
    get, path = "/api/v1/recordings/{id}/stream", tag = "recordings",
    operation_id = "streamRecording",
    params(
        ("id" = String, Path, description = "Its UUID"), Wanted,
        ("Range" = Option<String>, Header, description = "Which bytes: `bytes=0-1023`"),
        ("If-Range" = Option<String>, Header,
            description = "The entity tag that the range is meant for"),
    ),
    responses(
        (status = 200, description = "All of it", content_type = "*/*"),
        (status = 206, description = "The ranges that were asked for", content_type = "*/*"),
        (status = 307, description = "The store itself has it, at the address in Location"),
        (status = 409, description = "The object is another one by now", body = ProblemDetails,
            content_type = "application/problem+json"),
        (status = 412, description = "If-Match or If-Unmodified-Since does not hold",
            body = ProblemDetails, content_type = "application/problem+json"),
        (status = 416, description = "No such range", body = ProblemDetails,
            content_type = "application/problem+json"),
    ),
)]
pub(super) async fn stream(
    Viewed(music): Viewed,
    method: Method,
    id: Named<String>,
    Asked(wanted): Asked<Wanted>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let listening = listening(&music)?;
    let id = parsed(&id.or(recordings::missing)?, recordings::missing)?;
    let entry = music.played(id).await?.ok_or_else(recordings::missing)?;
    let rendition = wanted.format.map(|format| match format {
        Format::Flac => Rendition::Flac,
        Format::Opus => Rendition::Opus,
    });
    // What is FLAC already is sent as it is.
    let kept = &entry.recording.sound.content_type;
    let rendition = rendition.filter(|wanted| *wanted != Rendition::Flac || kept != FLAC);
    let playable = match rendition {
        None => listening.sound(&entry).map_err(unmade)?,
        Some(rendition) if !rendition.is_available() => {
            let said = "this service was built without that format";
            return Err(Failure::missing("no-rendition", said));
        }
        Some(rendition) => listening.rendition(&entry, rendition).await.map_err(unmade)?,
    };
    let download = wanted.download.is_some();
    let options = StreamOptions { download, redirect: music.redirect, ..StreamOptions::default() };
    Ok(respond(&method, &headers, &playable, &options).await)
}

async fn picture(
    method: &Method,
    headers: &HeaderMap,
    found: Option<Playable>,
) -> Result<Response, Failure> {
    let found = found.ok_or_else(no_artwork)?;
    let cache_control = HeaderValue::from_static("no-cache");
    let options = StreamOptions { cache_control, ..StreamOptions::default() };
    Ok(respond(method, headers, &found, &options).await)
}

/// The picture of a recording, or of its album
#[utoipa::path(
    get, path = "/api/v1/recordings/{id}/artwork", tag = "recordings",
    operation_id = "getRecordingArtwork",
    params(("id" = String, Path, description = "Its UUID"), WantedPicture),
    responses(
        (status = 200, description = "The picture", content_type = "image/jpeg"),
        (status = 206, description = "A part of it", content_type = "image/jpeg"),
    ),
)]
pub(super) async fn recording_artwork(
    Viewed(music): Viewed,
    method: Method,
    id: Named<String>,
    Asked(wanted): Asked<WantedPicture>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let (size, listening) = (wanted.size()?, listening(&music)?);
    let entry = recording(&music, id).await?;
    let found = match listening.cover(&entry, size).await.map_err(unmade)? {
        Some(found) => Some(found),
        None => match &entry.album {
            Some(album) if music.sees(&album.artist.name, album.published) => {
                let sheet = music.album(album.id).await?.ok_or_else(no_artwork)?;
                let found = listening.album_cover(&sheet, size).await.map_err(unmade)?;
                found.map(|(_, playable)| playable)
            }
            _ => None,
        },
    };
    picture(&method, &headers, found).await
}

/// The cover of an album
#[utoipa::path(
    get, path = "/api/v1/albums/{id}/artwork", tag = "albums", operation_id = "getAlbumArtwork",
    params(("id" = String, Path, description = "Its UUID"), WantedPicture),
    responses(
        (status = 200, description = "The picture", content_type = "image/jpeg"),
        (status = 206, description = "A part of it", content_type = "image/jpeg"),
    ),
)]
pub(super) async fn album_artwork(
    Viewed(music): Viewed,
    method: Method,
    id: Named<String>,
    Asked(wanted): Asked<WantedPicture>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let (size, listening) = (wanted.size()?, listening(&music)?);
    let id = parsed(&id.or(albums::missing)?, albums::missing)?;
    let sheet = music.album(id).await?.ok_or_else(albums::missing)?;
    let found = listening.album_cover(&sheet, size).await.map_err(unmade)?;
    picture(&method, &headers, found.map(|(_, playable)| playable)).await
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;

    use super::*;

    #[test]
    fn sizes_are_those_that_there_are() {
        let size = |size| WantedPicture { size }.size().map_err(|failure| failure.status);
        assert_eq!(size(Some(300)), Ok(CoverSize::Small));
        assert_eq!(size(None), Ok(CoverSize::Medium));
        assert_eq!(size(Some(0)), Err(StatusCode::BAD_REQUEST));
        assert_eq!(size(Some(1201)), Err(StatusCode::BAD_REQUEST));
    }
}
