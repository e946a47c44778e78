//! The settings of `[serve]`: who may ask, and how much.

use std::fmt;
use std::net::SocketAddr;
use std::str::FromStr;
use std::time::Duration;

use studio_core::LONGEST_LINK;
use studio_domain::{NameError, PersonName};
use studio_web::proxies::{ForwardedKind, Network, Proxies};
use studio_web::{HostName, Options, Origin, SiteOptions, SiteUrl};

use super::resolve::Sources;
use super::{Set, Source};
use crate::args;
use crate::failure::{Failure, Result};
use crate::units::{ByteSize, Span};

/// How many connections one client may have where others than this machine are served.
const PER_CLIENT: usize = 128;

/// What is set of the service.
#[derive(Debug, Clone, Default)]
pub(crate) struct Serve {
    pub(crate) site_name: Option<Set<String>>,
    pub(crate) site_url: Option<Set<SiteUrl>>,
    pub(crate) hosts: Option<Set<List<HostName>>>,
    pub(crate) trusted_proxies: Option<Set<List<Network>>>,
    pub(crate) forwarded: Option<Set<ForwardedKind>>,
    pub(crate) cors_origins: Option<Set<List<Origin>>>,
    pub(crate) redirect: Option<Set<Span>>,
    pub(crate) grace: Option<Set<Span>>,
    pub(crate) request_timeout: Option<Set<Span>>,
    pub(crate) header_timeout: Option<Set<Span>>,
    pub(crate) write_timeout: Option<Set<Span>>,
    pub(crate) largest_body: Option<Set<ByteSize>>,
    pub(crate) connections: Option<Set<usize>>,
    pub(crate) connections_per_client: Option<Set<usize>>,
}

/// Several values of one setting, with commas between them in the environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct List<T>(pub(crate) Vec<T>);

impl<T: FromStr> FromStr for List<T> {
    type Err = T::Err;

    fn from_str(text: &str) -> Result<Self, T::Err> {
        let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
        parts.map(str::parse).collect::<Result<_, _>>().map(Self)
    }
}

impl<T: fmt::Display> fmt::Display for List<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts: Vec<String> = self.0.iter().map(ToString::to_string).collect();
        f.write_str(&parts.join(", "))
    }
}

impl Serve {
    /// Puts the sources together.
    pub(super) fn of(sources: &Sources) -> Result<Self> {
        let listed = |list: &Option<Vec<String>>| list.as_ref().map(|list| list.join(","));
        Ok(Self {
            site_name: sources.parsed(
                &["STUDIO_SITE_NAME"],
                |settings| settings.serve.site_name.clone(),
                parse_name,
            )?,
            site_url: sources.parsed(
                &["STUDIO_SITE_URL"],
                |settings| settings.serve.site_url.clone(),
                SiteUrl::from_str,
            )?,
            hosts: sources.parsed(
                &["STUDIO_HOSTS"],
                |settings| listed(&settings.serve.hosts),
                List::from_str,
            )?,
            trusted_proxies: sources.parsed(
                &["STUDIO_TRUSTED_PROXIES"],
                |settings| listed(&settings.serve.trusted_proxies),
                List::from_str,
            )?,
            forwarded: sources.parsed(
                &["STUDIO_FORWARDED"],
                |settings| settings.serve.forwarded.clone(),
                ForwardedKind::from_str,
            )?,
            cors_origins: sources.parsed(
                &["STUDIO_CORS_ORIGINS"],
                |settings| listed(&settings.serve.cors_origins),
                List::from_str,
            )?,
            redirect: sources.parsed(
                &["STUDIO_REDIRECT"],
                |settings| settings.serve.redirect.clone(),
                parse_link,
            )?,
            ..Self::limits_of(sources)?
        })
    }

    fn limits_of(sources: &Sources) -> Result<Self> {
        Ok(Self {
            grace: sources.parsed(
                &["STUDIO_SERVE_GRACE"],
                |settings| settings.serve.grace.clone(),
                parse_span,
            )?,
            request_timeout: sources.parsed(
                &["STUDIO_REQUEST_TIMEOUT"],
                |settings| settings.serve.request_timeout.clone(),
                parse_span,
            )?,
            header_timeout: sources.parsed(
                &["STUDIO_HEADER_TIMEOUT"],
                |settings| settings.serve.header_timeout.clone(),
                parse_span,
            )?,
            write_timeout: sources.parsed(
                &["STUDIO_WRITE_TIMEOUT"],
                |settings| settings.serve.write_timeout.clone(),
                parse_span,
            )?,
            largest_body: sources.parsed(
                &["STUDIO_LARGEST_BODY"],
                |settings| settings.serve.largest_body.as_ref().map(|amount| amount.text()),
                str::parse::<ByteSize>,
            )?,
            connections: sources.parsed(
                &["STUDIO_CONNECTIONS"],
                |settings| settings.serve.connections.as_ref().map(|amount| amount.text()),
                parse_count,
            )?,
            connections_per_client: sources.parsed(
                &["STUDIO_CONNECTIONS_PER_CLIENT"],
                |settings| {
                    settings.serve.connections_per_client.as_ref().map(|amount| amount.text())
                },
                parse_count,
            )?,
            ..Self::default()
        })
    }

