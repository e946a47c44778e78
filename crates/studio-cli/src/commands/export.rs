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
        let exported = match arguments.dry_run {
            true => studio.preview_export(&plan.files, &job).await?,
            false => studio.export(&plan.files, &job).await?,
        };
        tell(&exported, arguments)
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

fn print_preview(exported: &Exported) -> Result<()> {
    let mut out = Out::new();
    for (file, outcome) in &exported.files {
        let known = match outcome {
            ExportOutcome::Fetched => "",
            ExportOutcome::AlreadyThere => " (there already)",
            ExportOutcome::Failed(_) => continue,
        };
        let ExportedFile { version, target } = file;
        let size = bytes(version.size);
        out.line(&format!("  {}  {size:>9}  of {}{known}", target.display(), version.path))?;
    }
    let Sum { fetched, size, there } = Sum::of(exported);
    let there = match there {
        0 => String::new(),
        there => format!("; {there} there already"),
    };
    out.line(&format!("would make {}, {}{there}", count(fetched, "file", "files"), bytes(size)))?;
    out.finish()
}

/// Prints what was done, or in a dry run would be, and tells what not.
fn tell(exported: &Exported, arguments: &args::Export) -> Result<()> {
    let Exported { files, not_begun } = exported;
    let failed = files.iter().filter_map(|(file, outcome)| match outcome {
        ExportOutcome::Failed(error) => Some((&*file.target, error)),
        _ => None,
    });
    let left = Left {
        failed: failed.collect(),
        not_begun: not_begun.iter().map(|file| &*file.target).collect(),
    };
    let dry_run = arguments.dry_run;
    let printed = match arguments.json {
        true => print_json(exported, &left, dry_run),
        false if dry_run => print_preview(exported),
        false => print(exported),
    };
    left.tell();
    let what = if dry_run { "would not be made" } else { "could not be made" };
    let of = files.len() + not_begun.len();
    told(printed, left.verdict(of, what, for_export))
}

fn print_json(exported: &Exported, left: &Left<'_>, dry_run: bool) -> Result<()> {
    let made = exported.files.iter().filter_map(|(file, outcome)| match outcome {
        ExportOutcome::Fetched => Some(wire(file, false)),
        ExportOutcome::AlreadyThere => Some(wire(file, true)),
        ExportOutcome::Failed(_) => None,
    });
    let files = made.collect();
    Out::new().json(&v1::Exported { dry_run, files, failed: left.wire() })
}

fn print(exported: &Exported) -> Result<()> {
    let Sum { fetched, size, there } = Sum::of(exported);
    let (made, size) = (count(fetched, "file", "files"), bytes(size));
    let mut out = Out::new();
    out.line(&format!("made {made}, {size}, verified; {there} were there already"))?;
    out.finish()
}

/// What became of the files.
#[derive(Debug, Default)]
struct Sum {
    fetched: u64,
    /// Bytes of those that were fetched.
    size: u64,
    there: u64,
}

impl Sum {
    fn of(exported: &Exported) -> Self {
        let mut sum = Self::default();
        for (file, outcome) in &exported.files {
            match outcome {
                ExportOutcome::Fetched => {
                    sum.fetched += 1;
                    sum.size += file.version.size;
                }
                ExportOutcome::AlreadyThere => sum.there += 1,
                ExportOutcome::Failed(_) => {}
            }
        }
        sum
    }
}
