//! How often somebody may try to sign in.
//!
//! Tries are counted where they come from, and by nothing that a stranger could use up for
//! somebody else: those of an unknown browser by its network, and by its network and the name
//! together; those of a browser that has signed in under that name before by that browser alone
//! (OWASP's "device cookies").

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use studio_domain::Timestamp;

use super::after;

/// Tries under one name that may follow each other at once.
const BY_NAME: Limit = Limit { burst: 10, every: Duration::from_secs(60) };
/// Times that somebody from one network is sent to a provider.
const AWAY: Limit = Limit { burst: 60, every: Duration::from_secs(2) };
/// Tries from one network under whatever names.
const BY_NETWORK: Limit = Limit { burst: 60, every: Duration::from_secs(5) };

/// How many places are remembered at once; those that are forgotten first are the fullest.
const MOST_PLACES: usize = 100_000;

/// So many at once, and one more each time.
#[derive(Debug, Clone, Copy)]
struct Limit {
    burst: u32,
    every: Duration,
}

/// Where a try comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum From<'a> {
    /// A browser that has signed in under the name before.
    Device(&'a [u8]),
    /// Any other.
    Stranger(IpAddr),
}

/// What tries are counted by.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Place {
    Device(Vec<u8>),
    Network(u128),
    Name(u128, String),
    Away(u128),
}

/// How often somebody may try to sign in.
#[derive(Debug, Default)]
pub(super) struct Throttle(Mutex<HashMap<Place, Timestamp>>);

impl Throttle {
    /// Counts a try; how long to wait where there were too many.
    pub(super) fn take(
        &self,
        from: &From<'_>,
        name_key: &str,
        now: Timestamp,
    ) -> Result<(), Duration> {
        let mut places = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if places.len() >= MOST_PLACES {
            forget(&mut places, now);
        }
        match from {
            From::Device(id) => pay(&mut places, Place::Device(id.to_vec()), BY_NAME, now),
            From::Stranger(address) => {
                let network = network(*address);
                pay(&mut places, Place::Network(network), BY_NETWORK, now)?;
                pay(&mut places, Place::Name(network, name_key.to_owned()), BY_NAME, now)
            }
        }
    }

    /// Counts that somebody is sent to a provider, of which the catalogue keeps a line; how long
    /// to wait where that was too often.
    pub(super) fn send(&self, address: IpAddr, now: Timestamp) -> Result<(), Duration> {
        let mut places = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if places.len() >= MOST_PLACES {
            forget(&mut places, now);
        }
        pay(&mut places, Place::Away(network(address)), AWAY, now)
    }

    /// Forgets the tries of somebody who got in.
    pub(super) fn clear(&self, from: &From<'_>, name_key: &str) {
        let mut places = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        places.remove(&match from {
            From::Device(id) => Place::Device(id.to_vec()),
            From::Stranger(address) => Place::Name(network(*address), name_key.to_owned()),
        });
    }
}

/// A place has a time until which all tries from it are paid for, that runs ahead of the clock
/// by at most `burst` times `every` (the generic cell rate algorithm).
fn pay(
    places: &mut HashMap<Place, Timestamp>,
    place: Place,
    limit: Limit,
    now: Timestamp,
) -> Result<(), Duration> {
    let paid = places.get(&place).copied().unwrap_or(now).max(now);
    let until = after(paid, limit.every);
    let latest = after(now, limit.every * limit.burst);
    if until > latest {
        let wait = u64::try_from(until.as_micros() - latest.as_micros()).unwrap_or_default();
        // In whole seconds, and never none.
        return Err(Duration::from_secs(Duration::from_micros(wait).as_secs() + 1));
    }
    places.insert(place, until);
    Ok(())
}

/// Makes room: what is paid for by now says nothing any more; if there is none of that, the half
/// that is paid for first goes.
fn forget(places: &mut HashMap<Place, Timestamp>, now: Timestamp) {
    places.retain(|_, until| *until > now);
    if places.len() >= MOST_PLACES {
        let mut untils: Vec<Timestamp> = places.values().copied().collect();
        untils.sort_unstable();
        let middle = untils[untils.len() / 2];
        places.retain(|_, until| *until > middle);
    }
}

/// What one customer of a network has: an address of version 4, or a /56 of version 6 (RIPE-690).
fn network(address: IpAddr) -> u128 {
    match address.to_canonical() {
        IpAddr::V4(address) => address.to_ipv6_mapped().to_bits(),
        IpAddr::V6(address) => address.to_bits() >> 72 << 72,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_micros(seconds * 1_000_000)
    }

    fn stranger(address: &str) -> From<'static> {
        From::Stranger(address.parse().expect("an address"))
    }

    fn tries(throttle: &Throttle, from: &From<'_>, name: &str, now: i64, wanted: usize) -> usize {
        (0..wanted).filter(|_| throttle.take(from, name, at(now)).is_ok()).count()
    }

    #[test]
    fn tries_run_out_and_come_back() {
        let (throttle, from) = (Throttle::default(), stranger("192.0.2.7"));
        assert_eq!(tries(&throttle, &from, "ann", 0, 10_000), 10);
        assert_eq!(throttle.take(&from, "ann", at(30)), Err(Duration::from_secs(31)));
        assert_eq!(tries(&throttle, &from, "ann", 60, 100), 1);
        assert_eq!(tries(&throttle, &from, "ann", 3600, 100), 10);
    }

    #[test]
    fn nobody_uses_up_the_tries_of_somebody_else() {
        let throttle = Throttle::default();
        assert_eq!(tries(&throttle, &stranger("192.0.2.7"), "ann", 0, 100), 10);
        // Ann from elsewhere, and at the same place with a browser that was here before.
        assert_eq!(tries(&throttle, &stranger("198.51.100.1"), "ann", 0, 100), 10);
        assert_eq!(tries(&throttle, &From::Device(b"hers"), "ann", 0, 100), 10);
        // Many names from one network are many tries, too.
        let mut through = 0;
        for name in 0..10_000 {
            through += tries(&throttle, &stranger("203.0.113.9"), &format!("n{name}"), 0, 1);
        }
        assert_eq!(through, 60);
    }

    #[test]
    fn a_network_is_what_one_customer_has() {
        let same = |a: &str, b: &str| {
            let [a, b] = [a, b].map(|address| network(address.parse().expect("an address")));
            a == b
        };
        assert!(same("2001:db8:0:1::1", "2001:db8:0:ff:ffff::9"));
        assert!(!same("2001:db8:0:100::1", "2001:db8:0:1::1"));
        assert!(same("::ffff:192.0.2.7", "192.0.2.7"));
        assert!(!same("192.0.2.7", "192.0.2.8"));
    }

    #[test]
    fn who_got_in_begins_anew() {
        let (throttle, from) = (Throttle::default(), stranger("192.0.2.7"));
        assert_eq!(tries(&throttle, &from, "ann", 0, 9), 9);
        throttle.clear(&from, "ann");
        assert_eq!(tries(&throttle, &from, "ann", 0, 100), 10);
    }

    #[test]
    fn what_is_remembered_has_an_end() {
        let throttle = Throttle::default();
        for place in 0..u32::try_from(MOST_PLACES).expect("few") + 10 {
            let from = From::Stranger(std::net::Ipv4Addr::from_bits(place).into());
            assert_eq!(throttle.take(&from, "ann", at(0)), Ok(()));
        }
        assert!(throttle.0.lock().expect("whole").len() <= MOST_PLACES + 1);
    }
}
