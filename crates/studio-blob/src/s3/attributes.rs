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
    attributes.file_name.as_deref().map(save_as)
}

/// The Content-Disposition (RFC 6266) that saves something under this name.
pub(super) fn save_as(name: &str) -> String {
    let plain: String = name
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || "-._ ".contains(c) { c } else { '_' })
        .collect();
    let exact = utf8_percent_encode(name, ENCODED);
    format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{exact}")
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

#[cfg(test)]
mod tests {
    use percent_encoding::percent_decode_str;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_name_of_any_script_can_be_saved() {
        let attributes = Attributes {
            file_name: Some("Björk - \"Jóga\" (1).wav".into()),
            ..Default::default()
        };
        let disposition = disposition(&attributes).unwrap_or_default();
        assert_eq!(
            disposition,
            "attachment; filename=\"Bj_rk - _J_ga_ _1_.wav\"; \
             filename*=UTF-8''Bj%C3%B6rk%20-%20%22J%C3%B3ga%22%20%281%29.wav"
        );
    }

    proptest! {
        #[test]
        fn headers_are_ascii_short_and_true(text in ".*") {
            let attributes = Attributes {
                content_type: None,
                file_name: Some(text.clone()),
                labels: vec![("artist", text.clone())],
            };
            let header = disposition(&attributes).unwrap_or_default();
            prop_assert!(header.bytes().all(|b| (0x20..0x7F).contains(&b)));
            let (_, exact) = header.split_once("UTF-8''").unwrap_or_default();
            prop_assert_eq!(percent_decode_str(exact).decode_utf8_lossy(), text.as_str());

            let label = encoded(&text);
            prop_assert!(label.len() <= MAX_LABEL && label.is_ascii());
            let decoded = percent_decode_str(&label).decode_utf8_lossy().into_owned();
            prop_assert!(text.starts_with(&decoded));
        }
    }
}
