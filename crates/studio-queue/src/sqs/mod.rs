//! Queues of Amazon SQS or a compatible server.

mod admin;
mod batch;
mod client;
mod error;
pub mod policy;
mod wanted;

use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_sqs::types::{
    DeleteMessageBatchRequestEntry, Message, MessageAttributeValue, MessageSystemAttributeName,
    SendMessageBatchRequestEntry,
};
pub use studio_aws::{AwsSettings, Ensured};
use studio_domain::Timestamp;
use tokio::sync::{Mutex, OnceCell};

pub use self::admin::{EnsuredQueue, QueuePlace, SqsAdmin};
use self::batch::{MOST_ENTRIES, batches};
use self::client::{Connection, connect};
use self::error::{Asked, Refusal};
pub use self::wanted::{DeadLetterRule, WantedQueue};
use crate::{
    Delivery, Error, LARGEST_MESSAGE, LONGEST_DELAY, LONGEST_VISIBILITY, LONGEST_WAIT,
    MOST_RECEIVED, Outgoing, Queue, Receipt, Receive, Result, size_of,
};

/// A [`Queue`] of Amazon SQS or a compatible server.
#[derive(Debug)]
pub struct SqsQueue {
    name: String,
    settings: AwsSettings,
    /// Made when first used: reading certificates and credentials takes a while.
    connection: OnceCell<Connection>,
    /// The queue's URL, once the server has told it.
    url: Mutex<Option<String>>,
}

impl SqsQueue {
    /// A queue by its name or by its URL. Does nothing yet.
    pub fn new(name_or_url: &str, settings: AwsSettings) -> Self {
        let name = name_or_url.to_owned();
        Self { name, settings, connection: OnceCell::new(), url: Mutex::new(None) }
    }

    async fn connection(&self) -> &Connection {
        self.connection.get_or_init(|| connect(&self.settings, &self.name)).await
    }

    fn asked<'a>(&'a self, connection: &'a Connection, action: &'static str) -> Asked<'a> {
        Asked { queue: &self.name, endpoint: &connection.endpoint, action, bytes: 0 }
    }

    /// The URL: the one that was given, or what the server says of the name, asked once.
    async fn url(&self, connection: &Connection) -> Result<String> {
        if client::is_url(&self.name) {
            return Ok(self.name.clone());
        }
        let mut known = self.url.lock().await;
        if let Some(url) = &*known {
            return Ok(url.clone());
        }
        let asked = self.asked(connection, "look for");
        let found = connection.client.get_queue_url().queue_name(&self.name).send().await;
        let found = found.map_err(|error| asked.read(error))?;
        let url = found.queue_url.ok_or_else(|| asked.broken_answer("it has no URL"))?;
        Ok(known.insert(url).clone())
    }

    /// Passes an error on. After one that says that there is no such queue, its URL is asked
    /// for again: it may have been made anew meanwhile, elsewhere.
    async fn failed(&self, error: Error) -> Error {
        if matches!(error, Error::NoSuchQueue { .. }) {
            *self.url.lock().await = None;
        }
        error
    }
}

#[async_trait]
impl Queue for SqsQueue {
    fn name(&self) -> &str {
        &self.name
    }

    async fn receive(&self, request: Receive) -> Result<Vec<Delivery>> {
        let connection = self.connection().await;
        let url = self.url(connection).await?;
        let answer = connection
            .client
            .receive_message()
            .queue_url(url)
            .max_number_of_messages(count(request.max.clamp(1, MOST_RECEIVED)))
            .wait_time_seconds(whole_seconds(request.wait.min(LONGEST_WAIT)))
            .visibility_timeout(whole_seconds(request.visibility.min(LONGEST_VISIBILITY)))
            .message_system_attribute_names(MessageSystemAttributeName::All)
            .message_attribute_names("All")
            .send()
            .await;
        match answer {
            Ok(answer) => {
                Ok(answer.messages.unwrap_or_default().into_iter().filter_map(delivery).collect())
            }
            Err(error) => {
                Err(self.failed(self.asked(connection, "receive from").read(error)).await)
            }
        }
    }

    async fn extend(&self, receipt: &Receipt, visibility: Duration) -> Result<()> {
        let connection = self.connection().await;
        let url = self.url(connection).await?;
        let answer = connection
            .client
            .change_message_visibility()
            .queue_url(url)
            .receipt_handle(&receipt.0)
            .visibility_timeout(whole_seconds(visibility.min(LONGEST_VISIBILITY)))
            .send()
            .await;
        match answer {
            Ok(_) => Ok(()),
            Err(error) => {
                Err(self.failed(self.asked(connection, "hold a message of").read(error)).await)
            }
        }
    }

