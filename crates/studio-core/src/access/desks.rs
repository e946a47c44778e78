//! Work that takes a processor for a while: passwords. It waits in a lane for a desk, and is done
//! there in the time that nothing else has a use for.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{Semaphore, oneshot};
use tokio::time::{Instant, timeout};

use super::{AccessError, Result};
use crate::pace::{self, Pace};

/// How many may wait in a lane.
const LONGEST_QUEUE: usize = 64;

/// How long work may take in spare time: fifty times what it takes on a processor of its own, and
/// little for who signs in while a machine has all hands full.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long a machine is believed to have no time to spare.
const BUSY_FOR: Duration = Duration::from_secs(10);

/// One lane: its work is done in the order in which it came, one at a time.
#[derive(Debug)]
pub(super) struct Lane {
    turn: Semaphore,
    waiting: AtomicUsize,
    desks: Arc<Desks>,
}

/// Takes a place in the queue of a lane back.
struct Waiting<'l>(&'l AtomicUsize);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Lane {
    pub(super) fn new(desks: Arc<Desks>) -> Self {
        Self { turn: Semaphore::new(1), waiting: AtomicUsize::new(0), desks }
    }

    /// Does something in its turn, off the async threads; once more where it takes too long.
    ///
    /// # Errors
    ///
    /// [`AccessError::Crowded`] where too many wait, and what panics.
    pub(super) async fn work<T: Send + 'static>(
        &self,
        work: impl Fn() -> T + Send + Sync + 'static,
    ) -> Result<T> {
        let before = self.waiting.fetch_add(1, Ordering::Relaxed);
        let _waiting = Waiting(&self.waiting);
        if before >= LONGEST_QUEUE {
            return Err(AccessError::Crowded);
        }
        let _turn = self.turn.acquire().await.map_err(AccessError::internal)?;
        self.desks.work(work).await
    }
}

/// Where work is done: half as many desks as there are processors, so that others find one free.
/// Whoever waits for one gets it in the order in which they came, one of each lane.
#[derive(Debug)]
pub(super) struct Desks {
    free: Arc<Semaphore>,
    /// When there was last no time to spare.
    busy: Mutex<Option<Instant>>,
}

impl Default for Desks {
    fn default() -> Self {
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        Self::new(processors.div_ceil(2))
    }
}

impl Desks {
    fn new(desks: usize) -> Self {
        Self { free: Arc::new(Semaphore::new(desks)), busy: Mutex::default() }
    }

    async fn work<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl Fn() -> T + Send + Sync + 'static,
    ) -> Result<T> {
        let desk = self.free.clone().acquire_owned().await.map_err(AccessError::internal)?;
        let desks = self.clone();
        // Whoever waits may go away; the work goes on then, and keeps its desk until it is done.
        let done = tokio::spawn(async move {
            let done = desks.at_one(Arc::new(work)).await;
            drop(desk);
            done
        });
        done.await.map_err(AccessError::internal)?
    }

    async fn at_one<T: Send + 'static>(
        &self,
        work: Arc<impl Fn() -> T + Send + Sync + 'static>,
    ) -> Result<T> {
        if self.are_busy() {
            return begin(Pace::Share, work)?.await.map_err(AccessError::internal);
        }
        let mut first = begin(Pace::Spare, work.clone())?;
        if let Ok(done) = timeout(PATIENCE, &mut first).await {
            return done.map_err(AccessError::internal);
        }
        *self.busy.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
        // A thread that took the last place may not take a better one: another one begins anew.
        let again = begin(Pace::Share, work)?;
        tokio::select! {
            done = first => done,
            done = again => done,
        }
        .map_err(AccessError::internal)
    }

    fn are_busy(&self) -> bool {
        let busy = *self.busy.lock().unwrap_or_else(PoisonError::into_inner);
        busy.is_some_and(|since| since.elapsed() < BUSY_FOR)
    }
}

