//! Writes that must find nothing, reads that must find the same.

use futures_util::future::join_all;
use studio_blob::{ETag, Error as StoreError, WriteMode, crc64nvme};

use super::bench::{Bench, Fault, Op, as_present, equal, gone, noise, refused, same, wrong};
use super::report::Check;
use super::{Scenario, capability};

const GROUP: &str = "conditions";

/// How many writers want to be the one that makes an object.
const WRITERS: u64 = 12;
/// How often they try: a server that looks first and writes then is not always found out.
const ROUNDS: usize = 4;

pub(super) const SCENARIOS: &[Scenario] = &[
    Scenario {
        group: GROUP,
        checks: &[
            Check::needed("create-where-nothing-is", "a write that must find nothing goes through"),
            Check::degrades(
                "create-over-object-refused",
                "it is refused where an object is",
                &capability::CREATE_ONCE,
            ),
            Check::degrades(
                "create-refused-keeps-object",
                "the object stays as it was",
                &capability::CREATE_ONCE,
            ),
            Check::needed(
                "lost-answer-can-be-told",
                "a writer that is refused after a lost answer can see that the object is its own",
            ),
            Check::degrades(
                "create-over-empty-refused",
                "an object without a byte is an object too",
                &capability::CREATE_ONCE,
            ),
            Check::needed("create-after-removal", "it goes through once the object is gone"),
        ],
        run: |bench| Box::pin(create(bench)),
    },
    Scenario {
        group: GROUP,
        checks: &[
            Check::needed("contested-object-whole", "of writers at once, one's bytes are there"),
            Check::degrades(
                "contested-object-one-winner",
                "exactly one of them is told that it wrote",
                &capability::CREATE_ONCE,
            ),
            Check::degrades(
                "contested-object-is-the-winners",
                "the bytes are that one's",
                &capability::CREATE_ONCE,
            ),
        ],
        run: |bench| Box::pin(contest(bench)),
    },
    Scenario {
        group: GROUP,
        checks: &[
            Check::degrades(
                "complete-over-object-refused",
                "an upload in parts is refused where an object came first",
                &capability::COMPLETE_ONCE,
            ),
            Check::degrades(
                "complete-refused-keeps-object",
                "the object stays as it was",
                &capability::COMPLETE_ONCE,
            ),
        ],
        run: |bench| Box::pin(complete_late(bench)),
    },
    Scenario {
        group: GROUP,
        checks: &[
            Check::needed("contested-parts-whole", "of uploads in parts at once, one's is there"),
            Check::degrades(
                "contested-parts-one-winner",
                "exactly one of them is told that it wrote",
                &capability::COMPLETE_ONCE,
            ),
        ],
        run: |bench| Box::pin(contest_in_parts(bench)),
    },
    Scenario {
        group: GROUP,
        checks: &[
            Check::degrades(
                "if-match-same-state",
                "an object is read in the state that was seen",
                &capability::ONE_STATE,
            ),
            Check::degrades(
                "if-match-range-of-same-state",
                "so is a range of it",
                &capability::ONE_STATE,
            ),
            Check::degrades(
                "if-match-unknown-state-refused",
                "a state that never was is refused",
                &capability::ONE_STATE,
            ),
            Check::degrades(
                "if-match-replaced-refused",
                "the state before a replacement is refused",
                &capability::ONE_STATE,
            ),
            Check::degrades(
                "if-match-replaced-range-refused",
                "so is a range of it",
                &capability::ONE_STATE,
            ),
            Check::degrades(
                "if-match-new-state",
                "the state behind it is read",
                &capability::ONE_STATE,
            ),
            Check::nice("if-match-removed-refused", "an object that is gone has no state"),
        ],
        run: |bench| Box::pin(one_state(bench)),
    },
];

async fn create(bench: &Bench<'_>) -> Option<()> {
    let at = "conditions/created";
    bench.check("create-where-nothing-is", bench.create(at, "first")).await?;
    let refusal = bench.check("create-over-object-refused", async {
        refused(bench.create(at, "second").await, "a second creation", as_present)
    });
    if refusal.await.is_some() {
        bench
            .check("create-refused-keeps-object", async { same(&bench.read(at).await?, b"first") })
            .await;
    } else {
        let why = Fault::Idle("nothing was refused");
        bench.check::<()>("create-refused-keeps-object", async { Err(why) }).await;
    }
    bench
        .check("lost-answer-can-be-told", async {
            let at = "conditions/answer-lost";
            bench.create(at, "mine").await?;
            match bench.create(at, "mine").await {
                Ok(()) => {}
                Err(Fault::Store(error)) if as_present(&error) => {}
                Err(fault) => return Err(fault),
            }
            let head = bench.head(at).await?;
            equal("the size", head.size, 4)?;
            same(&bench.read_part(at, None, head.etag).await?.bytes, b"mine")
        })
        .await;
    bench
        .check("create-over-empty-refused", async {
            bench.create("conditions/empty", "").await?;
            let second = bench.create("conditions/empty", "second").await;
            refused(second, "a second creation", as_present)
        })
        .await;
    bench
        .check("create-after-removal", async {
            bench.delete(at).await?;
            gone(bench.head(at).await)?;
            bench.create(at, "third").await
        })
        .await;
    Some(())
}

