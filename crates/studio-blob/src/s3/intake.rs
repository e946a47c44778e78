//! A bucket that others put files into.

use std::ops::Range;
use std::path::PathBuf;

use async_trait::async_trait;
use aws_sdk_s3::types::Object;
use bytes::BytesMut;
use futures_util::TryStreamExt as _;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use studio_domain::{AssetKey, BucketName, ObjectKey, ObjectState, StoreUrl};

use super::answer::{chunks, size_of_whole, timestamp};
use super::client::promptly;
use super::copy::Copying;
use super::error::Context;
use super::{Connection, S3Settings, S3Store};
use crate::intake::{FoundObject, Intake, Piece, Relocation, Removal};
use crate::{Attributes, Error, Result};

/// What stays as it is in a copy's source (S3 API, `x-amz-copy-source`).
const PLAIN: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/');

/// The most bytes that S3 copies with one request.
const LARGEST_COPY: u64 = 5 << 30;
/// The bytes of each part of an object that is copied in parts.
const COPIED_PART: u64 = 1 << 30;
/// How often in a row a transfer may break off without bringing a byte.
const FRUITLESS_TRIES: u32 = 4;

/// An [`Intake`] in an S3 bucket.
#[derive(Debug)]
pub struct S3Intake {
    bucket: BucketName,
    /// The same bucket without a prefix: its connection, and its name in messages.
    pub(super) store: S3Store,
    pub(super) largest_copy: u64,
    pub(super) copied_part: u64,
}

impl S3Intake {
    /// An intake in `bucket`. Does nothing yet.
    pub fn new(bucket: &BucketName, settings: S3Settings) -> Self {
        Self {
            bucket: bucket.clone(),
            store: S3Store::new(bucket.as_str(), None, settings),
            largest_copy: LARGEST_COPY,
            copied_part: COPIED_PART,
        }
    }

    /// Copies what is larger than `whole` bytes in parts of `part` bytes, for servers that copy
    /// less at once than Amazon's.
    pub fn with_copies_of(mut self, whole: u64, part: u64) -> Self {
        (self.largest_copy, self.copied_part) = (whole, part.max(1));
        self
    }

    pub(super) fn context<'a>(
        &'a self,
        connection: &'a Connection,
        action: &'static str,
        key: &'a AssetKey,
    ) -> Context<'a> {
        let context = self.store.context(connection, action, None).may_miss();
        Context { foreign: Some(key), ..context }
    }

    /// One ranged GET, as far as it comes: what arrived is kept whatever ends it.
    async fn read_some(
        &self,
        key: &AssetKey,
        range: &Range<u64>,
        state: &ObjectState,
        into: &mut BytesMut,
    ) -> Result<FoundObject> {
        let connection = self.store.connection().await;
        let start = range.start + into.len() as u64;
        let context = || self.context(connection, "read", key).if_match(start);
        let answer = connection
            .client
            .get_object()
            .bucket(self.bucket.as_str())
            .key(key.as_str())
            .range(format!("bytes={start}-{}", range.end.saturating_sub(1)))
            .set_if_match(quoted(state))
            .customize()
            .config_override(promptly())
            .send()
            .await
            .map_err(|error| context().read(error))?;
        let length = answer.content_length().and_then(|length| u64::try_from(length).ok());
        let length = length.ok_or_else(|| context().broken_answer("it has no length"))?;
        let size = match answer.content_range() {
            Some(sent) => size_of_whole(sent, start)
                .ok_or_else(|| context().broken_answer("its Content-Range is wrong"))?,
            None => return Err(context().broken_answer("it ignores the range")),
        };
        let object = FoundObject {
            key: key.clone(),
            size,
            state: state_of(answer.e_tag(), answer.version_id()),
            modified: timestamp(answer.last_modified()),
        };
        // Not every server heeds the condition, and none has one for versions. Asking for a
        // version by its id would bring one that was replaced since.
        self.expect_state(&object, state)?;
        let wanted = usize::try_from(range.end.min(size) - range.start).unwrap_or(usize::MAX);
        let name = format!("{}/{key}", self.store.url);
        let mut body = Box::pin(chunks(answer.body, name, length));
        while let Some(chunk) = body.try_next().await? {
            let room = wanted.saturating_sub(into.len());
            into.extend_from_slice(&chunk[..chunk.len().min(room)]);
            // A server may send more than was asked for; it is not taken.
            if chunk.len() >= room {
                break;
            }
        }
        Ok(object)
    }

    /// What was asked for of an object has no bytes besides those that came: but which object it
    /// is, still counts.
    async fn read_nothing(
        &self,
        key: &AssetKey,
        state: &ObjectState,
        bytes: BytesMut,
    ) -> Result<Piece> {
        let object = self.head(key).await?;
        self.expect_state(&object, state)?;
        Ok(Piece { object, bytes: bytes.freeze() })
    }

    /// Whether an object is in a state, if that has a name.
    fn expect_state(&self, object: &FoundObject, state: &ObjectState) -> Result<()> {
        match *state != ObjectState::default() && !object.state.is_same(state) {
            true => Err(Error::Changed { object: format!("{}/{}", self.store.url, object.key) }),
            false => Ok(()),
        }
    }

    /// Whether the server says that it has no such bucket.
    async fn is_missing(&self, bucket: &str) -> bool {
        let asked = self.store.connection().await.client.head_bucket().bucket(bucket);
        let answer = asked.customize().config_override(promptly()).send().await;
        answer.is_err_and(|error| {
            error.raw_response().is_some_and(|answer| answer.status().as_u16() == 404)
        })
    }

    pub(super) fn source_of(&self, found: &FoundObject) -> String {
        let key = utf8_percent_encode(found.key.as_str(), PLAIN);
        match &found.state.version_id {
            Some(version) => {
                let version = utf8_percent_encode(version, PLAIN);
                format!("{}/{key}?versionId={version}", self.bucket)
            }
            None => format!("{}/{key}", self.bucket),
        }
    }
}

