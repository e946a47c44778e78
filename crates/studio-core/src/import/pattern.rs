//! File names as patterns: `{song}/{track}_{version}.wav`.

use std::path::PathBuf;

use studio_domain::VersionPath;

/// How many ways to read one name are told; one with more is ambiguous anyway.
const MOST_READINGS: usize = 16;
/// The most bytes of one name in a directory.
const MAX_NAME: usize = 255;

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
                let name: String = chars.by_ref().take_while(|c| *c != '}').collect();
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
        let mut readings = Vec::new();
        walk(&self.pieces, stem, self.any_extension, &mut Reading::default(), &mut readings);
        readings
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
        let extension = extension.filter(|_| self.any_extension).map(as_name);
        let parts: Vec<&str> = path.split('/').collect();
        let last = parts.len() - 1;
        let parts = parts.iter().enumerate().map(|(n, part)| match n == last {
            true => file_name(part, extension.as_deref()),
            false => file_name(part, None),
        });
        parts.collect()
    }
}

/// A path without what follows the last dot of its last part, if that is an extension.
fn without_extension(path: &str) -> &str {
    let name = path.rfind('/').map_or(0, |slash| slash + 1);
    match path[name..].rfind('.') {
        Some(dot) if dot > 0 => &path[..name + dot],
        _ => path,
    }
}

/// Tries every end of the next field.
fn walk(
    pieces: &[Piece],
    rest: &str,
    any_extension: bool,
    reading: &mut Reading,
    found: &mut Vec<Reading>,
) {
    if found.len() == MOST_READINGS {
        return;
    }
    match pieces.split_first() {
        None if rest.is_empty() => found.push(reading.clone()),
        None => {}
        Some((Piece::Text(text), later)) => {
            let begins = match later.is_empty() && !any_extension {
                // The extension: `.WAV` is `.wav`.
                true => ends_alike(rest, text),
                false => rest.strip_prefix(text.as_str()),
            };
            if let Some(rest) = begins {
                walk(later, rest, any_extension, reading, found);
            }
        }
        Some((Piece::Field(field), later)) => {
            let reach = rest.find('/').unwrap_or(rest.len());
            let ends = rest.char_indices().map(|(at, _)| at).chain([rest.len()]);
            for end in ends.filter(|end| (1..=reach).contains(end)) {
                *reading.slot(*field) = Some(rest[..end].to_owned());
                walk(later, &rest[end..], any_extension, reading, found);
            }
            *reading.slot(*field) = None;
        }
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
    let trimmed = text.trim_matches(|c: char| c == ' ').trim_end_matches('.');
    let mut name = match trimmed.strip_prefix('.') {
        Some(rest) => format!("_{rest}"),
        None => trimmed.to_owned(),
    };
    let stem = name.split('.').next().unwrap_or_default().to_lowercase();
    let numbered = stem.trim_end_matches(|c: char| c.is_ascii_digit());
    if name.is_empty() || RESERVED.contains(&numbered) {
        name.insert(0, '_');
    }
    let ending = extension.map(|extension| format!(".{extension}")).unwrap_or_default();
    let room = MAX_NAME.saturating_sub(ending.len());
    while name.len() > room {
        name.pop();
    }
    name + &ending
}
