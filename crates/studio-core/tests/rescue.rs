//! Catalogues that come back from a backup and what happened after it, and two catalogues
//! on one store: nothing that somebody still has goes.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

mod common;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use common::{Place, all, upload, version_path};
use studio_core::{
    Clearing, Depth, Error, ErrorKind, Examination, FileStore, Job, SqliteCatalog, Studio,
    Timestamp, Upload,
};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// A studio that will be lost, and what comes after.
struct Story {
    place: Place,
    days: Arc<AtomicU64>,
    studio: Studio,
}

impl Story {
    fn new() -> Self {
        let (place, days) = (Place::new(), Arc::default());
        let studio = on(&place, place.catalog(), &days);
        Self { place, days, studio }
    }

    fn pass(&self, days: u64) {
        self.days.fetch_add(days, Ordering::SeqCst);
    }

    async fn upload(&self, tag: &str, bytes: &[u8]) {
        upload(&self.studio, &self.place.take(tag, bytes)).await.unwrap();
    }

    async fn back_up(&self) {
        self.studio.back_up(9, &Job::default()).await.unwrap();
    }

    /// The disk with the catalogue is gone: another one begins with the newest backup.
    async fn with_backup(&self) -> Studio {
        let job = Job::default();
        let newest = self.studio.backups(&job).await.unwrap().remove(0);
        let database = self.place.path("from-backup.db");
        self.studio.fetch_backup(&newest, &database, &job).await.unwrap();
        on(&self.place, Arc::new(SqliteCatalog::open(&database).unwrap()), &self.days)
    }
}

fn on(place: &Place, catalog: Arc<SqliteCatalog>, days: &Arc<AtomicU64>) -> Studio {
    let days = Arc::clone(days);
    let now = move || {
        let since_epoch = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        let ahead = DAY * u32::try_from(days.load(Ordering::SeqCst)).unwrap();
        Timestamp::from_micros(0).after(since_epoch.unwrap() + ahead)
    };
    Studio::new(catalog, place.store()).with_clock(now)
}

