//! Bringing a database up to the schema of this program, and refusing what is not ours.

use std::path::Path;

use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use diesel::sqlite::SqliteConnection;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness as _, embed_migrations};

use super::connection::open_error;
use super::error::{Failure, Outcome};
use crate::{Error, Result};

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("../../migrations/sqlite");

/// The schema version of this program: how many migrations there are. It is kept in
/// SQLite's `user_version`, so that an up-to-date database is told by one small read.
const KNOWN: i32 = 8;

/// Marks a database as ours in its header (`application_id`): "Stud" in ASCII.
const APPLICATION_ID: i32 = 0x5374_7564;

#[derive(QueryableByName)]
struct Header {
    #[diesel(sql_type = diesel::sql_types::Integer)]
    application_id: i32,
    #[diesel(sql_type = diesel::sql_types::Integer)]
    user_version: i32,
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    tables: i64,
}

/// Migrates `database` if it is older than this program.
pub(super) fn bring_up_to_date(database: &mut SqliteConnection, path: &Path) -> Result<()> {
    let header = read_header(database).map_err(|error| open_error(path, error))?;
    if is_current(&header, path)? {
        return Ok(());
    }
    // Alone, and having looked again: another process may be doing the same.
    database.exclusive_transaction(|database| migrate(database, path)).map_err(|failure| {
        match failure {
            Failure::Known(error) => error,
            Failure::Database(error) => open_error(path, error),
            Failure::BadRow(source) => Error::CannotOpen { database: path.to_owned(), source },
        }
    })
}

fn migrate(database: &mut SqliteConnection, path: &Path) -> Outcome<()> {
    if is_current(&read_header(database)?, path)? {
        return Ok(());
    }
    database.run_pending_migrations(MIGRATIONS).map_err(Failure::BadRow)?;
    database.batch_execute(&format!(
        "PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {KNOWN};"
    ))?;
    Ok(())
}

fn read_header(database: &mut SqliteConnection) -> QueryResult<Header> {
    diesel::sql_query(
        "SELECT (SELECT application_id FROM pragma_application_id) AS application_id, \
                (SELECT user_version FROM pragma_user_version) AS user_version, \
                (SELECT count(*) FROM sqlite_schema) AS tables",
    )
    .get_result(database)
}

/// Whether nothing is to be done; an error when nothing may be done.
fn is_current(header: &Header, path: &Path) -> Result<bool> {
    let database = path.to_owned();
    let ours = header.application_id == APPLICATION_ID;
    if !ours && (header.tables > 0 || header.application_id != 0 || header.user_version != 0) {
        return Err(Error::ForeignDatabase { database });
    }
    if header.user_version > KNOWN {
        let found = header.user_version;
        return Err(Error::NewerSchema { database, found, known: KNOWN });
    }
    Ok(header.user_version == KNOWN)
}

#[cfg(test)]
mod tests {
    use std::error::Error as StdError;

    use diesel::migration::MigrationSource;
    use diesel::sqlite::Sqlite;
    use studio_domain::Timestamp;
    use studio_testkit::asset_suite::created;
    use studio_testkit::catalog_suite::{pick, release};

    use super::*;
    use crate::sqlite::SqliteCatalog;
    use crate::{
        AlbumOrder, AssetRepo as _, BrowseRepo as _, CareRepo as _, CatalogRepo as _,
        ChoiceRepo as _, Judged, Judgement, PageRequest, ReleaseRepo as _, Sight, Standing,
        Stretch, TrashRepo as _, VersionFilter,
    };

    type Tested = std::result::Result<(), Box<dyn StdError + Send + Sync>>;

    /// A version and a claim, as the first schema had them.
    const FIRST_ROWS: &str = "
        INSERT INTO artists VALUES (zeroblob(16), 'Émile', 'émile', 'emile');
        INSERT INTO songs VALUES (zeroblob(16), zeroblob(16), 'Song', 'song', 'song');
        INSERT INTO tracks VALUES (zeroblob(16), zeroblob(16), 'Bass', 'bass', 'bass');
        INSERT INTO versions VALUES (zeroblob(16), zeroblob(16), 'émile', 'song', 'bass', 'Take 1',
            'take 1', 'take-1', 'takes/1.wav', 1000000, 7, zeroblob(32), 'AAAAAAAAAAc=',
            'audio/wav', 's3://music', 'objects/00/0');
        INSERT INTO reservations VALUES (zeroblob(16), zeroblob(16), 'a', 's', 't', 'v',
            zeroblob(32), 'objects/00/1', 5);";

