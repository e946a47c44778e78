//! The addresses of everything on the site.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use sha2::{Digest as _, Sha256};
use studio_domain::{
    AlbumId, Artwork, Codec, Container, Licence, Picture, RecordingId, Slug, StoredSound,
};
use studio_repo::{RecordingEntry, RecordingSheet};

use crate::asset;

/// What stays as it is within a part of a query.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A page that everybody may link to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// An artist's.
    Artist(Slug),
    /// An album's, below its artist's.
    Album(Slug, Slug),
    /// A recording's, below its artist's.
    Recording(Slug, Slug),
}

impl Place {
    /// Its path.
    pub fn path(&self) -> String {
        match self {
            Self::Artist(artist) => format!("/music/{artist}"),
            Self::Album(artist, album) => format!("/music/{artist}/{album}"),
            Self::Recording(artist, recording) => format!("/music/{artist}/-/{recording}"),
        }
    }

    /// The page at a path, whether it is there or not.
    pub fn at(path: &str) -> Option<Self> {
        let mut parts = path.strip_prefix("/music/")?.trim_end_matches('/').split('/');
        let artist = parts.next()?.parse().ok()?;
        let place = match (parts.next(), parts.next()) {
            (None, _) => Self::Artist(artist),
            (Some("-"), Some(recording)) => Self::Recording(artist, recording.parse().ok()?),
            (Some(album), None) => Self::Album(artist, album.parse().ok()?),
            _ => return None,
        };
        parts.next().is_none().then_some(place)
    }

    /// The path of the player alone, to be put into pages of others; artists have none.
    pub fn embed_path(&self) -> Option<String> {
        match self {
            Self::Artist(_) => None,
            Self::Album(artist, album) => Some(format!("/embed/{artist}/{album}")),
            Self::Recording(artist, recording) => Some(format!("/embed/{artist}/-/{recording}")),
        }
    }
}

/// How large a picture is: what it is made for, by pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CoverSide {
    /// 50 x 50, cut to a square: the player.
    Square50,
    /// 80 x 80, cut to a square: a line of a list.
    Square80,
    /// 300 wide, as high as it is: a tile.
    Wide300,
    /// 300 x 300, cut to a square: a tile among others.
    Square300,
    /// 1200 x 630, cut: what other sites show of a link.
    Card1200,
}

impl CoverSide {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::Square50, Self::Square80, Self::Wide300, Self::Square300, Self::Card1200];

    /// In an address.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Square50 => "50x50",
            Self::Square80 => "80x80",
            Self::Wide300 => "300",
            Self::Square300 => "300x300",
            Self::Card1200 => "1200x630",
        }
    }

    /// The one that an address names.
    pub fn named(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|side| side.as_str() == text)
    }
}

