//! Scans: recorded, looked up, forgotten.

use studio_domain::{
    Album, AlbumId, AlbumPlace, Artwork, AssetKey, Library, LibraryId, Licence, Origin, Picture,
    Position, Recording, RecordingId, SoundPlace, StoreUrl, StoredSound, Timestamp,
};
use studio_repo::{LibraryCounts, ScanResult, ScannedObject};
use uuid::Uuid;

use super::{LibraryCatalogue, LibraryFixture};

const AT: Timestamp = Timestamp::from_micros(1_700_000_000_000_000);

fn url() -> StoreUrl {
    "s3://music/flac".parse().unwrap()
}

/// A library without anything.
pub(super) async fn library(catalog: &dyn LibraryCatalogue) -> Library {
    let id = LibraryId::from_uuid(Uuid::now_v7());
    let library = Library { id, url: url(), added_at: AT, scanned_at: None };
    catalog.add_library(&library).await.unwrap()
}

fn key(text: &str) -> AssetKey {
    text.parse().unwrap()
}

fn picture(library: &Library, name: &str, embedded: bool) -> Artwork {
    let (store, key, etag) = (library.url.clone(), key(name), "p".to_owned());
    let picture = match embedded {
        true => Picture::Embedded { store, key, etag },
        false => Picture::Found { store, key, etag },
    };
    Artwork { picture, content_type: "image/jpeg".to_owned() }
}

fn album(library: &Library, artist: &str, title: &str) -> Album {
    Album {
        id: AlbumId::from_uuid(Uuid::now_v7()),
        artist: artist.parse().unwrap(),
        title: title.parse().unwrap(),
        released: None,
        licence: None,
        artwork: None,
        published: true,
        library: Some(library.id),
        updated_at: AT,
    }
}

/// A piece of music on an album, as a scan records it.
pub(super) fn scanned(library: &Library, name: &str, artist: &str, on: &str) -> ScanResult {
    let album = album(library, artist, on);
    let id = RecordingId::from_uuid(Uuid::now_v7());
    let place =
        SoundPlace::Found { store: library.url.clone(), key: key(name), etag: "e".to_owned() };
    let recording = Recording {
        id,
        artist: artist.parse().unwrap(),
        title: "Piece".parse().unwrap(),
        album: Some(AlbumPlace { album: album.id, position: Position { disc: 0, number: 1 } }),
        released: None,
        genre: None,
        licence: None,
        artwork: None,
        published: true,
        origin: Origin::Library(library.id),
        sound: StoredSound {
            place,
            size: 7,
            content_type: "audio/flac".to_owned(),
            modified_at: AT,
            format: None,
        },
        updated_at: AT,
    };
    let object = object(name, Some(id));
    ScanResult { object, recording: Some(recording), album: Some(album) }
}

fn object(name: &str, recording: Option<RecordingId>) -> ScannedObject {
    ScannedObject { key: key(name), etag: "e".to_owned(), size: 7, recording, problem: None }
}

async fn known(catalog: &dyn LibraryCatalogue, library: &Library) -> Vec<String> {
    let all = catalog.scanned_between(library.id, None, None, 1000).await.unwrap();
    all.iter().map(|object| object.key.as_str().to_owned()).collect()
}

/// One URL is one library; the first identity stays.
pub async fn a_library_is_added_once<F: LibraryFixture>(fixture: &F) {
    let catalog = fixture.open();
    assert_eq!(catalog.library_at(&url()).await.unwrap(), None);
    let first = library(&*catalog).await;
    assert_eq!(library(&*catalog).await, first);
    assert_eq!(fixture.open().library_at(&url()).await.unwrap(), Some(first.clone()));
    assert_eq!(first.scanned_at, None);
    catalog.finish_scan(first.id, AT).await.unwrap();
    let all = catalog.libraries().await.unwrap();
    let scanned = Library { scanned_at: Some(AT), ..first };
    assert_eq!(all, [(scanned, LibraryCounts::default())]);
}

