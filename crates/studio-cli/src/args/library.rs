//! The commands of libraries: music that is played where it lies.

use clap::{Args, Subcommand};

/// Index music that lies in a bucket or a directory, and play it there
#[derive(Debug, Args)]
#[command(subcommand_required = true, arg_required_else_help = true)]
pub(crate) struct Library {
    #[command(subcommand)]
    pub(crate) command: LibraryCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum LibraryCommand {
    Scan(LibraryScan),
    List(LibraryList),
    Problems(LibraryProblems),
    Forget(LibraryForget),
}

/// Index `Artist/Album/NN Title.ext` where it lies
///
/// Reads at most 256 KiB of each object that is new or changed, copies nothing and alters
/// nothing. A scan that breaks off goes on where it was; one of a library in which nothing
/// changed reads no object.
#[derive(Debug, Args)]
#[command(after_help = SCAN_EXAMPLES)]
pub(crate) struct LibraryScan {
    /// Where it lies: s3://bucket[/prefix], file:///path or a directory
    #[arg(value_name = "URL")]
    pub(crate) library: String,
    /// Keep what is new to yourself until it is published
    #[arg(long)]
    pub(crate) unpublished: bool,
    /// Forget everything of a library that is empty by now
    #[arg(long)]
    pub(crate) allow_empty: bool,
    /// Tell what is new, changed, gone or unreadable, and record nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// List the libraries
#[derive(Debug, Args)]
pub(crate) struct LibraryList {
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// List what could not be read as music
#[derive(Debug, Args)]
pub(crate) struct LibraryProblems {
    /// Where the library lies
    #[arg(value_name = "URL")]
    pub(crate) library: String,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// Take a library out of the catalogue
///
/// Its recordings go out of albums and playlists. Nothing where it lies is touched.
#[derive(Debug, Args)]
pub(crate) struct LibraryForget {
    /// Where the library lies
    #[arg(value_name = "URL")]
    pub(crate) library: String,
    /// Do not ask
    #[arg(short, long)]
    pub(crate) yes: bool,
    /// Tell what would be done, and change nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

const SCAN_EXAMPLES: &str = "\
Examples:
  studio library scan ~/Music --dry-run
  studio library scan s3://music/flac
  studio library problems s3://music/flac";
