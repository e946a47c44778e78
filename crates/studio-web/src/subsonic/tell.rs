//! What players are told of artists, albums and recordings, with what the listener thinks of them.

use std::collections::HashMap;

use studio_core::repo::{ListedAlbum, ListedArtist, RecordingEntry};
use studio_domain::{Decibels, Loudness, Marks, RecordingId, ReleaseDate, Subject};
use studio_subsonic::{Album, Artist, Date, ReplayGain, Song};

use super::call::{Call, refused, time};
use super::{Result, identity};

/// To what `ReplayGain` 2.0 brings everything, in LUFS.
const REFERENCE: f64 = -18.0;

fn whole(number: impl TryInto<i64>) -> i64 {
    number.try_into().unwrap_or(i64::MAX)
}

/// The length of a recording in microseconds.
fn micros(entry: &RecordingEntry) -> Option<u64> {
    entry.recording.sound.format.as_ref()?.duration_micros()
}

/// Microseconds as seconds, to the nearest.
fn seconds(micros: u64) -> i64 {
    whole((micros + 500_000) / 1_000_000)
}

fn decibels(level: Decibels) -> f64 {
    f64::from(level.thousandths()) / 1000.0
}

/// To hundredths, as files have it.
fn rounded(gain: f64) -> f64 {
    (gain * 100.0).round() / 100.0
}

/// A level of full scale as a factor.
fn factor(level: Decibels) -> f64 {
    (10.0_f64.powf(decibels(level) / 20.0) * 1e6).round() / 1e6
}

fn gain_of(loudness: &Loudness) -> ReplayGain {
    ReplayGain {
        track_gain: loudness.integrated.map(|level| rounded(REFERENCE - decibels(level))),
        track_peak: loudness.true_peak.or(loudness.sample_peak).map(factor),
        ..ReplayGain::default()
    }
}

/// How loud an album is whose recordings are: the mean of their energies by their lengths. None
/// where one of them was not measured.
fn album_gain(
    entries: &[RecordingEntry],
    measured: &HashMap<RecordingId, Loudness>,
) -> (Option<f64>, Option<f64>) {
    let (mut energy, mut length, mut peak) = (0.0, 0.0, None::<f64>);
    for entry in entries {
        let Some(loudness) = measured.get(&entry.recording.id) else { return (None, None) };
        let Some(micros) = micros(entry) else { return (None, None) };
        let micros = micros as f64;
        length += micros;
        // Silence has no level, and adds nothing.
        if let Some(level) = loudness.integrated {
            energy += micros * 10.0_f64.powf(decibels(level) / 10.0);
        }
        let own = loudness.true_peak.or(loudness.sample_peak).map(factor);
        peak = peak.into_iter().chain(own).reduce(f64::max);
    }
    match energy > 0.0 && length > 0.0 {
        true => (Some(rounded(REFERENCE - 10.0 * (energy / length).log10())), peak),
        false => (None, peak),
    }
}

fn date(released: Option<ReleaseDate>) -> Date {
    let Some(released) = released else { return Date::default() };
    Date {
        year: Some(i64::from(released.year())),
        month: released.month().map(i64::from),
        day: released.day().map(i64::from),
    }
}

/// The end of the name of a file with a media type.
fn suffix(content_type: &str) -> &'static str {
    match content_type {
        "audio/flac" | "audio/x-flac" => "flac",
        "audio/mpeg" => "mp3",
        "audio/mp4" | "audio/x-m4a" | "audio/aac" => "m4a",
        "audio/ogg" | "application/ogg" => "ogg",
        "audio/opus" => "opus",
        "audio/aiff" | "audio/x-aiff" => "aiff",
        _ => "wav",
    }
}

/// One part of a path, without what would end it.
fn part(name: &str) -> String {
    name.chars().map(|c| if matches!(c, '/' | '\\') || c.is_control() { '_' } else { c }).collect()
}

