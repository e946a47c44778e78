//! Names: what is taken, how it is kept, and when two are one.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

use proptest::prelude::*;
use studio_domain::{
    ArtistName, MAX_NAME_CHARS, NameKind, NameProblem, PersonName, ReleaseName, SongTitle,
    TrackName, VersionTag,
};

fn name(text: &str) -> ArtistName {
    ArtistName::new(text).unwrap()
}

fn key(text: &str) -> String {
    name(text).key().to_owned()
}

fn problem(text: &str) -> NameProblem {
    ArtistName::new(text).unwrap_err().problem
}

#[test]
fn a_name_is_shown_as_it_was_typed() {
    for text in
        ["Björk", "DJ's Drums", "ЯЩИК", "שלום", "初音ミク", "🎸🔥", "../../etc/passwd", "a\\b"]
    {
        assert_eq!(name(text).to_string(), text);
        assert_eq!(name(text).as_str(), text);
    }
    assert_eq!(format!("{:>4}|{:<4}|", name("ab"), name("cd")), "  ab|cd  |");
}

#[test]
fn a_name_is_trimmed_and_composed() {
    assert_eq!(name(" \t take one \n").as_str(), "take one");
    assert_eq!(name("\u{3000}a  b\u{A0}").as_str(), "a  b");
    assert_eq!(name("Bjo\u{308}rk").as_str(), "Bj\u{F6}rk");
    // A Hangul syllable, spelt letter by letter.
    assert_eq!(name("\u{1112}\u{1161}\u{11AB}").as_str(), "\u{D55C}");
}

#[test]
fn a_name_has_one_to_two_hundred_characters() {
    assert_eq!(problem(""), NameProblem::Empty);
    assert_eq!(problem(" \t\r\n\u{2028}"), NameProblem::Empty);
    assert!(ArtistName::new("x").is_ok());
    assert!(ArtistName::new(&"é".repeat(MAX_NAME_CHARS)).is_ok());
    assert!(ArtistName::new(&"🎸".repeat(MAX_NAME_CHARS)).is_ok());
    assert_eq!(problem(&"é".repeat(MAX_NAME_CHARS + 1)), NameProblem::TooLong { chars: 201 });
    // Counted as it is kept: composed and trimmed.
    assert!(ArtistName::new(&"e\u{301}".repeat(MAX_NAME_CHARS)).is_ok());
    assert!(ArtistName::new(&format!("  {}  ", "x".repeat(MAX_NAME_CHARS))).is_ok());
}

#[test]
fn a_name_is_one_line_without_control_characters() {
    for found in ['\0', '\t', '\n', '\r', '\u{1B}', '\u{7F}', '\u{85}', '\u{2028}', '\u{2029}'] {
        let refused = problem(&format!(" ab{found}c"));
        assert_eq!(refused, NameProblem::ControlCharacter { found, position: 3 });
    }
    assert_eq!(problem("\u{7}bell"), NameProblem::ControlCharacter { found: '\u{7}', position: 1 });
}

#[test]
fn a_name_can_be_seen() {
    for invisible in [
        '\u{AD}',    // soft hyphen
        '\u{34F}',   // combining grapheme joiner
        '\u{61C}',   // Arabic letter mark
        '\u{115F}',  // Hangul choseong filler
        '\u{180E}',  // Mongolian vowel separator
        '\u{200B}',  // zero width space
        '\u{202E}',  // right-to-left override
        '\u{2060}',  // word joiner
        '\u{2800}',  // braille pattern blank
        '\u{3164}',  // Hangul filler
        '\u{FE0F}',  // variation selector-16
        '\u{FEFF}',  // byte order mark
        '\u{FFA0}',  // halfwidth Hangul filler
        '\u{1D173}', // musical symbol begin beam
        '\u{E0020}', // tag space
        '\u{E0100}', // variation selector-17
    ] {
        let code = u32::from(invisible);
        assert_eq!(problem(&invisible.to_string()), NameProblem::Invisible, "U+{code:04X}");
        assert_eq!(problem(&format!("{invisible} {invisible}")), NameProblem::Invisible);
        assert!(ArtistName::new(&format!("{invisible}a")).is_ok(), "U+{code:04X}");
    }
}

#[test]
fn an_error_says_which_name_and_why() {
    assert_eq!(ArtistName::new("").unwrap_err().to_string(), "the artist name is empty");
    assert_eq!(SongTitle::new("").unwrap_err().kind, NameKind::Song);
    assert_eq!(TrackName::new("").unwrap_err().kind, NameKind::Track);
    let error = VersionTag::new("a\nb").unwrap_err().to_string();
    assert_eq!(error, "the version tag has a control character (U+000A) at position 2");
    let error = TrackName::new("\u{200B}").unwrap_err().to_string();
    assert_eq!(error, "the track name has no visible character");
    let error = SongTitle::new(&"x".repeat(300)).unwrap_err().to_string();
    assert_eq!(error, "the song title has 300 characters, and at most 200 fit");
    let error = ReleaseName::new(" ").unwrap_err();
    assert_eq!(
        (error.kind, error.to_string()),
        (NameKind::Release, "the release name is empty".to_owned())
    );
    let error = PersonName::new("\u{200B}").unwrap_err();
    assert_eq!(error.kind, NameKind::Person);
    assert_eq!(error.to_string(), "the name of a person has no visible character");
}