    #[tokio::test]
    async fn a_database_of_the_first_schema_is_brought_up_with_all_that_is_in_it() -> Tested {
        let directory = tempfile::tempdir()?;
        let path = directory.path().join("old.db");
        let mut old = SqliteConnection::establish(path.to_str().ok_or("not UTF-8")?)?;
        old.run_next_migration(MIGRATIONS)?;
        old.batch_execute(FIRST_ROWS)?;
        old.batch_execute(&format!("PRAGMA application_id = {APPLICATION_ID}"))?;
        old.batch_execute("PRAGMA user_version = 1")?;
        drop(old);

        let catalog = SqliteCatalog::open(&path)?;
        let page = PageRequest { after: None, limit: 10 };
        let found = catalog.versions(&VersionFilter::All, page).await?.items;
        assert_eq!(found.len(), 1);
        let version = &found[0];
        assert_eq!(version.path.to_string(), "`Take 1` of Bass in \"Song\" by Émile");
        assert_eq!((version.size, version.check), (7, None));
        let trashed = catalog.trash(&version.path, version.uploaded_at).await?;
        assert_eq!(trashed.record, version.record);
        assert_eq!(catalog.untrash(version.id, version.uploaded_at).await?, *version);
        drop(catalog);

        let mut database = SqliteConnection::establish(path.to_str().ok_or("not UTF-8")?)?;
        assert_eq!(read_header(&mut database)?.user_version, KNOWN);
        // And back, and up again.
        database.revert_last_migration(MIGRATIONS)?;
        database.revert_last_migration(MIGRATIONS)?;
        database.run_pending_migrations(MIGRATIONS)?;
        drop(database);
        let found = SqliteCatalog::open(&path)?.version(&version.path).await?;
        assert_eq!(found, *version);
        Ok(())
    }

    /// What the second schema added: a check, something in the trash, a removal.
    const SECOND_ROWS: &str = "
        UPDATE versions SET checked_at = 3000000, damage = 'missing';
        INSERT INTO trash VALUES (randomblob(16), 'Émile', 'émile', 'Song', 'song', 'Bass', 'bass',
            'Take 2', 'take 2', 'takes/2.wav', 2000000, 8, zeroblob(32), 'AAAAAAAAAAc=',
            'audio/wav', 's3://music', 'objects/00/1', 4000000, NULL, 5000000);
        INSERT INTO removals VALUES (zeroblob(16), 's3://music', 'objects/00/2', NULL, 6000000,
            NULL, FALSE);";

    #[tokio::test]
    async fn a_database_of_the_second_schema_is_brought_up_with_all_that_is_in_it() -> Tested {
        let directory = tempfile::tempdir()?;
        let path = directory.path().join("old.db");
        let mut old = SqliteConnection::establish(path.to_str().ok_or("not UTF-8")?)?;
        old.run_next_migration(MIGRATIONS)?;
        old.batch_execute(FIRST_ROWS)?;
        old.run_next_migration(MIGRATIONS)?;
        old.batch_execute(SECOND_ROWS)?;
        old.batch_execute(&format!("PRAGMA application_id = {APPLICATION_ID}"))?;
        old.batch_execute("PRAGMA user_version = 2")?;
        drop(old);

        let catalog = SqliteCatalog::open(&path)?;
        let page = PageRequest { after: None, limit: 10 };
        let found = catalog.versions(&VersionFilter::All, page).await?.items;
        assert_eq!(found.len(), 1);
        let version = &found[0];
        let damage = version.check.and_then(|check| check.damage);
        assert_eq!(damage, Some(studio_domain::Damage::Missing));
        let trashed = catalog.trashed(None, 10).await?.items;
        assert_eq!(trashed.len(), 1);
        assert_eq!((trashed[0].path.tag.as_str(), trashed[0].size), ("Take 2", 8));
        let removals = catalog.removals(10).await?;
        assert_eq!(removals.len(), 1);
        assert_eq!(removals[0].object_key.as_str(), "objects/00/2");

        // What is new here is about what was there before.
        let picks = [pick(version, 7)];
        assert_eq!(catalog.add_picks(&picks).await?, 1);
        let released = release("1.0", &[version, &trashed[0]], 8);
        catalog.restore_release(&released).await?;
        drop(catalog);
        let catalog = SqliteCatalog::open(&path)?;
        let details = catalog.details(&[(version.id, version.digest)]).await?;
        assert_eq!((details[0].picked, details[0].releases), (true, 1));
        assert_eq!(catalog.release_by_id(released.id).await?, Some(released));
        Ok(())
    }

    /// What the third schema added: a pick and a mark.
    const THIRD_ROWS: &str = "
        INSERT INTO picks VALUES (randomblob(16), 'Émile', 'émile', 'Song', 'song', 'Bass', 'bass',
            zeroblob(16), 'Take 1', 'Ana', 7000000, NULL, TRUE);
        INSERT INTO marks VALUES (randomblob(16), zeroblob(16), 'circled', 'Ana', 8000000, NULL,
            TRUE);";