/// The order is that of bytes, whatever the order in which they were recorded.
pub async fn what_was_scanned_is_found_in_the_order_of_bytes<F: LibraryFixture>(fixture: &F) {
    let catalog = fixture.open();
    let library = library(&*catalog).await;
    let names = ["ä/1", "a b/1", "a/1", "A/1", "\u{1}\"'"];
    let mut bad = ScanResult { object: object("bad", None), recording: None, album: None };
    bad.object.problem = Some("no music".to_owned());
    let mut all: Vec<_> = names.iter().map(|name| scanned(&library, name, "A", "B")).collect();
    all.push(bad.clone());
    catalog.record_scan(library.id, &all).await.unwrap();
    let mut expected: Vec<_> = names.iter().map(ToString::to_string).collect();
    expected.push("bad".to_owned());
    expected.sort();
    assert_eq!(known(&*catalog, &library).await, expected);
    let (after, last) = (key("a b/1"), key("bad"));
    let some = catalog.scanned_between(library.id, Some(&after), Some(&last), 10).await.unwrap();
    assert_eq!(some.len(), 2);
    assert_eq!(some[1], bad.object);
    let (_, counts) = catalog.libraries().await.unwrap().remove(0);
    assert_eq!(counts, LibraryCounts { objects: 6, recordings: 5, problems: 1 });
}

/// Whatever the limit.
pub async fn pages_of_a_scan_join_to_the_whole<F: LibraryFixture>(fixture: &F) {
    let catalog = fixture.open();
    let library = library(&*catalog).await;
    let all: Vec<_> = (0..25).map(|n| scanned(&library, &format!("a/{n:02}"), "A", "B")).collect();
    catalog.record_scan(library.id, &all).await.unwrap();
    let mut joined = Vec::new();
    let mut after = None;
    loop {
        let page = catalog.scanned_between(library.id, after.as_ref(), None, 7).await.unwrap();
        assert!(page.len() <= 7);
        let Some(last) = page.last() else { break };
        after = Some(last.key.clone());
        joined.extend(page);
    }
    let objects: Vec<_> = all.into_iter().map(|result| result.object).collect();
    assert_eq!(joined, objects);
}

/// Titles are compared without regard to case; what is empty of an album is filled.
pub async fn scanned_recordings_join_the_album_that_is_there<F: LibraryFixture>(fixture: &F) {
    let catalog = fixture.open();
    let library = library(&*catalog).await;
    let mut made = album(&library, "Khruangbin", "Con Todo");
    made.library = None;
    let made = catalog.put_album(&made).await.unwrap().album;
    let mut result = scanned(&library, "a/1", "KHRUANGBIN", "con todo");
    result.album.as_mut().unwrap().released = Some("2018".parse().unwrap());
    catalog.record_scan(library.id, &[result.clone()]).await.unwrap();
    let there = catalog.album(made.id).await.unwrap().unwrap().album;
    assert_eq!(there.released, Some("2018".parse().unwrap()));
    assert_eq!((there.title, there.library), (made.title, None));
    let id = result.object.recording.unwrap();
    let on = catalog.recording(id).await.unwrap().unwrap().recording.album.unwrap().album;
    assert_eq!(on, made.id);
    // An album that was made here does not go with what a library brought.
    catalog.forget_scanned(library.id, &[key("a/1")]).await.unwrap();
    assert!(catalog.album(made.id).await.unwrap().is_some());
}

/// Published or not and the licence are people's; the rest follows the scan.
pub async fn what_people_said_outlives_a_scan<F: LibraryFixture>(fixture: &F) {
    let catalog = fixture.open();
    let library = library(&*catalog).await;
    let first = scanned(&library, "a/1", "A", "B");
    catalog.record_scan(library.id, std::slice::from_ref(&first)).await.unwrap();
    let id = first.object.recording.unwrap();
    let mut said = catalog.recording(id).await.unwrap().unwrap().recording;
    (said.published, said.licence) = (false, Some(Licence::CcBy));
    catalog.put_recordings(&[said]).await.unwrap();
    let mut again = scanned(&library, "a/1", "A", "Another");
    again.object.recording = Some(id);
    let recording = again.recording.as_mut().unwrap();
    (recording.id, recording.title) = (id, "New Title".parse().unwrap());
    catalog.record_scan(library.id, &[again]).await.unwrap();
    let entry = catalog.recording(id).await.unwrap().unwrap();
    assert_eq!((entry.recording.published, entry.recording.licence), (false, Some(Licence::CcBy)));
    assert_eq!(entry.recording.title.as_str(), "New Title");
    assert_eq!(entry.album.unwrap().title.as_str(), "Another");
    let (artist, left) = ("A".parse().unwrap(), "B".parse().unwrap());
    assert_eq!(catalog.album_titled(&artist, &left).await.unwrap(), None, "nothing is on it");
}

