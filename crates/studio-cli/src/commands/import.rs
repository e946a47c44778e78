//! `studio import`.

use studio_api::v1;
use studio_core::{
    ArtistName, Error, FailedFile, Import, ImportPlan, ImportPreview, Imported, Job, PlannedFile,
    Refusal, RefusedFile, SongTitle, Studio, TrackName, UploadOutcome, VersionPath,
};

use unicode_width::UnicodeWidthStr as _;

use super::brought::{self, Before};
use super::count;
use super::left::Left;
use crate::args;
use crate::config::Config;
use crate::failure::{Failure, Result, told};
use crate::output::confirm::{Answer, ask};
use crate::output::hint::for_error;
use crate::output::text::{Out, bytes, note, printable};

/// How many readings of an ambiguous name are shown.
const SHOWN_READINGS: usize = 3;

pub(super) fn run(config: &Config, arguments: &args::Import) -> Result<()> {
    let import = request(config, arguments)?;
    let studio = super::open(config, super::Use::of(arguments.dry_run))?;
    let studio = super::gated(studio, config, &arguments.gate)?;
    super::transfer(async |job: Job| {
        let plan = studio.plan_import(&import).await?;
        check_names(&plan, arguments)?;
        if arguments.dry_run {
            return preview(&studio, &plan, &import, arguments, &job).await;
        }
        agree(&plan, &import, arguments, &job).await?;
        let before = Before::of(&studio, &plan.files).await?;
        let imported = studio.import(&plan.files, &job).await?;
        // What was stored is told in any case.
        let (picks, looked_up) = match before.after(&studio, &imported).await {
            Ok(picks) => (picks, Ok(())),
            Err(failure) => (None, Err(failure)),
        };
        tell(&plan, &imported, picks, arguments.json).and(looked_up)
    })
}

fn request(config: &Config, arguments: &args::Import) -> Result<Import> {
    let artist = match (&arguments.artist, &config.artist) {
        (Some(name), _) => Some(ArtistName::new(name)?),
        (None, set) => set.as_ref().map(|set| set.value.clone()),
    };
    let song = arguments.song.as_deref().map(SongTitle::new).transpose()?;
    let track = arguments.track.as_deref().map(TrackName::new).transpose()?;
    let pattern = match &arguments.pattern {
        Some(pattern) => pattern.clone(),
        None => usual_pattern(artist.is_some(), song.is_some(), track.is_some())?,
    };
    Ok(Import { directory: arguments.directory.clone(), pattern, artist, song, track })
}

/// What names are read by where no pattern is given: as much as is not said otherwise.
pub(super) fn usual_pattern(artist: bool, song: bool, track: bool) -> Result<studio_core::Pattern> {
    let mut text = String::new();
    if !artist {
        text.push_str("{artist}/");
    }
    if !song {
        text.push_str("{song}/");
    }
    text.push_str(if track { "{version}" } else { "{track}_{version}" });
    text.parse().map_err(|error: studio_core::PatternError| {
        Failure::usage(error.to_string(), "give a --pattern")
    })
}

/// Refuses names for files of which the directory itself tells what they are.
fn check_names(plan: &ImportPlan, arguments: &args::Import) -> Result<()> {
    let given = [
        ("--artist", arguments.artist.is_some()),
        ("--song", arguments.song.is_some()),
        ("--track", arguments.track.is_some()),
        ("--pattern", arguments.pattern.is_some()),
    ];
    let given = given.into_iter().filter(|(_, given)| *given).map(|(flag, _)| flag);
    let given: Vec<_> = given.collect();
    if !plan.delivered || given.is_empty() {
        return Ok(());
    }
    let directory = arguments.directory.display();
    Err(Failure::usage(
        format!("{directory} was delivered: its session.json tells the names of its files"),
        format!("leave out {}", given.join(", ")),
    ))
}

/// Refuses a plan that leaves out more than was said.
fn check(plan: &ImportPlan, import: &Import, skip: bool) -> Result<()> {
    let refused = plan.refused.len() as u64;
    if plan.files.is_empty() {
        let hint = format!("names were {}; {}", read_as(plan, import), another_pattern(plan));
        return Err(Failure::usage("there is nothing to import", hint));
    }
    if refused > 0 && !skip {
        let files = count(refused, "file", "files");
        let hint = format!(
            "names were {}; {}, or --skip to leave them",
            read_as(plan, import),
            another_pattern(plan)
        );
        return Err(Failure::usage(format!("{files} cannot be read, nothing was stored"), hint));
    }
    Ok(())
}

/// What to do where names fit in no way, or in several.
fn another_pattern(plan: &ImportPlan) -> &'static str {
    let ambiguous = |file: &RefusedFile| matches!(file.refusal, Refusal::Ambiguous(_));
    match plan.refused.iter().any(ambiguous) {
        true => "give a --pattern that says more, such as \"{track}_take_{version}\"",
        false => "give another --pattern",
    }
}

