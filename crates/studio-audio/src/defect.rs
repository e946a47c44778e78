//! What a file's header breaks of the rules of its kind.

use std::fmt;

use crate::riff::{ChunkId, MAX_CHUNKS, MAX_NESTING};

/// A rule of its kind that a file breaks, found without decoding it.
///
/// Displayed as a sentence with the numbers, without a full stop.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Defect {
    /// The file ends before the samples that the header claims.
    Truncated {
        /// Bytes of samples that the header claims.
        declared: u64,
        /// Bytes of samples that are there.
        present: u64,
    },
    /// The stream is not marked as ended: its end is missing.
    Unfinished,
    /// The samples are said to take no bytes, and bytes follow: a recording that was never
    /// finished.
    DataSizeZero {
        /// Bytes that follow.
        present: u64,
    },
    /// The size of the samples is the one that means "not known yet": a stream's header.
    DataSizeUnknown {
        /// Bytes that follow.
        present: u64,
    },
    /// The bytes in a second do not go with the rate and the size of a frame.
    ByteRate {
        /// As the header says.
        claimed: u32,
        /// As the other fields say.
        expected: u64,
    },
    /// The bytes of a frame do not go with the channels and bits.
    BlockAlign {
        /// As the header says.
        claimed: u16,
        /// As the other fields say.
        expected: u32,
    },
    /// There are no channels.
    ZeroChannels,
    /// There are no frames in a second.
    ZeroSampleRate,
    /// There is no format.
    FmtMissing,
    /// There is more than one format, so that two programs may use different ones.
    FmtDuplicate {
        /// How many there are.
        count: usize,
    },
    /// The format stands behind the samples.
    FmtAfterData,
    /// There are no samples.
    DataMissing,
    /// There are samples in more than one place.
    DataDuplicate {
        /// In how many.
        count: usize,
    },
    /// There is a place for samples, and not one whole frame in it.
    ZeroFrames,
    /// The samples end in the middle of a frame.
    PartialFrame {
        /// Bytes that make no whole frame.
        bytes: u64,
    },
    /// Something that is no part of the file stands behind it.
    TrailingData {
        /// How many bytes.
        bytes: u64,
    },
    /// The size of the whole is not that of its parts.
    RiffSize {
        /// As the header says.
        claimed: u64,
        /// As its chunks say.
        expected: u64,
    },
    /// Not every bit of a sample carries sound, or more do than there are.
    ValidBits {
        /// Bits that are said to carry sound.
        valid: u16,
        /// Bits that each sample takes.
        container: u16,
    },
    /// A chunk claims to be larger than the file.
    ChunkSize {
        /// What it holds.
        id: ChunkId,
        /// Where it begins (bytes from the start of the file).
        at: u64,
        /// Bytes that it claims.
        claimed: u64,
        /// Bytes that the file has.
        present: u64,
    },
    /// A chunk of an odd size is not followed by the byte that makes it even.
    PadByte {
        /// What it holds.
        id: ChunkId,
        /// Where it begins (bytes from the start of the file).
        at: u64,
    },
    /// The same in the middle of a file, where one program finds the next chunk and another
    /// does not.
    PadByteInside {
        /// What it holds.
        id: ChunkId,
        /// Where it begins (bytes from the start of the file).
        at: u64,
    },
    /// There are more chunks than any honest file has.
    ChunkCount,
    /// There are lists within lists, deeper than any honest file has.
    ChunkNesting,
    /// Anything else that breaks the rules of its kind.
    Malformed {
        /// What is wrong.
        detail: String,
    },
}

impl Defect {
    pub(crate) fn malformed(detail: impl Into<String>) -> Self {
        Self::Malformed { detail: detail.into() }
    }
}

