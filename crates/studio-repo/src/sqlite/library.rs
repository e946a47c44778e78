//! What scans of libraries know.

use std::collections::BTreeSet;

use async_trait::async_trait;
use diesel::dsl::{count, count_star, exists, select};
use diesel::prelude::*;
use diesel::sqlite::{Sqlite, SqliteConnection};
use studio_domain::{
    Album, AlbumId, Artwork, AssetKey, Library, LibraryId, Picture, Recording, RecordingId,
    StoreUrl, Timestamp,
};

use super::entries::Query;
use super::error::{Failure, Outcome};
use super::rows::uuid;
use super::schema::{albums, libraries, library_objects as objects, recordings};
use super::write::bytes;
use super::{SqliteCatalog, albums as catalogue_albums, recordings as catalogue_recordings};
use crate::{LibraryCounts, LibraryRepo, MAX_PAGE, Result, ScanResult, ScannedObject};

/// How many recordings are taken out at once.
const AT_ONCE: usize = 500;

#[async_trait]
impl LibraryRepo for SqliteCatalog {
    async fn add_library(&self, library: &Library) -> Result<Library> {
        let library = library.clone();
        self.connections.write("add a library", move |c| add(c, library)).await
    }

    async fn libraries(&self) -> Result<Vec<(Library, LibraryCounts)>> {
        self.connections.read("list libraries", all).await
    }

    async fn library_at(&self, url: &StoreUrl) -> Result<Option<Library>> {
        let url = url.to_string();
        self.connections.alone("find a library", move |c| at(c, &url)).await
    }

    async fn scanned_between(
        &self,
        library: LibraryId,
        after: Option<&AssetKey>,
        last: Option<&AssetKey>,
        limit: u32,
    ) -> Result<Vec<ScannedObject>> {
        let (after, last) = (after.cloned(), last.cloned());
        self.connections
            .alone("look up what was scanned", move |c| {
                let id = bytes(library.as_uuid());
                let rows: Vec<ObjectRow> =
                    between(id, after.as_ref(), last.as_ref(), limit).load(c)?;
                rows.into_iter().map(ObjectRow::into_object).collect()
            })
            .await
    }

    async fn record_scan(&self, library: LibraryId, results: &[ScanResult]) -> Result<()> {
        let results = results.to_vec();
        self.connections.write("record a scan", move |c| record(c, library, results)).await
    }

    async fn forget_scanned(&self, library: LibraryId, keys: &[AssetKey]) -> Result<u64> {
        let keys = keys.to_vec();
        self.connections
            .write("forget what is gone from a library", move |c| forget(c, library, &keys))
            .await
    }

    async fn finish_scan(&self, library: LibraryId, at: Timestamp) -> Result<()> {
        self.connections
            .write("finish a scan", move |c| {
                diesel::update(libraries::table.find(bytes(library.as_uuid())))
                    .set(libraries::scanned_at.eq(at.as_micros()))
                    .execute(c)?;
                Ok(())
            })
            .await
    }

    async fn remove_library(&self, library: LibraryId) -> Result<u64> {
        self.connections.write("remove a library", move |c| remove(c, library)).await
    }
}

type LibraryRow = (Vec<u8>, String, i64, Option<i64>);

fn into_library((id, url, added_at, scanned_at): LibraryRow) -> Outcome<Library> {
    Ok(Library {
        id: LibraryId::from_uuid(uuid(&id)?),
        url: url.parse().map_err(Failure::bad_row)?,
        added_at: Timestamp::from_micros(added_at),
        scanned_at: scanned_at.map(Timestamp::from_micros),
    })
}

fn at(c: &mut SqliteConnection, url: &str) -> Outcome<Option<Library>> {
    let row: Option<LibraryRow> =
        libraries::table.filter(libraries::url.eq(url)).first(c).optional()?;
    row.map(into_library).transpose()
}

