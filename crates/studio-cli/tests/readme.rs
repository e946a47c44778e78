//! The tour in the README, run as it is written and compared with what it shows.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

mod common;

use std::path::Path;

use studio_testkit::wav::Wav;
use studio_testkit::wav::signal::sine;

use self::common::{Desk, Ran};

/// The home directory that the README shows.
const SHOWN_HOME: &str = "/home/ana";

/// A command and the output that the README shows below it.
#[derive(Debug, Default)]
struct Shown {
    command: String,
    output: String,
}

/// The commands in the `console` blocks: lines after `$ `, with their continuations.
fn tour(readme: &str) -> Vec<Shown> {
    let mut tour: Vec<Shown> = Vec::new();
    for block in readme.split("```console\n").skip(1) {
        let block = block.split("```").next().unwrap();
        let mut continues = false;
        for line in block.lines() {
            if let Some(command) = line.strip_prefix("$ ") {
                tour.push(Shown { command: command.to_owned(), ..Default::default() });
                continues = command.ends_with('\\');
            } else if let Some(last) = tour.last_mut() {
                let text = if continues { &mut last.command } else { &mut last.output };
                if continues || !text.is_empty() {
                    text.push('\n');
                }
                text.push_str(line);
                continues = continues && line.ends_with('\\');
            }
        }
    }
    tour
}

/// The output with what differs from run to run replaced: the home directory, and times.
fn settled(desk: &Desk, text: &str) -> String {
    let home = desk.path("home");
    let text = text.replace(home.to_str().unwrap(), SHOWN_HOME);
    let words = text.trim_end().split_inclusive([' ', '\n']).map(|word| {
        let bare = word.trim();
        let like = |shape: &str| {
            bare.len() == shape.len()
                && bare.bytes().zip(shape.bytes()).all(|(b, s)| match s {
                    b'0' => b.is_ascii_digit(),
                    s => b == s,
                })
        };
        match () {
            () if like("0000-00-00") => word.replace(bare, "DATE"),
            () if like("00:00") || like("00:00:00") => word.replace(bare, "TIME"),
            () => word.to_owned(),
        }
    });
    words.collect()
}

#[test]
fn the_tour_is_true() {
    let readme = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../README.md");
    let tour = tour(&std::fs::read_to_string(readme).unwrap());
    assert!(tour.len() > 5, "{tour:?}");
    let mut desk = Desk::new();
    // The files of the tour: takes as the demo renders them.
    desk.run(&["demo"]).out();
    std::fs::create_dir(desk.path("resources")).unwrap();
    for take in std::fs::read_dir(desk.path("studio-demo/takes")).unwrap() {
        let take = take.unwrap();
        std::fs::copy(take.path(), desk.path("resources").join(take.file_name())).unwrap();
    }
    // A session with names of the manager's own making.
    std::fs::create_dir_all(desk.path("session")).unwrap();
    for (take, name) in [
        ("evan_third_room_bass_take_two", "bass_take1"),
        ("evan_third_room_guitar_take_two", "guitar_take1"),
        ("evan_third_room_guitar_take_three", "guitar_take2"),
        ("evan_third_room_vocals_take_two", "lead_vocal_take1"),
    ] {
        let from = desk.path(&format!("resources/{take}.wav"));
        std::fs::copy(from, desk.path(&format!("session/{name}.wav"))).unwrap();
    }
    let bass = desk.path("resources/evan_third_room_bass_demo.wav");
    std::fs::copy(bass, desk.path("other.wav")).unwrap();
    // What a telephone records.
    let memo = Wav::pcm(44_100, 1, 16).ints(&sine(88_200, 1, 44_100, 330.0, 0.2)).build();
    desk.file("resources/phone_memo.wav", &memo);
    for Shown { command, output } in tour {
        if let Some((name, value)) = command.strip_prefix("export ").and_then(|e| e.split_once('='))
        {
            desk = desk.with(name, value);
            continue;
        }
        let script =
            format!("studio() {{ '{}' \"$@\"; }}\n{command}", env!("CARGO_BIN_EXE_studio"));
        let ran: Ran = desk.shell(&script, &[""; 0]).output().unwrap().into();
        let seen = format!("{}{}", ran.stdout, ran.stderr);
        assert_eq!(settled(&desk, &seen), settled(&desk, &output), "{command}");
    }
}