/// What stands for the bytes of a picture in addresses: another one for other bytes.
pub fn picture_tag(picture: &Picture) -> String {
    let mut hasher = Sha256::new();
    match picture {
        Picture::Own(digest) => hasher.update(digest.as_bytes()),
        Picture::Found { store, key, etag } | Picture::Embedded { store, key, etag } => {
            for part in [&*store.to_string(), key.as_str(), etag] {
                // With their lengths: no two triples have the same bytes.
                hasher.update((part.len() as u64).to_le_bytes());
                hasher.update(part.as_bytes());
            }
        }
    }
    hasher.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

/// The addresses of a site at an origin.
#[derive(Debug, Clone)]
pub(crate) struct Links {
    origin: String,
}

/// Whose picture it is.
#[derive(Debug, Clone, Copy)]
pub(crate) enum CoverOf {
    Album(AlbumId),
    Recording(RecordingId),
}

impl Links {
    pub(crate) fn new(origin: String) -> Self {
        Self { origin }
    }

    /// An address that holds everywhere.
    pub(crate) fn whole(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }

    pub(crate) fn licence(licence: Licence) -> String {
        format!("/licences/{}", licence.as_str())
    }

    /// The picture of something, if it has one.
    pub(crate) fn cover(of: CoverOf, artwork: Option<&Artwork>, side: CoverSide) -> Option<String> {
        let tag = picture_tag(&artwork?.picture);
        let side = side.as_str();
        Some(match of {
            CoverOf::Album(id) => format!("/covers/albums/{id}/{tag}/{side}.jpg"),
            CoverOf::Recording(id) => format!("/covers/recordings/{id}/{tag}/{side}.jpg"),
        })
    }

    /// The picture of a recording: its own, or that of its album.
    pub(crate) fn cover_of(sheet: &RecordingSheet, side: CoverSide) -> Option<String> {
        let recording = &sheet.entry.recording;
        let own = recording.artwork.as_ref();
        Self::cover(CoverOf::Recording(recording.id), own, side).or_else(|| {
            let album = sheet.entry.album.as_ref()?;
            Self::cover(CoverOf::Album(album.id), sheet.album_artwork.as_ref(), side)
        })
    }

    /// The picture of a recording, or one that is made of the name of its album or its own.
    pub(crate) fn shown_cover_of(sheet: &RecordingSheet, side: CoverSide) -> String {
        Self::cover_of(sheet, side).unwrap_or_else(|| match &sheet.entry.album {
            Some(album) => Self::placeholder(&album.artist.slug, &album.slug),
            None => Self::placeholder(&sheet.entry.artist.slug, &sheet.entry.slug),
        })
    }

    /// The picture of something that has none: the same one each time.
    pub(crate) fn placeholder(artist: &Slug, title: &Slug) -> String {
        let seed = Sha256::digest(format!("{artist}/{title}"));
        let seed: String = seed.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        format!("/covers/none/{seed}.svg")
    }

    /// Where a recording is heard: as it lies, if browsers can play that, and else as FLAC.
    pub(crate) fn sound(entry: &RecordingEntry) -> String {
        let made = if is_played(&entry.recording.sound) { "" } else { "?format=flac" };
        format!("/api/v1/recordings/{}/stream{made}", entry.recording.id)
    }

    pub(crate) fn search(text: &str, from: u32) -> String {
        let text = utf8_percent_encode(text, PLAIN);
        match from {
            0 => format!("/search?q={text}"),
            from => format!("/search?q={text}&from={from}"),
        }
    }

    pub(crate) fn asset(name: &str) -> String {
        asset::path(name)
    }

    /// A text as a part of a query.
    pub(crate) fn encoded(text: &str) -> String {
        utf8_percent_encode(text, PLAIN).to_string()
    }
}

/// Whether browsers play it as it is.
fn is_played(sound: &StoredSound) -> bool {
    match &sound.format {
        Some(format) => {
            let is_aiff = matches!(format.container, Container::Aiff | Container::Aifc);
            !is_aiff && format.codec != Codec::Alac
        }
        None => !sound.content_type.contains("aiff"),
    }
}

/// The picture of something that has none, by the seed that its address names: a few discs in
/// two colours.
pub fn placeholder(seed: &str) -> Option<String> {
    let is_seed = seed.len() == 16 && seed.bytes().all(|byte| byte.is_ascii_hexdigit());
    let bits = is_seed.then(|| u64::from_str_radix(seed, 16).ok()).flatten()?;
    let byte = |n: u32| (bits >> (8 * n)) & 0xff;
    let hue = byte(0) * 360 / 256;
    let other = (hue + 40 + byte(1) % 120) % 360;
    let mut discs = String::new();
    for n in 0..3_u32 {
        let (x, y) = (byte(2 + n) * 300 / 256, byte(3 + n) * 300 / 256);
        let radius = 40 + byte(4 + n) % 90;
        let opacity = 3 + n;
        discs.push_str(&format!(
            "<circle cx=\"{x}\" cy=\"{y}\" r=\"{radius}\" opacity=\".{opacity}\"/>"
        ));
    }
    Some(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 300 300\" width=\"300\" \
         height=\"300\"><rect width=\"300\" height=\"300\" fill=\"hsl({hue} 35% 32%)\"/>\
         <g fill=\"hsl({other} 55% 62%)\">{discs}</g></svg>"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_read_from_their_paths() {
        let [a, b]: [Slug; 2] = ["sade", "promise"].map(|slug| slug.parse().expect("a slug"));
        for place in [
            Place::Artist(a.clone()),
            Place::Album(a.clone(), b.clone()),
            Place::Recording(a.clone(), b.clone()),
        ] {
            assert_eq!(Place::at(&place.path()), Some(place.clone()));
            assert_eq!(Place::at(&format!("{}/", place.path())), Some(place));
        }
        for other in ["/", "/music", "/music/", "/music/a/-", "/music/a/-/b/c", "/music/a/b/c", ""]
        {
            assert_eq!(Place::at(other), None, "{other}");
        }
    }

    #[test]
    fn pictures_of_other_bytes_have_other_addresses() {
        let own = |byte| Picture::Own(studio_domain::Digest::from_bytes([byte; 32]));
        assert_ne!(picture_tag(&own(1)), picture_tag(&own(2)));
        let found = |key: &str, etag: &str| Picture::Found {
            store: "s3://music".parse().expect("a store"),
            key: key.parse().expect("a key"),
            etag: etag.to_owned(),
        };
        assert_ne!(picture_tag(&found("ab", "c")), picture_tag(&found("a", "bc")));
        assert_eq!(picture_tag(&found("a", "b")).len(), 32);
    }

    #[test]
    fn placeholders_are_pictures_of_their_seeds() {
        let one = placeholder("00ff00ff00ff00ff").expect("a picture");
        assert!(roxmltree::Document::parse(&one).is_ok(), "{one}");
        assert_ne!(Some(one), placeholder("123456789abcdef0"));
        for bad in ["", "x", "00ff00ff00ff00f", "00ff00ff00ff00fg", "+0ff00ff00ff00ff"] {
            assert_eq!(placeholder(bad), None, "{bad}");
        }
    }
}
