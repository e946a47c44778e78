//! Releases: found, listed, unique by name, and what they keep from going.

use std::sync::Arc;

use studio_domain::{
    AudioDigest, AudioFormat, BitDepth, Codec, Container, Decibels, Loudness, Mix, NameKind,
    NewVersion, Pan, PickId, Release, ReleaseId, ReleaseName, Said, SongPath, Stem, StemLevel,
    StoreUrl, Timestamp, VersionId,
};
use studio_repo::Error;
use uuid::Uuid;

use super::choices::{decibels, format, loudness, pick, said};
use super::claims::{LEASE, NOW};
use super::{CatalogFixture, Catalogue, commit, path, place, version};
use crate::names;

/// A release of these versions, which are of one song, so many seconds after the epoch.
pub fn release(name: &str, stems: &[&NewVersion], seconds: i64) -> Release {
    let path = stems.first().map_or_else(place, |version| version.path.clone());
    Release {
        id: ReleaseId::from_uuid(Uuid::now_v7()),
        song: path.song_path(),
        name: name.parse().unwrap(),
        said: said(seconds),
        made_with: "studio 0.1.0".to_owned(),
        store: version(place(), 0).store,
        stems: stems.iter().map(|version| stem(version)).collect(),
        mix: mix(),
    }
}

fn stem(version: &NewVersion) -> Stem {
    Stem {
        track: version.path.track.clone(),
        tag: version.path.tag.clone(),
        version: version.id,
        pick: PickId::from_uuid(Uuid::now_v7()),
        picked_by: "Ben".parse().unwrap(),
        size: version.size,
        digest: version.digest,
        object_key: version.object_key.clone(),
        format: format(),
        audio_digest: AudioDigest::from_bytes([0xAD; 32]),
        loudness: loudness(),
        level: StemLevel {
            gain: decibels(-3_500).unwrap(),
            pan: Pan::from_percent(-30).unwrap(),
            offset: 480,
            mute: false,
        },
    }
}

fn mix() -> Mix {
    Mix {
        recipe: Mix::RECIPE,
        sample_rate: 48_000,
        channels: 2,
        bits: Some(24),
        gain: decibels(-1_000).unwrap(),
        dither: Some(1),
        frames: 2_880_000,
        clipped: 3,
        audio_digest: AudioDigest::from_bytes([0xA1; 32]),
        loudness: Loudness { integrated: decibels(-16_000), ..loudness() },
    }
}

fn song(artist: &str, title: &str) -> SongPath {
    path(artist, title, "t", "v").song_path()
}

async fn add(catalog: &dyn Catalogue, release: &Release) {
    catalog.restore_release(release).await.unwrap();
}

/// What is frozen is there: a version that left the catalogue while a release was made of it
/// is told, and nothing is kept. A release that was made before is taken in all the same.
pub async fn a_release_is_made_of_versions_that_are_there(fixture: &impl CatalogFixture) {
    let catalog = fixture.open();
    let takes = [version(path("a", "s", "bass", "v"), 1), version(path("a", "s", "drums", "v"), 2)];
    for take in &takes {
        assert!(commit(&*catalog, take).await.unwrap());
    }
    catalog.trash(&takes[1].path, Timestamp::from_micros(9)).await.unwrap();
    let made = release("1.0", &[&takes[0], &takes[1]], 3);
    match catalog.add_release(&made).await {
        Err(Error::NotFound { path, missing: NameKind::Version }) => {
            assert_eq!(*path, takes[1].path);
        }
        unexpected => panic!("{unexpected:?}"),
    }
    assert_eq!(catalog.releases(None).await.unwrap(), []);
    catalog.untrash(takes[1].id, Timestamp::from_micros(10)).await.unwrap();
    catalog.add_release(&made).await.unwrap();
    // Once it is there, nobody asks again.
    catalog.trash(&takes[1].path, Timestamp::from_micros(11)).await.unwrap();
    catalog.add_release(&made).await.unwrap();
    let before = release("0.9", &[&version(path("a", "s", "gone", "v"), 7)], 1);
    catalog.restore_release(&before).await.unwrap();
    assert_eq!(catalog.releases(None).await.unwrap(), [before.id, made.id]);
}

