//! Recordings in lists, ready to be played.

use studio_domain::Decibels;
use studio_repo::RecordingSheet;

use crate::links::{CoverSide, Links, Place};
use crate::time::Length;
use crate::wave::{self, Wave};

/// What all recordings are made as loud as (LUFS), by making louder ones quieter.
const TARGET: f64 = -18.0;

/// A recording in a list.
#[derive(Debug, Clone)]
pub(crate) struct Track {
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) artist: String,
    /// Whether the artist is said.
    pub(crate) by: bool,
    /// The path of its page.
    pub(crate) url: String,
    /// Where it is heard.
    pub(crate) sound: String,
    pub(crate) picture: String,
    /// Its number, or its place in the list.
    pub(crate) number: usize,
    pub(crate) length: Option<Length>,
    pub(crate) wave: Option<Wave>,
    /// What it is multiplied with to be as loud as others; empty where nothing is known.
    pub(crate) gain: String,
}

/// Recordings in a list, and what all of them have alike: that is said once.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tracks {
    pub(crate) all: Vec<Track>,
    pub(crate) picture: Option<String>,
    pub(crate) artist: Option<String>,
}

impl Tracks {
    pub(crate) fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    fn of(all: Vec<Track>) -> Self {
        let shared = |of: fn(&Track) -> &String| {
            let first = of(all.first()?);
            all.iter().all(|track| of(track) == first).then(|| first.clone())
        };
        let (picture, artist) = (shared(|track| &track.picture), shared(|track| &track.artist));
        Self { all, picture, artist }
    }
}

/// How the recordings of a list are shown.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Listed {
    /// The artist goes without saying.
    pub(crate) of_one_artist: bool,
    /// They are one after another on an album: all are made quieter alike.
    pub(crate) on_album: bool,
    /// How many others stand before them on other pages.
    pub(crate) before: usize,
}

/// The recordings of a page.
pub(crate) fn tracks(sheets: &[RecordingSheet], listed: Listed) -> Tracks {
    let bars = wave::bars_each(sheets.len());
    let together = listed.on_album.then(|| loudness(sheets)).flatten();
    let track = |(at, sheet): (usize, &RecordingSheet)| {
        let entry = &sheet.entry;
        let recording = &entry.recording;
        let own = sheet.sketch.as_ref().and_then(|sketch| sketch.loudness).map(Decibels::as_f64);
        let place = Place::Recording(entry.artist.slug.clone(), entry.slug.clone());
        let known = recording.album.map(|place| usize::from(place.position.number));
        Track {
            id: recording.id.to_string(),
            title: recording.title.to_string(),
            artist: entry.artist.name.to_string(),
            by: !listed.of_one_artist,
            url: place.path(),
            sound: Links::sound(entry),
            picture: Links::shown_cover_of(sheet, CoverSide::Square80),
            number: known
                .filter(|number| listed.on_album && *number > 0)
                .unwrap_or(listed.before + at + 1),
            length: Length::of(&recording.sound),
            wave: sheet.sketch.as_ref().and_then(|sketch| Wave::of(sketch, bars)),
            gain: together.or(own).map(gain).unwrap_or_default(),
        }
    };
    Tracks::of(sheets.iter().enumerate().map(track).collect())
}

/// What sound of a loudness is multiplied with; never louder than it is, so that nothing clips.
fn gain(loudness: f64) -> String {
    format!("{:.3}", 10_f64.powf((TARGET - loudness) / 20.0).min(1.0))
}

/// How loud recordings are one after another: their energies by their lengths, as far as both
/// are known.
fn loudness(sheets: &[RecordingSheet]) -> Option<f64> {
    let (mut energy, mut seconds) = (0.0, 0.0);
    for sheet in sheets {
        let level = sheet.sketch.as_ref().and_then(|sketch| sketch.loudness);
        let length = Length::of(&sheet.entry.recording.sound);
        if let (Some(level), Some(Length(length))) = (level, length) {
            let length = length.max(1) as f64;
            energy += 10_f64.powf(level.as_f64() / 10.0) * length;
            seconds += length;
        }
    }
    (seconds > 0.0).then(|| 10.0 * (energy / seconds).log10())
}

/// How long recordings are together, if that is known of all of them.
pub(crate) fn length_of(sheets: &[RecordingSheet]) -> Option<Length> {
    let lengths = sheets.iter().map(|sheet| Length::of(&sheet.entry.recording.sound));
    let all: Option<Vec<_>> = lengths.map(|length| length.map(|Length(length)| length)).collect();
    all.map(|all| Length(all.into_iter().sum()))
}

#[cfg(test)]
mod tests {
    use studio_domain::{Artist, ArtistId, Sketch};
    use studio_repo::RecordingEntry;
    use studio_testkit::publish_suite::single;

    use super::*;

    fn sheet(frames: u64, loudness: Option<i32>) -> RecordingSheet {
        let mut recording = single("Sade", "Jezebel", 1);
        if let Some(format) = &mut recording.sound.format {
            format.frames = Some(frames);
        }
        let artist = Artist {
            id: ArtistId::from_uuid(recording.id.as_uuid().to_owned()),
            name: recording.artist.clone(),
            slug: "sade".parse().expect("a slug"),
        };
        let loudness = loudness.and_then(Decibels::from_thousandths);
        RecordingSheet {
            entry: RecordingEntry {
                recording,
                artist,
                slug: "jezebel".parse().expect("a slug"),
                album: None,
            },
            album_artwork: None,
            sketch: Some(Sketch { loudness, ..Sketch::default() }),
            description: None,
            featured: None,
        }
    }

    #[test]
    fn what_is_loud_becomes_quieter_and_nothing_louder() {
        assert_eq!(gain(-18.0), "1.000");
        assert_eq!(gain(-24.0), "1.000");
        assert_eq!(gain(-12.0), "0.501");
        let all = [sheet(48_000, Some(-8_000)), sheet(48_000, None)];
        let shown: Vec<_> =
            tracks(&all, Listed::default()).all.into_iter().map(|track| track.gain).collect();
        assert_eq!(shown, ["0.316", ""]);
    }

    #[test]
    fn an_album_is_as_loud_as_all_of_it() {
        let all = [sheet(48_000 * 100, Some(-10_000)), sheet(48_000 * 100, Some(-30_000))];
        let listed = Listed { on_album: true, ..Listed::default() };
        let shown: Vec<_> = tracks(&all, listed).all.into_iter().map(|track| track.gain).collect();
        // Half the energy of the loud one: 3 dB below it.
        assert_eq!(shown, ["0.560", "0.560"]);
        assert_eq!(length_of(&all), Some(Length(200)));
        assert_eq!(loudness(&[sheet(48_000, None)]), None);
    }
}
