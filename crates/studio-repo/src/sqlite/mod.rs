//! The catalogue in one SQLite file.
//!
//! SQLite is compiled in. One connection writes, each write in a `BEGIN IMMEDIATE`
//! transaction; a few others read. All of them are used on tokio's blocking threads, so
//! that a query always runs to its end, whatever becomes of the future that asked for it.

mod account_rows;
mod accounts;
mod album_orders;
mod albums;
mod artist_orders;
mod artists;
mod asset_events;
mod asset_listing;
mod asset_rows;
mod asset_rules;
mod assets;
mod browse;
#[cfg(test)]
mod browse_plan;
mod care;
mod chance;
mod choice;
mod choice_rows;
mod claims;
mod connection;
mod entries;
mod error;
mod genres;
mod library;
mod link;
mod listeners;
mod migrate;
mod objects;
mod orders;
mod own_playlists;
mod pages;
mod plain;
#[cfg(test)]
mod plan;
mod playlists;
mod publish;
mod publish_rows;
mod quarantine;
mod read;
mod recording_orders;
mod recordings;
mod release;
mod release_rows;
mod removals;
mod rows;
mod schema;
mod search;
mod sessions;
mod shares;
mod shelf;
#[cfg(test)]
mod shelf_plan;
mod site;
#[cfg(test)]
mod site_plan;
mod site_rows;
mod sketches;
mod slugs;
mod snapshot;
mod sound_rows;
mod sounds;
mod together;
mod tokens;
mod trash;
mod trash_rows;
mod work;
mod write;

use std::path::Path;

use async_trait::async_trait;
use studio_domain::{
    Artist, ArtistName, NewVersion, ReservationId, Song, SongTitle, Timestamp, Track, TrackName,
    Version, VersionPath,
};

use self::connection::Connections;
use crate::{
    CatalogRepo, Committed, Page, PageRequest, Reservation, Reserved, Result, VersionFilter,
};

/// All the parts of a catalogue in a SQLite database.
#[derive(Debug)]
pub struct SqliteCatalog {
    connections: Connections,
}

impl SqliteCatalog {
    /// Opens the database at `path`, made and brought up to date if need be.
    ///
    /// Blocks for a few milliseconds.
    ///
    /// # Errors
    /// [`NotADatabase`](crate::Error::NotADatabase),
    /// [`ForeignDatabase`](crate::Error::ForeignDatabase),
    /// [`NewerSchema`](crate::Error::NewerSchema) and
    /// [`CannotOpen`](crate::Error::CannotOpen); the file is left as it is then.
    pub fn open(path: &Path) -> Result<Self> {
        Connections::to_file(path).map(|connections| Self { connections })
    }

    /// A catalogue in memory, gone when dropped.
    ///
    /// # Errors
    /// [`CannotOpen`](crate::Error::CannotOpen) when memory is short.
    pub fn in_memory() -> Result<Self> {
        Connections::to_memory().map(|connections| Self { connections })
    }
}

#[async_trait]
impl CatalogRepo for SqliteCatalog {
    async fn reserve(&self, wanted: &Reservation, now: Timestamp) -> Result<Reserved> {
        let wanted = wanted.clone();
        self.connections.write("reserve a place", move |c| write::reserve(c, wanted, now)).await
    }

    async fn renew(&self, reservation: ReservationId, expires_at: Timestamp) -> Result<()> {
        self.connections
            .write("renew a reservation", move |c| write::renew(c, reservation, expires_at))
            .await
    }

    async fn release(&self, reservation: ReservationId) -> Result<()> {
        self.connections
            .write("release a reservation", move |c| write::release(c, reservation))
            .await
    }

    async fn commit(&self, version: &NewVersion, reservation: ReservationId) -> Result<Committed> {
        let version = version.clone();
        self.connections
            .write("commit a version", move |c| write::commit(c, &version, reservation))
            .await
    }

    async fn restore(&self, versions: &[NewVersion]) -> Result<usize> {
        let versions = versions.to_vec();
        self.connections.write("restore versions", move |c| write::restore(c, &versions)).await
    }

    async fn version(&self, path: &VersionPath) -> Result<Version> {
        let path = path.clone();
        self.connections.read("find a version", move |c| read::version(c, path)).await
    }

