//! `studio ingest quarantine`.

use jiff::tz::TimeZone;
use serde::Serialize;
use studio_api::v1;
use studio_core::ingest::Ingest;
use studio_core::repo::QuarantineRepo as _;
use studio_core::{Job, QuarantineId, Quarantined, SqliteCatalog};

use crate::args::{self, QuarantineCommand, Rules};
use crate::commands::{Use, count};
use crate::config::Config;
use crate::config::ingest::Intake;
use crate::failure::{Failure, Result};
use crate::output::confirm::{Answer, ask};
use crate::output::text::{Out, bytes, note};
use crate::output::time;

/// How many are asked for at once.
const PAGE: u32 = 1000;

pub(super) fn run(config: &Config, command: &QuarantineCommand) -> Result<()> {
    match command {
        QuarantineCommand::List(arguments) => list(config, arguments),
        QuarantineCommand::Release(arguments) => release(config, arguments),
        QuarantineCommand::Purge(arguments) => purge(config, arguments),
    }
}

async fn all(
    catalog: &SqliteCatalog,
    bucket: Option<&studio_core::BucketName>,
) -> Result<Vec<Quarantined>> {
    let mut all: Vec<Quarantined> = Vec::new();
    loop {
        let after = all.last().map(|last| last.id);
        let page = catalog.quarantined(bucket, after, PAGE).await;
        let page = page.map_err(studio_core::Error::from)?;
        if page.is_empty() {
            return Ok(all);
        }
        all.extend(page);
    }
}

#[derive(Serialize)]
struct Listed {
    quarantine: Vec<v1::QuarantinedObject>,
}

fn list(config: &Config, arguments: &args::QuarantineList) -> Result<()> {
    let bucket = super::bucket_name(config, arguments.bucket.as_deref())?;
    let catalog = crate::commands::catalog(config, Use::Look)?;
    crate::commands::ask(async {
        let all = all(&catalog, bucket.as_ref()).await?;
        let mut out = Out::new();
        if arguments.json {
            let quarantine = all.iter().map(v1::QuarantinedObject::from).collect();
            return out.json(&Listed { quarantine });
        }
        let zone = TimeZone::system();
        for one in &all {
            let since = time::to_minute(one.at, &zone);
            let size = one.size.map(bytes).unwrap_or_default();
            out.line(&format!("{}  {since}  {size:>9}  {}", one.id, one.place))?;
            for reason in &one.reasons {
                out.line(&format!("    {}: {}", reason.code, reason.detail))?;
            }
        }
        out.finish()?;
        if all.is_empty() {
            note("nothing is under quarantine");
        }
        Ok(())
    })
}

/// The ingest of the buckets that these lie in.
async fn ingest_of(
    config: &Config,
    catalog: &std::sync::Arc<SqliteCatalog>,
    wanted: &[Quarantined],
) -> Result<Ingest> {
    let mut buckets: Vec<_> = wanted.iter().map(|one| one.place.bucket.clone()).collect();
    buckets.sort();
    buckets.dedup();
    let mut intakes = Vec::new();
    for bucket in buckets {
        let from = match bucket.as_str().parse::<studio_core::StoreUrl>() {
            Ok(studio_core::StoreUrl::File(folder)) => Intake::Folder(folder),
            _ => Intake::Bucket(bucket),
        };
        intakes.push(super::intake(config, &from)?);
    }
    super::ingest(config, &Rules::default(), catalog, intakes)
}

async fn by_ids(catalog: &SqliteCatalog, ids: &[QuarantineId]) -> Result<Vec<Quarantined>> {
    let mut found = Vec::new();
    for id in ids {
        found.push(catalog.quarantined_by_id(*id).await.map_err(studio_core::Error::from)?);
    }
    Ok(found)
}

#[derive(Serialize)]
struct Moved {
    dry_run: bool,
    quarantine: Vec<v1::QuarantinedObject>,
}

fn release(config: &Config, arguments: &args::QuarantineRelease) -> Result<()> {
    let dry_run = arguments.dry_run;
    let catalog = crate::commands::catalog(config, Use::Look)?;
    crate::commands::transfer(async |_: Job| {
        let wanted = by_ids(&catalog, &arguments.ids).await?;
        let ingest = ingest_of(config, &catalog, &wanted).await?;
        if !dry_run {
            for one in &wanted {
                ingest.release(one.id).await?;
            }
        }
        tell(&wanted, dry_run, arguments.json, ("would let in", "let in"))
    })
}

fn purge(config: &Config, arguments: &args::QuarantinePurge) -> Result<()> {
    let dry_run = arguments.dry_run;
    let catalog = crate::commands::catalog(config, Use::Look)?;
    crate::commands::transfer(async |job: Job| {
        let wanted = match arguments.all {
            true => all(&catalog, None).await?,
            false => by_ids(&catalog, &arguments.ids).await?,
        };
        let ingest = ingest_of(config, &catalog, &wanted).await?;
        let age = arguments.older_than.map(|span| span.0).unwrap_or_default();
        let now = ingest.now();
        let wanted: Vec<_> = wanted.into_iter().filter(|one| one.at.after(age) <= now).collect();
        if !dry_run && !arguments.yes && !wanted.is_empty() {
            let files = count(wanted.len() as u64, "file", "files");
            match ask(&format!("remove {files} for good?"), &job).await? {
                Answer::Yes => {}
                Answer::No => return Err(Failure::Declined("nothing was removed")),
                Answer::Nobody => {
                    let message = "this removes files for good, and nobody can be asked";
                    return Err(Failure::usage(message, "add --yes"));
                }
            }
        }
        if !dry_run {
            for one in &wanted {
                ingest.purge(one.id).await?;
            }
        }
        tell(&wanted, dry_run, arguments.json, ("would remove", "removed"))
    })
}

fn tell(wanted: &[Quarantined], dry_run: bool, json: bool, verbs: (&str, &str)) -> Result<()> {
    let mut out = Out::new();
    if json {
        let quarantine = wanted.iter().map(v1::QuarantinedObject::from).collect();
        return out.json(&Moved { dry_run, quarantine });
    }
    let verb = if dry_run { verbs.0 } else { verbs.1 };
    for one in wanted {
        out.line(&format!("{verb} {}", one.place))?;
    }
    out.finish()?;
    if wanted.is_empty() {
        note("nothing is under quarantine");
    }
    Ok(())
}
