//! Upload: what it stores, what it refuses, and what is left when it fails.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

mod common;

use std::io::Write as _;
use std::path::PathBuf;
use std::sync::Arc;

use studio_blob::{Error as StoreError, MockBlobStore};
use studio_core::{
    CancellationToken, Error, ErrorKind, Event, Job, Phase, Progress, Repositories, Studio, Upload,
    UploadOutcome, Warning,
};
use studio_repo::{CatalogRepo as _, Error as CatalogError, MockCatalogRepo, Reserved};
use studio_testkit::noise;

use self::common::{Place, all, upload, version_path};

/// Large enough to go in three parts.
const LARGE: usize = (16 << 20) + 4321;

/// Does something when a phase ends, or at its first bytes.
struct Meddler<F: Fn(Event) + Send + Sync>(F);

impl<F: Fn(Event) + Send + Sync> Progress for Meddler<F> {
    fn on(&self, event: Event) {
        (self.0)(event);
    }
}

/// The repositories of a place, but for the catalogue.
fn with_catalog(place: &Place, catalog: MockCatalogRepo) -> Repositories {
    Repositories { catalog: Arc::new(catalog), ..Repositories::from(place.catalog()) }
}

#[tokio::test]
async fn a_take_is_stored_under_its_digest_with_all_that_is_known() {
    let place = Place::new();
    let studio = place.studio();
    let request = place.take("take 1", b"RIFF\x04\0\0\0WAVE");
    let uploaded = upload(&studio, &request).await.unwrap();
    assert_eq!(uploaded.outcome, UploadOutcome::Stored);
    assert_eq!(uploaded.sent_bytes, 12);
    let version = uploaded.version;
    assert_eq!(version.path, request.path);
    assert_eq!(PathBuf::from(&version.original_path), request.file);
    assert_eq!(version.content_type, "audio/wav");
    assert_eq!(version.object_key.digest(), Some(version.digest));
    assert_eq!(version.store, *studio.store_url());
    let object = place.store_directory().join(version.object_key.as_str());
    assert_eq!(std::fs::read(object).unwrap(), b"RIFF\x04\0\0\0WAVE");
    let manifests = place.objects("versions/").await;
    assert_eq!(manifests, [format!("versions/{}.json", version.id)]);
    let json = std::fs::read(place.store_directory().join(&manifests[0])).unwrap();
    let manifest = studio_api::v1::VersionManifest::decode(&json).unwrap();
    assert_eq!(manifest, version.record);
    assert_eq!(all(&studio).await, [version]);
}

#[tokio::test]
async fn the_same_file_again_changes_nothing() {
    let place = Place::new();
    let studio = place.studio();
    let request = place.take("v", &noise::bytes(1, LARGE));
    let first = upload(&studio, &request).await.unwrap();
    assert_eq!(first.sent_bytes, LARGE as u64);
    let again = upload(&studio, &request).await.unwrap();
    assert_eq!(again.outcome, UploadOutcome::AlreadyStored);
    assert_eq!((again.sent_bytes, again.version), (0, first.version));
    assert_eq!(place.objects("").await.len(), 2);
}

#[tokio::test]
async fn other_bytes_to_the_same_version_are_refused_and_the_first_stay() {
    let place = Place::new();
    let studio = place.studio();
    let first = upload(&studio, &place.take("v", b"first")).await.unwrap();
    let objects = place.objects("").await;
    let error = upload(&studio, &place.take("v", b"second")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Conflict);
    assert!(matches!(error, Error::Catalog(CatalogError::VersionExists { .. })), "{error:?}");
    assert_eq!(all(&studio).await, [first.version]);
    assert_eq!(place.objects("").await, objects, "the refused bytes were not even sent");
}

#[tokio::test]
async fn bytes_that_are_stored_are_not_sent_again_for_another_version() {
    let place = Place::new();
    let studio = place.studio();
    let one = upload(&studio, &place.take("one", b"same")).await.unwrap();
    let two = upload(&studio, &place.take("two", b"same")).await.unwrap();
    assert_eq!((two.outcome, two.sent_bytes), (UploadOutcome::Stored, 0));
    assert_eq!(one.version.object_key, two.version.object_key);
    assert_eq!(place.objects("objects/").await.len(), 1);
}

#[tokio::test]
async fn an_empty_file_is_stored_with_a_warning() {
    let place = Place::new();
    let uploaded = upload(&place.studio(), &place.take("v", b"")).await.unwrap();
    assert_eq!(uploaded.warnings, [Warning::EmptyFile]);
    assert_eq!(uploaded.version.size, 0);
}

