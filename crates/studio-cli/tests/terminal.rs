//! What a terminal, a pipe and a signal get.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

mod common;

use std::io::{Read as _, Write as _};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use studio_testkit::noise;
use studio_testkit::s3::{TestS3, Weakness};
use studio_testkit::wav::Wav;

use self::common::shelf::Shelf;
use self::common::{Desk, Ran};

const PLACE: [&str; 8] = ["-a", "a", "-s", "s", "-t", "t", "-v", "v"];

fn interrupt(id: u32) {
    let killed = Command::new("kill").args(["-INT", &id.to_string()]).status().unwrap();
    assert!(killed.success());
}

/// Runs a command, waits until `begun` holds, sends it SIGINT, and waits for its end.
fn run_and_interrupt(mut command: Command, begun: impl Fn() -> bool) -> Ran {
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let start = Instant::now();
    while !begun() {
        assert!(start.elapsed() < Duration::from_secs(60), "it never began");
        std::thread::yield_now();
    }
    interrupt(child.id());
    child.wait_with_output().unwrap().into()
}

#[test]
fn ctrl_c_shows_no_half_upload() {
    let desk = Desk::new().with("STUDIO_STORE", "store");
    std::fs::File::create(desk.path("take.wav")).unwrap().set_len(4 << 30).unwrap();
    let upload = desk.command(&[&["upload", "-f", "take.wav"], &PLACE[..]].concat());
    // It reads the file first; that it has begun shows in its open files.
    let ran = run_and_interrupt(upload, || started(&desk));
    assert_eq!(ran.code, Some(130), "{ran:?}");
    assert_eq!(
        (ran.stdout.as_str(), ran.stderr.as_str()),
        ("", "error: cancelled\nhint: the same command again goes on with what had been moved\n")
    );
    assert!(desk.is_empty());
    let staging = desk.path("store/.studio-staging");
    assert_eq!(std::fs::read_dir(staging).map_or(0, |entries| entries.count()), 0);
    // Nothing holds the place.
    desk.store("a", "s", "t", "v", b"another take");
}

#[test]
fn ctrl_c_shows_no_half_picture() {
    let desk = Desk::new();
    // An hour of silence: 48 kHz, 24 bits, mono.
    let (frames, empty) = (48_000 * 3600, Wav::pcm(48_000, 1, 24).ints(&[0]).build());
    let data = empty.len() - 4;
    let mut header = empty[..data].to_vec();
    header[data - 4..].copy_from_slice(&u32::to_le_bytes(3 * frames));
    header[4..8].copy_from_slice(&u32::to_le_bytes(3 * frames + data as u32 - 8));
    desk.file("take.wav", &header);
    let file = std::fs::OpenOptions::new().write(true).open(desk.path("take.wav")).unwrap();
    file.set_len(u64::from(3 * frames) + data as u64).unwrap();
    drop(file);
    let draw = desk.command(&["waveform", "take.wav", "-o", "w.png"]);
    let ran = run_and_interrupt(draw, || started(&desk));
    assert_eq!(ran.code, Some(130), "{ran:?}");
    let told =
        "error: cancelled\nhint: nothing half done was left; the same command again begins anew\n";
    assert_eq!((ran.stdout.as_str(), ran.stderr.as_str()), ("", told));
    assert_eq!(std::fs::read_dir(desk.path("")).unwrap().count(), 1);
}

/// Whether some process has the take open.
fn started(desk: &Desk) -> bool {
    let take = desk.path("take.wav");
    let processes = std::fs::read_dir("/proc").unwrap().flatten();
    processes
        .filter_map(|process| std::fs::read_dir(process.path().join("fd")).ok())
        .flat_map(|files| files.flatten())
        .any(|file| std::fs::read_link(file.path()).is_ok_and(|open| open == take))
}

#[test]
fn ctrl_c_shows_no_half_download_and_the_next_one_goes_on() {
    let desk = Desk::new().with("STUDIO_STORE", "store");
    const SIZE: u64 = 64 << 20;
    std::fs::File::create(desk.path("take.wav")).unwrap().set_len(SIZE).unwrap();
    desk.run(&[&["upload", "-f", "take.wav"], &PLACE[..]].concat()).out();
    std::fs::create_dir(desk.path("target")).unwrap();
    let part_begun = || {
        let mut entries = std::fs::read_dir(desk.path("target")).unwrap().flatten();
        entries.any(|entry| entry.metadata().is_ok_and(|metadata| metadata.len() > 0))
    };
    let words = [&["download", "-f", "target/back.wav"], &PLACE[..]].concat();
    // Slow enough to be still under way when it is interrupted.
    let slowly = [&words[..], &["--limit-rate", "8MB"]].concat();
    let ran = run_and_interrupt(desk.command(&slowly), part_begun);
    assert_eq!(ran.code, Some(130), "{ran:?}");
    assert!(!desk.path("target/back.wav").exists());
    desk.run(&words).out();
    let left: Vec<_> = std::fs::read_dir(desk.path("target")).unwrap().flatten().collect();
    assert_eq!(left.len(), 1, "{left:?}");
    assert_eq!(desk.path("target/back.wav").metadata().unwrap().len(), SIZE);
}

