//! The main job, as its user does it: upload, list, show, download.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

mod common;

use studio_testkit::names::HARD_NAMES;
use studio_testkit::noise;
use studio_testkit::s3::TestS3;

use self::common::Desk;

const SONG: &str = "Evan Enters the Third Room";
const TRACK: &str = "DJ's Drums";

/// The three commands of the studio manager's notes, with `studio` for the program.
fn owners_commands(desk: &Desk) {
    let demo = desk.file(
        "resources/evan_third_room_dj_drums_demo.wav",
        b"tchk tchk tchk tchk boom BOOM boom boom\n",
    );
    let third = "resources/evan_third_room_dj_drums_third_take.wav";
    desk.file(third, b"BOOM tchk BOOM tchk BOOM tchk BOOM tchk\n");
    assert_eq!(std::fs::metadata(demo).unwrap().len(), 40);
    let first = desk.run(&[
        "upload",
        "--song",
        SONG,
        "--track",
        TRACK,
        "--file-path",
        "resources/evan_third_room_dj_drums_demo.wav",
        "--version",
        "demo",
    ]);
    let first = first.out();
    assert!(first.starts_with("stored `demo` of DJ's Drums in \"Evan Enters"), "{first}");
    desk.run(&[
        "upload",
        "--song",
        SONG,
        "--track",
        TRACK,
        "--file-path",
        third,
        "--version",
        "take_three",
    ])
    .out();
    desk.run(&[
        "download",
        "--song",
        SONG,
        "--track",
        TRACK,
        "--file-path",
        "resources/FINAL_evan_third_room_drums.wav",
        "--version",
        "take_three",
    ])
    .out();
    assert_eq!(desk.read("resources/FINAL_evan_third_room_drums.wav"), desk.read(third));
}

#[test]
fn the_owners_commands_work_on_the_default_store() {
    let desk = Desk::new().with("ARTIST_NAME", "Khruangbin");
    owners_commands(&desk);
    let data = desk.path("home/.local/share/studio");
    assert!(data.join("studio.db").is_file());
    assert!(data.join("store/objects").is_dir());
}

#[test]
fn the_owners_commands_work_on_s3_with_the_owners_environment() {
    let server = TestS3::start();
    let desk = server
        .environment()
        .into_iter()
        .map(|(name, value)| match name {
            "AWS_ENDPOINT_URL" => ("AWS_ENDPOINT", value),
            name => (name, value),
        })
        .fold(Desk::new(), |desk, (name, value)| desk.with(name, value))
        .with("ARTIST_NAME", "Khruangbin")
        .with("BUCKET_NAME", "music")
        .with("DB_FILE_PATH", "resources/music.db");
    owners_commands(&desk);
    assert!(desk.path("resources/music.db").is_file());
    let show = desk.run(&["show", "-s", SONG, "-t", TRACK, "-v", "demo", "--json"]).json();
    assert_eq!(show["store"], "s3://music");
}

