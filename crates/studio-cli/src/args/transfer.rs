//! The commands that move the bytes of versions.

use std::path::PathBuf;

use clap::Args;

use super::{Moving, Storing, VersionNames};

/// Store a file as a new version of a track
///
/// The file is read once to learn its digest, sent to the store, and entered in the
/// catalogue when all of it has arrived. Any file is taken as it is. The same file to the
/// same version again changes nothing and succeeds; another file to it is refused, because
/// versions are immutable.
#[derive(Debug, Args)]
#[command(after_help = UPLOAD_EXAMPLES)]
pub(crate) struct Upload {
    #[command(flatten)]
    pub(crate) names: VersionNames,
    /// The file to upload
    #[arg(short, long, value_name = "FILE")]
    pub(crate) file_path: PathBuf,
    #[command(flatten)]
    pub(crate) storing: Storing,
    #[command(flatten)]
    pub(crate) moving: Moving,
    /// Tell what would be done, and change nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// Get the bytes of a version back
///
/// They are written beside the target, compared with their digest, and get the target's
/// name when they are right. A file that is there is kept, unless --force says otherwise.
#[derive(Debug, Args)]
#[command(after_help = DOWNLOAD_EXAMPLES)]
pub(crate) struct Download {
    #[command(flatten)]
    pub(crate) names: VersionNames,
    /// The file to make
    #[arg(short, long, value_name = "FILE")]
    pub(crate) file_path: PathBuf,
    /// Replace the file if it is there
    #[arg(long)]
    pub(crate) force: bool,
    #[command(flatten)]
    pub(crate) moving: Moving,
    /// Tell what would be done, and change nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

const UPLOAD_EXAMPLES: &str = "\
Examples:
  studio upload --artist Khruangbin --song \"Evan Enters the Third Room\" \\
      --track \"DJ's Drums\" --version demo --file-path drums_demo.wav

  export STUDIO_ARTIST=Khruangbin    # then --artist need not be given
  studio upload --song \"White Gloves\" --track Bass --version take_2 -f bass.wav --dry-run";

const DOWNLOAD_EXAMPLES: &str = "\
Examples:
  studio download --artist Khruangbin --song \"Evan Enters the Third Room\" \\
      --track \"DJ's Drums\" --version take_three --file-path FINAL_drums.wav";
