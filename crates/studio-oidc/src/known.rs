//! What a provider says of itself, and how long that is believed.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use openidconnect::core::{
    CoreAuthDisplay, CoreClaimName, CoreClaimType, CoreClientAuthMethod, CoreGrantType,
    CoreJsonWebKey, CoreJweContentEncryptionAlgorithm, CoreJweKeyManagementAlgorithm,
    CoreResponseMode, CoreResponseType, CoreSubjectIdentifierType,
};
use openidconnect::{AdditionalProviderMetadata, ProviderMetadata};
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::{Error, Result};

/// How long it is believed what a provider says of itself.
pub(crate) const KNOWN_FOR: Duration = Duration::from_secs(3600);

/// How soon it is asked anew at the earliest, whatever tokens come.
pub(crate) const ASKED_AGAIN: Duration = Duration::from_secs(30);

/// What OpenID Connect does not know of a provider, and OAuth does.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct More {
    /// RFC 9207, 3.
    #[serde(default)]
    pub(crate) authorization_response_iss_parameter_supported: bool,
}

impl AdditionalProviderMetadata for More {}

pub(crate) type Metadata = ProviderMetadata<
    More,
    CoreAuthDisplay,
    CoreClientAuthMethod,
    CoreClaimName,
    CoreClaimType,
    CoreGrantType,
    CoreJweContentEncryptionAlgorithm,
    CoreJweKeyManagementAlgorithm,
    CoreJsonWebKey,
    CoreResponseMode,
    CoreResponseType,
    CoreSubjectIdentifierType,
>;

/// What a provider said of itself, shared by all who ask.
#[derive(Default)]
pub(crate) struct Known {
    /// Held by who asks the provider, so that it is asked once.
    last: Mutex<Last>,
}

#[derive(Default)]
struct Last {
    said: Option<(Instant, Arc<Metadata>)>,
    failed: Option<(Instant, Error)>,
}

impl Known {
    /// What it said, if that is not older than `age`; otherwise it is asked. Those who waited for
    /// an answer while none came have that for their answer, and do not wait one after another.
    pub(crate) async fn get(
        &self,
        age: Duration,
        ask: impl Future<Output = Result<Metadata>>,
    ) -> Result<Arc<Metadata>> {
        let came = Instant::now();
        let mut last = self.last.lock().await;
        if let Some((at, said)) = &last.said
            && at.elapsed() < age
        {
            return Ok(Arc::clone(said));
        }
        if let Some((at, error)) = &last.failed
            && *at >= came
        {
            return Err(error.clone());
        }
        match ask.await {
            Ok(said) => {
                let said = Arc::new(said);
                *last = Last { said: Some((Instant::now(), Arc::clone(&said))), failed: None };
                Ok(said)
            }
            Err(error) => {
                last.failed = Some((Instant::now(), error.clone()));
                Err(error)
            }
        }
    }

    /// Whether it may be asked anew.
    pub(crate) async fn is_stale(&self) -> bool {
        let last = self.last.lock().await;
        last.said.as_ref().is_none_or(|(at, _)| at.elapsed() >= ASKED_AGAIN)
    }
}