#[test]
fn a_list_shows_what_is_stored_from_any_prefix() {
    let desk = Desk::new();
    desk.store("Khruangbin", "White Gloves", "Bass", "take 1", &noise::bytes(1, 1_234_567));
    desk.store(
        "Khruangbin",
        "White Gloves",
        "Bass",
        "take 2",
        b"40 bytes are enough for a take of a bass",
    );
    desk.store("Khruangbin", "Maria También", "Drums", "take 1", b"1");
    desk.store("Björk", "Jóga", "Strings", "take 1", b"");
    let lines = |arguments: &[&str]| {
        let text = desk.run(&[&["list"], arguments].concat()).out();
        // The time is the only thing that differs from run to run.
        let time = |c: char| if c.is_ascii_digit() { '0' } else { c };
        text.lines()
            .map(|line| match line.find("20") {
                Some(at) if line[at..].len() > 16 && &line[at + 4..at + 5] == "-" => {
                    let shown: String = line[at..at + 16].chars().map(time).collect();
                    format!("{}{shown}{}", &line[..at], &line[at + 16..])
                }
                _ => line.to_owned(),
            })
            .collect::<Vec<_>>()
    };
    assert_eq!(
        lines(&[]),
        [
            "ARTIST      SONG           TRACK    VERSION    SIZE  UPLOADED          VERIFIED  ORIGINAL PATH",
            "Björk       Jóga           Strings  take 1      0 B  0000-00-00 00:00  never     take.wav",
            "Khruangbin  Maria También  Drums    take 1      1 B  0000-00-00 00:00  never     take.wav",
            "Khruangbin  White Gloves   Bass     take 1   1.2 MB  0000-00-00 00:00  never     take.wav",
            "Khruangbin  White Gloves   Bass     take 2     40 B  0000-00-00 00:00  never     take.wav",
        ]
    );
    assert_eq!(
        lines(&["--artist", "khruangbin", "--song", "white gloves"]),
        [
            "Khruangbin: \"White Gloves\"",
            "TRACK  VERSION    SIZE  UPLOADED          VERIFIED  ORIGINAL PATH",
            "Bass   take 1   1.2 MB  0000-00-00 00:00  never     take.wav",
            "Bass   take 2     40 B  0000-00-00 00:00  never     take.wav",
        ]
    );
    let narrow = ["--artist", "Khruangbin", "--song", "White Gloves", "--track", "BASS"];
    assert_eq!(lines(&narrow).len(), 4);
    assert_eq!(lines(&[&narrow[..], &["--version", "Take 2"]].concat()).len(), 3);
    let nobody = desk.run(&["list", "--artist", "Nobody"]);
    assert_eq!((nobody.code, nobody.stdout.as_str()), (Some(0), ""));
    assert_eq!(nobody.stderr, "no versions by Nobody\n");
}

#[test]
fn the_artist_of_the_environment_narrows_a_list_and_says_so() {
    let desk = Desk::new().with("STUDIO_ARTIST", "Nobody").with("ARTIST_NAME", "Khruangbin");
    desk.store("Khruangbin", "White Gloves", "Bass", "take 1", b"1");
    let list = desk.run(&["list"]);
    assert_eq!((list.code, list.stdout.as_str()), (Some(0), ""));
    assert_eq!(
        list.stderr,
        "no versions by Nobody (the artist is from STUDIO_ARTIST; --all-artists lists every one)\n"
    );
    let all = desk.run(&["list", "--all-artists"]).out();
    assert_eq!(all.lines().count(), 2);
}

#[test]
fn lists_are_data_too_and_come_in_pages() {
    let desk = Desk::new();
    for n in 0..7 {
        desk.store("a", "s", "t", &format!("take {n}"), format!("{n}").as_bytes());
    }
    let whole = desk.run(&["list", "--json"]).json();
    assert_eq!(whole["next"], serde_json::Value::Null);
    let mut joined = Vec::new();
    let mut after: Vec<String> = Vec::new();
    loop {
        let limit = ["list", "--limit", "3", "--json"].map(str::to_owned);
        let page = desk.run(&[&limit[..], &after].concat()).json();
        joined.extend(page["versions"].as_array().unwrap().clone());
        match page["next"].as_str() {
            Some(next) => after = vec!["--after".to_owned(), next.to_owned()],
            None => break,
        }
    }
    assert_eq!(whole["versions"], serde_json::Value::from(joined));
    let csv = desk.run(&["list", "--csv"]).out();
    let mut rows = csv.lines();
    assert_eq!(
        rows.next().unwrap(),
        "id,artist,song,track,version,original_path,uploaded_at,size,sha256,crc64nvme,\
         content_type,store,object_key,checked_at,damage,container,codec,channel_count,\
         sample_rate,bits_per_sample,frame_count,duration,integrated_lufs,range_lu,\
         true_peak_dbtp,status,picked,releases"
    );
    assert_eq!(rows.count(), 7);
    let cut = desk.run(&["list", "--limit", "2"]);
    assert!(cut.stderr.starts_with("there are more: add --after "), "{cut:?}");
    let last = whole["versions"][6]["id"].as_str().unwrap().to_owned();
    assert_eq!(desk.run(&["list", "--after", &last]).stderr, "no more versions\n");
}

