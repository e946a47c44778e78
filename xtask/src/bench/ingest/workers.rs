//! Workers that are killed at any moment, and started again.

use std::os::unix::process::ExitStatusExt as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use super::BUCKET;
use crate::Result;
use crate::bench::site::{Service, Site};
use crate::files::Random;

/// How many there are at a time.
const WORKERS: u64 = 3;
/// The longest time between two kills, in milliseconds. A request of a worker that is gone may
/// still be answered, and what it was to have is out of sight for a while then: with many of
/// them, nothing gets done.
const LONGEST_PEACE: u64 = 600;
const KILL: i32 = 9;

/// Some workers on one bucket, in the hands of a thread that kills them now and then. Dropping
/// it ends them.
pub(super) struct Workers {
    state: Arc<State>,
    thread: Option<JoinHandle<std::result::Result<(), String>>>,
}

#[derive(Default)]
struct State {
    kills: AtomicU64,
    peace: AtomicBool,
    stop: AtomicBool,
}

impl Workers {
    /// Starts them. None is killed yet.
    pub(super) fn start(site: Arc<Site>, seed: u64) -> Self {
        let state = Arc::new(State { peace: AtomicBool::new(true), ..State::default() });
        let own = Arc::clone(&state);
        // They end with the thread that started them: one for all of it.
        let thread = thread::spawn(move || {
            own.run(&site, Random::new(seed)).map_err(|error| error.to_string())
        });
        Self { state, thread: Some(thread) }
    }

    /// How often one was killed so far.
    pub(super) fn kills(&self) -> u64 {
        self.state.kills.load(Ordering::SeqCst)
    }

    /// Fails if their thread has ended.
    pub(super) fn check(&mut self) -> Result {
        match self.thread.as_ref().is_some_and(JoinHandle::is_finished) {
            true => self.join().and(Err("the workers ended by themselves".into())),
            false => Ok(()),
        }
    }

    /// Kills no more of them, or begins again.
    pub(super) fn leave_in_peace(&self, peace: bool) {
        self.state.peace.store(peace, Ordering::SeqCst);
    }

    /// Ends them as services are ended; each must end well.
    pub(super) fn stop(mut self) -> Result {
        self.join()
    }

    fn join(&mut self) -> Result {
        self.state.stop.store(true, Ordering::SeqCst);
        match self.thread.take().map(JoinHandle::join) {
            None | Some(Ok(Ok(()))) => Ok(()),
            Some(Ok(Err(error))) => Err(error.into()),
            Some(Err(_)) => Err("the thread of the workers has failed".into()),
        }
    }
}

impl Drop for Workers {
    fn drop(&mut self) {
        // What went wrong is told by `stop`, where it matters.
        let _ = self.join();
    }
}

impl State {
    fn run(&self, site: &Site, mut random: Random) -> Result {
        let mut workers = Vec::new();
        for number in 0..WORKERS {
            workers.push(worker(site, number)?);
        }
        while !self.stop.load(Ordering::SeqCst) {
            if self.peace.load(Ordering::SeqCst) {
                thread::sleep(Duration::from_millis(50));
                workers.iter_mut().try_for_each(Service::check)?;
                continue;
            }
            thread::sleep(Duration::from_millis(random.below(LONGEST_PEACE)));
            if self.peace.load(Ordering::SeqCst) {
                continue;
            }
            let number = random.below(WORKERS);
            let Some(victim) = workers.get_mut(number as usize) else { continue };
            // One that ended by itself has a reason that must be known.
            victim.check()?;
            if victim.kill()?.signal() == Some(KILL) {
                self.kills.fetch_add(1, Ordering::SeqCst);
            }
            *victim = worker(site, number)?;
        }
        for worker in workers {
            worker.stop()?;
        }
        Ok(())
    }
}

fn worker(site: &Site, number: u64) -> Result<Service> {
    let arguments = ["worker", "all", "--bucket", BUCKET, "--visibility", "5s"];
    site.start(&arguments, &format!("worker-{number}.log"))
}
