//! A store that is right in everything but one.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::sync::Mutex;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};
use studio_core::blob::{
    Attributes, ETag, Error, MultipartUpload, ObjectBody, ObjectInfo, OpenUpload, PartReceipt,
    Result, StoredParts, WriteMode, crc64nvme,
};
use studio_core::{BlobStore, Crc64Nvme, MemoryStore, ObjectKey, StoreUrl, Timestamp};

/// What it is wrong about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lie {
    ReadsAreStale,
    SizesAreStale,
    RangesAreIgnored,
    RangesAreOffByOne,
    RangesStopEarly,
    WrongChecksumsAreTaken,
    WrongPartChecksumsAreTaken,
    APartIsLost,
    TheLastPartIsLost,
    TheFirstSendingOfAPartStays,
    EveryCreatorWins,
    EveryCompletionWins,
    EmptyObjectsVanish,
    RemovalsAreForgotten,
    ListingsMissTheLast,
    ListingsMissTheFirst,
    ListingsIgnoreWhereToBegin,
    ListingsShowTheRemoved,
    ListingsRunBackwards,
    StatesHaveOneName,
    StatesAreIgnored,
    TheToldChecksumIsWrong,
    NoChecksumIsTold,
    TheClockIsAnHourBehind,
    NoTimeIsTold,
    KeysHaveNoCase,
    PlusIsASpace,
    OneLetterIsAnother,
    NamesAreRefused,
    UnfinishedUploadsAreVisible,
    GivenUpUploadsAreFinished,
    OpenUploadsAreHidden,
    PartsAreHidden,
    ThePartChecksumsAreWrong,
}

/// Each lie, and a check that finds it.
pub(crate) const LIES: [(Lie, &str); 34] = [
    (Lie::ReadsAreStale, "replace-visible-at-once"),
    (Lie::SizesAreStale, "replace-size-at-once"),
    (Lie::RangesAreIgnored, "range-middle"),
    (Lie::RangesAreOffByOne, "range-odd-offsets"),
    (Lie::RangesStopEarly, "range-rest"),
    (Lie::WrongChecksumsAreTaken, "wrong-checksum-refused"),
    (Lie::WrongPartChecksumsAreTaken, "part-wrong-checksum-refused"),
    (Lie::APartIsLost, "parts-become-the-object"),
    (Lie::TheLastPartIsLost, "parts-size-at-once"),
    (Lie::TheFirstSendingOfAPartStays, "parts-become-the-object"),
    (Lie::EveryCreatorWins, "create-over-object-refused"),
    (Lie::EveryCompletionWins, "complete-over-object-refused"),
    (Lie::EmptyObjectsVanish, "empty-object"),
    (Lie::RemovalsAreForgotten, "delete-visible-to-get"),
    (Lie::ListingsMissTheLast, "list-all"),
    (Lie::ListingsMissTheFirst, "list-all"),
    (Lie::ListingsIgnoreWhereToBegin, "list-after-each"),
    (Lie::ListingsShowTheRemoved, "list-without-removed"),
    (Lie::ListingsRunBackwards, "list-in-order"),
    (Lie::StatesHaveOneName, "etag-changes-on-replace"),
    (Lie::StatesAreIgnored, "if-match-replaced-refused"),
    (Lie::TheToldChecksumIsWrong, "checksum-right"),
    (Lie::NoChecksumIsTold, "checksum-told"),
    (Lie::TheClockIsAnHourBehind, "clock-like-ours"),
    (Lie::NoTimeIsTold, "time-told"),
    (Lie::KeysHaveNoCase, "keys-by-case"),
    (Lie::PlusIsASpace, "key-with-plus"),
    (Lie::OneLetterIsAnother, "every-byte-value"),
    (Lie::NamesAreRefused, "names-with-accents"),
    (Lie::UnfinishedUploadsAreVisible, "unfinished-not-readable"),
    (Lie::GivenUpUploadsAreFinished, "abort-forgets-parts"),
    (Lie::OpenUploadsAreHidden, "open-upload-listed"),
    (Lie::PartsAreHidden, "parts-listed"),
    (Lie::ThePartChecksumsAreWrong, "part-checksums-right"),
];

pub(crate) struct Liar {
    lie: Lie,
    inner: MemoryStore,
    /// The first bytes that each object had.
    first: Mutex<HashMap<ObjectKey, Bytes>>,
    removed: Mutex<Vec<ObjectInfo>>,
    parts: Mutex<HashMap<String, BTreeMap<u32, Bytes>>>,
}

/// The name of every state, for one who has no other.
const ONE_NAME: &str = "\"one\"";

impl Liar {
    pub(crate) fn new(lie: Lie) -> Self {
        Self {
            lie,
            inner: MemoryStore::new(),
            first: Mutex::default(),
            removed: Mutex::default(),
            parts: Mutex::default(),
        }
    }