#[test]
fn an_empty_list_says_so_in_every_form() {
    let desk = Desk::new();
    let list = desk.run(&["list"]);
    assert_eq!((list.code, list.stdout.as_str()), (Some(0), ""));
    assert!(list.stderr.starts_with("no versions in /"), "{list:?}");
    let json = desk.run(&["list", "--json"]).json();
    assert_eq!(json, serde_json::json!({ "versions": [], "next": null }));
    assert_eq!(desk.run(&["list", "--csv"]).out().lines().count(), 1);
}

#[test]
fn show_tells_everything_about_one_version() {
    let desk = Desk::new();
    desk.store("Khruangbin", "White Gloves", "Bass", "take 1", &noise::bytes(1, 123_456));
    let names = ["-a", "Khruangbin", "-s", "White Gloves", "-t", "Bass", "-v", "take 1"];
    let text = desk.run(&[&["show"], &names[..]].concat()).out();
    for (n, label) in [
        "artist         Khruangbin",
        "song           White Gloves",
        "track          Bass",
        "version        take 1",
        "size           123.5 kB (123456 bytes)",
        "uploaded       20",
        "original path  take.wav",
        "content type   application/octet-stream",
        "SHA-256        ",
        "CRC-64/NVME    ",
        "store          file:///",
        "object key     objects/",
        "verified       never",
        "id             ",
    ]
    .into_iter()
    .enumerate()
    {
        assert!(text.lines().nth(n).unwrap().starts_with(label), "{label}: {text}");
    }
    let json = desk.run(&[&["show", "--json"], &names[..]].concat()).json();
    assert_eq!(json["size"], 123_456);
    let key = json["object_key"].as_str().unwrap();
    assert!(key.ends_with(json["sha256"].as_str().unwrap()));
    assert!(desk.path("home/.local/share/studio/store").join(key).is_file());
}

#[test]
fn the_same_file_again_succeeds_and_other_bytes_are_a_conflict() {
    let desk = Desk::new();
    let upload = ["upload", "-a", "a", "-s", "s", "-t", "t", "-v", "v", "--file-path", "take.wav"];
    desk.file("take.wav", b"first");
    desk.run(&upload).out();
    let again = desk.run(&upload).out();
    assert!(again.contains("is stored already, with the same bytes"), "{again}");
    let json = desk.run(&[&upload[..], &["--json"]].concat()).json();
    assert_eq!((&json["outcome"], &json["sent_bytes"]), (&"already_stored".into(), &0.into()));
    desk.file("take.wav", b"second");
    for extra in [&[][..], &["--dry-run"]] {
        desk.run(&[&upload[..], extra].concat())
            .fails(4, &["version `v` of t in \"s\" by a is stored already, with other bytes"]);
    }
}

#[test]
fn dry_runs_tell_and_do_nothing() {
    let desk = Desk::new();
    desk.file("take.wav", b"bytes");
    let upload =
        ["upload", "-a", "a", "-s", "s", "-t", "t", "-v", "v", "-f", "take.wav", "--dry-run"];
    let text = desk.run(&upload).out();
    assert!(text.starts_with("would store `v` of t in \"s\" by a in file:///"), "{text}");
    let json = desk.run(&[&upload[..], &["--json"]].concat()).json();
    assert_eq!(json["dry_run"], true);
    assert_eq!(json["version"], serde_json::Value::Null);
    assert!(desk.is_empty());
    desk.store("a", "s", "t", "v", b"bytes");
    let download =
        ["download", "-a", "a", "-s", "s", "-t", "t", "-v", "v", "-f", "back.wav", "--dry-run"];
    let text = desk.run(&download).out();
    assert!(text.starts_with("would download `v` of t in \"s\" by a to back.wav"), "{text}");
    assert!(!desk.path("back.wav").exists());
}

