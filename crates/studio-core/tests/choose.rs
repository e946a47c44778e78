//! Picks and marks: what counts, what stays in the history, and what is left when the store
//! or the catalogue fail.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

mod common;

use std::sync::Arc;

use studio_blob::{Error as StoreError, MockBlobStore};
use studio_core::{
    CatalogError, Choice, Error, ErrorKind, Job, Mark, Note, Outcome, PageRequest, Pick, Problem,
    Repositories, Selection, Standing, Status, Studio, Timestamp, VersionDetails, VersionFilter,
};
use studio_domain::TrackPath;
use studio_repo::MockChoiceRepo;

use self::common::{Place, at, examine, lay, person, song, take_of, track};

fn note(text: &str) -> Option<Note> {
    Some(Note::new(text).unwrap())
}

fn bass() -> TrackPath {
    take_of("Bass", "any").track_path()
}

/// The tag and the note of a pick.
fn told(pick: &Pick) -> (Option<&str>, Option<&str>) {
    let tag = pick.version.as_ref().map(|version| version.tag.as_str());
    (tag, pick.said.note.as_ref().map(Note::as_str))
}

async fn pick(studio: &Studio, tag: &str) -> studio_core::Picked {
    studio.pick(&take_of("Bass", tag), &person("Mark"), None).await.unwrap()
}

async fn history(studio: &Studio) -> Vec<Pick> {
    studio.history_of_picks(&song(), None, 100).await.unwrap()
}

/// The pick of the bass, if it has one.
async fn standing(studio: &Studio) -> Option<(Pick, Standing)> {
    let sheet = studio.picks(&song()).await.unwrap();
    let bass = |picked: &studio_core::PickedTrack| picked.pick.track.track == track("Bass");
    sheet.picked.into_iter().find(bass).map(|picked| (picked.pick, picked.standing))
}

#[tokio::test]
async fn the_last_pick_counts_and_all_of_them_stay() {
    let place = Place::new();
    let studio = place.studio();
    let one = lay(&studio, &place, "Bass", "one", b"1").await;
    let two = lay(&studio, &place, "Bass", "two", b"2").await;
    let first = pick(&studio, "one").await;
    assert_eq!((first.before, first.fresh, first.status), (None, true, None));
    let why = note("tighter in the bridge");
    let path = take_of("BASS", "TWO");
    let second = studio.pick(&path, &person("Laura Lee"), why.clone()).await.unwrap();
    assert_eq!((second.before.as_ref(), second.fresh), (Some(&first.pick), true));
    assert_eq!(second.pick.version.as_ref().unwrap().id, two.id);
    assert_eq!((second.pick.said.by.as_str(), &second.pick.said.note), ("Laura Lee", &why));
    assert_eq!(second.pick.track, two.path.track_path(), "as it was first typed");

    let (standing, there) = standing(&studio).await.unwrap();
    assert_eq!(standing, second.pick);
    let Standing::There(version, details) = there else { panic!("{there:?}") };
    assert!(*version == two && details.picked);
    assert_eq!(history(&studio).await, [second.pick.clone(), first.pick.clone()]);
    let details = studio.details(&[one, two]).await.unwrap();
    assert_eq!([details[0].picked, details[1].picked], [false, true]);
    let newest = studio.history_of_picks(&song(), Some(&track("bass")), 1).await.unwrap();
    assert_eq!(newest, std::slice::from_ref(&second.pick));
    let manifests = place.objects("picks/").await;
    let mut expected = [first.pick, second.pick].map(|pick| format!("picks/{}.json", pick.id));
    expected.sort();
    assert_eq!(manifests, expected);
}

#[tokio::test]
async fn the_same_pick_again_is_no_news_unless_something_is_said_with_it() {
    let place = Place::new();
    let studio = place.studio();
    lay(&studio, &place, "Bass", "one", b"1").await;
    let first = pick(&studio, "one").await.pick;
    let again = pick(&studio, "one").await;
    assert_eq!((again.fresh, &again.pick, again.before.as_ref()), (false, &first, Some(&first)));
    assert_eq!((history(&studio).await.len(), place.objects("picks/").await.len()), (1, 1));
    let path = take_of("Bass", "one");
    let noted = studio.pick(&path, &person("Mark"), note("still")).await.unwrap();
    assert!(noted.fresh);
    let history = history(&studio).await;
    let history: Vec<_> = history.iter().map(told).collect();
    assert_eq!(history, [(Some("one"), Some("still")), (Some("one"), None)]);
}

