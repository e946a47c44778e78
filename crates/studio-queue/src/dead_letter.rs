//! Messages that nobody could do anything with: put aside with the reason, looked at, and
//! moved back.

use std::collections::{BTreeMap, HashSet};
use std::time::Duration;

use studio_domain::Timestamp;

use crate::event::one_line;
use crate::{
    Delivery, Error, LARGEST_MESSAGE, MOST_RECEIVED, Outgoing, Queue, Receipt, Receive, Result,
    size_of,
};

/// The attribute with the stable name of what is wrong with a dead letter.
pub const REASON: &str = "studio-reason";
/// The attribute with what is wrong, for people.
pub const DETAIL: &str = "studio-detail";
/// The attribute with the name of the queue that it was taken from.
pub const SOURCE: &str = "studio-source";
/// The attribute with how often it had been delivered there.
pub const RECEIVED: &str = "studio-received";
/// The attribute with the bytes that its text had, if it had to be cut.
pub const CUT: &str = "studio-cut";

const OWN: [&str; 5] = [REASON, DETAIL, SOURCE, RECEIVED, CUT];

/// The most attributes of a message (SQS API).
const MOST_ATTRIBUTES: usize = 10;

/// The most characters of an attribute with a detail or a name.
const LONGEST_ATTRIBUTE: usize = 256;

/// Sizes to which a message is cut that a queue finds too large: what SQS takes at most, what
/// it took before 2025, and what a queue may be set to.
const SIZES: [usize; 5] = [LARGEST_MESSAGE, 256 << 10, 64 << 10, 8 << 10, 2 << 10];

/// How long dead letters are held while they are looked through.
const HELD: Duration = Duration::from_secs(120);

/// How long to wait for one more dead letter.
const WAIT: Duration = Duration::from_secs(1);

/// The most that is held at once: SQS lets 120,000 messages be in hand.
const MOST_HELD: usize = 10_000;

/// The most bytes of text that are held at once.
const MOST_BYTES: usize = 64 << 20;

/// A message that was put aside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadLetter {
    /// The dead-letter queue's name for it.
    pub id: String,
    /// Its text, as it was, unless it was cut.
    pub body: String,
    /// The attributes that it had.
    pub attributes: BTreeMap<String, String>,
    /// The stable name of what is wrong with it; none if the queue itself put it aside, after
    /// too many deliveries.
    pub reason: Option<String>,
    /// What is wrong with it.
    pub detail: Option<String>,
    /// The queue that it was taken from.
    pub source: Option<String>,
    /// How often it had been delivered there.
    pub received: Option<u32>,
    /// The bytes that its text had, if it was cut.
    pub cut: Option<usize>,
    /// When it was put aside, by the queue's clock.
    pub since: Option<Timestamp>,
}

impl From<Delivery> for DeadLetter {
    fn from(delivery: Delivery) -> Self {
        let Delivery { id, body, mut attributes, sent_at, .. } = delivery;
        let mut own = |name| attributes.remove(name);
        let (reason, detail, source) = (own(REASON), own(DETAIL), own(SOURCE));
        let received = own(RECEIVED).and_then(|count| count.parse().ok());
        let cut = own(CUT).and_then(|bytes| bytes.parse().ok());
        let since = sent_at;
        Self { id, body, attributes, reason, detail, source, received, cut, since }
    }
}

/// What became of dead letters that were to be moved back.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Redriven {
    /// How many were moved.
    pub moved: usize,
    /// How many were left where they are because they have other reasons.
    pub others: usize,
    /// Those that were left because their text is not whole.
    pub cut: Vec<DeadLetter>,
    /// Whether there may be more, because this ended at a limit.
    pub more: bool,
}

/// Puts a message aside: into `dead`, with what is wrong with it in its attributes, and then
/// out of `from`. Its text stays as it is, unless `dead` takes only less: then it is cut and
/// [`CUT`] says how long it was. Of more attributes than fit beside ours, the last by name
/// are dropped.
///
/// # Errors
/// Those of the queues. A message is never lost: after an error it is in `from`, or in both.
pub async fn bury(
    from: &dyn Queue,
    dead: &dyn Queue,
    delivery: &Delivery,
    reason: &str,
    detail: &str,
) -> Result<()> {
    let mut letter = letter(from.name(), delivery, reason, detail);
    let mut sizes = SIZES.into_iter();
    while let Err(error) = dead.send(std::slice::from_ref(&letter)).await {
        if !matches!(error, Error::TooLarge { .. }) {
            return Err(error);
        }
        let smaller = sizes.by_ref().find(|size| *size < size_of(&letter)).ok_or(error)?;
        cut(&mut letter, delivery.body.len(), smaller);
    }
    from.ack(std::slice::from_ref(&delivery.receipt)).await
}

/// Looks at dead letters, at most so many, and gives them back.
///
/// # Errors
/// Those of the queue.
pub async fn list(dead: &dyn Queue, limit: usize) -> Result<Vec<DeadLetter>> {
    let hand = Hand::gather(dead, limit, |_| true).await?;
    give_back(dead, &hand.wanted).await?;
    Ok(hand.wanted.into_iter().map(|(letter, _)| letter).collect())
}

