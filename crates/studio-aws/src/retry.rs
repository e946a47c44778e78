//! What is tried again beyond what the SDK tries again by itself.

use aws_smithy_runtime_api::client::interceptors::context::InterceptorContext;
use aws_smithy_runtime_api::client::retries::classifiers::{ClassifyRetry, RetryAction};

/// Statuses by which a server asks for patience (RFC 6585, RFC 9110). The SDK knows them by
/// some codes alone, and gateways in front of a server have no codes.
#[derive(Debug)]
pub struct Later;

impl ClassifyRetry for Later {
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        match context.response().map(|response| response.status().as_u16()) {
            Some(429) => RetryAction::throttling_error(),
            Some(408) => RetryAction::transient_error(),
            _ => RetryAction::NoActionIndicated,
        }
    }

    fn name(&self) -> &'static str {
        "asked to come back later"
    }
}
