//! What is released, in the orders in which listeners look through it.

use std::collections::HashMap;

use async_trait::async_trait;
use diesel::prelude::*;
use diesel::sqlite::{Sqlite, SqliteConnection};
use studio_domain::{AlbumId, ArtistId, ArtistName, GenreName, Loudness, RecordingId, Timestamp};

use super::entries::{self, Query, recording_entries};
use super::error::{Failure, Outcome};
use super::publish_rows::AlbumRow;
use super::rows::{ArtistRow, uuid};
use super::schema::{albums, artists, genres as genres_table, recordings};
use super::sounds::{self, AT_ONCE};
use super::write::bytes;
use super::{SqliteCatalog, album_orders, artist_orders, chance, genres, recording_orders};
use crate::{
    AlbumOrder, ArtistOrder, BrowseRepo, GenreLine, ListedAlbum, ListedArtist, Lot, RecordingEntry,
    RecordingOrder, Result, Sight, Stretch,
};

#[async_trait]
impl BrowseRepo for SqliteCatalog {
    async fn albums_listed(
        &self,
        order: &AlbumOrder,
        sight: &Sight,
        stretch: Stretch,
    ) -> Result<Vec<ListedAlbum>> {
        let (order, sight) = (order.clone(), sight.clone());
        self.connections
            .read("list albums", move |c| {
                let ids = album_orders::ids(c, &order, &sight, stretch)?;
                albums_with(c, &ids, &sight)
            })
            .await
    }

    async fn recordings_listed(
        &self,
        order: &RecordingOrder,
        sight: &Sight,
        stretch: Stretch,
    ) -> Result<Vec<RecordingEntry>> {
        let (order, sight) = (order.clone(), sight.clone());
        self.connections
            .read("list recordings", move |c| {
                let ids = recording_orders::ids(c, &order, &sight, stretch)?;
                recordings_with(c, &ids, &sight)
            })
            .await
    }

    async fn recordings_by_chance(
        &self,
        lot: &Lot,
        sight: &Sight,
        limit: u32,
    ) -> Result<Vec<RecordingEntry>> {
        let (lot, sight) = (lot.clone(), sight.clone());
        self.connections
            .read("draw recordings", move |c| {
                let genre = lot.genre.as_ref().map(GenreName::key);
                let ids = match (lot.years, genre) {
                    (Some(years), genre) => chance::draw_of_years(c, years, genre, &sight, limit)?,
                    (None, Some(genre)) => {
                        chance::draw(c, chance::From::RecordingsOf(genre), &sight, limit)?
                    }
                    (None, None) => chance::draw(c, chance::From::Recordings, &sight, limit)?,
                };
                recordings_with(c, &ids, &sight)
            })
            .await
    }

    async fn artists_listed(
        &self,
        order: &ArtistOrder,
        sight: &Sight,
        stretch: Stretch,
    ) -> Result<Vec<ListedArtist>> {
        let (order, sight) = (order.clone(), sight.clone());
        self.connections
            .read("list artists", move |c| artist_orders::listed(c, &order, &sight, stretch))
            .await
    }

    async fn artists_with(&self, ids: &[ArtistId], sight: &Sight) -> Result<Vec<ListedArtist>> {
        let ids: Vec<Vec<u8>> = ids.iter().map(|id| bytes(id.as_uuid()).to_vec()).collect();
        let sight = sight.clone();
        self.connections.read("find artists", move |c| artist_orders::with(c, &ids, &sight)).await
    }

    async fn artists_named(&self, names: &[ArtistName]) -> Result<Vec<ArtistId>> {
        let names = names.to_vec();
        self.connections.alone("find artists", move |c| artist_orders::ids_of(c, &names)).await
    }

    async fn genres(&self, sight: &Sight) -> Result<Vec<GenreLine>> {
        let sight = sight.clone();
        self.connections.read("list genres", move |c| genres::listed(c, &sight)).await
    }

    async fn albums_with(&self, ids: &[AlbumId], sight: &Sight) -> Result<Vec<ListedAlbum>> {
        let ids: Vec<Vec<u8>> = ids.iter().map(|id| bytes(id.as_uuid()).to_vec()).collect();
        let sight = sight.clone();
        self.connections.read("find albums", move |c| albums_with(c, &ids, &sight)).await
    }

    async fn recordings_with(
        &self,
        ids: &[RecordingId],
        sight: &Sight,
    ) -> Result<Vec<RecordingEntry>> {
        let ids: Vec<Vec<u8>> = ids.iter().map(|id| bytes(id.as_uuid()).to_vec()).collect();
        let sight = sight.clone();
        self.connections.read("find recordings", move |c| recordings_with(c, &ids, &sight)).await
    }

    async fn loudness_of(&self, ids: &[RecordingId]) -> Result<HashMap<RecordingId, Loudness>> {
        let ids: Vec<Vec<u8>> = ids.iter().map(|id| bytes(id.as_uuid()).to_vec()).collect();
        self.connections.read("find out how loud recordings are", move |c| loudness(c, &ids)).await
    }
}

