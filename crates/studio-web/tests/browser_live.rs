//! The site in a real browser: Chromium, driven by Playwright, judged by axe-core. Needs
//! `STUDIO_TEST_PLAYWRIGHT`, the folder of npm's playwright-core with axe-core beside it, which
//! `cargo xtask test` installs, and Chromium (`STUDIO_TEST_CHROMIUM`, or
//! `/usr/bin/chromium`). Leaves pictures of the pages in `STUDIO_TEST_PICTURES`, if that is set.
#![expect(clippy::unwrap_used, clippy::print_stderr, reason = "a test's way to fail and to tell")]

#[expect(dead_code, reason = "other tests use all of it")]
mod seed;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use studio_core::{
    CancellationToken, Job, NewAlbum, NewRecording, OfAlbum, Sketches, SoundSource, Studio,
};
use studio_repo::{PublishRepo as _, SqliteCatalog};
use studio_testkit::publish_suite::single;
use studio_testkit::wav::{Wav, signal};
use studio_web::serve;
use tokio::net::TcpListener;
use tokio::process::Command;

/// An album of two recordings of two minutes each, one after the other: one tone that goes on.
async fn take_in_long(studio: &Studio) {
    let directory = tempfile::tempdir().unwrap();
    let (artist, title): (studio_domain::ArtistName, studio_domain::AlbumTitle) =
        ("Long Player".parse().unwrap(), "All of it".parse().unwrap());
    let album = NewAlbum {
        artist: artist.clone(),
        title: title.clone(),
        released: None,
        licence: Some(studio_domain::Licence::CcBy),
        published: true,
    };
    studio.create_album(&album, false).await.unwrap();
    for (name, hertz) in [("First half", 220.0), ("Second half", 330.0)] {
        let file = directory.path().join(format!("{name}.wav"));
        let samples = signal::sine(48_000 * 120, 2, 48_000, hertz, 0.5);
        std::fs::write(&file, Wav::pcm(48_000, 2, 16).ints(&samples).build()).unwrap();
        let source = SoundSource::File(file);
        let mut new = NewRecording::new(artist.clone(), name.parse().unwrap(), source);
        new.album = Some(OfAlbum { artist: artist.clone(), title: title.clone() });
        new.published = true;
        studio.add_recording(&new, false, &Job::default()).await.unwrap();
    }
}

/// What has to be there, or nothing, after saying what is not.
fn needed() -> Option<[PathBuf; 3]> {
    let variable = |name: &str| std::env::var_os(name).map(PathBuf::from);
    let chromium = variable("STUDIO_TEST_CHROMIUM").unwrap_or_else(|| "/usr/bin/chromium".into());
    match (variable("STUDIO_TEST_PLAYWRIGHT"), chromium.exists()) {
        (Some(playwright), true) => {
            let axe = playwright.with_file_name("axe-core");
            Some([playwright, axe, chromium])
        }
        _ => {
            eprintln!("skipped: no Playwright, or no Chromium");
            None
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn visitors_read_listen_and_find_their_way() {
    let Some([playwright, axe, chromium]) = needed() else { return };
    let catalog = Arc::new(SqliteCatalog::in_memory().unwrap());
    let seeded = seed::fill(Arc::clone(&catalog), false).await;
    seed::band::take_in(&seeded.studio).await;
    take_in_long(&seeded.studio).await;
    let evil = "<script>alert(1)</script>";
    catalog.put_recordings(&[single(evil, evil, 1)]).await.unwrap();
    let listening = seeded.music.listening().unwrap().clone();
    let drawn = Sketches::new(Arc::clone(&catalog) as _, listening).draw(&Job::default()).await;
    assert!(drawn.unwrap().drawn >= 7);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    let shutdown = CancellationToken::new();
    let serving = tokio::spawn(serve(listener, seeded.state, shutdown.clone()));
    let directory = tempfile::tempdir().unwrap();
    let pictures = std::env::var_os("STUDIO_TEST_PICTURES")
        .map_or_else(|| directory.path().to_owned(), PathBuf::from);
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser_live/visit.mjs");
    let ran = Command::new("node")
        .args([&script, Path::new(&origin), &playwright, &axe, &pictures])
        .env("STUDIO_TEST_CHROMIUM", chromium)
        .env("NO_PROXY", "127.0.0.1")
        .output()
        .await
        .unwrap();
    let (said, complained) =
        (String::from_utf8_lossy(&ran.stdout), String::from_utf8_lossy(&ran.stderr));
    assert!(ran.status.success(), "{said}\n{complained}");
    assert_eq!(said.lines().count(), 13, "{said}");
    shutdown.cancel();
    serving.await.unwrap().unwrap();
}
