//! `studio export`.

use studio_api::v1;
use studio_core::{Export, ExportOutcome, ExportPlan, Exported, ExportedFile, Job, VersionFilter};

use super::count;
use crate::args;
use crate::config::Config;
use crate::failure::{Failure, Result};
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
            false => print(studio.export(&plan.files, &job).await?, arguments.json),
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

fn print(exported: Exported, json: bool) -> Result<()> {
    let mut failed = Vec::new();
    let (mut fetched, mut there, mut size, mut files) = (0, 0, 0, Vec::new());
    for (file, outcome) in exported.files {
        match outcome {
            ExportOutcome::Fetched => {
                fetched += 1;
                size += file.version.size;
                files.push(wire(&file, false));
            }
            ExportOutcome::AlreadyThere => {
                there += 1;
                files.push(wire(&file, true));
            }
            ExportOutcome::Failed(error) => failed.push((file, error)),
        }
    }
    let mut out = Out::new();
    if json {
        let failed = failed.iter().map(|(file, error)| v1::RefusedFile {
            file: file.target.to_string_lossy().into_owned(),
            reason: error.to_string(),
        });
        out.json(&v1::Exported { dry_run: false, files, failed: failed.collect() })?;
    } else {
        let made = count(fetched, "file", "files");
        let size = bytes(size);
        out.line(&format!("made {made}, {size}, verified; {there} were there already"))?;
        out.finish()?;
    }
    for (file, error) in &failed {
        note(&format!("error: {}: {error}", file.target.display()));
    }
    match failed.into_iter().next_back() {
        None => Ok(()),
        Some((_, error)) => Err(error.into()),
    }
}
