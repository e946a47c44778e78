//! How a queue should be, and what that means for one that is there.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::Value;

use super::policy;

/// How a queue should be. What is `None` is left to the server.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WantedQueue {
    /// Its name.
    pub name: String,
    /// How long messages are kept that nobody acknowledges; 1 minute to 14 days.
    pub retention: Option<Duration>,
    /// How long a message is out of sight if the receiver does not say; at most 12 hours.
    pub visibility: Option<Duration>,
    /// How long a request waits for messages if the receiver does not say; at most 20 s.
    pub receive_wait: Option<Duration>,
    /// Where messages go that are delivered again and again.
    pub dead_letters: Option<DeadLetterRule>,
    /// The buckets that may send their notifications here.
    pub buckets: Vec<String>,
}

/// When a message is put aside by the queue itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadLetterRule {
    /// The ARN of the queue that it goes to.
    pub arn: String,
    /// After how many deliveries.
    pub max_receive_count: u32,
}

pub(super) const RETENTION: &str = "MessageRetentionPeriod";
pub(super) const VISIBILITY: &str = "VisibilityTimeout";
pub(super) const WAIT: &str = "ReceiveMessageWaitTimeSeconds";
pub(super) const REDRIVE: &str = "RedrivePolicy";
pub(super) const POLICY: &str = "Policy";

/// The attributes of a queue by their names in the API.
pub(super) type Attributes = BTreeMap<String, String>;

impl WantedQueue {
    /// A queue of this name, as the server makes it.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), ..Self::default() }
    }

    /// The attributes as the API and `aws sqs create-queue --attributes` take them; the policy
    /// only if the queue's ARN is known.
    pub fn attributes(&self, arn: Option<&str>) -> BTreeMap<String, String> {
        let mut attributes: Attributes = self
            .times()
            .into_iter()
            .filter_map(|(name, time)| Some((name.to_owned(), time?.as_secs().to_string())))
            .collect();
        if let Some(DeadLetterRule { arn, max_receive_count }) = &self.dead_letters {
            let rule = policy::redrive(arn, *max_receive_count);
            attributes.insert(REDRIVE.to_owned(), rule.to_string());
        }
        if let Some(arn) = arn.filter(|_| !self.buckets.is_empty())
            && let Ok(policy) = policy::allow_buckets(arn, &self.buckets, None)
        {
            attributes.insert(POLICY.to_owned(), policy.to_string());
        }
        attributes
    }

    fn times(&self) -> [(&'static str, Option<Duration>); 3] {
        [(RETENTION, self.retention), (VISIBILITY, self.visibility), (WAIT, self.receive_wait)]
    }

    /// What of a queue that is there must be changed, and the names of what differs and stays.
    ///
    /// Nothing becomes shorter: somebody may rely on it, and a shorter retention loses
    /// messages. A rule for dead letters that leads elsewhere stays, too: what lies there
    /// would be looked for in vain.
    ///
    /// # Errors
    /// When the policy that is there is no JSON.
    pub(super) fn changes(
        &self,
        arn: &str,
        there: &Attributes,
    ) -> Result<(Attributes, Vec<String>), serde_json::Error> {
        let (mut changes, mut kept) = (Attributes::new(), Vec::new());
        for (name, wanted) in self.times() {
            let Some(wanted) = wanted.map(|time| time.as_secs()) else { continue };
            let present: u64 = there.get(name).and_then(|text| text.parse().ok()).unwrap_or(0);
            if present < wanted {
                changes.insert(name.to_owned(), wanted.to_string());
            } else if present > wanted {
                kept.push(name.to_owned());
            }
        }
        if let Some(rule) = &self.dead_letters {
            let wanted = policy::redrive(&rule.arn, rule.max_receive_count);
            match there.get(REDRIVE).and_then(|text| serde_json::from_str::<Value>(text).ok()) {
                Some(present) if present["deadLetterTargetArn"] != rule.arn => {
                    kept.push(REDRIVE.to_owned());
                }
                Some(present) if count(&present) == Some(rule.max_receive_count) => {}
                _ => {
                    changes.insert(REDRIVE.to_owned(), wanted.to_string());
                }
            }
        }
        if !self.buckets.is_empty() {
            let present = there.get(POLICY).map(String::as_str);
            let wanted = policy::allow_buckets(arn, &self.buckets, present)?;
            let parsed = present.and_then(|text| serde_json::from_str::<Value>(text).ok());
            if parsed.as_ref() != Some(&wanted) {
                changes.insert(POLICY.to_owned(), wanted.to_string());
            }
        }
        Ok((changes, kept))
    }
}

