//! What listeners think of what they see, what they heard, and what they are about to hear.

use std::collections::HashSet;
use std::time::Duration;

use studio_domain::{
    AccountId, Bookmark, Note, PlayQueue, Rating, RecordingId, Subject, Timestamp,
};
use studio_repo::{RecordingEntry, Sight};

use super::{ListenerError, Listeners, Result, bounded, player_name};

/// How far the clock of a player may be ahead; what it says then is taken for now.
const LEEWAY: Duration = Duration::from_secs(60);

/// The longest place in a recording, in milliseconds: a year.
const LONGEST_MS: u64 = 366 * 24 * 3600 * 1000;

/// A queue as a player keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewQueue {
    /// The recordings in their order; one can be there twice. None ends the queue.
    pub recordings: Vec<RecordingId>,
    /// Which of them is played, by its place from 0.
    pub current: Option<usize>,
    /// How far into that, in milliseconds.
    pub position_ms: u64,
    /// What the player calls itself.
    pub player: String,
}

impl Listeners {
    /// Stars things, all or none of them.
    ///
    /// # Errors
    /// [`ListenerError::Missing`] when one is out of sight, [`ListenerError::Invalid`] for too
    /// many; those of the catalogue.
    pub async fn star(
        &self,
        account: AccountId,
        subjects: &[Subject],
        sight: &Sight,
    ) -> Result<()> {
        bounded(subjects.len())?;
        self.see_all(subjects, sight).await?;
        Ok(self.marks.star(account, subjects, self.now()).await?)
    }

    /// Takes stars back. Idempotent.
    ///
    /// # Errors
    /// As for [`Listeners::star`].
    pub async fn unstar(
        &self,
        account: AccountId,
        subjects: &[Subject],
        sight: &Sight,
    ) -> Result<()> {
        bounded(subjects.len())?;
        self.see_all(subjects, sight).await?;
        Ok(self.marks.unstar(account, subjects).await?)
    }

    /// Rates something, or takes its rating back.
    ///
    /// # Errors
    /// [`ListenerError::Missing`]; those of the catalogue.
    pub async fn rate(
        &self,
        account: AccountId,
        subject: Subject,
        rating: Option<Rating>,
        sight: &Sight,
    ) -> Result<()> {
        self.see_all(&[subject], sight).await?;
        Ok(self.marks.rate(account, subject, rating).await?)
    }

    /// Notes that recordings were played, now or when it is said; returns how many of these
    /// plays were new.
    ///
    /// # Errors
    /// [`ListenerError::Missing`] when one is out of sight; [`ListenerError::Invalid`] for too
    /// many, and for a time before 1970 or more than a minute ahead; those of the catalogue.
    pub async fn note_plays(
        &self,
        account: AccountId,
        plays: &[(RecordingId, Option<Timestamp>)],
        sight: &Sight,
    ) -> Result<usize> {
        bounded(plays.len())?;
        let now = self.now();
        let mut timed = Vec::with_capacity(plays.len());
        for (recording, at) in plays {
            let at = at.unwrap_or(now);
            if at.as_micros() < 0 || at > now.after(LEEWAY) {
                let problem = "a play is neither before 1970 nor in the future";
                return Err(ListenerError::invalid(problem));
            }
            timed.push((*recording, at.min(now)));
        }
        let ids: Vec<RecordingId> = timed.iter().map(|(recording, _)| *recording).collect();
        self.see_recordings(&ids, sight).await?;
        Ok(self.marks.note_plays(account, &timed).await?)
    }

    /// Sets a bookmark on a recording, in place of the one before.
    ///
    /// # Errors
    /// [`ListenerError::Missing`]; [`ListenerError::Invalid`] for a place more than a year into
    /// it; those of the catalogue.
    pub async fn put_bookmark(
        &self,
        account: AccountId,
        recording: RecordingId,
        position_ms: u64,
        comment: Option<Note>,
        sight: &Sight,
    ) -> Result<()> {
        within(position_ms)?;
        self.see_recordings(&[recording], sight).await?;
        let now = self.now();
        let bookmark =
            Bookmark { recording, position_ms, comment, created_at: now, changed_at: now };
        Ok(self.marks.put_bookmark(account, &bookmark).await?)
    }

    /// The bookmarks of an account on recordings in its sight, the last set first.
    ///
    /// # Errors
    /// Those of the catalogue.
    pub async fn bookmarks(
        &self,
        account: AccountId,
        sight: &Sight,
    ) -> Result<Vec<(Bookmark, RecordingEntry)>> {
        Ok(self.marks.bookmarks(account, sight).await?)
    }

    /// Takes a bookmark out. Idempotent.
    ///
    /// # Errors
    /// Those of the catalogue.
    pub async fn remove_bookmark(&self, account: AccountId, recording: RecordingId) -> Result<()> {
        Ok(self.marks.remove_bookmark(account, recording).await?)
    }

    /// Keeps the queue of an account, in place of the one before.
    ///
    /// # Errors
    /// [`ListenerError::Invalid`] for more than 10,000 recordings, and for a place that is not in
    /// it; those of the catalogue.
    pub async fn put_play_queue(&self, account: AccountId, queue: NewQueue) -> Result<()> {
        let NewQueue { recordings, current, position_ms, player } = queue;
        bounded(recordings.len())?;
        within(position_ms)?;
        if current.is_some_and(|current| current >= recordings.len()) {
            return Err(ListenerError::invalid("what is played is not in the queue"));
        }
        let (changed_at, changed_by) = (self.now(), player_name(&player));
        let queue = PlayQueue { recordings, current, position_ms, changed_at, changed_by };
        let kept = Some(&queue).filter(|queue| !queue.recordings.is_empty());
        Ok(self.marks.put_play_queue(account, kept).await?)
    }

    /// The queue of an account as far as it is in sight now, with its recordings in its order.
    ///
    /// # Errors
    /// Those of the catalogue.
    pub async fn play_queue(
        &self,
        account: AccountId,
        sight: &Sight,
    ) -> Result<Option<(PlayQueue, Vec<RecordingEntry>)>> {
        let Some(queue) = self.marks.play_queue(account).await? else { return Ok(None) };
        let entries = self.browse.recordings_with(&queue.recordings, sight).await?;
        let seen: HashSet<RecordingId> = entries.iter().map(|entry| entry.recording.id).collect();
        let queue = queue.keeping(|id| seen.contains(&id));
        Ok(Some((queue, entries)))
    }
}

fn within(position_ms: u64) -> Result<()> {
    match position_ms {
        0..=LONGEST_MS => Ok(()),
        _ => Err(ListenerError::invalid("no recording is as long as that")),
    }
}
