//! `studio discogs`: found, said, taken back, shown; and what of it stays in the store.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

mod common;

use studio_api::v1;
use studio_testkit::discogs::{TOKEN, TestDiscogs};

use self::common::Desk;

/// A desk with two albums, whose Discogs is this server.
fn desk(server: &TestDiscogs) -> Desk {
    let desk = Desk::new()
        .with("STUDIO_DISCOGS_URL", server.base())
        .with("STUDIO_STORE", "store")
        .with("STUDIO_DATABASE", "studio.db")
        .with("DISCOGS_TOKEN", TOKEN);
    for (artist, title) in [("Marfa Lights", "Salt Flat Hymns"), ("Somebody Else", "Quiet")] {
        desk.run(&["album", "create", title, "--artist", artist]).out();
    }
    desk
}

const ARTIST: [&str; 2] = ["--artist", "Marfa Lights"];
const ALBUM: [&str; 4] = ["--artist", "Marfa Lights", "--album", "Salt Flat Hymns"];

fn with(words: &[&'static str], more: &[&'static str]) -> Vec<&'static str> {
    [&["discogs"], words, more].concat()
}

#[test]
fn what_is_found_is_told_and_recorded() {
    let server = TestDiscogs::start();
    let desk = desk(&server);
    let told = desk.run(&with(&["match", "--dry-run"], &ARTIST)).out();
    assert!(told.starts_with("Marfa Lights: would be artist/101\n"), "{told}");
    assert!(told.contains("*  1000   artist/101  Marfa Lights"), "{told}");
    assert!(!desk.path("store/discogs").exists(), "a dry run keeps nothing");
    let nothing: v1::DiscogsArtist = desk.run(&with(&["show", "--json"], &ARTIST)).answer(0);
    assert_eq!(nothing.link.state, "unknown");

    let told = desk.run(&with(&["match"], &ARTIST)).out();
    assert!(told.starts_with("Marfa Lights: is artist/101\n"), "{told}");
    let found: v1::DiscogsMatches = desk.run(&with(&["match", "--json"], &ALBUM)).answer(0);
    let first = &found.matches[0];
    assert_eq!((first.link.id, first.link.kind.as_deref()), (Some(501), Some("master")));
    assert_eq!(first.candidates[0].title, "Salt Flat Hymns");

    let shown = desk.run(&with(&["show"], &ALBUM)).out();
    for line in [
        "Marfa Lights - Salt Flat Hymns",
        "title      Salt Flat Hymns",
        "A1   Borderlight  4:45",
        "entry      master/501",
        "Data provided by Discogs: https://www.discogs.com/master/501",
    ] {
        assert!(shown.contains(line), "{line} in {shown}");
    }
    let sheet: v1::DiscogsArtist = desk.run(&with(&["show", "--json"], &ARTIST)).answer(0);
    assert_eq!(sheet.link.attribution.as_deref(), Some("Data provided by Discogs"));
}

/// What a command was told is in the store when it ends: another process needs no Discogs.
#[test]
fn answers_are_kept_in_the_store_when_a_command_ends() {
    let server = TestDiscogs::start();
    let desk = desk(&server);
    desk.run(&with(&["match"], &ARTIST)).out();
    desk.run(&with(&["show"], &ARTIST)).out();
    let asked = server.asked().len();
    assert_eq!(asked, 2);
    server.fail(503);
    let sheet: v1::DiscogsArtist = desk.run(&with(&["show", "--json"], &ARTIST)).answer(0);
    assert_eq!(sheet.name, "Marfa Lights");
    assert_eq!(server.asked().len(), asked);

    // A stale one is shown at once, and the new one is kept before the command ends.
    server.heal();
    let stale = desk.with("STUDIO_DISCOGS_SOFT", "1ms");
    stale.run(&with(&["show"], &ARTIST)).out();
    assert_eq!(server.asked().len(), asked + 1);
    let path = std::fs::read_dir(stale.path("store")).unwrap();
    assert!(path.flatten().any(|entry| entry.file_name() == "discogs"), "kept in the store");
    let off = stale.with("STUDIO_DISCOGS_OBJECTS", "false");
    server.fail(503);
    off.run(&with(&["show"], &ARTIST)).fails(6, &["Discogs cannot be reached"]);
}