fn bytes_of(place: &Place, studio: &Studio, tag: &str) -> Result<Vec<u8>, Error> {
    let target = place.target(tag);
    let _ = std::fs::remove_file(&target.target);
    let runtime = tokio::runtime::Handle::current();
    let downloaded =
        tokio::task::block_in_place(|| runtime.block_on(studio.download(&target, &Job::default())));
    downloaded.map(|_| std::fs::read(&target.target).unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_take_that_replaced_another_after_the_backup_is_the_one_that_counts() {
    for purged in [false, true] {
        let story = Story::new();
        story.upload("v", b"with the click").await;
        story.back_up().await;
        let thrown = story.studio.throw_away(&version_path("v")).await.unwrap();
        if purged {
            story.studio.purge(&thrown).await.unwrap();
        }
        story.upload("v", b"without the click").await;
        let before = all(&story.studio).await;

        let studio = story.with_backup().await;
        let dry = studio.recover(true, &Job::default()).await.unwrap();
        let recovered = studio.recover(false, &Job::default()).await.unwrap();
        assert_eq!(dry, recovered);
        assert_eq!((recovered.versions, recovered.conflicts.len()), (1, 0), "{recovered:?}");
        assert_eq!(all(&studio).await, before);
        assert_eq!(bytes_of(&story.place, &studio, "v").unwrap(), b"without the click");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_taken_back_after_the_backup_is_taken_back() {
    let story = Story::new();
    story.upload("v", b"precious").await;
    let thrown = story.studio.throw_away(&version_path("v")).await.unwrap();
    story.pass(29);
    story.back_up().await;
    story.studio.restore_from_trash(&thrown).await.unwrap();

    let studio = story.with_backup().await;
    let dry = studio.recover(true, &Job::default()).await.unwrap();
    let recovered = studio.recover(false, &Job::default()).await.unwrap();
    assert_eq!(dry, recovered);
    assert_eq!(recovered.taken_back, 1);
    story.pass(7);
    assert_eq!(studio.expired(30 * DAY).await.unwrap(), []);
    assert_eq!(bytes_of(&story.place, &studio, "v").unwrap(), b"precious");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_taken_back_and_lost_its_place_has_its_whole_time() {
    let story = Story::new();
    story.upload("v", b"precious").await;
    let thrown = story.studio.throw_away(&version_path("v")).await.unwrap();
    story.upload("v", b"another").await;
    story.pass(29);
    story.back_up().await;
    story.studio.throw_away(&version_path("v")).await.unwrap();
    story.studio.restore_from_trash(&thrown).await.unwrap();
    // The tombstone of the other one is lost: both were there, says the store.
    for tombstone in story.place.objects("trash/").await {
        std::fs::remove_file(story.place.store_directory().join(tombstone)).unwrap();
    }

    let studio = story.with_backup().await;
    studio.recover(false, &Job::default()).await.unwrap();
    story.pass(7);
    assert_eq!(studio.expired(30 * DAY).await.unwrap(), []);
    let kept = studio.trashed(None, 10).await.unwrap().items;
    assert_eq!(kept.len(), 1);
    assert_eq!(bytes_of(&story.place, &studio, "v").unwrap(), b"another");
    assert_eq!(story.place.objects("objects/").await.len(), 2);
}

/// A take filed wrongly, thrown away, and filed rightly: two versions, one object. The
/// catalogue knows of the first only, since its recovery broke off.
#[tokio::test(flavor = "multi_thread")]
async fn a_purge_leaves_what_a_manifest_names_that_the_catalogue_does_not_know() {
    let story = Story::new();
    story.upload("wrong", b"precious").await;
    story.studio.throw_away(&version_path("wrong")).await.unwrap();
    story.back_up().await;
    story.upload("right", b"precious").await;

    let studio = story.with_backup().await;
    story.pass(31);
    let expired = studio.expired(30 * DAY).await.unwrap();
    let purged = studio.purge_all(&expired, &Job::default()).await.unwrap();
    assert_eq!((purged.versions.len(), purged.objects), (1, 0));
    let clearing = Clearing { grace: Duration::ZERO, ..Clearing::default() };
    let cleared = studio.collect_garbage(&clearing, &Job::default()).await.unwrap();
    assert_eq!(cleared.orphans, []);
    studio.recover(false, &Job::default()).await.unwrap();
    assert_eq!(bytes_of(&story.place, &studio, "right").unwrap(), b"precious");
}

/// The same between two catalogues that share a bucket, and when a purge had died.
#[tokio::test(flavor = "multi_thread")]
async fn a_purge_leaves_what_another_catalogue_has() {
    let story = Story::new();
    let other = Arc::new(SqliteCatalog::in_memory().unwrap());
    let other = on(&story.place, other, &story.days);
    story.upload("mine", b"precious").await;
    upload(&other, &story.place.take("theirs", b"precious")).await.unwrap();
    let thrown = story.studio.throw_away(&version_path("mine")).await.unwrap();
    let emptied = story.studio.purge(&thrown).await.unwrap();
    assert_eq!((emptied.objects, emptied.bytes), (0, 0));
    assert_eq!(bytes_of(&story.place, &other, "theirs").unwrap(), b"precious");
    // The last one takes the object with it.
    let thrown = other.throw_away(&version_path("theirs")).await.unwrap();
    assert_eq!(other.purge(&thrown).await.unwrap().objects, 1);
}

/// A place of the catalogue that belongs to a version in another store holds nothing up.
#[tokio::test(flavor = "multi_thread")]
async fn versions_in_another_store_do_not_stop_a_recovery() {
    let story = Story::new();
    for tag in ["a", "b", "c"] {
        story.upload(tag, tag.as_bytes()).await;
    }
    let elsewhere = FileStore::new(&story.place.path("elsewhere"));
    let catalog = Arc::new(SqliteCatalog::in_memory().unwrap());
    let moved = Studio::new(Arc::clone(&catalog), Arc::new(elsewhere));
    for (tag, bytes) in [("b", b"other bytes".as_slice()), ("c", b"c")] {
        upload(&moved, &story.place.take(tag, bytes)).await.unwrap();
    }
    let studio = on(&story.place, catalog, &story.days);
    let dry = studio.recover(true, &Job::default()).await.unwrap();
    let recovered = studio.recover(false, &Job::default()).await.unwrap();
    assert_eq!(dry, recovered);
    assert_eq!((recovered.versions, recovered.conflicts.len()), (1, 1), "{recovered:?}");
    let tags: Vec<_> = all(&studio).await.iter().map(|v| v.path.tag.to_string()).collect();
    assert_eq!(tags, ["a", "b", "c"]);
    assert_eq!(bytes_of(&story.place, &studio, "a").unwrap(), b"a");
    let again = studio.recover(false, &Job::default()).await.unwrap();
    assert_eq!((again.versions, again.conflicts.len()), (0, 0), "{again:?}");
}

/// What was thrown away or purged in a copy of a store is still there in the store itself.
#[tokio::test(flavor = "multi_thread")]
async fn a_copy_that_was_cleared_takes_nothing_from_the_first() {
    for purged in [false, true] {
        let story = Story::new();
        story.upload("v", b"precious").await;
        let copy = story.place.path("copy");
        let copied = std::process::Command::new("cp")
            .args([
                std::ffi::OsStr::new("-r"),
                story.place.store_directory().as_ref(),
                copy.as_ref(),
            ])
            .status();
        assert!(copied.unwrap().success());
        let on_copy = |catalog| Studio::new(catalog, Arc::new(FileStore::new(&copy)));
        let other = on_copy(Arc::new(SqliteCatalog::in_memory().unwrap()));
        other.recover(false, &Job::default()).await.unwrap();
        let thrown = other.throw_away(&version_path("v")).await.unwrap();
        if purged {
            upload(&other, &story.place.take("w", b"another")).await.unwrap();
            other.purge(&thrown).await.unwrap();
        }

        let studio = on_copy(story.place.catalog());
        let examination = Examination { depth: Depth::Full, grace: DAY, downloads: Vec::new() };
        let diagnosis = studio.examine(&examination, &Job::default()).await.unwrap();
        studio.repair(&diagnosis, &Job::default()).await.unwrap();
        let dry = studio.recover(true, &Job::default()).await.unwrap();
        let recovered = studio.recover(false, &Job::default()).await.unwrap();
        assert_eq!(dry, recovered);
        assert_eq!((recovered.trashed, recovered.forgotten), (0, 0), "{recovered:?}");
        assert_eq!(bytes_of(&story.place, &story.studio, "v").unwrap(), b"precious");
        assert_eq!(story.studio.trashed(None, 10).await.unwrap().items, []);
    }
}

/// A directory that was moved, or a bucket that was copied, has manifests that tell of
/// the first one; and names may have been typed otherwise.
#[tokio::test(flavor = "multi_thread")]
async fn a_copied_store_is_as_good_as_the_first() {
    let story = Story::new();
    story.upload("v", b"precious").await;
    let file = story.place.path("v.wav");
    std::fs::write(&file, b"another").unwrap();
    let mut path = version_path("w");
    path.artist = "KHRUANGBIN".parse().unwrap();
    upload(&story.studio, &Upload { path, file }).await.unwrap();
    let examination = Examination { depth: Depth::Full, grace: DAY, downloads: Vec::new() };
    let healthy = story.studio.examine(&examination, &Job::default()).await.unwrap();
    assert_eq!(healthy.problems, []);

    std::fs::rename(story.place.store_directory(), story.place.path("moved")).unwrap();
    let moved = Arc::new(FileStore::new(&story.place.path("moved")));
    let studio = Studio::new(Arc::new(SqliteCatalog::in_memory().unwrap()), moved);
    studio.recover(false, &Job::default()).await.unwrap();
    assert_eq!(all(&studio).await.len(), 2);
    upload(&studio, &story.place.take("v", b"precious")).await.unwrap();
    let diagnosis = studio.examine(&examination, &Job::default()).await.unwrap();
    assert_eq!(diagnosis.problems, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_backup_stays_though_others_are_dated_later() {
    let story = Story::new();
    story.upload("v", b"precious").await;
    story.pass(400);
    for _ in 0..3 {
        story.studio.back_up(3, &Job::default()).await.unwrap();
    }
    story.days.store(0, Ordering::SeqCst);
    for kept in [3, 3, 1] {
        let done = story.studio.back_up(kept, &Job::default()).await.unwrap();
        let there = story.studio.backups(&Job::default()).await.unwrap();
        assert_eq!((done.kept, there.len()), (kept, kept));
        assert!(there.contains(&done.backup) && !done.removed.contains(&done.backup));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_taken_back_in_a_store_that_is_not_there() {
    let story = Story::new();
    story.upload("v", b"precious").await;
    let thrown = story.studio.throw_away(&version_path("v")).await.unwrap();
    let (mount, disk) = (story.place.store_directory(), story.place.path("disk"));
    std::fs::rename(&mount, &disk).unwrap();
    let error = story.studio.restore_from_trash(&thrown).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable, "{error:?}");
    assert_eq!(story.studio.trashed(None, 10).await.unwrap().items, std::slice::from_ref(&thrown));
    let elsewhere = Arc::new(FileStore::new(&disk));
    let other = Studio::new(story.place.catalog(), elsewhere);
    let error = other.restore_from_trash(&thrown).await.unwrap_err();
    assert!(matches!(error, Error::StoredElsewhere { .. }), "{error:?}");
    std::fs::rename(&disk, &mount).unwrap();
    story.studio.restore_from_trash(&thrown).await.unwrap();
    assert_eq!(story.place.objects("trash/").await, [] as [&str; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_manifest_that_cannot_be_read_keeps_bytes_and_is_told() {
    let story = Story::new();
    story.upload("v", b"precious").await;
    let garbled =
        story.place.store_directory().join("versions/01890a5d-ac96-774b-bcce-b302099a8057.json");
    std::fs::write(&garbled, b"{").unwrap();
    let thrown = story.studio.throw_away(&version_path("v")).await.unwrap();
    let job = Job::default();
    let plan = story.studio.plan_purge(std::slice::from_ref(&thrown), &job).await.unwrap();
    let done = story.studio.purge_all(&[thrown], &job).await.unwrap();
    assert_eq!(plan, done);
    assert_eq!((done.objects, done.unreadable.len()), (0, 1));
    // The object is an orphan now, and goes when nothing is in doubt any more.
    let clearing = Clearing { grace: Duration::ZERO, ..Clearing::default() };
    let cleared = story.studio.collect_garbage(&clearing, &job).await.unwrap();
    assert_eq!((cleared.orphans.len(), cleared.unreadable.len()), (0, 1));
    std::fs::remove_file(garbled).unwrap();
    let cleared = story.studio.collect_garbage(&clearing, &job).await.unwrap();
    assert_eq!((cleared.orphans.len(), cleared.unreadable.len()), (1, 0));
}
