//! `cargo xtask bench-site`: the pages that everybody sees.
//!
//! What the server does for a page is compared with what the same server does for a file of as
//! many bytes; pictures with what libvips makes of the same one; what is heard is measured in a
//! real browser.

mod listen;
mod pictures;
mod speed;

use std::path::PathBuf;

use super::judge;
use super::site::Site;
use crate::Result;
use crate::cargo::release_studio;

/// What is measured.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Only these parts; otherwise all
    #[arg(long, value_enum)]
    only: Vec<Part>,
    /// How long each kind of page is measured each time
    #[arg(long, value_name = "SECONDS", default_value_t = 3)]
    seconds: u64,
    /// How many recordings the catalogue has; a hundred of each artist
    #[arg(long, default_value_t = 100_000, value_parser = clap::value_parser!(u64).range(1000..))]
    recordings: u64,
    /// This program instead of one that is built now
    #[arg(long, value_name = "FILE")]
    studio: Option<PathBuf>,
}

/// A part of the measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Part {
    /// Pages of a large catalogue, beside files of the same size
    Pages,
    /// The first sound behind a click, and what is between two tracks
    Listen,
    /// A large picture in all sizes, beside libvips
    Pictures,
}

/// Measures everything, or the parts that are asked for, and fails if a bound does not hold.
pub(crate) fn run(options: &Options) -> Result {
    let studio = match &options.studio {
        Some(studio) => std::path::absolute(studio)?,
        None => release_studio()?,
    };
    let place = tempfile::Builder::new().prefix("studio-site-").tempdir()?;
    let bench = Bench { studio, place: place.path().to_owned(), options };
    let wanted = |part| options.only.is_empty() || options.only.contains(&part);
    let mut verdicts = Vec::new();
    if wanted(Part::Pages) {
        verdicts.extend(speed::measure(&bench)?);
    }
    if wanted(Part::Listen) {
        verdicts.extend(listen::measure(&bench)?);
    }
    if wanted(Part::Pictures) {
        verdicts.extend(pictures::measure(&bench)?);
    }
    judge(&verdicts)
}

/// With what it is measured, and where.
struct Bench<'a> {
    studio: PathBuf,
    place: PathBuf,
    options: &'a Options,
}

impl Bench<'_> {
    /// A place of its own for a part of the measures.
    fn site(&self, name: &str) -> Result<Site> {
        Site::new(&self.studio, &self.place, name, Vec::new())
    }
}
