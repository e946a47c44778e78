//! What the doctor found, in words.

use studio_api::v1;
use studio_core::{NewVersion, Outcome, Problem};

use super::text::bytes;

/// A problem's kind (stable, for programs), what it is, and what it is about.
pub(crate) fn describe(problem: &Problem) -> (&'static str, &'static str, String) {
    match problem {
        Problem::Damaged { object, damage, versions } => {
            let kind = match v1::DamageKind::from(*damage) {
                v1::DamageKind::Missing => ("object_missing", "object missing"),
                v1::DamageKind::WrongSize => ("wrong_size", "object of the wrong size"),
                v1::DamageKind::WrongDigest => ("wrong_digest", "object with other bytes"),
                v1::DamageKind::Unreadable => ("unreadable", "object that cannot be read"),
            };
            let named: Vec<_> = versions.iter().map(|version| version.path.to_string()).collect();
            let subject = match named.is_empty() {
                true => object.object_key.to_string(),
                false => named.join("; "),
            };
            (kind.0, kind.1, subject)
        }
        Problem::Orphan { object_key, size } => {
            ("orphan", "orphan object", format!("{object_key} ({})", bytes(*size)))
        }
        Problem::DeadUpload { upload } => {
            let key = upload.key.as_ref().map(ToString::to_string).unwrap_or_default();
            ("dead_upload", "dead multipart upload", key)
        }
        Problem::TemporaryFile { upload } => {
            ("temporary_file", "stale temporary file in the store", upload.id.clone())
        }
        Problem::LeftDownload { path } => {
            ("left_download", "stale temporary file of a download", path.display().to_string())
        }
        Problem::ManifestWithoutRow { version, place_taken: false } => {
            ("manifest_without_row", "manifest without a version", of(version))
        }
        Problem::ManifestWithoutRow { version, place_taken: true } => {
            ("manifest_without_row", "manifest of a version whose place is taken", of(version))
        }
        Problem::RowWithoutManifest { version } => {
            ("row_without_manifest", "version without a manifest", of(version))
        }
        Problem::WrongManifest { version } => {
            ("wrong_manifest", "manifest that says something else", of(version))
        }
        Problem::UnknownChoice { choice } => {
            ("unknown_choice", "choice that only the store knows", choice.to_string())
        }
        Problem::ChoiceWithoutManifest { choice } => {
            ("choice_without_manifest", "choice without a manifest", choice.to_string())
        }
        Problem::ForeignManifest { location, reason } => {
            ("foreign_manifest", "not written by studio", format!("{location} ({reason})"))
        }
        Problem::StrayTombstone { version } => {
            ("stray_tombstone", "tombstone of a version that is there", of(version))
        }
        Problem::TombstoneWithoutRow { version, .. } => {
            ("tombstone_without_row", "version lost from the trash", of(version))
        }
        Problem::RowWithoutTombstone { version } => {
            ("row_without_tombstone", "version in the trash without a tombstone", of(version))
        }
        Problem::EndedClaim { claim } => {
            ("dead_reservation", "reservation left by a dead process", claim.place.clone())
        }
        Problem::PendingRemoval { removal } => {
            ("pending_removal", "removal that was not finished", removal.object_key.to_string())
        }
        _ => ("other", "something unusual", String::new()),
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
