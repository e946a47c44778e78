//! Samples of the RIFF family, straight from the bytes.

use std::io;
use std::ops::Range;
use std::sync::Arc;

use super::{Decode, MAX_BLOCK_FRAMES, MAX_CHANNELS, Samples, Sound, too_many_channels};
use crate::riff::{Encoding, Wave};
use crate::source::read_full_at;
use crate::{ByteSource, Error, Result};

/// What is read at once (bytes), as far as frames allow.
const READ_BYTES: u64 = 32 << 10;

/// Decodes linear PCM of the RIFF family.
pub(super) struct WaveDecoder {
    source: Arc<dyn ByteSource>,
    sound: Sound,
    encoding: Encoding,
    sample_bytes: usize,
    frame_bytes: usize,
    /// The next byte to read, and the one behind the last.
    next: u64,
    end: u64,
    raw: Vec<u8>,
    /// What of `raw` is still to be given.
    given: usize,
    ints: Vec<i32>,
    floats: Vec<f32>,
}

impl WaveDecoder {
    /// From what a walk over the file found. Where the samples are cut short, what is there
    /// is decoded.
    pub(super) fn new(source: Arc<dyn ByteSource>, wave: &Wave) -> Result<Self> {
        let format =
            wave.format.ok_or_else(|| Error::malformed("nothing says how samples are stored"))?;
        if let Encoding::Other(tag) = format.encoding {
            return Err(Error::Unsupported { what: format!("WAV of the format {tag:#06x}") });
        }
        let data = wave.data.ok_or_else(|| Error::malformed("there are no samples"))?;
        if format.channels == 0 || format.sample_rate == 0 {
            return Err(Error::malformed("there are no channels, or no frames in a second"));
        }
        if format.channels > MAX_CHANNELS {
            return Err(too_many_channels(format.channels));
        }
        let sample_bytes = format.sample_bytes().ok_or_else(|| Error::Unsupported {
            what: format!("samples of {} bits", format.bits),
        })?;
        let frame_bytes = u64::from(sample_bytes) * u64::from(format.channels);
        let int = format.encoding == Encoding::Int;
        Ok(Self {
            source,
            sound: Sound {
                channels: format.channels,
                sample_rate: format.sample_rate,
                bits: int.then(|| format.valid_bits()),
                declared_frames: wave.declared_frames(),
                // A mask of no loudspeakers says nothing of them.
                channel_mask: format.channel_mask.filter(|mask| *mask != 0),
            },
            encoding: format.encoding,
            sample_bytes: usize::from(sample_bytes),
            frame_bytes: frame_bytes as usize,
            next: data.offset,
            end: data.offset + data.present / frame_bytes * frame_bytes,
            raw: Vec::new(),
            given: 0,
            ints: Vec::new(),
            floats: Vec::new(),
        })
    }

    /// Reads on; nothing is left of `raw` then only at the end.
    fn fill(&mut self) -> Result<()> {
        let frame = self.frame_bytes as u64;
        let whole = (READ_BYTES / frame).max(1) * frame;
        let wanted = whole.min(self.end - self.next) as usize;
        self.raw.resize(wanted, 0);
        self.given = 0;
        if read_full_at(&self.source, self.next, &mut self.raw)? < wanted {
            self.raw.clear();
            return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into());
        }
        self.next += wanted as u64;
        Ok(())
    }
}

impl WaveDecoder {
    /// Where in `raw` the bytes of the next block are: none at the end.
    fn next_bytes(&mut self) -> Result<Range<usize>> {
        if self.given == self.raw.len() {
            self.fill()?;
        }
        let start = self.given;
        self.given = self.raw.len().min(start + MAX_BLOCK_FRAMES * self.frame_bytes);
        Ok(start..self.given)
    }
}

impl Decode for WaveDecoder {
    fn sound(&self) -> Sound {
        self.sound
    }

