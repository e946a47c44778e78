//! Of many files those that came to nothing: how they are told, and how the command ends.

use std::path::Path;

use studio_api::v1;
use studio_core::{Error, ErrorKind};

use super::count;
use crate::failure::{Failure, Result, code_of, reasons, whole};
use crate::output::text::note;

/// The files that came to nothing.
#[derive(Debug, Default)]
pub(super) struct Left<'a> {
    /// Those that failed, and why.
    pub(super) failed: Vec<(&'a Path, &'a Error)>,
    /// Those that were not begun after that.
    pub(super) not_begun: Vec<&'a Path>,
}

impl Left<'_> {
    /// All of them for programs.
    pub(super) fn wire(&self) -> Vec<v1::RefusedFile> {
        let failed = self.failed.iter().map(|(file, error)| (*file, with_reasons(error)));
        let not_begun = self.not_begun.iter().map(|file| (*file, "not begun".to_owned()));
        let wire = |(file, reason): (&Path, String)| v1::RefusedFile {
            file: file.to_string_lossy().into_owned(),
            reason,
        };
        failed.chain(not_begun).map(wire).collect()
    }

    /// Tells on stderr of each that failed, and how many were not begun.
    pub(super) fn tell(&self) {
        for (file, error) in &self.failed {
            let (file, why) = (file.display().to_string(), whole(error));
            // Errors of the file itself begin with its name.
            match why.starts_with(&file) {
                true => note(&format!("error: {why}")),
                false => note(&format!("error: {file}: {why}")),
            }
            for reason in reasons(error) {
                note(&format!("  {reason}"));
            }
        }
        if !self.not_begun.is_empty() {
            let files = count(self.not_begun.len() as u64, "file was", "files were");
            note(&format!("{files} not begun"));
        }
    }

    /// How a command ends that was to do `what` with so many files: with the number of the
    /// gravest failure, whichever file it was.
    pub(super) fn verdict(
        &self,
        of: usize,
        what: &str,
        hint: impl Fn(&Error) -> Option<String>,
    ) -> Result<()> {
        let errors = self.failed.iter().map(|(_, error)| *error);
        let Some(gravest) = errors.min_by_key(|error| rank(error.kind())) else { return Ok(()) };
        let left = self.failed.len() + self.not_begun.len();
        Err(Failure::Own {
            message: format!("{left} of {} {what}", count(of as u64, "file", "files")),
            code: code_of(gravest.kind()),
            source: None,
            hint: hint(gravest),
        })
    }
}

/// What comes first: that the work cannot go on, then that bytes are lost, then that
/// something is in the way.
fn rank(kind: ErrorKind) -> u8 {
    match kind {
        ErrorKind::Unavailable => 0,
        ErrorKind::Integrity => 1,
        ErrorKind::Conflict => 2,
        _ => 3,
    }
}

/// An error with all its reasons, in one line.
fn with_reasons(error: &Error) -> String {
    let reasons: Vec<_> = match error {
        Error::Refused { findings, .. } if findings.len() > 1 => {
            findings.iter().map(|f| format!("{} ({})", f.rule.as_str(), f.detail)).collect()
        }
        _ => Vec::new(),
    };
    match reasons.is_empty() {
        true => whole(error),
        false => format!("{}: {}", whole(error), reasons.join(", ")),
    }
}

/// Tells what could not be listened to, out of so many, and lets the command fail if something
/// could not.
pub(super) fn sound_failures(failed: &[(studio_core::Subject, Error)], of: usize) -> Result<()> {
    let Some((_, first)) = failed.first() else { return Ok(()) };
    // A single one needs no summary.
    if of == 1 {
        let hint = crate::output::hint::for_error(first);
        return Err(Failure::Own {
            message: whole(first),
            code: code_of(first.kind()),
            source: None,
            hint,
        });
    }
    tell_failures(failed);
    let left = failed.len();
    let what = if left == 1 { "was" } else { "were" };
    Err(Failure::Own {
        message: format!("{left} of {of} {what} left out"),
        code: code_of(first.kind()),
        source: None,
        hint: crate::output::hint::for_error(first),
    })
}

/// Tells on stderr of each that could not be listened to.
pub(super) fn tell_failures(failed: &[(studio_core::Subject, Error)]) {
    for (_, error) in failed {
        note(&format!("error: {}", whole(error)));
    }
}

/// Whether an error is that of one file or version alone, so that others can still be listened
/// to.
pub(super) fn concerns_one(error: &Error) -> bool {
    matches!(error, Error::Sound { .. }) || error.kind() == ErrorKind::Integrity
}

/// Those that could not be listened to, for programs.
pub(super) fn wire_failures(failed: &[(studio_core::Subject, Error)]) -> Vec<v1::SoundFailure> {
    let wire = |(subject, error): &(studio_core::Subject, Error)| v1::SoundFailure {
        subject: super::subject::wire(subject),
        error: whole(error),
    };
    failed.iter().map(wire).collect()
}
