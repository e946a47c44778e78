//! What servers other than Amazon's leave out.

use std::collections::BTreeSet;

/// Something that a real server does not do as Amazon's does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weakness {
    /// ListParts tells no checksums of parts (SeaweedFS).
    NoPartChecksums,
    /// ListParts does not tell what the checksum of the whole is to be made of
    /// (SeaweedFS, MiniStack).
    NoChecksumType,
    /// ETags look like MD5: of the bytes of a part or an object, and of the MD5s of the
    /// parts, as on Amazon with the encryption that is the default there. Without this an
    /// ETag says nothing at all, as with other encryptions.
    Md5ETags,
    /// If-None-Match is taken and not heeded (Garage).
    NoConditionalWrites,
    /// What is copied may have changed, and what is there may be replaced, whatever the
    /// conditions of a copy say (moto).
    NoCopyConditions,
    /// If-Match of a deletion is taken and not heeded (moto, Garage).
    NoConditionalDeletes,
    /// CRC-64/NVME is taken, not compared, not kept and not told.
    NoCrc64Nvme,
    /// ListMultipartUploads answers 501.
    NoUploadListing,
    /// An upload that was completed is forgotten at once: to complete it again is refused
    /// with NoSuchUpload (MinIO), where Amazon gives the first answer again.
    ForgetsCompleted,
}

/// All of a server's weaknesses.
#[derive(Debug, Clone, Default)]
pub(super) struct Weaknesses(BTreeSet<Weakness>);

impl Weaknesses {
    pub(super) fn of(all: &[Weakness]) -> Self {
        Self(all.iter().copied().collect())
    }

    pub(super) fn has(&self, weakness: Weakness) -> bool {
        self.0.contains(&weakness)
    }
}
