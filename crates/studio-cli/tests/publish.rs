//! Albums, recordings and playlists: made, published, shown, taken out, and rebuilt.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

mod common;

use studio_api::v1;

use self::common::Desk;
use self::common::shelf::Shelf;
use self::common::takes::{blue_hour, pick_blue_hour, take};

/// A song with a release, and an album for it.
fn released() -> Desk {
    let desk = blue_hour();
    pick_blue_hour(&desk);
    desk.run(&["release", "create", "-s", "Blue Hour", "-n", "1.0"]).out();
    desk
}

fn with_album() -> Desk {
    let desk = released();
    let made = ["album", "create", "Hours", "--released", "2024-05", "--licence", "cc-by-4.0"];
    desk.run(&made).tells(0, &["made album \"Hours\" by Ana Torres"], &[]);
    desk
}

/// A dry run, which changes nothing.
fn would(desk: &Desk, arguments: &[&str]) {
    desk.changes_nothing(&Shelf::of_directory(desk), arguments).tells(0, &["would "], &[]);
}

const ADD: [&str; 6] = ["recording", "add", "--release", "Blue Hour@1.0", "--album", "Hours"];

#[test]
fn a_release_becomes_a_recording_that_everybody_hears() {
    let desk = with_album();
    would(&desk, &[&ADD[..], &["--dry-run"]].concat());
    let text = desk.run(&ADD).out();
    assert!(text.starts_with("took in recording \"Blue Hour\" by Ana Torres\n"), "{text}");
    for part in
        ["  album     Hours, number 1\n", "  released  2024-05\n", "  licence   CC BY 4.0\n"]
    {
        assert!(text.contains(part), "{text}");
    }
    desk.run(&ADD).tells(0, &["already there: recording \"Blue Hour\" by Ana Torres"], &[]);
    would(&desk, &["album", "set", "Hours", "--publish", "--with-recordings", "--dry-run"]);
    let set = ["album", "set", "hours", "--publish", "--with-recordings"];
    desk.run(&set).tells(0, &["changed album \"Hours\" by Ana Torres, with 1 recording"], &[]);
    desk.run(&set).tells(0, &["nothing to change in album \"Hours\""], &[]);
    let shown: v1::AlbumShown = desk.run(&["album", "show", "Hours", "--json"]).answer(0);
    assert!(shown.album.published && shown.recordings[0].published);
    assert_eq!(shown.recordings[0].sound.content_type, "audio/flac");
    let text = desk.run(&["album", "show", "Hours"]).out();
    assert!(text.contains("  published yes\n") && text.contains("NO  TITLE"), "{text}");
    let list: v1::AlbumList = desk.run(&["album", "list", "--json"]).answer(0);
    assert_eq!((list.albums.len(), list.next), (1, None));
    let verified: v1::Verified =
        desk.run(&["verify", "--all-artists", "--full", "--json"]).answer(0);
    assert_eq!((verified.versions, verified.published), (6, 1));
    desk.run(&["doctor", "--full"]).tells(0, &["0 problems found"], &[]);
}

#[test]
fn the_store_alone_gives_everything_back() {
    let desk = with_album();
    desk.run(&ADD).out();
    desk.file("single.wav", &take(300.0));
    let single: v1::RecordingMove =
        desk.run(&["recording", "add", "--file", "single.wav", "--publish", "--json"]).answer(0);
    let single = single.recording.unwrap();
    assert_eq!((single.title.as_str(), single.origin.as_str()), ("single", "upload"));
    desk.run(&["playlist", "create", "Late drive"]).tells(0, &["made playlist"], &[]);
    desk.run(&["playlist", "add", "Late drive", "Blue Hour"]).out();
    desk.run(&["playlist", "add", "late drive", "--id", &single.id, "--at", "1"]).out();
    let text = desk.run(&["playlist", "show", "Late drive"]).out();
    assert!(text.contains("1   single"), "{text}");
    let shown = |database: &str| -> v1::PlaylistShown {
        desk.run(&["playlist", "show", "Late drive", "--json", "--database", database]).answer(0)
    };
    let recover = ["recover", "--no-backup", "--database", "anew.db", "--json"];
    let recovered: v1::Recovered = desk.run(&recover).answer(0);
    assert_eq!((recovered.albums, recovered.recordings, recovered.playlists), (1, 2, 1));
    let anew = shown("anew.db");
    assert_eq!(anew.recordings.len(), 2);
    let there: v1::PlaylistShown =
        desk.run(&["playlist", "show", "Late drive", "--json"]).answer(0);
    assert_eq!(anew, there);
    desk.run(&["playlist", "remove", "Late drive", "--at", "2"]).out();
    desk.run(&["playlist", "remove", "Late drive", "--all"]).tells(0, &["took out playlist"], &[]);
    desk.run(&["playlist", "list"]).tells(0, &[], &["no playlists"]);
}

