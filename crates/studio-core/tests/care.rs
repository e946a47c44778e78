//! The trash, garbage collection, verification, the doctor, backup and recovery, on real
//! parts: SQLite in a file and a directory.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

mod common;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use common::{Place, all, upload, version_path};
use futures_util::TryStreamExt as _;
use studio_core::blob::Attributes;
use studio_core::{
    BlobStore, Budget, Clearing, Damage, Depth, Diagnosis, Error, Examination, Job, MemoryStore,
    ObjectKey, Outcome, Problem, SqliteCatalog, Studio, Timestamp, VersionFilter,
};
use studio_testkit::noise;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// A clock that runs ahead as far as it is told to.
#[derive(Clone, Default)]
struct Clock(Arc<AtomicU64>);

impl Clock {
    fn pass(&self, time: Duration) {
        self.0.fetch_add(time.as_secs(), Ordering::SeqCst);
    }

    fn now(&self) -> Timestamp {
        let ahead = Duration::from_secs(self.0.load(Ordering::SeqCst));
        let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        Timestamp::from_micros(0).after(since_epoch + ahead)
    }
}

/// A studio in memory whose time and whose store's time are in our hands.
struct Lab {
    clock: Clock,
    store: Arc<MemoryStore>,
    studio: Studio,
    place: Place,
}

impl Lab {
    fn new() -> Self {
        let clock = Clock::default();
        let told = clock.clone();
        let store = Arc::new(MemoryStore::with_clock(move || told.now()));
        let studio = Self::studio_on(&store, &clock);
        Self { clock, store, studio, place: Place::new() }
    }

    fn studio_on(store: &Arc<MemoryStore>, clock: &Clock) -> Studio {
        let (store, clock) = (Arc::clone(store), clock.clone());
        let catalog = Arc::new(SqliteCatalog::in_memory().unwrap());
        Studio::new(catalog, store).with_clock(move || clock.now())
    }

    /// Another catalogue on the same store, empty.
    fn another_studio(&self) -> Studio {
        Self::studio_on(&self.store, &self.clock)
    }

    async fn upload(&self, tag: &str, bytes: &[u8]) {
        upload(&self.studio, &self.place.take(tag, bytes)).await.unwrap();
    }

    async fn keys(&self, prefix: &str) -> Vec<String> {
        let listed = self.store.list(prefix, None).await.unwrap();
        listed.iter().map(|info| info.key.to_string()).collect()
    }

    async fn clear(&self) -> studio_core::Cleared {
        self.studio.collect_garbage(&Clearing::default(), &Job::default()).await.unwrap()
    }

    async fn put(&self, key: &ObjectKey, bytes: &[u8]) {
        let body = bytes::Bytes::copy_from_slice(bytes);
        let crc = studio_core::blob::crc64nvme(bytes);
        let mode = studio_core::blob::WriteMode::Replace;
        self.store.put(key, body, crc, &Attributes::default(), mode).await.unwrap();
    }

    async fn examine(&self, studio: &Studio) -> Diagnosis {
        let grace = 7 * DAY;
        let examination = Examination { depth: Depth::Full, grace, downloads: vec![] };
        studio.examine(&examination, &Job::default()).await.unwrap()
    }

    /// Repairs until nothing is left to repair, and says what was done first.
    async fn heal(&self) -> Vec<(Problem, Outcome)> {
        let diagnosis = self.examine(&self.studio).await;
        let treated = self.studio.repair(&diagnosis, &Job::default()).await.unwrap();
        let again = self.studio.repair(&diagnosis, &Job::default()).await.unwrap();
        assert_eq!(again.outcomes.len(), treated.outcomes.len(), "a repair can be done twice");
        treated.outcomes
    }
}

async fn throw_away(studio: &Studio, tag: &str) -> studio_core::TrashedVersion {
    studio.throw_away(&version_path(tag)).await.unwrap()
}

