//! Releases.

use async_trait::async_trait;
use diesel::dsl::{AsSelect, IntoBoxed, Select, exists, select};
use diesel::prelude::*;
use diesel::sqlite::{Sqlite, SqliteConnection};
use studio_domain::{
    NameKind, Release, ReleaseId, ReleaseName, SongPath, Stem, StoreUrl, VersionId, VersionPath,
};

use super::SqliteCatalog;
use super::error::{Failure, Outcome};
use super::release_rows::{ReleaseRow, StemRow};
use super::rows::uuid;
use super::schema::{picks, release_stems, releases, versions};
use super::write::bytes;
use crate::{Error, ReleaseRepo, Result};

#[async_trait]
impl ReleaseRepo for SqliteCatalog {
    async fn add_release(&self, release: &Release) -> Result<()> {
        let release = release.clone();
        self.connections
            .write("record a release", move |c| add(c, &release, Versions::MustBeThere))
            .await
    }

    async fn restore_release(&self, release: &Release) -> Result<()> {
        let release = release.clone();
        self.connections
            .write("restore a release", move |c| add(c, &release, Versions::MayBeGone))
            .await
    }

    async fn move_releases(&self, ids: &[ReleaseId], store: &StoreUrl) -> Result<()> {
        let (ids, store) = (ids.to_vec(), store.to_string());
        self.connections
            .write("move releases", move |c| {
                for id in ids {
                    diesel::update(releases::table.find(bytes(id.as_uuid())))
                        .set(releases::store.eq(&store))
                        .execute(c)?;
                }
                Ok(())
            })
            .await
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

/// Whether the versions of a release must be in the catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Versions {
    MustBeThere,
    MayBeGone,
}

fn add(c: &mut SqliteConnection, release: &Release, versions: Versions) -> Outcome<()> {
    if let Some(existing) = by_id(c, release.id)? {
        // What is restored is that one, whatever has become of its store since.
        return match versions == Versions::MayBeGone || existing == *release {
            true => Ok(()),
            false => Err(Error::ReleaseExists { existing: Box::new(existing) }.into()),
        };
    }
    if let Some(existing) = find(c, &release.song, &release.name)? {
        return Err(Error::ReleaseExists { existing: Box::new(existing) }.into());
    }
    if versions == Versions::MustBeThere {
        release.stems.iter().try_for_each(|stem| expect_version(c, &release.song, stem))?;
    }
    diesel::insert_into(releases::table).values(ReleaseRow::new(release)).execute(c)?;
    for (place, stem) in release.stems.iter().enumerate() {
        let row = StemRow::new(release, place, stem)?;
        diesel::insert_into(release_stems::table).values(row).execute(c)?;
    }
    Ok(())
}

/// Refuses a stem whose version is not in the catalogue, or is no longer the pick.
fn expect_version(c: &mut SqliteConnection, song: &SongPath, stem: &Stem) -> Outcome<()> {
    let version = versions::table.find(bytes(stem.version.as_uuid()));
    if select(exists(version)).get_result(c)? {
        let picked: Option<Option<Vec<u8>>> = picks::table
            .filter(picks::artist_key.eq(song.artist.key()))
            .filter(picks::song_key.eq(song.song.key()))
            .filter(picks::track_key.eq(stem.track.key()))
            .filter(picks::is_last)
            .select(picks::version_id)
            .first(c)
            .optional()?;
        return match picked {
            Some(picked) if picked.as_deref() != Some(bytes(stem.version.as_uuid())) => {
                Err(Error::PickChanged { track: stem.track.clone() }.into())
            }
            _ => Ok(()),
        };
    }
    let (SongPath { artist, song }, track, tag) =
        (song.clone(), stem.track.clone(), stem.tag.clone());
    let path = Box::new(VersionPath { artist, song, track, tag });
    Err(Error::NotFound { path, missing: NameKind::Version }.into())
}

fn named(c: &mut SqliteConnection, song: &SongPath, name: ReleaseName) -> Outcome<Release> {
    match find(c, song, &name)? {
        Some(release) => Ok(release),
        None => Err(Error::NoRelease { song: Box::new(song.clone()), name }.into()),
    }
}

fn find(c: &mut SqliteConnection, song: &SongPath, name: &ReleaseName) -> Outcome<Option<Release>> {
    let row = with_name(song, name).first(c).optional()?;
    whole(c, row)
}

#[diesel::dsl::auto_type]
fn with_name<'a>(song: &'a SongPath, name: &'a ReleaseName) -> _ {
    let artist_key: &'a str = song.artist.key();
    let song_key: &'a str = song.song.key();
    let name_key: &'a str = name.key();
    let selected: AsSelect<ReleaseRow, Sqlite> = ReleaseRow::as_select();
    releases::table
        .filter(releases::artist_key.eq(artist_key))
        .filter(releases::song_key.eq(song_key))
        .filter(releases::name_key.eq(name_key))
        .select(selected)
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
    let stems = stems_of(&row.id).load(c)?;
    row.into_release(stems).map(Some)
}

