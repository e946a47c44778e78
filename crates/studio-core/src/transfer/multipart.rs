//! Sending an object in parts, and going on with the parts that an earlier attempt sent.
//!
//! Nothing of an attempt is remembered here: an object's key is its digest, so that any
//! open upload of that key, from whatever machine, is of these very bytes. The store tells
//! which parts it has. One is relied on only if it is proved to be ours: by its CRC-64/NVME,
//! or by an ETag that is the MD5 of our bytes.

use std::collections::HashMap;
use std::sync::atomic::Ordering;

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use md5::{Digest as _, Md5};
use studio_blob::{
    Error as StoreError, MultipartUpload, OpenUpload, PartReceipt, StoredPart, WriteMode,
};
use studio_domain::Crc64Nvme;

use super::send::Shipment;
use crate::step::step;
use crate::studio::{LEAST_PART, MOST_PARTS};
use crate::{Error, Event, Result};

/// How many open uploads of one object are looked at.
const MOST_LOOKED_AT: usize = 20;

/// An object being sent in parts.
struct Parts {
    upload: MultipartUpload,
    /// The checksum that each part must have.
    checksums: Vec<Crc64Nvme>,
    /// The parts that are in the store already, by number.
    kept: HashMap<u32, PartReceipt>,
}

/// The open uploads of an object.
struct Open {
    uploads: Vec<OpenUpload>,
    /// Why the store does not tell of them, if it does not.
    untold: Option<StoreError>,
}

