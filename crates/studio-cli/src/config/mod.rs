//! Settings: from the flags, the environment, two files and defaults, in this order.

mod file;
mod report;
mod resolve;

use std::path::PathBuf;

use studio_core::{ArtistName, S3Settings, StoreUrl};

pub(crate) use self::report::report;
pub(crate) use self::resolve::{resolve, variables_set};

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
    pub(crate) store: Set<StoreUrl>,
    pub(crate) database: Set<PathBuf>,
    pub(crate) endpoint: Option<Set<String>>,
    pub(crate) region: Option<Set<String>>,
    pub(crate) path_style: Option<Set<bool>>,
}

impl Config {
    /// How to reach a bucket.
    pub(crate) fn s3_settings(&self) -> S3Settings {
        S3Settings {
            endpoint: self.endpoint.as_ref().map(|set| set.value.clone()),
            region: self.region.as_ref().map(|set| set.value.clone()),
            path_style: self.path_style.as_ref().map(|set| set.value),
            credentials: None,
        }
    }
}
