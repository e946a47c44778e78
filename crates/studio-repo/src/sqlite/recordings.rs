//! Recordings: put, found and removed. Each function that changes something runs inside one
//! immediate transaction.

use std::collections::BTreeSet;

use diesel::dsl::{exists, select};
use diesel::prelude::*;
use diesel::sqlite::SqliteConnection;
use studio_domain::{ArtistName, Recording, RecordingId, RecordingTitle, SoundPlace, Subject};

use super::entries::{self, Query, recording_entries};
use super::error::Outcome;
use super::genres::{self, Counted};
use super::publish_rows::{EntryRow, RecordingRow};
use super::schema::{albums, featured_recordings, recordings};
use super::search::{self, Kind, Line};
use super::write::{bytes, free_slug};
use super::{
    albums as catalogue_albums, artists as catalogue_artists, listeners, playlists, removals,
    sketches, slugs,
};
use crate::{Error, RecordingEntry};

/// The most recordings of one title that are told.
const MOST_OF_A_TITLE: i64 = 100;

/// What has to be settled once for all, as most recordings are of few artists and albums.
#[derive(Default)]
struct Touched {
    artists: BTreeSet<Vec<u8>>,
    albums: BTreeSet<Vec<u8>>,
}

impl Touched {
    fn settle(self, c: &mut SqliteConnection) -> Outcome<()> {
        for album in self.albums {
            genres::settle_album(c, &album)?;
        }
        for artist in self.artists {
            catalogue_artists::settle(c, &artist)?;
        }
        Ok(())
    }
}

/// Takes recordings in, or their new states.
pub(super) fn put_recordings(
    c: &mut SqliteConnection,
    all: &[Recording],
) -> Outcome<Vec<RecordingEntry>> {
    let mut entries = Vec::with_capacity(all.len());
    let mut touched = Touched::default();
    for recording in all {
        entries.push(put(c, recording, &mut touched)?);
    }
    touched.settle(c)?;
    Ok(entries)
}

/// What of a recording that is there its new state is compared with.
#[derive(Queryable, Selectable)]
#[diesel(table_name = recordings, check_for_backend(diesel::sqlite::Sqlite))]
struct Known {
    artist_id: Vec<u8>,
    title_key: String,
    slug: String,
    album_id: Option<Vec<u8>>,
    genre_key: Option<String>,
    published: bool,
    digest: Option<Vec<u8>>,
    etag: Option<String>,
}

impl Known {
    /// Whether the bytes are those of a row.
    fn has_bytes_of(&self, row: &RecordingRow) -> bool {
        (&self.digest, &self.etag) == (&row.digest, &row.etag)
    }

    fn counted(&self) -> Counted {
        Counted { genre_key: self.genre_key.clone(), published: self.published }
    }
}

fn known(c: &mut SqliteConnection, id: &[u8]) -> QueryResult<Option<Known>> {
    recordings::table.find(id).select(Known::as_select()).first(c).optional()
}

fn put(
    c: &mut SqliteConnection,
    recording: &Recording,
    touched: &mut Touched,
) -> Outcome<RecordingEntry> {
    let id = bytes(recording.id.as_uuid());
    if let SoundPlace::Own { key, .. } = &recording.sound.place {
        removals::refuse_if_being_removed(c, key, recording.updated_at)?;
    }
    catalogue_albums::refuse_leaving_picture(c, recording.artwork.as_ref(), recording.updated_at)?;
    if let Some(place) = recording.album {
        let album = albums::table.find(bytes(place.album.as_uuid()));
        if !select(exists(album)).get_result(c)? {
            return Err(Error::NoAlbum { id: place.album }.into());
        }
        touched.albums.insert(bytes(place.album.as_uuid()).to_vec());
    }
    let known = known(c, id)?;
    let artist_id = catalogue_artists::id_of(c, &recording.artist)?;
    touched.artists.insert(artist_id.clone());
    if let Some(known) = &known {
        touched.artists.insert(known.artist_id.clone());
        touched.albums.extend(known.album_id.clone());
    }
    let kept = known
        .as_ref()
        .filter(|known| known.artist_id == artist_id && known.title_key == recording.title.key());
    let slug = match kept {
        Some(known) => known.slug.clone(),
        None => free_slug(recording.title.as_str(), |slug| {
            let taken = recordings::table
                .filter(recordings::artist_id.eq(&artist_id))
                .filter(recordings::slug.eq(slug.as_str()))
                .filter(recordings::id.ne(id));
            select(exists(taken)).get_result(c)
        })?
        .to_string(),
    };
    let row = RecordingRow::new(recording, artist_id, slug)?;
    match known.is_some() {
        true => diesel::update(recordings::table.find(id)).set(&row).execute(c)?,
        false => diesel::insert_into(recordings::table).values(&row).execute(c)?,
    };
    if !known.as_ref().is_some_and(|known| known.has_bytes_of(&row)) {
        sketches::want(c, id)?;
    }
    if let Some(known) = &known
        && (&known.artist_id, &known.slug) != (&row.artist_id, &row.slug)
    {
        slugs::recording_left(c, &known.artist_id, &known.slug, id)?;
        if known.artist_id != row.artist_id {
            // Whose page began with it has it no more.
            diesel::delete(featured_recordings::table)
                .filter(featured_recordings::recording_id.eq(id))
                .execute(c)?;
        }
    }
    let genre = recording.genre.as_ref();
    if let Some(genre) = genre {
        genres::put(c, genre)?;
    }
    let genre_key = genre.map(|genre| genre.key().to_owned());
    let now = Counted { genre_key, published: recording.published };
    genres::recount(c, known.as_ref().map(Known::counted).as_ref(), Some(&now))?;
    let entry = recording_by_id(c, recording.id)?.ok_or(Error::NoRecording { id: recording.id })?;
    put_line(c, &entry)?;
    Ok(entry)
}