/// Runs the program on a terminal of its own, made by `script` (util-linux or BSD).
fn on_a_terminal(desk: &Desk, words: &[&str]) -> Option<String> {
    let quoted: Vec<String> = std::iter::once(env!("CARGO_BIN_EXE_studio"))
        .chain(words.iter().copied())
        .map(|word| format!("'{}'", word.replace('\'', r"'\''")))
        .collect();
    let ran = desk
        .shell("exec script -qec \"$1\" /dev/null", &[quoted.join(" ")])
        .env("TERM", "xterm")
        .env("COLUMNS", "100")
        .output()
        .unwrap();
    match ran.status.code() {
        Some(127) => {
            studio_testkit::say_skipped("a real terminal", "`script` is not installed");
            None
        }
        code => {
            assert_eq!(code, Some(0), "{}", String::from_utf8_lossy(&ran.stderr));
            Some(String::from_utf8_lossy(&ran.stdout).into_owned())
        }
    }
}

/// Runs a command on a terminal and answers its question there.
fn answer_on_a_terminal(desk: &Desk, words: &[&str], answer: &[u8]) -> Option<(i32, String)> {
    let quoted: Vec<String> = std::iter::once(env!("CARGO_BIN_EXE_studio"))
        .chain(words.iter().copied())
        .map(|word| format!("'{word}'"))
        .collect();
    let mut shell = desk.shell("exec script -qec \"$1\" /dev/null", &[quoted.join(" ")]);
    let mut child = shell.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let (mut shown, mut keys) = (child.stdout.take().unwrap(), child.stdin.take().unwrap());
    let mut text = Vec::new();
    let mut byte = [0];
    while shown.read(&mut byte).unwrap() > 0 {
        text.push(byte[0]);
        if text.ends_with(b"[y/N] ") {
            keys.write_all(answer).unwrap();
            keys.flush().unwrap();
        }
    }
    let code = child.wait().unwrap().code().unwrap();
    if code == 127 {
        studio_testkit::say_skipped("a real terminal", "`script` is not installed");
        return None;
    }
    Some((code, String::from_utf8_lossy(&text).into_owned()))
}

#[test]
fn a_question_takes_a_no_and_ctrl_c_for_an_answer() {
    let desk = Desk::new();
    desk.file("session/t_v.wav", b"x");
    desk.store("a", "s", "t", "w", b"thrown away");
    desk.run(&["rm", "-a", "a", "-s", "s", "-t", "t", "-v", "w"]).out();
    let import = ["import", "session", "-a", "a", "-s", "s"];
    let purge = ["trash", "purge", "--all"];
    for (words, undone) in [(&import[..], "nothing was stored"), (&purge, "nothing was removed")] {
        let Some((code, shown)) = answer_on_a_terminal(&desk, words, b"n\n") else { return };
        assert_eq!(code, 1, "{shown}");
        // Nothing went wrong.
        assert!(shown.trim_end().ends_with(undone) && !shown.contains("error"), "{shown}");
        let Some((code, shown)) = answer_on_a_terminal(&desk, words, b"\x03") else { return };
        assert_eq!(code, 130, "{shown}");
        assert!(shown.trim_end().ends_with("hint: nothing was done"), "{shown}");
    }
    assert!(desk.is_empty());
    let trash = desk.run(&["trash", "list", "--json"]).json();
    assert_eq!(trash["trash"].as_array().unwrap().len(), 1);
    for words in [&import[..], &purge] {
        let Some((code, shown)) = answer_on_a_terminal(&desk, words, b"y\n") else { return };
        assert_eq!(code, 0, "{shown}");
    }
    assert!(!desk.is_empty());
}

#[test]
fn a_terminal_shows_progress_and_a_pipe_does_not() {
    let desk = Desk::new();
    desk.file("take.wav", &noise::bytes(2, 64 << 20));
    let upload = [&["upload", "-f", "take.wav"], &PLACE[..]].concat();
    let download = [&["download", "-f", "back.wav"], &PLACE[..]].concat();
    for (words, phases) in [(&upload, &["reading", "sending"][..]), (&download, &["fetching"])] {
        let Some(shown) = on_a_terminal(&desk, words) else { return };
        for phase in phases {
            assert!(shown.contains(&format!("{phase} [")), "{phase}: {shown:?}");
        }
        assert!(shown.contains(" MB/67.1"), "{shown:?}");
        assert!(shown.contains("/s ") && shown.contains(" left"), "rate and time: {shown:?}");
    }
    std::fs::remove_file(desk.path("back.wav")).unwrap();
    for words in [&upload, &download] {
        let ran = desk.run(words);
        assert_eq!(ran.stderr, "", "nothing for a pipe");
        assert!(!ran.out().contains('\u{1b}'));
    }
}