#[tokio::test]
async fn a_pick_is_taken_back_and_made_again() {
    let place = Place::new();
    let studio = place.studio();
    lay(&studio, &place, "Bass", "one", b"1").await;
    let mark = person("Mark");
    assert_eq!(studio.unpick(&bass(), &mark, None).await.unwrap(), None);
    assert_eq!(place.objects("picks/").await, [""; 0]);
    let first = pick(&studio, "one").await.pick;
    let back = studio.unpick(&bass(), &mark, note("out of tune")).await.unwrap();
    assert_eq!(back, Some(first.clone()));
    assert_eq!(standing(&studio).await, None);
    assert_eq!(studio.picks(&song()).await.unwrap().without, [track("Bass")]);
    assert_eq!(studio.unpick(&bass(), &mark, None).await.unwrap(), None);
    let again = pick(&studio, "one").await;
    assert_eq!((again.fresh, again.before), (true, None));
    let history = history(&studio).await;
    let history: Vec<_> = history.iter().map(told).collect();
    assert_eq!(history, [(Some("one"), None), (None, Some("out of tune")), (Some("one"), None)]);
    assert_eq!(standing(&studio).await.unwrap().0, again.pick);
}

#[tokio::test]
async fn a_clock_that_was_set_back_does_not_turn_the_order_round() {
    let place = Place::new();
    let (late, early) = (at(&place.studio(), 9_000_000), at(&place.studio(), 1_000));
    lay(&late, &place, "Bass", "one", b"1").await;
    lay(&late, &place, "Bass", "two", b"2").await;
    let first = pick(&late, "one").await.pick;
    let second = pick(&early, "two").await.pick;
    assert_eq!(second.said.at, Timestamp::from_micros(9_000_001));
    early.unpick(&bass(), &person("Mark"), None).await.unwrap();
    assert_eq!(standing(&early).await, None);
    let third = pick(&early, "one").await.pick;
    assert_eq!(third.said.at, Timestamp::from_micros(9_000_003));
    assert_eq!(standing(&late).await.unwrap().0, third);
    let history = history(&late).await;
    assert_eq!((history.len(), &history[0], &history[3]), (4, &third, &first));

    let path = take_of("Bass", "one");
    for (studio, status) in [(&late, Some(Status::Circled)), (&early, Some(Status::NoGood))] {
        studio.mark(&path, status, &person("Mark"), None).await.unwrap();
    }
    early.mark(&path, None, &person("Mark"), None).await.unwrap();
    early.mark(&path, Some(Status::Approved), &person("Mark"), None).await.unwrap();
    let marks = late.marks(&path).await.unwrap();
    let said: Vec<_> = marks.iter().map(|mark| (mark.status, mark.said.at.as_micros())).collect();
    let expected = [
        (Some(Status::Approved), 9_000_003),
        (None, 9_000_002),
        (Some(Status::NoGood), 9_000_001),
        (Some(Status::Circled), 9_000_000),
    ];
    assert_eq!(said, expected);
}

