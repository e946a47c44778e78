//! What every [`AssetRepo`], [`OrderRepo`] and [`QuarantineRepo`] must do, one case a
//! function.
//!
//! A test crate implements [`AssetFixture`] for its backend and calls
//! [`asset_conformance!`](crate::asset_conformance): each case becomes a test of its own.

mod events;
mod histories;
mod listings;
mod orders;
mod quarantine;
mod settlements;
mod together;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use studio_domain::{
    Asset, AssetEvent, AssetFacts, AssetKey, AssetPlace, AssetStatus, Codec, Container, EventKind,
    Moment, ObjectState, Reason, Timestamp,
};
use studio_repo::{AssetRepo, Judged, Judgement, OrderRepo, QuarantineRepo, Settlement, Standing};

pub use self::events::*;
pub use self::histories::*;
pub use self::listings::*;
pub use self::orders::*;
pub use self::quarantine::*;
pub use self::settlements::*;
pub use self::together::*;

/// All that is kept of assets.
pub trait AssetCatalogue: AssetRepo + OrderRepo + QuarantineRepo {}

impl<T: AssetRepo + OrderRepo + QuarantineRepo> AssetCatalogue for T {}

/// An empty catalogue of one backend.
#[async_trait]
pub trait AssetFixture: Sized + Send + Sync {
    /// Makes the catalogue; `None` where the backend cannot be had, after saying why.
    async fn set_up() -> Option<Self>;

    /// A handle on the catalogue; all handles are on the same one.
    fn open(&self) -> Arc<dyn AssetCatalogue>;
}

/// Makes a test of each case for an [`AssetFixture`].
#[macro_export]
macro_rules! asset_conformance {
    ($fixture:ty) => {
        $crate::asset_conformance!($fixture:
            an_event_has_its_effect_once,
            a_later_event_takes_over,
            an_older_event_changes_nothing,
            events_without_sequencers_go_by_the_clock,
            a_superseded_event_is_only_known,
            what_cannot_be_judged_yet_is_received,
            what_was_judged_is_what_was_found,
            what_was_never_seen_can_be_gone,
            an_object_that_is_gone_is_deleted,
            what_left_by_our_doing_stays_what_it_is,
            another_object_that_is_gone_is_deleted,
            places_are_apart,
            old_events_are_forgotten,
            many_events_are_forgotten_in_steps,
            an_asset_is_registered_once,
            a_registered_asset_ends_its_deletion,
            what_is_filed_belongs_to_a_state,
            what_was_not_filed_is_told,
            a_settlement_of_another_state_changes_nothing,
            an_unknown_asset_is_told,
            assets_are_listed_by_bucket_and_key,
            pages_of_assets_join_to_the_whole,
            a_prefix_is_of_bytes,
            a_key_without_a_bucket_finds_the_valid_one,
            assets_are_counted_by_status,
            hard_keys_come_through,
            extreme_assets_come_through,
            a_deletion_is_ordered_once,
            only_what_was_looked_at_is_deleted,
            orders_are_due_until_they_are_carried_out,
            a_verdict_does_not_stop_a_deletion,
            an_upload_after_the_order_ends_it,
            another_object_ends_the_order,
            an_object_that_is_gone_ends_the_order,
            what_was_deleted_is_deleted_whatever_is_there,
            every_asset_but_a_deleted_one_can_be_deleted,
            a_rejected_object_is_put_aside,
            only_a_rejected_asset_is_quarantined,
            an_object_is_put_aside_once,
            an_object_that_was_overtaken_is_put_aside,
            the_quarantine_is_listed_oldest_first,
            what_is_not_under_quarantine_is_told,
            the_verdict_on_what_is_put_back_is_waived,
            a_released_object_is_valid_for_good,
            a_release_after_its_verdict_adds_nothing,
            a_release_that_was_overtaken_changes_nothing,
            a_release_taken_back_waives_nothing,
            a_deletion_outlasts_a_release,
            a_forgotten_object_is_deleted,
            the_last_event_wins_in_any_order,
            whatever_happens_the_record_is_sound,
            of_many_deliveries_one_is_new,
            of_many_who_order_a_deletion_one_leaves_an_order,
            handles_see_each_others_assets,
        );
    };
    ($fixture:ty: $($case:ident),+ $(,)?) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $case() {
                use $crate::asset_suite::AssetFixture as _;
                if let Some(fixture) = <$fixture>::set_up().await {
                    $crate::asset_suite::$case(&fixture).await;
                }
            }
        )+
    };
}

/// The time at which these cases happen.
pub(crate) const NOW: Timestamp = Timestamp::from_micros(1_000_000_000);

/// So many seconds after [`NOW`].
pub(crate) fn later(seconds: i64) -> Timestamp {
    NOW.after(Duration::from_secs(seconds.unsigned_abs()))
}

/// A place in the bucket of these cases.
pub fn place(key: &str) -> AssetPlace {
    AssetPlace { bucket: "ingest".parse().unwrap(), key: key.parse().unwrap() }
}

