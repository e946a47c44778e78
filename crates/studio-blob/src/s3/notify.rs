//! Setting a bucket up: that it is there, and that it tells a queue what happens in it.

use std::collections::BTreeSet;
use std::time::Duration;

use aws_sdk_s3::types::{
    Event, FilterRule, FilterRuleName, NotificationConfiguration, NotificationConfigurationFilter,
    QueueConfiguration, S3KeyFilter,
};
use serde_json::{Value, json};
use studio_aws::Ensured;

use super::client::promptly;
use super::renamed::read_again;
use super::{S3Settings, S3Store};
use crate::{Error, Result};

/// How often S3 is asked to take a notification, and the pause between: what its queue permits
/// becomes known to S3 after a while (Amazon SQS API, SetQueueAttributes).
const TRIES: u32 = 4;
const PAUSE: Duration = Duration::from_secs(2);

/// How S3 says that it cannot send to a queue: there is none, or it does not permit it.
const NOT_VALIDATED: &str = "Unable to validate the following destination configurations";

/// What a bucket tells a queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BucketNotification {
    /// Its name in the bucket's configuration.
    pub id: String,
    /// The queue's ARN.
    pub queue_arn: String,
    /// What is told, as in `s3:ObjectCreated:*`.
    pub events: Vec<String>,
    /// What the keys must begin with.
    pub prefix: Option<String>,
    /// What the keys must end in.
    pub suffix: Option<String>,
}

impl BucketNotification {
    /// Whether both ask for the same, whatever their names and order.
    fn asks_the_same(&self, other: &Self) -> bool {
        let events = |of: &Self| of.events.iter().cloned().collect::<BTreeSet<_>>();
        self.queue_arn == other.queue_arn
            && events(self) == events(other)
            && (&self.prefix, &self.suffix) == (&other.prefix, &other.suffix)
    }

    fn rules(&self) -> Vec<(&'static str, &str)> {
        let rules = [("prefix", &self.prefix), ("suffix", &self.suffix)];
        rules.into_iter().filter_map(|(name, value)| Some((name, value.as_deref()?))).collect()
    }

    /// The configuration as `aws s3api put-bucket-notification-configuration` takes it.
    pub fn configuration(notifications: &[Self]) -> Value {
        let queues = notifications.iter().map(|one| {
            let mut queue =
                json!({ "Id": one.id, "QueueArn": one.queue_arn, "Events": one.events });
            let rules = one.rules().into_iter();
            let rules: Vec<_> =
                rules.map(|(name, value)| json!({ "Name": name, "Value": value })).collect();
            if !rules.is_empty() {
                queue["Filter"] = json!({ "Key": { "FilterRules": rules } });
            }
            queue
        });
        json!({ "QueueConfigurations": queues.collect::<Vec<_>>() })
    }

    fn for_request(&self) -> Result<QueueConfiguration, aws_sdk_s3::error::BuildError> {
        let rules = self.rules().into_iter().map(|(name, value)| {
            FilterRule::builder().name(FilterRuleName::from(name)).value(value).build()
        });
        let rules: Vec<_> = rules.collect();
        let filter = (!rules.is_empty()).then(|| {
            let key = S3KeyFilter::builder().set_filter_rules(Some(rules)).build();
            NotificationConfigurationFilter::builder().key(key).build()
        });
        let events = self.events.iter().map(|event| Event::from(event.as_str())).collect();
        QueueConfiguration::builder()
            .id(&self.id)
            .queue_arn(&self.queue_arn)
            .set_events(Some(events))
            .set_filter(filter)
            .build()
    }
}

impl From<&QueueConfiguration> for BucketNotification {
    fn from(told: &QueueConfiguration) -> Self {
        let rules = told.filter().and_then(|filter| filter.key()).map(S3KeyFilter::filter_rules);
        // Amazon tells these names with a capital.
        let rule = |name: &str| {
            let rules = rules.unwrap_or_default().iter();
            let mut named = rules.filter(|rule| {
                rule.name().is_some_and(|own| own.as_str().eq_ignore_ascii_case(name))
            });
            let value = named.next().and_then(FilterRule::value);
            value.filter(|value| !value.is_empty()).map(str::to_owned)
        };
        Self {
            id: told.id().unwrap_or_default().to_owned(),
            queue_arn: told.queue_arn().to_owned(),
            events: told.events().iter().map(|event| event.as_str().to_owned()).collect(),
            prefix: rule("prefix"),
            suffix: rule("suffix"),
        }
    }
}

/// Sets a bucket up on Amazon S3 or a compatible server.
#[derive(Debug)]
pub struct BucketAdmin {
    store: S3Store,
}

impl BucketAdmin {
    /// Does nothing yet.
    pub fn new(bucket: &str, settings: S3Settings) -> Self {
        Self { store: S3Store::new(bucket, None, settings) }
    }

    /// What the server is called in messages.
    pub async fn endpoint(&self) -> &str {
        &self.store.connection().await.endpoint
    }

    /// The region that is asked.
    pub async fn region(&self) -> &str {
        &self.store.connection().await.region
    }

    /// Whether the bucket is there, and ours to look at.
    ///
    /// # Errors
    /// Those of the server.
    pub async fn is_there(&self) -> Result<bool> {
        let store = &self.store;
        let connection = store.connection().await;
        let request = connection.client.head_bucket().bucket(&store.bucket);
        match request.customize().config_override(promptly()).send().await {
            Ok(_) => Ok(true),
            Err(error) => match store.context(connection, "look at", None).may_miss().read(error) {
                Error::NotFound { .. } | Error::NoSuchStore { .. } => Ok(false),
                error => Err(error),
            },
        }
    }

