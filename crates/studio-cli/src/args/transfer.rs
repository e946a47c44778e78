//! The commands that move the bytes of versions.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use studio_core::LONGEST_LINK;

use super::{Gate, Moving, Storing, VersionNames};
use crate::units::{Span, UnitError};

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
    pub(crate) gate: Gate,
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

/// Make a link to the bytes of a version
///
/// Whoever has the link can download them, without studio and without credentials, until
/// it expires. Only a bucket has links. Nothing is uploaded or changed.
#[derive(Debug, Args)]
#[command(after_help = URL_EXAMPLES)]
pub(crate) struct Url {
    #[command(flatten)]
    pub(crate) names: VersionNames,
    /// Let it hold so long, at most 7d
    ///
    /// A link ends earlier if the credentials that it is made with do, as those of a role
    /// or of single sign-on.
    #[arg(long, value_name = "TIME", default_value = "1h", value_parser = parse_expiry)]
    pub(crate) expires: Span,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// Reads how long a link is to hold; S3 counts in seconds.
fn parse_expiry(text: &str) -> Result<Span, String> {
    let span: Span = text.parse().map_err(|error: UnitError| error.to_string())?;
    match span.0 {
        time if time < Duration::from_secs(1) => Err("a link holds for 1s at least".to_owned()),
        time if time > LONGEST_LINK => Err(format!(
            "a link holds for {DAYS_OF_A_LINK} at most; S3 takes no signature that lasts longer"
        )),
        _ => Ok(span),
    }
}

/// The longest link as people say it.
const DAYS_OF_A_LINK: &str = "7d";

const URL_EXAMPLES: &str = "\
Examples:
  studio url --artist Khruangbin --song \"White Gloves\" --track Bass --version take_2
  studio url -a Khruangbin -s \"White Gloves\" -t Bass -v take_2 --expires 7d --json";

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
