//! Names of files that are handed on, as the Producers & Engineers Wing of the Recording
//! Academy asks for: ASCII letters and digits, parts joined by `_`.

use deunicode::deunicode;

use crate::{ArtistName, SongTitle};

/// The most characters of a title or a track's name in a file name.
const MOST_CHARS: usize = 20;
/// The most letters that stand for an artist.
const MOST_INITIALS: usize = 4;

/// The letters that stand for an artist: the first of each word, of one word the first two.
pub fn initials(artist: &ArtistName) -> String {
    let words = words(artist.as_str());
    let letters: String = match words.as_slice() {
        [] => "X".to_owned(),
        [word] => word.chars().take(2).collect(),
        words => words.iter().filter_map(|word| word.chars().next()).take(MOST_INITIALS).collect(),
    };
    letters.to_ascii_uppercase()
}

/// A song's title in camel case: as many whole words as go into 20 characters, at least
/// the beginning of the first.
pub fn short_title(song: &SongTitle) -> String {
    camel_case(song.as_str())
}

/// Any name in camel case, cut as a title is.
pub fn camel_case(name: &str) -> String {
    let mut text = String::new();
    for word in words(name) {
        let mut letters = word.chars();
        let first = letters.next().map(|first| first.to_ascii_uppercase());
        let word: String = first.into_iter().chain(letters).collect();
        match text.is_empty() {
            true => text.extend(word.chars().take(MOST_CHARS)),
            false if text.len() + word.len() > MOST_CHARS => break,
            false => text.push_str(&word),
        }
    }
    if text.is_empty() { "Untitled".to_owned() } else { text }
}

/// Sample rate and bits, as in `48k24`, `44k16`, `96k32f`; what is less than a kHz is left
/// out.
pub fn rate_and_depth(sample_rate: u32, bits: u16, float: bool) -> String {
    let kind = if float { "f" } else { "" };
    format!("{}k{bits}{kind}", sample_rate / 1000)
}

/// Words of ASCII letters and digits; an apostrophe ends none.
fn words(name: &str) -> Vec<String> {
    let ascii = deunicode(name).replace(['\'', '\u{2019}'], "");
    let words = ascii.split(|c: char| !c.is_ascii_alphanumeric());
    words.filter(|word| !word.is_empty()).map(str::to_owned).collect()
}
