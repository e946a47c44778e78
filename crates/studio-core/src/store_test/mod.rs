//! Proving a store before it is trusted.
//!
//! [`test_store`] asks a store some hundred questions, each a named [`Check`], and reports
//! which it answers as studio needs. It writes below a prefix of its own and removes all
//! of it, whatever happens.

mod bench;
mod capability;
mod checksums;
mod cleanup;
mod concurrency;
mod conditions;
mod consistency;
mod keys;
mod listing;
mod metadata;
mod objects;
mod parts;
mod parts_refused;
mod ranges;
mod report;
mod resume;
mod timing;

use std::time::Instant;

use futures_util::future::BoxFuture;
use futures_util::stream::{self, StreamExt as _};
use studio_blob::{BlobStore, Error as StoreError};

use self::bench::{Bench, Fault};
pub use self::report::{
    Capability, Check, CheckResult, Counts, Outcome, Severity, StoreReport, Timing, Verdict,
};
use crate::{Error, Event, Job, Phase, Result};

/// How many scenarios run at once.
const AT_ONCE: usize = 12;

/// Checks that build on each other, and what asks them: it stops at one that the rest
/// cannot do without.
struct Scenario {
    group: &'static str,
    checks: &'static [Check],
    run: for<'a> fn(&'a Bench<'a>) -> BoxFuture<'a, Option<()>>,
}

/// The scenarios, group by group.
fn scenarios() -> impl Iterator<Item = &'static Scenario> {
    let groups = [
        consistency::SCENARIOS,
        objects::SCENARIOS,
        ranges::SCENARIOS,
        conditions::SCENARIOS,
        checksums::SCENARIOS,
        parts::SCENARIOS,
        parts_refused::SCENARIOS,
        resume::SCENARIOS,
        keys::SCENARIOS,
        listing::SCENARIOS,
        concurrency::SCENARIOS,
        metadata::SCENARIOS,
    ];
    groups.into_iter().flatten()
}

/// All checks, with their groups, in the order of a report.
pub fn store_checks() -> impl Iterator<Item = (&'static str, Check)> {
    let checks =
        scenarios().flat_map(|scenario| scenario.checks.iter().map(|c| (scenario.group, *c)));
    checks.chain(cleanup::CHECKS.iter().map(|check| (cleanup::GROUP, *check)))
}

/// Asks a store everything that studio wants to know of one. The first write makes its
/// bucket or directory, as every first write does.
///
/// All that is written is removed again, also when checks fail or the job is cancelled.
///
/// # Errors
/// [`Error::Store`] when the store cannot be reached, signed in to or written to at all;
/// [`Error::Cancelled`]. A check that fails is no error: it is in the report.
pub async fn test_store(store: &dyn BlobStore, job: &Job) -> Result<StoreReport> {
    let began = Instant::now();
    let bench = Bench::new(store, job);
    job.check()?;
    let total = store_checks().count() as u64;
    job.tell(Event::Begin { phase: Phase::Testing, total });
    let asked = ask(&bench).await;
    // Also after a failure: what was written before it must go.
    let cleaned = cleanup::run(&bench).await;
    job.tell(Event::End);
    let asked = asked.and_then(|asked| match bench.take_loss() {
        Some(error) => Err(error.into()),
        None => job.check().map(|()| asked),
    });
    if let (Err(_), Err(found)) = (&asked, cleaned) {
        // No report will tell it.
        let (store, prefix) = (store.url(), bench.prefix());
        tracing::warn!(%store, prefix, "could not remove all of the test: {found}");
    }
    let (made_bucket, timing) = asked?;
    let checks = store_checks()
        .map(|(group, check)| {
            let outcome = bench.outcome(check.name).unwrap_or_else(|| Outcome::Skipped {
                why: "nothing came before it that it could be asked about".to_owned(),
            });
            CheckResult { check, group, outcome }
        })
        .collect();
    let took = began.elapsed();
    Ok(StoreReport { store: store.url().clone(), made_bucket, checks, timing, took })
}

/// The first write, the measures, then all checks.
async fn ask(bench: &Bench<'_>) -> Result<(bool, Option<Timing>)> {
    let before = bench.open("first", None, None).await;
    let made_bucket = matches!(before, Err(Fault::Store(StoreError::NoSuchStore { .. })));
    match bench.create("first", "studio").await {
        Ok(()) => {}
        Err(Fault::Store(error)) => return Err(error.into()),
        Err(_) => return Err(Error::Cancelled),
    }
    // Alone, so that nothing else takes the store's time.
    let timing = timing::measure(bench).await.ok();
    stream::iter(scenarios())
        .for_each_concurrent(AT_ONCE, |scenario| ask_all(bench, scenario))
        .await;
    Ok((made_bucket, timing))
}

/// Runs a scenario; checks that it did not come to are skipped.
async fn ask_all(bench: &Bench<'_>, scenario: &'static Scenario) {
    if (scenario.run)(bench).await.is_some() {
        return;
    }
    let outcomes = || scenario.checks.iter().map(|check| (check, bench.outcome(check.name)));
    let stopper = outcomes().filter(|(_, outcome)| {
        matches!(outcome, Some(Outcome::Failed { .. } | Outcome::Skipped { .. }))
    });
    // None has an outcome where the job was cancelled.
    let Some((stopper, _)) = stopper.last() else { return };
    let open: Vec<&Check> =
        outcomes().filter(|(_, outcome)| outcome.is_none()).map(|(check, _)| check).collect();
    for check in open {
        let why = format!("it builds on {}, which did not pass", stopper.name);
        bench.settle(check.name, Outcome::Skipped { why });
    }
}
