//! `X-Forwarded-For`, `-Proto` and `-Host`: lists that everybody writes and no standard has.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use axum::http::HeaderMap;

use super::{Hop, MOST_HOPS};

/// The address of a node: `192.0.2.1`, `192.0.2.1:80`, `2001:db8::1`, `[2001:db8::1]` or
/// `[2001:db8::1]:80`.
pub fn node(text: &str) -> Option<IpAddr> {
    let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']'));
    let address = match bare {
        Some(bare) => bare.parse::<Ipv6Addr>().ok().map(IpAddr::from),
        None => text.parse::<IpAddr>().ok(),
    };
    let with_port = || text.parse::<SocketAddr>().ok().map(|address| address.ip());
    address.or_else(with_port).map(|address| address.to_canonical())
}

/// The steps of a request, that of the nearest proxy last.
pub(super) fn hops(headers: &HeaderMap) -> Vec<Hop> {
    let mut hops: Vec<Hop> = values(headers, "x-forwarded-for")
        .into_iter()
        .map(|text| Hop { address: node(&text), ..Hop::default() })
        .collect();
    // A proxy that says nothing of addresses has still said how it was spoken to.
    if hops.is_empty() {
        hops.push(Hop::default());
    }
    // Few write lists of these two, and none with the same length: the nearest is believed.
    if let Some(last) = hops.last_mut() {
        last.proto = values(headers, "x-forwarded-proto").pop();
        last.host = values(headers, "x-forwarded-host").pop();
    }
    hops
}

/// The last parts of a list in the order in which they were appended.
fn values(headers: &HeaderMap, name: &str) -> Vec<String> {
    let fields: Vec<_> = headers.get_all(name).iter().collect();
    let mut found = Vec::new();
    for field in fields.into_iter().rev() {
        // What is no text is no address, and ends the way of those behind it.
        let text = field.to_str().unwrap_or("?");
        for part in text.rsplit(',').map(str::trim).filter(|part| !part.is_empty()) {
            if found.len() == MOST_HOPS {
                break;
            }
            found.push(part.to_owned());
        }
    }
    found.reverse();
    found
}
