//! What is heard right now, in memory only.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use studio_domain::{Account, AccountId, RecordingId, Role, Timestamp, UserName};
use studio_repo::{RecordingEntry, Sight};

use super::{Listeners, Result, player_name};

/// How long something counts as played after its end: pauses, and players that say so early.
const AFTER_END: Duration = Duration::from_secs(5 * 60);

/// How long something counts whose length is not known, or that would last for ever.
const LONGEST: Duration = Duration::from_secs(4 * 3600);

/// The most players of one account, and of all.
pub const MOST_PLAYERS: usize = 20;
const MOST_IN_ALL: usize = 10_000;

/// Something that is heard right now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Playing {
    /// By whom.
    pub listener: UserName,
    /// What their player calls itself.
    pub player: String,
    /// What.
    pub entry: RecordingEntry,
    /// Since when.
    pub since: Timestamp,
}

#[derive(Debug, Clone)]
struct Heard {
    listener: UserName,
    recording: RecordingId,
    since: Timestamp,
    until: Timestamp,
}

/// What is heard right now: one thing at most by each player of an account.
#[derive(Debug, Default)]
pub(super) struct NowPlaying(Mutex<BTreeMap<(AccountId, String), Heard>>);

impl NowPlaying {
    fn put(&self, account: AccountId, player: String, heard: Heard, now: Timestamp) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|_, heard| now < heard.until);
        all.insert((account, player), heard);
        let of_one = all.iter().filter(|((of, _), _)| *of == account);
        let gone = match of_one.clone().count() > MOST_PLAYERS {
            true => of_one.min_by_key(|(_, heard)| heard.since).map(|(key, _)| key.clone()),
            false if all.len() > MOST_IN_ALL => {
                all.iter().min_by_key(|(_, heard)| heard.since).map(|(key, _)| key.clone())
            }
            false => None,
        };
        if let Some(gone) = gone {
            all.remove(&gone);
        }
    }

    /// What one account hears, or everybody: the last begun first, with the players' names.
    fn now(&self, account: Option<AccountId>, now: Timestamp) -> Vec<(String, Heard)> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut heard: Vec<(String, Heard)> = all
            .iter()
            .filter(|((of, _), heard)| account.is_none_or(|one| one == *of) && now < heard.until)
            .map(|((_, player), heard)| (player.clone(), heard.clone()))
            .collect();
        heard.sort_by_key(|(_, heard)| std::cmp::Reverse(heard.since));
        heard
    }
}

impl Listeners {
    /// Says what a player of an account plays from now on. It is no play to be counted, and is
    /// forgotten some minutes after its end.
    ///
    /// # Errors
    /// [`Missing`](super::ListenerError::Missing) for what is out of sight; those of the
    /// catalogue.
    pub async fn now_playing(
        &self,
        account: &Account,
        player: &str,
        recording: RecordingId,
        sight: &Sight,
    ) -> Result<()> {
        let entry = self.recording(recording, sight).await?;
        let now = self.now();
        let length = length_ms(&entry).map_or(LONGEST, Duration::from_millis).min(LONGEST);
        let until = now.after(length + AFTER_END);
        let heard = Heard { listener: account.name.clone(), recording, since: now, until };
        self.playing.put(account.id, player_name(player), heard, now);
        Ok(())
    }

    /// What the players of an account play right now, as far as it is in sight: the last begun
    /// first. A manager is told of those of everybody.
    ///
    /// # Errors
    /// Those of the catalogue.
    pub async fn playing(&self, account: &Account, sight: &Sight) -> Result<Vec<Playing>> {
        let whose = (account.role != Role::Manager).then_some(account.id);
        let heard = self.playing.now(whose, self.now());
        let ids: Vec<RecordingId> = heard.iter().map(|(_, heard)| heard.recording).collect();
        let entries = self.browse.recordings_with(&ids, sight).await?;
        let mut entries = entries.into_iter().peekable();
        // They come in the order of the identities, without those out of sight.
        let playing = heard.into_iter().filter_map(|(player, heard)| {
            let entry = entries.next_if(|entry| entry.recording.id == heard.recording)?;
            Some(Playing { listener: heard.listener, player, entry, since: heard.since })
        });
        Ok(playing.collect())
    }
}

/// How long a recording is, in milliseconds, if that is known. A header can claim any number.
pub(super) fn length_ms(entry: &RecordingEntry) -> Option<u64> {
    let format = entry.recording.sound.format?;
    let frames = format.frames.filter(|frames| *frames > 0)?;
    frames.checked_mul(1000)?.checked_div(format.sample_rate.into())
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn the_oldest_goes_when_there_are_too_many() {
        let at = Timestamp::from_micros;
        let account = |n| AccountId::from_uuid(Uuid::from_u128(n));
        let heard = |since| Heard {
            listener: "ann".parse().expect("a name"),
            recording: RecordingId::from_uuid(Uuid::nil()),
            since: at(since),
            until: at(1_000_000),
        };
        let all = NowPlaying::default();
        {
            let mut map = all.0.lock().expect("nobody else");
            for n in 0..10_000_u32 {
                map.insert((account(n.into()), "Phone".to_owned()), heard(n.into()));
            }
        }
        all.put(account(77_777), "Phone".to_owned(), heard(20_000), at(30_000));
        let now = all.now(None, at(30_000));
        assert_eq!(now.len(), MOST_IN_ALL);
        let ends = now.first().zip(now.last()).map(|(last, first)| (last.1.since, first.1.since));
        assert_eq!(ends, Some((at(20_000), at(1))));
        // What has ended is not kept.
        all.put(account(1), "Phone".to_owned(), heard(5), at(1_000_000));
        assert_eq!(all.0.lock().expect("nobody else").len(), 1);
    }
}
