//! `Forwarded` (RFC 7239, section 4).

use std::net::IpAddr;

use axum::http::HeaderMap;
use axum::http::header::FORWARDED;

use super::{Hop, listed};

/// A header that is not written as RFC 7239 says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the header `Forwarded` is malformed at byte {at}")]
pub struct MalformedForwarded {
    /// Where.
    pub at: usize,
}

/// What one proxy says of who has spoken to it. Parameters with other names are left out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Element {
    /// `for`: a node, such as `"[2001:db8::1]:80"`, `unknown` or `_hidden`.
    pub client: Option<String>,
    /// `proto`.
    pub proto: Option<String>,
    /// `host`.
    pub host: Option<String>,
    /// `by`.
    pub by: Option<String>,
}

impl Element {
    /// The address of `for`, if it tells one.
    pub fn address(&self) -> Option<IpAddr> {
        self.client.as_deref().and_then(listed::node)
    }
}

/// Reads the value of a header; the element of the nearest proxy is the last.
///
/// # Errors
/// When it is malformed anywhere, or an element has a parameter twice.
pub fn parse(text: &str) -> Result<Vec<Element>, MalformedForwarded> {
    let mut reader = Reader { text: text.as_bytes(), at: 0 };
    let mut elements = Vec::new();
    loop {
        reader.skip_spaces();
        // Lists may have empty places (RFC 9110, section 5.6.1).
        if !matches!(reader.peek(), None | Some(b',')) {
            elements.push(reader.element()?);
            reader.skip_spaces();
        }
        match reader.next() {
            None => return Ok(elements),
            Some(b',') => {}
            Some(_) => return Err(reader.malformed(1)),
        }
    }
}

struct Reader<'a> {
    text: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn next(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.at += 1;
        Some(byte)
    }

    fn skip_spaces(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t')) {
            self.at += 1;
        }
    }

    fn malformed(&self, back: usize) -> MalformedForwarded {
        MalformedForwarded { at: self.at.saturating_sub(back) }
    }

    /// `for=192.0.2.60;proto=http;by=203.0.113.43`
    fn element(&mut self) -> Result<Element, MalformedForwarded> {
        let mut element = Element::default();
        loop {
            if !matches!(self.peek(), None | Some(b',' | b';' | b' ' | b'\t')) {
                let began = self.at;
                let name = self.token()?.to_ascii_lowercase();
                if self.next() != Some(b'=') {
                    return Err(MalformedForwarded { at: began });
                }
                let value = self.value()?;
                let place = match name.as_str() {
                    "for" => &mut element.client,
                    "proto" => &mut element.proto,
                    "host" => &mut element.host,
                    "by" => &mut element.by,
                    _ => &mut None,
                };
                if place.replace(value).is_some() {
                    return Err(MalformedForwarded { at: began });
                }
            }
            match self.peek() {
                Some(b';') => self.at += 1,
                _ => return Ok(element),
            }
        }
    }

    fn token(&mut self) -> Result<String, MalformedForwarded> {
        let began = self.at;
        while self.peek().is_some_and(is_token) {
            self.at += 1;
        }
        match self.at > began {
            // A token is ASCII.
            true => Ok(self.text[began..self.at].iter().map(|byte| char::from(*byte)).collect()),
            false => Err(self.malformed(0)),
        }
    }

    fn value(&mut self) -> Result<String, MalformedForwarded> {
        if self.peek() != Some(b'"') {
            return self.token();
        }
        self.at += 1;
        let mut value = String::new();
        loop {
            match self.next() {
                Some(b'"') => return Ok(value),
                Some(b'\\') => match self.next() {
                    Some(byte) if is_quotable(byte) => value.push(char::from(byte)),
                    _ => return Err(self.malformed(1)),
                },
                Some(byte) if is_quotable(byte) => value.push(char::from(byte)),
                _ => return Err(self.malformed(1)),
            }
        }
    }
}

fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

/// Text as a header has it; nothing that these parameters can have is outside of ASCII.
fn is_quotable(byte: u8) -> bool {
    byte == b'\t' || (b' '..=b'~').contains(&byte)
}

/// The steps of a request, that of the nearest proxy last. A header that is malformed tells
/// nothing, and neither does what stands before it.
pub(super) fn hops(headers: &HeaderMap) -> Vec<Hop> {
    let mut hops = Vec::new();
    for field in headers.get_all(FORWARDED) {
        match field.to_str().ok().and_then(|text| parse(text).ok()) {
            Some(elements) => hops.extend(elements.into_iter().map(|element| Hop {
                address: element.address(),
                proto: element.proto,
                host: element.host,
            })),
            None => hops = vec![Hop::default()],
        }
    }
    hops
}
