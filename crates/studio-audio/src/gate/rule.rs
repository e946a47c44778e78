//! The rules, each with the code by which it is known everywhere.

use std::fmt;
use std::str::FromStr;

use crate::Defect;

/// What a rule is judged by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Stage {
    /// By what the profile wants of a header that may be right in itself.
    Format,
    /// By whether the header keeps the rules of its kind.
    Structure,
    /// By the samples: all of them are decoded.
    Content,
}

macro_rules! rules {
    ($($stage:ident { $($variant:ident => $code:literal, $sentence:literal;)+ })+) => {
        /// One thing that a file is judged by. Codes stay what they are: they stand in
        /// configurations, in JSON and in the notes of whoever asks why a file was refused.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Rule {
            $($(#[doc = $sentence] $variant,)+)+
        }

        impl Rule {
            /// Every one of them, in the order of their declaration.
            pub const ALL: &[Self] = &[$($(Self::$variant,)+)+];

            /// Its code.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $($(Self::$variant => $code,)+)+
                }
            }

            /// What it says of a file that breaks it, as a sentence.
            pub const fn describe(self) -> &'static str {
                match self {
                    $($(Self::$variant => $sentence,)+)+
                }
            }

            /// What it is judged by.
            pub const fn stage(self) -> Stage {
                match self {
                    $($(Self::$variant)|+ => Stage::$stage,)+
                }
            }
        }
    };
}

rules! {
    Format {
        SampleRate => "sample-rate", "The sample rate is not one of those allowed.";
        BitDepth => "bit-depth", "The bits of a sample are not as many as allowed.";
        Channels => "channels", "The number of channels is not one of those allowed.";
        Codec => "codec", "The samples are coded in a way that is not allowed.";
        Container => "container", "It is a kind of file that is not allowed.";
    }
    Structure {
        EmptyFile => "empty-file", "The file has no bytes.";
        NotAudio => "not-audio", "It is not a known kind of audio file, whatever its name says.";
        Malformed => "malformed", "It breaks the rules of its kind in a way that has no code of its own.";
        TruncatedData => "truncated-data", "The file ends before its sound does.";
        DataSizeZero => "data-size-zero", "The header says that there is no sound, and bytes follow it.";
        DataSizeUnknown => "data-size-unknown", "The header is that of a stream and does not say how much sound there is.";
        ByteRate => "byte-rate", "The bytes in a second do not go with the other fields of the header.";
        BlockAlign => "block-align", "The bytes of a frame do not go with the other fields of the header.";
        ZeroChannels => "zero-channels", "The header says that there are no channels.";
        ZeroSampleRate => "zero-sample-rate", "The header says that the sample rate is 0.";
        FmtMissing => "fmt-missing", "Nothing says how the samples are stored.";
        FmtDuplicate => "fmt-duplicate", "More than one chunk says how the samples are stored: programs differ in which they believe.";
        FmtAfterData => "fmt-after-data", "How the samples are stored is said behind them.";
        DataMissing => "data-missing", "There is no place for samples.";
        DataDuplicate => "data-duplicate", "There are samples in more than one place: programs differ in which they play.";
        ZeroFrames => "zero-frames", "There is not one whole frame of sound.";
        PartialFrame => "partial-frame", "The samples end in the middle of a frame.";
        TrailingData => "trailing-data", "Something that is no part of the file stands behind it.";
        RiffSize => "riff-size", "The size of the whole is not that of its chunks.";
        ValidBits => "valid-bits", "Not all bits of a sample are said to carry sound.";
        ChunkSize => "chunk-size", "A chunk claims to be larger than the file.";
        PadByte => "pad-byte", "A chunk of an odd size lacks the byte that makes it even.";
        PadByteInside => "pad-byte-inside", "A chunk in the middle lacks the byte that makes it even: programs differ in what they find behind it.";
        ChunkCount => "chunk-count", "There are more chunks than any honest file has.";
        ChunkNesting => "chunk-nesting", "Lists stand in lists, deeper than in any honest file.";
    }
    Content {
        FramesDiffer => "frames-differ", "Decoding gives another number of frames than the header says.";
        Undecodable => "undecodable", "The sound cannot be decoded to its end.";
        PaddedBits => "padded-bits", "The lower bits of all samples are 0: sound of fewer bits, padded.";
        DigitalSilence => "digital-silence", "Every sample is 0.";
        Clipping => "clipping", "Three or more samples in a row are at full scale.";
        DcOffset => "dc-offset", "The mean of the samples lies off 0.";
        NotFinite => "not-finite", "Some samples are infinite or no number.";
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A text that is the code of no rule, or the name of no level.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{}` is not {expected}", text.escape_debug())]
pub struct ParseRuleError {
    text: String,
    expected: &'static str,
}

impl FromStr for Rule {
    type Err = ParseRuleError;

    fn from_str(text: &str) -> Result<Self, ParseRuleError> {
        Self::ALL
            .iter()
            .copied()
            .find(|rule| rule.as_str() == text)
            .ok_or_else(|| ParseRuleError { text: text.to_owned(), expected: "the code of a rule" })
    }
}

impl From<&Defect> for Rule {
    fn from(defect: &Defect) -> Self {
        match defect {
            Defect::Truncated { .. } | Defect::Unfinished => Self::TruncatedData,
            Defect::DataSizeZero { .. } => Self::DataSizeZero,
            Defect::DataSizeUnknown { .. } => Self::DataSizeUnknown,
            Defect::ByteRate { .. } => Self::ByteRate,
            Defect::BlockAlign { .. } => Self::BlockAlign,
            Defect::ZeroChannels => Self::ZeroChannels,
            Defect::ZeroSampleRate => Self::ZeroSampleRate,
            Defect::FmtMissing => Self::FmtMissing,
            Defect::FmtDuplicate { .. } => Self::FmtDuplicate,
            Defect::FmtAfterData => Self::FmtAfterData,
            Defect::DataMissing => Self::DataMissing,
            Defect::DataDuplicate { .. } => Self::DataDuplicate,
            Defect::ZeroFrames => Self::ZeroFrames,
            Defect::PartialFrame { .. } => Self::PartialFrame,
            Defect::TrailingData { .. } => Self::TrailingData,
            Defect::RiffSize { .. } => Self::RiffSize,
            Defect::ValidBits { .. } => Self::ValidBits,
            Defect::ChunkSize { .. } => Self::ChunkSize,
            Defect::PadByte { .. } => Self::PadByte,
            Defect::PadByteInside { .. } => Self::PadByteInside,
            Defect::ChunkCount => Self::ChunkCount,
            Defect::ChunkNesting => Self::ChunkNesting,
            Defect::Malformed { .. } => Self::Malformed,
        }
    }
}

/// What happens to a file that breaks a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Nothing: it is not said.
    Off,
    /// It is said.
    Warn,
    /// The file does not come in.
    Refuse,
}

impl Level {
    /// Every one of them, from the mildest on.
    pub const ALL: &[Self] = &[Self::Off, Self::Warn, Self::Refuse];

    /// Its stable name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Warn => "warn",
            Self::Refuse => "refuse",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Level {
    type Err = ParseRuleError;

    fn from_str(text: &str) -> Result<Self, ParseRuleError> {
        Self::ALL.iter().copied().find(|level| level.as_str() == text).ok_or_else(|| {
            ParseRuleError { text: text.to_owned(), expected: "a level: off, warn or refuse" }
        })
    }
}
