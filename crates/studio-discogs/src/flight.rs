//! One look-up for all who ask for the same thing at the same time.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, Shared};
use tokio::sync::{oneshot, watch};

use crate::{Error, Found, Lookup, Result, Urgency};

/// How a look-up ends, for as many as like to wait.
pub(crate) type Landing = Shared<BoxFuture<'static, Result<Arc<Found>>>>;

/// The look-ups that are under way.
#[derive(Clone, Default)]
pub(crate) struct Flights {
    under_way: Arc<Mutex<HashMap<Lookup, Flight>>>,
}

struct Flight {
    landing: Landing,
    urgency: watch::Sender<Urgency>,
}

impl Flights {
    /// Joins the look-up of this, or begins one with `ask`, as a task of its own: it goes on
    /// when nobody waits for it any more, since what it has cost is paid already. One that
    /// was begun for nobody is told when somebody comes who waits.
    pub(crate) fn join<A, F>(&self, lookup: &Lookup, urgency: Urgency, ask: A) -> Landing
    where
        A: FnOnce(Lookup, watch::Receiver<Urgency>) -> F,
        F: Future<Output = Result<Arc<Found>>> + Send + 'static,
    {
        let mut under_way = self.lock();
        if let Some(flight) = under_way.get(lookup) {
            flight.urgency.send_if_modified(|now| {
                let more = urgency < *now;
                *now = urgency.min(*now);
                more
            });
            return flight.landing.clone();
        }
        let (sender, receiver) = oneshot::channel();
        let (wanted, wants) = watch::channel(urgency);
        let landing = receiver.map(|landed| landed.unwrap_or_else(|_| Err(given_up())));
        let landing = landing.boxed().shared();
        let flight = Flight { landing: landing.clone(), urgency: wanted };
        under_way.insert(lookup.clone(), flight);
        drop(under_way);
        let asked = ask(lookup.clone(), wants);
        let entry = UnderWay { flights: self.clone(), lookup: lookup.clone() };
        tokio::spawn(async move {
            let found = asked.await;
            // Whoever comes from now on finds it on the shelf.
            drop(entry);
            let _ = sender.send(found);
        });
        landing
    }

    /// The look-up of this that is under way, if one is.
    pub(crate) fn under_way(&self, lookup: &Lookup) -> Option<Landing> {
        self.lock().get(lookup).map(|flight| flight.landing.clone())
    }

    /// Waits until nothing is under way.
    pub(crate) async fn settled(&self) {
        loop {
            let next = self.lock().values().next().map(|flight| flight.landing.clone());
            let Some(landing) = next else { return };
            // Its error is told to whoever asked.
            let _ = landing.await;
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Lookup, Flight>> {
        self.under_way.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Takes a look-up off the list, however it ends.
struct UnderWay {
    flights: Flights,
    lookup: Lookup,
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        let gone = self.flights.lock().remove(&self.lookup);
        // Its waiters may run what they like when they are dropped: not under the lock.
        drop(gone);
    }
}

fn given_up() -> Error {
    Error::unavailable("the look-up was given up")
}
