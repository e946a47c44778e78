//! Who came in just now, so that a page's many requests ask the catalogue once.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use studio_domain::{Digest, Timestamp};

use super::is_past;

/// How long it is believed what the catalogue said: what is changed in this process counts at
/// once, what another one changes (the command line) after that.
const HOLDS: Duration = Duration::from_secs(1);

/// The most that is kept.
const MOST: usize = 10_000;

/// What the catalogue just said of secrets, by their SHA-256.
pub(super) struct Recent<T>(Mutex<HashMap<Digest, (Timestamp, T)>>);

impl<T> Default for Recent<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T> fmt::Debug for Recent<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Recent(..)")
    }
}

impl<T: Clone> Recent<T> {
    /// What was said within the last second. A clock that went back makes nothing of it true.
    pub(super) fn get(&self, secret: &Digest, now: Timestamp) -> Option<T> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (at, said) = known.get(secret)?;
        (*at <= now && !is_past(*at, HOLDS, now)).then(|| said.clone())
    }

    pub(super) fn put(&self, secret: Digest, said: T, now: Timestamp) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST {
            known.clear();
        }
        known.insert(secret, (now, said));
    }

    /// Forgets all of it: something was changed.
    pub(super) fn clear(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_said_holds_for_a_second_and_no_change() {
        let (recent, secret) = (Recent::default(), Digest::from_bytes([1; 32]));
        let at = Timestamp::from_micros;
        assert_eq!(recent.get(&secret, at(0)), None::<u8>);
        recent.put(secret, 7_u8, at(5_000_000));
        assert_eq!(recent.get(&secret, at(5_999_999)), Some(7));
        assert_eq!(recent.get(&secret, at(6_000_000)), None);
        assert_eq!(recent.get(&secret, at(4_999_999)), None);
        assert_eq!(recent.get(&Digest::from_bytes([2; 32]), at(5_000_000)), None);
        recent.clear();
        assert_eq!(recent.get(&secret, at(5_000_000)), None);
        for n in 0..=MOST {
            let mut bytes = [0; 32];
            bytes[..8].copy_from_slice(&n.to_be_bytes());
            recent.put(Digest::from_bytes(bytes), 1, at(0));
        }
        assert_eq!(recent.0.lock().expect("nobody else").len(), 1);
    }
}
