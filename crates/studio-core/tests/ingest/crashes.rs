//! Cut off at any step, an event that comes again is brought to its end.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use studio_core::ingest::{DeletionRequest, IngestRules};
use studio_core::repo::OrderRepo as _;
use studio_domain::{AssetEvent, AssetStatus};

use super::scene::{Scene, bad, deleting, good, now};
use super::tripwire::{Hook, Side};

/// A process that dies before or after the call that comes after `n` others: no later one
/// arrives. And whether it has.
pub(crate) fn dying(n: u32, at: Side) -> (Hook, impl Fn() -> bool) {
    let (calls, dead) = (AtomicU32::new(0), Arc::new(AtomicBool::new(false)));
    let state = Arc::clone(&dead);
    let hook: Hook = Arc::new(move |_, side| {
        if state.load(Ordering::SeqCst) {
            return true;
        }
        let number = match side {
            Side::Before => calls.fetch_add(1, Ordering::SeqCst),
            Side::After => calls.load(Ordering::SeqCst) - 1,
        };
        let dies = number == n && side == at;
        state.store(dies, Ordering::SeqCst);
        dies
    });
    (hook, move || dead.load(Ordering::SeqCst))
}

/// What is there in the end: the status, the keys, what lies aside.
async fn end(scene: &Scene, key: &str) -> (AssetStatus, Vec<String>, usize) {
    (scene.status(key).await, scene.keys(), scene.quarantined().await.len())
}

async fn survives(rules: fn() -> IngestRules, files: fn(&Scene) -> AssetEvent) {
    let whole = Scene::new();
    whole.ingest_with(rules()).take(&files(&whole)).await.unwrap();
    let expected = end(&whole, "take.wav").await;
    for (n, side) in (0..20).flat_map(|n| [(n, Side::Before), (n, Side::After)]) {
        let scene = Scene::new();
        let event = files(&scene);
        let (hook, blown) = dying(n, side);
        let cut = scene.wired(rules(), hook).take(&event).await;
        if !blown() {
            assert!(n > 1 && cut.is_ok(), "{cut:?}");
            return;
        }
        assert!(cut.is_err(), "{n} {side:?}: {cut:?}");
        scene.ingest_with(rules()).take(&event).await.unwrap();
        assert_eq!(end(&scene, "take.wav").await, expected, "{n} {side:?}");
        // And once more, which changes nothing.
        scene.ingest_with(rules()).take(&event).await.unwrap();
        assert_eq!(end(&scene, "take.wav").await, expected, "{n} {side:?}");
    }
    panic!("it never came to its end");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_good_file() {
    survives(IngestRules::default, |scene| scene.put("take.wav", &good(1))).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_file() {
    survives(IngestRules::default, |scene| scene.put("take.wav", &bad(1))).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_file_that_is_removed() {
    survives(deleting, |scene| scene.put("take.wav", &bad(1))).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_file_of_an_event_that_says_little() {
    survives(IngestRules::default, |scene| {
        let event = scene.put("take.wav", &bad(1));
        AssetEvent { state: studio_domain::ObjectState::default(), ..event }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_vanished() {
    survives(IngestRules::default, |scene| {
        let event = scene.put("take.wav", &good(1));
        scene.remove("take.wav");
        event
    })
    .await;
}

/// A deletion is asked for again until it is carried out.
#[tokio::test(flavor = "multi_thread")]
async fn a_deletion() {
    for (n, side) in (0..20).flat_map(|n| [(n, Side::Before), (n, Side::After)]) {
        let scene = Scene::new();
        let event = scene.put("take.wav", &good(1));
        let asset = scene.ingest().take(&event).await.unwrap().asset.unwrap();
        scene.catalog.order_deletion(asset.id, None, now()).await.unwrap();
        let request = DeletionRequest {
            place: event.place,
            state: asset.state.clone(),
            ordered_at: Some(now()),
            sent_at: Some(now()),
        };
        let (hook, blown) = dying(n, side);
        let cut = scene.wired(IngestRules::default(), hook).delete(&request).await;
        if !blown() {
            assert!(cut.is_ok());
            return;
        }
        assert!(cut.is_err(), "{n} {side:?}: {cut:?}");
        scene.ingest().delete(&request).await.unwrap();
        assert_eq!(end(&scene, "take.wav").await, (AssetStatus::Deleted, vec![], 0));
        assert_eq!(scene.catalog.due_orders(now(), 10).await.unwrap(), []);
    }
    panic!("it never came to its end");
}
