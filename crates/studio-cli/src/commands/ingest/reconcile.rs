//! `studio ingest reconcile`.

use serde::Serialize;
use studio_core::Job;
use studio_core::ingest::{Difference, Reconciled};

use crate::args::{self, Rules};
use crate::commands::{Use, count};
use crate::config::Config;
use crate::config::ingest::Intake;
use crate::failure::{Failure, Result, UNAVAILABLE, told};
use crate::output::table::Table;
use crate::output::text::Out;

pub(super) fn run(config: &Config, arguments: &args::IngestReconcile) -> Result<()> {
    let intake = config.ingest.needed_intake(arguments.judging.bucket.as_deref())?;
    let asset_url = arguments.asset_url.as_deref();
    let done = reconcile(config, &intake, &arguments.judging.rules, asset_url, arguments.dry_run)?;
    print(&done, arguments.dry_run, arguments.json)
}

/// Compares a bucket or a folder with what is known of it.
pub(super) fn reconcile(
    config: &Config,
    from: &Intake,
    rules: &Rules,
    asset_url: Option<&str>,
    dry_run: bool,
) -> Result<Reconciled> {
    if let (Intake::Folder(folder), false) = (from, dry_run) {
        super::folder_intake(folder)?.put_back_lost().map_err(studio_core::Error::from)?;
    }
    let intake = super::intake(config, from)?;
    let bucket = intake.bucket().clone();
    let catalog = crate::commands::catalog(config, Use::of(dry_run))?;
    let ingest = super::ingest(config, rules, &catalog, vec![intake])?;
    let ingest = super::telling(ingest, config, asset_url)?;
    crate::commands::transfer(async |job: Job| Ok(ingest.reconcile(&bucket, dry_run, &job).await?))
}

#[derive(Serialize)]
struct Wire<'a> {
    dry_run: bool,
    objects: u64,
    assets: u64,
    differences: Vec<WireDifference<'a>>,
}

#[derive(Serialize)]
struct WireDifference<'a> {
    bucket: &'a str,
    key: &'a str,
    difference: &'static str,
    outcome: Option<&'static str>,
    problem: Option<&'a str>,
}

/// Prints what came of a comparison; what could not be dealt with is a failure.
pub(super) fn print(done: &Reconciled, dry_run: bool, json: bool) -> Result<()> {
    let left = done.differences.iter().filter(|one| one.problem.is_some()).count() as u64;
    let verdict = match left {
        0 => Ok(()),
        left => Err(Failure::Own {
            message: format!(
                "{} could not be dealt with",
                count(left, "difference", "differences")
            ),
            code: UNAVAILABLE,
            source: None,
            hint: Some("the same command again tries those that are left".to_owned()),
        }),
    };
    told(print_all(done, dry_run, json), verdict)
}

fn print_all(done: &Reconciled, dry_run: bool, json: bool) -> Result<()> {
    let mut out = Out::new();
    if json {
        let differences = done.differences.iter().map(wire).collect();
        let (objects, assets) = (done.objects, done.assets);
        return out.json(&Wire { dry_run, objects, assets, differences });
    }
    if !done.differences.is_empty() {
        let mut table = Table::new(&["DIFFERENCE", "OUTCOME", "FILE", "WHY"]);
        for one in &done.differences {
            let Difference { place, drift, taken, problem } = one;
            let outcome = taken.as_ref().map_or("", |taken| taken.outcome.as_str());
            let asset = taken.as_ref().and_then(|taken| taken.asset.as_ref());
            let reasons = asset.map(|asset| {
                asset
                    .reasons
                    .iter()
                    .map(|reason| reason.code.as_str())
                    .collect::<Vec<_>>()
                    .join(", ")
            });
            let why = problem.clone().or(reasons).unwrap_or_default();
            table.row([drift.as_str().to_owned(), outcome.to_owned(), place.to_string(), why]);
        }
        table.print(&mut out)?;
    }
    let differences = count(done.differences.len() as u64, "difference", "differences");
    let objects = count(done.objects, "object", "objects");
    let dry = if dry_run { "; nothing was changed" } else { "" };
    out.line(&format!("{objects}, {} known: {differences}{dry}", done.assets))?;
    out.finish()
}

fn wire(one: &Difference) -> WireDifference<'_> {
    WireDifference {
        bucket: one.place.bucket.as_str(),
        key: one.place.key.as_str(),
        difference: one.drift.as_str(),
        outcome: one.taken.as_ref().map(|taken| taken.outcome.as_str()),
        problem: one.problem.as_deref(),
    }
}