/// Shows the plan and asks.
async fn agree(
    plan: &ImportPlan,
    import: &Import,
    arguments: &args::Import,
    job: &Job,
) -> Result<()> {
    if let Err(unclear) = check(plan, import, arguments.skip) {
        show_refused(&plan.refused);
        return Err(unclear);
    }
    // Programs read it in what is printed.
    if !(arguments.yes && arguments.json) {
        show_refused(&plan.refused);
    }
    if arguments.yes {
        return Ok(());
    }
    let width = width(plan.files.iter());
    for planned in &plan.files {
        note(&line(planned, width));
    }
    let size: u64 = plan.files.iter().map(|file| file.size).sum();
    let files = count(plan.files.len() as u64, "file", "files");
    match ask(&format!("store {files}, {}?", bytes(size)), job).await? {
        Answer::No => Err(Failure::Declined("nothing was stored")),
        Answer::Yes => Ok(()),
        Answer::Nobody => {
            let message = format!("this stores {files}, and nobody can be asked");
            Err(Failure::usage(message, "add --yes; --dry-run tells what would be done"))
        }
    }
}

/// The widest column of names; longer names stand out of it.
const WIDEST: usize = 60;

/// How wide the names of files are, to be shown below each other.
fn width<'a>(files: impl Iterator<Item = &'a PlannedFile>) -> usize {
    let widths = files.map(|planned| printable(&planned.file.to_string_lossy()).width());
    widths.filter(|width| *width <= WIDEST).max().unwrap_or(0)
}

fn line(planned: &PlannedFile, width: usize) -> String {
    let file = planned.file.to_string_lossy();
    let file = printable(&file);
    let space = " ".repeat(width.saturating_sub(file.width()));
    format!("  {file}{space}  {:>9}  as {}", bytes(planned.size), planned.path)
}

fn show_refused(refused: &[RefusedFile]) {
    for RefusedFile { file, refusal } in refused {
        note(&format!("  {}: {}", file.display(), describe(refusal)));
    }
}

fn describe(refusal: &Refusal) -> String {
    match refusal {
        Refusal::NoReading => "its name does not fit the pattern".to_owned(),
        Refusal::Ambiguous(readings) => {
            let shown = readings.iter().take(SHOWN_READINGS).map(|reading| {
                let named = [&reading.artist, &reading.song, &reading.track, &reading.version];
                let named: Vec<_> = named.into_iter().flatten().map(String::as_str).collect();
                named.join(" | ")
            });
            let shown: Vec<_> = shown.collect();
            format!("its name can be read in several ways: {}", shown.join(", or "))
        }
        Refusal::Unknown(what) => format!("nothing tells its {what}"),
        Refusal::NoName(why) => why.clone(),
        Refusal::SameVersion(other) => format!("the same version as {}", other.display()),
        Refusal::NotAFile => "not a file with a name in UTF-8".to_owned(),
        Refusal::Missing => "the session names it, and it is not there".to_owned(),
        _ => "it cannot be read".to_owned(),
    }
}

fn wire_file(planned: &PlannedFile) -> v1::ImportedFile {
    let VersionPath { artist, song, track, tag } = &planned.path;
    v1::ImportedFile {
        file: planned.file.to_string_lossy().into_owned(),
        artist: artist.to_string(),
        song: song.to_string(),
        track: track.to_string(),
        version: tag.to_string(),
        size: planned.size,
        outcome: None,
        sent_bytes: 0,
        findings: Vec::new(),
    }
}

fn wire_refused(refused: &[RefusedFile]) -> impl Iterator<Item = v1::RefusedFile> {
    let wire = |RefusedFile { file, refusal }: &RefusedFile| v1::RefusedFile {
        file: file.to_string_lossy().into_owned(),
        reason: describe(refusal),
        findings: Vec::new(),
    };
    refused.iter().map(wire)
}

/// Tells what an import would do, and ends as it would.
async fn preview(
    studio: &Studio,
    plan: &ImportPlan,
    import: &Import,
    arguments: &args::Import,
    job: &Job,
) -> Result<()> {
    let (preview, error) = match studio.preview_import(&plan.files, job).await {
        Ok(preview) => (preview, Ok(())),
        Err(Error::Cancelled) => return Err(Error::Cancelled.into()),
        // How the names are read can be told all the same.
        Err(error) => {
            let not_begun = plan.files.clone();
            (ImportPreview { not_begun, ..ImportPreview::default() }, Err(error.into()))
        }
    };
    let left = left(&preview.failed, &preview.not_begun);
    let printed = match arguments.json {
        true => print_preview_json(plan, &preview, &left),
        false => print_preview(plan, &preview, import),
    };
    show_refused(&plan.refused);
    left.tell();
    let verdict = check(plan, import, arguments.skip);
    let verdict = verdict.and(error);
    told(printed, verdict.and(left.verdict(plan.files.len(), "would not be stored", for_error)))
}

