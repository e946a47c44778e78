//! Bad input, one test each: a message that names the thing, a hint, the right exit code,
//! and nothing lost.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

mod common;

use std::os::unix::fs::PermissionsExt as _;

use studio_testkit::noise;
use studio_testkit::s3::{Refusal, TestS3};

use self::common::takes::{blue_hour, tone};
use self::common::{Desk, Ran};

const PLACE: [&str; 8] = ["--artist", "a", "--song", "s", "--track", "t", "--version", "v"];

fn upload(desk: &Desk, file: &str) -> Ran {
    desk.run(&[&["upload", "--file-path", file], &PLACE[..]].concat())
}

fn download(desk: &Desk, file: &str) -> Ran {
    desk.run(&[&["download", "--file-path", file], &PLACE[..]].concat())
}

/// Nothing is stored, and nothing is in the way of storing.
fn nothing_lost(desk: &Desk) {
    desk.file("good.wav", b"good");
    upload(desk, "good.wav").out();
    download(desk, "good-back.wav").out();
    assert_eq!(desk.read("good-back.wav"), b"good");
}

#[test]
fn a_missing_artist() {
    let desk = Desk::new().with("STUDIO_ARTIST", " ").with("ARTIST_NAME", "");
    desk.file("take.wav", b"x");
    let words = ["upload", "--song", "s", "--track", "t", "--version", "v", "-f", "take.wav"];
    desk.run(&words).fails(2, &["no artist was given", "--artist NAME", "STUDIO_ARTIST"]);
}

#[test]
fn a_missing_flag() {
    let desk = Desk::new();
    let ran = desk.run(&["upload", "--song", "s"]);
    assert_eq!(ran.code, Some(2));
    assert!(ran.stderr.contains("--track <NAME>"), "{ran:?}");
}

#[test]
fn a_mistyped_command() {
    let ran = Desk::new().run(&["uplaod"]);
    ran.fails(2, &["unrecognized subcommand 'uplaod'", "'upload'"]);
}

#[test]
fn a_missing_file() {
    let desk = Desk::new();
    upload(&desk, "nothing.wav").fails(3, &["no file nothing.wav"]);
    nothing_lost(&desk);
}

#[test]
fn an_unreadable_file() {
    let desk = Desk::new();
    let path = desk.file("secret.wav", b"x");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o000)).unwrap();
    if std::fs::read(&path).is_ok() {
        // Somebody who may read everything: then a file that nobody can read.
        upload(&desk, "/proc/self/mem").fails(1, &["cannot read /proc/self/mem"]);
    } else {
        upload(&desk, "secret.wav").fails(1, &["cannot read secret.wav", "Permission denied"]);
    }
    nothing_lost(&desk);
}

#[test]
fn a_directory_as_the_file() {
    let desk = Desk::new();
    upload(&desk, ".").fails(2, &[". is not a file but a directory"]);
    upload(&desk, "/dev/null").fails(2, &["/dev/null is not a file but a pipe or a device"]);
    nothing_lost(&desk);
}

#[test]
fn an_empty_file_is_stored_with_a_warning() {
    let desk = Desk::new();
    desk.file("empty.wav", b"");
    let ran = upload(&desk, "empty.wav");
    assert_eq!(ran.stderr, "warning: the file is empty: empty.wav\n");
    ran.out();
    download(&desk, "back.wav").out();
    assert_eq!(desk.read("back.wav"), b"");
}

#[test]
fn names_that_cannot_be() {
    let desk = Desk::new();
    desk.file("take.wav", b"x");
    for (flag, kind) in [
        ("--artist", "artist name"),
        ("--song", "song title"),
        ("--track", "track name"),
        ("--version", "version tag"),
    ] {
        for (name, problem) in [
            (String::new(), "is empty"),
            ("  ".to_owned(), "is empty"),
            ("x".repeat(201), "has 201 characters, and at most 200 fit"),
            ("a\nb".to_owned(), "has a control character (U+000A) at position 2"),
            ("\u{1b}[2J".to_owned(), "has a control character (U+001B) at position 1"),
            ("\u{200b}".to_owned(), "has no visible character"),
        ] {
            let mut words = [&["upload", "-f", "take.wav"], &PLACE[..]].concat();
            let at = words.iter().position(|word| *word == flag).unwrap();
            words[at + 1] = &name;
            desk.run(&words).fails(2, &[&format!("the {kind} {problem}")]);
        }
    }
    let longest = "é".repeat(200);
    desk.store(&longest, &longest, &longest, &longest, b"200 fit");
    nothing_lost(&desk);
}

