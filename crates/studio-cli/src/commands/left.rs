//! Of many files those that came to nothing: how they are told, and how the command ends.

use std::path::Path;

use studio_api::v1;
use studio_blob::Error as StoreError;
use studio_core::audio::gate::Finding;
use studio_core::{Error, ErrorKind, Subject};

use super::count;
use crate::failure::{CONFLICT, Failure, INTEGRITY, Result, UNAVAILABLE, code_of, reasons, whole};
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
        let failed = self.failed.iter().map(|(file, error)| v1::RefusedFile {
            file: file.to_string_lossy().into_owned(),
            reason: with_reasons(error),
            findings: findings(error).iter().map(super::check::wire_finding).collect(),
        });
        let not_begun = self.not_begun.iter().map(|file| v1::RefusedFile {
            file: file.to_string_lossy().into_owned(),
            reason: "not begun".to_owned(),
            findings: Vec::new(),
        });
        failed.chain(not_begun).collect()
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
        let gravest = errors.min_by_key(|error| rank(code_of(error.kind())));
        let Some(gravest) = gravest else { return Ok(()) };
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
fn rank(code: u8) -> u8 {
    match code {
        UNAVAILABLE => 0,
        INTEGRITY => 1,
        CONFLICT => 2,
        _ => 3,
    }
}

/// The rules that a file breaks, where a profile refuses it.
fn findings(error: &Error) -> &[Finding] {
    match error {
        Error::Refused { findings, .. } => findings,
        _ => &[],
    }
}

/// An error with all its reasons, in one line.
fn with_reasons(error: &Error) -> String {
    let reasons = findings(error).iter().map(|f| format!("{} ({})", f.rule.as_str(), f.detail));
    let reasons: Vec<_> = reasons.collect();
    match reasons.len() {
        // A single one is in the error itself.
        0 | 1 => whole(error),
        _ => format!("{}: {}", whole(error), reasons.join(", ")),
    }
}

/// One of many that could not be listened to.
#[derive(Debug)]
pub(super) struct LeftOut {
    heard: v1::Heard,
    why: Failure,
}

impl LeftOut {
    /// A file or a version that something is wrong with.
    pub(super) fn of(subject: &Subject, why: Error) -> Self {
        Self { heard: super::subject::wire(subject), why: why.into() }
    }

    /// A text that leads to neither.
    pub(super) fn unknown(text: &str, why: Failure) -> Self {
        Self { heard: v1::Heard { file: Some(text.to_owned()), version: None }, why }
    }

    fn rank(&self) -> u8 {
        rank(self.why.code())
    }
}

/// Tells what could not be listened to, out of so many, and lets the command fail if something
/// could not: with the number of the gravest failure.
pub(super) fn sound_failures(mut failed: Vec<LeftOut>, of: usize) -> Result<()> {
    if of == 1 {
        // A single one needs no summary.
        return failed.pop().map_or(Ok(()), |left_out| Err(left_out.why));
    }
    tell_failures(&failed);
    let left = failed.len();
    let Some(gravest) = gravest(failed) else { return Ok(()) };
    let were = if left == 1 { "was" } else { "were" };
    Err(Failure::Own {
        message: format!("{left} of {of} {were} left out"),
        code: gravest.code(),
        source: None,
        hint: gravest.hint().map(ToOwned::to_owned),
    })
}

/// The graver end of two, and of two alike the first.
pub(super) fn graver(first: Result<()>, second: Result<()>) -> Result<()> {
    match (first, second) {
        (Err(first), Err(second)) => {
            Err(if rank(second.code()) < rank(first.code()) { second } else { first })
        }
        (first, second) => first.and(second),
    }
}

/// The gravest failure, and of several the first.
pub(super) fn gravest(failed: Vec<LeftOut>) -> Option<Failure> {
    failed.into_iter().min_by_key(LeftOut::rank).map(|left_out| left_out.why)
}

/// Tells on stderr of each that could not be listened to.
pub(super) fn tell_failures(failed: &[LeftOut]) {
    for left_out in failed {
        note(&format!("error: {}", left_out.why.message()));
    }
}

/// Whether an error is that of one file or version alone, so that others can still be listened
/// to.
pub(super) fn concerns_one(error: &Error) -> bool {
    matches!(
        error,
        Error::Sound { .. }
            | Error::SourceMissing { .. }
            | Error::SourceNotAFile { .. }
            | Error::SourceUnreadable { .. }
            | Error::ObjectMissing { .. }
            | Error::StoredElsewhere { .. }
            | Error::Store(StoreError::Archived { .. })
    ) || error.kind() == ErrorKind::Integrity
}

/// Those that could not be listened to, for programs.
pub(super) fn wire_failures(failed: &[LeftOut]) -> Vec<v1::SoundFailure> {
    let wire = |left_out: &LeftOut| v1::SoundFailure {
        subject: left_out.heard.clone(),
        error: left_out.why.message(),
    };
    failed.iter().map(wire).collect()
}
