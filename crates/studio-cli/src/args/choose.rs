//! The commands that choose.

use clap::builder::PossibleValuesParser;
use clap::{Args, builder::TypedValueParser as _};
use studio_core::{Note, PersonName, Status};

use super::VersionNames;

/// Who says something, and what.
#[derive(Debug, Clone, Args)]
pub(crate) struct Saying {
    /// Why, in your words
    #[arg(long, value_name = "TEXT")]
    pub(crate) note: Option<Note>,
    /// Who says so; otherwise STUDIO_PERSON, `person` in studio.toml, or your login name
    #[arg(long, value_name = "NAME")]
    pub(crate) by: Option<PersonName>,
}

/// Pick the version of a track that goes into the release
///
/// One version of each track is the pick; picking another one replaces it. Who picked what,
/// when and why is kept.
#[derive(Debug, Args)]
#[command(after_help = PICK_EXAMPLES)]
pub(crate) struct Pick {
    #[command(flatten)]
    pub(crate) names: VersionNames,
    #[command(flatten)]
    pub(crate) saying: Saying,
    /// Tell what would be done, and change nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// The names that lead to one track.
#[derive(Debug, Clone, Args)]
pub(crate) struct TrackNames {
    /// The artist; otherwise STUDIO_ARTIST, ARTIST_NAME or `artist` in studio.toml
    #[arg(short, long, value_name = "NAME")]
    pub(crate) artist: Option<String>,
    /// The song's title
    #[arg(short, long, value_name = "TITLE")]
    pub(crate) song: String,
    /// The track: one instrument or voice of the song
    #[arg(short, long, value_name = "NAME")]
    pub(crate) track: String,
}

/// Take the pick of a track back
#[derive(Debug, Args)]
#[command(after_help = UNPICK_EXAMPLES)]
pub(crate) struct Unpick {
    #[command(flatten)]
    pub(crate) names: TrackNames,
    #[command(flatten)]
    pub(crate) saying: Saying,
    /// Tell what would be done, and change nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// Show the picks of a song, and what it still lacks
#[derive(Debug, Args)]
#[command(after_help = PICKS_EXAMPLES)]
pub(crate) struct Picks {
    /// The artist; otherwise STUDIO_ARTIST, ARTIST_NAME or `artist` in studio.toml
    #[arg(short, long, value_name = "NAME")]
    pub(crate) artist: Option<String>,
    /// The song's title
    #[arg(short, long, value_name = "TITLE")]
    pub(crate) song: String,
    /// Every pick that was ever made, newest first
    #[arg(long)]
    pub(crate) history: bool,
    /// Only the history of this track
    #[arg(short, long, value_name = "NAME", requires = "history")]
    pub(crate) track: Option<String>,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// Say how good a version is, or show what was said of it
///
/// Without a status, all that was ever said of the version is shown, newest first.
#[derive(Debug, Args)]
#[command(after_help = STATUS_EXAMPLES)]
pub(crate) struct Mark {
    #[command(flatten)]
    pub(crate) names: VersionNames,
    /// circled (worth another listening), approved (good for the release), no-good (not to
    /// be used), or none to take back what was said
    #[arg(value_name = "STATUS", value_parser = statuses())]
    pub(crate) status: Option<Wanted>,
    /// Why, in your words
    #[arg(long, value_name = "TEXT", requires = "status")]
    pub(crate) note: Option<Note>,
    /// Who says so; otherwise STUDIO_PERSON, `person` in studio.toml, or your login name
    #[arg(long, value_name = "NAME", requires = "status")]
    pub(crate) by: Option<PersonName>,
    /// Tell what would be done, and change nothing
    #[arg(long, requires = "status")]
    pub(crate) dry_run: bool,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// A status, or none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Wanted(pub(crate) Option<Status>);

/// Reads a status or `none`.
fn statuses() -> impl clap::builder::TypedValueParser<Value = Wanted> {
    let names = Status::ALL.iter().map(|status| status.as_str()).chain(["none"]);
    PossibleValuesParser::new(names).map(|name| Wanted(name.parse().ok()))
}

/// Reads a status.
pub(crate) fn status() -> impl clap::builder::TypedValueParser<Value = Status> {
    let names = Status::ALL.iter().map(|status| status.as_str());
    PossibleValuesParser::new(names).try_map(|name| name.parse::<Status>())
}

const PICK_EXAMPLES: &str = "\
Examples:
  studio pick --artist Khruangbin --song \"White Gloves\" --track Bass --version take_2
  studio pick -a Khruangbin -s \"White Gloves\" -t Vocal -v take_5 --note \"the quiet one\"";

const UNPICK_EXAMPLES: &str = "\
Examples:
  studio unpick --artist Khruangbin --song \"White Gloves\" --track Bass";

const PICKS_EXAMPLES: &str = "\
Examples:
  studio picks --artist Khruangbin --song \"White Gloves\"
  studio picks -a Khruangbin -s \"White Gloves\" --history --track Bass";

const STATUS_EXAMPLES: &str = "\
Examples:
  studio status -a Khruangbin -s \"White Gloves\" -t Bass -v take_2 circled
  studio status -a Khruangbin -s \"White Gloves\" -t Bass -v take_1 no-good --note \"amp hums\"
  studio status -a Khruangbin -s \"White Gloves\" -t Bass -v take_2";