/// The state that an answer names. `null` is the version of an object from before its bucket
/// kept versions (S3 API).
pub(super) fn state_of(etag: Option<&str>, version_id: Option<&str>) -> ObjectState {
    let named = |text: &&str| !text.is_empty() && *text != "null";
    let etag = etag.map(|etag| etag.trim_matches('"')).filter(named);
    ObjectState {
        etag: etag.map(str::to_owned),
        version_id: version_id.filter(named).map(str::to_owned),
    }
}

pub(super) fn quoted(state: &ObjectState) -> Option<String> {
    state.etag.as_ref().map(|etag| format!("\"{etag}\""))
}

#[async_trait]
impl Intake for S3Intake {
    fn bucket(&self) -> &BucketName {
        &self.bucket
    }

    async fn head(&self, key: &AssetKey) -> Result<FoundObject> {
        let connection = self.store.connection().await;
        let answer = connection
            .client
            .head_object()
            .bucket(self.bucket.as_str())
            .key(key.as_str())
            .customize()
            .config_override(promptly())
            .send()
            .await;
        let context = || self.context(connection, "look at", key);
        let head = match answer {
            Ok(head) => head,
            Err(error) => {
                // HEAD answers have no body: whether it is the bucket that is missing, or who
                // forbids it, a ranged GET tells.
                let refusal = context().read(error);
                let mut bytes = BytesMut::new();
                let state = ObjectState::default();
                return match self.read_some(key, &(0..1), &state, &mut bytes).await {
                    Ok(found) => Ok(found),
                    Err(Error::RangeNotSatisfiable { .. }) => Err(refusal),
                    Err(reason) => Err(reason),
                };
            }
        };
        let size = head.content_length().and_then(|size| u64::try_from(size).ok());
        Ok(FoundObject {
            key: key.clone(),
            size: size.ok_or_else(|| context().broken_answer("it has no size"))?,
            state: state_of(head.e_tag(), head.version_id()),
            modified: timestamp(head.last_modified()),
        })
    }

    async fn read(&self, key: &AssetKey, range: Range<u64>, state: &ObjectState) -> Result<Piece> {
        let mut bytes = BytesMut::new();
        let mut state = state.clone();
        let mut fruitless = 0;
        if range.is_empty() {
            return self.read_nothing(key, &state, bytes).await;
        }
        loop {
            let before = bytes.len();
            match self.read_some(key, &range, &state, &mut bytes).await {
                Ok(object) => return Ok(Piece { object, bytes: bytes.freeze() }),
                // It ends before the range begins; what it is, is told nevertheless.
                Err(Error::RangeNotSatisfiable { .. }) => {
                    return self.read_nothing(key, &state, bytes).await;
                }
                Err(error @ Error::Interrupted { .. }) => {
                    fruitless = if bytes.len() > before { 0 } else { fruitless + 1 };
                    if fruitless >= FRUITLESS_TRIES {
                        return Err(error);
                    }
                    // What comes now must be of the same object.
                    if state == ObjectState::default() {
                        bytes.clear();
                        state = self.head(key).await?.state;
                    }
                    tracing::warn!(%key, "transfer broke off, goes on");
                }
                Err(error) => return Err(error),
            }
        }
    }

    async fn remove(&self, key: &AssetKey, state: &ObjectState) -> Result<Removal> {
        let found = match self.head(key).await {
            Ok(found) => found,
            Err(Error::NotFound { .. }) => return Ok(Removal::Gone),
            Err(error) => return Err(error),
        };
        if !found.state.is_same(state) {
            return Ok(Removal::Changed);
        }
        let connection = self.store.connection().await;
        // Never a version by its id: that would bring the one before it to light again.
        let deleted = connection
            .client
            .delete_object()
            .bucket(self.bucket.as_str())
            .key(key.as_str())
            .set_if_match(quoted(&found.state))
            .customize()
            .config_override(promptly())
            .send()
            .await;
        match deleted {
            Ok(_) => Ok(Removal::Removed),
            Err(error) => match self.context(connection, "remove", key).if_match(0).read(error) {
                Error::NotFound { .. } => Ok(Removal::Gone),
                Error::Changed { .. } | Error::Contended { .. } => Ok(Removal::Changed),
                error => Err(error),
            },
        }
    }

