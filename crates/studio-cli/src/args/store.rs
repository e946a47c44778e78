//! The commands about stores themselves.

use clap::{Args, Subcommand};

/// Look into a store
#[derive(Debug, Args)]
pub(crate) struct Store {
    #[command(subcommand)]
    pub(crate) command: StoreCommand,
}

/// What is to be done with it.
#[derive(Debug, Subcommand)]
pub(crate) enum StoreCommand {
    Test(StoreTest),
}

/// Prove a bucket or a directory before it is trusted
///
/// Asks it many questions, each a check with a name: whether what was written is there at
/// once, whether damaged bytes are refused, what becomes of an upload that was cut off, and
/// so on. Tells what the store is without, and what studio does instead.
///
/// Everything is written below studio-store-test/ and removed again. A bucket or directory
/// that is not there is made, as by the first upload.
#[derive(Debug, Args)]
#[command(after_help = TEST_EXAMPLES)]
pub(crate) struct StoreTest {
    /// The store: s3://bucket[/prefix], file:///path or a directory; otherwise the one that
    /// is set up
    #[arg(value_name = "URL")]
    pub(crate) url: Option<String>,
    /// Name every check, not only those that fail
    #[arg(long)]
    pub(crate) verbose: bool,
    /// Name the checks, and ask none of them
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

const TEST_EXAMPLES: &str = "\
Examples:
  studio store test
  studio store test s3://music --verbose
  studio store test /mnt/nas/studio --json

Exit codes:
  0 to be trusted, or usable with weaker checks (a warning names them)
  5 not to be trusted   6 cannot be reached";
