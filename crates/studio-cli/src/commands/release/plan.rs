//! `--dry-run` of `studio mix`, `release render` and `release deliver`: what would be made,
//! and where, told by the catalogue alone; of the store no more is asked than what is there.

use std::path::Path;

use studio_api::v1;
use studio_core::audio::write::SampleFormat;
use studio_core::{
    Error, Job, MixFile, MixSettings, Obstacle, PickSheet, Release, ReleasePlan, ReleaseRequest,
    SongPath, SoundFacts, Standing, Stem, StemLevel, Studio, TrackName, check_target,
};

use super::{print_stems, title};
use crate::commands::{count, with_suggestions};
use crate::config::Config;
use crate::failure::{CONFLICT, Failure, INTEGRITY, Result, in_columns, told};
use crate::output::hint::for_obstacles;
use crate::output::sound;
use crate::output::table::Table;
use crate::output::text::{Out, bytes};

/// What `studio mix` would make.
pub(super) async fn mix(
    studio: &Studio,
    config: &Config,
    (song, settings, file): (&SongPath, &MixSettings, Option<&MixFile>),
    json: bool,
    job: &Job,
) -> Result<()> {
    if let Some(file) = file {
        check_target(&file.target, file.overwrite)?;
    }
    let sheet = match studio.picks(song).await {
        Ok(sheet) => sheet,
        Err(error) => return Err(with_suggestions(studio, error).await),
    };
    let request = ReleaseRequest {
        song: song.clone(),
        // Of a release under no name of its own the plan is that of its mix.
        name: "dry run".parse()?,
        by: config.person(None)?,
        note: None,
        settings: settings.clone(),
    };
    let mut plan = studio.plan_release(&request, job).await?;
    let partly = !plan.stems.is_empty();
    plan.obstacles.retain(|obstacle| match obstacle {
        Obstacle::NameTaken { .. } | Obstacle::InStore { .. } => false,
        // Tracks without a pick are left out, unless there is no other.
        Obstacle::NoPick { .. } => !partly,
        _ => true,
    });
    let mix = planned_mix(&sheet, settings);
    let without = if partly { sheet.without } else { Vec::new() };
    let printed = match json {
        true => Out::new().json(&v1::MixPlan {
            dry_run: true,
            file: file.map(|file| file.target.display().to_string()),
            stems: wire_stems(&plan),
            without: without.iter().map(ToString::to_string).collect(),
            bytes: plan.bytes,
            mix,
            obstacles: wire_obstacles(&plan.obstacles),
        }),
        false => print(&plan, settings, file, &mix, &without),
    };
    told(printed, verdict(&plan.obstacles))
}

fn print(
    plan: &ReleasePlan,
    settings: &MixSettings,
    file: Option<&MixFile>,
    mix: &v1::PlannedMix,
    without: &[TrackName],
) -> Result<()> {
    let mut out = Out::new();
    let level = |track| settings.level_of(track);
    let heard = plan.stems.iter().filter(|(track, _)| !level(track).mute).count() as u64;
    let heard = count(heard, "stem", "stems");
    let into = match file {
        Some(file) => format!("into {}", file.target.display()),
        None => "only to measure".to_owned(),
    };
    out.line(&format!("would mix {heard} {into}, reading {}", bytes(plan.bytes)))?;
    print_planned_stems(&mut out, plan, settings)?;
    print_mix(&mut out, mix)?;
    if !without.is_empty() {
        let names: Vec<_> = without.iter().map(ToString::to_string).collect();
        out.line(&format!("  {:<13} {}", "without", names.join(", ")))?;
    }
    print_obstacles(&mut out, &plan.obstacles)?;
    out.finish()
}

/// The stems that would be mixed, where there are some.
pub(super) fn print_planned_stems(
    out: &mut Out,
    plan: &ReleasePlan,
    settings: &MixSettings,
) -> Result<()> {
    let level = |track| settings.level_of(track);
    let stems: Vec<_> = plan.stems.iter().map(|(track, tag)| (track, tag, level(track))).collect();
    if stems.is_empty() { Ok(()) } else { print_stems(out, &stems) }
}

