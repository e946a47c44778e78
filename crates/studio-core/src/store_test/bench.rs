//! The bench that a store stands on: every operation goes through it, so that all that
//! was made can be removed, and nothing begins once the job is cancelled.

use std::collections::{BTreeSet, HashMap};
use std::fmt;
use std::ops::Range;
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::{Bytes, BytesMut};
use futures_util::TryStreamExt as _;
use studio_blob::{
    Attributes, BlobStore, ETag, Error as StoreError, MultipartUpload, ObjectInfo, OpenUpload,
    PartReceipt, StoredParts, WriteMode, crc64nvme,
};
use studio_domain::{Crc64Nvme, ObjectKey};
use uuid::Uuid;

use super::report::Outcome;
use crate::{Event, Job};

/// The directory below which every test has one of its own.
pub(super) const ROOT: &str = "studio-store-test";
/// The least part that S3 takes before the last one.
pub(super) const PART: usize = 5 << 20;
/// More than any object of the test has; a body that brings more is cut off.
const MOST_READ: usize = 32 << 20;
/// How often a read that breaks off is begun again.
const READS: u32 = 3;

/// Why a check did not pass.
#[derive(Debug)]
pub(super) enum Fault {
    /// The store did something else than it should.
    Wrong(String),
    /// It refused, or could not be reached.
    Store(StoreError),
    /// The question makes no sense for this store.
    Idle(&'static str),
    /// Nobody waits for the answer any more.
    Cancelled,
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// The result of an operation, or of a check.
pub(super) type Op<T> = Result<T, Fault>;

/// A store being tested.
pub(super) struct Bench<'a> {
    store: &'a dyn BlobStore,
    job: &'a Job,
    prefix: String,
    state: Mutex<State>,
    first: Bytes,
    second: Bytes,
}

#[derive(Default)]
struct State {
    /// All that may have been made.
    keys: BTreeSet<ObjectKey>,
    uploads: Vec<OpenUpload>,
    outcomes: HashMap<&'static str, Outcome>,
    /// Why the store cannot be tested any further.
    lost: Option<StoreError>,
}

impl<'a> Bench<'a> {
    pub(super) fn new(store: &'a dyn BlobStore, job: &'a Job) -> Self {
        let prefix = format!("{ROOT}/{}", Uuid::now_v7());
        let state = Mutex::default();
        Self { store, job, prefix, state, first: noise(1, PART), second: noise(2, PART) }
    }

    pub(super) fn store(&self) -> &'a dyn BlobStore {
        self.store
    }