#[test]
fn dots_and_slashes_in_names_lead_nowhere() {
    let desk = Desk::new();
    desk.store("../../../escaped", "/etc/passwd", "..", "../v", b"stays inside");
    assert!(!desk.path("escaped").exists());
    let words = ["-a", "../../../escaped", "-s", "/etc/passwd", "-t", "..", "-v", "../v", "--json"];
    let shown = desk.run(&[&["show"], &words[..]].concat()).json();
    assert!(shown["object_key"].as_str().unwrap().starts_with("objects/"));
    nothing_lost(&desk);
}

#[test]
fn a_name_that_is_not_there() {
    let desk = Desk::new();
    desk.store("Khruangbin", "White Gloves", "Bass", "take_three", b"x");
    let get = |artist: &str, song: &str, track: &str, tag: &str| {
        desk.run(&["download", "-a", artist, "-s", song, "-t", track, "-v", tag, "-f", "x"])
    };
    get("Kruangbin", "White Gloves", "Bass", "take_three")
        .fails(3, &["no artist Kruangbin", "did you mean `Khruangbin`?"]);
    get("Khruangbin", "Something", "Bass", "take_three")
        .fails(3, &["no song \"Something\" by Khruangbin", "songs there are: White Gloves"]);
    get("Khruangbin", "White Gloves", "Base", "take_three")
        .fails(3, &["no track Base in \"White Gloves\"", "did you mean `Bass`?"]);
    get("khruangbin", "white gloves", "bass", "take_there")
        .fails(3, &["no version `take_there`", "did you mean `take_three`?"]);
    assert!(!desk.path("x").exists());
}

#[test]
fn a_target_that_exists() {
    let desk = Desk::new();
    desk.store("a", "s", "t", "v", b"stored");
    desk.file("mine.wav", b"mine");
    download(&desk, "mine.wav").fails(4, &["mine.wav exists already", "--force"]);
    assert_eq!(desk.read("mine.wav"), b"mine");
}

#[test]
fn a_target_that_is_no_file() {
    let desk = Desk::new();
    desk.store("a", "s", "t", "v", b"stored");
    let made = desk.shell("mkfifo pipe && mkdir folder && ln -s nowhere loose", &[""; 0]).status();
    assert!(made.unwrap().success());
    for force in [&[][..], &["--force"]] {
        let to = |file| desk.run(&[&["download", "-f", file], force, &PLACE[..]].concat());
        to("folder").fails(2, &["folder is not a file but a directory", "folder/take.wav"]);
        to("pipe").fails(2, &["pipe is not a file but a pipe or a device"]);
        to("/dev/null").fails(2, &["/dev/null is not a file but a pipe or a device"]);
        to("loose").fails(2, &["loose is not a file but a link to nothing"]);
    }
    // A link stays a link; the file behind it is the one that is replaced.
    desk.file("real.wav", b"old");
    std::os::unix::fs::symlink("real.wav", desk.path("link.wav")).unwrap();
    desk.run(&[&["download", "-f", "link.wav", "--force"], &PLACE[..]].concat()).out();
    assert!(desk.path("link.wav").is_symlink());
    assert_eq!(desk.read("real.wav"), b"stored");
}

#[test]
fn a_target_directory_that_is_missing() {
    let desk = Desk::new();
    desk.store("a", "s", "t", "v", b"stored");
    download(&desk, "no such/place/x.wav")
        .fails(3, &["no directory no such/place", "mkdir -p 'no such/place'"]);
}

/// Runs a command that may not write files above about 1 MB: the system then answers as
/// a full disk does, but for the word.
fn with_small_files(desk: &Desk, words: &[&str]) -> Ran {
    // 512-byte blocks by POSIX, 1024-byte ones in some shells.
    let script = "trap '' XFSZ; ulimit -f 2000; exec \"$0\" \"$@\"";
    desk.shell(script, words).output().unwrap().into()
}

#[test]
fn a_disk_that_is_full_while_uploading() {
    let desk = Desk::new();
    for size in [3 << 20, 20 << 20] {
        desk.file("take.wav", &noise::bytes(1, size));
        let ran = with_small_files(&desk, &[&["upload", "-f", "take.wav"], &PLACE[..]].concat());
        ran.fails(6, &["no space left in file:///"]);
        assert!(desk.is_empty());
        let staging = desk.path("home/.local/share/studio/store/.studio-staging");
        assert_eq!(std::fs::read_dir(staging).unwrap().count(), 0);
    }
    nothing_lost(&desk);
}

#[test]
fn a_disk_that_is_full_while_downloading() {
    let desk = Desk::new();
    desk.store("a", "s", "t", "v", &noise::bytes(1, 3 << 20));
    let ran = with_small_files(&desk, &[&["download", "-f", "back.wav"], &PLACE[..]].concat());
    ran.fails(6, &["no space left for back.wav"]);
    let left: Vec<_> = std::fs::read_dir(desk.path(""))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.contains("back") || name.contains(".part"))
        .collect();
    assert_eq!(left, [""; 0]);
    download(&desk, "back.wav").out();
}