#[test]
fn names_of_releases_and_of_people_are_names_like_others() {
    let release = ReleaseName::new(" Première 1.0 ").unwrap();
    assert_eq!((release.as_str(), release.key()), ("Première 1.0", "première 1.0"));
    assert_eq!(ReleaseName::new("PREMIE\u{300}RE 1.0").unwrap().key(), release.key());
    assert_ne!(ReleaseName::new("première 1").unwrap().key(), release.key());
    let person = PersonName::new("Ana  O'Brien-Núñez").unwrap();
    assert_eq!(person.to_string(), "Ana  O'Brien-Núñez");
    assert_eq!("ANA  o'brien-nÚÑEZ".parse::<PersonName>().unwrap().key(), person.key());
    for text in ["", "a\nb", "\u{200B}", &"x".repeat(MAX_NAME_CHARS + 1)] {
        let problem = ArtistName::new(text).unwrap_err().problem;
        assert_eq!(ReleaseName::new(text).unwrap_err().problem, problem, "{text:?}");
        assert_eq!(PersonName::new(text).unwrap_err().problem, problem, "{text:?}");
    }
}

#[test]
fn two_names_are_one_when_only_case_or_composition_differ() {
    for (one, other) in [
        ("Drums", "dRUMS"),
        ("Straße", "STRASSE"),
        ("Straße", "STRAẞE"),
        ("ΟΔΥΣΣΕΥΣ", "οδυσσευς"),
        ("σίσυφος", "ΣΊΣΥΦΟΣ"),
        ("ᾳ", "ΑΙ"),
        ("İ", "i\u{307}"),
        ("ЁЖ", "ёж"),
        ("Björk", "BJO\u{308}RK"),
        ("Å", "\u{212B}"),
        ("ﬁnal", "FINAL"),
    ] {
        assert_eq!(key(one), key(other), "{one} and {other}");
    }
}

#[test]
fn two_names_are_two_when_letters_or_accents_differ() {
    for (one, other) in [
        ("Bjork", "Björk"),
        ("ı", "i"),
        ("İ", "i"),
        ("е", "e"), // Cyrillic and Latin
        ("take 1", "take  1"),
        ("take-1", "take_1"),
        ("①", "1"),
    ] {
        assert_ne!(key(one), key(other), "{one} and {other}");
    }
}

#[test]
fn every_letter_is_the_same_in_both_cases() {
    for c in '\0'..=char::MAX {
        let (own, lower, upper) =
            (c.to_string(), c.to_lowercase().to_string(), c.to_uppercase().to_string());
        if lower != own {
            assert_eq!(key(&lower), key(&own), "U+{:04X}", u32::from(c));
        }
        // The capital of the dotless i is that of the other i; a key that serves every
        // language keeps the two apart.
        if upper != own && c != 'ı' {
            assert_eq!(key(&upper), key(&own), "U+{:04X}", u32::from(c));
        }
    }
}

#[test]
fn names_are_ordered_by_key_as_listings_are() {
    let mut names = ["beta", "Alpha", "ALPHA", "alpha 2", "Ära"].map(name);
    names.sort();
    let shown = names.each_ref().map(ArtistName::as_str);
    assert_eq!(shown, ["ALPHA", "Alpha", "alpha 2", "beta", "Ära"]);
}

proptest! {
    #[test]
    fn any_text_is_refused_or_kept_for_good(text in any::<String>()) {
        let Ok(name) = ArtistName::new(&text) else { return Ok(()) };
        let chars = name.as_str().chars().count();
        prop_assert!((1..=MAX_NAME_CHARS).contains(&chars));
        prop_assert_eq!(name.as_str().trim(), name.as_str());
        prop_assert!(!name.as_str().chars().any(char::is_control));
        prop_assert_eq!(&name.to_string(), name.as_str());
        prop_assert_eq!(name.to_string().parse::<ArtistName>().unwrap(), name);
    }

    #[test]
    fn a_key_is_its_own_key(text in any::<String>()) {
        if let Ok(Ok(again)) = ArtistName::new(&text).map(|name| ArtistName::new(name.key())) {
            prop_assert_eq!(again.key(), again.as_str());
        }
    }

    #[test]
    fn spaces_around_a_name_are_nothing(text in "[^\\p{C}]{0,40}", around in "[ \t\n\u{A0}]{0,3}") {
        let padded = ArtistName::new(&format!("{around}{text}{around}"));
        prop_assert_eq!(padded, ArtistName::new(&text));
    }

    #[test]
    fn case_changes_no_key(text in "[\\p{Lu}\\p{Ll}\\p{Lt}ßẞİΣς0-9 ]{1,40}") {
        prop_assume!(!text.contains('ı'));
        let Ok(name) = ArtistName::new(&text) else { return Ok(()) };
        let upper = ArtistName::new(&name.as_str().to_uppercase()).unwrap();
        let lower = ArtistName::new(&name.as_str().to_lowercase()).unwrap();
        prop_assert_eq!(upper.key(), name.key());
        prop_assert_eq!(lower.key(), name.key());
    }
}