    fn next_block(&mut self) -> Result<Option<Samples<'_>>> {
        let bytes = self.next_bytes()?;
        let bytes = &self.raw[bytes];
        if bytes.is_empty() {
            return Ok(None);
        }
        Ok(Some(match self.encoding {
            Encoding::Float => {
                to_floats(bytes, self.sample_bytes, &mut self.floats);
                Samples::Float(&self.floats)
            }
            _ => {
                to_ints(bytes, self.sample_bytes, &mut self.ints);
                Samples::Int(&self.ints)
            }
        }))
    }

    fn next_coarse(&mut self, block: &mut Vec<i16>) -> Result<bool> {
        if self.encoding == Encoding::Int && self.sample_bytes == 3 {
            let bytes = self.next_bytes()?;
            let bytes = &self.raw[bytes];
            upper_of_24_bits(bytes, block);
            return Ok(!bytes.is_empty());
        }
        let Some(samples) = self.next_block()? else { return Ok(false) };
        samples.coarse(block);
        Ok(true)
    }
}

/// Whole numbers of 1 to 4 bytes, left-justified.
fn to_ints(bytes: &[u8], sample_bytes: usize, out: &mut Vec<i32>) {
    out.clear();
    match sample_bytes {
        // Those of up to 8 bits have no sign: 128 is the middle.
        1 => out.extend(bytes.iter().map(|byte| i32::from(byte ^ 0x80) << 24)),
        2 => {
            let samples = bytes.as_chunks::<2>().0.iter();
            out.extend(samples.map(|&[a, b]| i32::from_le_bytes([0, 0, a, b])));
        }
        3 => {
            let (fours, rest) = bytes.as_chunks::<12>();
            out.resize(bytes.len() / 3, 0);
            let (out, last) = out.split_at_mut(4 * fours.len());
            for (out, four) in out.as_chunks_mut::<4>().0.iter_mut().zip(fours) {
                *out = four_of_24_bits(four);
            }
            for (out, &[a, b, c]) in last.iter_mut().zip(rest.as_chunks::<3>().0) {
                *out = i32::from_le_bytes([0, a, b, c]);
            }
        }
        _ => out.extend(bytes.as_chunks::<4>().0.iter().map(|sample| i32::from_le_bytes(*sample))),
    }
}

/// Four samples of 24 bits as three words: a third of the reads.
fn four_of_24_bits(bytes: &[u8; 12]) -> [i32; 4] {
    let word = |n: usize| {
        u32::from_le_bytes([bytes[4 * n], bytes[4 * n + 1], bytes[4 * n + 2], bytes[4 * n + 3]])
    };
    let (low, middle, high) = (word(0), word(1), word(2));
    [
        low << 8,
        (low >> 16 & 0xFF00) | middle << 16,
        (middle >> 8 & 0x00FF_FF00) | high << 24,
        high & 0xFFFF_FF00,
    ]
    .map(u32::cast_signed)
}

/// The upper 16 of each 24 bits.
fn upper_of_24_bits(bytes: &[u8], out: &mut Vec<i16>) {
    let (fours, rest) = bytes.as_chunks::<12>();
    out.resize(bytes.len() / 3, 0);
    let (out, last) = out.split_at_mut(4 * fours.len());
    for (out, four) in out.as_chunks_mut::<4>().0.iter_mut().zip(fours) {
        let &[_, a, b, c, d, e, f, g, h, _, i, j] = four;
        // Three of them in one word, which begins with the second byte.
        let word = u64::from_le_bytes([a, b, c, d, e, f, g, h]);
        let last = i16::from_le_bytes([i, j]);
        *out = [word as i16, (word >> 24) as i16, (word >> 48) as i16, last];
    }
    for (out, &[_, a, b]) in last.iter_mut().zip(rest.as_chunks::<3>().0) {
        *out = i16::from_le_bytes([a, b]);
    }
}

/// Numbers of IEEE 754 of 4 or 8 bytes. What is beyond the smaller kind becomes infinite.
fn to_floats(bytes: &[u8], sample_bytes: usize, out: &mut Vec<f32>) {
    out.clear();
    match sample_bytes {
        8 => {
            let samples = bytes.as_chunks::<8>().0.iter();
            out.extend(samples.map(|sample| f64::from_le_bytes(*sample) as f32));
        }
        _ => out.extend(bytes.as_chunks::<4>().0.iter().map(|sample| f32::from_le_bytes(*sample))),
    }
}
