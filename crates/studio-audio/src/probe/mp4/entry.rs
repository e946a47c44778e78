//! How the samples of a track are coded (`stsd`).

use studio_domain::{AudioFormat, BitDepth, Codec, Container};

use super::super::{be, flac};
use super::boxes::child;
use crate::linear::{Linear, Number};
use crate::mpeg::AAC_RATES;

/// The first entry of `stsd`.
struct Entry<'a> {
    bytes: &'a [u8],
    /// 0 in ISO media; 1 and 2 in QuickTime, with more fields.
    version: u64,
}

impl<'a> Entry<'a> {
    fn first(entries: &'a [u8]) -> Option<Self> {
        let entry = entries.get(8..)?;
        let size = usize::try_from(be(entry, 0, 4)?).ok()?.min(entry.len());
        let bytes = entry.get(..size)?;
        Some(Self { bytes, version: be(bytes, 16, 2)? })
    }

    fn name(&self) -> Option<&'a [u8]> {
        self.bytes.get(4..8)
    }

    /// Bits of a sample, where the codec does not tell.
    fn bits(&self) -> Option<u64> {
        match self.version {
            2 => be(self.bytes, 56, 4),
            _ => be(self.bytes, 26, 2),
        }
    }

    /// What version 2 says of linear PCM: 1 for floats, 2 for the most significant byte
    /// first, 4 for a sign, 32 for channels one behind the other.
    fn flags(&self) -> Option<u64> {
        be(self.bytes, 60, 4)
    }

    /// The content of a box within the entry, or within QuickTime's `wave`.
    fn inside(&self, name: &[u8; 4]) -> Option<&'a [u8]> {
        let inner = match self.version {
            1 => 52,
            2 => 72,
            _ => 36,
        };
        let inner = self.bytes.get(inner..)?;
        child(inner, name).or_else(|| child(child(inner, b"wave")?, name))
    }
}

/// Whether the channels that an entry of `stsd` tells can be relied on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Channels {
    /// Its codec tells them, or the samples lie by them.
    Told,
    /// They stand in the field alone that is mostly 2, whatever the sound is.
    Unsure,
}

/// What the first entry of `stsd` tells.
pub(super) fn format(entries: &[u8], timescale: u64) -> Option<(AudioFormat, Channels)> {
    let entry = Entry::first(entries)?;
    let rate = u32::try_from(be(entry.bytes, 32, 4)? >> 16).ok()?;
    let mut format = AudioFormat {
        container: Container::Mp4,
        codec: Codec::Other,
        channels: be(entry.bytes, 24, 2)? as u16,
        // The field is too small for high rates.
        sample_rate: if rate > 0 { rate } else { u32::try_from(timescale).unwrap_or(0) },
        bit_depth: None,
        frames: None,
    };
    if entry.version == 2 {
        // What stands before has fixed values that mean nothing.
        format.channels = u16::try_from(be(entry.bytes, 48, 4)?).unwrap_or(u16::MAX);
        format.sample_rate = whole_rate(f64::from_bits(be(entry.bytes, 40, 8)?));
    }
    let (bits, mut channels) = (entry.bits()?, Channels::Told);
    match entry.name()? {
        b"mp4a" => channels = aac(entry.inside(b"esds"), &mut format),
        b"alac" => alac(entry.inside(b"alac"), &mut format),
        b"lpcm" if entry.version == 2 => pcm(bits, entry.flags()? & 1 == 1, &mut format),
        b"in24" => pcm(24, false, &mut format),
        b"in32" => pcm(32, false, &mut format),
        b"sowt" | b"twos" => pcm(if bits == 8 { 8 } else { 16 }, false, &mut format),
        b"fl32" => pcm(32, true, &mut format),
        b"fl64" => pcm(64, true, &mut format),
        b"fLaC" => {
            let info = entry.inside(b"dfLa");
            if let Some(info) = info.and_then(|info| flac::stream_info(info.get(4..)?)) {
                format = AudioFormat { container: Container::Mp4, frames: None, ..info };
            }
            format.codec = Codec::Flac;
        }
        b"Opus" => (format.codec, format.sample_rate) = (Codec::Opus, 48_000),
        b".mp3" => (format.codec, channels) = (Codec::Mp3, Channels::Unsure),
        _ => {}
    }
    Some((format, channels))
}

