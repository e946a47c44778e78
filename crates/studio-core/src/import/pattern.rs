//! File names as patterns: `{song}/{track}_{version}.wav`.

use std::collections::HashSet;
use std::ops::Range;
use std::path::PathBuf;

use studio_domain::VersionPath;

/// How many ways to read one name are told; one with more is ambiguous anyway.
const MOST_READINGS: usize = 16;
/// The most bytes of one name in a directory, so that no field has more.
const MAX_NAME: usize = 255;
/// The most bytes of what follows the last dot of a name and is an extension still.
const MAX_EXTENSION: usize = 16;

/// What stands in braces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Field {
    Artist,
    Song,
    Track,
    Version,
}

impl Field {
    const ALL: [(&'static str, Self); 4] = [
        ("artist", Self::Artist),
        ("song", Self::Song),
        ("track", Self::Track),
        ("version", Self::Version),
    ];
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Text(String),
    Field(Field),
}

/// How the names of files tell what they are: fields in braces, and text between them.
///
/// A slash in it separates directories; no field reaches over one. Without an extension
/// it takes files of any, which is no part of a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    text: String,
    pieces: Vec<Piece>,
    any_extension: bool,
}

/// A text that is no pattern, and why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{}` is no pattern: {problem}", pattern.escape_debug())]
pub struct PatternError {
    pattern: String,
    problem: String,
}

/// One way to read a name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Reading {
    /// What stands for the artist.
    pub artist: Option<String>,
    /// What stands for the song.
    pub song: Option<String>,
    /// What stands for the track.
    pub track: Option<String>,
    /// What stands for the version tag.
    pub version: Option<String>,
}

impl Reading {
    fn slot(&mut self, field: Field) -> &mut Option<String> {
        match field {
            Field::Artist => &mut self.artist,
            Field::Song => &mut self.song,
            Field::Track => &mut self.track,
            Field::Version => &mut self.version,
        }
    }
}

impl std::fmt::Display for Pattern {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text)
    }
}

impl std::str::FromStr for Pattern {
    type Err = PatternError;

    fn from_str(text: &str) -> Result<Self, PatternError> {
        let pieces = parse(text);
        let pieces = pieces.and_then(|pieces| check(text, &pieces).map(|()| pieces));
        let error = |problem| PatternError { pattern: text.to_owned(), problem };
        let pieces = pieces.map_err(error)?;
        // A dot in the text behind the last slash begins an extension.
        let any_extension = match pieces.last() {
            Some(Piece::Text(last)) => !last.contains('.') || last.ends_with('/'),
            _ => true,
        };
        Ok(Self { text: text.to_owned(), pieces, any_extension })
    }
}

fn parse(text: &str) -> Result<Vec<Piece>, String> {
    let mut pieces = Vec::new();
    let mut plain = String::new();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '{' | '}' if chars.peek() == Some(&c) => {
                chars.next();
                plain.push(c);
            }
            '}' => return Err("it has a `}` without a `{`; a brace itself is `}}`".to_owned()),
            '{' => {
                let mut closed = false;
                let till_brace = |c: &char| {
                    closed = *c == '}';
                    !closed
                };
                let name: String = chars.by_ref().take_while(till_brace).collect();
                if !closed {
                    return Err("it has a `{` without a `}`; a brace itself is `{{`".to_owned());
                }
                let known = Field::ALL.iter().find(|(known, _)| *known == name);
                let Some((_, field)) = known else {
                    return Err(format!(
                        "`{{{name}}}` is none of {{artist}}, {{song}}, {{track}}, {{version}}"
                    ));
                };
                if !plain.is_empty() {
                    pieces.push(Piece::Text(std::mem::take(&mut plain)));
                }
                pieces.push(Piece::Field(*field));
            }
            c => plain.push(c),
        }
    }
    if !plain.is_empty() {
        pieces.push(Piece::Text(plain));
    }
    Ok(pieces)
}

fn check(text: &str, pieces: &[Piece]) -> Result<(), String> {
    for (n, piece) in pieces.iter().enumerate() {
        if let Piece::Field(_) = piece {
            if pieces[..n].contains(piece) {
                return Err("a field stands in it twice".to_owned());
            }
            if let Some(Piece::Field(_)) = pieces.get(n + 1) {
                return Err("nothing tells where one of its fields ends".to_owned());
            }
        }
    }
    if text.starts_with('/') || text.split('/').any(|part| matches!(part, "" | "." | "..")) {
        return Err("it is a path below the directory, without empty parts or dots".to_owned());
    }
    if text.chars().any(char::is_control) {
        return Err("it has a control character".to_owned());
    }
    match pieces.iter().any(|piece| matches!(piece, Piece::Field(_))) {
        true => Ok(()),
        false => Err("it has no field".to_owned()),
    }
}

impl Pattern {
    /// Every way in which a path below the directory (its parts joined by slashes) can be
    /// read, up to a bound: none if it does not fit, more than one if it is ambiguous.
    pub fn read(&self, path: &str) -> Vec<Reading> {
        let stem = match self.any_extension {
            true => without_extension(path),
            false => path,
        };
        let mut walk = Walk {
            whole: stem,
            any_extension: self.any_extension,
            fields: Vec::new(),
            found: Vec::new(),
            dead: HashSet::new(),
        };
        walk.from(&self.pieces, 0);
        walk.found
    }