impl fmt::Display for Defect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Truncated { .. }
            | Self::Unfinished
            | Self::DataSizeZero { .. }
            | Self::DataSizeUnknown { .. }
            | Self::DataMissing
            | Self::DataDuplicate { .. }
            | Self::ZeroFrames
            | Self::PartialFrame { .. }
            | Self::TrailingData { .. } => self.of_samples(f),
            Self::FmtMissing
            | Self::FmtDuplicate { .. }
            | Self::FmtAfterData
            | Self::ZeroChannels
            | Self::ZeroSampleRate
            | Self::ByteRate { .. }
            | Self::BlockAlign { .. }
            | Self::ValidBits { .. } => self.of_format(f),
            Self::RiffSize { .. }
            | Self::ChunkSize { .. }
            | Self::PadByte { .. }
            | Self::PadByteInside { .. }
            | Self::ChunkCount
            | Self::ChunkNesting
            | Self::Malformed { .. } => self.of_chunks(f),
        }
    }
}

impl Defect {
    fn of_samples(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Truncated { declared, present } => write!(
                f,
                "the header claims {} bytes of samples; the file has {}",
                grouped(*declared),
                grouped(*present)
            ),
            Self::Unfinished => f.write_str("the last page is not marked as the end of the stream"),
            Self::DataSizeZero { present } => write!(
                f,
                "the header says that there are no samples; {} bytes follow it",
                grouped(*present)
            ),
            Self::DataSizeUnknown { present } => write!(
                f,
                "the header of a stream does not say how many samples there are; {} bytes follow it",
                grouped(*present)
            ),
            Self::DataMissing => f.write_str("there are no samples: no data chunk"),
            Self::DataDuplicate { count } => {
                write!(f, "there are {count} data chunks; programs differ in which they play")
            }
            Self::ZeroFrames => f.write_str("there is not one whole frame of samples"),
            Self::PartialFrame { bytes } => {
                write!(f, "the samples end in the middle of a frame, {bytes} bytes into it")
            }
            Self::TrailingData { bytes } => {
                write!(f, "{} bytes behind the end are no part of it", grouped(*bytes))
            }
            _ => Ok(()),
        }
    }

    fn of_format(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::FmtMissing => f.write_str("nothing says how the samples are stored"),
            Self::FmtDuplicate { count } => {
                write!(f, "there are {count} fmt chunks; programs differ in which they believe")
            }
            Self::FmtAfterData => f.write_str("the fmt chunk stands behind the samples"),
            Self::ZeroChannels => f.write_str("the header says that there are 0 channels"),
            Self::ZeroSampleRate => f.write_str("the header says that the sample rate is 0 Hz"),
            Self::ByteRate { claimed, expected } => write!(
                f,
                "the header says {} bytes in a second; its other fields make {}",
                grouped(u64::from(*claimed)),
                grouped(*expected)
            ),
            Self::BlockAlign { claimed, expected } => write!(
                f,
                "the header says {claimed} bytes in a frame; its other fields make {}",
                grouped(u64::from(*expected))
            ),
            Self::ValidBits { valid, container } => {
                write!(f, "{valid} of the {container} bits of a sample are said to carry sound")
            }
            _ => Ok(()),
        }
    }

    fn of_chunks(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::RiffSize { claimed, expected } => write!(
                f,
                "the header says that {} bytes follow it; its chunks make {}",
                grouped(*claimed),
                grouped(*expected)
            ),
            Self::ChunkSize { id, at, claimed, present } => write!(
                f,
                "the chunk `{id}` at byte {} claims {} bytes; {} follow",
                grouped(*at),
                grouped(*claimed),
                grouped(*present)
            ),
            Self::PadByte { id, at } => write!(
                f,
                "the chunk `{id}` at byte {} has an odd size and no byte to make it even",
                grouped(*at)
            ),
            Self::PadByteInside { id, at } => write!(
                f,
                "the chunk `{id}` at byte {} has an odd size, and the next follows at once; \
                 programs differ in where they look for it",
                grouped(*at)
            ),
            Self::ChunkCount => {
                write!(f, "there are more than {} chunks", grouped(MAX_CHUNKS as u64))
            }
            Self::ChunkNesting => write!(f, "lists stand in lists, more than {MAX_NESTING} deep"),
            Self::Malformed { detail } => f.write_str(detail),
            _ => Ok(()),
        }
    }
}

/// A number with a comma between thousands.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
