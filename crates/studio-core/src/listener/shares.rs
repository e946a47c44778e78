//! Links by which whoever has them hears something.
//!
//! A link's text is the identity of the share and what the studio's own secret makes of it: it is
//! not in the catalogue, and nobody finds another one by trying. It opens what is shared and
//! nothing else, as far as whoever shared it may hear it now.

use studio_domain::{
    Account, Note, RecordingId, Role, Share, ShareId, Shared, Timestamp, UserName,
};
use studio_repo::{RecordingEntry, RecordingOrder, Sight};
use subtle::ConstantTimeEq as _;
use uuid::Uuid;

use super::{ListenerError, Listeners, Result};
use crate::access::{SecretText, bytes_of};

/// How many bytes of what the secret makes of an identity are in a link.
const PROOF_BYTES: usize = 20;

/// Something to share.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewShare {
    /// What.
    pub subject: Shared,
    /// What is said of it.
    pub note: Option<Note>,
    /// From when on the link is good for nothing, if ever.
    pub expires_at: Option<Timestamp>,
}

/// What becomes of a share; what is not named stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ShareChange {
    /// Another note, or none.
    pub note: Option<Option<Note>>,
    /// Another end, or none.
    pub expires_at: Option<Option<Timestamp>>,
}

impl Listeners {
    /// Shares something that is in the sight of an account: be it unpublished, where it is
    /// theirs. Of playlists of listeners those that they may change.
    ///
    /// # Errors
    /// [`ListenerError::Missing`], [`ListenerError::NotYours`]; [`ListenerError::Invalid`] for an
    /// end that is past; those of the catalogue.
    pub async fn create_share(
        &self,
        account: &Account,
        new: NewShare,
        sight: &Sight,
    ) -> Result<Share> {
        let NewShare { subject, note, expires_at } = new;
        let now = self.now();
        if expires_at.is_some_and(|end| end <= now) {
            return Err(ListenerError::invalid("the link would be good for nothing"));
        }
        match subject {
            Shared::Recording(id) => self.see_recordings(&[id], sight).await?,
            Shared::Album(id) => self.see_albums(&[id], sight).await?,
            Shared::OwnPlaylist(id) => drop(self.changeable_playlist(account, id).await?),
            Shared::Playlist(id) => {
                let found = self.studios.playlist(id).await?;
                found.ok_or(ListenerError::Missing { what: "playlist" })?;
            }
        }
        let share = Share {
            id: ShareId::from_uuid(Uuid::now_v7()),
            owner: account.id,
            subject,
            note,
            created_at: now,
            expires_at,
            revoked_at: None,
            visits: 0,
            visited_at: None,
        };
        self.shares.put_share(&share).await?;
        Ok(share)
    }

    /// What stands in the link to a share.
    pub fn share_text(&self, share: &Share) -> SecretText {
        self.text_of(share.id)
    }

    fn text_of(&self, id: ShareId) -> SecretText {
        let id = id.as_uuid().as_bytes().as_slice();
        let proof = self.secret.derive("share", &[id]);
        SecretText::of("", &[id, &proof[..PROOF_BYTES]].concat())
    }

    /// The share of a link, and who made it, if the link is good now: one query, and none for
    /// a text that was made up.
    ///
    /// # Errors
    /// Those of the catalogue.
    pub async fn known_share(&self, text: &str) -> Result<Option<(Share, Account)>> {
        let bytes = bytes_of(text).filter(|bytes| bytes.len() == 16 + PROOF_BYTES);
        let id = bytes.and_then(|bytes| Uuid::from_slice(&bytes[..16]).ok());
        let Some(id) = id.map(ShareId::from_uuid) else { return Ok(None) };
        let expected = self.text_of(id);
        if !bool::from(text.as_bytes().ct_eq(expected.as_str().as_bytes())) {
            return Ok(None);
        }
        let now = self.now();
        let found = self.shares.share(id).await?;
        Ok(found.filter(|(share, owner)| share.holds_at(now) && owner.is_enabled()))
    }

