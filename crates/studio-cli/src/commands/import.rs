//! `studio import`.

use studio_api::v1;
use studio_core::{
    ArtistName, Import, ImportPlan, Imported, Job, PlannedFile, Refusal, RefusedFile, SongTitle,
    TrackName, UploadOutcome, VersionPath,
};

use super::count;
use crate::args;
use crate::config::Config;
use crate::failure::{Failure, Result};
use crate::output::confirm::{Answer, ask};
use crate::output::text::{Out, bytes, note};

/// How many readings of an ambiguous name are shown.
const SHOWN_READINGS: usize = 3;

pub(super) fn run(config: &Config, arguments: &args::Import) -> Result<()> {
    let import = request(config, arguments)?;
    let studio = super::open(config, super::Use::of(arguments.dry_run))?;
    super::transfer(async |job: Job| {
        let plan = studio.plan_import(&import).await?;
        if arguments.dry_run {
            return print_plan(&plan, &import, arguments.json);
        }
        agree(&plan, &import, arguments)?;
        let imported = studio.import(&plan.files, &job).await?;
        print(&plan, imported, arguments.json)
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

/// Shows the plan and asks; without anybody to ask, only what is clear is done.
fn agree(plan: &ImportPlan, import: &Import, arguments: &args::Import) -> Result<()> {
    let refused = plan.refused.len() as u64;
    if plan.files.is_empty() {
        show_refused(&plan.refused);
        let hint = format!("names were read as `{}`; give another --pattern", import.pattern);
        return Err(Failure::usage("there is nothing to import", hint));
    }
    if refused > 0 && !arguments.skip {
        show_refused(&plan.refused);
        let files = count(refused, "file", "files");
        let hint = format!(
            "names were read as `{}`; give another --pattern, or --skip to leave them",
            import.pattern
        );
        return Err(Failure::usage(format!("{files} cannot be read, nothing was stored"), hint));
    }
    if arguments.yes || arguments.json {
        return Ok(());
    }
    show_refused(&plan.refused);
    for planned in &plan.files {
        note(&line(planned));
    }
    let size: u64 = plan.files.iter().map(|file| file.size).sum();
    let files = count(plan.files.len() as u64, "file", "files");
    match ask(&format!("store {files}, {}?", bytes(size)))? {
        Answer::No => Err(Failure::usage("nothing was stored", "add --yes, or answer y")),
        Answer::Yes | Answer::Nobody => Ok(()),
    }
}

fn line(planned: &PlannedFile) -> String {
    format!("  {}  {:>9}  as {}", planned.file.display(), bytes(planned.size), planned.path)
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
    }
}

fn wire_refused(refused: &[RefusedFile]) -> Vec<v1::RefusedFile> {
    let wire = |RefusedFile { file, refusal }: &RefusedFile| v1::RefusedFile {
        file: file.to_string_lossy().into_owned(),
        reason: describe(refusal),
    };
    refused.iter().map(wire).collect()
}

fn print_plan(plan: &ImportPlan, import: &Import, json: bool) -> Result<()> {
    let mut out = Out::new();
    if json {
        return out.json(&v1::Imported {
            dry_run: true,
            files: plan.files.iter().map(wire_file).collect(),
            refused: wire_refused(&plan.refused),
            sent_bytes: 0,
            kept_bytes: 0,
        });
    }
    for planned in &plan.files {
        out.line(&line(planned))?;
    }
    let size: u64 = plan.files.iter().map(|file| file.size).sum();
    let files = count(plan.files.len() as u64, "file", "files");
    out.line(&format!("would store {files}, {}, read as `{}`", bytes(size), import.pattern))?;
    out.finish()?;
    show_refused(&plan.refused);
    if !plan.refused.is_empty() {
        let files = count(plan.refused.len() as u64, "file", "files");
        note(&format!("{files} cannot be read; give another --pattern, or --skip to leave them"));
    }
    Ok(())
}

fn print(plan: &ImportPlan, imported: Imported, json: bool) -> Result<()> {
    let Imported { files, failed } = imported;
    let sent = |outcome| files.iter().filter(|f| f.uploaded.outcome == outcome).count() as u64;
    let (stored, there) = (sent(UploadOutcome::Stored), sent(UploadOutcome::AlreadyStored));
    let sent_bytes = files.iter().map(|file| file.uploaded.sent_bytes).sum();
    let kept_bytes = files.iter().map(|file| file.uploaded.kept_bytes).sum();
    let mut out = Out::new();
    if json {
        let wire = files.iter().map(|file| v1::ImportedFile {
            outcome: Some(super::upload::wire_outcome(file.uploaded.outcome)),
            sent_bytes: file.uploaded.sent_bytes,
            ..wire_file(&file.planned)
        });
        let mut refused = wire_refused(&plan.refused);
        refused.extend(failed.iter().map(|failed| v1::RefusedFile {
            file: failed.planned.file.to_string_lossy().into_owned(),
            reason: failed.error.to_string(),
        }));
        let files = wire.collect();
        out.json(&v1::Imported { dry_run: false, files, refused, sent_bytes, kept_bytes })?;
    } else {
        let versions = count(stored, "version", "versions");
        let sent = bytes(sent_bytes);
        out.line(&format!("stored {versions}, {sent} sent; {there} were stored already"))?;
        if kept_bytes > 0 {
            out.line(&format!("  {} had been sent by an earlier attempt", bytes(kept_bytes)))?;
        }
        out.finish()?;
    }
    conclude(plan, failed)
}

fn conclude(plan: &ImportPlan, failed: Vec<studio_core::FailedFile>) -> Result<()> {
    let missing = plan.files.len();
    for failed in &failed {
        note(&format!("error: {}: {}", failed.planned.file.display(), failed.error));
    }
    // The last one: where the store failed it is the reason why no more were begun.
    match failed.into_iter().next_back() {
        None => Ok(()),
        Some(last) => {
            tracing::debug!(planned = missing, "not all files were stored");
            Err(last.error.into())
        }
    }
}
