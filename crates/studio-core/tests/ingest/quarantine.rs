//! Ways out of the quarantine.

use std::sync::Arc;

use studio_core::ingest::{IngestRules, Outcome};
use studio_core::repo::OrderRepo as _;
use studio_core::{CatalogError, Error, StoreError};
use studio_domain::{AssetStatus, Quarantined};
use studio_testkit::proxy::{Fault, Operation, Rule};

use super::scene::{BUCKET, Scene, bad, good, now};
use super::tripwire::{Hook, Side};

async fn put_aside(scene: &Scene, key: &str, bytes: &[u8]) -> Quarantined {
    let event = scene.put(key, bytes);
    let taken = scene.ingest().take(&event).await.unwrap();
    let Outcome::Quarantined(aside) = taken.outcome else { panic!("{taken:?}") };
    let all = scene.quarantined().await;
    all.into_iter().find(|object| object.stored_as == aside).unwrap()
}

/// Its own event comes before or after, and judges it as bad as before.
#[tokio::test(flavor = "multi_thread")]
async fn a_released_file_stays_valid() {
    let scene = Scene::new();
    let object = put_aside(&scene, "take.wav", &bad(1)).await;
    let released = scene.ingest().release(object.id).await.unwrap();
    assert_eq!(released.quarantined, object);
    assert_eq!(released.asset.status, AssetStatus::Valid);
    assert_eq!(released.asset.warnings, object.reasons);
    assert_eq!(scene.keys(), ["take.wav"]);
    assert_eq!(scene.get("take.wav").unwrap(), bad(1));
    assert_eq!(scene.quarantined().await, []);
    let own = scene.put("take.wav", &bad(1));
    let taken = scene.ingest().take(&own).await.unwrap();
    assert_eq!(taken.outcome, Outcome::Valid);
    assert_eq!(scene.keys(), ["take.wav"]);
    // Another bad file is bad.
    let other = scene.put("take.wav", &bad(2));
    let taken = scene.ingest().take(&other).await.unwrap();
    assert!(matches!(taken.outcome, Outcome::Quarantined(_)), "{taken:?}");
    let again = scene.ingest().release(object.id).await;
    assert!(matches!(again, Err(Error::Catalog(CatalogError::NotQuarantined { .. }))), "{again:?}");
}

