//! The outbox of removals, and how uploads and removals keep out of each other's way.

use std::sync::Arc;

use studio_domain::{NewVersion, RemovalId, StoreUrl, Timestamp};
use studio_repo::{Error, Removal, RemovalPermit, Reservation, Reserved};
use uuid::Uuid;

use super::claims::{LEASE, NOW, claim, is_granted};
use super::{CatalogFixture, Catalogue, commit, path, place, version};

async fn propose(catalog: &dyn Catalogue, seed: u64) -> Removal {
    let NewVersion { store, object_key, .. } = version(place(), seed);
    catalog.propose_removal(&store, &object_key, NOW).await.unwrap()
}

/// Takes a removal in hand for as long as a lease; tells whether the object may go.
async fn may_take_object(catalog: &dyn Catalogue, removal: &Removal, now: Timestamp) -> bool {
    let RemovalPermit { object } =
        catalog.claim_removal(removal.id, now, now.after(LEASE)).await.unwrap();
    object
}

/// Stores the bytes of a seed, throws them away and purges them.
async fn purge(catalog: &dyn Catalogue, tag: &str, seed: u64, at: Timestamp) -> Removal {
    let record = version(path("a", "s", "t", tag), seed);
    commit(catalog, &record).await.unwrap();
    catalog.trash(&record.path, at).await.unwrap();
    catalog.purge(record.id, at).await.unwrap()
}

/// Oldest first, one for each orphan, gone when done.
pub async fn a_removal_is_written_down_once_and_struck_when_done(fixture: &impl CatalogFixture) {
    let catalog = fixture.open();
    let later = purge(&*catalog, "v", 1, NOW.after(LEASE)).await;
    let orphan = propose(&*catalog, 2).await;
    assert_eq!((&orphan.object_key, orphan.version), (&version(place(), 2).object_key, None));
    assert_eq!(propose(&*catalog, 2).await, orphan);
    assert_eq!(propose(&*catalog, 1).await, later, "a purge takes the object along");
    let key = &orphan.object_key;
    let elsewhere = catalog.propose_removal(&StoreUrl::Memory, key, NOW).await.unwrap();
    assert_eq!(elsewhere.store, StoreUrl::Memory);
    let all = [orphan.clone(), elsewhere.clone(), later.clone()];
    assert_eq!(catalog.removals(10).await.unwrap(), all);
    assert_eq!(catalog.removals(2).await.unwrap(), all[..2]);

    for _ in 0..2 {
        catalog.finish_removal(orphan.id).await.unwrap();
    }
    assert_eq!(catalog.removals(10).await.unwrap(), all[1..]);
    match catalog.claim_removal(orphan.id, NOW, NOW.after(LEASE)).await {
        Err(Error::RemovalGone { id }) => assert_eq!(id, orphan.id),
        unexpected => panic!("{unexpected:?}"),
    }
    let unknown = RemovalId::from_uuid(Uuid::nil());
    catalog.finish_removal(unknown).await.unwrap();
    assert_ne!(propose(&*catalog, 2).await.id, orphan.id);
}

/// A version, one in the trash, a live claim: each keeps the object, and uploads go on.
pub async fn an_object_that_something_needs_stays(fixture: &impl CatalogFixture) {
    let catalog = fixture.open();
    let removal = purge(&*catalog, "v", 1, NOW).await;
    // In hand with leave for the manifest alone, a removal keeps no upload out.
    let upload = claim(path("b", "s", "t", "v"), 1);
    assert!(is_granted(&*catalog, &upload, NOW).await);
    let mut now = NOW;
    assert!(!may_take_object(&*catalog, &removal, now).await, "a live claim");
    let second = claim(path("c", "s", "t", "v"), 1);
    assert!(is_granted(&*catalog, &second, now).await);
    catalog.release(second.id).await.unwrap();

    let record = version(path("b", "s", "t", "v"), 1);
    catalog.commit(&record, upload.id).await.unwrap();
    now = now.after(LEASE);
    assert!(!may_take_object(&*catalog, &removal, now).await, "a version");
    catalog.trash(&record.path, now).await.unwrap();
    now = now.after(LEASE);
    assert!(!may_take_object(&*catalog, &removal, now).await, "a version in the trash");
    catalog.untrash(record.id, now).await.unwrap();
    catalog.forget(&[record.id]).await.unwrap();
    now = now.after(LEASE);
    assert!(may_take_object(&*catalog, &removal, now).await, "nothing");
}

