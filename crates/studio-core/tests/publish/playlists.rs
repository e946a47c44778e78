//! Playlists.

use studio_core::{CatalogError, Error, PlaylistName, WhichRecording};

use crate::stage::Stage;

fn name(text: &str) -> PlaylistName {
    text.parse().unwrap()
}

#[tokio::test]
async fn a_playlist_keeps_its_order_and_forgets_what_goes() {
    let stage = Stage::in_memory();
    let studio = &stage.studio;
    let one = stage.from_file("One", None, 100.0).await.id;
    let two = stage.from_file("Two", None, 200.0).await.id;
    let late = name("Late drive");
    assert!(studio.create_playlist(&late, false).await.unwrap().changed);
    assert!(!studio.create_playlist(&name("LATE drive"), false).await.unwrap().changed);
    studio.add_to_playlist(&late, &[one, one], None, false).await.unwrap();
    let added = studio.add_to_playlist(&late, &[two], Some(2), false).await.unwrap();
    assert_eq!(added.playlist.recordings, [one, two, one]);
    let taken = studio.take_from_playlist(&late, 1, false).await.unwrap();
    assert_eq!(taken.playlist.recordings, [two, one]);
    let error = studio.take_from_playlist(&late, 3, false).await.unwrap_err();
    assert!(matches!(error, Error::NoPlace { place: 3, .. }), "{error}");
    studio.rename_playlist(&late, &name("Night"), false).await.unwrap();
    studio.create_playlist(&late, false).await.unwrap();
    let error = studio.rename_playlist(&late, &name("night"), false).await.unwrap_err();
    assert!(matches!(error, Error::Catalog(CatalogError::PlaylistExists { .. })), "{error}");
    studio.remove_recording(&WhichRecording::Id(two), false).await.unwrap();
    let sheet = studio.playlist(&name("Night")).await.unwrap();
    assert_eq!(sheet.recordings.len(), 1);
    assert_eq!(stage.examine(studio).await.problems, []);
    studio.remove_playlist(&name("Night"), false).await.unwrap();
    let error = studio.playlist(&name("Night")).await.unwrap_err();
    assert!(matches!(error, Error::NoPlaylist { .. }), "{error}");
    assert_eq!(studio.playlists(None, 10).await.unwrap().len(), 1);
    assert_eq!(stage.examine(studio).await.problems, []);
}
