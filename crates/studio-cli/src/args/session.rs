//! The commands that move many versions at once.

use std::path::PathBuf;

use clap::Args;
use studio_core::Pattern;

use super::{Filter, Gate, Moving, Storing};

/// Store the files of a whole session
///
/// Their names tell what they are, by a pattern. What would be done is shown first; a file
/// whose name fits in no way, or in several, is told and never guessed. Stored files are
/// passed over, so that an import that was interrupted is just given again. A directory that
/// `studio release deliver` made says itself what its files are, and which were picked.
#[derive(Debug, Args)]
#[command(after_help = IMPORT_EXAMPLES)]
pub(crate) struct Import {
    /// The directory of the session
    #[arg(value_name = "DIR")]
    pub(crate) directory: PathBuf,
    /// The artist of all files; otherwise STUDIO_ARTIST, ARTIST_NAME or `artist` in
    /// studio.toml
    #[arg(short, long, value_name = "NAME")]
    pub(crate) artist: Option<String>,
    /// The song of all files
    #[arg(short, long, value_name = "TITLE")]
    pub(crate) song: Option<String>,
    /// The track of all files
    #[arg(short, long, value_name = "NAME")]
    pub(crate) track: Option<String>,
    /// How paths below the directory are read
    ///
    /// {artist}, {song}, {track} and {version} stand for names; / separates directories.
    /// Without an extension files of any are taken. By default {track}_{version}, with
    /// {song}/ before it if no --song is given, and {artist}/ if no artist is.
    #[arg(short, long, value_name = "PATTERN")]
    pub(crate) pattern: Option<Pattern>,
    /// Store what can be read, and leave the other files
    #[arg(long)]
    pub(crate) skip: bool,
    /// Do not ask
    #[arg(short, long)]
    pub(crate) yes: bool,
    #[command(flatten)]
    pub(crate) gate: Gate,
    #[command(flatten)]
    pub(crate) storing: Storing,
    #[command(flatten)]
    pub(crate) moving: Moving,
    /// Show what would be done, and change nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// Get the bytes of many versions back
///
/// Each becomes a file below the directory, verified as by `download`. Files that are
/// there with the same bytes are passed over; others are never replaced.
#[derive(Debug, Args)]
#[command(after_help = EXPORT_EXAMPLES)]
pub(crate) struct Export {
    /// The directory for the files, made if it is not there
    #[arg(value_name = "DIR")]
    pub(crate) directory: PathBuf,
    #[command(flatten)]
    pub(crate) filter: Filter,
    /// What the files are called below the directory
    ///
    /// As with import. By default {track}_{version}, with {song}/ before it if no --song
    /// is given, and {artist}/ if no artist is. Without an extension each file gets its own.
    #[arg(short, long, value_name = "PATTERN")]
    pub(crate) pattern: Option<Pattern>,
    #[command(flatten)]
    pub(crate) moving: Moving,
    /// Show what would be done, and change nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

const IMPORT_EXAMPLES: &str = "\
Examples:
  studio import ~/sessions/white-gloves --artist Khruangbin --song \"White Gloves\" --dry-run
  studio import ~/sessions --artist Khruangbin --pattern \"{song}/{track}_take{version}.wav\"";

const EXPORT_EXAMPLES: &str = "\
Examples:
  studio export ~/mix --artist Khruangbin --song \"White Gloves\"
  studio export ~/all --all-artists --pattern \"{artist}/{song}/{track} ({version})\"";