#[test]
fn what_is_not_there_is_told_with_what_there_is() {
    let desk = with_album();
    desk.run(&ADD).out();
    desk.run(&["album", "show", "Houers"])
        .fails(3, &["no album \"Houers\" by Ana Torres", "did you mean `Hours`?"]);
    desk.run(&["recording", "show", "Blue Our"])
        .fails(3, &["no recording \"Blue Our\"", "did you mean `Blue Hour`?"]);
    desk.run(&["playlist", "show", "Late"])
        .fails(3, &["no playlist \"Late\"", "`studio playlist create`"]);
    desk.run(&["album", "remove", "Hours"])
        .fails(4, &["there are recordings on album \"Hours\"", "--with-recordings"]);
    desk.run(&["album", "create", "HOURS", "--licence", "cc0-1.0"])
        .fails(4, &["exists already", "studio album set"]);
    desk.file("page.png", b"<html>");
    desk.run(&["album", "artwork", "Hours", "page.png"])
        .fails(5, &["page.png cannot be used as a picture", "JPEG or PNG"]);
    desk.run(&["recording", "add", "--object", "x/y.wav", "--title", "X"])
        .fails(3, &["there is no object", "--object masters/"]);
    desk.run(&["recording", "add", "--release", "Blue Hour"])
        .fails(2, &["does not say which release"]);
    desk.run(&["recording", "add", "--file", "page.png"]).fails(5, &["page.png"]);
    desk.run(&["album", "create", "X", "--released", "2018-13"]).fails(2, &["is no date"]);
    desk.run(&["recording", "add"]).fails(2, &["--release"]);
}

#[test]
fn a_cover_and_the_way_out() {
    let desk = with_album();
    desk.run(&ADD).out();
    desk.file("tone.wav", &take(220.0));
    desk.run(&["waveform", "tone.wav", "--output", "cover.png", "--width", "64", "--height", "32"])
        .out();
    would(&desk, &["album", "artwork", "Hours", "cover.png", "--dry-run"]);
    desk.run(&["album", "artwork", "Hours", "cover.png"]).tells(0, &["changed album"], &[]);
    desk.run(&["recording", "artwork", "Blue Hour", "--file", "cover.png"]).out();
    desk.run(&["recording", "artwork", "Blue Hour", "--none"]).out();
    desk.run(&["recording", "set", "Blue Hour", "--single", "--title-to", "Bluer"]).out();
    desk.run(&["recording", "set", "Bluer", "--genre", "Night Jazz"]).out();
    desk.run(&["recording", "show", "Bluer"]).tells(0, &["genre     Night Jazz"], &[]);
    desk.run(&["recording", "set", "Bluer", "--genre", "none"]).out();
    let made: v1::RecordingManifest = desk.run(&["recording", "show", "Bluer", "--json"]).answer(0);
    assert_eq!((made.album_id, made.artwork, made.genre), (None, None, None));
    desk.run(&["recording", "list"]).tells(0, &["Bluer"], &[]);
    would(&desk, &["recording", "remove", "Bluer", "--dry-run"]);
    desk.run(&["recording", "remove", "Bluer"]).tells(0, &["took out recording"], &[]);
    desk.run(&["album", "remove", "Hours"]).tells(0, &["took out album"], &[]);
    desk.run(&["album", "list"]).tells(0, &[], &["no albums"]);
    desk.run(&["doctor", "--full"]).tells(0, &["0 problems found"], &[]);
}
