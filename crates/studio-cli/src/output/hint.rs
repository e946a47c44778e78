//! Hints: what to do about an error.

use studio_blob::{CredentialProblem, Error as StoreError};
use studio_core::{Error, NameKind, Neighbours, StoreUrl, VersionPath, is_in_spool};
use studio_repo::Error as CatalogError;

/// How alike two names must be (Jaro-Winkler, 0 to 1) for one to be a slip of the other.
const ALIKE: f64 = 0.8;
/// How many names are listed where none is alike.
const LISTED: usize = 8;

/// What to do about an error, where there is something to do.
pub(crate) fn for_error(error: &Error) -> Option<String> {
    match error {
        Error::Catalog(error) => for_catalog(error),
        Error::Store(error) => for_store(error),
        Error::NotReleasable { obstacles, .. } => for_obstacles(obstacles),
        Error::Discogs(error) => Some(super::hint_released::for_discogs(error)),
        Error::Queue(error) => super::hint_ingest::for_queue(error),
        error => for_source(error)
            .or_else(|| for_target(error))
            .or_else(|| for_bytes(error))
            .or_else(|| for_sound(error))
            .or_else(|| super::hint_ingest::for_ingest(error))
            .or_else(|| super::hint_released::for_published(error)),
    }
}

/// What to do about what was to be read.
fn for_source(error: &Error) -> Option<String> {
    let hint = match error {
        Error::SourceMissing { .. } | Error::SourceDirectoryMissing { .. } => {
            "the path is taken from the current directory; check its spelling"
        }
        Error::SourceNotAFile { .. } => "name a file; each file is a version of its own",
        Error::SourceNotADirectory { file } if is_zip(file) => {
            "unpack it, and give the directory that comes of it"
        }
        Error::SourceNotADirectory { .. } => {
            "give the directory of a session; `studio upload` stores a single file"
        }
        Error::SourceUnreadable { .. } => "check the file's permissions, and its disk",
        Error::SourceChanged { .. } => "upload it again when nothing writes to it any more",
        Error::SessionUnreadable { .. } => {
            "let it be delivered again; without that file --pattern tells what the others are"
        }
        Error::NotAsDelivered { .. } => {
            "it differs from what was delivered (`sha256sum --check checksums.txt` tells what \
             else does); let it be delivered again"
        }
        _ => return None,
    };
    Some(hint.to_owned())
}

/// What to do about what was to be written.
fn for_target(error: &Error) -> Option<String> {
    let hint = match error {
        Error::TargetExists { .. } => "give it another name, or add --force to replace it",
        Error::TargetInUse { .. } => "wait until it is done, or give it another name",
        Error::Cancelled => "the same command again goes on with what had been moved",
        Error::TargetNotAFile { target, what: "a directory" } => {
            return Some(format!("name the file too, as in {}", target.join("take.wav").display()));
        }
        Error::TargetNotAFile { .. } => "name a file, or one that is not there yet",
        Error::TargetDirectoryMissing { directory } => {
            let directory = shell_word(&directory.to_string_lossy());
            return Some(format!("make it first: mkdir -p {directory}"));
        }
        Error::TargetFull { target, .. } if is_in_spool(target) => {
            "stems are fetched to there while they are worked on: make room, or name a directory \
             on another disk in STUDIO_SPOOL or `spool` in studio.toml; nothing was left behind"
        }
        Error::TargetFull { .. } => "make room, or choose another disk; nothing was left behind",
        Error::TargetUnwritable { .. } => "check the permissions of the directory",
        _ => return None,
    };
    Some(hint.to_owned())
}

/// What to do about bytes that are not what or where they should be.
fn for_bytes(error: &Error) -> Option<String> {
    let hint = match error {
        Error::ObjectMissing { version, configured } if version.store != *configured => {
            return Some(format!(
                "they were stored in {}; try again with {}",
                version.store,
                store_option(&version.store)
            ));
        }
        Error::ObjectMissing { .. } => {
            "if you have the original file, upload it to the same version again: that puts its \
             bytes back"
        }
        Error::Damaged { .. } => {
            "nothing was written; if you have the original file, upload it to the same version \
             again: that puts its bytes back"
        }
        Error::StoreEmpty { store } => match **store {
            StoreUrl::File(_) => {
                "is its disk mounted? nothing was changed; `studio config` tells where the \
                 store's name comes from; if all is lost, --refill of upload and import fills it \
                 again"
            }
            _ => {
                "is that its name, and AWS_ENDPOINT_URL its server? nothing was changed; `studio \
                 config` tells where they come from; if all is lost, --refill of upload and \
                 import fills it again"
            }
        },
        Error::LibraryEmpty { .. } => {
            "is its disk mounted, is that its name? nothing was forgotten; --allow-empty forgets \
             all of it"
        }
        Error::NoLibrary { .. } => "`studio library list` shows what was scanned",
        Error::StoredElsewhere { store, .. } | Error::ReleasedElsewhere { store, .. } => {
            return Some(format!("try again with {}", store_option(store)));
        }
        Error::BackupDamaged { .. } => "`studio recover --no-backup` needs only the manifests",
        Error::NotStored { .. } => "upload it again",
        Error::ForeignManifest { .. } => {
            "something else writes into this store; look at that object"
        }
        _ => return None,
    };
    Some(hint.to_owned())
}

