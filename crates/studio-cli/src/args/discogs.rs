//! The commands about Discogs: which of its entries artists and albums are.

use std::str::FromStr;

use clap::{Args, Subcommand};
use studio_core::AlbumTitle;
use studio_core::repo::DiscogsEntry;

use super::publish::Telling;

/// What Discogs knows of artists and albums
///
/// Searching needs a token: DISCOGS_TOKEN, or `token` of [discogs] in studio.toml. Only names
/// and titles are sent. docs/discogs.md tells more.
#[derive(Debug, Args)]
#[command(subcommand_required = true, arg_required_else_help = true)]
pub(crate) struct Discogs {
    #[command(subcommand)]
    pub(crate) command: DiscogsCommand,
}

/// What to do about entries of Discogs.
#[derive(Debug, Subcommand)]
pub(crate) enum DiscogsCommand {
    Match(DiscogsMatch),
    Set(DiscogsSet),
    Unset(DiscogsUnset),
    Show(DiscogsShow),
}

/// Look for the entries of artists and albums by their names
///
/// Tells what was found, how alike it is (0 to 1000), and which entry is taken: the best from
/// 850 on. What a person said with `studio discogs set` stays.
#[derive(Debug, Args)]
#[command(after_help = MATCH_EXAMPLES)]
pub(crate) struct DiscogsMatch {
    /// The artist; otherwise STUDIO_ARTIST, ARTIST_NAME or `artist` in studio.toml
    #[arg(short, long, value_name = "NAME")]
    pub(crate) artist: Option<String>,
    /// An album of the artist, instead of the artist
    #[arg(long, value_name = "TITLE", conflicts_with = "all")]
    pub(crate) album: Option<AlbumTitle>,
    /// All artists and albums that have no entry yet; with --artist, that one and its albums
    #[arg(long)]
    pub(crate) all: bool,
    #[command(flatten)]
    pub(crate) telling: Telling,
}

/// An artist, or an album of one.
#[derive(Debug, Clone, Args)]
pub(crate) struct DiscogsSubject {
    /// The artist; otherwise STUDIO_ARTIST, ARTIST_NAME or `artist` in studio.toml
    #[arg(short, long, value_name = "NAME")]
    pub(crate) artist: Option<String>,
    /// An album of the artist, instead of the artist
    #[arg(long, value_name = "TITLE")]
    pub(crate) album: Option<AlbumTitle>,
}

/// Say which entry an artist or album is
///
/// No comparison of names replaces it.
#[derive(Debug, Args)]
#[command(after_help = SET_EXAMPLES)]
pub(crate) struct DiscogsSet {
    /// artist/123, master/45, release/6, the address of its page, or none
    #[arg(value_name = "ENTRY")]
    pub(crate) entry: Said,
    #[command(flatten)]
    pub(crate) subject: DiscogsSubject,
    #[command(flatten)]
    pub(crate) telling: Telling,
}

/// Take back which entry an artist or album is
///
/// Names decide again the next time.
#[derive(Debug, Args)]
pub(crate) struct DiscogsUnset {
    #[command(flatten)]
    pub(crate) subject: DiscogsSubject,
    #[command(flatten)]
    pub(crate) telling: Telling,
}

/// Show what Discogs says of an artist or album
#[derive(Debug, Args)]
pub(crate) struct DiscogsShow {
    #[command(flatten)]
    pub(crate) subject: DiscogsSubject,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// A person's word: which entry something is, or that it is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Said(pub(crate) Option<DiscogsEntry>);

impl FromStr for Said {
    type Err = &'static str;

    /// Reads `master/45`, `none`, or an address such as
    /// `https://www.discogs.com/de/master/45-Name?x=y`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const LOOKS: &str = "write artist/123, master/45, release/6, the address of its page on \
                             discogs.com, or none";
        let text = text.trim();
        if text == "none" {
            return Ok(Self(None));
        }
        let path = match text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")) {
            None => text,
            Some(address) => {
                let (host, path) = address.split_once('/').ok_or(LOOKS)?;
                let host = host.to_ascii_lowercase();
                if host != "discogs.com" && !host.ends_with(".discogs.com") {
                    return Err(LOOKS);
                }
                let path = path.split(['?', '#']).next().unwrap_or_default();
                // The language of the page.
                match path.split_once('/') {
                    Some((first, rest)) if first.len() == 2 || first == "pt_BR" => rest,
                    _ => path,
                }
            }
        };
        let (kind, rest) = path.split_once('/').ok_or(LOOKS)?;
        let is_address = path.len() != text.len();
        let digits = match is_address {
            true => rest.split(['-', '/']).next().unwrap_or_default(),
            false => rest,
        };
        let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        // The catalogue keeps numbers with a sign.
        let id = digits.parse::<i64>().ok().filter(|id| is_number && *id > 0).ok_or(LOOKS)?;
        let id = id.unsigned_abs();
        Ok(Self(Some(match kind {
            "artist" => DiscogsEntry::Artist(id),
            "master" => DiscogsEntry::Master(id),
            "release" => DiscogsEntry::Release(id),
            _ => return Err(LOOKS),
        })))
    }
}

const MATCH_EXAMPLES: &str = "\
Examples:
  studio discogs match --artist Khruangbin
  studio discogs match --artist Khruangbin --album \"Con Todo El Mundo\" --dry-run
  studio discogs match --all";

const SET_EXAMPLES: &str = "\
Examples:
  studio discogs set artist/123 --artist Khruangbin
  studio discogs set https://www.discogs.com/master/45-Name --artist Khruangbin \\
      --album \"Con Todo El Mundo\"
  studio discogs set none --artist \"The Session Band\"";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_read_as_people_have_them() {
        for (text, entry) in [
            ("artist/123", Some(DiscogsEntry::Artist(123))),
            ("master/45", Some(DiscogsEntry::Master(45))),
            ("release/6", Some(DiscogsEntry::Release(6))),
            ("none", None),
            ("https://www.discogs.com/master/45-A-Name", Some(DiscogsEntry::Master(45))),
            ("https://www.discogs.com/de/artist/7-X?type=a", Some(DiscogsEntry::Artist(7))),
            ("http://discogs.com/release/8#images", Some(DiscogsEntry::Release(8))),
        ] {
            assert_eq!(text.parse(), Ok(Said(entry)), "{text}");
        }
        for text in [
            "",
            "artist",
            "artist/",
            "artist/0",
            "artist/-1",
            "artist/+1",
            "artist/12x",
            "label/5",
            "https://discogs.com",
            "https://evildiscogs.com/artist/1",
            "https://example.org/artist/1",
            "artist/18446744073709551615",
        ] {
            assert!(text.parse::<Said>().is_err(), "{text}");
        }
    }
}