#[tokio::test]
async fn what_is_not_there_can_neither_be_picked_nor_marked() {
    let place = Place::new();
    let studio = place.studio();
    let by = person("Mark");
    for _ in 0..2 {
        let mut elsewhere = take_of("Bass", "one");
        elsewhere.artist = "Nobody".parse().unwrap();
        for path in [take_of("Bass", "three"), take_of("Drums", "one"), elsewhere] {
            let errors = [
                studio.pick(&path, &by, None).await.unwrap_err(),
                studio.mark(&path, Some(Status::Circled), &by, None).await.unwrap_err(),
                studio.marks(&path).await.unwrap_err(),
            ];
            for error in errors {
                let missing = matches!(error, Error::Catalog(CatalogError::NotFound { .. }));
                assert!(missing && error.kind() == ErrorKind::NotFound, "{path}: {error:?}");
            }
        }
        let drums = take_of("Drums", "one").track_path();
        let error = studio.unpick(&drums, &by, None).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound, "{error:?}");
        let mut nothing = song();
        nothing.song = "No Song".parse().unwrap();
        let error = studio.picks(&nothing).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound, "{error:?}");
        assert_eq!(place.objects("picks/").await, [""; 0]);
        assert_eq!(place.objects("marks/").await, [""; 0]);
        lay(&studio, &place, "Bass", "one", b"1").await;
    }
}

#[tokio::test]
async fn a_sheet_has_every_track_of_the_song() {
    let place = Place::new();
    let studio = place.studio();
    for (name, tag) in [("Drums", "a"), ("Bass", "a"), ("bass", "b"), ("Guitar", "a")] {
        lay(&studio, &place, name, tag, name.as_bytes()).await;
    }
    let sheet = studio.picks(&song()).await.unwrap();
    assert_eq!(sheet.picked, []);
    assert_eq!(sheet.without, ["Bass", "Drums", "Guitar"].map(track));
    pick(&studio, "b").await;
    let mut shouted = song();
    shouted.artist = "KHRUANGBIN".parse().unwrap();
    let sheet = studio.picks(&shouted).await.unwrap();
    let tags: Vec<_> = sheet.picked.iter().map(|picked| told(&picked.pick).0).collect();
    assert_eq!(tags, [Some("b")]);
    assert_eq!(sheet.without, ["Drums", "Guitar"].map(track));
}

#[tokio::test]
async fn a_pick_says_what_has_become_of_its_version() {
    let place = Place::new();
    let studio = place.studio();
    let version = lay(&studio, &place, "Bass", "one", b"1").await;
    pick(&studio, "one").await;
    let path = take_of("Bass", "one");
    let trashed = studio.throw_away(&path).await.unwrap();
    let (_, found) = standing(&studio).await.unwrap();
    assert!(matches!(&found, Standing::Trashed(found) if found.id == version.id), "{found:?}");
    // Another one in its place is not the one that was picked.
    lay(&studio, &place, "Bass", "one", b"another").await;
    let (_, found) = standing(&studio).await.unwrap();
    assert!(matches!(found, Standing::Trashed(_)), "{found:?}");
    studio.purge(&trashed).await.unwrap();
    let (gone, found) = standing(&studio).await.unwrap();
    assert!(matches!(found, Standing::Gone), "{found:?}");
    assert_eq!(told(&gone).0, Some("one"));
    let again = pick(&studio, "one").await;
    assert_eq!((again.fresh, again.before), (true, Some(gone)));
    let (_, found) = standing(&studio).await.unwrap();
    assert!(matches!(found, Standing::There(..)), "{found:?}");
}

#[tokio::test]
async fn the_pick_of_a_track_that_is_all_gone_is_still_told() {
    let place = Place::new();
    let studio = place.studio();
    lay(&studio, &place, "Bass", "one", b"1").await;
    lay(&studio, &place, "Drums", "one", b"2").await;
    pick(&studio, "one").await;
    let trashed = studio.throw_away(&take_of("Bass", "one")).await.unwrap();
    studio.purge(&trashed).await.unwrap();
    let sheet = studio.picks(&song()).await.unwrap();
    assert!(matches!(
        sheet.picked[..],
        [studio_core::PickedTrack { standing: Standing::Gone, .. }]
    ));
    assert_eq!(sheet.without, [track("Drums")]);
    studio.unpick(&bass(), &person("Mark"), None).await.unwrap();
    assert_eq!(studio.picks(&song()).await.unwrap().picked, []);
}

