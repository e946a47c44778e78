//! The settings of `[transfer]`: how bytes are moved.

use std::num::NonZeroU64;

use studio_core::{LEAST_PART, MOST_PARALLEL, MOST_PART, TransferOptions};

use super::Set;
use super::resolve::Sources;
use crate::failure::Result;
use crate::units::{ByteRate, ByteSize, UnitError};

/// The least bytes in a range; smaller ones cost more in requests than they carry.
const LEAST_RANGE: u64 = 64 << 10;
/// The least bytes in a second; a part of 5 MiB takes an hour and a half at that.
const LEAST_RATE: u64 = 1000;

/// What is set of `[transfer]`.
#[derive(Debug, Clone, Default)]
pub(crate) struct Transfer {
    pub(crate) part_size: Option<Set<ByteSize>>,
    pub(crate) parallel_parts: Option<Set<usize>>,
    pub(crate) range_size: Option<Set<ByteSize>>,
    pub(crate) parallel_ranges: Option<Set<usize>>,
    pub(crate) limit_rate: Option<Set<ByteRate>>,
}

impl Transfer {
    /// Puts the sources together. The variables do not tell up from down.
    pub(super) fn of(sources: &Sources) -> Result<Self> {
        let size = ["STUDIO_PART_SIZE"];
        let parallel = ["STUDIO_PARALLEL"];
        Ok(Self {
            part_size: sources.parsed(
                &size,
                |settings| settings.transfer.part_size.as_ref().map(|amount| amount.text()),
                parse_part_size,
            )?,
            parallel_parts: sources.parsed(
                &parallel,
                |settings| settings.transfer.parallel_parts.as_ref().map(|amount| amount.text()),
                parse_parallel,
            )?,
            range_size: sources.parsed(
                &size,
                |settings| settings.transfer.range_size.as_ref().map(|amount| amount.text()),
                parse_range_size,
            )?,
            parallel_ranges: sources.parsed(
                &parallel,
                |settings| settings.transfer.parallel_ranges.as_ref().map(|amount| amount.text()),
                parse_parallel,
            )?,
            limit_rate: sources.parsed(
                &["STUDIO_LIMIT_RATE"],
                |settings| settings.transfer.limit_rate.as_ref().map(|amount| amount.text()),
                parse_rate,
            )?,
        })
    }

    /// How the core is to move bytes.
    pub(crate) fn options(&self) -> TransferOptions {
        let usual = TransferOptions::default();
        let size = |set: &Option<Set<ByteSize>>| set.as_ref().map(|set| set.value.0);
        let count = |set: &Option<Set<usize>>| set.as_ref().map(|set| set.value);
        TransferOptions {
            part_size: size(&self.part_size).unwrap_or(usual.part_size),
            parallel_parts: count(&self.parallel_parts).unwrap_or(usual.parallel_parts),
            range_size: size(&self.range_size).unwrap_or(usual.range_size),
            parallel_ranges: count(&self.parallel_ranges).unwrap_or(usual.parallel_ranges),
            limit_rate: self.limit_rate.as_ref().and_then(|set| NonZeroU64::new(set.value.0.0)),
        }
    }
}

/// Reads the size of parts.
pub(crate) fn parse_part_size(text: &str) -> Result<ByteSize, String> {
    within(text, LEAST_PART, MOST_PART)
}

fn parse_range_size(text: &str) -> Result<ByteSize, String> {
    within(text, LEAST_RANGE, MOST_PART)
}

fn within(text: &str, least: u64, most: u64) -> Result<ByteSize, String> {
    let size: ByteSize = text.parse().map_err(|error: UnitError| error.to_string())?;
    match (least..=most).contains(&size.0) {
        true => Ok(size),
        false => Err(format!("{text} is not from {} to {}", ByteSize(least), ByteSize(most))),
    }
}

/// Reads how many parts move at once.
pub(crate) fn parse_parallel(text: &str) -> Result<usize, String> {
    let count = text.trim().parse().ok().filter(|count| (1..=MOST_PARALLEL).contains(count));
    count.ok_or_else(|| format!("`{text}` is no number from 1 to {MOST_PARALLEL}"))
}

/// Reads how many bytes may move in a second.
pub(crate) fn parse_rate(text: &str) -> Result<ByteRate, String> {
    let rate: ByteRate = text.parse().map_err(|error: UnitError| error.to_string())?;
    match rate.0.0 >= LEAST_RATE {
        true => Ok(rate),
        false => Err(format!("{text} is less than {}", ByteRate(ByteSize(LEAST_RATE)))),
    }
}