/// What everybody may find tells nothing of an album that not everybody may see.
fn put_line(c: &mut SqliteConnection, entry: &RecordingEntry) -> Outcome<()> {
    let RecordingEntry { recording, artist, slug, album } = entry;
    let shown = album.as_ref().filter(|album| album.published || !recording.published);
    let line = Line {
        kind: Kind::Recording,
        id: bytes(recording.id.as_uuid()),
        title: recording.title.as_str(),
        slug: slug.as_str(),
        artist: Some((artist.name.as_str(), artist.slug.as_str())),
        album: shown.map(|album| album.title.as_str()),
        published: recording.published,
    };
    search::put(c, &line)
}

/// Lets the recordings on an album be found by what it is called now.
pub(super) fn put_lines_of_album(c: &mut SqliteConnection, album: &[u8]) -> Outcome<()> {
    for entry in entries::load(c, of_album(album, false))? {
        put_line(c, &entry)?;
    }
    Ok(())
}

pub(super) fn with_id(id: &[u8]) -> impl Query<'_, EntryRow> {
    recording_entries!().filter(recordings::id.eq(id))
}

/// The recording with an identity.
pub(super) fn recording_by_id(
    c: &mut SqliteConnection,
    id: RecordingId,
) -> Outcome<Option<RecordingEntry>> {
    Ok(entries::load(c, with_id(bytes(id.as_uuid())))?.pop())
}

/// What is on an album, in its order.
pub(super) fn of_album(album: &[u8], published_only: bool) -> impl Query<'_, EntryRow> {
    let all = recording_entries!()
        .into_boxed::<diesel::sqlite::Sqlite>()
        .filter(recordings::album_id.eq(album))
        .order((recordings::disc, recordings::number, recordings::title_key, recordings::id));
    match published_only {
        true => all.filter(recordings::published),
        false => all,
    }
}

/// The recordings of an artist with a title.
pub(super) fn with_title<'q>(
    artist: &'q ArtistName,
    title: &'q RecordingTitle,
) -> impl Query<'q, EntryRow> {
    recording_entries!()
        .filter(recordings::artist_key.eq(artist.key()))
        .filter(recordings::title_key.eq(title.key()))
        .order((albums::title_key.nullable(), recordings::disc, recordings::number, recordings::id))
        .limit(MOST_OF_A_TITLE)
}

/// Takes recordings out, and out of the playlists; returns how many were there.
pub(super) fn remove_recordings(c: &mut SqliteConnection, ids: &[RecordingId]) -> Outcome<u64> {
    playlists::take_out(c, ids)?;
    let mut touched = Touched::default();
    let mut removed = 0;
    for id in ids {
        let key = bytes(id.as_uuid());
        let Some(known) = known(c, key)? else { continue };
        listeners::forget(c, &Subject::Recording(*id))?;
        diesel::delete(recordings::table.find(key)).execute(c)?;
        genres::recount(c, Some(&known.counted()), None)?;
        search::remove(c, Kind::Recording, key)?;
        touched.artists.insert(known.artist_id);
        touched.albums.extend(known.album_id);
        removed += 1;
    }
    touched.settle(c)?;
    Ok(removed)
}
