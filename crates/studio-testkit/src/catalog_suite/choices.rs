//! What is known and thought of versions: sound, picks, marks.

use std::sync::Arc;

use studio_domain::{
    AudioDigest, AudioFormat, BitDepth, Codec, Container, Decibels, Digest, Loudness, Mark, MarkId,
    Measured, NewVersion, Note, Pick, PickId, PickedVersion, Said, Selection, SongPath, SoundFacts,
    Status, Timestamp, TrackPath, VersionDetails, VersionId, VersionPath,
};
use studio_repo::VersionFilter;
use uuid::Uuid;

use super::{CatalogFixture, Catalogue, all, commit, path, place, release, version};
use crate::names;

/// Somebody's word, so many seconds after the epoch.
pub fn said(seconds: i64) -> Said {
    Said {
        by: "Ana".parse().unwrap(),
        at: Timestamp::from_micros(seconds * 1_000_000),
        note: Some(Note::new("warm\nand close").unwrap()),
    }
}

/// The pick of a version, so many seconds after the epoch.
pub fn pick(version: &NewVersion, seconds: i64) -> Pick {
    let VersionPath { tag, .. } = version.path.clone();
    Pick {
        id: PickId::from_uuid(Uuid::now_v7()),
        track: version.path.track_path(),
        version: Some(PickedVersion { id: version.id, tag }),
        said: said(seconds),
    }
}

/// The taking back of a track's pick, so many seconds after the epoch.
pub fn unpick(track: &TrackPath, seconds: i64) -> Pick {
    let id = PickId::from_uuid(Uuid::now_v7());
    Pick { id, track: track.clone(), version: None, said: said(seconds) }
}

/// The mark of a version, so many seconds after the epoch.
pub fn mark(version: VersionId, status: Option<Status>, seconds: i64) -> Mark {
    Mark { id: MarkId::from_uuid(Uuid::now_v7()), version, status, said: said(seconds) }
}

pub(super) fn decibels(thousandths: i32) -> Option<Decibels> {
    Some(Decibels::from_thousandths(thousandths).unwrap())
}

/// What a header says: two channels at 48 kHz and 24 bits.
pub(super) fn format() -> AudioFormat {
    AudioFormat {
        container: Container::Wav,
        codec: Codec::Pcm,
        channels: 2,
        sample_rate: 48_000,
        bit_depth: Some(BitDepth::full(24)),
        frames: Some(2_880_000),
    }
}

/// A loudness of which every field is another.
pub(super) fn loudness() -> Loudness {
    Loudness {
        integrated: decibels(-14_001),
        range: decibels(7_002),
        max_momentary: decibels(-9_003),
        max_short_term: decibels(-10_004),
        true_peak: decibels(-1_005),
        sample_peak: decibels(-1_306),
    }
}

fn header(frames: Option<u64>) -> SoundFacts {
    SoundFacts { format: AudioFormat { frames, ..format() }, measured: None }
}

fn measured(frames: u64) -> SoundFacts {
    let audio_digest = AudioDigest::from_bytes([0xAD; 32]);
    let measured = Measured { frames, audio_digest, loudness: loudness() };
    SoundFacts { format: format(), measured: Some(measured) }
}

fn song(artist: &str, title: &str) -> SongPath {
    path(artist, title, "t", "v").song_path()
}

/// A version of `place`'s track, in the catalogue.
async fn take(catalog: &dyn Catalogue, place: VersionPath, seed: u64) -> NewVersion {
    let record = version(place, seed);
    commit(catalog, &record).await.unwrap();
    record
}

/// The order of history.
fn newest_first(picks: &[Pick]) -> Vec<Pick> {
    let mut picks = picks.to_vec();
    picks.sort_by_key(|pick| std::cmp::Reverse((pick.said.at, pick.id)));
    picks
}

async fn details_of(catalog: &dyn Catalogue, version: &NewVersion) -> VersionDetails {
    let details = catalog.details(&[(version.id, version.digest)]).await.unwrap();
    assert_eq!(details.len(), 1);
    details[0].clone()
}

