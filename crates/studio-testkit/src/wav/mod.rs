//! Files of sound made by code: WAV, RF64 and BW64, whole or broken in any way, and AIFF.
//!
//! ```
//! use studio_testkit::wav::{Wav, signal};
//!
//! let samples = signal::sine(480, 2, 48_000, 440.0, 0.5);
//! let whole = Wav::pcm(48_000, 2, 24).ints(&samples).build();
//! let cut = Wav::pcm(48_000, 2, 24).ints(&samples).claim(*b"data", 1 << 30).build();
//! assert_eq!(whole.len(), cut.len());
//! ```

pub mod aiff;
mod fields;
pub mod signal;

pub use fields::{Bext, Fmt};

use fields::info_list;

/// One chunk, as it will be written.
#[derive(Debug, Clone)]
pub struct RawChunk {
    /// Its four characters.
    pub id: [u8; 4],
    /// Its content.
    pub bytes: Vec<u8>,
    /// The size that its header claims, if not that of its content.
    pub claimed: Option<u32>,
    /// Whether an odd content is followed by a zero.
    pub padded: bool,
}

impl RawChunk {
    /// An honest chunk.
    pub fn new(id: [u8; 4], bytes: impl Into<Vec<u8>>) -> Self {
        Self { id, bytes: bytes.into(), claimed: None, padded: true }
    }

    /// A list of chunks: `kind` is its first four bytes.
    pub fn list(kind: [u8; 4], chunks: &[Self]) -> Self {
        let mut bytes = kind.to_vec();
        chunks.iter().for_each(|chunk| chunk.write(&mut bytes));
        Self::new(*b"LIST", bytes)
    }

    fn write(&self, out: &mut Vec<u8>) {
        out.extend(self.id);
        out.extend(self.claimed.unwrap_or(self.bytes.len() as u32).to_le_bytes());
        out.extend(&self.bytes);
        if self.padded && !self.bytes.len().is_multiple_of(2) {
            out.push(0);
        }
    }
}

/// Builds a file of the RIFF family. What is not asked for is as it should be.
#[derive(Debug, Clone)]
pub struct Wav {
    form: [u8; 4],
    fmt: Fmt,
    /// In their order; those of `fmt ` and `ds64` are filled in when it is built.
    chunks: Vec<RawChunk>,
    riff_size: Option<u32>,
    /// What `ds64` claims, if not the truth: RIFF size, data size.
    ds64: (Option<u64>, Option<u64>),
    trailing: Vec<u8>,
}

impl Wav {
    /// Linear PCM of whole numbers, without samples so far.
    pub fn pcm(sample_rate: u32, channels: u16, bits: u16) -> Self {
        Self::of(Fmt::new(1, sample_rate, channels, bits))
    }

    /// IEEE 754 numbers of 32 or 64 bits, without samples so far.
    pub fn float(sample_rate: u32, channels: u16, bits: u16) -> Self {
        Self::of(Fmt::new(3, sample_rate, channels, bits))
    }

    fn of(fmt: Fmt) -> Self {
        let chunks = vec![RawChunk::new(*b"fmt ", []), RawChunk::new(*b"data", [])];
        let (riff_size, ds64, trailing) = (None, (None, None), Vec::new());
        Self { form: *b"RIFF", fmt, chunks, riff_size, ds64, trailing }
    }

    /// A second of a sine wave, 48 kHz and 24 bits: a file that nothing is wrong with.
    pub fn good(channels: u16) -> Self {
        Self::pcm(48_000, channels, 24).ints(&signal::sine(48_000, channels, 48_000, 440.0, 0.5))
    }

    /// Adds samples, interleaved: whole numbers whose full scale is 2^31, of which the upper
    /// bits are kept.
    pub fn ints(mut self, samples: &[i32]) -> Self {
        let (bytes, unsigned) = (usize::from(self.fmt.bits.div_ceil(8)), self.fmt.bits <= 8);
        let data = &mut self.first(*b"data").bytes;
        for sample in samples {
            let sample = if unsigned { sample ^ i32::MIN } else { *sample };
            data.extend(&sample.to_le_bytes()[4 - bytes..]);
        }
        self
    }

    /// Adds samples, interleaved: numbers of IEEE 754, kept as they are.
    pub fn floats(mut self, samples: &[f32]) -> Self {
        let wide = self.fmt.bits == 64;
        let data = &mut self.first(*b"data").bytes;
        for sample in samples {
            match wide {
                true => data.extend(f64::from(*sample).to_le_bytes()),
                false => data.extend(sample.to_le_bytes()),
            }
        }
        self
    }

    /// Adds so many frames; `sample` gives one of each frame and channel, from -1 to 1.
    pub fn frames(self, count: usize, sample: impl Fn(usize, u16) -> f64) -> Self {
        let samples = signal::from_fn(count, self.fmt.channels, sample);
        match self.fmt.tag == 3 {
            true => {
                let float = |sample: &i32| (f64::from(*sample) / 2_147_483_648.0) as f32;
                let samples: Vec<f32> = samples.iter().map(float).collect();
                self.floats(&samples)
            }
            false => self.ints(&samples),
        }
    }

    /// Adds bytes where samples belong.
    pub fn raw_data(mut self, bytes: &[u8]) -> Self {
        self.first(*b"data").bytes.extend(bytes);
        self
    }

