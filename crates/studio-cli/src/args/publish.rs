//! The commands about albums, and what those about recordings share with them.

use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser as _};
use clap::{Args, Subcommand};
use studio_core::{AlbumId, AlbumTitle, GenreName, Licence, ReleaseDate, Wanted};

/// Albums: recordings of one artist that belong together
#[derive(Debug, Args)]
pub(crate) struct Album {
    #[command(subcommand)]
    pub(crate) command: AlbumCommand,
}

/// What to do about albums.
#[derive(Debug, Subcommand)]
pub(crate) enum AlbumCommand {
    Create(AlbumCreate),
    Set(AlbumSet),
    Artwork(AlbumArtwork),
    Show(AlbumShow),
    List(AlbumList),
    Remove(AlbumRemove),
}

/// An album, by its names.
#[derive(Debug, Clone, Args)]
pub(crate) struct AlbumNames {
    /// The album's title
    #[arg(value_name = "TITLE")]
    pub(crate) title: AlbumTitle,
    /// The artist; otherwise STUDIO_ARTIST, ARTIST_NAME or `artist` in studio.toml
    #[arg(short, long, value_name = "NAME")]
    pub(crate) artist: Option<String>,
}

/// How a change is told of.
#[derive(Debug, Clone, Args)]
pub(crate) struct Telling {
    /// Tell what would be done, and change nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// Make an album
///
/// What is on it comes with `studio recording add --album`. Nobody but you sees it until it
/// is published.
#[derive(Debug, Args)]
#[command(after_help = ALBUM_CREATE_EXAMPLES)]
pub(crate) struct AlbumCreate {
    #[command(flatten)]
    pub(crate) names: AlbumNames,
    /// When it came out: 2018, 2018-01 or 2018-01-26
    #[arg(long, value_name = "DATE")]
    pub(crate) released: Option<ReleaseDate>,
    /// What others may do with it
    #[arg(long, value_name = "LICENCE", value_parser = licences())]
    pub(crate) licence: Option<Licence>,
    /// Let everybody see it
    #[arg(long)]
    pub(crate) publish: bool,
    #[command(flatten)]
    pub(crate) telling: Telling,
}

/// Change an album
#[derive(Debug, Args)]
#[command(after_help = ALBUM_SET_EXAMPLES)]
pub(crate) struct AlbumSet {
    #[command(flatten)]
    pub(crate) names: AlbumNames,
    /// Give it another title
    #[arg(long, value_name = "TITLE")]
    pub(crate) title_to: Option<AlbumTitle>,
    #[command(flatten)]
    pub(crate) fields: Fields,
    /// Change the recordings on it likewise: date, licence, published or not
    #[arg(long)]
    pub(crate) with_recordings: bool,
    #[command(flatten)]
    pub(crate) telling: Telling,
}

/// What albums and recordings both have.
#[derive(Debug, Clone, Args)]
pub(crate) struct Fields {
    /// When it came out: 2018, 2018-01 or 2018-01-26; none for unknown
    #[arg(long, value_name = "DATE", value_parser = released)]
    pub(crate) released: Option<Wanted<ReleaseDate>>,
    /// What others may do with it; none to say nothing
    #[arg(long, value_name = "LICENCE", value_parser = licences_or_none())]
    pub(crate) licence: Option<Wanted<Licence>>,
    /// Let everybody see and hear it
    #[arg(long, conflicts_with = "unpublish")]
    pub(crate) publish: bool,
    /// Take it back from everybody
    #[arg(long)]
    pub(crate) unpublish: bool,
}

impl Fields {
    /// Whether everybody may see it, if that was said.
    pub(crate) fn published(&self) -> Option<bool> {
        (self.publish || self.unpublish).then_some(self.publish)
    }
}

/// Give an album a cover
///
/// A JPEG or PNG picture. It is stored anew: upright, at most 3000 pixels on a side, without
/// what else the file tells (places, devices).
#[derive(Debug, Args)]
#[command(after_help = ALBUM_ARTWORK_EXAMPLES)]
pub(crate) struct AlbumArtwork {
    #[command(flatten)]
    pub(crate) names: AlbumNames,
    /// The picture
    #[arg(value_name = "FILE", required_unless_present = "none")]
    pub(crate) file: Option<PathBuf>,
    /// Take the cover away
    #[arg(long, conflicts_with = "file")]
    pub(crate) none: bool,
    #[command(flatten)]
    pub(crate) telling: Telling,
}

/// Show an album, and what is on it
#[derive(Debug, Args)]
#[command(after_help = ALBUM_SHOW_EXAMPLES)]
pub(crate) struct AlbumShow {
    #[command(flatten)]
    pub(crate) names: AlbumNames,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// List the albums
#[derive(Debug, Args)]
#[command(after_help = ALBUM_LIST_EXAMPLES, visible_alias = "ls")]
pub(crate) struct AlbumList {
    /// Only of this artist; otherwise of every one
    #[arg(short, long, value_name = "NAME")]
    pub(crate) artist: Option<String>,
    /// At most so many
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub(crate) limit: Option<u32>,
    /// Begin after the album with this id (the `next` of the page before)
    #[arg(long, value_name = "ID")]
    pub(crate) after: Option<AlbumId>,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// Take an album out
///
/// Its bytes stay in the store for at least 30 days; `studio gc` removes them after that,
/// unless something else has them.
#[derive(Debug, Args)]
#[command(after_help = ALBUM_REMOVE_EXAMPLES, visible_alias = "rm")]
pub(crate) struct AlbumRemove {
    #[command(flatten)]
    pub(crate) names: AlbumNames,
    /// Take the recordings on it out too
    #[arg(long)]
    pub(crate) with_recordings: bool,
    #[command(flatten)]
    pub(crate) telling: Telling,
}

/// Reads the name of a genre or `none`.
pub(super) fn genre(text: &str) -> Result<Wanted<GenreName>, studio_core::NameError> {
    match text {
        "none" => Ok(Wanted::Nothing),
        name => GenreName::new(name).map(Wanted::Value),
    }
}

/// Reads a licence.
pub(super) fn licences() -> impl clap::builder::TypedValueParser<Value = Licence> {
    let names = Licence::ALL.iter().map(|licence| licence.as_str());
    PossibleValuesParser::new(names).try_map(|name| name.parse::<Licence>())
}

/// Reads a licence or `none`.
fn licences_or_none() -> impl clap::builder::TypedValueParser<Value = Wanted<Licence>> {
    let names = Licence::ALL.iter().map(|licence| licence.as_str()).chain(["none"]);
    PossibleValuesParser::new(names).map(|name| name.parse().map_or(Wanted::Nothing, Wanted::Value))
}

/// Reads a date or `none`.
fn released(text: &str) -> Result<Wanted<ReleaseDate>, studio_core::ParseDateError> {
    match text {
        "none" => Ok(Wanted::Nothing),
        text => text.parse().map(Wanted::Value),
    }
}

const ALBUM_CREATE_EXAMPLES: &str = "\
Examples:
  studio album create \"Third Rooms\" -a Khruangbin
  studio album create \"Third Rooms\" -a Khruangbin --released 2018-01-26 \\
      --licence cc-by-nc-nd-4.0";

const ALBUM_SET_EXAMPLES: &str = "\
Examples:
  studio album set \"Third Rooms\" -a Khruangbin --publish --with-recordings
  studio album set \"Third Rooms\" -a Khruangbin --title-to \"Rooms\" --released 2018";

const ALBUM_ARTWORK_EXAMPLES: &str = "\
Examples:
  studio album artwork \"Third Rooms\" cover.jpg -a Khruangbin
  studio album artwork \"Third Rooms\" --none -a Khruangbin";

const ALBUM_SHOW_EXAMPLES: &str = "\
Examples:
  studio album show \"Third Rooms\" -a Khruangbin";

const ALBUM_LIST_EXAMPLES: &str = "\
Examples:
  studio album list
  studio album list -a Khruangbin --json";

const ALBUM_REMOVE_EXAMPLES: &str = "\
Examples:
  studio album remove \"Third Rooms\" -a Khruangbin --with-recordings --dry-run";
