//! Keeping what is stored, and whole sessions at once.

use async_trait::async_trait;
use studio_core::{
    Budget, Clearing, Depth, Error, Examination, Export, ExportOutcome, Import, Job, Result,
    Studio, VersionFilter,
};

use crate::operation::Operation;
use crate::place::Place;

/// Bytes of each take.
const SIZE: usize = 20_000;

/// What is done to the one take that there is.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Care {
    VerifyQuick,
    VerifyFull,
    Scrub,
    Examine,
    /// The manifest of the take is missing.
    Repair,
    ThrowAway,
    TakeBack,
    Purge,
    /// The take is an orphan, past its grace period; so is an open upload.
    CollectGarbage,
    BackUp,
    /// The catalogue is gone.
    Recover,
    Import,
    Export,
}

use Care::*;

/// All of them, in the order of the table.
pub(crate) const ALL: [Care; 13] = [
    VerifyQuick,
    VerifyFull,
    Scrub,
    Examine,
    Repair,
    ThrowAway,
    TakeBack,
    Purge,
    CollectGarbage,
    BackUp,
    Recover,
    Import,
    Export,
];

#[async_trait(?Send)]
impl Operation for Care {
    fn name(&self) -> &'static str {
        match self {
            VerifyQuick => "verify --quick",
            VerifyFull => "verify --full",
            Scrub => "scrub",
            Examine => "doctor",
            Repair => "doctor --repair",
            ThrowAway => "rm",
            TakeBack => "trash restore",
            Purge => "trash purge",
            CollectGarbage => "gc",
            BackUp => "backup",
            Recover => "recover",
            Import => "import",
            Export => "export",
        }
    }

    fn size(&self) -> usize {
        SIZE
    }

    async fn prepare(&self, place: &Place) {
        let take = &place.takes.take;
        match self {
            Import => return,
            CollectGarbage => return place.leave_orphans().await,
            _ => place.store_calmly(take).await,
        }
        match self {
            Repair => assert!(place.bucket().remove(&place.manifest_of_take().await)),
            TakeBack | Purge => drop(place.calm().throw_away(&take.upload().path).await.unwrap()),
            Recover => place.lose_catalog(),
            _ => {}
        }
    }

    async fn run(&self, place: &Place, studio: &Studio) -> Result<()> {
        let job = Job::default();
        let path = place.takes.take.upload().path;
        match self {
            VerifyQuick => verify(studio, Depth::Quick, &job).await,
            VerifyFull => verify(studio, Depth::Full, &job).await,
            Scrub => {
                let scrubbed = studio.scrub(Budget::Percent(100.0), &job).await?;
                no_damage(!scrubbed.findings.is_empty(), &format!("{:?}", scrubbed.findings))
            }
            Examine => {
                let problems = studio.examine(&examination(), &job).await?.problems;
                no_damage(!problems.is_empty(), &format!("{problems:?}"))
            }
            Repair => {
                let diagnosis = studio.examine(&examination(), &job).await?;
                let treated = studio.repair(&diagnosis, &job).await?;
                no_damage(treated.left() > 0, &format!("{treated:?}"))
            }
            ThrowAway => match studio.find_trashed(&path).await?.is_empty() {
                true => studio.throw_away(&path).await.map(drop),
                false => Ok(()),
            },
            TakeBack => match studio.find_trashed(&path).await?.first() {
                Some(trashed) => studio.restore_from_trash(trashed).await.map(drop),
                None => Ok(()),
            },
            // What a purge has begun, garbage collection ends.
            Purge => match studio.find_trashed(&path).await?.first() {
                Some(trashed) => studio.purge(trashed).await.map(drop),
                None => Ok(()),
            },
            CollectGarbage => studio.collect_garbage(&Clearing::default(), &job).await.map(drop),
            BackUp => studio.back_up(3, &job).await.map(drop),
            Recover => {
                let recovered = studio.recover(false, &job).await?;
                no_damage(!recovered.unreadable.is_empty(), &format!("{recovered:?}"))
            }
            Import => import(place, studio, &job).await,
            Export => export(place, studio, &job).await,
        }
    }

    async fn assert_done(&self, place: &Place) {
        let take = &place.takes.take;
        let there = place.take_version().await.is_some();
        let object = place.bucket().get(take.key.as_str()).is_some();
        match self {
            ThrowAway => {
                assert!(!there && object);
                let tombstones = place.bucket().keys().into_iter().filter(|key| is_tombstone(key));
                assert_eq!(tombstones.count(), 1);
            }
            // What a removal did not reach, the next garbage collection does, when nothing
            // of the first attempt can be on its way any more.
            Purge | CollectGarbage => {
                let (later, job) = (place.later(), Job::default());
                later.collect_garbage(&Clearing::default(), &job).await.unwrap();
                assert!(!there && place.bucket().get(take.key.as_str()).is_none());
            }
            Repair => {
                assert!(place.bucket().get(&place.manifest_of_take().await).is_some());
            }
            BackUp => {
                let (calm, job) = (place.calm(), Job::default());
                let newest = calm.backups(&job).await.unwrap().remove(0);
                let target = place.target().target;
                calm.fetch_backup(&newest, &target, &job).await.unwrap();
                assert!(target.exists());
            }
            // A listing has no checksum: where one was garbled, what it hid is found by the
            // next recovery.
            Recover => {
                place.calm().recover(false, &Job::default()).await.unwrap();
                assert!(place.take_version().await.is_some() && object);
            }
            Export => place.assert_delivered(&[&take.bytes]),
            _ => assert!(there && object),
        }
        assert_eq!(place.bucket().open_uploads(), []);
    }
}

