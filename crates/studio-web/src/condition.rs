//! Conditional requests (RFC 9110, section 13): `If-Match` and `If-None-Match`, where the
//! entity tag of an asset is its revision. (Those on bytes are in `stream`.)

use axum::http::header::{HeaderName, IF_MATCH, IF_NONE_MATCH};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use sha2::{Digest as _, Sha256};

use crate::failure::Failure;

/// The entity tag of a revision.
pub(crate) fn etag(revision: u64) -> HeaderValue {
    let mut text = HeaderValue::from(revision).as_bytes().to_vec();
    text.insert(0, b'"');
    text.push(b'"');
    // Digits in quotation marks are a header's value.
    HeaderValue::from_bytes(&text).unwrap_or_else(|_| HeaderValue::from_static("\"\""))
}

/// Whether `If-None-Match` names this revision, so that the client has it.
pub(crate) fn has_revision(headers: &HeaderMap, revision: u64) -> bool {
    match Tags::read(headers, &IF_NONE_MATCH) {
        // What cannot be read is no reason to say that nothing changed.
        Ok(Some(tags)) => tags.name(&revision.to_string(), true),
        _ => false,
    }
}

/// The entity tag of a document: of its very bytes.
pub(crate) fn etag_of(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

/// Whether `If-None-Match` names this tag (given without its quotes), so that the client has
/// the document.
pub(crate) fn has_tag(headers: &HeaderMap, tag: &str) -> bool {
    matches!(Tags::read(headers, &IF_NONE_MATCH), Ok(Some(tags)) if tags.name(tag, true))
}

/// Whether a change has a condition, and this revision meets it.
///
/// # Errors
/// 400 when the condition cannot be read, 412 when it is not met.
pub(crate) fn check_match(headers: &HeaderMap, revision: u64) -> Result<Condition, Failure> {
    match Tags::read(headers, &IF_MATCH) {
        Err(Unreadable) => Err(Failure::new(
            StatusCode::BAD_REQUEST,
            "invalid-condition",
            "If-Match is no list of entity tags",
        )),
        Ok(None | Some(Tags::Any)) => Ok(Condition::None),
        Ok(Some(tags)) if tags.name(&revision.to_string(), false) => {
            Ok(Condition::Revision(revision))
        }
        Ok(Some(_)) => Err(Failure::new(
            StatusCode::PRECONDITION_FAILED,
            "precondition-failed",
            format!("what was to be changed has changed: its revision is {revision}"),
        )),
    }
}

/// What a change asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Condition {
    /// Nothing.
    None,
    /// That the asset has this revision.
    Revision(u64),
}

/// The entity tags of a header.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Tags {
    /// Whichever there is.
    Any,
    /// One of these; whether it is weak, and what it says.
    Listed(Vec<(bool, String)>),
}

/// A header that is no list of entity tags.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Unreadable;

impl Tags {
    /// Those of a header; nothing where there is none.
    ///
    /// # Errors
    /// [`Unreadable`].
    pub(crate) fn read(headers: &HeaderMap, name: &HeaderName) -> Result<Option<Self>, Unreadable> {
        let mut listed = Vec::new();
        let mut any = false;
        for value in headers.get_all(name) {
            let mut rest = value.to_str().map_err(|_| Unreadable)?.trim();
            if rest == "*" {
                any = true;
                continue;
            }
            while !rest.is_empty() {
                let (tag, behind) = tag(rest).ok_or(Unreadable)?;
                listed.push(tag);
                rest = match behind.trim_start() {
                    "" => "",
                    behind => behind.strip_prefix(',').ok_or(Unreadable)?.trim_start(),
                };
            }
        }
        match (any, listed.is_empty()) {
            (true, _) => Ok(Some(Self::Any)),
            (false, false) => Ok(Some(Self::Listed(listed))),
            (false, true) if headers.contains_key(name) => Err(Unreadable),
            (false, true) => Ok(None),
        }
    }

    /// Whether they name the thing whose tag, without its quotes, is `own`.
    pub(crate) fn name(&self, own: &str, weakly: bool) -> bool {
        match self {
            Self::Any => true,
            Self::Listed(tags) => tags.iter().any(|(weak, tag)| (weakly || !weak) && tag == own),
        }
    }
}

/// The entity tag at the start, and what stands behind it.
fn tag(text: &str) -> Option<((bool, String), &str)> {
    let (weak, text) = match text.strip_prefix("W/") {
        Some(text) => (true, text),
        None => (false, text),
    };
    let (tag, rest) = text.strip_prefix('"')?.split_once('"')?;
    Some(((weak, tag.to_owned()), rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(name: HeaderName, values: &[&str]) -> HeaderMap {
        let values = values.iter().map(|value| (name.clone(), HeaderValue::from_str(value)));
        values.map(|(name, value)| (name, value.expect("a value"))).collect()
    }

    #[test]
    fn a_revision_stands_in_quotation_marks() {
        assert_eq!(etag(7), "\"7\"");
    }

    #[test]
    fn if_match_compares_strongly() {
        let check = |values: &[&str]| {
            let outcome = check_match(&headers(IF_MATCH, values), 7);
            outcome.map_err(|failure| failure.status.as_u16())
        };
        assert_eq!(check(&[]), Ok(Condition::None));
        assert_eq!(check(&["*"]), Ok(Condition::None));
        assert_eq!(check(&["\"7\""]), Ok(Condition::Revision(7)));
        assert_eq!(check(&["\"6\", W/\"8\" ,\"7\""]), Ok(Condition::Revision(7)));
        assert_eq!(check(&["\"6\"", "\"7\""]), Ok(Condition::Revision(7)));
        assert_eq!(check(&["W/\"7\""]), Err(412));
        assert_eq!(check(&["\"8\""]), Err(412));
        for unreadable in ["7", "\"7", "", "\"7\" \"8\"", "\"7\";", "w/\"7\""] {
            assert_eq!(check(&[unreadable]), Err(400), "{unreadable:?}");
        }
    }

    #[test]
    fn if_none_match_compares_weakly_and_forgives() {
        let has = |values: &[&str]| has_revision(&headers(IF_NONE_MATCH, values), 7);
        assert!(has(&["\"7\""]) && has(&["W/\"7\""]) && has(&["*"]) && has(&["\"1\",\"7\""]));
        assert!(!has(&[]) && !has(&["\"8\""]) && !has(&["7"]));
    }
}
