//! The trash: throwing away, taking back, purging.

use std::sync::Arc;

use studio_domain::{
    Check, Damage, NameKind, NewVersion, StoreUrl, Timestamp, TrashedVersion, VersionId,
};
use studio_repo::{Error, Reservation, Reserved, VersionFilter};
use uuid::Uuid;

use super::claims::{LEASE, NOW, claim, is_granted};
use super::{
    CatalogFixture, Catalogue, add, all, commit, new_claim, path, place, tags, upload, version,
};
use crate::names;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_micros(seconds * 1_000_000)
}

fn trashed(record: NewVersion, seconds: i64) -> TrashedVersion {
    TrashedVersion { record, check: None, trashed_at: at(seconds) }
}

async fn listed(catalog: &dyn Catalogue) -> Vec<TrashedVersion> {
    let page = catalog.trashed(None, 100).await.unwrap();
    assert_eq!(page.next, None);
    page.items
}

/// Every field is kept, and the place is as if nothing had ever been there.
pub async fn a_trashed_version_is_kept_and_its_place_is_free(fixture: &impl CatalogFixture) {
    let catalog = fixture.open();
    let first = version(path("Émile", "Straße", "Bass", "Take 1"), 1);
    commit(&*catalog, &first).await.unwrap();
    let typed_otherwise = path("émile", "STRASSE", "bass", "take 1");
    let gone = catalog.trash(&typed_otherwise, at(9)).await.unwrap();
    assert_eq!(gone, trashed(first.clone(), 9));
    assert_eq!(listed(&*catalog).await, std::slice::from_ref(&gone));
    assert_eq!(catalog.find_trashed(&typed_otherwise).await.unwrap(), [gone]);
    assert_eq!(catalog.versions(&VersionFilter::All, all(10)).await.unwrap().items, []);
    assert!(catalog.version(&first.path).await.is_err());
    assert!(commit(&*catalog, &version(typed_otherwise, 2)).await.unwrap(), "the place is free");
}

/// An artist, song or track is in the catalogue as long as it has a version.
pub async fn names_go_with_their_last_version(fixture: &impl CatalogFixture) {
    let catalog = fixture.open();
    let places = [
        ("a", "s", "t", "1"),
        ("a", "s", "t", "2"),
        ("a", "s", "u", "3"),
        ("a", "r", "t", "4"),
        ("b", "s", "t", "5"),
    ];
    add(&*catalog, &places).await;
    let artist = "a".parse().unwrap();
    for (place, artists, songs, tracks) in [
        (places[0], 2, 2, 2),
        (places[1], 2, 2, 1),
        (places[2], 2, 1, 0),
        (places[3], 1, 0, 0),
        (places[4], 0, 0, 0),
    ] {
        let (name, song, track, tag) = place;
        catalog.trash(&path(name, song, track, tag), at(9)).await.unwrap();
        let found = (
            catalog.artists(None, 10).await.unwrap().len(),
            catalog.songs(&artist, None, 10).await.unwrap().len(),
            catalog.tracks(&artist, &"s".parse().unwrap(), None, 10).await.unwrap().len(),
        );
        assert_eq!(found, (artists, songs, tracks), "after {place:?}");
    }
}

/// What is missing is told as everywhere.
pub async fn what_is_not_there_cannot_be_trashed(fixture: &impl CatalogFixture) {
    let catalog = fixture.open();
    add(&*catalog, &[("a", "s", "t", "v")]).await;
    match catalog.trash(&path("a", "s", "u", "v"), at(9)).await {
        Err(Error::NotFound { missing, .. }) => assert_eq!(missing, NameKind::Track),
        unexpected => panic!("{unexpected:?}"),
    }
    catalog.trash(&place(), at(9)).await.unwrap();
    let again = catalog.trash(&place(), at(10)).await;
    assert!(matches!(again, Err(Error::NotFound { .. })), "{again:?}");
    assert_eq!(listed(&*catalog).await.len(), 1);
}

