//! Listings are complete, current, and can be gone through page by page.

use std::collections::BTreeSet;

use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};

use super::bench::{Bench, Op, equal, wrong};
use super::report::Check;
use super::{Scenario, capability};

const GROUP: &str = "listing";

pub(super) const SCENARIOS: &[Scenario] = &[
    Scenario {
        group: GROUP,
        checks: &[
            Check::needed("list-nothing", "where nothing is, nothing is listed"),
            Check::needed("list-all", "all of forty objects are listed at once, each once"),
            Check::needed("list-sizes", "each with its size"),
            Check::needed("list-again", "twice in the same order"),
            Check::degrades("list-in-order", "in the order of their keys", &capability::KEY_ORDER),
            Check::needed("list-directory", "those of a directory can be listed alone"),
            Check::needed("list-half-a-name", "so can those whose names begin alike"),
            Check::needed("list-one", "so can one by its key"),
            Check::needed("list-no-neighbours", "none with a like prefix is among them"),
            Check::needed("list-after-each", "a listing goes on behind every key"),
            Check::needed("list-after-last", "nothing comes behind the last"),
            Check::needed("list-after-in-directory", "a directory's listing goes on, too"),
            Check::degrades(
                "list-after-removed",
                "it goes on behind a key that is gone",
                &capability::KEY_ORDER,
            ),
            Check::needed("list-without-removed", "what was removed is not listed, at once"),
            Check::needed("list-replaced-size", "a new size is listed at once"),
        ],
        run: |bench| Box::pin(list(bench)),
    },
    Scenario {
        group: GROUP,
        checks: &[
            Check::needed(
                "list-while-writing",
                "what is there all the time is listed while others come and go",
            ),
            Check::nice("list-tells-state", "a listing names the same state as HEAD"),
        ],
        run: |bench| Box::pin(list_while_writing(bench)),
    },
];

/// Forty keys in four directories, and their sizes.
fn forty() -> Vec<(String, usize)> {
    let in_directory = |n: usize| match n % 4 {
        0 => format!("list/a/{n:02}"),
        1 => format!("list/a-b/{n:02}"),
        2 => format!("list/ab/{n:02}.wav"),
        _ => format!("list/z{n:02}"),
    };
    (0..40).map(|n| (in_directory(n), n + 1)).collect()
}

async fn list(bench: &Bench<'_>) -> Option<()> {
    let objects = forty();
    bench
        .check("list-nothing", async {
            equal("the listing", bench.names("list/", None).await?, vec![])
        })
        .await;
    let all = bench.check("list-all", async {
        let writes = stream::iter(objects.clone())
            .map(async |(at, size)| bench.create(&at, vec![7; size]).await);
        writes.buffer_unordered(8).try_collect::<()>().await?;
        let all = bench.names("list/", None).await?;
        let found: BTreeSet<&String> = all.iter().collect();
        let expected: BTreeSet<&String> = objects.iter().map(|(at, _)| at).collect();
        equal("the number of keys listed", all.len(), objects.len())?;
        equal("the keys listed", found, expected)?;
        Ok(all)
    });
    let all = all.await?;
    bench
        .check("list-sizes", async {
            for info in bench.list("list/", None).await? {
                let name = bench.name(&info.key);
                let size = objects.iter().find(|(at, _)| *at == name).map(|(_, size)| *size);
                equal(&format!("the size of {name}"), Some(info.size), size.map(|s| s as u64))?;
            }
            Ok(())
        })
        .await;
    bench
        .check("list-again", async {
            equal("the second listing", bench.names("list/", None).await?, all.clone())
        })
        .await;
    bench.check("list-in-order", async { equal("the order", all.is_sorted(), true) }).await;
    by_prefix(bench, &all).await;
    behind(bench, &all).await;
    changes(bench).await;
    Some(())
}

async fn by_prefix(bench: &Bench<'_>, all: &[String]) {
    for (name, prefix) in [
        ("list-directory", "list/a-b/"),
        ("list-half-a-name", "list/z0"),
        ("list-one", "list/a/04"),
        ("list-no-neighbours", "list/a/"),
    ] {
        let wanted: Vec<String> = all.iter().filter(|at| at.starts_with(prefix)).cloned().collect();
        bench
            .check(name, async { equal("the listing", bench.names(prefix, None).await?, wanted) })
            .await;
    }
}

async fn behind(bench: &Bench<'_>, all: &[String]) {
    bench.check("list-after-each", goes_on(bench, "list/", all)).await;
    bench
        .check("list-after-last", async {
            let last = all.last().map(String::as_str);
            equal("the listing", bench.names("list/", last).await?, vec![])
        })
        .await;
    let directory: Vec<String> =
        all.iter().filter(|at| at.starts_with("list/ab/")).cloned().collect();
    bench.check("list-after-in-directory", goes_on(bench, "list/ab/", &directory)).await;
}

/// Behind every third of the keys, the rest is listed.
async fn goes_on(bench: &Bench<'_>, prefix: &str, all: &[String]) -> Op<()> {
    for (n, after) in all.iter().enumerate().step_by(3) {
        let rest = bench.names(prefix, Some(after)).await?;
        if rest != all[n + 1..] {
            return wrong(format!("behind {after}, {rest:?} are listed"));
        }
    }
    Ok(())
}

async fn changes(bench: &Bench<'_>) {
    bench
        .check("list-without-removed", async {
            bench.delete("list/a/08").await?;
            let listed = bench.names("list/a/", None).await?;
            equal("whether it is listed", listed.contains(&"list/a/08".to_owned()), false)?;
            equal("the number of keys listed", listed.len(), 9)
        })
        .await;
    bench
        .check("list-after-removed", async {
            let rest = bench.names("list/a/", Some("list/a/08")).await?;
            let expected = (12..40).step_by(4).map(|n| format!("list/a/{n:02}")).collect();
            equal("the listing", rest, expected)
        })
        .await;
    bench
        .check("list-replaced-size", async {
            bench.replace("list/a/04", vec![7; 1234]).await?;
            let listed = bench.list("list/a/04", None).await?;
            let sizes: Vec<u64> = listed.iter().map(|info| info.size).collect();
            equal("the sizes listed", sizes, vec![1234])
        })
        .await;
}

async fn list_while_writing(bench: &Bench<'_>) -> Option<()> {
    bench
        .check("list-while-writing", async {
            let staying: Vec<String> = (0..5).map(|n| format!("list-live/stays-{n}")).collect();
            for at in &staying {
                bench.create(at, "stays").await?;
            }
            let come_and_go = async {
                for n in 0..10 {
                    let at = format!("list-live/passes-{n}");
                    bench.create(&at, "passes").await?;
                    bench.delete(&at).await?;
                }
                Op::Ok(())
            };
            let watch = async {
                for _ in 0..10 {
                    let listed = bench.names("list-live/stays", None).await?;
                    equal("the listing", &listed, &staying)?;
                    tokio::task::yield_now().await;
                }
                Op::Ok(())
            };
            futures_util::future::try_join(come_and_go, watch).await?;
            Ok(())
        })
        .await?;
    bench
        .check("list-tells-state", async {
            let listed = bench.list("list-live/stays-0", None).await?;
            let listed = listed.into_iter().next().and_then(|info| info.etag);
            equal("the ETag", listed, bench.head("list-live/stays-0").await?.etag)
        })
        .await;
    Some(())
}
