//! The cookies of this service (RFC 6265): of a session, and of a browser that was here before.
//!
//! No script reads them, no other site's page sends them with a change, and where the client
//! came by TLS their names have the prefix that lets a browser take them from this host alone.

use axum::http::header::{COOKIE, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue};
use studio_core::access::SecretText;
use studio_domain::Session;

/// Before the name of a cookie that only this host can set, and only by TLS.
const PREFIX: &str = "__Host-";
const SESSION: &str = "studio";
const DEVICE: &str = "studio-device";
/// What binds a sign-in at a provider to the browser that began it.
const SIGN_IN: &str = "studio-sign-in";

/// How long a browser is known, in seconds.
const KNOWN_FOR: i64 = 365 * 24 * 3600;

/// How long a sign-in at a provider may take, in seconds.
const SIGNING_IN: i64 = 600;

fn name(base: &str, is_secure: bool) -> String {
    format!("{}{base}", if is_secure { PREFIX } else { "" })
}

/// What the browser came with under a name. Of several, none counts: another host of the same
/// domain may have set one of them.
fn value(headers: &HeaderMap, name: &str) -> Option<String> {
    let lines = headers.get_all(COOKIE).iter().filter_map(|line| line.to_str().ok());
    let pairs = lines.flat_map(|line| line.split(';'));
    let mut values = pairs.filter_map(|pair| {
        let (key, value) = pair.trim().split_once('=')?;
        (key == name).then(|| value.trim_matches('"').to_owned())
    });
    match (values.next(), values.next()) {
        (Some(value), None) if !value.is_empty() => Some(value),
        _ => None,
    }
}

fn cookie(base: &str, value: &str, seconds: i64, is_secure: bool) -> HeaderValue {
    let secure = if is_secure { "; Secure" } else { "" };
    let text = format!(
        "{}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}",
        name(base, is_secure)
    );
    // The values are of base64url.
    HeaderValue::try_from(text).unwrap_or_else(|_| HeaderValue::from_static(""))
}

/// What a browser came with for its session.
pub(super) fn session_of(headers: &HeaderMap, is_secure: bool) -> Option<String> {
    value(headers, &name(SESSION, is_secure))
}

/// The cookie of a session, which lasts as long as that from its last renewal on.
pub(crate) fn session(secret: &SecretText, session: &Session, is_secure: bool) -> HeaderValue {
    let lasts = session.expires_at.as_micros() - session.renewed_at.as_micros();
    cookie(SESSION, secret.as_str(), lasts.max(0) / 1_000_000, is_secure)
}

/// What takes the cookie of a session away.
pub(crate) fn no_session(is_secure: bool) -> HeaderValue {
    cookie(SESSION, "", 0, is_secure)
}

/// What a browser came with that was here before.
pub(crate) fn device_of(headers: &HeaderMap, is_secure: bool) -> Option<String> {
    value(headers, &name(DEVICE, is_secure))
}

/// The cookie of a browser that was here.
pub(crate) fn device(secret: &SecretText, is_secure: bool) -> HeaderValue {
    cookie(DEVICE, secret.as_str(), KNOWN_FOR, is_secure)
}

/// What a browser came with that was sent to a provider.
pub(crate) fn sign_in_of(headers: &HeaderMap, is_secure: bool) -> Option<String> {
    value(headers, &name(SIGN_IN, is_secure))
}

/// The cookie of a browser that is sent to a provider.
pub(crate) fn sign_in(secret: &SecretText, is_secure: bool) -> HeaderValue {
    cookie(SIGN_IN, secret.as_str(), SIGNING_IN, is_secure)
}

/// What takes it away.
pub(crate) fn no_sign_in(is_secure: bool) -> HeaderValue {
    cookie(SIGN_IN, "", 0, is_secure)
}

/// Adds a cookie, unless the handler has set the one of this name itself.
pub(super) fn add_unless_set(headers: &mut HeaderMap, cookie: HeaderValue) {
    let name_of = |value: &HeaderValue| {
        let bytes = value.as_bytes();
        bytes.split(|byte| *byte == b'=').next().unwrap_or_default().to_vec()
    };
    let name = name_of(&cookie);
    if !headers.get_all(SET_COOKIE).iter().any(|set| name_of(set) == name) {
        headers.append(SET_COOKIE, cookie);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(lines: &[&str]) -> HeaderMap {
        let lines = lines.iter().map(|line| (COOKIE, HeaderValue::from_str(line).expect("text")));
        lines.collect()
    }

    #[test]
    fn a_cookie_is_found_among_others_and_counts_alone() {
        assert_eq!(
            session_of(&sent(&["a=b; studio=xyz; studio-device=d"]), false).as_deref(),
            Some("xyz")
        );
        assert_eq!(session_of(&sent(&["a=b", "studio=xyz"]), false).as_deref(), Some("xyz"));
        assert_eq!(session_of(&sent(&["studio=xyz; studio=abc"]), false), None);
        assert_eq!(session_of(&sent(&["studio="]), false), None);
        assert_eq!(session_of(&sent(&["studio"]), false), None);
        assert_eq!(session_of(&sent(&["xstudio=1"]), false), None);
    }

    #[test]
    fn by_tls_only_the_cookie_of_this_host_counts() {
        let both = sent(&["studio=planted; __Host-studio=own"]);
        assert_eq!(session_of(&both, true).as_deref(), Some("own"));
        assert_eq!(session_of(&sent(&["studio=planted"]), true), None);
        let set = no_session(true);
        let text = set.to_str().expect("text");
        assert!(
            text.starts_with("__Host-studio=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax; Secure"),
            "{text}"
        );
        assert!(!no_session(false).to_str().expect("text").contains("Secure"));
    }

    #[test]
    fn what_a_handler_sets_stays() {
        let mut headers = HeaderMap::from_iter([(SET_COOKIE, no_session(false))]);
        add_unless_set(&mut headers, cookie(SESSION, "other", 5, false));
        assert_eq!(headers.get_all(SET_COOKIE).iter().count(), 1);
        add_unless_set(&mut headers, cookie(DEVICE, "other", 5, false));
        assert_eq!(headers.get_all(SET_COOKIE).iter().count(), 2);
    }
}