/// By time and identity, whatever the page's size.
pub async fn the_trash_is_listed_oldest_first(fixture: &impl CatalogFixture) {
    let catalog = fixture.open();
    let mut expected = Vec::new();
    for seed in 0..23 {
        let record = version(path("a", "s", "t", &format!("{seed}")), seed);
        commit(&*catalog, &record).await.unwrap();
        // Several at one moment, and not in the order of their upload.
        let seconds = (seed as i64 * 7) % 5;
        expected.push(catalog.trash(&record.path, at(seconds)).await.unwrap());
    }
    expected.sort_by_key(|trashed| (trashed.trashed_at, trashed.id));
    assert_eq!(listed(&*catalog).await, expected);
    for limit in [1, 2, 7, 22, 23, 24] {
        let (mut joined, mut after) = (Vec::new(), None);
        loop {
            let page = catalog.trashed(after, limit).await.unwrap();
            assert!(page.items.len() <= limit as usize);
            joined.extend(page.items);
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(joined, expected, "pages of {limit}");
    }
    let unknown = VersionId::from_uuid(Uuid::nil());
    match catalog.trashed(Some(unknown), 10).await {
        Err(Error::UnknownCursor { id }) => assert_eq!(id, unknown),
        unexpected => panic!("{unexpected:?}"),
    }
}

/// One place can be thrown away again and again; others are not mixed up with it.
pub async fn the_trash_of_one_place_is_listed_newest_first(fixture: &impl CatalogFixture) {
    let catalog = fixture.open();
    let mut expected = Vec::new();
    for (seed, seconds) in [(1, 5), (2, 9), (3, 5), (4, 1)] {
        commit(&*catalog, &version(path("A", "s", "T", "v"), seed)).await.unwrap();
        expected.push(catalog.trash(&place(), at(seconds)).await.unwrap());
    }
    add(&*catalog, &[("a", "s", "t", "w")]).await;
    catalog.trash(&path("a", "s", "t", "w"), at(7)).await.unwrap();
    expected.sort_by_key(|trashed| std::cmp::Reverse((trashed.trashed_at, trashed.id)));
    assert_eq!(catalog.find_trashed(&place()).await.unwrap(), expected);
    assert_eq!(catalog.find_trashed(&path("a", "s", "t", "x")).await.unwrap(), []);
}

/// Taken back, a version is what it was, with its names though they had gone.
pub async fn a_version_comes_back_as_it_was(fixture: &impl CatalogFixture) {
    let catalog = fixture.open();
    for (name, seed) in names::HARD_NAMES.iter().zip(1..) {
        let record = version(path(name, name, name, name), seed);
        commit(&*catalog, &record).await.unwrap();
        let check = Check { at: at(3), damage: Some(Damage::WrongDigest) };
        let checks = [(record.object_key.clone(), check)];
        catalog.record_checks(&record.store, &checks).await.unwrap();
        let before = catalog.version(&record.path).await.unwrap();
        assert_eq!(before.check, Some(check));
        let gone = catalog.trash(&record.path, at(9)).await.unwrap();
        assert_eq!((&gone.record, gone.check), (&record, Some(check)), "{name}");
        assert_eq!(catalog.untrash(record.id, NOW).await.unwrap(), before, "{name}");
        assert_eq!(catalog.version(&record.path).await.unwrap(), before, "{name}");
        match catalog.untrash(record.id, NOW).await {
            Err(Error::NotInTrash { id }) => assert_eq!(id, record.id),
            unexpected => panic!("{unexpected:?}"),
        }
    }
    assert_eq!(listed(&*catalog).await, []);
}

/// Nothing is pushed aside for what comes back, and what cannot come back stays.
pub async fn a_version_does_not_come_back_to_a_taken_place(fixture: &impl CatalogFixture) {
    let catalog = fixture.open();
    let first = version(place(), 1);
    commit(&*catalog, &first).await.unwrap();
    catalog.trash(&place(), at(9)).await.unwrap();
    for seed in [1, 2] {
        let second = version(place(), seed);
        commit(&*catalog, &second).await.unwrap();
        match catalog.untrash(first.id, NOW).await {
            Err(error @ Error::VersionExists { .. }) => {
                let other_bytes = error.to_string().contains("other bytes");
                assert_eq!(other_bytes, seed == 2, "{error}");
            }
            unexpected => panic!("{unexpected:?}"),
        }
        assert_eq!(catalog.version(&place()).await.unwrap().id, second.id);
        catalog.trash(&place(), at(10)).await.unwrap();
    }
    let upload = claim(place(), 3);
    assert!(is_granted(&*catalog, &upload, NOW).await);
    match catalog.untrash(first.id, NOW).await {
        Err(Error::PlaceTaken { until, .. }) => assert_eq!(until, upload.expires_at),
        unexpected => panic!("{unexpected:?}"),
    }
    assert_eq!(listed(&*catalog).await.len(), 3);
    // A claim that has ended, or one for the same bytes, keeps nothing out.
    let end = NOW.after(LEASE);
    let same = Reservation { expires_at: end.after(LEASE), ..claim(place(), 1) };
    assert!(is_granted(&*catalog, &same, end).await);
    let back = catalog.untrash(first.id, end).await.unwrap();
    assert_eq!(back.record, first);
    let committed = catalog.commit(&version(place(), 1), same.id).await.unwrap();
    assert_eq!((committed.fresh, committed.version), (false, back));
}

/// The ends of every range are values like others here too.
pub async fn extreme_versions_come_back_from_the_trash(fixture: &impl CatalogFixture) {
    let catalog = fixture.open();
    let longest = "ß".repeat(200);
    for (seed, size, micros) in [(1, 0, i64::MIN), (2, i64::MAX as u64, i64::MAX)] {
        let extreme = NewVersion {
            size,
            uploaded_at: Timestamp::from_micros(micros),
            original_path: "x".repeat(100_000),
            store: StoreUrl::Memory,
            ..version(path(&longest, &longest, &longest, &format!("{seed}")), seed)
        };
        commit(&*catalog, &extreme).await.unwrap();
        let gone = catalog.trash(&extreme.path, Timestamp::from_micros(micros)).await.unwrap();
        let found = catalog.find_trashed(&extreme.path).await.unwrap();
        assert_eq!(found, std::slice::from_ref(&gone));
        let (listed, rest) = (listed(&*catalog).await, catalog.trashed(Some(gone.id), 9).await);
        assert_eq!((listed, rest.unwrap().items), (vec![gone], vec![]));
        assert_eq!(catalog.untrash(extreme.id, NOW).await.unwrap().record, extreme);
    }
}

/// Of two uploads of one version, the second does not bring back what was thrown away.
pub async fn a_trashed_identity_is_not_given_out_again(fixture: &impl CatalogFixture) {
    let catalog = fixture.open();
    let (first, slow) = (claim(place(), 1), claim(place(), 1));
    assert!(is_granted(&*catalog, &first, NOW).await);
    assert!(is_granted(&*catalog, &slow, NOW).await);
    let record = NewVersion { id: first.version, ..version(place(), 1) };
    catalog.commit(&record, first.id).await.unwrap();
    catalog.trash(&place(), at(9)).await.unwrap();
    let renewed = catalog.renew(slow.id, NOW.after(LEASE * 2)).await;
    assert!(matches!(renewed, Err(Error::ClaimLost { .. })), "{renewed:?}");
    let committed = catalog.commit(&record, slow.id).await;
    assert!(matches!(committed, Err(Error::ClaimLost { .. })), "{committed:?}");
    match catalog.reserve(&claim(place(), 1), NOW).await.unwrap() {
        Reserved::Granted(granted) => assert_ne!(granted.version, first.version),
        Reserved::Stored(version) => panic!("{version:?}"),
    }
}

/// Purging is final here, and leaves word of what is to be removed.
pub async fn a_purged_version_leaves_a_removal(fixture: &impl CatalogFixture) {
    let catalog = fixture.open();
    let record = version(place(), 1);
    commit(&*catalog, &record).await.unwrap();
    let early = catalog.purge(record.id, at(9)).await;
    assert!(matches!(early, Err(Error::NotInTrash { .. })), "{early:?}");
    catalog.trash(&place(), at(9)).await.unwrap();
    assert_eq!(catalog.removals(10).await.unwrap(), []);
    let removal = catalog.purge(record.id, at(10)).await.unwrap();
    assert_eq!((&removal.store, &removal.object_key), (&record.store, &record.object_key));
    assert_eq!(removal.version, Some(record.id));
    assert_eq!(catalog.removals(10).await.unwrap(), [removal]);
    assert_eq!(listed(&*catalog).await, []);
    for again in [
        catalog.purge(record.id, at(11)).await.map(drop),
        catalog.untrash(record.id, NOW).await.map(drop),
    ] {
        assert!(matches!(again, Err(Error::NotInTrash { .. })), "{again:?}");
    }
    assert_eq!(catalog.removals(10).await.unwrap().len(), 1);
}

/// A rebuilt catalogue has in its trash what the store says, and nowhere else.
pub async fn a_trash_is_taken_in_from_a_store(fixture: &impl CatalogFixture) {
    let catalog = fixture.open();
    let [live, known, fresh] =
        ["live", "known", "fresh"].map(|tag| version(path("a", "s", "t", tag), tag.len() as u64));
    let elsewhere = path("a", "s", "t", "elsewhere");
    for record in [&live, &known, &version(elsewhere.clone(), 9)] {
        commit(&*catalog, record).await.unwrap();
    }
    let check = Check { at: at(3), damage: None };
    catalog.record_checks(&live.store, &[(live.object_key.clone(), check)]).await.unwrap();
    catalog.trash(&known.path, at(1)).await.unwrap();
    let told = [trashed(live.clone(), 5), trashed(known.clone(), 6), trashed(fresh.clone(), 7)];
    assert_eq!(catalog.adopt_trashed(&told).await.unwrap(), 2);
    let expected = [
        trashed(known, 1),
        TrashedVersion { check: Some(check), ..told[0].clone() },
        trashed(fresh, 7),
    ];
    assert_eq!(listed(&*catalog).await, expected);
    let page = catalog.versions(&VersionFilter::All, all(10)).await.unwrap();
    assert_eq!(tags(&page), ["elsewhere"]);
    assert_eq!(catalog.adopt_trashed(&told).await.unwrap(), 0);

    // Restored from its manifest beside its tombstone: the trash has the last word.
    assert_eq!(catalog.restore(&[live]).await.unwrap(), 1);
    assert_eq!(catalog.adopt_trashed(&told).await.unwrap(), 1);
    assert_eq!(listed(&*catalog).await, expected);
    catalog.trash(&elsewhere, at(9)).await.unwrap();
    assert_eq!(catalog.artists(None, 10).await.unwrap(), []);
}

/// What was purged elsewhere leaves no trace, and nothing to be removed.
pub async fn forgotten_versions_are_gone_everywhere(fixture: &impl CatalogFixture) {
    let catalog = fixture.open();
    let [live, gone, kept] =
        [("a", 1), ("b", 2), ("c", 3)].map(|(artist, n)| version(path(artist, "s", "t", "v"), n));
    for record in [&live, &gone, &kept] {
        commit(&*catalog, record).await.unwrap();
    }
    catalog.trash(&gone.path, at(9)).await.unwrap();
    let unknown = VersionId::from_uuid(Uuid::nil());
    assert_eq!(catalog.forget(&[live.id, gone.id, unknown]).await.unwrap(), 2);
    assert_eq!(catalog.forget(&[live.id, gone.id, unknown]).await.unwrap(), 0);
    assert_eq!(listed(&*catalog).await, []);
    assert_eq!(catalog.removals(10).await.unwrap(), []);
    let artists = catalog.artists(None, 10).await.unwrap();
    let names: Vec<&str> = artists.iter().map(|artist| artist.name.as_str()).collect();
    assert_eq!(names, ["c"]);
    assert_eq!(upload(&*catalog, &live).await.unwrap().version.record, live);
    let claimless = catalog.commit(&gone, new_claim()).await;
    assert!(matches!(claimless, Err(Error::ClaimLost { .. })), "{claimless:?}");
}

/// However many race, a version goes to the trash once and is purged once.
pub async fn of_many_who_trash_and_purge_one_does(fixture: &impl CatalogFixture) {
    let handles: Vec<_> = (0..4).map(|_| fixture.open()).collect();
    let record = version(place(), 1);
    commit(&*handles[0], &record).await.unwrap();
    let id = record.id;
    let tries = (0..16).map(|n| {
        let catalog = Arc::clone(&handles[n % handles.len()]);
        tokio::spawn(async move {
            let trashed = catalog.trash(&place(), at(9)).await.is_ok();
            let purged = catalog.purge(id, at(10)).await.is_ok();
            (usize::from(trashed), usize::from(purged))
        })
    });
    let mut done = (0, 0);
    for task in tries.collect::<Vec<_>>() {
        let (trashed, purged) = task.await.unwrap();
        done = (done.0 + trashed, done.1 + purged);
    }
    assert_eq!(done, (1, 1));
    assert_eq!(handles[1].removals(10).await.unwrap().len(), 1);
}
