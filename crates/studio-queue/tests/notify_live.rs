//! What happens in a bucket of a real server arrives in a queue and can be read, after both
//! were set up by us; `cargo xtask test` starts some servers and does so.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aws_sdk_s3::Client;
use aws_sdk_s3::primitives::ByteStream;
use studio_blob::s3::{BucketAdmin, BucketNotification, S3Settings};
use studio_domain::{AssetEvent, EventKind};
use studio_queue::event::{Parsed, parse};
use studio_queue::sqs::{AwsSettings, Ensured, EnsuredQueue, SqsAdmin, WantedQueue};
use studio_queue::{Queue, Receive, SqsQueue};

const HARD: &str = "sp ace/DJ's Björk+1.wav";

struct Place {
    bucket: String,
    admin: BucketAdmin,
    queue: SqsQueue,
    set_up: EnsuredQueue,
    client: Client,
}

/// A new bucket, and a queue that it may send to; nothing where there is no such server.
async fn place(what: &str) -> Option<Place> {
    let server = std::env::var("STUDIO_TEST_S3").ok();
    if !server.as_deref().is_some_and(|server| ["ministack", "moto"].contains(&server)) {
        let reason = match server {
            Some(server) => format!("{server} sends none"),
            None => "STUDIO_TEST_S3 names no server (`cargo xtask test` starts some)".to_owned(),
        };
        studio_testkit::say_skipped("events of real servers", &reason);
        return None;
    }
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_micros();
    let bucket = format!("studio-{what}-{now}");
    let admin = BucketAdmin::new(&bucket, S3Settings::default());
    assert_eq!(admin.ensure_bucket().await.unwrap(), Ensured::Made);
    assert_eq!(admin.ensure_bucket().await.unwrap(), Ensured::Kept);
    let wanted = WantedQueue { buckets: vec![bucket.clone()], ..WantedQueue::new(&bucket) };
    let queues = SqsAdmin::new(AwsSettings::default());
    let set_up = queues.ensure_queue(&wanted).await.unwrap();
    let queue = SqsQueue::new(&bucket, AwsSettings::default());
    // Writes that no store of ours makes: the client as anybody has it.
    let loaded = studio_aws::load(&AwsSettings::default(), service()).await;
    let config = aws_sdk_s3::config::Builder::from(&loaded.config).force_path_style(true);
    let client = Client::from_conf(config.build());
    Some(Place { bucket, admin, queue, set_up, client })
}

fn service() -> studio_aws::Service {
    studio_aws::Service {
        id: "S3",
        name: "S3",
        read_timeout: Duration::from_secs(30),
        attempt_timeout: Duration::from_secs(60),
        stall: None,
    }
}

impl Place {
    fn notification(&self) -> BucketNotification {
        BucketNotification {
            id: "studio-ingest".to_owned(),
            queue_arn: self.set_up.place.arn.clone(),
            events: ["s3:ObjectCreated:*", "s3:ObjectRemoved:*"].map(str::to_owned).into(),
            prefix: None,
            suffix: None,
        }
    }

    async fn write(&self, key: &str, bytes: &'static [u8]) {
        let body = ByteStream::from_static(bytes);
        let request = self.client.put_object().bucket(&self.bucket).key(key);
        request.body(body).send().await.unwrap();
    }

    /// The events that come until there are so many, or nothing for a while.
    async fn events(&self, count: usize) -> Vec<AssetEvent> {
        let mut all = Vec::new();
        while all.len() < count {
            let (wait, visibility) = (Duration::from_secs(5), Duration::from_secs(30));
            let request = Receive { max: 10, wait, visibility };
            let deliveries = self.queue.receive(request).await.unwrap();
            if deliveries.is_empty() {
                break;
            }
            for delivery in &deliveries {
                match parse(&delivery.body) {
                    Parsed::Events(events) => all.extend(events),
                    Parsed::Test => {}
                    other => panic!("{} is {other:?}", delivery.body),
                }
            }
            let receipts: Vec<_> =
                deliveries.into_iter().map(|delivery| delivery.receipt).collect();
            self.queue.ack(&receipts).await.unwrap();
        }
        all
    }
}