/// As it was made, with its stems in their order, by its name as typed by anybody.
pub async fn a_release_is_found_by_name_in_any_case(fixture: &impl CatalogFixture) {
    let catalog = fixture.open();
    let takes: Vec<_> = (0..40)
        .map(|n| version(path("Émile", "Straße", &format!("track {}", n * 7 % 40), "Take"), n))
        .collect();
    let made = release("Première 1.0", &takes.iter().collect::<Vec<_>>(), 7);
    let same_name = ReleaseName::new("PREMIÈRE 1.0").unwrap();
    let typed_otherwise = song("e\u{301}MILE", "STRASSE");
    match catalog.release_named(&typed_otherwise, &same_name).await {
        Err(Error::NoRelease { song, name }) => {
            assert_eq!((*song, name), (typed_otherwise.clone(), same_name.clone()));
        }
        unexpected => panic!("{unexpected:?}"),
    }
    assert_eq!(catalog.release_by_id(made.id).await.unwrap(), None);
    add(&*catalog, &made).await;
    assert_eq!(catalog.release_named(&typed_otherwise, &same_name).await.unwrap(), made);
    assert_eq!(catalog.release_by_id(made.id).await.unwrap(), Some(made.clone()));
    for (elsewhere, name) in [
        (song("Émile", "other"), "Première 1.0"),
        (song("other", "Straße"), "Première 1.0"),
        (song("Émile", "Straße"), "Première 1"),
    ] {
        let found = catalog.release_named(&elsewhere, &name.parse().unwrap()).await;
        assert!(matches!(found, Err(Error::NoRelease { .. })), "{found:?}");
    }
}

/// A song has one release of a name; other songs are not concerned.
pub async fn the_name_of_a_release_is_given_once(fixture: &impl CatalogFixture) {
    let catalog = fixture.open();
    let take = version(path("A", "S", "t", "v"), 1);
    let first = release("Final", &[&take], 1);
    add(&*catalog, &first).await;
    match catalog.add_release(&release("FINAL", &[&version(place(), 2)], 2)).await {
        Err(Error::ReleaseExists { existing }) => assert_eq!(*existing, first),
        unexpected => panic!("{unexpected:?}"),
    }
    assert_eq!(catalog.releases(None).await.unwrap(), [first.id]);
    for elsewhere in [path("a", "s2", "t", "v"), path("b", "s", "t", "v")] {
        add(&*catalog, &release("final", &[&version(elsewhere, 1)], 3)).await;
    }
    add(&*catalog, &release("final 2", &[&take], 4)).await;
    assert_eq!(catalog.releases(Some(&song("a", "s"))).await.unwrap().len(), 2);
}

/// Once there, it never changes, whatever comes under its identity.
pub async fn a_release_is_taken_in_once(fixture: &impl CatalogFixture) {
    let catalog = fixture.open();
    let take = version(place(), 1);
    let made = release("1.0", &[&take], 1);
    add(&*catalog, &made).await;
    let renamed = Release { name: "2.0".parse().unwrap(), ..made.clone() };
    let emptied = Release { stems: Vec::new(), said: said(9), ..made.clone() };
    let moved = Release { song: song("b", "z"), ..made.clone() };
    for again in [&made, &renamed, &emptied, &moved] {
        add(&*catalog, again).await;
        assert_eq!(catalog.release_by_id(made.id).await.unwrap().as_ref(), Some(&made));
        assert_eq!(catalog.releases(None).await.unwrap(), [made.id]);
        assert_eq!(catalog.releases_with(take.id).await.unwrap(), [made.id]);
    }
}

