//! The picture of `studio probe --artwork`.

use std::path::{Path, PathBuf};

use studio_core::audio::artwork::{MAX_SIDE, PictureKind, picture};
use studio_core::{Error, Job, Studio, Subject, check_target};

use super::made;
use crate::args;
use crate::failure::{Failure, NOT_FOUND, Result};

/// A file that a picture shall go into.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wanted {
    file: PathBuf,
    kind: PictureKind,
    /// The longest side, where one was asked for (pixels).
    longest: Option<u32>,
    force: bool,
}

impl Wanted {
    /// What the command line asks for, if the file can be made.
    pub(super) fn of(arguments: &args::Probe) -> Result<Option<Self>> {
        let args::Probe { artwork, artwork_size, force, .. } = arguments;
        let Some(file) = artwork else { return Ok(None) };
        let kind = kind(file)?;
        check_target(file, *force)?;
        Ok(Some(Self { file: file.clone(), kind, longest: *artwork_size, force: *force }))
    }

    /// Writes the picture of the only subject.
    pub(super) async fn write(
        &self,
        studio: &Studio,
        subjects: &[Subject],
        job: &Job,
    ) -> Result<()> {
        let [subject] = subjects else {
            return Err(Failure::usage(
                format!("{} would hold the pictures of {}", self.file.display(), subjects.len()),
                "name one file or version",
            ));
        };
        let Some(found) = studio.artwork(subject, job).await? else {
            return Err(Failure::Own {
                message: format!("there is no picture in {subject}"),
                code: NOT_FOUND,
                source: None,
                hint: Some("where there is one, `studio probe` tells of it".to_owned()),
            });
        };
        let as_it_stands = self.longest.is_none() && found.media_type == self.kind.media_type();
        let bytes = match as_it_stands {
            true => found.bytes,
            false => {
                let longest = self.longest.unwrap_or(MAX_SIDE);
                let failed = |source| Error::Sound { what: subject.to_string(), source };
                picture(&found.bytes, longest, Some(self.kind)).map_err(failed)?.bytes
            }
        };
        made::write(&self.file, &bytes, self.force)
    }
}

fn kind(file: &Path) -> Result<PictureKind> {
    let extension = file.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    match extension.to_ascii_lowercase().as_str() {
        "jpg" | "jpeg" => Ok(PictureKind::Jpeg),
        "png" => Ok(PictureKind::Png),
        _ => Err(Failure::usage(
            format!("{} does not tell which kind of picture to write", file.display()),
            "let its name end in .jpg or .png",
        )),
    }
}
