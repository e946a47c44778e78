//! What was written is there at once; what was removed is gone at once.

use super::bench::{Bench, equal, gone, same};
use super::report::Check;
use super::{Scenario, capability};

const GROUP: &str = "consistency";

pub(super) const SCENARIOS: &[Scenario] = &[
    Scenario {
        group: GROUP,
        checks: &[
            Check::needed("missing-object-get", "reading an object that is not there says so"),
            Check::needed("missing-object-head", "asking about one that is not there says so"),
            Check::needed("create-object", "an object can be written"),
            Check::needed("read-after-write", "it is read at once, though it was missed before"),
            Check::needed("head-after-write", "its size is told at once"),
            Check::needed("read-again", "it is read again as it was"),
            Check::needed("head-agrees-with-get", "HEAD and GET tell the same size"),
            Check::degrades("etag-told", "the object's state has a name", &capability::ONE_STATE),
            Check::degrades(
                "etag-stays",
                "an object that is not touched keeps its state's name",
                &capability::ONE_STATE,
            ),
        ],
        run: |bench| Box::pin(write(bench)),
    },
    Scenario {
        group: GROUP,
        checks: &[
            Check::needed("replace-object", "an object can be replaced"),
            Check::needed("replace-visible-at-once", "the new bytes are read at once"),
            Check::needed("replace-size-at-once", "the new size is told at once"),
            Check::degrades(
                "etag-changes-on-replace",
                "another state has another name",
                &capability::ONE_STATE,
            ),
            Check::needed("replace-by-shorter", "nothing of a longer object is left behind"),
            Check::needed("replace-many-times", "each of ten replacements is read at once"),
            Check::needed("replace-makes-new", "replacing what is not there writes it"),
        ],
        run: |bench| Box::pin(replace(bench)),
    },
    Scenario {
        group: GROUP,
        checks: &[
            Check::needed("delete-object", "an object can be removed"),
            Check::needed("delete-visible-to-get", "it is not read any more, at once"),
            Check::needed("delete-visible-to-head", "it is not told of any more, at once"),
            Check::needed("delete-again", "removing what is gone is no error"),
            Check::needed("delete-leaves-neighbours", "an object with a like name stays"),
            Check::needed("create-after-delete", "what was removed can be written anew"),
        ],
        run: |bench| Box::pin(remove(bench)),
    },
    Scenario {
        group: GROUP,
        checks: &[
            Check::needed("directory-is-no-object", "what keys begin with is no object itself"),
            Check::needed("nothing-below-an-object", "an object has no objects below it"),
            Check::needed("key-is-no-prefix", "the beginning of a key finds nothing"),
        ],
        run: |bench| Box::pin(no_object(bench)),
    },
];

async fn write(bench: &Bench<'_>) -> Option<()> {
    let at = "consistency/written";
    bench.check("missing-object-get", async { gone(bench.read(at).await) }).await;
    bench.check("missing-object-head", async { gone(bench.head(at).await) }).await;
    bench.check("create-object", bench.create(at, "written once")).await?;
    bench
        .check("read-after-write", async { same(&bench.read(at).await?, b"written once") })
        .await?;
    let head = bench.check("head-after-write", async {
        let head = bench.head(at).await?;
        equal("the size", head.size, 12)?;
        Ok(head)
    });
    let head = head.await?;
    bench.check("read-again", async { same(&bench.read(at).await?, b"written once") }).await;
    let got = bench.check("head-agrees-with-get", async {
        let got = bench.read_part(at, None, None).await?.info;
        equal("the size", got.size, head.size)?;
        Ok(got)
    });
    let got = got.await?;
    bench
        .check("etag-told", async { equal("the ETag's presence", head.etag.is_some(), true) })
        .await?;
    bench
        .check("etag-stays", async {
            equal("the ETag of GET", &got.etag, &head.etag)?;
            equal("the ETag of a second HEAD", bench.head(at).await?.etag, head.etag)
        })
        .await;
    Some(())
}

async fn replace(bench: &Bench<'_>) -> Option<()> {
    let at = "consistency/replaced";
    let first = bench.check("replace-object", async {
        bench.create(at, "the first bytes, which are longer").await?;
        // Read, so that a cache has something to be wrong about.
        bench.read(at).await?;
        let head = bench.head(at).await?;
        bench.replace(at, "the second bytes").await?;
        Ok(head)
    });
    let first = first.await?;
    bench
        .check("replace-visible-at-once", async {
            same(&bench.read(at).await?, b"the second bytes")
        })
        .await;
    let second = bench.check("replace-size-at-once", async {
        let head = bench.head(at).await?;
        equal("the size", head.size, 16)?;
        Ok(head)
    });
    let second = second.await?;
    bench
        .check("etag-changes-on-replace", async {
            let changed = second.etag.is_none() || first.etag != second.etag;
            equal("a change of the ETag", changed, true)
        })
        .await;
    bench
        .check("replace-by-shorter", async {
            bench.replace(at, "s").await?;
            same(&bench.read(at).await?, b"s")
        })
        .await;
    bench
        .check("replace-many-times", async {
            for n in 0..10 {
                let text = format!("replaced {n} times");
                bench.replace(at, text.clone()).await?;
                same(&bench.read(at).await?, text.as_bytes())?;
            }
            Ok(())
        })
        .await;
    bench
        .check("replace-makes-new", async {
            bench.replace("consistency/new", "new").await?;
            same(&bench.read("consistency/new").await?, b"new")
        })
        .await;
    Some(())
}

async fn remove(bench: &Bench<'_>) -> Option<()> {
    let (at, neighbour) = ("consistency/removed", "consistency/removed-not");
    bench
        .check("delete-object", async {
            bench.create(at, "to go").await?;
            bench.create(neighbour, "to stay").await?;
            bench.read(at).await?;
            bench.delete(at).await
        })
        .await?;
    bench.check("delete-visible-to-get", async { gone(bench.read(at).await) }).await;
    bench.check("delete-visible-to-head", async { gone(bench.head(at).await) }).await;
    bench.check("delete-again", bench.delete(at)).await;
    bench
        .check("delete-leaves-neighbours", async {
            same(&bench.read(neighbour).await?, b"to stay")
        })
        .await;
    bench
        .check("create-after-delete", async {
            bench.create(at, "back again").await?;
            same(&bench.read(at).await?, b"back again")
        })
        .await;
    Some(())
}

async fn no_object(bench: &Bench<'_>) -> Option<()> {
    bench
        .check("directory-is-no-object", async {
            bench.create("consistency/directory/object", "x").await?;
            gone(bench.head("consistency/directory").await)?;
            gone(bench.read("consistency/directory").await)
        })
        .await?;
    bench
        .check("nothing-below-an-object", async {
            gone(bench.head("consistency/directory/object/below").await)?;
            gone(bench.read("consistency/directory/object/below").await)
        })
        .await;
    bench
        .check("key-is-no-prefix", async {
            gone(bench.head("consistency/directory/obj").await)?;
            gone(bench.read("consistency/directory/obj").await)
        })
        .await;
    Some(())
}
