//! Names as people give them.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

use proptest::prelude::*;

use super::*;

/// Artist, album, disc, number, title.
fn told(key: &str) -> (String, String, u16, u16, String) {
    let Layout { artist, album, disc, number, title, .. } = read(key);
    (artist.unwrap_or_default(), album.unwrap_or_default(), disc, number, title)
}

#[track_caller]
fn check(key: &str, artist: &str, album: &str, disc: u16, number: u16, title: &str) {
    let expected = (artist.to_owned(), album.to_owned(), disc, number, title.to_owned());
    assert_eq!(told(key), expected, "{key}");
}

#[test]
fn the_layout_of_most_libraries_is_read() {
    check(
        "Khruangbin/Con Todo El Mundo/03 Maria También.wav",
        "Khruangbin",
        "Con Todo El Mundo",
        0,
        3,
        "Maria También",
    );
    check("A/B/01. Title.flac", "A", "B", 0, 1, "Title");
    check("A/B/01 - A - Title.flac", "A", "B", 0, 1, "Title");
    check("A/B/A - B - 07 - Title.flac", "A", "B", 0, 7, "Title");
    check("A/B/1-05 Title.mp3", "A", "B", 1, 5, "Title");
    check("A/B/2.11 Title.mp3", "A", "B", 2, 11, "Title");
    check("A/B/12 Title.mp3", "A", "B", 0, 12, "Title");
    check("A/B/7) Title.mp3", "A", "B", 0, 7, "Title");
    check("A/B/A1 Title.mp3", "A", "B", 1, 1, "Title");
    check("A/B/D3. Title.mp3", "A", "B", 4, 3, "Title");
    check("Music/A/B/05 Title.ogg", "A", "B", 0, 5, "Title");
}

#[test]
fn discs_have_directories_of_their_own() {
    check("A/B/CD1/01 T.wav", "A", "B", 1, 1, "T");
    check("A/B/Disc 2/01 T.wav", "A", "B", 2, 1, "T");
    check("A/B/disk_03 - Live/01 T.wav", "A", "B", 3, 1, "T");
    // Without an album above it, it is one.
    check("CD1/01 T.wav", "CD1", "", 0, 1, "T");
    check("A/Disco 2000/01 T.wav", "A", "Disco 2000", 0, 1, "T");
    assert_eq!(album_directory("A/B/CD1/x.jpg"), "A/B");
    assert_eq!(album_directory("A/B/x.jpg"), "A/B");
    assert_eq!(album_directory("x.jpg"), "");
}

#[test]
fn titles_that_look_like_numbers_stay() {
    check("Dave Brubeck/15_8.wav", "Dave Brubeck", "", 0, 0, "15/8");
    check("A/B/03 15_8.wav", "A", "B", 0, 3, "15/8");
    check("A/B/15_8.wav", "A", "B", 0, 0, "15/8");
    check("A/B/04_15_8.wav", "A", "B", 0, 4, "15/8");
    check("A/B/7 Rings.wav", "A", "B", 0, 0, "7 Rings");
    check("A/99 Problems.wav", "A", "", 0, 0, "99 Problems");
    check("A/B/1979.wav", "A", "B", 0, 0, "1979");
    check("A/B/01.wav", "A", "B", 0, 0, "01");
    check("A/B/7-11.wav", "A", "B", 0, 0, "7-11");
}

#[test]
fn underscores_stand_for_what_names_cannot_have() {
    check("The_Band/The_Album/01_The_Title.wav", "The Band", "The Album", 0, 1, "The Title");
    check("A/B/02 What_ever now.wav", "A", "B", 0, 2, "What_ever now");
    assert_eq!(clean("a\u{7}b\n\n c "), "a b c");
}

#[test]
fn years_are_told_from_albums() {
    let year = |key: &str| {
        let layout = read(key);
        (layout.year.map(ReleaseDate::year), layout.album.unwrap())
    };
    assert_eq!(year("A/(2018) B/x.wav"), (Some(2018), "B".into()));
    assert_eq!(year("A/[1999] B/x.wav"), (Some(1999), "B".into()));
    assert_eq!(year("A/B (2018)/x.wav"), (Some(2018), "B".into()));
    assert_eq!(year("A/2018 - B/x.wav"), (Some(2018), "B".into()));
    assert_eq!(year("A/1989/x.wav"), (None, "1989".into()));
    assert_eq!(year("A/(1989)/x.wav"), (None, "(1989)".into()));
    assert_eq!(year("A/B (2018 Remaster)/x.wav"), (None, "B (2018 Remaster)".into()));
}

#[test]
fn artists_of_collections_stand_in_the_name() {
    check("Various Artists/Sun/03 - Guest - Title.mp3", "Guest", "Sun", 0, 3, "Title");
    check("Somebody - Something.mp3", "Somebody", "", 0, 0, "Something");
    check("A/B/03 Part 1 - Intro.mp3", "A", "B", 0, 3, "Part 1 - Intro");
    check("../../etc/01 passwd.wav", "etc", "", 0, 1, "passwd");
    check("x.wav", "", "", 0, 0, "x");
}

proptest! {
    #[test]
    fn anything_is_read(key in "\\PC{0,60}|[A-D0-9 ._/()-]{0,30}") {
        let layout = read(&key);
        prop_assert!(!layout.title.contains(char::is_control));
        prop_assert_eq!(clean(&layout.title), layout.title.clone());
    }

    #[test]
    fn what_is_laid_out_is_read_back(
        artist in "[E-Z][a-z]{1,8}( [A-Z][a-z]{1,8})?", album in "[E-Z][a-z]{2,8}",
        title in "[E-Z][a-z]{1,8}( [a-z]{1,8})?", disc in 1..20u16, number in 1..100u16,
    ) {
        let key = format!("{artist}/{album}/{disc}-{number:02} {title}.flac");
        prop_assert_eq!(told(&key), (artist.clone(), album.clone(), disc, number, title.clone()));
        let key = format!("{artist}/{album}/CD{disc}/{number:02} {title}.flac");
        prop_assert_eq!(told(&key), (artist, album, disc, number, title));
    }
}
