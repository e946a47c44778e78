//! Download: what arrives is whole and right, or does not arrive.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

mod common;

use std::sync::Arc;

use studio_core::{
    CancellationToken, Error, ErrorKind, Event, FileStore, Job, Phase, Progress, Studio,
    TransferOptions,
};
use studio_repo::Error as CatalogError;
use studio_testkit::noise;

use self::common::{Place, upload};

/// Several ranges of the default size, and a rest.
const LARGE: usize = (13 << 20) + 77;

#[tokio::test]
async fn the_same_bytes_come_back_whatever_their_number() {
    let place = Place::new();
    let options = TransferOptions { range_size: 1000, parallel_ranges: 3, ..Default::default() };
    for studio in [place.studio(), place.studio().with_transfer_options(options)] {
        for size in [0, 1, 999, 1000, 1001, 2_500, 1 << 20] {
            let tag = format!("{size}");
            let bytes = noise::bytes(size as u64, size);
            upload(&studio, &place.take(&tag, &bytes)).await.unwrap();
            let request = studio_core::Download { overwrite: true, ..place.target(&tag) };
            let done = studio.download(&request, &Job::default()).await.unwrap();
            assert_eq!(done.version.size, size as u64);
            assert!(std::fs::read(&request.target).unwrap() == bytes, "{size}");
        }
    }
}

#[tokio::test]
async fn a_target_that_is_there_is_kept_unless_told_otherwise() {
    let place = Place::new();
    let studio = place.studio();
    upload(&studio, &place.take("v", b"stored")).await.unwrap();
    let request = place.target("v");
    std::fs::write(&request.target, b"mine").unwrap();
    let error = studio.download(&request, &Job::default()).await.unwrap_err();
    assert!(matches!(error, Error::TargetExists { .. }), "{error:?}");
    assert_eq!(error.kind(), ErrorKind::Conflict);
    assert_eq!(std::fs::read(&request.target).unwrap(), b"mine");
    let forced = studio_core::Download { overwrite: true, ..request };
    studio.download(&forced, &Job::default()).await.unwrap();
    assert_eq!(std::fs::read(&forced.target).unwrap(), b"stored");
}

#[tokio::test]
async fn a_target_that_appears_meanwhile_is_kept() {
    struct Appears(std::path::PathBuf);
    impl Progress for Appears {
        fn on(&self, event: Event) {
            if let Event::Moved { .. } = event {
                std::fs::write(&self.0, b"somebody else's").unwrap();
            }
        }
    }
    let place = Place::new();
    let studio = place.studio();
    upload(&studio, &place.take("v", b"stored")).await.unwrap();
    let request = place.target("v");
    let appears = Arc::new(Appears(request.target.clone()));
    let job = Job::new(appears, CancellationToken::new());
    let error = studio.download(&request, &job).await.unwrap_err();
    assert!(matches!(error, Error::TargetExists { .. }), "{error:?}");
    assert_eq!(std::fs::read(&request.target).unwrap(), b"somebody else's");
}

#[tokio::test]
async fn what_is_wrong_with_a_target_is_told() {
    let place = Place::new();
    let studio = place.studio();
    upload(&studio, &place.take("v", b"stored")).await.unwrap();
    let to = |target| studio_core::Download { target, ..place.target("v") };
    let job = Job::default();
    let error = studio.download(&to(place.path("no/such/take.wav")), &job).await.unwrap_err();
    assert!(matches!(error, Error::TargetDirectoryMissing { .. }), "{error:?}");
    assert_eq!(error.kind(), ErrorKind::NotFound);
    let error = studio.download(&to(place.path("store")), &job).await.unwrap_err();
    assert!(matches!(error, Error::TargetNotAFile { what: "a directory", .. }), "{error:?}");
    let below_a_file = place.path("v.wav").join("take.wav");
    let error = studio.download(&to(below_a_file), &job).await.unwrap_err();
    assert!(matches!(error, Error::TargetUnwritable { .. }), "{error:?}");
}

