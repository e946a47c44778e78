//! Many at once: nothing is lost, nothing is mixed.

use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;
use futures_util::future::{join_all, try_join, try_join_all};
use studio_blob::Error as StoreError;

use super::Scenario;
use super::bench::{Bench, Fault, Op, equal, gone, noise, same, wrong};
use super::report::Check;

const GROUP: &str = "concurrency";

pub(super) const SCENARIOS: &[Scenario] = &[
    Scenario {
        group: GROUP,
        checks: &[
            Check::needed("many-writes-at-once", "of 32 objects written at once, all are there"),
            Check::needed("many-reads-at-once", "32 reads at once are right"),
            Check::needed("many-removals-at-once", "they can be removed at once"),
            Check::needed("one-removal-many-times", "one object can be removed by eight at once"),
            Check::needed("turns-keep-their-order", "writes and removals in turn keep their order"),
        ],
        run: |bench| Box::pin(many(bench)),
    },
    Scenario {
        group: GROUP,
        checks: &[
            Check::needed(
                "readers-see-one-state",
                "while it is replaced, readers see one whole state",
            ),
            Check::needed("readers-see-last-state", "and the last one afterwards"),
            Check::needed(
                "open-read-survives-replace",
                "a read under way is not mixed with another",
            ),
            Check::needed(
                "open-read-survives-removal",
                "a removal does not turn it into other bytes",
            ),
            Check::needed(
                "writers-leave-one-state",
                "of many that replace at once, one's bytes stay",
            ),
        ],
        run: |bench| Box::pin(readers(bench)),
    },
];

async fn many(bench: &Bench<'_>) -> Option<()> {
    let at = |n: u64| format!("many/{n}");
    let bytes = |n: u64| noise(200 + n, 1000 + n as usize);
    bench
        .check("many-writes-at-once", async {
            try_join_all((0..32).map(async |n| bench.create(&at(n), bytes(n)).await)).await?;
            equal("the number of keys listed", bench.names("many/", None).await?.len(), 32)
        })
        .await?;
    bench
        .check("many-reads-at-once", async {
            try_join_all((0..32).map(async |n| same(&bench.read(&at(n)).await?, &bytes(n))))
                .await?;
            Ok(())
        })
        .await;
    bench
        .check("many-removals-at-once", async {
            try_join_all((0..32).map(async |n| bench.delete(&at(n)).await)).await?;
            equal("the listing", bench.names("many/", None).await?, vec![])
        })
        .await;
    bench
        .check("one-removal-many-times", async {
            bench.create("many-one", "x").await?;
            try_join_all((0..8).map(|_| bench.delete("many-one"))).await?;
            gone(bench.head("many-one").await)
        })
        .await;
    bench
        .check("turns-keep-their-order", async {
            try_join_all((0..6).map(|n| turns(bench, n))).await?;
            Ok(())
        })
        .await;
    Some(())
}

/// Writes, replaces and removes one object, looking each time.
async fn turns(bench: &Bench<'_>, n: u64) -> Op<()> {
    let at = format!("turns/{n}");
    for turn in 0..3 {
        let bytes = noise(n, 300 + turn);
        bench.create(&at, bytes.clone()).await?;
        same(&bench.read(&at).await?, &bytes)?;
        bench.replace(&at, "replaced").await?;
        same(&bench.read(&at).await?, b"replaced")?;
        bench.delete(&at).await?;
        gone(bench.head(&at).await)?;
    }
    Ok(())
}

const AT: &str = "readers/object";

async fn readers(bench: &Bench<'_>) -> Option<()> {
    let states = [noise(300, 150_000), noise(301, 90_000)];
    bench.check("readers-see-one-state", replace_under_readers(bench, &states)).await?;
    bench.check("readers-see-last-state", async { same(&bench.read(AT).await?, &states[1]) }).await;
    bench.check("open-read-survives-replace", open_read(bench, "readers/open", false)).await;
    bench.check("open-read-survives-removal", open_read(bench, "readers/removed", true)).await;
    bench
        .check("writers-leave-one-state", async {
            let tries = (0..8).map(|n| bench.replace("readers/last", noise(400 + n, 30_000)));
            // Some servers let writers of one object at once wait, some send them away.
            for result in join_all(tries).await {
                match result {
                    Ok(()) | Err(Fault::Store(StoreError::Contended { .. })) => {}
                    Err(fault) => return Err(fault),
                }
            }
            let found = bench.read("readers/last").await?;
            match (0..8).any(|n| noise(400 + n, 30_000) == found) {
                true => Ok(()),
                false => wrong("the object has the bytes of none of them"),
            }
        })
        .await;
    Some(())
}

/// One writer changes between two states; readers see one or the other. The second stays.
async fn replace_under_readers(bench: &Bench<'_>, states: &[Bytes; 2]) -> Op<()> {
    bench.create(AT, states[0].clone()).await?;
    let done = AtomicBool::new(false);
    let write = async {
        for n in 1..12 {
            let written = bench.replace(AT, states[n % 2].clone()).await;
            if written.is_err() || n == 11 {
                done.store(true, Ordering::Relaxed);
            }
            written?;
            tokio::task::yield_now().await;
        }
        Ok(())
    };
    let read = async || {
        while !done.load(Ordering::Relaxed) {
            let found = bench.read(AT).await?;
            if !states.contains(&found) {
                let count = found.len();
                return wrong(format!("{count} bytes came that are neither state"));
            }
            tokio::task::yield_now().await;
        }
        Ok(())
    };
    try_join(write, try_join_all((0..4).map(|_| read()))).await?;
    Ok(())
}

/// A read goes on while its object is replaced or removed. It ends with what it began
/// with, with what came after, or with an error.
async fn open_read(bench: &Bench<'_>, at: &str, remove: bool) -> Op<()> {
    let (old, new) = (noise(302, 1 << 20), noise(303, 1 << 20));
    bench.create(at, old.clone()).await?;
    let body = bench.open(at, None, None).await?;
    match remove {
        true => bench.delete(at).await?,
        false => bench.replace(at, new.clone()).await?,
    }
    match bench.drain(body).await {
        Ok(read) if read.bytes == old || (!remove && read.bytes == new) => Ok(()),
        Ok(read) => wrong(format!("{} bytes came that are neither state", read.bytes.len())),
        Err(Fault::Store(StoreError::Interrupted { .. } | StoreError::Changed { .. })) => Ok(()),
        Err(fault) => Err(fault),
    }
}
