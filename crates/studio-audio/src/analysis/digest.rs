//! The audio digest.

use sha2::{Digest as _, Sha256};
use studio_domain::AudioDigest;

use crate::{Samples, Sound};

/// How many samples are turned into bytes at once.
const AT_ONCE: usize = 1024;

/// Makes an [`AudioDigest`]: the SHA-256 of 31 bytes and all samples.
///
/// The 31 bytes are the 22 of `studio audio digest 1` and a line feed, the number of
/// channels and the sample rate as 32-bit numbers, and `i` for whole numbers or `f` for
/// floats. Each sample then is 4 bytes, interleaved: whole numbers left-justified in 32 bits,
/// so that 16-bit sound has the digest of the same sound padded to 24; floats as IEEE 754 has
/// them. Every number's least significant byte comes first.
#[derive(Debug)]
pub(super) struct Builder {
    hash: Sha256,
}

impl Builder {
    pub(super) fn new(sound: Sound, float: bool) -> Self {
        let mut hash = Sha256::new();
        hash.update(b"studio audio digest 1\n");
        hash.update(u32::from(sound.channels).to_le_bytes());
        hash.update(sound.sample_rate.to_le_bytes());
        hash.update(if float { b"f" } else { b"i" });
        Self { hash }
    }

    pub(super) fn add(&mut self, samples: Samples<'_>) {
        match samples {
            Samples::Int(samples) => self.add_all(samples, |sample| sample.to_le_bytes()),
            Samples::Float(samples) => self.add_all(samples, |sample| sample.to_le_bytes()),
        }
    }

    fn add_all<T: Copy>(&mut self, samples: &[T], to_bytes: impl Fn(T) -> [u8; 4]) {
        let mut bytes = [[0; 4]; AT_ONCE];
        for samples in samples.chunks(AT_ONCE) {
            let bytes = &mut bytes[..samples.len()];
            for (bytes, sample) in bytes.iter_mut().zip(samples) {
                *bytes = to_bytes(*sample);
            }
            self.hash.update(bytes.as_flattened());
        }
    }

    pub(super) fn finish(self) -> AudioDigest {
        AudioDigest::from_bytes(self.hash.finalize().into())
    }
}