/// The same for programs.
pub(super) fn wire_stems(plan: &ReleasePlan) -> Vec<v1::AuditionStem> {
    let stems = plan.stems.iter().map(|(track, tag)| v1::AuditionStem {
        track: track.to_string(),
        version: tag.to_string(),
    });
    stems.collect()
}

/// What `studio release render` would make.
pub(super) fn render(
    release: &Release,
    samples: Option<SampleFormat>,
    file: &MixFile,
    json: bool,
) -> Result<()> {
    let frozen = frozen_mix(release);
    let mix = match samples {
        Some(samples) => v1::PlannedMix { bits_per_sample: bits(samples), ..frozen.clone() },
        None => frozen.clone(),
    };
    check_target(&file.target, file.overwrite)?;
    let as_frozen = mix == frozen;
    let mut out = Out::new();
    let (target, size) = (file.target.display().to_string(), size_of(release));
    if json {
        let dry_run = true;
        return out.json(&v1::RenderPlan { dry_run, file: target, as_frozen, bytes: size, mix });
    }
    let same = match as_frozen {
        true => "sample for sample as it was frozen",
        false => "with other bits than were frozen",
    };
    out.line(&format!("would render {target}, {same}, reading {}", bytes(size)))?;
    print_mix(&mut out, &mix)?;
    out.finish()
}

/// What `studio release deliver` would make.
pub(super) fn deliver(release: &Release, target: &Path, json: bool) -> Result<()> {
    expect_free(target)?;
    let mut out = Out::new();
    let (mix, size) = (frozen_mix(release), size_of(release));
    if json {
        return out.json(&v1::DeliveryPlan {
            dry_run: true,
            target: target.display().to_string(),
            stems: release.stems.iter().map(wire_stem).collect(),
            mix,
            bytes: size,
        });
    }
    let (title, target) = (title(release), target.display());
    out.line(&format!("would deliver {title} to {target}, reading {}", bytes(size)))?;
    let mut table = Table::new(&["FILE OF", "VERSION", "LENGTH", "FORMAT"]).indented();
    for stem in &release.stems {
        table.row([
            stem.track.to_string(),
            stem.tag.to_string(),
            sound::length(&stem.format).unwrap_or_default(),
            sound::format(&stem.format),
        ]);
    }
    let [length, format] = cells(&mix);
    table.row(["the mix".to_owned(), String::new(), length, format!("wav {format}")]);
    table.print(&mut out)?;
    out.line("  and the texts that tell of them, with the checksums of all")?;
    out.finish()
}

/// The reasons against something, where there are some, below each other.
pub(super) fn print_obstacles(out: &mut Out, obstacles: &[Obstacle]) -> Result<()> {
    if !obstacles.is_empty() {
        out.line("against it:")?;
    }
    let reasons = obstacles.iter().map(|obstacle| (obstacle.code(), obstacle.to_string()));
    for reason in in_columns(reasons.collect()) {
        out.line(&format!("  {reason}"))?;
    }
    Ok(())
}

/// The same for programs.
pub(super) fn wire_obstacles(obstacles: &[Obstacle]) -> Vec<v1::GateFinding> {
    let wire = |obstacle: &Obstacle| v1::GateFinding {
        code: obstacle.code().to_owned(),
        detail: obstacle.to_string(),
    };
    obstacles.iter().map(wire).collect()
}

/// How a dry run ends that found these reasons.
pub(super) fn verdict(obstacles: &[Obstacle]) -> Result<()> {
    if obstacles.is_empty() {
        return Ok(());
    }
    let reasons = count(obstacles.len() as u64, "reason", "reasons");
    let integrity = obstacles.iter().any(Obstacle::concerns_bytes);
    Err(Failure::Own {
        message: format!("it would be refused for {reasons}"),
        code: if integrity { INTEGRITY } else { CONFLICT },
        source: None,
        hint: for_obstacles(obstacles),
    })
}