/// What to do about sound that is not as it should be.
fn for_sound(error: &Error) -> Option<String> {
    let hint = match error {
        Error::Refused { .. } => {
            "`studio check --rules` tells what each rule means; --profile any takes every file"
        }
        Error::Sound { source: studio_core::audio::Error::NotAudio, .. } => {
            "known are WAV, RF64, BW64, AIFF, FLAC, MP3, M4A, Ogg Vorbis and Opus, by their \
             content and not by their names"
        }
        Error::NotAsFrozen { .. } => {
            "nothing was written; `studio release verify` tells which stem is not as it was frozen"
        }
        _ => return None,
    };
    Some(hint.to_owned())
}

/// The same where many files were to be made, which have no flags of their own.
pub(crate) fn for_export(error: &Error) -> Option<String> {
    match error {
        Error::TargetExists { .. } => Some(
            "they were left as they are; move them away, or export into another directory"
                .to_owned(),
        ),
        Error::TargetInUse { .. } => {
            Some("wait until it is done, or export into another directory".to_owned())
        }
        Error::TargetNotAFile { .. } => {
            Some("it was left as it is; move it away, or export into another directory".to_owned())
        }
        error => for_error(error),
    }
}

fn is_zip(file: &std::path::Path) -> bool {
    file.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("zip"))
}

/// How what is against a mix or a release can be got out of the way.
pub(crate) fn for_obstacles(obstacles: &[studio_core::Obstacle]) -> Option<String> {
    use studio_core::Obstacle as O;
    let hint = |obstacle: &O| {
        Some(match obstacle {
            O::NoTracks => "upload takes of it first".to_owned(),
            O::NoPick { .. } | O::Gone { .. } => "pick a version with `studio pick`".to_owned(),
            O::Trashed { .. } => {
                "`studio trash restore` takes it back, or pick another version".to_owned()
            }
            O::PickChanged { .. } => "see `studio picks`, then try again".to_owned(),
            O::Elsewhere { store, .. } => format!("try again with {}", store_option(store)),
            O::Damaged { .. } => {
                "`studio doctor` tells what can be done, or pick another version".to_owned()
            }
            O::Unverified { .. } => "see that its bytes can be read, then try again".to_owned(),
            O::NotSound { .. } => "pick a version that can be mixed".to_owned(),
            O::MixedRates { .. } => "--sample-rate 48000 converts them".to_owned(),
            O::MixedLengths { .. } => "--mixed-lengths lets them be so".to_owned(),
            O::InStore { .. } => {
                "`studio doctor --repair` takes it into the catalogue; or give another name"
                    .to_owned()
            }
            O::NameTaken { .. } => "give it another name: a release never changes".to_owned(),
            O::UnknownTrack { .. } => "`studio picks` tells the tracks".to_owned(),
            O::AllMuted => "leave at least one --mute out".to_owned(),
            _ => return None,
        })
    };
    let mut hints: Vec<String> = obstacles.iter().filter_map(hint).collect();
    hints.dedup();
    (!hints.is_empty()).then(|| hints.join("; "))
}

