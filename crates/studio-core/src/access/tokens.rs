//! Tokens of programs.

use std::time::Duration;

use studio_domain::{Account, ApiToken, ApiTokenId, DeviceName, Scopes, UserName};
use uuid::Uuid;

use super::{Access, Actor, Result, SEEN_EVERY, SecretText, after, is_past, secret};

/// Before each token, so that it is found where it must not be.
const PREFIX: &str = "studio_";

/// A token that is to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewToken {
    /// What it is for; unique for the account.
    pub name: DeviceName,
    /// What it may be used for.
    pub scopes: Scopes,
    /// How long it holds; for ever if nothing is said.
    pub holds: Option<Duration>,
}

impl Access {
    /// Makes a token for an account; its secret is told once.
    ///
    /// # Errors
    /// [`NoAccount`](super::AccessError::NoAccount), [`Disabled`](super::AccessError::Disabled);
    /// `TokenExists` and others of the catalogue.
    pub async fn create_token(
        &self,
        account: &UserName,
        new: NewToken,
        actor: &Actor,
    ) -> Result<(ApiToken, SecretText)> {
        let account = self.enabled_account(account).await?;
        let (text, now) = (SecretText::random(PREFIX)?, self.now());
        let token = ApiToken {
            id: ApiTokenId::from_uuid(Uuid::now_v7()),
            account: account.id,
            name: new.name,
            secret: text.digest(),
            scopes: new.scopes,
            created_at: now,
            expires_at: new.holds.map(|holds| after(now, holds)),
            seen_at: None,
        };
        let what = format!("{} of {} ({})", token.name, account.name, token.scopes);
        self.tokens.put_token(&token, &actor.entry(now, "token.create", &what)).await?;
        Ok((token, text))
    }

    /// The token that somebody comes with, and whose it is, if it holds: one query, and none
    /// within a second.
    ///
    /// # Errors
    /// Those of the catalogue.
    pub async fn know_token(&self, text: &str) -> Result<Option<(ApiToken, Account)>> {
        if !text.starts_with(PREFIX) {
            return Ok(None);
        }
        let (now, secret) = (self.now(), secret::digest(text));
        if let Some(known) = self.shown.get(&secret, now) {
            // It may end within that second.
            let holds = known.0.expires_at.is_none_or(|end| now < end);
            return Ok(Some(known).filter(|_| holds));
        }
        let found = self.tokens.token(&secret).await?;
        let Some((token, account)) = found.filter(|(token, account)| {
            account.is_enabled() && token.expires_at.is_none_or(|end| now < end)
        }) else {
            return Ok(None);
        };
        if token.seen_at.is_none_or(|seen| is_past(seen, SEEN_EVERY, now)) {
            self.tokens.see_token(token.id, now).await?;
        }
        self.shown.put(secret, (token.clone(), account.clone()), now);
        Ok(Some((token, account)))
    }

    /// The tokens of an account, or of all, the newest first, with whose they are.
    ///
    /// # Errors
    /// [`NoAccount`](super::AccessError::NoAccount); those of the catalogue.
    pub async fn tokens(&self, account: Option<&UserName>) -> Result<Vec<(ApiToken, UserName)>> {
        let account = match account {
            Some(name) => Some(self.account(name).await?.id),
            None => None,
        };
        Ok(self.tokens.tokens(account).await?)
    }

    /// Takes a token back; says whether it was there.
    ///
    /// # Errors
    /// Those of the catalogue.
    pub async fn revoke_token(&self, id: ApiTokenId, actor: &Actor) -> Result<bool> {
        let noted = actor.entry(self.now(), "token.revoke", &id.to_string());
        let removed = self.tokens.remove_token(id, &noted).await?;
        self.forget();
        Ok(removed)
    }
}
