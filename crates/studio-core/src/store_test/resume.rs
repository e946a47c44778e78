//! Going on with an upload that was cut off: what is open, and what it has.

use bytes::Bytes;
use md5::{Digest as _, Md5};
use studio_blob::{MultipartUpload, PartReceipt, StoredPart, WriteMode, combine};

use super::bench::{Bench, Fault, Op, PART, equal, gone, same, wrong};
use super::report::Check;
use super::{Scenario, capability};

const GROUP: &str = "resume";

const fn uploads(name: &'static str, about: &'static str) -> Check {
    Check::degrades(name, about, &capability::UPLOADS_LISTED)
}

const fn parts(name: &'static str, about: &'static str) -> Check {
    Check::degrades(name, about, &capability::PARTS_LISTED)
}

pub(super) const SCENARIOS: &[Scenario] = &[
    Scenario {
        group: GROUP,
        checks: &[
            uploads("open-upload-listed", "an unfinished upload is listed by its key"),
            uploads("open-upload-found-by-prefix", "and by the beginning of its key"),
            uploads("open-uploads-of-others-apart", "those of other keys are not among them"),
            uploads("open-uploads-of-one-key", "two uploads of one object are both listed"),
            uploads("open-upload-time", "it is told when an upload was begun"),
            uploads("given-up-not-listed", "one that was given up is listed no more"),
            uploads("completed-not-listed", "nor is one that was finished"),
        ],
        run: |bench| Box::pin(open_uploads(bench)),
    },
    Scenario {
        group: GROUP,
        checks: &[
            parts("parts-listed", "the parts of an unfinished upload are listed"),
            parts("parts-in-order", "by their numbers"),
            parts("part-sent-again-told", "one that came again is told as it came last"),
            Check::nice("part-sent-again-told-once", "and not as it came first, too"),
            parts("parts-sizes", "with their sizes"),
            Check::degrades(
                "part-checksums-told",
                "the CRC-64/NVME of each is told",
                &capability::PART_CHECKSUMS,
            ),
            Check::needed("part-checksums-right", "it is that of the part's bytes"),
            parts("part-proved", "checksum or ETag prove which bytes a part has"),
            parts("resumed-parts-complete", "parts known from the list alone make an object"),
            Check::needed("resumed-object-whole", "its bytes are those of the parts"),
            parts("parts-of-finished-upload", "a finished upload has no parts any more"),
        ],
        run: |bench| Box::pin(resume(bench)),
    },
    Scenario {
        group: GROUP,
        checks: &[
            parts("no-parts-yet", "an upload without parts has none"),
            parts("parts-of-unknown-upload", "an upload that was given up is not known"),
        ],
        run: |bench| Box::pin(no_parts(bench)),
    },
];

/// The ids of the open uploads of objects whose keys begin with this.
async fn ids(bench: &Bench<'_>, under: &str) -> Op<Vec<String>> {
    Ok(bench.open_uploads(under).await?.into_iter().map(|upload| upload.id).collect())
}

async fn open_uploads(bench: &Bench<'_>) -> Option<()> {
    let at = "resume/open/upload";
    let upload = bench.check("open-upload-listed", async {
        let upload = bench.begin(at, 3).await?;
        bench.part(&upload, 1, "abc").await?;
        let listed = bench.open_uploads(at).await?;
        let found: Vec<_> = listed.iter().map(|open| (&open.key, &open.id)).collect();
        equal("the list", found, vec![(&Some(bench.key(at)?), &upload.id)])?;
        Ok(upload)
    });
    let upload = upload.await?;
    let only = vec![upload.id.clone()];
    bench
        .check("open-upload-found-by-prefix", async {
            equal("the list", ids(bench, "resume/open/upl").await?, only.clone())
        })
        .await;
    bench
        .check("open-uploads-of-others-apart", async {
            let other = bench.begin("resume/open-other", 3).await?;
            equal("the list", ids(bench, "resume/open/").await?, only.clone())?;
            bench.abort(&other).await
        })
        .await;
    bench
        .check("open-uploads-of-one-key", async {
            let second = bench.begin(at, 3).await?;
            let mut found = ids(bench, at).await?;
            let mut both = vec![upload.id.clone(), second.id.clone()];
            found.sort();
            both.sort();
            equal("the list", found, both)?;
            bench.abort(&second).await
        })
        .await;
    bench
        .check("open-upload-time", async {
            let listed = bench.open_uploads(at).await?;
            let time = listed.first().and_then(|open| open.begun);
            equal("whether it is told", time.is_some(), true)
        })
        .await;
    bench
        .check("given-up-not-listed", async {
            bench.abort(&upload).await?;
            equal("the list", ids(bench, at).await?, vec![])
        })
        .await;
    bench
        .check("completed-not-listed", async {
            bench.send_one(at, "finished", WriteMode::CreateNew).await?;
            equal("the list", ids(bench, at).await?, vec![])
        })
        .await;
    Some(())
}

const AT: &str = "resume/parts";
const SIZE: usize = PART + 4;

