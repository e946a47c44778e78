//! Versions: committing, finding, listing, racing.

use std::sync::Arc;

use studio_domain::{NameKind, NewVersion, StoreUrl, Timestamp, VersionId};
use studio_repo::{Error, PageRequest, VersionFilter};
use uuid::Uuid;

use super::claims::{NOW, claim, is_granted};
use super::{CatalogFixture, add, all, commit, new_claim, path, place, tags, upload, version};
use crate::names;

/// Every field comes back.
pub async fn a_committed_version_is_found_as_it_is(fixture: &impl CatalogFixture) {
    let catalog = fixture.open();
    let wanted = version(path("Khruangbin", "White Gloves", "Bass", "take 1"), 7);
    let committed = upload(&*catalog, &wanted).await.unwrap();
    assert!(committed.fresh);
    assert_eq!(committed.version.record, wanted);
    assert_eq!(committed.version.slug.as_str(), "take-1");
    let found = catalog.version(&wanted.path).await.unwrap();
    assert_eq!(found, committed.version);
}

/// Names are compared by their case-folded form, in every script, and shown as first typed.
pub async fn names_are_found_in_any_case_and_shown_as_first_typed(fixture: &impl CatalogFixture) {
    let catalog = fixture.open();
    let first = version(path("Émile", "STRASSE", "Ωmega", "Take"), 1);
    commit(&*catalog, &first).await.unwrap();
    let typed_otherwise = path("e\u{301}MILE", "straße", "ωMEGA", "tAKE");
    let found = catalog.version(&typed_otherwise).await.unwrap();
    assert_eq!(found.record, first);

    let second = version(path("émile", "Straße", "ωmega", "take 2"), 2);
    let stored = upload(&*catalog, &second).await.unwrap().version;
    assert_eq!(stored.path.artist.as_str(), "Émile");
    assert_eq!(stored.path.song.as_str(), "STRASSE");
    assert_eq!(stored.path.track.as_str(), "Ωmega");
    assert_eq!(stored.path.tag.as_str(), "take 2");
    assert_eq!(catalog.artists(None, 10).await.unwrap().len(), 1);
}

/// No name is special.
pub async fn hard_names_come_through(fixture: &impl CatalogFixture) {
    let catalog = fixture.open();
    for (seed, name) in (1..).zip(names::HARD_NAMES) {
        let hard = NewVersion {
            original_path: format!("/takes/{name}\n"),
            ..version(path(name, name, name, name), seed)
        };
        commit(&*catalog, &hard).await.unwrap();
        assert_eq!(catalog.version(&hard.path).await.unwrap().record, hard, "{name}");
        let filter = VersionFilter::Artist(hard.path.artist.clone());
        let page = catalog.versions(&filter, all(10)).await.unwrap();
        assert_eq!(tags(&page), [hard.path.tag.as_str()], "{name}");
    }
    let everything = catalog.versions(&VersionFilter::All, all(100)).await.unwrap();
    assert_eq!(everything.items.len(), names::HARD_NAMES.len());
}

/// The ends of every range are values like others.
pub async fn extreme_values_come_through(fixture: &impl CatalogFixture) {
    let catalog = fixture.open();
    let longest = "ß".repeat(200);
    for (seed, size, micros) in [(1, 0, i64::MIN), (2, i64::MAX as u64, i64::MAX), (3, 1, 0)] {
        let place = path(&longest, &longest, &longest, &format!("{seed}"));
        let extreme = NewVersion {
            size,
            uploaded_at: Timestamp::from_micros(micros),
            original_path: "x".repeat(100_000),
            store: StoreUrl::Memory,
            ..version(place, seed)
        };
        commit(&*catalog, &extreme).await.unwrap();
        assert_eq!(catalog.version(&extreme.path).await.unwrap().record, extreme);
    }
    let page = catalog.versions(&VersionFilter::All, all(10)).await.unwrap();
    assert_eq!(tags(&page), ["1", "3", "2"], "by time");
}

/// Committing is idempotent.
pub async fn the_same_bytes_again_change_nothing(fixture: &impl CatalogFixture) {
    let catalog = fixture.open();
    let first = version(path("a", "s", "t", "v"), 1);
    assert!(commit(&*catalog, &first).await.unwrap());
    let again = NewVersion {
        id: VersionId::from_uuid(Uuid::now_v7()),
        original_path: "elsewhere.wav".to_owned(),
        ..first.clone()
    };
    let committed = catalog.commit(&again, new_claim()).await.unwrap();
    assert!(!committed.fresh);
    assert_eq!(committed.version.record, first);
}

