//! `studio recover`.

use std::path::{Path, PathBuf};

use studio_api::v1;
use studio_core::{Backup, Job, Recovered, StoreUrl};
use tempfile::{TempDir, TempPath};

use super::{count, damage_found};
use crate::args::{self, Places};
use crate::config::{Config, resolve};
use crate::failure::{Failure, NOT_FOUND, Result, told};
use crate::output::hint::shell_word;
use crate::output::text::{Out, note};

pub(super) fn run(places: &Places, arguments: &args::Recover) -> Result<()> {
    // What other commands use, as long as no flag says otherwise.
    let usual = resolve(&Places { store: None, ..places.clone() }).ok();
    let usual = usual.map(|config| config.store.value);
    let from = arguments.from.clone().or(places.store.clone());
    let places = Places { store: from, ..places.clone() };
    let mut config = resolve(&places)?;
    let dry_run = arguments.dry_run;
    super::transfer(async |job: Job| {
        let mut new = None;
        let database = config.database.value.clone();
        if !database.exists() {
            let directory = place_for(&database, dry_run)?;
            let made = new.insert(New { directory, backup: None });
            config.database.value = made.file();
            if !arguments.no_backup {
                bring_backup(&config, made, &job).await?;
            }
        } else if !arguments.no_backup {
            tell_backups_passed_over(&config, &job).await?;
        }
        let studio = super::open(&config, super::Use::of(dry_run))?;
        let recovered = studio.recover(dry_run, &job).await?;
        let store = studio.store_url().clone();
        let backup = new.as_ref().and_then(|new| new.backup.as_ref());
        let backup = backup.map(|backup| store.locate(&backup.object_key));
        // Closed before it is moved, so that all of it is in the one file.
        drop(studio);
        if let Some(new) = new
            && !dry_run
            && (backup.is_some() || has_any(&recovered))
        {
            put_in_place(&new.file(), &database)?;
        }
        let verdict = verdict(&recovered, backup.is_some(), &store);
        let printed = match arguments.json {
            true => Out::new().json(&wire(&recovered, backup, dry_run)),
            false => print(&store, &recovered, backup, dry_run),
        };
        if !arguments.json {
            warn(&store, &recovered);
            let found = verdict.as_ref().err().is_none_or(|failure| failure.code() != NOT_FOUND);
            if found && !dry_run {
                tell_what_is_next(&store, usual.as_ref(), &recovered);
            }
        }
        told(printed, verdict)
    })
}

/// A catalogue that is being made, in a directory that goes with this. It gets its name when
/// all of it is there.
struct New {
    directory: TempDir,
    /// What it began with.
    backup: Option<Backup>,
}

impl New {
    fn file(&self) -> PathBuf {
        self.directory.path().join("studio.db")
    }
}