/// What the bytes of a sample mean, if it is linear PCM of whole bytes, and the only entry.
pub(super) fn linear(entries: &[u8], format: &AudioFormat) -> Option<Linear> {
    let entry = Entry::first(entries).filter(|_| be(entries, 4, 4) == Some(1))?;
    let depth = format.bit_depth.filter(|depth| depth.valid == depth.container)?;
    let sample_bytes = depth.container / 8;
    let (number, fits) = match format.codec {
        Codec::PcmFloat => (Number::Float, [4, 8].contains(&sample_bytes)),
        Codec::Pcm => (Number::Signed, (1..=4).contains(&sample_bytes)),
        _ => return None,
    };
    let (number, big_endian) = match entry.name()? {
        b"sowt" => (number, false),
        b"lpcm" => match (entry.flags()? & 39, sample_bytes) {
            (flags @ (1 | 3 | 4 | 5 | 6 | 7), _) => (number, flags & 2 != 0),
            // Without a sign there are only bytes.
            (0 | 2, 1) => (Number::Unsigned, false),
            _ => return None,
        },
        // All others begin with the most significant byte, unless this says otherwise.
        _ => (number, entry.inside(b"enda").and_then(|little| be(little, 0, 2)) != Some(1)),
    };
    fits.then(|| Linear { number, big_endian, sample_bytes, places: Vec::new() })
}

/// A rate in whole Hz; 0 for what is none.
fn whole_rate(rate: f64) -> u32 {
    // A cast keeps within bounds, and makes 0 of what is no number.
    if rate.fract() == 0.0 { rate as u32 } else { 0 }
}

/// Linear PCM of so many bits, each sample in whole bytes.
fn pcm(bits: u64, float: bool, format: &mut AudioFormat) {
    format.codec = if float { Codec::PcmFloat } else { Codec::Pcm };
    format.bit_depth = u16::try_from(bits)
        .ok()
        .filter(|bits| (1..=64).contains(bits))
        .map(|valid| BitDepth { container: valid.div_ceil(8) * 8, valid });
}

/// The cookie of Apple Lossless.
fn alac(cookie: Option<&[u8]>, format: &mut AudioFormat) {
    format.codec = Codec::Alac;
    let Some(cookie) = cookie.and_then(|cookie| cookie.get(4..28)) else { return };
    format.bit_depth = Some(BitDepth::full(u16::from(cookie[5])));
    format.channels = u16::from(cookie[9]);
    format.sample_rate = be(cookie, 20, 4).and_then(|rate| u32::try_from(rate).ok()).unwrap_or(0);
}

/// The descriptors of MPEG-4 (ISO 14496-1 and 14496-3).
fn aac(descriptors: Option<&[u8]>, format: &mut AudioFormat) -> Channels {
    format.codec = Codec::Aac;
    let Some(stream) = descriptors.and_then(|bytes| descriptor(bytes.get(4..)?, 3)) else {
        return Channels::Unsure;
    };
    // Of an ES descriptor, the parts that may be there are told by flags.
    let optional = match stream.get(2) {
        Some(flags) => {
            let url = usize::from(stream.get(3).copied().unwrap_or(0)) + 1;
            [(0x80, 2), (0x40, url), (0x20, 2)]
                .iter()
                .filter(|(bit, _)| flags & bit != 0)
                .map(|(_, size)| size)
                .sum()
        }
        None => 0_usize,
    };
    let Some(config) = stream.get(3 + optional..).and_then(|rest| descriptor(rest, 4)) else {
        return Channels::Unsure;
    };
    match config.first() {
        Some(0x40 | 0x66..=0x68) => {}
        Some(0x69 | 0x6B) => format.codec = Codec::Mp3,
        _ => format.codec = Codec::Other,
    }
    let specific = config.get(13..).and_then(|rest| descriptor(rest, 5));
    match specific.filter(|_| format.codec == Codec::Aac) {
        Some(specific) => aac_config(specific, format),
        None => Channels::Unsure,
    }
}

/// The configuration of AAC: object type of 5 bits, rate of 4, channels of 4.
fn aac_config(config: &[u8], format: &mut AudioFormat) -> Channels {
    let Some(word) = be(config, 0, 2) else { return Channels::Unsure };
    let Some(rate) = AAC_RATES.get((word >> 7 & 15) as usize) else { return Channels::Unsure };
    format.sample_rate = *rate;
    match word >> 3 & 15 {
        channels @ 1..=6 => format.channels = channels as u16,
        7 => format.channels = 8,
        // They stand in the stream itself.
        _ => return Channels::Unsure,
    }
    Channels::Told
}

/// The content of a descriptor, if the one that begins here has that tag.
fn descriptor(bytes: &[u8], tag: u8) -> Option<&[u8]> {
    let (first, mut rest) = bytes.split_first()?;
    let mut size = 0;
    for _ in 0..4 {
        let (byte, behind) = rest.split_first()?;
        (size, rest) = (size << 7 | usize::from(byte & 0x7F), behind);
        if byte & 0x80 == 0 {
            break;
        }
    }
    (*first == tag).then(|| &rest[..size.min(rest.len())])
}
