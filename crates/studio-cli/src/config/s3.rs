//! The settings of `[s3]`: how to reach a bucket, and how it keeps what is written.

use std::time::Duration;

use studio_core::{Encryption, S3Settings, StorageClass};

use super::Set;
use super::resolve::{Sources, invalid};
use crate::failure::Result;
use crate::units::Span;

/// How often a request may be sent at most.
const MOST_ATTEMPTS: u32 = 20;
/// The least patience, and the most; no answer takes an hour.
const PATIENCE: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(3600));

/// What is set of `[s3]`.
#[derive(Debug, Clone, Default)]
pub(crate) struct S3 {
    pub(crate) endpoint: Option<Set<String>>,
    pub(crate) region: Option<Set<String>>,
    pub(crate) path_style: Option<Set<bool>>,
    pub(crate) profile: Option<Set<String>>,
    pub(crate) storage_class: Option<Set<StorageClass>>,
    pub(crate) encryption: Option<Set<Encryption>>,
    pub(crate) kms_key: Option<Set<String>>,
    pub(crate) attempts: Option<Set<u32>>,
    pub(crate) patience: Option<Set<Span>>,
}

impl S3 {
    /// Puts the sources together.
    pub(super) fn of(sources: &Sources) -> Result<Self> {
        let region = ["AWS_REGION", "AWS_DEFAULT_REGION"];
        let kms_key = sources.text(&["STUDIO_S3_KMS_KEY"], |settings| settings.s3.kms_key.clone());
        Ok(Self {
            endpoint: sources.parsed(
                &["AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_ENDPOINT"],
                |settings| settings.s3.endpoint.clone(),
                parse_endpoint,
            )?,
            region: sources.text(&region, |settings| settings.s3.region.clone()),
            path_style: sources.parsed(
                &["STUDIO_S3_PATH_STYLE"],
                |settings| settings.s3.path_style.map(|set| set.to_string()),
                parse_bool,
            )?,
            profile: sources.text(&["AWS_PROFILE"], |settings| settings.s3.profile.clone()),
            storage_class: sources.parsed(
                &["STUDIO_S3_STORAGE_CLASS"],
                |settings| settings.s3.storage_class.clone(),
                str::parse,
            )?,
            encryption: encryption(sources, kms_key.as_ref())?,
            kms_key,
            attempts: sources.parsed(
                &["STUDIO_S3_ATTEMPTS"],
                |settings| settings.s3.attempts.as_ref().map(|amount| amount.text()),
                parse_attempts,
            )?,
            patience: sources.parsed(
                &["STUDIO_S3_PATIENCE"],
                |settings| settings.s3.patience.clone(),
                parse_patience,
            )?,
        })
    }

    /// The encryption's name, for the report.
    pub(super) fn encryption_name(&self) -> Option<Set<&'static str>> {
        let Set { value, source } = self.encryption.as_ref()?;
        Some(Set { value: value.name(), source: source.clone() })
    }

    /// How to reach a bucket.
    pub(crate) fn settings(&self) -> S3Settings {
        S3Settings {
            endpoint: value(self.endpoint.as_ref()),
            region: value(self.region.as_ref()),
            path_style: value(self.path_style.as_ref()),
            credentials: None,
            profile: value(self.profile.as_ref()),
            storage_class: value(self.storage_class.as_ref()),
            encryption: value(self.encryption.as_ref()),
            attempts: value(self.attempts.as_ref()),
            patience: self.patience.as_ref().map(|set| set.value.0),
        }
    }
}

fn value<T: Clone>(set: Option<&Set<T>>) -> Option<T> {
    set.map(|set| set.value.clone())
}

/// A key alone asks for its use; and one that would not be used is refused.
fn encryption(sources: &Sources, key: Option<&Set<String>>) -> Result<Option<Set<Encryption>>> {
    let name = sources.text(&["STUDIO_S3_ENCRYPTION"], |settings| settings.s3.encryption.clone());
    let (name, source) = match (name, key) {
        (Some(Set { value, source }), _) => (value, source),
        (None, Some(key)) => ("aws:kms".to_owned(), key.source.clone()),
        (None, None) => return Ok(None),
    };
    match Encryption::new(&name, key.map(|key| key.value.clone())) {
        Ok(value) => Ok(Some(Set { value, source })),
        Err(error) => Err(invalid(&source, &error)),
    }
}

fn parse_endpoint(text: &str) -> Result<String, String> {
    match text.starts_with("http://") || text.starts_with("https://") {
        true => Ok(text.to_owned()),
        false => Err(format!("`{text}` is no address; it begins with http:// or https://")),
    }
}

fn parse_bool(text: &str) -> Result<bool, String> {
    match text.trim() {
        "true" | "1" => Ok(true),
        "false" | "0" => Ok(false),
        other => Err(format!("`{other}` is neither true nor false")),
    }
}

fn parse_attempts(text: &str) -> Result<u32, String> {
    let attempts = text.trim().parse().ok().filter(|n| (1..=MOST_ATTEMPTS).contains(n));
    attempts.ok_or_else(|| format!("`{text}` is no number of attempts from 1 to {MOST_ATTEMPTS}"))
}

fn parse_patience(text: &str) -> Result<Span, String> {
    let span: Span = text.parse().map_err(|error: crate::units::UnitError| error.to_string())?;
    let (least, most) = PATIENCE;
    match (least..=most).contains(&span.0) {
        true => Ok(span),
        false => Err(format!("{text} is not from {} to {}", Span(least), Span(most))),
    }
}
