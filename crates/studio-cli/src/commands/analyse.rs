//! `studio analyse`.

use studio_api::v1;
use studio_core::audio::analysis::{Content, Measures};
use studio_core::{Analysed, Error, Job, Studio, Subject};
use unicode_width::UnicodeWidthStr as _;

use super::left::{LeftOut, concerns_one};
use super::subject::{Found, Given, given, short, versions, wire};
use crate::args;
use crate::config::Config;
use crate::failure::Result;
use crate::output::sound;
use crate::output::table::RunningTable;
use crate::output::text::{Out, bytes, note, printable};

/// What is said where it was stopped.
const STOPPED: &str =
    "what was measured of versions is kept; the same command again measures the others";

/// What there is to know where some sound cannot be decoded to its end.
const WHAT_IS_LEFT: &str = "what is told of it holds for the part that could be decoded; \
                            `studio check` tells more";

/// What there is to do.
#[derive(Default)]
struct Work {
    found: Found,
    /// Versions that were measured before.
    known: u64,
}

pub(super) fn run(config: &Config, arguments: &args::Analyse) -> Result<()> {
    let studio = super::open(config, super::Use::Look)?;
    super::work(STOPPED, async |job: Job| {
        let given = given(&studio, config, &arguments.subjects, true).await?;
        let named = matches!(given, Given::Single(_));
        let Work { found, known } = work(&studio, given, arguments.again).await?;
        if arguments.dry_run {
            return tell_plan(found, known, arguments.json);
        }
        let measures = Measures { peaks: false, ..Measures::ALL };
        let of = found.named();
        let Found { subjects, mut failed } = found;
        let (mut done, mut no_sound) = (Vec::new(), 0);
        let mut rows = Rows::of(&subjects);
        for subject in subjects {
            match studio.analyse(&subject, measures, &job).await {
                Ok(analysed) => {
                    // As they come: the next one may take minutes.
                    if !arguments.json {
                        rows.print(&analysed)?;
                    }
                    done.push(analysed);
                }
                Err(Error::Sound { source: studio_core::audio::Error::NotAudio, .. }) if !named => {
                    no_sound += 1;
                }
                Err(error) if concerns_one(&error) => failed.push(LeftOut::of(&subject, error)),
                Err(error) => return Err(error.into()),
            }
        }
        match arguments.json {
            true => print_json(&done, no_sound, known, &failed)?,
            false => tell_rest(of, no_sound, known),
        }
        super::left::graver(super::left::sound_failures(failed, of), cut_short(&done, of))
    })
}

/// Tells what could be decoded in part only, and ends as it does where bytes are not what they
/// should be.
fn cut_short(done: &[Analysed], of: usize) -> Result<()> {
    let cut: Vec<_> = done.iter().filter_map(tell_cut).collect();
    match cut.len() {
        0 => Ok(()),
        _ if of == 1 => Err(super::damage_found(cut.concat(), WHAT_IS_LEFT)),
        several => {
            cut.iter().for_each(|line| note(&format!("warning: {line}")));
            let verb = if several == 1 { "is" } else { "are" };
            let what = format!("{several} of {of} {verb} not to be decoded to the end");
            Err(super::damage_found(what, WHAT_IS_LEFT))
        }
    }
}

/// How much of some sound could be decoded, where that is not all of it.
pub(super) fn tell_cut(analysed: &Analysed) -> Option<String> {
    let Analysed { subject, format, analysis } = analysed;
    let why = analysis.undecodable.as_ref()?;
    let length = sound::length_of_frames(analysis.frames, format.sample_rate);
    Some(format!("only {length} of {subject} could be decoded: {why}"))
}

async fn work(studio: &Studio, given: Given, again: bool) -> Result<Work> {
    let filter = match given {
        Given::Single(found) => return Ok(Work { found, known: 0 }),
        Given::Filtered(filter) => filter,
    };
    let versions = versions(studio, &filter).await?;
    let details = studio.details(&versions).await?;
    let mut work = Work::default();
    for (version, details) in versions.into_iter().zip(details) {
        match details.sound.is_some_and(|sound| sound.measured.is_some()) && !again {
            true => work.known += 1,
            false => work.found.subjects.push(Subject::Version(Box::new(version))),
        }
    }
    Ok(work)
}