    async fn versions(&self, filter: &VersionFilter, page: PageRequest) -> Result<Page<Version>> {
        let filter = filter.clone();
        self.connections
            .read("list versions", move |c| read::versions(c, &filter, page, |all| all))
            .await
    }

    async fn artists(&self, after: Option<&ArtistName>, limit: u32) -> Result<Vec<Artist>> {
        let after = after.cloned();
        self.connections
            .read("list artists", move |c| read::artists(c, after.as_ref(), limit))
            .await
    }

    async fn songs(
        &self,
        artist: &ArtistName,
        after: Option<&SongTitle>,
        limit: u32,
    ) -> Result<Vec<Song>> {
        let (artist, after) = (artist.clone(), after.cloned());
        self.connections
            .read("list songs", move |c| read::songs(c, &artist, after.as_ref(), limit))
            .await
    }

    async fn tracks(
        &self,
        artist: &ArtistName,
        song: &SongTitle,
        after: Option<&TrackName>,
        limit: u32,
    ) -> Result<Vec<Track>> {
        let (artist, song, after) = (artist.clone(), song.clone(), after.cloned());
        self.connections
            .read("list tracks", move |c| read::tracks(c, &artist, &song, after.as_ref(), limit))
            .await
    }
}

#[cfg(test)]
mod tests {
    use diesel::connection::SimpleConnection as _;
    use studio_testkit::catalog_suite::{path, version};

    use super::*;
    use crate::Error;

    #[tokio::test]
    async fn a_full_disk_is_told_and_loses_nothing() -> Result<()> {
        let catalog = SqliteCatalog::in_memory()?;
        catalog.restore(&[version(path("a", "s", "t", "kept"), 1)]).await?;
        // SQLite's own limit gives the very error of a full disk.
        let limit =
            |c: &mut diesel::SqliteConnection| Ok(c.batch_execute("PRAGMA max_page_count = 60")?);
        catalog.connections.write("limit the database", limit).await?;
        let many: Vec<_> =
            (2..3000).map(|n| version(path("a", "s", "t", &format!("{n}")), n)).collect();
        let restored = catalog.restore(&many).await;
        assert!(matches!(restored, Err(Error::Full { .. })), "{restored:?}");
        let page = PageRequest { after: None, limit: 10 };
        let left = catalog.versions(&VersionFilter::All, page).await?;
        assert_eq!(left.items.len(), 1);
        Ok(())
    }

    #[tokio::test]
    async fn a_database_that_another_process_holds_is_told_and_loses_nothing() -> Result<()> {
        let directory = tempfile::tempdir().unwrap_or_else(|error| panic!("{error}"));
        let path = directory.path().join("studio.db");
        let (holder, ours) = (SqliteCatalog::open(&path)?, SqliteCatalog::open(&path)?);
        ours.restore(&[version(path_of("kept"), 1)]).await?;
        // As long as is waited for, but for the time.
        let impatient =
            |c: &mut diesel::SqliteConnection| Ok(c.batch_execute("PRAGMA busy_timeout = 20")?);
        ours.connections.write("hurry", impatient).await?;
        let (held, is_held) = tokio::sync::oneshot::channel();
        let (release, released) = std::sync::mpsc::channel::<()>();
        let holding = tokio::spawn(async move {
            let hold = move |_: &mut diesel::SqliteConnection| {
                // Within `BEGIN IMMEDIATE`: what another process does while it writes.
                let _ = held.send(());
                let _ = released.recv();
                Ok(())
            };
            holder.connections.write("hold", hold).await
        });
        assert!(is_held.await.is_ok());
        let refused = ours.restore(&[version(path_of("refused"), 2)]).await;
        assert!(matches!(refused, Err(Error::Busy { .. })), "{refused:?}");
        let said = refused.map_or_else(|error| error.to_string(), |_| String::new());
        assert!(said.ends_with("the database is locked by another process"), "{said}");
        // Who only reads is not kept from it.
        let page = PageRequest { after: None, limit: 10 };
        assert_eq!(ours.versions(&VersionFilter::All, page).await?.items.len(), 1);
        drop(release);
        assert!(matches!(holding.await, Ok(Ok(()))));
        ours.restore(&[version(path_of("refused"), 2)]).await?;
        assert_eq!(ours.versions(&VersionFilter::All, page).await?.items.len(), 2);
        Ok(())
    }

    fn path_of(tag: &str) -> VersionPath {
        path("a", "s", "t", tag)
    }
}
