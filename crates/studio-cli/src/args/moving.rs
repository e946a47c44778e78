//! What commands that move bytes have in common.

use clap::Args;
use studio_core::StorageClass;

use crate::config::{parse_parallel, parse_part_size, parse_rate};
use crate::units::{ByteRate, ByteSize};

/// The heading over these flags. (A heading for the whole struct would go on over the flags
/// behind it.)
const TRANSFER: &str = "Transfer";

/// How bytes are moved, for every command that moves them.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct Moving {
    /// Move at most so many bytes in a second, as in 5MB
    ///
    /// Up and down together. Otherwise STUDIO_LIMIT_RATE, or `limit_rate` of [transfer] in
    /// studio.toml.
    #[arg(long, help_heading = TRANSFER, value_name = "RATE", value_parser = parse_rate)]
    pub(crate) limit_rate: Option<ByteRate>,
    /// Move files in parts of this size, as in 16MiB
    ///
    /// At least 5MiB; more for a file that would have more than 10,000 parts. Larger ones
    /// take more memory. Otherwise STUDIO_PART_SIZE, or `part_size` and `range_size` of
    /// [transfer] in studio.toml.
    #[arg(long, help_heading = TRANSFER, value_name = "SIZE", value_parser = parse_part_size)]
    pub(crate) part_size: Option<ByteSize>,
    /// Move so many parts of a file at once
    ///
    /// Otherwise STUDIO_PARALLEL, or `parallel_parts` and `parallel_ranges` of [transfer]
    /// in studio.toml.
    #[arg(long, help_heading = TRANSFER, value_name = "N", value_parser = parse_parallel)]
    pub(crate) parallel: Option<usize>,
}

/// How bytes are kept, for every command that stores some.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct Storing {
    /// Keep the bytes in this storage class of the bucket, as in STANDARD_IA
    ///
    /// What is in GLACIER or DEEP_ARCHIVE must be restored before it can be read back.
    /// Otherwise STUDIO_S3_STORAGE_CLASS, or `storage_class` of [s3] in studio.toml.
    #[arg(long, help_heading = TRANSFER, value_name = "CLASS")]
    pub(crate) storage_class: Option<StorageClass>,
    /// Fill a store again that has lost everything
    ///
    /// Without this, one that is empty though versions should be in it is taken for a disk
    /// that is not mounted, or a wrong bucket, and nothing is sent to it.
    #[arg(long, help_heading = TRANSFER)]
    pub(crate) refill: bool,
}

/// What files must keep to.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct Gate {
    /// Refuse files that do not keep to this profile
    ///
    /// Otherwise STUDIO_PROFILE, `profile` in studio.toml, or `any`, which refuses nothing.
    /// `studio check` tells of profiles and their rules.
    #[arg(long, value_name = "NAME")]
    pub(crate) profile: Option<String>,
    /// Measure what is stored, as `studio analyse` does
    #[arg(long)]
    pub(crate) analyse: bool,
}