/// By its time, then by its identity, whatever order they come in.
pub async fn the_last_pick_of_a_track_counts(fixture: &impl CatalogFixture) {
    let catalog = fixture.open();
    // Places in the order of history; two at one moment.
    for (n, order) in (0..).zip([[0, 1, 2, 3], [3, 2, 1, 0], [1, 3, 0, 2], [2, 0, 3, 1]]) {
        let song = format!("song {n}");
        let takes =
            [1, 2, 3, 4].map(|seed| version(path("a", &song, "t", &format!("{seed}")), seed));
        // The identities run against the times, but for the two at one moment.
        let ids = [3, 0, 1, 2].map(|id| PickId::from_uuid(Uuid::from_u128(n << 8 | id)));
        let mut picks: Vec<_> =
            takes.iter().zip([5, 6, 6, 9]).map(|(take, at)| pick(take, at)).collect();
        for (pick, id) in picks.iter_mut().zip(ids) {
            pick.id = id;
        }
        let song = picks[0].track.clone();
        let song = SongPath { artist: song.artist, song: song.song };
        let mut last = 0;
        for place in order {
            assert_eq!(catalog.add_picks(&picks[place..=place]).await.unwrap(), 1);
            last = last.max(place);
            let found = catalog.picks(&song).await.unwrap();
            assert_eq!(found, picks[last..=last], "{order:?} up to {place}");
        }
        picks.reverse();
        assert_eq!(catalog.picks_ever(&song, None, 100).await.unwrap(), picks, "{order:?}");
    }
}

/// One that is there stays as it is.
pub async fn picks_and_marks_are_taken_in_once(fixture: &impl CatalogFixture) {
    let catalog = fixture.open();
    let record = version(place(), 1);
    let picks: Vec<_> = (0..5).map(|seconds| pick(&record, seconds)).collect();
    assert_eq!(catalog.add_picks(&[]).await.unwrap(), 0);
    assert_eq!(catalog.add_picks(&picks[..3]).await.unwrap(), 3);
    let otherwise = Pick { said: said(99), version: None, ..picks[1].clone() };
    assert_eq!(catalog.add_picks(&[otherwise]).await.unwrap(), 0);
    let twice: Vec<_> = [&picks[..], &picks[..]].concat();
    assert_eq!(catalog.add_picks(&twice).await.unwrap(), 2);
    let ever = catalog.picks_ever(&song("a", "s"), None, 100).await.unwrap();
    assert_eq!(ever, newest_first(&picks));

    let marks: Vec<_> = (0..3).map(|n| mark(record.id, Some(Status::Circled), n)).collect();
    assert_eq!(catalog.add_marks(&marks[..2]).await.unwrap(), 2);
    let otherwise = Mark { said: said(99), status: None, ..marks[1].clone() };
    assert_eq!(catalog.add_marks(&[otherwise]).await.unwrap(), 0);
    let twice: Vec<_> = [&marks[..], &marks[..]].concat();
    assert_eq!(catalog.add_marks(&twice).await.unwrap(), 1);
    let newest_first: Vec<_> = marks.into_iter().rev().collect();
    assert_eq!(catalog.marks_ever(record.id).await.unwrap(), newest_first);
}

/// The track has no pick then, and what was said of it stays.
pub async fn a_pick_taken_back_is_history(fixture: &impl CatalogFixture) {
    let catalog = fixture.open();
    let record = take(&*catalog, place(), 1).await;
    let track = record.path.track_path();
    let picks = [pick(&record, 1), unpick(&track, 2), pick(&record, 3), unpick(&track, 4)];
    for (n, pick) in picks.iter().enumerate() {
        catalog.add_picks(std::slice::from_ref(pick)).await.unwrap();
        let picked = pick.version.is_some();
        let now = catalog.picks(&song("a", "s")).await.unwrap();
        assert_eq!(now.first(), Some(pick).filter(|_| picked));
        assert_eq!(details_of(&*catalog, &record).await.picked, picked);
        let ever = catalog.picks_ever(&song("a", "s"), Some(&track.track), 100).await.unwrap();
        assert_eq!(ever, newest_first(&picks[..=n]));
    }
}

