//! What stands beside the bytes: names for people, and times.

use std::time::Duration;

use bytes::Bytes;
use studio_blob::{Attributes, WriteMode, crc64nvme};
use studio_domain::Timestamp;

use super::bench::{Bench, Fault, Op, PART, equal, same, wrong};
use super::report::Check;
use super::{Scenario, capability};
use crate::studio::system_time;

const GROUP: &str = "metadata";

/// How far the store's clock may be from ours.
const CLOCK_DIFFERENCE: Duration = Duration::from_secs(300);

pub(super) const SCENARIOS: &[Scenario] = &[
    Scenario {
        group: GROUP,
        checks: &[
            Check::needed("names-plain", "an object can bear names"),
            Check::needed("names-with-accents", "they can have letters of any script"),
            Check::needed("names-with-emoji", "and emoji"),
            Check::needed("names-with-quotes", "quotes, backslashes, semicolons and percent signs"),
            Check::needed("names-like-headers", "and what looks like headers or markup"),
            Check::needed("names-of-200-letters", "they can be as long as names can be"),
            Check::needed("names-on-parts", "an object that comes in parts can bear them"),
        ],
        run: |bench| Box::pin(names(bench)),
    },
    Scenario {
        group: GROUP,
        checks: &[
            Check::degrades(
                "time-told",
                "HEAD tells when an object was written",
                &capability::TIME_TOLD,
            ),
            Check::degrades("time-listed", "so does a listing", &capability::TIME_TOLD),
            Check::degrades(
                "clock-like-ours",
                "the store's clock is within five minutes of this machine's",
                &capability::CLOCK,
            ),
            Check::nice("time-goes-on", "a replaced object is not older than the first"),
        ],
        run: |bench| Box::pin(times(bench)),
    },
];

fn named(name: &str) -> Attributes {
    Attributes {
        content_type: Some("audio/wav".to_owned()),
        file_name: Some(format!("{name}.wav")),
        labels: ["artist", "song", "track", "version"]
            .map(|label| (label, name.to_owned()))
            .to_vec(),
    }
}

async fn names(bench: &Bench<'_>) -> Option<()> {
    let longest = "ü".repeat(200);
    for (check, name) in [
        ("names-plain", "take three"),
        ("names-with-accents", "Björk – Jóga 日本語のうた שלום مرحبا"),
        ("names-with-emoji", "🎸👩‍🎤🥁"),
        ("names-with-quotes", "\"DJ's\" `Drums`; 100% \\ %41 a=b, c"),
        ("names-like-headers", "x-amz-acl: public-read <b>&amp;</b> =?utf-8?q?a?="),
        ("names-of-200-letters", longest.as_str()),
    ] {
        bench.check(check, bears(bench, check, name)).await;
    }
    bench
        .check("names-on-parts", async {
            let at = "metadata/parts";
            let upload = bench.begin_with(at, 5, PART, &named("Björk – 🎸 \"Jóga\"")).await?;
            let receipt = bench.part(&upload, 1, "bytes").await?;
            let crc = receipt.crc64nvme;
            bench.complete(&upload, &[receipt], crc, WriteMode::CreateNew).await?;
            same(&bench.read(at).await?, b"bytes")
        })
        .await;
    Some(())
}

/// An object with this name has its bytes and no others.
async fn bears(bench: &Bench<'_>, at: &str, name: &str) -> Op<()> {
    let at = format!("metadata/{at}");
    let bytes = Bytes::from_static(b"bytes");
    let crc = crc64nvme(&bytes);
    bench.put_as(&at, bytes.clone(), crc, &named(name), WriteMode::CreateNew).await?;
    same(&bench.read(&at).await?, &bytes)
}

async fn times(bench: &Bench<'_>) -> Option<()> {
    let at = "metadata/time";
    let first = bench.check("time-told", async {
        bench.create(at, "first").await?;
        told(bench.head(at).await?.modified)
    });
    let first = first.await?;
    let ours = system_time();
    bench
        .check("time-listed", async {
            let listed = bench.list(at, None).await?;
            told(listed.first().and_then(|info| info.modified))
        })
        .await;
    bench
        .check("clock-like-ours", async {
            let apart = first.as_micros().abs_diff(ours.as_micros());
            match apart <= CLOCK_DIFFERENCE.as_micros() as u64 {
                true => Ok(()),
                false => {
                    let way = if first > ours { "ahead of" } else { "behind" };
                    wrong(format!("it is {} s {way} ours", apart / 1_000_000))
                }
            }
        })
        .await;
    bench
        .check("time-goes-on", async {
            bench.replace(at, "second").await?;
            let second = bench.head(at).await?.modified.ok_or(Fault::Idle("no time is told"))?;
            equal("whether it is as old or younger", second >= first, true)
        })
        .await;
    Some(())
}

fn told(time: Option<Timestamp>) -> Op<Timestamp> {
    match time {
        Some(time) => Ok(time),
        None => wrong("no time is told"),
    }
}
