//! A release as files to be handed on.

mod notes;
mod pack;
mod recorded;
mod stem;

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use studio_api::v1;
use studio_audio::write::PcmFormat;
use studio_domain::delivery::{camel_case, initials, rate_and_depth, short_title};
use studio_domain::{AudioFormat, Codec, Digest, Mark, Mix, Pick, Release, Stem};
use studio_repo::MAX_PAGE;

pub(super) use self::pack::expect_free;
use self::pack::is_zip;
use self::recorded::{Clock, Recorded};
use self::stem::StemFile;
use super::place::{move_in, workplace};
use super::{FileKind, MixFile};
use crate::sound::measure;
use crate::sound::spool::Spool;
use crate::transfer::receive::target_error;
use crate::{Job, Result, Studio};

/// Where the contents are told of: what `import` reads names from.
pub(crate) const SESSION: &str = "session.json";

/// The texts of a delivery.
pub(crate) const TEXTS: [&str; 4] = ["README.txt", "credits.txt", "checksums.txt", SESSION];

/// A release to be handed on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// A directory, which must be empty or not there, or a file whose name ends in `.zip`.
    pub target: PathBuf,
    /// Who did what.
    pub credits: Vec<Credit>,
}

/// Who did something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credit {
    /// What was done: `Mixed by`.
    pub role: String,
    /// Who did it.
    pub name: String,
}

/// What was delivered.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Delivered {
    /// The files, in the order of their names.
    pub files: Vec<DeliveredFile>,
}

/// A file of a delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveredFile {
    /// Its name.
    pub name: String,
    /// Its bytes.
    pub size: u64,
    /// SHA-256 of them.
    pub digest: Digest,
}

impl Studio {
    /// Puts a release into a directory or an archive: its stems and its mix under names that
    /// studios expect, with what Broadcast Wave and iXML say; checksums, credits and notes
    /// beside them. Nothing half done appears under the target's name; only a process that is
    /// killed while its files come into an empty directory that was there leaves some of them,
    /// without `checksums.txt`.
    ///
    /// # Errors
    /// [`TargetExists`](crate::Error::TargetExists) when something is there; those of
    /// [`render_release`](Self::render_release).
    pub async fn deliver_release(
        &self,
        release: &Release,
        delivery: &Delivery,
        job: &Job,
    ) -> Result<Delivered> {
        let target = &delivery.target;
        expect_free(target)?;
        self.expect_ours(release).await?;
        let zipped = is_zip(target);
        let workplace = workplace(target)?;
        let directory = workplace.path().join("delivery");
        std::fs::create_dir(&directory).map_err(|error| target_error(target, error))?;
        let names = Names::of(release, self.revision(release).await?);
        // The stems are fetched once, for their files and for the mix.
        let spool = self.spool()?;
        let clock = self.deliver_stems(release, &names, &directory, &spool, job).await?;
        let mix =
            MixFile { target: directory.join(&names.mix), overwrite: false, kind: FileKind::Wav };
        self.render_frozen(release, clock.of_mix(), mix, &spool, job).await?;
        drop(spool);
        let said = self.said_of(release).await?;
        let texts = notes::texts(release, &delivery.credits, &names, &said);
        let (target, job) = (target.clone(), job.clone());
        measure::aside(move || {
            // Goes with the directory when this is done, however it ends.
            let _workplace = workplace;
            for (name, text) in texts {
                let file = directory.join(name);
                std::fs::write(&file, text).map_err(|error| target_error(&target, error))?;
            }
            let delivered = pack::checksums(&directory, &target, &job)?;
            match zipped {
                true => pack::zip(&directory, &delivered, &target, &job)?,
                false => move_in(&directory, &target, pack::CHECKSUMS)?,
            }
            Ok(delivered)
        })
        .await
    }