    /// What every key of this test begins with, without the slash that follows it.
    pub(super) fn prefix(&self) -> &str {
        &self.prefix
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Two different parts of the least size that S3 takes.
    pub(super) fn parts(&self) -> [Bytes; 2] {
        [self.first.clone(), self.second.clone()]
    }

    /// Runs a check and keeps how it ended. Nothing comes back where it did not pass:
    /// `?` skips the checks that build on it.
    pub(super) async fn check<T>(
        &self,
        name: &'static str,
        work: impl Future<Output = Op<T>>,
    ) -> Option<T> {
        let (outcome, value) = match work.await {
            Ok(value) => (Outcome::Passed, Some(value)),
            Err(Fault::Wrong(found)) => (Outcome::Failed { found }, None),
            Err(Fault::Idle(why)) => (Outcome::Skipped { why: why.to_owned() }, None),
            Err(Fault::Cancelled) => return None,
            Err(Fault::Store(error)) => {
                let found = told(&error);
                self.look_whether_it_is_there(error).await;
                (Outcome::Failed { found }, None)
            }
        };
        self.settle(name, outcome);
        value
    }

    /// Keeps how a check ended.
    pub(super) fn settle(&self, name: &'static str, outcome: Outcome) {
        let known = self.state().outcomes.insert(name, outcome);
        debug_assert!(known.is_none(), "{name} ended twice");
        self.job.tell(Event::Moved { bytes: 1 });
    }

    pub(super) fn outcome(&self, name: &str) -> Option<Outcome> {
        self.state().outcomes.get(name).cloned()
    }

    /// A server that answers one request with 500 has failed a check; one that answers
    /// none any more cannot be tested.
    async fn look_whether_it_is_there(&self, error: StoreError) {
        if !is_lost(&error) || self.lost() {
            return;
        }
        let Ok(key) = self.key("first") else { return };
        if let Err(again) = self.store.head(&key).await
            && is_lost(&again)
        {
            self.state().lost = Some(error);
        }
    }

    fn lost(&self) -> bool {
        self.state().lost.is_some()
    }

    /// Why the store cannot be tested any further, if so.
    pub(super) fn take_loss(&self) -> Option<StoreError> {
        self.state().lost.take()
    }

    fn go_on(&self) -> Op<()> {
        match self.lost() || self.job.check().is_err() {
            true => Err(Fault::Cancelled),
            false => Ok(()),
        }
    }

    pub(super) fn key(&self, at: &str) -> Op<ObjectKey> {
        let key = format!("{}/{at}", self.prefix).parse::<ObjectKey>();
        key.map_err(|error| Fault::Wrong(error.to_string()))
    }

    fn key_to_write(&self, at: &str) -> Op<ObjectKey> {
        self.go_on()?;
        let key = self.key(at)?;
        self.state().keys.insert(key.clone());
        Ok(key)
    }

    pub(super) async fn create(&self, at: &str, bytes: impl Into<Bytes>) -> Op<()> {
        self.put(at, bytes.into(), WriteMode::CreateNew).await
    }

    pub(super) async fn replace(&self, at: &str, bytes: impl Into<Bytes>) -> Op<()> {
        self.put(at, bytes.into(), WriteMode::Replace).await
    }

    async fn put(&self, at: &str, bytes: Bytes, mode: WriteMode) -> Op<()> {
        let crc = crc64nvme(&bytes);
        self.put_as(at, bytes, crc, &Attributes::default(), mode).await
    }

    /// Writes bytes under a checksum that may not be theirs.
    pub(super) async fn put_as(
        &self,
        at: &str,
        bytes: Bytes,
        crc: Crc64Nvme,
        attributes: &Attributes,
        mode: WriteMode,
    ) -> Op<()> {
        let key = self.key_to_write(at)?;
        Ok(self.store.put(&key, bytes, crc, attributes, mode).await?)
    }

    pub(super) async fn head(&self, at: &str) -> Op<ObjectInfo> {
        self.go_on()?;
        Ok(self.store.head(&self.key(at)?).await?)
    }

    /// All bytes of an object.
    pub(super) async fn read(&self, at: &str) -> Op<Bytes> {
        Ok(self.read_part(at, None, None).await?.bytes)
    }

    pub(super) async fn read_range(&self, at: &str, range: Range<u64>) -> Op<Read> {
        self.read_part(at, Some(range), None).await
    }

    pub(super) async fn read_part(
        &self,
        at: &str,
        range: Option<Range<u64>>,
        if_match: Option<ETag>,
    ) -> Op<Read> {
        let mut tries = 0;
        loop {
            tries += 1;
            let body = self.open(at, range.clone(), if_match.clone()).await?;
            match self.drain(body).await {
                Err(Fault::Store(StoreError::Interrupted { .. })) if tries < READS => {}
                done => return done,
            }
        }
    }

    /// Begins to read.
    pub(super) async fn open(
        &self,
        at: &str,
        range: Option<Range<u64>>,
        if_match: Option<ETag>,
    ) -> Op<studio_blob::ObjectBody> {
        self.go_on()?;
        Ok(self.store.get(&self.key(at)?, range, if_match).await?)
    }

    /// Reads to the end.
    pub(super) async fn drain(&self, mut body: studio_blob::ObjectBody) -> Op<Read> {
        let mut bytes = BytesMut::new();
        while let Some(chunk) = body.chunks.try_next().await? {
            bytes.extend_from_slice(&chunk);
            if bytes.len() > MOST_READ {
                return wrong("its body does not end");
            }
        }
        Ok(Read { info: body.info, range: body.range, bytes: bytes.freeze() })
    }

    pub(super) async fn delete(&self, at: &str) -> Op<()> {
        self.go_on()?;
        Ok(self.store.delete(&self.key(at)?).await?)
    }

    /// The objects whose keys begin with `under`, behind `after`; both without our prefix.
    pub(super) async fn list(&self, under: &str, after: Option<&str>) -> Op<Vec<ObjectInfo>> {
        self.go_on()?;
        let after = after.map(|after| self.key(after)).transpose()?;
        Ok(self.store.list(&format!("{}/{under}", self.prefix), after).await?)
    }

    /// The names that [`list`](Self::list) gives, without our prefix.
    pub(super) async fn names(&self, under: &str, after: Option<&str>) -> Op<Vec<String>> {
        let listed = self.list(under, after).await?;
        Ok(listed.iter().map(|info| self.name(&info.key)).collect())
    }

    /// A key without our prefix; as it is where it has another one.
    pub(super) fn name(&self, key: &ObjectKey) -> String {
        let key = key.as_str();
        let own = key.strip_prefix(self.prefix.as_str()).and_then(|key| key.strip_prefix('/'));
        own.unwrap_or(key).to_owned()
    }

    pub(super) async fn begin(&self, at: &str, size: usize) -> Op<MultipartUpload> {
        self.begin_with(at, size, PART, &Attributes::default()).await
    }

    /// Begins an object of three bytes a part, for what is refused before it matters that
    /// S3 takes no such parts.
    pub(super) async fn begin_short(&self, at: &str, parts: usize) -> Op<MultipartUpload> {
        self.begin_with(at, 3 * parts, 3, &Attributes::default()).await
    }

    pub(super) async fn begin_with(
        &self,
        at: &str,
        size: usize,
        part_size: usize,
        attributes: &Attributes,
    ) -> Op<MultipartUpload> {
        let key = self.key_to_write(at)?;
        let upload = self.store.begin(&key, size as u64, part_size as u64, attributes).await?;
        self.state().uploads.push(OpenUpload::from(&upload));
        Ok(upload)
    }

    pub(super) async fn part(
        &self,
        upload: &MultipartUpload,
        number: u32,
        bytes: impl Into<Bytes>,
    ) -> Op<PartReceipt> {
        self.go_on()?;
        let bytes = bytes.into();
        let crc = crc64nvme(&bytes);
        Ok(self.store.put_part(upload, number, bytes, crc).await?)
    }

    /// Sends a part under a checksum that is not its own.
    pub(super) async fn part_as(
        &self,
        upload: &MultipartUpload,
        number: u32,
        bytes: &'static str,
        crc: Crc64Nvme,
    ) -> Op<PartReceipt> {
        self.go_on()?;
        Ok(self.store.put_part(upload, number, Bytes::from_static(bytes.as_bytes()), crc).await?)
    }

    pub(super) async fn complete(
        &self,
        upload: &MultipartUpload,
        parts: &[PartReceipt],
        crc: Crc64Nvme,
        mode: WriteMode,
    ) -> Op<()> {
        self.go_on()?;
        Ok(self.store.complete(upload, parts, crc, mode).await?)
    }

    /// Sends a small object in one part.
    pub(super) async fn send_one(&self, at: &str, text: &'static str, mode: WriteMode) -> Op<()> {
        let upload = self.begin(at, text.len()).await?;
        let receipt = self.part(&upload, 1, text).await?;
        self.complete(&upload, &[receipt], crc64nvme(text.as_bytes()), mode).await
    }

    pub(super) async fn abort(&self, upload: &MultipartUpload) -> Op<()> {
        self.go_on()?;
        Ok(self.store.abort(&OpenUpload::from(upload)).await?)
    }

    /// The open uploads of objects whose keys begin with `under`, without our prefix.
    pub(super) async fn open_uploads(&self, under: &str) -> Op<Vec<OpenUpload>> {
        self.go_on()?;
        Ok(self.store.open_uploads(&format!("{}/{under}", self.prefix)).await?)
    }

    /// What an open upload has.
    pub(super) async fn stored(&self, upload: &MultipartUpload) -> Op<StoredParts> {
        self.go_on()?;
        Ok(self.store.parts(&OpenUpload::from(upload)).await?)
    }

    /// All that may have been made, for those who clean up.
    pub(super) fn leftovers(&self) -> (Vec<ObjectKey>, Vec<OpenUpload>) {
        let state = self.state();
        (state.keys.iter().cloned().collect(), state.uploads.clone())
    }
}

impl fmt::Debug for Bench<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bench").field("prefix", &self.prefix).finish_non_exhaustive()
    }
}

