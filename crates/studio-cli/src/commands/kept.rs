//! Versions that releases keep: which, and by which.

use studio_api::v1;
use studio_core::{NewVersion, ReleaseName, Studio, TrashedVersion};

use crate::failure::Result;

/// A version in the trash that releases use, and so keep.
#[derive(Debug)]
pub(super) struct Kept {
    version: NewVersion,
    releases: Vec<ReleaseName>,
}

impl Kept {
    /// Looks up what keeps each of them.
    pub(super) async fn each(studio: &Studio, versions: &[TrashedVersion]) -> Result<Vec<Self>> {
        let mut kept = Vec::with_capacity(versions.len());
        for version in versions {
            let releases = studio.releases_with(version.id).await?;
            kept.push(Self { version: version.record.clone(), releases });
        }
        Ok(kept)
    }

    /// That it stays, and why.
    pub(super) fn sentence(&self) -> String {
        let path = &self.version.path;
        format!("{path} stays in the trash: it is in {}", releases(&self.releases, &self.version))
    }

    /// The same for programs.
    pub(super) fn wire(&self) -> v1::KeptVersion {
        v1::KeptVersion {
            version: v1::Version::from(&self.version),
            releases: self.releases.iter().map(ToString::to_string).collect(),
        }
    }
}

/// The releases that a version is in: `release 1.0 of "Blue Hour" by Ana Torres`.
pub(super) fn releases(names: &[ReleaseName], version: &NewVersion) -> String {
    let song = version.path.song_path();
    let mut names: Vec<_> = names.iter().map(ToString::to_string).collect();
    match (names.pop(), names.is_empty()) {
        // Purging reads the manifests of the store besides.
        (None, _) => format!(
            "a release of {song} that the catalogue does not know; `studio doctor` tells of it"
        ),
        (Some(only), true) => format!("release {only} of {song}"),
        (Some(last), false) => format!("releases {} and {last} of {song}", names.join(", ")),
    }
}