/// Leaves in a query what of a table is in sight. The sign keeps SQLite from looking for the
/// artists first: the order comes from an index.
macro_rules! in_sight {
    ($query:expr, $sight:expr, $published:expr, $artist:literal) => {{
        let query = $query;
        match $sight {
            $crate::Sight::Everything => query,
            $crate::Sight::Published => query.filter($published),
            $crate::Sight::PublishedAnd(own) => {
                let own = own.iter().map(|id| id.as_uuid().as_bytes().to_vec());
                let own: Vec<Vec<u8>> = own.collect();
                let is_own = diesel::dsl::sql::<diesel::sql_types::Binary>($artist).eq_any(own);
                query.filter($published.or(is_own))
            }
        }
    }};
}
pub(super) use in_sight;

/// A row of an album with what it tells of the recordings on it.
type ListedRow = (AlbumRow, ArtistRow, (i32, i64, i32, i64, Option<String>), i64);

pub(super) fn listed_albums<'q>(ids: &'q [&'q [u8]], sight: &Sight) -> impl Query<'q, ListedRow> {
    let all = albums::table
        .inner_join(artists::table)
        .left_join(genres_table::table.on(albums::genre_key.eq(genres_table::key.nullable())))
        .filter(albums::id.eq_any(ids))
        .select((
            AlbumRow::as_select(),
            ArtistRow::as_select(),
            (
                albums::songs,
                albums::length_ms,
                albums::shown_songs,
                albums::shown_length_ms,
                genres_table::name.nullable(),
            ),
            albums::added_at,
        ))
        .into_boxed::<Sqlite>();
    in_sight!(all, sight, albums::published, "+albums.artist_id")
}

/// Albums by their identities, in their order.
fn albums_with(
    c: &mut SqliteConnection,
    ids: &[Vec<u8>],
    sight: &Sight,
) -> Outcome<Vec<ListedAlbum>> {
    let mut found = HashMap::with_capacity(ids.len());
    for some in ids.chunks(AT_ONCE) {
        let some: Vec<&[u8]> = some.iter().map(Vec::as_slice).collect();
        for row in listed_albums(&some, sight).load::<ListedRow>(c)? {
            found.insert(row.0.id.clone(), listed(row, sight)?);
        }
    }
    Ok(ids.iter().filter_map(|id| found.get(id).cloned()).collect())
}

fn listed((album, artist, sums, added_at): ListedRow, sight: &Sight) -> Outcome<ListedAlbum> {
    let entry = album.into_entry(artist)?;
    let all = match sight {
        Sight::Everything => true,
        Sight::Published => false,
        Sight::PublishedAnd(own) => own.contains(&entry.artist.id),
    };
    let (songs, length_ms) = if all { (sums.0, sums.1) } else { (sums.2, sums.3) };
    Ok(ListedAlbum {
        entry,
        added_at: Timestamp::from_micros(added_at),
        songs: u32::try_from(songs).map_err(Failure::bad_row)?,
        length_ms: u64::try_from(length_ms).map_err(Failure::bad_row)?,
        genre: sums.4.map(|name| GenreName::new(&name)).transpose().map_err(Failure::bad_row)?,
    })
}

pub(super) fn some_recordings<'q>(
    ids: &'q [&'q [u8]],
    sight: &Sight,
) -> impl Query<'q, super::publish_rows::EntryRow> {
    let all = recording_entries!().into_boxed::<Sqlite>().filter(recordings::id.eq_any(ids));
    in_sight!(all, sight, recordings::published, "+recordings.artist_id")
}

/// Recordings by their identities, in their order; one as often as it is named.
pub(super) fn recordings_with(
    c: &mut SqliteConnection,
    ids: &[Vec<u8>],
    sight: &Sight,
) -> Outcome<Vec<RecordingEntry>> {
    let mut found = HashMap::with_capacity(ids.len());
    for some in ids.chunks(AT_ONCE) {
        let some: Vec<&[u8]> = some.iter().map(Vec::as_slice).collect();
        for entry in entries::load(c, some_recordings(&some, sight))? {
            found.insert(bytes(entry.recording.id.as_uuid()).to_vec(), entry);
        }
    }
    Ok(ids.iter().filter_map(|id| found.get(id).cloned()).collect())
}

fn loudness(c: &mut SqliteConnection, ids: &[Vec<u8>]) -> Outcome<HashMap<RecordingId, Loudness>> {
    let mut all = HashMap::new();
    for some in ids.chunks(AT_ONCE) {
        let some: Vec<&[u8]> = some.iter().map(Vec::as_slice).collect();
        for (id, loudness) in sounds::loudness_of(c, &some)? {
            all.insert(RecordingId::from_uuid(uuid(&id)?), loudness);
        }
    }
    Ok(all)
}
