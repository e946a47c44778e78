//! Recordings with all that a line about one shows, by one query.

use diesel::prelude::*;
use diesel::query_builder::QueryFragment;
use diesel::query_dsl::methods::LoadQuery;
use diesel::sqlite::{Sqlite, SqliteConnection};

use super::error::Outcome;
use super::publish_rows::EntryRow;
use super::schema::artists;
use crate::RecordingEntry;

/// A query for rows of one kind, whatever it is made of.
pub(super) trait Query<'q, Row>:
    LoadQuery<'q, SqliteConnection, Row> + RunQueryDsl<SqliteConnection> + QueryFragment<Sqlite>
{
}

impl<'q, Row, T> Query<'q, Row> for T where
    T: LoadQuery<'q, SqliteConnection, Row> + RunQueryDsl<SqliteConnection> + QueryFragment<Sqlite>
{
}

// The artists of the albums, who can be others than those of the recordings.
diesel::alias! {
    pub(super) const ALBUM_ARTISTS: Alias<AlbumArtists> = artists as album_artists;
}

/// All recordings joined with their artists, albums, those albums' artists, and genres.
macro_rules! named_recordings {
    () => {{
        use $crate::sqlite::entries::ALBUM_ARTISTS;
        use $crate::sqlite::schema::{albums, artists, genres, recordings};
        recordings::table
            .inner_join(artists::table)
            .left_join(albums::table)
            .left_join(ALBUM_ARTISTS.on(albums::artist_id.eq(ALBUM_ARTISTS.field(artists::id))))
            .left_join(genres::table.on(recordings::genre_key.eq(genres::key.nullable())))
    }};
}
pub(super) use named_recordings;

/// The columns of an [`EntryRow`], and others behind them.
macro_rules! entry_columns {
    ($($other:expr),*) => {{
        use $crate::sqlite::entries::ALBUM_ARTISTS;
        use $crate::sqlite::publish_rows::RecordingRow;
        use $crate::sqlite::rows::ArtistRow;
        use $crate::sqlite::schema::{albums, artists, genres};
        (
            RecordingRow::as_select(),
            ArtistRow::as_select(),
            albums::title.nullable(),
            albums::slug.nullable(),
            albums::artwork_kind.nullable(),
            albums::published.nullable(),
            ALBUM_ARTISTS.field(artists::id).nullable(),
            ALBUM_ARTISTS.field(artists::name).nullable(),
            ALBUM_ARTISTS.field(artists::slug).nullable(),
            genres::name.nullable(),
            $($other),*
        )
    }};
}
pub(super) use entry_columns;

/// All recordings with the names around them, still open for filters.
macro_rules! recording_entries {
    () => {
        $crate::sqlite::entries::named_recordings!()
            .select($crate::sqlite::entries::entry_columns!())
    };
}
pub(super) use recording_entries;

/// What a query for recordings gives.
pub(super) fn load<'q>(
    c: &mut SqliteConnection,
    query: impl Query<'q, EntryRow>,
) -> Outcome<Vec<RecordingEntry>> {
    let rows: Vec<EntryRow> = query.load(c)?;
    rows.into_iter().map(EntryRow::into_entry).collect()
}
