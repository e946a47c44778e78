//! Notes, and the places that choices are about.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

use proptest::prelude::*;
use studio_domain::{MAX_NOTE_CHARS, Note, NoteError, Selection, VersionPath};

fn note(text: &str) -> Note {
    Note::new(text).unwrap()
}

#[test]
fn a_note_is_kept_as_it_was_written() {
    for text in ["a", "two  words", "lines\n\nand\ttabs", "100% <b>\"é\"</b> 🎸", "e\u{301}"] {
        assert_eq!(note(text).as_str(), text);
        assert_eq!(note(text).to_string(), text);
        assert_eq!(text.parse::<Note>(), Ok(note(text)));
    }
    assert_eq!(format!("[{:>4}]", note("ab")), "[  ab]");
}

#[test]
fn a_note_is_trimmed_and_its_lines_end_in_one_way() {
    assert_eq!(note(" \r\n\ta b \u{3000}\n").as_str(), "a b");
    assert_eq!(note("unix\ndos\r\nold mac\rend").as_str(), "unix\ndos\nold mac\nend");
    assert_eq!(note("a\r\n\r\nb\r\r\nc\n\rd").as_str(), "a\n\nb\n\nc\n\nd");
}

#[test]
fn a_note_has_one_to_two_thousand_characters() {
    for text in ["", " ", "\r\n\t\u{A0}\u{2028}"] {
        assert_eq!(Note::new(text), Err(NoteError::Empty), "{text:?}");
    }
    assert!(Note::new(&"🎸".repeat(MAX_NOTE_CHARS)).is_ok());
    let padded = format!("\n {} \n", "é".repeat(MAX_NOTE_CHARS));
    assert_eq!(note(&padded).as_str().chars().count(), MAX_NOTE_CHARS);
    let long = Note::new(&"é".repeat(MAX_NOTE_CHARS + 1));
    assert_eq!(long, Err(NoteError::TooLong { chars: 2001 }));
    // Counted as it is kept: two characters that end a line are one.
    assert!(Note::new(&format!("{}x", "\r\n".repeat(MAX_NOTE_CHARS - 1))).is_ok());
    let lines = format!("x{}x", "\r\n".repeat(MAX_NOTE_CHARS - 2));
    assert_eq!(note(&lines).as_str().chars().count(), MAX_NOTE_CHARS);
}

#[test]
fn a_note_cannot_command_a_terminal() {
    for found in ['\0', '\u{7}', '\u{8}', '\u{B}', '\u{1B}', '\u{7F}', '\u{85}', '\u{9B}'] {
        let refused = Note::new(&format!("a{found}b"));
        assert_eq!(refused, Err(NoteError::ControlCharacter { found }));
    }
}

#[test]
fn what_is_no_note_is_told() {
    let told = |text: &str| Note::new(text).unwrap_err().to_string();
    assert_eq!(told(""), "the note is empty");
    assert_eq!(told(&"x".repeat(3000)), "the note has 3000 characters, and at most 2000 fit");
    assert_eq!(told("a\u{1B}[2Jb"), "the note has a control character (U+001B)");
}

#[test]
fn places_are_shown_as_phrases() {
    let version = VersionPath {
        artist: "Khruangbin".parse().unwrap(),
        song: "White Gloves".parse().unwrap(),
        track: "Bass".parse().unwrap(),
        tag: "take_1".parse().unwrap(),
    };
    let (track, song) = (version.track_path(), version.song_path());
    assert_eq!(track.to_string(), "Bass in \"White Gloves\" by Khruangbin");
    assert_eq!(song.to_string(), "\"White Gloves\" by Khruangbin");
    assert_eq!((&track.artist, &track.song), (&song.artist, &song.song));
    assert_eq!(
        (track.artist, track.song, track.track),
        (version.artist, version.song, version.track)
    );
}

#[test]
fn no_selection_is_everything() {
    assert_eq!(Selection::default(), Selection::ALL);
}

proptest! {
    #[test]
    fn any_text_is_refused_or_kept_for_good(
        text in any::<String>(),
        lines in "[a é🎸\r\n\t\u{1B}\u{2028}]{0,30}",
    ) {
        for text in [text, lines] {
            let Ok(note) = Note::new(&text) else { continue };
            let kept = note.as_str();
            prop_assert!((1..=MAX_NOTE_CHARS).contains(&kept.chars().count()));
            prop_assert_eq!(kept.trim(), kept);
            prop_assert!(!kept.chars().any(|c| c.is_control() && c != '\n' && c != '\t'));
            prop_assert_eq!(Note::new(kept), Ok(note.clone()));
        }
    }
}