#[tokio::test]
async fn what_is_thrown_away_can_be_taken_back_until_its_time_is_over() {
    let lab = Lab::new();
    lab.upload("v", b"a take").await;
    let before = all(&lab.studio).await;
    let trashed = throw_away(&lab.studio, "v").await;
    assert_eq!(all(&lab.studio).await, []);
    assert_eq!((lab.keys("objects/").await.len(), lab.keys("trash/").await.len()), (1, 1));

    lab.clock.pass(29 * DAY);
    let cleared = lab.clear().await;
    assert_eq!((cleared.purged.versions.len(), cleared.orphans.len()), (0, 0));
    let back = lab.studio.restore_from_trash(&trashed).await.unwrap();
    assert_eq!(vec![back], before);
    assert_eq!(lab.keys("trash/").await, [""; 0]);

    throw_away(&lab.studio, "v").await;
    lab.clock.pass(31 * DAY);
    let cleared = lab.clear().await;
    assert_eq!((cleared.purged.versions.len(), cleared.purged.objects), (1, 1));
    assert_eq!((lab.keys("objects/").await.len(), lab.keys("versions/").await.len()), (0, 0));
    // For good, so that no backup brings it back.
    assert_eq!(lab.keys("trash/").await.len(), 1);
    let error = lab.studio.restore_from_trash(&trashed).await.unwrap_err();
    assert_eq!(error.kind(), studio_core::ErrorKind::NotFound, "{error:?}");
}

#[tokio::test]
async fn what_cannot_be_taken_back_keeps_its_tombstone() {
    let lab = Lab::new();
    lab.upload("v", b"a take").await;
    let trashed = throw_away(&lab.studio, "v").await;
    let tombstones = lab.keys("trash/").await;
    lab.upload("v", b"another take").await;
    let error = lab.studio.restore_from_trash(&trashed).await.unwrap_err();
    assert_eq!(error.kind(), studio_core::ErrorKind::Conflict, "{error:?}");
    assert_eq!(lab.keys("trash/").await, tombstones);
    assert_eq!(lab.examine(&lab.studio).await.problems, []);
}

/// The manifest of a purged version, as a catalogue that was lost on the way leaves it.
#[tokio::test]
async fn the_doctor_brings_back_nothing_that_was_purged() {
    let lab = Lab::new();
    lab.upload("v", b"a take").await;
    let trashed = throw_away(&lab.studio, "v").await;
    let key = ObjectKey::of_version_manifest(trashed.id);
    let body = lab.store.get(&key, None, None).await.unwrap();
    let manifest: Vec<bytes::Bytes> = body.chunks.try_collect().await.unwrap();
    lab.studio.purge(&trashed).await.unwrap();
    lab.put(&key, &manifest.concat()).await;
    let healed = lab.heal().await;
    assert!(matches!(healed[..], [(_, Outcome::Repaired(_))]), "{healed:?}");
    assert_eq!(all(&lab.studio).await, []);
    assert_eq!(lab.keys("versions/").await, [""; 0]);
}

#[tokio::test]
async fn bytes_that_another_version_has_outlive_a_purge() {
    let lab = Lab::new();
    lab.upload("v", b"the same bytes").await;
    lab.upload("w", b"the same bytes").await;
    let trashed = throw_away(&lab.studio, "v").await;
    let emptied = lab.studio.purge(&trashed).await.unwrap();
    assert_eq!((emptied.objects, emptied.bytes), (0, 0));
    assert_eq!(lab.keys("objects/").await.len(), 1);
    lab.studio.download(&lab.place.target("w"), &Job::default()).await.unwrap();
}

#[tokio::test]
async fn orphans_go_only_past_their_grace_period() {
    let lab = Lab::new();
    lab.upload("v", b"kept").await;
    let digest = all(&lab.studio).await[0].digest;
    let orphan = ObjectKey::of_object(&"00".repeat(32).parse().unwrap());
    lab.put(&orphan, b"orphan").await;
    lab.clock.pass(6 * DAY);
    let cleared = lab.clear().await;
    assert_eq!((cleared.orphans.len(), cleared.young), (0, 1));
    lab.clock.pass(2 * DAY);
    let dry = Clearing { dry_run: true, ..Clearing::default() };
    let told = lab.studio.collect_garbage(&dry, &Job::default()).await.unwrap();
    assert_eq!(told.orphans, [(orphan.clone(), 6)]);
    assert_eq!(lab.keys("objects/").await.len(), 2);
    assert_eq!(lab.clear().await.orphans, [(orphan, 6)]);
    assert_eq!(lab.keys("objects/").await, [ObjectKey::of_object(&digest).to_string()]);
}

