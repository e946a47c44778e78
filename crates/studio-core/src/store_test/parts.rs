//! Objects that come in parts.

use bytes::Bytes;
use futures_util::future::try_join_all;
use studio_blob::{MultipartUpload, PartReceipt, WriteMode, combine, crc64nvme};
use studio_domain::Crc64Nvme;

use super::bench::{Bench, Fault, Op, PART, equal, gone, same};
use super::report::Check;
use super::{Scenario, capability};

const GROUP: &str = "parts";

pub(super) const SCENARIOS: &[Scenario] = &[
    Scenario {
        group: GROUP,
        checks: &[
            Check::needed("begin-parts", "an upload in parts can be begun"),
            Check::needed("parts-out-of-order", "parts can come last one first"),
            Check::needed("parts-at-once", "parts can come at the same time"),
            Check::needed(
                "part-sent-again",
                "a part that comes again takes the place of the first",
            ),
            Check::needed("unfinished-not-readable", "an unfinished upload cannot be read"),
            Check::needed("unfinished-not-listed", "it is not listed"),
            Check::needed("complete-parts", "parts make an object"),
            Check::needed("parts-size-at-once", "its size is told at once"),
            Check::needed("parts-become-the-object", "its bytes are those of the parts"),
            Check::needed("range-across-parts", "a range across two parts is right"),
            Check::needed("range-of-last-part", "the last byte, a part of its own, is right"),
            Check::needed("parts-listed-at-once", "it is listed with its size"),
            Check::degrades(
                "checksum-of-parts-told",
                "HEAD tells its CRC-64/NVME",
                &capability::CHECKSUM_TOLD,
            ),
            Check::needed("checksum-of-parts-right", "it is that of the whole"),
            Check::degrades(
                "whole-checksum-promised",
                "the store says that it compares the checksum of the whole",
                &capability::WHOLE_CHECKED,
            ),
            Check::needed("complete-again-harmless", "finishing twice leaves the object whole"),
            Check::needed("delete-of-parts", "an object that came in parts can be removed"),
        ],
        run: |bench| Box::pin(three_parts(bench)),
    },
    Scenario {
        group: GROUP,
        checks: &[
            Check::needed("one-small-part", "a single part can be small"),
            Check::needed("one-full-part", "a single part can be one of 5 MiB exactly"),
            Check::needed("parts-replace-object", "parts can replace an object"),
            Check::needed("uploads-of-one-key-apart", "two uploads of one object do not mix"),
            Check::nice("part-number-10000", "a part can have the highest number of S3"),
        ],
        run: |bench| Box::pin(small(bench)),
    },
    Scenario {
        group: GROUP,
        checks: &[
            Check::needed("abort-parts", "an upload can be given up"),
            Check::needed("abort-again", "giving it up again is no error"),
            Check::needed("abort-leaves-no-object", "nothing of it can be read"),
            Check::needed("abort-forgets-parts", "it cannot be finished any more"),
            Check::nice("abort-takes-no-parts", "it takes no more parts"),
            Check::needed("abort-leaves-object", "an object with that key stays"),
        ],
        run: |bench| Box::pin(give_up(bench)),
    },
];

const AT: &str = "parts/three";
/// The last part, shorter than the others can be.
const LAST: &[u8] = b"!";

async fn three_parts(bench: &Bench<'_>) -> Option<()> {
    let [first, second] = bench.parts();
    let last = Bytes::from_static(LAST);
    let size = 2 * PART + 1;
    let upload = bench.check("begin-parts", bench.begin(AT, size)).await?;
    let third = bench.check("parts-out-of-order", bench.part(&upload, 3, last)).await?;
    let sent = bench.check("parts-at-once", async {
        // The second one with other bytes, so that it must be sent again.
        let both = [(1, first.clone()), (2, Bytes::from_static(b"lost on the way"))];
        try_join_all(both.map(|(number, bytes)| bench.part(&upload, number, bytes))).await
    });
    let sent = sent.await?;
    let resent = bench.check("part-sent-again", bench.part(&upload, 2, second.clone())).await?;
    let receipts = [sent.first()?.clone(), resent, third];
    let whole = sum(&receipts);
    bench.check("unfinished-not-readable", async { gone(bench.head(AT).await) }).await;
    bench
        .check("unfinished-not-listed", async {
            equal("the listing", bench.names(AT, None).await?, vec![])
        })
        .await;
    bench
        .check("complete-parts", bench.complete(&upload, &receipts, whole, WriteMode::CreateNew))
        .await?;
    let expected = [&first[..], &second, LAST].concat();
    read_three(bench, &expected).await;
    checksum(bench, &upload, whole).await;
    again(bench, &upload, &receipts, &expected).await;
    Some(())
}

async fn read_three(bench: &Bench<'_>, expected: &[u8]) {
    let size = expected.len() as u64;
    bench
        .check("parts-size-at-once", async { equal("the size", bench.head(AT).await?.size, size) })
        .await;
    bench.check("parts-become-the-object", async { same(&bench.read(AT).await?, expected) }).await;
    bench
        .check("range-across-parts", async {
            let range = PART - 500..PART + 500;
            let read = bench.read_range(AT, range.start as u64..range.end as u64).await?;
            same(&read.bytes, &expected[range])
        })
        .await;
    bench
        .check("range-of-last-part", async {
            same(&bench.read_range(AT, size - 1..size).await?.bytes, LAST)
        })
        .await;
    bench
        .check("parts-listed-at-once", async {
            let listed = bench.list(AT, None).await?;
            let sizes: Vec<u64> = listed.iter().map(|info| info.size).collect();
            equal("the sizes listed", sizes, vec![size])
        })
        .await;
}

