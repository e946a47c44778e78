//! Who keeps renditions, and for how long.

use std::sync::Arc;
use std::time::Duration;

use studio_core::audio::ByteSource;
use studio_core::rendition::{Original, Rendition};
use studio_core::repo::{LibraryCounts, MockLibraryRepo, ScannedObject};
use studio_core::{Clearing, Job, SqliteCatalog, StoreUrl, Studio, Timestamp};
use studio_domain::{Library, LibraryId};
use studio_testkit::wav::Wav;

use super::common::{Place, all, examine, upload};
use super::original;

fn clearing() -> Clearing {
    Clearing { grace: Duration::ZERO, retention: Duration::ZERO, dry_run: false }
}

#[tokio::test]
async fn it_stays_as_long_as_its_source_and_is_no_finding() {
    let place = Place::new();
    let studio = place.studio();
    let take = place.take("one", &Wav::good(2).build());
    let version = upload(&studio, &take).await.unwrap().version;
    let file = Original::own(&place.store(), version.digest, version.size);
    let made = studio.renditions().get(&file, Rendition::Flac).await.unwrap();
    let orphan = studio.renditions().get(&original(&Wav::good(1).build()), Rendition::Flac).await;
    let orphan = orphan.unwrap();

    assert_eq!(examine(&studio).await.problems, []);
    let dry = Clearing { dry_run: true, ..clearing() };
    let told = studio.collect_garbage(&dry, &Job::default()).await.unwrap();
    assert_eq!(told.renditions, [(orphan.key.clone(), orphan.size)]);
    assert_eq!(place.objects("renditions/").await.len(), 2);
    // Young ones are given time, and without word of libraries much of it.
    let patient = Clearing { retention: Duration::from_secs(3600), ..clearing() };
    let told = studio.collect_garbage(&patient, &Job::default()).await.unwrap();
    assert_eq!(told.renditions, []);
    let told = studio.collect_garbage(&clearing(), &Job::default()).await.unwrap();
    assert_eq!((told.renditions.len(), told.orphans.len()), (1, 0));
    assert_eq!(place.objects("renditions/").await, [made.key.as_str()]);

    // The version goes, its object with it, and then what was made of that.
    studio.throw_away(&version.path).await.unwrap();
    let told = studio.collect_garbage(&clearing(), &Job::default()).await.unwrap();
    assert_eq!(told.renditions, [(made.key, made.size)]);
    assert_eq!(place.objects("renditions/").await, [""; 0]);
}

/// One library with one object, in a state.
fn library(url: &StoreUrl, key: &str, etag: &str) -> Arc<MockLibraryRepo> {
    let mut repo = MockLibraryRepo::new();
    let id: LibraryId = "01890a5d-ac96-774b-bcce-b302099a8057".parse().unwrap();
    let library =
        Library { id, url: url.clone(), added_at: Timestamp::from_micros(0), scanned_at: None };
    repo.expect_libraries()
        .returning(move || Ok(vec![(library.clone(), LibraryCounts::default())]));
    let (key, etag) = (key.parse().unwrap(), etag.to_owned());
    let object = ScannedObject { key, etag, size: 1, recording: None, problem: None };
    repo.expect_scanned_between().returning(move |_, _, _, _| Ok(vec![object.clone()]));
    Arc::new(repo)
}

#[tokio::test]
async fn what_was_made_of_a_librarys_music_stays_as_long_as_that_does() {
    let place = Place::new();
    let url: StoreUrl = "s3://music".parse().unwrap();
    let file = Wav::good(2).build();
    let mut made = Vec::new();
    for etag in ["old", "new"] {
        let bytes: Arc<dyn ByteSource> = Arc::new(file.clone());
        let found = Original::of_found(&url, "A/B/01 C.wav", etag, bytes);
        made.push(place.studio().renditions().get(&found, Rendition::Flac).await.unwrap());
    }
    let studio = place.studio().with_libraries(library(&url, "A/B/01 C.wav", "new"));
    let told = studio.collect_garbage(&clearing(), &Job::default()).await.unwrap();
    assert_eq!(told.renditions, [(made[0].key.clone(), made[0].size)]);
    assert_eq!(place.objects("renditions/").await, [made[1].key.as_str()]);
}

#[tokio::test]
async fn a_recovery_passes_over_it() {
    let place = Place::new();
    let studio = place.studio();
    let version = upload(&studio, &place.take("one", &Wav::good(2).build())).await.unwrap().version;
    let file = Original::own(&place.store(), version.digest, version.size);
    let made = studio.renditions().get(&file, Rendition::Flac).await.unwrap();
    let catalog = Arc::new(SqliteCatalog::in_memory().unwrap());
    let fresh = Studio::new(catalog, place.store());
    fresh.recover(false, &Job::default()).await.unwrap();
    assert_eq!(all(&fresh).await, [version]);
    assert_eq!(examine(&fresh).await.problems, []);
    assert_eq!(place.objects("renditions/").await, [made.key.as_str()]);
}