    /// Notes that a link was followed.
    ///
    /// # Errors
    /// Those of the catalogue.
    pub async fn visit_share(&self, share: &Share) -> Result<()> {
        Ok(self.shares.visit_share(share.id, self.now()).await?)
    }

    /// What a share opens: the recording, or all of the album or playlist, as they are now and
    /// as far as its owner may hear it now; at most 10,000. Whether the link is good is not
    /// asked here.
    ///
    /// # Errors
    /// Those of the catalogue.
    pub async fn shared(&self, share: &Share) -> Result<Vec<RecordingEntry>> {
        let Some((owner, sight)) = self.owner_and_sight(share).await? else {
            return Ok(Vec::new());
        };
        match share.subject {
            Shared::Album(id) => {
                if self.browse.albums_with(&[id], &sight).await?.is_empty() {
                    return Ok(Vec::new());
                }
                self.all_recordings(&RecordingOrder::On(id), &sight).await
            }
            _ => {
                let mut ids = self.named_by(share, &owner).await?;
                ids.truncate(super::MOST_NAMED);
                Ok(self.browse.recordings_with(&ids, &sight).await?)
            }
        }
    }

    /// One of the recordings that a share opens, see [`Listeners::shared`]; `None` for any
    /// other.
    ///
    /// # Errors
    /// Those of the catalogue.
    pub async fn shared_one(
        &self,
        share: &Share,
        id: RecordingId,
    ) -> Result<Option<RecordingEntry>> {
        let Some((owner, sight)) = self.owner_and_sight(share).await? else { return Ok(None) };
        let found = self.browse.recordings_with(&[id], &sight).await?.into_iter().next();
        let Some(entry) = found else { return Ok(None) };
        let is_opened = match share.subject {
            Shared::Album(album) => {
                entry.album.as_ref().is_some_and(|on| on.id == album)
                    && !self.browse.albums_with(&[album], &sight).await?.is_empty()
            }
            _ => self
                .named_by(share, &owner)
                .await?
                .iter()
                .take(super::MOST_NAMED)
                .any(|one| *one == id),
        };
        Ok(is_opened.then_some(entry))
    }

    /// Who shares something and what they see, if they may come in.
    async fn owner_and_sight(&self, share: &Share) -> Result<Option<(Account, Sight)>> {
        let owner = self.accounts.account(share.owner).await?;
        let Some(owner) = owner.filter(Account::is_enabled) else { return Ok(None) };
        let sight = self.sight_of(Some(&owner)).await?;
        Ok(Some((owner, sight)))
    }

    /// The recordings that a share names, other than by their album.
    async fn named_by(&self, share: &Share, owner: &Account) -> Result<Vec<RecordingId>> {
        match share.subject {
            Shared::Recording(id) => Ok(vec![id]),
            Shared::Album(_) => Ok(Vec::new()),
            Shared::OwnPlaylist(id) => match self.changeable_playlist(owner, id).await {
                Ok(playlist) => Ok(playlist.recordings),
                Err(ListenerError::Missing { .. } | ListenerError::NotYours { .. }) => {
                    Ok(Vec::new())
                }
                Err(error) => Err(error),
            },
            Shared::Playlist(id) => {
                let found = self.studios.playlist(id).await?;
                Ok(found.map(|playlist| playlist.recordings).unwrap_or_default())
            }
        }
    }

    /// The shares of an account, the newest first, with their owners' names; those of everybody
    /// for a manager who wants them. At most `limit`, without the first `offset`.
    ///
    /// # Errors
    /// Those of the catalogue.
    pub async fn shares(
        &self,
        account: &Account,
        of_everybody: bool,
        offset: u32,
        limit: u32,
    ) -> Result<Vec<(Share, UserName)>> {
        let all = of_everybody && account.role == Role::Manager;
        let whose = (!all).then_some(account.id);
        Ok(self.shares.shares(whose, offset, limit).await?)
    }

