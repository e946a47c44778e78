//! `--dry-run` of `studio mix`, `release render` and `release deliver`: what would be made,
//! and where, told by the catalogue alone; of the store no more is asked than what is there.

use studio_api::v1;
use studio_core::audio::write::SampleFormat;
use studio_core::{
    AuditionPlan, Delivery, Job, MixFile, MixSettings, Obstacle, PlannedMix, Release, SongPath,
    Studio, TrackName, VersionTag, check_target,
};

use super::{master_gain, print_stems, title};
use crate::commands::{count, with_suggestions};
use crate::failure::{CONFLICT, Failure, INTEGRITY, Result, in_columns, told};
use crate::output::hint::for_obstacles;
use crate::output::sound;
use crate::output::text::{Out, bytes};

/// What `studio mix` would make.
pub(super) async fn mix(
    studio: &Studio,
    (song, settings, file): (&SongPath, &MixSettings, Option<&MixFile>),
    json: bool,
    job: &Job,
) -> Result<()> {
    if let Some(file) = file {
        check_target(&file.target, file.overwrite)?;
    }
    let plan = match studio.plan_audition(song, settings, job).await {
        Ok(plan) => plan,
        Err(error) => return Err(with_suggestions(studio, error).await),
    };
    let printed = match json {
        true => Out::new().json(&v1::MixPlan {
            dry_run: true,
            file: file.map(|file| file.target.display().to_string()),
            stems: wire_stems(&plan.stems, settings),
            master_gain_db: settings.gain.as_f64(),
            without: plan.without.iter().map(ToString::to_string).collect(),
            bytes: plan.bytes,
            mix: wire_mix(&plan.mix),
            obstacles: wire_obstacles(&plan.obstacles),
        }),
        false => print(&plan, settings, file),
    };
    told(printed, verdict(&plan.obstacles))
}

fn print(plan: &AuditionPlan, settings: &MixSettings, file: Option<&MixFile>) -> Result<()> {
    let mut out = Out::new();
    let level = |track| settings.level_of(track);
    let heard = plan.stems.iter().filter(|(track, _)| !level(track).mute).count() as u64;
    let heard = count(heard, "stem", "stems");
    let into = match file {
        Some(file) => format!("into {}", file.target.display()),
        None => "only to measure".to_owned(),
    };
    out.line(&format!("would mix {heard} {into}, reading {}", bytes(plan.bytes)))?;
    print_planned_stems(&mut out, &plan.stems, settings)?;
    print_mix(&mut out, &plan.mix)?;
    print_master_gain(&mut out, settings)?;
    if !plan.without.is_empty() && !plan.stems.is_empty() {
        let names: Vec<_> = plan.without.iter().map(ToString::to_string).collect();
        out.line(&format!("  {:<13} {}", "without", names.join(", ")))?;
    }
    print_obstacles(&mut out, &plan.obstacles)?;
    out.finish()
}

/// The stems that would be mixed, where there are some.
pub(super) fn print_planned_stems(
    out: &mut Out,
    stems: &[(TrackName, VersionTag)],
    settings: &MixSettings,
) -> Result<()> {
    let level = |track| settings.level_of(track);
    let stems: Vec<_> = stems.iter().map(|(track, tag)| (track, tag, level(track))).collect();
    if stems.is_empty() { Ok(()) } else { print_stems(out, &stems) }
}

/// The same for programs.
pub(super) fn wire_stems(
    stems: &[(TrackName, VersionTag)],
    settings: &MixSettings,
) -> Vec<v1::AuditionStem> {
    let stems = stems.iter();
    stems.map(|(track, tag)| v1::AuditionStem::new(track, tag, &settings.level_of(track))).collect()
}

/// How much louder or softer the whole mix would be made, where it would.
pub(super) fn print_master_gain(out: &mut Out, settings: &MixSettings) -> Result<()> {
    match master_gain(settings.gain) {
        Some(gain) => out.line(&format!("  {:<13} {gain}", "master gain")),
        None => Ok(()),
    }
}

/// What `studio release render` would make.
pub(super) fn render(
    release: &Release,
    samples: Option<SampleFormat>,
    file: &MixFile,
    json: bool,
) -> Result<()> {
    let frozen = PlannedMix::of(release);
    let mix = PlannedMix { samples: samples.unwrap_or(frozen.samples), ..frozen };
    check_target(&file.target, file.overwrite)?;
    let as_frozen = mix == frozen;
    let mut out = Out::new();
    let (target, size) = (file.target.display().to_string(), size_of(release));
    if json {
        let (dry_run, mix) = (true, wire_mix(&mix));
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
pub(super) async fn deliver(
    studio: &Studio,
    release: &Release,
    delivery: &Delivery,
    json: bool,
) -> Result<()> {
    let plan = studio.plan_delivery(release, delivery).await.map_err(super::deliver::failure)?;
    let mut out = Out::new();
    let target = delivery.target.display();
    if json {
        let stems = release.stems.iter().zip(&plan.stems).map(|(stem, file)| v1::PlannedStem {
            file: file.clone(),
            stem: v1::AuditionStem::new(&stem.track, &stem.tag, &stem.level),
            audio: v1::AudioFormat::from(&stem.format),
        });
        return out.json(&v1::DeliveryPlan {
            dry_run: true,
            target: target.to_string(),
            files: plan.files(),
            stems: stems.collect(),
            mix: wire_mix(&PlannedMix::of(release)),
            bytes: plan.bytes,
        });
    }
    let (title, files) = (title(release), plan.files());
    let count = count(files.len() as u64, "file", "files");
    let size = bytes(plan.bytes);
    out.line(&format!("would deliver {count} of {title} to {target}, reading {size}"))?;
    for file in files {
        out.line(&format!("  {file}"))?;
    }
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

fn size_of(release: &Release) -> u64 {
    release.stems.iter().map(|stem| stem.size).sum()
}

fn wire_mix(mix: &PlannedMix) -> v1::PlannedMix {
    v1::PlannedMix {
        channel_count: mix.channels,
        sample_rate: mix.sample_rate,
        bits_per_sample: bits(mix.samples),
        frame_count: mix.frames,
    }
}

fn bits(samples: SampleFormat) -> Option<u16> {
    (samples != SampleFormat::Float32).then(|| samples.bits())
}

fn print_mix(out: &mut Out, mix: &PlannedMix) -> Result<()> {
    let unknown = || "not known yet; `studio analyse` finds out".to_owned();
    let bits = bits(mix.samples).map_or_else(|| "32f".to_owned(), |bits| bits.to_string());
    let format = mix
        .sample_rate
        .map(|rate| format!("{}/{bits} {}", sound::rate(rate), sound::channels(mix.channels)));
    let length = mix.sample_rate.zip(mix.frames);
    let length = length.map(|(rate, frames)| sound::length_of_frames(frames, rate));
    out.line(&format!("  {:<13} {}", "length", length.unwrap_or_else(unknown)))?;
    out.line(&format!("  {:<13} {}", "format", format.unwrap_or_else(unknown)))
}
