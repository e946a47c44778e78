//! How fast bytes may move, all transfers of a studio together.

use std::num::NonZeroU64;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::{Instant, sleep_until};

/// The time of doing nothing that may be made up for: as long as this, bytes may move
/// faster than the limit.
const CREDIT: Duration = Duration::from_secs(1);
/// The longest wait; without an end to it, it could not be added to a time.
const LONGEST: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// A limit on bytes per second, or none (the default).
///
/// Clones share it: what one takes, the others have to wait for. Within any time t, at
/// most `rate` times t plus one second's worth of bytes are given out.
#[derive(Debug, Clone, Default)]
pub struct RateLimit(Option<Arc<Bucket>>);

#[derive(Debug)]
struct Bucket {
    rate: NonZeroU64,
    /// When all that was given out would have gone through at the rate. Whoever waits
    /// holds it: the lock is fair, so nobody waits for ever.
    paid_until: Mutex<Instant>,
}

impl RateLimit {
    /// A limit of `bytes_per_second`, or none.
    pub fn new(bytes_per_second: Option<NonZeroU64>) -> Self {
        Self(bytes_per_second.map(|rate| {
            let paid_until = Mutex::new(Instant::now());
            Arc::new(Bucket { rate, paid_until })
        }))
    }

    /// Waits until `bytes` more may move. Given up while it waits, it takes nothing.
    pub async fn take(&self, bytes: u64) {
        let Some(bucket) = &self.0 else { return };
        let mut paid_until = bucket.paid_until.lock().await;
        let now = Instant::now();
        let earliest = now.checked_sub(CREDIT).unwrap_or(now);
        let until = (*paid_until).max(earliest) + time_for(bytes, bucket.rate);
        sleep_until(until).await;
        *paid_until = until;
    }
}

/// How long `bytes` take at `rate`.
fn time_for(bytes: u64, rate: NonZeroU64) -> Duration {
    let nanos = u128::from(bytes) * 1_000_000_000 / u128::from(rate.get());
    u64::try_from(nanos).map_or(LONGEST, Duration::from_nanos).min(LONGEST)
}

#[cfg(test)]
mod tests {
    use futures_util::future::join_all;

    use super::*;

    /// The tests' clock stands still but for waiting.
    async fn seconds(work: impl Future<Output = ()>) -> f64 {
        let start = Instant::now();
        work.await;
        start.elapsed().as_secs_f64()
    }

    fn limit(rate: u64) -> RateLimit {
        RateLimit::new(NonZeroU64::new(rate))
    }

    fn close(found: f64, expected: f64) {
        assert!((found - expected).abs() < 0.01, "{found} s, not {expected} s");
    }

    #[tokio::test(start_paused = true)]
    async fn without_a_limit_nothing_waits() {
        close(seconds(RateLimit::default().take(u64::MAX)).await, 0.0);
        close(seconds(limit(1000).take(0)).await, 0.0);
    }

    #[tokio::test(start_paused = true)]
    async fn a_file_takes_as_long_as_the_limit_says() {
        let limit = limit(5_000_000);
        let parts = async {
            for _ in 0..10 {
                limit.take(8 << 20).await;
            }
        };
        close(seconds(parts).await, 10.0 * f64::from(8 << 20) / 5e6);
    }

    #[tokio::test(start_paused = true)]
    async fn clones_share_it() {
        let limit = limit(1000);
        let all = join_all((0..20).map(|_| {
            let limit = limit.clone();
            async move { limit.take(500).await }
        }));
        close(seconds(async { drop(all.await) }).await, 10.0);
    }

    #[tokio::test(start_paused = true)]
    async fn at_most_a_second_of_rest_is_made_up_for() {
        let limit = limit(1000);
        tokio::time::sleep(Duration::from_secs(60)).await;
        close(seconds(limit.take(1000)).await, 0.0);
        close(seconds(limit.take(1000)).await, 1.0);
        // Half a second of rest counts as that.
        tokio::time::sleep(Duration::from_millis(500)).await;
        close(seconds(limit.take(2000)).await, 1.5);
    }

    #[tokio::test(start_paused = true)]
    async fn who_gives_up_takes_nothing() {
        let limit = limit(1000);
        let waiting = tokio::time::timeout(Duration::from_secs(2), limit.take(1_000_000));
        assert!(waiting.await.is_err());
        // The two seconds passed, and one of them counts.
        close(seconds(limit.take(3000)).await, 2.0);
    }

    #[test]
    fn no_time_is_too_long_to_be_told() {
        let slowest = NonZeroU64::MIN;
        assert_eq!(time_for(u64::MAX, slowest), LONGEST);
        assert_eq!(time_for(u64::MAX, NonZeroU64::MAX), Duration::from_secs(1));
        assert_eq!(time_for(3, slowest), Duration::from_secs(3));
    }
}
