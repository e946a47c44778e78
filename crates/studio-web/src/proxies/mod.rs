//! Proxies in front of the service: whose word counts, and what they say of a client.
//!
//! Anybody can send `X-Forwarded-For`. It is believed of addresses that are trusted, and of
//! the two kinds of headers only the one that is configured: a proxy replaces the headers
//! that it knows of, and lets the others through as a client has sent them.

mod forwarded;
mod listed;

use std::net::IpAddr;
use std::str::FromStr;

use axum::http::HeaderMap;
use axum::http::header::HOST;
use axum::http::request::Parts;
use ipnet::IpNet;

pub use self::forwarded::{Element, MalformedForwarded, parse as parse_forwarded};
pub use self::listed::node;

/// How many proxies there may be on the way; what is farther off is not looked at.
const MOST_HOPS: usize = 32;

/// Addresses: one, or a network such as `10.0.0.0/8`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network(IpNet);

/// A text that is neither an address nor a network.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is neither an address nor a network, such as 10.0.0.0/8")]
pub struct InvalidNetwork(String);

impl FromStr for Network {
    type Err = InvalidNetwork;

    fn from_str(text: &str) -> Result<Self, InvalidNetwork> {
        let network = match text.parse::<IpAddr>() {
            Ok(address) => IpNet::from(address.to_canonical()),
            Err(_) => text.parse::<IpNet>().map_err(|_| InvalidNetwork(text.to_owned()))?,
        };
        Ok(Self(network.trunc()))
    }
}

impl std::fmt::Display for Network {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0.prefix_len() == self.0.max_prefix_len() {
            true => self.0.addr().fmt(f),
            false => self.0.fmt(f),
        }
    }
}

impl Network {
    /// Whether an address is one of these.
    pub fn contains(&self, address: IpAddr) -> bool {
        self.0.contains(&address.to_canonical())
    }
}

/// Which headers a trusted proxy sets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ForwardedKind {
    /// `X-Forwarded-For`, `X-Forwarded-Proto` and `X-Forwarded-Host`.
    #[default]
    XForwarded,
    /// `Forwarded` (RFC 7239).
    Forwarded,
}

impl ForwardedKind {
    /// As it is written in settings.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::XForwarded => "x-forwarded",
            Self::Forwarded => "forwarded",
        }
    }
}

impl std::fmt::Display for ForwardedKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A text that names no kind of headers.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is neither x-forwarded nor forwarded")]
pub struct InvalidKind(String);

impl FromStr for ForwardedKind {
    type Err = InvalidKind;

    fn from_str(text: &str) -> Result<Self, InvalidKind> {
        let all = [Self::XForwarded, Self::Forwarded];
        let found = all.into_iter().find(|kind| kind.as_str() == text);
        found.ok_or_else(|| InvalidKind(text.to_owned()))
    }
}

/// The proxies in front of the service.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Proxies {
    /// Those whose word counts.
    pub trusted: Vec<Network>,
    /// In which headers they speak.
    pub kind: ForwardedKind,
}

/// Who sends a request, as far as can be told. It is in the extensions of every request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Client {
    /// The address: that of the connection, or what trusted proxies say.
    pub address: IpAddr,
    /// Whether the client came by TLS; nobody says so if there is no proxy.
    pub is_secure: bool,
    /// The host that was asked for, in a trusted proxy's words, with a port or without.
    pub host: Option<String>,
}

/// One step on the way of a request, as the proxy says that received it.
#[derive(Debug, Default)]
struct Hop {
    address: Option<IpAddr>,
    proto: Option<String>,
    host: Option<String>,
}

impl Proxies {
    /// Whether the word of an address counts.
    pub fn trust(&self, address: IpAddr) -> bool {
        self.trusted.iter().any(|network| network.contains(address))
    }

    /// Who sends a request that came from an address.
    ///
    /// From the right to the left, as proxies append: each address is that of who has spoken
    /// to the one before, and the first that is not trusted is the client. What cannot be
    /// read ends the way, and so does the end of the header.
    pub fn client(&self, peer: IpAddr, headers: &HeaderMap) -> Client {
        let mut client = Client { address: peer.to_canonical(), is_secure: false, host: None };
        if !self.trust(peer) {
            return client;
        }
        let mut hops = match self.kind {
            ForwardedKind::XForwarded => listed::hops(headers),
            ForwardedKind::Forwarded => forwarded::hops(headers),
        };
        for _ in 0..MOST_HOPS {
            let Some(hop) = hops.pop() else { break };
            if let Some(proto) = &hop.proto {
                client.is_secure = proto.eq_ignore_ascii_case("https");
            }
            client.host = hop.host.or(client.host);
            let Some(address) = hop.address else { break };
            client.address = address;
            if !self.trust(address) {
                break;
            }
        }
        client
    }
}

/// Where the service was asked, as `https://music.example.org`. The host was let through by the
/// gate.
pub(crate) fn site(head: &Parts, client: Option<&Client>) -> String {
    let scheme = if client.is_some_and(|client| client.is_secure) { "https" } else { "http" };
    let forwarded = client.and_then(|client| client.host.as_deref());
    let host = forwarded.or_else(|| head.headers.get(HOST)?.to_str().ok());
    format!("{scheme}://{}", host.unwrap_or("localhost"))
}

#[cfg(test)]
mod tests;
