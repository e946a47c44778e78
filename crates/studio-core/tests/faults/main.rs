//! Every operation under every fault, struck at each of its requests in turn.
//!
//! The table of what came of it stands in docs/reliability.md; this test fails where it is
//! not what happens. `cargo xtask reliability` writes it anew.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

mod cell;
mod fault;
mod operation;
mod place;
mod table;

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use futures_util::{FutureExt as _, StreamExt as _, stream};

use self::cell::{Lasting, Outcome, Strike, count_requests};
use self::fault::COLUMNS;
use self::operation::Operation;
use self::place::Takes;
use self::table::Table;

/// How many run at once.
const AT_ONCE: usize = 8;
/// How many run beside them that wait, most of the time, for a connection that stands still.
const WAITING: usize = 24;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn every_operation_survives_every_fault() {
    let only = std::env::var("STUDIO_FAULTS_ONLY").ok();
    let mut operations = operation::all();
    operations.retain(|one| only.as_deref().is_none_or(|only| one.name().contains(only)));
    let mut strikes = Vec::new();
    for (row, operation) in operations.iter().enumerate() {
        strikes.extend(strikes_of(&**operation, row as u64).await.into_iter().map(|it| (row, it)));
    }
    let (waiting, busy): (Vec<_>, Vec<_>) =
        strikes.into_iter().partition(|(_, strike)| strike.column.stalls());
    let busy = stream::iter(busy).map(run).buffer_unordered(AT_ONCE);
    let waiting = stream::iter(waiting).map(run).buffer_unordered(WAITING);
    let mut results = std::pin::pin!(stream::select(busy, waiting));
    let mut table = Table::new(operations.iter().map(|operation| operation.name()));
    let mut failed = Vec::new();
    while let Some((row, strike, outcome)) = results.next().await {
        match outcome {
            Ok(outcome) => table.note(row, &strike, outcome),
            Err(_) => failed.push(strike),
        }
    }
    assert!(failed.is_empty(), "what broke a promise: {failed:#?}");
    match only {
        None => table.compare(),
        Some(_) => studio_testkit::say(&table.to_string()),
    }
}

/// Each fault at each request that the operation makes on a calm day.
async fn strikes_of(operation: &dyn Operation, seed: u64) -> Vec<Strike<'_>> {
    let takes = Arc::new(Takes::new(seed, operation.size()));
    let calm = count_requests(operation, &takes).await;
    let lasting: &[Lasting] = match operation.passing_only() {
        true => &[Lasting::Once],
        false => &[Lasting::Once, Lasting::Forever],
    };
    let mut strikes = Vec::new();
    for (index, column) in COLUMNS.into_iter().enumerate() {
        for &lasting in lasting {
            strikes.extend((0..calm).map(|step| {
                let takes = Arc::clone(&takes);
                Strike { operation, column, index, lasting, step, calm, seed, takes }
            }));
        }
    }
    strikes
}

/// Runs one to its end, even if that is a panic.
async fn run(
    (row, strike): (usize, Strike<'_>),
) -> (usize, Strike<'_>, std::thread::Result<Option<Outcome>>) {
    let outcome = AssertUnwindSafe(strike.run()).catch_unwind().await;
    (row, strike, outcome)
}
