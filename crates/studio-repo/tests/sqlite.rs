//! The SQLite catalogue passes the suite of every catalogue, in a file and in memory, and
//! leaves databases alone that are not its own.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;
use diesel::connection::SimpleConnection as _;
use diesel::{Connection as _, SqliteConnection};
use studio_repo::{CatalogRepo, Error, PageRequest, SqliteCatalog, VersionFilter};
use studio_testkit::catalog_suite::{CatalogFixture, Catalogue, path, version};

struct InFile(tempfile::TempDir);

impl InFile {
    fn database(&self) -> PathBuf {
        self.0.path().join("a database.db")
    }
}

#[async_trait]
impl CatalogFixture for InFile {
    async fn set_up() -> Option<Self> {
        Some(Self(tempfile::tempdir().unwrap()))
    }

    fn open(&self) -> Arc<dyn Catalogue> {
        Arc::new(SqliteCatalog::open(&self.database()).unwrap())
    }
}

studio_testkit::catalog_conformance!(InFile);

mod in_memory {
    use super::*;

    struct InMemory(Arc<SqliteCatalog>);

    #[async_trait]
    impl CatalogFixture for InMemory {
        async fn set_up() -> Option<Self> {
            Some(Self(Arc::new(SqliteCatalog::in_memory().unwrap())))
        }

        fn open(&self) -> Arc<dyn Catalogue> {
            Arc::clone(&self.0) as Arc<dyn Catalogue>
        }
    }

    studio_testkit::catalog_conformance!(InMemory);
}

fn empty() -> InFile {
    InFile(tempfile::tempdir().unwrap())
}

/// Runs SQL on a database as another program would.
fn run_sql(database: &std::path::Path, sql: &str) {
    let mut connection = SqliteConnection::establish(database.to_str().unwrap()).unwrap();
    connection.batch_execute(sql).unwrap();
}

#[test]
fn a_file_that_is_no_database_is_left_alone() {
    let fixture = empty();
    let text = b"tchk tchk boom ".repeat(1000);
    std::fs::write(fixture.database(), &text).unwrap();
    let opened = SqliteCatalog::open(&fixture.database());
    assert!(matches!(opened, Err(Error::NotADatabase { .. })), "{opened:?}");
    assert!(std::fs::read(fixture.database()).unwrap() == text);
}

#[test]
fn a_database_of_another_program_is_left_alone() {
    let fixture = empty();
    run_sql(&fixture.database(), "CREATE TABLE albums (title TEXT)");
    let before = std::fs::read(fixture.database()).unwrap();
    let opened = SqliteCatalog::open(&fixture.database());
    assert!(matches!(opened, Err(Error::ForeignDatabase { .. })), "{opened:?}");
    assert!(std::fs::read(fixture.database()).unwrap() == before);
}

#[test]
fn a_database_of_a_newer_studio_is_left_alone() {
    let fixture = empty();
    drop(fixture.open());
    run_sql(&fixture.database(), "PRAGMA user_version = 99");
    match SqliteCatalog::open(&fixture.database()) {
        Err(Error::NewerSchema { found: 99, .. }) => {}
        unexpected => panic!("{unexpected:?}"),
    }
}

#[test]
fn a_directory_in_place_of_the_file_is_told() {
    let fixture = empty();
    std::fs::create_dir(fixture.database()).unwrap();
    let opened = SqliteCatalog::open(&fixture.database());
    assert!(matches!(opened, Err(Error::CannotOpen { .. })), "{opened:?}");
}

#[test]
fn a_new_database_is_made_once_however_many_open_it() {
    let fixture = empty();
    std::thread::scope(|scope| {
        let opened: Vec<_> =
            (0..16).map(|_| scope.spawn(|| SqliteCatalog::open(&fixture.database()))).collect();
        for thread in opened {
            thread.join().unwrap().unwrap();
        }
    });
}

#[tokio::test]
async fn what_was_written_is_there_after_opening_again() {
    let fixture = empty();
    let restored = [version(path("a", "s", "t", "v"), 1)];
    assert_eq!(fixture.open().restore(&restored).await.unwrap(), 1);
    let page = PageRequest { after: None, limit: 10 };
    let found = fixture.open().versions(&VersionFilter::All, page).await.unwrap();
    assert_eq!(found.items[0].record, restored[0]);
}

#[tokio::test]
async fn a_damaged_database_is_told() {
    let fixture = empty();
    let many: Vec<_> = (0..500).map(|n| version(path("a", "s", "t", &format!("{n}")), n)).collect();
    fixture.open().restore(&many).await.unwrap();
    let whole = std::fs::read(fixture.database()).unwrap();
    // Without what tells of the tables, and with it but without most of the rows.
    for from in [4096, whole.len() / 2] {
        let mut bytes = whole.clone();
        bytes[from..].fill(0xA5);
        std::fs::write(fixture.database(), bytes).unwrap();
        let page = PageRequest { after: None, limit: 1000 };
        let listed = match SqliteCatalog::open(&fixture.database()) {
            Ok(catalog) => catalog.versions(&VersionFilter::All, page).await.map(drop),
            Err(error) => Err(error),
        };
        assert!(matches!(listed, Err(Error::Damaged { .. })), "{listed:?}");
    }
}

#[tokio::test]
async fn a_database_that_another_process_holds_is_busy() {
    let fixture = empty();
    drop(fixture.open());
    let mut holder = SqliteConnection::establish(fixture.database().to_str().unwrap()).unwrap();
    holder.batch_execute("BEGIN IMMEDIATE").unwrap();
    let waiting = fixture.open();
    // Reading goes on beside a writer.
    let page = PageRequest { after: None, limit: 10 };
    assert_eq!(waiting.versions(&VersionFilter::All, page).await.unwrap().items, []);
    holder.batch_execute("ROLLBACK").unwrap();
    assert_eq!(waiting.restore(&[version(path("a", "s", "t", "v"), 1)]).await.unwrap(), 1);
}
