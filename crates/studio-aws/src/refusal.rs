//! What an error of the SDK, or an answer behind it, says.

use std::error::Error as StdError;

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;

/// An error of a library below, of which only the text matters.
pub type BoxError = Box<dyn StdError + Send + Sync>;

/// Whether an answer is a page for people, as web servers give them and AWS does not.
pub fn is_page(response: &HttpResponse) -> bool {
    let starts = |text: &[u8], with: &str| {
        text.get(..with.len()).is_some_and(|start| start.eq_ignore_ascii_case(with.as_bytes()))
    };
    let kind = response.headers().get("content-type").unwrap_or_default();
    let body = response.body().bytes().unwrap_or_default().trim_ascii_start();
    starts(kind.as_bytes(), "text/html") || starts(body, "<!doctype html") || starts(body, "<html")
}

/// Whether an answer began and did not come to its end. The SDK has no kind for it: one
/// that makes no sense is a `ResponseError` as well.
pub fn broke_off(error: &(dyn StdError + 'static)) -> bool {
    let all = chain(error).to_string();
    ["error reading a body", "minimum throughput"].iter().any(|sign| all.contains(sign))
}

/// The texts of an error and of those behind it, outermost first and each once. (The SDK's
/// own texts hide the cause: "service error", "dispatch failure".)
pub fn chain(error: &(dyn StdError + 'static)) -> BoxError {
    let mut texts: Vec<String> = Vec::new();
    let mut next = Some(error);
    while let Some(error) = next {
        let text = error.to_string();
        if !texts.iter().any(|known| known.contains(&text)) {
            texts.push(text);
        }
        next = error.source();
    }
    texts.join(": ").into()
}

/// The text of the error behind all others.
pub fn innermost(error: &(dyn StdError + 'static)) -> BoxError {
    let mut last = error;
    while let Some(next) = last.source() {
        last = next;
    }
    last.to_string().into()
}
