//! Test credentials, new for every start.

use std::fmt::Write as _;
use std::fs::File;
use std::io::Read as _;

use super::error::{Context as _, Result};

/// An access key and its secret, in the form that the strictest server
/// (Garage) asks for: `GK` and 24 hex digits, then 64 hex digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Credentials {
    /// `GK` and 24 hex digits.
    pub(crate) access_key: String,
    /// 64 hex digits.
    pub(crate) secret_key: String,
}

impl Credentials {
    /// New random values. They open nothing but a server on this machine.
    pub(crate) fn generate() -> Result<Self> {
        Ok(Self { access_key: format!("GK{}", random_hex(12)?), secret_key: random_hex(32)? })
    }
}

/// `bytes` random bytes as lowercase hex digits.
pub(super) fn random_hex(bytes: usize) -> Result<String> {
    let source = "/dev/urandom";
    let mut random = vec![0; bytes];
    File::open(source)
        .and_then(|mut file| file.read_exact(&mut random))
        .context(|| format!("can't read {source}"))?;
    Ok(random.iter().fold(String::new(), |mut hex, byte| {
        // Writing to a String can't fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_hex(text: &str) -> bool {
        text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    }

    #[test]
    fn keys_have_the_form_that_garage_asks_for() -> Result<()> {
        let keys = Credentials::generate()?;
        assert_eq!(keys.access_key.len(), 26);
        assert!(keys.access_key.strip_prefix("GK").is_some_and(is_hex));
        assert_eq!(keys.secret_key.len(), 64);
        assert!(is_hex(&keys.secret_key));
        Ok(())
    }

    #[test]
    fn every_start_has_its_own_keys() -> Result<()> {
        assert_ne!(Credentials::generate()?, Credentials::generate()?);
        Ok(())
    }
}