/// By artist and song, then by their time.
pub async fn releases_are_listed_by_song_oldest_first(fixture: &impl CatalogFixture) {
    let catalog = fixture.open();
    assert_eq!(catalog.releases(None).await.unwrap(), []);
    let mut made = Vec::new();
    for n in 0..24 {
        let [artist, song] = [["b", "A", "a b"][n % 3], ["S", "r"][n / 3 % 2]];
        let take = version(path(artist, song, "t", "v"), n as u64);
        // Several at one moment.
        made.push(release(&format!("{n}"), &[&take], n as i64 * 7 % 5));
    }
    for release in &made {
        add(&*catalog, release).await;
    }
    made.sort_by_key(|release| (release.song.clone(), release.said.at, release.id));
    let ids: Vec<_> = made.iter().map(|release| release.id).collect();
    assert_eq!(catalog.releases(None).await.unwrap(), ids);
    let of_song = catalog.releases(Some(&song("a", "s"))).await.unwrap();
    assert_eq!(of_song, ids[4..8]);
    assert_eq!(catalog.releases(Some(&song("a", "none"))).await.unwrap(), []);
}

/// Each once, oldest first, and as many as the details say.
pub async fn releases_are_found_by_their_versions(fixture: &impl CatalogFixture) {
    let catalog = fixture.open();
    let [often, once, never] = [1, 2, 3].map(|n| version(path("a", "s", "t", &format!("{n}")), n));
    let mut using = Vec::new();
    for n in 0..6 {
        let stems = match n {
            3 => vec![&often, &once],
            // A version of a track can stand in it but once; what says otherwise is taken in.
            4 => vec![&often, &often],
            _ => vec![&often],
        };
        using.push(release(&format!("{n}"), &stems, n * 5 % 4));
        add(&*catalog, &using[using.len() - 1]).await;
    }
    let only_once = using[3].id;
    using.sort_by_key(|release| (release.said.at, release.id));
    let ids: Vec<_> = using.iter().map(|release| release.id).collect();
    assert_eq!(catalog.releases_with(often.id).await.unwrap(), ids);
    assert_eq!(catalog.releases_with(once.id).await.unwrap(), [only_once]);
    assert_eq!(catalog.releases_with(never.id).await.unwrap(), []);
    let asked = [&often, &once, &never].map(|version| (version.id, version.digest));
    let details = catalog.details(&asked).await.unwrap();
    let counts: Vec<_> = details.iter().map(|details| details.releases).collect();
    assert_eq!(counts, [6, 1, 0]);
}

/// It stays in the trash, whence it can come back, and nothing is to be removed.
pub async fn a_released_version_is_not_purged(fixture: &impl CatalogFixture) {
    let catalog = fixture.open();
    let record = version(place(), 1);
    commit(&*catalog, &record).await.unwrap();
    let oldest = release("The Oldest", &[&record], 1);
    for made in [release("newer", &[&record], 2), oldest, release("newest", &[&record], 3)] {
        add(&*catalog, &made).await;
    }
    let gone = catalog.trash(&place(), NOW).await.unwrap();
    for _ in 0..2 {
        match catalog.purge(record.id, NOW).await {
            Err(Error::InRelease { version, name }) => {
                assert_eq!((*version, name.as_str()), (place(), "The Oldest"));
            }
            unexpected => panic!("{unexpected:?}"),
        }
        assert_eq!(catalog.find_trashed(&place()).await.unwrap(), std::slice::from_ref(&gone));
        assert_eq!(catalog.removals(10).await.unwrap(), []);
    }
    assert_eq!(catalog.untrash(record.id, NOW).await.unwrap().record, record);
    // Another version of the same bytes is not the released one, and goes; the bytes stay.
    let twin = version(path("a", "s", "t", "twin"), 1);
    commit(&*catalog, &twin).await.unwrap();
    catalog.trash(&twin.path, NOW).await.unwrap();
    let removal = catalog.purge(twin.id, NOW).await.unwrap();
    catalog.forget(&[record.id]).await.unwrap();
    let permit = catalog.claim_removal(removal.id, NOW, NOW.after(LEASE)).await.unwrap();
    assert!(!permit.object);
}