fn is_tombstone(key: &str) -> bool {
    key.starts_with("trash/")
}

fn examination() -> Examination {
    let grace = Clearing::default().grace;
    Examination { depth: Depth::Full, grace, downloads: Vec::new() }
}

async fn verify(studio: &Studio, depth: Depth, job: &Job) -> Result<()> {
    let verified = studio.verify(&VersionFilter::All, depth, job).await?;
    assert_eq!(verified.versions, 2);
    no_damage(!verified.findings.is_empty(), &format!("{:?}", verified.findings))
}

/// Nothing is damaged here, so a word of damage is a failure, as it is for who reads it.
fn no_damage(found: bool, detail: &str) -> Result<()> {
    match found {
        true => Err(Error::NotStored {
            digest: studio_core::Digest::from_bytes([0; 32]),
            detail: detail.to_owned(),
        }),
        false => Ok(()),
    }
}

async fn import(place: &Place, studio: &Studio, job: &Job) -> Result<()> {
    let upload = place.takes.take.upload();
    let import = Import {
        directory: upload.file.parent().unwrap().to_owned(),
        pattern: "{version}.wav".parse().unwrap(),
        artist: Some(upload.path.artist),
        song: Some(upload.path.song),
        track: Some(upload.path.track),
    };
    let plan = studio.plan_import(&import).await?;
    assert_eq!((plan.files.len(), plan.refused.len()), (2, 0));
    let imported = studio.import(&plan.files, job).await?;
    match imported.failed.into_iter().next() {
        Some(failed) => Err(failed.error),
        None => Ok(()),
    }
}

async fn export(place: &Place, studio: &Studio, job: &Job) -> Result<()> {
    let request = place.target();
    let export = Export {
        filter: VersionFilter::Version(request.path),
        directory: request.target.parent().unwrap().to_owned(),
        pattern: "{version}".parse().unwrap(),
    };
    let plan = studio.plan_export(&export).await?;
    let exported = studio.export(&plan.files, job).await?;
    for (_, outcome) in exported.files {
        if let ExportOutcome::Failed(error) = outcome {
            return Err(error);
        }
    }
    Ok(())
}
