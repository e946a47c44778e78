//! Telling an asset service of an asset, by the documents' own route.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use reqwest::redirect::Policy;
use reqwest::{Client, StatusCode};
use studio_api::v1::AssetFile;
use studio_core::ingest::Herald;
use studio_core::repo::{Judged, Judgement};
use studio_core::{AssetEvent, Error as CoreError};
use url::Url;

use crate::{Error, Result};

/// How long the service may take to answer.
const PATIENCE: Duration = Duration::from_secs(30);
/// How often one answer may lead to the next.
const MOST_REDIRECTS: usize = 5;
/// How long a connection is kept on which nothing is asked: less than services keep it.
const IDLE: Duration = Duration::from_secs(15);
/// How much of a refusal is told, in characters.
const TOLD: usize = 200;

/// An asset service that is reached over HTTP: ours, or any other with the route
/// `POST /asset`.
#[derive(Clone)]
pub struct AssetService {
    client: Client,
    url: Url,
    /// The URL as it was given.
    shown: String,
    /// What to come with.
    token: Option<Arc<str>>,
}

/// Without what must stay secret.
impl fmt::Debug for AssetService {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AssetService").field("url", &self.shown).finish_non_exhaustive()
    }
}

impl AssetService {
    /// The service at a URL such as `http://localhost:8000`. Sends nothing.
    ///
    /// # Errors
    /// [`ServiceUrl`](Error::ServiceUrl).
    pub fn new(text: &str) -> Result<Self> {
        let wrong = |problem: String| Error::ServiceUrl { url: text.to_owned(), problem };
        let mut url = Url::parse(text).map_err(|error| wrong(error.to_string()))?;
        if !["http", "https"].contains(&url.scheme()) {
            return Err(wrong("only http and https are known".to_owned()));
        }
        let Ok(mut path) = url.path_segments_mut() else {
            return Err(wrong("it has no path".to_owned()));
        };
        path.pop_if_empty().push("asset");
        drop(path);
        // The first one installed counts; which one it was does not matter.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder()
            .timeout(PATIENCE)
            .pool_idle_timeout(IDLE)
            .user_agent("studio")
            .redirect(redirects())
            .build();
        let client = client.map_err(|error| wrong(crate::error::chain(&error)))?;
        Ok(Self { client, url, shown: text.to_owned(), token: None })
    }

    /// Comes with a token from now on (RFC 6750); it is not sent on to other hosts.
    pub fn with_token(self, token: &str) -> Self {
        Self { token: Some(token.into()), ..self }
    }

    /// Tells it of each asset that an ingest finds good.
    pub fn herald(self) -> Herald {
        Arc::new(move |judged: &Judged| {
            let (service, told) = (self.clone(), told(judged));
            let place = judged.event.place.clone();
            Box::pin(async move {
                let Some(asset) = told else { return Ok(()) };
                service.register(&asset).await.map_err(|error| CoreError::NotTold {
                    place,
                    unreachable: matches!(error, Error::ServiceUnreachable { .. }),
                    source: Box::new(error),
                })
            })
        })
    }

    /// Tells it of an asset. One that it knows is no error.
    ///
    /// # Errors
    /// [`ServiceUnreachable`](Error::ServiceUnreachable) and
    /// [`ServiceRefused`](Error::ServiceRefused).
    pub async fn register(&self, asset: &AssetFile) -> Result<()> {
        let unreachable = |source: reqwest::Error| Error::ServiceUnreachable {
            url: self.shown.clone(),
            source: Box::new(source.without_url()),
        };
        let mut request = self.client.post(self.url.clone()).json(asset);
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        let answer = request.send().await.map_err(unreachable)?;
        let status = answer.status();
        if status.is_success() || status == StatusCode::CONFLICT {
            return Ok(());
        }
        let text = answer.text().await.unwrap_or_default();
        let text = text.chars().map(|c| if c.is_control() { ' ' } else { c });
        let said: String = text.take(TOLD).collect();
        match status {
            StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS => {}
            // What is wrong is not the asset, but what the service is come to with.
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {}
            status if status.is_server_error() => {}
            status => {
                let (url, status) = (self.shown.clone(), status.as_u16());
                return Err(Error::ServiceRefused { url, status, answer: said });
            }
        }
        let source = format!("it answers {status}: {said}").into();
        Err(Error::ServiceUnreachable { url: self.shown.clone(), source })
    }
}

/// Goes only where a redirection takes the request as it is: after the others, it would come as
/// one that tells nothing, and be answered well.
fn redirects() -> Policy {
    Policy::custom(|attempt| {
        let kept = [StatusCode::TEMPORARY_REDIRECT, StatusCode::PERMANENT_REDIRECT];
        match kept.contains(&attempt.status()) && attempt.previous().len() <= MOST_REDIRECTS {
            true => attempt.follow(),
            false => attempt.stop(),
        }
    })
}

/// What is told of an event, if its object was found good.
fn told(judged: &Judged) -> Option<AssetFile> {
    let Judgement::Valid { facts, .. } = &judged.judgement else { return None };
    let (state, size) = (judged.state.clone(), judged.size);
    Some(AssetFile::of(&AssetEvent { state, size, ..judged.event.clone() }, facts))
}
