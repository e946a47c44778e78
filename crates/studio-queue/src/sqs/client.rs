//! Making the client.

use std::time::Duration;

use aws_sdk_sqs::Client;
use aws_sdk_sqs::config::{Builder, Region};
use studio_aws::{AwsSettings, Later, Service, load};

use crate::LONGEST_WAIT;

/// How long an answer may be late, beyond the time for which the server was asked to wait.
const LATE: Duration = Duration::from_secs(10);
/// What an attempt may take beyond the wait for its answer: a message has at most 1 MiB.
const BEYOND_ANSWER: Duration = Duration::from_secs(60);

/// A client, and what to call its server in messages.
#[derive(Debug)]
pub(super) struct Connection {
    pub(super) client: Client,
    pub(super) endpoint: String,
}

/// Reads the configuration and builds the client for a queue, by its name or URL. Sends
/// nothing.
pub(super) async fn connect(settings: &AwsSettings, queue: &str) -> Connection {
    // A server that is asked to wait is silent meanwhile, and must not be given up for that.
    let read_timeout = LONGEST_WAIT + settings.patience.unwrap_or(LATE);
    let service = Service {
        id: "SQS",
        name: "Amazon SQS",
        read_timeout,
        attempt_timeout: read_timeout + BEYOND_ANSWER,
        stall: None,
    };
    let loaded = load(settings, service).await;
    let mut config = Builder::from(&loaded.config).retry_classifier(Later);
    let mut endpoint = loaded.endpoint;
    // A URL tells where the queue is, if nothing else does.
    if loaded.own_endpoint.is_none()
        && let Some(origin) = origin(queue)
    {
        match region_of(origin) {
            Some(region) => {
                endpoint = format!("Amazon SQS ({region})");
                config = config.region(Region::new(region.to_owned()));
            }
            None => {
                endpoint = origin.to_owned();
                config = config.endpoint_url(origin);
            }
        }
    }
    Connection { client: Client::from_conf(config.build()), endpoint }
}

/// Whether a queue is named by its URL.
pub(super) fn is_url(queue: &str) -> bool {
    origin(queue).is_some()
}

/// The part of a URL that names the server.
fn origin(url: &str) -> Option<&str> {
    let begin = ["https://", "http://"].iter().find(|begin| url.starts_with(**begin))?.len();
    let length = url[begin..].find('/').unwrap_or(url.len() - begin);
    Some(&url[..begin + length])
}

/// The region of a server of Amazon's, as in `https://sqs.eu-central-1.amazonaws.com`.
fn region_of(origin: &str) -> Option<&str> {
    let host = origin.strip_prefix("https://sqs.")?;
    let region = host.strip_suffix(".amazonaws.com").or(host.strip_suffix(".amazonaws.com.cn"))?;
    (!region.contains('.')).then_some(region)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_tells_its_server_and_region() {
        let amazon = "https://sqs.eu-central-1.amazonaws.com/111122223333/ingest";
        assert_eq!(origin(amazon), Some("https://sqs.eu-central-1.amazonaws.com"));
        assert_eq!(origin(amazon).and_then(region_of), Some("eu-central-1"));
        assert_eq!(origin("http://127.0.0.1:4566/0/a"), Some("http://127.0.0.1:4566"));
        assert_eq!(origin("http://localhost:4566"), Some("http://localhost:4566"));
        assert_eq!(region_of("http://127.0.0.1:4566"), None);
        for name in ["ingest", "s3-ingest-messages", "", "http:/a"] {
            assert!(!is_url(name), "{name}");
        }
    }
}