/// Moves dead letters back into `to`, at most so many, as they were before they were put
/// aside; only those with this reason, if there is one. A cut one stays.
///
/// All are taken in hand before the first is moved: one that comes back at once, because
/// nothing has changed, is not moved again.
///
/// # Errors
/// Those of the queues. After an error, some are moved, and some stay out of sight for two
/// minutes. A message is never lost: at worst it is in both queues.
pub async fn redrive(
    dead: &dyn Queue,
    to: &dyn Queue,
    limit: usize,
    reason: Option<&str>,
) -> Result<Redriven> {
    let asked =
        |letter: &DeadLetter| reason.is_none_or(|one| letter.reason.as_deref() == Some(one));
    let hand = Hand::gather(dead, limit, |letter| asked(letter) && letter.cut.is_none()).await?;
    for batch in hand.wanted.chunks(MOST_RECEIVED) {
        let messages = batch.iter().map(|(letter, _)| Outgoing {
            attributes: letter.attributes.clone(),
            ..Outgoing::new(letter.body.clone())
        });
        to.send(&messages.collect::<Vec<_>>()).await?;
        let receipts: Vec<_> = batch.iter().map(|(_, receipt)| receipt.clone()).collect();
        dead.ack(&receipts).await?;
    }
    give_back(dead, &hand.rest).await?;
    let (moved, more) = (hand.wanted.len(), hand.more);
    let rest = hand.rest.into_iter().map(|(letter, _)| letter);
    let (cut, others): (Vec<_>, Vec<_>) = rest.partition(asked);
    Ok(Redriven { moved, others: others.len(), cut, more })
}

/// Dead letters that are held while something is done with them.
#[derive(Default)]
struct Hand {
    wanted: Vec<(DeadLetter, Receipt)>,
    rest: Vec<(DeadLetter, Receipt)>,
    /// Whether it ended for another reason than that there were no more.
    more: bool,
}

impl Hand {
    /// Takes in hand what there is, until so many are there that are wanted.
    async fn gather(
        dead: &dyn Queue,
        limit: usize,
        wanted: impl Fn(&DeadLetter) -> bool,
    ) -> Result<Self> {
        let (mut hand, mut bytes) = (Self::default(), 0);
        let mut seen = HashSet::new();
        loop {
            let left = limit.saturating_sub(hand.wanted.len());
            if left == 0 || seen.len() >= MOST_HELD || bytes >= MOST_BYTES {
                hand.more = true;
                return Ok(hand);
            }
            let request = Receive { max: left.min(MOST_RECEIVED), wait: WAIT, visibility: HELD };
            let deliveries = dead.receive(request).await?;
            // One that is there already has come round again: this took too long.
            hand.more = deliveries.iter().any(|delivery| seen.contains(&delivery.id));
            let done = deliveries.is_empty() || hand.more;
            for delivery in deliveries.into_iter().filter(|one| seen.insert(one.id.clone())) {
                bytes += delivery.body.len();
                let receipt = delivery.receipt.clone();
                let letter = DeadLetter::from(delivery);
                let of = if wanted(&letter) { &mut hand.wanted } else { &mut hand.rest };
                of.push((letter, receipt));
            }
            if done {
                return Ok(hand);
            }
        }
    }
}

async fn give_back(dead: &dyn Queue, letters: &[(DeadLetter, Receipt)]) -> Result<()> {
    for (_, receipt) in letters {
        match dead.extend(receipt, Duration::ZERO).await {
            Ok(()) | Err(Error::ReceiptGone { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

fn letter(source: &str, delivery: &Delivery, reason: &str, detail: &str) -> Outgoing {
    let received = delivery.received_count.to_string();
    let own = [(REASON, reason), (DETAIL, detail), (SOURCE, source), (RECEIVED, &received)];
    let own: BTreeMap<String, String> = own
        .into_iter()
        .map(|(name, text)| (name.to_owned(), one_line(text, LONGEST_ATTRIBUTE)))
        .filter(|(_, text)| !text.is_empty())
        .collect();
    let others = delivery.attributes.iter().filter(|(name, _)| !OWN.contains(&name.as_str()));
    let attributes = others
        .take(MOST_ATTRIBUTES - OWN.len())
        .map(|(name, value)| (name.clone(), value.clone()))
        .chain(own)
        .collect();
    Outgoing { attributes, ..Outgoing::new(delivery.body.clone()) }
}

/// Shortens the text so that the whole has at most so many bytes, if the attributes let it.
fn cut(letter: &mut Outgoing, original: usize, size: usize) {
    letter.attributes.insert(CUT.to_owned(), original.to_string());
    let attributes = size_of(letter) - letter.body.len();
    // Never down to nothing, which no queue takes.
    let end = letter.body.floor_char_boundary(size.saturating_sub(attributes).max(4));
    letter.body.truncate(end);
}
