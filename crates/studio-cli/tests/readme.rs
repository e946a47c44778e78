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

/// The rows of a table of a document whose first cell is code: its cells, without marks.
fn table(text: &str, head: &str) -> Vec<Vec<String>> {
    let rows = text.lines().skip_while(|line| *line != head).skip(2);
    let rows = rows.take_while(|line| line.starts_with("| `"));
    let cells = |row: &str| {
        let cells = row.trim_matches('|').split(" | ");
        cells.map(|cell| cell.trim().trim_matches('`').to_owned()).collect()
    };
    rows.map(cells).collect()
}

#[test]
fn the_rules_in_the_guide_are_those_of_the_gate() {
    let guide = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/manager.md");
    let guide = std::fs::read_to_string(guide).unwrap();
    let desk = Desk::new();
    let rules = |profile: &str| -> Vec<Vec<String>> {
        let rules = desk.run(&["check", "--rules", "--profile", profile]).out();
        let rows = rules.lines().skip(2).map(|row| {
            let (rule, rest) = row.split_once(' ').unwrap();
            let (level, meaning) = rest.trim_start().split_once(' ').unwrap();
            [rule, level, meaning.trim_start()].map(str::to_owned).to_vec()
        });
        rows.collect()
    };
    let expected = rules("ingest").into_iter().zip(rules("any")).map(|(mut ingest, any)| {
        assert_eq!(ingest[0], any[0]);
        ingest.insert(2, any[1].clone());
        ingest
    });
    let told = table(&guide, "| rule | `ingest` | `any` | what is wrong |");
    assert_eq!(told, expected.collect::<Vec<_>>());
    // Every reason against a release is there too, by its code.
    let reasons = table(&guide, "| reason | what is against it |");
    let reasons: Vec<_> = reasons
        .iter()
        .flat_map(|row| row[0].split(", "))
        .map(|code| code.replace('`', ""))
        .collect();
    let source = include_str!("../../studio-core/src/release/obstacle.rs");
    let codes = source.lines().filter_map(|line| line.split_once(" => \"")?.1.strip_suffix("\","));
    let known: Vec<_> = codes.collect();
    assert!(known.contains(&"no-pick"), "{known:?}");
    assert_eq!(reasons, known);
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