/// Another catalogue on the same bucket: what its manifests name is nobody's orphan.
#[tokio::test]
async fn what_a_manifest_names_is_no_orphan() {
    let lab = Lab::new();
    lab.upload("v", b"a take").await;
    lab.clock.pass(100 * DAY);
    let other = lab.another_studio();
    let cleared = other.collect_garbage(&Clearing::default(), &Job::default()).await.unwrap();
    assert_eq!((cleared.orphans.len(), cleared.young), (0, 0));
    // And one that cannot be read may name anything.
    lab.put(&"versions/01890a5d-ac96-774b-bcce-b302099a8057.json".parse().unwrap(), b"?").await;
    let orphan = ObjectKey::of_object(&"00".repeat(32).parse().unwrap());
    lab.put(&orphan, b"orphan").await;
    lab.clock.pass(100 * DAY);
    let cleared = lab.clear().await;
    assert_eq!((cleared.orphans.len(), cleared.unreadable.len()), (0, 1));
}

/// A clock that is far ahead makes nothing old.
#[tokio::test]
async fn a_wrong_clock_is_no_reason_to_remove_anything() {
    let lab = Lab::new();
    let orphan = ObjectKey::of_object(&"00".repeat(32).parse().unwrap());
    lab.put(&orphan, b"orphan").await;
    lab.upload("v", b"a take").await;
    throw_away(&lab.studio, "v").await;
    let wrong = lab.clock.clone();
    let ahead = lab.studio.clone().with_clock(move || wrong.now().after(400 * DAY));
    let cleared = ahead.collect_garbage(&Clearing::default(), &Job::default()).await.unwrap();
    assert_eq!((cleared.orphans.len(), cleared.purged.versions.len()), (0, 0));
    let apart = cleared.clocks_apart.unwrap();
    assert!(apart > 399 * DAY, "{apart:?}");
    let diagnosis = lab.examine(&ahead).await;
    let treated = ahead.repair(&diagnosis, &Job::default()).await.unwrap();
    assert_eq!(treated.left(), 1, "{treated:?}");
    assert_eq!(lab.keys("objects/").await.len(), 2);
}

#[tokio::test]
async fn every_damage_is_found_and_none_else() {
    let place = Place::new();
    let studio = place.studio();
    for n in 0..40u8 {
        let bytes = noise::bytes(n.into(), 2000 + usize::from(n));
        upload(&studio, &place.take(&format!("take {n}"), &bytes)).await.unwrap();
    }
    let job = Job::default();
    let clean = studio.verify(&VersionFilter::All, Depth::Full, &job).await.unwrap();
    assert_eq!((clean.versions, clean.objects, clean.findings.len()), (40, 40, 0));
    let versions = all(&studio).await;
    assert!(versions.iter().all(|version| version.check.is_some_and(|c| c.damage.is_none())));
    let object = |n: usize| place.store_directory().join(versions[n].object_key.as_str());
    let flip = |path: PathBuf, at: usize| {
        let mut bytes = std::fs::read(&path).unwrap();
        bytes[at] ^= 1;
        std::fs::write(path, bytes).unwrap();
    };
    flip(object(3), 0);
    flip(object(4), 2003);
    std::fs::remove_file(object(5)).unwrap();
    std::fs::write(object(6), b"short").unwrap();
    let swapped = std::fs::read(object(7)).unwrap();
    std::fs::write(object(7), noise::bytes(99, swapped.len())).unwrap();

    let quick = studio.verify(&VersionFilter::All, Depth::Quick, &job).await.unwrap();
    assert_eq!(quick.by_size_only, 38);
    let damages = |found: &studio_core::Verified| -> Vec<_> {
        found.findings.iter().map(|finding| (finding.version.id, finding.damage)).collect()
    };
    let id = |n: usize| versions[n].id;
    assert_eq!(damages(&quick), [(id(5), Damage::Missing), (id(6), Damage::WrongSize)]);
    let full = studio.verify(&VersionFilter::All, Depth::Full, &job).await.unwrap();
    let expected = [
        (id(3), Damage::WrongDigest),
        (id(4), Damage::WrongDigest),
        (id(5), Damage::Missing),
        (id(6), Damage::WrongSize),
        (id(7), Damage::WrongDigest),
    ];
    assert_eq!(damages(&full), expected);
    let recorded = all(&studio).await;
    let damage = |n: usize| recorded[n].check.and_then(|check| check.damage);
    assert_eq!((damage(3), damage(8)), (Some(Damage::WrongDigest), None));
}

