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
    let one = stage.add_file("One", None, 100.0).await.id;
    let two = stage.add_file("Two", None, 200.0).await.id;
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

#[tokio::test]
async fn what_others_change_of_a_playlist_is_told_to_the_store() {
    let stage = Stage::in_memory();
    let told = stage.studio.told_playlists();
    stage.studio.create_playlist(&name("Late drive"), false).await.unwrap();
    let playlist = told.playlist_named(&name("late drive")).await.unwrap().unwrap();
    let at = stage.studio.now().after(std::time::Duration::from_secs(1));
    let renamed = studio_core::Playlist { name: name("Night"), updated_at: at, ..playlist };
    told.put_playlist(&renamed).await.unwrap();
    let anew = stage.anew();
    anew.recover(false, &studio_core::Job::default()).await.unwrap();
    assert_eq!(anew.playlist(&name("Night")).await.unwrap().playlist, renamed);
    told.remove_playlist(renamed.id).await.unwrap();
    anew.recover(false, &studio_core::Job::default()).await.unwrap();
    assert!(anew.playlists(None, 9).await.unwrap().is_empty());
}
