//! Making queues, and finding out how they are.

use std::collections::{BTreeMap, HashMap};

use aws_sdk_sqs::types::QueueAttributeName;
use studio_aws::{AwsSettings, Ensured};
use tokio::sync::OnceCell;

use super::client::{Connection, connect};
use super::error::Asked;
use super::wanted::{Attributes, WantedQueue};
use crate::{Error, Result};

/// Sets queues up on Amazon SQS or a compatible server.
#[derive(Debug)]
pub struct SqsAdmin {
    settings: AwsSettings,
    connection: OnceCell<Connection>,
}

/// Where a queue is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueuePlace {
    /// Its URL, by which it is used.
    pub url: String,
    /// Its ARN, by which others name it.
    pub arn: String,
}

/// A queue that is set up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnsuredQueue {
    /// Where it is.
    pub place: QueuePlace,
    /// What was done about it; changes by the names of attributes.
    pub outcome: Ensured,
    /// Attributes that are not as they were to be, and were left so: times that are longer,
    /// and a rule for dead letters that leads elsewhere.
    pub left: Vec<String>,
}

impl SqsAdmin {
    /// Does nothing yet.
    pub fn new(settings: AwsSettings) -> Self {
        Self { settings, connection: OnceCell::new() }
    }

    async fn connection(&self) -> &Connection {
        self.connection.get_or_init(|| connect(&self.settings, "")).await
    }

    /// What the server is called in messages.
    pub async fn endpoint(&self) -> &str {
        &self.connection().await.endpoint
    }

    /// The queue of this name with its attributes, if there is one.
    ///
    /// # Errors
    /// Those of the queue's server.
    pub async fn find(&self, name: &str) -> Result<Option<(QueuePlace, BTreeMap<String, String>)>> {
        let connection = self.connection().await;
        let asked =
            Asked { queue: name, endpoint: &connection.endpoint, action: "look for", bytes: 0 };
        let url = match connection.client.get_queue_url().queue_name(name).send().await {
            Ok(found) => found.queue_url,
            Err(error) => match asked.read(error) {
                Error::NoSuchQueue { .. } => return Ok(None),
                error => return Err(error),
            },
        };
        let url = url.ok_or_else(|| asked.broken_answer("it has no URL"))?;
        let request = connection.client.get_queue_attributes().queue_url(&url);
        let answer = request.attribute_names(QueueAttributeName::All).send().await;
        let told = answer.map_err(|error| asked.read(error))?.attributes.unwrap_or_default();
        let told: Attributes =
            told.into_iter().map(|(name, value)| (name.as_str().to_owned(), value)).collect();
        let arn = told.get("QueueArn").cloned();
        let arn = arn.ok_or_else(|| asked.broken_answer("the queue has no ARN"))?;
        Ok(Some((QueuePlace { url, arn }, told)))
    }

    /// Makes a queue, or changes one that is there so far that it is as it should be. Nothing
    /// becomes shorter by that, a rule for dead letters that leads elsewhere stays, and so
    /// does what others wrote into the policy.
    ///
    /// # Errors
    /// Those of the queue's server; [`Backend`](Error::Backend) also when the policy that is
    /// there cannot be read.
    pub async fn ensure_queue(&self, wanted: &WantedQueue) -> Result<EnsuredQueue> {
        if let Some((place, there)) = self.find(&wanted.name).await? {
            let (changed, left) = self.change(wanted, &place, &there).await?;
            let outcome = match changed.is_empty() {
                true => Ensured::Kept,
                false => Ensured::Changed(changed),
            };
            return Ok(EnsuredQueue { place, outcome, left });
        }
        let connection = self.connection().await;
        let asked =
            Asked { queue: &wanted.name, endpoint: &connection.endpoint, action: "make", bytes: 0 };
        let request = connection.client.create_queue().queue_name(&wanted.name);
        let attributes = for_request(wanted.attributes(None));
        let made = request.set_attributes(Some(attributes)).send().await;
        made.map_err(|error| asked.read(error))?;
        // Its ARN is told afterwards, and only then can its policy name it.
        let found = self.find(&wanted.name).await?;
        let (place, there) = found.ok_or_else(|| asked.broken_answer("it was not made"))?;
        self.change(wanted, &place, &there).await?;
        Ok(EnsuredQueue { place, outcome: Ensured::Made, left: Vec::new() })
    }

    /// The names of the attributes that were changed, and of those that were left.
    async fn change(
        &self,
        wanted: &WantedQueue,
        place: &QueuePlace,
        there: &Attributes,
    ) -> Result<(Vec<String>, Vec<String>)> {
        let connection = self.connection().await;
        let asked = Asked {
            queue: &wanted.name,
            endpoint: &connection.endpoint,
            action: "set up",
            bytes: 0,
        };
        let changes = wanted.changes(&place.arn, there);
        let (changes, left) = changes.map_err(|error| asked.other(Box::new(error)))?;
        let names: Vec<String> = changes.keys().cloned().collect();
        if !changes.is_empty() {
            let request = connection.client.set_queue_attributes().queue_url(&place.url);
            let done = request.set_attributes(Some(for_request(changes))).send().await;
            done.map_err(|error| asked.read(error))?;
        }
        Ok((names, left))
    }
}

fn for_request(attributes: Attributes) -> HashMap<QueueAttributeName, String> {
    let attributes = attributes.into_iter();
    attributes.map(|(name, value)| (QueueAttributeName::from(name.as_str()), value)).collect()
}