    /// A share that an account may change: its own, or any for a manager.
    ///
    /// # Errors
    /// [`ListenerError::Missing`]; those of the catalogue.
    pub async fn share(&self, account: &Account, id: ShareId) -> Result<Share> {
        let found = self.shares.share(id).await?.map(|(share, _)| share);
        found
            .filter(|share| share.owner == account.id || account.role == Role::Manager)
            .ok_or(ListenerError::Missing { what: "share" })
    }

    /// Changes what is said of a share and when it ends. A link that was taken back stays so.
    ///
    /// # Errors
    /// [`ListenerError::Missing`]; [`ListenerError::Invalid`] for an end that is past; those of
    /// the catalogue.
    pub async fn change_share(
        &self,
        account: &Account,
        id: ShareId,
        change: ShareChange,
    ) -> Result<Share> {
        let _held = self.changing.lock().await;
        let mut share = self.share(account, id).await?;
        if change.expires_at.flatten().is_some_and(|end| end <= self.now()) {
            return Err(ListenerError::invalid("the link would be good for nothing"));
        }
        share.note = change.note.unwrap_or(share.note);
        share.expires_at = change.expires_at.unwrap_or(share.expires_at);
        self.shares.put_share(&share).await?;
        Ok(share)
    }

    /// Takes a link back for ever. Idempotent: it stays taken back since it first was.
    ///
    /// # Errors
    /// [`ListenerError::Missing`]; those of the catalogue.
    pub async fn revoke_share(&self, account: &Account, id: ShareId) -> Result<Share> {
        let _held = self.changing.lock().await;
        let mut share = self.share(account, id).await?;
        if share.revoked_at.is_none() {
            share.revoked_at = Some(self.now());
            self.shares.put_share(&share).await?;
        }
        Ok(share)
    }

    /// Takes a share out: its link is good for nothing, and it is listed no more.
    ///
    /// # Errors
    /// [`ListenerError::Missing`]; those of the catalogue.
    pub async fn remove_share(&self, account: &Account, id: ShareId) -> Result<()> {
        let _held = self.changing.lock().await;
        self.share(account, id).await?;
        self.shares.remove_share(id).await?;
        Ok(())
    }
}

#[cfg(all(test, feature = "sqlite"))]
mod tests {
    use std::sync::Arc;

    use studio_domain::AccountId;
    use studio_repo::{MockShareRepo, SqliteCatalog};

    use super::*;
    use crate::access::StudioSecret;

    #[tokio::test]
    async fn a_text_that_was_made_up_is_not_looked_for() {
        let catalog = Arc::new(SqliteCatalog::in_memory().expect("a catalogue"));
        let listeners = Listeners::new(catalog, StudioSecret::new([7; 32]));
        let mut shares = MockShareRepo::new();
        shares.expect_share().times(1).returning(|_| Ok(None));
        let listeners = Listeners { shares: Arc::new(shares), ..listeners };
        let id = ShareId::from_uuid(Uuid::from_u128(7));
        let right = listeners.text_of(id);
        let found = listeners.known_share(right.as_str()).await.expect("asked");
        assert_eq!(found, None::<(Share, Account)>);
        // Each of these would be a second look, which is none that is expected.
        let other = listeners.text_of(ShareId::from_uuid(Uuid::from_u128(8)));
        let swapped = format!("{}{}", &right.as_str()[..24], &other.as_str()[24..]);
        let long = "A".repeat(1 << 20);
        let nobody = AccountId::from_uuid(Uuid::nil()).to_string();
        for text in ["", &right.as_str()[1..], &swapped, &long, &nobody, &"A".repeat(48)] {
            assert_eq!(listeners.known_share(text).await.expect("not asked"), None);
        }
    }
}
