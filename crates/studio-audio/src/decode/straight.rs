//! Samples of linear PCM, straight from the bytes.

use std::io;
use std::ops::Range;
use std::sync::Arc;

use studio_domain::Container;

use super::{Decode, MAX_BLOCK_FRAMES, MAX_CHANNELS, Samples, Sound, too_many_channels};
use crate::linear::{Linear, Number};
use crate::probe::Found;
use crate::riff::{Encoding, Wave};
use crate::source::read_full_at;
use crate::{ByteSource, Error, Result};

/// What is read at once (bytes), as far as frames allow.
const READ_BYTES: u64 = 32 << 10;

/// Decodes linear PCM of which it is known where it lies.
pub(super) struct StraightDecoder {
    source: Arc<dyn ByteSource>,
    sound: Sound,
    linear: Linear,
    frame_bytes: usize,
    /// What is still to be read of the place that is read, and which place comes next.
    rest: Range<u64>,
    next: usize,
    raw: Vec<u8>,
    /// What of `raw` was given.
    given: usize,
    ints: Vec<i32>,
    floats: Vec<f32>,
}

impl StraightDecoder {
    /// From what a walk over a file of the RIFF family found. Where the samples are cut
    /// short, what is there is decoded.
    pub(super) fn of_wave(source: Arc<dyn ByteSource>, wave: &Wave) -> Result<Self> {
        let format =
            wave.format.ok_or_else(|| Error::malformed("nothing says how samples are stored"))?;
        let number = match format.encoding {
            Encoding::Other(tag) => {
                return Err(Error::Unsupported { what: format!("WAV of the format {tag:#06x}") });
            }
            Encoding::Float => Number::Float,
            Encoding::Int => Number::Signed,
        };
        let data = wave.data.ok_or_else(|| Error::malformed("there are no samples"))?;
        let sound = Sound {
            channels: format.channels,
            sample_rate: format.sample_rate,
            bits: (number != Number::Float).then(|| format.valid_bits()),
            declared_frames: wave.declared_frames(),
            // A mask of no loudspeakers says nothing of them.
            channel_mask: format.channel_mask.filter(|mask| *mask != 0),
        };
        check(&sound)?;
        let sample_bytes = format.sample_bytes().ok_or_else(|| Error::Unsupported {
            what: format!("samples of {} bits", format.bits),
        })?;
        // Those of up to 8 bits have no sign.
        let number = if sample_bytes == 1 { Number::Unsigned } else { number };
        let places = std::iter::once(data.offset..data.offset + data.present).collect();
        let linear = Linear { number, big_endian: false, sample_bytes, places };
        Ok(Self::new(source, sound, linear))
    }

    /// From what the header of another kind of file told: of its samples those that are
    /// meant to be heard.
    pub(super) fn of_found(
        source: Arc<dyn ByteSource>,
        found: &Found,
        mut linear: Linear,
    ) -> Result<Self> {
        let format = found.format.ok_or(Error::NotAudio)?;
        let bits = format.bit_depth.map(|depth| depth.valid);
        let sound = Sound {
            channels: format.channels,
            sample_rate: format.sample_rate,
            bits: bits.filter(|_| linear.number != Number::Float),
            declared_frames: found.declared_frames,
            channel_mask: None,
        };
        check(&sound)?;
        let frame = u64::from(linear.sample_bytes) * u64::from(sound.channels);
        // An edit may end before the samples do, and the chunk of an AIFF file may have more
        // bytes than its frames need.
        let bounded = [Container::Mp4, Container::Aiff, Container::Aifc];
        let bounded = bounded.contains(&format.container);
        let most = found.declared_frames.filter(|_| bounded);
        let most = most.map_or(u64::MAX, |frames| frames.saturating_mul(frame));
        linear.trim(found.lead_in.saturating_mul(frame), most);
        Ok(Self::new(source, sound, linear))
    }

    fn new(source: Arc<dyn ByteSource>, sound: Sound, mut linear: Linear) -> Self {
        let frame_bytes = usize::from(linear.sample_bytes) * usize::from(sound.channels);
        linear.cut(frame_bytes as u64, source.size());
        Self {
            source,
            sound,
            linear,
            frame_bytes,
            rest: 0..0,
            next: 0,
            raw: Vec::new(),
            given: 0,
            ints: Vec::new(),
            floats: Vec::new(),
        }
    }

    /// Where in `raw` the bytes of the next block are: none at the end.
    fn next_bytes(&mut self) -> Result<Range<usize>> {
        if self.given == self.raw.len() {
            self.fill()?;
        }
        let start = self.given;
        self.given = self.raw.len().min(start + MAX_BLOCK_FRAMES * self.frame_bytes);
        Ok(start..self.given)
    }

    /// Reads on; nothing is left of `raw` then only at the end.
    fn fill(&mut self) -> Result<()> {
        if self.rest.is_empty()
            && let Some(place) = self.linear.places.get(self.next)
        {
            self.rest = place.clone();
            self.next += 1;
        }
        let frame = self.frame_bytes as u64;
        let whole = (READ_BYTES / frame).max(1) * frame;
        let wanted = whole.min(self.rest.end - self.rest.start) as usize;
        self.raw.resize(wanted, 0);
        self.given = 0;
        if read_full_at(&self.source, self.rest.start, &mut self.raw)? < wanted {
            self.raw.clear();
            return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into());
        }
        self.rest.start += wanted as u64;
        Ok(())
    }
}

/// Refuses what nothing can be decoded from.
fn check(sound: &Sound) -> Result<()> {
    if sound.channels == 0 || sound.sample_rate == 0 {
        return Err(Error::malformed("there are no channels, or no frames in a second"));
    }
    if sound.channels > MAX_CHANNELS {
        return Err(too_many_channels(sound.channels));
    }
    Ok(())
}

impl Decode for StraightDecoder {
    fn sound(&self) -> Sound {
        self.sound
    }

    fn next_block(&mut self) -> Result<Option<Samples<'_>>> {
        let bytes = self.next_bytes()?;
        let bytes = &self.raw[bytes];
        if bytes.is_empty() {
            return Ok(None);
        }
        Ok(Some(match self.linear.number {
            Number::Float => {
                self.linear.floats(bytes, &mut self.floats);
                Samples::Float(&self.floats)
            }
            Number::Signed | Number::Unsigned => {
                self.linear.ints(bytes, &mut self.ints);
                Samples::Int(&self.ints)
            }
        }))
    }

    fn next_coarse(&mut self, block: &mut Vec<i16>) -> Result<bool> {
        let bytes = self.next_bytes()?;
        if self.linear.coarse(&self.raw[bytes.clone()], block) {
            return Ok(!bytes.is_empty());
        }
        // Give them again.
        self.given = bytes.start;
        let Some(samples) = self.next_block()? else { return Ok(false) };
        samples.coarse(block);
        Ok(true)
    }
}
