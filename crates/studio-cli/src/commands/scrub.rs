//! `studio scrub`.

use studio_api::v1;
use studio_core::{Job, Scrubbed};

use super::verify::{DAMAGE_HINT, warn_of_archived};
use super::{count, damage_found};
use crate::args;
use crate::config::Config;
use crate::failure::{Result, told};
use crate::output::text::{Out, bytes};

pub(super) fn run(config: &Config, arguments: &args::Scrub) -> Result<()> {
    let studio = super::open(config, super::Use::Care)?;
    super::transfer(async |job: Job| {
        let scrubbed = match arguments.dry_run {
            true => studio.scrub_only(arguments.budget.0, &job).await?,
            false => studio.scrub(arguments.budget.0, &job).await?,
        };
        told(print(&scrubbed, arguments), verdict(&scrubbed))
    })
}

fn print(scrubbed: &Scrubbed, arguments: &args::Scrub) -> Result<()> {
    let Scrubbed { objects, bytes: read, of_objects, of_bytes, archived, findings } = scrubbed;
    let mut out = Out::new();
    if arguments.json {
        let findings = findings.iter().map(|(key, damage)| v1::ObjectFinding {
            damage: (*damage).into(),
            object_key: key.to_string(),
        });
        return out.json(&v1::Scrubbed {
            dry_run: arguments.dry_run,
            objects: *objects,
            bytes: *read,
            of_objects: *of_objects,
            of_bytes: *of_bytes,
            archived: *archived,
            findings: findings.collect(),
        });
    }
    for (key, damage) in findings {
        out.line(&format!("DAMAGED  {key}: its bytes are {damage}"))?;
    }
    let all = count(*of_objects, "object", "objects");
    out.line(&format!("read {objects} of {all}, {} of {}", bytes(*read), bytes(*of_bytes)))?;
    out.finish()?;
    warn_of_archived(*archived);
    Ok(())
}

fn verdict(scrubbed: &Scrubbed) -> Result<()> {
    match scrubbed.findings.len() {
        0 => Ok(()),
        found => {
            let objects = count(found as u64, "object is", "objects are");
            Err(damage_found(format!("{objects} damaged"), DAMAGE_HINT))
        }
    }
}