#[test]
fn a_disk_that_is_full_where_stems_are_mixed() {
    let desk = blue_hour().with("STUDIO_SPOOL", "spool");
    desk.store("Ana Torres", "Blue Hour", "Bass", "long", &tone(110.0, 1_000_000, 1));
    desk.run(&["pick", "-s", "Blue Hour", "-t", "Bass", "-v", "long"]).out();
    let ran = with_small_files(&desk, &["mix", "-s", "Blue Hour", "-o", "mix.wav"]);
    let hint = "on another disk in STUDIO_SPOOL or `spool` in studio.toml; nothing was left behind";
    ran.fails(6, &["no space left for ", "spool/studio-spool-", hint]);
    assert_eq!(std::fs::read_dir(desk.path("spool")).unwrap().count(), 0);
}

#[test]
fn a_database_of_a_newer_version() {
    let desk = Desk::new().with("STUDIO_DATABASE", "studio.db");
    desk.store("a", "s", "t", "v", b"x");
    // Whoever closes it last leaves all of it in the one file.
    desk.run(&["list"]).out();
    // The schema's version, in the header of every SQLite file (file format, 1.3).
    let mut bytes = desk.read("studio.db");
    bytes[60..64].copy_from_slice(&99u32.to_be_bytes());
    desk.file("studio.db", &bytes);
    desk.run(&["list"]).fails(6, &["studio.db was written by a newer studio (schema 99"]);
    assert_eq!(desk.read("studio.db"), bytes);
}

#[test]
fn a_database_that_is_none() {
    let desk = Desk::new().with("STUDIO_DATABASE", "notes.txt");
    let notes = b"these are my notes\n".repeat(100);
    desk.file("notes.txt", &notes);
    for command in ["list", "recover"] {
        desk.run(&[command])
            .fails(6, &["notes.txt is not a database", "`studio recover --database NEW`"]);
    }
    assert_eq!(desk.read("notes.txt"), notes);
}

#[test]
fn a_database_that_cannot_be_made() {
    let desk = Desk::new().with("STUDIO_DATABASE", "file/studio.db");
    desk.file("file", b"in the way");
    upload(&desk, "file").fails(6, &["cannot open database", "file/studio.db"]);
}

/// What an upload says when the server answers this way.
fn refused(refusal: Refusal) -> Ran {
    let server = TestS3::start();
    let desk = Desk::new().on_s3(&server, "music");
    desk.file("take.wav", b"x");
    server.refuse(Some(refusal));
    let ran = upload(&desk, "take.wav");
    server.refuse(None);
    nothing_lost(&desk);
    ran
}

#[test]
fn a_bucket_that_is_forbidden() {
    refused(Refusal { status: 403, code: "AccessDenied", header: None })
        .fails(6, &["s3://music does not permit to", "AccessDenied"]);
}

#[test]
fn credentials_that_have_expired() {
    refused(Refusal { status: 400, code: "ExpiredToken", header: None })
        .fails(6, &["cannot sign in to s3://music: the credentials have expired"]);
}

#[test]
fn a_wrong_region() {
    let header = Some(("x-amz-bucket-region", "eu-central-1"));
    refused(Refusal { status: 301, code: "PermanentRedirect", header }).fails(
        6,
        &[
            "s3://music is in region eu-central-1, not in region us-east-1",
            "AWS_REGION=eu-central-1",
        ],
    );
}

#[test]
fn wrong_or_missing_credentials() {
    let server = TestS3::start();
    let desk = Desk::new().on_s3(&server, "music").with("AWS_SECRET_ACCESS_KEY", "wrong");
    desk.file("take.wav", b"x");
    upload(&desk, "take.wav")
        .fails(6, &["cannot sign in to s3://music: the credentials were rejected"]);
    let desk =
        Desk::new().with("STUDIO_STORE", "s3://music").with("AWS_ENDPOINT", server.endpoint());
    desk.file("take.wav", b"x");
    upload(&desk, "take.wav").fails(6, &["there are no credentials", "AWS_ACCESS_KEY_ID"]);
}

#[test]
fn an_endpoint_that_cannot_be_reached() {
    // A port that nobody gets by chance: another test's server would answer.
    let endpoint = "http://127.0.0.1:1";
    let server = TestS3::start();
    let desk = Desk::new().on_s3(&server, "music").with("AWS_ENDPOINT_URL", endpoint);
    desk.file("take.wav", b"x");
    upload(&desk, "take.wav").fails(6, &["cannot reach", endpoint, "s3://music"]);
    assert!(desk.is_empty());
}