#[tokio::test]
async fn what_is_not_stored_is_not_found() {
    let place = Place::new();
    let studio = place.studio();
    upload(&studio, &place.take("v", b"stored")).await.unwrap();
    let error = studio.download(&place.target("w"), &Job::default()).await.unwrap_err();
    assert!(matches!(error, Error::Catalog(CatalogError::NotFound { .. })), "{error:?}");
    assert_eq!(error.kind(), ErrorKind::NotFound);
}

#[tokio::test]
async fn damaged_bytes_never_appear_under_the_target() {
    let place = Place::new();
    let studio = place.studio();
    let bytes = noise::bytes(5, LARGE);
    let version = upload(&studio, &place.take("v", &bytes)).await.unwrap().version;
    let object = place.store_directory().join(version.object_key.as_str());
    let before = Place::names_in(&place.path(""));
    for damage in ["first bit", "last bit", "cut", "longer", "gone"] {
        let mut damaged = bytes.clone();
        match damage {
            "first bit" => damaged[0] ^= 1,
            "last bit" => damaged[LARGE - 1] ^= 0x80,
            "cut" => damaged.truncate(LARGE - 1),
            _ => damaged.push(0),
        }
        match damage {
            "gone" => std::fs::remove_file(&object).unwrap(),
            _ => std::fs::write(&object, &damaged).unwrap(),
        }
        let error = studio.download(&place.target("v"), &Job::default()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Integrity, "{damage}: {error:?}");
        assert_eq!(Place::names_in(&place.path("")), before, "{damage}");
    }
}

#[tokio::test]
async fn a_cancelled_download_leaves_nothing() {
    struct Cancels(CancellationToken);
    impl Progress for Cancels {
        fn on(&self, event: Event) {
            if matches!(event, Event::Moved { .. }) {
                self.0.cancel();
            }
        }
    }
    let place = Place::new();
    let studio = place.studio();
    upload(&studio, &place.take("v", &noise::bytes(6, LARGE))).await.unwrap();
    let before = Place::names_in(&place.path(""));
    let cancel = CancellationToken::new();
    let job = Job::new(Arc::new(Cancels(cancel.clone())), cancel);
    let error = studio.download(&place.target("v"), &job).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Cancelled, "{error:?}");
    assert_eq!(Place::names_in(&place.path("")), before);
}

#[tokio::test]
async fn a_store_that_has_moved_still_gives_its_bytes() {
    let place = Place::new();
    upload(&place.studio(), &place.take("v", b"stored")).await.unwrap();
    std::fs::rename(place.store_directory(), place.path("moved")).unwrap();
    let moved = FileStore::new(&place.path("moved"));
    let studio = Studio::new(place.catalog(), Arc::new(moved));
    let request = place.target("v");
    studio.download(&request, &Job::default()).await.unwrap();
    assert_eq!(std::fs::read(&request.target).unwrap(), b"stored");
    let elsewhere = studio_core::Download { target: place.path("x.wav"), ..request };
    let error = place.studio().plan_download(&elsewhere, &Job::default()).await.unwrap_err();
    assert!(matches!(error, Error::StoreEmpty { .. }), "{error:?}");
}

#[tokio::test]
async fn the_phase_and_its_bytes_are_told() {
    #[derive(Default)]
    struct Adds(std::sync::Mutex<(Vec<Phase>, u64, u64)>);
    impl Progress for Adds {
        fn on(&self, event: Event) {
            let mut seen = self.0.lock().unwrap();
            match event {
                Event::Begin { phase, total } => {
                    seen.0.push(phase);
                    seen.1 += total;
                }
                Event::Moved { bytes } => seen.2 += bytes,
                _ => {}
            }
        }
    }
    let place = Place::new();
    let studio = place.studio();
    let adds = Arc::new(Adds::default());
    let job = Job::new(adds.clone(), CancellationToken::new());
    studio.upload(&place.take("v", &noise::bytes(7, LARGE)), &job).await.unwrap();
    studio.download(&place.target("v"), &job).await.unwrap();
    let (phases, total, moved) = adds.0.lock().unwrap().clone();
    assert_eq!(phases, [Phase::Reading, Phase::Sending, Phase::Fetching]);
    assert_eq!((total, moved), (3 * LARGE as u64, 3 * LARGE as u64));
}
