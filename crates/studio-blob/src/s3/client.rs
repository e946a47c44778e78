//! Making the client.

use std::time::Duration;

use aws_sdk_s3::Client;
use aws_sdk_s3::config::timeout::TimeoutConfig;
use aws_sdk_s3::config::{Builder, RequestChecksumCalculation, ResponseChecksumValidation};
use studio_aws::{AwsSettings, Later, Service, load};

use super::write::signs_bodies;
use super::{Connection, S3Settings};

/// From the first byte sent to the first one of the answer: three parts of 8 MiB at once
/// on a line of 0.25 Mbit/s take 14 minutes. A body that stands still is noticed sooner.
const READ_TIMEOUT: Duration = Duration::from_secs(15 * 60);
/// One attempt, its answer included, if the settings ask for no more patience.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(20 * 60);
/// What an attempt may take beyond the wait for its answer: sending and receiving it.
const BEYOND_ANSWER: Duration = Duration::from_secs(5 * 60);
/// One attempt of a request that is small and asks for little: a server that takes it and
/// never answers is noticed before a person gives up.
const PROMPT_TIMEOUT: Duration = Duration::from_secs(60);
/// How long a body may stand still.
const STALL_GRACE: Duration = Duration::from_secs(20);

/// Reads the configuration and builds the client. Sends nothing.
pub(super) async fn connect(settings: &S3Settings) -> Connection {
    let service = Service {
        id: "S3",
        name: "Amazon S3",
        read_timeout: settings.patience.unwrap_or(READ_TIMEOUT),
        attempt_timeout: attempt_timeout(settings.patience),
        stall: Some(settings.patience.unwrap_or(STALL_GRACE)),
    };
    let loaded = load(&AwsSettings::from(settings), service).await;
    let signs_bodies = signs_bodies(loaded.own_endpoint.as_deref());
    let path_style = settings.path_style.unwrap_or(loaded.own_endpoint.is_some());
    let config = Builder::from(&loaded.config)
        .force_path_style(path_style)
        .retry_classifier(Later)
        // Checksums are ours to compute and to compare: once, over the whole object.
        .request_checksum_calculation(RequestChecksumCalculation::WhenRequired)
        .response_checksum_validation(ResponseChecksumValidation::WhenRequired)
        .build();
    let client = Client::from_conf(config);
    let credentials = loaded.config.credentials_provider();
    Connection {
        client,
        credentials,
        region: loaded.region,
        endpoint: loaded.endpoint,
        signs_bodies,
    }
}

impl From<&S3Settings> for AwsSettings {
    fn from(settings: &S3Settings) -> Self {
        Self {
            endpoint: settings.endpoint.clone(),
            region: settings.region.clone(),
            credentials: settings.credentials.clone(),
            profile: settings.profile.clone(),
            attempts: settings.attempts,
            patience: settings.patience,
        }
    }
}

/// How long an attempt may take: never less than the wait for its answer.
fn attempt_timeout(patience: Option<Duration>) -> Duration {
    patience.map_or(ATTEMPT_TIMEOUT, |patience| ATTEMPT_TIMEOUT.max(patience + BEYOND_ANSWER))
}

/// What is different for a request without a large body. Less patience than this is kept:
/// it bounds the wait for each answer.
pub(super) fn promptly() -> Builder {
    let timeouts = TimeoutConfig::builder().operation_attempt_timeout(PROMPT_TIMEOUT).build();
    Builder::new().timeout_config(timeouts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_attempt_ends_before_patience_does() {
        let minutes = |count: u64| Duration::from_secs(60 * count);
        assert_eq!(attempt_timeout(None), minutes(20));
        assert_eq!(attempt_timeout(Some(minutes(1))), minutes(20));
        assert_eq!(attempt_timeout(Some(minutes(15))), minutes(20));
        assert_eq!(attempt_timeout(Some(minutes(30))), minutes(35));
        assert_eq!(attempt_timeout(Some(minutes(60))), minutes(65));
    }
}
