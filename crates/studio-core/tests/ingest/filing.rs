//! Valid files that become versions.

use std::sync::Arc;

use studio_core::blob::intake::{FolderIntake, Intake};
use studio_core::ingest::{Filing, Ingest, IngestRules, Outcome};
use studio_core::{FileStore, S3Intake, Studio};
use studio_domain::{AssetEvent, AssetStatus, EventKind, VersionId};
use studio_testkit::catalog_suite::path;
use studio_testkit::proxy::Operation;
use studio_testkit::wav::Wav;

use super::scene::{BUCKET, Scene, bad, good, now};

const PATTERN: &str = "{artist}/{song}/{track}_{version}.wav";
const KEY: &str = "Björk/Jóga/Drums_take 1.wav";

async fn filed(scene: &Scene, ingest: &Ingest, event: &AssetEvent) -> VersionId {
    let taken = ingest.take(event).await.unwrap();
    let Outcome::Filed(id) = taken.outcome else { panic!("{taken:?}") };
    let asset = taken.asset.unwrap();
    assert_eq!(
        (asset.status, asset.filed, asset.filing_problem),
        (AssetStatus::Valid, Some(id), None)
    );
    let version = scene.version(id).await;
    assert_eq!(version.original_path, event.place.to_string());
    id
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_tells_which_version_it_is() {
    let scene = Scene::new();
    let ingest = scene.ingest().with_filing(scene.filing(Some(PATTERN)));
    let event = scene.put(KEY, &good(1));
    let id = filed(&scene, &ingest, &event).await;
    let version = scene.version(id).await;
    assert_eq!(version.path, path("Björk", "Jóga", "Drums", "take 1"));
    assert_eq!(version.size, good(1).len() as u64);
    assert_eq!(scene.server.bucket("masters").get(version.object_key.as_str()).unwrap(), good(1));
    // The original stays, and to hear of it again changes nothing.
    assert_eq!(scene.get(KEY).unwrap(), good(1));
    assert_eq!(ingest.take(&event).await.unwrap().outcome, Outcome::Seen);
    // The same bytes at another place are another version, stored once.
    let event = scene.put("Björk/Jóga/Drums_take 2.wav", &good(1));
    assert_ne!(filed(&scene, &ingest, &event).await, id);
    let objects = scene.server.bucket("masters").keys();
    assert_eq!(objects.iter().filter(|key| key.starts_with("objects/")).count(), 1);
}

/// The body passes the worker once, on its way to the digest; the server copies it.
#[tokio::test(flavor = "multi_thread")]
async fn the_body_passes_once() {
    let scene = Scene::new();
    let ingest = scene.ingest().with_filing(scene.filing(Some(PATTERN)));
    // The bucket of the masters is made by the first upload.
    let first = scene.put(KEY, &good(1));
    filed(&scene, &ingest, &first).await;
    let bytes = super::verdicts::long_with_trailing_chunks(20 << 20);
    let event = scene.put("Björk/Jóga/Drums_take 3.wav", &bytes);
    scene.proxy.take_traffic();
    filed(&scene, &ingest, &event).await;
    let gets = scene.proxy.traffic(Operation::GetObject);
    let size = bytes.len() as u64;
    assert!(gets.down >= size && gets.down < size + (300 << 10), "{gets:?} of {size}");
    // What goes up is the record of the version, and no sound.
    assert!(scene.proxy.all_traffic().up < 100 << 10, "{:?}", scene.proxy.all_traffic());
}

/// In parts, too, where the object is larger than the server copies at once.
#[tokio::test(flavor = "multi_thread")]
async fn a_large_file_is_copied_in_parts() {
    let scene = Scene::new();
    let intake = S3Intake::new(&BUCKET.parse().unwrap(), scene.settings());
    let intake: Arc<dyn Intake> = Arc::new(intake.with_copies_of(5 << 20, 5 << 20));
    let ingest = Ingest::new(vec![intake], scene.catalog.clone(), IngestRules::default())
        .with_clock(now)
        .with_filing(scene.filing(Some(PATTERN)));
    scene.server.bucket("masters").put("x", "");
    let bytes = super::verdicts::long_with_trailing_chunks(12 << 20);
    let event = scene.put(KEY, &bytes);
    let id = filed(&scene, &ingest, &event).await;
    let version = scene.version(id).await;
    assert!(scene.server.bucket("masters").get(version.object_key.as_str()).unwrap() == bytes);
    assert!(scene.proxy.all_traffic().up < 100 << 10);
    assert_eq!(scene.server.bucket("masters").open_uploads(), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_file_tells_what_its_key_does_not() {
    let scene = Scene::new();
    let filing = Filing { ixml: true, ..scene.filing(Some(PATTERN)) };
    let ingest = scene.ingest().with_filing(filing);
    let xml = "<?xml version=\"1.0\"?><BWFXML><PROJECT>Björk</PROJECT><SCENE>Jóga</SCENE>\
               <TAKE>7</TAKE><TRACK_LIST><TRACK_COUNT>1</TRACK_COUNT><TRACK>\
               <CHANNEL_INDEX>1</CHANNEL_INDEX><NAME>Boom</NAME></TRACK></TRACK_LIST></BWFXML>";
    let event = scene.put("T07.WAV", &Wav::good(1).ixml(xml).build());
    let id = filed(&scene, &ingest, &event).await;
    let version = scene.version(id).await;
    assert_eq!(version.path, path("Björk", "Jóga", "Boom", "7"));
    for (key, bytes) in [
        ("none.wav", good(1)),
        ("half.wav", Wav::good(1).ixml("<BWFXML><SCENE>x</SCENE></BWFXML>").build()),
        ("broken.wav", Wav::good(1).ixml("<BWFXML><SCENE>").build()),
    ] {
        let event = scene.put(key, &bytes);
        let taken = ingest.take(&event).await.unwrap();
        assert_eq!(taken.outcome, Outcome::Valid, "{key}");
        assert!(taken.asset.unwrap().filing_problem.is_some(), "{key}");
    }
}

/// What becomes no version is valid all the same, and is not tried again.
#[tokio::test(flavor = "multi_thread")]
async fn why_not_is_told() {
    let scene = Scene::new();
    let ingest = scene.ingest().with_filing(scene.filing(Some(PATTERN)));
    let event = scene.put(KEY, &good(1));
    let id = filed(&scene, &ingest, &event).await;
    // Another file at the place of a version.
    let event = scene.put(KEY, &good(2));
    let unfitting = scene.put("somewhere.wav", &good(3));
    let ambiguous = scene.put("Björk/Jóga/Drums_a_b.wav", &good(4));
    for (event, what) in [(&event, "Drums"), (&unfitting, "pattern"), (&ambiguous, "one way")] {
        let taken = ingest.take(event).await.unwrap();
        assert_eq!(taken.outcome, Outcome::Valid, "{taken:?}");
        let asset = taken.asset.unwrap();
        let problem = asset.filing_problem.unwrap();
        assert!(problem.contains(what), "{what}: {problem}");
        assert_eq!((asset.status, asset.filed), (AssetStatus::Valid, None));
        scene.proxy.take_traffic();
        assert_eq!(ingest.take(event).await.unwrap().outcome, Outcome::Seen);
        assert_eq!(scene.proxy.all_traffic().requests, 0);
    }
    assert_eq!(scene.version(id).await.size, good(1).len() as u64);
    // A bad file is none at all.
    let event = scene.put("Björk/Jóga/Bass_1.wav", &bad(1));
    let taken = ingest.take(&event).await.unwrap();
    assert!(matches!(taken.outcome, Outcome::Quarantined(_)), "{taken:?}");
}

/// A store that the server cannot copy into: the bytes are brought here.
#[tokio::test(flavor = "multi_thread")]
async fn files_are_brought_to_a_store_elsewhere() {
    let scene = Scene::new();
    let store = scene.directory.path().join("store");
    let studio = Studio::new(scene.catalog.clone(), Arc::new(FileStore::new(&store)));
    let spool = scene.directory.path().join("spool");
    let studio = studio.with_spool_directory(spool.clone());
    let filing = Filing { studio, ..scene.filing(Some(PATTERN)) };
    let ingest = scene.ingest().with_filing(filing);
    let event = scene.put(KEY, &good(1));
    let taken = ingest.take(&event).await.unwrap();
    let Outcome::Filed(id) = taken.outcome else { panic!("{taken:?}") };
    let version = scene.version(id).await;
    assert_eq!(std::fs::read(store.join(version.object_key.as_str())).unwrap(), good(1));
    assert_eq!(std::fs::read_dir(spool).unwrap().count(), 0);
}

/// From a folder a file is uploaded as it lies there.
#[tokio::test(flavor = "multi_thread")]
async fn files_of_a_folder_are_uploaded() {
    let scene = Scene::new();
    let folder = scene.directory.path().join("drop");
    std::fs::create_dir_all(folder.join("Björk/Jóga")).unwrap();
    std::fs::write(folder.join(KEY), good(1)).unwrap();
    let intake: Arc<dyn Intake> = Arc::new(FolderIntake::new(&folder).unwrap());
    let ingest = Ingest::new(vec![intake.clone()], scene.catalog.clone(), IngestRules::default())
        .with_filing(scene.filing(Some(PATTERN)));
    let found = intake.head(&KEY.parse().unwrap()).await.unwrap();
    let mut event = scene.event(KEY, EventKind::Created);
    event.place.bucket = intake.bucket().clone();
    event.state = found.state;
    let taken = ingest.take(&event).await.unwrap();
    let Outcome::Filed(id) = taken.outcome else { panic!("{taken:?}") };
    let version = scene.version(id).await;
    assert_eq!(scene.server.bucket("masters").get(version.object_key.as_str()).unwrap(), good(1));
    assert!(folder.join(KEY).exists());
}

/// Cut off anywhere, its event completes it: one version, and one object.
#[tokio::test(flavor = "multi_thread")]
async fn filing_is_completed() {
    use super::tripwire::Side;
    for (n, side) in (0..20).flat_map(|n| [(n, Side::Before), (n, Side::After)]) {
        let scene = Scene::new();
        scene.server.bucket("masters").put("x", "");
        let event = scene.put(KEY, &good(1));
        let (hook, blown) = super::crashes::dying(n, side);
        let filing = || scene.filing(Some(PATTERN));
        let cut = scene.wired(IngestRules::default(), hook).with_filing(filing());
        let cut = cut.take(&event).await;
        if !blown() {
            assert!(n > 3 && cut.is_ok(), "{cut:?}");
            return;
        }
        assert!(cut.is_err(), "{n} {side:?} {cut:?}");
        let taken = scene.ingest().with_filing(filing()).take(&event).await.unwrap();
        let asset = taken.asset.unwrap();
        assert!(asset.filed.is_some(), "{n} {side:?} {asset:?}");
        let objects = scene.server.bucket("masters").keys();
        let count = |prefix: &str| objects.iter().filter(|key| key.starts_with(prefix)).count();
        assert_eq!((count("objects/"), count("versions/")), (1, 1), "{n} {side:?} {objects:?}");
    }
    panic!("it never came to its end");
}