    #[tokio::test]
    async fn a_database_of_the_third_schema_is_brought_up_with_all_that_is_in_it() -> Tested {
        let directory = tempfile::tempdir()?;
        let path = directory.path().join("old.db");
        let mut old = SqliteConnection::establish(path.to_str().ok_or("not UTF-8")?)?;
        for rows in [FIRST_ROWS, SECOND_ROWS, THIRD_ROWS] {
            old.run_next_migration(MIGRATIONS)?;
            old.batch_execute(rows)?;
        }
        old.batch_execute(&format!("PRAGMA application_id = {APPLICATION_ID}"))?;
        old.batch_execute("PRAGMA user_version = 3")?;
        drop(old);

        let catalog = SqliteCatalog::open(&path)?;
        let page = PageRequest { after: None, limit: 10 };
        let found = catalog.versions(&VersionFilter::All, page).await?.items;
        let details = catalog.details(&[(found[0].id, found[0].digest)]).await?;
        assert!(details[0].picked && details[0].mark.is_some(), "{details:?}");
        assert_eq!(catalog.count_assets().await?, []);
        let event = created("k", 1);
        let judged = Judged {
            event: event.clone(),
            state: event.state.clone(),
            size: None,
            judgement: Judgement::Superseded,
            profile: None,
        };
        catalog.record(&judged, Timestamp::from_micros(9)).await?;
        drop(catalog);
        let standing = SqliteCatalog::open(&path)?.standing(&event).await?;
        assert_eq!(standing, Standing::Seen(None));
        Ok(())
    }

    /// What the sixth schema had of an album: two recordings on it, one of them for everybody.
    const SIXTH_ROWS: &str = "
        INSERT INTO artists VALUES (zeroblob(16), 'Sade', 'sade', 'sade', TRUE);
        INSERT INTO albums VALUES (zeroblob(16), zeroblob(16), 'sade', 'Promise', 'promise',
            'promise', '1985-11-04', NULL, NULL, NULL, NULL, NULL, NULL, NULL, TRUE, NULL, 7000000);
        INSERT INTO recordings VALUES (zeroblob(16), zeroblob(16), 'sade', 'A', 'a', 'a',
            zeroblob(16), 0, 1, NULL, NULL, NULL, NULL, TRUE, 'upload', NULL, 's3://music',
            CAST('objects/00/1' AS BLOB), NULL, 'e', 7, 'audio/flac', 1, 'flac', 'flac', 2, 48000,
            24, 24, 480000, 8000000);
        INSERT INTO recordings VALUES (randomblob(16), zeroblob(16), 'sade', 'B', 'b', 'b',
            zeroblob(16), 0, 2, NULL, NULL, NULL, NULL, FALSE, 'upload', NULL, 's3://music',
            CAST('objects/00/2' AS BLOB), NULL, 'e', 7, 'audio/flac', 1, 'flac', 'flac', 2, 44100,
            24, 24, 441000, 8000000);";

    #[tokio::test]
    async fn albums_of_the_sixth_schema_tell_what_is_on_them() -> Tested {
        let directory = tempfile::tempdir()?;
        let path = directory.path().join("old.db");
        let mut old = SqliteConnection::establish(path.to_str().ok_or("not UTF-8")?)?;
        for _ in 0..6 {
            old.run_next_migration(MIGRATIONS)?;
        }
        old.batch_execute(SIXTH_ROWS)?;
        old.batch_execute(&format!("PRAGMA application_id = {APPLICATION_ID}"))?;
        old.batch_execute("PRAGMA user_version = 6")?;
        drop(old);

        let stretch = Stretch { offset: 0, limit: 10 };
        for (sight, told) in [(Sight::Published, (1, 10_000)), (Sight::Everything, (2, 20_000))] {
            let catalog = SqliteCatalog::open(&path)?;
            let years = AlbumOrder::Years { from: 1985, to: 1985 };
            for order in [years, AlbumOrder::Newest, AlbumOrder::Title] {
                let listed = catalog.albums_listed(&order, &sight, stretch).await?;
                assert_eq!(listed.len(), 1, "{order:?}");
                assert_eq!((listed[0].songs, listed[0].length_ms), told);
                assert_eq!(listed[0].added_at, Timestamp::from_micros(7_000_000));
            }
        }
        // And back, with all that was there.
        let mut database = SqliteConnection::establish(path.to_str().ok_or("not UTF-8")?)?;
        database.revert_last_migration(MIGRATIONS)?;
        database.run_pending_migrations(MIGRATIONS)?;
        drop(database);
        let catalog = SqliteCatalog::open(&path)?;
        let listed = catalog.albums_listed(&AlbumOrder::Title, &Sight::Everything, stretch).await?;
        assert_eq!((listed[0].songs, listed[0].length_ms), (2, 20_000));
        Ok(())
    }

    #[test]
    fn the_known_schema_counts_every_migration() {
        let all = MigrationSource::<Sqlite>::migrations(&MIGRATIONS);
        assert_eq!(all.map(|all| all.len()).ok(), usize::try_from(KNOWN).ok());
    }
}
