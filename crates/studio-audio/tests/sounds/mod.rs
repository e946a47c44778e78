//! Sounds made by code, and a decoder that has them in memory.
#![allow(dead_code, reason = "each test takes what it needs of it")]

use studio_audio::{Decode, Error, PcmFormat, Result, SampleFormat, Samples, Sound};

/// What a [`Memory`] gives.
#[derive(Debug, Clone)]
pub(crate) enum Content {
    Int(Vec<i32>),
    Float(Vec<f32>),
}

/// Gives samples in blocks of one length.
#[derive(Debug, Clone)]
pub(crate) struct Memory {
    pub(crate) sound: Sound,
    pub(crate) content: Content,
    pub(crate) block: usize,
    at: usize,
    /// Fails after so many frames.
    pub(crate) fails_at: Option<usize>,
}

impl Memory {
    pub(crate) fn int(channels: u16, sample_rate: u32, bits: u16, samples: Vec<i32>) -> Self {
        Self::new(channels, sample_rate, Some(bits), Content::Int(samples))
    }

    pub(crate) fn float(channels: u16, sample_rate: u32, samples: Vec<f32>) -> Self {
        Self::new(channels, sample_rate, None, Content::Float(samples))
    }

    fn new(channels: u16, sample_rate: u32, bits: Option<u16>, content: Content) -> Self {
        let sound =
            Sound { channels, sample_rate, bits, declared_frames: None, channel_mask: None };
        Self { sound, content, block: 1000, at: 0, fails_at: None }
    }

    pub(crate) fn in_blocks(self, block: usize) -> Self {
        Self { block, ..self }
    }

    /// All samples: 1.0 is full scale.
    pub(crate) fn samples(&self) -> Vec<f64> {
        match &self.content {
            Content::Int(samples) => {
                samples.iter().map(|s| f64::from(*s) / 2_147_483_648.0).collect()
            }
            Content::Float(samples) => samples.iter().map(|s| f64::from(*s)).collect(),
        }
    }
}

impl Decode for Memory {
    fn sound(&self) -> Sound {
        self.sound
    }

    fn next_block(&mut self) -> Result<Option<Samples<'_>>> {
        let channels = usize::from(self.sound.channels);
        if self.fails_at.is_some_and(|frames| self.at >= frames * channels) {
            return Err(Error::Malformed { detail: "the tape is torn".to_owned() });
        }
        let length = match &self.content {
            Content::Int(samples) => samples.len(),
            Content::Float(samples) => samples.len(),
        };
        let start = self.at;
        self.at = length.min(start + self.block * channels);
        Ok((start < self.at).then(|| match &self.content {
            Content::Int(samples) => Samples::Int(&samples[start..self.at]),
            Content::Float(samples) => Samples::Float(&samples[start..self.at]),
        }))
    }
}

/// Random numbers, the same on every run (xorshift64*).
#[derive(Debug, Clone)]
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    /// From -1 to 1.
    pub(crate) fn level(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 52) as f64 - 1.0
    }
}

/// Noise of whole numbers of so many bits, left-justified, up to `level`.
pub(crate) fn noise_int(seed: u64, bits: u32, level: f64, samples: usize) -> Vec<i32> {
    let mut random = Random::new(seed);
    let full = f64::from(1_u32 << (bits - 1)) - 1.0;
    (0..samples).map(|_| ((random.level() * level * full) as i32) << (32 - bits)).collect()
}

pub(crate) fn noise_float(seed: u64, level: f64, samples: usize) -> Vec<f32> {
    let mut random = Random::new(seed);
    (0..samples).map(|_| (random.level() * level) as f32).collect()
}

/// Keeps what is written.
#[derive(Debug)]
pub(crate) struct Keep {
    pub(crate) format: PcmFormat,
    pub(crate) ints: Vec<i32>,
    pub(crate) floats: Vec<f32>,
    pub(crate) fails_at: Option<usize>,
}

impl Keep {
    pub(crate) fn new(channels: u16, sample_rate: u32, samples: SampleFormat) -> Self {
        let format = PcmFormat { channels, sample_rate, samples };
        Self { format, ints: Vec::new(), floats: Vec::new(), fails_at: None }
    }

    /// All samples: 1.0 is full scale.
    pub(crate) fn samples(&self) -> Vec<f64> {
        let ints = self.ints.iter().map(|s| f64::from(*s) / 2_147_483_648.0);
        ints.chain(self.floats.iter().map(|s| f64::from(*s))).collect()
    }
}

impl studio_audio::AudioWriter for Keep {
    fn format(&self) -> PcmFormat {
        self.format
    }

    fn write(&mut self, samples: Samples<'_>) -> Result<()> {
        match samples {
            Samples::Int(samples) => self.ints.extend(samples),
            Samples::Float(samples) => self.floats.extend(samples),
        }
        let written = self.ints.len() + self.floats.len();
        match self.fails_at.is_some_and(|samples| written > samples) {
            true => Err(Error::Io(std::io::Error::other("the disk is full"))),
            false => Ok(()),
        }
    }

    fn finish(&mut self) -> Result<()> {
        Ok(())
    }
}
