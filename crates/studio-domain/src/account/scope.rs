//! What a token may be used for.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use crate::ParseKindError;
use crate::audio::named;

named! {
    /// What a token may be used for, within the rights of its account.
    Scope, "a scope: read, write, ingest or manage" {
        /// See and hear what its account may.
        Read => "read",
        /// Change what its account may; carries no right to read.
        Write => "write",
        /// Register and delete assets, as workers do.
        Ingest => "ingest",
        /// Decide who comes in: accounts, tokens, the audit log.
        Manage => "manage",
    }
}

/// Some scopes, at least one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scopes(BTreeSet<Scope>);

impl Scopes {
    /// These scopes; `None` when there are none.
    pub fn new(scopes: impl IntoIterator<Item = Scope>) -> Option<Self> {
        let scopes: BTreeSet<Scope> = scopes.into_iter().collect();
        (!scopes.is_empty()).then_some(Self(scopes))
    }

    /// Whether this is one of them.
    pub fn have(&self, scope: Scope) -> bool {
        self.0.contains(&scope)
    }

    /// Each of them once, in the order of their declaration.
    pub fn iter(&self) -> impl Iterator<Item = Scope> + '_ {
        self.0.iter().copied()
    }
}

/// Joined by spaces, as OAuth writes scopes (RFC 6749, 3.3).
impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.iter().map(Scope::as_str).collect();
        f.pad(&names.join(" "))
    }
}

impl FromStr for Scopes {
    type Err = ParseKindError;

    /// Scopes joined by spaces or commas.
    fn from_str(text: &str) -> Result<Self, ParseKindError> {
        let names = text.split([' ', ',']).filter(|name| !name.is_empty());
        let scopes: BTreeSet<Scope> = names.map(str::parse).collect::<Result<_, _>>()?;
        let expected = "a scope: read, write, ingest or manage";
        Self::new(scopes).ok_or_else(|| ParseKindError { text: text.to_owned(), expected })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_are_written_and_read_back() {
        let scopes: Scopes = "write,read read".parse().expect("scopes");
        assert_eq!(scopes.to_string(), "read write");
        assert!(scopes.have(Scope::Write) && !scopes.have(Scope::Manage));
        assert_eq!(Scopes::new([Scope::Write, Scope::Read]), Some(scopes));
        assert!("".parse::<Scopes>().is_err() && "read all".parse::<Scopes>().is_err());
        assert_eq!(Scopes::new([]), None);
    }
}
