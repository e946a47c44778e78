//! Objects of every size and every byte come back as they went in.

use bytes::Bytes;

use super::Scenario;
use super::bench::{Bench, Op, equal, noise, same};
use super::report::Check;

const GROUP: &str = "objects";

pub(super) const SCENARIOS: &[Scenario] = &[
    Scenario {
        group: GROUP,
        checks: &[
            Check::needed("empty-object", "an object without a byte comes back"),
            Check::needed("empty-object-size", "its size is 0"),
        ],
        run: |bench| Box::pin(empty(bench)),
    },
    Scenario {
        group: GROUP,
        checks: &[
            Check::needed("one-byte", "an object of one byte comes back"),
            Check::needed("every-byte-value", "each of the 256 values of a byte comes back"),
            Check::needed("line-ends-untouched", "line ends are bytes like others"),
            Check::needed("zeros-untouched", "a run of zeros comes back, to its end"),
            Check::needed("around-64-kib", "65535, 65536 and 65537 bytes come back"),
            Check::needed("one-mebibyte", "an object of 1 MiB comes back"),
            Check::needed("same-bytes-twice", "two objects of the same bytes are two"),
            Check::needed("looks-like-xml", "bytes that look like an S3 answer are bytes"),
        ],
        run: |bench| Box::pin(sizes(bench)),
    },
];

async fn empty(bench: &Bench<'_>) -> Option<()> {
    bench.check("empty-object", round(bench, "objects/empty", Bytes::new())).await?;
    bench
        .check("empty-object-size", async {
            equal("the size", bench.head("objects/empty").await?.size, 0)
        })
        .await;
    Some(())
}

async fn sizes(bench: &Bench<'_>) -> Option<()> {
    bench.check("one-byte", round(bench, "objects/one", "x")).await;
    let all: Vec<u8> = (0..=u8::MAX).collect();
    bench.check("every-byte-value", round(bench, "objects/values", all)).await;
    let lines = "\r\n\n\r\u{1a}\r\n";
    bench.check("line-ends-untouched", round(bench, "objects/lines.txt", lines)).await;
    bench.check("zeros-untouched", round(bench, "objects/zeros", vec![0; 40_000])).await;
    bench
        .check("around-64-kib", async {
            for size in [65_535, 65_536, 65_537] {
                round(bench, &format!("objects/{size}"), noise(3, size)).await?;
            }
            Ok(())
        })
        .await;
    bench.check("one-mebibyte", round(bench, "objects/mebibyte", noise(4, 1 << 20))).await;
    bench
        .check("same-bytes-twice", async {
            let bytes = noise(5, 2000);
            round(bench, "objects/twin-1", bytes.clone()).await?;
            round(bench, "objects/twin-2", bytes.clone()).await?;
            bench.delete("objects/twin-1").await?;
            same(&bench.read("objects/twin-2").await?, &bytes)
        })
        .await;
    let xml = "<?xml version=\"1.0\"?><Error><Code>NoSuchKey</Code></Error>";
    bench.check("looks-like-xml", round(bench, "objects/answer.xml", xml)).await;
    Some(())
}

/// Writes it and reads it back.
async fn round(bench: &Bench<'_>, at: &str, bytes: impl Into<Bytes>) -> Op<()> {
    let bytes = bytes.into();
    bench.create(at, bytes.clone()).await?;
    equal("the size", bench.head(at).await?.size, bytes.len() as u64)?;
    same(&bench.read(at).await?, &bytes)
}
