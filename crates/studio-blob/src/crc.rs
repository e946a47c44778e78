//! CRC-64/NVME, the checksum that S3 keeps for whole objects.

use crc_fast::CrcAlgorithm::Crc64Nvme as ALGORITHM;
use studio_domain::Crc64Nvme;

/// The CRC-64/NVME of `bytes`.
pub fn crc64nvme(bytes: &[u8]) -> Crc64Nvme {
    Crc64Nvme::from_u64(crc_fast::checksum(ALGORITHM, bytes))
}

/// The CRC of two runs of bytes joined, from that of each; `second_len` is in bytes.
pub fn combine(first: Crc64Nvme, second: Crc64Nvme, second_len: u64) -> Crc64Nvme {
    let joined = crc_fast::checksum_combine(ALGORITHM, first.as_u64(), second.as_u64(), second_len);
    Crc64Nvme::from_u64(joined)
}

/// Computes a CRC over bytes that come piece by piece.
#[derive(Debug, Clone)]
pub struct CrcHasher(crc_fast::Digest);

impl CrcHasher {
    /// Takes in the next bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The CRC of all bytes so far.
    pub fn finish(&self) -> Crc64Nvme {
        Crc64Nvme::from_u64(self.0.finalize())
    }
}

impl Default for CrcHasher {
    fn default() -> Self {
        Self(crc_fast::Digest::new(ALGORITHM))
    }
}