#[tokio::test]
async fn one_percent_a_day_has_read_everything_after_a_hundred_days() {
    let lab = Lab::new();
    for n in 0..130u32 {
        // Of very different sizes, some of them more than a percent of all.
        let size = if n % 13 == 0 { 9000 } else { 40 + n as usize };
        lab.upload(&format!("take {n}"), &noise::bytes(n.into(), size)).await;
    }
    for _ in 0..100 {
        lab.clock.pass(DAY);
        lab.studio.scrub(Budget::Percent(1.0), &Job::default()).await.unwrap();
    }
    assert!(all(&lab.studio).await.iter().all(|version| version.check.is_some()));
    let none = lab.studio.scrub(Budget::Bytes(0), &Job::default()).await.unwrap();
    assert_eq!((none.objects, none.of_objects), (0, 130));
    let all_of_it = lab.studio.scrub(Budget::Percent(100.0), &Job::default()).await.unwrap();
    assert_eq!((all_of_it.objects, all_of_it.bytes), (130, all_of_it.of_bytes));
}

/// One of each problem that the doctor knows, repaired, with no version lost.
#[tokio::test]
async fn the_doctor_finds_and_repairs_each_problem() {
    let lab = Lab::new();
    for tag in ["good", "missing", "short", "rotten", "no manifest", "wrong manifest", "trashed"] {
        lab.upload(tag, tag.repeat(50).as_bytes()).await;
    }
    let version = |tag: &'static str| {
        let studio = lab.studio.clone();
        async move { studio.version(&version_path(tag)).await.unwrap() }
    };
    let key = async |tag| version(tag).await.object_key.clone();
    lab.store.delete(&key("missing").await).await.unwrap();
    lab.put(&key("short").await, b"short").await;
    lab.put(&key("rotten").await, &b"Rotten".repeat(50)).await;
    let manifest = async |tag| ObjectKey::of_version_manifest(version(tag).await.id);
    lab.store.delete(&manifest("no manifest").await).await.unwrap();
    lab.put(&manifest("wrong manifest").await, b"{}").await;
    // What a studio with another catalogue stored, and what it stored to a taken place.
    let other = lab.another_studio();
    upload(&other, &lab.place.take("theirs", b"their take")).await.unwrap();
    upload(&other, &lab.place.take("good", b"their other take")).await.unwrap();
    let ours = throw_away(&lab.studio, "trashed").await;
    lab.store.delete(&ObjectKey::of_tombstone(ours.id)).await.unwrap();
    std::fs::write(lab.place.path("good.wav"), "good".repeat(50)).unwrap();
    // Leftovers of crashes, long ago.
    lab.put(&ObjectKey::of_object(&"00".repeat(32).parse().unwrap()), b"orphan").await;
    let dead = ObjectKey::of_object(&"01".repeat(32).parse().unwrap());
    lab.store.begin(&dead, 10, 5, &Attributes::default()).await.unwrap();
    lab.clock.pass(8 * DAY);

    let healed = lab.heal().await;
    let name = |problem: &Problem| match problem {
        Problem::Damaged { damage, .. } => format!("{damage:?}"),
        other => format!("{other:?}").split([' ', '{']).next().unwrap().to_owned(),
    };
    let mut found: Vec<_> = healed.iter().map(|(problem, _)| name(problem)).collect();
    found.sort();
    assert_eq!(
        found,
        [
            "DeadUpload",
            "ManifestWithoutRow",
            "ManifestWithoutRow",
            "Missing",
            "Orphan",
            "RowWithoutManifest",
            "RowWithoutTombstone",
            "WrongDigest",
            "WrongManifest",
            "WrongSize",
        ]
    );
    for (problem, outcome) in &healed {
        assert!(matches!(outcome, Outcome::Repaired(_)), "{problem:?}: {outcome:?}");
    }
    let left = lab.examine(&lab.studio).await;
    assert_eq!(left.problems, []);
    assert_eq!((left.versions, left.trashed), (7, 2));
    assert!(lab.studio.version(&version_path("theirs")).await.is_ok());
}

