//! Discogs itself, over HTTPS.
//!
//! The token goes in a header, to the one host that was named, never in an address: no
//! redirect is followed, and `http` is spoken only with this machine. Bodies are read up to a
//! bound and are not decompressed. Nothing of a body gets into an error or a log.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use bytes::BytesMut;
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue, RETRY_AFTER};
use reqwest::redirect::Policy;
use reqwest::{Client, Response, StatusCode};
use url::{Host, Url};

use crate::error::chain;
use crate::flight::Flights;
use crate::lifetimes::{Clock, system_clock};
use crate::limiter::Told;
use crate::{
    Entry, Error, Found, Limiter, Lookup, Metadata, Pace, Permit, Result, SearchKind, SearchQuery,
    Urgency, parse,
};

/// Where Discogs is.
pub const DISCOGS_API: &str = "https://api.discogs.com/";
/// No answer is larger, in bytes.
const MAX_BODY: usize = 2 * 1024 * 1024;
/// How many results of a search are asked for.
const HITS: &str = "25";
/// The form of JSON that is understood here.
const JSON: &str = "application/vnd.discogs.v2.discogs+json";

/// The secret that Discogs gives to an application. Shown nowhere.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    /// A token as Discogs shows it; white space around it is dropped.
    pub fn new(text: &str) -> Self {
        Self(text.trim().to_owned())
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

/// How Discogs is asked.
#[derive(Debug, Clone)]
pub struct DiscogsSettings {
    /// Its address.
    pub base: String,
    /// The token. Without one nothing can be searched for, there are no pictures, and less
    /// may be asked.
    pub token: Option<Token>,
    /// A page or address about whoever runs this, for the User-Agent.
    pub contact: Option<String>,
    /// How long an answer may take.
    pub patience: Duration,
    /// How fast one may ask; by default what Discogs allows.
    pub pace: Option<Pace>,
}

impl Default for DiscogsSettings {
    fn default() -> Self {
        Self {
            base: DISCOGS_API.to_owned(),
            token: None,
            contact: None,
            patience: Duration::from_secs(15),
            pace: None,
        }
    }
}

/// A [`Metadata`] that asks Discogs, within its limits. One for the whole process.
pub struct DiscogsClient {
    shared: Arc<Shared>,
    /// Requests that were let out. Whoever gave one up and asks for the same again gets its
    /// answer: it counts, read or not.
    let_out: Flights,
}

struct Shared {
    http: Client,
    base: Url,
    limiter: Limiter,
    clock: Clock,
    /// Whether it was told that the token is not accepted.
    told: AtomicBool,
}

impl fmt::Debug for DiscogsClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DiscogsClient")
            .field("base", &self.shared.base.as_str())
            .finish_non_exhaustive()
    }
}

impl DiscogsClient {
    /// Sends nothing yet.
    ///
    /// # Errors
    /// [`Setting`](Error::Setting).
    pub fn new(settings: &DiscogsSettings) -> Result<Self> {
        let base = base_url(&settings.base)?;
        // The first one installed counts; which one it was does not matter.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut http = Client::builder()
            .timeout(settings.patience)
            .connect_timeout(settings.patience.min(Duration::from_secs(5)))
            .user_agent(user_agent(settings.contact.as_deref())?)
            .default_headers(headers(settings.token.as_ref())?)
            .redirect(Policy::none())
            .referer(false);
        if base.scheme() == "http" {
            http = http.no_proxy();
        }
        let http = http.build().map_err(|error| Error::setting("discogs", chain(&error)))?;
        let allowed = if settings.token.is_some() { Pace::WITH_TOKEN } else { Pace::WITHOUT_TOKEN };
        let limiter = Limiter::new(settings.pace.unwrap_or(allowed));
        let shared =
            Shared { http, base, limiter, clock: system_clock(), told: AtomicBool::new(false) };
        Ok(Self { shared: Arc::new(shared), let_out: Flights::default() })
    }

    /// What lets its requests through.
    pub fn limiter(&self) -> &Limiter {
        &self.shared.limiter
    }
}

impl Shared {
    fn address(&self, lookup: &Lookup) -> Result<Url> {
        let mut url = self.base.join(&lookup.path()).map_err(|error| {
            // The base was looked at, and the path is ours.
            Error::setting("discogs", error.to_string())
        })?;
        if let Lookup::Search(query) = lookup {
            search_terms(&mut url, query);
        }
        Ok(url)
    }

    async fn ask(&self, lookup: &Lookup, permit: Permit) -> Result<Option<Entry>> {
        let url = self.address(lookup)?;
        let sent = self.http.get(url).send().await;
        let answer = sent.map_err(unavailable)?;
        let told = told(&answer);
        permit.answered(told);
        match answer.status() {
            StatusCode::OK => {
                expect_json(&answer)?;
                let body = body_of(answer).await?;
                parse(lookup, &body).map(Some)
            }
            StatusCode::NOT_FOUND | StatusCode::GONE if !matches!(lookup, Lookup::Search(_)) => {
                // A proxy's or another site's page says nothing of the entry.
                expect_json(&answer)?;
                Ok(None)
            }
            status => Err(error_of(status, told)),
        }
    }

    /// Tells once that the token is not accepted: nobody may look at every answer.
    fn note(&self, accepted: bool) {
        let told_before = self.told.swap(!accepted, Ordering::Relaxed);
        if !accepted && !told_before {
            tracing::warn!("Discogs does not accept the token, or wants one for this");
        }
    }