async fn resume(bench: &Bench<'_>) -> Option<()> {
    let [first, _] = bench.parts();
    let last = Bytes::from_static(b"last");
    let begun = bench.check("parts-listed", async {
        let upload = bench.begin(AT, SIZE).await?;
        bench.part(&upload, 2, "lost").await?;
        bench.part(&upload, 1, first.clone()).await?;
        bench.part(&upload, 2, last.clone()).await?;
        let stored = bench.stored(&upload).await?.parts;
        match stored.is_empty() {
            true => wrong("no part is listed"),
            false => Ok((upload, stored)),
        }
    });
    let (upload, stored) = begun.await?;
    bench
        .check("parts-in-order", async {
            let mut numbers: Vec<u32> = stored.iter().map(|part| part.number).collect();
            numbers.dedup();
            equal("the list", numbers, vec![1, 2])
        })
        .await?;
    let sent = [first, last];
    bench
        .check("part-sent-again-told", async {
            let seconds = || stored.iter().filter(|part| part.number == 2);
            let proofs = || seconds().map(|part| proves(part, &sent[1]));
            // Where nothing proves a part, studio sends it again.
            match proofs().any(|proof| proof != Some(false)) {
                true => Ok(()),
                false => wrong("only the part that came first is told"),
            }
        })
        .await;
    bench
        .check("part-sent-again-told-once", async { equal("the number told", stored.len(), 2) })
        .await;
    let stored = chosen(&stored, &sent);
    bench
        .check("parts-sizes", async {
            let sizes: Vec<u64> = stored.iter().map(|part| part.size).collect();
            equal("the sizes", sizes, vec![PART as u64, 4])
        })
        .await?;
    checksums(bench, &stored, &sent).await;
    complete(bench, &upload, &stored, &sent).await
}

async fn checksums(bench: &Bench<'_>, stored: &[StoredPart], sent: &[Bytes; 2]) {
    bench
        .check("part-checksums-told", async {
            let told = stored.iter().all(|part| part.crc64nvme.is_some());
            equal("whether they are told", told, true)
        })
        .await;
    bench
        .check("part-checksums-right", async {
            for (part, bytes) in stored.iter().zip(sent) {
                let told = part.crc64nvme.ok_or(Fault::Idle("the store tells none"))?;
                equal("the checksum", told, studio_blob::crc64nvme(bytes))?;
            }
            Ok(())
        })
        .await;
    bench
        .check("part-proved", async {
            for (part, bytes) in stored.iter().zip(sent) {
                let found = proves(part, bytes);
                equal(&format!("the proof of part {}", part.number), found, Some(true))?;
            }
            Ok(())
        })
        .await;
}

/// Of each part, what is told of it that fits what was sent last, as studio chooses; else
/// what is told last.
fn chosen(stored: &[StoredPart], sent: &[Bytes; 2]) -> Vec<StoredPart> {
    let told = |number: u32, bytes: &Bytes| {
        let told = || stored.iter().filter(move |part| part.number == number);
        told().find(|part| proves(part, bytes) == Some(true)).or_else(|| told().next_back())
    };
    (1..).zip(sent).filter_map(|(number, bytes)| told(number, bytes).cloned()).collect()
}

/// Whether a part has these bytes; nothing where the store tells neither checksum nor MD5.
fn proves(part: &StoredPart, bytes: &[u8]) -> Option<bool> {
    match (part.crc64nvme, part.md5) {
        (Some(crc), _) => Some(crc == studio_blob::crc64nvme(bytes)),
        (None, Some(md5)) => Some(md5 == <[u8; 16]>::from(Md5::digest(bytes))),
        (None, None) => None,
    }
}

/// Finishes the upload by what the store told of its parts.
async fn complete(
    bench: &Bench<'_>,
    upload: &MultipartUpload,
    stored: &[StoredPart],
    sent: &[Bytes; 2],
) -> Option<()> {
    bench
        .check("resumed-parts-complete", async {
            let receipts = stored.iter().zip(sent).map(|(part, bytes)| PartReceipt {
                number: part.number,
                size: part.size,
                crc64nvme: studio_blob::crc64nvme(bytes),
                etag: part.etag.clone(),
            });
            let receipts: Vec<_> = receipts.collect();
            let joined = |crc, part: &PartReceipt| combine(crc, part.crc64nvme, part.size);
            let whole = receipts.iter().fold(studio_blob::crc64nvme(&[]), joined);
            bench.complete(upload, &receipts, whole, WriteMode::CreateNew).await
        })
        .await?;
    bench
        .check("resumed-object-whole", async { same(&bench.read(AT).await?, &sent.concat()) })
        .await;
    bench.check("parts-of-finished-upload", async { gone(bench.stored(upload).await) }).await;
    Some(())
}

async fn no_parts(bench: &Bench<'_>) -> Option<()> {
    let at = "resume/none";
    let upload = bench.check("no-parts-yet", async {
        let upload = bench.begin(at, 3).await?;
        equal("the list", bench.stored(&upload).await?.parts, vec![])?;
        Ok(upload)
    });
    let upload = upload.await?;
    bench
        .check("parts-of-unknown-upload", async {
            bench.abort(&upload).await?;
            gone(bench.stored(&upload).await)
        })
        .await;
    Some(())
}
