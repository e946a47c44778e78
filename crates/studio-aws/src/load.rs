//! Reading the configuration of a service.

use std::time::Duration;

use aws_config::environment::region::EnvironmentVariableRegionProvider;
use aws_config::meta::region::RegionProviderChain;
use aws_config::profile::region::ProfileFileRegionProvider;
use aws_config::retry::RetryConfig;
use aws_config::stalled_stream_protection::StalledStreamProtectionConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_http_client::tls::{self, rustls_provider::CryptoMode};
use aws_types::service_config::ServiceConfigKey;

use crate::AwsSettings;
use crate::credentials::Provider;

/// Where a resource is looked for when nothing says otherwise, as with every AWS tool.
const DEFAULT_REGION: &str = "us-east-1";

/// How often a request is sent if the settings do not say.
const ATTEMPTS: u32 = 4;

/// What is different from service to service.
#[derive(Debug, Clone, Copy)]
pub struct Service {
    /// Its id in the SDK (`S3`, `SQS`), which is also in the names of its settings:
    /// `AWS_ENDPOINT_URL_S3`.
    pub id: &'static str,
    /// Its name, for people.
    pub name: &'static str,
    /// From the last byte sent to the first one of the answer, at most.
    pub read_timeout: Duration,
    /// One attempt, its answer included.
    pub attempt_timeout: Duration,
    /// How long a body may stand still, if that is watched.
    pub stall: Option<Duration>,
}

/// The configuration of a service, and what to call its server.
#[derive(Debug)]
pub struct Loaded {
    /// What the service's own configuration is made from.
    pub config: SdkConfig,
    /// The region.
    pub region: String,
    /// The server's URL, if it is not Amazon's.
    pub own_endpoint: Option<String>,
    /// What to call the server in messages.
    pub endpoint: String,
}

/// Reads the configuration for a service. Sends nothing.
pub async fn load(settings: &AwsSettings, service: Service) -> Loaded {
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
    let attempts = settings.attempts.unwrap_or(ATTEMPTS).max(1);
    let mut loader = aws_config::defaults(BehaviorVersion::latest())
        .http_client(http)
        .region(region)
        .retry_config(
            RetryConfig::standard()
                .with_max_attempts(attempts)
                .with_initial_backoff(Duration::from_millis(300)),
        )
        .timeout_config(
            TimeoutConfig::builder()
                .connect_timeout(Duration::from_secs(5))
                .read_timeout(service.read_timeout)
                .operation_attempt_timeout(service.attempt_timeout)
                .build(),
        )
        .stalled_stream_protection(match service.stall {
            Some(grace) => StalledStreamProtectionConfig::enabled().grace_period(grace).build(),
            None => StalledStreamProtectionConfig::disabled(),
        });
    if let Some(endpoint) = &settings.endpoint {
        loader = loader.endpoint_url(endpoint);
    }
    if let Some(profile) = &settings.profile {
        loader = loader.profile_name(profile);
    }
    if let Some((id, secret)) = &settings.credentials {
        loader = loader.credentials_provider(Credentials::new(id, secret, None, None, "studio"));
    }
    let mut config = loader.load().await;
    if let Some(way) = config.credentials_provider() {
        let provider = SharedCredentialsProvider::new(Provider::new(way, settings));
        config = config.into_builder().credentials_provider(provider).build();
    }
    let region = config.region().map_or(DEFAULT_REGION, Region::as_ref).to_owned();
    let own_endpoint = settings.endpoint.clone().or_else(|| endpoint_of(&config, service.id));
    let endpoint = own_endpoint.clone().unwrap_or_else(|| format!("{} ({region})", service.name));
    Loaded { config, region, own_endpoint, endpoint }
}

/// The endpoint that the AWS configuration names: for one service alone
/// (`AWS_ENDPOINT_URL_S3`, or the profile's section `services`), or for every service.
fn endpoint_of(config: &SdkConfig, service: &'static str) -> Option<String> {
    let key = ServiceConfigKey::builder()
        .service_id(service)
        .env("AWS_ENDPOINT_URL")
        .profile("endpoint_url")
        .build()
        .ok()?;
    let own = config.service_config().and_then(|config| config.load_config(key));
    own.or_else(|| config.endpoint_url().map(str::to_owned))
}
