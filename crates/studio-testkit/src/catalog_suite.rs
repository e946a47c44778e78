//! What every [`CatalogRepo`] must do, one case a function.
//!
//! A test crate implements [`CatalogFixture`] for its backend and calls
//! [`catalog_conformance!`](crate::catalog_conformance): each case becomes a test of its own.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use studio_domain::{
    Digest, NameKind, NewVersion, ObjectKey, ReservationId, StoreUrl, Timestamp, VersionId,
    VersionPath,
};
use studio_repo::{CatalogRepo, Error, Page, PageRequest, Reservation, Reserved, VersionFilter};
use uuid::Uuid;

use crate::names;

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

fn new_claim() -> ReservationId {
    ReservationId::from_uuid(Uuid::now_v7())
}

async fn commit(catalog: &dyn CatalogRepo, version: &NewVersion) -> studio_repo::Result<bool> {
    catalog.commit(version, new_claim()).await.map(|committed| committed.fresh)
}

async fn add(catalog: &dyn CatalogRepo, places: &[(&str, &str, &str, &str)]) {
    for (&(artist, song, track, tag), seed) in places.iter().zip(1..) {
        let version = version(path(artist, song, track, tag), seed);
        assert!(commit(catalog, &version).await.unwrap());
    }
}

fn all(limit: u32) -> PageRequest {
    PageRequest { after: None, limit }
}

fn tags<V: std::ops::Deref<Target = NewVersion>>(page: &Page<V>) -> Vec<&str> {
    page.items.iter().map(|version| version.path.tag.as_str()).collect()
}

/// Every field comes back.
pub async fn a_committed_version_is_found_as_it_is(fixture: &impl CatalogFixture) {
    let catalog = fixture.open();
    let wanted = version(path("Khruangbin", "White Gloves", "Bass", "take 1"), 7);
    let committed = catalog.commit(&wanted, new_claim()).await.unwrap();
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
    let stored = catalog.commit(&second, new_claim()).await.unwrap().version;
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

/// The time at which the claims of these cases are made.
const NOW: Timestamp = Timestamp::from_micros(1_000_000_000);
/// How long they last.
const LEASE: Duration = Duration::from_secs(60);

fn claim(place: VersionPath, seed: u64) -> Reservation {
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

fn place() -> VersionPath {
    path("a", "s", "t", "v")
}

async fn is_granted(catalog: &dyn CatalogRepo, claim: &Reservation, now: Timestamp) -> bool {
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
            (_, Err(Error::VersionExists { .. })) => {}
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
