//! What every [`CatalogRepo`], [`TrashRepo`], [`CareRepo`], [`ChoiceRepo`] and
//! [`ReleaseRepo`] must do, one case a function.
//!
//! A test crate implements [`CatalogFixture`] for its backend and calls
//! [`catalog_conformance!`](crate::catalog_conformance): each case becomes a test of its own.

mod checks;
mod choices;
mod claims;
mod releases;
mod removals;
mod selections;
mod trash;
mod versions;

use std::sync::Arc;

use async_trait::async_trait;
use studio_domain::{
    Digest, NewVersion, ObjectKey, ReservationId, Timestamp, VersionId, VersionPath,
};
use studio_repo::{
    CareRepo, CatalogRepo, ChoiceRepo, Committed, Page, PageRequest, ReleaseRepo, Reservation,
    Reserved, TrashRepo,
};
use uuid::Uuid;

pub use self::checks::*;
pub use self::choices::*;
pub use self::claims::*;
pub use self::releases::*;
pub use self::removals::*;
pub use self::selections::*;
pub use self::trash::*;
pub use self::versions::*;

/// All that a catalogue can do.
pub trait Catalogue: CatalogRepo + TrashRepo + CareRepo + ChoiceRepo + ReleaseRepo {}

impl<T: CatalogRepo + TrashRepo + CareRepo + ChoiceRepo + ReleaseRepo> Catalogue for T {}

/// An empty catalogue of one backend.
#[async_trait]
pub trait CatalogFixture: Sized + Send + Sync {
    /// Makes the catalogue; `None` where the backend cannot be had, after saying why.
    async fn set_up() -> Option<Self>;

    /// A handle on the catalogue; all handles are on the same one.
    fn open(&self) -> Arc<dyn Catalogue>;
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
            a_listing_goes_on_behind_what_was_thrown_away,
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
            nothing_is_committed_without_a_claim,
            ended_claims_are_listed_and_forgotten,
            a_trashed_version_is_kept_and_its_place_is_free,
            names_go_with_their_last_version,
            what_is_not_there_cannot_be_trashed,
            the_trash_is_listed_oldest_first,
            the_trash_of_one_place_is_listed_newest_first,
            a_version_comes_back_as_it_was,
            a_version_does_not_come_back_to_a_taken_place,
            extreme_versions_come_back_from_the_trash,
            a_trashed_identity_is_not_given_out_again,
            a_purged_version_leaves_a_removal,
            a_trash_is_taken_in_from_a_store,
            forgotten_versions_are_gone_everywhere,
            of_many_who_trash_and_purge_one_does,
            objects_are_checked_by_the_age_of_their_check,
            pages_of_objects_join_to_the_whole,
            an_object_is_as_unchecked_as_its_least_checked_version,
            checks_are_recorded_with_every_version,
            kept_objects_are_checked_like_those_of_versions,
            uses_are_told_in_order,
            a_volume_counts_each_object_once,
            a_removal_is_written_down_once_and_struck_when_done,
            an_object_that_something_needs_stays,
            an_object_that_nothing_needs_may_go,
            one_removal_at_a_time_takes_an_object,
            an_upload_that_slept_through_a_removal_is_refused,
            of_a_claim_and_a_removal_one_wins,
            the_last_pick_of_a_track_counts,
            picks_and_marks_are_taken_in_once,
            a_pick_taken_back_is_history,
            picks_are_listed_by_track,
            the_history_of_picks_is_cut_to_the_newest,
            the_last_mark_of_a_version_counts,
            picks_and_marks_outlive_their_version,
            details_are_told_in_order,
            what_was_measured_is_kept,
            every_sound_comes_through,
            extreme_choices_come_through,
            versions_are_selected,
            a_place_does_not_change_what_is_latest,
            of_many_picks_at_once_one_is_last,
            a_release_is_found_by_name_in_any_case,
            the_name_of_a_release_is_given_once,
            a_release_is_taken_in_once,
            releases_are_listed_by_song_oldest_first,
            releases_are_found_by_their_versions,
            a_released_version_is_not_purged,
            a_released_object_stays,
            extreme_releases_come_through,
            unknown_choices_are_told,
            a_release_is_made_of_versions_that_are_there,
            a_release_is_made_of_the_picks_that_stand,
            releases_move_to_another_store,
            of_many_releases_of_one_name_one_wins,
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

/// Claims a place and commits a version to it, as an upload does.
pub(crate) async fn upload(
    catalog: &dyn CatalogRepo,
    version: &NewVersion,
) -> studio_repo::Result<Committed> {
    let now = Timestamp::from_micros(0);
    let wanted = Reservation {
        id: new_claim(),
        version: version.id,
        path: version.path.clone(),
        digest: version.digest,
        object_key: version.object_key.clone(),
        expires_at: now.after(std::time::Duration::from_secs(1)),
    };
    match catalog.reserve(&wanted, now).await? {
        Reserved::Granted(claim) => catalog.commit(version, claim.id).await,
        Reserved::Stored(version) => Ok(Committed { version, fresh: false }),
    }
}

/// As [`upload`]; tells whether it was new.
pub(crate) async fn commit(
    catalog: &dyn CatalogRepo,
    version: &NewVersion,
) -> studio_repo::Result<bool> {
    upload(catalog, version).await.map(|committed| committed.fresh)
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
