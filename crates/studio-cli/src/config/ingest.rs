//! The settings of `[ingest]`: a bucket that others put files into, and its queues.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;

use studio_core::ingest::{OnInvalid, QUARANTINE};
use studio_core::{BucketName, Pattern};

use super::resolve::Sources;
use super::{Set, Source};
use crate::args::{self, Rules};
use crate::failure::{Failure, Result};
use crate::units::Span;

/// The queue with the bucket's events, where nothing else is said.
pub(crate) const EVENTS: &str = "s3-ingest-messages";
/// The queue with the orders to delete.
pub(crate) const ORDERS: &str = "s3-delete-messages";
/// What the name of a dead-letter queue has behind that of its queue.
const DEAD: &str = "-dead";
/// Where the asset service listens.
pub(super) const LISTEN: SocketAddr =
    SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 8000);

/// What is set of `[ingest]`, and where the service listens.
#[derive(Debug, Clone, Default)]
pub(crate) struct Ingest {
    pub(crate) listen: Option<Set<SocketAddr>>,
    pub(crate) bucket: Option<Set<Intake>>,
    pub(crate) queue: Option<Set<String>>,
    pub(crate) delete_queue: Option<Set<String>>,
    pub(crate) queue_endpoint: Option<Set<String>>,
    pub(crate) profile: Option<Set<String>>,
    pub(crate) on_invalid: Option<Set<OnInvalid>>,
    pub(crate) quarantine: Option<Set<String>>,
    pub(crate) file_as: Option<Set<Pattern>>,
    pub(crate) file_by_ixml: Option<Set<bool>>,
    pub(crate) asset_url: Option<Set<String>>,
    pub(crate) asset_token: Option<Set<Hidden>>,
    pub(crate) parallel: Option<Set<u16>>,
    pub(crate) visibility: Option<Set<Span>>,
}

/// A text that is not shown.
#[derive(Clone)]
pub(crate) struct Hidden(String);

impl std::ops::Deref for Hidden {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Hidden {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Hidden(..)")
    }
}

/// What files are put into.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Intake {
    /// An S3 bucket.
    Bucket(BucketName),
    /// A folder.
    Folder(std::path::PathBuf),
}

impl std::fmt::Display for Intake {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Bucket(name) => name.fmt(f),
            Self::Folder(path) => write!(f, "{}", path.display()),
        }
    }
}

impl Ingest {
    /// Puts the sources together.
    pub(super) fn of(sources: &Sources) -> Result<Self> {
        Ok(Self {
            listen: sources.parsed(
                &["STUDIO_LISTEN"],
                |settings| settings.listen.clone(),
                |text| text.parse::<SocketAddr>().map_err(|_| not_an_address(text)),
            )?,
            bucket: sources
                .intake(&["STUDIO_INGEST_BUCKET"], |settings| settings.ingest.bucket.clone())?,
            queue: sources.text(&["STUDIO_INGEST_QUEUE"], |settings| settings.ingest.queue.clone()),
            delete_queue: sources
                .text(&["STUDIO_DELETE_QUEUE"], |settings| settings.ingest.delete_queue.clone()),
            queue_endpoint: sources
                .text(&["AWS_ENDPOINT_URL_SQS", "AWS_ENDPOINT_URL", "AWS_ENDPOINT"], |settings| {
                    settings.ingest.queue_endpoint.clone()
                }),
            profile: sources
                .text(&["STUDIO_INGEST_PROFILE"], |settings| settings.ingest.profile.clone()),
            on_invalid: sources.parsed(
                &["STUDIO_ON_INVALID"],
                |settings| settings.ingest.on_invalid.clone(),
                parse_on_invalid,
            )?,
            quarantine: sources.parsed(
                &["STUDIO_QUARANTINE_PREFIX"],
                |settings| settings.ingest.quarantine_prefix.clone(),
                parse_prefix,
            )?,
            file_as: sources.parsed(
                &["STUDIO_FILE_AS"],
                |settings| settings.ingest.file_as.clone(),
                str::parse::<Pattern>,
            )?,
            file_by_ixml: sources.parsed(
                &["STUDIO_FILE_BY_IXML"],
                |settings| settings.ingest.file_by_ixml.map(|set| set.to_string()),
                |text| {
                    text.parse::<bool>().map_err(|_| format!("`{text}` is neither true nor false"))
                },
            )?,
            asset_url: sources
                .text(&["STUDIO_ASSET_URL"], |settings| settings.ingest.asset_url.clone()),
            asset_token: sources.parsed(
                &["STUDIO_ASSET_TOKEN"],
                |settings| settings.ingest.asset_token.clone(),
                |text| Ok::<_, std::convert::Infallible>(Hidden(text.to_owned())),
            )?,
            parallel: sources.parsed(
                &["STUDIO_WORKER_PARALLEL"],
                |settings| settings.ingest.parallel.as_ref().map(|amount| amount.text()),
                parse_parallel,
            )?,
            visibility: sources.parsed(
                &["STUDIO_WORKER_VISIBILITY"],
                |settings| settings.ingest.visibility.clone(),
                str::parse::<Span>,
            )?,
        })
    }

    /// Where the service listens; a flag comes first.
    pub(crate) fn listen(&self, flag: Option<SocketAddr>) -> SocketAddr {
        flag.or(self.listen.as_ref().map(|set| set.value)).unwrap_or(LISTEN)
    }