    async fn relocate(
        &self,
        key: &AssetKey,
        state: &ObjectState,
        to: &AssetKey,
        only_new: bool,
    ) -> Result<Relocation> {
        let found = match self.head(key).await {
            Ok(found) if found.state.is_same(state) => found,
            Ok(_) => return Ok(Relocation::Changed),
            Err(Error::NotFound { .. }) => return Ok(Relocation::Gone),
            Err(error) => return Err(error),
        };
        let occupied = async || match self.head(to).await {
            Ok(_) => Ok(true),
            Err(Error::NotFound { .. }) => Ok(false),
            Err(error) => Err(error),
        };
        if only_new && occupied().await? {
            return Ok(Relocation::Occupied);
        }
        let (bucket, target) = (self.bucket.as_str(), to.as_str());
        let copying = Copying { found: &found, bucket, key: target, attributes: None, only_new };
        let copied = match self.copy(&copying).await {
            Ok(state) => state,
            Err(Error::NotFound { .. }) => return Ok(Relocation::Gone),
            Err(Error::Changed { .. }) if only_new && occupied().await? => {
                return Ok(Relocation::Occupied);
            }
            Err(Error::Changed { .. }) => return Ok(Relocation::Changed),
            Err(error) => return Err(error),
        };
        match self.remove(key, &found.state).await? {
            Removal::Removed => Ok(Relocation::Moved(copied)),
            // Some servers copy whatever is there by then: what was copied may be the new one,
            // which stays where it is.
            Removal::Changed => {
                self.remove(to, &copied).await?;
                Ok(Relocation::Changed)
            }
            // Somebody removed it meanwhile: what was copied is all there is of it.
            Removal::Gone => Ok(Relocation::Moved(copied)),
        }
    }

    async fn list(&self, prefix: &str, after: Option<AssetKey>) -> Result<Vec<FoundObject>> {
        let after = after.map(|key| key.as_str().to_owned());
        let found = |object: &Object| {
            Some(FoundObject {
                key: object.key()?.parse().ok()?,
                size: object.size().and_then(|size| u64::try_from(size).ok())?,
                state: state_of(object.e_tag(), None),
                modified: timestamp(object.last_modified()),
            })
        };
        self.store.list_keys(prefix.to_owned(), after, found).await
    }

    async fn local_file(&self, _found: &FoundObject) -> Result<Option<PathBuf>> {
        Ok(None)
    }

    fn hands_over_to(&self, store: &StoreUrl) -> bool {
        matches!(store, StoreUrl::S3 { .. })
    }

    async fn hand_over(
        &self,
        found: &FoundObject,
        store: &StoreUrl,
        object: &ObjectKey,
        attributes: &Attributes,
    ) -> Result<()> {
        let StoreUrl::S3 { bucket, prefix } = store else {
            let (store, source) = (store.clone(), "it is no bucket".into());
            return Err(Error::Unsupported { store, action: "take a copy", source });
        };
        let key = match prefix {
            Some(prefix) => format!("{prefix}/{object}"),
            None => object.to_string(),
        };
        // In a bucket that keeps versions, the one that was found is there to the end.
        if found.state.version_id.is_some() {
            self.expect_state(&self.head(&found.key).await?, &found.state)?;
        }
        let attributes = Some(attributes);
        let copying = Copying { found, bucket, key: &key, attributes, only_new: false };
        match self.copy(&copying).await {
            Ok(_) => Ok(()),
            // SeaweedFS has an internal error where the bucket is missing.
            Err(Error::NoSuchStore { .. } | Error::Unreachable { .. })
                if self.is_missing(bucket).await =>
            {
                Err(Error::NoSuchStore { store: store.clone() })
            }
            Err(error) => Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_is_encoded_and_names_its_version() {
        let bucket: BucketName = "ingest".parse().unwrap_or_else(|error| panic!("{error}"));
        let intake = S3Intake::new(&bucket, S3Settings::default());
        let key = "sp ace/DJ's Björk+1%.wav".parse().unwrap_or_else(|error| panic!("{error}"));
        let mut found = FoundObject { key, size: 1, state: ObjectState::default(), modified: None };
        let plain = "ingest/sp%20ace/DJ%27s%20Bj%C3%B6rk%2B1%25.wav";
        assert_eq!(intake.source_of(&found), plain);
        found.state.version_id = Some("a=b".to_owned());
        assert_eq!(intake.source_of(&found), format!("{plain}?versionId=a%3Db"));
    }

    #[test]
    fn states_have_no_quotes_and_no_empty_names() {
        let state = state_of(Some("\"abc-2\""), Some("null"));
        assert_eq!(state, ObjectState { etag: Some("abc-2".to_owned()), version_id: None });
        assert_eq!(quoted(&state).as_deref(), Some("\"abc-2\""));
        assert_eq!(state_of(Some("\"\""), Some("")), ObjectState::default());
    }
}
