//! The contract of a queue, and the values that cross it.

use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;
use studio_domain::Timestamp;

use crate::Result;

/// The most messages that one [`Queue::receive`] gives (SQS API).
pub const MOST_RECEIVED: usize = 10;

/// The longest that one [`Queue::receive`] waits for a message (SQS API).
pub const LONGEST_WAIT: Duration = Duration::from_secs(20);

/// The longest that a message can be held back when it is sent (SQS API).
pub const LONGEST_DELAY: Duration = Duration::from_secs(15 * 60);

/// The longest that a message can be held (SQS API).
pub const LONGEST_VISIBILITY: Duration = Duration::from_secs(12 * 60 * 60);

/// The most bytes of a message, attributes included (SQS API). A queue may take less.
pub const LARGEST_MESSAGE: usize = 1 << 20;

/// What a message counts for: its text, and of each attribute the name, the value and the
/// name of its type (SQS API).
pub(crate) fn size_of(message: &Outgoing) -> usize {
    const TYPE: usize = "String".len();
    let attributes = message.attributes.iter();
    let attributes = attributes.map(|(name, value)| name.len() + TYPE + value.len());
    message.body.len() + attributes.sum::<usize>()
}

/// A message to send.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outgoing {
    /// Its text.
    pub body: String,
    /// Short texts beside it, by name; at most 10 (SQS API). Names have letters, digits,
    /// hyphens, underscores and dots, values are not empty.
    pub attributes: BTreeMap<String, String>,
    /// How long nobody gets it, at most [`LONGEST_DELAY`].
    pub delay: Duration,
}

impl Outgoing {
    /// A message of a text alone.
    pub fn new(body: impl Into<String>) -> Self {
        Self { body: body.into(), ..Self::default() }
    }
}

/// The right to one delivery of a message: to hold it longer, to give it back, to
/// acknowledge it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Receipt(pub String);

/// A message as it was received.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// The queue's name for the message, the same each time that it is delivered.
    pub id: String,
    /// The right to this delivery.
    pub receipt: Receipt,
    /// Its text.
    pub body: String,
    /// Short texts beside it, by name.
    pub attributes: BTreeMap<String, String>,
    /// How often it was delivered, this time included; roughly.
    pub received_count: u32,
    /// When it was sent, by the queue's clock, if the queue says so.
    pub sent_at: Option<Timestamp>,
}

/// How to wait for messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Receive {
    /// The most messages wanted, cut to 1 ..= [`MOST_RECEIVED`].
    pub max: usize,
    /// How long to wait for the first one, at most [`LONGEST_WAIT`].
    pub wait: Duration,
    /// How long nobody else gets them, in whole seconds, at most
    /// [`LONGEST_VISIBILITY`].
    pub visibility: Duration,
}

/// A queue of messages, each delivered at least once, in any order.
///
/// A message that was received and is neither acknowledged nor held longer is delivered
/// again when its visibility timeout has passed.
///
/// Besides the errors named, each method can fail with the errors that concern the queue as
/// a whole: [`NoSuchQueue`](crate::Error::NoSuchQueue), [`Denied`](crate::Error::Denied),
/// [`Credentials`](crate::Error::Credentials), [`Unreachable`](crate::Error::Unreachable) or
/// [`Backend`](crate::Error::Backend).
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait Queue: Send + Sync {
    /// The queue's name, for people.
    fn name(&self) -> &str;

    /// Waits for messages; none when the time passes without any.
    async fn receive(&self, request: Receive) -> Result<Vec<Delivery>>;

    /// Lets nobody else have a message for this long from now on; with no time at all it is
    /// given back at once.
    ///
    /// # Errors
    /// [`ReceiptGone`](crate::Error::ReceiptGone).
    async fn extend(&self, receipt: &Receipt, visibility: Duration) -> Result<()>;

    /// Ends messages. Receipts that are not good any more are no error: somebody else has
    /// their messages, or has ended them. After an error, some may be ended.
    async fn ack(&self, receipts: &[Receipt]) -> Result<()>;

    /// Sends messages. After an error, some may be sent.
    ///
    /// # Errors
    /// [`TooLarge`](crate::Error::TooLarge).
    async fn send(&self, messages: &[Outgoing]) -> Result<()>;
}
