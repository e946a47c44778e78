//! Claims on places, and their leases.

use std::time::Duration;

use studio_domain::{Timestamp, VersionPath};
use studio_repo::{CatalogRepo, Error, Reservation, Reserved};

use super::{CatalogFixture, new_claim, path, place, version};

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
