//! What belongs to one listener alone, and what they hand on by a link.

use crate::{
    AccountId, AlbumId, ArtistId, Note, OwnPlaylistId, PlaylistName, RecordingId, ShareId,
    Timestamp,
};

/// How much somebody likes something, from one to five stars.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rating(u8);

impl Rating {
    /// The least.
    pub const MIN: Self = Self(1);
    /// The most.
    pub const MAX: Self = Self(5);

    /// From 1 to 5 stars; `None` for any other number.
    pub const fn new(stars: u8) -> Option<Self> {
        match stars {
            1..=5 => Some(Self(stars)),
            _ => None,
        }
    }

    /// How many stars.
    pub const fn stars(self) -> u8 {
        self.0
    }
}

/// What somebody can star or rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// An artist.
    Artist(ArtistId),
    /// An album.
    Album(AlbumId),
    /// A recording.
    Recording(RecordingId),
}

/// What somebody thinks of something, and how often they heard it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Marks {
    /// Since when it is starred.
    pub starred_at: Option<Timestamp>,
    /// How much they like it.
    pub rating: Option<Rating>,
    /// How often they played it; of an album, how often anything on it. Never counted for
    /// artists.
    pub plays: u64,
    /// When they last did.
    pub last_played_at: Option<Timestamp>,
}

/// A place within a recording to go on from; one of a listener on a recording.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bookmark {
    /// The recording.
    pub recording: RecordingId,
    /// The place, in milliseconds from the start.
    pub position_ms: u64,
    /// What they say of it.
    pub comment: Option<Note>,
    /// When it was first set.
    pub created_at: Timestamp,
    /// When it was last set.
    pub changed_at: Timestamp,
}

/// What a listener is about to hear, so that another player can go on with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlayQueue {
    /// The recordings in their order; one can be there twice.
    pub recordings: Vec<RecordingId>,
    /// Which of them is played, by its place from 0.
    pub current: Option<usize>,
    /// How far into that, in milliseconds.
    pub position_ms: u64,
    /// When it was kept.
    pub changed_at: Timestamp,
    /// What the player that kept it calls itself.
    pub changed_by: String,
}

impl PlayQueue {
    /// The queue with only those recordings that are to stay. When the one that is played goes,
    /// the next one that stays is begun from its start.
    #[must_use]
    pub fn keeping(self, mut stays: impl FnMut(RecordingId) -> bool) -> Self {
        let (mut kept, mut current, mut position_ms) = (Vec::new(), None, self.position_ms);
        for (place, recording) in self.recordings.into_iter().enumerate() {
            let is_current = self.current == Some(place);
            let is_next = current.is_none() && self.current.is_some_and(|wanted| wanted < place);
            if !stays(recording) {
                continue;
            }
            if is_current || is_next {
                current = Some(kept.len());
                position_ms = if is_current { self.position_ms } else { 0 };
            }
            kept.push(recording);
        }
        if current.is_none() {
            position_ms = 0;
        }
        Self { recordings: kept, current, position_ms, ..self }
    }
}

/// Recordings in the order in which one listener wants to hear them; one can be there twice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnPlaylist {
    /// Identity.
    pub id: OwnPlaylistId,
    /// Whose it is.
    pub owner: AccountId,
    /// What it is called; several can have the same name.
    pub name: PlaylistName,
    /// What its owner says of it.
    pub comment: Option<Note>,
    /// Whether others may see it too.
    pub is_public: bool,
    /// The recordings.
    pub recordings: Vec<RecordingId>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When anything of it was last changed.
    pub changed_at: Timestamp,
}

/// Something that whoever has a link may hear, signed in or not. The link's secret is not here:
/// it is made of the identity and of what only the studio knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Share {
    /// Identity.
    pub id: ShareId,
    /// Who shares it.
    pub owner: AccountId,
    /// What is shared.
    pub subject: Shared,
    /// What they say of it.
    pub note: Option<Note>,
    /// When it was made.
    pub created_at: Timestamp,
    /// From when on the link is good for nothing, if ever.
    pub expires_at: Option<Timestamp>,
    /// Since when the link was taken back.
    pub revoked_at: Option<Timestamp>,
    /// How often the link was followed.
    pub visits: u64,
    /// When it last was.
    pub visited_at: Option<Timestamp>,
}

impl Share {
    /// Whether its link is good at a time.
    pub fn holds_at(&self, now: Timestamp) -> bool {
        self.revoked_at.is_none() && self.expires_at.is_none_or(|end| now < end)
    }
}

/// What can be shared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Shared {
    /// A recording.
    Recording(RecordingId),
    /// An album.
    Album(AlbumId),
    /// A playlist of a listener.
    OwnPlaylist(OwnPlaylistId),
    /// A playlist of the studio.
    Playlist(crate::PlaylistId),
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn there_are_five_ratings() {
        let stars: Vec<u8> = (0..=9).filter_map(Rating::new).map(Rating::stars).collect();
        assert_eq!(stars, [1, 2, 3, 4, 5]);
    }

    #[test]
    fn a_queue_goes_on_with_what_is_left_of_it() {
        let [a, b, c] = [1, 2, 3].map(|n| RecordingId::from_uuid(Uuid::from_u128(n)));
        let queue = |current| PlayQueue {
            recordings: vec![a, b, c, b],
            current,
            position_ms: 7,
            changed_at: Timestamp::from_micros(1),
            changed_by: "a player".to_owned(),
        };
        let left = |current, stays: &[RecordingId]| {
            let kept = queue(current).keeping(|id| stays.contains(&id));
            (kept.recordings, kept.current, kept.position_ms)
        };
        assert_eq!(left(Some(2), &[a, b, c]), (vec![a, b, c, b], Some(2), 7));
        assert_eq!(left(Some(2), &[b, c]), (vec![b, c, b], Some(1), 7));
        assert_eq!(left(Some(2), &[a, b]), (vec![a, b, b], Some(2), 0));
        assert_eq!(left(Some(3), &[a, c]), (vec![a, c], None, 0));
        assert_eq!(left(None, &[b]), (vec![b, b], None, 0));
        assert_eq!(left(Some(9), &[b]), (vec![b, b], None, 0));
    }

    #[test]
    fn a_link_holds_until_it_ends_or_is_taken_back() {
        let at = Timestamp::from_micros;
        let mut share = Share {
            id: ShareId::from_uuid(Uuid::nil()),
            owner: AccountId::from_uuid(Uuid::nil()),
            subject: Shared::Album(AlbumId::from_uuid(Uuid::nil())),
            note: None,
            created_at: at(1),
            expires_at: None,
            revoked_at: None,
            visits: 0,
            visited_at: None,
        };
        assert!(share.holds_at(at(i64::MAX)));
        share.expires_at = Some(at(5));
        assert!(share.holds_at(at(4)) && !share.holds_at(at(5)));
        share.revoked_at = Some(at(2));
        assert!(!share.holds_at(at(4)));
    }
}