/// An object, or a range of one, that was read to its end.
pub(super) struct Read {
    pub(super) info: ObjectInfo,
    pub(super) range: Range<u64>,
    pub(super) bytes: Bytes,
}

/// Whether the store cannot be used at all, as opposed to one operation.
pub(super) fn is_lost(error: &StoreError) -> bool {
    matches!(
        error,
        StoreError::Unreachable { .. }
            | StoreError::Credentials { .. }
            | StoreError::WrongRegion { .. }
            | StoreError::Full { .. }
    )
}

/// An error with those behind it.
pub(super) fn told(error: &StoreError) -> String {
    let mut text = error.to_string();
    let mut next = std::error::Error::source(error);
    while let Some(cause) = next {
        text = format!("{text}: {cause}");
        next = cause.source();
    }
    text
}

pub(super) fn wrong<T>(found: impl Into<String>) -> Op<T> {
    Err(Fault::Wrong(found.into()))
}

/// The bytes that were expected came.
pub(super) fn same(found: &[u8], expected: &[u8]) -> Op<()> {
    if found == expected {
        return Ok(());
    }
    if found.len() != expected.len() {
        return wrong(format!("{} bytes came, not {}", found.len(), expected.len()));
    }
    match found.iter().zip(expected).position(|(found, expected)| found != expected) {
        Some(at) => wrong(format!("byte {at} of {} is another one", expected.len())),
        None => Ok(()),
    }
}

