//! Releases.

use async_trait::async_trait;
use diesel::prelude::*;
use diesel::sqlite::SqliteConnection;
use studio_domain::{Release, ReleaseId, ReleaseName, SongPath, VersionId, VersionPath};

use super::SqliteCatalog;
use super::error::{Failure, Outcome};
use super::release_rows::{ReleaseRow, StemRow};
use super::rows::uuid;
use super::schema::{release_stems, releases};
use super::write::bytes;
use crate::{Error, ReleaseRepo, Result};

#[async_trait]
impl ReleaseRepo for SqliteCatalog {
    async fn add_release(&self, release: &Release) -> Result<()> {
        let release = release.clone();
        self.connections.write("record a release", move |c| add(c, &release)).await
    }

    async fn release_named(&self, song: &SongPath, name: &ReleaseName) -> Result<Release> {
        let (song, name) = (song.clone(), name.clone());
        self.connections.read("find a release", move |c| named(c, &song, name)).await
    }

    async fn releases(&self, song: Option<&SongPath>) -> Result<Vec<ReleaseId>> {
        let song = song.cloned();
        self.connections.read("list releases", move |c| list(c, song.as_ref())).await
    }

    async fn release_by_id(&self, id: ReleaseId) -> Result<Option<Release>> {
        self.connections.read("find a release", move |c| by_id(c, id)).await
    }

    async fn releases_with(&self, version: VersionId) -> Result<Vec<ReleaseId>> {
        self.connections.read("look for releases", move |c| with(c, version)).await
    }
}

fn add(c: &mut SqliteConnection, release: &Release) -> Outcome<()> {
    if let Some(existing) = find(c, &release.song, &release.name)? {
        return match existing.id == release.id {
            true => Ok(()),
            false => Err(Error::ReleaseExists { existing: Box::new(existing) }.into()),
        };
    }
    diesel::insert_into(releases::table).values(ReleaseRow::new(release)?).execute(c)?;
    for (place, stem) in release.stems.iter().enumerate() {
        let row = StemRow::new(release.id, place, stem)?;
        diesel::insert_into(release_stems::table).values(row).execute(c)?;
    }
    Ok(())
}

fn named(c: &mut SqliteConnection, song: &SongPath, name: ReleaseName) -> Outcome<Release> {
    match find(c, song, &name)? {
        Some(release) => Ok(release),
        None => Err(Error::NoRelease { song: Box::new(song.clone()), name }.into()),
    }
}

fn find(c: &mut SqliteConnection, song: &SongPath, name: &ReleaseName) -> Outcome<Option<Release>> {
    let row: Option<ReleaseRow> = releases::table
        .filter(releases::artist_key.eq(song.artist.key()))
        .filter(releases::song_key.eq(song.song.key()))
        .filter(releases::name_key.eq(name.key()))
        .select(ReleaseRow::as_select())
        .first(c)
        .optional()?;
    whole(c, row)
}

fn by_id(c: &mut SqliteConnection, id: ReleaseId) -> Outcome<Option<Release>> {
    let row: Option<ReleaseRow> = releases::table
        .find(bytes(id.as_uuid()))
        .select(ReleaseRow::as_select())
        .first(c)
        .optional()?;
    whole(c, row)
}

/// A release with its stems.
fn whole(c: &mut SqliteConnection, row: Option<ReleaseRow>) -> Outcome<Option<Release>> {
    let Some(row) = row else { return Ok(None) };
    let stems: Vec<StemRow> = release_stems::table
        .filter(release_stems::release_id.eq(&row.id))
        .order(release_stems::place)
        .select(StemRow::as_select())
        .load(c)?;
    row.into_release(stems).map(Some)
}

fn list(c: &mut SqliteConnection, song: Option<&SongPath>) -> Outcome<Vec<ReleaseId>> {
    let all = releases::table
        .select(releases::id)
        .order((releases::artist_key, releases::song_key, releases::said_at, releases::id))
        .into_boxed();
    let all = match song {
        Some(song) => all
            .filter(releases::artist_key.eq(song.artist.key().to_owned()))
            .filter(releases::song_key.eq(song.song.key().to_owned())),
        None => all,
    };
    ids(all.load(c)?)
}

fn with(c: &mut SqliteConnection, version: VersionId) -> Outcome<Vec<ReleaseId>> {
    let found = release_stems::table
        .inner_join(releases::table)
        .filter(release_stems::version_id.eq(bytes(version.as_uuid())))
        .order((releases::said_at, releases::id))
        .select(releases::id)
        .load(c)?;
    ids(found)
}

fn ids(rows: Vec<Vec<u8>>) -> Outcome<Vec<ReleaseId>> {
    rows.iter().map(|id| Ok(ReleaseId::from_uuid(uuid(id)?))).collect()
}

/// Refuses to let a version go that a release uses.
pub(super) fn refuse_if_released(
    c: &mut SqliteConnection,
    version: VersionId,
    path: &VersionPath,
) -> Outcome<()> {
    let name: Option<String> = release_stems::table
        .inner_join(releases::table)
        .filter(release_stems::version_id.eq(bytes(version.as_uuid())))
        .order((releases::said_at, releases::id))
        .select(releases::name)
        .first(c)
        .optional()?;
    match name {
        None => Ok(()),
        Some(name) => Err(Error::InRelease {
            version: Box::new(path.clone()),
            name: ReleaseName::new(&name).map_err(Failure::bad_row)?,
        }
        .into()),
    }
}