    /// The path, below a directory, that a version's file gets; `extension` is added if the
    /// pattern has none. What cannot stand in a file's name is replaced by `_`, so that
    /// different versions can come to one path.
    pub fn write(&self, version: &VersionPath, extension: Option<&str>) -> PathBuf {
        let mut path = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Text(text) => path.push_str(text),
                Piece::Field(Field::Artist) => path.push_str(&as_name(version.artist.as_str())),
                Piece::Field(Field::Song) => path.push_str(&as_name(version.song.as_str())),
                Piece::Field(Field::Track) => path.push_str(&as_name(version.track.as_str())),
                Piece::Field(Field::Version) => path.push_str(&as_name(version.tag.as_str())),
            }
        }
        let extension = extension.filter(|text| self.any_extension && is_extension(text));
        let parts: Vec<&str> = path.split('/').collect();
        let last = parts.len() - 1;
        let parts = parts.iter().enumerate().map(|(n, part)| match n == last {
            true => file_name(part, extension),
            false => file_name(part, None),
        });
        parts.collect()
    }
}

/// A path without what follows the last dot of its last part, if that is an extension.
fn without_extension(path: &str) -> &str {
    let name = path.rfind('/').map_or(0, |slash| slash + 1);
    match path[name..].rfind('.') {
        Some(dot) if dot > 0 && is_extension(&path[name + dot + 1..]) => &path[..name + dot],
        _ => path,
    }
}

/// Whether a text behind a dot tells the kind of a file: the dot in `take 1. and 2` or in
/// `take 1.2` does not.
fn is_extension(text: &str) -> bool {
    (1..=MAX_EXTENSION).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric())
        && text.bytes().any(|b| b.is_ascii_alphabetic())
}

/// The search for all readings of a path.
struct Walk<'a> {
    whole: &'a str,
    any_extension: bool,
    /// What stands for each field so far.
    fields: Vec<(Field, Range<usize>)>,
    found: Vec<Reading>,
    /// Where, with how many pieces left, nothing fits: looked at once, so that no path takes
    /// long, however nearly it fits.
    dead: HashSet<(usize, usize)>,
}

impl Walk<'_> {
    /// Tries every way to read what comes behind the first `at` bytes; whether any fits.
    fn from(&mut self, pieces: &[Piece], at: usize) -> bool {
        if self.found.len() == MOST_READINGS {
            return true;
        }
        let fits = match pieces.split_first() {
            None => self.end(at),
            Some((Piece::Text(text), later)) => match self.behind(text, later, at) {
                Some(behind) => self.from(later, behind),
                None => false,
            },
            Some(_) if self.dead.contains(&(pieces.len(), at)) => false,
            Some((Piece::Field(field), later)) => self.field(*field, later, at),
        };
        if !fits && matches!(pieces.first(), Some(Piece::Field(_))) {
            self.dead.insert((pieces.len(), at));
        }
        fits
    }

    /// The whole path is read, or not.
    fn end(&mut self, at: usize) -> bool {
        if at < self.whole.len() {
            return false;
        }
        let mut reading = Reading::default();
        for (field, range) in &self.fields {
            *reading.slot(*field) = Some(self.whole[range.clone()].to_owned());
        }
        self.found.push(reading);
        true
    }

    /// Where a text that begins at `at` ends.
    fn behind(&self, text: &str, later: &[Piece], at: usize) -> Option<usize> {
        let rest = &self.whole[at..];
        let left = match later.is_empty() && !self.any_extension {
            // The extension: `.WAV` is `.wav`.
            true => ends_alike(rest, text),
            false => rest.strip_prefix(text),
        };
        left.map(|left| self.whole.len() - left.len())
    }

    /// Tries every end of a field that begins at `at`; it reaches over no slash.
    fn field(&mut self, field: Field, later: &[Piece], at: usize) -> bool {
        let whole = self.whole;
        let rest = &whole[at..];
        let reach = rest.find('/').unwrap_or(rest.len());
        let ends = rest[..reach].char_indices().map(|(end, _)| end).chain([reach]);
        let mut fits = false;
        for end in ends.filter(|end| (1..=MAX_NAME).contains(end)) {
            self.fields.push((field, at..at + end));
            fits |= self.from(later, at + end);
            self.fields.pop();
        }
        fits
    }
}

/// What is left of `rest` behind `text`, its last dot and what follows compared without
/// regard to case.
fn ends_alike<'a>(rest: &'a str, text: &str) -> Option<&'a str> {
    let (exact, extension) = text.split_at(text.rfind('.').unwrap_or(text.len()));
    let rest = rest.strip_prefix(exact)?;
    let same = rest.len() == extension.len() && rest.eq_ignore_ascii_case(extension);
    same.then_some("")
}

/// A text in which nothing has a meaning to a file system.
fn as_name(text: &str) -> String {
    let safe = |c: char| match c {
        '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|' => '_',
        c if c.is_control() => '_',
        c => c,
    };
    text.chars().map(safe).collect()
}

/// A name for a file or directory that every system takes.
fn file_name(text: &str, extension: Option<&str>) -> String {
    const RESERVED: [&str; 6] = ["con", "prn", "aux", "nul", "com", "lpt"];
    let mut name = text.trim_start_matches(' ').to_owned();
    if let Some(hidden) = name.strip_prefix('.') {
        name = format!("_{hidden}");
    }
    let stem = name.split('.').next().unwrap_or_default().trim_end().to_lowercase();
    let numbered = stem.trim_end_matches(|c: char| c.is_ascii_digit());
    if RESERVED.contains(&numbered) {
        name.insert(0, '_');
    }
    let ending = extension.map(|extension| format!(".{extension}")).unwrap_or_default();
    let mut room = MAX_NAME.saturating_sub(ending.len()).min(name.len());
    while !name.is_char_boundary(room) {
        room -= 1;
    }
    let name = name[..room].trim_end_matches([' ', '.']);
    // What was nothing but spaces and dots.
    let name = if name.is_empty() { "_" } else { name };
    format!("{name}{ending}")
}