fn add(c: &mut SqliteConnection, library: Library) -> Outcome<Library> {
    let url = library.url.to_string();
    if let Some(known) = at(c, &url)? {
        return Ok(known);
    }
    diesel::insert_into(libraries::table)
        .values((
            libraries::id.eq(bytes(library.id.as_uuid())),
            libraries::url.eq(url),
            libraries::added_at.eq(library.added_at.as_micros()),
            libraries::scanned_at.eq(library.scanned_at.map(Timestamp::as_micros)),
        ))
        .execute(c)?;
    Ok(library)
}

/// Counted in one search of each library's objects.
fn all(c: &mut SqliteConnection) -> Outcome<Vec<(Library, LibraryCounts)>> {
    let rows: Vec<LibraryRow> =
        libraries::table.filter(libraries::url.gt("")).order(libraries::url).load(c)?;
    let mut all = Vec::with_capacity(rows.len());
    for row in rows {
        let mut counted: Vec<(i64, i64, i64)> = counts(&row.0).load(c)?;
        let (known, heard, problems) = counted.pop().unwrap_or_default();
        let number = |count: i64| u64::try_from(count).map_err(Failure::bad_row);
        let counts = LibraryCounts {
            objects: number(known)?,
            recordings: number(heard)?,
            problems: number(problems)?,
        };
        all.push((into_library(row)?, counts));
    }
    Ok(all)
}

fn counts(library: &[u8]) -> impl Query<'_, (i64, i64, i64)> {
    objects::table.filter(objects::library_id.eq(library)).select((
        count_star(),
        count(objects::recording_id),
        count(objects::problem),
    ))
}

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(
    table_name = objects,
    check_for_backend(diesel::sqlite::Sqlite),
    treat_none_as_null = true
)]
struct ObjectRow {
    library_id: Vec<u8>,
    object_key: Vec<u8>,
    etag: String,
    size: i64,
    recording_id: Option<Vec<u8>>,
    problem: Option<String>,
}

impl ObjectRow {
    fn new(library: &[u8], object: ScannedObject) -> Outcome<Self> {
        let recording = object.recording.map(|id| id.as_uuid().as_bytes().to_vec());
        Ok(Self {
            library_id: library.to_vec(),
            object_key: object.key.as_str().as_bytes().to_vec(),
            etag: object.etag,
            size: i64::try_from(object.size).map_err(Failure::bad_row)?,
            recording_id: recording,
            problem: object.problem,
        })
    }

    fn into_object(self) -> Outcome<ScannedObject> {
        let key = String::from_utf8(self.object_key).map_err(Failure::bad_row)?;
        let recording = self.recording_id.as_deref().map(uuid).transpose()?;
        Ok(ScannedObject {
            key: key.parse().map_err(Failure::bad_row)?,
            etag: self.etag,
            size: u64::try_from(self.size).map_err(Failure::bad_row)?,
            recording: recording.map(RecordingId::from_uuid),
            problem: self.problem,
        })
    }
}

fn between<'q>(
    library: &'q [u8],
    after: Option<&'q AssetKey>,
    last: Option<&'q AssetKey>,
    limit: u32,
) -> impl Query<'q, ObjectRow> {
    let rows = objects::table
        .into_boxed::<Sqlite>()
        .filter(objects::library_id.eq(library))
        .order(objects::object_key)
        .limit(i64::from(limit.clamp(1, MAX_PAGE)))
        .select(ObjectRow::as_select());
    let rows = match after {
        Some(after) => rows.filter(objects::object_key.gt(after.as_str().as_bytes())),
        None => rows,
    };
    match last {
        Some(last) => rows.filter(objects::object_key.le(last.as_str().as_bytes())),
        None => rows,
    }
}

/// The recording that an object was, and the album that it is on.
fn recording_of(
    c: &mut SqliteConnection,
    library: &[u8],
    key: &AssetKey,
) -> Outcome<Option<RecordingId>> {
    let known: Option<Option<Vec<u8>>> = objects::table
        .find((library, key.as_str().as_bytes()))
        .select(objects::recording_id)
        .first(c)
        .optional()?;
    let id = known.flatten().as_deref().map(uuid).transpose()?;
    Ok(id.map(RecordingId::from_uuid))
}

