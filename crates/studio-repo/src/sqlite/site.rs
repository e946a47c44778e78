//! What the pages of the site show.
//!
//! Each method is one or two statements outside of a transaction, as in `shelf.rs`.

use async_trait::async_trait;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Text};
use diesel::sqlite::{Sqlite, SqliteConnection};
use studio_domain::{Artist, Profile, Slug, Timestamp};

use super::albums::{Row as AlbumRowOf, album_entries};
use super::entries::{Query, entry_columns, named_recordings};
use super::error::Outcome;
use super::plain::plain;
use super::publish_rows::AlbumRow;
use super::rows::{ArtistRow, slug};
use super::schema::{
    album_notes, albums, artist_profiles, artists, featured_recordings, recording_notes,
    recordings, sketches,
};
use super::site_rows::{CoverRow, ProfileRow, SheetRow, note};
use super::sketches::SketchRow;
use super::write::bytes;
use super::{SqliteCatalog, slugs};
use crate::{
    AlbumEntry, AlbumPage, ArtistCard, ArtistPart, ArtistSheet, MAX_PAGE, MAX_SITE_PLACES,
    RecordingSheet, Result, SitePlace, SiteRepo,
};

#[async_trait]
impl SiteRepo for SqliteCatalog {
    async fn artist_cards<'a>(
        &self,
        after: Option<&'a Slug>,
        limit: u32,
    ) -> Result<Vec<ArtistCard>> {
        let after = after.cloned();
        self.connections
            .alone("list artists", move |c| {
                let rows: Vec<(ArtistRow, Option<CoverRow>)> =
                    cards(after.as_ref(), limit).load(c)?;
                let card = |(artist, cover): (ArtistRow, Option<CoverRow>)| {
                    let album = cover.as_ref().map(CoverRow::album).transpose()?;
                    let artwork = cover.map(CoverRow::into_artwork).transpose()?.flatten();
                    Ok(ArtistCard { artist: artist.into_artist()?, album, artwork })
                };
                rows.into_iter().map(card).collect()
            })
            .await
    }

    async fn newest_albums(&self, limit: u32) -> Result<Vec<AlbumEntry>> {
        self.connections.alone("list albums", move |c| load_albums(c, newest(limit))).await
    }

    async fn artist_sheet(&self, artist: &Slug, limit: u32) -> Result<Option<ArtistSheet>> {
        let artist = artist.clone();
        self.connections.alone("find an artist", move |c| sheet(c, &artist, limit)).await
    }

    async fn artist_albums<'a>(
        &self,
        artist: &Slug,
        after: Option<&'a Slug>,
        limit: u32,
    ) -> Result<Option<ArtistPart<AlbumEntry>>> {
        let (artist, after) = (artist.clone(), after.cloned());
        self.connections
            .alone("list albums", move |c| {
                let Some(artist) = published_artist(c, &artist)? else { return Ok(None) };
                let id = bytes(artist.id.as_uuid());
                let items = load_albums(c, albums_of(id, after.as_ref(), limit))?;
                Ok(Some(ArtistPart { artist, items }))
            })
            .await
    }

    async fn artist_recordings<'a>(
        &self,
        artist: &Slug,
        after: Option<&'a Slug>,
        limit: u32,
    ) -> Result<Option<ArtistPart<RecordingSheet>>> {
        let (artist, after) = (artist.clone(), after.cloned());
        self.connections
            .alone("list recordings", move |c| {
                let Some(artist) = published_artist(c, &artist)? else { return Ok(None) };
                let items = load_sheets(c, titled(&artist, after.as_ref(), limit))?;
                Ok(Some(ArtistPart { artist, items }))
            })
            .await
    }

    async fn feed(&self, artist: &Slug, limit: u32) -> Result<Option<ArtistPart<RecordingSheet>>> {
        let artist = artist.clone();
        self.connections
            .alone("list what is new", move |c| {
                let Some(artist) = published_artist(c, &artist)? else { return Ok(None) };
                let items = load_sheets(c, latest(bytes(artist.id.as_uuid()), limit))?;
                Ok(Some(ArtistPart { artist, items }))
            })
            .await
    }

    async fn album_page(&self, artist: &Slug, album: &Slug) -> Result<Option<AlbumPage>> {
        let (artist, album) = (artist.clone(), album.clone());
        self.connections.alone("find an album", move |c| album_page(c, &artist, &album)).await
    }

    async fn recording_page(
        &self,
        artist: &Slug,
        recording: &Slug,
    ) -> Result<Option<RecordingSheet>> {
        let (artist, recording) = (artist.clone(), recording.clone());
        self.connections
            .alone("find a recording", move |c| {
                Ok(load_sheets(c, with_slug(&artist, &recording))?.pop())
            })
            .await
    }

    async fn moved_album(&self, artist: &Slug, album: &Slug) -> Result<Option<(Slug, Slug)>> {
        let (artist, album) = (artist.clone(), album.clone());
        self.connections
            .alone("find an album", move |c| {
                slugs::found(c, slugs::of_moved_album(&artist, &album))
            })
            .await
    }

    async fn moved_recording(
        &self,
        artist: &Slug,
        recording: &Slug,
    ) -> Result<Option<(Slug, Slug)>> {
        let (artist, recording) = (artist.clone(), recording.clone());
        self.connections
            .alone("find a recording", move |c| {
                slugs::found(c, slugs::of_moved_recording(&artist, &recording))
            })
            .await
    }

    async fn artist_places(&self) -> Result<Vec<SitePlace>> {
        self.connections
            .alone("list artists", |c| {
                let rows: Vec<String> = artist_slugs().load(c)?;
                let place = |text: String| Ok(SitePlace { slug: slug(&text)?, updated_at: None });
                rows.into_iter().map(place).collect()
            })
            .await
    }

    async fn places_of(&self, artist: &Slug) -> Result<(Vec<SitePlace>, Vec<SitePlace>)> {
        let artist = artist.clone();
        self.connections
            .alone("list addresses", move |c| {
                let albums: Vec<PlaceRow> = album_places(&artist).load(c)?;
                let recordings: Vec<PlaceRow> = recording_places(&artist).load(c)?;
                Ok((places(albums)?, places(recordings)?))
            })
            .await
    }
}

