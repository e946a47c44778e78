//! What the names `Artist/Album/NN Title.ext` tell. Pure, and total: of any text something can
//! be made.

use studio_domain::ReleaseDate;

/// What a key tells of a piece of music.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Layout {
    /// The artist: the directory above the album's, or what stands before ` - ` in the name.
    pub artist: Option<String>,
    /// The artist whose directory it lies in.
    pub folder_artist: Option<String>,
    /// The album: the directory of the file, without that of a disc.
    pub album: Option<String>,
    /// The year that stands in the name of the album's directory.
    pub year: Option<ReleaseDate>,
    /// The disc, from its directory or from `1-05 Title`; 0 where there is none.
    pub disc: u16,
    /// The number before the title; 0 where there is none.
    pub number: u16,
    /// What is left.
    pub title: String,
}

/// What a key without the prefix of its library tells.
pub fn read(key: &str) -> Layout {
    let mut parts: Vec<&str> =
        key.split('/').filter(|part| !matches!(part.trim(), "" | "." | "..")).collect();
    let file = parts.pop().unwrap_or_default();
    let mut layout = Layout::default();
    // A disc's directory stands below an album's: alone it is the album itself.
    if parts.len() > 1
        && let Some(disc) = parts.last().and_then(|part| disc_of(part))
    {
        layout.disc = disc;
        parts.pop();
    }
    let (artist, album) = match parts.as_slice() {
        [] => (None, None),
        [artist] => (Some(*artist), None),
        [.., artist, album] => (Some(*artist), Some(*album)),
    };
    layout.folder_artist = artist.map(clean).filter(|artist| !artist.is_empty());
    if let Some(album) = album.map(clean) {
        let (year, album) = year_of(&album);
        (layout.year, layout.album) = (year, Some(album).filter(|album| !album.is_empty()));
    }
    read_file(stem(file), &mut layout);
    layout
}

/// The directory that a disc's directory stands in, or the key's own directory.
pub(super) fn album_directory(key: &str) -> &str {
    let directory = directory_of(key);
    let (above, last) = directory.rsplit_once('/').unwrap_or(("", directory));
    match !above.is_empty() && disc_of(last).is_some() {
        true => above,
        false => directory,
    }
}

/// What stands before the last slash of a key.
pub(super) fn directory_of(key: &str) -> &str {
    key.rsplit_once('/').map_or("", |(directory, _)| directory)
}

/// The name of a file without what follows its last dot, if that can be an extension.
fn stem(file: &str) -> &str {
    match file.rsplit_once('.') {
        Some((stem, extension)) if !stem.is_empty() && extension.len() <= 5 => stem,
        _ => file,
    }
}

fn read_file(stem: &str, layout: &mut Layout) {
    let is_various = layout.folder_artist.as_deref().is_some_and(is_various);
    let mut rest = stem.trim();
    let mut numbered = false;
    // The artist, the album and the number may stand before the title in any order.
    for _ in 0..4 {
        let before = rest;
        for known in [&layout.folder_artist, &layout.album].into_iter().flatten() {
            rest = without_prefix(rest, known);
        }
        if !numbered && let Some((disc, number, title)) = number_of(rest, layout.album.is_some()) {
            (layout.number, rest, numbered) = (number, title, true);
            layout.disc = if disc > 0 { disc } else { layout.disc };
        }
        if rest == before {
            break;
        }
    }
    if (is_various || layout.folder_artist.is_none())
        && let Some((artist, title)) = rest.split_once(" - ")
        && !clean(artist).is_empty()
        && !clean(title).is_empty()
    {
        layout.artist = Some(clean(artist));
        rest = title;
    }
    layout.artist = layout.artist.take().or_else(|| layout.folder_artist.clone());
    let title = Some(clean(rest)).filter(|title| !title.is_empty());
    layout.title = title.unwrap_or_else(|| clean(stem));
}

/// Whether a directory is one for pieces of many artists.
pub(super) fn is_various(artist: &str) -> bool {
    let artist = artist.to_lowercase();
    ["various artists", "various", "va", "v.a.", "compilations"].contains(&artist.as_str())
}

/// A text without `Known - ` before it, in whatever case.
fn without_prefix<'a>(text: &'a str, known: &str) -> &'a str {
    match text.split_once(" - ") {
        Some((first, rest))
            if !rest.trim().is_empty() && clean(first).to_lowercase() == known.to_lowercase() =>
        {
            rest.trim_start()
        }
        _ => text,
    }
}

/// `CD1`, `CD 1`, `Disc 2`, `disk02`, `Disc 2 - Live`: the number.
fn disc_of(directory: &str) -> Option<u16> {
    let lower = directory.trim().to_ascii_lowercase();
    let rest = ["cd", "disc", "disk"].iter().find_map(|word| lower.strip_prefix(word))?;
    let rest = rest.trim_start_matches([' ', '_', '-', '.']);
    let (number, rest) = digits(rest, 2)?;
    let ends = rest.is_empty() || rest.starts_with([' ', '-', '_', ':', '(', '[', '.']);
    (ends && number > 0).then_some(number)
}