fn album_of(c: &mut SqliteConnection, id: RecordingId) -> Outcome<Option<Vec<u8>>> {
    let row = recordings::table.find(bytes(id.as_uuid())).select(recordings::album_id);
    Ok(row.first::<Option<Vec<u8>>>(c).optional()?.flatten())
}

fn record(c: &mut SqliteConnection, library: LibraryId, all: Vec<ScanResult>) -> Outcome<()> {
    let id = bytes(library.as_uuid());
    let (mut heard, mut silenced, mut left) = (Vec::new(), Vec::new(), BTreeSet::new());
    for ScanResult { object, recording, album } in all {
        let before = recording_of(c, id, &object.key)?;
        if let Some(before) = before {
            left.extend(album_of(c, before)?);
            if recording.as_ref().map(|recording| recording.id) != Some(before) {
                silenced.push(before);
            }
        }
        let album = album.map(|album| merge_album(c, album)).transpose()?;
        if let Some(recording) = recording {
            heard.push(as_said(c, recording, album)?);
        }
        let row = ObjectRow::new(id, object)?;
        diesel::replace_into(objects::table).values(&row).execute(c)?;
    }
    catalogue_recordings::put_recordings(c, &heard)?;
    catalogue_recordings::remove_recordings(c, &silenced)?;
    remove_left_albums(c, id, &left)
}

/// A recording as it was scanned, with what people said of it, on the album as it is known.
fn as_said(
    c: &mut SqliteConnection,
    mut recording: Recording,
    album: Option<AlbumId>,
) -> Outcome<Recording> {
    if let (Some(place), Some(album)) = (&mut recording.album, album) {
        place.album = album;
    }
    if let Some(known) = catalogue_recordings::recording_by_id(c, recording.id)? {
        recording.published = known.recording.published;
        recording.licence = known.recording.licence;
    }
    Ok(recording)
}

/// The album that an artist has with this title, with what was empty of it filled; or this one.
fn merge_album(c: &mut SqliteConnection, album: Album) -> Outcome<AlbumId> {
    let Some(known) = catalogue_albums::album_titled(c, &album.artist, &album.title)? else {
        catalogue_albums::put_album(c, &album)?;
        return Ok(album.id);
    };
    let mut merged = known.album;
    let id = merged.id;
    let has_better = album.artwork.as_ref().is_some_and(|new| is_better(new, &merged.artwork));
    let has_date = merged.released.is_none() && album.released.is_some();
    if has_better || has_date {
        merged.artwork = if has_better { album.artwork } else { merged.artwork };
        merged.released = merged.released.or(album.released);
        merged.updated_at = album.updated_at;
        catalogue_albums::put_album(c, &merged)?;
    }
    Ok(id)
}

/// Whether a picture that a scan found takes the place of the one that is known: where there is
/// none; a new state of it; and one that lies beside the music of one within. What people put
/// there stays.
fn is_better(new: &Artwork, known: &Option<Artwork>) -> bool {
    let Some(known) = known else { return true };
    let place = |picture: &Picture| match picture {
        Picture::Own(_) => None,
        Picture::Found { store, key, .. } => Some((true, store.clone(), key.clone())),
        Picture::Embedded { store, key, .. } => Some((false, store.clone(), key.clone())),
    };
    match (&known.picture, &new.picture) {
        (Picture::Own(_), _) => false,
        (Picture::Embedded { .. }, Picture::Found { .. }) => true,
        (known, new) => known != new && place(known) == place(new),
    }
}

/// Lets albums of a library go on which nothing is any more.
fn remove_left_albums(
    c: &mut SqliteConnection,
    library: &[u8],
    left: &BTreeSet<Vec<u8>>,
) -> Outcome<()> {
    for album in left {
        let on_it = recordings::table.filter(recordings::album_id.eq(album));
        let of_library = albums::table.find(album).filter(albums::library_id.eq(library));
        let goes: bool = !select(exists(on_it)).get_result::<bool>(c)?
            && select(exists(of_library)).get_result::<bool>(c)?;
        if goes {
            catalogue_albums::remove_album(c, AlbumId::from_uuid(uuid(album)?))?;
        }
    }
    Ok(())
}