fn cut(limit: u32) -> i64 {
    limit.clamp(1, MAX_PAGE).into()
}

/// Artists with the covers of their newest albums.
pub(super) fn cards(
    after: Option<&Slug>,
    limit: u32,
) -> impl Query<'static, (ArtistRow, Option<CoverRow>)> {
    let newest = plain::<Bool>(
        "albums.id = (SELECT one.id FROM albums AS one \
         WHERE one.artist_id = artists.id AND one.published \
         ORDER BY coalesce(one.released, '') DESC, one.title_key DESC, one.id DESC LIMIT 1)",
    );
    let all = artists::table
        .left_join(albums::table.on(newest))
        .select((ArtistRow::as_select(), Option::<CoverRow>::as_select()))
        .into_boxed::<Sqlite>()
        .filter(artists::published)
        .order(artists::name_key)
        .limit(cut(limit));
    match after {
        None => all.filter(artists::name_key.gt("")),
        Some(after) => all.filter(
            plain::<Bool>(
                "artists.name_key > (SELECT one.name_key FROM artists AS one WHERE one.slug = ",
            )
            .text(after)
            .sql(")"),
        ),
    }
}

/// The albums that came last.
pub(super) fn newest(limit: u32) -> impl Query<'static, AlbumRowOf> {
    album_entries!()
        .filter(albums::published)
        .filter(albums::added_at.ge(0))
        .order((albums::added_at.desc(), albums::id.desc()))
        .limit(cut(limit))
}

fn load_albums<'q>(
    c: &mut SqliteConnection,
    query: impl Query<'q, AlbumRowOf>,
) -> Outcome<Vec<AlbumEntry>> {
    let rows: Vec<AlbumRowOf> = query.load(c)?;
    rows.into_iter().map(|(album, artist)| album.into_entry(artist)).collect()
}

fn load_sheets<'q>(
    c: &mut SqliteConnection,
    query: impl Query<'q, SheetRow>,
) -> Outcome<Vec<RecordingSheet>> {
    let rows: Vec<SheetRow> = query.load(c)?;
    rows.into_iter().map(SheetRow::into_sheet).collect()
}

pub(super) fn artist_at(artist: &Slug) -> impl Query<'_, ArtistRow> {
    artists::table
        .filter(artists::slug.eq(artist.as_str()))
        .filter(artists::published)
        .select(ArtistRow::as_select())
}

fn published_artist(c: &mut SqliteConnection, artist: &Slug) -> Outcome<Option<Artist>> {
    let rows: Vec<ArtistRow> = artist_at(artist).load(c)?;
    rows.into_iter().next().map(ArtistRow::into_artist).transpose()
}

/// An artist, what they say, and their albums: at least one row for one who is there.
pub(super) type ArtistAlbumRow = (ArtistRow, Option<ProfileRow>, Option<AlbumRow>);

