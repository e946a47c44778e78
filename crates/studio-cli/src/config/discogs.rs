//! The settings of `[discogs]`: how Discogs is asked, and where its answers are kept.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use studio_discogs::{DiscogsSettings, Lifetimes, Token};

use super::Set;
use super::resolve::Sources;
use super::serve::{parse_bool, parse_span};
use crate::failure::Result;
use crate::units::Span;

/// What is set of Discogs.
#[derive(Debug, Clone, Default)]
pub(crate) struct Discogs {
    pub(crate) token: Option<Set<Token>>,
    pub(crate) url: Option<Set<String>>,
    pub(crate) contact: Option<Set<String>>,
    pub(crate) redis: Option<Set<RedisUrl>>,
    /// Whether answers are kept in the store.
    pub(crate) objects: Option<Set<bool>>,
    pub(crate) soft: Option<Set<Span>>,
    pub(crate) hard: Option<Set<Span>>,
    pub(crate) missing: Option<Set<Span>>,
}

/// The address of a Redis, which may hold a password: it is shown without.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct RedisUrl(pub(crate) String);

impl FromStr for RedisUrl {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self(text.trim().to_owned()))
    }
}

impl fmt::Display for RedisUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const HIDDEN: &str = "********";
        // Of what stands behind a question mark, some is a password too (`unix:` addresses).
        let (text, query) = match self.0.split_once('?') {
            Some((text, _)) => (text, "?********"),
            None => (self.0.as_str(), ""),
        };
        let (scheme, rest) = match text.split_once("://") {
            Some((scheme, rest)) => (format!("{scheme}://"), rest),
            None => (String::new(), text),
        };
        match rest.rsplit_once('@') {
            None => write!(f, "{scheme}{rest}{query}"),
            Some((who, place)) => match who.split_once(':') {
                Some((name, _)) => write!(f, "{scheme}{name}:{HIDDEN}@{place}{query}"),
                None => write!(f, "{scheme}{HIDDEN}@{place}{query}"),
            },
        }
    }
}

impl fmt::Debug for RedisUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Discogs {
    pub(super) fn of(sources: &Sources) -> Result<Self> {
        let token = sources.text(&["DISCOGS_TOKEN"], |settings| settings.discogs.token.clone());
        Ok(Self {
            token: token.map(|set| Set { value: Token::new(&set.value), source: set.source }),
            url: sources.text(&["STUDIO_DISCOGS_URL"], |settings| settings.discogs.url.clone()),
            contact: sources
                .text(&["STUDIO_DISCOGS_CONTACT"], |settings| settings.discogs.contact.clone()),
            redis: sources.parsed(
                &["STUDIO_REDIS"],
                |settings| settings.discogs.redis.clone(),
                RedisUrl::from_str,
            )?,
            objects: sources.parsed(
                &["STUDIO_DISCOGS_OBJECTS"],
                |settings| settings.discogs.objects.map(|set| set.to_string()),
                parse_bool,
            )?,
            soft: sources.parsed(
                &["STUDIO_DISCOGS_SOFT"],
                |settings| settings.discogs.soft.clone(),
                parse_span,
            )?,
            hard: sources.parsed(
                &["STUDIO_DISCOGS_HARD"],
                |settings| settings.discogs.hard.clone(),
                parse_span,
            )?,
            missing: sources.parsed(
                &["STUDIO_DISCOGS_MISSING"],
                |settings| settings.discogs.missing.clone(),
                parse_span,
            )?,
        })
    }

    /// How Discogs is asked.
    pub(crate) fn settings(&self) -> DiscogsSettings {
        let usual = DiscogsSettings::default();
        DiscogsSettings {
            base: self.url.as_ref().map_or(usual.base, |set| set.value.clone()),
            token: self.token.as_ref().map(|set| set.value.clone()),
            contact: self.contact.as_ref().map(|set| set.value.clone()),
            ..usual
        }
    }

    /// Whether answers are kept in the store.
    pub(crate) fn objects(&self) -> bool {
        self.objects.as_ref().is_none_or(|set| set.value)
    }

    /// How long answers are served.
    pub(crate) fn lifetimes(&self) -> Lifetimes {
        let usual = Lifetimes::default();
        let span = |set: &Option<Set<Span>>, usual: Duration| {
            set.as_ref().map_or(usual, |set| set.value.0)
        };
        Lifetimes {
            soft: span(&self.soft, usual.soft),
            hard: span(&self.hard, usual.hard),
            missing: span(&self.missing, usual.missing),
            ..usual
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_not_shown() {
        for (url, shown) in [
            ("redis://localhost:6379", "redis://localhost:6379"),
            ("redis://ana:secret@cache:6379/2", "redis://ana:********@cache:6379/2"),
            ("redis://:sec@ret/x@cache", "redis://:********@cache"),
            ("redis://secret@cache", "redis://********@cache"),
            ("unix:///run/redis?pass=secret", "unix:///run/redis?********"),
        ] {
            let url: RedisUrl = url.parse().unwrap_or_else(|never| match never {});
            assert_eq!((url.to_string().as_str(), format!("{url:?}").as_str()), (shown, shown));
        }
    }
}