#[test]
fn a_person_says_which_entry_it_is_and_takes_it_back() {
    let server = TestDiscogs::start();
    let desk = desk(&server);
    desk.run(&with(&["set", "artist/102", "--dry-run"], &ARTIST)).tells(
        0,
        &["Marfa Lights: would be artist/102 (The Night Ferries)"],
        &[],
    );
    desk.run(&with(&["set", "https://www.discogs.com/artist/102-X"], &ARTIST)).tells(
        0,
        &["Marfa Lights: is artist/102 (The Night Ferries)"],
        &[],
    );
    desk.run(&with(&["match"], &ARTIST)).tells(0, &["is artist/102, as a person said"], &[]);
    let link: v1::DiscogsLink = desk.run(&with(&["set", "none", "--json"], &ARTIST)).answer(0);
    assert_eq!((link.state.as_str(), link.said_by.as_deref()), ("none", Some("person")));
    let all: v1::DiscogsMatches = desk.run(&with(&["match", "--all", "--json"], &[])).answer(0);
    let names: Vec<_> = all.matches.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(
        names,
        ["Somebody Else", "Marfa Lights - Salt Flat Hymns", "Somebody Else - Quiet"],
        "what a person said is left alone"
    );
    desk.run(&with(&["unset", "--dry-run"], &ARTIST)).tells(0, &["would take back"], &[]);
    desk.run(&with(&["unset"], &ARTIST)).tells(0, &["took back"], &[]);
    desk.run(&with(&["match"], &ARTIST)).tells(0, &["is artist/101"], &[]);
    desk.run(&with(&["match", "--all"], &[])).tells(
        0,
        &["Somebody Else: nothing was found"],
        &["looked for 2 artists and albums"],
    );

    for entry in ["master/501", "artist/999"] {
        let words = ["discogs", "set", entry, "--artist", "Marfa Lights"];
        desk.run(&words).fails(2, &["cannot be its entry"]);
    }
    desk.run(&with(&["set", "label/5"], &ARTIST)).fails(2, &["write artist/123"]);
    desk.run(&["discogs", "show", "--artist", "Marfa Light"])
        .fails(3, &["no artist", "did you mean `Marfa Lights`?"]);
    desk.run(&with(&["show", "--album", "Nothing"], &ARTIST)).fails(3, &["studio album list"]);
}

#[test]
fn without_a_token_nothing_is_searched_for() {
    let server = TestDiscogs::start();
    let desk = desk(&server).with("DISCOGS_TOKEN", "");
    desk.run(&with(&["match"], &ARTIST)).fails(2, &["only with a token", "set DISCOGS_TOKEN"]);
    assert_eq!(server.asked().len(), 0);
    // An entry can be looked at.
    desk.run(&with(&["set", "artist/101"], &ARTIST)).tells(0, &["is artist/101"], &[]);
    let desk = desk.with("DISCOGS_TOKEN", "another");
    desk.run(&with(&["match"], &ARTIST)).fails(6, &["does not accept the token", "DISCOGS_TOKEN"]);
}

#[test]
fn secrets_are_not_shown() {
    let desk = Desk::new()
        .with("DISCOGS_TOKEN", "very-secret-1")
        .with("STUDIO_REDIS", "redis://ana:very-secret-2@cache:6379/2");
    desk.file("studio.toml", b"[discogs]\ntoken = \"very-secret-3\"\nsoft = \"2h\"\n");
    let told = desk.run(&["config"]);
    assert!(!format!("{told:?}").contains("very-secret"), "{told:?}");
    told.tells(0, &["discogs.token", "redis://ana:********@cache:6379/2", "2h"], &[]);
    let bad = Desk::new().with("STUDIO_REDIS", "no address: very-secret");
    bad.run(&["album", "create", "A", "--artist", "B"]).out();
    let ran = bad.run(&["discogs", "show", "--artist", "B"]);
    ran.fails(2, &["address of the Redis"]);
    assert!(!ran.stderr.contains("very-secret"), "{ran:?}");
    for (name, value) in [("STUDIO_DISCOGS_SOFT", "long"), ("STUDIO_DISCOGS_OBJECTS", "maybe")] {
        Desk::new().with(name, value).run(&["config"]).fails(2, &[name]);
    }
    let http = Desk::new().with("STUDIO_DISCOGS_URL", "http://discogs.example");
    http.run(&["album", "create", "A", "--artist", "B"]).out();
    http.run(&["discogs", "show", "--artist", "B"]).fails(2, &["only with this machine"]);
}
