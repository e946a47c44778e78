//! Keys of players, which take the place of the password there.
//!
//! A player may send the key itself, or `md5(key + salt)` as Subsonic has it. So that this can be
//! checked with nothing in the catalogue that would let anybody in, a key is its identity and what
//! the studio's own secret makes of it.

use md5::{Digest as _, Md5};
use studio_domain::{Account, AppKey, AppKeyId, DeviceName, UserName};
use subtle::ConstantTimeEq as _;
use uuid::Uuid;

use super::{Access, Actor, Result, SEEN_EVERY, SecretText, is_past, secret};

/// How many bytes of what the secret makes of an identity are in a key.
const PROOF_BYTES: usize = 20;

/// What a player sends to show that it has a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyProof<'a> {
    /// The key itself.
    Key(&'a str),
    /// The hexadecimal MD5 of the key and a salt behind it.
    Salted {
        /// The hash.
        token: &'a str,
        /// The salt.
        salt: &'a str,
    },
}

impl KeyProof<'_> {
    /// Whether it shows this key. Takes as long for any wrong proof.
    fn shows(&self, key: &SecretText) -> bool {
        match self {
            Self::Key(text) => text.as_bytes().ct_eq(key.as_str().as_bytes()).into(),
            Self::Salted { token, salt } => {
                let mut md5 = Md5::new();
                md5.update(key.as_str());
                md5.update(salt);
                let expected: String =
                    md5.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
                token.to_ascii_lowercase().as_bytes().ct_eq(expected.as_bytes()).into()
            }
        }
    }
}

impl Access {
    /// Makes a key for a player of an account; it is told once.
    ///
    /// # Errors
    /// [`NoAccount`](super::AccessError::NoAccount), [`Disabled`](super::AccessError::Disabled);
    /// `TokenExists` and others of the catalogue.
    pub async fn create_app_key(
        &self,
        account: &UserName,
        name: DeviceName,
        actor: &Actor,
    ) -> Result<(AppKey, SecretText)> {
        let account = self.enabled_account(account).await?;
        let (id, now) = (AppKeyId::from_uuid(Uuid::now_v7()), self.now());
        let key = AppKey { id, account: account.id, name, created_at: now, seen_at: None };
        let what = format!("{} of {}", key.name, account.name);
        self.tokens.put_app_key(&key, &actor.entry(now, "appkey.create", &what)).await?;
        Ok((key, self.key_text(id)))
    }

    fn key_text(&self, id: AppKeyId) -> SecretText {
        let id = id.as_uuid().as_bytes().as_slice();
        let proof = self.secret.derive("app key", &[id]);
        SecretText::of("", &[id, &proof[..PROOF_BYTES]].concat())
    }

    /// The account of a player that comes with its key alone: one query.
    ///
    /// # Errors
    /// Those of the catalogue.
    pub async fn know_app_key(&self, text: &str) -> Result<Option<(AppKey, Account)>> {
        let bytes = secret::bytes_of(text).filter(|bytes| bytes.len() == 16 + PROOF_BYTES);
        let id = bytes.and_then(|bytes| Uuid::from_slice(&bytes[..16]).ok());
        let Some(id) = id.map(AppKeyId::from_uuid) else { return Ok(None) };
        // What is forged needs no look at the catalogue.
        if !KeyProof::Key(text).shows(&self.key_text(id)) {
            return Ok(None);
        }
        match self.tokens.app_key(id).await? {
            Some((key, account)) if account.is_enabled() => self.seen(key, account).await.map(Some),
            _ => Ok(None),
        }
    }

    /// The account of a player that comes with a name and shows that it has one of its keys: one
    /// query.
    ///
    /// # Errors
    /// Those of the catalogue.
    pub async fn know_player(
        &self,
        name: &UserName,
        proof: KeyProof<'_>,
    ) -> Result<Option<(AppKey, Account)>> {
        let Some((account, keys)) = self.tokens.app_keys_of(name).await? else { return Ok(None) };
        let key = keys.into_iter().find(|key| proof.shows(&self.key_text(key.id)));
        match key.filter(|_| account.is_enabled()) {
            Some(key) => self.seen(key, account).await.map(Some),
            None => Ok(None),
        }
    }

    async fn seen(&self, key: AppKey, account: Account) -> Result<(AppKey, Account)> {
        let now = self.now();
        if key.seen_at.is_none_or(|seen| is_past(seen, SEEN_EVERY, now)) {
            self.tokens.see_app_key(key.id, now).await?;
        }
        Ok((key, account))
    }

    /// The keys of an account, the newest first.
    ///
    /// # Errors
    /// [`NoAccount`](super::AccessError::NoAccount); those of the catalogue.
    pub async fn app_keys(&self, account: &UserName) -> Result<Vec<AppKey>> {
        let found = self.tokens.app_keys_of(account).await?;
        let none = || super::AccessError::NoAccount { name: Box::new(account.clone()) };
        found.map(|(_, keys)| keys).ok_or_else(none)
    }

    /// Takes a key back; says whether it was there.
    ///
    /// # Errors
    /// Those of the catalogue.
    pub async fn revoke_app_key(&self, id: AppKeyId, actor: &Actor) -> Result<bool> {
        let noted = actor.entry(self.now(), "appkey.revoke", &id.to_string());
        Ok(self.tokens.remove_app_key(id, &noted).await?)
    }
}
