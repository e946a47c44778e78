//! `studio.toml`.

use std::io;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::oidc::OidcTable;
use super::profiles::Profiles;
use crate::failure::{Failure, Result};

/// The file's name, wherever it stands.
const NAME: &str = "studio.toml";

/// The settings of one file.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Settings {
    pub(super) artist: Option<String>,
    pub(super) person: Option<String>,
    pub(super) spool: Option<PathBuf>,
    pub(super) profile: Option<String>,
    pub(super) analyse: Option<bool>,
    #[serde(default)]
    pub(super) profiles: Profiles,
    pub(super) store: Option<String>,
    pub(super) database: Option<PathBuf>,
    #[serde(default)]
    pub(super) s3: S3,
    #[serde(default)]
    pub(super) transfer: Transfer,
    #[serde(default)]
    pub(super) care: Care,
    pub(super) listen: Option<String>,
    #[serde(default)]
    pub(super) ingest: Ingest,
    #[serde(default)]
    pub(super) serve: Serve,
    #[serde(default)]
    pub(super) discogs: Discogs,
    #[serde(default)]
    pub(super) oidc: Vec<OidcTable>,
}

/// The table `[s3]`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct S3 {
    pub(super) endpoint: Option<String>,
    pub(super) region: Option<String>,
    pub(super) path_style: Option<bool>,
    pub(super) profile: Option<String>,
    pub(super) storage_class: Option<String>,
    pub(super) encryption: Option<String>,
    pub(super) kms_key: Option<String>,
    pub(super) attempts: Option<Amount>,
    pub(super) patience: Option<String>,
}

/// The table `[transfer]`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Transfer {
    pub(super) part_size: Option<Amount>,
    pub(super) parallel_parts: Option<Amount>,
    pub(super) range_size: Option<Amount>,
    pub(super) parallel_ranges: Option<Amount>,
    pub(super) limit_rate: Option<Amount>,
}

/// The table `[care]`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Care {
    pub(super) retention: Option<String>,
    pub(super) grace: Option<String>,
    pub(super) backups: Option<Amount>,
}

/// The table `[ingest]`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Ingest {
    pub(super) bucket: Option<String>,
    pub(super) queue: Option<String>,
    pub(super) delete_queue: Option<String>,
    pub(super) queue_endpoint: Option<String>,
    pub(super) profile: Option<String>,
    pub(super) on_invalid: Option<String>,
    pub(super) quarantine_prefix: Option<String>,
    pub(super) file_as: Option<String>,
    pub(super) file_by_ixml: Option<bool>,
    pub(super) asset_url: Option<String>,
    pub(super) asset_token: Option<String>,
    pub(super) parallel: Option<Amount>,
    pub(super) visibility: Option<String>,
}

/// The table `[serve]`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Serve {
    pub(super) site_name: Option<String>,
    pub(super) site_url: Option<String>,
    pub(super) hosts: Option<Vec<String>>,
    pub(super) trusted_proxies: Option<Vec<String>>,
    pub(super) forwarded: Option<String>,
    pub(super) cors_origins: Option<Vec<String>>,
    pub(super) redirect: Option<String>,
    pub(super) grace: Option<String>,
    pub(super) request_timeout: Option<String>,
    pub(super) header_timeout: Option<String>,
    pub(super) write_timeout: Option<String>,
    pub(super) largest_body: Option<Amount>,
    pub(super) connections: Option<Amount>,
    pub(super) connections_per_client: Option<Amount>,
}

/// The table `[discogs]`.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Discogs {
    pub(super) token: Option<String>,
    pub(super) url: Option<String>,
    pub(super) contact: Option<String>,
    pub(super) redis: Option<String>,
    pub(super) objects: Option<bool>,
    pub(super) soft: Option<String>,
    pub(super) hard: Option<String>,
    pub(super) missing: Option<String>,
}

/// Without what is secret.
impl std::fmt::Debug for Discogs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Discogs").finish_non_exhaustive()
    }
}

/// A number, or a text with a number and its unit.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged, expecting = "a number, or a text such as \"8MiB\"")]
pub(super) enum Amount {
    Number(i64),
    Text(String),
}

impl Amount {
    /// The text to be read, as in the environment.
    pub(super) fn text(&self) -> String {
        match self {
            Self::Number(number) => number.to_string(),
            Self::Text(text) => text.clone(),
        }
    }
}

/// A file that was found.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) path: PathBuf,
    pub(super) settings: Settings,
}

impl Found {
    /// The directory to which the file's relative paths belong.
    pub(super) fn directory(&self) -> &Path {
        self.path.parent().unwrap_or(Path::new("/"))
    }
}

/// Reads `studio.toml` in `directory`, if it is there.
pub(super) fn read_from(directory: &Path) -> Result<Option<Found>> {
    let path = directory.join(NAME);
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => {
            let message = format!("cannot read {}: {error}", path.display());
            return Err(Failure::Usage { message, hint: None });
        }
    };
    match toml::from_str(&text) {
        Ok(settings) => Ok(Some(Found { path, settings })),
        Err(error) => {
            let line = error.span().map(|span| 1 + text[..span.start].matches('\n').count());
            let line = line.map(|line| format!(" line {line}")).unwrap_or_default();
            let message = format!("{}{line}: {}", path.display(), error.message());
            Err(Failure::usage(message, "`studio config --help` shows a file with every setting"))
        }
    }
}
