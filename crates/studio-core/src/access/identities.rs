//! Signing in at providers of `OpenID` Connect, and who of them is who here.
//!
//! Somebody is known by issuer and subject together, never by an address of e-mail alone: that is
//! what a provider says, and some say anything. Only where a manager has set that a provider's
//! verified addresses count is an account found by its address, and then linked for good.

use std::net::IpAddr;
use std::time::Duration;

use studio_domain::{Account, AccountId, EmailAddress, Identity, Role, Timestamp, UserName};
use studio_oidc::{Claims, Provider, Return};
use studio_repo::SignIn;
use uuid::Uuid;

use super::{Access, AccessError, Actor, Opened, Result, SecretText, Visit, after, secret};

/// How long somebody may take at a provider.
const SIGN_IN: Duration = Duration::from_secs(10 * 60);

/// The longest path to go to afterwards.
const LONGEST_RETURN: usize = 1024;

/// How many names are tried for a new account.
const NAMES_TRIED: u32 = 100;

/// A provider at which one can sign in.
#[derive(Debug, Clone)]
pub struct SignInProvider {
    /// It.
    pub provider: Provider,
    /// Whether whoever comes from it without an account is given one, as a listener.
    pub sign_up: bool,
    /// Whether an account with an address that the provider knows to be theirs is theirs.
    pub link_verified_email: bool,
}

/// A sign-in at a provider that has begun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentAway {
    /// Where the browser is sent.
    pub address: String,
    /// What it must bring back in a cookie.
    pub browser: SecretText,
}

/// What a browser brought back from a provider.
#[derive(Debug, Clone, Copy, Default)]
pub struct Brought<'a> {
    /// The `state`.
    pub state: Option<&'a str>,
    /// The code.
    pub code: Option<&'a str>,
    /// The issuer (RFC 9207).
    pub issuer: Option<&'a str>,
    /// Why there is no code.
    pub error: Option<&'a str>,
    /// What it kept in a cookie.
    pub browser: Option<&'a str>,
}

/// A path here to go to, and no other site: `/` where it is anything else.
fn local_path(text: &str) -> &str {
    let is_local = text.len() <= LONGEST_RETURN
        && text.starts_with('/')
        && !text.starts_with("//")
        // Browsers take these for slashes, or leave them out.
        && !text.contains('\\')
        && !text.chars().any(char::is_control);
    if is_local { text } else { "/" }
}

impl Access {
    /// Lets those in who come from these providers, too.
    pub fn with_providers(self, providers: Vec<SignInProvider>) -> Self {
        Self { providers: providers.into(), ..self }
    }

    /// The names of the providers.
    pub fn providers(&self) -> impl Iterator<Item = &str> {
        self.providers.iter().map(|known| known.provider.name())
    }

    fn provider(&self, name: &str) -> Result<&SignInProvider> {
        let known = self.providers.iter().find(|known| known.provider.name() == name);
        known.ok_or(AccessError::NoProvider)
    }

    /// Sends a browser to a provider. It comes back to `redirect_uri`, and is to go to
    /// `return_to` afterwards, if that is a path here. With `link` who comes back is linked to
    /// that account.
    ///
    /// # Errors
    /// [`AccessError::NoProvider`], [`AccessError::Throttled`], [`AccessError::Provider`]; those
    /// of the catalogue.
    pub async fn begin_sign_in(
        &self,
        provider: &str,
        redirect_uri: &str,
        return_to: &str,
        link: Option<AccountId>,
        address: IpAddr,
    ) -> Result<SentAway> {
        let known = self.provider(provider)?;
        let counted = self.throttle.send(address, self.now());
        counted.map_err(|retry_after| AccessError::Throttled { retry_after })?;
        let begun = known.provider.begin(redirect_uri).await?;
        let browser = SecretText::random("")?;
        let sign_in = SignIn {
            state: secret::digest(&begun.state),
            browser: browser.digest(),
            provider: provider.to_owned(),
            nonce: begun.nonce,
            verifier: begun.verifier,
            return_to: local_path(return_to).to_owned(),
            account: link,
            expires_at: after(self.now(), SIGN_IN),
        };
        self.sessions.put_sign_in(&sign_in).await?;
        Ok(SentAway { address: begun.url.into(), browser })
    }