fn forget(c: &mut SqliteConnection, library: LibraryId, keys: &[AssetKey]) -> Outcome<u64> {
    let id = bytes(library.as_uuid());
    let (mut gone, mut left, mut covers) = (Vec::new(), BTreeSet::new(), Vec::new());
    for key in keys {
        match recording_of(c, id, key)? {
            Some(recording) => {
                left.extend(album_of(c, recording)?);
                gone.push(recording);
            }
            None => covers.push(key.as_str().as_bytes()),
        }
        diesel::delete(objects::table.find((id, key.as_str().as_bytes()))).execute(c)?;
    }
    let removed = catalogue_recordings::remove_recordings(c, &gone)?;
    remove_left_albums(c, id, &left)?;
    let with_cover: Vec<Vec<u8>> = albums::table
        .filter(albums::library_id.eq(id))
        .filter(albums::artwork_key.eq_any(&covers))
        .select(albums::id)
        .load(c)?;
    // A picture within a piece that went goes with it.
    let embedded = keys.iter().map(|key| key.as_str().as_bytes());
    let embedded: Vec<&[u8]> = embedded.collect();
    let with_embedded: Vec<Vec<u8>> = albums::table
        .filter(albums::id.eq_any(&left))
        .filter(albums::artwork_kind.eq("embedded"))
        .filter(albums::artwork_key.eq_any(&embedded))
        .select(albums::id)
        .load(c)?;
    for album in with_cover.iter().chain(&with_embedded) {
        let id = AlbumId::from_uuid(uuid(album)?);
        if let Some(mut entry) = catalogue_albums::album_by_id(c, id)? {
            entry.album.artwork = None;
            catalogue_albums::put_album(c, &entry.album)?;
        }
    }
    Ok(removed)
}

fn remove(c: &mut SqliteConnection, library: LibraryId) -> Outcome<u64> {
    let id = bytes(library.as_uuid());
    let heard: Vec<Vec<u8>> = objects::table
        .filter(objects::library_id.eq(id))
        .filter(objects::recording_id.is_not_null())
        .select(objects::recording_id.assume_not_null())
        .load(c)?;
    let mut removed = 0;
    for some in heard.chunks(AT_ONCE) {
        let ids = some.iter().map(|id| uuid(id).map(RecordingId::from_uuid));
        let ids = ids.collect::<Outcome<Vec<_>>>()?;
        removed += catalogue_recordings::remove_recordings(c, &ids)?;
    }
    let of_library = albums::table.filter(albums::library_id.eq(id));
    let left: Vec<Vec<u8>> = of_library.select(albums::id).load(c)?;
    remove_left_albums(c, id, &left.into_iter().collect())?;
    // What people put something of theirs onto stays, and is theirs.
    diesel::update(of_library).set(albums::library_id.eq(None::<Vec<u8>>)).execute(c)?;
    diesel::delete(objects::table.filter(objects::library_id.eq(id))).execute(c)?;
    diesel::delete(libraries::table.find(id)).execute(c)?;
    Ok(removed)
}

#[cfg(test)]
mod tests {
    use super::super::plan::{assert_leads, assert_searches, plan};
    use super::*;

    #[tokio::test]
    async fn no_look_at_a_library_scans_it() -> Result<()> {
        let catalog = SqliteCatalog::in_memory()?;
        let explain = |c: &mut SqliteConnection| {
            let (id, key) = ([0; 16], "a".parse::<AssetKey>().map_err(Failure::bad_row)?);
            for (after, last) in [(None, None), (Some(&key), None), (Some(&key), Some(&key))] {
                let steps = plan(c, between(&id, after, last, 10))?;
                assert_leads("a stretch of what was scanned", &steps, "library_id=?");
            }
            assert_leads("the counts", &plan(c, counts(&id))?, "library_id=?");
            let all = libraries::table.filter(libraries::url.gt("")).order(libraries::url);
            assert_searches("the libraries", &plan(c, all)?);
            Ok(())
        };
        catalog.connections.read("explain", explain).await
    }
}