#[test]
fn a_waveform_is_as_wide_as_the_terminal() {
    let desk = Desk::new();
    desk.file("take.wav", &common::takes::take(220.0));
    let command =
        format!("stty rows 24 cols 57; '{}' waveform take.wav", env!("CARGO_BIN_EXE_studio"));
    let mut shell = desk.shell("exec script -qec \"$1\" /dev/null", &[command]);
    let ran: Ran = shell.output().unwrap().into();
    if ran.code == Some(127) {
        return studio_testkit::say_skipped("a real terminal", "`script` is not installed");
    }
    let lines: Vec<&str> = ran.stdout.lines().filter(|line| line.contains('\u{28FF}')).collect();
    assert!(!lines.is_empty(), "{ran:?}");
    assert!(lines.iter().all(|line| line.trim().chars().count() == 57), "{lines:?}");
}

#[test]
fn a_pipe_that_closes_is_no_error() {
    let desk = Desk::new();
    desk.store("a", "s", "t", "v", b"x");
    for words in
        [&["list"][..], &["list", "--json"], &["list", "--csv"], &["man"], &["completions", "bash"]]
    {
        let mut child =
            desk.command(words).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let mut stderr = String::new();
        child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
        let status = child.wait().unwrap();
        assert!(status.success() && stderr.is_empty(), "{words:?}: {status} {stderr}");
    }
}

/// Runs a command whose output nobody reads.
fn unread(desk: &Desk, words: &[&str]) -> Ran {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    desk.command(words).stdout(writer).output().unwrap().into()
}

/// `studio verify | head -1` in a script must not make damage look like success.
#[test]
fn what_was_found_wrong_is_told_though_nobody_reads_the_output() {
    let server = TestS3::start_with(&[Weakness::NoCrc64Nvme]);
    let desk = Desk::new();
    desk.file("session/t_v.wav", b"another");
    desk.store("a", "s", "t", "v", b"precious");
    let import = ["import", "session", "-a", "a", "-s", "s", "--yes"];
    let shelf = Shelf::of_directory(&desk);
    shelf.rot(&desk.key("a", "s", "t", "v"));
    for json in [&[][..], &["--json"]] {
        for (code, words, told) in [
            (5, &["verify", "--full"][..], "error: 1 version is damaged\n"),
            (5, &["scrub", "--budget", "100%"], "error: 1 object is damaged\n"),
            (5, &["doctor", "--full"], "error: 1 problem is left\n"),
            (5, &["export", "mix", "-a", "a", "-s", "s"], "are damaged"),
            (4, &import, "is stored already, with other bytes"),
        ] {
            let ran = unread(&desk, &[words, json].concat());
            assert_eq!(ran.code, Some(code), "{words:?}: {ran:?}");
            assert!(ran.stderr.contains(told), "{words:?}: {ran:?}");
        }
        assert_eq!(unread(&desk, &[&["list"], json].concat()).code, Some(0));
        let bucket = Desk::new().on_s3(&server, "music");
        let ran = unread(&bucket, &[&["store", "test"], json].concat());
        assert_eq!(ran.code, Some(5), "{ran:?}");
        assert!(ran.stderr.contains("is not to be trusted"), "{ran:?}");
    }
}

#[test]
fn a_demo_is_made_to_its_end_though_nobody_reads_on() {
    let desk = Desk::new();
    assert_eq!(unread(&desk, &["demo"]).code, Some(0));
    assert!(desk.path("studio-demo/FINAL_evan_third_room_drums.wav").exists());
}

#[test]
fn escape_sequences_in_paths_are_shown_not_obeyed() {
    let desk = Desk::new();
    desk.file("\u{1b}[31mred\n.wav", b"x");
    let words = [&["upload", "-f", "\u{1b}[31mred\n.wav"], &PLACE[..]].concat();
    desk.run(&words).out();
    let list = desk.run(&["list"]).out();
    assert!(list.contains(r"\u{1b}[31mred\n.wav"), "{list}");
    assert_eq!(list.lines().count(), 2);
    let missing = desk.run(&[&["upload", "-f", "\u{1b}[2J"], &PLACE[..]].concat());
    missing.fails(3, &[r"no file \u{1b}[2J"]);
}
