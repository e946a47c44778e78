//! The commands that keep what is stored.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::{Filter, VersionNames};
use crate::units::{ReadBudget, Span};

/// Compare stored bytes with the catalogue
///
/// --quick asks the store for sizes and checksums; --full reads every byte back. Damage
/// ends with exit code 5.
#[derive(Debug, Args)]
#[command(after_help = VERIFY_EXAMPLES)]
pub(crate) struct Verify {
    #[command(flatten)]
    pub(crate) filter: Filter,
    /// Compare what the store says, and read no audio (the default)
    #[arg(long, conflicts_with = "full")]
    pub(crate) quick: bool,
    /// Read every byte back
    #[arg(long)]
    pub(crate) full: bool,
    /// Tell what is wrong and change nothing, not even what the catalogue knows of damage
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// Read back what was not read for the longest time
///
/// A little each day: with --budget 1% everything has been read after a hundred days.
/// Damage ends with exit code 5.
#[derive(Debug, Args)]
#[command(after_help = SCRUB_EXAMPLES)]
pub(crate) struct Scrub {
    /// How much to read: a size such as 50GB, or a part of all bytes such as 2%
    #[arg(long, value_name = "SIZE|PERCENT")]
    pub(crate) budget: ReadBudget,
    /// Read and compare, and change nothing: the next scrub reads the same again
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// Throw a version away, into the trash
///
/// Its place is free at once. Its bytes stay, and `studio trash restore` takes it back,
/// until its time in the trash is over.
#[derive(Debug, Args)]
#[command(after_help = RM_EXAMPLES)]
pub(crate) struct Rm {
    #[command(flatten)]
    pub(crate) names: VersionNames,
    /// Tell what would be done, and change nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// Look at the trash, take versions back, or remove them for good
#[derive(Debug, Args)]
#[command(subcommand_required = true, arg_required_else_help = true)]
pub(crate) struct Trash {
    #[command(subcommand)]
    pub(crate) command: TrashCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum TrashCommand {
    List(TrashList),
    Restore(TrashRestore),
    Purge(TrashPurge),
}

/// List what is in the trash, oldest first
#[derive(Debug, Args)]
pub(crate) struct TrashList {
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// Take a version back
///
/// Of several that stood at the same place the one thrown away last, or the one with --id.
#[derive(Debug, Args)]
#[command(after_help = RESTORE_EXAMPLES)]
pub(crate) struct TrashRestore {
    #[command(flatten)]
    pub(crate) names: VersionNames,
    /// The one with this id, of several at the same place
    #[arg(long, value_name = "ID")]
    pub(crate) id: Option<studio_core::VersionId>,
    /// Tell what would be done, and change nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// Remove versions from the trash for good
///
/// Those whose time there is over; with --all every one. Bytes that another version has
/// stay.
#[derive(Debug, Args)]
#[command(after_help = PURGE_EXAMPLES)]
pub(crate) struct TrashPurge {
    /// Also those that could still be taken back
    #[arg(long, conflicts_with = "id")]
    pub(crate) all: bool,
    /// Only the one with this id, be its time over or not
    #[arg(long, value_name = "ID")]
    pub(crate) id: Option<studio_core::VersionId>,
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

/// Find what is wrong between catalogue and store, and repair it
///
/// Finds missing, cut and damaged objects, orphans, dead uploads, manifests without a
/// version and versions without a manifest, claims of dead processes, and temporary files.
/// A repair never removes bytes that a version names. What is left ends with exit code 5.
#[derive(Debug, Args)]
#[command(after_help = DOCTOR_EXAMPLES)]
pub(crate) struct Doctor {
    /// Repair what can be repaired
    #[arg(long)]
    pub(crate) repair: bool,
    /// Tell what is wrong and change nothing, not even what the catalogue knows of damage
    #[arg(long, conflicts_with = "repair")]
    pub(crate) dry_run: bool,
    /// Read every byte and every manifest
    #[arg(long)]
    pub(crate) full: bool,
    /// Look for what downloads left in this directory too
    #[arg(long, value_name = "DIR", default_value = ".")]
    pub(crate) downloads: Vec<PathBuf>,
    /// From what age on something that nothing names is called left behind; otherwise
    /// STUDIO_GRACE or `grace` of [care] in studio.toml, or 7d
    #[arg(long, value_name = "TIME")]
    pub(crate) grace: Option<Span>,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// Remove what nothing names any more
///
/// Versions whose time in the trash is over, and, past a grace period, objects that
/// nothing names, uploads that nobody is at, temporary files.
#[derive(Debug, Args)]
#[command(after_help = GC_EXAMPLES)]
pub(crate) struct Gc {
    /// How old something that nothing names must be; otherwise STUDIO_GRACE or `grace` of
    /// [care] in studio.toml, or 7d
    #[arg(long, value_name = "TIME")]
    pub(crate) grace: Option<Span>,
    /// Tell what would be done, and change nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// Rebuild the catalogue from the store
///
/// Takes the newest backup there is, if the catalogue is not there yet, and then every
/// manifest that it does not know. Changes nothing in the store. Can be given again.
/// Nothing found ends with exit code 3; manifests that cannot be read, and versions whose
/// bytes are not there, with 5.
#[derive(Debug, Args)]
#[command(after_help = RECOVER_EXAMPLES)]
pub(crate) struct Recover {
    /// The bucket or directory to read; the configured store by default
    #[arg(long, value_name = "URL")]
    pub(crate) from: Option<String>,
    /// Use no backup, only manifests
    #[arg(long)]
    pub(crate) no_backup: bool,
    /// Tell what would be done, and change nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// Put a copy of the catalogue into the store
///
/// A consistent one, also while uploads run. Older copies are removed but for the newest.
#[derive(Debug, Args)]
#[command(after_help = BACKUP_EXAMPLES)]
pub(crate) struct Backup {
    /// How many copies to keep; otherwise STUDIO_BACKUPS or `backups` of [care] in
    /// studio.toml, or 7
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) keep: Option<u32>,
    /// Tell what would be done, and change nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

const VERIFY_EXAMPLES: &str = "\
Examples:
  studio verify
  studio verify --artist Khruangbin --song \"White Gloves\" --full";

const SCRUB_EXAMPLES: &str = "\
Examples:
  studio scrub --budget 1%        # from cron, once a day
  studio scrub --budget 50GB";

const RM_EXAMPLES: &str = "\
Examples:
  studio rm --artist Khruangbin --song \"White Gloves\" --track Bass --version take_2";

const RESTORE_EXAMPLES: &str = "\
Examples:
  studio trash restore --artist Khruangbin --song \"White Gloves\" --track Bass --version take_2";

const PURGE_EXAMPLES: &str = "\
Examples:
  studio trash purge --dry-run
  studio trash purge --all --yes";

const DOCTOR_EXAMPLES: &str = "\
Examples:
  studio doctor
  studio doctor --repair --full";

const GC_EXAMPLES: &str = "\
Examples:
  studio gc --dry-run
  studio gc --grace 14d";

const RECOVER_EXAMPLES: &str = "\
Examples:
  studio recover --from s3://music --dry-run
  studio recover --from s3://music --database studio.db";

const BACKUP_EXAMPLES: &str = "\
Examples:
  studio backup
  studio backup --keep 30";
