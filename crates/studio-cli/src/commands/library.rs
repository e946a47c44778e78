//! `studio library`.

use std::path::Path;
use std::sync::Arc;

use jiff::tz::TimeZone;
use studio_api::{format_time, v1};
use studio_core::library::{Libraries, LibrarySource, ScanLine, ScanOptions, Scanned};
use studio_core::{Job, S3Intake, StoreUrl};

use super::{Use, count};
use crate::args::{self, LibraryCommand};
use crate::config::Config;
use crate::failure::{Failure, Result};
use crate::output::confirm::{Answer, ask};
use crate::output::table::Table;
use crate::output::text::{Out, bytes, note};
use crate::output::time;

/// How many problems are asked for at once.
const PAGE: usize = 1000;

pub(super) fn run(config: &Config, command: &LibraryCommand) -> Result<()> {
    match command {
        LibraryCommand::Scan(arguments) => {
            let libraries = open(config, Use::of(arguments.dry_run))?;
            let source = source(config, &arguments.library)?;
            super::transfer(async |job: Job| scan(&libraries, &source, arguments, &job).await)
        }
        LibraryCommand::List(arguments) => super::ask(list(&open(config, Use::Look)?, arguments)),
        LibraryCommand::Problems(arguments) => {
            super::ask(problems(&open(config, Use::Look)?, &url(&arguments.library)?, arguments))
        }
        LibraryCommand::Forget(arguments) => {
            let (libraries, url) = (open(config, Use::Look)?, url(&arguments.library)?);
            super::transfer(async |job: Job| forget(&libraries, &url, arguments, &job).await)
        }
    }
}

fn open(config: &Config, purpose: Use) -> Result<Libraries> {
    Ok(Libraries::new(super::catalog(config, purpose)?))
}

/// Where a library lies, as it was typed: a URL, or a path.
fn url(text: &str) -> Result<StoreUrl> {
    if text.contains("://") || text == "memory:" {
        let hint = "as in s3://bucket/prefix, file:///srv/music or a directory";
        let url = text.parse().map_err(|error| Failure::usage(format!("{error}"), hint))?;
        return match url {
            StoreUrl::Memory => Err(Failure::usage("no library lies in memory", hint)),
            StoreUrl::File(directory) => Ok(folder(&directory)?.url().clone()),
            url => Ok(url),
        };
    }
    Ok(folder(Path::new(text))?.url().clone())
}

fn folder(directory: &Path) -> Result<LibrarySource> {
    Ok(LibrarySource::directory(directory)?)
}

fn source(config: &Config, text: &str) -> Result<LibrarySource> {
    match url(text)? {
        StoreUrl::S3 { bucket, prefix } => {
            let name = bucket
                .parse()
                .map_err(|error| Failure::usage(format!("{error}"), "as in s3://bucket/prefix"))?;
            let intake = Arc::new(S3Intake::new(&name, config.s3.settings()));
            Ok(LibrarySource::new(StoreUrl::S3 { bucket, prefix }, intake))
        }
        StoreUrl::File(directory) if !directory.is_dir() => {
            Err(studio_core::Error::SourceDirectoryMissing { directory }.into())
        }
        StoreUrl::File(directory) => folder(&directory),
        StoreUrl::Memory => Err(Failure::usage("no library lies in memory", "name a directory")),
    }
}

async fn scan(
    libraries: &Libraries,
    source: &LibrarySource,
    arguments: &args::LibraryScan,
    job: &Job,
) -> Result<()> {
    let options = ScanOptions {
        dry_run: arguments.dry_run,
        unpublished: arguments.unpublished,
        allow_empty: arguments.allow_empty,
    };
    let scanned = libraries.scan(source, options, job).await?;
    let mut out = Out::new();
    if arguments.json {
        return out.json(&wire(&scanned, arguments.dry_run));
    }
    for line in &scanned.lines {
        let problem = line.problem.as_deref().map(|problem| format!(": {problem}"));
        let told = format!("{}{}", line.key, problem.unwrap_or_default());
        out.line(&format!("  {:<10}  {told}", line.verdict.as_str()))?;
    }
    if scanned.more_lines {
        out.line("  ... and more")?;
    }
    let Scanned { new, changed, unchanged, gone, unreadable, moved, .. } = scanned;
    let verb = if arguments.dry_run { "would record" } else { "recorded" };
    out.line(&format!(
        "{verb} {new} new, {changed} changed, {gone} gone; {unchanged} unchanged, \
         {unreadable} unreadable"
    ))?;
    out.finish()?;
    let objects = count(scanned.read, "object", "objects");
    note(&format!("read {} of {objects}", bytes(scanned.bytes)));
    if moved > 0 {
        let objects = count(moved, "object", "objects");
        note(&format!("{objects} changed meanwhile: scan again"));
    }
    Ok(())
}

