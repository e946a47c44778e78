//! `studio recover`.

use std::path::Path;

use studio_api::v1;
use studio_core::{Backup, Job, Recovered, Studio};

use super::count;
use crate::args::{self, Places};
use crate::config::{Config, resolve};
use crate::failure::{Failure, Result};
use crate::output::text::{Out, note};

pub(super) fn run(places: &Places, arguments: &args::Recover) -> Result<()> {
    let from = arguments.from.clone().or(places.store.clone());
    let places = Places { store: from, ..places.clone() };
    let config = resolve(&places)?;
    let database = config.database.value.clone();
    super::transfer(async |job: Job| {
        // Opened on an empty catalogue: the one that is asked for may come with a backup.
        let backup = match arguments.no_backup || database.exists() {
            true => None,
            false => bring_backup(&config, &database, arguments.dry_run, &job).await?,
        };
        let studio = super::open(&config, super::Use::of(arguments.dry_run))?;
        let recovered = studio.recover(arguments.dry_run, &job).await?;
        let backup = backup.map(|backup| studio.store_url().locate(&backup.object_key));
        match arguments.json {
            true => Out::new().json(&wire(&recovered, backup, arguments.dry_run)),
            false => print(&studio, &recovered, backup, arguments.dry_run),
        }
    })
}

/// Puts the newest whole backup in the place of the catalogue.
async fn bring_backup(
    config: &Config,
    database: &Path,
    dry_run: bool,
    job: &Job,
) -> Result<Option<Backup>> {
    let store = super::open(config, super::Use::Look)?;
    let backups = store.backups(job).await?;
    if dry_run {
        return Ok(backups.into_iter().next());
    }
    if let Some(directory) = database.parent() {
        std::fs::create_dir_all(directory).map_err(|source| Failure::Own {
            message: format!("cannot make {}", directory.display()),
            code: 1,
            source: Some(source),
            hint: None,
        })?;
    }
    for backup in backups {
        match store.fetch_backup(&backup, database, job).await {
            Ok(()) => return Ok(Some(backup)),
            // The one before it is older, and what is younger comes from the manifests.
            Err(studio_core::Error::BackupDamaged { location }) => {
                note(&format!("warning: {location} is damaged; the one before it is used"));
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(None)
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
