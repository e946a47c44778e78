//! One making of a thing, however many wait for it.

use std::collections::HashMap;
use std::future::Future;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use studio_domain::ObjectKey;
use tokio::sync::watch;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::{Error, Job};

/// What came of it, for all who waited.
type Outcome<T> = Result<T, Arc<Error>>;

/// What is being made, by its key.
pub(super) struct Flights<T>(Arc<Open<T>>);

/// One that is open, with its number.
type Numbered<T> = (u64, Weak<Flight<T>>);

struct Open<T> {
    flights: Mutex<HashMap<ObjectKey, Numbered<T>>>,
    numbers: AtomicU64,
}

/// Work that goes on as long as somebody holds this.
struct Flight<T> {
    landed: watch::Receiver<Option<Outcome<T>>>,
    _stop: DropGuard,
}

impl<T> Clone for Flights<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T> Default for Flights<T> {
    fn default() -> Self {
        Self(Arc::new(Open { flights: Mutex::default(), numbers: AtomicU64::new(0) }))
    }
}

impl<T: Clone + Send + Sync + 'static> Flights<T> {
    /// Waits for the work at a key that goes on already, or begins it. It has a task of its
    /// own, and is cancelled when nobody waits for it any more.
    pub(super) async fn join<W, F>(&self, key: &ObjectKey, work: W) -> Outcome<T>
    where
        W: FnOnce(Job) -> F,
        F: Future<Output = Result<T, Error>> + Send + 'static,
    {
        let flight = self.board(key, work);
        let mut landed = flight.landed.clone();
        let outcome = landed.wait_for(Option::is_some).await;
        match outcome.as_deref() {
            Ok(Some(outcome)) => outcome.clone(),
            Ok(None) => Err(Arc::new(Error::Cancelled)),
            // It fell with the task.
            Err(error) => Err(Arc::new(Error::Internal(error.to_string().into()))),
        }
    }

    fn board<W, F>(&self, key: &ObjectKey, work: W) -> Arc<Flight<T>>
    where
        W: FnOnce(Job) -> F,
        F: Future<Output = Result<T, Error>> + Send + 'static,
    {
        let mut flights = self.0.flights.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(flight) = flights.get(key).and_then(|(_, flight)| flight.upgrade()) {
            return flight;
        }
        let number = self.0.numbers.fetch_add(1, Ordering::Relaxed);
        let (tell, landed) = watch::channel(None);
        let cancel = CancellationToken::new();
        let flight = Arc::new(Flight { landed, _stop: cancel.clone().drop_guard() });
        flights.insert(key.clone(), (number, Arc::downgrade(&flight)));
        drop(flights);
        let listed = Listed { open: Arc::clone(&self.0), key: key.clone(), number };
        let work = work(Job::unwatched(cancel));
        tokio::spawn(async move {
            let outcome = work.await.map_err(Arc::new);
            // Whoever comes from now on looks for themselves, and a failure is tried again.
            drop(listed);
            tell.send_replace(Some(outcome));
        });
        flight
    }
}

/// The name of a flight in the list, which goes with the work, whatever becomes of that.
struct Listed<T> {
    open: Arc<Open<T>>,
    key: ObjectKey,
    number: u64,
}

impl<T> Drop for Listed<T> {
    fn drop(&mut self) {
        let mut flights = self.open.flights.lock().unwrap_or_else(PoisonError::into_inner);
        // One that nobody waited for may have been followed by another.
        if flights.get(&self.key).is_some_and(|(number, _)| *number == self.number) {
            flights.remove(&self.key);
        }
    }
}
