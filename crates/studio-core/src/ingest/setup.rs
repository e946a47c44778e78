//! Setting up: the bucket, its queues, and what the bucket tells them.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::Value;
use studio_blob::s3::{BucketAdmin, BucketNotification};
use studio_domain::BucketName;
use studio_queue::sqs::{DeadLetterRule, Ensured, SqsAdmin, WantedQueue};

use crate::Result;

/// What the bucket tells: what comes, and what goes.
const EVENTS: [&str; 2] = ["s3:ObjectCreated:*", "s3:ObjectRemoved:*"];
/// The name of our notification in the bucket's configuration.
const NOTIFICATION: &str = "studio-ingest";
/// How long messages are kept: as long as SQS does at most.
const RETENTION: Duration = Duration::from_secs(14 * 24 * 60 * 60);
/// How long a message is held by a receiver that does not say.
const VISIBILITY: Duration = Duration::from_secs(60);
/// How long a request waits for a message that does not say.
const WAIT: Duration = Duration::from_secs(20);
/// After how many deliveries the queue itself puts a message aside: a net below the worker,
/// which does so much earlier and says why. SQS takes no larger number.
const MOST_DELIVERIES: u32 = 1000;
/// The account of a queue that is not there yet.
const SOME_ACCOUNT: &str = "000000000000";

/// What is to be set up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetUp {
    /// The bucket that files are put into.
    pub bucket: BucketName,
    /// The queue for its events, and the one for what nobody can do anything with.
    pub events: [String; 2],
    /// The same for orders to delete.
    pub orders: [String; 2],
    /// Only of keys that begin so.
    pub prefix: Option<String>,
    /// Only of keys that end so.
    pub suffix: Option<String>,
}

/// One thing that was set up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetUpStep {
    /// What it is: a bucket, a queue, a notification.
    pub what: &'static str,
    /// Its name, or where it leads.
    pub name: String,
    /// What was done.
    pub done: Ensured,
    /// What is otherwise than it was to be, and was left so.
    pub left: Vec<String>,
}

/// What setting up would do, as the documents that other tools take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetUpPlan {
    /// Whether the bucket is there.
    pub bucket_is_there: bool,
    /// The queues in the order in which they are made, by name: whether each is there, and
    /// its attributes (SQS API, CreateQueue).
    pub queues: Vec<(String, bool, BTreeMap<String, String>)>,
    /// The bucket's notification configuration (S3 API, PutBucketNotificationConfiguration).
    pub notification: Value,
}

impl SetUp {
    /// Sets up what is not there or not as it should be.
    ///
    /// # Errors
    /// Those of the servers. What was done by then stays, and the same again goes on.
    pub async fn run(&self, buckets: &BucketAdmin, queues: &SqsAdmin) -> Result<Vec<SetUpStep>> {
        let (name, left) = (self.bucket.to_string(), Vec::new());
        let done = buckets.ensure_bucket().await?;
        let mut steps = vec![SetUpStep { what: "bucket", name, done, left }];
        let mut events_arn = String::new();
        for ([own, dead], hears) in [(&self.events, true), (&self.orders, false)] {
            let aside = queues.ensure_queue(&dead_letters(dead)).await?;
            steps.push(step(dead, aside.outcome, aside.left));
            let wanted = self.wanted(own, &aside.place.arn, hears);
            let made = queues.ensure_queue(&wanted).await?;
            steps.push(step(own, made.outcome, made.left));
            if hears {
                events_arn = made.place.arn;
            }
        }
        let done = buckets.ensure_notification(&self.notification(&events_arn)).await?;
        let name = format!("{} to {}", EVENTS.join(", "), self.events[0]);
        steps.push(SetUpStep { what: "notification", name, done, left: Vec::new() });
        Ok(steps)
    }

    /// What [`run`](Self::run) would do; asks the servers what is there, and changes nothing.
    ///
    /// # Errors
    /// Those of the servers.
    pub async fn plan(&self, buckets: &BucketAdmin, queues: &SqsAdmin) -> Result<SetUpPlan> {
        let bucket_is_there = buckets.is_there().await?;
        let mut planned = Vec::new();
        let mut notification = Value::Null;
        for ([own, dead], hears) in [(&self.events, true), (&self.orders, false)] {
            let (is_there, arn) = place(buckets, queues, dead).await?;
            planned.push((dead.clone(), is_there, dead_letters(dead).attributes(None)));
            let (is_there, own_arn) = place(buckets, queues, own).await?;
            let wanted = self.wanted(own, &arn, hears);
            planned.push((own.clone(), is_there, wanted.attributes(Some(&own_arn))));
            if hears {
                notification = BucketNotification::configuration(&[self.notification(&own_arn)]);
            }
        }
        Ok(SetUpPlan { bucket_is_there, queues: planned, notification })
    }

    fn wanted(&self, name: &str, dead: &str, hears: bool) -> WantedQueue {
        let rule = DeadLetterRule { arn: dead.to_owned(), max_receive_count: MOST_DELIVERIES };
        WantedQueue {
            retention: Some(RETENTION),
            visibility: Some(VISIBILITY),
            receive_wait: Some(WAIT),
            dead_letters: Some(rule),
            buckets: hears.then(|| self.bucket.to_string()).into_iter().collect(),
            ..WantedQueue::new(name)
        }
    }

    fn notification(&self, queue_arn: &str) -> BucketNotification {
        BucketNotification {
            id: NOTIFICATION.to_owned(),
            queue_arn: queue_arn.to_owned(),
            events: EVENTS.map(str::to_owned).into(),
            prefix: self.prefix.clone(),
            suffix: self.suffix.clone(),
        }
    }
}

fn dead_letters(name: &str) -> WantedQueue {
    WantedQueue { retention: Some(RETENTION), ..WantedQueue::new(name) }
}

fn step(name: &str, done: Ensured, left: Vec<String>) -> SetUpStep {
    SetUpStep { what: "queue", name: name.to_owned(), done, left }
}

/// Whether a queue is there, and its ARN, or the one that it would have in some account.
async fn place(buckets: &BucketAdmin, queues: &SqsAdmin, name: &str) -> Result<(bool, String)> {
    Ok(match queues.find(name).await? {
        Some((place, _)) => (true, place.arn),
        None => (false, format!("arn:aws:sqs:{}:{SOME_ACCOUNT}:{name}", buckets.region().await)),
    })
}