/// Even when no version names it any more; another store's is not concerned.
pub async fn a_released_object_stays(fixture: &impl CatalogFixture) {
    let catalog = fixture.open();
    let record = version(place(), 1);
    let keys = std::slice::from_ref(&record.object_key);
    commit(&*catalog, &record).await.unwrap();
    for name in ["1.0", "2.0"] {
        add(&*catalog, &release(name, &[&record], 1)).await;
    }
    catalog.trash(&place(), NOW).await.unwrap();
    assert_eq!(catalog.forget(&[record.id]).await.unwrap(), 1);
    for (store, releases) in [(&record.store, 2), (&StoreUrl::Memory, 0)] {
        let uses = catalog.uses(store, keys, NOW).await.unwrap()[0];
        assert_eq!((uses.versions, uses.trashed, uses.releases), (0, 0, releases));
        assert_eq!(uses.is_named(), releases > 0);
        let removal = catalog.propose_removal(store, &record.object_key, NOW).await.unwrap();
        let permit = catalog.claim_removal(removal.id, NOW, NOW.after(LEASE)).await.unwrap();
        assert_eq!(permit.object, releases == 0, "{store}");
        catalog.finish_removal(removal.id).await.unwrap();
    }
}

/// No name is special, nor is the end of any range; silence has no level.
pub async fn extreme_releases_come_through(fixture: &impl CatalogFixture) {
    let catalog = fixture.open();
    let longest = "ß".repeat(200);
    let names = names::HARD_NAMES.into_iter().chain([longest.as_str()]);
    for (n, name) in (0..).zip(names) {
        let extreme = extreme_release(name, n);
        add(&*catalog, &extreme).await;
        let found = catalog.release_named(&extreme.song, &extreme.name).await.unwrap();
        assert_eq!(found, extreme, "{name}");
    }
}

fn extreme_release(name: &str, n: usize) -> Release {
    let level = |thousandths| Decibels::from_thousandths(thousandths).unwrap();
    let take = version(path(name, name, name, name), n as u64);
    let silence = Loudness::default();
    let headers = [(u16::MAX, u32::MAX, Some(u64::MAX)), (0, 0, Some(0)), (1, 1, None)];
    let (channels, sample_rate, frames) = headers[n % 3];
    let format = AudioFormat {
        container: Container::ALL[n % Container::ALL.len()],
        codec: Codec::ALL[n % Codec::ALL.len()],
        channels,
        sample_rate,
        bit_depth: [None, Some(BitDepth { container: u16::MAX, valid: 0 })][n % 2],
        frames,
    };
    let levels = [
        (1_000_000, 100, i64::MIN, u64::MAX),
        (-1_000_000, -100, i64::MAX, 0),
        (0, 0, -1, i64::MAX as u64 + 1),
    ];
    let (gain, pan, offset, count) = levels[n % 3];
    let level_of_stem = StemLevel {
        gain: level(gain),
        pan: Pan::from_percent(pan).unwrap(),
        offset,
        mute: n.is_multiple_of(2),
    };
    let stem = Stem {
        size: [0, i64::MAX as u64][n % 2],
        picked_by: name.parse().unwrap(),
        loudness: silence,
        level: level_of_stem,
        format,
        ..stem(&take)
    };
    Release {
        name: name.parse().unwrap(),
        said: Said {
            by: name.parse().unwrap(),
            at: Timestamp::from_micros([i64::MIN, i64::MAX, 0][n % 3]),
            note: None,
        },
        made_with: format!("{name}\0\n"),
        store: [StoreUrl::Memory, StoreUrl::File("/tmp/a b".into())][n % 2].clone(),
        stems: [vec![], vec![stem.clone()], vec![stem; 3]][n % 3].clone(),
        mix: Mix {
            recipe: u32::MAX,
            sample_rate,
            channels,
            bits: [None, Some(u16::MAX)][n % 2],
            gain: level(-gain),
            dither: [None, Some(u64::MAX), Some(count)][n % 3],
            frames: count,
            clipped: !count,
            audio_digest: AudioDigest::from_bytes([n as u8; 32]),
            loudness: silence,
        },
        ..release("x", &[&take], 0)
    }
}

