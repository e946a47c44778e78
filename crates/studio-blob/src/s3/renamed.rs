//! Reading an answer that is right but for the name of its outermost element: moto gives
//! `GetBucketNotificationResponse` where S3 gives `NotificationConfiguration`. Most SDKs do
//! not look at that name, this one does.

use aws_sdk_s3::Client;
use aws_sdk_s3::config::Builder;
use aws_sdk_s3::error::SdkError;
use aws_sdk_s3::operation::get_bucket_notification_configuration::{
    GetBucketNotificationConfigurationError as Refused,
    GetBucketNotificationConfigurationOutput as Output,
};
use aws_sdk_s3::primitives::SdkBody;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_runtime_api::http::StatusCode;

const RIGHT: &str = "NotificationConfiguration";
const WRONG: &str = "GetBucketNotificationResponse";

/// Answers with a text, whatever is asked; nothing is sent.
#[derive(Debug, Clone)]
struct Told(String);

impl HttpConnector for Told {
    fn call(&self, _request: HttpRequest) -> HttpConnectorFuture {
        let body = SdkBody::from(self.0.as_str());
        HttpConnectorFuture::ready(match StatusCode::try_from(200) {
            Ok(status) => Ok(HttpResponse::new(status, body)),
            Err(error) => {
                Err(aws_smithy_runtime_api::client::result::ConnectorError::user(error.into()))
            }
        })
    }
}

impl HttpClient for Told {
    fn http_connector(
        &self,
        _settings: &HttpConnectorSettings,
        _components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

/// What a bucket tells whom, read from an answer that the SDK refused for its outermost name
/// alone; from any other, the error.
pub(super) async fn read_again(
    client: &Client,
    bucket: &str,
    error: SdkError<Refused, HttpResponse>,
) -> Result<Output, SdkError<Refused, HttpResponse>> {
    let answer = error.raw_response().filter(|answer| answer.status().is_success());
    let text = answer.and_then(|answer| std::str::from_utf8(answer.body().bytes()?).ok());
    let Some(text) = text.filter(|text| text.contains(&format!("<{WRONG}"))) else {
        return Err(error);
    };
    let right = text
        .replace(&format!("<{WRONG}"), &format!("<{RIGHT}"))
        .replace(&format!("</{WRONG}>"), &format!("</{RIGHT}>"));
    let request = client.get_bucket_notification_configuration().bucket(bucket);
    request.customize().config_override(Builder::new().http_client(Told(right))).send().await
}