#[tokio::test]
async fn an_object_that_is_lost_or_damaged_is_put_back_by_the_same_upload() {
    let place = Place::new();
    let studio = place.studio();
    let request = place.take("v", b"precious");
    let version = upload(&studio, &request).await.unwrap().version;
    let object = place.store_directory().join(version.object_key.as_str());
    let manifest = place.objects("versions/").await;
    for damage in ["lost", "cut", "one bit", "all of the store"] {
        match damage {
            "lost" => std::fs::remove_file(&object).unwrap(),
            "cut" => std::fs::write(&object, b"prec").unwrap(),
            "one bit" => std::fs::write(&object, b"Precious").unwrap(),
            _ => std::fs::remove_dir_all(place.store_directory()).unwrap(),
        }
        let again = upload(&studio, &request).await.unwrap();
        assert_eq!(again.outcome, UploadOutcome::ObjectRestored, "{damage}");
        assert_eq!(std::fs::read(&object).unwrap(), b"precious", "{damage}");
        assert_eq!(place.objects("versions/").await, manifest, "{damage}");
    }
}

#[tokio::test]
async fn nothing_new_is_built_on_an_object_that_has_rotted() {
    let place = Place::new();
    let studio = place.studio();
    let bytes = noise::bytes(9, LARGE);
    let first = upload(&studio, &place.take("first", &bytes)).await.unwrap().version;
    let object = place.store_directory().join(first.object_key.as_str());
    let mut rotten = bytes.clone();
    rotten[LARGE / 2] ^= 4;
    std::fs::write(&object, rotten).unwrap();
    let second = upload(&studio, &place.take("second", &bytes)).await.unwrap();
    assert_eq!((second.outcome, second.sent_bytes), (UploadOutcome::Stored, LARGE as u64));
    assert!(std::fs::read(&object).unwrap() == bytes);
}

#[tokio::test]
async fn what_is_no_file_is_refused_by_name() {
    let place = Place::new();
    let studio = place.studio();
    let at = |file| Upload { path: version_path("v"), file };
    let missing = upload(&studio, &at(place.path("nothing.wav"))).await.unwrap_err();
    assert!(matches!(missing, Error::SourceMissing { .. }), "{missing:?}");
    assert_eq!(missing.kind(), ErrorKind::NotFound);
    let directory = upload(&studio, &at(place.path(""))).await.unwrap_err();
    assert!(matches!(directory, Error::SourceNotAFile { what: "a directory", .. }));
    assert_eq!(directory.kind(), ErrorKind::InvalidInput);
    let device = upload(&studio, &at("/dev/zero".into())).await.unwrap_err();
    assert!(matches!(device, Error::SourceNotAFile { .. }), "{device:?}");
    assert_eq!(all(&studio).await, []);
}

#[tokio::test]
async fn a_file_that_changes_between_its_readings_is_refused() {
    for size in [1000, LARGE] {
        for change in ["one byte", "shrinks", "grows"] {
            let place = Place::new();
            let studio = place.studio();
            let request = place.take("v", &noise::bytes(2, size));
            let file = request.file.clone();
            let meddler = Meddler(move |event| {
                if event == Event::End && file.metadata().unwrap().len() == size as u64 {
                    let mut options = std::fs::OpenOptions::new();
                    match change {
                        "shrinks" => {
                            let file = options.write(true).open(&file).unwrap();
                            file.set_len(size as u64 - 1).unwrap();
                        }
                        "grows" => {
                            options.append(true).open(&file).unwrap().write_all(b"x").unwrap();
                        }
                        _ => std::fs::write(&file, noise::bytes(3, size)).unwrap(),
                    }
                }
            });
            let job = Job::new(Arc::new(meddler), CancellationToken::new());
            let error = studio.upload(&request, &job).await.unwrap_err();
            assert!(matches!(error, Error::SourceChanged { .. }), "{size} {change}: {error:?}");
            assert_eq!(error.kind(), ErrorKind::Integrity);
            assert_eq!(all(&studio).await, [], "{size} {change}");
            assert_eq!(place.staged(), 0, "{size} {change}");
            // Nothing holds the place: what is in the file now can be uploaded at once.
            upload(&studio, &request).await.unwrap();
        }
    }
}

