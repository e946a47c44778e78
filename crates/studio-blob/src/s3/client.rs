//! Making the client.

use std::time::Duration;

use aws_config::environment::region::EnvironmentVariableRegionProvider;
use aws_config::meta::region::RegionProviderChain;
use aws_config::profile::region::ProfileFileRegionProvider;
use aws_config::{BehaviorVersion, SdkConfig};
use aws_sdk_s3::Client;
use aws_sdk_s3::config::retry::RetryConfig;
use aws_sdk_s3::config::timeout::TimeoutConfig;
use aws_sdk_s3::config::{
    Builder, Credentials, Region, RequestChecksumCalculation, ResponseChecksumValidation,
    StalledStreamProtectionConfig,
};
use aws_smithy_http_client::tls::{self, rustls_provider::CryptoMode};
use aws_types::service_config::ServiceConfigKey;

use super::credentials::Provider;
use super::retry::Later;
use super::write::signs_bodies;
use super::{Connection, S3Settings};

/// Where a bucket is looked for when nothing says otherwise, as with every AWS tool.
const DEFAULT_REGION: &str = "us-east-1";

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
/// How often a request is sent if the settings do not say.
const ATTEMPTS: u32 = 4;

/// Reads the configuration and builds the client. Sends nothing.
pub(super) async fn connect(settings: &S3Settings) -> Connection {
    let http = aws_smithy_http_client::Builder::new()
        .tls_provider(tls::Provider::Rustls(CryptoMode::Ring))
        .build_https();
    let mut profile_region = ProfileFileRegionProvider::builder();
    if let Some(profile) = &settings.profile {
        profile_region = profile_region.profile_name(profile);
    }
    // Without the instance metadata service, which costs seconds where there is none.
    let region = RegionProviderChain::first_try(settings.region.clone().map(Region::new))
        .or_else(EnvironmentVariableRegionProvider::new())
        .or_else(profile_region.build())
        .or_else(Region::new(DEFAULT_REGION));
    let mut loader = aws_config::defaults(BehaviorVersion::latest())
        .http_client(http)
        .region(region)
        .retry_config(
            RetryConfig::standard()
                .with_max_attempts(settings.attempts.unwrap_or(ATTEMPTS).max(1))
                .with_initial_backoff(Duration::from_millis(300)),
        )
        .timeout_config(
            TimeoutConfig::builder()
                .connect_timeout(Duration::from_secs(5))
                .read_timeout(settings.patience.unwrap_or(READ_TIMEOUT))
                .operation_attempt_timeout(attempt_timeout(settings.patience))
                .build(),
        )
        .stalled_stream_protection(
            StalledStreamProtectionConfig::enabled()
                .grace_period(settings.patience.unwrap_or(STALL_GRACE))
                .build(),
        );
    if let Some(endpoint) = &settings.endpoint {
        loader = loader.endpoint_url(endpoint);
    }
    if let Some(profile) = &settings.profile {
        loader = loader.profile_name(profile);
    }
    if let Some((id, secret)) = &settings.credentials {
        loader = loader.credentials_provider(Credentials::new(id, secret, None, None, "studio"));
    }
    let shared = loader.load().await;
    let region = shared.region().map_or(DEFAULT_REGION, Region::as_ref).to_owned();
    let own_endpoint = settings.endpoint.clone().or_else(|| endpoint_of(&shared));
    let signs_bodies = signs_bodies(own_endpoint.as_deref());
    let path_style = settings.path_style.unwrap_or(own_endpoint.is_some());
    let endpoint = own_endpoint.unwrap_or_else(|| format!("Amazon S3 ({region})"));
    let mut config = Builder::from(&shared)
        .force_path_style(path_style)
        .retry_classifier(Later)
        // Checksums are ours to compute and to compare: once, over the whole object.
        .request_checksum_calculation(RequestChecksumCalculation::WhenRequired)
        .response_checksum_validation(ResponseChecksumValidation::WhenRequired);
    if let Some(way) = shared.credentials_provider() {
        config = config.credentials_provider(Provider::new(way, settings));
    }
    let client = Client::from_conf(config.build());
    Connection { client, region, endpoint, signs_bodies }
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

/// The endpoint that the AWS configuration names: for S3 alone (`AWS_ENDPOINT_URL_S3`, or
/// the profile's section `services`), or for every service.
fn endpoint_of(shared: &SdkConfig) -> Option<String> {
    let key = ServiceConfigKey::builder()
        .service_id("S3")
        .env("AWS_ENDPOINT_URL")
        .profile("endpoint_url")
        .build()
        .ok()?;
    let of_s3 = shared.service_config().and_then(|config| config.load_config(key));
    of_s3.or_else(|| shared.endpoint_url().map(str::to_owned))
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
