//! How long an answer is good for.

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use studio_domain::Timestamp;

use crate::{Found, Lookup};

/// Tells the time, so that tests can let days pass.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// An answer that claims to come from further ahead than this is not believed.
const SKEW: Duration = Duration::from_secs(300);

/// How long answers are served. All caches of a stack should have the same.
///
/// An answer is *fresh* up to `soft`; then *stale* up to `hard`: it is served to whoever
/// waits, while one refresh runs behind; then *expired*: everybody waits for a new one, and
/// it is served only where there is none, whatever the error was. That Discogs knows nothing
/// has no stale time: it is fresh up to `missing`, then expired.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Lifetimes {
    /// How long an answer is fresh.
    pub soft: Duration,
    /// How long it is served.
    pub hard: Duration,
    /// How long it holds that there is no such entry, or that a search finds nothing.
    pub missing: Duration,
    /// The share (0 to 1) by which times are shortened, another for each entry, so that
    /// what was asked at once is not asked again at once. The same in every cache.
    pub jitter: f64,
    /// How long nobody tries again to replace an answer after that has failed.
    pub retry: Duration,
}

/// How a cache keeps answers: for how long, by which clock.
#[derive(Clone)]
pub struct Keeping {
    /// For how long.
    pub lifetimes: Lifetimes,
    /// What tells the time.
    pub clock: Clock,
}

/// By the time of the system.
impl From<Lifetimes> for Keeping {
    fn from(lifetimes: Lifetimes) -> Self {
        Self { lifetimes, clock: system_clock() }
    }
}

impl Default for Lifetimes {
    /// A day, a month, half a day; a tenth; a minute.
    fn default() -> Self {
        const HOUR: u64 = 60 * 60;
        Self {
            soft: Duration::from_secs(24 * HOUR),
            hard: Duration::from_secs(30 * 24 * HOUR),
            missing: Duration::from_secs(12 * HOUR),
            jitter: 0.1,
            retry: Duration::from_secs(60),
        }
    }
}

/// What an answer is still good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Age {
    /// For everything.
    Fresh,
    /// For those who wait.
    Stale,
    /// For those who get no other.
    Expired,
}

impl Lifetimes {
    /// How old an answer is at a time.
    pub fn age(&self, lookup: &Lookup, found: &Found, now: Timestamp) -> Age {
        let fetched = found.fetched_at;
        if fetched > now.after(SKEW) {
            return Age::Expired;
        }
        let age = now.as_micros().saturating_sub(fetched.as_micros());
        let age = Duration::from_micros(u64::try_from(age).unwrap_or(0));
        let jitter = if self.jitter.is_finite() { self.jitter.clamp(0.0, 1.0) } else { 0.0 };
        let share = jitter * chance(lookup, fetched);
        let shortened = |span: Duration| span.mul_f64(1.0 - share);
        let (soft, hard) = match found.is_nothing() {
            true => (self.missing, self.missing),
            false => (self.soft, self.hard.max(self.soft)),
        };
        match () {
            () if age < shortened(soft) => Age::Fresh,
            () if age < shortened(hard) => Age::Stale,
            () => Age::Expired,
        }
    }

    /// How long a cache keeps an answer: as long as it is served, and as long again for when
    /// there is no other.
    pub fn kept(&self, found: &Found) -> Duration {
        let served = if found.is_nothing() { self.missing } else { self.hard.max(self.soft) };
        served.saturating_mul(2).max(Duration::from_millis(1))
    }
}

/// A number from 0 to 1 that is always the same for the same answer (FNV-1a).
fn chance(lookup: &Lookup, fetched: Timestamp) -> f64 {
    let mut text = lookup.object_key().to_string();
    // Writing into a String does not fail.
    let _ = write!(text, "@{}", fetched.as_micros());
    let hash = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    // The upper bits: the lower ones of neighbours differ too little.
    (hash >> 40) as f64 / (1_u64 << 24) as f64
}

/// The time of the system.
pub(crate) fn system_clock() -> Clock {
    Arc::new(|| {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp::from_micros(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
    })
}