/// By the names of the tracks, in any case, without those of other songs.
pub async fn picks_are_listed_by_track(fixture: &impl CatalogFixture) {
    let catalog = fixture.open();
    let mut expected = Vec::new();
    for (seed, track) in (1..).zip(["Voice", "bass", "Éclair", "Drums", "eclair"]) {
        let other = version(path("Émile", "Straße", track, "other"), seed);
        let chosen = version(path("émile", "STRASSE", &track.to_uppercase(), "Take"), seed);
        expected.push(pick(&chosen, 2));
        catalog.add_picks(&[pick(&other, 1), expected[expected.len() - 1].clone()]).await.unwrap();
    }
    for elsewhere in [path("Émile", "other", "bass", "v"), path("other", "Straße", "bass", "v")] {
        catalog.add_picks(&[pick(&version(elsewhere, 9), 9)]).await.unwrap();
    }
    expected.sort_by(|a, b| a.track.track.cmp(&b.track.track));
    assert_eq!(catalog.picks(&song("e\u{301}mile", "strasse")).await.unwrap(), expected);
    assert_eq!(catalog.picks(&song("Émile", "none")).await.unwrap(), []);
}

/// Of a song or of one track of it, as many as wanted.
pub async fn the_history_of_picks_is_cut_to_the_newest(fixture: &impl CatalogFixture) {
    let catalog = fixture.open();
    let mut picks = Vec::new();
    for n in 0..12 {
        let place = path("A", "S", ["Bass", "drums"][n % 2], &format!("{n}"));
        // Several at one moment.
        picks.push(pick(&version(place, n as u64), n as i64 / 4));
    }
    let elsewhere = [path("a", "s2", "bass", "v"), path("b", "s", "bass", "v")]
        .map(|place| pick(&version(place, 1), 1));
    catalog.add_picks(&[&picks[..], &elsewhere[..]].concat()).await.unwrap();
    let whole = newest_first(&picks);
    let track = "BASS".parse().unwrap();
    let of_track: Vec<_> =
        whole.iter().filter(|pick| pick.track.track.as_str() == "Bass").cloned().collect();
    for (limit, most) in [(0, 1), (1, 1), (5, 5), (12, 12), (13, 12), (u32::MAX, 12)] {
        let ever = catalog.picks_ever(&song("a", "s"), None, limit).await.unwrap();
        assert_eq!(ever, whole[..most], "{limit}");
        let ever = catalog.picks_ever(&song("a", "s"), Some(&track), limit).await.unwrap();
        assert_eq!(ever, of_track[..most.min(6)], "{limit}");
    }
    let none = "voice".parse().unwrap();
    assert_eq!(catalog.picks_ever(&song("a", "s"), Some(&none), 10).await.unwrap(), []);
}

/// By its time, then by its identity; one that is taken back leaves none.
pub async fn the_last_mark_of_a_version_counts(fixture: &impl CatalogFixture) {
    let catalog = fixture.open();
    for (n, order) in (0..).zip([[0, 1, 2, 3], [3, 2, 1, 0], [1, 3, 0, 2], [2, 0, 3, 1]]) {
        let record = take(&*catalog, path("a", "s", "t", &format!("{n}")), n as u64).await;
        let statuses = [Some(Status::Circled), None, Some(Status::NoGood), Some(Status::Approved)];
        let mut marks: Vec<_> = statuses
            .into_iter()
            .zip([5, 6, 6, 9])
            .map(|(status, at)| mark(record.id, status, at))
            .collect();
        for (mark, id) in marks.iter_mut().zip([3, 0, 1, 2]) {
            mark.id = MarkId::from_uuid(Uuid::from_u128(n << 8 | id));
        }
        let mut last = 0;
        for place in order {
            assert_eq!(catalog.add_marks(&marks[place..=place]).await.unwrap(), 1);
            last = last.max(place);
            let expected = Some(&marks[last]).filter(|mark| mark.status.is_some());
            let details = details_of(&*catalog, &record).await;
            assert_eq!(details.mark.as_ref(), expected, "{order:?} up to {place}");
        }
        marks.reverse();
        assert_eq!(catalog.marks_ever(record.id).await.unwrap(), marks, "{order:?}");
    }
    let nobody = VersionId::from_uuid(Uuid::nil());
    assert_eq!(catalog.marks_ever(nobody).await.unwrap(), []);
}

