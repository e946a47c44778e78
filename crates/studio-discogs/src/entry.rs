//! What Discogs knows, in our words. Nothing of its JSON is passed on as it came.
//!
//! Every value is fully shaped: what Discogs leaves out is empty, not missing, and the
//! `Default` of each type is what there is to say when nothing is known. Names are as people
//! write them: without the number that tells namesakes apart (`Nirvana (2)`) and with the
//! article in front (`Beatles, The`). Addresses are `http` or `https`, or they are not there.

use serde::{Deserialize, Serialize};
use studio_domain::Timestamp;

/// An answer, and when it was given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// What was found; `None` where Discogs says that there is no such entry.
    pub entry: Option<Entry>,
    /// When Discogs said so.
    #[serde(with = "micros")]
    pub fetched_at: Timestamp,
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Entry {
    /// By a search, best first. May be empty.
    Hits(Vec<SearchHit>),
    /// An artist.
    Artist(Artist),
    /// A master release.
    Master(Album),
    /// A release.
    Release(Album),
}

/// What kind of entry something is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EntryKind {
    /// An artist.
    Artist,
    /// An album, in whatever editions it came out.
    Master,
    /// One edition of an album, or a single.
    Release,
    /// A label, or a kind that is not known here.
    #[default]
    Other,
}

/// One result of a search.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SearchHit {
    /// What it is.
    pub kind: EntryKind,
    /// Its number.
    pub id: u64,
    /// The artist's name; of an album, that of its artists.
    pub artist: String,
    /// An album's title.
    pub title: String,
    /// When it came out.
    pub year: Option<u16>,
    /// Where it came out.
    pub country: String,
    /// `Vinyl`, `LP`, `Album` and the like.
    pub formats: Vec<String>,
    /// Its labels.
    pub labels: Vec<String>,
    /// The label's number for it.
    pub catalogue_number: String,
    /// Barcodes, and what else was taken for one.
    pub barcodes: Vec<String>,
    /// Coarse: `Rock`.
    pub genres: Vec<String>,
    /// Fine: `Psychedelic Rock`.
    pub styles: Vec<String>,
    /// A small picture, or nothing.
    pub thumb: String,
    /// A larger one, or nothing.
    pub cover: String,
    /// The master of a release.
    pub master_id: Option<u64>,
}

/// An artist: a person or a group.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Artist {
    /// Its number.
    pub id: u64,
    /// The name.
    pub name: String,
    /// The name as Discogs lists it: `Beatles, The`, `Nirvana (2)`.
    pub listed_as: String,
    /// The name in the passport.
    pub real_name: String,
    /// What there is to say, as plain text.
    pub profile: String,
    /// Other spellings of the name.
    pub variations: Vec<String>,
    /// Other names of the same person or group.
    pub aliases: Vec<Reference>,
    /// Who belongs to the group.
    pub members: Vec<Reference>,
    /// The groups that the person belongs to.
    pub groups: Vec<Reference>,
    /// Pages about it.
    pub urls: Vec<String>,
    /// Pictures; none when Discogs was asked without a token.
    pub images: Vec<Image>,
}

/// An album: a master release, or a release.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Album {
    /// Its number among its kind.
    pub id: u64,
    /// The master of a release; nothing for a master.
    pub master_id: Option<u64>,
    /// The main release of a master; nothing for a release.
    pub main_release: Option<u64>,
    /// Its title.
    pub title: String,
    /// By whom.
    pub artists: Vec<Credit>,
    /// Who did what on it.
    pub credits: Vec<Credit>,
    /// When it came out.
    pub released: ReleaseDate,
    /// Where it came out.
    pub country: String,
    /// Its labels.
    pub labels: Vec<Label>,
    /// Studios, pressing plants and the like.
    pub companies: Vec<Company>,
    /// What it came out on.
    pub formats: Vec<Format>,
    /// Barcodes, matrix numbers, ISRC and the like.
    pub identifiers: Vec<Identifier>,
    /// Coarse: `Rock`.
    pub genres: Vec<String>,
    /// Fine: `Psychedelic Rock`.
    pub styles: Vec<String>,
    /// What is on it, with headings, in order.
    pub tracks: Vec<Track>,
    /// Pictures; none when Discogs was asked without a token.
    pub images: Vec<Image>,
    /// Notes, as plain text.
    pub notes: String,
}

/// Another artist.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Reference {
    /// Its number.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// Whether it (still) belongs to the group; nothing where that is not said.
    pub active: Option<bool>,
}

/// What somebody has to do with an album or a track.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Credit {
    /// The artist's number; 0 is nobody's.
    pub id: u64,
    /// The name that stands on it.
    pub name: String,
    /// What joins it to the next name: `&`, `feat.`.
    pub join: String,
    /// What was done: `Mastered By`; nothing for those whose album it is.
    pub role: String,
}

/// A label and its number for an album.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Label {
    /// Its name.
    pub name: String,
    /// Its number for the album.
    pub catalogue_number: String,
}

