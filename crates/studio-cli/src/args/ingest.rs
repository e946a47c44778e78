//! The commands of the ingest: buckets that others put files into.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use studio_core::AssetStatus;

/// Which bucket, and how what comes into it is judged.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct Judging {
    /// The bucket that files are put into, or a folder; otherwise STUDIO_INGEST_BUCKET or
    /// `bucket` in [ingest] of studio.toml
    #[arg(long, value_name = "BUCKET")]
    pub(crate) bucket: Option<String>,
    #[command(flatten)]
    pub(crate) rules: Rules,
}

/// How files are judged.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct Rules {
    /// The profile by which files are judged; `ingest` if nothing else is said
    #[arg(long, value_name = "NAME")]
    pub(crate) profile: Option<String>,
    /// What is done with a file that is found bad; quarantine if nothing else is said
    #[arg(long, value_name = "WHAT")]
    pub(crate) on_invalid: Option<OnInvalid>,
    /// Make versions of good files: how their keys tell artist, song, track and version
    #[arg(long, value_name = "PATTERN")]
    pub(crate) file_as: Option<String>,
    /// Make versions of good files by what their iXML says, where the key does not tell
    #[arg(long)]
    pub(crate) file_by_ixml: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum OnInvalid {
    /// Move it aside, where it can be let in or removed for good
    Quarantine,
    /// Remove it at once
    Delete,
}

/// Take in what others put into a bucket or a folder
#[derive(Debug, Args)]
#[command(subcommand_required = true, arg_required_else_help = true)]
pub(crate) struct Ingest {
    #[command(subcommand)]
    pub(crate) command: IngestCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum IngestCommand {
    Setup(IngestSetup),
    Watch(IngestWatch),
    List(IngestList),
    Reconcile(IngestReconcile),
    Quarantine(Quarantine),
}

/// Make the bucket, its queues and its notifications
///
/// On Amazon or any compatible server: the bucket, a queue for its events and one for orders
/// to delete, a dead-letter queue for each, the permission for the bucket to send, and the
/// notification. What is there stays; the same command again changes nothing.
#[derive(Debug, Args)]
#[command(after_help = SETUP_EXAMPLES)]
pub(crate) struct IngestSetup {
    /// The bucket; otherwise STUDIO_INGEST_BUCKET or `bucket` in [ingest] of studio.toml
    #[arg(long, value_name = "BUCKET")]
    pub(crate) bucket: Option<String>,
    /// Only for keys that begin so
    #[arg(long, value_name = "TEXT")]
    pub(crate) prefix: Option<String>,
    /// Only for keys that end so
    #[arg(long, value_name = "TEXT")]
    pub(crate) suffix: Option<String>,
    /// Print the equivalent policy and configuration, and change nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// Take a folder for the bucket, without any queue
///
/// What is in it already is judged first, then whatever is put into it, when nobody has
/// written to it for a moment. Orders to delete its assets are carried out too. Ends with
/// Ctrl-C or SIGTERM.
#[derive(Debug, Args)]
#[command(after_help = WATCH_EXAMPLES)]
pub(crate) struct IngestWatch {
    /// The folder
    #[arg(value_name = "DIR")]
    pub(crate) directory: PathBuf,
    #[command(flatten)]
    pub(crate) rules: Rules,
    /// Tell an asset service of each good file too, such as http://localhost:8000
    #[arg(long, value_name = "URL")]
    pub(crate) asset_url: Option<String>,
    /// Judge what is there, and end
    #[arg(long)]
    pub(crate) once: bool,
    /// Tell what differs from what is known, and change nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
}

/// List what is known of the files
#[derive(Debug, Args)]
#[command(after_help = LIST_EXAMPLES)]
pub(crate) struct IngestList {
    /// Only those of this bucket or folder
    #[arg(long, value_name = "BUCKET")]
    pub(crate) bucket: Option<String>,
    /// Only those with this status: received, valid, rejected, quarantined, deleting, deleted
    #[arg(long, value_name = "STATUS")]
    pub(crate) status: Option<AssetStatus>,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// Compare the bucket with what is known of it, after events were lost
///
/// Each difference is dealt with as if its event had come now.
#[derive(Debug, Args)]
#[command(after_help = RECONCILE_EXAMPLES)]
pub(crate) struct IngestReconcile {
    #[command(flatten)]
    pub(crate) judging: Judging,
    /// Tell an asset service of each good file too, such as http://localhost:8000
    #[arg(long, value_name = "URL")]
    pub(crate) asset_url: Option<String>,
    /// Tell what differs, and change nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// Look at the files that were found bad, let some in, or remove them for good
#[derive(Debug, Args)]
#[command(subcommand_required = true, arg_required_else_help = true)]
pub(crate) struct Quarantine {
    #[command(subcommand)]
    pub(crate) command: QuarantineCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum QuarantineCommand {
    List(QuarantineList),
    Release(QuarantineRelease),
    Purge(QuarantinePurge),
}

/// List what lies aside, with the reasons
#[derive(Debug, Args)]
pub(crate) struct QuarantineList {
    /// Only those of this bucket or folder
    #[arg(long, value_name = "BUCKET")]
    pub(crate) bucket: Option<String>,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// Let a file in nevertheless
///
/// It goes back to where it was put, and is valid from then on, with what was found as
/// warnings.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  studio ingest quarantine release 019a…")]
pub(crate) struct QuarantineRelease {
    /// Which: ids are in `studio ingest quarantine list`
    #[arg(value_name = "ID", required = true)]
    pub(crate) ids: Vec<studio_core::QuarantineId>,
    /// Tell what would be done, and change nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// Remove files for good
#[derive(Debug, Args)]
#[command(after_help = PURGE_EXAMPLES)]
pub(crate) struct QuarantinePurge {
    /// Which: ids are in `studio ingest quarantine list`
    #[arg(value_name = "ID", required_unless_present = "all")]
    pub(crate) ids: Vec<studio_core::QuarantineId>,
    /// All that lies aside
    #[arg(long, conflicts_with = "ids")]
    pub(crate) all: bool,
    /// Only those that have lain aside for so long, such as 30d
    #[arg(long, value_name = "TIME", requires = "all")]
    pub(crate) older_than: Option<crate::units::Span>,
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

const SETUP_EXAMPLES: &str = "\
Examples:
  studio ingest setup --bucket ingest
  studio ingest setup --bucket ingest --suffix .wav --dry-run

Queues: s3-ingest-messages and s3-delete-messages, or those of the settings; the dead-letter
queues have the same names with -dead behind.";

const WATCH_EXAMPLES: &str = "\
Examples:
  studio ingest watch ~/Dropbox/takes
  studio ingest watch /srv/incoming --file-as '{artist}/{song}/{track}/{version}.wav'
  studio ingest watch /srv/incoming --once --on-invalid delete";

const LIST_EXAMPLES: &str = "\
Examples:
  studio ingest list
  studio ingest list --status rejected --json";

const RECONCILE_EXAMPLES: &str = "\
Examples:
  studio ingest reconcile --bucket ingest --dry-run
  studio ingest reconcile --bucket ingest";

const PURGE_EXAMPLES: &str = "\
Examples:
  studio ingest quarantine purge 019a… --yes
  studio ingest quarantine purge --all --older-than 30d";