    /// Makes the bucket, if it is not there.
    ///
    /// # Errors
    /// Those of the server; [`Denied`](Error::Denied) when it is somebody else's.
    pub async fn ensure_bucket(&self) -> Result<Ensured> {
        if self.is_there().await? {
            return Ok(Ensured::Kept);
        }
        self.store.create_bucket().await?;
        match self.is_there().await? {
            true => Ok(Ensured::Made),
            false => Err(Error::NoSuchStore { store: self.store.url.clone() }),
        }
    }

    /// What the bucket tells queues.
    ///
    /// # Errors
    /// Those of the server; [`Unsupported`](Error::Unsupported) when it has no notifications.
    pub async fn notifications(&self) -> Result<Vec<BucketNotification>> {
        let present = self.present().await?;
        Ok(present.queue_configurations().iter().map(BucketNotification::from).collect())
    }

    async fn present(&self) -> Result<NotificationConfiguration> {
        let store = &self.store;
        let connection = store.connection().await;
        let request = connection.client.get_bucket_notification_configuration();
        let request = request.bucket(&store.bucket).customize().config_override(promptly());
        let told = match request.send().await {
            Ok(told) => Ok(told),
            Err(error) => read_again(&connection.client, &store.bucket, error).await,
        };
        let told =
            told.map_err(|error| store.context(connection, "ask for events of", None).read(error))?;
        Ok(NotificationConfiguration::builder()
            .set_topic_configurations(told.topic_configurations)
            .set_queue_configurations(told.queue_configurations)
            .set_lambda_function_configurations(told.lambda_function_configurations)
            .set_event_bridge_configuration(told.event_bridge_configuration)
            .build())
    }

    /// Has the bucket tell a queue what happens in it. What else it tells others, it goes on
    /// telling; one with the same id is replaced. If it does tell the same already, under
    /// whatever id, nothing is changed.
    ///
    /// # Errors
    /// Those of the server; [`Unsupported`](Error::Unsupported) when it has no notifications,
    /// [`Backend`](Error::Backend) also when the queue is not there or does not permit it.
    pub async fn ensure_notification(&self, wanted: &BucketNotification) -> Result<Ensured> {
        let mut present = self.present().await?;
        let queues = present.queue_configurations.get_or_insert_default();
        if queues.iter().any(|one| BucketNotification::from(one).asks_the_same(wanted)) {
            return Ok(Ensured::Kept);
        }
        let store = &self.store;
        let built = wanted.for_request().map_err(|error| Error::Backend {
            action: "set up events of",
            object: store.url.to_string(),
            source: Box::new(error),
        })?;
        let outcome = match queues.iter_mut().find(|one| one.id() == Some(&wanted.id)) {
            Some(one) => {
                *one = built;
                Ensured::Changed(vec![wanted.id.clone()])
            }
            None => {
                queues.push(built);
                Ensured::Made
            }
        };
        let mut tries = 1;
        loop {
            match self.put(present.clone()).await {
                Ok(()) => return Ok(outcome),
                Err(Error::Backend { source, .. })
                    if tries < TRIES && source.to_string().contains(NOT_VALIDATED) =>
                {
                    tracing::debug!(%source, "the queue is not ready for the bucket");
                    tokio::time::sleep(PAUSE).await;
                    tries += 1;
                }
                Err(error) => return Err(error),
            }
        }
    }

    async fn put(&self, configuration: NotificationConfiguration) -> Result<()> {
        let store = &self.store;
        let connection = store.connection().await;
        let done = connection
            .client
            .put_bucket_notification_configuration()
            .bucket(&store.bucket)
            .notification_configuration(configuration)
            .customize()
            .config_override(promptly())
            .send()
            .await;
        done.map_err(|error| store.context(connection, "set up events of", None).read(error))?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted() -> BucketNotification {
        BucketNotification {
            id: "studio-ingest".to_owned(),
            queue_arn: "arn:aws:sqs:us-east-1:000000000000:s3-ingest-messages".to_owned(),
            events: ["s3:ObjectCreated:*", "s3:ObjectRemoved:*"].map(str::to_owned).into(),
            prefix: None,
            suffix: None,
        }
    }

    #[test]
    fn the_configuration_is_that_of_every_tool() {
        let filtered = BucketNotification { suffix: Some(".wav".to_owned()), ..wanted() };
        let events = ["s3:ObjectCreated:*", "s3:ObjectRemoved:*"];
        let queue = "arn:aws:sqs:us-east-1:000000000000:s3-ingest-messages";
        let expected = json!({ "QueueConfigurations": [
            { "Id": "studio-ingest", "QueueArn": queue, "Events": events },
            {
                "Id": "studio-ingest",
                "QueueArn": queue,
                "Events": events,
                "Filter": { "Key": { "FilterRules": [{ "Name": "suffix", "Value": ".wav" }] } },
            },
        ]});
        assert_eq!(BucketNotification::configuration(&[wanted(), filtered]), expected);
    }

    #[test]
    fn what_is_sent_is_read_again() -> Result<(), aws_sdk_s3::error::BuildError> {
        for (prefix, suffix) in [(None, None), (Some("in/"), None), (Some("in/"), Some(".wav"))] {
            let (prefix, suffix) = (prefix.map(str::to_owned), suffix.map(str::to_owned));
            let one = BucketNotification { prefix, suffix, ..wanted() };
            assert_eq!(BucketNotification::from(&one.for_request()?), one);
        }
        Ok(())
    }

    #[test]
    fn the_order_of_events_and_the_id_do_not_matter() {
        let mut other = BucketNotification { id: "S3Messages".to_owned(), ..wanted() };
        other.events.reverse();
        assert!(other.asks_the_same(&wanted()));
        other.prefix = Some("in/".to_owned());
        assert!(!other.asks_the_same(&wanted()));
    }
}
