//! The settings of `[care]`: how long what nobody needs is kept.

use std::time::Duration;

use studio_core::Clearing;

use super::Set;
use super::resolve::Sources;
use crate::failure::Result;
use crate::units::Span;

/// How many backups are kept where nothing says otherwise.
pub(crate) const BACKUPS: u32 = 7;

/// What is set of how long things are kept.
#[derive(Debug, Clone, Default)]
pub(crate) struct Care {
    /// How long versions stay in the trash.
    pub(crate) retention: Option<Set<Span>>,
    /// How old something that nothing names must be to be removed.
    pub(crate) grace: Option<Set<Span>>,
    /// How many copies of the catalogue are kept.
    pub(crate) backups: Option<Set<u32>>,
}

impl Care {
    pub(super) fn of(sources: &Sources) -> Result<Self> {
        let span = |text: &str| text.parse::<Span>();
        Ok(Self {
            retention: sources.parsed(
                &["STUDIO_RETENTION"],
                |settings| settings.care.retention.clone(),
                span,
            )?,
            grace: sources.parsed(
                &["STUDIO_GRACE"],
                |settings| settings.care.grace.clone(),
                span,
            )?,
            backups: sources.parsed(
                &["STUDIO_BACKUPS"],
                |settings| settings.care.backups.as_ref().map(|amount| amount.text()),
                parse_backups,
            )?,
        })
    }

    /// How long versions stay in the trash.
    pub(crate) fn retention(&self) -> Duration {
        let usual = Clearing::default().retention;
        self.retention.as_ref().map_or(usual, |set| set.value.0)
    }

    /// How old something that nothing names must be; a flag comes first.
    pub(crate) fn grace(&self, flag: Option<Span>) -> Duration {
        let set = flag.or(self.grace.as_ref().map(|set| set.value));
        set.map_or(Clearing::default().grace, |span| span.0)
    }

    /// How many copies of the catalogue are kept; a flag comes first.
    pub(crate) fn backups(&self, flag: Option<u32>) -> usize {
        let set = flag.or(self.backups.as_ref().map(|set| set.value));
        set.unwrap_or(BACKUPS) as usize
    }
}

fn parse_backups(text: &str) -> Result<u32, String> {
    let count = text.trim().parse().ok().filter(|count| *count > 0);
    count.ok_or_else(|| format!("`{text}` is no number from 1 on"))
}
