//! Parts that are not what they should be make no object.

use studio_blob::{MultipartUpload, PartReceipt, WriteMode, combine, crc64nvme};
use studio_domain::Crc64Nvme;

use super::bench::{Bench, Fault, Op, as_damaged, gone, refused, same, wrong};
use super::report::Check;
use super::{Scenario, capability};

const GROUP: &str = "parts";

pub(super) const SCENARIOS: &[Scenario] = &[
    Scenario {
        group: GROUP,
        checks: &[
            Check::needed("part-wrong-checksum-refused", "a part that rotted is refused"),
            Check::needed("part-right-after-wrong", "the right one can follow"),
        ],
        run: |bench| Box::pin(damaged_part(bench)),
    },
    Scenario {
        group: GROUP,
        checks: &[
            Check::needed("part-never-sent-refused", "a part that never came is missed"),
            Check::needed("part-left-out-refused", "parts with a gap make no object"),
            Check::needed("part-sum-refused", "parts of another sum make no object"),
            Check::degrades(
                "whole-checksum-compared",
                "parts that are not those announced make no object",
                &capability::WHOLE_CHECKED,
            ),
            Check::needed(
                "replaced-part-not-mixed-up",
                "a part that was replaced since is not taken for the one announced",
            ),
            Check::needed("refused-then-right", "the right parts can follow a refusal"),
            Check::nice("short-parts-whole-or-refused", "parts below 5 MiB are refused or kept"),
        ],
        run: |bench| Box::pin(damaged_whole(bench)),
    },
];

async fn damaged_part(bench: &Bench<'_>) -> Option<()> {
    let at = "parts/damaged";
    let begun = bench.check("part-wrong-checksum-refused", async {
        let upload = bench.begin(at, 4).await?;
        let part = bench.part_as(&upload, 1, "good", crc64nvme(b"else")).await;
        refused(part, "the part", as_damaged)?;
        Ok(upload)
    });
    let upload = begun.await?;
    bench
        .check("part-right-after-wrong", async {
            let receipt = bench.part(&upload, 1, "good").await?;
            let crc = receipt.crc64nvme;
            bench.complete(&upload, &[receipt], crc, WriteMode::CreateNew).await?;
            same(&bench.read(at).await?, b"good")
        })
        .await;
    Some(())
}

/// Finishing with these parts is refused, and makes no object.
async fn makes_nothing(
    bench: &Bench<'_>,
    at: &str,
    upload: &MultipartUpload,
    parts: &[PartReceipt],
    whole: Crc64Nvme,
) -> Op<()> {
    let done = bench.complete(upload, parts, whole, WriteMode::CreateNew).await;
    refused(done, "the upload", as_damaged)?;
    gone(bench.head(at).await)
}

async fn damaged_whole(bench: &Bench<'_>) -> Option<()> {
    bench.check("part-never-sent-refused", never_sent(bench)).await;
    bench.check("part-left-out-refused", left_out(bench)).await;
    bench
        .check("part-sum-refused", async {
            let (upload, receipt) = one_part(bench, "parts/other-sum").await?;
            let other = Crc64Nvme::from_u64(receipt.crc64nvme.as_u64() ^ 1);
            makes_nothing(bench, "parts/other-sum", &upload, &[receipt], other).await
        })
        .await;
    bench
        .check("whole-checksum-compared", async {
            let (upload, receipt) = one_part(bench, "parts/other-whole").await?;
            let crc = crc64nvme(b"abd");
            let receipt = PartReceipt { crc64nvme: crc, ..receipt };
            makes_nothing(bench, "parts/other-whole", &upload, &[receipt], crc).await
        })
        .await;
    bench
        .check("replaced-part-not-mixed-up", async {
            let at = "parts/stale";
            let (upload, stale) = one_part(bench, at).await?;
            bench.part(&upload, 1, "xyz").await?;
            let crc = stale.crc64nvme;
            whole_or_nothing(bench, at, &upload, &[stale], (crc, b"abc")).await
        })
        .await;
    bench
        .check("refused-then-right", async {
            let at = "parts/corrected";
            let (upload, receipt) = one_part(bench, at).await?;
            let crc = receipt.crc64nvme;
            let other = Crc64Nvme::from_u64(crc.as_u64() ^ 1);
            makes_nothing(bench, at, &upload, std::slice::from_ref(&receipt), other).await?;
            bench.complete(&upload, &[receipt], crc, WriteMode::CreateNew).await?;
            same(&bench.read(at).await?, b"abc")
        })
        .await;
    bench.check("short-parts-whole-or-refused", short(bench)).await;
    Some(())
}

/// An upload with its one part, which is "abc".
async fn one_part(bench: &Bench<'_>, at: &str) -> Op<(MultipartUpload, PartReceipt)> {
    let upload = bench.begin_short(at, 1).await?;
    let receipt = bench.part(&upload, 1, "abc").await?;
    Ok((upload, receipt))
}

async fn never_sent(bench: &Bench<'_>) -> Op<()> {
    let at = "parts/never-sent";
    let upload = bench.begin_short(at, 2).await?;
    let sent = bench.part(&upload, 1, "abc").await?;
    let crc = crc64nvme(b"def");
    let invented = PartReceipt { number: 2, size: 3, crc64nvme: crc, etag: sent.etag.clone() };
    let whole = combine(sent.crc64nvme, crc, 3);
    makes_nothing(bench, at, &upload, &[sent, invented], whole).await
}

async fn left_out(bench: &Bench<'_>) -> Op<()> {
    let at = "parts/left-out";
    let upload = bench.begin_short(at, 3).await?;
    let first = bench.part(&upload, 1, "abc").await?;
    bench.part(&upload, 2, "def").await?;
    let third = bench.part(&upload, 3, "ghi").await?;
    makes_nothing(bench, at, &upload, &[first, third], crc64nvme(b"abcdefghi")).await
}

async fn short(bench: &Bench<'_>) -> Op<()> {
    let at = "parts/short";
    let upload = bench.begin_short(at, 2).await?;
    let parts = [bench.part(&upload, 1, "abc").await?, bench.part(&upload, 2, "def").await?];
    let whole = (crc64nvme(b"abcdef"), &b"abcdef"[..]);
    whole_or_nothing(bench, at, &upload, &parts, whole).await
}

/// Finishing with these parts makes the object that was announced, or none.
async fn whole_or_nothing(
    bench: &Bench<'_>,
    at: &str,
    upload: &MultipartUpload,
    parts: &[PartReceipt],
    (crc, bytes): (Crc64Nvme, &[u8]),
) -> Op<()> {
    match bench.complete(upload, parts, crc, WriteMode::CreateNew).await {
        Ok(()) => same(&bench.read(at).await?, bytes),
        Err(Fault::Store(_)) => match bench.head(at).await {
            Ok(_) => wrong("it was refused, and is there all the same"),
            missing => gone(missing),
        },
        Err(fault) => Err(fault),
    }
}