/// The event of the released file is taken while the release is still going on.
#[tokio::test(flavor = "multi_thread")]
async fn the_event_of_a_release_may_be_faster() {
    let scene = Arc::new(Scene::new());
    let object = put_aside(&scene, "take.wav", &bad(1)).await;
    let event = scene.event("take.wav", studio_domain::EventKind::Created);
    let place = Arc::clone(&scene);
    let runtime = tokio::runtime::Handle::current();
    let hook: Hook = Arc::new(move |call, side| {
        if (call, side) == ("end_release", Side::Before) {
            let taken = tokio::task::block_in_place(|| {
                runtime.block_on(place.ingest().take(&event)).unwrap()
            });
            assert_eq!(taken.outcome, Outcome::Valid);
        }
        false
    });
    let released = scene.wired(IngestRules::default(), hook).release(object.id).await.unwrap();
    assert_eq!(released.asset.status, AssetStatus::Valid);
    assert_eq!(released.asset.warnings, object.reasons);
    assert_eq!(scene.keys(), ["take.wav"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_occupied_place_is_left_alone() {
    let scene = Scene::new();
    let object = put_aside(&scene, "take.wav", &bad(1)).await;
    let event = scene.put("take.wav", &good(2));
    let told = scene.ingest().release(object.id).await;
    assert!(matches!(told, Err(Error::Occupied { .. })), "{told:?}");
    assert_eq!(scene.get("take.wav").unwrap(), good(2));
    assert_eq!(scene.quarantined().await, std::slice::from_ref(&object));
    assert_eq!(scene.get(object.stored_as.as_str()).unwrap(), bad(1));
    assert_eq!(scene.ingest().take(&event).await.unwrap().outcome, Outcome::Valid);
    // It was taken back: another bad one is bad.
    let event = scene.put("take.wav", &bad(3));
    let taken = scene.ingest().take(&event).await.unwrap();
    assert!(matches!(taken.outcome, Outcome::Quarantined(_)), "{taken:?}");
    scene.ingest().release(object.id).await.unwrap();
    assert_eq!(scene.get("take.wav").unwrap(), bad(1));
}

/// Cut off anywhere, a release is completed by the next one.
#[tokio::test(flavor = "multi_thread")]
async fn a_release_is_completed() {
    for (n, side) in (0..10).flat_map(|n| [(n, Side::Before), (n, Side::After)]) {
        let scene = Scene::new();
        let object = put_aside(&scene, "take.wav", &bad(1)).await;
        let (hook, blown) = super::crashes::dying(n, side);
        let cut = scene.wired(IngestRules::default(), hook).release(object.id).await;
        if !blown() {
            assert!(cut.is_ok());
            return;
        }
        let after = scene.ingest().release(object.id).await;
        match after {
            Ok(released) => assert_eq!(released.asset.status, AssetStatus::Valid),
            // All was done but the answer.
            Err(Error::Catalog(CatalogError::NotQuarantined { .. })) => {}
            Err(error) => panic!("{n} {side:?} {error:?}"),
        }
        assert_eq!(scene.keys(), ["take.wav"], "{n} {side:?}");
        assert_eq!(scene.status("take.wav").await, AssetStatus::Valid, "{n} {side:?}");
        assert_eq!(scene.quarantined().await, [], "{n} {side:?}");
    }
    panic!("it never came to its end");
}

/// The server copies, and then the network fails: within one call of the intake.
#[tokio::test(flavor = "multi_thread")]
async fn a_copy_that_was_made_is_found() {
    for (operation, fault) in [
        (Operation::PutObject, Fault::LostAnswer),
        (Operation::DeleteObject, Fault::LostAnswer),
        (Operation::DeleteObject, Fault::ACCESS_DENIED),
    ] {
        let scene = Scene::new();
        let object = put_aside(&scene, "take.wav", &bad(1)).await;
        scene.proxy.add(Rule::on(operation, fault));
        let first = scene.ingest().release(object.id).await;
        if fault == Fault::ACCESS_DENIED {
            assert!(matches!(first, Err(Error::Store(StoreError::Denied { .. }))), "{first:?}");
            assert_eq!(scene.keys().len(), 2);
            let second = scene.ingest().release(object.id).await.unwrap();
            assert_eq!(second.asset.status, AssetStatus::Valid);
        } else {
            assert_eq!(first.unwrap().asset.status, AssetStatus::Valid, "{operation:?}");
        }
        assert_eq!(scene.proxy.struck(), 1);
        assert_eq!(scene.keys(), ["take.wav"], "{operation:?} {fault:?}");
        assert_eq!(scene.quarantined().await, []);
    }
    // The same when a file is put aside.
    for operation in [Operation::PutObject, Operation::DeleteObject] {
        let scene = Scene::new();
        scene.proxy.add(Rule::on(operation, Fault::LostAnswer));
        let object = put_aside(&scene, "take.wav", &bad(1)).await;
        assert_eq!(scene.keys(), [object.stored_as.as_str()], "{operation:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_purged_is_gone() {
    let scene = Scene::new();
    let object = put_aside(&scene, "take.wav", &bad(1)).await;
    let purged = scene.ingest().purge(object.id).await.unwrap();
    assert_eq!((&purged.quarantined, purged.was_there), (&object, true));
    assert_eq!(scene.keys(), [""; 0]);
    assert_eq!(scene.quarantined().await, []);
    assert_eq!(scene.status("take.wav").await, AssetStatus::Deleted);
    // Somebody tidied up.
    let object = put_aside(&scene, "other.wav", &bad(1)).await;
    scene.server.bucket(BUCKET).remove(object.stored_as.as_str());
    let told = scene.ingest().release(object.id).await;
    assert!(matches!(told, Err(Error::Store(StoreError::NotFound { .. }))), "{told:?}");
    assert!(!scene.ingest().purge(object.id).await.unwrap().was_there);
    assert_eq!(scene.status("other.wav").await, AssetStatus::Deleted);
    // A newer file at its place is nobody's business.
    let object = put_aside(&scene, "third.wav", &bad(1)).await;
    let event = scene.put("third.wav", &good(1));
    scene.ingest().take(&event).await.unwrap();
    scene.ingest().purge(object.id).await.unwrap();
    assert_eq!(scene.status("third.wav").await, AssetStatus::Valid);
    assert_eq!(scene.get("third.wav").unwrap(), good(1));
}

/// The same bad bytes again, and again: each time aside, and one of them to be seen.
#[tokio::test(flavor = "multi_thread")]
async fn the_same_bad_file_again_is_put_aside_again() {
    let scene = Scene::new();
    let first = put_aside(&scene, "take.wav", &bad(1)).await;
    let again = put_aside(&scene, "take.wav", &bad(1)).await;
    assert_eq!(first, again);
    let other = put_aside(&scene, "take.wav", &bad(2)).await;
    assert_ne!(first.stored_as, other.stored_as);
    assert_eq!(scene.quarantined().await.len(), 2);
    assert_eq!(scene.keys().len(), 2);
    assert!(scene.catalog.due_orders(now(), 10).await.unwrap().is_empty());
}