fn for_catalog(error: &CatalogError) -> Option<String> {
    match error {
        CatalogError::VersionExists { existing, .. } => Some(format!(
            "versions are immutable; give this file a version tag of its own (stored is {} \
             with SHA-256 {})",
            existing.original_path, existing.digest
        )),
        CatalogError::PlaceTaken { .. } => Some(
            "wait until that upload is done, or give this file a version tag of its own".to_owned(),
        ),
        CatalogError::ClaimLost { .. } => Some("give the same command again".to_owned()),
        CatalogError::NotInTrash { .. } => {
            Some("`studio trash list` shows what is there".to_owned())
        }
        CatalogError::BeingRemoved { .. } => {
            Some("give the same command again in a few minutes".to_owned())
        }
        CatalogError::SnapshotFile { .. } => {
            Some("name a file that is not there yet, in a directory that is".to_owned())
        }
        CatalogError::ReadOnly { .. } => Some(
            "check the permissions of the file and of its directory; `studio config` tells \
             where they are"
                .to_owned(),
        ),
        CatalogError::Disk { .. } => Some("check that disk, and the room on it".to_owned()),
        CatalogError::Damaged { .. } => Some(
            "keep the file as it is (`studio config` tells where): the versions are safe in the \
             store, with a manifest each; `studio recover --database NEW` makes a catalogue of them"
                .to_owned(),
        ),
        CatalogError::UnknownCursor { .. } => Some("begin again without --after".to_owned()),
        CatalogError::NewerSchema { .. } => Some("install the newest studio".to_owned()),
        CatalogError::NotADatabase { .. } | CatalogError::ForeignDatabase { .. } => Some(
            "it was left as it is; name another file with --database or STUDIO_DATABASE. \
             `studio recover --database NEW` makes a catalogue of what is in the store"
                .to_owned(),
        ),
        CatalogError::CannotOpen { .. } => Some(
            "check the path and its permissions; `studio config` tells where it comes from"
                .to_owned(),
        ),
        CatalogError::Busy { .. } => Some("try again when that process is done".to_owned()),
        CatalogError::Full { .. } => Some("make room on it, then try again".to_owned()),
        error => super::hint_released::for_catalog(error),
    }
}

fn for_store(error: &StoreError) -> Option<String> {
    match error {
        StoreError::NoSuchStore { .. } => {
            Some("check its name; the first upload makes it".to_owned())
        }
        StoreError::Denied { .. } => Some(
            "check the permissions of the bucket or directory, and whose credentials these are"
                .to_owned(),
        ),
        StoreError::Credentials { problem, .. } => Some(for_credentials(problem)),
        StoreError::WrongRegion { expected: Some(region), .. } => {
            Some(format!("set AWS_REGION={region}"))
        }
        StoreError::WrongRegion { .. } => Some("set AWS_REGION to the bucket's region".to_owned()),
        StoreError::Unreachable { .. } => Some(
            "check the address (AWS_ENDPOINT_URL) and that the server is up, then give the \
             same command again"
                .to_owned(),
        ),
        StoreError::Archived { restoring: true, .. } => {
            Some("wait until the provider has restored it, then give the same command again".into())
        }
        StoreError::Archived { object, .. } => Some(how_to_restore(object)),
        StoreError::Interrupted { .. }
        | StoreError::Contended { .. }
        | StoreError::Corrupted { .. } => Some("give the same command again".to_owned()),
        StoreError::Full { .. } => Some("make room there, then try again".to_owned()),
        StoreError::Io { .. } => Some("check the store's directory and its disk".to_owned()),
        _ => None,
    }
}

pub(super) fn for_credentials(problem: &CredentialProblem) -> String {
    match problem {
        CredentialProblem::Missing => {
            "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE".to_owned()
        }
        CredentialProblem::NoSuchProfile { .. } => {
            "add it to that file, or name another one in AWS_PROFILE or `profile` of [s3] in \
             studio.toml"
                .to_owned()
        }
        CredentialProblem::SignedOut { profile } => {
            format!("sign in with `aws sso login --profile {}`", shell_word(profile))
        }
        CredentialProblem::Unobtainable => {
            "try the profile with `aws sts get-caller-identity`; STUDIO_LOG=debug tells more"
                .to_owned()
        }
        CredentialProblem::ClockSkew => "set this machine's clock".to_owned(),
        CredentialProblem::Expired => {
            "get new ones and set them, AWS_SESSION_TOKEN included".to_owned()
        }
        _ => "check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE".to_owned(),
    }
}

/// How to have an archived object restored, which only the provider's own tools do: it
/// costs money, and how much depends on how soon it is to be there.
fn how_to_restore(object: &str) -> String {
    let place = object.strip_prefix("s3://").and_then(|place| place.split_once('/'));
    let Some((bucket, key)) = place else {
        return "restore it with the provider's tools, then give the same command again".to_owned();
    };
    format!(
        "restore it in the provider's console, or with `aws s3api restore-object --bucket {} \
         --key {} --restore-request Days=7`; when that is done, give the same command again",
        shell_word(bucket),
        shell_word(key)
    )
}

