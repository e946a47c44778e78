//! What every [`CatalogRepo`] must do, one case a function.
//!
//! A test crate implements [`CatalogFixture`] for its backend and calls
//! [`catalog_conformance!`](crate::catalog_conformance): each case becomes a test of its own.

mod claims;
mod versions;

use std::sync::Arc;

use async_trait::async_trait;
use studio_domain::{
    Digest, NewVersion, ObjectKey, ReservationId, Timestamp, VersionId, VersionPath,
};
use studio_repo::{CatalogRepo, Page, PageRequest};
use uuid::Uuid;

pub use self::claims::*;
pub use self::versions::*;

/// An empty catalogue of one backend.
#[async_trait]
pub trait CatalogFixture: Sized + Send + Sync {
    /// Makes the catalogue; `None` where the backend cannot be had, after saying why.
    async fn set_up() -> Option<Self>;

    /// A handle on the catalogue; all handles are on the same one.
    fn open(&self) -> Arc<dyn CatalogRepo>;
}

/// Makes a test of each case for a [`CatalogFixture`].
#[macro_export]
macro_rules! catalog_conformance {
    ($fixture:ty) => {
        $crate::catalog_conformance!($fixture:
            a_committed_version_is_found_as_it_is,
            names_are_found_in_any_case_and_shown_as_first_typed,
            hard_names_come_through,
            extreme_values_come_through,
            the_same_bytes_again_change_nothing,
            other_bytes_are_refused_and_the_first_stay,
            what_is_missing_is_named,
            slugs_are_unique_where_names_are_alike,
            listings_are_ordered_and_filtered,
            pages_join_to_the_whole,
            an_unknown_cursor_is_refused,
            artists_songs_and_tracks_are_listed,
            a_place_is_claimed_once_for_other_bytes,
            the_same_bytes_share_a_place_and_an_identity,
            a_claim_ends_with_its_lease,
            a_renewed_claim_lasts,
            a_released_claim_is_gone,
            a_stored_version_leaves_no_place_to_claim,
            of_many_commits_to_one_place_one_wins,
            many_commits_to_many_places_all_succeed,
            handles_see_each_others_writes,
            many_are_restored_at_once_or_none,
        );
    };
    ($fixture:ty: $($case:ident),+ $(,)?) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $case() {
                use $crate::catalog_suite::CatalogFixture as _;
                if let Some(fixture) = <$fixture>::set_up().await {
                    $crate::catalog_suite::$case(&fixture).await;
                }
            }
        )+
    };
}

/// A path from four texts.
pub fn path(artist: &str, song: &str, track: &str, tag: &str) -> VersionPath {
    VersionPath {
        artist: artist.parse().unwrap(),
        song: song.parse().unwrap(),
        track: track.parse().unwrap(),
        tag: tag.parse().unwrap(),
    }
}

/// A version at a place, its bytes told apart by `seed`, uploaded `seed` seconds after the epoch.
pub fn version(path: VersionPath, seed: u64) -> NewVersion {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_be_bytes());
    let digest = Digest::from_bytes(bytes);
    NewVersion {
        id: VersionId::from_uuid(Uuid::now_v7()),
        original_path: format!("takes/{}.wav", path.tag),
        path,
        uploaded_at: Timestamp::from_micros(seed as i64 * 1_000_000),
        size: seed,
        digest,
        crc64nvme: studio_domain::Crc64Nvme::from_u64(!seed),
        content_type: "audio/wav".to_owned(),
        store: "s3://music/vault".parse().unwrap(),
        object_key: ObjectKey::of_object(&digest),
    }
}

pub(crate) fn new_claim() -> ReservationId {
    ReservationId::from_uuid(Uuid::now_v7())
}

pub(crate) async fn commit(
    catalog: &dyn CatalogRepo,
    version: &NewVersion,
) -> studio_repo::Result<bool> {
    catalog.commit(version, new_claim()).await.map(|committed| committed.fresh)
}

pub(crate) async fn add(catalog: &dyn CatalogRepo, places: &[(&str, &str, &str, &str)]) {
    for (&(artist, song, track, tag), seed) in places.iter().zip(1..) {
        let version = version(path(artist, song, track, tag), seed);
        assert!(commit(catalog, &version).await.unwrap());
    }
}

pub(crate) fn all(limit: u32) -> PageRequest {
    PageRequest { after: None, limit }
}

pub(crate) fn tags<V: std::ops::Deref<Target = NewVersion>>(page: &Page<V>) -> Vec<&str> {
    page.items.iter().map(|version| version.path.tag.as_str()).collect()
}

pub(crate) fn place() -> VersionPath {
    path("a", "s", "t", "v")
}
