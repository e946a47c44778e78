//! Conditions on bytes (RFC 9110, section 13): whether they are what the client has, or wants
//! to have more of.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::http::header::{
    HeaderName, IF_MATCH, IF_MODIFIED_SINCE, IF_NONE_MATCH, IF_RANGE, IF_UNMODIFIED_SINCE,
};
use axum::http::{HeaderMap, HeaderValue};
use studio_domain::Timestamp;

use crate::condition::Tags;

/// How much older than now a date must be to say which bytes it means: within the same second
/// there could have been others (RFC 9110, 8.8.2.2).
const SETTLED: Duration = Duration::from_secs(60);

/// What tells some bytes from others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Validators {
    /// Their strong entity tag, without its quotes.
    pub etag: String,
    /// When they were written, in whole seconds since 1970.
    pub modified: Option<u64>,
}

/// What comes of the conditions of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The bytes are sent; ranges of them, if asked for, only if `in_part`.
    Send {
        /// Whether the header `Range` counts.
        in_part: bool,
    },
    /// The client has them.
    NotModified,
    /// They are not those that the client means.
    Failed,
    /// `If-Match` cannot be read.
    Unreadable,
}

impl Validators {
    /// Those of bytes with an entity tag that were written at some time.
    pub fn new(etag: &str, modified: Option<Timestamp>) -> Self {
        let seconds = |time: Timestamp| u64::try_from(time.as_micros().div_euclid(1_000_000)).ok();
        // Quotes cannot stand in one (RFC 9110, 8.8.3).
        let etag = etag.chars().filter(|c| c.is_ascii_graphic() && *c != '"').collect();
        Self { etag, modified: modified.and_then(seconds) }
    }

    /// The header `ETag`.
    pub fn etag(&self) -> HeaderValue {
        let quoted = HeaderValue::try_from(format!("\"{}\"", self.etag));
        quoted.unwrap_or_else(|_| HeaderValue::from_static("\"\""))
    }

    /// The header `Last-Modified`.
    pub fn last_modified(&self) -> Option<HeaderValue> {
        let time = UNIX_EPOCH.checked_add(Duration::from_secs(self.modified?))?;
        // Years of more than four digits have no such form.
        let has_form = self.modified? < 253_402_300_800;
        has_form.then(|| HeaderValue::try_from(httpdate::fmt_http_date(time)).ok())?
    }

    /// What comes of the conditions of a GET or HEAD, in the order of RFC 9110, 13.2.2.
    pub fn judge(&self, headers: &HeaderMap, now: SystemTime) -> Verdict {
        match Tags::read(headers, &IF_MATCH) {
            Err(_) => return Verdict::Unreadable,
            Ok(Some(tags)) if !tags.name(&self.etag, false) => return Verdict::Failed,
            Ok(Some(_)) => {}
            Ok(None) => {
                let until = date(headers, &IF_UNMODIFIED_SINCE);
                if until.zip(self.modified).is_some_and(|(until, modified)| modified > until) {
                    return Verdict::Failed;
                }
            }
        }
        match Tags::read(headers, &IF_NONE_MATCH) {
            Ok(Some(tags)) if tags.name(&self.etag, true) => return Verdict::NotModified,
            // What cannot be read is no reason to say that nothing changed.
            Ok(Some(_)) | Err(_) => {}
            Ok(None) => {
                let since = date(headers, &IF_MODIFIED_SINCE);
                if since.zip(self.modified).is_some_and(|(since, modified)| modified <= since) {
                    return Verdict::NotModified;
                }
            }
        }
        Verdict::Send { in_part: self.holds_range(headers, now) }
    }

    /// Whether `If-Range` lets the header `Range` count: only if it surely means these bytes.
    fn holds_range(&self, headers: &HeaderMap, now: SystemTime) -> bool {
        let mut values = headers.get_all(IF_RANGE).iter();
        let value = match (values.next(), values.next()) {
            (None, _) => return true,
            (Some(value), None) => value,
            (Some(_), Some(_)) => return false,
        };
        if value.as_bytes().ends_with(b"\"") {
            // A weak one begins with W/, and is not equal.
            return *value == self.etag();
        }
        let given = date(headers, &IF_RANGE);
        let since = |modified| now.duration_since(UNIX_EPOCH + Duration::from_secs(modified));
        given.is_some() && given == self.modified && {
            given.is_some_and(|modified| since(modified).is_ok_and(|age| age >= SETTLED))
        }
    }
}

/// A date, in any of the forms of HTTP; nothing if it is none, or there are two.
fn date(headers: &HeaderMap, name: &HeaderName) -> Option<u64> {
    let mut values = headers.get_all(name).iter();
    let (value, None) = (values.next()?, values.next()) else { return None };
    let time = httpdate::parse_http_date(value.to_str().ok()?.trim()).ok()?;
    Some(time.duration_since(UNIX_EPOCH).ok()?.as_secs())
}

#[cfg(test)]
mod tests {
    use super::*;