#[tokio::test]
async fn marks_are_given_changed_and_taken_back() {
    let place = Place::new();
    let studio = place.studio();
    let version = lay(&studio, &place, "Bass", "one", b"1").await;
    let (path, by) = (take_of("Bass", "one"), person("Laura Lee"));
    let none = studio.mark(&path, None, &by, None).await.unwrap();
    assert_eq!((none.mark, none.before, none.fresh), (None, None, false));
    assert_eq!(place.objects("marks/").await, [""; 0]);

    let circled = studio.mark(&path, Some(Status::Circled), &by, None).await.unwrap();
    assert!(circled.fresh && circled.version == version && circled.before.is_none());
    let again = studio.mark(&path, Some(Status::Circled), &by, None).await.unwrap();
    assert!(!again.fresh && again.mark == circled.mark);
    let noted = studio.mark(&path, Some(Status::Circled), &by, note("bar 12")).await.unwrap();
    assert!(noted.fresh && noted.before == circled.mark);
    assert_eq!(pick(&studio, "one").await.status, Some(Status::Circled));
    let bad = studio.mark(&path, Some(Status::NoGood), &by, None).await.unwrap();
    let details = studio.details(std::slice::from_ref(&version)).await.unwrap();
    assert_eq!(details[0].mark, bad.mark);
    let back = studio.mark(&path, None, &by, note("it was the amp")).await.unwrap();
    assert_eq!((back.before, back.fresh), (bad.mark.clone(), true));
    let details = studio.details(std::slice::from_ref(&version)).await.unwrap();
    assert_eq!(details[0].mark, None);

    let ever = studio.marks(&path).await.unwrap();
    let expected = [back.mark, bad.mark, noted.mark, circled.mark];
    assert_eq!(ever.iter().map(Some).collect::<Vec<_>>(), expected.each_ref().map(Option::as_ref));
    assert_eq!(place.objects("marks/").await.len(), 4);
}

#[tokio::test]
async fn versions_are_selected_by_what_was_said_of_them() {
    let place = Place::new();
    let studio = place.studio();
    for (name, tag) in [("Bass", "one"), ("Bass", "two"), ("Drums", "one"), ("Drums", "two")] {
        lay(&studio, &place, name, tag, format!("{name}{tag}").as_bytes()).await;
    }
    let by = person("Mark");
    pick(&studio, "one").await;
    for (name, tag, status) in [("Bass", "one", Status::Approved), ("Drums", "one", Status::NoGood)]
    {
        studio.mark(&take_of(name, tag), Some(status), &by, None).await.unwrap();
    }
    let select = async |selection: Selection| -> Vec<String> {
        let page = PageRequest { after: None, limit: 10 };
        let found = studio.select_versions(&VersionFilter::All, selection, page).await.unwrap();
        found.items.iter().map(|v| format!("{} {}", v.path.track, v.path.tag)).collect()
    };
    let all = Selection::ALL;
    assert_eq!(select(all).await.len(), 4);
    assert_eq!(select(Selection { picked: true, ..all }).await, ["Bass one"]);
    assert_eq!(select(Selection { latest: true, ..all }).await, ["Bass two", "Drums two"]);
    let bad = Selection { status: Some(Status::NoGood), ..all };
    assert_eq!(select(bad).await, ["Drums one"]);
    assert_eq!(select(Selection { picked: true, ..bad }).await, [""; 0]);
}

/// A catalogue that takes no choices any more.
fn full_catalog(place: &Place) -> Repositories {
    let mut choices = MockChoiceRepo::new();
    choices.expect_picks().returning(|_| Ok(vec![]));
    choices.expect_picks_ever().returning(|_, _, _| Ok(vec![]));
    choices.expect_marks_ever().returning(|_| Ok(vec![]));
    choices.expect_details().returning(|all| Ok(vec![VersionDetails::default(); all.len()]));
    choices.expect_add_picks().returning(|_| Err(CatalogError::Full { action: "record a pick" }));
    choices.expect_add_marks().returning(|_| Err(CatalogError::Full { action: "record a mark" }));
    Repositories { choices: Arc::new(choices), ..Repositories::from(place.catalog()) }
}