    /// What files are put into; a flag comes first.
    pub(crate) fn intake(&self, flag: Option<&str>) -> Result<Option<Intake>> {
        match flag {
            Some(text) => parse_intake(text, Path::new(""), &Source::Flag("--bucket")).map(Some),
            None => Ok(self.bucket.as_ref().map(|set| set.value.clone())),
        }
    }

    /// The same where there must be one.
    pub(crate) fn needed_intake(&self, flag: Option<&str>) -> Result<Intake> {
        self.intake(flag)?.ok_or_else(|| {
            Failure::usage(
                "no bucket was given",
                "add --bucket NAME, or set STUDIO_INGEST_BUCKET, or put `bucket = \"NAME\"` into \
                 [ingest] of studio.toml",
            )
        })
    }

    /// The queue with the bucket's events.
    pub(crate) fn events(&self, flag: Option<&str>) -> String {
        named(flag, self.queue.as_ref(), EVENTS)
    }

    /// The queue with the orders to delete.
    pub(crate) fn orders(&self, flag: Option<&str>) -> String {
        named(flag, self.delete_queue.as_ref(), ORDERS)
    }

    /// The same with what the flags say.
    pub(crate) fn judging(mut self, flags: &Rules) -> Result<Self> {
        if let Some(text) = &flags.file_as {
            let value = text.parse::<Pattern>().map_err(|error| {
                Failure::usage(error.to_string(), "as in '{artist}/{song}/{track}/{version}.wav'")
            })?;
            self.file_as = Some(Set { value, source: Source::Flag("--file-as") });
        }
        if let Some(value) = flags.on_invalid {
            let value = match value {
                args::OnInvalid::Quarantine => OnInvalid::Quarantine,
                args::OnInvalid::Delete => OnInvalid::Delete,
            };
            self.on_invalid = Some(Set { value, source: Source::Flag("--on-invalid") });
        }
        if flags.file_by_ixml {
            let source = Source::Flag("--file-by-ixml");
            self.file_by_ixml = Some(Set { value: true, source });
        }
        if let Some(value) = flags.profile.clone() {
            self.profile = Some(Set { value, source: Source::Flag("--profile") });
        }
        Ok(self)
    }

    /// What the keys of files that were found bad begin with.
    pub(crate) fn quarantine(&self) -> String {
        self.quarantine.as_ref().map_or_else(|| QUARANTINE.to_owned(), |set| set.value.clone())
    }
}

/// The dead-letter queue of a queue.
pub(crate) fn dead(queue: &str) -> String {
    format!("{queue}{DEAD}")
}

fn named(flag: Option<&str>, set: Option<&Set<String>>, otherwise: &str) -> String {
    let named = flag.or(set.map(|set| set.value.as_str()));
    named.unwrap_or(otherwise).to_owned()
}

/// Reads what files are put into: the name of a bucket, `s3://` or not, or a path.
pub(super) fn parse_intake(text: &str, base: &Path, source: &Source) -> Result<Intake> {
    use studio_core::StoreUrl;
    let looks_like_path =
        text.contains('/') && !text.contains("://") || text.starts_with(['.', '~']);
    if looks_like_path {
        let path = super::resolve::home_joined(base, Path::new(text));
        let path = std::path::absolute(&path).unwrap_or(path);
        return Ok(Intake::Folder(path));
    }
    let url = match text.contains("://") {
        true => text.to_owned(),
        false => format!("s3://{text}"),
    };
    match url.parse::<StoreUrl>() {
        Ok(StoreUrl::S3 { bucket, prefix: None }) => match bucket.parse() {
            Ok(name) => Ok(Intake::Bucket(name)),
            Err(error) => Err(super::resolve::invalid(source, &error)),
        },
        Ok(StoreUrl::S3 { .. }) => {
            let problem = "the whole bucket is taken in: leave out what follows its name";
            Err(super::resolve::invalid(source, &problem))
        }
        Ok(StoreUrl::File(path)) => Ok(Intake::Folder(path)),
        Ok(StoreUrl::Memory) => Err(super::resolve::invalid(source, &"nobody puts files there")),
        Err(error) => Err(super::resolve::invalid(source, &error)),
    }
}

fn not_an_address(text: &str) -> String {
    format!("`{text}` is no address to listen on, such as 127.0.0.1:8000")
}

fn parse_on_invalid(text: &str) -> Result<OnInvalid, String> {
    match text {
        "quarantine" => Ok(OnInvalid::Quarantine),
        "delete" => Ok(OnInvalid::Delete),
        other => Err(format!("`{other}` is neither quarantine nor delete")),
    }
}

/// A prefix that ends in a slash, so that nobody's files begin with it by chance.
fn parse_prefix(text: &str) -> Result<String, String> {
    let plain = text.strip_suffix('/').unwrap_or_default();
    match plain.parse::<studio_core::ObjectKey>() {
        Ok(_) if text.len() <= 200 => Ok(text.to_owned()),
        _ => Err(format!("`{text}` is no plain path that ends in a slash")),
    }
}

fn parse_parallel(text: &str) -> Result<u16, String> {
    let count = text.trim().parse().ok().filter(|count| (1..=256).contains(count));
    count.ok_or_else(|| format!("`{text}` is no number from 1 to 256"))
}