/// Tells what would be measured.
fn tell_plan(found: Found, known: u64, json: bool) -> Result<()> {
    let of = found.named();
    let Found { subjects, failed } = found;
    let size = |subject: &Subject| match subject {
        // One that cannot be looked at is told of when it is to be read.
        Subject::File(file) => file.metadata().map_or(0, |there| there.len()),
        Subject::Version(version) => version.size,
    };
    let size = subjects.iter().map(size).sum();
    let mut out = Out::new();
    if json {
        out.json(&v1::AnalysisPlan {
            dry_run: true,
            subjects: subjects.iter().map(wire).collect(),
            bytes: size,
            known,
            failed: super::left::wire_failures(&failed),
        })?;
    } else {
        let takes = super::count(subjects.len() as u64, "take", "takes");
        out.line(&format!("would measure {takes}, reading {}", bytes(size)))?;
        for subject in &subjects {
            out.line(&format!("  {}", short(subject)))?;
        }
        out.finish()?;
        tell_rest(of, 0, known);
    }
    super::left::sound_failures(failed, of)
}

fn tell_rest(of: usize, no_sound: u64, known: u64) {
    if known > 0 {
        let versions = super::count(known, "version has", "versions have");
        note(&format!("{versions} been measured before (--again measures them again)"));
    }
    if no_sound > 0 {
        note(&format!("{} no sound", super::count(no_sound, "version is", "versions are")));
    }
    if of == 0 && known == 0 {
        note("there is nothing to measure");
    }
}

/// The table that grows while the work goes on.
struct Rows {
    /// How wide the column of names is.
    names: usize,
    table: Option<RunningTable>,
}

impl Rows {
    fn of(subjects: &[Subject]) -> Self {
        let widths = subjects.iter().map(|subject| printable(&short(subject)).width());
        Self { names: widths.max().unwrap_or(0), table: None }
    }

    fn print(&mut self, analysed: &Analysed) -> Result<()> {
        let mut out = Out::new();
        let table = match &mut self.table {
            Some(table) => table,
            None => {
                let columns = [
                    ("SOUND", self.names),
                    ("LENGTH", 6),
                    ("FORMAT", 17),
                    ("LUFS", 5),
                    ("LRA", 4),
                    ("DBTP", 5),
                    ("REMARKS", 0),
                ];
                self.table.insert(RunningTable::begin(&mut out, &columns)?)
            }
        };
        table.row(&mut out, cells(analysed))
    }
}

fn cells(analysed: &Analysed) -> [String; 7] {
    let Analysed { subject, format, analysis } = analysed;
    let loudness = analysis.loudness.unwrap_or_default();
    [
        short(subject),
        sound::length_of_frames(analysis.frames, format.sample_rate),
        sound::format(format),
        sound::level(loudness.integrated),
        loudness.range.map(|range| format!("{range:.1}")).unwrap_or_default(),
        sound::level(loudness.true_peak),
        remarks(analysis.content.as_ref(), analysis.undecodable.as_deref()),
    ]
}

/// What is remarkable about some sound, in one line.
fn remarks(content: Option<&Content>, undecodable: Option<&str>) -> String {
    let mut remarks = Vec::new();
    if let Some(why) = undecodable {
        remarks.push(format!("cannot be decoded to its end: {why}"));
    }
    if let Some(content) = content {
        if content.silent {
            remarks.push("digital silence".to_owned());
        }
        match content.clipped_runs() {
            0 => {}
            runs => remarks.push(format!("clipped {}", super::count(runs, "time", "times"))),
        }
        if content.not_finite > 0 {
            remarks.push(format!("{} samples are no number", content.not_finite));
        }
    }
    remarks.join(", ")
}

fn print_json(done: &[Analysed], no_sound: u64, known: u64, failed: &[LeftOut]) -> Result<()> {
    Out::new().json(&v1::AnalysisList {
        analyses: done.iter().map(wire_analysis).collect(),
        no_sound,
        known,
        failed: super::left::wire_failures(failed),
    })
}

fn wire_analysis(analysed: &Analysed) -> v1::Analysis {
    let analysis = &analysed.analysis;
    let content = analysis.content.as_ref();
    v1::Analysis {
        subject: wire(&analysed.subject),
        audio: v1::AudioFormat::from(&analysed.format),
        decoded_frame_count: analysis.frames,
        audio_sha256: analysis.audio_digest.map(|digest| digest.to_string()),
        loudness: v1::Loudness::from(&analysis.loudness.unwrap_or_default()),
        silent: content.is_some_and(|content| content.silent),
        leading_silence: content.map_or(0, |content| content.leading_silence),
        trailing_silence: content.map_or(0, |content| content.trailing_silence),
        clipped_runs: content.map_or(0, Content::clipped_runs),
        dc_offset_dbfs: content.and_then(Content::dc_offset).map(|level| level.as_f64()),
        significant_bits: content.and_then(|content| content.significant_bits),
        not_finite: content.map_or(0, |content| content.not_finite),
        undecodable: analysis.undecodable.clone(),
    }
}
