//! What a process of its own does, built for release.

use std::fs::File;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use studio_audio::analysis::{Analysis, Measures, analyse};
use studio_audio::artwork::{self, PictureKind, Shape};
use studio_audio::source::FileSource;
use studio_audio::waveform::Resolution;
use studio_audio::{Decode, decode, diff, probe};

use crate::Result;
use crate::cargo::print;

/// How often a file is probed.
pub(super) const PROBES: u32 = 10_000;

/// What to do.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Task {
    /// Look at the header of a file, many times
    Probe { file: PathBuf },
    /// Write the peaks of a file as an 8-bit .dat, all channels mixed
    Peaks { file: PathBuf, dat: PathBuf },
    /// Measure the loudness of a file
    Loudness { file: PathBuf },
    /// Measure all there is to measure
    Analyse { file: PathBuf },
    /// Make a picture in all sizes of the site, into a folder
    Pictures { file: PathBuf, folder: PathBuf },
    /// Compare two files
    Compare { first: PathBuf, second: PathBuf },
}

/// Does it.
pub(crate) fn run(task: &Task) -> Result {
    match task {
        Task::Probe { file } => {
            for _ in 0..PROBES {
                probe::probe(&FileSource::new(File::open(file)?)?)?;
            }
        }
        Task::Peaks { file, dat } => {
            let peaks = measure(file, Measures::PEAKS)?.peaks.ok_or("there are no peaks")?;
            std::fs::write(dat, peaks.mixed().to_dat(Resolution::Bits8))?;
        }
        Task::Loudness { file } => {
            print(&format!("{:?}", measure(file, Measures::LOUDNESS)?.loudness));
        }
        Task::Analyse { file } => {
            print(&format!("{:?}", measure(file, Measures::ALL)?.measured()));
        }
        Task::Pictures { file, folder } => pictures(file, folder)?,
        Task::Compare { first, second } => compare(first, second)?,
    }
    Ok(())
}

fn pictures(file: &Path, folder: &Path) -> Result {
    let shapes = [
        Shape::Filling(50, 50),
        Shape::Filling(80, 80),
        Shape::Wide(300),
        Shape::Filling(300, 300),
        Shape::Filling(1200, 630),
    ];
    let made = artwork::pictures(&std::fs::read(file)?, &shapes, Some(PictureKind::Jpeg))?;
    for (at, picture) in made.iter().enumerate() {
        std::fs::write(folder.join(format!("own-{at}.jpg")), &picture.bytes)?;
    }
    Ok(())
}

fn open(file: &Path) -> studio_audio::Result<Box<dyn Decode>> {
    decode::open(Arc::new(FileSource::new(File::open(file)?)?))
}

fn measure(file: &Path, measures: Measures) -> Result<Analysis> {
    Ok(analyse(&mut *open(file)?, measures, &mut |_| ControlFlow::Continue(()))?)
}

fn compare(first: &Path, second: &Path) -> Result {
    let progress = &mut |_| ControlFlow::Continue(());
    let found = diff::compare(&|| open(first), &|| open(second), progress)?;
    let gain = found.gain.map_or_else(|| "none".to_owned(), |gain| gain.to_string());
    print(&format!(
        "{:?}, shift {}, gain {gain}, {} regions",
        found.verdict, found.shift, found.region_count
    ));
    Ok(())
}