pub(super) fn artist_with_albums(artist: &Slug, limit: u32) -> impl Query<'_, ArtistAlbumRow> {
    artists::table
        .left_join(artist_profiles::table)
        .left_join(albums::table.on(albums::artist_id.eq(artists::id).and(albums::published)))
        .filter(artists::slug.eq(artist.as_str()))
        .filter(artists::published)
        .order((
            plain::<Text>("coalesce(albums.released, '')").desc(),
            albums::title_key.desc(),
            albums::id.desc(),
        ))
        .limit(cut(limit))
        .select((
            ArtistRow::as_select(),
            Option::<ProfileRow>::as_select(),
            Option::<AlbumRow>::as_select(),
        ))
}

/// Recordings with all that a page shows of them, still open for filters.
macro_rules! recording_sheets {
    () => {
        named_recordings!()
            .left_join(sketches::table.on(sketches::recording_id.eq(recordings::id)))
            .left_join(recording_notes::table.on(recording_notes::recording_id.eq(recordings::id)))
            .left_join(
                featured_recordings::table.on(featured_recordings::recording_id.eq(recordings::id)),
            )
            .select(entry_columns!(
                Option::<CoverRow>::as_select(),
                Option::<SketchRow>::as_select(),
                recording_notes::description.nullable(),
                featured_recordings::place.nullable()
            ))
    };
}

/// What an artist's page begins with, and the newest of their singles: in no order, as they are
/// few.
pub(super) fn featured_and_singles(artist: &[u8], limit: u32) -> impl Query<'_, SheetRow> {
    recording_sheets!().filter(recordings::published).filter(
        plain::<Bool>(
            "recordings.id IN (SELECT recording_id FROM featured_recordings WHERE artist_id = ",
        )
        .bytes(artist)
        .sql(
            " UNION ALL SELECT * FROM (SELECT one.id FROM recordings AS one \
             WHERE one.published AND one.album_id IS NULL AND one.artist_id = ",
        )
        .bytes(artist)
        .sql(" ORDER BY coalesce(one.released, '') DESC, one.title_key DESC, one.id DESC LIMIT ")
        .number(cut(limit))
        .sql("))"),
    )
}

fn sheet(c: &mut SqliteConnection, artist: &Slug, limit: u32) -> Outcome<Option<ArtistSheet>> {
    let rows: Vec<ArtistAlbumRow> = artist_with_albums(artist, limit).load(c)?;
    let (mut found, mut profile, mut albums) = (None, Profile::default(), Vec::new());
    for (artist, said, album) in rows {
        if let Some(said) = said {
            profile = said.into_profile()?;
        }
        albums.extend(album.map(|album| album.into_entry(artist.clone())).transpose()?);
        found = Some(artist);
    }
    let Some(artist) = found.map(ArtistRow::into_artist).transpose()? else { return Ok(None) };
    let id = bytes(artist.id.as_uuid());
    let all = load_sheets(c, featured_and_singles(id, limit))?;
    let (featured, singles) = split(all, limit);
    Ok(Some(ArtistSheet { artist, profile, featured, albums, singles }))
}

/// Those that are featured, in their order, and those that are on no album, the newest first as
/// albums are.
fn split(all: Vec<RecordingSheet>, limit: u32) -> (Vec<RecordingSheet>, Vec<RecordingSheet>) {
    let mut featured: Vec<_> =
        all.iter().filter(|sheet| sheet.featured.is_some()).cloned().collect();
    featured.sort_by_key(|sheet| sheet.featured);
    let mut singles: Vec<_> =
        all.into_iter().filter(|sheet| sheet.entry.recording.album.is_none()).collect();
    let order = |sheet: &RecordingSheet| {
        let recording = &sheet.entry.recording;
        let released = recording.released.map(|date| date.to_string()).unwrap_or_default();
        (released, recording.title.key().to_owned(), recording.id)
    };
    singles.sort_by_key(|sheet| std::cmp::Reverse(order(sheet)));
    // One that is featured can be older than those that were asked for.
    singles.truncate(usize::try_from(cut(limit)).unwrap_or(usize::MAX));
    (featured, singles)
}

/// Albums of an artist, the newest first, behind the one with a slug.
pub(super) fn albums_of<'q>(
    artist: &'q [u8],
    after: Option<&Slug>,
    limit: u32,
) -> impl Query<'q, AlbumRowOf> {
    let all = album_entries!()
        .into_boxed::<Sqlite>()
        .filter(albums::published)
        .filter(albums::artist_id.eq(artist))
        .order((
            plain::<Text>("coalesce(albums.released, '')").desc(),
            albums::title_key.desc(),
            albums::id.desc(),
        ))
        .limit(cut(limit));
    match after {
        None => all,
        Some(after) => all.filter(
            plain::<Bool>(
                "(coalesce(albums.released, ''), albums.title_key, albums.id) < \
                 (SELECT coalesce(one.released, ''), one.title_key, one.id FROM albums AS one \
                 WHERE one.artist_id = ",
            )
            .bytes(artist)
            .sql(" AND one.slug = ")
            .text(after)
            .sql(")"),
        ),
    }
}

