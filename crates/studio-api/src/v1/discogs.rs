//! What Discogs says of artists and albums.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Which entry of Discogs something is, and who says so.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DiscogsLink {
    /// `unknown` (not looked for yet), `none` (there is none, or none that is like it) or
    /// `linked`.
    pub state: String,
    /// `artist`, `master` or `release`.
    pub kind: Option<String>,
    /// The entry's number.
    pub id: Option<u64>,
    /// The entry's page, for people.
    pub url: Option<String>,
    /// How alike the names are, from 0 to 1000.
    pub score: Option<u16>,
    /// `match` or `person`.
    pub said_by: Option<String>,
    /// RFC 3339.
    pub said_at: Option<String>,
    /// When Discogs gave the data; RFC 3339.
    pub fetched_at: Option<String>,
    /// What has to stand where the data shows, with a link to `url`; nothing where there is no
    /// data.
    pub attribution: Option<String>,
}

/// What Discogs says of an artist. Fully shaped, whatever is known.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DiscogsArtist {
    /// Which entry it is.
    pub link: DiscogsLink,
    /// The name there.
    pub name: String,
    /// The name in the passport.
    pub real_name: String,
    /// What there is to say, as plain text.
    pub profile: String,
    /// Other spellings.
    pub variations: Vec<String>,
    /// Other names.
    pub aliases: Vec<String>,
    /// Who belongs to the group.
    pub members: Vec<String>,
    /// The groups that the person belongs to.
    pub groups: Vec<String>,
    /// Pages about it.
    pub urls: Vec<String>,
    /// Pictures.
    pub images: Vec<DiscogsImage>,
}

/// What Discogs says of an album. Fully shaped, whatever is known.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DiscogsAlbum {
    /// Which entry it is.
    pub link: DiscogsLink,
    /// Its title there.
    pub title: String,
    /// Its artists, as on the cover.
    pub artist: String,
    /// A year, a month or a day.
    pub released: Option<String>,
    /// Where it came out.
    pub country: String,
    /// Its labels, with the catalogue numbers.
    pub labels: Vec<DiscogsLabel>,
    /// What it came out on, in words.
    pub formats: Vec<String>,
    /// Coarse: `Rock`.
    pub genres: Vec<String>,
    /// Fine: `Psychedelic Rock`.
    pub styles: Vec<String>,
    /// What is on it.
    pub tracks: Vec<DiscogsTrack>,
    /// Who did what.
    pub credits: Vec<DiscogsCredit>,
    /// Notes, as plain text.
    pub notes: String,
    /// Pictures.
    pub images: Vec<DiscogsImage>,
}

/// A label.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DiscogsLabel {
    /// Its name.
    pub name: String,
    /// Its number for the album.
    pub catalogue_number: String,
}

/// A line of a track list.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DiscogsTrack {
    /// `track`, `heading` or `index`.
    pub kind: String,
    /// `A1`, `2-7`, or nothing.
    pub position: String,
    /// Its title.
    pub title: String,
    /// How long it is.
    pub seconds: Option<u32>,
}

/// Who did something.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DiscogsCredit {
    /// The name.
    pub name: String,
    /// What was done.
    pub role: String,
}

/// A picture.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DiscogsImage {
    /// Where it is.
    pub url: String,
    /// Where a small one is; may be empty.
    pub thumb: String,
    /// In pixels; 0 is unknown.
    pub width: u32,
    /// In pixels; 0 is unknown.
    pub height: u32,
}

/// What came of looking for an entry: of `studio discogs match --json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DiscogsMatch {
    /// The artist or album: its UUID.
    pub subject: String,
    /// Its name or title.
    pub name: String,
    /// Which entry it is from now on.
    pub link: DiscogsLink,
    /// What was found, the best first.
    pub candidates: Vec<DiscogsCandidate>,
}

/// Something that was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DiscogsCandidate {
    /// `artist`, `master` or `release`.
    pub kind: String,
    /// Its number.
    pub id: u64,
    /// Its page, for people.
    pub url: String,
    /// How alike the names are, from 0 to 1000.
    pub score: u16,
    /// The artist.
    pub artist: String,
    /// The title of an album.
    pub title: String,
    /// When it came out.
    pub year: Option<u16>,
}

/// The matches of `studio discogs match --json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DiscogsMatches {
    /// In the order in which they were looked for.
    pub matches: Vec<DiscogsMatch>,
}
