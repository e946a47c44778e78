//! Queues, credentials, services and databases that are not there when they are needed.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use diesel::connection::SimpleConnection as _;
use diesel::{Connection as _, SqliteConnection};
use studio_core::ingest::{Drift, Herald};
use studio_core::queue::Error as QueueError;
use studio_core::queue::event::encode;
use studio_core::{Error, Job};
use studio_domain::AssetStatus;

use crate::queue::{Call, Failure};
use crate::rig::{Rig, bad, good, key};

#[tokio::test]
async fn a_queue_that_is_missing_ends_the_worker() {
    let rig = Rig::new();
    rig.queue.fail(Call::Receive, Failure::NoSuchQueue, 1);
    let error = rig.probe().task.await.unwrap().unwrap_err();
    assert!(matches!(error, QueueError::NoSuchQueue { .. }), "{error}");
}

#[tokio::test]
async fn what_a_purged_queue_told_of_is_found_by_comparing() {
    let rig = Rig::new();
    rig.put("a.wav", good()).await;
    rig.put("bad.wav", bad()).await;
    rig.queue.purge();
    let running = rig.probe();
    rig.put("c.wav", good()).await;
    rig.drained().await;
    assert_eq!((rig.asset("a.wav").await, rig.asset("bad.wav").await), (None, None));
    assert_eq!(rig.asset("c.wav").await.unwrap().status, AssetStatus::Valid);
    let bucket = rig.bucket.place(&key("a.wav")).bucket;
    let found = rig.ingest.reconcile(&bucket, false, &Job::default()).await.unwrap();
    let drifts: Vec<_> = found.differences.iter().map(|one| one.drift).collect();
    assert_eq!(drifts, [Drift::Unknown, Drift::Unknown]);
    assert_eq!(rig.asset("a.wav").await.unwrap().status, AssetStatus::Valid);
    assert_eq!(rig.asset("bad.wav").await.unwrap().status, AssetStatus::Quarantined);
    running.stop().await;
}

#[tokio::test]
async fn credentials_that_expire_in_mid_run_are_waited_for() {
    let rig = Rig::new();
    let running = rig.probe();
    rig.put("a.wav", good()).await;
    rig.drained().await;
    for call in [Call::Receive, Call::Ack, Call::Extend] {
        rig.queue.fail(call, Failure::Expired, 3);
    }
    // Those of the bucket are gone, too.
    rig.bucket.behave(true, 100, 0);
    rig.put("b.wav", good()).await;
    rig.put("bad.wav", bad()).await;
    while running.worker.tally().retried < 5 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    for name in ["b.wav", "bad.wav"] {
        let asset = rig.asset(name).await.unwrap();
        assert_eq!((asset.status, &*asset.reasons[0].code), (AssetStatus::Received, "not-judged"));
    }
    rig.bucket.behave(true, 0, 0);
    rig.drained().await;
    assert_eq!(rig.asset("b.wav").await.unwrap().status, AssetStatus::Valid);
    assert_eq!(rig.asset("bad.wav").await.unwrap().status, AssetStatus::Quarantined);
    assert_eq!(running.stop().await.dead, 0);
}

#[tokio::test]
async fn a_message_of_several_records_is_done_when_all_are() {
    let refused = Arc::new(AtomicU32::new(0));
    let counter = refused.clone();
    let herald: Herald = Arc::new(move |judged| {
        let place = judged.event.place.clone();
        let refuses = place.key == key("b.wav") && counter.fetch_add(1, Ordering::SeqCst) < 3;
        Box::pin(async move {
            match refuses {
                false => Ok(()),
                true => Err(Error::NotTold { place, unreachable: false, source: "no".into() }),
            }
        })
    });
    let rig = Rig::new().telling(herald);
    let names = ["a.wav", "b.wav", "c.wav"];
    let events = names.map(|name| rig.bucket.put(&key(name), good()));
    rig.queue.put(&[&encode(&events)]).await;
    let running = rig.probe();
    rig.drained().await;
    for (name, revision) in names.into_iter().zip([1, 2, 1]) {
        let asset = rig.asset(name).await.unwrap();
        assert_eq!((asset.status, asset.revision), (AssetStatus::Valid, revision), "{name}");
    }
    let tally = running.stop().await;
    assert_eq!((tally.done, tally.retried, tally.dead), (1, 3, 0));
    assert_eq!(refused.load(Ordering::SeqCst), 4);
}

#[tokio::test]
async fn what_comes_again_has_no_effect() {
    let rig = Rig::new();
    let running = rig.probe();
    // Neither end is heard of at first.
    rig.queue.fail(Call::Ack, Failure::Unreachable, 2);
    let good_one = rig.put("a.wav", good()).await;
    let bad_one = rig.put("bad.wav", bad()).await;
    let again = encode(&[bad_one, good_one.clone(), good_one]);
    rig.queue.put(&[&again, &again]).await;
    // What is done and was not acknowledged would come after its visibility timeout.
    while running.worker.tally().done < 4 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let asset = rig.asset("a.wav").await.unwrap();
    assert_eq!((asset.status, asset.revision), (AssetStatus::Valid, 1));
    let asset = rig.asset("bad.wav").await.unwrap();
    assert_eq!((asset.status, asset.revision), (AssetStatus::Quarantined, 2));
    assert_eq!(rig.bucket.objects().len(), 2);
    assert_eq!(running.stop().await.dead, 0);
}

#[tokio::test]
async fn a_database_that_is_locked_for_a_while_is_waited_for() {
    let rig = Rig::new();
    let running = rig.probe();
    let file = rig.directory.path().join("a.db");
    let mut other = SqliteConnection::establish(file.to_str().unwrap()).unwrap();
    other.batch_execute("BEGIN IMMEDIATE").unwrap();
    rig.put("a.wav", good()).await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!((rig.asset("a.wav").await, rig.queue.len()), (None, 1));
    other.batch_execute("ROLLBACK").unwrap();
    rig.drained().await;
    assert_eq!(rig.asset("a.wav").await.unwrap().status, AssetStatus::Valid);
    let tally = running.stop().await;
    assert_eq!((tally.done, tally.retried, tally.dead), (1, 0, 0));
}

#[tokio::test]
async fn what_meets_a_database_that_stays_locked_comes_back() {
    let rig = Rig::new();
    // As it fails when it has waited for long enough; more often than a message is tried.
    rig.flaky.fail(100, 40);
    let running = rig.probe_trying(3);
    rig.put("a.wav", good()).await;
    rig.put("bad.wav", bad()).await;
    rig.drained().await;
    assert_eq!(rig.asset("a.wav").await.unwrap().status, AssetStatus::Valid);
    assert_eq!(rig.asset("bad.wav").await.unwrap().status, AssetStatus::Quarantined);
    let tally = running.stop().await;
    assert!(tally.done >= 2 && tally.retried >= 20 && tally.dead == 0, "{tally:?}");
}