/// What only another store's versions name is not needed, and uploads of it wait.
pub async fn an_object_that_nothing_needs_may_go(fixture: &impl CatalogFixture) {
    let catalog = fixture.open();
    let record = version(place(), 1);
    let elsewhere = NewVersion { store: StoreUrl::Memory, ..record.clone() };
    commit(&*catalog, &elsewhere).await.unwrap();
    let removal = propose(&*catalog, 1).await;
    assert!(may_take_object(&*catalog, &removal, NOW).await);

    let upload =
        Reservation { expires_at: NOW.after(LEASE * 9), ..claim(path("b", "s", "t", "v"), 1) };
    match catalog.reserve(&upload, NOW).await {
        Err(Error::BeingRemoved { object_key, until }) => {
            assert_eq!((object_key, until), (record.object_key, NOW.after(LEASE)));
        }
        unexpected => panic!("{unexpected:?}"),
    }
    // Other bytes are not concerned, nor is a version that is stored already.
    assert!(is_granted(&*catalog, &claim(path("b", "s", "t", "w"), 2), NOW).await);
    let stored = catalog.reserve(&claim(place(), 1), NOW).await.unwrap();
    assert!(matches!(stored, Reserved::Stored(_)), "{stored:?}");
    // Over with the lease of a remover that died, or when it is done.
    assert!(is_granted(&*catalog, &upload, NOW.after(LEASE)).await);
    catalog.release(upload.id).await.unwrap();
    let refused = catalog.reserve(&upload, NOW).await;
    assert!(matches!(refused, Err(Error::BeingRemoved { .. })), "{refused:?}");
    catalog.finish_removal(removal.id).await.unwrap();
    assert!(is_granted(&*catalog, &upload, NOW).await);
}

/// Nobody deletes what another one is deleting, and a dead remover's work is taken up.
pub async fn one_removal_at_a_time_takes_an_object(fixture: &impl CatalogFixture) {
    let catalog = fixture.open();
    let first = purge(&*catalog, "1", 1, NOW).await;
    let second = purge(&*catalog, "2", 1, NOW).await;
    assert_ne!(first.id, second.id);
    assert!(may_take_object(&*catalog, &first, NOW).await);
    match catalog.claim_removal(first.id, NOW, NOW.after(LEASE * 9)).await {
        Err(Error::BeingRemoved { until, .. }) => assert_eq!(until, NOW.after(LEASE)),
        unexpected => panic!("{unexpected:?}"),
    }
    assert!(!may_take_object(&*catalog, &second, NOW).await, "the first one takes it");
    let later = NOW.after(LEASE);
    assert!(may_take_object(&*catalog, &first, later).await, "the remover died");
    catalog.finish_removal(first.id).await.unwrap();
    assert!(may_take_object(&*catalog, &second, later).await);
}

/// It neither renews its claim nor commits under it, even when all is over.
pub async fn an_upload_that_slept_through_a_removal_is_refused(fixture: &impl CatalogFixture) {
    let catalog = fixture.open();
    let asleep = claim(place(), 1);
    assert!(is_granted(&*catalog, &asleep, NOW).await);
    let removal = propose(&*catalog, 1).await;
    let later = NOW.after(LEASE);
    assert!(may_take_object(&*catalog, &removal, later).await);
    for _ in 0..2 {
        let renewed = catalog.renew(asleep.id, later.after(LEASE)).await;
        assert!(matches!(renewed, Err(Error::ClaimLost { .. })), "{renewed:?}");
        let committed = catalog.commit(&version(place(), 1), asleep.id).await;
        assert!(matches!(committed, Err(Error::ClaimLost { .. })), "{committed:?}");
        catalog.finish_removal(removal.id).await.unwrap();
    }
    assert!(commit(&*catalog, &version(place(), 1)).await.unwrap(), "begun again it succeeds");
}

/// An upload that claims bytes and a removal that may take them: never both, never neither.
pub async fn of_a_claim_and_a_removal_one_wins(fixture: &impl CatalogFixture) {
    let (uploader, remover) = (fixture.open(), fixture.open());
    for round in 0..100 {
        let removal = propose(&*remover, round).await;
        let upload = claim(path("a", "s", "t", &format!("{round}")), round);
        let start = Arc::new(tokio::sync::Barrier::new(2));
        let claimed = tokio::spawn({
            let (catalog, start) = (Arc::clone(&uploader), Arc::clone(&start));
            async move {
                start.wait().await;
                catalog.reserve(&upload, NOW).await
            }
        });
        let permitted = tokio::spawn({
            let (catalog, start) = (Arc::clone(&remover), start);
            async move {
                start.wait().await;
                may_take_object(&*catalog, &removal, NOW).await
            }
        });
        match (claimed.await.unwrap(), permitted.await.unwrap()) {
            (Ok(Reserved::Granted(_)), false) | (Err(Error::BeingRemoved { .. }), true) => {}
            unexpected => panic!("round {round}: {unexpected:?}"),
        }
    }
}
