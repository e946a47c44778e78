//! From a deletion to the queue.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use serde_json::json;
use studio_core::{Assets, RelayOptions};
use studio_domain::Timestamp;
use studio_queue::event::DeleteRequest;
use studio_queue::{MemoryQueue, Queue as _, Receive};
use studio_repo::SqliteCatalog;

use crate::support::{Kept, Service, file, impatient, until};

fn memory() -> Assets {
    Assets::new(Arc::new(SqliteCatalog::in_memory().unwrap()))
}

#[tokio::test]
async fn a_deletion_is_a_message_at_once() {
    let queue = Arc::new(Kept::default());
    // It would look by itself only after a minute.
    let minute = Duration::from_secs(60);
    let patient = RelayOptions { poll: minute, longest_poll: minute, ..RelayOptions::default() };
    let service = Service::relaying(memory(), queue.clone(), patient).await;
    let mut posted = file("ingest", "session/audio 1+ü.wav");
    posted["etag"] = json!("9b2c");
    posted["version_id"] = json!("v1");
    posted["sequencer"] = json!("01");
    service.post("/asset", &posted).await;
    service.post("/asset", &file("ingest", "word.wav")).await;
    service.send("DELETE", "/asset/session/audio%201+ü.wav").await;
    let first = queue.wait_for(1).await;
    service.send("DELETE", "/asset/word.wav").await;
    let all = queue.wait_for(2).await;

    let file = &first[0]["file"];
    assert_eq!(file["bucket"], "ingest");
    assert_eq!(file["key"], "session/audio 1+ü.wav");
    assert_eq!(file["etag"], "9b2c");
    assert_eq!(file["version_id"], "v1");
    assert!(file["ordered_at"].as_str().unwrap().ends_with('Z'), "{file}");
    assert_eq!(all[1]["file"]["key"], "word.wav");
    assert_eq!(all[1]["file"].get("etag"), None);
    // Each once.
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(queue.messages().len(), 2);
    service.stop().await;
}

#[tokio::test]
async fn a_worker_understands_the_message() {
    let queue = Arc::new(MemoryQueue::new("s3-delete-messages"));
    let service = Service::relaying(memory(), queue.clone(), impatient()).await;
    let mut posted = file("ingest", "a.wav");
    posted["etag"] = json!("\"9b2c-2\"");
    service.post("/asset", &posted).await;
    service.send("DELETE", "/asset/a.wav").await;
    let wait = Duration::from_secs(20);
    let deliveries = queue.receive(Receive { max: 1, wait, visibility: wait }).await.unwrap();
    let request = DeleteRequest::parse(&deliveries[0].body).unwrap();
    assert_eq!(request.place.to_string(), "s3://ingest/a.wav");
    assert_eq!(request.state.etag.as_deref(), Some("9b2c-2"));
    assert!(request.ordered_at.is_some() && request.order.is_some());
    service.stop().await;
}

#[tokio::test]
async fn orders_outlive_the_service() {
    let directory = tempfile::tempdir().unwrap();
    let database = directory.path().join("studio.db");
    let open = || Assets::new(Arc::new(SqliteCatalog::open(&database).unwrap()));
    let broken = Arc::new(Kept::default());
    broken.is_broken.store(true, Ordering::SeqCst);
    let service = Service::relaying(open(), broken.clone(), impatient()).await;
    for number in 0..25 {
        service.post("/asset", &file("ingest", &format!("{number}.wav"))).await;
        service.send("DELETE", &format!("/asset/{number}.wav")).await;
    }
    service.stop().await;
    assert!(broken.messages().is_empty());

    let queue = Arc::new(Kept::default());
    let service = Service::relaying(open(), queue.clone(), impatient()).await;
    let messages = queue.wait_for(25).await;
    let mut keys: Vec<_> = messages.iter().map(|sent| sent["file"]["key"].to_string()).collect();
    keys.sort();
    keys.dedup();
    assert_eq!(keys.len(), 25);
    service.stop().await;

    // Sent is sent.
    let later = Arc::new(Kept::default());
    let service = Service::relaying(open(), later.clone(), impatient()).await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert!(later.messages().is_empty());
    service.stop().await;
}

#[tokio::test]
async fn while_the_queue_is_down_nothing_is_lost() {
    let queue = Arc::new(Kept::default());
    queue.is_broken.store(true, Ordering::SeqCst);
    let service = Service::relaying(memory(), queue.clone(), impatient()).await;
    for number in 0..5 {
        service.post("/asset", &file("ingest", &format!("{number}.wav"))).await;
        let deleted = service.send("DELETE", &format!("/asset/{number}.wav")).await;
        assert_eq!(deleted.status, 200);
    }
    tokio::time::sleep(Duration::from_millis(200)).await;
    let metrics = service.get("/metrics").await.text;
    assert!(metrics.contains("studio_deletion_orders_pending 5\n"), "{metrics}");
    assert!(metrics.contains("studio_relay_failing 1\n"), "{metrics}");
    queue.is_broken.store(false, Ordering::SeqCst);
    assert_eq!(queue.wait_for(5).await.len(), 5);
    service.stop().await;
}

#[tokio::test]
async fn what_is_not_carried_out_for_long_is_sent_again() {
    let now = Arc::new(AtomicI64::new(1_700_000_000_000_000));
    let clock = now.clone();
    let clock = move || Timestamp::from_micros(clock.load(Ordering::SeqCst));
    let queue = Arc::new(Kept::default());
    let service = Service::relaying(memory().with_clock(clock), queue.clone(), impatient()).await;
    service.post("/asset", &file("ingest", "a.wav")).await;
    service.send("DELETE", "/asset/a.wav").await;
    queue.wait_for(1).await;
    let minutes = |count: i64| now.fetch_add(count * 60_000_000, Ordering::SeqCst);
    minutes(14);
    tokio::time::sleep(Duration::from_millis(150)).await;
    assert_eq!(queue.messages().len(), 1);
    minutes(2);
    let messages = queue.wait_for(2).await;
    assert_eq!(messages[0], messages[1]);
    service.stop().await;
}

#[tokio::test]
async fn orders_of_another_process_are_sent_too() {
    let directory = tempfile::tempdir().unwrap();
    let database = directory.path().join("studio.db");
    let open = || Assets::new(Arc::new(SqliteCatalog::open(&database).unwrap()));
    let queue = Arc::new(Kept::default());
    let relaying = Service::relaying(open(), queue.clone(), impatient()).await;
    let other = Service::of(open()).await;
    other.post("/asset", &file("ingest", "a.wav")).await;
    other.send("DELETE", "/asset/a.wav").await;
    until(|| queue.messages().len() == 1).await;
    relaying.stop().await;
    other.stop().await;
}