#[test]
fn bytes_that_are_damaged_or_gone() {
    let desk = Desk::new();
    desk.store("a", "s", "t", "v", b"precious");
    let key = desk.run(&[&["show", "--json"], &PLACE[..]].concat()).json();
    let object = format!("home/.local/share/studio/store/{}", key["object_key"].as_str().unwrap());
    desk.file(&object, b"Precious");
    download(&desk, "back.wav").fails(5, &["the stored bytes of version `v` of t", "are damaged"]);
    std::fs::remove_file(desk.path(&object)).unwrap();
    download(&desk, "back.wav").fails(5, &["are not in file:///"]);
    assert!(!desk.path("back.wav").exists());
    desk.store("a", "s", "t", "v", b"precious");
    download(&desk, "back.wav").out();
}

#[test]
fn a_store_that_is_elsewhere_than_the_bytes() {
    let desk = Desk::new();
    desk.store("a", "s", "t", "v", b"precious");
    let other = desk.path("another store").to_string_lossy().into_owned();
    let words = [&["download", "-f", "x", "--store", &other], &PLACE[..]].concat();
    desk.run(&words).fails(3, &["try again with --store file:///"]);
    // Nor does an upload fill another store than the version's own.
    desk.file("take.wav", b"precious");
    let words = [&["upload", "-f", "take.wav", "--store", &other], &PLACE[..]].concat();
    let ran = desk.run(&words);
    assert!(ran.stderr.starts_with("warning: the version is in another store"), "{ran:?}");
    assert!(ran.out().contains("is stored already"));
    assert!(!desk.path("another store").exists());
}

#[test]
fn settings_that_make_no_sense() {
    let desk = Desk::new();
    desk.file("studio.toml", b"artist = \"a\"\nstorre = \"x\"\n");
    desk.run(&["list"]).fails(2, &["studio.toml line 2", "storre"]);
    desk.file("studio.toml", b"artist = [\n");
    desk.run(&["list"]).fails(2, &["studio.toml line"]);
    for (name, value, problem) in [
        ("STUDIO_STORE", "s3://UPPER", "a bucket's name has 3 to 63"),
        ("STUDIO_STORE", "http://x", "only s3:// and file:// are known"),
        ("STUDIO_STORE", "s3:music", "names no store"),
        ("AWS_ENDPOINT_URL", "localhost:9000", "begins with http:// or https://"),
        ("BUCKET_NAME", "no", "a bucket's name has 3 to 63"),
        ("STUDIO_ARTIST", "a\tb", "control character"),
        ("STUDIO_S3_PATH_STYLE", "maybe", "neither true nor false"),
    ] {
        Desk::new().with(name, value).run(&["list"]).fails(2, &[name, problem]);
    }
}

#[test]
fn settings_that_are_no_text() {
    use std::os::unix::ffi::OsStrExt as _;
    let desk = Desk::new();
    let mut list = desk.command(&["list"]);
    list.env("STUDIO_STORE", std::ffi::OsStr::from_bytes(b"/srv/\xff"));
    Ran::from(list.output().unwrap()).fails(2, &["STUDIO_STORE is not UTF-8"]);
}

#[test]
fn a_database_that_is_not_there_is_not_made_by_looking() {
    let desk = Desk::new().with("STUDIO_DATABASE", "no such/studio.db");
    desk.file("take.wav", b"x");
    desk.run(&["list"]).out();
    download(&desk, "x.wav").fails(3, &["no artist a"]);
    desk.run(&[&["upload", "-f", "take.wav", "--dry-run"], &PLACE[..]].concat()).out();
    assert!(!desk.path("no such").exists());
    upload(&desk, "take.wav").out();
    assert!(desk.path("no such/studio.db").is_file());
}

#[test]
fn an_output_that_cannot_be_written() {
    let desk = Desk::new();
    desk.store("a", "s", "t", "v", b"x");
    for words in [&["list"][..], &["list", "--json"], &["list", "--csv"], &["config"], &["man"]] {
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let ran = desk.command(words).stdout(full).output().unwrap();
        assert_eq!(ran.status.code(), Some(1), "{words:?}");
        let stderr = String::from_utf8_lossy(&ran.stderr);
        assert!(stderr.starts_with("error: cannot write the output: No space left"), "{stderr}");
    }
}

#[test]
fn a_song_without_an_artist() {
    Desk::new().run(&["list", "--song", "s"]).fails(2, &["--song was given, but no artist"]);
}

#[test]
fn a_cursor_that_is_none() {
    let desk = Desk::new();
    let nobody = "00000000-0000-0000-0000-000000000000";
    desk.run(&["list", "--after", nobody]).fails(3, &["no version has the id", "without --after"]);
}
