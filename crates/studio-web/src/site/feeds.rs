//! What programs ask for: feeds, playlists, sitemaps, oEmbed.

use axum::extract::{Path, Query};
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use serde::Deserialize;
use studio_core::repo::{ArtistPart, RecordingSheet};
use studio_domain::Slug;
use studio_site::{Embed, Place};
use url::Url;

use super::Visit;
use super::page::moved;
use super::pages::{Found, find_album, find_recording};
use crate::api::request::Named;
use crate::failure::Failure;

/// How many recordings a feed has.
const ITEMS: u32 = 30;

const ATOM: HeaderValue = HeaderValue::from_static("application/atom+xml; charset=utf-8");
const RSS: HeaderValue = HeaderValue::from_static("application/rss+xml; charset=utf-8");
const M3U8: HeaderValue = HeaderValue::from_static("application/vnd.apple.mpegurl; charset=utf-8");
const XML: HeaderValue = HeaderValue::from_static("application/xml; charset=utf-8");
const TEXT_XML: HeaderValue = HeaderValue::from_static("text/xml; charset=utf-8");
const JSON: HeaderValue = HeaderValue::from_static("application/json");
const PLAIN: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");

fn missing() -> Failure {
    Failure::missing("page-not-found", "There is nothing here, or nothing any more.")
}

fn artist(name: Named<String>) -> Result<Slug, Failure> {
    name.or(missing)?.parse().map_err(|_| missing())
}

async fn newest(visit: &Visit, artist: &Slug) -> Result<ArtistPart<RecordingSheet>, Failure> {
    visit.shelf()?.site().feed(artist, ITEMS).await?.ok_or_else(missing)
}

pub(super) async fn atom(visit: Visit, name: Named<String>) -> Result<Response, Failure> {
    let part = newest(&visit, &artist(name)?).await?;
    Ok(visit.document(ATOM, visit.site.atom(&part)))
}

pub(super) async fn podcast(visit: Visit, name: Named<String>) -> Result<Response, Failure> {
    let part = newest(&visit, &artist(name)?).await?;
    Ok(visit.document(RSS, visit.site.podcast(&part)))
}

pub(super) async fn playlist(
    visit: Visit,
    Path((artist, album)): Path<(String, String)>,
) -> Result<Response, Failure> {
    match find_album(&visit, &artist, &album).await? {
        Found::Here(sheet) => Ok(visit.document(M3U8, visit.site.playlist(&sheet))),
        Found::Moved(place) => Ok(moved(&format!("{}/playlist.m3u8", place.path()))),
    }
}

pub(super) async fn sitemap(visit: Visit) -> Result<Response, Failure> {
    let artists = visit.shelf()?.site().artist_places().await?;
    Ok(visit.document(XML, visit.site.sitemap(&artists)))
}

pub(super) async fn artist_sitemap(visit: Visit, name: Named<String>) -> Result<Response, Failure> {
    let artist = artist(name)?;
    let (albums, recordings) = visit.shelf()?.site().places_of(&artist).await?;
    if albums.is_empty() && recordings.is_empty() {
        return Err(missing());
    }
    Ok(visit.document(XML, visit.site.artist_sitemap(&artist, &albums, &recordings)))
}

pub(super) async fn robots(visit: Visit) -> Response {
    visit.document(PLAIN, visit.site.robots())
}

/// What oEmbed asks (oembed.com, 2.2).
#[derive(Debug, Deserialize)]
pub(super) struct Wanted {
    url: String,
    #[serde(default)]
    format: String,
    maxwidth: Option<u32>,
    maxheight: Option<u32>,
}

pub(super) async fn oembed(
    visit: Visit,
    wanted: Result<Query<Wanted>, axum::extract::rejection::QueryRejection>,
) -> Result<Response, Failure> {
    let Query(wanted) =
        wanted.map_err(|_| Failure::parameter("url: the address of an album or a recording"))?;
    let is_xml = match wanted.format.as_str() {
        "" | "json" => false,
        "xml" => true,
        // oEmbed 2.3.
        _ => return Err(Failure::of(StatusCode::NOT_IMPLEMENTED)),
    };
    let place = Url::parse(&wanted.url).ok().and_then(|url| Place::at(url.path()));
    let embed = embed(&visit, place.ok_or_else(missing)?, &wanted).await?;
    Ok(match is_xml {
        true => visit.document(TEXT_XML, embed.xml()),
        false => visit.document(JSON, embed.json()),
    })
}

async fn embed(visit: &Visit, place: Place, wanted: &Wanted) -> Result<Embed, Failure> {
    let bounds = (wanted.maxwidth, wanted.maxheight);
    match place {
        Place::Album(artist, album) => {
            match find_album(visit, artist.as_str(), album.as_str()).await? {
                Found::Here(sheet) => Ok(visit.site.oembed_album(&sheet, bounds)),
                Found::Moved(_) => Err(missing()),
            }
        }
        Place::Recording(artist, recording) => {
            match find_recording(visit, artist.as_str(), recording.as_str()).await? {
                Found::Here(sheet) => Ok(visit.site.oembed_recording(&sheet, bounds)),
                Found::Moved(_) => Err(missing()),
            }
        }
        Place::Artist(_) => Err(missing()),
    }
}
