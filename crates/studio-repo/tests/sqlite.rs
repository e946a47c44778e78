//! The SQLite catalogue passes the suite of every catalogue, in a file and in memory, and
//! leaves databases alone that are not its own.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;
use diesel::connection::SimpleConnection as _;
use diesel::{Connection as _, SqliteConnection};
use studio_domain::NewVersion;
use studio_repo::{CatalogRepo as _, Error, PageRequest, SqliteCatalog, VersionFilter};
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

mod libraries {
    use studio_testkit::library_suite::{LibraryCatalogue, LibraryFixture};

    use super::*;

    struct LibrariesInFile(tempfile::TempDir);

    #[async_trait]
    impl LibraryFixture for LibrariesInFile {
        async fn set_up() -> Option<Self> {
            Some(Self(tempfile::tempdir().unwrap()))
        }

        fn open(&self) -> Arc<dyn LibraryCatalogue> {
            Arc::new(SqliteCatalog::open(&self.0.path().join("studio.db")).unwrap())
        }
    }

    studio_testkit::library_conformance!(LibrariesInFile);
}

mod assets {
    use studio_testkit::asset_suite::{AssetCatalogue, AssetFixture};

    use super::*;

    struct AssetsInFile(InFile);

    #[async_trait]
    impl AssetFixture for AssetsInFile {
        async fn set_up() -> Option<Self> {
            Some(Self(empty()))
        }

        fn open(&self) -> Arc<dyn AssetCatalogue> {
            Arc::new(SqliteCatalog::open(&self.0.database()).unwrap())
        }
    }

    studio_testkit::asset_conformance!(AssetsInFile);

    mod in_memory {
        use super::*;

        struct AssetsInMemory(Arc<SqliteCatalog>);

        #[async_trait]
        impl AssetFixture for AssetsInMemory {
            async fn set_up() -> Option<Self> {
                Some(Self(Arc::new(SqliteCatalog::in_memory().unwrap())))
            }

            fn open(&self) -> Arc<dyn AssetCatalogue> {
                Arc::clone(&self.0) as Arc<dyn AssetCatalogue>
            }
        }

        studio_testkit::asset_conformance!(AssetsInMemory);
    }
}

mod published {
    use studio_testkit::publish_suite::{Publications, PublishFixture};

    use super::*;

    struct PublishedInFile(InFile);

    #[async_trait]
    impl PublishFixture for PublishedInFile {
        async fn set_up() -> Option<Self> {
            Some(Self(empty()))
        }

        fn open(&self) -> Arc<dyn Publications> {
            Arc::new(SqliteCatalog::open(&self.0.database()).unwrap())
        }
    }

    studio_testkit::publish_conformance!(PublishedInFile);

    mod in_memory {
        use super::*;

        struct PublishedInMemory(Arc<SqliteCatalog>);

        #[async_trait]
        impl PublishFixture for PublishedInMemory {
            async fn set_up() -> Option<Self> {
                Some(Self(Arc::new(SqliteCatalog::in_memory().unwrap())))
            }

            fn open(&self) -> Arc<dyn Publications> {
                Arc::clone(&self.0) as Arc<dyn Publications>
            }
        }

        studio_testkit::publish_conformance!(PublishedInMemory);
    }
}

mod accounts {
    use studio_testkit::account_suite::{AccountFixture, Accounts};

    use super::*;

    struct AccountsInFile(InFile);

    #[async_trait]
    impl AccountFixture for AccountsInFile {
        async fn set_up() -> Option<Self> {
            Some(Self(empty()))
        }

        fn open(&self) -> Arc<dyn Accounts> {
            Arc::new(SqliteCatalog::open(&self.0.database()).unwrap())
        }
    }

    studio_testkit::account_conformance!(AccountsInFile);

    mod in_memory {
        use super::*;

        struct AccountsInMemory(Arc<SqliteCatalog>);

        #[async_trait]
        impl AccountFixture for AccountsInMemory {
            async fn set_up() -> Option<Self> {
                Some(Self(Arc::new(SqliteCatalog::in_memory().unwrap())))
            }

            fn open(&self) -> Arc<dyn Accounts> {
                Arc::clone(&self.0) as Arc<dyn Accounts>
            }
        }

        studio_testkit::account_conformance!(AccountsInMemory);
    }
}

