//! How long to wait after failures.

use std::hash::{BuildHasher as _, RandomState};
use std::time::Duration;

/// The pause after a failure, the first one being number 1: twice as long each time, up to
/// `longest`, less up to a quarter by chance, so that many do not come back at once.
pub(crate) fn pause(failures: u32, first: Duration, longest: Duration) -> Duration {
    let doubled = 1_u32.checked_shl(failures.saturating_sub(1)).unwrap_or(u32::MAX);
    let full = first.checked_mul(doubled).unwrap_or(longest).min(longest);
    // Keyed anew each time: as good a die as is needed.
    let quarters = RandomState::new().hash_one(failures) % 1024;
    full.mul_f64(1.0 - quarters as f64 / 4096.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_a_bound() {
        let (first, longest) = (Duration::from_secs(2), Duration::from_secs(900));
        for (failures, full) in [(0, 2), (1, 2), (2, 4), (3, 8), (9, 512), (10, 900), (99, 900)] {
            let full = Duration::from_secs(full);
            let pause = pause(failures, first, longest);
            assert!(pause <= full && pause >= full * 3 / 4, "{failures}: {pause:?}");
        }
    }
}
