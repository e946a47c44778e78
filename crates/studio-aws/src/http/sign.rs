//! Signing requests without bodies (signature version 4).

use std::error::Error as StdError;
use std::time::{Duration, SystemTime};

use aws_credential_types::provider::{ProvideCredentials as _, SharedCredentialsProvider};
use aws_sigv4::http_request::{
    PayloadChecksumKind, PercentEncodingMode, SignableBody, SignableRequest, SigningSettings,
    UriPathNormalizationMode, sign,
};
use aws_sigv4::sign::v4;
use aws_smithy_runtime_api::client::identity::Identity;
use hyper::Request;
use hyper::header::HeaderValue;
use tokio::sync::Mutex;

/// How long before their end credentials are asked for anew.
const BEFORE_END: Duration = Duration::from_secs(5 * 60);
/// How long credentials without an end are kept: a file of them may be written anew.
const UNENDING: Duration = Duration::from_secs(15 * 60);

pub(super) struct Signer {
    credentials: SharedCredentialsProvider,
    region: String,
    known: Mutex<Option<(Identity, SystemTime)>>,
}

type BoxError = Box<dyn StdError + Send + Sync>;

impl Signer {
    pub(super) fn new(credentials: SharedCredentialsProvider, region: &str) -> Self {
        Self { credentials, region: region.to_owned(), known: Mutex::default() }
    }

    /// The credentials; of several who need new ones at once, one asks for them.
    async fn identity(&self, now: SystemTime) -> Result<Identity, BoxError> {
        let mut known = self.known.lock().await;
        if let Some((identity, until)) = known.as_ref()
            && now < *until
        {
            return Ok(identity.clone());
        }
        let credentials = self.credentials.provide_credentials().await?;
        let until = match credentials.expiry() {
            Some(end) => end.checked_sub(BEFORE_END).unwrap_or(now),
            None => now + UNENDING,
        };
        let identity = Identity::from(credentials);
        *known = Some((identity.clone(), until));
        Ok(identity)
    }

    /// Adds the headers that a signature needs.
    pub(super) async fn sign<B>(
        &self,
        url: &str,
        request: &mut Request<B>,
    ) -> Result<(), BoxError> {
        let now = SystemTime::now();
        let identity = self.identity(now).await?;
        let mut settings = SigningSettings::default();
        settings.percent_encoding_mode = PercentEncodingMode::Single;
        settings.uri_path_normalization_mode = UriPathNormalizationMode::Disabled;
        settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
        let params = v4::SigningParams::builder()
            .identity(&identity)
            .region(&self.region)
            .name("s3")
            .time(now)
            .settings(settings)
            .build()?
            .into();
        let headers = request.headers().iter();
        let headers =
            headers.filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?)));
        let signable = SignableRequest::new("GET", url, headers, SignableBody::Bytes(&[]))?;
        let (instructions, _) = sign(signable, &params)?.into_parts();
        let (headers, _) = instructions.into_parts();
        for header in headers {
            let mut value = HeaderValue::try_from(header.value())?;
            value.set_sensitive(header.sensitive());
            request.headers_mut().insert(header.name(), value);
        }
        Ok(())
    }
}
