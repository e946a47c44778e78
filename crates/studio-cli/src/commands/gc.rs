//! `studio gc`.

use studio_api::v1;
use studio_core::{Cleared, Clearing, Job, ObjectKey};

use super::count;
use super::kept::Kept;
use crate::args;
use crate::config::Config;
use crate::failure::Result;
use crate::output::text::{Out, bytes, note};
use crate::units::Span;

pub(super) fn run(config: &Config, arguments: &args::Gc) -> Result<()> {
    let clearing = Clearing {
        grace: config.care.grace(arguments.grace),
        retention: config.care.retention(),
        dry_run: arguments.dry_run,
    };
    let studio = super::open(config, super::Use::Care)?;
    super::transfer(async |job: Job| {
        let cleared = studio.collect_garbage(&clearing, &job).await?;
        warn(&cleared);
        let kept = Kept::each(&studio, &cleared.purged.kept).await?;
        match arguments.json {
            true => Out::new().json(&wire(&cleared, &kept, arguments.dry_run)),
            false => print(&cleared, &kept, &clearing),
        }
    })
}

fn warn(cleared: &Cleared) {
    for location in &cleared.unreadable {
        note(&format!(
            "warning: {location} cannot be read and may name any object; no orphan is removed \
             while it is there (`studio doctor` tells more)"
        ));
    }
    if let Some(apart) = cleared.clocks_apart {
        note(&format!(
            "warning: the clocks of this machine and the store are {} s apart; ages are told by \
             the earlier one",
            apart.as_secs()
        ));
    }
}

fn wire(cleared: &Cleared, kept: &[Kept], dry_run: bool) -> v1::Cleared {
    let purged = cleared.purged.versions.iter();
    let orphan =
        |(key, size): &(ObjectKey, u64)| v1::Orphan { object_key: key.to_string(), size: *size };
    v1::Cleared {
        dry_run,
        pending: cleared.pending,
        purged: purged.map(|version| v1::Version::from(&version.record)).collect(),
        kept: kept.iter().map(Kept::wire).collect(),
        orphans: cleared.orphans.iter().map(orphan).collect(),
        young_orphans: cleared.young,
        renditions: cleared.renditions.iter().map(orphan).collect(),
        uploads: cleared.uploads.len() as u64,
        claims: cleared.claims,
        unreadable: cleared.unreadable.clone(),
        clocks_apart_s: cleared.clocks_apart.map(|apart| apart.as_secs()),
    }
}

fn print(cleared: &Cleared, kept: &[Kept], clearing: &Clearing) -> Result<()> {
    let verb = if clearing.dry_run { "would remove" } else { "removed" };
    let mut out = Out::new();
    let purged = &cleared.purged;
    for version in &purged.versions {
        out.line(&format!("  {}", version.path))?;
    }
    for (key, size) in &cleared.orphans {
        out.line(&format!("  {key}  {}", bytes(*size)))?;
    }
    let orphans: u64 = cleared.orphans.iter().map(|(_, size)| size).sum();
    let versions = count(purged.versions.len() as u64, "version", "versions");
    out.line(&format!("{verb} {versions} past their time in the trash, {}", bytes(purged.bytes)))?;
    let objects = count(cleared.orphans.len() as u64, "orphan", "orphans");
    out.line(&format!("{verb} {objects}, {}", bytes(orphans)))?;
    if !cleared.renditions.is_empty() {
        let made = count(cleared.renditions.len() as u64, "rendition", "renditions");
        let size: u64 = cleared.renditions.iter().map(|(_, size)| size).sum();
        out.line(&format!("{verb} {made} of what is gone, {}", bytes(size)))?;
    }
    let uploads = count(cleared.uploads.len() as u64, "unfinished upload", "unfinished uploads");
    let claims = count(cleared.claims, "reservation", "reservations");
    out.line(&format!("{verb} {uploads}, {claims} of dead processes"))?;
    out.finish()?;
    kept.iter().for_each(|kept| note(&kept.sentence()));
    if cleared.young > 0 {
        let objects = count(cleared.young, "object is", "objects are");
        let grace = Span(clearing.grace);
        note(&format!("{objects} named by nothing, but younger than the grace period of {grace}"));
    }
    Ok(())
}