/// What was said stays when the version goes, its track and its song with it.
pub async fn picks_and_marks_outlive_their_version(fixture: &impl CatalogFixture) {
    let catalog = fixture.open();
    let record = take(&*catalog, place(), 1).await;
    let (picks, marks) = ([pick(&record, 1)], [mark(record.id, Some(Status::Approved), 1)]);
    catalog.add_picks(&picks).await.unwrap();
    catalog.add_marks(&marks).await.unwrap();
    let selection = Selection { picked: true, status: Some(Status::Approved), ..Selection::ALL };
    let at = Timestamp::from_micros(9);
    for step in ["stored", "trashed", "back", "trashed", "purged", "forgotten"] {
        match step {
            "trashed" => drop(catalog.trash(&place(), at).await.unwrap()),
            "back" => drop(catalog.untrash(record.id, at).await.unwrap()),
            "purged" => drop(catalog.purge(record.id, at).await.unwrap()),
            "forgotten" => drop(catalog.forget(&[record.id]).await.unwrap()),
            _ => {}
        }
        let there = step == "stored" || step == "back";
        assert_eq!(catalog.artists(None, 10).await.unwrap().len(), usize::from(there), "{step}");
        let selected = catalog.selected(&VersionFilter::All, selection, all(10)).await.unwrap();
        assert_eq!(selected.items.len(), usize::from(there), "{step}");
        assert_eq!(catalog.picks(&song("a", "s")).await.unwrap(), picks, "{step}");
        assert_eq!(catalog.picks_ever(&song("a", "s"), None, 10).await.unwrap(), picks, "{step}");
        assert_eq!(catalog.marks_ever(record.id).await.unwrap(), marks, "{step}");
        let details = details_of(&*catalog, &record).await;
        assert_eq!((details.picked, details.mark.as_ref()), (true, Some(&marks[0])), "{step}");
    }
}

/// For more than one query can ask for, with some asked for twice and some unknown.
pub async fn details_are_told_in_order(fixture: &impl CatalogFixture) {
    let catalog = fixture.open();
    assert_eq!(catalog.details(&[]).await.unwrap(), []);
    let versions: Vec<_> =
        (0..1100).map(|n| version(path("a", "s", &format!("{n}"), "v"), n)).collect();
    catalog.restore(&versions).await.unwrap();
    let (mut sounds, mut marks, mut picks, mut expected) = (vec![], vec![], vec![], vec![]);
    for (n, version) in versions.iter().enumerate() {
        let mut details = VersionDetails::default();
        if n % 2 == 0 {
            let facts = if n % 4 == 0 { header(Some(n as u64)) } else { measured(n as u64) };
            sounds.push((version.digest, facts));
            details.sound = Some(facts);
        }
        if n % 3 == 0 {
            let mark = mark(version.id, Some(Status::ALL[n % Status::ALL.len()]), 1);
            marks.push(mark.clone());
            details.mark = Some(mark);
        }
        if n % 5 == 0 {
            picks.push(pick(version, 1));
            details.picked = true;
        }
        details.releases = u32::from(n % 7 == 0) + u32::from(n % 14 == 0);
        expected.push(details);
    }
    catalog.record_sounds(&sounds).await.unwrap();
    catalog.add_marks(&marks).await.unwrap();
    catalog.add_picks(&picks).await.unwrap();
    for (name, step) in [("1", 7), ("2", 14)] {
        let stems: Vec<_> = versions.iter().step_by(step).collect();
        catalog.restore_release(&release(name, &stems, 1)).await.unwrap();
    }
    let mut asked: Vec<_> = versions.iter().map(|version| (version.id, version.digest)).collect();
    assert_eq!(catalog.details(&asked).await.unwrap(), expected);
    let unknown = (VersionId::from_uuid(Uuid::nil()), Digest::from_bytes([0xFF; 32]));
    asked.insert(3, unknown);
    expected.insert(3, VersionDetails::default());
    asked.extend_from_within(..2);
    expected.extend_from_within(..2);
    asked.reverse();
    expected.reverse();
    assert_eq!(catalog.details(&asked).await.unwrap(), expected);
}

