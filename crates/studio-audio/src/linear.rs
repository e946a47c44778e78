//! Linear PCM as it lies in a file: what its bytes mean, and where they are.

use std::ops::Range;

/// What the bytes of one sample are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Number {
    /// A whole number without a sign, of one byte: 128 is the middle.
    Unsigned,
    /// A whole number in two's complement, of 1 to 4 bytes.
    Signed,
    /// A number of IEEE 754, of 4 or 8 bytes.
    Float,
}

/// Samples that can be read without a parser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Linear {
    pub(crate) number: Number,
    /// Whether the most significant byte comes first.
    pub(crate) big_endian: bool,
    /// Bytes of a sample.
    pub(crate) sample_bytes: u16,
    /// Where the samples are, in the order in which they are heard (bytes from the start of
    /// the file).
    pub(crate) places: Vec<Range<u64>>,
}

impl Linear {
    /// Leaves what is there of frames of so many bytes, in a file of `size` bytes: all up to
    /// the first that is missing.
    pub(crate) fn cut(&mut self, frame_bytes: u64, size: u64) {
        let whole = |bytes: u64| bytes / frame_bytes * frame_bytes;
        let mut missing = false;
        self.places.retain_mut(|place| {
            if missing {
                return false;
            }
            missing = place.end > size;
            place.end = place.start + whole(place.end.min(size).saturating_sub(place.start));
            !place.is_empty()
        });
    }

    /// Leaves no more than `most` bytes behind the first `skip`.
    pub(crate) fn trim(&mut self, mut skip: u64, mut most: u64) {
        self.places.retain_mut(|place| {
            let skipped = skip.min(place.end - place.start);
            (skip, place.start) = (skip - skipped, place.start + skipped);
            let left = most.min(place.end - place.start);
            (most, place.end) = (most - left, place.start + left);
            !place.is_empty()
        });
    }

    /// Whole numbers, left-justified.
    pub(crate) fn ints(&self, bytes: &[u8], out: &mut Vec<i32>) {
        out.clear();
        match (self.sample_bytes, self.big_endian) {
            (1, _) => {
                let middle = if self.number == Number::Unsigned { 0x80 } else { 0 };
                out.extend(bytes.iter().map(|byte| i32::from(byte ^ middle) << 24));
            }
            (2, false) => {
                let samples = bytes.as_chunks::<2>().0.iter();
                out.extend(samples.map(|&[a, b]| i32::from_le_bytes([0, 0, a, b])));
            }
            (2, true) => {
                let samples = bytes.as_chunks::<2>().0.iter();
                out.extend(samples.map(|&[a, b]| i32::from_be_bytes([a, b, 0, 0])));
            }
            (3, false) => {
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
            (3, true) => {
                let samples = bytes.as_chunks::<3>().0.iter();
                out.extend(samples.map(|&[a, b, c]| i32::from_be_bytes([a, b, c, 0])));
            }
            (_, false) => {
                out.extend(bytes.as_chunks::<4>().0.iter().map(|raw| i32::from_le_bytes(*raw)));
            }
            (_, true) => {
                out.extend(bytes.as_chunks::<4>().0.iter().map(|raw| i32::from_be_bytes(*raw)));
            }
        }
    }

    /// The upper 16 bits of each sample, where they can be had at once: tells whether.
    pub(crate) fn coarse(&self, bytes: &[u8], out: &mut Vec<i16>) -> bool {
        let at_once = (self.number, self.sample_bytes, self.big_endian);
        if at_once == (Number::Signed, 3, false) {
            upper_of_24_bits(bytes, out);
        }
        at_once == (Number::Signed, 3, false)
    }

    /// Numbers of IEEE 754. What is beyond the smaller kind becomes infinite.
    pub(crate) fn floats(&self, bytes: &[u8], out: &mut Vec<f32>) {
        out.clear();
        match (self.sample_bytes, self.big_endian) {
            (8, false) => {
                let samples = bytes.as_chunks::<8>().0.iter();
                out.extend(samples.map(|raw| f64::from_le_bytes(*raw) as f32));
            }
            (8, true) => {
                let samples = bytes.as_chunks::<8>().0.iter();
                out.extend(samples.map(|raw| f64::from_be_bytes(*raw) as f32));
            }
            (_, false) => {
                out.extend(bytes.as_chunks::<4>().0.iter().map(|raw| f32::from_le_bytes(*raw)));
            }
            (_, true) => {
                out.extend(bytes.as_chunks::<4>().0.iter().map(|raw| f32::from_be_bytes(*raw)));
            }
        }
    }
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
