//! Checks of what is stored, and what it comes to.

use studio_domain::{Check, Damage, NewVersion, ObjectKey, StoreUrl, Timestamp};
use studio_repo::{ObjectUse, StoredObject, Volume};

use super::claims::{LEASE, NOW, claim, is_granted};
use super::{CatalogFixture, Catalogue, commit, path, place, version};

fn store() -> StoreUrl {
    version(place(), 0).store
}

fn key(seed: u64) -> ObjectKey {
    version(place(), seed).object_key
}

fn whole_at(micros: i64) -> Check {
    Check { at: Timestamp::from_micros(micros), damage: None }
}

/// A version with the bytes of `seed`, in some place of its own.
fn take(seed: u64, tag: &str) -> NewVersion {
    version(path("a", "s", &format!("{seed}"), tag), seed)
}

async fn check(catalog: &dyn Catalogue, seed: u64, micros: i64) {
    catalog.record_checks(&store(), &[(key(seed), whole_at(micros))]).await.unwrap();
}

async fn to_check(catalog: &dyn Catalogue) -> Vec<StoredObject> {
    catalog.objects_to_check(&store(), None, 1000).await.unwrap()
}

async fn seeds_to_check(catalog: &dyn Catalogue) -> Vec<u64> {
    to_check(catalog).await.iter().map(|object| object.size).collect()
}

/// Never checked first, by key; then the longest ago; with the trash, without other stores.
pub async fn objects_are_checked_by_the_age_of_their_check(fixture: &impl CatalogFixture) {
    let catalog = fixture.open();
    assert_eq!(to_check(&*catalog).await, []);
    for seed in [5, 1, 4, 2, 3] {
        commit(&*catalog, &take(seed, "v")).await.unwrap();
    }
    let elsewhere = NewVersion { store: StoreUrl::Memory, ..take(6, "v") };
    commit(&*catalog, &elsewhere).await.unwrap();
    catalog.trash(&take(2, "v").path, NOW).await.unwrap();
    assert_eq!(seeds_to_check(&*catalog).await, [1, 2, 3, 4, 5]);
    for (seed, micros) in [(1, 20), (2, 30), (4, 10), (5, 20)] {
        check(&*catalog, seed, micros).await;
    }
    assert_eq!(seeds_to_check(&*catalog).await, [3, 4, 1, 5, 2]);
    let first = &to_check(&*catalog).await[1];
    let record = take(4, "v");
    let expected = StoredObject {
        store: store(),
        object_key: key(4),
        size: 4,
        digest: record.digest,
        crc64nvme: Some(record.crc64nvme),
        check: Some(whole_at(10)),
    };
    assert_eq!(*first, expected);
    let other = catalog.objects_to_check(&StoreUrl::Memory, None, 10).await.unwrap();
    assert_eq!(other.len(), 1);
    assert_eq!(other[0].object_key, elsewhere.object_key);
}

/// What something published is made of is walked, checked and counted with the rest, each object
/// once, until its removal is over.
pub async fn kept_objects_are_checked_like_those_of_versions(fixture: &impl CatalogFixture) {
    let catalog = fixture.open();
    let kept = |seed: u64, known: bool| StoredObject {
        store: store(),
        object_key: key(seed),
        size: seed,
        digest: take(seed, "v").digest,
        crc64nvme: known.then(|| take(seed, "v").crc64nvme),
        check: None,
    };
    for seed in [1, 3] {
        commit(&*catalog, &take(seed, "v")).await.unwrap();
    }
    catalog.keep_objects(&[kept(4, false), kept(2, true), kept(3, true)]).await.unwrap();
    assert_eq!(seeds_to_check(&*catalog).await, [1, 2, 3, 4]);
    let volume = catalog.volume(&store()).await.unwrap();
    assert_eq!(volume, Volume { objects: 4, bytes: 10 });
    for (seed, micros) in [(3, 10), (4, 20)] {
        check(&*catalog, seed, micros).await;
    }
    assert_eq!(seeds_to_check(&*catalog).await, [1, 2, 3, 4]);
    assert_eq!(
        to_check(&*catalog).await[3],
        StoredObject { check: Some(whole_at(20)), ..kept(4, false) }
    );
    // Kept again, a checksum that was not known is, and nothing else changes.
    catalog.keep_objects(&[kept(4, true)]).await.unwrap();
    assert_eq!(
        to_check(&*catalog).await[3],
        StoredObject { check: Some(whole_at(20)), ..kept(4, true) }
    );
    let damage = Check { damage: Some(Damage::Missing), ..whole_at(30) };
    catalog.record_checks(&store(), &[(key(2), damage)]).await.unwrap();
    let uses = catalog.uses(&store(), &[key(2)], NOW).await.unwrap();
    assert_eq!(uses, [ObjectUse { damaged: true, ..ObjectUse::default() }]);

    let removal = catalog.propose_removal(&store(), &key(2), NOW).await.unwrap();
    let permit = catalog.claim_removal(removal.id, NOW, NOW.after(LEASE)).await.unwrap();
    assert!(permit.object);
    catalog.finish_removal(removal.id).await.unwrap();
    assert_eq!(seeds_to_check(&*catalog).await, [1, 3, 4]);
}

