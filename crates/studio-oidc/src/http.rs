//! Requests to a provider: no redirect is followed, and no answer is read beyond a bound.

use std::time::Duration;

use openidconnect::{HttpRequest, HttpResponse};
use reqwest::Client;
use reqwest::redirect::Policy;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// The most bytes of an answer.
const MAX_BODY: usize = 1024 * 1024;

/// Why a request came to nothing.
#[derive(Debug, thiserror::Error)]
pub(crate) enum HttpError {
    #[error("{0}")]
    Request(String),
    #[error("its answer has more than {MAX_BODY} bytes")]
    Large,
}

impl From<reqwest::Error> for HttpError {
    fn from(error: reqwest::Error) -> Self {
        // Without the address: there can be a code in it.
        let error = error.without_url();
        let mut text = error.to_string();
        let mut next = std::error::Error::source(&error);
        while let Some(cause) = next {
            text = format!("{text}: {cause}");
            next = cause.source();
        }
        Self::Request(text)
    }
}

/// A client for a provider: by https alone, whatever addresses it tells; to one on this machine
/// by http too, and without a proxy.
pub(crate) fn client(is_here: bool) -> Result<Client, HttpError> {
    // The first one installed counts; which one it was does not matter.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let builder = Client::builder()
        .timeout(PATIENCE)
        .user_agent("studio")
        .redirect(Policy::none())
        .referer(false);
    let builder = match is_here {
        true => builder.no_proxy(),
        false => builder.https_only(true),
    };
    Ok(builder.build()?)
}

/// Sends a request.
pub(crate) async fn send(client: Client, request: HttpRequest) -> Result<HttpResponse, HttpError> {
    let request = request.try_into()?;
    let mut answer = client.execute(request).await?;
    let (status, headers) = (answer.status(), answer.headers().clone());
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await? {
        if body.len() + chunk.len() > MAX_BODY {
            return Err(HttpError::Large);
        }
        body.extend_from_slice(&chunk);
    }
    let mut response = HttpResponse::new(body);
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_elsewhere_is_asked_by_https_alone() {
        // Nothing is sent: no port 0 could answer.
        let request = || {
            let request = openidconnect::http::Request::get("http://127.0.0.1:0/token");
            request.body(Vec::new()).expect("a request")
        };
        for (is_here, refused) in [(false, true), (true, false)] {
            let answer = send(client(is_here).expect("a client"), request()).await;
            let said = answer.expect_err("no answer").to_string();
            assert_eq!(said.contains("scheme"), refused, "{said}");
        }
    }
}
