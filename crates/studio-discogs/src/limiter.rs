//! Staying within what Discogs allows.
//!
//! Discogs counts the requests that arrive from an address within a moving window of a
//! minute. A bucket of tokens that fills up by 60 a minute would let 119 through in one. So
//! the requests themselves are counted, and on the safe side: a request may arrive at any
//! time from its start to its answer, so it takes up one of the places from its start until
//! a window after its *answer*. At most as many places are taken as requests are allowed,
//! so no window, wherever it begins, has more arrivals than that.
//!
//! Others may share our address. What Discogs says is left (`X-Discogs-Ratelimit-Remaining`)
//! counts where it is less than what we think; the difference is taken up for a window.
//! After a 429 nothing is sent for as long as it says, or for a window.
//!
//! Interactive requests go before background ones. These leave some places free, and keep a
//! distance from each other, so that whoever waits seldom waits long.

use std::collections::{BTreeSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};

use crate::{Error, Result, Urgency};

/// Nobody is to be left alone for longer, whatever an answer says.
const LONGEST_PAUSE: Duration = Duration::from_secs(60 * 60);
/// Nor for less.
const SHORTEST_PAUSE: Duration = Duration::from_secs(1);

/// How fast one may ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// The most requests in a window; Discogs may say less.
    pub limit: u32,
    /// How long a window is.
    pub window: Duration,
    /// How much longer a request counts, since clocks differ.
    pub margin: Duration,
    /// How many places background requests leave free.
    pub reserve: u32,
    /// The most that may wait, of each urgency.
    pub most_waiting: usize,
}

impl Pace {
    /// What Discogs allows to whoever has a token: 60 a minute.
    pub const WITH_TOKEN: Self = Self {
        limit: 60,
        window: Duration::from_secs(60),
        margin: Duration::from_secs(1),
        reserve: 10,
        most_waiting: 500,
    };
    /// What it allows to everybody: 25 a minute.
    pub const WITHOUT_TOKEN: Self = Self { limit: 25, reserve: 5, ..Self::WITH_TOKEN };
}

/// What an answer says about the limits.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Told {
    /// `X-Discogs-Ratelimit`: how many are allowed.
    pub limit: Option<u32>,
    /// `X-Discogs-Ratelimit-Remaining`: how many of them are left.
    pub remaining: Option<u32>,
    /// Whether it is a 429.
    pub refused: bool,
    /// `Retry-After` of a 429.
    pub retry_after: Option<Duration>,
}

/// Lets requests through, one limiter for all that share an address.
#[derive(Debug, Clone)]
pub struct Limiter {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    pace: Pace,
    state: Mutex<State>,
    /// Somebody else may have got to the head, or a place.
    changed: Notify,
}

#[derive(Debug)]
struct State {
    limit: u32,
    /// Requests that were let through and have no answer yet.
    in_flight: u32,
    /// When the places of those that have one become free, in order.
    counted: VecDeque<Instant>,
    paused_until: Option<Instant>,
    next_background: Option<Instant>,
    waiting: BTreeSet<(Urgency, u64)>,
    tickets: u64,
}

/// The permission to send one request. To be held until its answer's head is there; one that
/// is dropped counts as a request that was answered then.
#[derive(Debug)]
pub struct Permit {
    shared: Arc<Shared>,
    told: Told,
}

/// A place in the queue, given up when dropped.
struct Ticket<'a> {
    shared: &'a Shared,
    place: (Urgency, u64),
}

impl Limiter {
    /// A limiter that has let nothing through yet.
    pub fn new(pace: Pace) -> Self {
        let pace = Pace { limit: pace.limit.max(1), ..pace };
        let state = State {
            limit: pace.limit,
            in_flight: 0,
            counted: VecDeque::new(),
            paused_until: None,
            next_background: None,
            waiting: BTreeSet::new(),
            tickets: 0,
        };
        let shared = Shared { pace, state: Mutex::new(state), changed: Notify::new() };
        Self { shared: Arc::new(shared) }
    }

