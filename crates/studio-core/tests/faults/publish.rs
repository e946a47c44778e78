//! Recordings: taken in and taken out.

use async_trait::async_trait;
use studio_api::v1::RecordingManifest;
use studio_core::{Error, Job, NewRecording, Result, SoundSource, Studio, WhichRecording};

use crate::operation::Operation;
use crate::place::Place;

const MIB: usize = 1 << 20;

/// What is done about the one recording.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Publishing {
    /// A file comes in.
    Piece,
    /// A file of three parts.
    Parts,
    /// The bytes of a version, which are there.
    Version,
    TakeOut,
}

use Publishing::*;

/// All of them, in the order of the table.
pub(crate) const ALL: [Publishing; 4] = [Piece, Parts, Version, TakeOut];

impl Publishing {
    fn wanted(self, place: &Place) -> NewRecording {
        let upload = place.takes.take.upload();
        NewRecording {
            artist: upload.path.artist.clone(),
            title: "White Gloves".parse().unwrap(),
            source: match self {
                Piece | Parts | TakeOut => SoundSource::File(upload.file),
                Version => SoundSource::Version(upload.path),
            },
            album: None,
            disc: None,
            number: None,
            released: None,
            genre: None,
            licence: None,
            published: true,
        }
    }

    async fn add(self, place: &Place, studio: &Studio) -> Result<()> {
        studio.add_recording(&self.wanted(place), false, &Job::default()).await.map(drop)
    }
}

#[async_trait(?Send)]
impl Operation for Publishing {
    fn name(&self) -> &'static str {
        match self {
            Piece => "recording add, one piece",
            Parts => "recording add, three parts",
            Version => "recording add, of a version",
            TakeOut => "recording remove",
        }
    }

    fn size(&self) -> usize {
        if matches!(self, Parts) { 10 * MIB + 5000 } else { 20_000 }
    }

    fn is_sound(&self) -> bool {
        true
    }

    async fn prepare(&self, place: &Place) {
        match self {
            Piece | Parts => {}
            Version => place.store_calmly(&place.takes.take).await,
            TakeOut => self.add(place, &place.calm()).await.unwrap(),
        }
    }

    async fn run(&self, place: &Place, studio: &Studio) -> Result<()> {
        let TakeOut = self else { return self.add(place, studio).await };
        let NewRecording { artist, title, .. } = self.wanted(place);
        let which = WhichRecording::Titled { artist, title, album: None };
        match studio.remove_recording(&which, false).await {
            // It was taken out by the first attempt.
            Err(Error::NoRecordingTitled { .. }) => Ok(()),
            done => done.map(drop),
        }
    }

    async fn assert_done(&self, place: &Place) {
        let recordings = place.calm().recordings(None, None, 10).await.unwrap();
        let take = &place.takes.take;
        assert!(place.bucket().get(take.key.as_str()).unwrap() == take.bytes);
        assert_eq!(place.bucket().open_uploads(), []);
        let mut keys = place.bucket().keys();
        keys.retain(|key| key.starts_with("published/"));
        assert_eq!(keys.len(), 1, "{keys:?}");
        let told = RecordingManifest::decode(&place.bucket().get(&keys[0]).unwrap()).unwrap();
        assert_eq!(told.removed_at.is_some(), matches!(self, TakeOut));
        match self {
            TakeOut => assert!(recordings.is_empty()),
            _ => {
                let there: Vec<_> = recordings.iter().map(|entry| &entry.recording).collect();
                assert_eq!(there, [&told.value]);
            }
        }
    }
}
