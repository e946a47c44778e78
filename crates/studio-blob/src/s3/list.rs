//! Listings, page by page (S3 API: ListObjectsV2).

use aws_sdk_s3::operation::list_objects_v2::ListObjectsV2Output;
use aws_sdk_s3::types::Object;
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
            let answer = connection
                .client
                .list_objects_v2()
                .bucket(&self.bucket)
                .prefix(&prefix)
                .max_keys(MAX_LISTED as i32)
                .set_start_after(place.after.clone())
                .set_continuation_token(place.token.clone())
                .customize()
                .config_override(promptly())
                .send()
                .await;
            let page = answer.map_err(|error| context().read(error))?;
            found.extend(page.contents().iter().filter_map(&listed));
            if found.len() >= MAX_LISTED || page.is_truncated() != Some(true) {
                found.truncate(MAX_LISTED);
                return Ok(found);
            }
            place = next_place(&page, &place, &context())?;
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
