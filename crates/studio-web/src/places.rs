//! How many connections there are, in all and of one client.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use prometheus_client::metrics::gauge::Gauge;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The places for connections.
#[derive(Debug)]
pub(crate) struct Places {
    all: Arc<Semaphore>,
    of_one: Option<usize>,
    taken: Mutex<HashMap<IpAddr, usize>>,
    open: Gauge,
}

/// A place, as long as it is held.
#[derive(Debug)]
pub(crate) struct Place {
    places: Arc<Places>,
    /// Whose it is, if that counts.
    client: Option<IpAddr>,
    _permit: OwnedSemaphorePermit,
}

impl Places {
    pub(crate) fn new(all: usize, of_one: Option<usize>, open: Gauge) -> Arc<Self> {
        let all = Arc::new(Semaphore::new(all.min(Semaphore::MAX_PERMITS)));
        Arc::new(Self { all, of_one, taken: Mutex::default(), open })
    }

    /// Waits for room for one more.
    pub(crate) async fn room(&self) -> Option<OwnedSemaphorePermit> {
        self.all.clone().acquire_owned().await.ok()
    }

    /// A place for somebody; none if they have all that one may have. Those who stand for
    /// many, as proxies do, are not counted.
    pub(crate) fn take(
        self: &Arc<Self>,
        permit: OwnedSemaphorePermit,
        address: IpAddr,
        stands_for_many: bool,
    ) -> Option<Place> {
        let client = Some(household(address)).filter(|_| self.of_one.is_some() && !stands_for_many);
        if let Some(client) = client {
            let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
            let count = taken.entry(client).or_default();
            if self.of_one.is_some_and(|most| *count >= most) {
                return None;
            }
            *count += 1;
        }
        self.open.inc();
        Some(Place { places: Arc::clone(self), client, _permit: permit })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.places.open.dec();
        let Some(client) = self.client else { return };
        let mut taken = self.places.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = taken.get_mut(&client) {
            *count -= 1;
            if *count == 0 {
                taken.remove(&client);
            }
        }
    }
}

/// Of the newer addresses, a household has a network with 64 bits to choose from.
fn household(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            IpAddr::from([a, b, c, d, 0, 0, 0, 0])
        }
        address => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn take(places: &Arc<Places>, address: &str, many: bool) -> Option<Place> {
        let permit = places.room().await.expect("open");
        places.take(permit, address.parse().expect("an address"), many)
    }

    #[tokio::test]
    async fn one_client_has_so_many_places_and_others_have_theirs() {
        let open = Gauge::default();
        let places = Places::new(100, Some(2), open.clone());
        let first = take(&places, "192.0.2.1", false).await.expect("a place");
        let _second = take(&places, "192.0.2.1", false).await.expect("a place");
        assert!(take(&places, "192.0.2.1", false).await.is_none());
        assert!(take(&places, "::ffff:192.0.2.1", false).await.is_none());
        let _proxy = take(&places, "192.0.2.1", true).await.expect("a place");
        let _other = take(&places, "192.0.2.2", false).await.expect("a place");
        assert_eq!(open.get(), 4);
        drop(first);
        let again = take(&places, "192.0.2.1", false).await;
        assert!(again.is_some());
        // Addresses of one network.
        let _a = take(&places, "2001:db8::1", false).await.expect("a place");
        let _b = take(&places, "2001:db8::2", false).await.expect("a place");
        assert!(take(&places, "2001:db8::3", false).await.is_none());
        let _c = take(&places, "2001:db8:0:1::3", false).await.expect("a place");
    }

    #[tokio::test]
    async fn nothing_is_kept_of_those_who_have_gone() {
        let places = Places::new(100, Some(2), Gauge::default());
        for last in 0..50 {
            drop(take(&places, &format!("192.0.2.{last}"), false).await.expect("a place"));
        }
        assert!(places.taken.lock().expect("no panic").is_empty());
    }
}