/// Versions are immutable.
pub async fn other_bytes_are_refused_and_the_first_stay(fixture: &impl CatalogFixture) {
    let catalog = fixture.open();
    let first = version(path("a", "s", "t", "v"), 1);
    commit(&*catalog, &first).await.unwrap();
    let other = version(path("A", "S", "T", "V"), 2);
    match commit(&*catalog, &other).await {
        Err(Error::VersionExists { existing, offered }) => {
            assert_eq!(existing.record, first);
            assert_eq!(offered, other.digest);
        }
        unexpected => panic!("{unexpected:?}"),
    }
    assert_eq!(catalog.version(&first.path).await.unwrap().record, first);
}

/// Not found is told from the left: artist, song, track, version.
pub async fn what_is_missing_is_named(fixture: &impl CatalogFixture) {
    let catalog = fixture.open();
    add(&*catalog, &[("a", "s", "t", "v"), ("b", "s2", "t2", "v2")]).await;
    for (place, expected) in [
        (path("x", "s", "t", "v"), NameKind::Artist),
        (path("a", "s2", "t2", "v2"), NameKind::Song),
        (path("a", "s", "t2", "v"), NameKind::Track),
        (path("a", "s", "t", "v2"), NameKind::Version),
    ] {
        match catalog.version(&place).await {
            Err(Error::NotFound { path, missing }) => {
                assert_eq!((*path, missing), (place, expected));
            }
            unexpected => panic!("{unexpected:?}"),
        }
    }
}

/// Two names with one slug get two.
pub async fn slugs_are_unique_where_names_are_alike(fixture: &impl CatalogFixture) {
    let catalog = fixture.open();
    add(
        &*catalog,
        &[
            ("The Band", "s", "t", "take 1"),
            ("The Band", "s", "t", "take-1"),
            ("The Band", "s", "t", "take_1"),
            ("the-band", "s", "t", "take 1"),
        ],
    )
    .await;
    let artists = catalog.artists(None, 10).await.unwrap();
    let slugs: Vec<&str> = artists.iter().map(|artist| artist.slug.as_str()).collect();
    assert_eq!(slugs, ["the-band", "the-band-2"]);
    let page = catalog.versions(&VersionFilter::All, all(10)).await.unwrap();
    let slugs: Vec<&str> = page.items.iter().map(|version| version.slug.as_str()).collect();
    assert_eq!(slugs, ["take-1", "take-1-2", "take-1-3", "take-1"]);
}

/// By artist, song, track, then time; each filter takes its part.
pub async fn listings_are_ordered_and_filtered(fixture: &impl CatalogFixture) {
    let catalog = fixture.open();
    add(
        &*catalog,
        &[
            ("b", "s", "t", "1"),
            ("a", "s2", "t", "2"),
            ("a", "s1", "t2", "3"),
            ("A", "S1", "T1", "4"),
            ("a", "s1", "t2", "0"),
            ("a b", "s", "t", "5"),
        ],
    )
    .await;
    let artist = || "a".parse().unwrap();
    let song = || "S1".parse().unwrap();
    let track = || "t2".parse().unwrap();
    for (filter, expected) in [
        (VersionFilter::All, &["4", "3", "0", "2", "5", "1"][..]),
        (VersionFilter::Artist(artist()), &["4", "3", "0", "2"]),
        (VersionFilter::Song(artist(), song()), &["4", "3", "0"]),
        (VersionFilter::Track(artist(), song(), track()), &["3", "0"]),
        (VersionFilter::Version(path("A", "s1", "T2", "0")), &["0"]),
        (VersionFilter::Artist("nobody".parse().unwrap()), &[]),
        (VersionFilter::Song(artist(), "s".parse().unwrap()), &[]),
    ] {
        let page = catalog.versions(&filter, all(100)).await.unwrap();
        assert_eq!(tags(&page), expected, "{filter:?}");
        assert_eq!(page.next, None);
    }
}

