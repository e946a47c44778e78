//! A lean client for many small reads.
//!
//! The SDK spends more on a request than a server on a small range. This client signs
//! (signature version 4), sends a GET over a connection that it keeps, and gives the body as it
//! comes: no more of it is in memory than one piece. A connection is moved on by whoever reads
//! from it, so that what nobody reads does not come, and what is dropped ends at once.

mod connection;
mod sign;

use std::error::Error as StdError;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_credential_types::provider::SharedCredentialsProvider;
use bytes::Bytes;
use http_body_util::Empty;
use hyper::header::{HOST, HeaderMap, HeaderName, HeaderValue};
use hyper::{Request, StatusCode, Uri};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::connect::HttpConnector;

use self::connection::{Connection, Idle};
use self::sign::Signer;

pub use self::connection::LeanBody;

/// How long making a connection may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LeanError {
    /// There are no credentials, or the request cannot be signed.
    #[error("cannot sign the request")]
    Signature(#[source] Box<dyn StdError + Send + Sync>),
    /// The server cannot be reached, or does not answer.
    #[error("no answer")]
    NoAnswer(#[source] Box<dyn StdError + Send + Sync>),
}

/// The first part of an answer, and the rest as it comes.
#[derive(Debug)]
pub struct LeanAnswer {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: LeanBody,
}

/// A client for one server; clones share its connections.
#[derive(Clone)]
pub struct LeanClient(Arc<Inner>);

struct Inner {
    /// Scheme and host.
    server: Uri,
    host: HeaderValue,
    connector: HttpsConnector<HttpConnector>,
    signer: Signer,
    /// How long an answer, or the next piece of it, may take to come.
    patience: Duration,
    idle: Mutex<Idle>,
}

impl LeanClient {
    /// A client for the server that has this scheme, host and port (`https://host:port`).
    /// Does nothing yet.
    ///
    /// # Errors
    /// [`LeanError::NoAnswer`] when that is no server, or nobody is trusted.
    pub fn new(
        server: &str,
        credentials: SharedCredentialsProvider,
        region: &str,
        patience: Duration,
    ) -> Result<Self, LeanError> {
        let unusable = |error: Box<dyn StdError + Send + Sync>| LeanError::NoAnswer(error);
        let server: Uri = server.parse().map_err(|error| unusable(Box::new(error)))?;
        let authority = server.authority().ok_or_else(|| unusable("it has no name".into()))?;
        let host = HeaderValue::try_from(authority.as_str());
        let host = host.map_err(|error| unusable(Box::new(error)))?;
        let mut http = HttpConnector::new();
        http.set_nodelay(true);
        http.enforce_http(false);
        http.set_connect_timeout(Some(CONNECT_TIMEOUT));
        let connector = HttpsConnectorBuilder::new()
            .with_provider_and_native_roots(rustls::crypto::ring::default_provider())
            .map_err(|error| unusable(Box::new(error)))?
            .https_or_http()
            .enable_http1()
            .wrap_connector(http);
        let signer = Signer::new(credentials, region);
        let idle = Mutex::default();
        Ok(Self(Arc::new(Inner { server, host, connector, signer, patience, idle })))
    }

    /// Asks for what lies at a path (percent-encoded, with its query if it has one), under
    /// more headers than those that a signature needs; their names are in lower case.
    ///
    /// A connection that was kept and turns out to be closed is replaced; else nothing is
    /// tried twice.
    ///
    /// # Errors
    /// [`LeanError`].
    pub async fn get(
        &self,
        path: &str,
        headers: &[(&'static str, String)],
    ) -> Result<LeanAnswer, LeanError> {
        loop {
            let request = self.request(path, headers).await?;
            let kept = self.0.idle.lock().unwrap_or_else(PoisonError::into_inner).take();
            let was_kept = kept.is_some();
            let connection = match kept {
                Some(connection) => connection,
                None => self.connect().await?,
            };
            let sent = connection.send(request, self.clone());
            match tokio::time::timeout(self.0.patience, sent).await {
                Ok(Ok(answer)) => return Ok(answer),
                // The server closed it meanwhile.
                Ok(Err(_)) if was_kept => {}
                Ok(Err(error)) => return Err(LeanError::NoAnswer(Box::new(error))),
                Err(error) => return Err(LeanError::NoAnswer(Box::new(error))),
            }
        }
    }

    async fn request(
        &self,
        path: &str,
        headers: &[(&'static str, String)],
    ) -> Result<Request<Empty<Bytes>>, LeanError> {
        let mut request = Request::new(Empty::new());
        let uri = path.parse().map_err(|error| LeanError::Signature(Box::new(error)))?;
        *request.uri_mut() = uri;
        request.headers_mut().insert(HOST, self.0.host.clone());
        for (name, value) in headers {
            let value = HeaderValue::try_from(value.as_str());
            let value = value.map_err(|error| LeanError::Signature(Box::new(error)))?;
            request.headers_mut().insert(HeaderName::from_static(name), value);
        }
        let server = &self.0.server;
        let url = format!("{}://{}{path}", server.scheme_str().unwrap_or("https"), self.host());
        self.0.signer.sign(&url, &mut request).await.map_err(LeanError::Signature)?;
        Ok(request)
    }

    fn host(&self) -> &str {
        self.0.server.authority().map_or("", |authority| authority.as_str())
    }

    async fn connect(&self) -> Result<Connection, LeanError> {
        let made = Connection::make(&self.0.connector, &self.0.server);
        match tokio::time::timeout(CONNECT_TIMEOUT * 2, made).await {
            Ok(made) => made.map_err(LeanError::NoAnswer),
            Err(error) => Err(LeanError::NoAnswer(Box::new(error))),
        }
    }

    /// Keeps a connection for the next request.
    fn keep(&self, connection: Connection) {
        self.0.idle.lock().unwrap_or_else(PoisonError::into_inner).put(connection);
    }
}

impl fmt::Debug for LeanClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LeanClient").field("server", &self.0.server).finish_non_exhaustive()
    }
}