    /// Waits until a request may be sent. Whoever stops waiting takes up nothing.
    ///
    /// # Errors
    /// [`Busy`](Error::Busy) when too many wait already.
    pub async fn acquire(&self, urgency: Urgency) -> Result<Permit> {
        let shared = &*self.shared;
        let ticket = shared.queue(urgency)?;
        loop {
            // Listens before it looks, so that no change is missed between.
            let mut changed = std::pin::pin!(shared.changed.notified());
            changed.as_mut().enable();
            match shared.try_take(ticket.place, Instant::now()) {
                Attempt::Taken => {
                    let shared = Arc::clone(&self.shared);
                    return Ok(Permit { shared, told: Told::default() });
                }
                Attempt::NotBefore(time) => {
                    tokio::select! {
                        () = changed => {}
                        () = sleep_until(time) => {}
                    }
                }
                Attempt::Later => changed.await,
            }
        }
    }

    /// How many wait to be let through.
    pub fn waiting(&self) -> usize {
        self.shared.state().waiting.len()
    }
}

impl Permit {
    /// The head of the answer is there, and says this.
    pub fn answered(mut self, told: Told) {
        self.told = told;
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.shared.finish(self.told, Instant::now());
    }
}

impl Drop for Ticket<'_> {
    fn drop(&mut self) {
        self.shared.state().waiting.remove(&self.place);
        self.shared.changed.notify_waiters();
    }
}

enum Attempt {
    Taken,
    /// Nothing can be had before.
    NotBefore(Instant),
    /// Others come first, or all places are taken by requests without an answer.
    Later,
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn queue(&self, urgency: Urgency) -> Result<Ticket<'_>> {
        let mut state = self.state();
        let alike = state.waiting.iter().filter(|(other, _)| *other == urgency).count();
        if alike >= self.pace.most_waiting {
            return Err(Error::Busy);
        }
        let place = (urgency, state.tickets);
        state.tickets += 1;
        state.waiting.insert(place);
        Ok(Ticket { shared: self, place })
    }

    fn try_take(&self, place: (Urgency, u64), now: Instant) -> Attempt {
        let mut state = self.state();
        if state.waiting.first() != Some(&place) {
            return Attempt::Later;
        }
        if let Some(until) = state.paused_until.filter(|until| *until > now) {
            return Attempt::NotBefore(until);
        }
        let background = place.0 == Urgency::Background;
        let room = match background {
            true => state.limit.saturating_sub(self.pace.reserve).max(1),
            false => state.limit,
        };
        if state.taken(now) >= room {
            return state.counted.front().map_or(Attempt::Later, |time| Attempt::NotBefore(*time));
        }
        if background {
            if let Some(next) = state.next_background.filter(|next| *next > now) {
                return Attempt::NotBefore(next);
            }
            state.next_background = Some(now + self.pace.window / room);
        }
        state.in_flight += 1;
        state.waiting.remove(&place);
        Attempt::Taken
    }

    fn finish(&self, told: Told, now: Instant) {
        let mut state = self.state();
        let free_at = now + self.pace.window + self.pace.margin;
        state.in_flight = state.in_flight.saturating_sub(1);
        state.counted.push_back(free_at);
        if let Some(limit) = told.limit {
            state.limit = limit.clamp(1, self.pace.limit);
        }
        if let Some(remaining) = told.remaining {
            let free = state.limit.saturating_sub(state.taken(now));
            let others = usize::try_from(free.saturating_sub(remaining)).unwrap_or(0);
            state.counted.extend(std::iter::repeat_n(free_at, others));
        }
        if told.refused {
            let pause = told.retry_after.unwrap_or(self.pace.window + self.pace.margin);
            let until = now + pause.clamp(SHORTEST_PAUSE, LONGEST_PAUSE);
            state.paused_until = Some(state.paused_until.map_or(until, |old| old.max(until)));
        }
        drop(state);
        self.changed.notify_waiters();
    }
}

impl State {
    /// How many places are taken.
    fn taken(&mut self, now: Instant) -> u32 {
        while self.counted.front().is_some_and(|time| *time <= now) {
            self.counted.pop_front();
        }
        let counted = u32::try_from(self.counted.len()).unwrap_or(u32::MAX);
        self.in_flight.saturating_add(counted)
    }
}