/// Whichever is found first; and what people put there stays.
pub async fn covers_beside_the_music_win<F: LibraryFixture>(fixture: &F) {
    let catalog = fixture.open();
    let library = library(&*catalog).await;
    let (artist, title) = ("A".parse().unwrap(), "B".parse().unwrap());
    let cover = async || {
        let found = catalog.album_titled(&artist, &title).await.unwrap();
        found.unwrap().album.artwork
    };
    let mut piece = scanned(&library, "a/1", "A", "B");
    piece.album.as_mut().unwrap().artwork = Some(picture(&library, "a/1", true));
    catalog.record_scan(library.id, &[piece.clone()]).await.unwrap();
    assert_eq!(cover().await, Some(picture(&library, "a/1", true)));
    let mut beside =
        ScanResult { object: object("a/cover.jpg", None), recording: None, album: None };
    let with_cover = Album {
        artwork: Some(picture(&library, "a/cover.jpg", false)),
        ..album(&library, "A", "B")
    };
    beside.album = Some(with_cover);
    catalog.record_scan(library.id, &[beside]).await.unwrap();
    catalog.record_scan(library.id, &[piece]).await.unwrap();
    assert_eq!(cover().await, Some(picture(&library, "a/cover.jpg", false)));
    assert_eq!(catalog.forget_scanned(library.id, &[key("a/cover.jpg")]).await.unwrap(), 0);
    assert_eq!(cover().await, None);
}

/// And the artist, if nothing of theirs is left.
pub async fn what_is_gone_takes_its_album_along<F: LibraryFixture>(fixture: &F) {
    let catalog = fixture.open();
    let library = library(&*catalog).await;
    let both = [scanned(&library, "a/1", "A", "B"), scanned(&library, "a/2", "A", "B")];
    catalog.record_scan(library.id, &both).await.unwrap();
    let (artist, title) = ("A".parse().unwrap(), "B".parse().unwrap());
    assert_eq!(catalog.forget_scanned(library.id, &[key("a/1")]).await.unwrap(), 1);
    assert!(catalog.album_titled(&artist, &title).await.unwrap().is_some());
    let gone = catalog.recording(both[0].object.recording.unwrap()).await.unwrap();
    assert_eq!(gone, None);
    // One that is unknown is no error; one that cannot be read any more is no recording.
    let mut silent = ScanResult { object: object("a/2", None), recording: None, album: None };
    silent.object.problem = Some("gone bad".to_owned());
    catalog.record_scan(library.id, &[silent]).await.unwrap();
    assert_eq!(catalog.album_titled(&artist, &title).await.unwrap(), None);
    assert_eq!(catalog.forget_scanned(library.id, &[key("a/1"), key("a/2")]).await.unwrap(), 0);
    assert_eq!(known(&*catalog, &library).await, [""; 0]);
}

/// And nothing of another one.
pub async fn a_library_goes_with_all_it_brought<F: LibraryFixture>(fixture: &F) {
    let catalog = fixture.open();
    let first = library(&*catalog).await;
    let other = Library {
        id: LibraryId::from_uuid(Uuid::now_v7()),
        url: "file:///srv/music".parse().unwrap(),
        added_at: AT,
        scanned_at: None,
    };
    let other = catalog.add_library(&other).await.unwrap();
    let (ours, theirs) = (scanned(&first, "a/1", "A", "B"), scanned(&other, "a/1", "A", "C"));
    catalog.record_scan(first.id, &[ours, scanned(&first, "a/2", "A", "B")]).await.unwrap();
    catalog.record_scan(other.id, std::slice::from_ref(&theirs)).await.unwrap();
    assert_eq!(catalog.remove_library(first.id).await.unwrap(), 2);
    assert_eq!(catalog.library_at(&first.url).await.unwrap(), None);
    let (artist, title) = ("A".parse().unwrap(), "B".parse().unwrap());
    assert_eq!(catalog.album_titled(&artist, &title).await.unwrap(), None);
    assert!(catalog.recording(theirs.object.recording.unwrap()).await.unwrap().is_some());
    assert_eq!(catalog.remove_library(first.id).await.unwrap(), 0);
    assert_eq!(catalog.libraries().await.unwrap().len(), 1);
}
