//! What an artist says on their page.

use std::fmt;
use std::str::FromStr;

use crate::Note;

/// The most bytes of an address.
const LONGEST_ADDRESS: usize = 2_000;

/// What an artist says of themselves.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Profile {
    /// Who they are.
    pub biography: Option<Note>,
    /// Where else they are, at most [`MOST_LINKS`](Self::MOST_LINKS).
    pub links: Vec<WebLink>,
}

impl Profile {
    /// The most links.
    pub const MOST_LINKS: usize = 10;
}

/// A page of another site: an address of HTTP or HTTPS, and nothing that a browser would run.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct WebLink(String);

/// A text that is no such address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{}` is no address of a page: expected one such as https://example.org/band", .0.escape_debug())]
pub struct ParseWebLinkError(String);

impl WebLink {
    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What people read: the address without its scheme and what is at its end for form's sake.
    pub fn shown(&self) -> &str {
        let bare = self.0.split_once("://").map_or(self.0.as_str(), |(_, rest)| rest);
        bare.strip_prefix("www.").unwrap_or(bare).trim_end_matches('/')
    }
}

impl fmt::Display for WebLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl FromStr for WebLink {
    type Err = ParseWebLinkError;

    fn from_str(text: &str) -> Result<Self, ParseWebLinkError> {
        let text = text.trim();
        let refused = || ParseWebLinkError(text.to_owned());
        let (scheme, rest) = text.split_once("://").ok_or_else(refused)?;
        let scheme = scheme.to_ascii_lowercase();
        let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let is_plain =
            |c: char| !c.is_whitespace() && !c.is_control() && !"\"<>\\^`{|}".contains(c);
        let fits = matches!(scheme.as_str(), "http" | "https")
            && text.len() <= LONGEST_ADDRESS
            && text.chars().all(is_plain)
            // A name before an @ would let one site look like another.
            && !host.contains('@')
            && host.chars().any(char::is_alphanumeric);
        if fits { Ok(Self(format!("{scheme}://{rest}"))) } else { Err(refused()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_addresses_and_scripts_are_not() {
        for good in ["https://example.org", "HTTP://example.org/a?b=c#d", "https://bücher.example/"]
        {
            assert!(good.parse::<WebLink>().is_ok(), "{good}");
        }
        for bad in [
            "javascript:alert(1)",
            "javascript://example.org/%0Aalert(1)",
            "data:text/html,x",
            "example.org",
            "https://",
            "https:///path",
            "https://good.example@evil.example/",
            "https://example.org/ x",
            "https://example.org/\"onclick=",
            "ftp://example.org",
            "",
        ] {
            assert!(bad.parse::<WebLink>().is_err(), "{bad}");
        }
        assert!(format!("https://{}", "a".repeat(2_000)).parse::<WebLink>().is_err());
    }

    #[test]
    fn people_read_the_address_alone() {
        let shown = |text: &str| text.parse::<WebLink>().map(|link| link.shown().to_owned());
        assert_eq!(shown("https://www.example.org/").as_deref(), Ok("example.org"));
        assert_eq!(shown("http://example.org/band").as_deref(), Ok("example.org/band"));
    }
}