fn every_hard_name_comes_through(desk: &Desk) {
    for (n, name) in HARD_NAMES.iter().enumerate() {
        let bytes = noise::bytes(n as u64, 100 + n);
        desk.file("take.wav", &bytes);
        let place: Vec<String> = ["artist", "song", "track", "version"]
            .iter()
            .map(|flag| format!("--{flag}={name}"))
            .collect();
        let with = |command: &str, rest: &[&str]| {
            let words = std::iter::once(command.to_owned())
                .chain(place.iter().cloned())
                .chain(rest.iter().map(|word| (*word).to_owned()));
            words.collect::<Vec<_>>()
        };
        desk.run(&with("upload", &["-f", "take.wav"])).out();
        let list = desk.run(&with("list", &["--json"])).json();
        let found = &list["versions"][0];
        assert_eq!(found["size"], 100 + n, "{name}");
        desk.run(&with("show", &[])).out();
        desk.run(&with("download", &["-f", "back.wav", "--force"])).out();
        assert_eq!(desk.read("back.wav"), bytes, "{name}");
    }
    let list = desk.run(&["list"]).out();
    assert_eq!(list.lines().count(), 1 + HARD_NAMES.len());
}

#[test]
fn hard_names_come_through_a_directory() {
    let desk = Desk::new();
    every_hard_name_comes_through(&desk);
    // Nothing was written for `../../etc/passwd` but objects and manifests.
    let store = desk.path("home/.local/share/studio/store");
    let mut names: Vec<_> = std::fs::read_dir(store)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(names, [".studio-staging", "objects", "versions"]);
}

#[test]
fn hard_names_come_through_s3() {
    let server = TestS3::start();
    every_hard_name_comes_through(&Desk::new().on_s3(&server, "music"));
}

#[test]
fn the_demo_makes_a_studio_that_the_next_commands_work_in() {
    let desk = Desk::new();
    let told = desk.run(&["demo", "--dry-run"]).out();
    assert!(told.contains("would render 20 takes"), "{told}");
    assert!(!desk.path("studio-demo").exists());
    // Settings that lead elsewhere are named before the next commands.
    let desk = desk.with("STUDIO_STORE", "s3://music").with("ARTIST_NAME", "Khruangbin");
    let text = desk.run(&["demo", "my demo"]).out();
    assert!(text.contains("identical to the take that was uploaded, byte for byte"), "{text}");
    let next = text.lines().skip_while(|line| *line != "Next:").skip(1);
    let next: Vec<&str> = next.map(str::trim).collect();
    assert_eq!(next[0], "unset STUDIO_STORE ARTIST_NAME");
    assert_eq!(next[1], "cd 'my demo'");
    assert_eq!(next.len(), 9);
    let mut shell = desk.shell(&format!("set -e\n{}", next.join("\n")), &[""; 0]);
    let ran: common::Ran = shell.output().unwrap().into();
    ran.out();
    assert_eq!(
        desk.read("my demo/demo.wav"),
        desk.read("my demo/takes/evan_third_room_dj_drums_demo.wav")
    );
    // Again, in the same place; but never in somebody else's.
    let again = desk.run(&["demo", "my demo", "--json"]).json();
    assert_eq!(again["takes"], 20);
    desk.run(&["demo", "--store", "s3://music"]).fails(2, &["in its own directory"]);
    desk.file("mine/notes.txt", b"not a demo");
    desk.run(&["demo", "mine"]).fails(4, &["mine is there already"]);
    assert!(desk.is_empty());
}

#[test]
fn a_list_that_finds_nothing_asks_what_was_meant() {
    let desk = Desk::new().with("STUDIO_ARTIST", "Khruangbin");
    desk.store("Khruangbin", "White Gloves", "Bass", "take_1", b"x");
    for (words, meant) in [
        (&["-a", "Kruangbin"][..], "Khruangbin"),
        (&["-s", "White Glove"], "White Gloves"),
        (&["-s", "White Gloves", "-t", "Bas"], "Bass"),
        (&["-s", "White Gloves", "-t", "Bass", "-v", "take_2"], "take_1"),
    ] {
        let ran = desk.run(&[&["list"], words].concat());
        assert_eq!((ran.code, &*ran.stdout), (Some(0), ""), "{ran:?}");
        assert!(ran.stderr.ends_with(&format!("\nhint: did you mean `{meant}`?\n")), "{ran:?}");
    }
    let unlike = desk.run(&["list", "-s", "Zzz"]);
    assert!(!unlike.stderr.contains("hint"), "{unlike:?}");
    let unpicked = desk.run(&["list", "-s", "White Gloves", "--picked"]);
    assert!(!unpicked.stderr.contains("hint"), "{unpicked:?}");
}
