//! What a listener is about to hear, kept for another player.

use std::collections::HashMap;

use studio_core::listener::NewQueue;
use studio_subsonic::{Error, Node, PlayQueue};

use super::Result;
use super::call::{Call, refused, time};
use super::identity::{song_in, songs_in};

impl Call {
    pub(super) async fn play_queue(&self, by_index: bool) -> Result<Node> {
        let found = self.listeners.play_queue(self.id(), &self.sight).await.map_err(refused)?;
        let name = if by_index { "playQueueByIndex" } else { "playQueue" };
        let Some((queue, entries)) = found else {
            // An empty one: it is not said anywhere that there may be none.
            let none = PlayQueue {
                username: self.account.name.to_string(),
                changed: time(self.account.created_at),
                ..PlayQueue::default()
            };
            return Ok(Node::new().one(name, none.into_node(by_index)));
        };
        let songs = self.songs(&entries).await?;
        let known: HashMap<_, _> =
            entries.iter().map(|entry| entry.recording.id).zip(songs).collect();
        let songs = queue.recordings.iter().filter_map(|id| known.get(id).cloned()).collect();
        let told = PlayQueue {
            current: queue.current,
            position: i64::try_from(queue.position_ms).unwrap_or(i64::MAX),
            username: self.account.name.to_string(),
            changed: time(queue.changed_at),
            changed_by: queue.changed_by,
            songs,
        };
        Ok(Node::new().one(name, told.into_node(by_index)))
    }

    pub(super) async fn save_play_queue(&self, by_index: bool) -> Result<Node> {
        let recordings = songs_in(&self.parameters, "id")?;
        let has = |name| self.parameters.text(name).is_some_and(|text| !text.is_empty());
        let current = match by_index {
            _ if recordings.is_empty() => None,
            true => {
                let place: usize = self
                    .parameters
                    .parsed("currentIndex")?
                    .ok_or(Error::Missing("currentIndex"))?;
                Some(place)
            }
            false if has("current") => {
                let current = song_in(&self.parameters, "current")?;
                let place = recordings.iter().position(|id| *id == current);
                Some(place.ok_or(Error::Generic("current is not in the queue".to_owned()))?)
            }
            false => None,
        };
        let position_ms = self.parameters.parsed("position")?.unwrap_or(0);
        let queue = NewQueue { recordings, current, position_ms, player: self.player.clone() };
        let kept = self.listeners.put_play_queue(self.id(), queue).await;
        kept.map(|()| Node::new()).map_err(refused)
    }
}
