//! A song with two picked tracks, and what is done with it.
#![allow(dead_code, reason = "each test file uses its part")]

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use studio_core::audio::analysis::Measures;
use studio_core::{
    CancellationToken, Credit, Delivered, Delivery, Error, ErrorKind, Event, FileKind, Flaw, Job,
    MixFile, MixSettings, Note, Obstacle, Phase, Release, ReleaseName, ReleaseRequest, Studio,
    Subject, Version,
};
use studio_testkit::wav::{Wav, signal};

use crate::common::{Meddler, Place, lay, person, song, tone};

/// A song with a bass and drums, both picked.
pub(crate) struct Session {
    pub(crate) place: Place,
    pub(crate) studio: Studio,
}

impl Session {
    pub(crate) async fn new() -> Self {
        let place = Place::new();
        let studio = place.studio().with_spool_directory(place.path("spool"));
        let session = Self { place, studio };
        session.pick("Bass", "one", &tone(110.0)).await;
        session.pick("Drums", "two", &tone(220.0)).await;
        session
    }

    pub(crate) async fn lay(&self, track: &str, tag: &str, bytes: &[u8]) -> Version {
        lay(&self.studio, &self.place, track, tag, bytes).await
    }

    pub(crate) async fn pick(&self, track: &str, tag: &str, bytes: &[u8]) -> Version {
        let version = self.lay(track, tag, bytes).await;
        self.studio.pick(&version.path, &person("Laura Lee"), None).await.unwrap();
        version
    }

    pub(crate) async fn create(&self, name: &str) -> Release {
        self.studio.create_release(&request(name), &Job::default()).await.unwrap()
    }

    /// Tries to make a release, sees that nothing is left of it, and says what was against it.
    pub(crate) async fn refused(&self, request: &ReleaseRequest) -> Vec<Obstacle> {
        self.refused_by(&self.studio, request).await
    }

    pub(crate) async fn refused_by(
        &self,
        studio: &Studio,
        request: &ReleaseRequest,
    ) -> Vec<Obstacle> {
        let before = self.place.objects("releases/").await;
        let error = studio.create_release(request, &Job::default()).await.unwrap_err();
        assert_eq!(self.place.objects("releases/").await, before);
        assert_eq!(studio.releases(None).await.unwrap().len(), before.len());
        self.assert_spool_empty();
        let kind = error.kind();
        let Error::NotReleasable { obstacles, .. } = error else { panic!("{error:?}") };
        let bytes = obstacles.iter().any(Obstacle::concerns_bytes);
        assert_eq!(kind, if bytes { ErrorKind::Integrity } else { ErrorKind::Conflict });
        obstacles
    }

    /// What is against a release as far as shows without reading.
    pub(crate) async fn foreseen(&self, request: &ReleaseRequest) -> Vec<Obstacle> {
        let plan = self.studio.plan_release(request, &Job::default()).await.unwrap();
        assert_eq!(plan.stems.len() as u64, plan.bytes / 28_844);
        plan.obstacles
    }

    pub(crate) fn assert_spool_empty(&self) {
        let spool = self.place.path("spool");
        let left = if spool.exists() { Place::names_in(&spool) } else { Vec::new() };
        assert_eq!(left, [""; 0]);
    }

    pub(crate) fn object(&self, version: &Version) -> PathBuf {
        self.place.store_directory().join(version.object_key.as_str())
    }

    pub(crate) fn flip(&self, version: &Version) {
        let object = self.object(version);
        let mut bytes = std::fs::read(&object).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        std::fs::write(object, bytes).unwrap();
    }

    pub(crate) fn manifest(&self, release: &Release) -> PathBuf {
        self.place.store_directory().join(format!("releases/{}.json", release.id))
    }

    pub(crate) fn file(&self, name: &str) -> MixFile {
        let kind = if name.ends_with("flac") { FileKind::Flac } else { FileKind::Wav };
        MixFile { target: self.place.path(name), overwrite: false, kind }
    }

    pub(crate) async fn verify(&self, release: &Release) -> Vec<Flaw> {
        let verified = self.studio.verify_release(release, &Job::default()).await.unwrap();
        let damaged = |flaw: &Flaw| matches!(flaw, Flaw::Damaged { .. } | Flaw::Unread { .. });
        assert_eq!(verified.mixed, !verified.flaws.iter().any(damaged));
        self.assert_spool_empty();
        verified.flaws
    }

    pub(crate) async fn deliver(&self, release: &Release, target: &str) -> Delivered {
        let delivery = delivery(self.place.path(target));
        self.studio.deliver_release(release, &delivery, &Job::default()).await.unwrap()
    }
}

pub(crate) fn delivery(target: PathBuf) -> Delivery {
    let credit = Credit { role: "Mixed by".to_owned(), name: "Steve Christensen".to_owned() };
    Delivery { target, credits: vec![credit] }
}

pub(crate) fn name(text: &str) -> ReleaseName {
    text.parse().unwrap()
}

pub(crate) fn request(called: &str) -> ReleaseRequest {
    ReleaseRequest {
        song: song(),
        name: name(called),
        by: person("Steve"),
        note: Some(Note::new("for the label").unwrap()),
        settings: MixSettings::default(),
    }
}

pub(crate) fn with(settings: MixSettings) -> ReleaseRequest {
    ReleaseRequest { settings, ..request("1.0") }
}

pub(crate) fn tag(text: &str) -> studio_core::VersionTag {
    text.parse().unwrap()
}

/// A tenth of a second of so many frames in a second, in mono.
pub(crate) fn tone_at(rate: u32, frames: usize) -> Vec<u8> {
    Wav::pcm(rate, 1, 24).ints(&signal::sine(frames, 1, rate, 330.0, 0.25)).build()
}

pub(crate) async fn audio_digest(studio: &Studio, file: &Path) -> Option<studio_core::AudioDigest> {
    let subject = Subject::File(file.to_owned());
    let analysed = studio.analyse(&subject, Measures::AUDIO_DIGEST, &Job::default()).await;
    analysed.unwrap().analysis.audio_digest
}

/// A job that is cancelled when a phase begins, or in the midst of it.
pub(crate) fn cancelled_in(phase: Phase, moved: bool) -> Job {
    let cancel = CancellationToken::new();
    let (token, present) = (cancel.clone(), Mutex::new(None));
    let meddler = Meddler(move |event| {
        let mut present = present.lock().unwrap();
        if let Event::Begin { phase, .. } = event {
            *present = Some(phase);
        }
        let it_is_time = match event {
            Event::Begin { .. } => !moved,
            Event::Moved { .. } => moved,
            _ => false,
        };
        if *present == Some(phase) && it_is_time {
            token.cancel();
        }
    });
    Job::new(Arc::new(meddler), cancel)
}