/// The state of an object, told apart by `n`.
pub fn state(n: u64) -> ObjectState {
    ObjectState { etag: Some(format!("etag-{n}")), version_id: None }
}

/// The event that an object is there, the `n`th on its key, within seconds of the epoch.
pub fn created(key: &str, n: u64) -> AssetEvent {
    AssetEvent {
        place: place(key),
        kind: EventKind::Created,
        state: state(n),
        size: Some(1000 + n),
        moment: Moment {
            sequencer: Some(format!("{n:X}").parse().unwrap()),
            at: Some(Timestamp::from_micros(n.cast_signed())),
        },
    }
}

/// The event that an object is gone, the `n`th on its key. It has no state.
pub fn removed(key: &str, n: u64) -> AssetEvent {
    let (state, size) = (ObjectState::default(), None);
    AssetEvent { kind: EventKind::Removed, state, size, ..created(key, n) }
}

/// An event without a sequencer, so many seconds after [`NOW`].
pub(crate) fn event_at(event: AssetEvent, seconds: i64) -> AssetEvent {
    AssetEvent { moment: Moment { sequencer: None, at: Some(later(seconds)) }, ..event }
}

pub(crate) fn reason(code: &str) -> Reason {
    Reason { code: code.to_owned(), detail: format!("{code}: 1 \"of\" 2") }
}

pub(crate) fn absent() -> Reason {
    reason("absent")
}

/// One minute of stereo at 48 kHz and 24 bits.
pub(crate) fn facts() -> AssetFacts {
    AssetFacts {
        channel_count: 2,
        frame_count: 2_880_000,
        sample_rate: 48_000,
        bits_per_sample: 24,
        duration: "60.0".to_owned(),
        container: Some(Container::Wav),
        codec: Some(Codec::Pcm),
    }
}

fn judged(event: AssetEvent, judgement: Judgement) -> Judged {
    let profile = Some("ingest".to_owned());
    Judged { state: event.state.clone(), size: event.size, event, judgement, profile }
}

/// The object of an event was found good, with a warning.
pub fn valid(event: AssetEvent) -> Judged {
    judged(event, Judgement::Valid { facts: facts(), warnings: vec![reason("warning")] })
}

/// The object of an event was found bad, with a warning besides.
pub fn invalid(event: AssetEvent) -> Judged {
    let (reasons, warnings) = (vec![reason("bad")], vec![reason("warning")]);
    judged(event, Judgement::Invalid { facts: None, reasons, warnings })
}

/// There was no object.
pub fn gone(event: AssetEvent) -> Judged {
    judged(event, Judgement::Gone { reason: absent() })
}

/// There was another object.
pub fn superseded(event: AssetEvent) -> Judged {
    judged(event, Judgement::Superseded)
}

/// That the object of an asset was moved to `stored_as`, as it is known by now.
pub(crate) fn put_aside_as(asset: &Asset, stored_as: AssetKey) -> Settlement {
    Settlement::Quarantined { stored_as, reasons: asset.reasons.clone(), size: asset.size }
}

pub(crate) fn is_news(standing: &Standing) -> bool {
    matches!(standing, Standing::New(_))
}

/// Records a verdict that must be news; the asset from then on.
pub(crate) async fn record(assets: &dyn AssetCatalogue, judged: &Judged) -> Asset {
    match assets.record(judged, NOW).await.unwrap() {
        Standing::New(Some(asset)) => *asset,
        unexpected => panic!("{unexpected:?}"),
    }
}

/// An asset that has come so far by the first three events on its key.
pub(crate) async fn with_status(
    assets: &dyn AssetCatalogue,
    key: &str,
    status: AssetStatus,
) -> Asset {
    let event = created(key, 1);
    match status {
        AssetStatus::Rejected | AssetStatus::Quarantined => {
            let asset = record(assets, &invalid(event)).await;
            if status == AssetStatus::Rejected {
                return asset;
            }
            let aside = format!("aside/{key}").parse().unwrap();
            let settlement = put_aside_as(&asset, aside);
            assets.settle(asset.id, &asset.state, &settlement, NOW).await.unwrap()
        }
        AssetStatus::Deleted => {
            record(assets, &valid(event)).await;
            record(assets, &gone(removed(key, 2))).await
        }
        AssetStatus::Deleting => {
            let asset = record(assets, &valid(event)).await;
            assets.order_deletion(asset.id, None, NOW).await.unwrap()
        }
        AssetStatus::Valid => record(assets, &valid(event)).await,
        unexpected => panic!("{unexpected:?} is not made by events"),
    }
}

/// Looks an asset up by its key.
pub(crate) async fn look(assets: &dyn AssetCatalogue, key: &str) -> Asset {
    let AssetPlace { bucket, key } = place(key);
    assets.asset_at(Some(&bucket), &key).await.unwrap().unwrap()
}
