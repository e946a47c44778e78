//! Ranges give their bytes and no others.

use std::ops::Range;

use bytes::Bytes;
use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};
use studio_blob::Error as StoreError;

use super::bench::{Bench, Op, equal, noise, refused, same};
use super::report::Check;
use super::{Scenario, capability};

const GROUP: &str = "ranges";

/// How large the object is that ranges are cut from.
const SIZE: u64 = 1_000_003;

pub(super) const SCENARIOS: &[Scenario] = &[
    Scenario {
        group: GROUP,
        checks: &[
            Check::needed("range-first-byte", "the first byte alone can be read"),
            Check::needed("range-last-byte", "the last byte alone can be read"),
            Check::needed("range-middle", "bytes from the middle can be read"),
            Check::needed("range-beginning", "the first half can be read"),
            Check::needed("range-rest", "all from a byte to the end can be read"),
            Check::needed("range-whole", "a range can be the whole object"),
            Check::needed("range-cut-at-end", "a range that goes beyond the end stops there"),
            Check::needed("range-open-end", "so does one that goes far beyond"),
            Check::needed("range-odd-offsets", "twenty ranges at odd places are right"),
            Check::needed("range-around-64-kib", "ranges across 64 KiB are right"),
            Check::needed("ranges-join", "ranges read at once join to the object"),
            Check::needed("range-tells-whole-size", "a range tells the size of the whole"),
            Check::degrades(
                "range-tells-state",
                "a range names the same state as HEAD",
                &capability::ONE_STATE,
            ),
            Check::needed("range-at-end-refused", "a range that begins at the end is refused"),
            Check::needed("range-beyond-end-refused", "so is one that begins behind it"),
            Check::needed("range-without-bytes-refused", "so is one without a byte"),
            Check::needed("range-after-replace", "a range of a replaced object is of the new one"),
        ],
        run: |bench| Box::pin(cut(bench)),
    },
    Scenario {
        group: GROUP,
        checks: &[
            Check::needed("range-of-one-byte", "the only byte is a range"),
            Check::nice("range-of-empty-refused", "an object without a byte has no range"),
        ],
        run: |bench| Box::pin(tiny(bench)),
    },
];

const AT: &str = "ranges/object";

async fn cut(bench: &Bench<'_>) -> Option<()> {
    let bytes = noise(6, SIZE as usize);
    let half = SIZE / 2;
    let simple = [
        ("range-first-byte", 0..1),
        ("range-last-byte", SIZE - 1..SIZE),
        ("range-middle", half..half + 1000),
        ("range-beginning", 0..half),
        ("range-rest", half..SIZE),
        ("range-whole", 0..SIZE),
        ("range-cut-at-end", SIZE - 10..SIZE + 10),
        ("range-open-end", half..SIZE + (1 << 40)),
    ];
    let mut written = Some(bench.create(AT, bytes.clone()).await);
    for (name, range) in simple {
        let written = written.take().unwrap_or(Ok(()));
        let lost = written.is_err();
        let asked = async {
            written?;
            right(bench, &bytes, range).await
        };
        bench.check(name, asked).await;
        if lost {
            // There is no object to cut from.
            return None;
        }
    }
    bench
        .check("range-odd-offsets", async {
            let odd = (1..=20).map(|n| n * 49_957 % SIZE..(n * 49_957 % SIZE + n * 997).min(SIZE));
            all_right(bench, &bytes, odd).await
        })
        .await;
    bench
        .check("range-around-64-kib", async {
            let edges = [65_535..65_536, 65_536..65_537, 65_535..65_537, 65_000..197_000];
            all_right(bench, &bytes, edges).await
        })
        .await;
    bench.check("ranges-join", join(bench, &bytes)).await;
    told_with_a_range(bench).await;
    refusals(bench).await;
    bench
        .check("range-after-replace", async {
            let other = noise(7, SIZE as usize);
            bench.replace(AT, other.clone()).await?;
            right(bench, &other, half..half + 1000).await
        })
        .await;
    Some(())
}

async fn told_with_a_range(bench: &Bench<'_>) {
    bench
        .check("range-tells-whole-size", async {
            equal("the size", bench.read_range(AT, 5..6).await?.info.size, SIZE)
        })
        .await;
    bench
        .check("range-tells-state", async {
            let range = bench.read_range(AT, 5..6).await?.info;
            equal("the ETag", range.etag, bench.head(AT).await?.etag)
        })
        .await;
}

async fn refusals(bench: &Bench<'_>) {
    for (name, range) in [
        ("range-at-end-refused", SIZE..SIZE + 1),
        ("range-beyond-end-refused", SIZE + 1000..SIZE + 2000),
        ("range-without-bytes-refused", 5..5),
    ] {
        bench.check(name, no_range(bench, AT, range)).await;
    }
}

async fn tiny(bench: &Bench<'_>) -> Option<()> {
    bench
        .check("range-of-one-byte", async {
            bench.create("ranges/one", "x").await?;
            same(&bench.read_range("ranges/one", 0..1).await?.bytes, b"x")
        })
        .await;
    bench
        .check("range-of-empty-refused", async {
            bench.create("ranges/empty", "").await?;
            no_range(bench, "ranges/empty", 0..1).await
        })
        .await;
    Some(())
}

async fn no_range(bench: &Bench<'_>, at: &str, range: Range<u64>) -> Op<()> {
    let read = bench.read_range(at, range).await;
    refused(read, "the range", |error| matches!(error, StoreError::RangeNotSatisfiable { .. }))
}

/// A range of the object is what it should be.
async fn right(bench: &Bench<'_>, whole: &[u8], range: Range<u64>) -> Op<()> {
    let given = range.start..range.end.min(SIZE);
    let read = bench.read_range(AT, range).await?;
    equal("the range", read.range, given.clone())?;
    same(&read.bytes, &whole[given.start as usize..given.end as usize])
}

async fn all_right(
    bench: &Bench<'_>,
    whole: &[u8],
    ranges: impl IntoIterator<Item = Range<u64>>,
) -> Op<()> {
    for range in ranges {
        right(bench, whole, range).await?;
    }
    Ok(())
}

/// Reads all of the object in ranges, several at once.
async fn join(bench: &Bench<'_>, whole: &Bytes) -> Op<()> {
    const STEP: u64 = 70_001;
    let ranges = (0..SIZE).step_by(STEP as usize).map(|start| start..SIZE.min(start + STEP));
    let parts: Vec<Bytes> = stream::iter(ranges)
        .map(|range| async move { Op::Ok(bench.read_range(AT, range).await?.bytes) })
        .buffered(8)
        .try_collect()
        .await?;
    same(&parts.concat(), whole)
}