    /// Writes the stems of a release, and tells where they and its mix begin.
    async fn deliver_stems(
        &self,
        release: &Release,
        names: &Names,
        directory: &Path,
        spool: &Spool,
        job: &Job,
    ) -> Result<Clock> {
        let (mut sources, mut recorded) = (Vec::new(), Vec::new());
        for stem in &release.stems {
            let source = self.fetch(&self.version_of_stem(release, stem), spool, job).await?;
            let (file, what) = (source.clone(), stem.track.to_string());
            recorded.push(measure::aside(move || Recorded::read(&file, what)).await?);
            sources.push(source);
        }
        let clock = Clock::of(release, &recorded);
        let stems = release.stems.iter().zip(&recorded).zip(&names.stems).zip(sources);
        for (((stem, recorded), name), source) in stems {
            let AudioFormat { channels, sample_rate, .. } = stem.format;
            let format = stem::rewritten(stem).map(|samples| {
                let format = PcmFormat { channels, sample_rate, samples };
                (format, recorded::chunks(release, stem, recorded, clock, format))
            });
            let (target, job) = (directory.join(name), job.clone());
            let file = StemFile { source, target, stem: stem.clone(), format };
            measure::aside(move || file.write(&job)).await?;
        }
        Ok(clock)
    }

    /// Which one of the song's releases it is, counted from 1.
    pub(super) async fn revision(&self, release: &Release) -> Result<usize> {
        let all = self.releases.releases(Some(&release.song)).await?;
        Ok(all.iter().position(|id| *id == release.id).unwrap_or(0) + 1)
    }

    /// What was said of the stems of a release.
    async fn said_of(&self, release: &Release) -> Result<Vec<SaidOfStem>> {
        let ever = self.choices.picks_ever(&release.song, None, MAX_PAGE).await?;
        let versions: Vec<_> =
            release.stems.iter().map(|stem| (stem.version, stem.digest)).collect();
        let details = self.choices.details(&versions).await?;
        let said = release.stems.iter().zip(details).map(|(stem, details)| SaidOfStem {
            pick: ever.iter().find(|pick| pick.id == stem.pick).cloned(),
            mark: details.mark,
        });
        Ok(said.collect())
    }
}

/// What was said of the version in a stem.
#[derive(Debug, Default)]
struct SaidOfStem {
    /// The pick that chose it.
    pick: Option<Pick>,
    /// The last mark that it was given.
    mark: Option<Mark>,
}

/// The names of the files of sound.
#[derive(Debug)]
pub(super) struct Names {
    /// In the order of the release's stems.
    pub(super) stems: Vec<String>,
    pub(super) mix: String,
}

impl Names {
    pub(super) fn of(release: &Release, revision: usize) -> Self {
        let start = format!(
            "{}_{}_{revision:02}",
            initials(&release.song.artist),
            short_title(&release.song.song)
        );
        let Mix { sample_rate, bits, .. } = release.mix;
        let depth = rate_and_depth(sample_rate, bits.unwrap_or(32), bits.is_none());
        let mix = format!("{start}_Mix_{depth}.wav");
        let mut taken = HashSet::from([mix.to_ascii_lowercase()]);
        let stems = release.stems.iter().map(|stem| {
            let name = format!("{start}_{}", camel_case(stem.track.as_str()));
            let end = end_of(stem);
            // Different names may be the same in few letters.
            let numbered = (1..).map(|n| match n {
                1 => format!("{name}{end}"),
                n => format!("{name}-{n}{end}"),
            });
            let mut free = numbered.filter(|name| taken.insert(name.to_ascii_lowercase()));
            free.next().unwrap_or_default()
        });
        Self { stems: stems.collect(), mix }
    }
}

/// How the file name of a stem ends.
fn end_of(stem: &Stem) -> String {
    let AudioFormat { sample_rate: rate, codec, bit_depth, .. } = stem.format;
    let float = codec == Codec::PcmFloat;
    match (stem::rewritten(stem), bit_depth) {
        (Some(samples), _) => format!("_{}.wav", rate_and_depth(rate, samples.bits(), float)),
        (None, Some(depth)) => {
            format!("_{}.{}", rate_and_depth(rate, depth.valid, float), stem::extension(stem))
        }
        (None, None) => format!("_{}k.{}", rate / 1000, stem::extension(stem)),
    }
}

/// What a session file says, for whoever reads it again.
fn session(release: &Release, names: &Names, said: &[SaidOfStem]) -> v1::Session {
    let stems = release.stems.iter().zip(&names.stems).zip(said).map(|((stem, file), said)| {
        v1::SessionFile::new(file, stem, said.pick.as_ref(), said.mark.as_ref())
    });
    v1::Session {
        format: v1::Session::FORMAT.to_owned(),
        artist: release.song.artist.to_string(),
        song: release.song.song.to_string(),
        mix: names.mix.clone(),
        stems: stems.collect(),
        release: v1::SessionRelease::from(release),
    }
}