impl Shipment<'_> {
    pub(super) async fn send_parts(&self, mode: WriteMode) -> Result<()> {
        let open = self.job.unless_cancelled(self.open_uploads()).await?;
        if let Some(error) = &open.untold {
            tracing::warn!(%error, "an upload that breaks off cannot be resumed on this store");
        }
        let parts = match self.job.unless_cancelled(self.most_complete(&open.uploads)).await? {
            Some(parts) => parts,
            None => self.begin().await?,
        };
        let sent = self.job.unless_cancelled(self.send_missing(&parts, mode)).await;
        match &sent {
            // Other attempts at the same object are of no use any more. Looked for once more:
            // an upload whose beginning was tried twice may have begun twice.
            Ok(()) => self.tidy().await?,
            // Nobody has these bytes any more; or another attempt came first; or the parts
            // do not make the object, and would not the next time.
            Err(Error::SourceChanged { .. })
            | Err(Error::Store(StoreError::AlreadyExists { .. } | StoreError::Corrupted { .. })) => {
                self.give_up_own(&parts).await;
            }
            // Nobody would find these parts again.
            Err(_) if open.untold.is_some() => self.give_up_own(&parts).await,
            // The next attempt goes on with them.
            Err(_) => {}
        }
        sent
    }

    /// Gives up what attempts at this object left open, once it is in the store. An attempt
    /// that is still at it finds the object when it misses its parts.
    pub(super) async fn tidy(&self) -> Result<()> {
        if self.fingerprint.size > LEAST_PART {
            let open = self.job.unless_cancelled(self.open_uploads()).await?;
            self.give_up(open.uploads.iter()).await;
        }
        Ok(())
    }

    async fn begin(&self) -> Result<Parts> {
        let size = self.fingerprint.size;
        let part_size = self.options.part_size_for(size);
        // Not cut off half way: an upload whose name we never learn could not be given up.
        self.job.check()?;
        let upload = self.store.begin(&self.key, size, part_size, &self.attributes).await?;
        step!("begun", id = upload.id);
        let checksums = self.fingerprint.blocks.parts(part_size);
        Ok(Parts { upload, checksums, kept: HashMap::new() })
    }

    async fn open_uploads(&self) -> Result<Open> {
        match self.store.open_uploads(self.key.as_str()).await {
            Ok(mut uploads) => {
                uploads.retain(|upload| upload.key.as_ref() == Some(&self.key));
                Ok(Open { uploads, untold: None })
            }
            // Nothing can be resumed then, but all of it can be sent.
            Err(error @ (StoreError::Unsupported { .. } | StoreError::Denied { .. })) => {
                Ok(Open { uploads: Vec::new(), untold: Some(error) })
            }
            Err(error) => Err(error.into()),
        }
    }

    /// The open upload of which most is there and proved to be ours.
    async fn most_complete(&self, uploads: &[OpenUpload]) -> Result<Option<Parts>> {
        let mut best: Option<Parts> = None;
        // Those begun last come first: of older ones a store may have lost parts.
        let mut uploads: Vec<_> = uploads.iter().collect();
        uploads.sort_by_key(|upload| std::cmp::Reverse(upload.begun));
        for upload in uploads.into_iter().take(MOST_LOOKED_AT) {
            let stored = match self.store.parts(upload).await {
                Ok(stored) => stored,
                Err(StoreError::NotFound { .. } | StoreError::Unsupported { .. }) => continue,
                Err(error) => return Err(error.into()),
            };
            let Some(part_size) = self.part_size_of(&stored.parts) else { continue };
            let upload = MultipartUpload {
                key: self.key.clone(),
                id: upload.id.clone(),
                part_size,
                checks_whole: stored.checks_whole,
            };
            let checksums = self.fingerprint.blocks.parts(part_size);
            let kept = self.proved(&stored.parts, part_size, &checksums).await?;
            let more = best.as_ref().is_none_or(|best| bytes_of(&kept) > bytes_of(&best.kept));
            if more {
                best = Some(Parts { upload, checksums, kept });
            }
        }
        if let Some(parts) = &best {
            step!("resumed", id = parts.upload.id, kept = parts.kept.len());
        }
        Ok(best)
    }

    /// The part size that stored parts were made with, if it is one that we can go on with.
    fn part_size_of(&self, parts: &[StoredPart]) -> Option<u64> {
        let size = self.fingerprint.size;
        let ours = self.options.part_size_for(size);
        let largest = parts.iter().map(|part| part.size).max().unwrap_or(ours);
        // Only the last part may be smaller than the others, and it tells nothing of them.
        let is_last = |part: &StoredPart| u64::from(part.number) * ours >= size;
        let part_size = match parts {
            [only] if is_last(only) => ours,
            _ => largest,
        };
        let fits = part_size >= LEAST_PART
            && part_size.is_multiple_of(self.fingerprint.blocks.block_size())
            && size.div_ceil(part_size) <= MOST_PARTS;
        fits.then_some(part_size)
    }

    /// Those of the stored parts that have our bytes, beyond doubt.
    async fn proved(
        &self,
        stored: &[StoredPart],
        part_size: u64,
        checksums: &[Crc64Nvme],
    ) -> Result<HashMap<u32, PartReceipt>> {
        let mut proved = HashMap::new();
        for part in stored {
            let index = part.number.saturating_sub(1);
            let Some(&expected) = checksums.get(index as usize) else { continue };
            let start = u64::from(index) * part_size;
            if part.size != part_size.min(self.fingerprint.size - start) {
                continue;
            }
            let same = match (part.crc64nvme, part.md5) {
                (Some(crc), _) => crc == expected,
                (None, Some(md5)) => {
                    let bytes = self.read_again(start, part.size, expected).await?;
                    self.md5(bytes).await? == md5
                }
                (None, None) => false,
            };
            if same {
                let StoredPart { number, size, etag, .. } = part.clone();
                let receipt = PartReceipt { number, size, crc64nvme: expected, etag };
                proved.insert(number, receipt);
            }
        }
        Ok(proved)
    }

    async fn md5(&self, bytes: bytes::Bytes) -> Result<[u8; 16]> {
        let hashed = tokio::task::spawn_blocking(move || Md5::digest(&bytes).into());
        hashed.await.map_err(|error| Error::Internal(Box::new(error)))
    }

    async fn send_missing(&self, parts: &Parts, mode: WriteMode) -> Result<()> {
        let kept = bytes_of(&parts.kept);
        self.moved.kept.store(kept, Ordering::Relaxed);
        self.job.tell(Event::Moved { bytes: kept });
        let missing = (1..=parts.checksums.len() as u32).filter(|n| !parts.kept.contains_key(n));
        let sent: Vec<PartReceipt> = stream::iter(missing)
            .map(|number| self.send_part(parts, number))
            .buffer_unordered(self.options.parallel_parts.max(1))
            .try_collect()
            .await?;
        let mut receipts: Vec<_> = parts.kept.values().cloned().chain(sent).collect();
        receipts.sort_unstable_by_key(|receipt| receipt.number);
        step!("completing");
        let crc = self.fingerprint.crc64nvme;
        self.store.complete(&parts.upload, &receipts, crc, mode).await?;
        step!("completed");
        Ok(())
    }

    async fn send_part(&self, parts: &Parts, number: u32) -> Result<PartReceipt> {
        let upload = &parts.upload;
        let crc = parts.checksums[number as usize - 1];
        let start = u64::from(number - 1) * upload.part_size;
        let length = upload.part_size.min(self.fingerprint.size - start);
        let _room = self.room(length).await?;
        let bytes = self.read_again(start, length, crc).await?;
        let put = || self.store.put_part(upload, number, bytes.clone(), crc);
        let receipt = self.until_arrived(put).await?;
        self.tell_sent(length);
        step!("part_sent", number);
        Ok(receipt)
    }

    async fn give_up_own(&self, parts: &Parts) {
        self.give_up([&OpenUpload::from(&parts.upload)].into_iter()).await;
    }

    async fn give_up(&self, uploads: impl Iterator<Item = &OpenUpload>) {
        for upload in uploads {
            if let Err(error) = self.store.abort(upload).await {
                tracing::warn!(%error, key = %self.key, "could not give up an unfinished upload");
            }
        }
    }
}

fn bytes_of(parts: &HashMap<u32, PartReceipt>) -> u64 {
    parts.values().map(|part| part.size).sum()
}
