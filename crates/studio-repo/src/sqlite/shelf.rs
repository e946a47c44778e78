//! What is released, for those who look and listen.
//!
//! Each method is one or two statements outside of a transaction: what changes between the
//! place where a page begins and the page, or between an album and what is on it, is seen
//! as it is at either moment.

use async_trait::async_trait;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{Binary, Bool, Text};
use diesel::sqlite::{Sqlite, SqliteConnection};
use studio_domain::{AlbumId, Artist, ArtistId, RecordingId, Slug};

use super::albums::{self as album_queries, Row, album_entries};
use super::entries::{self, Query, recording_entries};
use super::error::Outcome;
use super::publish_rows::EntryRow;
use super::read::row_is_behind;
use super::rows::ArtistRow;
use super::schema::{albums, artists, recordings};
use super::write::bytes;
use super::{SqliteCatalog, recordings as recording_queries, search};
use crate::{
    AlbumEntry, AlbumSheet, Error, Hits, MAX_PAGE, RecordingEntry, Result, ShelfRepo, Shown,
};

#[async_trait]
impl ShelfRepo for SqliteCatalog {
    async fn artists_page(
        &self,
        published_only: bool,
        after: Option<ArtistId>,
        limit: u32,
    ) -> Result<Vec<Artist>> {
        self.connections
            .alone("list artists", move |c| artists_page(c, published_only, after, limit))
            .await
    }

    async fn artist(&self, id: ArtistId) -> Result<Option<Artist>> {
        self.connections
            .alone("find an artist", move |c| {
                let row = artists::table.find(bytes(id.as_uuid()));
                let row = row.select(ArtistRow::as_select()).first(c).optional()?;
                row.map(ArtistRow::into_artist).transpose()
            })
            .await
    }

    async fn artist_by_slug(&self, slug: &Slug) -> Result<Option<Artist>> {
        let slug = slug.clone();
        self.connections
            .alone("find an artist", move |c| {
                let row = artists::table.filter(artists::slug.eq(slug.as_str()));
                let row = row.select(ArtistRow::as_select()).first(c).optional()?;
                row.map(ArtistRow::into_artist).transpose()
            })
            .await
    }

    async fn albums_page(
        &self,
        shown: Shown,
        after: Option<AlbumId>,
        limit: u32,
    ) -> Result<Vec<AlbumEntry>> {
        self.connections
            .alone("list albums", move |c| {
                let after = after.map(|id| place_of_album(c, id)).transpose()?;
                let rows: Vec<Row> = albums_listing(shown, after, limit).load(c)?;
                rows.into_iter().map(|(album, artist)| album.into_entry(artist)).collect()
            })
            .await
    }

    async fn album_sheet(&self, id: AlbumId, published_only: bool) -> Result<Option<AlbumSheet>> {
        self.connections
            .alone("find an album", move |c| {
                let entry = album_queries::album_by_id(c, id)?;
                sheet(c, entry, published_only)
            })
            .await
    }

    async fn album_sheet_by_slug(
        &self,
        artist: &Slug,
        album: &Slug,
        published_only: bool,
    ) -> Result<Option<AlbumSheet>> {
        let (artist, album) = (artist.clone(), album.clone());
        self.connections
            .alone("find an album", move |c| {
                let entry = album_queries::one(c, album_with_slug(&artist, &album))?;
                sheet(c, entry, published_only)
            })
            .await
    }

    async fn recordings_page(
        &self,
        shown: Shown,
        after: Option<RecordingId>,
        limit: u32,
    ) -> Result<Vec<RecordingEntry>> {
        self.connections
            .alone("list recordings", move |c| {
                let after = after.map(|id| place_of_recording(c, id)).transpose()?;
                entries::load(c, recordings_listing(shown, after, limit))
            })
            .await
    }

    async fn search(
        &self,
        text: &str,
        published_only: bool,
        from: u32,
        limit: u32,
    ) -> Result<Hits> {
        let text = text.to_owned();
        self.connections
            .alone("search", move |c| search::find(c, &text, published_only, from, limit))
            .await
    }
}

fn artists_page(
    c: &mut SqliteConnection,
    published_only: bool,
    after: Option<ArtistId>,
    limit: u32,
) -> Outcome<Vec<Artist>> {
    let after: String = match after {
        None => String::new(),
        Some(id) => artists::table
            .find(bytes(id.as_uuid()))
            .select(artists::name_key)
            .first(c)
            .optional()?
            .ok_or_else(|| unknown(id))?,
    };
    let rows: Vec<ArtistRow> = artists_listing(published_only, &after, limit).load(c)?;
    rows.into_iter().map(ArtistRow::into_artist).collect()
}