    /// Makes the format a WAVEFORMATEXTENSIBLE.
    pub fn extensible(mut self, valid_bits: u16, channel_mask: u32) -> Self {
        self.fmt.extension = Some((valid_bits, channel_mask));
        self
    }

    /// Changes the format's fields, but not how samples are written.
    pub fn fmt(mut self, change: impl FnOnce(&mut Fmt)) -> Self {
        change(&mut self.fmt);
        self
    }

    /// Makes it an RF64 file (EBU Tech 3306).
    pub fn rf64(self) -> Self {
        self.large(*b"RF64")
    }

    /// Makes it a BW64 file (ITU-R BS.2088).
    pub fn bw64(self) -> Self {
        self.large(*b"BW64")
    }

    fn large(mut self, form: [u8; 4]) -> Self {
        self.form = form;
        self.chunks.insert(0, RawChunk::new(*b"ds64", []));
        self.claim(*b"data", u32::MAX).riff_size(u32::MAX)
    }

    /// Lets `ds64` claim other sizes than the true ones: of the whole, of the samples.
    pub fn ds64(mut self, riff: Option<u64>, data: Option<u64>) -> Self {
        self.ds64 = (riff, data);
        self
    }

    /// Adds a chunk before the samples.
    pub fn chunk(mut self, chunk: RawChunk) -> Self {
        let at = self.chunks.iter().position(|known| known.id == *b"data");
        self.chunks.insert(at.unwrap_or(self.chunks.len()), chunk);
        self
    }

    /// Adds a chunk behind everything.
    pub fn chunk_after(mut self, chunk: RawChunk) -> Self {
        self.chunks.push(chunk);
        self
    }

    /// Adds the extension of a Broadcast Wave Format file.
    pub fn bext(self, bext: &Bext) -> Self {
        self.chunk(RawChunk::new(*b"bext", bext.bytes()))
    }

    /// Adds an iXML chunk.
    pub fn ixml(self, xml: &str) -> Self {
        self.chunk(RawChunk::new(*b"iXML", xml))
    }

    /// Adds a LIST of texts, such as `INAM` for the title.
    pub fn info(self, texts: &[(&[u8; 4], &str)]) -> Self {
        self.chunk(info_list(texts))
    }

    /// Adds another format behind the first.
    pub fn second_fmt(self, fmt: &Fmt) -> Self {
        let chunk = RawChunk::new(*b"fmt ", fmt.bytes());
        self.chunk(chunk)
    }

    /// Leaves out all chunks of a kind.
    pub fn without(mut self, id: [u8; 4]) -> Self {
        self.chunks.retain(|chunk| chunk.id != id);
        self
    }

    /// Moves the first chunk of a kind behind everything.
    pub fn last(mut self, id: [u8; 4]) -> Self {
        if let Some(at) = self.chunks.iter().position(|chunk| chunk.id == id) {
            let chunk = self.chunks.remove(at);
            self.chunks.push(chunk);
        }
        self
    }

    /// Lets the first chunk of a kind claim another size than its own.
    pub fn claim(mut self, id: [u8; 4], size: u32) -> Self {
        self.first(id).claimed = Some(size);
        self
    }

    /// Leaves out the pad byte of the first chunk of a kind.
    pub fn unpadded(mut self, id: [u8; 4]) -> Self {
        self.first(id).padded = false;
        self
    }

    /// Lets the header claim another size of the whole than the true one.
    pub fn riff_size(mut self, size: u32) -> Self {
        self.riff_size = Some(size);
        self
    }

    /// Adds bytes behind the end that no size speaks of.
    pub fn trailing(mut self, bytes: &[u8]) -> Self {
        self.trailing.extend(bytes);
        self
    }

    fn first(&mut self, id: [u8; 4]) -> &mut RawChunk {
        self.chunks.iter_mut().find(|chunk| chunk.id == id).unwrap()
    }

    /// The bytes of the file.
    pub fn build(&self) -> Vec<u8> {
        let mut chunks = self.chunks.clone();
        let mut filled = false;
        for chunk in &mut chunks {
            // The first alone: others were given with their content.
            if chunk.id == *b"fmt " && chunk.bytes.is_empty() && !filled {
                chunk.bytes = self.fmt.bytes();
                filled = true;
            }
        }
        let data = chunks.iter().find(|chunk| chunk.id == *b"data");
        let data = data.map_or(0, |chunk| chunk.bytes.len() as u64);
        if let Some(first) = chunks.first_mut().filter(|chunk| chunk.id == *b"ds64") {
            first.bytes = vec![0; 28];
        }
        let mut body = b"WAVE".to_vec();
        chunks.iter().for_each(|chunk| chunk.write(&mut body));
        if chunks.first().is_some_and(|chunk| chunk.id == *b"ds64") {
            let (riff, told) = (self.ds64.0.unwrap_or(body.len() as u64), self.ds64.1);
            body[12..20].copy_from_slice(&riff.to_le_bytes());
            body[20..28].copy_from_slice(&told.unwrap_or(data).to_le_bytes());
        }
        let mut file = self.form.to_vec();
        file.extend(self.riff_size.unwrap_or(body.len() as u32).to_le_bytes());
        file.extend(body);
        file.extend(&self.trailing);
        file
    }

    /// The bytes of the file, cut off after so many.
    pub fn build_cut(&self, length: usize) -> Vec<u8> {
        let mut file = self.build();
        file.truncate(length);
        file
    }
}
