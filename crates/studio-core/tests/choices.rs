//! Picks, marks and releases in the care of doctor, recovery and garbage collection.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

mod common;
#[path = "release/session.rs"]
mod session;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use studio_core::{
    Choice, Clearing, FileStore, Job, Mark, Note, Outcome, Pick, Problem, Recovered, Release,
    SqliteCatalog, Status, Studio,
};

use self::common::{Place, all, examine, person, song, take_of, tone};
use self::session::{Session, request};

/// A session in which a lot was said: picks made, noted, and taken back, marks, releases.
async fn rich() -> Session {
    let session = Session::new().await;
    let studio = &session.studio;
    let why = Note::new("less room,\nmore wood").ok();
    session.pick("Bass", "three", &tone(130.0)).await;
    studio.pick(&take_of("Bass", "one"), &person("Mark"), why.clone()).await.unwrap();
    session.pick("Guitar", "one", &tone(440.0)).await;
    for (track, tag, status) in [
        ("Bass", "one", Some(Status::Circled)),
        ("Bass", "one", Some(Status::Approved)),
        ("Drums", "two", Some(Status::NoGood)),
        ("Drums", "two", None),
    ] {
        studio.mark(&take_of(track, tag), status, &person("Steve"), why.clone()).await.unwrap();
    }
    session.create("1.0").await;
    let guitar = take_of("Guitar", "one").track_path();
    studio.unpick(&guitar, &person("Mark"), why).await.unwrap();
    studio.throw_away(&take_of("Guitar", "one")).await.unwrap();
    session.create("1.1").await;
    session
}

/// All that was ever said.
#[derive(Debug, PartialEq)]
struct Told {
    picks: Vec<Pick>,
    standing: Vec<Pick>,
    marks: Vec<Vec<Mark>>,
    releases: Vec<Release>,
}

async fn told(studio: &Studio) -> Told {
    let mut marks = Vec::new();
    for version in all(studio).await {
        marks.push(studio.marks(&version.path).await.unwrap());
    }
    let sheet = studio.picks(&song()).await.unwrap();
    Told {
        picks: studio.history_of_picks(&song(), None, 1000).await.unwrap(),
        standing: sheet.picked.into_iter().map(|picked| picked.pick).collect(),
        marks,
        releases: studio.releases(None).await.unwrap(),
    }
}

fn on_store(directory: PathBuf) -> Studio {
    let catalog = SqliteCatalog::in_memory().unwrap();
    Studio::new(Arc::new(catalog), Arc::new(FileStore::new(&directory)))
}

impl Session {
    /// A studio whose catalogue is lost.
    fn bereft(&self) -> Studio {
        on_store(self.place.store_directory())
    }

    fn stored(&self, key: &str) -> PathBuf {
        self.place.store_directory().join(key)
    }
}

async fn recover(studio: &Studio) -> Recovered {
    let dry = studio.recover(true, &Job::default()).await.unwrap();
    let recovered = studio.recover(false, &Job::default()).await.unwrap();
    assert_eq!(dry, recovered, "a dry run tells the same");
    recovered
}

/// What a doctor finds, and what becomes of it; twice, and the second finds nothing.
async fn heal(studio: &Studio) -> Vec<(Problem, Outcome)> {
    let diagnosis = examine(studio).await;
    let treated = studio.repair(&diagnosis, &Job::default()).await.unwrap();
    let again = studio.repair(&diagnosis, &Job::default()).await.unwrap();
    assert_eq!(again.outcomes.len(), treated.outcomes.len(), "a repair can be done twice");
    treated.outcomes
}

#[tokio::test]
async fn all_that_was_said_comes_back_from_the_store_alone() {
    let session = rich().await;
    let before = told(&session.studio).await;
    assert_eq!((before.picks.len(), before.standing.len(), before.releases.len()), (6, 2, 2));
    assert_eq!(before.marks.iter().map(Vec::len).sum::<usize>(), 4);

    let studio = session.bereft();
    let recovered = recover(&studio).await;
    assert_eq!((recovered.versions, recovered.trashed), (3, 1));
    assert_eq!((recovered.picks, recovered.marks, recovered.releases), (6, 4, 2));
    assert_eq!((&recovered.unreadable[..], &recovered.foreign[..]), (&[][..], &[][..]));
    assert_eq!(told(&studio).await, before);
    assert_eq!(all(&studio).await.len(), 3);
    assert_eq!(examine(&studio).await.problems, []);
    for release in &before.releases {
        let verified = studio.verify_release(release, &Job::default()).await.unwrap();
        assert_eq!(verified.flaws, []);
    }
    let again = recover(&studio).await;
    assert_eq!((again.picks, again.marks, again.releases), (0, 0, 0));
    assert_eq!(told(&studio).await, before);
    // And where it was known, nothing is new.
    let known = recover(&session.studio).await;
    assert_eq!((known.picks, known.marks, known.releases), (0, 0, 0));
}

