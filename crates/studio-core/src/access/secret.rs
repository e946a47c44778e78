//! What only the studio knows, and what is made of it.

use std::fmt;
use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};
use studio_domain::Digest;

use super::{AccessError, Result};

/// How many bytes a secret has.
const BYTES: usize = 32;

/// What only the studio knows: 32 bytes from the system's source of chance. Who has it and the
/// database can make the keys of all players.
#[derive(Clone)]
pub struct StudioSecret([u8; BYTES]);

impl fmt::Debug for StudioSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StudioSecret(..)")
    }
}

impl StudioSecret {
    /// These bytes.
    pub fn new(bytes: [u8; BYTES]) -> Self {
        Self(bytes)
    }

    /// A new one.
    ///
    /// # Errors
    /// [`AccessError::Failed`] when the system has no chance to give.
    pub fn random() -> Result<Self> {
        random().map(Self)
    }

    /// The one of a text as it stands in its file: 43 characters of base64url (RFC 4648, 5).
    ///
    /// # Errors
    /// [`AccessError::Secret`].
    pub fn from_text(text: &str) -> Result<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text.trim()).ok();
        let bytes = bytes.and_then(|bytes| <[u8; BYTES]>::try_from(bytes).ok());
        let problem = || "the studio's secret is not 43 characters of base64url".to_owned();
        bytes.map(Self).ok_or_else(|| AccessError::Secret { problem: problem() })
    }

    /// The one in a file, which is made if there is none, for its owner alone. Two programs that
    /// make it at once come to one.
    ///
    /// # Errors
    /// [`AccessError::Secret`] when it cannot be read or made, when others can read it, or when
    /// it is none.
    pub fn open(path: &Path) -> Result<Self> {
        match read(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                make(path, &Self::random()?).map_err(|error| unusable(path, "made", &error))?;
                read(path)
            }
            found => found,
        }
        .map_err(|error| unusable(path, "read", &error))
        .and_then(|text| Self::from_text(&text))
    }

    fn to_text(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }

    /// What is made of it for a purpose and some parts (HMAC-SHA-256, RFC 2104).
    pub(crate) fn derive(&self, purpose: &str, parts: &[&[u8]]) -> [u8; BYTES] {
        // A key of any length will do, so that this cannot fail; with none, nothing would match.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.0) else { return [0; BYTES] };
        for part in [purpose.as_bytes()].iter().chain(parts) {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part);
        }
        mac.finalize().into_bytes().into()
    }
}

fn unusable(path: &Path, done: &str, error: &io::Error) -> AccessError {
    let problem = format!("the studio's secret {} cannot be {done}: {error}", path.display());
    AccessError::Secret { problem }
}

fn read(path: &Path) -> io::Result<String> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        if fs::metadata(path)?.permissions().mode() & 0o077 != 0 {
            return Err(io::Error::other("others than its owner may read it (chmod 600)"));
        }
    }
    fs::read_to_string(path)
}

fn make(path: &Path, secret: &StudioSecret) -> io::Result<()> {
    let directory = path.parent().filter(|directory| !directory.as_os_str().is_empty());
    // For its owner alone from the start: so temporary files are made.
    let mut file = tempfile::NamedTempFile::new_in(directory.unwrap_or(Path::new(".")))?;
    writeln!(file, "{}", secret.to_text())?;
    file.as_file().sync_all()?;
    match file.persist_noclobber(path) {
        Err(error) if error.error.kind() != io::ErrorKind::AlreadyExists => Err(error.error),
        _ => Ok(()),
    }
}

/// A secret in the words in which somebody comes with it. Not shown by `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretText(String);

impl SecretText {
    /// A new one: 256 bits by chance behind a prefix.
    pub(super) fn random(prefix: &str) -> Result<Self> {
        Ok(Self::of(prefix, &random::<BYTES>()?))
    }

    /// Bytes behind a prefix.
    pub(crate) fn of(prefix: &str, bytes: &[u8]) -> Self {
        Self(format!("{prefix}{}", URL_SAFE_NO_PAD.encode(bytes)))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// By what the catalogue knows it.
    pub(super) fn digest(&self) -> Digest {
        digest(&self.0)
    }
}

impl fmt::Debug for SecretText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretText(..)")
    }
}

/// The SHA-256 of a secret. It has 256 bits of chance, so that nothing slower is needed.
pub(super) fn digest(text: &str) -> Digest {
    Digest::from_bytes(Sha256::digest(text).into())
}

/// The bytes of a text that [`SecretText`] made without a prefix.
pub(crate) fn bytes_of(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}

pub(super) fn random<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(AccessError::internal)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_is_made_once_and_for_its_owner_alone() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("studio.secret");
        let first = StudioSecret::open(&path).expect("made");
        let second = StudioSecret::open(&path).expect("read");
        assert_eq!(first.0, second.0);
        assert_ne!(first.0, [0; BYTES]);
        make(&path, &StudioSecret::new([7; BYTES])).expect("another came first");
        assert_eq!(StudioSecret::open(&path).expect("the first").0, first.0);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = fs::metadata(&path).expect("there").permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
            fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).expect("changed");
            let refused = StudioSecret::open(&path).expect_err("others can read it");
            assert!(refused.to_string().contains("chmod 600"), "{refused}");
        }
    }

    #[test]
    fn what_is_no_secret_is_refused() {
        for bad in ["", "short", &"A".repeat(42), &"A".repeat(44), "not base64url at all !!!"] {
            assert!(StudioSecret::from_text(bad).is_err(), "{bad}");
        }
        let text = StudioSecret::new([9; BYTES]).to_text();
        assert_eq!(StudioSecret::from_text(&format!("{text}\n")).expect("it").0, [9; BYTES]);
    }

    #[test]
    fn parts_do_not_run_into_each_other() {
        let secret = StudioSecret::new([1; BYTES]);
        let of = |parts: &[&[u8]]| secret.derive("key", parts);
        assert_ne!(of(&[b"ab", b"c"]), of(&[b"a", b"bc"]));
        assert_ne!(of(&[b"a"]), secret.derive("csrf", &[b"a"]));
        assert_ne!(of(&[b"a"]), StudioSecret::new([2; BYTES]).derive("key", &[b"a"]));
        assert_eq!(of(&[b"a"]), of(&[b"a"]));
    }
}
