//! Addresses of e-mail.

use std::fmt;
use std::str::FromStr;

/// The most bytes an address may have (RFC 5321, 4.5.3.1.3, without its brackets).
const MAX_BYTES: usize = 254;

/// The most bytes before its `@` (RFC 5321, 4.5.3.1.1).
const MAX_LOCAL_BYTES: usize = 64;

/// An address of e-mail, as it was typed. Two that differ only in case are one.
///
/// Whether it exists only a message to it can tell; what certainly is none is refused.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EmailAddress {
    key: String,
    text: String,
}

/// A text that is no address of e-mail.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{}` is no e-mail address such as ann@example.org", .0.escape_debug())]
pub struct EmailAddressError(String);

impl EmailAddress {
    /// The address as it was typed.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The form by which it is unique: in lower case.
    pub fn key(&self) -> &str {
        &self.key
    }
}

impl fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

impl FromStr for EmailAddress {
    type Err = EmailAddressError;

    fn from_str(text: &str) -> Result<Self, EmailAddressError> {
        let text = text.trim();
        let refused = || EmailAddressError(text.chars().take(MAX_BYTES).collect());
        let (local, domain) = text.split_once('@').ok_or_else(refused)?;
        let is_plain =
            |c: char| !c.is_whitespace() && !c.is_control() && !"@<>,;:\"()[]\\".contains(c);
        let good = text.len() <= MAX_BYTES
            && (1..=MAX_LOCAL_BYTES).contains(&local.len())
            && local.chars().chain(domain.chars()).all(is_plain)
            && domain.split('.').all(|label| !label.is_empty());
        match good {
            true => Ok(Self { key: text.to_lowercase(), text: text.to_owned() }),
            false => Err(refused()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_certainly_no_address_is_refused() {
        for good in ["ann@example.org", " Ann.Lee+studio@mail.example.org ", "ü@exämple.org", "a@b"]
        {
            assert_eq!(good.parse().map(|a: EmailAddress| a.text), Ok(good.trim().to_owned()));
        }
        let long = format!("{}@example.org", "x".repeat(65));
        let longer = format!("a@{}.org", "x".repeat(254));
        let bad = ["", "ann", "@x", "ann@", "a@b@c", "a b@c", "a@b..c", "<a@b>", "a@b\nc"];
        for bad in bad.into_iter().chain([long.as_str(), longer.as_str()]) {
            assert!(bad.parse::<EmailAddress>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn case_makes_no_other_address() {
        let [a, b] = ["Ann@Example.org", "ann@example.ORG"].map(str::parse::<EmailAddress>);
        assert_eq!(a.map(|a| a.key), b.map(|b| b.key));
    }
}