/// The value that was expected was told.
pub(super) fn equal<T: PartialEq + fmt::Debug>(what: &str, found: T, expected: T) -> Op<()> {
    match found == expected {
        true => Ok(()),
        false => wrong(format!("{what} is {found:?}, not {expected:?}")),
    }
}

/// The object was not there.
pub(super) fn gone<T>(result: Op<T>) -> Op<()> {
    match result {
        Ok(_) => wrong("there is an object"),
        Err(Fault::Store(StoreError::NotFound { .. } | StoreError::NoSuchStore { .. })) => Ok(()),
        Err(fault) => Err(fault),
    }
}

/// The operation was refused in a way that `fits`.
pub(super) fn refused<T>(result: Op<T>, what: &str, fits: fn(&StoreError) -> bool) -> Op<()> {
    match result {
        Ok(_) => wrong(format!("{what} was accepted")),
        Err(Fault::Store(error)) if fits(&error) => Ok(()),
        Err(fault) => Err(fault),
    }
}

/// Bytes were refused for what they are. What a server says then differs.
pub(super) fn as_damaged(error: &StoreError) -> bool {
    matches!(
        error,
        StoreError::Corrupted { .. }
            | StoreError::Backend { .. }
            | StoreError::NotFound { .. }
            // A part that is not the one named (S3 API, InvalidPart).
            | StoreError::Contended { .. }
    )
}

/// A write was refused since an object is there.
pub(super) fn as_present(error: &StoreError) -> bool {
    matches!(error, StoreError::AlreadyExists { .. } | StoreError::Contended { .. })
}

/// `length` bytes that look random, the same for the same seed (SplitMix64).
pub(super) fn noise(seed: u64, length: usize) -> Bytes {
    let mut bytes = vec![0; length];
    let mut state = seed.wrapping_mul(0xA076_1D64_78BD_642F);
    for chunk in bytes.chunks_mut(8) {
        state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut word = state;
        word = (word ^ (word >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        chunk.copy_from_slice(&(word ^ (word >> 31)).to_le_bytes()[..chunk.len()]);
    }
    bytes.into()
}