mod listeners {
    use studio_testkit::listener_suite::{ListenerFixture, Listening};

    use super::*;

    struct ListenersInFile(InFile);

    #[async_trait]
    impl ListenerFixture for ListenersInFile {
        async fn set_up() -> Option<Self> {
            Some(Self(empty()))
        }

        fn open(&self) -> Arc<dyn Listening> {
            Arc::new(SqliteCatalog::open(&self.0.database()).unwrap())
        }
    }

    studio_testkit::listener_conformance!(ListenersInFile);

    mod in_memory {
        use super::*;

        struct ListenersInMemory(Arc<SqliteCatalog>);

        #[async_trait]
        impl ListenerFixture for ListenersInMemory {
            async fn set_up() -> Option<Self> {
                Some(Self(Arc::new(SqliteCatalog::in_memory().unwrap())))
            }

            fn open(&self) -> Arc<dyn Listening> {
                Arc::clone(&self.0) as Arc<dyn Listening>
            }
        }

        studio_testkit::listener_conformance!(ListenersInMemory);
    }
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

/// Expects a copy to be a catalogue of its own with these versions.
async fn assert_copy_has(copy: &std::path::Path, versions: &[NewVersion]) {
    let catalog = SqliteCatalog::open(copy).unwrap();
    let page = PageRequest { after: None, limit: 10_000 };
    let found = catalog.versions(&VersionFilter::All, page).await.unwrap();
    let found: Vec<_> = found.items.into_iter().map(|version| version.record).collect();
    assert_eq!(found, versions);
    let more = version(path("z", "s", "t", "only in the copy"), 99_999);
    assert_eq!(catalog.restore(&[more]).await.unwrap(), 1);
}

#[tokio::test]
async fn a_snapshot_is_a_catalogue_and_replaces_nothing() {
    let in_file = empty();
    let copies = tempfile::tempdir().unwrap();
    let all: Vec<_> = (0..50).map(|n| version(path("a", "s", "t", &format!("{n}")), n)).collect();
    let opened: [Arc<dyn Catalogue>; 2] =
        [in_file.open(), Arc::new(SqliteCatalog::in_memory().unwrap())];
    for (n, catalog) in opened.into_iter().enumerate() {
        catalog.restore(&all).await.unwrap();
        // A name that is special in SQL and in a URI.
        let copy = copies.path().join(format!("it's 100%?copy#{n}.db"));
        catalog.snapshot(&copy).await.unwrap();
        assert_copy_has(&copy, &all).await;
        let page = PageRequest { after: None, limit: 100 };
        let left = catalog.versions(&VersionFilter::All, page).await.unwrap();
        assert_eq!(left.items.len(), 50, "the original is on its own");

        let text = b"precious";
        let taken = copies.path().join(format!("taken {n}"));
        std::fs::write(&taken, text).unwrap();
        for to in [&taken, &copies.path().join("no directory/copy.db")] {
            match catalog.snapshot(to).await {
                Err(Error::SnapshotFile { file, .. }) => assert_eq!(file, *to),
                unexpected => panic!("{unexpected:?}"),
            }
        }
        assert_eq!(std::fs::read(&taken).unwrap(), text);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_snapshot_is_of_one_moment_while_others_write() {
    let fixture = empty();
    let (writer, copier) = (fixture.open(), fixture.open());
    // Two versions at a time: a copy has both of a pair or none.
    let pair =
        |n: u64| [2 * n, 2 * n + 1].map(|n| version(path("a", "s", "t", &format!("{n}")), n));
    let writing = tokio::spawn(async move {
        for n in 0..200 {
            assert_eq!(writer.restore(&pair(n)).await.unwrap(), 2);
        }
    });
    let mut counts = Vec::new();
    while !writing.is_finished() || counts.is_empty() {
        let copy = fixture.0.path().join(format!("copy {}.db", counts.len()));
        copier.snapshot(&copy).await.unwrap();
        let page = PageRequest { after: None, limit: 10_000 };
        let copy = SqliteCatalog::open(&copy).unwrap();
        let found = copy.versions(&VersionFilter::All, page).await.unwrap().items;
        assert!(found.len().is_multiple_of(2), "{}", found.len());
        counts.push(found.len());
    }
    writing.await.unwrap();
    assert!(counts.is_sorted(), "{counts:?}");
}