#[tokio::test]
async fn what_happens_in_a_bucket_arrives_with_the_keys_that_were_written() {
    let Some(place) = place("events").await else { return };
    let notification = place.notification();
    assert_eq!(place.admin.ensure_notification(&notification).await.unwrap(), Ensured::Made);

    place.write(HARD, b"abc").await;
    let events = place.events(1).await;
    assert_eq!(events.len(), 1, "{events:?}");
    let event = &events[0];
    assert_eq!(event.place.bucket.as_str(), place.bucket);
    assert_eq!(event.place.key.as_str(), HARD);
    assert_eq!((event.kind, event.size), (EventKind::Created, Some(3)));
    assert_eq!(event.state.etag.as_deref(), Some("900150983cd24fb0d6963f7d28e17f72"));
    assert!(event.moment.at.is_some());

    let keys = ["日本語/🎸.wav", "100%25+.wav", "a//b/&=?#.wav", &"ö".repeat(512)];
    for key in keys {
        place.write(key, b"1").await;
    }
    let events = place.events(keys.len()).await;
    let mut told: Vec<_> = events.iter().map(|event| event.place.key.as_str()).collect();
    told.sort_unstable();
    let mut keys = keys;
    keys.sort_unstable();
    assert_eq!(told, keys);

    let removal = place.client.delete_object().bucket(&place.bucket).key(HARD);
    removal.send().await.unwrap();
    let events = place.events(1).await;
    assert_eq!(events.len(), 1, "{events:?}");
    assert_eq!((events[0].kind, events[0].size), (EventKind::Removed, None));
    assert_eq!(events[0].place.key.as_str(), HARD);
}

#[tokio::test]
async fn what_a_bucket_tells_others_is_left_alone() {
    let Some(place) = place("notify").await else { return };
    let other = BucketNotification {
        id: "somebody-else".to_owned(),
        prefix: Some("theirs/".to_owned()),
        suffix: Some(".txt".to_owned()),
        ..place.notification()
    };
    let own = BucketNotification { prefix: Some("ours/".to_owned()), ..place.notification() };
    assert_eq!(place.admin.notifications().await.unwrap(), []);
    for (wanted, expected) in [
        (&other, Ensured::Made),
        (&own, Ensured::Made),
        (&own, Ensured::Kept),
        (&BucketNotification { id: "another-name".to_owned(), ..own.clone() }, Ensured::Kept),
    ] {
        assert_eq!(place.admin.ensure_notification(wanted).await.unwrap(), expected);
    }
    let of = |id: &str, all: &[BucketNotification]| {
        all.iter().find(|one| one.id == id).cloned().unwrap()
    };
    let all = place.admin.notifications().await.unwrap();
    assert_eq!(all.len(), 2);
    assert_eq!(of("somebody-else", &all), other);
    assert_eq!(of("studio-ingest", &all), own);

    let changed = BucketNotification { suffix: Some(".wav".to_owned()), ..own };
    let outcome = place.admin.ensure_notification(&changed).await.unwrap();
    assert_eq!(outcome, Ensured::Changed(vec!["studio-ingest".to_owned()]));
    let all = place.admin.notifications().await.unwrap();
    assert_eq!(all.len(), 2);
    assert_eq!((of("somebody-else", &all), of("studio-ingest", &all)), (other, changed));

    place.write("theirs/a.wav", b"1").await;
    place.write("ours/a.txt", b"1").await;
    place.write("ours/a.wav", b"1").await;
    let events = place.events(2).await;
    let keys: Vec<_> = events.iter().map(|event| event.place.key.as_str()).collect();
    assert_eq!(keys, ["ours/a.wav"]);
}
