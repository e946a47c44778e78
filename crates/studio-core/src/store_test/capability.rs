//! What a store may be without, and what studio does then.

use super::report::Capability;

/// If-None-Match on a write in one piece (S3 API, PutObject).
pub(super) const CREATE_ONCE: Capability = Capability {
    name: "create-once",
    about: "refuses to write an object that is there (If-None-Match)",
    instead: "the catalogue alone decides who stores a version; an object's key is the digest of \
              its bytes, so that a second writer writes the same bytes",
};

/// If-None-Match on the end of an upload in parts (S3 API, CompleteMultipartUpload).
pub(super) const COMPLETE_ONCE: Capability = Capability {
    name: "complete-once",
    about: "refuses to finish an upload in parts where an object is (If-None-Match)",
    instead: "studio looks for the object before it sends parts; an object's key is the digest of \
              its bytes, so that a second writer writes the same bytes",
};

/// ETag and If-Match on reads (S3 API, GetObject).
pub(super) const ONE_STATE: Capability = Capability {
    name: "one-state",
    about: "names an object's state and reads that one alone (ETag, If-Match)",
    instead: "an object that is replaced while it is read is found out by the SHA-256 at the end \
              of the download, not at once",
};

/// CRC-64/NVME kept with an object and told by HEAD (S3 API, HeadObject).
pub(super) const CHECKSUM_TOLD: Capability = Capability {
    name: "checksum-told",
    about: "keeps the CRC-64/NVME of each object and tells it",
    instead: "studio reads an object's bytes back where it must know that they are right; \
              a quick verification compares sizes alone",
};

/// The full-object checksum compared on completion (S3 API, CompleteMultipartUpload).
pub(super) const WHOLE_CHECKED: Capability = Capability {
    name: "whole-checked",
    about: "compares an object that came in parts with the checksum of the whole",
    instead: "the store compares each part as it comes, and studio adds the parts' checksums up \
              to that of the whole before it finishes the upload",
};

/// Keys in the order of their bytes (S3 API, ListObjectsV2).
pub(super) const KEY_ORDER: Capability = Capability {
    name: "key-order",
    about: "lists objects in the order of their keys' bytes",
    instead: "studio goes through a listing in the store's own order, from the last key that it \
              was given",
};

/// When an object was written (S3 API, Last-Modified).
pub(super) const TIME_TOLD: Capability = Capability {
    name: "time-told",
    about: "tells when an object was written",
    instead: "studio takes an object without a time for a new one, and never removes it as an \
              orphan",
};

/// A clock like ours.
pub(super) const CLOCK: Capability = Capability {
    name: "clock",
    about: "has a clock within five minutes of this machine's",
    instead: "grace periods are counted by the store's clock and end earlier or later by the \
              difference; set the clocks before you rely on them",
};

/// Keys beyond those of studio itself, as in a prefix that a person chose.
pub(super) const ODD_KEYS: Capability = Capability {
    name: "odd-keys",
    about: "takes every character in a key",
    instead: "studio's own keys are letters, digits and dashes; choose a prefix of these too",
};

/// A list of open uploads (S3 API, ListMultipartUploads).
pub(super) const UPLOADS_LISTED: Capability = Capability {
    name: "uploads-listed",
    about: "lists the uploads in parts that are unfinished",
    instead: "an upload that was cut off begins anew; studio gives up the parts of one that it \
              ends itself, and those of one that was killed stay until the bucket's own rules \
              remove them",
};

/// A list of the parts of an open upload (S3 API, ListParts).
pub(super) const PARTS_LISTED: Capability = Capability {
    name: "parts-listed",
    about: "lists the parts of an unfinished upload",
    instead: "an upload that was cut off sends all its parts again",
};

/// The checksum of each part in that list (S3 API, ListParts).
pub(super) const PART_CHECKSUMS: Capability = Capability {
    name: "part-checksums",
    about: "tells the CRC-64/NVME of each part that it has",
    instead: "a part is relied on where its ETag is the MD5 of the local bytes, and sent again \
              where it is not",
};
