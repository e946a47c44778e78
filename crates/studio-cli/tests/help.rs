//! Help, settings, completions and manual page, as they are read.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

mod common;

use self::common::Desk;

/// The help of a command and of all below it, each with the words that lead to it.
fn helps(desk: &Desk, command: &[String], into: &mut Vec<(Vec<String>, String)>) {
    let words: Vec<&str> = command.iter().map(String::as_str).chain(["--help"]).collect();
    let text = desk.run(&words).out();
    let listed = text.lines().skip_while(|line| *line != "Commands:").skip(1);
    let names = listed.take_while(|line| line.starts_with("  "));
    // What continues a description stands further in.
    let names = names.filter(|line| !line.starts_with("   "));
    let names: Vec<String> =
        names.filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect();
    into.push((command.to_vec(), text));
    for name in names.into_iter().filter(|name| name != "help") {
        helps(desk, &[command, &[name]].concat(), into);
    }
}

fn all_helps() -> Vec<(Vec<String>, String)> {
    let mut all = Vec::new();
    helps(&Desk::new().with("COLUMNS", "100"), &[], &mut all);
    all
}

#[test]
fn every_help_text() {
    let all = all_helps();
    // Three levels, and enough of them: a listing that is read wrongly would leave some out.
    assert!(all.iter().any(|(words, _)| words.join(" ") == "ingest quarantine purge"));
    let texts: Vec<String> = all.into_iter().map(|(_, text)| text).collect();
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
    let names: Vec<String> = all_helps().into_iter().flat_map(|(words, _)| words).collect();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = desk.run(&["completions", shell]).out();
        for name in &names {
            assert!(script.contains(name), "{shell}: {name}");
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
