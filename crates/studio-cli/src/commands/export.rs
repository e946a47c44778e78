//! `studio export`.

use studio_api::v1;
use studio_core::{Export, ExportOutcome, ExportPlan, Exported, ExportedFile, Job, VersionFilter};

use super::count;
use super::left::Left;
use crate::args;
use crate::config::Config;
use crate::failure::{Failure, Result, told};
use crate::output::hint::for_export;
use crate::output::text::{Out, bytes, note};

pub(super) fn run(config: &Config, arguments: &args::Export) -> Result<()> {
    let filter = super::filter(config, &arguments.filter)?;
    let pattern = match &arguments.pattern {
        Some(pattern) => pattern.clone(),
        None => {
            let fixed = !matches!(filter, VersionFilter::All);
            let song = !matches!(filter, VersionFilter::All | VersionFilter::Artist(_));
            super::import::usual_pattern(fixed, song, false)?
        }
    };
    let export = Export { filter, directory: arguments.directory.clone(), pattern };
    let studio = super::open(config, super::Use::Look)?;
    super::transfer(async |job: Job| {
        let plan = studio.plan_export(&export).await?;
        refuse_same_names(&plan, &export)?;
        if plan.files.is_empty() {
            return Err(Failure::Own {
                message: "there is nothing to export".to_owned(),
                code: 3,
                source: None,
                hint: Some("`studio list` with the same options shows the same versions".into()),
            });
        }
        match arguments.dry_run {
            true => print_plan(&plan, arguments.json),
            false => tell(&studio.export(&plan.files, &job).await?, arguments.json),
        }
    })
}

fn refuse_same_names(plan: &ExportPlan, export: &Export) -> Result<()> {
    if plan.same_name.is_empty() {
        return Ok(());
    }
    for file in &plan.same_name {
        note(&format!("  {}: {} too", file.target.display(), file.version.path));
    }
    let versions = count(plan.same_name.len() as u64, "version", "versions");
    Err(Failure::usage(
        format!("{versions} would get a name that another one has; nothing was fetched"),
        format!("names are made as `{}`; give another --pattern", export.pattern),
    ))
}

fn wire(file: &ExportedFile, was_there: bool) -> v1::ExportedFile {
    v1::ExportedFile {
        file: file.target.to_string_lossy().into_owned(),
        was_there,
        version: v1::Version::from(&file.version.record),
    }
}

fn print_plan(plan: &ExportPlan, json: bool) -> Result<()> {
    let mut out = Out::new();
    if json {
        let files = plan.files.iter().map(|file| wire(file, false)).collect();
        return out.json(&v1::Exported { dry_run: true, files, failed: Vec::new() });
    }
    for file in &plan.files {
        let size = bytes(file.version.size);
        out.line(&format!("  {}  {size:>9}  of {}", file.target.display(), file.version.path))?;
    }
    let size: u64 = plan.files.iter().map(|file| file.version.size).sum();
    let files = count(plan.files.len() as u64, "file", "files");
    out.line(&format!("would make {files}, {}", bytes(size)))?;
    out.finish()
}

/// Prints what was done, and tells what was not.
fn tell(exported: &Exported, json: bool) -> Result<()> {
    let Exported { files, not_begun } = exported;
    let failed = files.iter().filter_map(|(file, outcome)| match outcome {
        ExportOutcome::Failed(error) => Some((&*file.target, error)),
        _ => None,
    });
    let left = Left {
        failed: failed.collect(),
        not_begun: not_begun.iter().map(|file| &*file.target).collect(),
    };
    let printed = match json {
        true => print_json(exported, &left),
        false => print(exported),
    };
    left.tell();
    let of = files.len() + not_begun.len();
    told(printed, left.verdict(of, "could not be made", for_export))
}

fn print_json(exported: &Exported, left: &Left<'_>) -> Result<()> {
    let made = exported.files.iter().filter_map(|(file, outcome)| match outcome {
        ExportOutcome::Fetched => Some(wire(file, false)),
        ExportOutcome::AlreadyThere => Some(wire(file, true)),
        ExportOutcome::Failed(_) => None,
    });
    let files = made.collect();
    Out::new().json(&v1::Exported { dry_run: false, files, failed: left.wire() })
}

fn print(exported: &Exported) -> Result<()> {
    let (mut fetched, mut there, mut size) = (0, 0, 0);
    for (file, outcome) in &exported.files {
        match outcome {
            ExportOutcome::Fetched => {
                fetched += 1;
                size += file.version.size;
            }
            ExportOutcome::AlreadyThere => there += 1,
            ExportOutcome::Failed(_) => {}
        }
    }
    let mut out = Out::new();
    let made = count(fetched, "file", "files");
    let size = bytes(size);
    out.line(&format!("made {made}, {size}, verified; {there} were there already"))?;
    out.finish()
}
