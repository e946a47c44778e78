//! `studio verify`.

use studio_api::v1;
use studio_core::{Depth, Job, Verified};

use super::{count, damage_found};
use crate::args;
use crate::config::Config;
use crate::failure::{Result, told};
use crate::output::text::{Out, bytes, note};

pub(super) fn run(config: &Config, arguments: &args::Verify) -> Result<()> {
    let filter = super::filter(config, &arguments.filter)?;
    let depth = if arguments.full { Depth::Full } else { Depth::Quick };
    let studio = super::open(config, super::Use::Care)?;
    super::transfer(async |job: Job| {
        let verified = match arguments.dry_run {
            true => studio.verify_only(&filter, depth, &job).await,
            false => studio.verify(&filter, depth, &job).await,
        };
        let verified = match verified {
            Ok(verified) => verified,
            Err(error) => return Err(super::with_suggestions(&studio, error).await),
        };
        let printed = match arguments.json {
            true => print_json(&verified, arguments),
            false => print(&verified, arguments.full),
        };
        if !arguments.json {
            warn(&verified);
        }
        told(printed, verdict(&verified))
    })
}

/// What to do about damage.
pub(super) const DAMAGE_HINT: &str = "`studio doctor --repair` brings back what it can; or upload \
    the original file to the same version again";

fn verdict(verified: &Verified) -> Result<()> {
    let published = verified.published_findings.len();
    match verified.findings.len() {
        0 if published == 0 => Ok(()),
        0 => {
            let objects = count(published as u64, "object is", "objects are");
            let what = format!("{objects} damaged of what is published");
            Err(damage_found(what, "`studio recording add` of the same source puts it back"))
        }
        found => {
            let versions = count(found as u64, "version is", "versions are");
            Err(damage_found(format!("{versions} damaged"), DAMAGE_HINT))
        }
    }
}

fn print_json(verified: &Verified, arguments: &args::Verify) -> Result<()> {
    let findings = verified.findings.iter().map(|finding| v1::Finding {
        damage: finding.damage.into(),
        version: v1::Version::from(&finding.version.record),
    });
    Out::new().json(&v1::Verified {
        dry_run: arguments.dry_run,
        full: arguments.full,
        versions: verified.versions,
        objects: verified.objects,
        bytes: verified.bytes,
        by_size_only: verified.by_size_only,
        archived: verified.archived,
        elsewhere: verified.elsewhere,
        published: verified.published,
        findings: findings.collect(),
        published_findings: verified
            .published_findings
            .iter()
            .map(|(key, damage)| v1::ObjectFinding {
                damage: (*damage).into(),
                object_key: key.to_string(),
            })
            .collect(),
    })
}

fn print(verified: &Verified, full: bool) -> Result<()> {
    let Verified { versions, bytes: size, archived, elsewhere, findings, .. } = verified;
    let mut out = Out::new();
    for finding in findings {
        out.line(&format!("DAMAGED  {}: its bytes are {}", finding.version.path, finding.damage))?;
    }
    for (key, damage) in &verified.published_findings {
        out.line(&format!("DAMAGED  {key}, which is published: its bytes are {damage}"))?;
    }
    let how = match full {
        true => "read back in full",
        false => "compared with what the store says",
    };
    let good = versions - elsewhere - archived - findings.len() as u64;
    let versions = count(*versions, "version", "versions");
    let published = match verified.published {
        0 => String::new(),
        all => {
            let good = all.saturating_sub(verified.published_findings.len() as u64);
            format!(" and {good} of {} published", count(all, "object", "objects"))
        }
    };
    out.line(&format!("{good} of {versions}{published} good, {} {how}", bytes(*size)))?;
    out.finish()
}

fn warn(verified: &Verified) {
    let Verified { by_size_only, archived, elsewhere, .. } = verified;
    warn_of_archived(*archived);
    if *by_size_only > 0 {
        let objects = count(*by_size_only, "object", "objects");
        note(&format!(
            "warning: this store keeps no checksums: of {objects} only the size was compared; \
             --full reads every byte"
        ));
    }
    if *elsewhere > 0 {
        let versions = count(*elsewhere, "version is", "versions are");
        note(&format!("warning: {versions} in another store, and not looked at"));
    }
}

/// Says of objects that they were to be read and could not be.
pub(super) fn warn_of_archived(archived: u64) {
    if archived > 0 {
        let objects = count(archived, "object is", "objects are");
        note(&format!(
            "warning: {objects} in an archive, and could not be read; restore them with your \
             provider's tools first"
        ));
    }
}
