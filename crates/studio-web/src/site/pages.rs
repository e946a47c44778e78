//! The pages.

use axum::extract::{Path, Query};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use studio_core::repo::{AlbumPage, Hits, RecordingSheet};
use studio_domain::{Licence, Slug};
use studio_site::{Place, SearchPage};

use super::Visit;
use super::page::{Framed, moved};
use crate::api::request::Named;
use crate::failure::Failure;

/// How many artists or albums stand on a page of them.
const CARDS: u32 = 48;
/// How many recordings stand on a page of them, and albums and singles on that of an artist.
const LINES: u32 = 24;
/// How many of the newest albums the first page shows.
const NEWEST: u32 = 6;
/// How many a page of a search shows.
const FOUND: u32 = 50;
/// The longest text that is searched for, in characters.
const LONGEST_SEARCH: usize = 200;

fn missing() -> Failure {
    Failure::missing("page-not-found", "There is nothing here, or nothing any more.")
}

fn slug(text: &str) -> Result<Slug, Failure> {
    text.parse().map_err(|_| missing())
}

fn count(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

/// What stands behind a path. What else stands there is somebody else's, and ignored.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    q: String,
    after: Option<String>,
    list: Option<String>,
    from: Option<String>,
}

impl Asked {
    fn after(&self) -> Result<Option<Slug>, Failure> {
        self.after.as_deref().map(slug).transpose()
    }

    /// A place in a list; the first one for what is no number.
    fn from(&self) -> u32 {
        self.from.as_deref().and_then(|from| from.parse().ok()).unwrap_or_default()
    }
}

/// A query that cannot be read asks for nothing.
type Behind = Result<Query<Asked>, axum::extract::rejection::QueryRejection>;

fn asked(behind: Behind) -> Asked {
    behind.map(|Query(asked)| asked).unwrap_or_default()
}

pub(super) async fn home(visit: Visit, behind: Behind) -> Result<Response, Failure> {
    // A service without music has no pages but those of its description.
    let Ok(shelf) = visit.shelf() else {
        return Ok(Redirect::temporary("/api/docs/").into_response());
    };
    let after = asked(behind).after()?;
    let newest = match &after {
        None => shelf.site().newest_albums(NEWEST).await?,
        Some(_) => Vec::new(),
    };
    let artists = shelf.site().artist_cards(after.as_ref(), CARDS + 1).await?;
    Ok(visit.page(visit.site.home(&newest, &artists, count(CARDS)), Framed::Never))
}

pub(super) async fn search(visit: Visit, behind: Behind) -> Result<Response, Failure> {
    let asked = asked(behind);
    let text: String = asked.q.trim().chars().take(LONGEST_SEARCH).collect();
    let (from, shelf) = (asked.from(), visit.shelf()?);
    let hits = match text.is_empty() {
        true => Hits::default(),
        false => shelf.search(&text, true, from, FOUND).await?,
    };
    let page = visit.site.search(SearchPage { text: &text, from, hits: &hits });
    Ok(visit.page(page, Framed::Never))
}

pub(super) async fn licence(visit: Visit, name: Named<String>) -> Result<Response, Failure> {
    let licence: Licence = name.or(missing)?.parse().map_err(|_| missing())?;
    Ok(visit.page(visit.site.licence(licence), Framed::Never))
}

pub(super) async fn artist(
    visit: Visit,
    name: Named<String>,
    behind: Behind,
) -> Result<Response, Failure> {
    let (artist, asked) = (slug(&name.or(missing)?)?, asked(behind));
    let (site, after) = (visit.shelf()?.site(), asked.after()?);
    let html = match asked.list.as_deref() {
        Some("albums") => {
            let part = site.artist_albums(&artist, after.as_ref(), CARDS + 1).await?;
            visit.site.artist_albums(&part.ok_or_else(missing)?, count(CARDS))
        }
        Some("recordings") => {
            let part = site.artist_recordings(&artist, after.as_ref(), LINES + 1).await?;
            visit.site.artist_recordings(&part.ok_or_else(missing)?, count(LINES))
        }
        _ => {
            let sheet = site.artist_sheet(&artist, LINES + 1).await?;
            visit.site.artist(&sheet.ok_or_else(missing)?, count(LINES))
        }
    };
    Ok(visit.page(html, Framed::Never))
}

/// An album, or where it is by now.
pub(super) enum Found<T> {
    Here(Box<T>),
    Moved(Place),
}

pub(super) async fn find_album(
    visit: &Visit,
    artist: &str,
    album: &str,
) -> Result<Found<AlbumPage>, Failure> {
    let (artist, album, site) = (slug(artist)?, slug(album)?, visit.shelf()?.site());
    if let Some(sheet) = site.album_page(&artist, &album).await? {
        return Ok(Found::Here(Box::new(sheet)));
    }
    let (artist, album) = site.moved_album(&artist, &album).await?.ok_or_else(missing)?;
    Ok(Found::Moved(Place::Album(artist, album)))
}

pub(super) async fn find_recording(
    visit: &Visit,
    artist: &str,
    recording: &str,
) -> Result<Found<RecordingSheet>, Failure> {
    let (artist, recording, site) = (slug(artist)?, slug(recording)?, visit.shelf()?.site());
    if let Some(sheet) = site.recording_page(&artist, &recording).await? {
        return Ok(Found::Here(Box::new(sheet)));
    }
    let moved = site.moved_recording(&artist, &recording).await?;
    let (artist, recording) = moved.ok_or_else(missing)?;
    Ok(Found::Moved(Place::Recording(artist, recording)))
}

pub(super) async fn album(
    visit: Visit,
    Path((artist, album)): Path<(String, String)>,
    behind: Behind,
) -> Result<Response, Failure> {
    match find_album(&visit, &artist, &album).await? {
        Found::Here(sheet) => {
            let html = visit.site.album(&sheet, count(asked(behind).from()));
            Ok(visit.page(html, Framed::Never))
        }
        Found::Moved(place) => Ok(moved(&place.path())),
    }
}

pub(super) async fn recording(
    visit: Visit,
    Path((artist, recording)): Path<(String, String)>,
) -> Result<Response, Failure> {
    match find_recording(&visit, &artist, &recording).await? {
        Found::Here(sheet) => Ok(visit.page(visit.site.recording(&sheet), Framed::Never)),
        Found::Moved(place) => Ok(moved(&place.path())),
    }
}

pub(super) async fn embed_album(
    visit: Visit,
    Path((artist, album)): Path<(String, String)>,
) -> Result<Response, Failure> {
    match find_album(&visit, &artist, &album).await? {
        Found::Here(sheet) => Ok(visit.page(visit.site.embed_album(&sheet), Framed::Anywhere)),
        Found::Moved(place) => Ok(moved(&place.embed_path().unwrap_or_default())),
    }
}

pub(super) async fn embed_recording(
    visit: Visit,
    Path((artist, recording)): Path<(String, String)>,
) -> Result<Response, Failure> {
    match find_recording(&visit, &artist, &recording).await? {
        Found::Here(sheet) => Ok(visit.page(visit.site.embed_recording(&sheet), Framed::Anywhere)),
        Found::Moved(place) => Ok(moved(&place.embed_path().unwrap_or_default())),
    }
}
