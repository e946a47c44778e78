//! What all caches have in common: which answer is served, and who asks for a new one.
//!
//! * A fresh answer is served.
//! * A stale one is served to whoever waits, while one look-up behind asks for a new one.
//!   In the background it is not good enough: there a new one is waited for.
//! * For what is not there, or expired, everybody waits for the same one look-up, which goes
//!   on when they have gone. Its error is told to all of them and kept by nobody.
//! * Where an answer is there, be it expired, and no new one can be had, it is served: for
//!   whatever reason Discogs has none, the old one is the best there is. Then nobody asks
//!   again for [`retry`](crate::Lifetimes::retry).

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use studio_domain::Timestamp;

use crate::error::chain;
use crate::flight::Flights;
use crate::lifetimes::Clock;
use crate::{Age, Error, Found, Keeping, Lifetimes, Lookup, Metadata, Result, Urgency};

/// How many entries are remembered as not to be asked for again yet.
const MOST_PAUSED: usize = 10_000;

/// Where a cache keeps its answers. What fails is a miss; it is for the shelf to say so.
#[async_trait]
pub(super) trait Shelf: Send + Sync + 'static {
    async fn get(&self, lookup: &Lookup) -> Option<Arc<Found>>;
    /// Replaces what was there.
    async fn put(&self, lookup: &Lookup, found: &Arc<Found>, lifetimes: &Lifetimes);
}

/// A cache before somebody.
pub(super) struct Front<S> {
    shared: Arc<Shared<S>>,
    flights: Flights,
}

struct Shared<S> {
    shelf: S,
    upstream: Arc<dyn Metadata>,
    lifetimes: Lifetimes,
    clock: Clock,
    paused: Mutex<HashMap<Lookup, Timestamp>>,
}

impl<S: Shelf> Front<S> {
    pub(super) fn new(shelf: S, upstream: Arc<dyn Metadata>, keeping: Keeping) -> Self {
        let Keeping { lifetimes, clock } = keeping;
        let shared = Shared { shelf, upstream, lifetimes, clock, paused: Mutex::default() };
        Self { shared: Arc::new(shared), flights: Flights::default() }
    }

    pub(super) async fn look_up(&self, lookup: &Lookup, urgency: Urgency) -> Result<Arc<Found>> {
        let shared = &self.shared;
        let Some(held) = shared.shelf.get(lookup).await else {
            return self.fetch(lookup, urgency).await;
        };
        let age = shared.age(lookup, &held);
        if age == Age::Fresh || shared.is_paused(lookup) {
            return Ok(held);
        }
        if age == Age::Stale && urgency == Urgency::Interactive {
            // Nobody waits for this one; it runs on its own.
            drop(self.fetch(lookup, Urgency::Background));
            return Ok(held);
        }
        self.fetch(lookup, urgency).await.or_else(|error| {
            tracing::debug!(%lookup, error = chain(&error), "an old answer is all there is");
            Ok(held)
        })
    }

    /// Waits for what is asked for behind: here, then further up, where this asks.
    pub(super) async fn settled(&self) {
        self.flights.settled().await;
        self.shared.upstream.settled().await;
    }

    /// Joins the one look-up of this, or begins it: at once, not when it is polled.
    fn fetch(
        &self,
        lookup: &Lookup,
        urgency: Urgency,
    ) -> impl Future<Output = Result<Arc<Found>>> + use<S> {
        let shared = Arc::clone(&self.shared);
        self.flights.join(lookup, urgency, move |lookup, mut wanted| async move {
            // Somebody may have brought it since the shelf was looked at.
            if let Some(found) = shared.shelf.get(&lookup).await
                && shared.age(&lookup, &found) == Age::Fresh
            {
                return Ok(found);
            }
            let found = loop {
                let urgency = *wanted.borrow_and_update();
                let asked = shared.upstream.look_up(&lookup, urgency);
                tokio::select! {
                    biased;
                    found = asked => break found,
                    // Somebody came who waits: asked again, with more urgency.
                    Ok(()) = wanted.changed(), if urgency == Urgency::Background => {}
                }
            };
            shared.keep(&lookup, &found).await;
            found
        })
    }
}

impl<S: Shelf> Shared<S> {
    fn age(&self, lookup: &Lookup, found: &Found) -> Age {
        self.lifetimes.age(lookup, found, (self.clock)())
    }

    async fn keep(&self, lookup: &Lookup, found: &Result<Arc<Found>, Error>) {
        let fresh = match found {
            Ok(found) => {
                self.shelf.put(lookup, found, &self.lifetimes).await;
                self.age(lookup, found) == Age::Fresh
            }
            Err(_) => false,
        };
        self.pause(lookup, !fresh);
    }

    fn is_paused(&self, lookup: &Lookup) -> bool {
        let until = self.paused().get(lookup).copied();
        until.is_some_and(|until| (self.clock)() < until)
    }

    fn pause(&self, lookup: &Lookup, paused: bool) {
        let now = (self.clock)();
        let mut all = self.paused();
        if !paused {
            all.remove(lookup);
            return;
        }
        if all.len() >= MOST_PAUSED {
            all.retain(|_, until| *until > now);
        }
        // With so many that fail, which of them are asked for again does not matter.
        if all.len() < MOST_PAUSED {
            all.insert(lookup.clone(), now.after(self.lifetimes.retry));
        }
    }

    fn paused(&self) -> MutexGuard<'_, HashMap<Lookup, Timestamp>> {
        self.paused.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
