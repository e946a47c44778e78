//! `studio recover`.

use std::path::{Path, PathBuf};

use studio_api::v1;
use studio_core::{Backup, Job, Recovered, Studio};
use tempfile::{TempDir, TempPath};

use super::count;
use crate::args::{self, Places};
use crate::config::{Config, resolve};
use crate::failure::{Failure, Result};
use crate::output::text::{Out, note};

pub(super) fn run(places: &Places, arguments: &args::Recover) -> Result<()> {
    let from = arguments.from.clone().or(places.store.clone());
    let places = Places { store: from, ..places.clone() };
    let mut config = resolve(&places)?;
    let dry_run = arguments.dry_run;
    super::transfer(async |job: Job| {
        let brought = match arguments.no_backup || config.database.value.exists() {
            true => None,
            false => bring_backup(&config, dry_run, &job).await?,
        };
        match &brought {
            None => {}
            // Looked at where it is, so that what is told is what would come.
            Some(brought) if dry_run => config.database.value = brought.copy(),
            Some(brought) => put_in_place(&brought.copy(), &config.database.value)?,
        }
        let studio = super::open(&config, super::Use::of(dry_run))?;
        let recovered = studio.recover(dry_run, &job).await?;
        let backup = brought.map(|Brought { backup, .. }| backup);
        let backup = backup.map(|backup| studio.store_url().locate(&backup.object_key));
        match arguments.json {
            true => Out::new().json(&wire(&recovered, backup, dry_run)),
            false => print(&studio, &recovered, backup, dry_run),
        }
    })
}

/// A backup that was fetched, in a directory that goes with this.
struct Brought {
    backup: Backup,
    directory: TempDir,
}

impl Brought {
    fn copy(&self) -> PathBuf {
        self.directory.path().join("studio.db")
    }
}

/// Fetches the newest whole backup, beside where the catalogue is to be.
async fn bring_backup(config: &Config, dry_run: bool, job: &Job) -> Result<Option<Brought>> {
    // On an empty catalogue: the one that is asked for may come with a backup.
    let store = super::open(config, super::Use::Look)?;
    let backups = store.backups(job).await?;
    if backups.is_empty() {
        return Ok(None);
    }
    let mut directory = place_for(&config.database.value, dry_run)?;
    for backup in backups {
        let brought = Brought { backup, directory };
        match store.fetch_backup(&brought.backup, &brought.copy(), job).await {
            Ok(()) => {
                let mut config = config.clone();
                config.database.value = brought.copy();
                super::open(&config, super::Use::Change)?.move_in(job).await?;
                return Ok(Some(brought));
            }
            // The one before it is older, and what is younger comes from the manifests.
            Err(studio_core::Error::BackupDamaged { location }) => {
                note(&format!("warning: {location} is damaged; the one before it is used"));
            }
            Err(error) => return Err(error.into()),
        }
        directory = brought.directory;
    }
    Ok(None)
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
    let unreadable = recovered.unreadable.iter().cloned();
    v1::Recovered {
        dry_run,
        backup,
        known: recovered.known,
        versions: recovered.versions,
        trashed: recovered.trashed,
        forgotten: recovered.forgotten,
        superseded: superseded.map(v1::Version::from).collect(),
        unreadable: unreadable
            .map(|(location, reason)| v1::Unreadable { location, reason })
            .collect(),
        without_object: recovered.without_object.len() as u64,
    }
}

fn print(
    studio: &Studio,
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
    let store = studio.store_url();
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
    out.finish()?;
    if *recovered == Recovered::default() {
        note(&format!("warning: nothing of a studio is in {store}; is that its name?"));
    }
    for conflict in &recovered.conflicts {
        note(&format!(
            "warning: there are two versions {}; the one uploaded last stays, the other is in \
             the trash",
            conflict.kept.path
        ));
    }
    for (location, reason) in &recovered.unreadable {
        note(&format!("warning: {location} was passed over: {reason}"));
    }
    for path in &recovered.without_object {
        note(&format!("warning: the bytes of {path} are not in {store}"));
    }
    Ok(())
}