#[tokio::test]
async fn a_cancelled_upload_shows_nowhere_and_holds_nothing() {
    for (phase, when) in
        [(Phase::Reading, "begins"), (Phase::Sending, "begins"), (Phase::Sending, "is under way")]
    {
        let place = Place::new();
        let studio = place.studio();
        let request = place.take("v", &noise::bytes(4, LARGE));
        let cancel = CancellationToken::new();
        let token = cancel.clone();
        let present = std::sync::Mutex::new(None);
        let meddler = Meddler(move |event| {
            let mut present = present.lock().unwrap();
            if let Event::Begin { phase, .. } = event {
                *present = Some(phase);
            }
            let begins = matches!(event, Event::Begin { .. });
            if *present == Some(phase) && begins == (when == "begins") {
                token.cancel();
            }
        });
        let error = studio.upload(&request, &Job::new(Arc::new(meddler), cancel)).await;
        let error = error.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Cancelled, "{error:?}");
        assert_eq!((all(&studio).await, place.objects("").await), (vec![], vec![]));
        let began = (phase, when) == (Phase::Sending, "is under way");
        assert_eq!(place.store().open_uploads("").await.unwrap().len(), usize::from(began));
        let other = place.take("v", b"other bytes to the same version");
        upload(&studio, &other).await.unwrap();
    }
}

#[tokio::test]
async fn a_plan_tells_what_an_upload_would_do_and_does_nothing() {
    let place = Place::new();
    let studio = place.studio();
    let request = place.take("v", b"bytes");
    let plan = studio.plan_upload(&request, &Job::default()).await.unwrap();
    assert_eq!((plan.outcome, plan.bytes_to_send), (UploadOutcome::Stored, 5));
    assert_eq!((all(&studio).await, place.objects("").await.len()), (vec![], 0));
    let version = upload(&studio, &request).await.unwrap().version;
    let plan = studio.plan_upload(&request, &Job::default()).await.unwrap();
    assert_eq!((plan.outcome, plan.bytes_to_send), (UploadOutcome::AlreadyStored, 0));
    assert_eq!(plan.existing, Some(version));
    let other = place.take("v", b"other");
    let refused = studio.plan_upload(&other, &Job::default()).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Conflict);
}

#[tokio::test]
async fn a_store_that_fails_leaves_no_version_and_no_claim() {
    let place = Place::new();
    let mut failing = MockBlobStore::new();
    let url: studio_core::StoreUrl = "s3://music".parse().unwrap();
    failing.expect_url().return_const(url.clone());
    failing.expect_head().returning(|_| Err(StoreError::NotFound { object: String::new() }));
    failing.expect_put().returning(move |_, _, _, _, _| {
        let source = "no space".into();
        Err(StoreError::Full { store: url.clone(), source })
    });
    let broken = Studio::new(place.catalog(), Arc::new(failing));
    let request = place.take("v", b"bytes");
    let error = upload(&broken, &request).await.unwrap_err();
    assert!(matches!(error, Error::Store(StoreError::Full { .. })), "{error:?}");
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert_eq!(all(&broken).await, []);
    upload(&place.studio(), &place.take("v", b"other bytes")).await.unwrap();
}

#[tokio::test]
async fn an_upload_cut_off_before_the_catalogue_is_completed_by_the_next() {
    let place = Place::new();
    let request = place.take("v", b"bytes");
    // A catalogue that reserves and then is gone.
    let mut failing = MockCatalogRepo::new();
    let real = place.catalog();
    let (sender, receiver) = std::sync::mpsc::channel();
    failing.expect_reserve().returning(move |wanted, _| {
        sender.send(wanted.clone()).unwrap();
        Ok(Reserved::Granted(wanted.clone()))
    });
    failing.expect_renew().returning(|_, _| Ok(()));
    failing.expect_commit().returning(|_, _| Err(CatalogError::Busy { action: "commit" }));
    let broken = Studio::new(with_catalog(&place, failing), place.store());
    let error = upload(&broken, &request).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    let first = receiver.recv().unwrap();
    let manifests = place.objects("versions/").await;
    assert_eq!(manifests, [format!("versions/{}.json", first.version)]);

    // What a kill leaves behind is the claim; the same command finds it.
    real.reserve(&first, first.expires_at).await.unwrap();
    let completed = upload(&place.studio(), &request).await.unwrap();
    assert_eq!((completed.outcome, completed.sent_bytes), (UploadOutcome::Stored, 0));
    assert_eq!(completed.version.id, first.version);
    assert_eq!(place.objects("versions/").await, manifests);
    let json = std::fs::read(place.store_directory().join(&manifests[0])).unwrap();
    let manifest = studio_api::v1::VersionManifest::decode(&json).unwrap();
    assert_eq!(completed.version.record, manifest);
}