fn wire(scanned: &Scanned, dry_run: bool) -> v1::LibraryScan {
    let line = |line: &ScanLine| v1::LibraryLine {
        key: line.key.as_str().to_owned(),
        verdict: line.verdict.as_str().to_owned(),
        problem: line.problem.clone(),
    };
    v1::LibraryScan {
        url: scanned.library.url.to_string(),
        dry_run,
        objects: scanned.objects,
        new: scanned.new,
        changed: scanned.changed,
        unchanged: scanned.unchanged,
        gone: scanned.gone,
        unreadable: scanned.unreadable,
        moved: scanned.moved,
        bytes_read: scanned.bytes,
        most_bytes_read: scanned.most_bytes,
        lines: scanned.lines.iter().map(line).collect(),
        more_lines: scanned.more_lines,
    }
}

async fn list(libraries: &Libraries, arguments: &args::LibraryList) -> Result<()> {
    let all = libraries.list().await?;
    let mut out = Out::new();
    if arguments.json {
        let libraries = all.iter().map(|(library, counts)| v1::Library {
            url: library.url.to_string(),
            added_at: format_time(library.added_at),
            scanned_at: library.scanned_at.map(format_time),
            objects: counts.objects,
            recordings: counts.recordings,
            problems: counts.problems,
        });
        return out.json(&v1::LibraryList { libraries: libraries.collect() });
    }
    if all.is_empty() {
        out.finish()?;
        note("no library was scanned yet");
        return Ok(());
    }
    let zone = TimeZone::system();
    let mut table = Table::new(&["SCANNED", "RECORDINGS", "PROBLEMS", "LIBRARY"]);
    for (library, counts) in &all {
        let scanned = library.scanned_at.map(|at| time::to_minute(at, &zone));
        table.row([
            scanned.unwrap_or_else(|| "not to its end".to_owned()),
            counts.recordings.to_string(),
            counts.problems.to_string(),
            library.url.to_string(),
        ]);
    }
    table.print(&mut out)?;
    out.finish()
}

async fn problems(
    libraries: &Libraries,
    url: &StoreUrl,
    arguments: &args::LibraryProblems,
) -> Result<()> {
    let (mut all, mut after) = (Vec::new(), None);
    loop {
        let page = libraries.problems(url, after.as_ref(), PAGE, &Job::default()).await?;
        let Some(last) = page.last() else { break };
        after = Some(last.key.clone());
        all.extend(page);
    }
    let mut out = Out::new();
    if arguments.json {
        let problems = all.into_iter().map(|object| v1::LibraryLine {
            key: object.key.as_str().to_owned(),
            verdict: "unreadable".to_owned(),
            problem: object.problem,
        });
        return out.json(&v1::LibraryProblems { problems: problems.collect() });
    }
    for object in &all {
        let problem = object.problem.as_deref().unwrap_or_default();
        out.line(&format!("{}: {problem}", object.key))?;
    }
    out.finish()?;
    if all.is_empty() {
        note("all of it could be read");
    }
    Ok(())
}

async fn forget(
    libraries: &Libraries,
    url: &StoreUrl,
    arguments: &args::LibraryForget,
    job: &Job,
) -> Result<()> {
    let (_, counts) = libraries.find(url).await?;
    let dry_run = arguments.dry_run;
    if !dry_run && !arguments.yes {
        let recordings = count(counts.recordings, "recording", "recordings");
        match ask(&format!("forget {url} with {recordings}?"), job).await? {
            Answer::Yes => {}
            Answer::No => return Err(Failure::Declined("nothing was forgotten")),
            Answer::Nobody => {
                let message = "this takes recordings out of the catalogue, and nobody can be asked";
                return Err(Failure::usage(message, "add --yes"));
            }
        }
    }
    let recordings = match dry_run {
        true => counts.recordings,
        false => libraries.forget(url).await?,
    };
    let mut out = Out::new();
    if arguments.json {
        let url = url.to_string();
        return out.json(&v1::LibraryForgotten { dry_run, url, recordings });
    }
    let verb = if dry_run { "would forget" } else { "forgot" };
    let recordings = count(recordings, "recording", "recordings");
    out.line(&format!("{verb} {url} with {recordings}; nothing there was touched"))?;
    out.finish()
}
