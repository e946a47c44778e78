//! `studio import`.

use studio_api::v1;
use studio_core::{
    ArtistName, Import, ImportPlan, Imported, Job, PlannedFile, Refusal, RefusedFile, SongTitle,
    TrackName, UploadOutcome, VersionPath,
};

use super::count;
use super::left::Left;
use crate::args;
use crate::config::Config;
use crate::failure::{Failure, Result, told};
use crate::output::confirm::{Answer, ask};
use crate::output::hint::for_error;
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
        agree(&plan, &import, arguments, &job).await?;
        let imported = studio.import(&plan.files, &job).await?;
        tell(&plan, &imported, arguments.json)
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
async fn agree(
    plan: &ImportPlan,
    import: &Import,
    arguments: &args::Import,
    job: &Job,
) -> Result<()> {
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
    match ask(&format!("store {files}, {}?", bytes(size)), job).await? {
        Answer::No => Err(Failure::Declined("nothing was stored")),
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

fn wire_refused(refused: &[RefusedFile]) -> impl Iterator<Item = v1::RefusedFile> {
    let wire = |RefusedFile { file, refusal }: &RefusedFile| v1::RefusedFile {
        file: file.to_string_lossy().into_owned(),
        reason: describe(refusal),
    };
    refused.iter().map(wire)
}

fn print_plan(plan: &ImportPlan, import: &Import, json: bool) -> Result<()> {
    let mut out = Out::new();
    if json {
        return out.json(&v1::Imported {
            dry_run: true,
            files: plan.files.iter().map(wire_file).collect(),
            refused: wire_refused(&plan.refused).collect(),
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

/// Prints what was done, and tells what was not.
fn tell(plan: &ImportPlan, imported: &Imported, json: bool) -> Result<()> {
    let failed = imported.failed.iter().map(|failed| (&*failed.planned.file, &failed.error));
    let not_begun = imported.not_begun.iter().map(|planned| &*planned.file);
    let left = Left { failed: failed.collect(), not_begun: not_begun.collect() };
    let printed = match json {
        true => print_json(plan, imported, &left),
        false => print(imported),
    };
    left.tell();
    told(printed, left.verdict(plan.files.len(), "could not be stored", for_error))
}

fn print_json(plan: &ImportPlan, imported: &Imported, left: &Left<'_>) -> Result<()> {
    let files = imported.files.iter().map(|file| v1::ImportedFile {
        outcome: Some(super::upload::wire_outcome(file.uploaded.outcome)),
        sent_bytes: file.uploaded.sent_bytes,
        ..wire_file(&file.planned)
    });
    Out::new().json(&v1::Imported {
        dry_run: false,
        files: files.collect(),
        refused: wire_refused(&plan.refused).chain(left.wire()).collect(),
        sent_bytes: imported.files.iter().map(|file| file.uploaded.sent_bytes).sum(),
        kept_bytes: imported.files.iter().map(|file| file.uploaded.kept_bytes).sum(),
    })
}

fn print(imported: &Imported) -> Result<()> {
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
    if kept > 0 {
        out.line(&format!("  {} had been sent by an earlier attempt", bytes(kept)))?;
    }
    out.finish()
}
