//! Queues of SQS pass the suite of every queue on real servers, those that the environment
//! names, and are set up there; `cargo xtask test` starts some and does so.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use async_trait::async_trait;
use studio_queue::sqs::{AwsSettings, DeadLetterRule, Ensured, SqsAdmin, WantedQueue, policy};
use studio_queue::{Error, Outgoing, Queue, Receipt, Receive, SqsQueue};
use studio_testkit::queue_suite::QueueFixture;

/// Names the server under test; unset, there is none.
const SERVER: &str = "STUDIO_TEST_S3";

/// The servers that have queues.
const WITH_QUEUES: [&str; 2] = ["ministack", "moto"];

fn is_there() -> bool {
    let server = std::env::var(SERVER).ok();
    let reason = match server.as_deref() {
        Some(server) if WITH_QUEUES.contains(&server) => return true,
        Some(server) => format!("{server} has no SQS"),
        None => format!("{SERVER} names no server (`cargo xtask test` starts some)"),
    };
    studio_testkit::say_skipped("SQS on real servers", &reason);
    false
}

/// A name that no other test and no earlier run has used.
fn unique(what: &str) -> String {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_micros();
    format!("studio-{what}-{now}-{number}")
}

fn admin() -> SqsAdmin {
    SqsAdmin::new(AwsSettings::default())
}

fn open(name: &str) -> SqsQueue {
    // Address and credentials come from the environment, as they do for a user.
    SqsQueue::new(name, AwsSettings::default())
}

struct Live {
    queue: String,
    dead: String,
}

#[async_trait]
impl QueueFixture for Live {
    async fn set_up() -> Option<Self> {
        if !is_there() {
            return None;
        }
        let live = Self { queue: unique("queue"), dead: unique("dead") };
        for name in [&live.queue, &live.dead] {
            let made = admin().ensure_queue(&WantedQueue::new(name)).await.unwrap();
            assert_eq!(made.outcome, Ensured::Made);
        }
        Some(live)
    }

    fn open(&self) -> Arc<dyn Queue> {
        Arc::new(open(&self.queue))
    }

    fn open_dead(&self) -> Arc<dyn Queue> {
        Arc::new(open(&self.dead))
    }
}

studio_testkit::queue_conformance!(Live);

fn request(wait: u64, visibility: u64) -> Receive {
    let (wait, visibility) = (Duration::from_secs(wait), Duration::from_secs(visibility));
    Receive { max: 10, wait, visibility }
}

#[tokio::test]
async fn a_queue_that_is_missing_is_named_and_found_when_it_is_made() {
    if !is_there() {
        return;
    }
    let name = unique("later");
    let queue = open(&name);
    let receipts = [Receipt("r".to_owned())];
    for refused in [
        queue.receive(request(0, 30)).await.map(drop),
        queue.send(&[Outgoing::new("a")]).await,
        queue.ack(&receipts).await,
        queue.extend(&receipts[0], Duration::from_secs(1)).await,
    ] {
        assert!(
            matches!(&refused, Err(Error::NoSuchQueue { queue }) if *queue == name),
            "{refused:?}"
        );
    }
    assert_eq!(admin().find(&name).await.unwrap(), None);
    let made = admin().ensure_queue(&WantedQueue::new(&name)).await.unwrap();
    queue.send(&[Outgoing::new("a")]).await.unwrap();
    // By its URL it is the same one.
    let by_url = open(&made.place.url);
    assert_eq!(by_url.receive(request(5, 30)).await.unwrap().len(), 1);
    let other = open(&format!("{}-not", made.place.url));
    let refused = other.receive(request(0, 30)).await;
    assert!(matches!(refused, Err(Error::NoSuchQueue { .. })), "{refused:?}");
}

#[tokio::test]
async fn queues_are_made_once_and_changed_as_far_as_needed() {
    if !is_there() {
        return;
    }
    let (name, dead) = (unique("ingest"), unique("ingest-dead"));
    let dead = admin().ensure_queue(&WantedQueue::new(dead)).await.unwrap();
    assert!(dead.place.arn.starts_with("arn:aws:sqs:us-east-1:"), "{:?}", dead.place);
    let plain = admin().ensure_queue(&WantedQueue::new(&name)).await.unwrap();
    assert_eq!(plain.outcome, Ensured::Made);

    let mut wanted = WantedQueue {
        retention: Some(Duration::from_secs(4 * 24 * 3600)),
        visibility: Some(Duration::from_secs(60)),
        receive_wait: Some(Duration::from_secs(20)),
        dead_letters: Some(DeadLetterRule { arn: dead.place.arn, max_receive_count: 5 }),
        buckets: vec!["ingest".to_owned()],
        ..WantedQueue::new(&name)
    };
    let changed = admin().ensure_queue(&wanted).await.unwrap();
    let names = ["Policy", "ReceiveMessageWaitTimeSeconds", "RedrivePolicy", "VisibilityTimeout"];
    assert_eq!(changed.outcome, Ensured::Changed(names.map(str::to_owned).into()));
    assert_eq!(changed.place, plain.place);
    let again = admin().ensure_queue(&wanted).await.unwrap();
    assert_eq!((again.outcome, again.left), (Ensured::Kept, Vec::new()));
    let (_, there) = admin().find(&name).await.unwrap().unwrap();
    let policy = policy::allow_buckets(&plain.place.arn, &wanted.buckets, None).unwrap();
    assert_eq!(serde_json::from_str::<serde_json::Value>(&there["Policy"]).unwrap(), policy);

    // Somebody gave it more time: that stays.
    wanted.visibility = Some(Duration::from_secs(30));
    wanted.buckets.push("other".to_owned());
    let again = admin().ensure_queue(&wanted).await.unwrap();
    assert_eq!(again.outcome, Ensured::Changed(vec!["Policy".to_owned()]));
    assert_eq!(again.left, ["VisibilityTimeout"]);

    // A queue that is made with all of it is then as it should be.
    let whole = WantedQueue { name: unique("whole"), ..wanted };
    assert_eq!(admin().ensure_queue(&whole).await.unwrap().outcome, Ensured::Made);
    assert_eq!(admin().ensure_queue(&whole).await.unwrap().outcome, Ensured::Kept);
}

#[tokio::test]
async fn what_is_delivered_too_often_is_put_aside_by_the_queue() {
    if !is_there() {
        return;
    }
    let (name, dead_name) = (unique("twice"), unique("twice-dead"));
    let dead = admin().ensure_queue(&WantedQueue::new(&dead_name)).await.unwrap();
    let rule = DeadLetterRule { arn: dead.place.arn, max_receive_count: 2 };
    let wanted = WantedQueue { dead_letters: Some(rule), ..WantedQueue::new(&name) };
    admin().ensure_queue(&wanted).await.unwrap();
    let (queue, dead) = (open(&name), open(&dead_name));
    queue.send(&[Outgoing::new("stubborn")]).await.unwrap();
    for count in 1..=2 {
        let delivery = queue.receive(request(5, 30)).await.unwrap().remove(0);
        assert_eq!(delivery.received_count, count);
        queue.extend(&delivery.receipt, Duration::ZERO).await.unwrap();
    }
    assert_eq!(queue.receive(request(1, 30)).await.unwrap(), []);
    let letters = studio_queue::dead_letter::list(&dead, 10).await.unwrap();
    assert_eq!(letters.len(), 1);
    assert_eq!((letters[0].body.as_str(), &letters[0].reason), ("stubborn", &None));
}
