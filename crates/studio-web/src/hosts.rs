//! By which names the service is known (RFC 9110, section 7.2).
//!
//! A page in somebody's browser may have a name of its own lead to this machine, and then
//! read what is meant for its owner alone (DNS rebinding): the browser takes both for one
//! site. Only `Host` gives that away, and so a name that is not known is not answered.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv6Addr};
use std::str::FromStr;

use axum::http::header::HOST;
use axum::http::{HeaderMap, StatusCode, Uri};

use crate::failure::Failure;

/// The longest name that DNS has.
const LONGEST_NAME: usize = 253;

/// A text that is no name of a host.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no name of a host, such as music.example.org")]
pub struct InvalidHost(String);

/// The name or address of a host, as it stands in a URL; without a port.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum HostName {
    /// A name, in lower case and without a dot at its end.
    Name(String),
    /// An address; of one that both kinds can write, the older kind.
    Address(IpAddr),
}

impl FromStr for HostName {
    type Err = InvalidHost;

    /// Reads a name, `127.0.0.1` or `[::1]`; an address of the newer kind also without
    /// brackets.
    fn from_str(text: &str) -> Result<Self, InvalidHost> {
        let invalid = || InvalidHost(text.chars().take(LONGEST_NAME).collect());
        let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']'));
        if let Some(bare) = bare {
            let address: Ipv6Addr = bare.parse().map_err(|_| invalid())?;
            return Ok(Self::Address(IpAddr::from(address).to_canonical()));
        }
        if let Ok(address) = text.parse::<IpAddr>() {
            return Ok(Self::Address(address.to_canonical()));
        }
        let name = text.strip_suffix('.').unwrap_or(text);
        let is_label = |label: &str| {
            (1..=63).contains(&label.len())
                && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
        };
        match name.len() <= LONGEST_NAME && name.split('.').all(is_label) {
            true => Ok(Self::Name(name.to_ascii_lowercase())),
            false => Err(invalid()),
        }
    }
}

impl std::fmt::Display for HostName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Name(name) => f.write_str(name),
            Self::Address(IpAddr::V6(address)) => write!(f, "[{address}]"),
            Self::Address(address) => address.fmt(f),
        }
    }
}

/// The names and addresses by which the service is known: those that are given, and always
/// `localhost`, every loopback address, and the address at which a connection came in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hosts(BTreeSet<HostName>);

impl FromIterator<HostName> for Hosts {
    fn from_iter<T: IntoIterator<Item = HostName>>(names: T) -> Self {
        Self(names.into_iter().collect())
    }
}

impl Hosts {
    fn know(&self, host: &HostName, here: Option<IpAddr>) -> bool {
        let always = match host {
            HostName::Name(name) => name == "localhost",
            // Nobody's name leads here by a number.
            HostName::Address(address) => address.is_loopback() || Some(*address) == here,
        };
        always || self.0.contains(host)
    }

    /// Whether a request is meant for this service.
    ///
    /// `forwarded` is what a trusted proxy says of the host that was asked for, and `here`
    /// is the address at which the connection came in.
    ///
    /// # Errors
    /// 400 when no one host is named, 421 when it is another one.
    pub(crate) fn check(
        &self,
        uri: &Uri,
        headers: &HeaderMap,
        forwarded: Option<&str>,
        here: Option<IpAddr>,
    ) -> Result<(), Failure> {
        let mut given = headers.get_all(HOST).iter();
        let (Some(value), None) = (given.next(), given.next()) else {
            return Err(unreadable("a request names its host in one header `Host`"));
        };
        let host = value.to_str().ok().and_then(without_port);
        let mut host = host.ok_or_else(|| unreadable("the header `Host` names no host"))?;
        // Of a request that has a whole URL, that counts, and not the header.
        if let Some(authority) = uri.authority() {
            let named = without_port(authority.as_str());
            host = named.ok_or_else(|| unreadable("the URL names no host"))?;
        }
        if let Some(forwarded) = forwarded {
            let named = without_port(forwarded);
            host = named.ok_or_else(|| unreadable("the proxy names no host"))?;
        }
        match self.know(&host, here) {
            true => Ok(()),
            false => Err(Failure::new(
                StatusCode::MISDIRECTED_REQUEST,
                "unknown-host",
                "this service is not known by the host's name in the request",
            )),
        }
    }
}