#[tokio::test]
async fn damage_without_a_good_copy_is_left_and_told() {
    let lab = Lab::new();
    lab.upload("v", b"a take that is gone").await;
    std::fs::remove_file(lab.place.path("v.wav")).unwrap();
    let key = all(&lab.studio).await[0].object_key.clone();
    lab.put(&key, b"a take that has rot").await;
    let healed = lab.heal().await;
    assert!(matches!(healed[0], (Problem::Damaged { .. }, Outcome::Left(_))), "{healed:?}");
    let body = lab.store.get(&key, None, None).await.unwrap();
    assert_eq!(body.info.size, 19, "what is there stays");
    // Whoever has the original brings it back.
    lab.upload("v", b"a take that is gone").await;
    assert_eq!(lab.examine(&lab.studio).await.problems, []);
    assert_eq!(all(&lab.studio).await[0].check.and_then(|check| check.damage), None);
}

#[tokio::test]
async fn a_catalogue_comes_back_from_the_store_alone() {
    let lab = Lab::new();
    for n in 0..25u32 {
        lab.upload(&format!("take {n}"), &noise::bytes(n.into(), 100)).await;
    }
    let trashed = throw_away(&lab.studio, "take 3").await;
    let purged = throw_away(&lab.studio, "take 4").await;
    lab.studio.purge(&purged).await.unwrap();
    lab.put(&"versions/readme.txt".parse().unwrap(), b"hello").await;
    lab.put(&"versions/01890a5d-ac96-774b-bcce-b302099a8057.json".parse().unwrap(), b"{").await;
    let before = all(&lab.studio).await;

    let other = lab.another_studio();
    let dry = other.recover(true, &Job::default()).await.unwrap();
    assert_eq!((dry.versions, all(&other).await.len()), (23, 0));
    let recovered = other.recover(false, &Job::default()).await.unwrap();
    assert_eq!((recovered.versions, recovered.trashed), (23, 1));
    assert_eq!((recovered.unreadable.len(), recovered.foreign.len()), (1, 1));
    assert_eq!(all(&other).await, before);
    let in_trash = other.trashed(None, 10).await.unwrap().items;
    assert_eq!(in_trash, [trashed]);
    let again = other.recover(false, &Job::default()).await.unwrap();
    assert_eq!((again.versions, again.trashed, again.known), (0, 0, 24));
}

#[tokio::test]
async fn the_newest_backup_and_younger_manifests_make_the_catalogue() {
    let place = Place::new();
    let studio = place.studio();
    for n in 0..5u8 {
        upload(&studio, &place.take(&format!("take {n}"), &[n; 100])).await.unwrap();
    }
    let job = Job::default();
    for _ in 0..3 {
        studio.back_up(2, &job).await.unwrap();
    }
    assert_eq!(place.objects("backups/").await.len(), 2);
    upload(&studio, &place.take("younger", b"than the backup")).await.unwrap();
    let purged = studio.throw_away(&version_path("take 2")).await.unwrap();
    studio.purge(&purged).await.unwrap();
    let before = all(&studio).await;

    let newest = studio.backups(&job).await.unwrap().remove(0);
    let database = place.path("recovered.db");
    studio.fetch_backup(&newest, &database, &job).await.unwrap();
    let catalog = Arc::new(SqliteCatalog::open(&database).unwrap());
    let recovered = Studio::new(catalog, place.store());
    let done = recovered.recover(false, &job).await.unwrap();
    assert_eq!((done.known, done.versions, done.forgotten), (5, 1, 1));
    assert_eq!(all(&recovered).await, before);

    let object = place.store_directory().join(newest.object_key.as_str());
    let mut bytes = std::fs::read(&object).unwrap();
    bytes[5000] ^= 1;
    std::fs::write(object, bytes).unwrap();
    let target = place.path("damaged.db");
    let error = studio.fetch_backup(&newest, &target, &job).await.unwrap_err();
    assert!(matches!(error, Error::BackupDamaged { .. }), "{error:?}");
    assert!(!target.exists());
}
