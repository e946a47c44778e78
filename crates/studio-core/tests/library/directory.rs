//! Libraries in directories.

use std::fs;
use std::path::Path;

use studio_core::library::{LibrarySource, MOST_READ, ScanOptions, ScanVerdict};
use studio_core::repo::PublishRepo as _;
use studio_core::{Error, Job};
use studio_domain::{Picture, Position, SoundPlace};

use super::sounds::{flac, plain, tagged};
use super::{Scene, counted};

fn put(root: &Path, key: &str, bytes: &[u8]) {
    let path = root.join(key);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    // As a foreign tool would: another file in its place.
    let _ = fs::remove_file(&path);
    fs::write(path, bytes).unwrap();
}

/// All paths below a directory with their bytes.
fn contents(root: &Path) -> Vec<(String, Vec<u8>)> {
    let mut all = Vec::new();
    let mut left = vec![root.to_owned()];
    while let Some(directory) = left.pop() {
        for entry in fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            match path.symlink_metadata().unwrap().is_dir() {
                true => left.push(path),
                false => {
                    let bytes = fs::read(&path).unwrap_or_default();
                    all.push((path.display().to_string(), bytes));
                }
            }
        }
    }
    all.sort();
    all
}

#[tokio::test]
async fn a_library_is_known_by_its_names_and_tags() {
    let (scene, root) = (Scene::new(), tempfile::tempdir().unwrap());
    let root = root.path();
    put(root, "Khruangbin/(2018) Con Todo/CD2/03 15_8.wav", &plain(1));
    put(root, "Khruangbin/(2018) Con Todo/cover.jpg", b"a picture");
    put(root, "Folder/Album/01 x.wav", &tagged("Told", "Somebody", "Record"));
    put(root, "Folder/notes.txt", b"none of ours");
    put(root, "Single.wav", &plain(2));
    std::os::unix::fs::symlink(root, root.join("Folder/loop")).unwrap();
    let before = contents(root);
    let source = LibrarySource::directory(root).unwrap();
    let scanned = scene.scan(&source).await;
    assert_eq!(counted(&scanned), [4, 0, 0, 0, 0], "{scanned:?}");
    assert_eq!(contents(root), before);

    let found = scene.one("khruangbin", "15/8").await;
    assert_eq!(found.recording.album.unwrap().position, Position { disc: 2, number: 3 });
    assert!(found.recording.published);
    let SoundPlace::Found { store, key, .. } = &found.recording.sound.place else {
        panic!("{found:?}")
    };
    assert_eq!((store, key.as_str()), (source.url(), "Khruangbin/(2018) Con Todo/CD2/03 15_8.wav"));
    assert_eq!(found.recording.sound.content_type, "audio/wav");
    assert_eq!(found.recording.sound.format.unwrap().sample_rate, 48_000);
    let album = scene.album("Khruangbin", "Con Todo").await.unwrap();
    assert_eq!(album.released.unwrap().to_string(), "2018");
    let Picture::Found { key, .. } = album.artwork.unwrap().picture else { panic!("no cover") };
    assert_eq!(key.as_str(), "Khruangbin/(2018) Con Todo/cover.jpg");
    let told = scene.one("Somebody", "Told").await;
    assert_eq!(told.album.unwrap().title.as_str(), "Record");
    assert_eq!(told.recording.genre, Some("Soul".parse().unwrap()));
    assert_eq!(found.recording.genre, None);
    assert!(scene.one("Unknown Artist", "Single").await.album.is_none());

    // Nothing changed: nothing is read.
    let again = scene.scan(&source).await;
    assert_eq!((counted(&again), again.read, again.bytes), ([0, 0, 4, 0, 0], 0, 0));
}

#[tokio::test]
async fn changes_and_removals_are_followed() {
    let (scene, root) = (Scene::new(), tempfile::tempdir().unwrap());
    let root = root.path();
    for n in 1..=5 {
        put(root, &format!("A/B/0{n} T{n}.wav"), &plain(n));
    }
    // In the order of directories this comes behind the album above, by its bytes before it.
    put(root, "A/B (Live)/01 L.wav", &plain(9));
    let source = LibrarySource::directory(root).unwrap();
    assert_eq!(counted(&scene.scan(&source).await), [6, 0, 0, 0, 0]);
    let mut said = scene.one("A", "T3").await.recording;
    said.published = false;
    scene.catalog.put_recordings(&[said.clone()]).await.unwrap();

    put(root, "A/B/03 T3.wav", &tagged("New Name", "A", "B"));
    put(root, "A/B/cover.png", b"late");
    fs::remove_file(root.join("A/B/05 T5.wav")).unwrap();
    fs::remove_dir_all(root.join("A/B (Live)")).unwrap();
    let options = ScanOptions { dry_run: true, ..ScanOptions::default() };
    let plan = scene.libraries.scan(&source, options, &Job::default()).await.unwrap();
    assert_eq!(counted(&plan), [1, 1, 4 - 1, 2, 0], "{plan:#?}");
    let told = |verdict| plan.lines.iter().filter(|line| line.verdict == verdict).count();
    assert_eq!(
        (told(ScanVerdict::New), told(ScanVerdict::Changed), told(ScanVerdict::Gone)),
        (1, 1, 2)
    );
    assert_eq!(scene.count().await, 6, "a plan changes nothing");

    assert_eq!(counted(&scene.scan(&source).await), counted(&plan));
    assert_eq!(scene.count().await, 4);
    let renamed = scene.one("A", "New Name").await.recording;
    assert_eq!((renamed.id, renamed.published), (said.id, false));
    assert!(scene.all("A", "T5").await.is_empty());
    assert!(scene.album("A", "B (Live)").await.is_none());
    assert!(scene.album("A", "B").await.unwrap().artwork.is_some(), "a cover that came later");
    fs::remove_file(root.join("A/B/cover.png")).unwrap();
    scene.scan(&source).await;
    assert!(scene.album("A", "B").await.unwrap().artwork.is_none());
}

