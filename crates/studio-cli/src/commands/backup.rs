//! `studio backup`.

use studio_api::v1;
use studio_core::{BackedUp, Backup, Job, Studio};

use super::count;
use crate::args;
use crate::config::Config;
use crate::failure::Result;
use crate::output::text::{Out, bytes, note};

pub(super) fn run(config: &Config, arguments: &args::Backup) -> Result<()> {
    let keep = config.care.backups(arguments.keep);
    let studio = super::open(config, super::Use::Care)?;
    super::transfer(async |job: Job| match arguments.dry_run {
        true => {
            let backups = studio.backups(&job).await?;
            print_plan(&studio, &backups, keep, arguments.json)
        }
        false => print(&studio, &studio.back_up(keep, &job).await?, arguments.json),
    })?;
    let secret = config.secret_file();
    if secret.exists() && !arguments.json && !arguments.dry_run {
        note(&format!(
            "the studio's secret {} is not in it: keep a copy elsewhere, or the keys of players and \
             the links have to be made anew",
            secret.display()
        ));
    }
    Ok(())
}

fn locate(studio: &Studio, backup: &Backup) -> String {
    studio.store_url().locate(&backup.object_key)
}

fn print(studio: &Studio, done: &BackedUp, json: bool) -> Result<()> {
    let BackedUp { backup, removed, kept } = done;
    let mut out = Out::new();
    if json {
        return out.json(&v1::BackedUp {
            dry_run: false,
            backup: Some(locate(studio, backup)),
            size: backup.size,
            removed: removed.iter().map(|backup| locate(studio, backup)).collect(),
            kept: *kept as u64,
        });
    }
    out.line(&format!("backed up the catalogue, {}", bytes(backup.size)))?;
    out.line(&format!("  object   {}", locate(studio, backup)))?;
    out.line(&format!("  SHA-256  {}", backup.digest))?;
    let copies = count(*kept as u64, "copy", "copies");
    out.line(&format!("  kept     {copies} (older ones removed: {})", removed.len()))?;
    out.finish()
}

fn print_plan(studio: &Studio, backups: &[Backup], keep: usize, json: bool) -> Result<()> {
    // With the new one there would be one more.
    let removed = backups.get(keep.saturating_sub(1)..).unwrap_or_default();
    let mut out = Out::new();
    if json {
        return out.json(&v1::BackedUp {
            dry_run: true,
            backup: None,
            size: 0,
            removed: removed.iter().map(|backup| locate(studio, backup)).collect(),
            kept: (backups.len() + 1 - removed.len()) as u64,
        });
    }
    out.line(&format!("would back up the catalogue into {}", studio.store_url()))?;
    for backup in removed {
        out.line(&format!("would remove {}", locate(studio, backup)))?;
    }
    out.finish()
}
