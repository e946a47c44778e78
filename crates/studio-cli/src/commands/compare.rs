//! `studio compare`.

use studio_api::v1;
use studio_core::audio::diff::{Comparison, Excess, Verdict};
use studio_core::{Compared, Decibels, Job};

use super::subject::{one, short, wire};
use crate::args;
use crate::config::Config;
use crate::failure::Result;
use crate::output::sound;
use crate::output::text::Out;

/// How many regions are shown.
const SHOWN: usize = 12;

pub(super) fn run(config: &Config, arguments: &args::Compare) -> Result<()> {
    let studio = super::open(config, super::Use::Look)?;
    super::work(super::BEGINS_ANEW, async |job: Job| {
        let first = one(&studio, config, &arguments.first, &arguments.track).await?;
        let second = one(&studio, config, &arguments.second, &arguments.track).await?;
        let compared = studio.compare_sound([first, second], &job).await?;
        match arguments.json {
            true => Out::new().json(&wire_comparison(&compared)),
            false => print(&compared),
        }
    })
}

fn name(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Identical => "identical",
        Verdict::Shifted => "shifted",
        Verdict::Gain => "gain",
        Verdict::Rounded => "rounded",
        Verdict::Changed => "changed",
        _ => "incomparable",
    }
}

fn wire_comparison(compared: &Compared) -> v1::Comparison {
    let comparison = &compared.comparison;
    let [first, second] = &compared.subjects;
    let rate = f64::from(comparison.sounds[0].sample_rate);
    let regions = comparison.regions.iter().map(|region| v1::Region {
        start: region.start as f64 / rate,
        end: region.end as f64 / rate,
    });
    v1::Comparison {
        first: wire(first),
        second: wire(second),
        verdict: name(comparison.verdict).to_owned(),
        same_bytes: compared.same_bytes,
        shift_frames: comparison.shift,
        gain_db: comparison.gain.map(Decibels::as_f64),
        inverted: comparison.inverted,
        regions: regions.collect(),
        region_count: comparison.region_count,
        first_loudness: v1::Loudness::from(&compared.loudness[0]),
        second_loudness: v1::Loudness::from(&compared.loudness[1]),
        matching_gain_db: compared.matching_gain().map(Decibels::as_f64),
    }
}

fn print(compared: &Compared) -> Result<()> {
    let mut out = Out::new();
    for (letter, n) in [("A", 0), ("B", 1)] {
        let loudness = &compared.loudness[n];
        let sounds = &compared.comparison.sounds[n];
        let rate = sound::rate(sounds.sample_rate);
        let channels = sound::channels(sounds.channels);
        let (lufs, peak) = (sound::level(loudness.integrated), sound::level(loudness.true_peak));
        out.line(&format!(
            "{letter}  {}  ({rate} {channels}, {lufs} LUFS, true peak {peak} dBTP)",
            short(&compared.subjects[n])
        ))?;
    }
    out.line(&describe(compared))?;
    let comparison = &compared.comparison;
    let shown = if throughout(comparison) { 0 } else { SHOWN };
    for region in comparison.regions.iter().take(shown) {
        let rate = comparison.sounds[0].sample_rate;
        out.line(&format!("  {} to {}", clock(region.start, rate), clock(region.end, rate)))?;
    }
    match comparison.region_count.saturating_sub(SHOWN as u64) {
        0 => {}
        // Those that differ throughout have one.
        more => out.line(&format!("  and {}", super::count(more, "region", "regions")))?,
    }
    for (excess, place) in [(comparison.before, "before"), (comparison.behind, "behind")] {
        if let Some(excess) = excess {
            out.line(&of_excess(&excess, place, comparison))?;
        }
    }
    match compared.matching_gain() {
        Some(gain) if gain.thousandths().abs() >= 50 => {
            let sign = if gain.thousandths() > 0 { "+" } else { "" };
            out.line(&format!("to hear B as loud as A: {sign}{gain:.1} dB on B"))?;
        }
        _ => {}
    }
    out.finish()
}

fn describe(compared: &Compared) -> String {
    let comparison = &compared.comparison;
    let shift = shift_of(comparison);
    let other = otherwise(comparison);
    match comparison.verdict {
        Verdict::Identical if compared.same_bytes => "the very same bytes".to_owned(),
        Verdict::Identical => "the same sound, sample for sample, in another file".to_owned(),
        Verdict::Shifted => format!("B is A{shift}, sample for sample"),
        Verdict::Gain | Verdict::Rounded => {
            format!("B is A{}{shift}", other.as_deref().unwrap_or_default())
        }
        Verdict::Changed => {
            let regions = super::count(comparison.region_count, "region", "regions");
            match (comparison.region_count, other) {
                (0, None) => format!("what both have is the same{shift}; the lengths differ"),
                (0, Some(other)) => {
                    format!("what both have of B is A{other}{shift}; the lengths differ")
                }
                _ if throughout(comparison) => format!("they differ from beginning to end{shift}"),
                (_, None) => format!("they differ in {regions}{shift}:"),
                (_, Some(other)) => {
                    format!("they differ in {regions}; the rest of B is A{other}{shift}:")
                }
            }
        }
        _ => "their channels or sample rates differ: samples cannot be compared".to_owned(),
    }
}

/// When the second one comes, where not with the first.
fn shift_of(comparison: &Comparison) -> String {
    let rate = comparison.sounds[0].sample_rate;
    match comparison.shift {
        0 => String::new(),
        later @ 1.. => format!(", {} later", of_frames(later.unsigned_abs(), rate)),
        earlier => format!(", {} earlier", of_frames(earlier.unsigned_abs(), rate)),
    }
}

/// What was done to the samples that are alike; nothing where they are equal.
fn otherwise(comparison: &Comparison) -> Option<String> {
    let gain = comparison.gain?;
    Some(match (gain.thousandths(), comparison.inverted) {
        (0, false) => " but for rounding".to_owned(),
        (0, true) => " upside down".to_owned(),
        (thousandths, inverted) => {
            let sign = if thousandths > 0 { "+" } else { "" };
            let inverted = if inverted { ", upside down" } else { "" };
            format!(" with {sign}{gain:.2} dB{inverted}")
        }
    })
}

/// Whether nothing of what both have is the same.
fn throughout(comparison: &Comparison) -> bool {
    let Some([first, second]) = comparison.frames else { return false };
    let both = first.min(second).saturating_sub(comparison.shift.unsigned_abs());
    comparison.region_count == 1 && comparison.changed_frames >= both - both / 100
}

fn of_excess(excess: &Excess, place: &str, comparison: &Comparison) -> String {
    let who = if excess.in_second { "B" } else { "A" };
    let what = if excess.silent { " of silence" } else { "" };
    let rate = comparison.sounds[usize::from(excess.in_second)].sample_rate;
    format!("  {who} has {}{what} more {place}", of_frames(excess.frames, rate))
}

fn of_frames(frames: u64, rate: u32) -> String {
    let ms = frames as f64 * 1000.0 / f64::from(rate.max(1));
    format!("{frames} frames ({ms:.1} ms)")
}

/// A place in some sound, to the tenth of a second.
fn clock(frames: u64, rate: u32) -> String {
    let tenths = u128::from(frames) * 10 / u128::from(rate.max(1));
    let seconds = tenths / 10;
    format!("{}:{:02}.{}", seconds / 60, seconds % 60, tenths % 10)
}