/// A company and what it did.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Company {
    /// Its name.
    pub name: String,
    /// `Recorded At` and the like.
    pub role: String,
}

/// What an album came out on.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Format {
    /// `Vinyl`, `CD`, `File`.
    pub name: String,
    /// How many.
    pub quantity: u32,
    /// `LP`, `Album`, `Reissue`.
    pub descriptions: Vec<String>,
}

/// A number that stands on an album.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Identifier {
    /// `Barcode`, `Matrix / Runout`, `ISRC`.
    pub kind: String,
    /// The number.
    pub value: String,
}

/// What a line of a track list is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TrackKind {
    /// Something to listen to.
    #[default]
    Track,
    /// The title of those that follow.
    Heading,
    /// A work whose movements are its parts.
    Index,
}

/// A line of a track list.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Track {
    /// What it is.
    pub kind: TrackKind,
    /// `A1`, `2-7`, or nothing.
    pub position: String,
    /// Its title.
    pub title: String,
    /// How long it is, where that is said.
    pub seconds: Option<u32>,
    /// By whom, where that differs from the album.
    pub artists: Vec<Credit>,
    /// Who did what.
    pub credits: Vec<Credit>,
    /// Its movements. They have none themselves.
    pub parts: Vec<Track>,
}

/// A day, a month or a year, as much as is known.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct ReleaseDate {
    /// The year.
    pub year: Option<u16>,
    /// The month, from 1. There is a year, then.
    pub month: Option<u8>,
    /// The day, from 1. There is a month, then.
    pub day: Option<u8>,
}

/// A picture.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Image {
    /// Whether it is the one to show.
    pub primary: bool,
    /// Where it is.
    pub url: String,
    /// Where a small one is.
    pub thumb: String,
    /// In pixels; 0 is unknown.
    pub width: u32,
    /// In pixels; 0 is unknown.
    pub height: u32,
}

impl Found {
    /// Whether there is no such entry, or a search found nothing.
    pub fn is_nothing(&self) -> bool {
        match &self.entry {
            None => true,
            Some(Entry::Hits(hits)) => hits.is_empty(),
            Some(_) => false,
        }
    }

    /// What a search found; nothing where something else was asked.
    pub fn hits(&self) -> &[SearchHit] {
        match &self.entry {
            Some(Entry::Hits(hits)) => hits,
            _ => &[],
        }
    }

    /// The artist, where one was found.
    pub fn artist(&self) -> Option<&Artist> {
        match &self.entry {
            Some(Entry::Artist(artist)) => Some(artist),
            _ => None,
        }
    }

    /// The master release or release, where one was found.
    pub fn album(&self) -> Option<&Album> {
        match &self.entry {
            Some(Entry::Master(album) | Entry::Release(album)) => Some(album),
            _ => None,
        }
    }
}

impl EntryKind {
    /// The page of an entry at Discogs, for people: where its data shows, so does a link to
    /// it (see [`ATTRIBUTION`](crate::ATTRIBUTION)). `None` for what has no such page.
    pub fn site_url(self, id: u64) -> Option<String> {
        let kind = match self {
            Self::Artist => "artist",
            Self::Master => "master",
            Self::Release => "release",
            Self::Other => return None,
        };
        (id != 0).then(|| format!("https://www.discogs.com/{kind}/{id}"))
    }
}

impl SearchHit {
    /// Its page at Discogs.
    pub fn site_url(&self) -> Option<String> {
        self.kind.site_url(self.id)
    }
}

impl Artist {
    /// Its page at Discogs; none for an artist of whom nothing is known.
    pub fn site_url(&self) -> Option<String> {
        EntryKind::Artist.site_url(self.id)
    }
}

impl Album {
    /// The names of its artists, joined as on the cover: `Khruangbin & Leon Bridges`.
    pub fn artist_line(&self) -> String {
        let mut line = String::new();
        for (index, credit) in self.artists.iter().enumerate() {
            line.push_str(&credit.name);
            if index + 1 < self.artists.len() {
                let join = credit.join.trim();
                let space = if join.is_empty() || join == "," { "" } else { " " };
                line.push_str(space);
                line.push_str(if join.is_empty() { "," } else { join });
                line.push(' ');
            }
        }
        line
    }
}

impl Entry {
    /// Its page at Discogs; none for a search.
    pub fn site_url(&self) -> Option<String> {
        match self {
            Self::Hits(_) => None,
            Self::Artist(artist) => artist.site_url(),
            Self::Master(album) => EntryKind::Master.site_url(album.id),
            Self::Release(album) => EntryKind::Release.site_url(album.id),
        }
    }
}

/// Times as microseconds, for the domain knows no JSON.
mod micros {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};
    use studio_domain::Timestamp;

    pub(super) fn serialize<S: Serializer>(time: &Timestamp, to: S) -> Result<S::Ok, S::Error> {
        time.as_micros().serialize(to)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Timestamp, D::Error> {
        i64::deserialize(from).map(Timestamp::from_micros)
    }
}
