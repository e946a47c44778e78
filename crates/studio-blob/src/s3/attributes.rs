//! What a person sees of an object in the bucket's own console.

use std::collections::HashMap;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::Attributes;

/// What stays as it is in `filename*` (RFC 8187, attr-char) and in our metadata.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The most bytes of one label, encoded: S3 keeps 2 KB of user metadata in all.
const MAX_LABEL: usize = 400;

/// The Content-Disposition (RFC 6266) that saves the object under its file name.
pub(super) fn disposition(attributes: &Attributes) -> Option<String> {
    let name = attributes.file_name.as_deref()?;
    let plain: String = name
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || "-._ ".contains(c) { c } else { '_' })
        .collect();
    let exact = utf8_percent_encode(name, ENCODED);
    Some(format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{exact}"))
}

/// The labels as user metadata: percent-encoded, because headers are ASCII.
pub(super) fn metadata(attributes: &Attributes) -> Option<HashMap<String, String>> {
    let labels = attributes.labels.iter();
    let metadata: HashMap<_, _> =
        labels.map(|(name, text)| ((*name).to_owned(), encoded(text))).collect();
    (!metadata.is_empty()).then_some(metadata)
}

/// Percent-encoded and cut, but never within a character.
fn encoded(text: &str) -> String {
    let mut label = String::new();
    let mut utf8 = [0; 4];
    for c in text.chars() {
        let next = utf8_percent_encode(c.encode_utf8(&mut utf8), ENCODED).to_string();
        if label.len() + next.len() > MAX_LABEL {
            break;
        }
        label.push_str(&next);
    }
    label
}
