//! The few takes that all histories are about.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use sha2::{Digest as _, Sha256};
use studio_core::{Digest, ObjectKey};

/// A local file and its digest.
#[derive(Debug)]
pub(crate) struct File {
    pub(crate) path: PathBuf,
    pub(crate) bytes: &'static [u8],
    pub(crate) digest: Digest,
    pub(crate) object_key: ObjectKey,
}

/// The files, written when they are first asked for.
pub(crate) static TAKES: LazyLock<Vec<File>> = LazyLock::new(|| {
    let takes: [&[u8]; crate::history::TAKES] = [b"", b"first", b"other", b"a third take"];
    takes.into_iter().enumerate().map(|(n, bytes)| write(n, bytes)).collect()
});

fn write(n: usize, bytes: &'static [u8]) -> File {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let path = directory.join(format!("take {n}.wav"));
    // Another run of the same test may be reading it.
    let new = tempfile::NamedTempFile::new_in(directory).unwrap();
    std::fs::write(&new, bytes).unwrap();
    new.persist(&path).unwrap();
    let digest = Digest::from_bytes(Sha256::digest(bytes).into());
    File { path, bytes, digest, object_key: ObjectKey::of_object(&digest) }
}