/// Whatever the page's size, the pages hold each version once, in order.
pub async fn pages_join_to_the_whole(fixture: &impl CatalogFixture) {
    let catalog = fixture.open();
    for seed in 0..23 {
        // Several at one moment, so that only their identity orders them.
        let place = path("a", &format!("s{}", seed % 2), "t", &format!("{seed}"));
        commit(&*catalog, &version(place, seed / 5)).await.unwrap();
    }
    let whole = catalog.versions(&VersionFilter::All, all(100)).await.unwrap();
    assert_eq!((whole.items.len(), whole.next), (23, None));
    for limit in [1, 2, 7, 22, 23, 24] {
        let (mut joined, mut after) = (Vec::new(), None);
        loop {
            let request = PageRequest { after, limit };
            let page = catalog.versions(&VersionFilter::All, request).await.unwrap();
            assert!(page.items.len() <= limit as usize);
            joined.extend(page.items);
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(joined, whole.items, "pages of {limit}");
    }
    let song = VersionFilter::Song("a".parse().unwrap(), "s1".parse().unwrap());
    let of_song = catalog.versions(&song, all(100)).await.unwrap();
    let request = PageRequest { after: Some(of_song.items[4].id), limit: 3 };
    let page = catalog.versions(&song, request).await.unwrap();
    assert_eq!(page.items, of_song.items[5..8]);
    // A position outside of the filter: all of it is behind, or nothing.
    let other = VersionFilter::Song("a".parse().unwrap(), "s0".parse().unwrap());
    let first_of_other = catalog.versions(&other, all(1)).await.unwrap().items[0].id;
    let request = PageRequest { after: Some(first_of_other), limit: 100 };
    assert_eq!(catalog.versions(&song, request).await.unwrap(), of_song);
    let request = PageRequest { after: Some(of_song.items[0].id), limit: 100 };
    assert_eq!(catalog.versions(&other, request).await.unwrap().items, []);
}

/// What is thrown away while somebody turns the pages is no reason to begin again.
pub async fn a_listing_goes_on_behind_what_was_thrown_away(fixture: &impl CatalogFixture) {
    let catalog = fixture.open();
    add(&*catalog, &[("a", "s", "t", "1"), ("a", "s", "t", "2"), ("a", "s", "t", "3")]).await;
    let whole = catalog.versions(&VersionFilter::All, all(10)).await.unwrap().items;
    let request = PageRequest { after: Some(whole[1].id), limit: 10 };
    catalog.trash(&whole[1].path, Timestamp::from_micros(7)).await.unwrap();
    let rest = catalog.versions(&VersionFilter::All, request).await.unwrap();
    assert_eq!(rest.items, whole[2..]);
}

/// A page cannot begin after nothing.
pub async fn an_unknown_cursor_is_refused(fixture: &impl CatalogFixture) {
    let catalog = fixture.open();
    add(&*catalog, &[("a", "s", "t", "v")]).await;
    let unknown = VersionId::from_uuid(Uuid::nil());
    let request = PageRequest { after: Some(unknown), limit: 10 };
    match catalog.versions(&VersionFilter::All, request).await {
        Err(Error::UnknownCursor { id }) => assert_eq!(id, unknown),
        unexpected => panic!("{unexpected:?}"),
    }
}

/// Names come in the order of their case-folded forms, page by page.
pub async fn artists_songs_and_tracks_are_listed(fixture: &impl CatalogFixture) {
    let catalog = fixture.open();
    add(
        &*catalog,
        &[
            ("b", "s", "t", "v"),
            ("A", "y", "k", "v"),
            ("a", "X", "m", "v"),
            ("a", "x", "L", "v"),
            ("c", "z", "n", "v"),
        ],
    )
    .await;
    let artists = catalog.artists(None, 10).await.unwrap();
    let names: Vec<&str> = artists.iter().map(|artist| artist.name.as_str()).collect();
    assert_eq!(names, ["A", "b", "c"]);
    let rest = catalog.artists(Some(&artists[0].name), 1).await.unwrap();
    assert_eq!(rest, artists[1..2]);

    let artist = "a".parse().unwrap();
    let songs = catalog.songs(&artist, None, 10).await.unwrap();
    let titles: Vec<&str> = songs.iter().map(|song| song.title.as_str()).collect();
    assert_eq!(titles, ["X", "y"]);
    assert!(songs.iter().all(|song| song.artist == artists[0].id));
    assert_eq!(catalog.songs(&artist, Some(&songs[0].title), 10).await.unwrap(), songs[1..]);

    let tracks = catalog.tracks(&artist, &songs[0].title, None, 10).await.unwrap();
    let names: Vec<&str> = tracks.iter().map(|track| track.name.as_str()).collect();
    assert_eq!(names, ["L", "m"]);
    assert!(tracks.iter().all(|track| track.song == songs[0].id));
    let rest = catalog.tracks(&artist, &songs[0].title, Some(&tracks[0].name), 10).await.unwrap();
    assert_eq!(rest, tracks[1..]);

    let nobody = "nobody".parse().unwrap();
    assert_eq!(catalog.songs(&nobody, None, 10).await.unwrap(), []);
    assert_eq!(catalog.tracks(&artist, &"s".parse().unwrap(), None, 10).await.unwrap(), []);
}

/// However many race, one version is made, and everybody else is told of it.
pub async fn of_many_commits_to_one_place_one_wins(fixture: &impl CatalogFixture) {
    let handles: Vec<_> = (0..4).map(|_| fixture.open()).collect();
    let tries = (0..32).map(|seed| {
        let catalog = Arc::clone(&handles[seed as usize % handles.len()]);
        tokio::spawn(async move { (seed, commit(&*catalog, &version(place(), seed)).await) })
    });
    let mut winners = Vec::new();
    for task in tries.collect::<Vec<_>>() {
        match task.await.unwrap() {
            (seed, Ok(fresh)) => {
                assert!(fresh);
                winners.push(seed);
            }
            (_, Err(Error::VersionExists { .. } | Error::PlaceTaken { .. })) => {}
            (seed, Err(error)) => panic!("{seed}: {error:?}"),
        }
    }
    assert_eq!(winners.len(), 1, "winners: {winners:?}");
    assert_eq!(handles[0].version(&place()).await.unwrap().size, winners[0]);
}

/// Writers wait for each other; none fails, and none makes an artist twice.
pub async fn many_commits_to_many_places_all_succeed(fixture: &impl CatalogFixture) {
    let handles: Vec<_> = (0..4).map(|_| fixture.open()).collect();
    let tries = (0..64).map(|seed| {
        let catalog = Arc::clone(&handles[seed as usize % handles.len()]);
        tokio::spawn(async move {
            let wanted = version(path("a", "s", "t", &format!("{seed}")), seed);
            commit(&*catalog, &wanted).await
        })
    });
    for task in tries.collect::<Vec<_>>() {
        assert!(task.await.unwrap().unwrap());
    }
    let page = handles[0].versions(&VersionFilter::All, all(100)).await.unwrap();
    assert_eq!(page.items.len(), 64);
    assert_eq!(handles[0].artists(None, 10).await.unwrap().len(), 1);
}

/// What one handle writes, another one reads at once.
pub async fn handles_see_each_others_writes(fixture: &impl CatalogFixture) {
    let (one, other) = (fixture.open(), fixture.open());
    assert!(other.version(&place()).await.is_err());
    commit(&*one, &version(place(), 1)).await.unwrap();
    assert_eq!(other.version(&place()).await.unwrap().size, 1);
    assert!(is_granted(&*other, &claim(path("a", "s", "t", "w"), 2), NOW).await);
    assert!(!is_granted(&*one, &claim(path("a", "s", "t", "w"), 3), NOW).await);
}

/// A catalogue that is rebuilt gets its versions as they were, and a clash undoes all of it.
pub async fn many_are_restored_at_once_or_none(fixture: &impl CatalogFixture) {
    let catalog = fixture.open();
    let versions: Vec<_> =
        (1..=50).map(|seed| version(path("a", "s", "t", &format!("{seed}")), seed)).collect();
    assert_eq!(catalog.restore(&versions[..30]).await.unwrap(), 30);
    assert_eq!(catalog.restore(&versions).await.unwrap(), 20);
    let page = catalog.versions(&VersionFilter::All, all(100)).await.unwrap();
    let records: Vec<_> = page.items.into_iter().map(|version| version.record).collect();
    assert_eq!(records, versions);

    let clash = [version(path("new", "s", "t", "v"), 60), version(path("a", "s", "t", "7"), 61)];
    let restored = catalog.restore(&clash).await;
    assert!(matches!(restored, Err(Error::VersionExists { .. })), "{restored:?}");
    assert!(catalog.version(&clash[0].path).await.is_err());
    assert_eq!(catalog.artists(None, 10).await.unwrap().len(), 1);
}