    fn key(&self, key: &ObjectKey) -> ObjectKey {
        match self.lie {
            Lie::KeysHaveNoCase => key.as_str().to_lowercase().parse().unwrap(),
            Lie::PlusIsASpace => key.as_str().replace('+', " ").parse().unwrap(),
            _ => key.clone(),
        }
    }

    /// What it tells of an object.
    fn told(&self, mut info: ObjectInfo) -> ObjectInfo {
        match self.lie {
            Lie::SizesAreStale => {
                let first = self.first.lock().unwrap();
                info.size = first.get(&info.key).map_or(info.size, |bytes| bytes.len() as u64);
            }
            Lie::StatesHaveOneName => info.etag = Some(ETag(ONE_NAME.to_owned())),
            Lie::TheToldChecksumIsWrong => info.crc64nvme = info.crc64nvme.map(another),
            Lie::NoChecksumIsTold => info.crc64nvme = None,
            Lie::NoTimeIsTold => info.modified = None,
            Lie::TheClockIsAnHourBehind => {
                let hour = 3_600_000_000;
                info.modified =
                    info.modified.map(|time| Timestamp::from_micros(time.as_micros() - hour));
            }
            _ => {}
        }
        info
    }

    /// The bytes that it gives for those that it should.
    fn given(&self, key: &ObjectKey, range: Option<&Range<u64>>, bytes: Bytes) -> Bytes {
        match (self.lie, range) {
            (Lie::ReadsAreStale, None) => {
                self.first.lock().unwrap().get(key).cloned().unwrap_or(bytes)
            }
            (Lie::OneLetterIsAnother, _) => {
                bytes.iter().map(|byte| if *byte == 0x1A { 0x1B } else { *byte }).collect()
            }
            (Lie::RangesStopEarly, Some(_)) if bytes.len() > 1 => bytes.slice(1..),
            _ => bytes,
        }
    }

    /// The bytes of an upload in which a part is not as it was sent.
    fn whole(&self, upload: &MultipartUpload) -> Bytes {
        let parts = self.parts.lock().unwrap().remove(&upload.id).unwrap_or_default();
        let last = parts.keys().last().copied();
        let kept = parts.into_iter().map(|(number, bytes)| match self.lie {
            Lie::APartIsLost if number == 2 => vec![0; bytes.len()],
            Lie::TheLastPartIsLost if Some(number) == last => Vec::new(),
            _ => bytes.to_vec(),
        });
        kept.flatten().collect()
    }
}

fn another(crc: Crc64Nvme) -> Crc64Nvme {
    Crc64Nvme::from_u64(crc.as_u64() ^ 1)
}

#[async_trait]
impl BlobStore for Liar {
    fn url(&self) -> &StoreUrl {
        self.inner.url()
    }

    async fn head(&self, key: &ObjectKey) -> Result<ObjectInfo> {
        Ok(self.told(self.inner.head(&self.key(key)).await?))
    }

    async fn get(
        &self,
        key: &ObjectKey,
        range: Option<Range<u64>>,
        if_match: Option<ETag>,
    ) -> Result<ObjectBody> {
        let key = self.key(key);
        let if_match = match self.lie {
            Lie::StatesAreIgnored => None,
            Lie::StatesHaveOneName => if_match.filter(|etag| etag.0 != ONE_NAME),
            _ => if_match,
        };
        let asked = match (self.lie, range.clone()) {
            (Lie::RangesAreIgnored, _) => None,
            (Lie::RangesAreOffByOne, Some(range)) if range.start > 0 && range.start < range.end => {
                Some(range.start - 1..range.end - 1)
            }
            (_, range) => range,
        };
        let shifted = asked != range;
        let body = self.inner.get(&key, asked, if_match).await?;
        let bytes: Vec<Bytes> = body.chunks.try_collect().await?;
        let bytes = self.given(&key, range.as_ref(), bytes.concat().into());
        let told = match (self.lie, range) {
            (Lie::RangesAreOffByOne, Some(range)) if shifted => {
                range.start..range.start + bytes.len() as u64
            }
            _ => body.range,
        };
        let chunks = stream::iter([Ok(bytes)]).boxed();
        Ok(ObjectBody { info: self.told(body.info), range: told, chunks })
    }

    async fn put(
        &self,
        key: &ObjectKey,
        body: Bytes,
        crc: Crc64Nvme,
        attributes: &Attributes,
        mode: WriteMode,
    ) -> Result<()> {
        let key = self.key(key);
        if self.lie == Lie::NamesAreRefused && attributes.labels.iter().any(|l| !l.1.is_ascii()) {
            let (action, object) = ("write", key.to_string());
            return Err(Error::Backend { action, object, source: "what a name".into() });
        }
        if self.lie == Lie::EmptyObjectsVanish && body.is_empty() {
            return Ok(());
        }
        let crc = if self.lie == Lie::WrongChecksumsAreTaken { crc64nvme(&body) } else { crc };
        let mode = if self.lie == Lie::EveryCreatorWins { WriteMode::Replace } else { mode };
        self.inner.put(&key, body.clone(), crc, attributes, mode).await?;
        self.first.lock().unwrap().entry(key).or_insert(body);
        Ok(())
    }

