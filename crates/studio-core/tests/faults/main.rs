//! Every operation under every fault, struck at each of its requests in turn.
//!
//! That takes minutes, so a part of it runs as a rule. `cargo xtask reliability` runs all and
//! writes what came of it into docs/reliability.md, or compares it with what stands there.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

mod care;
mod cell;
mod fault;
mod operation;
mod place;
mod publish;
mod table;

use std::panic::AssertUnwindSafe;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use self::cell::{Lasting, Strike, calm_traffic};
use self::fault::COLUMNS;
use self::operation::Operation;
use self::place::Takes;
use self::table::Table;

/// How many run at once.
const AT_ONCE: usize = 6;
/// How many run beside them that wait, most of the time, for a connection that stands still.
const WAITING: usize = 48;
/// One of so many runs is made as a rule.
const SAMPLE: u64 = 5;

/// Set, all of it runs and is compared with the document.
const CHECK: &str = "STUDIO_RELIABILITY_CHECK";
/// All of it runs, and the document is written to this path.
const OUT: &str = "STUDIO_RELIABILITY_OUT";
/// Only operations whose names contain this run, all of them; what came of it is shown.
const ONLY: &str = "STUDIO_RELIABILITY_ONLY";

#[test]
fn every_operation_survives_every_fault() {
    let only = std::env::var(ONLY).ok();
    let out = std::env::var_os(OUT).map(PathBuf::from);
    let compares = out.is_some() || std::env::var_os(CHECK).is_some();
    let mut operations = operation::all();
    operations.retain(|one| only.as_deref().is_none_or(|only| one.name().contains(only)));
    let mut strikes = Vec::new();
    for (row, operation) in operations.iter().enumerate() {
        let all = block_on(strikes_of(&**operation, row as u64));
        strikes.extend(all.into_iter().map(|strike| (row, strike)));
    }
    if only.is_none() && !compares {
        strikes.retain(|(row, strike)| {
            let at = *row as u64 + 2 * strike.index as u64 + 3 * strike.step;
            at.is_multiple_of(SAMPLE)
        });
    }
    let table = Table::new(operations.iter().map(|operation| operation.name()));
    let table = run(strikes, table);
    match only {
        Some(_) => studio_testkit::say(&table.to_string()),
        None if compares => table.compare(out.as_deref()),
        None => table.compare_names(),
    }
}

/// Runs them all, and fails when one broke a promise.
fn run(strikes: Vec<(usize, Strike<'_>)>, table: Table) -> Table {
    assert!(!strikes.is_empty());
    let (waiting, busy): (Vec<_>, Vec<_>) =
        strikes.into_iter().partition(|(_, strike)| strike.column.stalls());
    let (table, failed) = (Mutex::new(table), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for (count, strikes) in [(AT_ONCE, busy), (WAITING, waiting)] {
            let strikes = Arc::new(Mutex::new(strikes));
            for _ in 0..count {
                let strikes = Arc::clone(&strikes);
                scope.spawn(|| work(strikes, &table, &failed));
            }
        }
    });
    let failed = failed.into_inner().unwrap();
    assert!(failed.is_empty(), "what broke a promise: {failed:#?}");
    table.into_inner().unwrap()
}

/// Runs one after the other, each to its end, even if that is a panic.
fn work<'a>(
    strikes: Arc<Mutex<Vec<(usize, Strike<'a>)>>>,
    table: &Mutex<Table>,
    failed: &Mutex<Vec<Strike<'a>>>,
) {
    loop {
        let next = strikes.lock().unwrap().pop();
        let Some((row, strike)) = next else { return };
        match std::panic::catch_unwind(AssertUnwindSafe(|| block_on(strike.run()))) {
            Ok(outcome) => table.lock().unwrap().note(row, &strike, outcome),
            Err(_) => failed.lock().unwrap().push(strike),
        }
    }
}

/// Each has a runtime of its own, so that none waits for another's work.
fn block_on<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let done = runtime.block_on(work);
    // What a broken connection left waiting is not waited for.
    runtime.shutdown_background();
    done
}

/// Each fault at each request that the operation makes on a calm day.
async fn strikes_of(operation: &dyn Operation, seed: u64) -> Vec<Strike<'_>> {
    let takes = Arc::new(Takes::new(seed, operation.size(), operation.is_sound()));
    let traffic = calm_traffic(operation, &takes).await;
    let calm = traffic.values().map(|traffic| traffic.requests).sum();
    // One request is struck by its kind and number: the order of those that are sent at
    // once is not the same in every run.
    let each = traffic.iter().flat_map(|(kind, traffic)| {
        (0..traffic.requests).map(|step| (Lasting::Once, Some(*kind), step))
    });
    let from_each = (0..calm).map(|step| (Lasting::Forever, None, step));
    let from_each = from_each.filter(|_| !operation.passing_only());
    let strikes = each.chain(from_each).flat_map(|(lasting, kind, step)| {
        let takes = &takes;
        COLUMNS.into_iter().enumerate().map(move |(index, column)| {
            let takes = Arc::clone(takes);
            Strike { operation, column, index, lasting, kind, step, calm, seed, takes }
        })
    });
    strikes.collect()
}
