//! The directory store passes the suite of every store, and keeps its directory clean.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use studio_blob::{Attributes, BlobStore, Error, FileStore, WriteMode, crc64nvme};
use studio_testkit::blob_suite::BlobFixture;

struct Directory(tempfile::TempDir);

impl Directory {
    /// Not there yet.
    fn path(&self) -> PathBuf {
        self.0.path().join("a store")
    }
}

#[async_trait]
impl BlobFixture for Directory {
    async fn set_up() -> Option<Self> {
        Some(Self(tempfile::tempdir().unwrap()))
    }

    fn open(&self) -> Arc<dyn BlobStore> {
        Arc::new(FileStore::new(&self.path()))
    }
}

studio_testkit::blob_conformance!(Directory);

async fn put(store: &dyn BlobStore, key: &str, mode: WriteMode) -> studio_blob::Result<()> {
    let (key, body) = (key.parse().unwrap(), Bytes::from_static(b"bytes"));
    let crc = crc64nvme(&body);
    store.put(&key, body, crc, &Attributes::default(), mode).await
}

#[tokio::test]
async fn nothing_is_left_in_the_staging_directory() {
    let directory = Directory::set_up().await.unwrap();
    let store = directory.open();
    put(&*store, "a", WriteMode::CreateNew).await.unwrap();
    put(&*store, "a", WriteMode::CreateNew).await.unwrap_err();
    put(&*store, "a", WriteMode::Replace).await.unwrap();
    let upload = store.begin(&"b".parse().unwrap(), 5, 5, &Attributes::default()).await.unwrap();
    store.abort(&studio_blob::OpenUpload::from(&upload)).await.unwrap();
    let staging = directory.path().join(".studio-staging");
    assert_eq!(std::fs::read_dir(staging).unwrap().count(), 0);
}

#[tokio::test]
async fn the_staging_directory_is_no_place_for_objects() {
    let directory = Directory::set_up().await.unwrap();
    let store = directory.open();
    let put = put(&*store, ".studio-staging/x", WriteMode::CreateNew).await;
    assert!(matches!(put, Err(Error::Backend { .. })), "{put:?}");
}

#[tokio::test]
async fn files_of_others_are_not_listed() {
    let directory = Directory::set_up().await.unwrap();
    let store = directory.open();
    put(&*store, "ours", WriteMode::CreateNew).await.unwrap();
    std::fs::write(directory.path().join("line\nbreak"), b"x").unwrap();
    let listed = store.list("", None).await.unwrap();
    assert_eq!(listed.len(), 1, "{listed:?}");
}

/// What stands behind such a link may be on a disk that is not mounted.
#[tokio::test]
async fn a_link_that_leads_nowhere_is_not_taken_for_nothing() {
    let directory = Directory::set_up().await.unwrap();
    let store = directory.open();
    let object = format!("objects/ab/ab{}", "0".repeat(62));
    for key in [&*object, "objects/cd/two", "versions/a.json", "trash/b.json"] {
        put(&*store, key, WriteMode::CreateNew).await.unwrap();
    }
    for (link, wanted) in [("versions", "versions/"), ("objects/cd", "objects/")] {
        let (here, away) = (directory.path().join(link), directory.0.path().join("away"));
        std::fs::rename(&here, &away).unwrap();
        std::os::unix::fs::symlink("/not mounted", &here).unwrap();
        let listed = store.list(wanted, None).await;
        assert!(matches!(listed, Err(Error::Io { .. })), "{listed:?}");
        assert_eq!(keys(&*store, "trash/").await, ["trash/b.json"]);
        std::fs::remove_file(&here).unwrap();
        std::fs::rename(&away, &here).unwrap();
    }
    // An object that is missing is told of it when it is asked for.
    std::fs::remove_file(directory.path().join(&object)).unwrap();
    std::os::unix::fs::symlink("/not mounted", directory.path().join(&object)).unwrap();
    assert_eq!(keys(&*store, "objects/").await, ["objects/cd/two"]);
}

#[tokio::test]
async fn a_directory_that_is_not_ours_to_write_is_denied() {
    let directory = Directory::set_up().await.unwrap();
    std::fs::create_dir(directory.path()).unwrap();
    let mode = |mode| {
        std::fs::set_permissions(directory.path(), std::fs::Permissions::from_mode(mode)).unwrap();
    };
    mode(0o555);
    if std::fs::write(directory.path().join("probe"), b"").is_ok() {
        studio_testkit::say_skipped("a directory without permission", "this user may do anything");
        return;
    }
    let put = put(&*directory.open(), "a", WriteMode::CreateNew).await;
    mode(0o755);
    assert!(matches!(put, Err(Error::Denied { .. })), "{put:?}");
}

