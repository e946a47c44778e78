//! What is handed on by links.

use serde::{Deserialize, Serialize};
use studio_domain::{Note, Share, Shared, UserName};
use utoipa::ToSchema;

use super::InvalidField;
use crate::format_time;

/// The most days for which a link can be made to hold.
pub const MOST_SHARE_DAYS: u32 = 3650;

/// What can be shared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ShareKind {
    /// A recording.
    Recording,
    /// An album.
    Album,
    /// A playlist of the studio.
    Playlist,
    /// A playlist of the account's own.
    OwnPlaylist,
}

/// Something that is to be shared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "kind": "album", "id": "019ab3c0-5f0a-7e9a-8d53-0c8f3f3b7a12", "note": "the rough mix", "days": 14
}))]
pub struct ShareBody {
    /// What it is.
    pub kind: ShareKind,
    /// Its UUID.
    #[schema(format = "uuid")]
    pub id: String,
    /// What is said of it, to those who follow the link too.
    pub note: Option<String>,
    /// How many days the link holds; for ever if nothing is said.
    #[schema(minimum = 1, maximum = 3650)]
    pub days: Option<u32>,
}

impl ShareBody {
    /// What it says: what, the note, and for how many days.
    ///
    /// # Errors
    /// [`InvalidField`].
    pub fn decode(&self) -> Result<(Shared, Option<Note>, Option<u32>), InvalidField> {
        if let Some(days) = self.days.filter(|days| !(1..=MOST_SHARE_DAYS).contains(days)) {
            let said = format!("{days} is not from 1 to {MOST_SHARE_DAYS}");
            return Err(InvalidField::of("days")(said));
        }
        let note = self.note.as_deref().filter(|note| !note.is_empty());
        let note = note.map(|note| note.parse().map_err(InvalidField::of("note"))).transpose()?;
        let id = || self.id.as_str();
        let subject = match self.kind {
            ShareKind::Recording => id().parse().map(Shared::Recording),
            ShareKind::Album => id().parse().map(Shared::Album),
            ShareKind::Playlist => id().parse().map(Shared::Playlist),
            ShareKind::OwnPlaylist => id().parse().map(Shared::OwnPlaylist),
        };
        Ok((subject.map_err(InvalidField::of("id"))?, note, self.days))
    }
}

/// A link by which something is shared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ShareLine {
    /// UUID.
    #[schema(format = "uuid")]
    pub id: String,
    /// What is shared.
    pub kind: ShareKind,
    /// Its UUID.
    #[schema(format = "uuid")]
    pub subject_id: String,
    /// The link. Whoever has it can hear what is shared.
    pub url: String,
    /// The name of the account that shares it.
    pub user: String,
    /// What is said of it.
    pub note: Option<String>,
    /// When it was made (RFC 3339).
    pub created_at: String,
    /// From when on the link is good for nothing (RFC 3339).
    pub expires_at: Option<String>,
    /// Since when it was taken back (RFC 3339).
    pub revoked_at: Option<String>,
    /// How often it was followed.
    pub visits: u64,
    /// When it last was (RFC 3339).
    pub visited_at: Option<String>,
}

impl ShareLine {
    /// Of a share, who made it, and its link.
    pub fn new(share: &Share, user: &UserName, url: String) -> Self {
        let (kind, subject_id) = match share.subject {
            Shared::Recording(id) => (ShareKind::Recording, id.to_string()),
            Shared::Album(id) => (ShareKind::Album, id.to_string()),
            Shared::Playlist(id) => (ShareKind::Playlist, id.to_string()),
            Shared::OwnPlaylist(id) => (ShareKind::OwnPlaylist, id.to_string()),
        };
        Self {
            id: share.id.to_string(),
            kind,
            subject_id,
            url,
            user: user.to_string(),
            note: share.note.as_ref().map(ToString::to_string),
            created_at: format_time(share.created_at),
            expires_at: share.expires_at.map(format_time),
            revoked_at: share.revoked_at.map(format_time),
            visits: share.visits,
            visited_at: share.visited_at.map(format_time),
        }
    }
}

/// The links of an account, the newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ShareList {
    /// They.
    pub items: Vec<ShareLine>,
}

/// What a link opens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SharedMusic {
    /// What is said of it.
    pub note: Option<String>,
    /// Until when (RFC 3339).
    pub expires_at: Option<String>,
    /// The recordings in their order.
    pub recordings: Vec<SharedRecording>,
}

/// A recording that a link opens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SharedRecording {
    /// UUID.
    #[schema(format = "uuid")]
    pub id: String,
    /// What it is called.
    pub title: String,
    /// Whose it is.
    pub artist: String,
    /// The address of its sound, on this service and below the link.
    pub stream: String,
}
