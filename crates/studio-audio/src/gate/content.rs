//! What decoding a file found, as far as the gate judges it.

use studio_domain::Decibels;

/// What a pass over all samples of a file found. Whoever decodes fills it in; the default
/// is that of sound in which there is nothing to complain of.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ContentFacts {
    /// Frames that were decoded.
    pub decoded_frames: u64,
    /// Frames that the header says there are, if it does.
    pub declared_frames: Option<u64>,
    /// Whether every sample is 0.
    pub silent: bool,
    /// Runs of at least [`CLIPPED_RUN`] samples of one channel at full scale.
    pub clipped_runs: u64,
    /// The mean of the channel that lies furthest from 0 (dBFS); `None` when all are 0.
    pub dc_offset: Option<Decibels>,
    /// Bits of a sample that are used, counted from the top: 16 when the lower 8 of 24 are 0
    /// in all samples. `None` for floats, and where all samples are 0.
    pub significant_bits: Option<u16>,
    /// Bits of a sample that the file says carry sound; `None` for floats.
    pub valid_bits: Option<u16>,
    /// Samples that are no number or infinite.
    pub not_finite: u64,
    /// Why decoding stopped before the end, if it did.
    pub undecodable: Option<String>,
}

/// Samples in a row at full scale that are taken for clipping: one or two are a loud peak.
pub const CLIPPED_RUN: u64 = 3;