/// Who of `results` wrote. Whoever did not was told that somebody else had, or why not.
fn winners(results: Vec<Op<()>>) -> Op<Vec<usize>> {
    let mut winners = Vec::new();
    for (n, result) in results.into_iter().enumerate() {
        match result {
            Ok(()) => winners.push(n),
            Err(Fault::Store(error)) if as_present(&error) => {}
            Err(fault) => return Err(fault),
        }
    }
    Ok(winners)
}

async fn contest(bench: &Bench<'_>) -> Option<()> {
    let bytes = |n: u64| noise(100 + n, 20_000);
    let found = bench.check("contested-object-whole", async {
        let mut rounds = Vec::new();
        for round in 0..ROUNDS {
            let at = format!("conditions/contested-{round}");
            let tries = (0..WRITERS).map(async |n| bench.create(&at, bytes(n)).await);
            let winners = winners(join_all(tries).await)?;
            let found = bench.read(&at).await?;
            match (0..WRITERS).position(|n| bytes(n) == found) {
                Some(whose) => rounds.push((winners, whose)),
                None => return wrong("the object has the bytes of none of them"),
            }
        }
        Ok(rounds)
    });
    let rounds = found.await?;
    bench
        .check("contested-object-one-winner", async {
            one_each(rounds.iter().map(|(winners, _)| winners.len()))
        })
        .await?;
    bench
        .check("contested-object-is-the-winners", async {
            for (winners, whose) in &rounds {
                equal("the winner", Some(whose), winners.first())?;
            }
            Ok(())
        })
        .await;
    Some(())
}

/// In every round one was told that it wrote.
fn one_each(winners: impl Iterator<Item = usize>) -> Op<()> {
    equal("the number of those told that they wrote, by round", winners.collect(), vec![1; ROUNDS])
}

async fn complete_late(bench: &Bench<'_>) -> Option<()> {
    let at = "conditions/late";
    bench
        .check("complete-over-object-refused", async {
            let upload = bench.begin(at, 4).await?;
            let receipt = bench.part(&upload, 1, "late").await?;
            bench.create(at, "first").await?;
            let crc = crc64nvme(b"late");
            let done = bench.complete(&upload, &[receipt], crc, WriteMode::CreateNew).await;
            refused(done, "the upload", as_present)?;
            bench.abort(&upload).await
        })
        .await?;
    bench
        .check("complete-refused-keeps-object", async { same(&bench.read(at).await?, b"first") })
        .await;
    Some(())
}

async fn contest_in_parts(bench: &Bench<'_>) -> Option<()> {
    let texts = ["one writer", "another writer", "a third writer", "a fourth writer"];
    let winners = bench.check("contested-parts-whole", async {
        let mut rounds = Vec::new();
        for round in 0..ROUNDS {
            let at = format!("conditions/contested-parts-{round}");
            let send = async |text| bench.send_one(&at, text, WriteMode::CreateNew).await;
            rounds.push(winners(join_all(texts.map(send)).await)?.len());
            let found = bench.read(&at).await?;
            if !texts.iter().any(|text| text.as_bytes() == found) {
                return wrong("the object has the bytes of none of them");
            }
        }
        Ok(rounds)
    });
    let rounds = winners.await?;
    bench.check("contested-parts-one-winner", async { one_each(rounds.into_iter()) }).await;
    Some(())
}

fn as_changed(error: &StoreError) -> bool {
    matches!(error, StoreError::Changed { .. })
}

async fn one_state(bench: &Bench<'_>) -> Option<()> {
    let at = "conditions/state";
    let old = bench.check("if-match-same-state", async {
        bench.create(at, "the first state").await?;
        let etag = bench.head(at).await?.etag;
        if etag.is_none() {
            return wrong("the object's state has no name");
        }
        same(&bench.read_part(at, None, etag.clone()).await?.bytes, b"the first state")?;
        Ok(etag)
    });
    let old = old.await?;
    bench
        .check("if-match-range-of-same-state", async {
            same(&bench.read_part(at, Some(4..9), old.clone()).await?.bytes, b"first")
        })
        .await;
    bench
        .check("if-match-unknown-state-refused", async {
            let unknown = ETag("\"0123456789abcdef0123456789abcdef\"".to_owned());
            refused(bench.read_part(at, None, Some(unknown)).await, "the state", as_changed)
        })
        .await;
    bench
        .check("if-match-replaced-refused", async {
            bench.replace(at, "the other state").await?;
            refused(bench.read_part(at, None, old.clone()).await, "the state", as_changed)
        })
        .await;
    bench
        .check("if-match-replaced-range-refused", async {
            refused(bench.read_part(at, Some(4..9), old.clone()).await, "the state", as_changed)
        })
        .await;
    bench
        .check("if-match-new-state", async {
            let new = bench.head(at).await?.etag;
            same(&bench.read_part(at, Some(4..9), new).await?.bytes, b"other")
        })
        .await;
    bench
        .check("if-match-removed-refused", async {
            let etag = bench.head(at).await?.etag;
            bench.delete(at).await?;
            refused(bench.read_part(at, None, etag).await, "the state", |error| {
                matches!(error, StoreError::Changed { .. } | StoreError::NotFound { .. })
            })
        })
        .await;
    Some(())
}
