//! Orders to delete.

use std::sync::Arc;

use studio_core::blob::intake::Intake;
use studio_core::ingest::{Deletion, DeletionRequest, Ingest, IngestRules, Outcome};
use studio_core::repo::OrderRepo as _;
use studio_core::{Error, S3Intake, StoreError};
use studio_domain::{Asset, AssetStatus, Moment, ObjectState, Timestamp};

use super::scene::{BUCKET, Scene, good, now, place};

fn later(seconds: i64) -> Timestamp {
    Timestamp::from_micros(now().as_micros() + seconds * 1_000_000)
}

/// As another service asks: by the name alone.
fn by_name(key: &str, sent_at: Option<Timestamp>) -> DeletionRequest {
    DeletionRequest { place: place(key), state: ObjectState::default(), ordered_at: None, sent_at }
}

/// A valid asset whose deletion is ordered, and what is asked for then.
async fn ordered(scene: &Scene, key: &str, bytes: &[u8]) -> (Asset, DeletionRequest) {
    let event = scene.put(key, bytes);
    let taken = scene.ingest().take(&event).await.unwrap();
    assert_eq!(taken.outcome, Outcome::Valid);
    let asset = taken.asset.unwrap();
    let asset = scene.catalog.order_deletion(asset.id, None, now()).await.unwrap();
    let order = scene.catalog.order_at(&asset.place).await.unwrap().unwrap();
    let request = DeletionRequest {
        place: place(key),
        state: order.state,
        ordered_at: Some(order.ordered_at),
        sent_at: Some(later(0)),
    };
    (asset, request)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_is_carried_out_once() {
    let scene = Scene::new();
    let (_, request) = ordered(&scene, "take.wav", &good(1)).await;
    let ingest = scene.ingest();
    assert_eq!(ingest.delete(&request).await.unwrap(), Deletion::Removed);
    assert_eq!((scene.status("take.wav").await, scene.keys()), (AssetStatus::Deleted, vec![]));
    assert_eq!(scene.catalog.due_orders(later(9), 10).await.unwrap(), []);
    // It is delivered once more, also after another upload.
    assert_eq!(ingest.delete(&request).await.unwrap(), Deletion::Void);
    let event = scene.put("take.wav", &good(1));
    ingest.take(&event).await.unwrap();
    assert_eq!(ingest.delete(&request).await.unwrap(), Deletion::Void);
    assert_eq!(scene.status("take.wav").await, AssetStatus::Valid);
    assert_eq!(scene.get("take.wav").unwrap(), good(1));
}

/// Other bytes, or the same, of which the event has been heard.
#[tokio::test(flavor = "multi_thread")]
async fn an_upload_that_is_known_takes_the_order_back() {
    let scene = Scene::new();
    for (key, new) in [("other.wav", good(2)), ("same.wav", good(1))] {
        let (_, request) = ordered(&scene, key, &good(1)).await;
        let event = scene.put(key, &new);
        let taken = scene.ingest().take(&event).await.unwrap();
        assert_eq!(taken.outcome, Outcome::Valid, "{key}");
        assert_eq!(scene.status(key).await, AssetStatus::Valid);
        assert_eq!(scene.ingest().delete(&request).await.unwrap(), Deletion::Void, "{key}");
        assert_eq!(scene.get(key).unwrap(), new, "{key}");
    }
}

/// Of which nothing has been heard yet: other bytes stay, and are valid by their event.
#[tokio::test(flavor = "multi_thread")]
async fn an_upload_that_is_not_known_stays() {
    let scene = Scene::new();
    let (_, request) = ordered(&scene, "take.wav", &good(1)).await;
    let event = scene.put("take.wav", &good(2));
    assert_eq!(scene.ingest().delete(&request).await.unwrap(), Deletion::Replaced);
    assert_eq!(scene.get("take.wav").unwrap(), good(2));
    assert_eq!(scene.status("take.wav").await, AssetStatus::Deleted);
    let taken = scene.ingest().take(&event).await.unwrap();
    assert_eq!(taken.outcome, Outcome::Valid);
    assert_eq!(scene.status("take.wav").await, AssetStatus::Valid);
}

/// The same bytes, uploaded again: their name is the same, but not their time.
#[tokio::test(flavor = "multi_thread")]
async fn the_same_bytes_uploaded_later_stay() {
    let scene = Scene::new();
    let mut event = scene.put("take.wav", &good(1));
    let long_ago = Timestamp::from_micros(now().as_micros() - 3_600_000_000);
    event.moment = Moment { sequencer: None, at: Some(long_ago) };
    let asset = scene.ingest().take(&event).await.unwrap().asset.unwrap();
    scene.catalog.order_deletion(asset.id, None, now()).await.unwrap();
    let request = DeletionRequest {
        place: place("take.wav"),
        state: asset.state,
        ordered_at: Some(now()),
        sent_at: Some(later(0)),
    };
    assert_eq!(scene.ingest().delete(&request).await.unwrap(), Deletion::Replaced);
    assert_eq!(scene.get("take.wav").unwrap(), good(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_alone_means_what_was_there() {
    let scene = Scene::new();
    let ingest = scene.ingest();
    // Known, and not; with a time, and without one.
    let event = scene.put("known.wav", &good(1));
    ingest.take(&event).await.unwrap();
    scene.put("unknown.wav", &good(1));
    scene.put("timeless.wav", &good(1));
    for (key, sent_at) in
        [("known.wav", Some(now())), ("unknown.wav", Some(now())), ("timeless.wav", None)]
    {
        let request = by_name(key, sent_at);
        assert_eq!(ingest.delete(&request).await.unwrap(), Deletion::Removed, "{key}");
        assert_eq!(scene.get(key), None);
        assert_eq!(ingest.delete(&request).await.unwrap(), Deletion::Gone, "{key}");
    }
    assert_eq!(scene.status("known.wav").await, AssetStatus::Deleted);
    assert_eq!(scene.asset("unknown.wav").await, None);
    // What was uploaded after it was asked for stays.
    let event = scene.put("known.wav", &good(1));
    ingest.take(&event).await.unwrap();
    let old = by_name("known.wav", Some(later(-60)));
    assert_eq!(ingest.delete(&old).await.unwrap(), Deletion::Replaced);
    assert_eq!(scene.status("known.wav").await, AssetStatus::Valid);
    assert_eq!(scene.get("known.wav").unwrap(), good(1));
    // And what has other bytes than those that were meant.
    let other = DeletionRequest {
        state: ObjectState { etag: Some("another".to_owned()), version_id: None },
        ..by_name("known.wav", Some(now()))
    };
    assert_eq!(ingest.delete(&other).await.unwrap(), Deletion::Replaced);
    assert_eq!(scene.status("known.wav").await, AssetStatus::Valid);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_there_is_success() {
    let scene = Scene::new();
    let (_, request) = ordered(&scene, "take.wav", &good(1)).await;
    scene.server.bucket(BUCKET).remove("take.wav");
    assert_eq!(scene.ingest().delete(&request).await.unwrap(), Deletion::Gone);
    assert_eq!(scene.status("take.wav").await, AssetStatus::Deleted);
    let never = by_name("never.wav", Some(now()));
    assert_eq!(scene.ingest().delete(&never).await.unwrap(), Deletion::Gone);
    assert_eq!(scene.asset("never.wav").await, None);
}

/// A bucket that is not there is no bucket without this object.
#[tokio::test(flavor = "multi_thread")]
async fn a_missing_bucket_is_an_error() {
    let scene = Scene::new();
    let missing: Arc<dyn Intake> =
        Arc::new(S3Intake::new(&"missing".parse().unwrap(), scene.settings()));
    let known = scene.catalog.clone();
    let ingest = Ingest::new(vec![missing], known, IngestRules::default()).with_clock(now);
    let mut event = scene.put("take.wav", &good(1));
    event.place.bucket = "missing".parse().unwrap();
    let taken = ingest.take(&event).await;
    assert!(matches!(taken, Err(Error::Store(StoreError::NoSuchStore { .. }))), "{taken:?}");
    let mut request = by_name("take.wav", Some(now()));
    request.place = event.place;
    let deleted = ingest.delete(&request).await;
    assert!(matches!(deleted, Err(Error::Store(StoreError::NoSuchStore { .. }))), "{deleted:?}");
    request.place.bucket = "other".parse().unwrap();
    let deleted = ingest.delete(&request).await;
    assert!(matches!(deleted, Err(Error::OtherBucket { .. })), "{deleted:?}");
    // One that was there when it was ordered.
    let (asset, request) = ordered(&scene, "take.wav", &good(2)).await;
    scene.server.refuse(Some(studio_testkit::s3::Refusal {
        status: 404,
        code: "NoSuchBucket",
        header: None,
    }));
    let deleted = scene.ingest().delete(&request).await;
    assert!(matches!(deleted, Err(Error::Store(StoreError::NoSuchStore { .. }))), "{deleted:?}");
    scene.server.refuse(None);
    assert_eq!(scene.asset("take.wav").await, Some(asset));
    assert_eq!(scene.ingest().delete(&request).await.unwrap(), Deletion::Removed);
}