/// Whatever the page's size, the pages hold each object once, in order.
pub async fn pages_of_objects_join_to_the_whole(fixture: &impl CatalogFixture) {
    let catalog = fixture.open();
    for seed in 0..24 {
        // Up to four versions of one object, some of them in the trash.
        for copy in 0..=seed % 4 {
            let record = take(seed, &format!("{copy}"));
            commit(&*catalog, &record).await.unwrap();
            if (seed + copy) % 3 == 0 {
                catalog.trash(&record.path, NOW).await.unwrap();
            }
        }
        if seed % 2 == 0 {
            check(&*catalog, seed, (seed as i64 * 5) % 3).await;
        }
    }
    let whole = to_check(&*catalog).await;
    assert_eq!(whole.len(), 24);
    assert!(whole.is_sorted_by_key(StoredObject::position));
    for limit in [1, 2, 7, 23, 24, 25] {
        let (mut joined, mut after) = (Vec::new(), None);
        loop {
            let page = catalog.objects_to_check(&store(), after.as_ref(), limit).await.unwrap();
            assert!(page.len() <= limit as usize);
            let Some(last) = page.last() else { break };
            after = Some(last.position());
            joined.extend(page);
        }
        assert_eq!(joined, whole, "pages of {limit}");
    }
}

/// A version that comes later makes its object one that was never checked, and only once.
pub async fn an_object_is_as_unchecked_as_its_least_checked_version(fixture: &impl CatalogFixture) {
    let catalog = fixture.open();
    for seed in [1, 2, 3] {
        commit(&*catalog, &take(seed, "v")).await.unwrap();
        check(&*catalog, seed, seed as i64).await;
    }
    catalog.trash(&take(3, "v").path, NOW).await.unwrap();
    for seed in [2, 3] {
        commit(&*catalog, &take(seed, "w")).await.unwrap();
    }
    for limit in [1, 2, 3, 10] {
        let (mut seeds, mut after) = (Vec::new(), None);
        loop {
            let page = catalog.objects_to_check(&store(), after.as_ref(), limit).await.unwrap();
            let Some(last) = page.last() else { break };
            after = Some(last.position());
            seeds.extend(page.iter().map(|object| (object.size, object.check.is_some())));
        }
        assert_eq!(seeds, [(2, false), (3, false), (1, true)], "pages of {limit}");
    }
    check(&*catalog, 2, 9).await;
    assert_eq!(seeds_to_check(&*catalog).await, [3, 1, 2]);
}

