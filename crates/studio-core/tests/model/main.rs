//! Ten thousand random histories of a studio beside a plain model of it: whatever is
//! uploaded, thrown away, taken back, purged, cleared, repaired and recovered, and wherever
//! a call fails, a process dies or a job is cancelled on the way, nothing within its window
//! is lost, nothing comes to be that nobody uploaded, and what nothing names goes.
//!
//! `cargo test` runs a part of them, and `.ci/run` all; they are run alone by
//! `STUDIO_MODEL_CASES=10000 cargo test -p studio-core --test model`. A history that fails
//! is printed with the seed that it came from; `STUDIO_MODEL_SEED` runs the same ones again.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

mod finish;
mod found;
mod fuse;
mod history;
mod reference;
mod takes;
mod world;

use std::time::{SystemTime, UNIX_EPOCH};

use proptest::test_runner::{Config, RngSeed, TestCaseError, TestRunner};
use tokio::runtime::{Builder, Runtime};

use crate::history::{Step, histories};
use crate::reference::Verdict;
use crate::world::World;

/// How many histories are run unless `STUDIO_MODEL_CASES` says otherwise.
const CASES: u32 = 400;
/// In so many threads.
const THREADS: u32 = 2;

fn variable(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().unwrap())
}

/// The time of timers is not waited for.
fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().start_paused(true).build().unwrap()
}

async fn live_through(history: &[Step]) -> Verdict {
    let mut world = World::new();
    for (n, step) in history.iter().enumerate() {
        world.step(*step).await.map_err(|why| format!("step {n}, {step:?}: {why}"))?;
    }
    world.finish().await.map_err(|why| format!("at the end: {why}"))
}

/// Runs a part of all cases on histories of up to so many steps.
fn run(part: u64, longest: usize) {
    let now = || SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_micros() as u64;
    let seed = variable("STUDIO_MODEL_SEED").unwrap_or_else(now);
    let cases = variable("STUDIO_MODEL_CASES").map_or(CASES, |cases| cases as u32) / THREADS;
    let config = Config {
        cases,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(seed.wrapping_add(part)),
        ..Config::default()
    };
    let runtime = runtime();
    let outcome = TestRunner::new(config).run(&histories(longest), |history| {
        runtime.block_on(live_through(&history)).map_err(TestCaseError::fail)
    });
    if let Err(error) = outcome {
        panic!("STUDIO_MODEL_SEED={seed}\n{error}");
    }
}

#[test]
fn nothing_within_its_window_is_lost_in_short_histories() {
    run(0, 8);
}

#[test]
fn nothing_within_its_window_is_lost_in_long_histories() {
    run(1, 20);
}
