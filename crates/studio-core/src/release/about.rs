//! What a mix in a file says of itself.

use studio_audio::metadata::{Bext, Ixml};
use studio_audio::write::{PcmFormat, WavChunks};
use studio_domain::{Loudness, Release, SongPath};

/// The song, the release, and when.
#[derive(Debug, Clone)]
pub(super) struct About {
    song: SongPath,
    take: String,
    note: String,
    reference: String,
    /// Day and time (UTC).
    at: Option<(String, String)>,
    /// Frames since midnight, or since whatever its stems count from.
    time_reference: u64,
    loudness: Loudness,
}

impl About {
    /// A mix that nothing was frozen for.
    pub(super) fn audition(song: &SongPath) -> Self {
        Self {
            song: song.clone(),
            take: "audition".to_owned(),
            note: String::new(),
            reference: String::new(),
            at: None,
            time_reference: 0,
            loudness: Loudness::default(),
        }
    }

    /// The mix of a release; where it is `frozen`, with the loudness that was measured then.
    pub(super) fn of_release(release: &Release, frozen: bool) -> Self {
        Self {
            song: release.song.clone(),
            take: release.name.to_string(),
            note: release.said.note.as_ref().map(ToString::to_string).unwrap_or_default(),
            reference: release.id.as_uuid().simple().to_string(),
            at: Some(day_and_time(release)),
            time_reference: 0,
            loudness: if frozen { release.mix.loudness } else { Loudness::default() },
        }
    }

    /// The same, beginning so many frames after midnight.
    pub(super) fn beginning_at(self, time_reference: u64) -> Self {
        Self { time_reference, ..self }
    }

    /// What a WAV file has of it.
    pub(super) fn chunks(&self, format: PcmFormat) -> WavChunks {
        let SongPath { artist, song } = &self.song;
        let (day, time) = self.at.clone().unwrap_or_default();
        let bext = Bext {
            description: format!("{artist}: {song}, {}", self.take),
            originator: "studio".to_owned(),
            originator_reference: self.reference.clone(),
            origination_date: day,
            origination_time: time,
            time_reference: self.time_reference,
            loudness: self.loudness,
            coding_history: Bext::coding_line(format, "studio mixdown"),
            ..Bext::default()
        };
        let text = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let ixml = Ixml {
            project: Some(artist.to_string()),
            scene: Some(song.to_string()),
            take: text(&self.take),
            note: text(&self.note),
            ..Ixml::default()
        };
        WavChunks { bext: Some(bext), ixml: Some(ixml) }
    }

    /// What a FLAC file has of it: Vorbis comments.
    pub(super) fn tags(&self) -> Vec<(String, String)> {
        let SongPath { artist, song } = &self.song;
        let tags = [
            ("ARTIST", artist.to_string()),
            ("TITLE", song.to_string()),
            ("VERSION", self.take.clone()),
            ("DATE", self.at.clone().map(|(day, _)| day).unwrap_or_default()),
            ("DESCRIPTION", self.note.clone()),
        ];
        let tags = tags.into_iter().filter(|(_, value)| !value.is_empty());
        tags.map(|(name, value)| (name.to_owned(), value)).collect()
    }
}

/// When a release was made, as Broadcast Wave files say it: `2026-11-22` and `07:40:11` (UTC).
pub(super) fn day_and_time(release: &Release) -> (String, String) {
    // `2026-11-22T07:40:11.123456Z`
    let at = studio_api::format_time(release.said.at);
    let (day, time) = at.split_once('T').unwrap_or_default();
    (day.to_owned(), time.chars().take(8).collect())
}