/// Every version of the bytes gets it; later checks stay, other stores are not concerned.
pub async fn checks_are_recorded_with_every_version(fixture: &impl CatalogFixture) {
    let catalog = fixture.open();
    let [one, other, gone] = ["one", "other", "gone"].map(|tag| take(7, tag));
    let elsewhere = NewVersion { store: StoreUrl::Memory, ..take(7, "elsewhere") };
    for record in [&one, &other, &gone, &elsewhere] {
        commit(&*catalog, record).await.unwrap();
        assert_eq!(catalog.version(&record.path).await.unwrap().check, None);
    }
    catalog.trash(&gone.path, NOW).await.unwrap();
    let now = |damage| Check { at: NOW, damage };
    for check in [
        now(None),
        now(Some(Damage::Missing)),
        now(Some(Damage::WrongSize)),
        now(Some(Damage::WrongDigest)),
        now(Some(Damage::Unreadable)),
    ] {
        // Of one that nothing names, and of an earlier time: both without effect.
        let checks = [(key(99), check), (key(7), check), (key(7), whole_at(1))];
        catalog.record_checks(&store(), &checks).await.unwrap();
        for record in [&one, &other] {
            assert_eq!(catalog.version(&record.path).await.unwrap().check, Some(check));
        }
        assert_eq!(catalog.find_trashed(&gone.path).await.unwrap()[0].check, Some(check));
        assert_eq!(catalog.version(&elsewhere.path).await.unwrap().check, None);
        assert_eq!(to_check(&*catalog).await[0].check, Some(check));
    }
}

/// Each object's part: versions, trash, claims, removals.
pub async fn uses_are_told_in_order(fixture: &impl CatalogFixture) {
    let catalog = fixture.open();
    for tag in ["1", "2", "3"] {
        commit(&*catalog, &take(1, tag)).await.unwrap();
    }
    catalog.trash(&take(1, "3").path, NOW).await.unwrap();
    assert!(is_granted(&*catalog, &claim(path("b", "s", "t", "v"), 2), NOW).await);
    let removal = catalog.propose_removal(&store(), &key(3), NOW).await.unwrap();
    let keys = [key(4), key(3), key(2), key(1), key(3)];
    let none = ObjectUse::default();
    let used = ObjectUse { versions: 2, trashed: 1, ..none };
    let claimed = ObjectUse { claimed: true, ..none };
    let removed = ObjectUse { being_removed: true, ..none };
    let uses = async |now| catalog.uses(&store(), &keys, now).await.unwrap();
    assert_eq!(uses(NOW).await, [none, none, claimed, used, none]);
    catalog.claim_removal(removal.id, NOW, NOW.after(LEASE)).await.unwrap();
    assert_eq!(uses(NOW).await, [none, removed, claimed, used, removed]);
    assert_eq!(uses(NOW.after(LEASE)).await, [none, none, none, used, none]);
    for damage in [Some(Damage::Missing), None] {
        let check = Check { at: NOW, damage };
        catalog.record_checks(&store(), &[(key(1), check)]).await.unwrap();
        let damaged = ObjectUse { damaged: damage.is_some(), ..used };
        assert_eq!(uses(NOW.after(LEASE)).await, [none, none, none, damaged, none]);
    }
    let elsewhere = catalog.uses(&StoreUrl::Memory, &keys[3..], NOW).await.unwrap();
    assert_eq!(elsewhere, [none, none]);
    assert_eq!(catalog.uses(&store(), &[], NOW).await.unwrap(), []);
}

/// Once however many versions name it, in the trash or not.
pub async fn a_volume_counts_each_object_once(fixture: &impl CatalogFixture) {
    let catalog = fixture.open();
    assert_eq!(catalog.volume(&store()).await.unwrap(), Volume::default());
    for (seed, tag) in [(100, "1"), (100, "2"), (30, "1"), (30, "2"), (7, "1"), (0, "1")] {
        commit(&*catalog, &take(seed, tag)).await.unwrap();
    }
    // Of the second object one version, of the third the only one.
    for (seed, tag) in [(30, "1"), (7, "1")] {
        catalog.trash(&take(seed, tag).path, NOW).await.unwrap();
    }
    let elsewhere = NewVersion { store: StoreUrl::Memory, ..take(5, "1") };
    commit(&*catalog, &elsewhere).await.unwrap();
    let volume = catalog.volume(&store()).await.unwrap();
    assert_eq!(volume, Volume { objects: 4, bytes: 137 });
    let volume = catalog.volume(&StoreUrl::Memory).await.unwrap();
    assert_eq!(volume, Volume { objects: 1, bytes: 5 });
}