#[tokio::test]
async fn an_upload_that_was_held_up_for_too_long_writes_no_manifest() {
    let place = Place::new();
    let request = place.take("v", b"bytes");
    let mut catalog = MockCatalogRepo::new();
    catalog.expect_reserve().returning(|wanted, _| Ok(Reserved::Granted(wanted.clone())));
    catalog.expect_renew().returning(|reservation, _| Err(CatalogError::ClaimLost { reservation }));
    catalog.expect_release().returning(|_| Ok(()));
    let studio = Studio::new(with_catalog(&place, catalog), place.store());
    let error = upload(&studio, &request).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Conflict, "{error:?}");
    assert_eq!(place.objects("versions/").await, [""; 0]);
}

/// A store whose first answers to a write are `answers`, and which then has the object.
fn store_that_answers(answers: Vec<StoreError>) -> MockBlobStore {
    let mut store = MockBlobStore::new();
    let url: studio_core::StoreUrl = "s3://music".parse().unwrap();
    store.expect_url().return_const(url);
    let answers = Arc::new(std::sync::Mutex::new(answers));
    let left = Arc::clone(&answers);
    store.expect_head().returning(move |key| match left.lock().unwrap().is_empty() {
        false => Err(StoreError::NotFound { object: key.to_string() }),
        true => Ok(studio_blob::ObjectInfo {
            key: key.clone(),
            size: 5,
            etag: None,
            modified: None,
            crc64nvme: Some(studio_blob::crc64nvme(b"bytes")),
        }),
    });
    store.expect_put().returning(move |key, _, _, _, _| {
        let is_object = key.as_str().starts_with("objects/");
        match answers.lock().unwrap().pop().filter(|_| is_object) {
            Some(answer) => Err(answer),
            None => Ok(()),
        }
    });
    store
}

#[tokio::test]
async fn an_answer_that_was_lost_or_contended_is_looked_into() {
    let object = String::new;
    for answers in [
        vec![StoreError::AlreadyExists { object: object() }],
        vec![StoreError::NotFound { object: object() }],
        vec![
            StoreError::Contended { object: object() },
            StoreError::Contended { object: object() },
        ],
    ] {
        let place = Place::new();
        let what = format!("{answers:?}");
        let studio = Studio::new(place.catalog(), Arc::new(store_that_answers(answers)));
        let uploaded = upload(&studio, &place.take("v", b"bytes")).await;
        assert_eq!(uploaded.unwrap().outcome, UploadOutcome::Stored, "{what}");
    }
}

#[tokio::test]
async fn a_manifest_of_somebody_else_is_not_written_over() {
    let place = Place::new();
    let request = place.take("v", b"bytes");
    let foreign = place.store_directory().join("versions");
    std::fs::create_dir_all(&foreign).unwrap();
    let mut catalog = MockCatalogRepo::new();
    catalog.expect_reserve().returning(move |wanted, _| {
        std::fs::write(foreign.join(format!("{}.json", wanted.version)), b"{}").unwrap();
        Ok(Reserved::Granted(wanted.clone()))
    });
    catalog.expect_renew().returning(|_, _| Ok(()));
    let studio = Studio::new(with_catalog(&place, catalog), place.store());
    let error = upload(&studio, &request).await.unwrap_err();
    assert!(matches!(error, Error::ForeignManifest { .. }), "{error:?}");
    assert_eq!(error.kind(), ErrorKind::Integrity);
}

#[tokio::test]
async fn many_uploads_of_one_version_at_once_store_one() {
    let place = Place::new();
    let requests: Vec<_> = (0..16u64)
        .map(|n| {
            let file = place.path(&format!("{n}.wav"));
            std::fs::write(&file, noise::bytes(n, 100_000)).unwrap();
            Upload { path: version_path("contested"), file }
        })
        .collect();
    let tasks: Vec<_> = requests
        .into_iter()
        .map(|request| {
            let studio = place.studio();
            tokio::spawn(async move { upload(&studio, &request).await })
        })
        .collect();
    let mut stored = 0;
    for task in tasks {
        match task.await.unwrap() {
            Ok(uploaded) => {
                assert_eq!(uploaded.outcome, UploadOutcome::Stored);
                stored += 1;
            }
            Err(error) => assert_eq!(error.kind(), ErrorKind::Conflict, "{error:?}"),
        }
    }
    assert_eq!(stored, 1);
    assert_eq!(all(&place.studio()).await.len(), 1);
}
