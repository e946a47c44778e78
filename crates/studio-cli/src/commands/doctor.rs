//! `studio doctor`.

use studio_api::v1;
use studio_core::{Depth, Diagnosis, Examination, Job, Outcome, Problem};

use super::verify::warn_of_archived;
use super::{count, damage_found};
use crate::args;
use crate::config::Config;
use crate::failure::{Result, told};
use crate::output::problem::{describe, wire};
use crate::output::text::{Out, note};

pub(super) fn run(config: &Config, arguments: &args::Doctor) -> Result<()> {
    let examination = Examination {
        depth: if arguments.full { Depth::Full } else { Depth::Quick },
        grace: config.care.grace(arguments.grace),
        downloads: arguments.downloads.clone(),
    };
    let studio = super::open(config, super::Use::Care)?;
    super::transfer(async |job: Job| {
        let diagnosis = match arguments.dry_run {
            true => studio.look_over(&examination, &job).await?,
            false => studio.examine(&examination, &job).await?,
        };
        let mut outcomes: Vec<(Problem, Option<Outcome>)> =
            diagnosis.problems.iter().map(|problem| (problem.clone(), None)).collect();
        if arguments.repair {
            let treated = studio.repair(&diagnosis, &job).await?.outcomes.into_iter();
            outcomes = treated.map(|(problem, outcome)| (problem, Some(outcome))).collect();
        }
        let printed = match arguments.json {
            true => print_json(&diagnosis, &outcomes, arguments.full),
            false => print(&diagnosis, &outcomes),
        };
        if !arguments.json {
            warn(&diagnosis, arguments.full);
        }
        told(printed, verdict(&outcomes, arguments.repair))
    })
}

fn print_json(
    diagnosis: &Diagnosis,
    outcomes: &[(Problem, Option<Outcome>)],
    full: bool,
) -> Result<()> {
    Out::new().json(&v1::Diagnosis {
        full,
        versions: diagnosis.versions,
        trashed: diagnosis.trashed,
        objects: diagnosis.objects,
        by_size_only: diagnosis.by_size_only,
        archived: diagnosis.archived,
        young_orphans: diagnosis.young,
        problems: outcomes
            .iter()
            .map(|(problem, outcome)| wire(problem, outcome.as_ref()))
            .collect(),
    })
}

fn print(diagnosis: &Diagnosis, outcomes: &[(Problem, Option<Outcome>)]) -> Result<()> {
    let mut out = Out::new();
    for (problem, outcome) in outcomes {
        let (_, what, subject) = describe(problem);
        match outcome {
            None => out.line(&format!("{what}: {subject}"))?,
            Some(Outcome::Repaired(done)) => {
                out.line(&format!("repaired  {what}: {subject}: {done}"))?;
            }
            Some(Outcome::Left(why)) => out.line(&format!("LEFT      {what}: {subject}: {why}"))?,
        }
    }
    let Diagnosis { versions, trashed, objects, .. } = diagnosis;
    let versions = count(*versions, "version", "versions");
    let all = count(*objects, "object", "objects");
    let problems = count(outcomes.len() as u64, "problem", "problems");
    out.line(&format!("{versions}, {trashed} in the trash, {all}: {problems} found"))?;
    out.finish()
}

fn warn(diagnosis: &Diagnosis, full: bool) {
    let Diagnosis { by_size_only, archived, young, .. } = diagnosis;
    warn_of_archived(*archived);
    if *by_size_only > 0 && !full {
        let objects = count(*by_size_only, "object", "objects");
        note(&format!(
            "warning: this store keeps no checksums: of {objects} only the size was compared; \
             --full reads every byte"
        ));
    }
    if *young > 0 {
        let objects = count(*young, "object is", "objects are");
        note(&format!("{objects} named by nothing, but too young to be called left behind"));
    }
}

fn verdict(outcomes: &[(Problem, Option<Outcome>)], repair: bool) -> Result<()> {
    let left: Vec<&Problem> = outcomes
        .iter()
        .filter(|(_, outcome)| !matches!(outcome, Some(Outcome::Repaired(_))))
        .map(|(problem, _)| problem)
        .collect();
    if left.is_empty() {
        return Ok(());
    }
    let hint = match repair {
        false => "`studio doctor --repair` repairs what can be repaired",
        true if left.iter().any(|problem| problem.concerns_bytes()) => {
            "upload the original file of a damaged version to the same version again: that puts \
             its bytes back"
        }
        true => "look at what was left; studio does not touch what it did not write",
    };
    let problems = count(left.len() as u64, "problem is", "problems are");
    Err(damage_found(format!("{problems} left"), hint))
}
