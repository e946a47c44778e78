//! What listeners think of something, and what they heard.

use studio_domain::{Rating, Subject};
use studio_subsonic::{Error, Node, Playing};

use super::Result;
use super::call::{Call, from_millis, refused};
use super::identity::{Named, parse, song_in, songs_in};

impl Call {
    /// Everything that the parameters of a star name.
    fn starrable(&self) -> Result<Vec<Subject>> {
        let mut subjects = Vec::new();
        for (name, what) in [("id", "song"), ("albumId", "album"), ("artistId", "artist")] {
            for text in self.parameters.all(name).filter(|text| !text.is_empty()) {
                match parse(text) {
                    Some(Named::Subject(subject)) => subjects.push(subject),
                    _ => return Err(Error::NotFound(what)),
                }
            }
        }
        match subjects.is_empty() {
            true => Err(Error::Missing("id")),
            false => Ok(subjects),
        }
    }

    /// Stars things, or takes their stars back.
    pub(super) async fn star(&self, is_wanted: bool) -> Result<Node> {
        let subjects = self.starrable()?;
        let done = match is_wanted {
            true => self.listeners.star(self.id(), &subjects, &self.sight).await,
            false => self.listeners.unstar(self.id(), &subjects, &self.sight).await,
        };
        done.map(|()| Node::new()).map_err(refused)
    }

    /// Rates something; 0 takes the rating back.
    pub(super) async fn set_rating(&self) -> Result<Node> {
        let subject = match parse(self.parameters.required("id")?) {
            Some(Named::Subject(subject)) => subject,
            _ => return Err(Error::NotFound("song")),
        };
        let stars: u8 = self.parameters.parsed("rating")?.ok_or(Error::Missing("rating"))?;
        let rating = match stars {
            0 => None,
            stars => Some(Rating::new(stars).ok_or_else(|| Error::unreadable("rating"))?),
        };
        let rated = self.listeners.rate(self.id(), subject, rating, &self.sight).await;
        rated.map(|()| Node::new()).map_err(refused)
    }

    /// Notes plays, or what is played from now on. Sending sound counts as neither.
    pub(super) async fn scrobble(&self) -> Result<Node> {
        let songs = songs_in(&self.parameters, "id")?;
        if songs.is_empty() {
            return Err(Error::Missing("id"));
        }
        if self.parameters.flag("submission")?.unwrap_or(true) {
            let mut times = self.parameters.all_parsed::<i64>("time")?.into_iter().map(from_millis);
            let plays: Vec<_> = songs.into_iter().map(|song| (song, times.next())).collect();
            let noted = self.listeners.note_plays(self.id(), &plays, &self.sight).await;
            noted.map_err(refused)?;
        } else if let Some(song) = songs.last() {
            let noted =
                self.listeners.now_playing(&self.account, &self.player, *song, &self.sight).await;
            noted.map_err(refused)?;
        }
        Ok(Node::new())
    }

    pub(super) async fn now_playing(&self) -> Result<Node> {
        let playing = self.listeners.playing(&self.account, &self.sight).await.map_err(refused)?;
        let entries: Vec<_> = playing.iter().map(|playing| playing.entry.clone()).collect();
        let songs = self.songs(&entries).await?;
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        let now = now.map_or(0, |now| i64::try_from(now.as_micros()).unwrap_or(i64::MAX));
        let told = playing.into_iter().zip(songs).zip(1..).map(|((playing, song), number)| {
            let micros = now.saturating_sub(playing.since.as_micros());
            Playing {
                username: playing.listener.to_string(),
                minutes_ago: (micros / 60_000_000).max(0),
                player_id: number,
                player_name: playing.player,
                song,
            }
        });
        Ok(Node::new().one("nowPlaying", Node::new().many("entry", told)))
    }

    pub(super) async fn bookmarks(&self) -> Result<Node> {
        let found = self.listeners.bookmarks(self.id(), &self.sight).await.map_err(refused)?;
        let (bookmarks, entries): (Vec<_>, Vec<_>) = found.into_iter().unzip();
        let songs = self.songs(&entries).await?;
        let told = bookmarks.into_iter().zip(songs).map(|(bookmark, song)| {
            let position = i64::try_from(bookmark.position_ms).unwrap_or(i64::MAX);
            studio_subsonic::Bookmark {
                position,
                username: self.account.name.to_string(),
                comment: bookmark.comment.map(|comment| comment.to_string()),
                created: super::call::time(bookmark.created_at),
                changed: super::call::time(bookmark.changed_at),
                song: studio_subsonic::Song { bookmark: Some(position / 1000), ..song },
            }
        });
        Ok(Node::new().one("bookmarks", Node::new().many("bookmark", told)))
    }

    pub(super) async fn create_bookmark(&self) -> Result<Node> {
        let id = song_in(&self.parameters, "id")?;
        let position = self.parameters.parsed("position")?.ok_or(Error::Missing("position"))?;
        let comment = self.note("comment")?;
        let put = self.listeners.put_bookmark(self.id(), id, position, comment, &self.sight).await;
        put.map(|()| Node::new()).map_err(refused)
    }

    pub(super) async fn delete_bookmark(&self) -> Result<Node> {
        let id = song_in(&self.parameters, "id")?;
        let removed = self.listeners.remove_bookmark(self.id(), id).await;
        removed.map(|()| Node::new()).map_err(refused)
    }
}