#[diesel::dsl::auto_type]
fn stems_of<'a>(release: &'a [u8]) -> _ {
    let selected: AsSelect<StemRow, Sqlite> = StemRow::as_select();
    release_stems::table
        .filter(release_stems::release_id.eq(release))
        .order(release_stems::place)
        .select(selected)
}

/// A query for the identities of releases.
type Ids<'a> = IntoBoxed<'a, Select<releases::table, releases::id>, Sqlite>;

fn listing(song: Option<&SongPath>) -> Ids<'_> {
    let all = releases::table.select(releases::id).into_boxed();
    let all = match song {
        Some(song) => all
            .filter(releases::artist_key.eq(song.artist.key()))
            .filter(releases::song_key.eq(song.song.key())),
        // No name is empty: this makes even the listing of all a search of the index.
        None => all.filter(releases::artist_key.gt("")),
    };
    all.order((releases::artist_key, releases::song_key, releases::said_at, releases::id))
}

fn list(c: &mut SqliteConnection, song: Option<&SongPath>) -> Outcome<Vec<ReleaseId>> {
    ids(listing(song).load(c)?)
}

/// The stems that are a version, those of the oldest release first.
#[diesel::dsl::auto_type]
fn stems_with<'a>(version: &'a [u8]) -> _ {
    release_stems::table
        .filter(release_stems::version_id.eq(version))
        .order((release_stems::said_at, release_stems::release_id))
}

fn with(c: &mut SqliteConnection, version: VersionId) -> Outcome<Vec<ReleaseId>> {
    let stems = stems_with(bytes(version.as_uuid())).select(release_stems::release_id);
    let mut found = ids(stems.load(c)?)?;
    // A release may use a version more than once.
    found.dedup();
    Ok(found)
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
    let oldest: Option<Vec<u8>> = stems_with(bytes(version.as_uuid()))
        .select(release_stems::release_id)
        .first(c)
        .optional()?;
    let Some(oldest) = oldest else { return Ok(()) };
    let name: String = releases::table.find(oldest).select(releases::name).first(c)?;
    Err(Error::InRelease {
        version: Box::new(path.clone()),
        name: ReleaseName::new(&name).map_err(Failure::bad_row)?,
    }
    .into())
}

#[cfg(test)]
mod tests {
    use studio_testkit::catalog_suite::path;

    use super::*;
    use crate::sqlite::objects::of_stems;
    use crate::sqlite::plan::{assert_leads, plan};

    #[tokio::test]
    async fn releases_are_searched_and_never_sorted() -> Result<()> {
        let catalog = SqliteCatalog::in_memory()?;
        let explain = |c: &mut SqliteConnection| -> Outcome<()> {
            let song = path("a", "s", "t", "v").song_path();
            let name = ReleaseName::new("1.0").map_err(Failure::bad_row)?;
            let named = plan(c, with_name(&song, &name).limit(1))?;
            assert_leads("a name", &named, "(artist_key=? AND song_key=? AND name_key=?)");
            let of_song = plan(c, listing(Some(&song)))?;
            assert_leads("of a song", &of_song, "(artist_key=? AND song_key=?)");
            assert_leads("all", &plan(c, listing(None))?, "(artist_key>?)");
            assert_leads("stems", &plan(c, stems_of(&[0; 16]))?, "(release_id=?)");
            let with = stems_with(&[0; 16]).select(release_stems::release_id);
            assert_leads("with a version", &plan(c, with)?, "(version_id=?)");
            let of_object = plan(c, of_stems("s3://music", "objects/1").count())?;
            assert_leads("of an object", &of_object, "(object_key=?)");
            Ok(())
        };
        catalog.connections.read("explain the releases", explain).await
    }
}