fn unknown(id: impl ToString) -> Error {
    Error::UnknownShelfCursor { id: id.to_string() }
}

pub(super) fn artists_listing(
    published_only: bool,
    after: &str,
    limit: u32,
) -> impl Query<'_, ArtistRow> {
    let all = artists::table
        .select(ArtistRow::as_select())
        .into_boxed::<Sqlite>()
        .filter(artists::name_key.gt(after))
        .order(artists::name_key)
        .limit(limit.clamp(1, MAX_PAGE).into());
    match published_only {
        true => all.filter(artists::published),
        false => all,
    }
}

/// The album with a slug below that of its artist.
pub(super) fn album_with_slug<'q>(artist: &'q Slug, album: &'q Slug) -> impl Query<'q, Row> {
    album_entries!()
        .filter(artists::slug.eq(artist.as_str()))
        .filter(albums::slug.eq(album.as_str()))
}

/// An album with what is on it, as far as it may be seen.
fn sheet(
    c: &mut SqliteConnection,
    entry: Option<AlbumEntry>,
    published_only: bool,
) -> Outcome<Option<AlbumSheet>> {
    let Some(entry) = entry.filter(|entry| entry.album.published || !published_only) else {
        return Ok(None);
    };
    let id = bytes(entry.album.id.as_uuid());
    let recordings = entries::load(c, recording_queries::of_album(id, published_only))?;
    Ok(Some(AlbumSheet { entry, recordings }))
}

/// Where something stands in its listing: its artist, and the columns of the index.
type Place = (Vec<u8>, String, String, Vec<u8>);

fn place_of_album(c: &mut SqliteConnection, id: AlbumId) -> Outcome<Place> {
    let place = albums::table
        .find(bytes(id.as_uuid()))
        .select((albums::artist_id, albums::artist_key, albums::title_key, albums::id))
        .first(c)
        .optional()?;
    place.ok_or_else(|| unknown(id).into())
}

fn place_of_recording(c: &mut SqliteConnection, id: RecordingId) -> Outcome<Place> {
    let place = recordings::table
        .find(bytes(id.as_uuid()))
        .select((
            recordings::artist_id,
            recordings::artist_key,
            recordings::title_key,
            recordings::id,
        ))
        .first(c)
        .optional()?;
    place.ok_or_else(|| unknown(id).into())
}

/// A listing in the order of its index. Of one artist, a place among what is theirs is a row
/// value of just the columns that are left open, see `read::behind`.
macro_rules! listing {
    ($listing:ident, $row:ty, $entries:ident, $table:ident, $key:literal, $all:literal, $rest:literal) => {
        pub(super) fn $listing(
            shown: Shown,
            after: Option<Place>,
            limit: u32,
        ) -> impl Query<'static, $row> {
            let mut query = $entries!()
                .into_boxed::<Sqlite>()
                .order(($table::artist_key, $table::title_key, $table::id))
                .limit(limit.clamp(1, MAX_PAGE).into());
            if shown.published_only {
                query = query.filter($table::published);
            }
            let wanted = shown.artist.map(|id| bytes(id.as_uuid()).to_vec());
            query = match (&wanted, after) {
                (Some(wanted), Some((artist, _, title, id))) if *wanted == artist => {
                    query.filter(row_is_behind!($rest, Text = title, Binary = id))
                }
                (_, Some((_, artist, title, id))) => {
                    query.filter(row_is_behind!($all, Text = artist, Text = title, Binary = id))
                }
                // No name is empty: this makes even the first page a search of the index.
                (None, None) => query.filter($table::artist_key.gt("")),
                (Some(_), None) => query,
            };
            match wanted {
                None => query,
                Some(wanted) => query.filter(
                    sql::<Bool>(concat!(
                        $key,
                        " = (SELECT one.name_key FROM artists AS one WHERE one.id = "
                    ))
                    .bind::<Binary, _>(wanted)
                    .sql(")"),
                ),
            }
        }
    };
}

listing!(
    albums_listing,
    Row,
    album_entries,
    albums,
    "albums.artist_key",
    "albums.artist_key, albums.title_key, albums.id",
    "albums.title_key, albums.id"
);
listing!(
    recordings_listing,
    EntryRow,
    recording_entries,
    recordings,
    "recordings.artist_key",
    "recordings.artist_key, recordings.title_key, recordings.id",
    "recordings.title_key, recordings.id"
);
