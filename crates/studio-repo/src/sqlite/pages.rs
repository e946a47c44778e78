//! What is said on pages.

use async_trait::async_trait;
use diesel::dsl::{exists, select};
use diesel::prelude::*;
use diesel::sqlite::SqliteConnection;
use studio_domain::{AlbumId, ArtistId, Note, Profile, RecordingId, Timestamp};

use super::SqliteCatalog;
use super::error::Outcome;
use super::schema::{
    album_notes, albums, artist_profiles, artists, featured_recordings, recording_notes, recordings,
};
use super::site_rows::ProfileRow;
use super::write::bytes;
use crate::{Error, MOST_FEATURED, PageRepo, Result};

#[async_trait]
impl PageRepo for SqliteCatalog {
    async fn put_profile(&self, artist: ArtistId, profile: &Profile, now: Timestamp) -> Result<()> {
        let profile = profile.clone();
        self.connections
            .write("keep what an artist says", move |c| put_profile(c, artist, &profile, now))
            .await
    }

    async fn describe_album(&self, album: AlbumId, description: Option<Note>) -> Result<()> {
        self.connections
            .write("describe an album", move |c| describe_album(c, album, description.as_ref()))
            .await
    }

    async fn describe_recording(
        &self,
        recording: RecordingId,
        description: Option<Note>,
    ) -> Result<()> {
        self.connections
            .write("describe a recording", move |c| {
                describe_recording(c, recording, description.as_ref())
            })
            .await
    }

    async fn feature(&self, artist: ArtistId, recordings: &[RecordingId]) -> Result<()> {
        let recordings = recordings.to_vec();
        self.connections.write("feature recordings", move |c| feature(c, artist, &recordings)).await
    }
}

fn put_profile(
    c: &mut SqliteConnection,
    artist: ArtistId,
    profile: &Profile,
    now: Timestamp,
) -> Outcome<()> {
    let id = bytes(artist.as_uuid());
    if !select(exists(artists::table.find(id))).get_result(c)? {
        return Ok(());
    }
    let row = (
        artist_profiles::artist_id.eq(id),
        ProfileRow::new(profile)?,
        artist_profiles::updated_at.eq(now.as_micros()),
    );
    diesel::replace_into(artist_profiles::table).values(row).execute(c)?;
    Ok(())
}

fn describe_album(
    c: &mut SqliteConnection,
    album: AlbumId,
    description: Option<&Note>,
) -> Outcome<()> {
    let id = bytes(album.as_uuid());
    if !select(exists(albums::table.find(id))).get_result(c)? {
        return Err(Error::NoAlbum { id: album }.into());
    }
    match description {
        Some(said) => diesel::replace_into(album_notes::table)
            .values((album_notes::album_id.eq(id), album_notes::description.eq(said.as_str())))
            .execute(c)?,
        None => diesel::delete(album_notes::table.find(id)).execute(c)?,
    };
    Ok(())
}

fn describe_recording(
    c: &mut SqliteConnection,
    recording: RecordingId,
    description: Option<&Note>,
) -> Outcome<()> {
    use recording_notes::{description as said_of_it, recording_id, table};
    let id = bytes(recording.as_uuid());
    if !select(exists(recordings::table.find(id))).get_result(c)? {
        return Err(Error::NoRecording { id: recording }.into());
    }
    match description {
        Some(said) => diesel::replace_into(table)
            .values((recording_id.eq(id), said_of_it.eq(said.as_str())))
            .execute(c)?,
        None => diesel::delete(table.find(id)).execute(c)?,
    };
    Ok(())
}

fn feature(c: &mut SqliteConnection, artist: ArtistId, wanted: &[RecordingId]) -> Outcome<()> {
    use featured_recordings::{artist_id, place, recording_id, table};
    let owner = bytes(artist.as_uuid());
    diesel::delete(table.filter(artist_id.eq(owner))).execute(c)?;
    for (at, recording) in (1..).zip(wanted.iter().take(MOST_FEATURED)) {
        let id = bytes(recording.as_uuid());
        let own = recordings::table.find(id).filter(recordings::artist_id.eq(owner));
        if !select(exists(own)).get_result(c)? {
            return Err(Error::NoRecording { id: *recording }.into());
        }
        let row = (artist_id.eq(owner), place.eq(at), recording_id.eq(id));
        diesel::replace_into(table).values(row).execute(c)?;
    }
    Ok(())
}