    const WRITTEN: &str = "Sun, 06 Nov 1994 08:49:37 GMT";
    const BEFORE: &str = "Sun, 06 Nov 1994 08:49:36 GMT";
    const AFTER: &str = "Sun, 06 Nov 1994 08:49:38 GMT";
    const WHOLE: Verdict = Verdict::Send { in_part: false };
    const PART: Verdict = Verdict::Send { in_part: true };

    fn bytes() -> Validators {
        Validators::new("abc", Some(Timestamp::from_micros(784_111_777_900_000)))
    }

    fn judge(headers: &[(HeaderName, &str)]) -> Verdict {
        let headers = headers.iter().map(|(name, value)| {
            (name.clone(), HeaderValue::from_bytes(value.as_bytes()).expect("a value"))
        });
        bytes().judge(&headers.collect(), SystemTime::now())
    }

    #[test]
    fn validators_are_told_as_http_has_them() {
        assert_eq!(bytes().etag(), "\"abc\"");
        assert_eq!(bytes().last_modified().expect("a date"), WRITTEN);
        assert_eq!(Validators::new("a\"b c\n", None).etag(), "\"abc\"");
        let far = Validators { etag: String::new(), modified: Some(u64::MAX) };
        assert_eq!(far.last_modified(), None);
    }

    #[test]
    fn every_row_of_the_standard_holds() {
        let weak = "W/\"abc\"";
        let (same, other) = ("\"abc\"", "\"xyz\"");
        let cases: &[(&[(HeaderName, &str)], Verdict)] = &[
            (&[], PART),
            // If-Match: strong.
            (&[(IF_MATCH, same)], PART),
            (&[(IF_MATCH, "*")], PART),
            (&[(IF_MATCH, "\"xyz\", \"abc\"")], PART),
            (&[(IF_MATCH, other)], Verdict::Failed),
            (&[(IF_MATCH, weak)], Verdict::Failed),
            (&[(IF_MATCH, "abc")], Verdict::Unreadable),
            (&[(IF_MATCH, "\u{ff}")], Verdict::Unreadable),
            // If-Unmodified-Since, which If-Match overrides.
            (&[(IF_UNMODIFIED_SINCE, WRITTEN)], PART),
            (&[(IF_UNMODIFIED_SINCE, AFTER)], PART),
            (&[(IF_UNMODIFIED_SINCE, BEFORE)], Verdict::Failed),
            (&[(IF_UNMODIFIED_SINCE, "yesterday")], PART),
            (&[(IF_MATCH, same), (IF_UNMODIFIED_SINCE, BEFORE)], PART),
            // If-None-Match: weak.
            (&[(IF_NONE_MATCH, same)], Verdict::NotModified),
            (&[(IF_NONE_MATCH, weak)], Verdict::NotModified),
            (&[(IF_NONE_MATCH, "*")], Verdict::NotModified),
            (&[(IF_NONE_MATCH, other)], PART),
            (&[(IF_NONE_MATCH, "\u{ff}")], PART),
            // If-Modified-Since, which If-None-Match overrides.
            (&[(IF_MODIFIED_SINCE, WRITTEN)], Verdict::NotModified),
            (&[(IF_MODIFIED_SINCE, AFTER)], Verdict::NotModified),
            (&[(IF_MODIFIED_SINCE, "Sunday, 06-Nov-94 08:49:37 GMT")], Verdict::NotModified),
            (&[(IF_MODIFIED_SINCE, "Sun Nov  6 08:49:37 1994")], Verdict::NotModified),
            (&[(IF_MODIFIED_SINCE, BEFORE)], PART),
            (&[(IF_MODIFIED_SINCE, "0")], PART),
            (&[(IF_NONE_MATCH, other), (IF_MODIFIED_SINCE, WRITTEN)], PART),
            // The order.
            (&[(IF_MATCH, other), (IF_NONE_MATCH, same)], Verdict::Failed),
            (&[(IF_MATCH, same), (IF_NONE_MATCH, same)], Verdict::NotModified),
            // If-Range: strong, and exact.
            (&[(IF_RANGE, same)], PART),
            (&[(IF_RANGE, other)], WHOLE),
            (&[(IF_RANGE, weak)], WHOLE),
            (&[(IF_RANGE, WRITTEN)], PART),
            (&[(IF_RANGE, AFTER)], WHOLE),
            (&[(IF_RANGE, BEFORE)], WHOLE),
            (&[(IF_RANGE, "*")], WHOLE),
            (&[(IF_RANGE, "\u{ff}")], WHOLE),
        ];
        for (headers, expected) in cases {
            assert_eq!(judge(headers), *expected, "{headers:?}");
        }
    }

    #[test]
    fn a_date_of_just_now_names_no_bytes() {
        let headers = [(IF_RANGE, HeaderValue::from_static(WRITTEN))];
        let written = UNIX_EPOCH + Duration::from_secs(784_111_777);
        let headers = HeaderMap::from_iter(headers);
        assert_eq!(bytes().judge(&headers, written + Duration::from_secs(59)), WHOLE);
        assert_eq!(bytes().judge(&headers, written + Duration::from_secs(60)), PART);
        let unknown = Validators::new("abc", None);
        assert_eq!(unknown.judge(&headers, written + Duration::from_secs(60)), WHOLE);
    }
}
