//! Checks that stores without checks of their own make on parts.

use studio_domain::Crc64Nvme;

use crate::{Error, PartReceipt, Result, combine, crc64nvme};

/// Refuses bytes whose checksum is not the one announced.
pub(crate) fn check_bytes(object: &str, bytes: &[u8], announced: Crc64Nvme) -> Result<()> {
    let found = crc64nvme(bytes);
    if found == announced {
        return Ok(());
    }
    let detail = format!("its CRC-64/NVME is {found}, not {announced}");
    Err(Error::Corrupted { object: object.to_owned(), detail })
}

/// Refuses parts that have gaps or do not add up to the checksum of the whole; returns
/// the size of the whole in bytes.
pub(crate) fn check_parts(object: &str, parts: &[PartReceipt], whole: Crc64Nvme) -> Result<u64> {
    let corrupted = |detail: String| Error::Corrupted { object: object.to_owned(), detail };
    let mut size = 0;
    let mut joined = crc64nvme(&[]);
    for (part, number) in parts.iter().zip(1..) {
        if part.number != number {
            return Err(corrupted(format!("part {number} is missing")));
        }
        joined = combine(joined, part.crc64nvme, part.size);
        size += part.size;
    }
    if joined != whole {
        return Err(corrupted(format!("its parts add up to CRC-64/NVME {joined}, not {whole}")));
    }
    Ok(size)
}
