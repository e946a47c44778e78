//! Random histories of a bucket beside a plain model of it. People upload, overwrite and
//! delete files and order deletions; events come up to three times, shuffled and late, with
//! junk between them; several workers take them, are killed anywhere, and find the bucket, the
//! catalogue and the queues failing. In the end what is known is what the model says, no good
//! file is gone that nobody ordered to go, and all junk lies with the dead letters.
//!
//! `STUDIO_INGEST_CASES=10000 cargo test -p studio-worker --test model` runs more of them. A
//! history that fails is told by its seed, and `STUDIO_INGEST_SEED` begins with it again.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

#[path = "../common/bucket.rs"]
mod bucket;
#[path = "../common/catalog.rs"]
mod catalog;
mod check;
#[path = "../common/dice.rs"]
mod dice;
mod history;
mod junk;
#[path = "../common/queue.rs"]
mod queue;
mod world;

use std::time::{Instant, SystemTime, UNIX_EPOCH};

use crate::world::World;

/// How many histories are run unless `STUDIO_INGEST_CASES` says otherwise.
const CASES: u64 = 200;
/// In so many threads.
const THREADS: u64 = 2;

fn variable(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().unwrap())
}

fn live_through(seed: u64, steps: usize) -> Result<history::Figures, String> {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = runtime.enable_all().start_paused(true).build().unwrap();
    runtime.block_on(async {
        let mut world = World::new(seed);
        history::live(&mut world, steps).await;
        world.settle().await?;
        match check::check(&world).await {
            Ok(()) => Ok(world.figures),
            Err(why) => Err(format!("{why}\n{}", world.log.join("\n"))),
        }
    })
}

/// Runs a part of all cases, on histories of so many steps.
fn run(part: u64, steps: usize) {
    let now = || SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_micros() as u64;
    let first = variable("STUDIO_INGEST_SEED").unwrap_or_else(now);
    let cases = variable("STUDIO_INGEST_CASES").unwrap_or(CASES).div_ceil(THREADS);
    let (began, mut figures) = (Instant::now(), history::Figures::default());
    for case in 0..cases {
        let seed = first.wrapping_add(case * THREADS + part);
        match live_through(seed, steps) {
            Ok(more) => figures.add(&more),
            Err(why) => panic!("STUDIO_INGEST_SEED={} (case {case}): {why}", seed - part),
        }
    }
    let took = began.elapsed().as_secs_f64();
    studio_testkit::say(&format!("{cases} histories of {steps} steps, {took:.1} s: {figures:?}"));
}

#[test]
fn what_is_known_is_what_happened_in_short_histories() {
    run(0, 12);
}

#[test]
fn what_is_known_is_what_happened_in_long_histories() {
    run(1, 50);
}