#[tokio::test]
async fn a_file_in_place_of_the_directory_is_told() {
    let directory = Directory::set_up().await.unwrap();
    std::fs::write(directory.path(), b"a file").unwrap();
    let put = put(&*directory.open(), "a", WriteMode::CreateNew).await;
    assert!(matches!(put, Err(Error::Io { .. })), "{put:?}");
}

#[tokio::test]
async fn the_order_is_that_of_keys_not_of_directories() {
    let directory = Directory::set_up().await.unwrap();
    let store = directory.open();
    let ordered = ["a", "b-1", "b.txt", "b/1", "b/10", "b/2", "b0", "c/x/y"];
    for key in ordered.iter().rev() {
        put(&*store, key, WriteMode::CreateNew).await.unwrap();
    }
    let listed = store.list("", None).await.unwrap();
    assert_eq!(listed.iter().map(|info| info.key.as_str()).collect::<Vec<_>>(), ordered);
}

/// The keys that a listing has, each of which must be readable.
async fn keys(store: &dyn BlobStore, prefix: &str) -> Vec<String> {
    let listed = store.list(prefix, None).await.unwrap();
    for info in &listed {
        store.head(&info.key).await.unwrap();
    }
    listed.iter().map(|info| info.key.to_string()).collect()
}

#[tokio::test]
async fn what_was_moved_and_linked_is_listed_as_it_is_read() {
    let directory = Directory::set_up().await.unwrap();
    let store = directory.open();
    let all = ["objects/ab/one", "objects/cd/two", "objects-1", "versions/a.json"];
    for key in all {
        put(&*store, key, WriteMode::CreateNew).await.unwrap();
    }
    let before = keys(&*store, "").await;
    let other_disk = directory.0.path().join("other disk");
    std::fs::create_dir(&other_disk).unwrap();
    // All of a directory, one below that, one object.
    for name in ["objects/cd", "versions/a.json", "objects"] {
        let here = directory.path().join(name);
        let there = other_disk.join(name.replace('/', "-"));
        std::fs::rename(&here, &there).unwrap();
        std::os::unix::fs::symlink(&there, &here).unwrap();
        assert_eq!(keys(&*store, "").await, before, "{name}");
    }
    assert_eq!(keys(&*store, "objects/").await, ["objects/ab/one", "objects/cd/two"]);
    let after = Some("objects/ab/one".parse().unwrap());
    let rest = store.list("objects/", after).await.unwrap();
    assert_eq!(rest.iter().map(|info| info.key.as_str()).collect::<Vec<_>>(), ["objects/cd/two"]);
}

#[tokio::test]
async fn links_in_a_circle_come_to_an_end() {
    let directory = Directory::set_up().await.unwrap();
    let store = directory.open();
    for key in ["a/x", "b/y"] {
        put(&*store, key, WriteMode::CreateNew).await.unwrap();
    }
    for (to, link) in [("../b", "a/to-b"), ("../a", "b/to-a"), ("..", "a/up"), (".", "a/here")] {
        std::os::unix::fs::symlink(to, directory.path().join(link)).unwrap();
    }
    // No directory is listed below itself.
    assert_eq!(keys(&*store, "").await, ["a/to-b/y", "a/x", "b/to-a/x", "b/y"]);
}

#[tokio::test]
async fn a_link_to_what_may_not_be_read_is_not_passed_over() {
    let directory = Directory::set_up().await.unwrap();
    let store = directory.open();
    put(&*store, "versions/a.json", WriteMode::CreateNew).await.unwrap();
    let closed = directory.0.path().join("closed");
    std::fs::create_dir_all(closed.join("objects")).unwrap();
    std::os::unix::fs::symlink(closed.join("objects"), directory.path().join("objects")).unwrap();
    let mode = |mode| {
        std::fs::set_permissions(&closed, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    mode(0o000);
    if std::fs::read_dir(&closed).is_ok() {
        mode(0o755);
        studio_testkit::say_skipped("a link without permission", "this user may do anything");
        return;
    }
    let listed = store.list("", None).await;
    mode(0o755);
    assert!(matches!(listed, Err(Error::Denied { .. })), "{listed:?}");
}