/// Begins a new catalogue with the newest whole backup, if there is one.
async fn bring_backup(config: &Config, new: &mut New, job: &Job) -> Result<()> {
    // On an empty catalogue: the one that is asked for may come with a backup.
    let store = super::open(config, super::Use::Look)?;
    for backup in store.backups(job).await? {
        match store.fetch_backup(&backup, &new.file(), job).await {
            Ok(()) => {
                super::open(config, super::Use::Change)?.move_in(job).await?;
                new.backup = Some(backup);
                return Ok(());
            }
            // The one before it is older, and what is younger comes from the manifests.
            Err(studio_core::Error::BackupDamaged { location }) => {
                note(&format!("warning: {location} is damaged; the one before it is used"));
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// To a catalogue that is there already a backup adds nothing; whoever expected one is told.
async fn tell_backups_passed_over(config: &Config, job: &Job) -> Result<()> {
    let backups = super::open(config, super::Use::Look)?.backups(job).await?.len() as u64;
    if backups > 0 {
        let backups = count(backups, "backup was", "backups were");
        let database = config.database.value.display();
        note(&format!(
            "{backups} passed over, because {database} is there already; a new catalogue begins \
             with one: add --database NEW"
        ));
    }
    Ok(())
}

/// Whether there is anything in the catalogue.
fn has_any(recovered: &Recovered) -> bool {
    let Recovered { known, versions, trashed, picks, marks, releases, .. } = recovered;
    let Recovered { albums, recordings, playlists, .. } = recovered;
    known + versions + trashed + picks + marks + releases + albums + recordings + playlists > 0
}

/// How it ends, after all has been told.
fn verdict(recovered: &Recovered, backup: bool, store: &StoreUrl) -> Result<()> {
    // Nor does what somebody else put there make a studio of it.
    let nothing = Recovered { foreign: recovered.foreign.clone(), ..Recovered::default() };
    if *recovered == nothing && !backup {
        return Err(Failure::Own {
            message: format!("nothing of a studio is in {store}"),
            code: NOT_FOUND,
            source: None,
            hint: Some("is that its name? `studio config` tells where it comes from".to_owned()),
        });
    }
    let silent = recovered.recordings_without_object.len() as u64;
    let lost = recovered.without_object.len() as u64;
    let unreadable = recovered.unreadable.len() as u64;
    let lost =
        (lost > 0).then(|| count(lost, "version is without bytes", "versions are without bytes"));
    let unreadable = (unreadable > 0)
        .then(|| count(unreadable, "object cannot be read", "objects cannot be read"));
    let silent = (silent > 0)
        .then(|| count(silent, "recording is without bytes", "recordings are without bytes"));
    let hint = match (&lost, &unreadable) {
        (None, None) if silent.is_none() => return Ok(()),
        (None, None) => {
            "take the recording in again with the same command: that puts its bytes back"
        }
        (Some(_), _) => {
            "upload the original file to the same version again: that puts its bytes back"
        }
        (None, Some(_)) => "look at what was passed over; all else was recovered",
    };
    let what: Vec<String> = lost.into_iter().chain(silent).chain(unreadable).collect();
    Err(damage_found(what.join(", "), hint))
}

/// A directory from which a file can be moved to where the catalogue is to be.
fn place_for(database: &Path, dry_run: bool) -> Result<TempDir> {
    let directory = match database.parent() {
        _ if dry_run => return tempfile::tempdir().map_err(|error| unwritable(database, error)),
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    };
    std::fs::create_dir_all(directory)
        .and_then(|()| tempfile::tempdir_in(directory))
        .map_err(|error| unwritable(directory, error))
}

fn put_in_place(copy: &Path, database: &Path) -> Result<()> {
    // What SQLite could not bring into the file itself would be left behind.
    let wal = copy.with_extension("db-wal");
    if wal.metadata().is_ok_and(|metadata| metadata.len() > 0) {
        let source = std::io::Error::other("not all of it could be written");
        return Err(unwritable(database, source));
    }
    let copy = TempPath::try_from_path(copy).map_err(|error| unwritable(database, error))?;
    copy.persist_noclobber(database).map_err(|failed| unwritable(database, failed.error))
}

fn unwritable(path: &Path, source: std::io::Error) -> Failure {
    Failure::Own {
        message: format!("cannot write {}", path.display()),
        code: 1,
        source: Some(source),
        hint: Some("check its permissions; `studio config` tells where it comes from".to_owned()),
    }
}

fn wire(recovered: &Recovered, backup: Option<String>, dry_run: bool) -> v1::Recovered {
    let superseded = recovered.conflicts.iter().map(|conflict| &conflict.trashed);
    let foreign = recovered.foreign.iter().cloned();
    let foreign = foreign.map(|location| (location, "studio makes no such name".to_owned()));
    let unreadable = recovered.unreadable.iter().cloned().chain(foreign);
    v1::Recovered {
        dry_run,
        backup,
        known: recovered.known,
        versions: recovered.versions,
        trashed: recovered.trashed,
        forgotten: recovered.forgotten,
        taken_back: recovered.taken_back,
        picks: recovered.picks,
        marks: recovered.marks,
        releases: recovered.releases,
        albums: recovered.albums,
        recordings: recovered.recordings,
        playlists: recovered.playlists,
        unpublished: recovered.unpublished,
        recordings_without_object: recovered.recordings_without_object.clone(),
        superseded: superseded.map(v1::Version::from).collect(),
        unreadable: unreadable
            .map(|(location, reason)| v1::Unreadable { location, reason })
            .collect(),
        without_object: recovered.without_object.len() as u64,
        versions_without_object: recovered.without_object.iter().map(Into::into).collect(),
    }
}

fn print(
    store: &StoreUrl,
    recovered: &Recovered,
    backup: Option<String>,
    dry_run: bool,
) -> Result<()> {
    let mut out = Out::new();
    let verb = if dry_run { "would recover" } else { "recovered" };
    if let Some(backup) = backup {
        let verb = if dry_run { "would begin with" } else { "began with" };
        out.line(&format!("{verb} the backup {backup}"))?;
    }
    let versions = count(recovered.versions, "version", "versions");
    out.line(&format!("{verb} {versions} from the manifests in {store}"))?;
    if recovered.known > 0 {
        out.line(&format!("  known before   {}", recovered.known))?;
    }
    if recovered.trashed > 0 {
        out.line(&format!("  to the trash   {}", recovered.trashed))?;
    }
    if recovered.forgotten > 0 {
        out.line(&format!("  purged before  {}", recovered.forgotten))?;
    }
    if recovered.taken_back > 0 {
        out.line(&format!("  taken back     {}", recovered.taken_back))?;
    }
    for (name, number) in [
        ("picks", recovered.picks),
        ("marks", recovered.marks),
        ("releases", recovered.releases),
        ("albums", recovered.albums),
        ("recordings", recovered.recordings),
        ("playlists", recovered.playlists),
        ("taken out", recovered.unpublished),
    ] {
        if number > 0 {
            out.line(&format!("  {name:<14} {number}"))?;
        }
    }
    out.finish()
}

/// Tells what a new catalogue lacks, and how it is used.
fn tell_what_is_next(store: &StoreUrl, usual: Option<&StoreUrl>, recovered: &Recovered) {
    if recovered.versions > 0 {
        note(
            "hint: manifests tell no length, format or loudness; `studio analyse` measures what \
             is not known yet",
        );
    }
    if usual != Some(store) {
        note(&format!(
            "hint: other commands use another store; write store = \"{store}\" into studio.toml, or \
             set STUDIO_STORE={}",
            shell_word(&store.to_string())
        ));
    }
}

fn warn(store: &StoreUrl, recovered: &Recovered) {
    for conflict in &recovered.conflicts {
        note(&format!(
            "warning: there are two versions {}; one stays, the other is in the trash",
            conflict.kept.path
        ));
    }
    for (location, reason) in &recovered.unreadable {
        note(&format!("warning: {location} was passed over: {reason}"));
    }
    for location in &recovered.foreign {
        note(&format!("warning: {location} was passed over: studio makes no such name"));
    }
    for recording in &recovered.recordings_without_object {
        note(&format!("warning: the bytes of recording {recording} are not in {store}"));
    }
    for path in &recovered.without_object {
        note(&format!("warning: the bytes of {path} are not in {store}"));
    }
}
