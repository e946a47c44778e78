//! A second artist, taken in as a studio takes music in: real sound, and covers.

use std::path::{Path, PathBuf};

use image::{Rgb, RgbImage};
use studio_core::{
    AlbumTitle, Job, NewAlbum, NewRecording, OfAlbum, SoundSource, Studio, WhichRecording,
};
use studio_domain::{ArtistName, RecordingId};
use studio_testkit::wav::{Wav, signal};

/// The name of the artist.
pub(crate) const NAME: &str = "Lampwright";

/// One second of stereo, 48 kHz and 16 bits.
pub(crate) fn sound(number: u16) -> Vec<u8> {
    let samples = signal::sine(48_000, 2, 48_000, 220.0 * f64::from(number + 1), 0.25);
    Wav::pcm(48_000, 2, 16).ints(&samples).build()
}

/// A picture of one colour.
fn picture(directory: &Path, name: &str, colour: [u8; 3]) -> PathBuf {
    let file = directory.join(name);
    RgbImage::from_pixel(400, 300, Rgb(colour)).save(&file).unwrap();
    file
}

struct Band<'s> {
    studio: &'s Studio,
    artist: ArtistName,
    directory: tempfile::TempDir,
    made: Vec<RecordingId>,
}

impl Band<'_> {
    /// An album of two recordings, a red cover for those that have one.
    async fn album(&mut self, title: &str, released: &str, has_cover: bool) {
        let (artist, album): (_, AlbumTitle) = (self.artist.clone(), title.parse().unwrap());
        let released = Some(released.parse().unwrap());
        let wanted = NewAlbum {
            artist: artist.clone(),
            title: album.clone(),
            released,
            licence: None,
            published: true,
        };
        self.studio.create_album(&wanted, false).await.unwrap();
        for side in ["first", "second"] {
            let of = OfAlbum { artist: artist.clone(), title: album.clone() };
            self.recording(&format!("{title}, {side} side"), Some(of)).await;
        }
        if has_cover {
            let cover = picture(self.directory.path(), "red.png", [200, 20, 20]);
            let job = Job::default();
            let set = self.studio.set_album_artwork(&artist, &album, Some(&cover), false, &job);
            assert!(set.await.unwrap().changed);
        }
    }

    async fn recording(&mut self, title: &str, album: Option<OfAlbum>) {
        let file = self.directory.path().join(format!("{}.wav", self.made.len()));
        std::fs::write(&file, sound(self.made.len() as u16)).unwrap();
        let source = SoundSource::File(file);
        let mut new = NewRecording::new(self.artist.clone(), title.parse().unwrap(), source);
        (new.album, new.genre) = (album, Some("Folk".parse().unwrap()));
        new.published = true;
        let added = self.studio.add_recording(&new, false, &Job::default()).await.unwrap();
        self.made.push(added.recording.unwrap().id);
    }
}

/// Takes in `Harbour` of 2011, which has a red cover, `Tides` of 2019, which has none, two
/// recordings on each, and the single `Low Water`, which has a blue one. The recordings in this
/// order have the sounds from 0 on.
pub(crate) async fn take_in(studio: &Studio) -> Vec<RecordingId> {
    let directory = tempfile::tempdir().unwrap();
    let mut band = Band { studio, artist: NAME.parse().unwrap(), directory, made: Vec::new() };
    band.album("Harbour", "2011-03-04", true).await;
    band.album("Tides", "2019", false).await;
    band.recording("Low Water", None).await;
    let which = WhichRecording::Id(band.made[4]);
    let cover = picture(band.directory.path(), "blue.png", [20, 20, 200]);
    let set = studio.set_recording_artwork(&which, Some(&cover), false, &Job::default()).await;
    assert!(set.unwrap().changed);
    band.made
}