fn unreadable(detail: &str) -> Failure {
    Failure::new(StatusCode::BAD_REQUEST, "invalid-host", detail)
}

/// The host of `host[:port]`.
fn without_port(text: &str) -> Option<HostName> {
    let colon = match text.rfind(']') {
        Some(end) => text[end..].find(':').map(|colon| end + colon),
        None => text.find(':'),
    };
    let (host, port) = match colon {
        Some(colon) => (&text[..colon], &text[colon + 1..]),
        None => (text, ""),
    };
    let is_port = port.len() <= 5 && port.bytes().all(|byte| byte.is_ascii_digit());
    // An address of the newer kind must stand in brackets here.
    let is_host = !host.contains(':') || host.starts_with('[');
    host.parse().ok().filter(|_| is_port && is_host)
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn checked(names: &[&str], hosts: &[&str]) -> u16 {
        let known: Hosts = names.iter().map(|name| name.parse().expect("a name")).collect();
        let headers = hosts.iter().map(|host| (HOST, HeaderValue::from_str(host).expect("text")));
        let headers: HeaderMap = headers.collect();
        let here = Some(IpAddr::from([192, 0, 2, 7]));
        match known.check(&Uri::from_static("/"), &headers, None, here) {
            Ok(()) => 200,
            Err(failure) => failure.status.as_u16(),
        }
    }

    #[test]
    fn this_machine_is_always_known() {
        for host in ["localhost", "LocalHost:8000", "localhost.", "127.0.0.1:1", "127.8.9.1"] {
            assert_eq!(checked(&[], &[host]), 200, "{host}");
        }
        for host in ["[::1]", "[::1]:8000", "[::ffff:127.0.0.1]", "192.0.2.7:80", "localhost:"] {
            assert_eq!(checked(&[], &[host]), 200, "{host}");
        }
    }

    #[test]
    fn others_are_known_if_they_are_named() {
        let names = ["music.example.org", "198.51.100.1"];
        for host in ["music.example.org", "MUSIC.example.org:443", "198.51.100.1"] {
            assert_eq!(checked(&names, &[host]), 200, "{host}");
        }
        for host in ["example.org", "a.music.example.org", "localhost.example.org", "198.51.100.2"]
        {
            assert_eq!(checked(&names, &[host]), 421, "{host}");
        }
    }

    #[test]
    fn one_host_is_named_and_can_be_read() {
        let odd = [
            &[][..],
            &["localhost", "localhost"],
            &[""],
            &["a b"],
            &["localhost:http"],
            &["localhost:80:80"],
            &["::1"],
            &["[::1"],
            &["[::1]x"],
            &["user@localhost"],
            &["localhost/"],
            &["a..b"],
            &["localhost, localhost"],
        ];
        for hosts in odd {
            assert_eq!(checked(&[], hosts), 400, "{hosts:?}");
        }
    }

    #[test]
    fn the_url_of_a_request_counts_more_than_its_header() {
        let headers = HeaderMap::from_iter([(HOST, HeaderValue::from_static("localhost"))]);
        let check = |uri: &'static str, forwarded: Option<&str>| {
            let checked = Hosts::default().check(&Uri::from_static(uri), &headers, forwarded, None);
            checked.map_err(|failure| failure.status.as_u16())
        };
        assert_eq!(check("http://localhost/", None), Ok(()));
        assert_eq!(check("http://evil.example/", None), Err(421));
        assert_eq!(check("/", Some("localhost:443")), Ok(()));
        assert_eq!(check("/", Some("evil.example")), Err(421));
        assert_eq!(check("/", Some("a b")), Err(400));
    }
}
