//! Help, settings, completions and manual page, as they are read.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

mod common;

use self::common::Desk;

const COMMANDS: [&str; 41] = [
    "upload",
    "download",
    "import",
    "export",
    "list",
    "show",
    "probe",
    "check",
    "analyse",
    "waveform",
    "compare",
    "pick",
    "unpick",
    "picks",
    "status",
    "mix",
    "release",
    "release create",
    "release list",
    "release show",
    "release verify",
    "release render",
    "release deliver",
    "url",
    "rm",
    "trash",
    "trash list",
    "trash restore",
    "trash purge",
    "verify",
    "scrub",
    "doctor",
    "gc",
    "backup",
    "recover",
    "store",
    "store test",
    "demo",
    "config",
    "completions",
    "man",
];

#[test]
fn every_help_text() {
    let desk = Desk::new().with("COLUMNS", "100");
    let mut texts = vec![desk.run(&["--help"]).out()];
    for command in COMMANDS {
        texts.push(desk.run(&command.split(' ').chain(["--help"]).collect::<Vec<_>>()).out());
    }
    insta::assert_snapshot!(texts.join("\n=====\n\n"));
}

#[test]
fn the_program_alone_shows_its_help() {
    let ran = Desk::new().run(&[""; 0]);
    assert_eq!(ran.code, Some(2));
    assert!(ran.stderr.contains("Usage: studio"), "{ran:?}");
}

#[test]
fn completions_for_every_shell() {
    let desk = Desk::new();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = desk.run(&["completions", shell]).out();
        for command in COMMANDS.iter().flat_map(|command| command.split(' ')) {
            assert!(script.contains(command), "{shell}: {command}");
        }
    }
    let bash = desk.run(&["completions", "bash"]).out();
    desk.file("studio.bash", bash.as_bytes());
    let mut checked = desk.shell("bash -n studio.bash", &[""; 0]);
    assert!(checked.status().unwrap().success());
}

#[test]
fn manual_pages() {
    let desk = Desk::new();
    let page = desk.run(&["man"]).out();
    assert!(page.starts_with(".ie \\n(.g .ds Aq"), "{page}");
    assert!(page.contains("studio"));
    let page = desk.run(&["man", "upload"]).out();
    assert!(page.contains("file\\-path"), "{page}");
    let page = desk.run(&["man", "store", "test"]).out();
    assert!(page.contains("studio\\-store\\-test"), "{page}");
    desk.run(&["man", "nothing"]).fails(2, &["there is no command `nothing`"]);
}

#[test]
fn settings_come_from_the_strongest_source() {
    let desk = Desk::new();
    desk.file("home/.config/studio/studio.toml", b"artist = \"general\"\nstore = \"general\"\n");
    let source = |desk: &Desk, arguments: &[&str], name: &str| {
        let config = desk.run(&[&["config", "--json"], arguments].concat()).json();
        let settings = config["settings"].as_array().unwrap().clone();
        let setting = settings.iter().find(|setting| setting["name"] == name).unwrap();
        let text = |field: &str| setting[field].as_str().unwrap_or("-").to_owned();
        (text("value"), text("source"))
    };
    let (value, from) = source(&desk, &[], "artist");
    assert_eq!(value, "general");
    assert!(from.ends_with("home/.config/studio/studio.toml"), "{from}");
    let (value, _) = source(&desk, &[], "store");
    assert!(value.ends_with("home/.config/studio/general"), "relative to its file: {value}");

    desk.file("studio.toml", b"artist = \"here\"\n[s3]\nendpoint = \"http://here:1\"\n");
    assert_eq!(source(&desk, &[], "artist").0, "here");
    assert_eq!(source(&desk, &[], "s3.endpoint").0, "http://here:1");
    let desk = desk.with("ARTIST_NAME", "old name");
    assert_eq!(source(&desk, &[], "artist"), ("old name".to_owned(), "ARTIST_NAME".to_owned()));
    let desk = desk.with("STUDIO_ARTIST", "new name").with("BUCKET_NAME", "old-bucket");
    assert_eq!(source(&desk, &[], "artist"), ("new name".to_owned(), "STUDIO_ARTIST".to_owned()));
    assert_eq!(source(&desk, &[], "store").0, "s3://old-bucket");
    let desk = desk.with("STUDIO_STORE", "file:///srv/a%20b");
    assert_eq!(source(&desk, &[], "store").0, "file:///srv/a%20b");
    let flag = source(&desk, &["--store", "s3://by-flag/x"], "store");
    assert_eq!(flag, ("s3://by-flag/x".to_owned(), "--store".to_owned()));
}

#[test]
fn secrets_are_masked() {
    let desk = Desk::new()
        .with("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
        .with("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
        .with("AWS_SESSION_TOKEN", "token-of-a-session");
    for format in [&["config"][..], &["config", "--json"]] {
        let text = desk.run(format).out();
        assert!(text.contains("********MPLE"), "{text}");
        for secret in ["AKIA", "wJalr", "EXAMPLEKEY", "token-of"] {
            assert!(!text.contains(secret), "{text}");
        }
    }
}
