//! What is asked of every request before anything looks at it.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::{Request, State as Shared};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use percent_encoding::percent_decode_str;

use crate::State;
use crate::failure::Failure;
use crate::proxies::Client;
use crate::wire::Connection;

/// Below this the path is a key as a bucket has it: any text.
const KEYS: &str = "/asset/";

/// Lets through what has a path that can be read, and is meant for this service.
pub(crate) async fn admit(Shared(state): Shared<State>, request: Request, next: Next) -> Response {
    match check(&state, &request) {
        Ok(()) => next.run(request).await,
        Err(failure) => failure.into_response(),
    }
}

fn check(state: &State, request: &Request) -> Result<(), Failure> {
    check_uri(request.uri(), state.options.longest_uri)?;
    check_headers(request.headers(), state.options.largest_head)?;
    let extensions = request.extensions();
    let forwarded = extensions.get::<Client>().and_then(|client| client.host.as_deref());
    let here: Option<IpAddr> =
        extensions.get::<Arc<Connection>>().and_then(|connection| connection.here);
    state.options.hosts.check(request.uri(), request.headers(), forwarded, here)
}

/// The connection takes in a little more, where it comes at once.
fn check_headers(headers: &HeaderMap, largest: usize) -> Result<(), Failure> {
    let size: usize = headers.iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
    if size > largest {
        let detail = format!("the headers have more than {largest} bytes");
        let status = StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE;
        return Err(Failure::new(status, "headers-too-large", detail));
    }
    Ok(())
}

fn check_uri(uri: &Uri, longest: usize) -> Result<(), Failure> {
    let length = uri.path_and_query().map_or(0, |text| text.as_str().len());
    if length > longest {
        let detail = format!("the path and what follows it have more than {longest} bytes");
        return Err(Failure::new(StatusCode::URI_TOO_LONG, "uri-too-long", detail));
    }
    let invalid =
        |detail: &str| Failure::new(StatusCode::BAD_REQUEST, "invalid-path", detail.to_owned());
    let path = percent_decode_str(uri.path()).decode_utf8();
    let path = path.map_err(|_| invalid("the path is not UTF-8"))?;
    if path.starts_with(KEYS) {
        return Ok(());
    }
    if path.contains('\0') {
        return Err(invalid("the path has a zero byte"));
    }
    // A backslash is a slash to some, and nothing here has one in its path.
    if path.split(['/', '\\']).any(|segment| segment == "." || segment == "..") {
        return Err(invalid("the path has steps up"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_short_text_without_steps() {
        let status = |uri: &str| match check_uri(&uri.parse().expect("a URI"), 40) {
            Ok(()) => 200,
            Err(failure) => failure.status.as_u16(),
        };
        for good in ["/", "/a/b%20c", "/%C3%BC", "/a..b/...", "/asset/../%2e%2e/%00", "/a?x=../.."]
        {
            assert_eq!(status(good), 200, "{good}");
        }
        let bad = ["/%FF", "/a%00", "/../etc/passwd", "/%2e%2e/x", "/a/%2E./x", "/a/..%2fx"];
        for bad in bad.into_iter().chain(["/..%5Cx", "/asset/%FF", "/a/."]) {
            assert_eq!(status(bad), 400, "{bad}");
        }
        assert_eq!(status(&format!("/?{}", "x".repeat(39))), 414);
    }
}
