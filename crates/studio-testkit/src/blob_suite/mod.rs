//! What every [`BlobStore`] must do, one case a function.
//!
//! A test crate implements [`BlobFixture`] for its backend and calls
//! [`blob_conformance!`](crate::blob_conformance): each case becomes a test of its own.

mod links;
mod multipart;
mod objects;
mod open;

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::TryStreamExt as _;
use studio_blob::{Attributes, BlobStore, MultipartUpload, PartReceipt, WriteMode, crc64nvme};
use studio_domain::ObjectKey;

pub use self::links::*;
pub use self::multipart::*;
pub use self::objects::*;
pub use self::open::*;

/// The least part that S3 takes before the last one.
pub(crate) const PART: usize = 5 << 20;

/// An empty place of one backend.
#[async_trait]
pub trait BlobFixture: Sized + Send + Sync {
    /// Makes the place; `None` where the backend cannot be had, after saying why.
    async fn set_up() -> Option<Self>;

    /// A new handle on the place; all handles are on the same one.
    fn open(&self) -> Arc<dyn BlobStore>;

    /// Whether the backend can refuse to write an object that is there. Some S3 servers
    /// cannot; the cases about that are skipped on them.
    fn creates_once(&self) -> bool {
        true
    }
}

/// Whether a case that needs conditional writes can run.
pub(crate) fn can_create_once(fixture: &impl BlobFixture) -> bool {
    let can = fixture.creates_once();
    if !can {
        crate::say_skipped("creating an object once", "this server has no conditional writes");
    }
    can
}

/// Makes a test of each case for a [`BlobFixture`].
#[macro_export]
macro_rules! blob_conformance {
    ($fixture:ty) => {
        $crate::blob_conformance!($fixture:
            reads_back_what_was_put,
            head_tells_size_and_state,
            a_missing_object_is_not_found,
            the_first_write_makes_the_place,
            many_first_writers_make_one_place,
            create_new_refuses_an_existing_object,
            replace_replaces,
            a_wrong_checksum_stores_nothing,
            ranges_give_their_bytes_and_the_full_size,
            ranges_outside_are_refused,
            if_match_refuses_another_state,
            deleting_twice_is_fine,
            lists_by_prefix_in_one_order,
            lists_page_by_page,
            odd_keys_come_through,
            any_name_fits_the_attributes,
            parts_make_an_object,
            a_single_part_makes_an_object,
            a_part_written_again_is_replaced,
            an_unfinished_upload_is_invisible,
            aborting_twice_is_fine,
            a_part_with_a_wrong_checksum_is_refused,
            parts_that_do_not_add_up_make_nothing,
            parts_that_are_not_there_make_nothing,
            parts_do_not_replace_a_new_object,
            open_uploads_are_listed,
            parts_are_told,
            an_upload_goes_on_from_another_handle,
            parts_of_nothing_are_not_found,
            of_many_creators_one_wins,
            handles_see_each_others_writes,
            fetch_range_reads_exactly_its_bytes,
            links_lead_to_the_object_until_they_end,
        );
    };
    ($fixture:ty: $($case:ident),+ $(,)?) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $case() {
                use $crate::blob_suite::BlobFixture as _;
                if let Some(fixture) = <$fixture>::set_up().await {
                    $crate::blob_suite::$case(&fixture).await;
                }
            }
        )+
    };
}

pub(crate) fn key(text: &str) -> ObjectKey {
    text.parse().unwrap()
}

pub(crate) async fn put(store: &dyn BlobStore, at: &str, bytes: &[u8]) -> studio_blob::Result<()> {
    put_with(store, at, bytes, WriteMode::CreateNew).await
}

pub(crate) async fn put_with(
    store: &dyn BlobStore,
    at: &str,
    bytes: &[u8],
    mode: WriteMode,
) -> studio_blob::Result<()> {
    let body = Bytes::copy_from_slice(bytes);
    store.put(&key(at), body, crc64nvme(bytes), &Attributes::default(), mode).await
}

pub(crate) async fn read(store: &dyn BlobStore, at: &str) -> studio_blob::Result<Vec<u8>> {
    let body = store.get(&key(at), None, None).await?;
    let chunks: Vec<Bytes> = body.chunks.try_collect().await?;
    Ok(chunks.concat())
}

pub(crate) async fn begin(store: &dyn BlobStore, at: &str, size: usize) -> MultipartUpload {
    let attributes = Attributes::default();
    store.begin(&key(at), size as u64, PART as u64, &attributes).await.unwrap()
}

pub(crate) async fn put_part(
    store: &dyn BlobStore,
    upload: &MultipartUpload,
    number: u32,
    bytes: &[u8],
) -> PartReceipt {
    let body = Bytes::copy_from_slice(bytes);
    store.put_part(upload, number, body, crc64nvme(bytes)).await.unwrap()
}

pub(crate) async fn keys(store: &dyn BlobStore, prefix: &str, after: Option<&str>) -> Vec<String> {
    let listed = store.list(prefix, after.map(key)).await.unwrap();
    listed.iter().map(|info| info.key.to_string()).collect()
}
