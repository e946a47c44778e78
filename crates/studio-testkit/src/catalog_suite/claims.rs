//! Claims on places, and their leases.

use std::time::Duration;

use studio_domain::{Timestamp, VersionPath};
use studio_repo::{CatalogRepo, Error, Reservation, Reserved};

use super::{CatalogFixture, commit, new_claim, path, place, version};

/// The time at which the claims of these cases are made.
pub(super) const NOW: Timestamp = Timestamp::from_micros(1_000_000_000);
/// How long they last.
pub(super) const LEASE: Duration = Duration::from_secs(60);

pub(super) fn claim(place: VersionPath, seed: u64) -> Reservation {
    let version = version(place, seed);
    Reservation {
        id: new_claim(),
        version: version.id,
        path: version.path,
        digest: version.digest,
        object_key: version.object_key,
        expires_at: NOW.after(LEASE),
    }
}

pub(super) async fn is_granted(
    catalog: &dyn CatalogRepo,
    claim: &Reservation,
    now: Timestamp,
) -> bool {
    match catalog.reserve(claim, now).await {
        Ok(Reserved::Granted(_)) => true,
        Err(Error::PlaceTaken { path, .. }) => {
            assert!(path.is_same_place(&claim.path));
            false
        }
        unexpected => panic!("{unexpected:?}"),
    }
}

/// A live claim keeps others out, and only from its own place.
pub async fn a_place_is_claimed_once_for_other_bytes(fixture: &impl CatalogFixture) {
    let catalog = fixture.open();
    let first = claim(place(), 1);
    match catalog.reserve(&first, NOW).await.unwrap() {
        Reserved::Granted(granted) => assert_eq!(granted, first),
        Reserved::Stored(version) => panic!("{version:?}"),
    }
    match catalog.reserve(&claim(path("A", "S", "T", "V"), 2), NOW).await {
        Err(Error::PlaceTaken { until, .. }) => assert_eq!(until, first.expires_at),
        unexpected => panic!("{unexpected:?}"),
    }
    assert!(is_granted(&*catalog, &claim(path("a", "s", "t", "w"), 2), NOW).await);
    // A claim is no version, and makes no artist.
    assert_eq!(catalog.artists(None, 10).await.unwrap(), []);
    assert!(catalog.version(&place()).await.is_err());
}

/// The same upload, begun again or twice at once, is one version.
pub async fn the_same_bytes_share_a_place_and_an_identity(fixture: &impl CatalogFixture) {
    let catalog = fixture.open();
    let first = claim(place(), 1);
    let second = claim(place(), 1);
    assert!(is_granted(&*catalog, &first, NOW).await);
    // Also long after the first attempt died.
    for now in [NOW, NOW.after(LEASE * 10)] {
        let again = Reservation { id: new_claim(), ..second.clone() };
        match catalog.reserve(&again, now).await.unwrap() {
            Reserved::Granted(granted) => {
                assert_eq!(granted.id, again.id);
                assert_eq!(granted.version, first.version);
            }
            Reserved::Stored(version) => panic!("{version:?}"),
        }
    }
}

/// A dead process holds a place no longer than its lease.
pub async fn a_claim_ends_with_its_lease(fixture: &impl CatalogFixture) {
    let catalog = fixture.open();
    assert!(is_granted(&*catalog, &claim(place(), 1), NOW).await);
    let later = NOW.after(LEASE - Duration::from_micros(1));
    assert!(!is_granted(&*catalog, &claim(place(), 2), later).await);
    let end = NOW.after(LEASE);
    let next = Reservation { expires_at: end.after(LEASE), ..claim(place(), 2) };
    assert!(is_granted(&*catalog, &next, end).await);
    assert!(!is_granted(&*catalog, &claim(place(), 1), end).await);
}

/// Renewing moves the end; renewing what is gone brings nothing back.
pub async fn a_renewed_claim_lasts(fixture: &impl CatalogFixture) {
    let catalog = fixture.open();
    let first = claim(place(), 1);
    assert!(is_granted(&*catalog, &first, NOW).await);
    catalog.renew(first.id, NOW.after(LEASE * 3)).await.unwrap();
    assert!(!is_granted(&*catalog, &claim(place(), 2), NOW.after(LEASE * 2)).await);
    catalog.release(first.id).await.unwrap();
    let renewed = catalog.renew(first.id, NOW.after(LEASE * 9)).await;
    assert!(matches!(renewed, Err(Error::ClaimLost { .. })), "{renewed:?}");
    assert!(is_granted(&*catalog, &claim(place(), 2), NOW.after(LEASE * 2)).await);
}