/// Refuses a place of a delivery that is taken: nothing is ever replaced.
fn expect_free(target: &Path) -> Result<()> {
    let is_empty = |directory: &Path| {
        std::fs::read_dir(directory).is_ok_and(|mut entries| entries.next().is_none())
    };
    let zipped = target.extension().is_some_and(|end| end.eq_ignore_ascii_case("zip"));
    match target.is_dir() {
        true if !zipped && is_empty(target) => Ok(()),
        true => Err(super::deliver::failure(Error::TargetExists { target: target.to_owned() })),
        false => check_target(target, false).map_err(super::deliver::failure),
    }
}

fn bits(samples: SampleFormat) -> Option<u16> {
    (samples != SampleFormat::Float32).then(|| samples.bits())
}

/// What the picks would give, as far as the catalogue knows how long they are.
fn planned_mix(sheet: &PickSheet, settings: &MixSettings) -> v1::PlannedMix {
    let heard: Vec<(StemLevel, Option<SoundFacts>)> = sheet
        .picked
        .iter()
        .filter_map(|picked| match &picked.standing {
            Standing::There(_, details) => {
                Some((settings.level_of(&picked.pick.track.track), details.sound))
            }
            _ => None,
        })
        .filter(|(level, _)| !level.mute)
        .collect();
    let known = heard.iter().find_map(|(_, facts)| facts.map(|facts| facts.format.sample_rate));
    let sample_rate = settings.sample_rate.or(known);
    let end = |(level, facts): &(StemLevel, Option<SoundFacts>)| {
        let facts = (*facts)?;
        let frames = facts.measured.map(|measured| measured.frames).or(facts.format.frames)?;
        let rates = (u128::from(sample_rate?), u128::from(facts.format.sample_rate.max(1)));
        let frames = i128::try_from(u128::from(frames) * rates.0 / rates.1).ok()?;
        u64::try_from((frames + i128::from(level.offset)).max(0)).ok()
    };
    let ends: Option<Vec<u64>> = heard.iter().map(end).collect();
    v1::PlannedMix {
        channel_count: 2,
        sample_rate,
        bits_per_sample: bits(settings.samples),
        frame_count: ends.and_then(|ends| ends.into_iter().max()),
    }
}

fn frozen_mix(release: &Release) -> v1::PlannedMix {
    let mix = &release.mix;
    v1::PlannedMix {
        channel_count: mix.channels,
        sample_rate: Some(mix.sample_rate),
        bits_per_sample: mix.bits,
        frame_count: Some(mix.frames),
    }
}

fn size_of(release: &Release) -> u64 {
    release.stems.iter().map(|stem| stem.size).sum()
}

fn wire_stem(stem: &Stem) -> v1::PlannedStem {
    v1::PlannedStem {
        stem: v1::AuditionStem { track: stem.track.to_string(), version: stem.tag.to_string() },
        audio: v1::AudioFormat::from(&stem.format),
    }
}

fn print_mix(out: &mut Out, mix: &v1::PlannedMix) -> Result<()> {
    let [length, format] = cells(mix);
    out.line(&format!("  {:<13} {length}", "length"))?;
    out.line(&format!("  {:<13} {format}", "format"))
}

/// Length and format.
fn cells(mix: &v1::PlannedMix) -> [String; 2] {
    let unknown = || "not known yet; `studio analyse` finds out".to_owned();
    let bits = mix.bits_per_sample.map_or_else(|| "32f".to_owned(), |bits| bits.to_string());
    let format = mix
        .sample_rate
        .map(|rate| format!("{}/{bits} {}", sound::rate(rate), sound::channels(mix.channel_count)));
    let length = mix.sample_rate.zip(mix.frame_count).map(|(rate, frames)| {
        let micros = u128::from(frames) * 1_000_000 / u128::from(rate.max(1));
        sound::length_of_micros(u64::try_from(micros).unwrap_or(u64::MAX))
    });
    [length.unwrap_or_else(unknown), format.unwrap_or_else(unknown)]
}