/// What can be heard of an artist, by title, behind the one with a slug.
pub(super) fn titled<'q>(
    artist: &'q Artist,
    after: Option<&Slug>,
    limit: u32,
) -> impl Query<'q, SheetRow> {
    let all = recording_sheets!()
        .into_boxed::<Sqlite>()
        .filter(recordings::published)
        .filter(recordings::artist_key.eq(artist.name.key()))
        .order((recordings::title_key, recordings::id))
        .limit(cut(limit));
    match after {
        None => all,
        Some(after) => all.filter(
            plain::<Bool>(
                "(recordings.title_key, recordings.id) > \
                 (SELECT one.title_key, one.id FROM recordings AS one WHERE one.artist_id = ",
            )
            .bytes(bytes(artist.id.as_uuid()))
            .sql(" AND one.slug = ")
            .text(after)
            .sql(")"),
        ),
    }
}

/// What came last of an artist.
pub(super) fn latest(artist: &[u8], limit: u32) -> impl Query<'_, SheetRow> {
    recording_sheets!()
        .filter(recordings::published)
        .filter(recordings::artist_id.eq(artist))
        .order((recordings::modified_at.desc(), recordings::id.desc()))
        .limit(cut(limit))
}

/// The recording with a slug below that of its artist.
pub(super) fn with_slug<'q>(artist: &'q Slug, recording: &'q Slug) -> impl Query<'q, SheetRow> {
    recording_sheets!()
        .filter(recordings::published)
        .filter(artists::slug.eq(artist.as_str()))
        .filter(recordings::slug.eq(recording.as_str()))
}

/// What is on an album, in its order.
pub(super) fn on_album(album: &[u8]) -> impl Query<'_, SheetRow> {
    recording_sheets!()
        .filter(recordings::published)
        .filter(recordings::album_id.eq(album))
        .order((recordings::disc, recordings::number, recordings::title_key, recordings::id))
}

fn album_page(c: &mut SqliteConnection, artist: &Slug, album: &Slug) -> Outcome<Option<AlbumPage>> {
    let rows: Vec<AlbumPageRow> = album_at(artist, album).load(c)?;
    let Some((album, artist, said)) = rows.into_iter().next() else { return Ok(None) };
    let entry = album.into_entry(artist)?;
    let recordings = load_sheets(c, on_album(bytes(entry.album.id.as_uuid())))?;
    let description = said.as_deref().map(note).transpose()?;
    Ok(Some(AlbumPage { entry, description, recordings }))
}

type AlbumPageRow = (AlbumRow, ArtistRow, Option<String>);

pub(super) fn album_at<'q>(artist: &'q Slug, album: &'q Slug) -> impl Query<'q, AlbumPageRow> {
    albums::table
        .inner_join(artists::table)
        .left_join(album_notes::table)
        .filter(artists::slug.eq(artist.as_str()))
        .filter(albums::slug.eq(album.as_str()))
        .filter(albums::published)
        .select((
            AlbumRow::as_select(),
            ArtistRow::as_select(),
            album_notes::description.nullable(),
        ))
}

pub(super) fn artist_slugs() -> impl Query<'static, String> {
    artists::table
        .filter(artists::published)
        .filter(artists::name_key.gt(""))
        .order(artists::name_key)
        .limit(MAX_SITE_PLACES.into())
        .select(artists::slug)
}

type PlaceRow = (String, i64);

fn places(rows: Vec<PlaceRow>) -> Outcome<Vec<SitePlace>> {
    let place = |(text, time): PlaceRow| {
        Ok(SitePlace { slug: slug(&text)?, updated_at: Some(Timestamp::from_micros(time)) })
    };
    rows.into_iter().map(place).collect()
}

pub(super) fn album_places(artist: &Slug) -> impl Query<'_, PlaceRow> {
    albums::table
        .inner_join(artists::table)
        .filter(artists::slug.eq(artist.as_str()))
        .filter(albums::published)
        .limit(MAX_SITE_PLACES.into())
        .select((albums::slug, albums::updated_at))
}

pub(super) fn recording_places(artist: &Slug) -> impl Query<'_, PlaceRow> {
    recordings::table
        .inner_join(artists::table)
        .filter(artists::slug.eq(artist.as_str()))
        .filter(recordings::published)
        .limit(MAX_SITE_PLACES.into())
        .select((recordings::slug, recordings::updated_at))
}
