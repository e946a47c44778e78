//! Slugs: what they are made of, and that every name has one.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

use proptest::prelude::*;
use studio_domain::{MAX_SLUG_CHARS, Slug};

fn slug(name: &str) -> String {
    Slug::from_name(name).to_string()
}

#[test]
fn a_slug_spells_the_name_in_ascii() {
    assert_eq!(slug("Evan Enters the Third Room"), "evan-enters-the-third-room");
    assert_eq!(slug("DJ's Drums"), "djs-drums");
    assert_eq!(slug("DJ’s Drums"), "djs-drums");
    assert_eq!(slug("take_three"), "take-three");
    assert_eq!(slug("Straße"), "strasse");
    assert_eq!(slug("Привет"), "privet");
    assert_eq!(slug("  --Mix--  "), "mix");
    assert_eq!(slug("../../etc/passwd"), "etc-passwd");
    assert_eq!(slug("a%2Fb?c#d"), "a-2fb-c-d");
}

#[test]
fn every_script_gives_some_slug() {
    for name in ["🎸", "🎸🔥", "שלום", "初音ミク", "عود", "ไทย", "한글"] {
        let slug = slug(name);
        assert!(slug.bytes().any(|byte| byte.is_ascii_alphanumeric()), "{name}: {slug}");
    }
    for name in ["..", "/", "---", "?!", "'", "\u{200B}", "\u{E000}", ""] {
        assert_eq!(slug(name), "untitled", "{name:?}");
    }
}

#[test]
fn a_long_name_is_cut_at_no_hyphen() {
    assert_eq!(slug(&"x".repeat(500)).len(), MAX_SLUG_CHARS);
    // The 80th character would be a hyphen.
    let name = format!("{} tail", "x".repeat(MAX_SLUG_CHARS - 1));
    assert_eq!(slug(&name), "x".repeat(MAX_SLUG_CHARS - 1));
}

#[test]
fn the_second_of_a_name_is_numbered() {
    let second = Slug::from_name("Drums").numbered(2);
    assert_eq!(second.as_str(), "drums-2");
    assert_eq!(second.as_str().parse::<Slug>().unwrap(), second);
}

#[test]
fn what_is_no_slug_is_refused() {
    for text in ["", "-", "a-", "-a", "a--b", "Drums", "a b", "a_b", "é", "a/b", "a\n"] {
        let error = text.parse::<Slug>().unwrap_err().to_string();
        assert!(error.starts_with(&format!("`{text}` is not a slug")), "{error}");
    }
}

proptest! {
    #[test]
    fn every_text_gives_a_slug_that_parses(name in any::<String>(), n in any::<u64>()) {
        let slug = Slug::from_name(&name);
        prop_assert!((1..=MAX_SLUG_CHARS).contains(&slug.as_str().len()));
        prop_assert_eq!(slug.as_str().parse::<Slug>().unwrap(), slug.clone());
        let numbered = slug.numbered(n);
        prop_assert_eq!(numbered.to_string().parse::<Slug>().unwrap(), numbered);
    }

    #[test]
    fn a_slug_is_its_own_slug(name in any::<String>()) {
        let slug = Slug::from_name(&name);
        prop_assert_eq!(Slug::from_name(slug.as_str()), slug);
    }

    #[test]
    fn only_slugs_parse(text in "[a-cA-C0-1 _-]{0,8}|\\PC*") {
        if let Ok(slug) = text.parse::<Slug>() {
            prop_assert_eq!(slug.as_str(), &text);
            prop_assert!(text.split('-').all(|group| !group.is_empty()));
            prop_assert!(text.chars().all(|c| matches!(c, 'a'..='z' | '0'..='9' | '-')));
        }
    }
}
