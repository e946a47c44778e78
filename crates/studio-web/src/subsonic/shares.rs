//! Links by which listeners hand something on.

use studio_core::listener::{NewShare, ShareChange};
use studio_domain::{Share, ShareId, Shared, Subject, UserName};
use studio_subsonic::{Error, Node};

use super::Result;
use super::call::{Call, refused, time};
use super::identity::{Named, parse};

/// The most shares that are told of.
const MOST: u32 = 500;

impl Call {
    async fn told_share(&self, share: &Share, owner: &UserName) -> Result<studio_subsonic::Share> {
        let opened = self.listeners.shared(share).await.map_err(refused)?;
        let text = self.listeners.share_text(share);
        Ok(studio_subsonic::Share {
            id: share.id.to_string(),
            url: format!("{}/s/{}", self.site, text.as_str()),
            description: share.note.as_ref().map(ToString::to_string),
            username: owner.to_string(),
            created: time(share.created_at),
            expires: share.expires_at.map(time),
            last_visited: share.visited_at.map(time),
            visits: i64::try_from(share.visits).unwrap_or(i64::MAX),
            songs: self.songs(&opened).await?,
        })
    }

    async fn list(&self, shares: &[(Share, UserName)]) -> Result<Node> {
        let mut told = Vec::with_capacity(shares.len());
        for (share, owner) in shares {
            told.push(self.told_share(share, owner).await?);
        }
        Ok(Node::new().one("shares", Node::new().many("share", told)))
    }

    /// The listener's own that hold.
    pub(super) async fn shares(&self) -> Result<Node> {
        let found = self.listeners.shares(&self.account, false, 0, MOST).await;
        let mut found = found.map_err(refused)?;
        found.retain(|(share, _)| share.revoked_at.is_none());
        self.list(&found).await
    }

    fn share_id(&self) -> Result<ShareId> {
        self.parameters.required("id")?.parse().map_err(|_| Error::NotFound("share"))
    }

    /// Shares one thing: several make a playlist, and that can be shared.
    pub(super) async fn create_share(&self) -> Result<Node> {
        let named: Vec<&str> = self.parameters.all("id").filter(|id| !id.is_empty()).collect();
        let subject = match named.as_slice() {
            [] => return Err(Error::Missing("id")),
            [one] => match parse(one) {
                Some(Named::Subject(Subject::Recording(id))) => Shared::Recording(id),
                Some(Named::Subject(Subject::Album(id))) => Shared::Album(id),
                Some(Named::Own(id)) => Shared::OwnPlaylist(id),
                Some(Named::Studio(id)) => Shared::Playlist(id),
                _ => return Err(Error::NotFound("song, album or playlist")),
            },
            _ => {
                let said = "one thing is shared by a link; several as a playlist";
                return Err(Error::Generic(said.to_owned()));
            }
        };
        let (note, expires_at) = (self.note("description")?, self.moment("expires")?);
        // 0 is no end, as in the API.
        let expires_at = expires_at.filter(|end| end.as_micros() != 0);
        let new = NewShare { subject, note, expires_at };
        let share = self.listeners.create_share(&self.account, new, &self.sight).await;
        let share = share.map_err(refused)?;
        self.list(&[(share, self.account.name.clone())]).await
    }

    pub(super) async fn update_share(&self) -> Result<Node> {
        let note = match self.parameters.text("description") {
            Some(_) => Some(self.note("description")?),
            None => None,
        };
        let expires_at =
            self.moment("expires")?.map(|end| Some(end).filter(|end| end.as_micros() != 0));
        let change = ShareChange { note, expires_at };
        let changed = self.listeners.change_share(&self.account, self.share_id()?, change).await;
        changed.map(|_| Node::new()).map_err(refused)
    }

    pub(super) async fn delete_share(&self) -> Result<Node> {
        let removed = self.listeners.remove_share(&self.account, self.share_id()?).await;
        removed.map(|()| Node::new()).map_err(refused)
    }
}