/// What decoding all of it gave is not lost to a look at the header.
pub async fn what_was_measured_is_kept(fixture: &impl CatalogFixture) {
    let catalog = fixture.open();
    let [record, other] = [1, 2].map(|seed| version(place(), seed));
    for (told, kept) in [
        (header(None), header(None)),
        (header(Some(5)), header(Some(5))),
        (measured(6), measured(6)),
        (header(Some(7)), SoundFacts { measured: measured(6).measured, ..header(Some(7)) }),
        (measured(8), measured(8)),
    ] {
        catalog.record_sounds(&[(record.digest, told)]).await.unwrap();
        assert_eq!(details_of(&*catalog, &record).await.sound, Some(kept));
        assert_eq!(details_of(&*catalog, &other).await.sound, None);
    }
    // Within one call too.
    let told = [(other.digest, measured(1)), (other.digest, header(Some(2)))];
    catalog.record_sounds(&told).await.unwrap();
    let kept = SoundFacts { measured: measured(1).measured, ..header(Some(2)) };
    assert_eq!(details_of(&*catalog, &other).await.sound, Some(kept));
}

/// Every kind of file, and whatever a header may claim.
pub async fn every_sound_comes_through(fixture: &impl CatalogFixture) {
    let catalog = fixture.open();
    let mut told = Vec::new();
    for &container in Container::ALL {
        for &codec in Codec::ALL {
            told.push(AudioFormat { container, codec, ..format() });
        }
    }
    let (most, none) = (BitDepth::full(u16::MAX), BitDepth::full(0));
    for (channels, sample_rate, bit_depth, frames) in [
        (u16::MAX, u32::MAX, Some(most), Some(u64::MAX)),
        (0, 0, Some(none), Some(0)),
        (1, 1, Some(BitDepth { container: 32, valid: 24 }), Some(i64::MAX as u64 + 1)),
        (1, 1, None, None),
    ] {
        told.push(AudioFormat { channels, sample_rate, bit_depth, frames, ..format() });
    }
    let level = |thousandths| Loudness {
        integrated: decibels(thousandths),
        range: decibels(-thousandths),
        true_peak: decibels(thousandths),
        ..Loudness::default()
    };
    let loudnesses = [Loudness::default(), level(1_000_000), level(-1_000_000), level(0)];
    let audio_digest = AudioDigest::from_bytes([7; 32]);
    let measured = |n: usize| Measured {
        frames: u64::MAX - n as u64,
        audio_digest,
        loudness: loudnesses[n % 4],
    };
    let sounds: Vec<_> = (0_u64..)
        .zip(told)
        .map(|(n, format)| {
            let measured = Some(measured(n as usize)).filter(|_| n % 3 > 0);
            (version(place(), n).digest, SoundFacts { format, measured })
        })
        .collect();
    catalog.record_sounds(&sounds).await.unwrap();
    let nobody = VersionId::from_uuid(Uuid::nil());
    let asked: Vec<_> = sounds.iter().map(|(digest, _)| (nobody, *digest)).collect();
    let found = catalog.details(&asked).await.unwrap();
    for ((_, sound), details) in sounds.iter().zip(found) {
        assert_eq!(details.sound, Some(*sound));
    }
}