    /// Signs somebody in who is back from a provider, and says where to go.
    ///
    /// # Errors
    /// [`AccessError::NoProvider`]; [`AccessError::NotBegun`] for what this browser did not begin
    /// here, or too long ago, or has brought before; [`AccessError::Provider`];
    /// [`AccessError::NotLinked`], [`AccessError::Disabled`]; those of the catalogue.
    pub async fn finish_sign_in(
        &self,
        provider: &str,
        redirect_uri: &str,
        brought: Brought<'_>,
        visit: Visit<'_>,
    ) -> Result<(Opened, String)> {
        let known = self.provider(provider)?;
        let state = brought.state.ok_or(AccessError::NotBegun)?;
        // It is good once, whatever comes of it.
        let found = self.sessions.take_sign_in(&secret::digest(state)).await?;
        let sign_in = found.ok_or(AccessError::NotBegun)?;
        let is_own = brought.browser.is_some_and(|text| secret::digest(text) == sign_in.browser);
        if !is_own || sign_in.provider != provider || sign_in.expires_at <= self.now() {
            return Err(AccessError::NotBegun);
        }
        if let Some(code) = brought.error {
            return Err(studio_oidc::Error::refused(provider, code).into());
        }
        let back = Return {
            redirect_uri,
            code: brought.code.ok_or(AccessError::NotBegun)?,
            issuer: brought.issuer,
            nonce: &sign_in.nonce,
            verifier: &sign_in.verifier,
        };
        let claims = known.provider.finish(back).await?;
        let account = self.account_of(known, &claims, sign_in.account, visit.address).await?;
        let opened = self.open_session(account, &format!("provider {provider}"), visit).await?;
        Ok((opened, sign_in.return_to))
    }

    /// Whose identity it is; or whose it becomes.
    async fn account_of(
        &self,
        known: &SignInProvider,
        claims: &Claims,
        link: Option<AccountId>,
        address: IpAddr,
    ) -> Result<Account> {
        let (issuer, subject) = (&claims.issuer, &claims.subject);
        let found = self.accounts.account_of_identity(issuer, subject).await?;
        if let Some(link) = link {
            if found.as_ref().is_some_and(|account| account.id != link) {
                return Err(studio_repo::Error::IdentityTaken.into());
            }
            let own = self.accounts.account(link).await?.filter(Account::is_enabled);
            let own = own.ok_or(AccessError::NotLinked)?;
            return self.link(own, claims, "identity.link", known, address).await;
        }
        if let Some(account) = found {
            return Ok(account);
        }
        let email: Option<EmailAddress> =
            claims.email.as_deref().and_then(|email| email.parse().ok());
        let verified = email.as_ref().filter(|_| claims.email_verified);
        if let Some(email) = verified.filter(|_| known.link_verified_email)
            && let Some(account) = self.accounts.account_with_email(email).await?
        {
            // One that was disabled stays out, and is not told of.
            if !account.is_enabled() {
                return Err(AccessError::NotLinked);
            }
            return self.link(account, claims, "identity.link.email", known, address).await;
        }
        match known.sign_up {
            true => self.sign_up(known, claims, verified, address).await,
            false => Err(AccessError::NotLinked),
        }
    }

    async fn link(
        &self,
        account: Account,
        claims: &Claims,
        action: &str,
        known: &SignInProvider,
        address: IpAddr,
    ) -> Result<Account> {
        let now = self.now();
        let (identity, what) = (identity_of(&account, claims, now), told(claims));
        let entry = newcomer(known, &account, address).entry(now, action, &what);
        self.accounts.link_identity(&identity, &entry).await?;
        Ok(account)
    }

    /// Makes an account for somebody who has none.
    async fn sign_up(
        &self,
        known: &SignInProvider,
        claims: &Claims,
        email: Option<&EmailAddress>,
        address: IpAddr,
    ) -> Result<Account> {
        // An address that is somebody's already is not given to another.
        let mut email = match email {
            Some(email) if self.accounts.account_with_email(email).await?.is_none() => Some(email),
            _ => None,
        };
        for number in 0..NAMES_TRIED {
            let now = self.now();
            let account = Account {
                id: AccountId::from_uuid(Uuid::now_v7()),
                name: named(claims, number).ok_or(AccessError::NotLinked)?,
                email: email.cloned(),
                role: Role::Listener,
                artists: Vec::new(),
                password: None,
                created_at: now,
                updated_at: now,
                disabled_at: None,
            };
            let what = format!("{}: {}", account.name, told(claims));
            let entry = newcomer(known, &account, address).entry(now, "user.sign-up", &what);
            let identity = identity_of(&account, claims, now);
            match self.accounts.put_account_of(&identity, &account, &entry).await {
                Ok(()) => return Ok(account),
                Err(studio_repo::Error::AccountExists { email: taken, .. }) => {
                    // Somebody was given it since.
                    email = email.filter(|_| taken.is_none());
                }
                // They were quicker themselves, in another window.
                Err(studio_repo::Error::IdentityTaken) => {
                    let (issuer, subject) = (&claims.issuer, &claims.subject);
                    let own = self.accounts.account_of_identity(issuer, subject).await?;
                    return own.ok_or(AccessError::NotLinked);
                }
                Err(error) => return Err(error.into()),
            }
        }
        Err(AccessError::NotLinked)
    }