    async fn ack(&self, receipts: &[Receipt]) -> Result<()> {
        for batch in receipts.chunks(MOST_ENTRIES) {
            self.ack_batch(batch).await?;
        }
        Ok(())
    }

    async fn send(&self, messages: &[Outgoing]) -> Result<()> {
        let too_large = messages.iter().map(size_of).find(|size| *size > LARGEST_MESSAGE);
        if let Some(bytes) = too_large {
            return Err(Error::TooLarge { queue: self.name.clone(), bytes });
        }
        for batch in batches(messages) {
            self.send_batch(batch).await?;
        }
        Ok(())
    }
}

impl SqsQueue {
    async fn ack_batch(&self, receipts: &[Receipt]) -> Result<()> {
        let connection = self.connection().await;
        let asked = self.asked(connection, "acknowledge messages of");
        let url = self.url(connection).await?;
        let entries = receipts.iter().enumerate().map(|(number, receipt)| {
            let entry = DeleteMessageBatchRequestEntry::builder().id(number.to_string());
            entry.receipt_handle(&receipt.0).build().map_err(|error| asked.other(error.into()))
        });
        let entries = entries.collect::<Result<Vec<_>>>()?;
        let request = connection.client.delete_message_batch().queue_url(url);
        let answer = match request.set_entries(Some(entries)).send().await {
            Ok(answer) => answer,
            Err(error) => return Err(self.failed(asked.read(error)).await),
        };
        for failed in answer.failed {
            match asked.read_refusal(Refusal::of_entry(&failed)) {
                Error::ReceiptGone { .. } => {}
                error => return Err(self.failed(error).await),
            }
        }
        Ok(())
    }

    async fn send_batch(&self, messages: &[Outgoing]) -> Result<()> {
        let connection = self.connection().await;
        let bytes = messages.iter().map(size_of).max().unwrap_or_default();
        let asked = Asked { bytes, ..self.asked(connection, "send to") };
        let url = self.url(connection).await?;
        let entries = messages.iter().enumerate().map(|(number, message)| {
            let attributes = message.attributes.iter().map(|(name, value)| {
                let value =
                    MessageAttributeValue::builder().data_type("String").string_value(value);
                Ok((name.clone(), value.build()?))
            });
            let attributes = attributes.collect::<Result<_, aws_sdk_sqs::error::BuildError>>();
            SendMessageBatchRequestEntry::builder()
                .id(number.to_string())
                .message_body(&message.body)
                .delay_seconds(whole_seconds(message.delay.min(LONGEST_DELAY)))
                .set_message_attributes(Some(attributes?))
                .build()
        });
        let entries = entries.collect::<Result<Vec<_>, _>>();
        let entries = entries.map_err(|error| asked.other(error.into()))?;
        let request = connection.client.send_message_batch().queue_url(url);
        let answer = match request.set_entries(Some(entries)).send().await {
            Ok(answer) => answer,
            Err(error) => return Err(self.failed(asked.read(error)).await),
        };
        match answer.failed.first() {
            None => Ok(()),
            Some(failed) => {
                let of = failed.id().parse().ok().and_then(|number: usize| messages.get(number));
                let asked = Asked { bytes: of.map_or(bytes, size_of), ..asked };
                Err(self.failed(asked.read_refusal(Refusal::of_entry(failed))).await)
            }
        }
    }
}

/// A message as it came. One without a receipt could not be acknowledged: it comes again.
fn delivery(message: Message) -> Option<Delivery> {
    let told = message.attributes.unwrap_or_default();
    let number = |name| told.get(&name).and_then(|text: &String| text.parse::<i64>().ok());
    let received = number(MessageSystemAttributeName::ApproximateReceiveCount);
    let sent = number(MessageSystemAttributeName::SentTimestamp);
    let attributes = message.message_attributes.unwrap_or_default().into_iter();
    let attributes = attributes.filter_map(|(name, value)| Some((name, value.string_value?)));
    Some(Delivery {
        id: message.message_id.unwrap_or_default(),
        receipt: Receipt(message.receipt_handle?),
        body: message.body.unwrap_or_default(),
        attributes: attributes.collect::<BTreeMap<_, _>>(),
        received_count: received.and_then(|count| u32::try_from(count).ok()).unwrap_or(1),
        sent_at: sent.and_then(|millis| millis.checked_mul(1000)).map(Timestamp::from_micros),
    })
}

/// Seconds, never fewer than asked for.
fn whole_seconds(time: Duration) -> i32 {
    let seconds = time.as_secs() + u64::from(time.subsec_nanos() > 0);
    i32::try_from(seconds).unwrap_or(i32::MAX)
}

fn count(number: usize) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}
