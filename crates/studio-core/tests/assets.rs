//! Telling of assets, on a real catalogue.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

use std::sync::Arc;

use studio_core::repo::{
    AssetFilter, AssetRepo as _, Error as RepoError, Judged, Judgement, Settlement,
};
use studio_core::{Assets, Change, Error, SqliteCatalog};
use studio_domain::{
    AssetEvent, AssetFacts, AssetPlace, AssetStatus, EventKind, Moment, ObjectState, Reason,
    Timestamp,
};

const NOW: Timestamp = Timestamp::from_micros(1_700_000_000_000_000);

fn catalog() -> (Arc<SqliteCatalog>, Assets) {
    let catalog = Arc::new(SqliteCatalog::in_memory().unwrap());
    let assets = Assets::new(catalog.clone()).with_clock(|| NOW);
    (catalog, assets)
}

fn event(etag: Option<&str>, sequencer: Option<&str>) -> AssetEvent {
    AssetEvent {
        place: AssetPlace { bucket: "ingest".parse().unwrap(), key: "a.wav".parse().unwrap() },
        kind: EventKind::Created,
        state: ObjectState { etag: etag.map(str::to_owned), version_id: None },
        size: None,
        moment: Moment { sequencer: sequencer.map(|text| text.parse().unwrap()), at: None },
    }
}

fn facts() -> AssetFacts {
    AssetFacts {
        channel_count: 2,
        frame_count: 48_000,
        sample_rate: 48_000,
        bits_per_sample: 24,
        duration: "1.0".to_owned(),
        container: None,
        codec: None,
    }
}

#[tokio::test]
async fn a_word_is_taken_once_and_a_verdict_in_its_order() {
    let (_, assets) = catalog();
    let tell = async |etag, sequencer| {
        let told = assets.register(event(etag, sequencer), facts()).await.unwrap();
        (told.change, told.asset.revision, told.asset.state.etag)
    };
    let named = |etag: &str| Some(etag.to_owned());
    assert_eq!(tell(None, None).await, (Change::New, 1, None));
    assert_eq!(tell(None, None).await, (Change::Nothing, 1, None));
    assert_eq!(tell(Some("b"), Some("02")).await, (Change::Updated, 2, named("b")));
    assert_eq!(tell(Some("b"), Some("2")).await, (Change::Nothing, 2, named("b")));
    assert_eq!(tell(Some("a"), Some("01")).await, (Change::Nothing, 2, named("b")));
    assert_eq!(tell(None, None).await, (Change::Nothing, 2, named("b")));
    let counts = assets.counts().await.unwrap();
    assert_eq!(counts, [(AssetStatus::Valid, 1)]);
}

#[tokio::test]
async fn what_is_being_deleted_stays_so_for_the_same_upload_only() {
    let (catalog, assets) = catalog();
    let told = assets.register(event(Some("a"), Some("01")), facts()).await.unwrap();
    let key = &told.asset.place.key;
    let ordered = assets.order_deletion_at(None, key).await.unwrap().unwrap();
    assert_eq!(ordered.status, AssetStatus::Deleting);
    assert_eq!(assets.order_deletion_at(None, key).await.unwrap(), None);
    assert_eq!(assets.find(None, key).await.unwrap(), None);
    // The same upload, told of once more.
    let again = assets.register(event(Some("a"), Some("01")), facts()).await.unwrap();
    assert_eq!((again.change, again.asset.status), (Change::Nothing, AssetStatus::Deleting));
    // The same bytes, uploaded once more: nobody ordered to delete these.
    let again = assets.register(event(Some("a"), Some("02")), facts()).await.unwrap();
    assert_eq!((again.change, again.asset.status), (Change::Updated, AssetStatus::Valid));
    assets.order_deletion_at(None, key).await.unwrap();
    let state = &told.asset.state;
    let gone = catalog.settle(told.asset.id, state, &Settlement::Deleted, NOW).await.unwrap();
    assert_eq!(gone.status, AssetStatus::Deleted);
    // Without a time or a sequencer there is nothing by which to know it again.
    let word = assets.register(event(Some("w"), None), facts()).await.unwrap();
    assert_eq!((word.change, word.asset.status), (Change::New, AssetStatus::Valid));
}

#[tokio::test]
async fn the_same_words_count_again_after_a_deletion() {
    let (catalog, assets) = catalog();
    let told = assets.register(event(Some("a"), None), facts()).await.unwrap();
    let again = assets.register(event(Some("a"), None), facts()).await.unwrap();
    assert_eq!((told.change, again.change), (Change::New, Change::Nothing));
    assets.order_deletion(told.asset.id, None).await.unwrap();
    let state = &told.asset.state;
    catalog.settle(told.asset.id, state, &Settlement::Deleted, NOW).await.unwrap();
    let back = assets.register(event(Some("a"), None), facts()).await.unwrap();
    assert_eq!((back.change, back.asset.status), (Change::New, AssetStatus::Valid));
}

#[tokio::test]
async fn what_was_found_bad_is_not_valid_on_a_word() {
    let (catalog, assets) = catalog();
    let bad = event(Some("a"), Some("01"));
    let reason = Reason { code: "bit-depth".to_owned(), detail: "16 bits".to_owned() };
    let judged = Judged {
        state: bad.state.clone(),
        event: bad,
        size: None,
        judgement: Judgement::Invalid { facts: None, reasons: vec![reason], warnings: vec![] },
        profile: None,
    };
    catalog.record(&judged, NOW).await.unwrap();
    let word = assets.register(event(None, None), facts()).await.unwrap();
    assert_eq!((word.change, word.asset.status), (Change::Nothing, AssetStatus::Rejected));
}

#[tokio::test]
async fn a_listing_says_where_it_goes_on() {
    let (_, assets) = catalog();
    for key in ["c", "a", "b"] {
        let mut event = event(None, None);
        event.place.key = key.parse().unwrap();
        assets.register(event, facts()).await.unwrap();
    }
    let list = async |after, limit| {
        let list = assets.list(&AssetFilter::default(), after, limit).await.unwrap();
        let keys: Vec<String> =
            list.items.iter().map(|asset| asset.place.key.as_str().to_owned()).collect();
        (keys.concat(), list.next)
    };
    let (first, next) = list(None, 2).await;
    assert_eq!((first.as_str(), next.is_some()), ("ab", true));
    assert_eq!(list(next, 2).await, ("c".to_owned(), None));
    assert_eq!(list(None, 3).await.1, None);
    let nobody = studio_domain::AssetId::from_uuid(uuid::Uuid::nil());
    let lost = assets.list(&AssetFilter::default(), Some(nobody), 2).await;
    assert!(matches!(lost, Err(Error::Catalog(RepoError::NoAsset { id })) if id == nobody));
    assets.ping().await.unwrap();
}
