//! What a browser does with a file, and the name that it gets (RFC 6266, RFC 8187).

use axum::http::HeaderValue;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// What stays as it is in `filename*` (RFC 8187, attr-char).
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The most characters of a name: what file systems take, and no header becomes too long.
const LONGEST: usize = 200;

/// The header `Content-Disposition` for something to save, or to show.
pub(super) fn disposition(name: &str, saving: bool) -> HeaderValue {
    let name = safe(name);
    let plain: String = name
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || "-._ ".contains(c) { c } else { '_' })
        .collect();
    let kind = if saving { "attachment" } else { "inline" };
    let exact = utf8_percent_encode(&name, ENCODED);
    let header = format!("{kind}; filename=\"{plain}\"; filename*=UTF-8''{exact}");
    HeaderValue::try_from(header).unwrap_or_else(|_| HeaderValue::from_static("attachment"))
}

/// The name without what could lead to another directory, hide what it is, or end a line.
fn safe(name: &str) -> String {
    let turned = |c: char| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let name: String = name
        .chars()
        .filter(|c| !c.is_control() && !turned(*c))
        .map(|c| if matches!(c, '/' | '\\') { '_' } else { c })
        .collect();
    let name = name.trim_matches(['.', ' ']);
    let length = name.chars().count();
    match name.rsplit_once('.') {
        // What kind of file it is stays.
        Some((stem, kind)) if length > LONGEST && kind.len() < 10 => {
            let stem: String = stem.chars().take(LONGEST - kind.len() - 1).collect();
            format!("{stem}.{kind}")
        }
        _ if name.is_empty() => "sound".to_owned(),
        _ => name.chars().take(LONGEST).collect(),
    }
}

#[cfg(test)]
mod tests {
    use percent_encoding::percent_decode_str;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_name_of_any_script_comes_through() {
        assert_eq!(
            disposition("Björk - \"Jóga\".wav", true),
            "attachment; filename=\"Bj_rk - _J_ga_.wav\"; \
             filename*=UTF-8''Bj%C3%B6rk%20-%20%22J%C3%B3ga%22.wav"
        );
        assert_eq!(
            disposition("15/8.flac", false),
            "inline; filename=\"15_8.flac\"; filename*=UTF-8''15_8.flac"
        );
    }

    #[test]
    fn a_name_leads_nowhere() {
        assert_eq!(safe("../../etc/passwd"), "_.._etc_passwd");
        assert_eq!(safe("a\r\nSet-Cookie: x\u{202e}vaw.wav"), "aSet-Cookie: xvaw.wav");
        assert_eq!(safe(" .. "), "sound");
        let long = safe(&format!("{}.flac", "ö".repeat(500)));
        assert!(long.ends_with("ö.flac") && long.chars().count() == LONGEST);
    }

    proptest! {
        #[test]
        fn every_name_is_a_header(name in ".*", saving: bool) {
            let header = disposition(&name, saving);
            let header = header.to_str().expect("plain text");
            prop_assert!(header.len() < 4096);
            let (_, exact) = header.split_once("UTF-8''").expect("an exact name");
            let decoded = percent_decode_str(exact).decode_utf8().expect("UTF-8");
            prop_assert!(!decoded.is_empty() && !decoded.contains(['/', '\\', '\r', '\n']));
        }
    }
}