/// No name is special, nor is the end of any range.
pub async fn extreme_choices_come_through(fixture: &impl CatalogFixture) {
    let catalog = fixture.open();
    let longest = "ß".repeat(200);
    let names = names::HARD_NAMES.into_iter().chain([longest.as_str()]);
    for (n, name) in (0..).zip(names) {
        let record = version(path(name, name, name, name), n);
        let said = Said {
            by: name.parse().unwrap(),
            at: Timestamp::from_micros([i64::MIN, i64::MAX, 0][n as usize % 3]),
            note: [None, Some(Note::new(&format!("{name}\n\t{}", "🎸".repeat(1000))).unwrap())]
                [n as usize % 2]
                .clone(),
        };
        let picks = [Pick { said: said.clone(), ..pick(&record, 0) }];
        catalog.add_picks(&picks).await.unwrap();
        assert_eq!(catalog.picks(&record.path.song_path()).await.unwrap(), picks, "{name}");
        let marks = [Mark { said, ..mark(record.id, Some(Status::NoGood), 0) }];
        catalog.add_marks(&marks).await.unwrap();
        assert_eq!(catalog.marks_ever(record.id).await.unwrap(), marks, "{name}");
    }
}

/// However many speak, each is heard once, and one has the last word.
pub async fn of_many_picks_at_once_one_is_last(fixture: &impl CatalogFixture) {
    let handles: Vec<_> = (0..4).map(|_| fixture.open()).collect();
    let record = take(&*handles[0], place(), 1).await;
    let picks: Vec<_> = (0..16).map(|n| pick(&record, n * 7 % 5)).collect();
    let marks: Vec<_> =
        (0..16).map(|n| mark(record.id, Some(Status::Circled), n * 7 % 5)).collect();
    // Each is said on two handles.
    let tries = (0..32).map(|n| {
        let catalog = Arc::clone(&handles[n % handles.len()]);
        let (pick, mark) = (picks[n / 2].clone(), marks[n / 2].clone());
        tokio::spawn(async move {
            let picked = catalog.add_picks(&[pick]).await.unwrap();
            (picked, catalog.add_marks(&[mark]).await.unwrap())
        })
    });
    let mut fresh = (0, 0);
    for task in tries.collect::<Vec<_>>() {
        let (picked, marked) = task.await.unwrap();
        fresh = (fresh.0 + picked, fresh.1 + marked);
    }
    assert_eq!(fresh, (16, 16));
    let ever = newest_first(&picks);
    assert_eq!(handles[1].picks(&song("a", "s")).await.unwrap(), ever[..1]);
    assert_eq!(handles[1].picks_ever(&song("a", "s"), None, 100).await.unwrap(), ever);
    let last = marks.iter().max_by_key(|mark| (mark.said.at, mark.id));
    assert_eq!(details_of(&*handles[2], &record).await.mark.as_ref(), last);
}

/// Of many identities those are told that the catalogue does not know, in their order.
pub async fn unknown_choices_are_told(fixture: &impl CatalogFixture) {
    let catalog = fixture.open();
    let take = version(place(), 1);
    let (picked, marked) = (pick(&take, 1), mark(take.id, Some(Status::Circled), 1));
    let (unknown, other) = (pick(&take, 2), mark(take.id, None, 2));
    catalog.add_picks(std::slice::from_ref(&picked)).await.unwrap();
    catalog.add_marks(std::slice::from_ref(&marked)).await.unwrap();
    let picks = catalog.unknown_picks(&[unknown.id, picked.id]).await.unwrap();
    assert_eq!(picks, [unknown.id]);
    let marks = catalog.unknown_marks(&[marked.id, other.id]).await.unwrap();
    assert_eq!(marks, [other.id]);
    assert_eq!(catalog.unknown_picks(&[]).await.unwrap(), []);
}
