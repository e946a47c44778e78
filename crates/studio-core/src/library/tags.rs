//! What a piece is called: by its tags, and by its names where these say nothing.

use studio_audio::probe::Tags;
use studio_domain::{
    AlbumTitle, ArtistName, GenreName, MAX_NAME_CHARS, NameError, Position, RecordingTitle,
    ReleaseDate,
};

use super::layout::{Layout, is_various};

/// What an artist is called of whom nothing is known.
pub const UNKNOWN_ARTIST: &str = "Unknown Artist";
/// What a piece is called that has no name.
const UNTITLED: &str = "Untitled";

/// What is known of a piece of music.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Described {
    /// Whose it is.
    pub artist: ArtistName,
    /// What it is called.
    pub title: RecordingTitle,
    /// The album, and whose that is.
    pub album: Option<(ArtistName, AlbumTitle)>,
    /// Where on that.
    pub position: Position,
    /// When it came out.
    pub released: Option<ReleaseDate>,
    /// The kind of music: the first of several that the tags tell.
    pub genre: Option<GenreName>,
}

/// Describes a piece by its tags, and by its names where these say nothing that can be used.
///
/// # Errors
/// None in fact: there is always a name that can be one.
pub fn describe(layout: &Layout, tags: &Tags) -> Result<Described, NameError> {
    let artist = [&tags.artist, &tags.album_artist, &layout.artist];
    let artist = match first(&artist, ArtistName::new) {
        Some(artist) => artist,
        None => ArtistName::new(UNKNOWN_ARTIST)?,
    };
    let title = match first(&[&tags.title, &Some(layout.title.clone())], RecordingTitle::new) {
        Some(title) => title,
        None => RecordingTitle::new(UNTITLED)?,
    };
    let album = first(&[&tags.album, &layout.album], AlbumTitle::new).map(|album| {
        let of_album = first(&[&tags.album_artist], ArtistName::new);
        let of_album = of_album.or_else(|| shared_artist(layout, &artist));
        (of_album.unwrap_or_else(|| artist.clone()), album)
    });
    let position = Position {
        disc: tags.disc_number.and_then(counted).unwrap_or(layout.disc),
        number: tags.track_number.and_then(counted).unwrap_or(layout.number),
    };
    let released = tags.date.as_deref().and_then(date).or(layout.year);
    let genre = tags.genre.as_deref().and_then(genre);
    Ok(Described { artist, title, album, position, released, genre })
}

/// The first genre of a tag's text; several are told apart by `;`, `/`, `,` or a zero (as ID3 has
/// them). A genre that is only a number, as in old ID3 tags (`(17)`), tells nothing.
fn genre(text: &str) -> Option<GenreName> {
    let said = |part: &&str| part.chars().any(char::is_alphabetic);
    let first = text.split([';', '/', ',', '\0']).map(str::trim).find(said)?;
    name(first, GenreName::new)
}

/// Whose an album is whose tags do not say: of the directory's artist, where that is a name for
/// many, or the one who has guests on a piece (`Artist feat. Guest`).
fn shared_artist(layout: &Layout, artist: &ArtistName) -> Option<ArtistName> {
    let folder = layout.folder_artist.as_deref()?;
    let name = name(folder, ArtistName::new)?;
    let has_guests = artist
        .key()
        .strip_prefix(name.key())
        .is_some_and(|rest| rest.starts_with([' ', ',', ';', '/', '&']));
    (is_various(folder) || has_guests || name.key() == artist.key()).then_some(name)
}

/// The first of some texts that can be a name.
fn first<T>(texts: &[&Option<String>], new: fn(&str) -> Result<T, NameError>) -> Option<T> {
    texts.iter().filter_map(|text| text.as_deref()).find_map(|text| name(text, new))
}

/// A text as a name: without what breaks lines, and no longer than names are.
fn name<T>(text: &str, new: fn(&str) -> Result<T, NameError>) -> Option<T> {
    // A tag can hold 64 KiB; all that counts stands at its start.
    let start = text.chars().take(8 * MAX_NAME_CHARS);
    let text: String = start.map(|c| if breaks_line(c) { ' ' } else { c }).collect();
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    // Characters can become more by normalisation, up to three of one (UAX #15).
    [usize::MAX, MAX_NAME_CHARS, MAX_NAME_CHARS / 3]
        .into_iter()
        .find_map(|most| new(&words.chars().take(most).collect::<String>()).ok())
}

fn breaks_line(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')
}

/// A number that counts something.
fn counted(number: u32) -> Option<u16> {
    u16::try_from(number).ok().filter(|number| *number > 0)
}

