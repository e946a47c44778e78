//! Names of files that are handed on.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

use proptest::prelude::*;
use studio_domain::delivery::{camel_case, initials, rate_and_depth, short_title};

#[test]
fn names_are_those_that_studios_expect() {
    let title = |title: &str| short_title(&title.parse().unwrap());
    assert_eq!(title("Evan Enters the Third Room"), "EvanEntersTheThird");
    assert_eq!(title("White Gloves"), "WhiteGloves");
    assert_eq!(title("Maria También"), "MariaTambien");
    assert_eq!(title("Supercalifragilisticexpialidocious"), "Supercalifragilistic");
    assert_eq!(title("???"), "Untitled");
    assert_eq!(camel_case("DJ's Drums"), "DJsDrums");
    let letters = |artist: &str| initials(&artist.parse().unwrap());
    assert_eq!(letters("Khruangbin"), "KH");
    assert_eq!(letters("Laura Lee"), "LL");
    assert_eq!(letters("a tribe called quest of five"), "ATCQ");
    assert_eq!(letters("!!!"), "X");
    assert_eq!(rate_and_depth(48_000, 24, false), "48k24");
    assert_eq!(rate_and_depth(44_100, 16, false), "44k16");
    assert_eq!(rate_and_depth(96_000, 32, true), "96k32f");
}

proptest! {
    #[test]
    fn any_name_is_safe_in_a_file_name(name in "\\PC{1,60}") {
        let safe = camel_case(&name);
        prop_assert!((1..=20).contains(&safe.len()), "{safe}");
        prop_assert!(safe.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{safe}");
    }
}
