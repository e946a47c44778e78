//! Settings: from the flags, the environment, two files and defaults, in this order.

pub(crate) mod care;
pub(crate) mod discogs;
mod file;
pub(crate) mod ingest;
pub(crate) mod oidc;
pub(crate) mod profiles;
mod report;
mod resolve;
mod s3;
pub(crate) mod serve;
mod transfer;

use std::path::PathBuf;

use studio_core::audio::gate::Profile;
use studio_core::{ArtistName, PersonName, StoreUrl};

use crate::args::{Moving, Storing};
use crate::failure::{Failure, Result};

use self::profiles::Profiles;
pub(crate) use self::report::report;
pub(crate) use self::resolve::{resolve, variables_set};
pub(crate) use self::transfer::{parse_parallel, parse_part_size, parse_rate};

/// Where a setting's value came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Source {
    /// A flag.
    Flag(&'static str),
    /// A variable of the environment.
    Variable(&'static str),
    /// A file.
    File(PathBuf),
    /// Nowhere.
    Default,
}

impl std::fmt::Display for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Flag(flag) => f.write_str(flag),
            Self::Variable(name) => f.write_str(name),
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Default => f.write_str("default"),
        }
    }
}

/// A value and where it came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Set<T> {
    pub(crate) value: T,
    pub(crate) source: Source,
}

/// The effective configuration.
#[derive(Debug, Clone)]
pub(crate) struct Config {
    pub(crate) artist: Option<Set<ArtistName>>,
    /// The profile that files must keep to.
    pub(crate) profile: Option<Set<String>>,
    /// Profiles of one's own.
    pub(crate) profiles: Profiles,
    /// Where bytes lie that are worked on.
    pub(crate) spool: Option<Set<PathBuf>>,
    /// Whether uploads are measured.
    pub(crate) analyse: Option<Set<bool>>,
    /// Who works here.
    pub(crate) person: Option<Set<PersonName>>,
    pub(crate) store: Set<StoreUrl>,
    pub(crate) database: Set<PathBuf>,
    pub(crate) s3: s3::S3,
    pub(crate) transfer: transfer::Transfer,
    /// How long what nobody needs is kept.
    pub(crate) care: care::Care,
    /// The bucket that others put files into, and its queues.
    pub(crate) ingest: ingest::Ingest,
    /// Who may ask the service, and how much.
    pub(crate) serve: serve::Serve,
    /// How Discogs is asked, and where its answers are kept.
    pub(crate) discogs: discogs::Discogs,
    /// Where people sign in besides here.
    pub(crate) oidc: Vec<oidc::OidcTable>,
    /// Whether a store that has lost everything is filled again. Only a flag says so.
    pub(crate) refill: bool,
}

impl Config {
    /// Where the studio's secret lies, unless STUDIO_SECRET has it: beside the database.
    pub(crate) fn secret_file(&self) -> PathBuf {
        self.database.value.with_extension("secret")
    }

    /// The profile that is meant: the one on the command line, that of the settings, or
    /// `otherwise`.
    pub(crate) fn profile(&self, flag: Option<&str>, otherwise: &str) -> Result<Profile> {
        let name = flag.or(self.profile.as_ref().map(|set| set.value.as_str()));
        profiles::find(name.unwrap_or(otherwise), &self.profiles)
    }

    /// Who says something: the one on the command line, or that of the settings.
    pub(crate) fn person(&self, flag: Option<&PersonName>) -> Result<PersonName> {
        match (flag, &self.person) {
            (Some(name), _) => Ok(name.clone()),
            (None, Some(set)) => Ok(set.value.clone()),
            // Programs have no login name.
            (None, None) => Ok(PersonName::new("unknown")?),
        }
    }

    /// The same, with what the flags say of the moving of bytes.
    pub(crate) fn moving(mut self, flags: &Moving) -> Self {
        let transfer = &mut self.transfer;
        let sizes = [&mut transfer.part_size, &mut transfer.range_size];
        override_with(sizes, flags.part_size, "--part-size");
        let counts = [&mut transfer.parallel_parts, &mut transfer.parallel_ranges];
        override_with(counts, flags.parallel, "--parallel");
        override_with([&mut transfer.limit_rate], flags.limit_rate, "--limit-rate");
        self
    }

    /// The same, with what the flags say of the keeping of bytes.
    ///
    /// # Errors
    /// When the store has nothing of the kind.
    pub(crate) fn storing(mut self, flags: &Storing) -> Result<Self> {
        let is_bucket = matches!(self.store.value, StoreUrl::S3 { .. });
        if flags.storage_class.is_some() && !is_bucket {
            return Err(Failure::usage(
                format!("{} has no storage classes", self.store.value),
                "leave out --storage-class, or name a bucket with --store s3://…",
            ));
        }
        override_with([&mut self.s3.storage_class], flags.storage_class, "--storage-class");
        self.refill = flags.refill;
        Ok(self)
    }
}

/// Puts a flag's value, if it was given, in the place of weaker ones.
fn override_with<T: Copy, const N: usize>(
    settings: [&mut Option<Set<T>>; N],
    value: Option<T>,
    flag: &'static str,
) {
    if let Some(value) = value {
        for setting in settings {
            *setting = Some(Set { value, source: Source::Flag(flag) });
        }
    }
}