/// The day at the start of a tag's text: `2018`, `2018-01-26`, `2018-01-26T10:00`, `20180126`.
/// Of a day that is none the year is taken.
pub fn date(text: &str) -> Option<ReleaseDate> {
    let text = text.trim();
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    if digits == 8 {
        let number = |from: usize, to: usize| text.get(from..to)?.parse::<u16>().ok();
        let (month, day) = (number(4, 6)?, number(6, 8)?);
        let small = |number: u16| u8::try_from(number).ok();
        let year = number(0, 4)?;
        return ReleaseDate::new(year, small(month), small(day))
            .or_else(|| ReleaseDate::new(year, None, None));
    }
    let parsed = [10, 7, 4].into_iter().find_map(|length| text.get(..length)?.parse().ok());
    parsed.filter(|_| digits == 4)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test's way to fail")]

    use proptest::prelude::*;

    use super::super::layout;
    use super::*;

    fn tags(change: impl FnOnce(&mut Tags)) -> Tags {
        let mut tags = Tags::default();
        change(&mut tags);
        tags
    }

    #[test]
    fn tags_come_before_names() {
        let layout = layout::read("Folder Artist/Folder Album (2001)/CD2/03 Folder Title.flac");
        let by_names = describe(&layout, &Tags::default()).unwrap();
        assert_eq!(by_names.artist.as_str(), "Folder Artist");
        assert_eq!(by_names.title.as_str(), "Folder Title");
        assert_eq!(by_names.album.unwrap().1.as_str(), "Folder Album");
        assert_eq!(by_names.position, Position { disc: 2, number: 3 });
        assert_eq!(by_names.released.unwrap().to_string(), "2001");
        assert_eq!(by_names.genre, None);

        let said = tags(|tags| {
            tags.artist = Some("Artist feat. Guest".into());
            tags.album_artist = Some("Artist".into());
            tags.title = Some(" A\nTitle ".into());
            tags.album = Some("Album".into());
            (tags.track_number, tags.disc_number) = (Some(7), Some(0));
            tags.date = Some("2018-01-26T00:00:00Z".into());
            tags.genre = Some("(17)/ Soul;Funk".into());
        });
        let by_tags = describe(&layout, &said).unwrap();
        assert_eq!(by_tags.artist.as_str(), "Artist feat. Guest");
        assert_eq!(by_tags.title.as_str(), "A Title");
        let (of, album) = by_tags.album.unwrap();
        assert_eq!((of.as_str(), album.as_str()), ("Artist", "Album"));
        // Disc 0 says nothing.
        assert_eq!(by_tags.position, Position { disc: 2, number: 7 });
        assert_eq!(by_tags.released.unwrap().to_string(), "2018-01-26");
        assert_eq!(by_tags.genre.unwrap().as_str(), "Soul");
    }

    #[test]
    fn an_album_of_many_has_one_artist() {
        let of = |key: &str, artist: &str| {
            let said = tags(|tags| tags.artist = Some(artist.to_owned()));
            describe(&layout::read(key), &said).unwrap().album.unwrap().0.as_str().to_owned()
        };
        assert_eq!(of("Various Artists/Sun/01 T.mp3", "Guest"), "Various Artists");
        assert_eq!(of("Leon/Texas/01 T.mp3", "LEON & Khruangbin"), "Leon");
        assert_eq!(of("Music/Downloads/01 T.mp3", "Khruangbin"), "Khruangbin");
        assert_eq!(of("Leon/Texas/01 T.mp3", "Leonard"), "Leonard");
    }

    #[test]
    fn dates_are_taken_as_far_as_they_make_sense() {
        let shown = |text: &str| date(text).map(|date| date.to_string());
        assert_eq!(shown("2018").unwrap(), "2018");
        assert_eq!(shown("2018-02-30").unwrap(), "2018-02");
        assert_eq!(shown("20180126").unwrap(), "2018-01-26");
        assert_eq!(shown("20189999").unwrap(), "2018");
        for none in ["", "19", "0000", "next year", "26.01.2018", "201801", "ä018"] {
            assert_eq!(shown(none), None, "{none}");
        }
    }

    proptest! {
        #[test]
        fn whatever_is_said_there_is_a_name(
            key in "\\PC{0,40}", text in "(?s).{0,300}", number in any::<u32>(),
        ) {
            let said = tags(|tags| {
                for tag in [&mut tags.artist, &mut tags.title, &mut tags.album, &mut tags.date] {
                    *tag = Some(text.clone());
                }
                tags.genre = Some(text.clone());
                tags.track_number = Some(number);
            });
            prop_assert!(describe(&layout::read(&key), &said).is_ok());
        }
    }
}
