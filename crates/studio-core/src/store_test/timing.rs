//! How fast a store is, for information.

use std::time::{Duration, Instant};

use super::bench::{Bench, Op, noise};
use super::report::Timing;

/// How many small writes and reads are measured.
const SMALL: usize = 5;
/// How many bytes the large ones have.
const LARGE: usize = 2 << 20;

/// Measures small and large transfers, one at a time.
pub(super) async fn measure(bench: &Bench<'_>) -> Op<Timing> {
    let mut puts = Vec::with_capacity(SMALL);
    let mut gets = Vec::with_capacity(SMALL);
    for n in 0..SMALL {
        let (at, bytes) = (format!("timing/{n}"), noise(n as u64, 1024));
        puts.push(timed(bench.create(&at, bytes)).await?.1);
        gets.push(timed(bench.read(&at)).await?.1);
    }
    let (_, put) = timed(bench.create("timing/large", noise(6, LARGE))).await?;
    let (_, get) = timed(bench.read("timing/large")).await?;
    Ok(Timing {
        small_put: median(puts),
        small_get: median(gets),
        put_rate: rate(put),
        get_rate: rate(get),
    })
}

async fn timed<T>(work: impl Future<Output = Op<T>>) -> Op<(T, Duration)> {
    let began = Instant::now();
    let value = work.await?;
    Ok((value, began.elapsed()))
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

/// Bytes per second of a large one.
fn rate(time: Duration) -> u64 {
    let micros = time.as_micros().max(1) as u64;
    LARGE as u64 * 1_000_000 / micros
}