/// A path made of names: players show it, and some sort by it.
fn path(entry: &RecordingEntry, album: Option<&str>, suffix: &str) -> String {
    let number = entry.recording.album.map_or(0, |place| place.position.number);
    let number = if number > 0 { format!("{number:02} ") } else { String::new() };
    let folder = album.map(|album| format!("{}/", part(album))).unwrap_or_default();
    let (artist, title) = (part(entry.artist.name.as_str()), part(entry.recording.title.as_str()));
    format!("{artist}/{folder}{number}{title}.{suffix}")
}

impl Call {
    /// What the listener thinks of some recordings.
    async fn marks_of(&self, entries: &[RecordingEntry]) -> Result<HashMap<Subject, Marks>> {
        let subjects: Vec<_> =
            entries.iter().map(|entry| Subject::Recording(entry.recording.id)).collect();
        self.marks(&subjects).await
    }

    async fn marks(&self, subjects: &[Subject]) -> Result<HashMap<Subject, Marks>> {
        match subjects.is_empty() {
            true => Ok(HashMap::new()),
            false => self.listeners.marks(self.id(), subjects).await.map_err(refused),
        }
    }

    async fn loudness(&self, entries: &[RecordingEntry]) -> Result<HashMap<RecordingId, Loudness>> {
        let ids: Vec<RecordingId> = entries.iter().map(|entry| entry.recording.id).collect();
        match ids.is_empty() {
            true => Ok(HashMap::new()),
            false => self.listeners.loudness_of(&ids).await.map_err(refused),
        }
    }

    /// Recordings, with all that is known of them: two queries.
    pub(super) async fn songs(&self, entries: &[RecordingEntry]) -> Result<Vec<Song>> {
        let (marks, loudness) = (self.marks_of(entries).await?, self.loudness(entries).await?);
        Ok(entries.iter().map(|entry| self.told(entry, &marks, &loudness)).collect())
    }

    /// The recordings of an album, all of which have the gain of the album.
    pub(super) async fn songs_of_album(&self, entries: &[RecordingEntry]) -> Result<Vec<Song>> {
        let (marks, loudness) = (self.marks_of(entries).await?, self.loudness(entries).await?);
        let (gain, peak) = album_gain(entries, &loudness);
        let told = entries.iter().map(|entry| {
            let mut song = self.told(entry, &marks, &loudness);
            (song.gain.album_gain, song.gain.album_peak) = (gain, peak);
            song
        });
        Ok(told.collect())
    }

    fn told(
        &self,
        entry: &RecordingEntry,
        marks: &HashMap<Subject, Marks>,
        loudness: &HashMap<RecordingId, Loudness>,
    ) -> Song {
        let recording = &entry.recording;
        let album = entry.album.as_ref();
        let album = album.filter(|album| self.music.sees(&album.artist.name, album.published));
        let marks = marks.get(&Subject::Recording(recording.id)).copied().unwrap_or_default();
        let (format, size) = (recording.sound.format.as_ref(), recording.sound.size);
        let length = micros(entry).filter(|micros| *micros > 0);
        let suffix = suffix(&recording.sound.content_type);
        let position = recording.album.map(|place| place.position);
        let has_cover = recording.artwork.is_some() || album.is_some_and(|album| album.has_artwork);
        let gain = loudness.get(&recording.id).map(gain_of).unwrap_or_default();
        Song {
            id: identity::song(recording.id),
            parent: Some(album.map_or_else(
                || identity::artist(entry.artist.id),
                |album| identity::album(album.id),
            )),
            title: recording.title.to_string(),
            album: album.map(|album| (album.title.to_string(), identity::album(album.id))),
            artist: (entry.artist.name.to_string(), identity::artist(entry.artist.id)),
            album_artist: album
                .map(|album| (album.artist.name.to_string(), identity::artist(album.artist.id))),
            track: position.filter(|at| at.number > 0).map(|at| i64::from(at.number)),
            disc: position.filter(|at| at.disc > 0).map(|at| i64::from(at.disc)),
            year: date(recording.released).year,
            genre: recording.genre.as_ref().map(ToString::to_string),
            cover_art: has_cover.then(|| identity::song(recording.id)),
            size: whole(size),
            content_type: recording.sound.content_type.clone(),
            suffix: suffix.to_owned(),
            duration: length.map(seconds),
            bit_rate: length.map(|micros| whole(u128::from(size) * 8000 / u128::from(micros))),
            sampling_rate: format.map(|format| i64::from(format.sample_rate)),
            bit_depth: format.and_then(|format| Some(i64::from(format.bit_depth?.valid))),
            channels: format.map(|format| i64::from(format.channels)),
            path: path(entry, album.map(|album| album.title.as_str()), suffix),
            created: time(recording.updated_at),
            gain,
            play_count: Some(whole(marks.plays)),
            played: marks.last_played_at.map(time),
            starred: marks.starred_at.map(time),
            rating: marks.rating.map(|rating| i64::from(rating.stars())),
            bookmark: None,
        }
    }