/// Releasing frees the place at once, and can be said twice.
pub async fn a_released_claim_is_gone(fixture: &impl CatalogFixture) {
    let catalog = fixture.open();
    let (first, shared) = (claim(place(), 1), claim(place(), 1));
    assert!(is_granted(&*catalog, &first, NOW).await);
    assert!(is_granted(&*catalog, &shared, NOW).await);
    catalog.release(first.id).await.unwrap();
    catalog.release(first.id).await.unwrap();
    assert!(!is_granted(&*catalog, &claim(place(), 2), NOW).await, "the other one still holds it");
    catalog.release(shared.id).await.unwrap();
    assert!(is_granted(&*catalog, &claim(place(), 2), NOW).await);
}

/// Where a version is, nothing is to be claimed: it is returned, or it is a conflict.
pub async fn a_stored_version_leaves_no_place_to_claim(fixture: &impl CatalogFixture) {
    let catalog = fixture.open();
    let first = claim(place(), 1);
    assert!(is_granted(&*catalog, &first, NOW).await);
    let stored = catalog.commit(&version(place(), 1), first.id).await.unwrap().version;
    match catalog.reserve(&claim(place(), 1), NOW).await.unwrap() {
        Reserved::Stored(found) => assert_eq!(found, stored),
        Reserved::Granted(granted) => panic!("{granted:?}"),
    }
    let other = catalog.reserve(&claim(place(), 2), NOW).await;
    assert!(matches!(other, Err(Error::VersionExists { .. })), "{other:?}");
}

/// A version is put under a claim, or not at all: without one its object may be going.
pub async fn nothing_is_committed_without_a_claim(fixture: &impl CatalogFixture) {
    let catalog = fixture.open();
    let wanted = version(place(), 1);
    let claimless = new_claim();
    match catalog.commit(&wanted, claimless).await {
        Err(Error::ClaimLost { reservation }) => assert_eq!(reservation, claimless),
        unexpected => panic!("{unexpected:?}"),
    }
    assert!(catalog.version(&place()).await.is_err());
    assert_eq!(catalog.artists(None, 10).await.unwrap(), []);
    // A claim whose lease has ended is one until somebody needs what it is on.
    let held = claim(place(), 1);
    assert!(is_granted(&*catalog, &held, NOW).await);
    assert!(catalog.commit(&wanted, held.id).await.unwrap().fresh);
}

/// What died is listed by the time it ended, and can be dropped.
pub async fn ended_claims_are_listed_and_forgotten(fixture: &impl CatalogFixture) {
    let catalog = fixture.open();
    let ending = |tag: &str, seed, after: u32| Reservation {
        expires_at: NOW.after(LEASE * after),
        ..claim(path("A", "S", "T", tag), seed)
    };
    let claims = [ending("3", 3, 3), ending("1", 1, 1), ending("2", 2, 2)];
    for claim in &claims {
        assert!(is_granted(&*catalog, claim, NOW).await);
    }
    assert_eq!(catalog.ended_claims(NOW, 10).await.unwrap(), []);
    let later = NOW.after(LEASE * 2);
    let ended = catalog.ended_claims(later, 10).await.unwrap();
    let ids: Vec<_> = ended.iter().map(|ended| ended.id).collect();
    assert_eq!(ids, [claims[1].id, claims[2].id]);
    assert_eq!(ended[0].place, path("a", "s", "t", "1").to_string());
    assert_eq!((&ended[0].object_key, ended[0].digest), (&claims[1].object_key, claims[1].digest));
    assert_eq!(ended[0].ended_at, claims[1].expires_at);
    assert_eq!(catalog.ended_claims(later, 1).await.unwrap(), ended[..1]);

    assert_eq!(catalog.forget_claims(later).await.unwrap(), 2);
    assert_eq!(catalog.forget_claims(later).await.unwrap(), 0);
    let renewed = catalog.renew(claims[1].id, NOW.after(LEASE * 9)).await;
    assert!(matches!(renewed, Err(Error::ClaimLost { .. })), "{renewed:?}");
    catalog.renew(claims[0].id, NOW.after(LEASE * 9)).await.unwrap();
    assert!(commit(&*catalog, &version(path("a", "s", "t", "1"), 4)).await.unwrap());
}
