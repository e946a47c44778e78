//! What is released, for those who make it.

use async_trait::async_trait;
use diesel::dsl::{exists, select};
use diesel::prelude::*;
use diesel::sqlite::SqliteConnection;
use studio_domain::{
    Album, AlbumId, AlbumTitle, ArtistName, Digest, Recording, RecordingId, RecordingTitle,
    StoreUrl,
};

use super::schema::{albums as albums_table, recordings as recordings_table};
use super::write::bytes;
use super::{SqliteCatalog, albums, entries, recordings};
use crate::{AlbumEntry, PublishRepo, RecordingEntry, Result};

#[async_trait]
impl PublishRepo for SqliteCatalog {
    async fn put_album(&self, album: &Album) -> Result<AlbumEntry> {
        let album = album.clone();
        self.connections.write("keep an album", move |c| albums::put_album(c, &album)).await
    }

    async fn album(&self, id: AlbumId) -> Result<Option<AlbumEntry>> {
        self.connections.alone("find an album", move |c| albums::album_by_id(c, id)).await
    }

    async fn album_titled(
        &self,
        artist: &ArtistName,
        title: &AlbumTitle,
    ) -> Result<Option<AlbumEntry>> {
        let (artist, title) = (artist.clone(), title.clone());
        self.connections
            .alone("find an album", move |c| albums::album_titled(c, &artist, &title))
            .await
    }

    async fn remove_album(&self, id: AlbumId) -> Result<()> {
        self.connections.write("remove an album", move |c| albums::remove_album(c, id)).await
    }

    async fn put_recordings(&self, recordings: &[Recording]) -> Result<Vec<RecordingEntry>> {
        let all = recordings.to_vec();
        self.connections
            .write("keep recordings", move |c| recordings::put_recordings(c, &all))
            .await
    }

    async fn recording(&self, id: RecordingId) -> Result<Option<RecordingEntry>> {
        self.connections
            .alone("find a recording", move |c| recordings::recording_by_id(c, id))
            .await
    }

    async fn recordings_titled(
        &self,
        artist: &ArtistName,
        title: &RecordingTitle,
    ) -> Result<Vec<RecordingEntry>> {
        let (artist, title) = (artist.clone(), title.clone());
        self.connections
            .alone("find recordings", move |c| {
                entries::load(c, recordings::with_title(&artist, &title))
            })
            .await
    }

    async fn remove_recording(&self, id: RecordingId) -> Result<()> {
        self.connections
            .write("remove a recording", move |c| {
                recordings::remove_recordings(c, &[id]).map(|_| ())
            })
            .await
    }

    async fn move_published(
        &self,
        // An own picture is wherever the studio's store is: an album names no store of it.
        _albums: &[AlbumId],
        recordings: &[RecordingId],
        store: &StoreUrl,
    ) -> Result<()> {
        let (recordings, store) = (recordings.to_vec(), store.to_string());
        self.connections
            .write("move what is published", move |c| {
                for id in recordings {
                    let row = recordings_table::table.find(bytes(id.as_uuid()));
                    diesel::update(row.filter(recordings_table::digest.is_not_null()))
                        .set(recordings_table::store.eq(&store))
                        .execute(c)?;
                }
                Ok(())
            })
            .await
    }

    async fn is_published_object(&self, digest: &Digest) -> Result<bool> {
        let digest = *digest;
        self.connections
            .alone("look for what is published", move |c| Ok(is_published(c, &digest)?))
            .await
    }
}

/// Whether something is these bytes, or has them for a picture.
fn is_published(c: &mut SqliteConnection, digest: &Digest) -> QueryResult<bool> {
    let digest = digest.as_bytes().as_slice();
    let sounds = recordings_table::table.filter(recordings_table::digest.eq(digest));
    let pictures = recordings_table::table.filter(recordings_table::artwork_digest.eq(digest));
    let covers = albums_table::table.filter(albums_table::artwork_digest.eq(digest));
    select(exists(sounds).or(exists(pictures)).or(exists(covers))).get_result(c)
}
