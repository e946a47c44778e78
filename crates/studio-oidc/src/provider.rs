//! A provider, and who comes from it.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use openidconnect::core::{
    CoreAuthDisplay, CoreAuthPrompt, CoreClientAuthMethod, CoreErrorResponseType, CoreGenderClaim,
    CoreIdTokenClaims, CoreJsonWebKey, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm,
    CoreResponseType, CoreRevocableToken, CoreRevocationErrorResponse,
    CoreTokenIntrospectionResponse, CoreTokenResponse, CoreUserInfoClaims,
};
use openidconnect::{
    AccessToken, AuthType, AuthenticationFlow, AuthorizationCode, ClaimsVerificationError,
    Client as OidcClient, ClientId, ClientSecret, CsrfToken, DiscoveryError, EmptyAdditionalClaims,
    EndpointMaybeSet, EndpointNotSet, EndpointSet, IssuerUrl, Nonce, OAuth2TokenResponse as _,
    PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, RequestTokenError, Scope,
    StandardErrorResponse, TokenResponse as _, UserInfoError,
};
use reqwest::Client;
use url::{Host, Url};

use crate::http::{self, HttpError};
use crate::known::{ASKED_AGAIN, KNOWN_FOR, Known, Metadata};
use crate::{Error, Result};

/// How far a provider's clock may be behind ours: a token whose time is over counts for so much
/// longer (RFC 7519, 4.1.4).
const LEEWAY: Duration = Duration::from_secs(60);

/// The algorithms of signatures that are believed: those with a public key (RFC 7518, 3.1; RFC 8037).
const BELIEVED: [CoreJwsSigningAlgorithm; 9] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha384,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha512,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha384,
    CoreJwsSigningAlgorithm::RsaSsaPssSha512,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EcdsaP384Sha384,
    CoreJwsSigningAlgorithm::EdDsa,
];

/// How a provider is reached, and as what.
#[derive(Clone, PartialEq, Eq)]
pub struct ProviderSettings {
    /// Its name here, in addresses: letters, digits and hyphens.
    pub name: String,
    /// Its issuer, such as `https://accounts.google.com`: by `https`, or on this machine.
    pub issuer: String,
    /// As what it knows this studio.
    pub client_id: String,
    /// By what it knows that it is this studio.
    pub client_secret: Option<String>,
    /// What is asked for besides `openid`.
    pub scopes: Vec<String>,
}

/// Without the secret.
impl fmt::Debug for ProviderSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, issuer, client_id, client_secret: _, scopes } = self;
        f.debug_struct("ProviderSettings")
            .field("name", name)
            .field("issuer", issuer)
            .field("client_id", client_id)
            .field("scopes", scopes)
            .finish_non_exhaustive()
    }
}

/// A sign-in that has begun. All of it but the address is kept until the browser is back, and
/// told to nobody.
#[derive(Clone, PartialEq, Eq)]
pub struct Begun {
    /// Where the browser is sent.
    pub url: Url,
    /// What it brings back.
    pub state: String,
    /// What the token has to hold.
    pub nonce: String,
    /// The verifier of PKCE.
    pub verifier: String,
}

impl fmt::Debug for Begun {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Begun(..)")
    }
}

/// A browser that is back, whose `state` is the one that it was sent with.
#[derive(Clone, Copy)]
pub struct Return<'a> {
    /// Where it came back to: the same as when it was sent.
    pub redirect_uri: &'a str,
    /// The code that it brought.
    pub code: &'a str,
    /// The issuer that it brought (RFC 9207), if any.
    pub issuer: Option<&'a str>,
    /// What was kept: the nonce.
    pub nonce: &'a str,
    /// What was kept: the verifier.
    pub verifier: &'a str,
}

impl fmt::Debug for Return<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Return(..)")
    }
}

/// Who somebody is for a provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claims {
    /// The issuer.
    pub issuer: String,
    /// Who they are there, for ever.
    pub subject: String,
    /// Their address of e-mail.
    pub email: Option<String>,
    /// Whether the provider knows that it is theirs.
    pub email_verified: bool,
    /// Their name.
    pub name: Option<String>,
}

type Code = OidcClient<
    EmptyAdditionalClaims,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    CoreTokenResponse,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// A provider. Cheap to clone; clones share what they know of it.
#[derive(Clone)]
pub struct Provider {
    settings: Arc<ProviderSettings>,
    issuer: IssuerUrl,
    http: Client,
    known: Arc<Known>,
}

impl fmt::Debug for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Provider").field("settings", &self.settings).finish_non_exhaustive()
    }
}

/// Whether an address is on this machine.
fn is_here(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// Those of the algorithms that are believed by which a provider says that it signs.
fn believed(metadata: &Metadata) -> impl Iterator<Item = CoreJwsSigningAlgorithm> {
    let said = metadata.id_token_signing_alg_values_supported();
    BELIEVED.into_iter().filter(move |algorithm| said.contains(algorithm))
}

/// What is wrong with a token, in words of ours: it could tell anything.
fn unfit(error: &ClaimsVerificationError) -> &'static str {
    match error {
        ClaimsVerificationError::Expired(_) => "its time is over",
        ClaimsVerificationError::InvalidIssuer(_) => "it is of another issuer",
        ClaimsVerificationError::InvalidAudience(_) => "it was made for somebody else",
        ClaimsVerificationError::InvalidNonce(_) => "it belongs to another sign-in",
        ClaimsVerificationError::SignatureVerification(_) => "its signature does not hold",
        _ => "it cannot be read",
    }
}

