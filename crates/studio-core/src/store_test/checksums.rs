//! Bytes that rotted on the way are refused; the checksum is kept.

use bytes::Bytes;
use studio_blob::{Attributes, WriteMode, crc64nvme};

use super::bench::{Bench, Fault, Op, as_damaged, equal, gone, noise, refused, same};
use super::report::Check;
use super::{Scenario, capability};

const GROUP: &str = "checksums";

pub(super) const SCENARIOS: &[Scenario] = &[
    Scenario {
        group: GROUP,
        checks: &[
            Check::needed("wrong-checksum-refused", "bytes with another checksum are refused"),
            Check::needed("wrong-checksum-stores-nothing", "nothing of them is stored"),
            Check::needed("right-after-wrong", "the right bytes can follow"),
            Check::needed("flipped-bit-refused", "one flipped bit in 100 kB is refused"),
            Check::needed("missing-end-refused", "bytes without their last one are refused"),
            Check::needed("no-bytes-refused", "no bytes in place of some are refused"),
            Check::needed("damaged-replacement-refused", "damaged bytes replace nothing"),
            Check::needed("damaged-replacement-keeps-object", "the object stays as it was"),
        ],
        run: |bench| Box::pin(refusals(bench)),
    },
    Scenario {
        group: GROUP,
        checks: &[
            Check::degrades(
                "checksum-told",
                "HEAD tells the object's CRC-64/NVME",
                &capability::CHECKSUM_TOLD,
            ),
            Check::needed("checksum-right", "it is that of the object's bytes"),
            Check::needed("checksum-of-replacement", "after a replacement, that of the new ones"),
        ],
        run: |bench| Box::pin(told_of_object(bench)),
    },
    Scenario {
        group: GROUP,
        checks: &[
            Check::degrades(
                "checksum-of-empty-told",
                "HEAD tells it of an object without a byte",
                &capability::CHECKSUM_TOLD,
            ),
            Check::needed("checksum-of-empty-right", "it is that of no bytes"),
        ],
        run: |bench| Box::pin(told_of_empty(bench)),
    },
];

/// Writes bytes under the checksum of others.
async fn put_damaged(
    bench: &Bench<'_>,
    at: &str,
    bytes: Bytes,
    announced: &[u8],
    mode: WriteMode,
) -> Op<()> {
    let put = bench.put_as(at, bytes, crc64nvme(announced), &Attributes::default(), mode).await;
    refused(put, "the write", as_damaged)
}

async fn refusals(bench: &Bench<'_>) -> Option<()> {
    let at = "checksums/refused";
    let new = WriteMode::CreateNew;
    let few = Bytes::from_static(b"bytes");
    bench.check("wrong-checksum-refused", put_damaged(bench, at, few.clone(), b"other", new)).await;
    bench.check("wrong-checksum-stores-nothing", async { gone(bench.head(at).await) }).await;
    bench
        .check("right-after-wrong", async {
            // Where the wrong ones were taken, they are replaced.
            bench.replace(at, few.clone()).await?;
            same(&bench.read(at).await?, &few)
        })
        .await;
    let many = noise(8, 100_000);
    bench
        .check("flipped-bit-refused", async {
            for place in [0, 50_000, 99_999] {
                let mut damaged = many.to_vec();
                damaged[place] ^= 0b100;
                put_damaged(bench, "checksums/flipped", damaged.into(), &many, new).await?;
            }
            gone(bench.head("checksums/flipped").await)
        })
        .await;
    bench
        .check("missing-end-refused", async {
            put_damaged(bench, "checksums/cut", many.slice(..99_999), &many, new).await?;
            gone(bench.head("checksums/cut").await)
        })
        .await;
    bench
        .check("no-bytes-refused", async {
            put_damaged(bench, "checksums/none", Bytes::new(), b"some", new).await?;
            gone(bench.head("checksums/none").await)
        })
        .await;
    bench
        .check("damaged-replacement-refused", async {
            bench.create("checksums/kept", "good").await?;
            put_damaged(bench, "checksums/kept", few, b"other", WriteMode::Replace).await
        })
        .await?;
    bench
        .check("damaged-replacement-keeps-object", async {
            same(&bench.read("checksums/kept").await?, b"good")
        })
        .await;
    Some(())
}

/// The checksum that HEAD tells is there.
async fn is_told(bench: &Bench<'_>, at: &str) -> Op<()> {
    equal("whether it is told", bench.head(at).await?.crc64nvme.is_some(), true)
}

/// The checksum that HEAD tells is that of these bytes.
async fn is_right(bench: &Bench<'_>, at: &str, bytes: &[u8]) -> Op<()> {
    match bench.head(at).await?.crc64nvme {
        Some(crc) => equal("the checksum", crc, crc64nvme(bytes)),
        None => Err(Fault::Idle("the store tells none")),
    }
}

async fn told_of_object(bench: &Bench<'_>) -> Option<()> {
    let (at, bytes) = ("checksums/told", noise(9, 3000));
    bench
        .check("checksum-told", async {
            bench.create(at, bytes.clone()).await?;
            is_told(bench, at).await
        })
        .await;
    bench.check("checksum-right", is_right(bench, at, &bytes)).await;
    bench
        .check("checksum-of-replacement", async {
            bench.replace(at, "replaced").await?;
            is_right(bench, at, b"replaced").await
        })
        .await;
    Some(())
}

async fn told_of_empty(bench: &Bench<'_>) -> Option<()> {
    bench
        .check("checksum-of-empty-told", async {
            bench.create("checksums/empty", "").await?;
            is_told(bench, "checksums/empty").await
        })
        .await;
    bench.check("checksum-of-empty-right", is_right(bench, "checksums/empty", b"")).await;
    Some(())
}
