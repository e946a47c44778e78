//! What the doctor found, in words.

use studio_api::v1;
use studio_core::{NewVersion, Outcome, Problem};

use super::text::bytes;

/// A problem's kind (stable, for programs), what it is, and what it is about.
pub(crate) fn describe(problem: &Problem) -> (&'static str, &'static str, String) {
    let (kind, description) = name(problem);
    (kind, description, subject(problem))
}

/// A problem's kind, and what it is.
fn name(problem: &Problem) -> (&'static str, &'static str) {
    match problem {
        Problem::Damaged { damage, .. } => match v1::DamageKind::from(*damage) {
            v1::DamageKind::Missing => ("object_missing", "object missing"),
            v1::DamageKind::WrongSize => ("wrong_size", "object of the wrong size"),
            v1::DamageKind::WrongDigest => ("wrong_digest", "object with other bytes"),
            v1::DamageKind::Unreadable => ("unreadable", "object that cannot be read"),
        },
        Problem::Orphan { .. } => ("orphan", "orphan object"),
        Problem::DeadUpload { .. } => ("dead_upload", "dead multipart upload"),
        Problem::TemporaryFile { .. } => ("temporary_file", "stale temporary file in the store"),
        Problem::LeftDownload { .. } => ("left_download", "stale temporary file of a download"),
        Problem::ManifestWithoutRow { place_taken: false, .. } => {
            ("manifest_without_row", "manifest without a version")
        }
        Problem::ManifestWithoutRow { place_taken: true, .. } => {
            ("manifest_without_row", "manifest of a version whose place is taken")
        }
        Problem::RowWithoutManifest { .. } => {
            ("row_without_manifest", "version without a manifest")
        }
        Problem::WrongManifest { .. } => ("wrong_manifest", "manifest that says something else"),
        Problem::UnknownChoice { .. } => ("unknown_choice", "choice that only the store knows"),
        Problem::ChoiceWithoutManifest { .. } => {
            ("choice_without_manifest", "choice without a manifest")
        }
        Problem::UnknownPublished { removed: false, .. } => {
            ("unknown_published", "published, or changed, as only the store knows")
        }
        Problem::UnknownPublished { removed: true, .. } => {
            ("published_removed", "taken out, as only the store knows")
        }
        Problem::PublishedWithoutManifest { .. } => {
            ("published_without_manifest", "published without a manifest that says so")
        }
        Problem::ForeignManifest { .. } => ("foreign_manifest", "not written by studio"),
        Problem::StrayTombstone { .. } => {
            ("stray_tombstone", "tombstone of a version that is there")
        }
        Problem::TombstoneWithoutRow { .. } => {
            ("tombstone_without_row", "version lost from the trash")
        }
        Problem::RowWithoutTombstone { .. } => {
            ("row_without_tombstone", "version in the trash without a tombstone")
        }
        Problem::EndedClaim { .. } => ("dead_reservation", "reservation left by a dead process"),
        Problem::PendingRemoval { .. } => ("pending_removal", "removal that was not finished"),
        _ => ("other", "something unusual"),
    }
}

/// What a problem is about.
fn subject(problem: &Problem) -> String {
    match problem {
        Problem::Damaged { object, versions, .. } => {
            let named: Vec<_> = versions.iter().map(of).collect();
            match named.is_empty() {
                true => object.object_key.to_string(),
                false => named.join("; "),
            }
        }
        Problem::Orphan { object_key, size } => format!("{object_key} ({})", bytes(*size)),
        Problem::DeadUpload { upload } => {
            upload.key.as_ref().map(ToString::to_string).unwrap_or_default()
        }
        Problem::TemporaryFile { upload } => upload.id.clone(),
        Problem::LeftDownload { path } => path.display().to_string(),
        Problem::ManifestWithoutRow { version, .. }
        | Problem::RowWithoutManifest { version }
        | Problem::WrongManifest { version }
        | Problem::StrayTombstone { version }
        | Problem::TombstoneWithoutRow { version, .. } => of(version),
        Problem::RowWithoutTombstone { version } => of(version),
        Problem::UnknownChoice { choice } | Problem::ChoiceWithoutManifest { choice } => {
            choice.to_string()
        }
        Problem::UnknownPublished { what, .. } | Problem::PublishedWithoutManifest { what } => {
            what.to_string()
        }
        Problem::ForeignManifest { location, reason } => format!("{location} ({reason})"),
        Problem::EndedClaim { claim } => claim.place.clone(),
        Problem::PendingRemoval { removal } => removal.object_key.to_string(),
        _ => String::new(),
    }
}

fn of(version: &NewVersion) -> String {
    version.path.to_string()
}

/// A problem for programs.
pub(crate) fn wire(problem: &Problem, outcome: Option<&Outcome>) -> v1::Problem {
    let (kind, description, subject) = describe(problem);
    let (repaired, outcome) = match outcome {
        None => (None, None),
        Some(Outcome::Repaired(what)) => (Some(true), Some(what.clone())),
        Some(Outcome::Left(why)) => (Some(false), Some(why.clone())),
    };
    let (kind, description) = (kind.to_owned(), description.to_owned());
    v1::Problem { kind, description, subject, repaired, outcome }
}