    async fn found(&self, lookup: &Lookup, permit: Permit) -> Result<Arc<Found>> {
        let answer = self.ask(lookup, permit).await;
        match &answer {
            Ok(_) => self.note(true),
            Err(Error::Unauthorized) => self.note(false),
            Err(_) => {}
        }
        let found = Found { entry: answer?, fetched_at: (self.clock)() };
        Ok(Arc::new(found))
    }
}

#[async_trait]
impl Metadata for DiscogsClient {
    async fn look_up(&self, lookup: &Lookup, urgency: Urgency) -> Result<Arc<Found>> {
        if let Some(landing) = self.let_out.under_way(lookup) {
            return landing.await;
        }
        let permit = self.shared.limiter.acquire(urgency).await?;
        let shared = Arc::clone(&self.shared);
        let ask = |lookup, _| async move { shared.found(&lookup, permit).await };
        self.let_out.join(lookup, urgency, ask).await
    }

    async fn settled(&self) {
        self.let_out.settled().await;
    }
}

/// The base, ending in `/`. In clear text a token goes only to this machine.
fn base_url(text: &str) -> Result<Url> {
    let wrong = |problem: &str| Error::setting("the address of Discogs", problem);
    let mut url = Url::parse(text).map_err(|error| wrong(&error.to_string()))?;
    let local = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => return Err(wrong("it has no host")),
    };
    match url.scheme() {
        "https" => {}
        "http" if local => {}
        "http" => return Err(wrong("http is spoken only with this machine")),
        _ => return Err(wrong("only https is known")),
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(wrong("a name or password does not belong there"));
    }
    url.set_query(None);
    url.set_fragment(None);
    if !url.path().ends_with('/') {
        let path = format!("{}/", url.path());
        url.set_path(&path);
    }
    Ok(url)
}

fn user_agent(contact: Option<&str>) -> Result<HeaderValue> {
    let version = env!("CARGO_PKG_VERSION");
    let text = match contact {
        Some(contact) => format!("studio/{version} +{contact}"),
        None => format!("studio/{version}"),
    };
    HeaderValue::from_str(&text)
        .map_err(|_| Error::setting("the contact for Discogs", "it does not fit into a header"))
}

fn headers(token: Option<&Token>) -> Result<HeaderMap> {
    let mut headers = HeaderMap::from_iter([(ACCEPT, HeaderValue::from_static(JSON))]);
    if let Some(Token(token)) = token {
        let fine = !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_graphic());
        let value = HeaderValue::from_str(&format!("Discogs token={token}")).ok();
        let Some(mut value) = value.filter(|_| fine) else {
            return Err(Error::setting("the token for Discogs", "it is empty, or has odd letters"));
        };
        value.set_sensitive(true);
        headers.insert(AUTHORIZATION, value);
    }
    Ok(headers)
}

fn search_terms(url: &mut Url, query: &SearchQuery) {
    let mut terms = url.query_pairs_mut();
    match query.kind() {
        SearchKind::Artist => {
            terms.append_pair("type", "artist").append_pair("q", query.artist_name());
        }
        SearchKind::Master | SearchKind::Release => {
            let master = query.kind() == SearchKind::Master;
            terms.append_pair("type", if master { "master" } else { "release" });
            terms.append_pair("release_title", query.title());
            if !query.artist_name().is_empty() {
                terms.append_pair("artist", query.artist_name());
            }
        }
    }
    terms.append_pair("per_page", HITS);
}

fn told(answer: &Response) -> Told {
    let header = |name: &str| answer.headers().get(name)?.to_str().ok()?.trim().parse().ok();
    let refused = answer.status() == StatusCode::TOO_MANY_REQUESTS;
    let seconds = header(RETRY_AFTER.as_str()).filter(|_| refused);
    Told {
        limit: header("x-discogs-ratelimit"),
        remaining: header("x-discogs-ratelimit-remaining"),
        refused,
        retry_after: seconds.map(|seconds| Duration::from_secs(u64::from(seconds))),
    }
}

fn error_of(status: StatusCode, told: Told) -> Error {
    match status {
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Error::Unauthorized,
        StatusCode::TOO_MANY_REQUESTS => Error::RateLimited { retry_after: told.retry_after },
        StatusCode::REQUEST_TIMEOUT => Error::unavailable(format!("it answers {status}")),
        status if status.is_server_error() => Error::unavailable(format!("it answers {status}")),
        status if status.is_client_error() => Error::Refused { status: status.as_u16() },
        status => Error::junk(format!("it answers {status}")),
    }
}

fn unavailable(error: reqwest::Error) -> Error {
    Error::unavailable(error.without_url())
}

fn expect_json(answer: &Response) -> Result<()> {
    let told = answer.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let kind = told.unwrap_or_default().split(';').next().unwrap_or_default();
    let kind = kind.trim().to_ascii_lowercase();
    let json = kind == "application/json"
        || kind.strip_prefix("application/").is_some_and(|kind| kind.ends_with("+json"));
    if json { Ok(()) } else { Err(Error::junk("it is no JSON by its content type")) }
}

async fn body_of(mut answer: Response) -> Result<BytesMut> {
    let too_large = || Error::junk(format!("it is larger than {MAX_BODY} bytes"));
    if answer.content_length().is_some_and(|length| length > MAX_BODY as u64) {
        return Err(too_large());
    }
    let mut body = BytesMut::new();
    while let Some(chunk) = answer.chunk().await.map_err(unavailable)? {
        if body.len() + chunk.len() > MAX_BODY {
            return Err(too_large());
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}