/// A bucket that was copied, or is called otherwise now.
#[tokio::test]
async fn releases_are_of_the_store_that_they_stand_in() {
    let session = rich().await;
    let mut before = told(&session.studio).await;
    std::fs::rename(session.place.store_directory(), session.place.path("moved")).unwrap();
    let studio = on_store(session.place.path("moved"));
    recover(&studio).await;
    for release in &mut before.releases {
        release.store = studio.store_url().clone();
    }
    assert_eq!(told(&studio).await, before);
    assert_eq!(examine(&studio).await.problems, []);
    let verified = studio.verify_release(&before.releases[0], &Job::default()).await.unwrap();
    assert_eq!(verified.flaws, []);
}

#[tokio::test]
async fn what_cannot_be_read_is_told_and_the_rest_comes_back() {
    let session = rich().await;
    let mut expected = Vec::new();
    for prefix in ["picks/", "marks/", "releases/"] {
        let keys = session.place.objects(prefix).await;
        let other = std::fs::read(session.stored(&keys[1])).unwrap();
        // Cut off; of another one than its name says; of a newer studio; no JSON at all.
        let texts = [other[..40].to_vec(), other, br#"{"format":"studio.pick/9"}"#.to_vec()];
        for (key, text) in keys.iter().zip(texts).take(if prefix == "releases/" { 1 } else { 3 }) {
            if *key == keys[1] {
                std::fs::write(session.stored(key), b"\xff\xfe").unwrap();
            } else {
                std::fs::write(session.stored(key), text).unwrap();
            }
            expected.push(session.studio.store_url().locate(&key.parse().unwrap()));
        }
        std::fs::write(session.stored(prefix).join("notes.txt"), b"mine").unwrap();
    }
    let studio = session.bereft();
    let recovered = recover(&studio).await;
    let mut unreadable: Vec<_> = recovered.unreadable.iter().map(|(at, _)| at.clone()).collect();
    unreadable.sort();
    expected.sort();
    assert_eq!((unreadable, recovered.foreign.len()), (expected, 3));
    assert_eq!((recovered.picks, recovered.marks, recovered.releases), (3, 1, 1));
    assert_eq!(recovered.versions, 3);
    // The catalogue that knows them writes them again; the others tell of them only.
    for outcome in heal(&studio).await {
        assert!(matches!(outcome, (Problem::ForeignManifest { .. }, Outcome::Left(_))));
    }
    let healed = heal(&session.studio).await;
    let written = healed.iter().filter(|(problem, outcome)| {
        let choice = matches!(problem, Problem::ChoiceWithoutManifest { .. });
        choice && matches!(outcome, Outcome::Repaired(_))
    });
    assert_eq!((written.count(), healed.len()), (7, 7 + 3));
    let known = told(&session.studio).await;
    let studio = session.bereft();
    recover(&studio).await;
    assert_eq!(told(&studio).await, known);
}

#[tokio::test]
async fn of_two_releases_of_one_name_the_first_stays() {
    let session = Session::new().await;
    let first = session.create("1.0").await;
    let manifest = std::fs::read_to_string(session.manifest(&first)).unwrap();
    let other = "01890a5d-ac96-774b-bcce-b302099a8057";
    let later = studio_core::Timestamp::from_micros(first.said.at.as_micros() + 1);
    let forged = manifest
        .replace(&first.id.to_string(), other)
        .replace(&studio_api::format_time(first.said.at), &studio_api::format_time(later))
        .replace("\"name\": \"1.0\"", "\"name\": \"1.0 \"");
    assert_ne!(forged, manifest);
    std::fs::write(session.stored(&format!("releases/{other}.json")), forged).unwrap();
    let studio = session.bereft();
    let recovered = recover(&studio).await;
    assert_eq!((recovered.releases, recovered.unreadable.len()), (1, 1), "{recovered:?}");
    assert!(recovered.unreadable[0].0.ends_with(&format!("{other}.json")));
    assert_eq!(studio.releases(None).await.unwrap(), [first]);
    // The doctor says so too, and leaves it.
    let healed = heal(&studio).await;
    assert!(
        matches!(healed[..], [(Problem::UnknownChoice { .. }, Outcome::Left(_))]),
        "{healed:?}"
    );
}

#[tokio::test]
async fn what_the_store_has_lost_is_written_again() {
    let session = rich().await;
    let before = told(&session.studio).await;
    for directory in ["picks", "marks", "releases"] {
        std::fs::remove_dir_all(session.stored(directory)).unwrap();
    }
    let healed = heal(&session.studio).await;
    assert_eq!(healed.len(), 6 + 4 + 2, "{healed:?}");
    for (problem, outcome) in healed {
        let lost = matches!(problem, Problem::ChoiceWithoutManifest { .. });
        assert!(lost && matches!(outcome, Outcome::Repaired(_)), "{problem:?}: {outcome:?}");
    }
    assert_eq!(examine(&session.studio).await.problems, []);
    let studio = session.bereft();
    recover(&studio).await;
    assert_eq!(told(&studio).await, before);
}

/// What is said only of what lies in the trash is said all the same.
#[tokio::test]
async fn what_was_said_of_versions_in_the_trash_is_kept() {
    let session = Session::new().await;
    let paths = [take_of("Bass", "one"), take_of("Drums", "two")];
    for path in &paths {
        session.studio.mark(path, Some(Status::NoGood), &person("Mark"), None).await.unwrap();
        session.studio.throw_away(path).await.unwrap();
    }
    for directory in ["picks", "marks"] {
        std::fs::remove_dir_all(session.stored(directory)).unwrap();
    }
    assert_eq!(heal(&session.studio).await.len(), 4);
    let studio = session.bereft();
    let recovered = recover(&studio).await;
    assert_eq!((recovered.picks, recovered.marks, recovered.trashed), (2, 2, 2));
    for path in &paths {
        let trashed = studio.find_trashed(path).await.unwrap().remove(0);
        studio.restore_from_trash(&trashed).await.unwrap();
        assert_eq!(studio.marks(path).await.unwrap().len(), 1);
    }
    assert_eq!(studio.picks(&song()).await.unwrap().picked.len(), 2);
}

#[tokio::test]
async fn what_another_catalogue_said_is_taken_in() {
    let session = Session::new().await;
    let other = session.bereft();
    recover(&other).await;
    let before = told(&session.studio).await;
    other.pick(&take_of("Bass", "one"), &person("Mark"), Note::new("mine").ok()).await.unwrap();
    other
        .mark(&take_of("Drums", "two"), Some(Status::Approved), &person("Mark"), None)
        .await
        .unwrap();
    let request = request("theirs");
    other.create_release(&request, &Job::default()).await.unwrap();
    assert_eq!(told(&session.studio).await, before);
    let healed = heal(&session.studio).await;
    let names: Vec<_> = healed
        .iter()
        .map(|(problem, outcome)| match (problem, outcome) {
            (Problem::UnknownChoice { choice: Choice::Pick(_) }, Outcome::Repaired(_)) => "pick",
            (Problem::UnknownChoice { choice: Choice::Mark(_) }, Outcome::Repaired(_)) => "mark",
            (Problem::UnknownChoice { choice: Choice::Release(_) }, Outcome::Repaired(_)) => {
                "release"
            }
            _ => panic!("{problem:?}: {outcome:?}"),
        })
        .collect();
    assert_eq!(names, ["pick", "mark", "release"]);
    assert_eq!(told(&session.studio).await, told(&other).await);
    assert_eq!(examine(&session.studio).await.problems, []);
}

/// A catalogue that does not know the release yet has what it needs.
#[tokio::test]
async fn nothing_that_another_catalogue_released_is_removed() {
    let session = Session::new().await;
    let other = session.bereft();
    recover(&other).await;
    let release = other.create_release(&request("theirs"), &Job::default()).await.unwrap();
    let mut trashed = Vec::new();
    for path in [take_of("Bass", "one"), take_of("Drums", "two")] {
        trashed.push(session.studio.throw_away(&path).await.unwrap());
    }
    let job = Job::default();
    let plan = session.studio.plan_purge(&trashed, &job).await.unwrap();
    let purged = session.studio.purge_all(&trashed, &job).await.unwrap();
    assert_eq!((plan.objects, purged.objects), (0, 0));
    assert_eq!(plan.versions.len(), purged.versions.len(), "{plan:?}\n{purged:?}");
    let clearing =
        Clearing { grace: Duration::ZERO, retention: Duration::ZERO, ..Clearing::default() };
    let cleared = session.studio.collect_garbage(&clearing, &job).await.unwrap();
    assert_eq!((cleared.orphans, cleared.purged.objects), (vec![], 0));
    let verified = other.verify_release(&release, &job).await.unwrap();
    assert_eq!(verified.flaws, []);
    // As long as a release cannot be read, it may name anything.
    std::fs::write(session.manifest(&release), b"?").unwrap();
    let fresh = session.bereft();
    let cleared = fresh.collect_garbage(&clearing, &job).await.unwrap();
    assert_eq!((cleared.orphans.len(), !cleared.unreadable.is_empty()), (0, true));
    assert_eq!(session.place.objects("objects/").await.len(), 2);
}

/// Garbage collection has nothing to do with what was said.
#[tokio::test]
async fn nothing_that_was_said_is_garbage() {
    let session = rich().await;
    let before = told(&session.studio).await;
    let clearing =
        Clearing { grace: Duration::ZERO, retention: Duration::ZERO, ..Clearing::default() };
    session.studio.collect_garbage(&clearing, &Job::default()).await.unwrap();
    for (prefix, count) in [("picks/", 6), ("marks/", 4), ("releases/", 2)] {
        assert_eq!(session.place.objects(prefix).await.len(), count, "{prefix}");
    }
    assert_eq!(told(&session.studio).await, before);
    let left = Place::names_in(&session.place.store_directory());
    assert!(left.contains(&"releases".to_owned()), "{left:?}");
}