/// The name of a place that is not there, and what such things are called.
fn missing_name(path: &VersionPath, missing: NameKind) -> Option<(&str, &'static str)> {
    Some(match missing {
        NameKind::Artist => (path.artist.as_str(), "artists"),
        NameKind::Song => (path.song.as_str(), "songs"),
        NameKind::Track => (path.track.as_str(), "tracks"),
        NameKind::Version => (path.tag.as_str(), "versions"),
        _ => return None,
    })
}

/// "Did you mean", where something has a name like the one that is not there.
pub(crate) fn for_mistyped(path: &VersionPath, near: &Neighbours) -> Option<String> {
    let (wanted, _) = missing_name(path, near.missing)?;
    let names: Vec<&str> = near.names.iter().map(String::as_str).collect();
    Some(format!("did you mean `{}`?", most_like(wanted, &names)?))
}

/// "Did you mean", or what there is.
pub(crate) fn for_missing(path: &VersionPath, near: &Neighbours) -> Option<String> {
    let (wanted, what) = missing_name(path, near.missing)?;
    let names: Vec<&str> = near.names.iter().map(String::as_str).collect();
    Some(for_unknown(wanted, what, &names, near.more).unwrap_or_else(|| {
        format!("there are no {what} yet; `studio config` tells which catalogue this is")
    }))
}

/// "Did you mean", or what there is, if there is something; `more` says whether there is more
/// than these names.
pub(crate) fn for_unknown(wanted: &str, what: &str, names: &[&str], more: bool) -> Option<String> {
    if names.is_empty() {
        return None;
    }
    if let Some(best) = most_like(wanted, names) {
        return Some(format!("did you mean `{best}`?"));
    }
    let shown = names[..names.len().min(LISTED)].join(", ");
    let more = if more || names.len() > LISTED { ", …" } else { "" };
    Some(format!("{what} there are: {shown}{more}"))
}

/// The name that is most like another, if it is like it at all.
fn most_like<'a>(wanted: &str, names: &[&'a str]) -> Option<&'a str> {
    let likeness = |name: &str| strsim::jaro_winkler(&name.to_lowercase(), &wanted.to_lowercase());
    let best = names.iter().max_by(|a, b| likeness(a).total_cmp(&likeness(b)))?;
    (likeness(best) >= ALIKE).then_some(best)
}

/// The options that lead to a version.
pub(crate) fn names_on_command_line(path: &VersionPath) -> String {
    let VersionPath { artist, song, track, tag } = path;
    let names = [
        ("--artist", artist.as_str()),
        ("--song", song.as_str()),
        ("--track", track.as_str()),
        ("--version", tag.as_str()),
    ];
    let options = names.map(|(option, name)| format!("{option} {}", shell_word(name)));
    options.join(" ")
}

/// The option that leads to a store.
fn store_option(store: &StoreUrl) -> String {
    format!("--store {}", shell_word(&store.to_string()))
}

/// A text as one word for a POSIX shell.
pub(crate) fn shell_word(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-._/+:@%".contains(c);
    match !text.is_empty() && text.chars().all(plain) {
        true => text.to_owned(),
        false => format!("'{}'", text.replace('\'', r"'\''")),
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;

    #[test]
    fn errors_that_people_make_come_with_what_to_do() {
        let full = |target: &str| Error::TargetFull {
            target: target.into(),
            source: io::ErrorKind::StorageFull.into(),
        };
        let found = studio_core::AudioDigest::from_bytes([0; 32]);
        let elsewhere = Error::ReleasedElsewhere {
            name: "1.0".parse().unwrap_or_else(|error| panic!("{error}")),
            store: Box::new(StoreUrl::Memory),
            configured: Box::new(StoreUrl::Memory),
        };
        for (error, part) in [
            (Error::TargetExists { target: "mix.wav".into() }, "--force"),
            (Error::Cancelled, "same command again"),
            (full("/tmp/studio-spool-x7/abc"), "STUDIO_SPOOL or `spool`"),
            (full("mix.wav"), "make room, or choose another disk"),
            (Error::NotAsFrozen { what: "the mix".to_owned(), found }, "`studio release verify`"),
            (Error::NotAsDelivered { file: "Bass.wav".into() }, "checksums.txt"),
            (elsewhere, "try again with --store memory:"),
        ] {
            let hint = for_error(&error).unwrap_or_default();
            assert!(hint.contains(part), "{error}: {hint}");
        }
        assert!(!for_error(&full("mix.wav")).unwrap_or_default().contains("SPOOL"));
    }
}