    async fn delete(&self, key: &ObjectKey) -> Result<()> {
        let key = self.key(key);
        if self.lie == Lie::RemovalsAreForgotten {
            return Ok(());
        }
        if let Ok(info) = self.inner.head(&key).await {
            self.removed.lock().unwrap().push(info);
        }
        self.inner.delete(&key).await
    }

    async fn list(&self, prefix: &str, after: Option<ObjectKey>) -> Result<Vec<ObjectInfo>> {
        let listed_after = match self.lie {
            Lie::ListingsIgnoreWhereToBegin | Lie::ListingsRunBackwards => None,
            _ => after.clone(),
        };
        let mut listed = self.inner.list(prefix, listed_after).await?;
        match self.lie {
            Lie::ListingsMissTheLast => drop(listed.pop()),
            Lie::ListingsMissTheFirst if !listed.is_empty() => drop(listed.remove(0)),
            Lie::ListingsShowTheRemoved => {
                let removed = self.removed.lock().unwrap();
                let shown = removed.iter().filter(|info| info.key.as_str().starts_with(prefix));
                listed.extend(shown.cloned());
            }
            Lie::ListingsRunBackwards => {
                listed.reverse();
                listed.retain(|info| after.as_ref().is_none_or(|after| info.key < *after));
            }
            _ => {}
        }
        Ok(listed.into_iter().map(|info| self.told(info)).collect())
    }

    async fn begin(
        &self,
        key: &ObjectKey,
        size: u64,
        part_size: u64,
        attributes: &Attributes,
    ) -> Result<MultipartUpload> {
        self.inner.begin(&self.key(key), size, part_size, attributes).await
    }

    async fn put_part(
        &self,
        upload: &MultipartUpload,
        number: u32,
        body: Bytes,
        crc: Crc64Nvme,
    ) -> Result<PartReceipt> {
        let crc = if self.lie == Lie::WrongPartChecksumsAreTaken { crc64nvme(&body) } else { crc };
        let receipt = self.inner.put_part(upload, number, body.clone(), crc).await?;
        if self.lie == Lie::UnfinishedUploadsAreVisible {
            let attributes = Attributes::default();
            self.inner.put(&upload.key, body.clone(), crc, &attributes, WriteMode::Replace).await?;
        }
        let mut parts = self.parts.lock().unwrap();
        let kept = parts.entry(upload.id.clone()).or_default();
        match self.lie {
            Lie::TheFirstSendingOfAPartStays => drop(kept.entry(number).or_insert(body)),
            _ => drop(kept.insert(number, body)),
        }
        Ok(receipt)
    }

    async fn complete(
        &self,
        upload: &MultipartUpload,
        parts: &[PartReceipt],
        crc: Crc64Nvme,
        mode: WriteMode,
    ) -> Result<()> {
        let mode = if self.lie == Lie::EveryCompletionWins { WriteMode::Replace } else { mode };
        let completed = self.inner.complete(upload, parts, crc, mode).await;
        let lies = match self.lie {
            Lie::APartIsLost | Lie::TheLastPartIsLost | Lie::TheFirstSendingOfAPartStays => {
                completed.is_ok()
            }
            Lie::GivenUpUploadsAreFinished => {
                let given_up = matches!(completed, Err(Error::NotFound { .. }));
                given_up && self.parts.lock().unwrap().contains_key(&upload.id)
            }
            _ => false,
        };
        if !lies {
            return completed;
        }
        let whole = self.whole(upload);
        let crc = crc64nvme(&whole);
        let attributes = Attributes::default();
        self.inner.put(&upload.key, whole, crc, &attributes, WriteMode::Replace).await
    }

    async fn presigned_url(
        &self,
        key: &ObjectKey,
        expires: Duration,
        file_name: Option<String>,
    ) -> Result<Option<String>> {
        self.inner.presigned_url(key, expires, file_name).await
    }

    async fn abort(&self, upload: &OpenUpload) -> Result<()> {
        self.inner.abort(upload).await
    }

    async fn open_uploads(&self, prefix: &str) -> Result<Vec<OpenUpload>> {
        match self.lie {
            Lie::OpenUploadsAreHidden => Ok(Vec::new()),
            _ => self.inner.open_uploads(prefix).await,
        }
    }

    async fn parts(&self, upload: &OpenUpload) -> Result<StoredParts> {
        let mut stored = self.inner.parts(upload).await?;
        match self.lie {
            Lie::PartsAreHidden => stored.parts.clear(),
            Lie::ThePartChecksumsAreWrong => {
                for part in &mut stored.parts {
                    part.crc64nvme = part.crc64nvme.map(another);
                }
            }
            _ => {}
        }
        Ok(stored)
    }
}