async fn checksum(bench: &Bench<'_>, upload: &MultipartUpload, whole: Crc64Nvme) {
    let told = bench.check("checksum-of-parts-told", async {
        let told = bench.head(AT).await?.crc64nvme;
        equal("whether it is told", told.is_some(), true)?;
        Ok(told)
    });
    let told = told.await.flatten();
    bench
        .check("checksum-of-parts-right", async {
            match told {
                Some(told) => equal("the checksum", told, whole),
                None => Err(Fault::Idle("the store tells none")),
            }
        })
        .await;
    bench
        .check("whole-checksum-promised", async {
            equal("whether it compares it", upload.checks_whole, true)
        })
        .await;
}

/// A client whose first answer was lost asks again.
async fn again(
    bench: &Bench<'_>,
    upload: &MultipartUpload,
    receipts: &[PartReceipt],
    expected: &[u8],
) {
    bench
        .check("complete-again-harmless", async {
            let mode = WriteMode::CreateNew;
            match bench.complete(upload, receipts, sum(receipts), mode).await {
                // It may say that it is done, that an object is there, or that there is no upload.
                Ok(()) | Err(Fault::Store(_)) => {}
                Err(fault) => return Err(fault),
            }
            same(&bench.read(AT).await?, expected)
        })
        .await;
    bench
        .check("delete-of-parts", async {
            bench.delete(AT).await?;
            gone(bench.head(AT).await)
        })
        .await;
}

/// The checksum of the parts joined.
fn sum(receipts: &[PartReceipt]) -> Crc64Nvme {
    let joined = |crc, part: &PartReceipt| combine(crc, part.crc64nvme, part.size);
    receipts.iter().fold(crc64nvme(&[]), joined)
}

async fn small(bench: &Bench<'_>) -> Option<()> {
    bench
        .check("one-small-part", async {
            bench.send_one("parts/small", "small", WriteMode::CreateNew).await?;
            same(&bench.read("parts/small").await?, b"small")
        })
        .await;
    bench
        .check("one-full-part", async {
            let [part, _] = bench.parts();
            let upload = bench.begin("parts/full", PART).await?;
            let receipt = bench.part(&upload, 1, part.clone()).await?;
            let crc = receipt.crc64nvme;
            bench.complete(&upload, &[receipt], crc, WriteMode::CreateNew).await?;
            same(&bench.read("parts/full").await?, &part)
        })
        .await;
    bench
        .check("parts-replace-object", async {
            bench.create("parts/replaced", "an object that came first, and is longer").await?;
            bench.send_one("parts/replaced", "replaced", WriteMode::Replace).await?;
            same(&bench.read("parts/replaced").await?, b"replaced")
        })
        .await;
    bench.check("uploads-of-one-key-apart", two_uploads(bench)).await;
    bench
        .check("part-number-10000", async {
            let upload = bench.begin("parts/highest", 4).await?;
            bench.part(&upload, 10_000, "last").await?;
            bench.abort(&upload).await
        })
        .await;
    Some(())
}

async fn two_uploads(bench: &Bench<'_>) -> Op<()> {
    let at = "parts/two-uploads";
    let one = bench.begin(at, 3).await?;
    let other = bench.begin(at, 5).await?;
    let of_one = bench.part(&one, 1, "one").await?;
    let of_other = bench.part(&other, 1, "other").await?;
    let crc = of_one.crc64nvme;
    bench.complete(&one, &[of_one], crc, WriteMode::Replace).await?;
    same(&bench.read(at).await?, b"one")?;
    let crc = of_other.crc64nvme;
    bench.complete(&other, &[of_other], crc, WriteMode::Replace).await?;
    same(&bench.read(at).await?, b"other")
}

async fn give_up(bench: &Bench<'_>) -> Option<()> {
    let at = "parts/given-up";
    let begun = bench.check("abort-parts", async {
        let upload = bench.begin(at, 3).await?;
        let receipt = bench.part(&upload, 1, "abc").await?;
        bench.abort(&upload).await?;
        Ok((upload, receipt))
    });
    let (upload, receipt) = begun.await?;
    bench.check("abort-again", bench.abort(&upload)).await;
    bench.check("abort-leaves-no-object", async { gone(bench.head(at).await) }).await;
    bench
        .check("abort-forgets-parts", async {
            let crc = receipt.crc64nvme;
            gone(bench.complete(&upload, &[receipt], crc, WriteMode::CreateNew).await)?;
            gone(bench.head(at).await)
        })
        .await;
    bench.check("abort-takes-no-parts", async { gone(bench.part(&upload, 1, "abc").await) }).await;
    bench
        .check("abort-leaves-object", async {
            bench.create("parts/kept", "kept").await?;
            let upload = bench.begin("parts/kept", 3).await?;
            bench.part(&upload, 1, "new").await?;
            bench.abort(&upload).await?;
            same(&bench.read("parts/kept").await?, b"kept")
        })
        .await;
    Some(())
}
