//! Songs, tracks and versions by identity and address.

use async_trait::async_trait;
use diesel::dsl::{AsSelect, auto_type};
use diesel::prelude::*;
use diesel::sqlite::Sqlite;
use studio_domain::{Slug, SongId, TrackId, Version, VersionId};

use super::SqliteCatalog;
use super::error::Outcome;
use super::read::named_versions;
use super::rows::{ArtistRow, SongRow, TrackRow, VersionRow};
use super::schema::{artists, songs, tracks, versions};
use crate::{Result, SongEntry, TrackEntry, WorkRepo};

#[async_trait]
impl WorkRepo for SqliteCatalog {
    async fn find_song(&self, id: SongId) -> Result<Option<SongEntry>> {
        self.connections
            .read("find a song", move |c| {
                let row = song_with(id.as_uuid().as_bytes().to_vec()).first(c).optional()?;
                row.map(song_entry).transpose()
            })
            .await
    }

    async fn find_song_by_slug(&self, artist: &Slug, song: &Slug) -> Result<Option<SongEntry>> {
        let (artist, song) = (artist.to_string(), song.to_string());
        self.connections
            .read("find a song", move |c| {
                let row = song_at(artist, song).first(c).optional()?;
                row.map(song_entry).transpose()
            })
            .await
    }

    async fn find_track(&self, id: TrackId) -> Result<Option<TrackEntry>> {
        self.connections
            .read("find a track", move |c| {
                let found = track_with(id.as_uuid().as_bytes().to_vec()).first(c).optional()?;
                let Some((track, song, artist)) = found else { return Ok(None) };
                let track = track.into_track()?;
                Ok(Some(TrackEntry { track, song: song_entry((song, artist))? }))
            })
            .await
    }

    async fn find_version(&self, id: VersionId) -> Result<Option<Version>> {
        self.connections
            .read("find a version", move |c| {
                let row = version_with(id.as_uuid().as_bytes().to_vec()).first(c).optional()?;
                row.map(VersionRow::into_version).transpose()
            })
            .await
    }
}

fn song_entry((song, artist): (SongRow, ArtistRow)) -> Outcome<SongEntry> {
    Ok(SongEntry { song: song.into_song()?, artist: artist.into_artist()? })
}

type SongColumns = (AsSelect<SongRow, Sqlite>, AsSelect<ArtistRow, Sqlite>);

#[auto_type]
fn song_with(id: Vec<u8>) -> _ {
    let columns: SongColumns = (SongRow::as_select(), ArtistRow::as_select());
    songs::table.inner_join(artists::table).filter(songs::id.eq(id)).select(columns)
}

#[auto_type]
fn song_at(artist: String, song: String) -> _ {
    let columns: SongColumns = (SongRow::as_select(), ArtistRow::as_select());
    let of_artist = artists::slug.eq(artist);
    songs::table
        .inner_join(artists::table)
        .filter(of_artist)
        .filter(songs::slug.eq(song))
        .select(columns)
}

type TrackColumns =
    (AsSelect<TrackRow, Sqlite>, AsSelect<SongRow, Sqlite>, AsSelect<ArtistRow, Sqlite>);

#[auto_type]
fn track_with(id: Vec<u8>) -> _ {
    let columns: TrackColumns =
        (TrackRow::as_select(), SongRow::as_select(), ArtistRow::as_select());
    tracks::table
        .inner_join(songs::table.inner_join(artists::table))
        .filter(tracks::id.eq(id))
        .select(columns)
}

#[auto_type]
fn version_with(id: Vec<u8>) -> _ {
    let columns: AsSelect<VersionRow, Sqlite> = VersionRow::as_select();
    named_versions().filter(versions::id.eq(id)).select(columns)
}

#[cfg(test)]
mod tests {
    use super::super::plan::{assert_searches, plan};
    use super::*;

    #[tokio::test]
    async fn everything_is_found_by_an_index() -> Result<()> {
        let catalog = SqliteCatalog::in_memory()?;
        catalog
            .connections
            .read("explain", |c| {
                let id = vec![0; 16];
                assert_searches("a song", &plan(c, song_with(id.clone()))?);
                let address = song_at("artist".to_owned(), "song".to_owned());
                assert_searches("a song's address", &plan(c, address)?);
                assert_searches("a track", &plan(c, track_with(id.clone()))?);
                assert_searches("a version", &plan(c, version_with(id))?);
                Ok(())
            })
            .await
    }
}