    /// Albums, with what the listener thinks of them: one query.
    pub(super) async fn albums(&self, listed: &[ListedAlbum]) -> Result<Vec<Album>> {
        let subjects: Vec<_> =
            listed.iter().map(|listed| Subject::Album(listed.entry.album.id)).collect();
        let marks = self.marks(&subjects).await?;
        let told = listed.iter().map(|listed| {
            let (album, artist) = (&listed.entry.album, &listed.entry.artist);
            let marks = marks.get(&Subject::Album(album.id)).copied().unwrap_or_default();
            Album {
                id: identity::album(album.id),
                name: album.title.to_string(),
                artist: (artist.name.to_string(), identity::artist(artist.id)),
                cover_art: album.artwork.is_some().then(|| identity::album(album.id)),
                songs: i64::from(listed.songs),
                duration: seconds(listed.length_ms.saturating_mul(1000)),
                created: time(listed.added_at),
                released: date(album.released),
                genre: listed.genre.as_ref().map(ToString::to_string),
                play_count: Some(whole(marks.plays)),
                played: marks.last_played_at.map(time),
                starred: marks.starred_at.map(time),
                rating: marks.rating.map(|rating| i64::from(rating.stars())),
            }
        });
        Ok(told.collect())
    }

    /// Artists, with what the listener thinks of them: one query.
    pub(super) async fn artist_lines(&self, listed: &[ListedArtist]) -> Result<Vec<Artist>> {
        let subjects: Vec<_> =
            listed.iter().map(|listed| Subject::Artist(listed.artist.id)).collect();
        let marks = self.marks(&subjects).await?;
        let told = listed.iter().map(|listed| {
            let id = listed.artist.id;
            let marks = marks.get(&Subject::Artist(id)).copied().unwrap_or_default();
            Artist {
                id: identity::artist(id),
                name: listed.artist.name.to_string(),
                cover_art: Some(identity::artist(id)),
                albums: i64::from(listed.albums),
                starred: marks.starred_at.map(time),
                rating: marks.rating.map(|rating| i64::from(rating.stars())),
            }
        });
        Ok(told.collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_rounded_and_never_overflow() {
        assert_eq!((seconds(1_499_999), seconds(1_500_000)), (1, 2));
        assert_eq!(seconds(u64::MAX - 500_000), 18_446_744_073_709);
    }

    #[test]
    fn a_gain_brings_a_recording_to_the_reference() {
        let level = |decibels| Decibels::from_f64(decibels);
        let loudness = Loudness {
            integrated: level(-23.0),
            range: None,
            max_momentary: None,
            max_short_term: None,
            true_peak: level(-6.0),
            sample_peak: None,
        };
        let gain = gain_of(&loudness);
        assert_eq!((gain.track_gain, gain.track_peak), (Some(5.0), Some(0.501_187)));
    }

    #[test]
    fn no_name_ends_a_part_of_a_path() {
        assert_eq!(part("AC/DC \\ \n"), "AC_DC _ _");
        assert_eq!((suffix("audio/flac"), suffix("audio/wav")), ("flac", "wav"));
    }
}