/// After how many deliveries a rule holds; some servers tell it as a text.
fn count(rule: &Value) -> Option<u32> {
    let count = &rule["maxReceiveCount"];
    let number = count.as_u64().and_then(|number| u32::try_from(number).ok());
    number.or_else(|| count.as_str()?.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ARN: &str = "arn:aws:sqs:us-east-1:111122223333:ingest";
    const DEAD: &str = "arn:aws:sqs:us-east-1:111122223333:ingest-dead";

    fn wanted() -> WantedQueue {
        WantedQueue {
            retention: Some(Duration::from_secs(345_600)),
            visibility: Some(Duration::from_secs(60)),
            receive_wait: Some(Duration::from_secs(20)),
            dead_letters: Some(DeadLetterRule { arn: DEAD.to_owned(), max_receive_count: 5 }),
            buckets: vec!["ingest".to_owned()],
            ..WantedQueue::new("ingest")
        }
    }

    #[test]
    fn a_queue_as_it_should_be_is_left_alone() -> Result<(), serde_json::Error> {
        let there = wanted().attributes(Some(ARN));
        assert_eq!(there.len(), 5);
        assert_eq!(
            there[REDRIVE],
            format!(r#"{{"deadLetterTargetArn":"{DEAD}","maxReceiveCount":5}}"#)
        );
        let (changes, kept) = wanted().changes(ARN, &there)?;
        assert_eq!((changes, kept), (Attributes::new(), Vec::new()));
        let (changes, kept) = WantedQueue::new("ingest").changes(ARN, &there)?;
        assert_eq!((changes, kept), (Attributes::new(), Vec::new()));
        Ok(())
    }

    #[test]
    fn a_queue_that_lacks_something_gets_it() -> Result<(), serde_json::Error> {
        let (changes, kept) = wanted().changes(ARN, &Attributes::new())?;
        assert_eq!(changes, wanted().attributes(Some(ARN)));
        assert!(kept.is_empty());
        assert!(!wanted().attributes(None).contains_key(POLICY));
        Ok(())
    }

    #[test]
    fn nothing_becomes_shorter_and_dead_letters_stay_where_they_go() -> Result<(), serde_json::Error>
    {
        let mut there = wanted().attributes(Some(ARN));
        there.insert(RETENTION.to_owned(), "1209600".to_owned());
        there.insert(VISIBILITY.to_owned(), "30".to_owned());
        there.insert(REDRIVE.to_owned(), policy::redrive("arn:other", 5).to_string());
        let (changes, kept) = wanted().changes(ARN, &there)?;
        assert_eq!(changes, Attributes::from([(VISIBILITY.to_owned(), "60".to_owned())]));
        assert_eq!(kept, [RETENTION, REDRIVE]);
        let text = format!(r#"{{"maxReceiveCount":"3","deadLetterTargetArn":"{DEAD}"}}"#);
        there.insert(REDRIVE.to_owned(), text.clone());
        assert!(wanted().changes(ARN, &there)?.0.contains_key(REDRIVE));
        there.insert(REDRIVE.to_owned(), text.replace('3', "5"));
        assert!(!wanted().changes(ARN, &there)?.0.contains_key(REDRIVE));
        Ok(())
    }
}