impl Provider {
    /// Sends nothing yet.
    ///
    /// # Errors
    /// [`Error::Misconfigured`].
    pub fn new(settings: ProviderSettings) -> Result<Self> {
        let wrong = |problem: String| {
            let name = settings.name.clone();
            Error::Misconfigured { name, problem }
        };
        let url =
            Url::parse(&settings.issuer).map_err(|error| wrong(format!("issuer: {error}")))?;
        let is_here = is_here(&url);
        if url.scheme() != "https" && !(url.scheme() == "http" && is_here) {
            return Err(wrong("issuer: it is reached by https, or on this machine".to_owned()));
        }
        if settings.client_id.is_empty() {
            return Err(wrong("client_id: it is empty".to_owned()));
        }
        let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '-';
        if settings.name.is_empty() || !settings.name.chars().all(is_plain) {
            return Err(wrong("name: it has other than letters, digits and hyphens".to_owned()));
        }
        let issuer = IssuerUrl::new(settings.issuer.clone());
        let issuer = issuer.map_err(|error| wrong(format!("issuer: {error}")))?;
        let http = http::client(is_here).map_err(|error| wrong(error.to_string()))?;
        Ok(Self { settings: Arc::new(settings), issuer, http, known: Arc::default() })
    }

    /// Its name in the settings.
    pub fn name(&self) -> &str {
        &self.settings.name
    }

    fn unreachable(&self, problem: impl fmt::Display) -> Error {
        Error::Unreachable { name: self.settings.name.clone(), problem: problem.to_string() }
    }

    fn misconfigured(&self, problem: impl fmt::Display) -> Error {
        Error::Misconfigured { name: self.settings.name.clone(), problem: problem.to_string() }
    }

    fn invalid(&self, problem: impl fmt::Display) -> Error {
        Error::InvalidToken { name: self.settings.name.clone(), problem: problem.to_string() }
    }

    /// What the provider says of itself; asked anew if that is older than `age`.
    async fn metadata(&self, age: Duration) -> Result<Arc<Metadata>> {
        self.known.get(age, self.discover()).await
    }

    async fn discover(&self) -> Result<Metadata> {
        let http = self.http.clone();
        let ask = move |request| http::send(http.clone(), request);
        let found = Metadata::discover_async(self.issuer.clone(), &ask).await;
        let found = found.map_err(|error| self.undiscovered(&error))?;
        let entrance = found.authorization_endpoint().url();
        if entrance.scheme() != "https" && !is_here(entrance) {
            return Err(self.misconfigured("it sends browsers elsewhere than by https"));
        }
        if believed(&found).next().is_none() {
            return Err(self.misconfigured("it signs by no public key"));
        }
        Ok(found)
    }

    fn undiscovered(&self, error: &DiscoveryError<HttpError>) -> Error {
        match error {
            DiscoveryError::Request(error) => self.unreachable(error),
            DiscoveryError::Response(status, ..) => {
                self.unreachable(format!("its description is answered with {status}"))
            }
            DiscoveryError::Parse(_) => self.unreachable("its description cannot be read"),
            DiscoveryError::Validation(_) => self.misconfigured("it calls itself by another name"),
            _ => self.misconfigured("its description is of no use"),
        }
    }

    fn client(&self, metadata: &Metadata, redirect_uri: &str) -> Result<Code> {
        let redirect = RedirectUrl::new(redirect_uri.to_owned());
        let redirect = redirect.map_err(|error| self.misconfigured(error))?;
        let secret = self.settings.client_secret.clone().map(ClientSecret::new);
        let id = ClientId::new(self.settings.client_id.clone());
        let ways = metadata.token_endpoint_auth_methods_supported();
        // Basic is what holds where nothing is said (Discovery 1.0, 3).
        let takes_basic =
            ways.is_none_or(|ways| ways.contains(&CoreClientAuthMethod::ClientSecretBasic));
        let way = if takes_basic { AuthType::BasicAuth } else { AuthType::RequestBody };
        let client = OidcClient::from_provider_metadata(metadata.clone(), id, secret);
        Ok(client.set_auth_type(way).set_redirect_uri(redirect))
    }

    /// Begins a sign-in: where to send a browser that is to come back to an address.
    ///
    /// # Errors
    /// [`Error::Unreachable`], [`Error::Misconfigured`].
    pub async fn begin(&self, redirect_uri: &str) -> Result<Begun> {
        let metadata = self.metadata(KNOWN_FOR).await?;
        let client = self.client(&metadata, redirect_uri)?;
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let flow = AuthenticationFlow::<CoreResponseType>::AuthorizationCode;
        let scopes = self.settings.scopes.iter().filter(|scope| *scope != "openid");
        let (url, state, nonce) = client
            .authorize_url(flow, CsrfToken::new_random, Nonce::new_random)
            .add_scopes(scopes.cloned().map(Scope::new))
            .set_pkce_challenge(challenge)
            .url();
        Ok(Begun {
            url,
            state: state.into_secret(),
            nonce: nonce.secret().clone(),
            verifier: verifier.into_secret(),
        })
    }

