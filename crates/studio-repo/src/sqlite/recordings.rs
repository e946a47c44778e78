//! Recordings: put, found and removed. Each function that changes something runs inside one
//! immediate transaction.

use std::collections::BTreeSet;

use diesel::dsl::{exists, select};
use diesel::prelude::*;
use diesel::sqlite::SqliteConnection;
use studio_domain::{ArtistName, Recording, RecordingId, RecordingTitle, SoundPlace};

use super::entries::{self, Query, recording_entries};
use super::error::Outcome;
use super::publish_rows::{EntryRow, RecordingRow};
use super::schema::{albums, recordings};
use super::search::{self, Kind, Line};
use super::write::{bytes, free_slug};
use super::{albums as catalogue_albums, artists as catalogue_artists, playlists, removals};
use crate::{Error, RecordingEntry};

/// The most recordings of one title that are told.
const MOST_OF_A_TITLE: i64 = 100;

/// Takes recordings in, or their new states.
pub(super) fn put_recordings(
    c: &mut SqliteConnection,
    all: &[Recording],
) -> Outcome<Vec<RecordingEntry>> {
    let mut entries = Vec::with_capacity(all.len());
    // Once for all, as most are of few artists.
    let mut touched = BTreeSet::new();
    for recording in all {
        entries.push(put(c, recording, &mut touched)?);
    }
    for artist in touched {
        catalogue_artists::settle(c, &artist)?;
    }
    Ok(entries)
}

fn put(
    c: &mut SqliteConnection,
    recording: &Recording,
    touched: &mut BTreeSet<Vec<u8>>,
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
    }
    let known: Option<(Vec<u8>, String, String)> = recordings::table
        .find(id)
        .select((recordings::artist_id, recordings::title_key, recordings::slug))
        .first(c)
        .optional()?;
    let artist_id = catalogue_artists::id_of(c, &recording.artist)?;
    let is_known = known.is_some();
    touched.insert(artist_id.clone());
    let kept = match known {
        Some((artist, title_key, slug))
            if artist == artist_id && title_key == recording.title.key() =>
        {
            Some(slug)
        }
        Some((artist, ..)) => {
            touched.insert(artist);
            None
        }
        None => None,
    };
    let slug = match kept {
        Some(slug) => slug,
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
    match is_known {
        true => diesel::update(recordings::table.find(id)).set(&row).execute(c)?,
        false => diesel::insert_into(recordings::table).values(&row).execute(c)?,
    };
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
    let mut touched = BTreeSet::new();
    let mut removed = 0;
    for id in ids {
        let row = recordings::table.find(bytes(id.as_uuid()));
        let artist: Option<Vec<u8>> = row.select(recordings::artist_id).first(c).optional()?;
        let Some(artist) = artist else { continue };
        diesel::delete(row).execute(c)?;
        search::remove(c, Kind::Recording, bytes(id.as_uuid()))?;
        touched.insert(artist);
        removed += 1;
    }
    for artist in touched {
        catalogue_artists::settle(c, &artist)?;
    }
    Ok(removed)
}
