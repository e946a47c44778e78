//! Ingest: files that others put into a bucket are judged, taken in or removed.
//!
//! [`Ingest`] does what one event asks for; who takes events from a queue, and when they are
//! acknowledged, is the worker's affair. Everything here can be done again: an event has its
//! effect once, and what a crash left half done is completed when the event comes again.

mod adopt;
mod conclude;
mod delete;
mod filing;
mod judge;
mod quarantine;
mod reconcile;
#[cfg(all(feature = "s3", feature = "sqs"))]
mod setup;
#[cfg(feature = "watch")]
mod watch;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use studio_audio::gate::Profile;
use studio_blob::intake::Intake;
use studio_domain::{AssetKey, AssetPlace, BucketName, Timestamp};
use studio_repo::{AssetRepo, Judged, OrderRepo, QuarantineRepo};

pub use self::conclude::{Outcome, Taken};
pub use self::delete::{Deletion, DeletionRequest};
pub use self::filing::Filing;
pub use self::judge::Examined;
pub use self::quarantine::{Purged, Released};
pub use self::reconcile::{Difference, Drift, Reconciled};
#[cfg(all(feature = "s3", feature = "sqs"))]
pub use self::setup::{SetUp, SetUpPlan, SetUpStep};
#[cfg(feature = "watch")]
pub use self::watch::FolderWatch;
use crate::studio::system_time;
use crate::{Error, Result};

/// What the keys of objects that were found bad begin with, if nothing else is said.
pub const QUARANTINE: &str = "quarantine/";

/// What is done with an object that is found bad.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum OnInvalid {
    /// It is moved aside, and can be let in or removed for good.
    #[default]
    Quarantine,
    /// It is removed at once.
    Delete,
}

/// How objects are judged, and what is done with bad ones.
#[derive(Debug, Clone)]
pub struct IngestRules {
    /// By what. Only the rules that a header breaks count: no object is read to its end.
    pub profile: Profile,
    /// What is done with those that break it.
    pub on_invalid: OnInvalid,
    /// What the keys of those that are moved aside begin with. Whatever begins so is not
    /// judged.
    pub quarantine: String,
}

impl Default for IngestRules {
    fn default() -> Self {
        Self {
            profile: Profile::ingest(),
            on_invalid: OnInvalid::default(),
            quarantine: QUARANTINE.to_owned(),
        }
    }
}

/// Where ingest keeps what it knows: three views, as a rule on one database.
#[derive(Clone)]
pub struct AssetRepositories {
    /// The assets, and the events on them.
    pub assets: Arc<dyn AssetRepo>,
    /// The orders to delete some.
    pub orders: Arc<dyn OrderRepo>,
    /// Those that were found bad.
    pub quarantine: Arc<dyn QuarantineRepo>,
}

impl<R> From<Arc<R>> for AssetRepositories
where
    R: AssetRepo + OrderRepo + QuarantineRepo + 'static,
{
    fn from(database: Arc<R>) -> Self {
        Self { assets: database.clone(), orders: database.clone(), quarantine: database }
    }
}

/// Tells somebody else of an asset that was found good, before that is recorded here. The same
/// asset may be told of more than once.
pub type Herald = Arc<dyn Fn(&Judged) -> BoxFuture<'static, Result<()>> + Send + Sync>;

/// The ingest of one or more buckets. Cheap to clone.
#[derive(Clone)]
pub struct Ingest {
    intakes: Vec<Arc<dyn Intake>>,
    known: AssetRepositories,
    rules: Arc<IngestRules>,
    filing: Option<Arc<Filing>>,
    herald: Option<Herald>,
    clock: Arc<dyn Fn() -> Timestamp + Send + Sync>,
}

impl fmt::Debug for Ingest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let buckets: Vec<_> = self.intakes.iter().map(|intake| intake.bucket()).collect();
        f.debug_struct("Ingest")
            .field("buckets", &buckets)
            .field("rules", &self.rules)
            .finish_non_exhaustive()
    }
}

impl Ingest {
    /// The ingest of these buckets.
    pub fn new(
        intakes: Vec<Arc<dyn Intake>>,
        known: impl Into<AssetRepositories>,
        rules: IngestRules,
    ) -> Self {
        let (known, rules) = (known.into(), Arc::new(rules));
        Self { intakes, known, rules, filing: None, herald: None, clock: Arc::new(system_time) }
    }

    /// Files from now on what is found good as versions in a catalogue.
    pub fn with_filing(self, filing: Filing) -> Self {
        Self { filing: Some(Arc::new(filing)), ..self }
    }

    /// Tells somebody else, too, of what is found good from now on. What they cannot be told
    /// of is not recorded, and told again when its event comes again.
    pub fn telling(self, herald: Herald) -> Self {
        Self { herald: Some(herald), ..self }
    }

    /// Goes by another clock from now on: for tests of what takes days.
    pub fn with_clock(self, clock: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        Self { clock: Arc::new(clock), ..self }
    }

    /// The buckets.
    pub fn buckets(&self) -> impl Iterator<Item = &BucketName> {
        self.intakes.iter().map(|intake| intake.bucket())
    }

    /// How objects are judged.
    pub fn rules(&self) -> &IngestRules {
        &self.rules
    }

    /// What is known of the assets.
    pub fn repositories(&self) -> &AssetRepositories {
        &self.known
    }

    /// The present time.
    pub fn now(&self) -> Timestamp {
        (self.clock)()
    }

    fn intake(&self, bucket: &BucketName) -> Result<&Arc<dyn Intake>> {
        let found = self.intakes.iter().find(|intake| intake.bucket() == bucket);
        found.ok_or_else(|| Error::OtherBucket { bucket: bucket.clone() })
    }

    fn is_aside(&self, key: &AssetKey) -> bool {
        let prefix = &self.rules.quarantine;
        !prefix.is_empty() && key.as_str().starts_with(prefix.as_str())
    }

    fn place(&self, intake: &dyn Intake, key: &AssetKey) -> AssetPlace {
        AssetPlace { bucket: intake.bucket().clone(), key: key.clone() }
    }
}

/// How long it is remembered that an event was taken into account: twice as long as SQS keeps
/// a message, and a little.
const EVENTS_KEPT: Duration = Duration::from_secs(30 * 24 * 60 * 60);

impl Ingest {
    /// Forgets which events were taken into account so long ago that no queue delivers them
    /// any more; how many.
    ///
    /// # Errors
    /// Whatever the catalogue says.
    pub async fn forget_old_events(&self) -> Result<u64> {
        let kept = i64::try_from(EVENTS_KEPT.as_micros()).unwrap_or(i64::MAX);
        let before = Timestamp::from_micros(self.now().as_micros().saturating_sub(kept));
        let mut forgotten = 0;
        loop {
            match self.known.assets.forget_events(before).await? {
                0 => return Ok(forgotten),
                some => forgotten += some,
            }
        }
    }
}
