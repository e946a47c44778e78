//! What players are told of music. Times are texts in RFC 3339; lengths of sound are seconds.

mod kept;
mod music;

pub use self::kept::{Bookmark, PlayQueue, Playing, Playlist, Share, User};
pub use self::music::{Album, Artist, Date, Genre, ReplayGain, Song};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Node;

    #[test]
    fn a_song_has_every_field_that_opensubsonic_asks_for() {
        let song = Node::from(Song { id: "1".to_owned(), ..Song::default() }).to_json();
        for (field, is_array) in [
            ("id", false),
            ("isDir", false),
            ("title", false),
            ("replayGain", false),
            ("isrc", true),
            ("genres", true),
            ("artists", true),
            ("albumArtists", true),
            ("contributors", true),
            ("moods", true),
        ] {
            assert_eq!(song.get(field).map(serde_json::Value::is_array), Some(is_array), "{field}");
        }
        assert!(song.get("albumId").is_none() && song.get("starred").is_none(), "{song}");
    }

    #[test]
    fn a_queue_names_what_is_played_by_identity_or_by_place() {
        let songs = ["a", "b"].map(|id| Song { id: id.to_owned(), ..Song::default() });
        let queue = PlayQueue { current: Some(1), songs: songs.to_vec(), ..PlayQueue::default() };
        assert_eq!(queue.clone().into_node(false).to_json()["current"], "b");
        assert_eq!(queue.clone().into_node(true).to_json()["currentIndex"], 1);
        let gone = PlayQueue { current: Some(2), ..queue };
        assert!(gone.into_node(false).to_json().get("current").is_none());
    }
}
