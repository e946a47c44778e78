//! Rows of what the pages of the site show.

use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use studio_domain::{AlbumId, Artwork, Note, Profile};

use super::error::{Failure, Outcome};
use super::publish_rows::{ArtworkColumns, EntryRow, RecordingRow, text};
use super::rows::{ArtistRow, digest, uuid};
use super::schema::{albums, artist_profiles};
use super::sketches::SketchRow;
use crate::RecordingSheet;

/// The cover of an album that something is joined with.
#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = albums, check_for_backend(diesel::sqlite::Sqlite))]
pub(super) struct CoverRow {
    id: Vec<u8>,
    published: bool,
    artwork_kind: Option<String>,
    artwork_type: Option<String>,
    artwork_digest: Option<Vec<u8>>,
    artwork_store: Option<String>,
    artwork_key: Option<Vec<u8>>,
    artwork_etag: Option<String>,
}

impl CoverRow {
    /// Whose cover it is.
    pub(super) fn album(&self) -> Outcome<AlbumId> {
        Ok(AlbumId::from_uuid(uuid(&self.id)?))
    }

    /// The cover, if everybody may see the album.
    pub(super) fn into_artwork(self) -> Outcome<Option<Artwork>> {
        if !self.published {
            return Ok(None);
        }
        let own = self.artwork_digest.as_deref().map(digest).transpose()?;
        let columns = ArtworkColumns {
            kind: self.artwork_kind,
            content_type: self.artwork_type,
            digest: own.map(|digest| digest.to_string()),
            store: self.artwork_store,
            key: self.artwork_key.map(text).transpose()?,
            etag: self.artwork_etag,
        };
        columns.into_artwork()
    }
}

/// A recording with all that a page shows of it: the columns of an [`EntryRow`], and more.
#[derive(Debug, Queryable)]
pub(super) struct SheetRow {
    recording: RecordingRow,
    artist: ArtistRow,
    album_title: Option<String>,
    album_slug: Option<String>,
    album_artwork: Option<String>,
    album_published: Option<bool>,
    album_artist_id: Option<Vec<u8>>,
    album_artist: Option<String>,
    album_artist_slug: Option<String>,
    genre: Option<String>,
    cover: Option<CoverRow>,
    sketch: Option<SketchRow>,
    description: Option<String>,
    featured: Option<i32>,
}

impl SheetRow {
    pub(super) fn into_sheet(self) -> Outcome<RecordingSheet> {
        let entry = EntryRow {
            recording: self.recording,
            artist: self.artist,
            album_title: self.album_title,
            album_slug: self.album_slug,
            album_artwork: self.album_artwork,
            album_published: self.album_published,
            album_artist_id: self.album_artist_id,
            album_artist: self.album_artist,
            album_artist_slug: self.album_artist_slug,
            genre: self.genre,
        };
        let mut entry = entry.into_entry()?;
        // Nothing is told of an album that not everybody may see.
        if entry.album.as_ref().is_some_and(|album| !album.published) {
            entry.album = None;
        }
        let state = entry.recording.sound.etag();
        Ok(RecordingSheet {
            album_artwork: self.cover.map(CoverRow::into_artwork).transpose()?.flatten(),
            sketch: self.sketch.map(|sketch| sketch.of_state(&state)).transpose()?.flatten(),
            description: self.description.as_deref().map(note).transpose()?,
            featured: self.featured.map(u8::try_from).transpose().map_err(Failure::bad_row)?,
            entry,
        })
    }
}

pub(super) fn note(text: &str) -> Outcome<Note> {
    Note::new(text).map_err(Failure::bad_row)
}

/// What an artist says.
#[derive(Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = artist_profiles, check_for_backend(diesel::sqlite::Sqlite))]
pub(super) struct ProfileRow {
    biography: String,
    links: String,
}

/// A link, as it is kept.
#[derive(Serialize, Deserialize)]
struct KeptLink {
    url: String,
}

impl ProfileRow {
    pub(super) fn new(profile: &Profile) -> Outcome<Self> {
        let links = profile.links.iter().map(|link| KeptLink { url: link.to_string() });
        let links = serde_json::to_string(&links.collect::<Vec<_>>()).map_err(Failure::bad_row)?;
        let biography = profile.biography.as_ref().map(ToString::to_string).unwrap_or_default();
        Ok(Self { biography, links })
    }

    pub(super) fn into_profile(self) -> Outcome<Profile> {
        let links: Vec<KeptLink> = serde_json::from_str(&self.links).map_err(Failure::bad_row)?;
        let links = links.iter().map(|link| link.url.parse().map_err(Failure::bad_row));
        let biography = Some(self.biography).filter(|text| !text.is_empty());
        Ok(Profile {
            biography: biography.as_deref().map(note).transpose()?,
            links: links.collect::<Outcome<_>>()?,
        })
    }
}