    /// The identities that are linked to an account, the oldest first.
    ///
    /// # Errors
    /// Those of the catalogue.
    pub async fn identities(&self, account: &Account) -> Result<Vec<Identity>> {
        Ok(self.accounts.identities_of(account.id).await?)
    }

    /// Takes the link of an identity to an account back; says whether it was there. The account's
    /// sessions end.
    ///
    /// # Errors
    /// Those of the catalogue.
    pub async fn unlink(
        &self,
        account: &Account,
        issuer: &str,
        subject: &str,
        actor: &Actor,
    ) -> Result<bool> {
        let own = self.identities(account).await?;
        if !own.iter().any(|own| own.issuer == issuer && own.subject == subject) {
            return Ok(false);
        }
        let what = format!("{subject} at {issuer} of {}", account.name);
        let noted = actor.entry(self.now(), "identity.unlink", &what);
        self.accounts.unlink_identity(issuer, subject, &noted).await?;
        self.end_sessions(account, None, actor).await?;
        Ok(true)
    }

    /// Links an identity to an account, as a manager who knows whose it is.
    ///
    /// # Errors
    /// `IdentityTaken` and others of the catalogue.
    pub async fn link_identity(
        &self,
        account: &Account,
        issuer: &str,
        subject: &str,
        actor: &Actor,
    ) -> Result<()> {
        let linked_at: Timestamp = self.now();
        let (issuer, subject) = (issuer.to_owned(), subject.to_owned());
        let what = format!("{subject} at {issuer} of {}", account.name);
        let identity = Identity { issuer, subject, account: account.id, email: None, linked_at };
        let noted = actor.entry(linked_at, "identity.link", &what);
        Ok(self.accounts.link_identity(&identity, &noted).await?)
    }
}

/// An identity, as that of an account.
fn identity_of(account: &Account, claims: &Claims, linked_at: Timestamp) -> Identity {
    Identity {
        issuer: claims.issuer.clone(),
        subject: claims.subject.clone(),
        account: account.id,
        email: claims.email.clone(),
        linked_at,
    }
}

/// An identity, for the audit log.
fn told(claims: &Claims) -> String {
    format!("{} at {}", claims.subject, claims.issuer)
}

/// Whoever comes from a provider.
fn newcomer(known: &SignInProvider, account: &Account, address: IpAddr) -> Actor {
    Actor::of(account, format!("provider {}", known.provider.name()), address.to_string())
}

/// A name for somebody: what stands before the `@` of their address, or their name, or any; with
/// a number where that is taken.
fn named(claims: &Claims, number: u32) -> Option<UserName> {
    let local = claims.email.as_deref().and_then(|email| email.split('@').next());
    let wanted = local.or(claims.name.as_deref()).unwrap_or("listener");
    let plain: String = wanted
        .chars()
        .filter(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | '_'))
        .take(40)
        .collect();
    let plain = plain.trim_matches(['.', '-', '_']);
    let plain = if plain.is_empty() { "listener" } else { plain };
    let number = if number == 0 { String::new() } else { format!("-{}", number + 1) };
    let tried = [format!("{plain}{number}"), format!("listener{number}")];
    tried.iter().find_map(|text| text.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_goes_on_here_and_nowhere_else() {
        for good in ["/", "/albums?x=1#y", "/a//b", "/%2F%2Fevil.example"] {
            assert_eq!(local_path(good), good);
        }
        for bad in [
            "",
            "//evil.example",
            "/\\evil.example",
            "\\/evil.example",
            "https://evil.example",
            "javascript:alert(1)",
            "albums",
            "/a\r\nSet-Cookie: x",
            "/\t/evil.example",
            "/a\0",
        ] {
            assert_eq!(local_path(bad), "/", "{bad:?}");
        }
        assert_eq!(local_path(&format!("/{}", "x".repeat(LONGEST_RETURN))), "/");
    }

    #[test]
    fn a_name_is_made_of_what_is_known() {
        let claims = |email: Option<&str>, name: Option<&str>| Claims {
            issuer: String::new(),
            subject: String::new(),
            email: email.map(str::to_owned),
            email_verified: false,
            name: name.map(str::to_owned),
        };
        let of =
            |email, name, number| named(&claims(email, name), number).map(|name| name.to_string());
        assert_eq!(of(Some("ann.lee@example.org"), Some("Ann"), 0).as_deref(), Some("ann.lee"));
        assert_eq!(of(Some("ann.lee@example.org"), None, 1).as_deref(), Some("ann.lee-2"));
        assert_eq!(of(None, Some("Ann Lee"), 0).as_deref(), Some("AnnLee"));
        assert_eq!(of(None, None, 0).as_deref(), Some("listener"));
        assert_eq!(of(Some(".-ann_@x"), None, 1).as_deref(), Some("ann-2"));
        assert_eq!(of(Some("\u{7}@x"), None, 2).as_deref(), Some("listener-3"));
    }
}