/// What is frozen is what counts at that moment: a pick that another one has replaced since
/// is told.
pub async fn a_release_is_made_of_the_picks_that_stand(fixture: &impl CatalogFixture) {
    let catalog = fixture.open();
    let takes = [version(path("a", "s", "bass", "1"), 1), version(path("a", "s", "bass", "2"), 2)];
    for take in &takes {
        assert!(commit(&*catalog, take).await.unwrap());
    }
    catalog.add_picks(&[pick(&takes[0], 1)]).await.unwrap();
    let made = release("1.0", &[&takes[0]], 3);
    catalog.add_picks(&[pick(&takes[1], 2)]).await.unwrap();
    match catalog.add_release(&made).await {
        Err(Error::PickChanged { track }) => assert_eq!(track, takes[0].path.track),
        unexpected => panic!("{unexpected:?}"),
    }
    catalog.add_release(&release("1.0", &[&takes[1]], 3)).await.unwrap();
    assert_eq!(catalog.releases(None).await.unwrap().len(), 1);
}

/// A copied store has the releases of the one that it was copied from.
pub async fn releases_move_to_another_store(fixture: &impl CatalogFixture) {
    let catalog = fixture.open();
    let take = version(place(), 1);
    let (moved, stays) = (release("1.0", &[&take], 1), release("1.1", &[&take], 2));
    for made in [&moved, &stays] {
        add(&*catalog, made).await;
    }
    let store: StoreUrl = "s3://copy".parse().unwrap();
    let unknown = ReleaseId::from_uuid(Uuid::nil());
    catalog.move_releases(&[moved.id, unknown], &store).await.unwrap();
    let there = catalog.release_by_id(moved.id).await.unwrap();
    assert_eq!(there, Some(Release { store, ..moved }));
    assert_eq!(catalog.release_by_id(stays.id).await.unwrap(), Some(stays));
}

/// However many race for a name, one gets it whole, and the others are told of it.
pub async fn of_many_releases_of_one_name_one_wins(fixture: &impl CatalogFixture) {
    let handles: Vec<_> = (0..4).map(|_| fixture.open()).collect();
    let takes: Vec<_> = (0..8).map(|n| version(path("a", "s", &format!("{n}"), "v"), n)).collect();
    let tries = (0..16).map(|n| {
        let catalog = Arc::clone(&handles[n % handles.len()]);
        let made = release(["Final", "final"][n % 2], &takes.iter().collect::<Vec<_>>(), n as i64);
        tokio::spawn(async move { (catalog.restore_release(&made).await, made) })
    });
    let (mut winners, mut told) = (Vec::new(), Vec::new());
    for task in tries.collect::<Vec<_>>() {
        match task.await.unwrap() {
            (Ok(()), made) => winners.push(made),
            (Err(Error::ReleaseExists { existing }), _) => told.push(*existing),
            (unexpected, _) => panic!("{unexpected:?}"),
        }
    }
    assert_eq!(winners.len(), 1);
    assert_eq!(told, vec![winners[0].clone(); 15]);
    let winner = Some(winners[0].clone());
    assert_eq!(handles[1].release_by_id(winners[0].id).await.unwrap(), winner);
    assert_eq!(handles[2].releases(None).await.unwrap(), [winners[0].id]);
    let unknown = VersionId::from_uuid(Uuid::nil());
    assert_eq!(handles[3].releases_with(unknown).await.unwrap(), []);
}