#[tokio::test]
async fn what_is_no_music_is_told_and_not_read_again() {
    let (scene, root) = (Scene::new(), tempfile::tempdir().unwrap());
    let root = root.path();
    put(root, "A/B/01 good.wav", &plain(1));
    put(root, "A/B/02 bad.flac", b"this is no FLAC");
    put(root, "A/B/03 empty.wav", b"");
    let source = LibrarySource::directory(root).unwrap();
    let scanned = scene.scan(&source).await;
    assert_eq!(counted(&scanned), [3, 0, 0, 0, 2]);
    assert_eq!(scanned.lines.len(), 2);
    let problems = scene.libraries.problems(source.url(), None, 10, &Job::default()).await.unwrap();
    let keys: Vec<_> = problems.iter().map(|object| object.key.as_str()).collect();
    assert_eq!(keys, ["A/B/02 bad.flac", "A/B/03 empty.wav"]);
    assert_eq!(counted(&scene.scan(&source).await), [0, 0, 3, 0, 0]);
    // A good file that goes bad is no recording any more.
    put(root, "A/B/01 good.wav", b"gone bad");
    assert_eq!(counted(&scene.scan(&source).await), [0, 1, 2, 0, 1]);
    assert_eq!(scene.count().await, 0);
    assert!(scene.album("A", "B").await.is_none());
}

#[tokio::test]
async fn large_pictures_cost_little_and_hide_no_tags() {
    let (scene, root) = (Scene::new(), tempfile::tempdir().unwrap());
    let root = root.path();
    let tags = ["TITLE=White Gloves", "ARTIST=Khruangbin", "ALBUM=Universe", "TRACKNUMBER=4/10"];
    put(root, "x/y/z.flac", &flac(&tags, 900 << 10, 2 << 20));
    // An ID3v2 tag whose picture is larger than all that is read, and no sound behind it.
    let mut id3 = b"ID3\x03\0\0\x00\x40\x00\x00".to_vec();
    id3.extend(vec![0; 3 << 20]);
    put(root, "x/y/z.mp3", &id3);
    let source = LibrarySource::directory(root).unwrap();
    let scanned = scene.scan(&source).await;
    assert!(scanned.most_bytes <= MOST_READ, "{scanned:?}");
    let found = scene.one("Khruangbin", "White Gloves").await;
    assert_eq!(found.recording.album.unwrap().position.number, 4);
    let album = scene.album("Khruangbin", "Universe").await.unwrap();
    assert!(matches!(album.artwork.unwrap().picture, Picture::Embedded { .. }));
}

#[tokio::test]
async fn a_library_that_is_not_there_is_not_emptied() {
    let (scene, root) = (Scene::new(), tempfile::tempdir().unwrap());
    let directory = root.path().join("music");
    put(&directory, "A/B/01 T.wav", &plain(1));
    let source = LibrarySource::directory(&directory).unwrap();
    scene.scan(&source).await;
    fs::remove_dir_all(directory.join("A")).unwrap();
    let options = ScanOptions::default();
    let refused = scene.libraries.scan(&source, options, &Job::default()).await;
    assert!(matches!(refused, Err(Error::LibraryEmpty { .. })), "{refused:?}");
    fs::remove_dir_all(&directory).unwrap();
    let refused = scene.libraries.scan(&source, options, &Job::default()).await;
    assert!(matches!(refused, Err(Error::Store(_))), "{refused:?}");
    assert_eq!(scene.count().await, 1);
    fs::create_dir_all(&directory).unwrap();
    let options = ScanOptions { allow_empty: true, ..options };
    let emptied = scene.libraries.scan(&source, options, &Job::default()).await.unwrap();
    assert_eq!(emptied.gone, 1);

    put(&directory, "A/B/01 T.wav", &plain(1));
    scene.scan(&source).await;
    assert_eq!(scene.libraries.forget(source.url()).await.unwrap(), 1);
    assert!(directory.join("A/B/01 T.wav").exists());
    let unknown = scene.libraries.forget(source.url()).await;
    assert!(matches!(unknown, Err(Error::NoLibrary { .. })), "{unknown:?}");
    assert!(scene.album("A", "B").await.is_none());
}