    /// The same with what the flags say.
    pub(crate) fn with(mut self, flags: &args::Serve) -> Self {
        if !flags.hosts.is_empty() {
            let source = Source::Flag("--host");
            self.hosts = Some(Set { value: List(flags.hosts.clone()), source });
        }
        self
    }

    /// That somebody can sign in to what others can reach.
    ///
    /// # Errors
    /// When nobody can, and the address is not of this machine alone.
    pub(crate) fn check(address: SocketAddr, has_manager: bool) -> Result<()> {
        if address.ip().to_canonical().is_loopback() || has_manager {
            return Ok(());
        }
        Err(Failure::usage(
            format!("{address} can be reached from other machines, and no manager can sign in"),
            "make the first one with `studio user add NAME --role manager`, or listen on 127.0.0.1 \
             (docs/security.md)",
        ))
    }

    /// How the service behaves at an address.
    pub(crate) fn options(&self, address: SocketAddr) -> Options {
        let usual = Options::default();
        let span = |set: &Option<Set<Span>>, usual: Duration| {
            set.as_ref().map_or(usual, |set| set.value.0)
        };
        let request = span(&self.request_timeout, usual.timeout);
        Options {
            timeout: request,
            body_timeout: usual.body_timeout.min(request),
            header_timeout: span(&self.header_timeout, usual.header_timeout),
            write_timeout: span(&self.write_timeout, usual.write_timeout),
            largest_body: self.largest_body.as_ref().map_or(usual.largest_body, |set| {
                usize::try_from(set.value.0).unwrap_or(usize::MAX)
            }),
            most_connections: self
                .connections
                .as_ref()
                .map_or(usual.most_connections, |set| set.value),
            most_per_client: self.per_client(address),
            grace: span(&self.grace, usual.grace),
            hosts: of(&self.hosts).into_iter().collect(),
            proxies: Proxies {
                trusted: of(&self.trusted_proxies),
                kind: self.forwarded.as_ref().map(|set| set.value).unwrap_or_default(),
            },
            origins: of(&self.cors_origins),
            site: SiteOptions {
                name: self.site_name.as_ref().map_or(usual.site.name, |set| set.value.clone()),
                url: self.site_url.as_ref().map(|set| set.value.clone()),
            },
            ..usual
        }
    }

    /// How many connections one client may have; this machine's own are not counted apart
    /// unless somebody says so.
    fn per_client(&self, address: SocketAddr) -> Option<usize> {
        let usual = (!address.ip().to_canonical().is_loopback()).then_some(PER_CLIENT);
        self.connections_per_client.as_ref().map(|set| set.value).or(usual)
    }
}

fn of<T: Clone>(set: &Option<Set<List<T>>>) -> Vec<T> {
    set.as_ref().map(|set| set.value.0.clone()).unwrap_or_default()
}

/// What the report says of the connections of one client.
pub(super) fn per_client_default() -> String {
    format!("default: no limit on this machine, {PER_CLIENT} for others")
}

/// What a site is called: as people are.
fn parse_name(text: &str) -> Result<String, String> {
    let name: PersonName = text.parse().map_err(|error: NameError| error.problem.to_string())?;
    Ok(name.to_string())
}

pub(super) fn parse_bool(text: &str) -> Result<bool, String> {
    match text {
        "true" | "1" | "yes" => Ok(true),
        "false" | "0" | "no" => Ok(false),
        other => Err(format!("`{other}` is neither true nor false")),
    }
}

pub(crate) fn parse_span(text: &str) -> Result<Span, String> {
    let span: Span = text.parse().map_err(|error| format!("{error}"))?;
    match span.0.is_zero() {
        true => Err(format!("`{text}` leaves no time at all")),
        false => Ok(span),
    }
}

/// How long a link of the store holds.
fn parse_link(text: &str) -> Result<Span, String> {
    let span = parse_span(text)?;
    match span.0 <= LONGEST_LINK {
        true => Ok(span),
        false => Err(format!("links hold no longer than {}", Span(LONGEST_LINK))),
    }
}

fn parse_count(text: &str) -> Result<usize, String> {
    let count = text.trim().parse().ok().filter(|count| (1..=1_000_000).contains(count));
    count.ok_or_else(|| format!("`{text}` is no number from 1 to 1000000"))
}
