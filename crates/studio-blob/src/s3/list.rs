//! Listings, page by page (S3 API: ListObjectsV2).

use aws_sdk_s3::error::SdkError;
use aws_sdk_s3::operation::list_objects_v2::{ListObjectsV2Error, ListObjectsV2Output};
use aws_sdk_s3::types::{EncodingType, Object};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use percent_encoding::percent_decode_str;
use studio_aws::broke_off;
use studio_domain::ObjectKey;

use super::S3Store;
use super::answer::timestamp;
use super::client::promptly;
use super::error::Context;
use crate::{ETag, Error, MAX_LISTED, ObjectInfo, Result};

/// Where a listing goes on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Place {
    /// Behind this key.
    after: Option<String>,
    /// Where the server says, of a page that had no key to go on behind.
    token: Option<String>,
}

impl S3Store {
    pub(super) async fn list_objects(
        &self,
        prefix: &str,
        after: Option<ObjectKey>,
    ) -> Result<Vec<ObjectInfo>> {
        let after = after.map(|key| self.full_key(key.as_str()));
        let listed = self.list_keys(self.full_key(prefix), after, |object| self.listed(object));
        match listed.await {
            Err(Error::NoSuchStore { .. }) => Ok(Vec::new()),
            listed => listed,
        }
    }

    /// What is made of the objects whose keys in the bucket begin with `prefix` and come after
    /// `after`, up to [`MAX_LISTED`] of them.
    pub(super) async fn list_keys<T>(
        &self,
        prefix: String,
        after: Option<String>,
        listed: impl Fn(&Object) -> Option<T>,
    ) -> Result<Vec<T>> {
        let connection = self.connection().await;
        let context = || self.context(connection, "list", None);
        let mut place = Place { after, token: None };
        let mut found = Vec::new();
        // One page as a rule; more where a page is short, or full of keys that are none of ours.
        loop {
            let page = self.list_page(&prefix, &place).await?;
            found.extend(page.contents().iter().filter_map(&listed));
            if found.len() >= MAX_LISTED || page.is_truncated() != Some(true) {
                found.truncate(MAX_LISTED);
                return Ok(found);
            }
            place = next_place(&page, &place, &context())?;
        }
    }

    async fn list_page(&self, prefix: &str, place: &Place) -> Result<ListObjectsV2Output> {
        let connection = self.connection().await;
        let ask = |encoding: Option<EncodingType>| {
            connection
                .client
                .list_objects_v2()
                .bucket(&self.bucket)
                .prefix(prefix)
                .max_keys(MAX_LISTED as i32)
                .set_start_after(place.after.clone())
                .set_continuation_token(place.token.clone())
                .set_encoding_type(encoding)
                .customize()
                .config_override(promptly())
                .send()
        };
        let context = || self.context(connection, "list", None);
        // Not asked for in an encoding at once: some servers say that they encode, and do not.
        match ask(None).await {
            Ok(page) if !has_stand_ins(&page) => return Ok(page),
            Err(error) if !is_unreadable(&error) => return Err(context().read(error)),
            _ => {}
        }
        let mut page = ask(Some(EncodingType::Url)).await.map_err(|e| context().read(e))?;
        match decode_keys(&mut page) {
            true => Ok(page),
            false => Err(context().broken_answer("its keys cannot be read")),
        }
    }

    /// Nothing for an object that is not ours.
    fn listed(&self, object: &Object) -> Option<ObjectInfo> {
        Some(ObjectInfo {
            key: self.own_key(object.key()?)?,
            size: object.size().and_then(|size| u64::try_from(size).ok())?,
            etag: object.e_tag().map(|etag| ETag(etag.to_owned())),
            modified: timestamp(object.last_modified()),
            crc64nvme: None,
        })
    }
}

/// Whether a key may have characters that XML cannot hold, for which something else stands:
/// that is how Go writes XML, and with it SeaweedFS.
fn has_stand_ins(page: &ListObjectsV2Output) -> bool {
    page.contents().iter().any(|object| object.key().is_some_and(|key| key.contains('\u{fffd}')))
}

/// Whether the server listed, and what it said is no XML.
fn is_unreadable(error: &SdkError<ListObjectsV2Error, HttpResponse>) -> bool {
    let listed = error.raw_response().is_some_and(|answer| answer.status().is_success());
    listed && !broke_off(error)
}

/// Reads the keys of a page that was asked for in the encoding of forms (S3 API,
/// ListObjectsV2, `encoding-type`); whether they could be.
fn decode_keys(page: &mut ListObjectsV2Output) -> bool {
    if page.encoding_type() != Some(&EncodingType::Url) {
        return true;
    }
    page.contents.iter_mut().flatten().all(|object| {
        let Some(key) = object.key.take() else { return true };
        let spaced = key.replace('+', " ");
        object.key = percent_decode_str(&spaced).decode_utf8().ok().map(String::from);
        object.key.is_some()
    })
}

/// Where a listing goes on behind a page that is not its last, and that was asked for at
/// `asked`. A page may be short, or have no keys at all.
fn next_place(page: &ListObjectsV2Output, asked: &Place, context: &Context<'_>) -> Result<Place> {
    let last = page.contents().last().and_then(|last| last.key.clone());
    let token = page.next_continuation_token.clone().filter(|token| !token.is_empty());
    let next = match (last, token) {
        (Some(last), _) => Place { after: Some(last), token: None },
        (None, Some(token)) => Place { after: asked.after.clone(), token: Some(token) },
        (None, None) => return Err(context.endless()),
    };
    match next == *asked {
        true => Err(context.circular()),
        false => Ok(next),
    }
}