/// Begins to work on a thread of its own.
fn begin<T: Send + 'static>(
    pace: Pace,
    work: Arc<impl Fn() -> T + Send + Sync + 'static>,
) -> Result<oneshot::Receiver<T>> {
    pace::begin(pace, "studio-password", work).map_err(AccessError::internal)
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use futures_util::FutureExt as _;
    use futures_util::future::join_all;

    use super::*;

    fn lanes() -> [Lane; 2] {
        let desks = Arc::new(Desks::new(1));
        [Lane::new(desks.clone()), Lane::new(desks)]
    }

    /// Work that waits until it is told to go on.
    fn held() -> (mpsc::Sender<()>, impl Fn() -> bool + Send + Sync + 'static) {
        let (go_on, wait) = mpsc::channel();
        let wait = Mutex::new(wait);
        (go_on, move || wait.lock().expect("nobody panicked").recv().is_ok())
    }

    #[tokio::test]
    async fn a_crowd_is_turned_away() {
        let [lane, _] = lanes();
        lane.waiting.store(LONGEST_QUEUE, Ordering::Relaxed);
        assert!(matches!(lane.work(|| ()).await, Err(AccessError::Crowded)));
        assert_eq!(lane.waiting.load(Ordering::Relaxed), LONGEST_QUEUE);
        lane.waiting.store(LONGEST_QUEUE - 1, Ordering::Relaxed);
        assert!(lane.work(|| ()).await.is_ok());
    }

    #[tokio::test]
    async fn one_lane_waits_for_one_of_the_other_and_not_for_its_crowd() {
        let [strangers, known] = lanes();
        let said = Arc::new(Mutex::new(Vec::new()));
        let say = |who| {
            let said = said.clone();
            move || said.lock().expect("nobody panicked").push(who)
        };
        let hear_first = say("first stranger");
        let (go_on, wait) = held();
        let first = strangers.work(move || {
            hear_first();
            wait()
        });
        let others = join_all((0..3).map(|_| strangers.work(say("stranger"))));
        let known = known.work(say("known"));
        // Polled in this order: when the first lets go all the others are in their queues.
        let let_go = async { go_on.send(()).expect("somebody waits") };
        let (is_told, ..) = tokio::join!(biased; first, others, known, let_go);
        assert!(is_told.expect("done"));
        let said = said.lock().expect("nobody panicked");
        assert_eq!(*said, ["first stranger", "known", "stranger", "stranger", "stranger"]);
    }

    #[tokio::test]
    async fn a_desk_is_taken_until_its_work_is_done() {
        let [strangers, known] = lanes();
        let (go_on, wait) = held();
        // Looked at once, and then not waited for.
        assert!(strangers.work(wait).now_or_never().is_none());
        assert_eq!(strangers.waiting.load(Ordering::Relaxed), 0);
        assert!(known.work(|| ()).now_or_never().is_none());
        assert_eq!(known.desks.free.available_permits(), 0);
        go_on.send(()).expect("it goes on without anybody");
        assert!(known.work(|| ()).await.is_ok());
        let failed = known.work(|| panic!("as a test")).await;
        assert!(failed.is_err(), "what panics is an error, and leaves its desk");
        assert!(known.work(|| ()).await.is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn where_there_is_no_time_to_spare_it_takes_its_share() {
        let [lane, _] = lanes();
        let began = Arc::new(AtomicUsize::new(0));
        let (go_on, wait) = held();
        let counted = began.clone();
        // The first thread gets nowhere, as if others had all the processors.
        let done = lane.work(move || match counted.fetch_add(1, Ordering::Relaxed) {
            0 => wait(),
            _ => false,
        });
        assert!(!done.await.expect("done"), "the second thread was done first");
        assert_eq!(began.load(Ordering::Relaxed), 2);
        go_on.send(()).expect("the first goes on");
        assert!(lane.desks.are_busy());
        tokio::time::advance(BUSY_FOR).await;
        assert!(!lane.desks.are_busy(), "there may be time to spare again");
    }

    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn others_go_first() {
        /// The niceness and the policy of the thread that asks: fields 19 and 41 of proc(5)'s
        /// `stat`.
        fn pace() -> (i32, String) {
            let stat = std::fs::read_to_string("/proc/thread-self/stat").expect("readable");
            let (_, fields) = stat.rsplit_once(") ").expect("a name");
            let fields: Vec<_> = fields.split(' ').collect();
            (fields[16].parse().expect("a number"), fields[38].to_owned())
        }
        const OTHER: &str = "0";
        const IDLE: &str = "5";
        let own = pace();
        let [lane, _] = lanes();
        assert_eq!(lane.work(pace).await.expect("done").1, IDLE);
        *lane.desks.busy.lock().expect("nobody panicked") = Some(Instant::now());
        let (nice, policy) = lane.work(pace).await.expect("done");
        assert_eq!(policy, OTHER);
        assert!(nice > own.0 || own.0 > 8, "{nice} of {}", own.0);
        assert_eq!(pace(), own, "nobody else gives way");
    }
}