    /// Who it was that came back.
    ///
    /// # Errors
    /// All of [`Error`].
    pub async fn finish(&self, back: Return<'_>) -> Result<Claims> {
        let mut metadata = self.metadata(KNOWN_FOR).await?;
        let told = back.issuer;
        let tells = metadata.additional_metadata().authorization_response_iss_parameter_supported;
        // Another provider than the one it was sent to may have sent it back (RFC 9207, 2.4).
        if told.map_or(tells, |issuer| issuer != self.settings.issuer) {
            return Err(self.invalid("it is of another issuer"));
        }
        let client = self.client(&metadata, back.redirect_uri)?;
        let http = self.http.clone();
        let ask = move |request| http::send(http.clone(), request);
        let token = client
            .exchange_code(AuthorizationCode::new(back.code.to_owned()))
            .map_err(|error| self.misconfigured(error))?
            .set_pkce_verifier(PkceCodeVerifier::new(back.verifier.to_owned()))
            .request_async(&ask)
            .await
            .map_err(|error| self.ungranted(error))?;
        let nonce = Nonce::new(back.nonce.to_owned());
        let claims = match self.claims(&metadata, &client, &token, &nonce) {
            // It may have other keys by now.
            Err(_) if self.known.is_stale().await => {
                metadata = self.metadata(ASKED_AGAIN).await?;
                let client = self.client(&metadata, back.redirect_uri)?;
                self.claims(&metadata, &client, &token, &nonce)?
            }
            claims => claims?,
        };
        if claims.email.is_some() || metadata.userinfo_endpoint().is_none() {
            return Ok(claims);
        }
        self.with_userinfo(&client, token.access_token().clone(), claims).await
    }

    fn ungranted(
        &self,
        error: RequestTokenError<HttpError, StandardErrorResponse<CoreErrorResponseType>>,
    ) -> Error {
        match error {
            RequestTokenError::ServerResponse(said) => {
                let code = said.error().to_string();
                match code.as_str() {
                    "invalid_client" | "unauthorized_client" => self.misconfigured(&code),
                    code => Error::refused(&self.settings.name, code),
                }
            }
            RequestTokenError::Request(error) => self.unreachable(error),
            // What it sent is not told: there may be tokens in it.
            _ => self.unreachable("its answer cannot be read"),
        }
    }

    fn untold(&self, error: &UserInfoError<HttpError>) -> Error {
        match error {
            UserInfoError::Request(error) => self.unreachable(error),
            UserInfoError::Response(status, ..) => {
                self.unreachable(format!("its user info is answered with {status}"))
            }
            UserInfoError::Parse(_) => self.unreachable("its user info cannot be read"),
            // Of somebody else it tells nothing that is believed.
            _ => self.invalid("its user info is of somebody else"),
        }
    }

    fn claims(
        &self,
        metadata: &Metadata,
        client: &Code,
        token: &CoreTokenResponse,
        nonce: &Nonce,
    ) -> Result<Claims> {
        let id_token = token.id_token().ok_or_else(|| self.invalid("there is no ID token"))?;
        let verifier = client
            .id_token_verifier()
            .set_allowed_algs(believed(metadata))
            .set_time_fn(|| (SystemTime::now() - LEEWAY).into());
        let claims: &CoreIdTokenClaims =
            id_token.claims(&verifier, nonce).map_err(|error| self.invalid(unfit(&error)))?;
        let own = claims.authorized_party().is_none_or(|azp| **azp == self.settings.client_id);
        if !own {
            return Err(self.invalid("it was made for somebody else"));
        }
        let name = claims.name().and_then(|names| names.get(None));
        Ok(Claims {
            issuer: claims.issuer().to_string(),
            subject: claims.subject().to_string(),
            email: claims.email().map(|email| email.to_string()),
            email_verified: claims.email_verified().unwrap_or(false),
            name: name.map(|name| name.to_string()),
        })
    }

    /// Claims with what the provider tells apart from the token (Core 1.0, 5.3).
    async fn with_userinfo(
        &self,
        client: &Code,
        access: AccessToken,
        claims: Claims,
    ) -> Result<Claims> {
        let subject = openidconnect::SubjectIdentifier::new(claims.subject.clone());
        let request = client.user_info(access, Some(subject));
        let Ok(request) = request else { return Ok(claims) };
        let http = self.http.clone();
        let ask = move |request| http::send(http.clone(), request);
        let told: CoreUserInfoClaims =
            request.request_async(&ask).await.map_err(|error| self.untold(&error))?;
        let name = told.name().and_then(|names| names.get(None)).map(|name| name.to_string());
        Ok(Claims {
            email: told.email().map(|email| email.to_string()),
            email_verified: told.email_verified().unwrap_or(false),
            name: claims.name.or(name),
            ..claims
        })
    }
}