fn print_preview_json(plan: &ImportPlan, preview: &ImportPreview, left: &Left<'_>) -> Result<()> {
    let files = preview.files.iter().map(|(planned, outcome)| v1::ImportedFile {
        outcome: Some(super::upload::wire_outcome(*outcome)),
        ..wire_file(planned)
    });
    Out::new().json(&v1::Imported {
        dry_run: true,
        files: files.collect(),
        refused: wire_refused(&plan.refused).chain(left.wire()).collect(),
        sent_bytes: 0,
        kept_bytes: 0,
        picks: None,
    })
}

/// How it is known what the files are.
fn read_as(plan: &ImportPlan, import: &Import) -> String {
    match plan.delivered {
        true => "as session.json says".to_owned(),
        false => format!("read as `{}`", import.pattern),
    }
}

fn print_preview(plan: &ImportPlan, preview: &ImportPreview, import: &Import) -> Result<()> {
    let mut out = Out::new();
    let width = width(preview.files.iter().map(|(planned, _)| planned).chain(&preview.not_begun));
    for (planned, outcome) in &preview.files {
        let known = match outcome {
            UploadOutcome::Stored => "",
            UploadOutcome::AlreadyStored => " (stored already)",
            UploadOutcome::ObjectRestored => " (stored already; its missing bytes would come back)",
        };
        out.line(&format!("{}{known}", line(planned, width)))?;
    }
    for planned in &preview.not_begun {
        out.line(&line(planned, width))?;
    }
    let new = preview.files.iter().filter(|(_, outcome)| *outcome == UploadOutcome::Stored);
    let size: u64 = new.clone().map(|(planned, _)| planned.size).sum();
    let new = new.count();
    let files = count(new as u64, "file", "files");
    let there = match preview.files.len() - new {
        0 => String::new(),
        there => format!("; {there} stored already"),
    };
    let how = read_as(plan, import);
    out.line(&format!("would store {files}, {}, {how}{there}", bytes(size)))?;
    out.finish()
}

fn left<'a>(failed: &'a [FailedFile], not_begun: &'a [PlannedFile]) -> Left<'a> {
    Left {
        failed: failed.iter().map(|failed| (&*failed.planned.file, &failed.error)).collect(),
        not_begun: not_begun.iter().map(|planned| &*planned.file).collect(),
    }
}

/// Prints what was done, and tells what was not.
fn tell(
    plan: &ImportPlan,
    imported: &Imported,
    picks: Option<v1::ImportedPicks>,
    json: bool,
) -> Result<()> {
    let left = left(&imported.failed, &imported.not_begun);
    let printed = match json {
        true => print_json(plan, imported, picks, &left),
        false => print(imported, picks),
    };
    left.tell();
    told(printed, left.verdict(plan.files.len(), "could not be stored", for_error))
}

fn print_json(
    plan: &ImportPlan,
    imported: &Imported,
    picks: Option<v1::ImportedPicks>,
    left: &Left<'_>,
) -> Result<()> {
    let files = imported.files.iter().map(|file| v1::ImportedFile {
        outcome: Some(super::upload::wire_outcome(file.uploaded.outcome)),
        sent_bytes: file.uploaded.sent_bytes,
        findings: file.uploaded.findings.iter().map(super::check::wire_finding).collect(),
        ..wire_file(&file.planned)
    });
    Out::new().json(&v1::Imported {
        dry_run: false,
        files: files.collect(),
        refused: wire_refused(&plan.refused).chain(left.wire()).collect(),
        sent_bytes: imported.files.iter().map(|file| file.uploaded.sent_bytes).sum(),
        kept_bytes: imported.files.iter().map(|file| file.uploaded.kept_bytes).sum(),
        picks,
    })
}

fn print(imported: &Imported, picks: Option<v1::ImportedPicks>) -> Result<()> {
    let files = &imported.files;
    let did = |outcome| files.iter().filter(|f| f.uploaded.outcome == outcome).count() as u64;
    let stored = count(did(UploadOutcome::Stored), "version", "versions");
    let sent = files.iter().map(|file| file.uploaded.sent_bytes).sum();
    let kept = files.iter().map(|file| file.uploaded.kept_bytes).sum();
    let there = did(UploadOutcome::AlreadyStored);
    let mut out = Out::new();
    out.line(&format!("stored {stored}, {} sent; {there} were stored already", bytes(sent)))?;
    match did(UploadOutcome::ObjectRestored) {
        0 => {}
        back => {
            let versions = count(back, "version", "versions");
            out.line(&format!("  put back the missing bytes of {versions}"))?;
        }
    }
    if let Some(picks) = picks {
        out.line(&format!("  {}", brought::describe(&picks)))?;
    }
    if kept > 0 {
        out.line(&format!("  {} had been sent by an earlier attempt", bytes(kept)))?;
    }
    out.finish()
}
