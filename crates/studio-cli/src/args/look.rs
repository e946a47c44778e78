//! The commands that look at what is stored.

use clap::Args;

use super::{Filter, VersionNames};

/// List the versions that are stored
///
/// By artist, song and track, then by upload time, oldest first. Narrow it down from the
/// left: an artist; an artist and a song; and so on.
#[derive(Debug, Args)]
#[command(after_help = LIST_EXAMPLES, visible_alias = "ls")]
pub(crate) struct List {
    #[command(flatten)]
    pub(crate) filter: Filter,
    /// Only the picks of their tracks
    #[arg(long)]
    pub(crate) picked: bool,
    /// Only the last version of each track
    #[arg(long)]
    pub(crate) latest: bool,
    /// Only versions with this status
    #[arg(long, value_name = "STATUS", value_parser = super::choose::status())]
    pub(crate) status: Option<studio_core::Status>,
    /// At most so many versions
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) limit: Option<u32>,
    /// Begin after the version with this id (the `next` of the page before)
    #[arg(long, value_name = "ID")]
    pub(crate) after: Option<studio_core::VersionId>,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
    /// Print comma-separated values with a header line
    #[arg(long, conflicts_with = "json")]
    pub(crate) csv: bool,
}

/// Show everything known about one version
#[derive(Debug, Args)]
#[command(after_help = SHOW_EXAMPLES)]
pub(crate) struct Show {
    #[command(flatten)]
    pub(crate) names: VersionNames,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

const LIST_EXAMPLES: &str = "\
Examples:
  studio list
  studio list --artist Khruangbin --song \"White Gloves\"
  studio list --artist Khruangbin --song \"White Gloves\" --picked
  studio list --all-artists --limit 100 --json";

const SHOW_EXAMPLES: &str = "\
Examples:
  studio show --artist Khruangbin --song \"White Gloves\" --track Bass --version take_2";