/// The number before a title, with its disc: `01 `, `01. `, `1-05 `, `01 - `, `01_`, `A1 `.
///
/// Without anything between but a space, only two digits on an album are a number: `7 Rings`
/// and a single called `99 Problems` are titles. `15_8` is one too.
fn number_of(text: &str, on_album: bool) -> Option<(u16, u16, &str)> {
    if let Some(side) = vinyl(text) {
        return Some(side);
    }
    let (first, rest) = digits(text, 3)?;
    let length = text.len() - rest.len();
    if let Some((number, title)) = rest.strip_prefix(['-', '.']).and_then(|rest| digits(rest, 2))
        && length <= 2
        && text.len() - title.len() >= length + 3
        && let Some(title) = behind_separator(title)
    {
        return Some((first, number, title));
    }
    let padded = text.starts_with('0') && length > 1;
    let by_sign = rest.trim_start().starts_with(['.', ')', '-', ']']);
    let by_space = rest.starts_with(' ') && (padded || (length == 2 && on_album));
    let by_underscore = rest.starts_with('_')
        && (padded || !rest[1..].starts_with(|c: char| c.is_ascii_digit()))
        && (padded || length == 2);
    if !by_sign && !by_space && !by_underscore {
        return None;
    }
    // `1.5 Million` and `7-11` are no numbers with a sign behind them.
    if by_sign && rest.len() > 1 && rest[1..].starts_with(|c: char| c.is_ascii_digit()) && !padded {
        return None;
    }
    behind_separator(rest).map(|title| (0, first, title))
}

/// `A1 Title`: the side stands for the disc, so that sides keep their order.
fn vinyl(text: &str) -> Option<(u16, u16, &str)> {
    let side = text.bytes().next().filter(|side| (b'A'..=b'D').contains(side))?;
    let (number, rest) = digits(text.get(1..)?, 1)?;
    let title = behind_separator(rest)?;
    (number > 0).then_some((u16::from(side - b'A') + 1, number, title))
}

/// What stands behind the signs that part a number from a title; something must.
fn behind_separator(rest: &str) -> Option<&str> {
    let title = rest.trim_start_matches([' ', '.', '-', '_', ')', ']', '–']);
    (title.len() < rest.len() && !title.is_empty()).then_some(title)
}

/// The digits at the start of a text, at most so many, and what follows.
fn digits(text: &str, most: usize) -> Option<(u16, &str)> {
    let length = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, rest) = text.split_at(length);
    ((1..=most).contains(&length)).then_some((number.parse().ok()?, rest))
}

/// `(2018) Album`, `[2018] Album`, `2018 - Album`, `Album (2018)`: the year, and the rest.
fn year_of(album: &str) -> (Option<ReleaseDate>, String) {
    let year = |text: &str| {
        let plausible = text.len() == 4 && text.bytes().all(|b| b.is_ascii_digit());
        let year: u16 =
            text.parse().ok().filter(|year| plausible && (1877..=2199).contains(year))?;
        ReleaseDate::new(year, None, None)
    };
    let brackets = [('(', ')'), ('[', ']')];
    let before = brackets.iter().find_map(|(open, close)| {
        let (inner, rest) = album.strip_prefix(*open)?.split_once(*close)?;
        Some((year(inner)?, rest.trim_start_matches([' ', '-', '_'])))
    });
    let behind = || {
        brackets.iter().find_map(|(open, close)| {
            let (rest, inner) = album.strip_suffix(*close)?.rsplit_once(*open)?;
            Some((year(inner)?, rest.trim_end()))
        })
    };
    let dashed = || {
        let (first, rest) = album.split_once(" - ")?;
        Some((year(first)?, rest.trim_start()))
    };
    match before.or_else(behind).or_else(dashed) {
        Some((year, rest)) if !rest.is_empty() => (Some(year), rest.to_owned()),
        _ => (None, album.to_owned()),
    }
}

/// A name from a path as people write it: an underscore between digits stands for a slash, which
/// no file's name can have; others stand for spaces where there are none. What breaks lines is
/// a space, and many spaces are one.
pub fn clean(text: &str) -> String {
    let is_blank = |c: char| c.is_control() || c.is_whitespace();
    let text = text.trim_matches(is_blank);
    let spaced = text.contains(is_blank);
    let characters: Vec<char> = text.chars().collect();
    let digit_at =
        |at: Option<usize>| at.and_then(|at| characters.get(at)).is_some_and(char::is_ascii_digit);
    let mut out = String::with_capacity(text.len());
    for (at, character) in characters.iter().enumerate() {
        let shown = match character {
            '_' if digit_at(at.checked_sub(1)) && digit_at(at.checked_add(1)) => '/',
            '_' if !spaced => ' ',
            c if is_blank(*c) => ' ',
            c => *c,
        };
        if !(shown == ' ' && (out.is_empty() || out.ends_with(' '))) {
            out.push(shown);
        }
    }
    out.truncate(out.trim_end().len());
    out
}

#[cfg(test)]
#[path = "layout_tests.rs"]
mod tests;