#[tokio::test]
async fn what_the_catalogue_did_not_take_stands_in_the_store_and_is_taken_in_later() {
    let place = Place::new();
    let studio = place.studio();
    lay(&studio, &place, "Bass", "one", b"1").await;
    let broken = Studio::new(full_catalog(&place), place.store());
    let (path, by) = (take_of("Bass", "one"), person("Mark"));
    let error = broken.pick(&path, &by, note("this one")).await.unwrap_err();
    assert!(matches!(error, Error::Catalog(CatalogError::Full { .. })), "{error:?}");
    let error = broken.mark(&path, Some(Status::Approved), &by, None).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert_eq!(standing(&studio).await, None);
    assert_eq!((place.objects("picks/").await.len(), place.objects("marks/").await.len()), (1, 1));

    let diagnosis = examine(&studio).await;
    let expected = |problem: &Problem| match problem {
        Problem::UnknownChoice { choice: Choice::Pick(pick) } => {
            told(pick) == (Some("one"), Some("this one"))
        }
        Problem::UnknownChoice { choice: Choice::Mark(mark) } => {
            mark.status == Some(Status::Approved)
        }
        _ => false,
    };
    let problems = &diagnosis.problems;
    assert!(problems.len() == 2 && problems.iter().all(expected), "{problems:?}");
    let treated = studio.repair(&diagnosis, &Job::default()).await.unwrap();
    let done = |(_, outcome): &(_, Outcome)| matches!(outcome, Outcome::Repaired(_));
    assert!(treated.outcomes.iter().all(done), "{treated:?}");
    let (pick, _) = standing(&studio).await.unwrap();
    assert_eq!((told(&pick), &pick.said.by), ((Some("one"), Some("this one")), &by));
    let marks = studio.marks(&path).await.unwrap();
    assert!(matches!(marks[..], [Mark { status: Some(Status::Approved), .. }]), "{marks:?}");
    assert_eq!(examine(&studio).await.problems, []);
}

#[tokio::test]
async fn what_the_store_did_not_take_is_not_in_the_catalogue() {
    let place = Place::new();
    let studio = place.studio();
    let version = lay(&studio, &place, "Bass", "one", b"1").await;
    let mut failing = MockBlobStore::new();
    let url = studio.store_url().clone();
    failing.expect_url().return_const(url.clone());
    failing.expect_head().returning(move |key| {
        let (key, etag, modified) = (key.clone(), None, None);
        Ok(studio_blob::ObjectInfo { key, size: version.size, etag, modified, crc64nvme: None })
    });
    failing.expect_put().returning(move |_, _, _, _, _| {
        Err(StoreError::Full { store: url.clone(), source: "no space".into() })
    });
    let broken = Studio::new(place.catalog(), Arc::new(failing));
    let (path, by) = (take_of("Bass", "one"), person("Mark"));
    let errors = [
        broken.pick(&path, &by, None).await.unwrap_err(),
        broken.mark(&path, Some(Status::Circled), &by, None).await.unwrap_err(),
    ];
    for error in errors {
        assert!(matches!(error, Error::Store(StoreError::Full { .. })), "{error:?}");
    }
    assert_eq!((history(&studio).await, studio.marks(&path).await.unwrap()), (vec![], vec![]));
    pick(&studio, "one").await;
    broken.unpick(&bass(), &by, None).await.unwrap_err();
    assert!(standing(&studio).await.is_some(), "what was not said does not count");
    assert_eq!(examine(&studio).await.problems, []);
}

/// A disk that is not mounted.
#[tokio::test]
async fn nothing_is_said_to_a_store_that_is_not_there() {
    let place = Place::new();
    lay(&place.studio(), &place, "Bass", "one", b"1").await;
    std::fs::rename(place.store_directory(), place.path("away")).unwrap();
    let (path, by) = (take_of("Bass", "one"), person("Mark"));
    let errors = [
        place.studio().pick(&path, &by, None).await.unwrap_err(),
        place.studio().mark(&path, Some(Status::Circled), &by, None).await.unwrap_err(),
    ];
    for error in errors {
        assert!(matches!(error, Error::StoreEmpty { .. }), "{error:?}");
    }
    assert!(!place.store_directory().exists());
}
