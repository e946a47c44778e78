//! What is known of the sound in an object: its format, and what measuring it gave.

use crate::{AudioDigest, Decibels};

/// What a file of sound holds.
///
/// From a header these are claims; [`SoundFacts::measured`] says what decoding found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct AudioFormat {
    /// The kind of file.
    pub container: Container,
    /// How the samples are coded.
    pub codec: Codec,
    /// Channels; at least 1 in a file that can be played.
    pub channels: u16,
    /// Frames in a second (Hz).
    pub sample_rate: u32,
    /// Bits of a sample; `None` for codecs that have none, such as MP3.
    pub bit_depth: Option<BitDepth>,
    /// Frames (one sample for each channel); `None` when the file does not tell.
    pub frames: Option<u64>,
}

impl AudioFormat {
    /// The length in whole microseconds, rounded down; `None` when it is not known or the
    /// sample rate is 0.
    pub fn duration_micros(&self) -> Option<u64> {
        let micros = u128::from(self.frames?) * 1_000_000;
        u64::try_from(micros.checked_div(u128::from(self.sample_rate))?).ok()
    }
}

/// Bits of a sample: as stored, and how many of them are said to carry sound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct BitDepth {
    /// Bits that each sample takes in the file, padding included.
    pub container: u16,
    /// Bits that carry sound: at most `container`.
    pub valid: u16,
}

impl BitDepth {
    /// Every bit of the container carries sound.
    pub const fn full(bits: u16) -> Self {
        Self { container: bits, valid: bits }
    }
}

/// Declares an enum whose values have a stable text each.
macro_rules! named {
    ($(#[$meta:meta])* $name:ident, $expected:literal { $($(#[$doc:meta])* $variant:ident => $text:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$doc])* $variant,)+
        }

        impl $name {
            /// Every one of them, in the order of their declaration.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// Its stable name, as it stands in JSON and in the catalogue.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)+
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::ParseKindError;

            fn from_str(text: &str) -> Result<Self, $crate::ParseKindError> {
                Self::ALL.iter().copied().find(|known| known.as_str() == text).ok_or_else(|| {
                    $crate::ParseKindError { text: text.to_owned(), expected: $expected }
                })
            }
        }
    };
}

pub(crate) use named;

/// A text that is none of the names of a kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{}` is not {expected}", text.escape_debug())]
pub struct ParseKindError {
    pub(crate) text: String,
    pub(crate) expected: &'static str,
}

named! {
    /// The kind of file that sound lies in.
    Container, "a kind of audio file" {
        /// RIFF WAVE.
        Wav => "wav",
        /// RIFF WAVE with 64-bit sizes (EBU Tech 3306).
        Rf64 => "rf64",
        /// RIFF WAVE with 64-bit sizes (ITU-R BS.2088).
        Bw64 => "bw64",
        /// Audio Interchange File Format.
        Aiff => "aiff",
        /// AIFF with a codec named.
        Aifc => "aifc",
        /// Native FLAC (RFC 9639).
        Flac => "flac",
        /// A bare stream of MPEG audio frames, such as `.mp3`.
        Mpeg => "mpeg",
        /// A bare stream of AAC frames (ADTS).
        Adts => "adts",
        /// ISO base media, such as `.m4a`.
        Mp4 => "mp4",
        /// Ogg (RFC 3533).
        Ogg => "ogg",
    }
}

named! {
    /// How samples are coded.
    Codec, "a codec" {
        /// Linear PCM, whole numbers.
        Pcm => "pcm",
        /// Linear PCM, IEEE 754 numbers.
        PcmFloat => "pcm-float",
        /// FLAC (RFC 9639).
        Flac => "flac",
        /// Apple Lossless.
        Alac => "alac",
        /// MPEG audio layer I.
        Mp1 => "mp1",
        /// MPEG audio layer II.
        Mp2 => "mp2",
        /// MPEG audio layer III.
        Mp3 => "mp3",
        /// Advanced Audio Coding.
        Aac => "aac",
        /// Vorbis.
        Vorbis => "vorbis",
        /// Opus (RFC 6716).
        Opus => "opus",
        /// Some other codec.
        Other => "other",
    }
}

impl Codec {
    /// Whether decoding gives exactly the samples that were coded.
    pub fn is_lossless(self) -> bool {
        matches!(self, Self::Pcm | Self::PcmFloat | Self::Flac | Self::Alac)
    }
}

/// What is known of the sound in an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SoundFacts {
    /// What its header says.
    pub format: AudioFormat,
    /// What decoding all of it found; `None` until that was done.
    pub measured: Option<Measured>,
}

/// What decoding a whole file found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Measured {
    /// Frames that were decoded.
    pub frames: u64,
    /// SHA-256 of the decoded samples: the same for the same sound in another file.
    pub audio_digest: AudioDigest,
    /// How loud it is.
    pub loudness: Loudness,
}

/// How loud some sound is (ITU-R BS.1770, EBU R 128, EBU Tech 3341 and 3342).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Loudness {
    /// Integrated loudness (LUFS); `None` when all of it lies below the gate, as silence does.
    pub integrated: Option<Decibels>,
    /// Loudness range (LU); `None` where it is too short or too quiet to have one.
    pub range: Option<Decibels>,
    /// The loudest 400 ms (LUFS).
    pub max_momentary: Option<Decibels>,
    /// The loudest 3 s (LUFS).
    pub max_short_term: Option<Decibels>,
    /// True peak of the loudest channel (dBTP); `None` in digital silence.
    pub true_peak: Option<Decibels>,
    /// The largest sample (dBFS); `None` in digital silence.
    pub sample_peak: Option<Decibels>,
}
