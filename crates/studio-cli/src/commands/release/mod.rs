//! `studio mix` and `studio release`.

mod create;
mod deliver;
mod look;
mod mix;
mod plan;
mod render;
mod verify;

pub(super) use mix::run as mix;

use std::path::Path;

use studio_core::audio::write::SampleFormat;
use studio_core::{
    Error, FileKind, Mix, MixSettings, Obstacle, PickSheet, Release, SongPath, StemLevel, Studio,
    TrackName, VersionTag,
};

use super::with_suggestions;
use crate::args::{Bits, Mixing, ReleaseCommand, ReleaseNames, SongNames};
use crate::config::Config;
use crate::failure::{Failure, Result};
use crate::levels::Shift;
use crate::output::hint;
use crate::output::sound;
use crate::output::table::Table;
use crate::output::text::{Out, note};

/// Runs a command about releases.
pub(super) fn run(config: &Config, command: &ReleaseCommand) -> Result<()> {
    match command {
        ReleaseCommand::Create(create) => create::run(config, create),
        ReleaseCommand::List(list) => look::list(config, list),
        ReleaseCommand::Show(show) => look::show(config, show),
        ReleaseCommand::Verify(verify) => verify::run(config, verify),
        ReleaseCommand::Render(render) => render::run(config, render),
        ReleaseCommand::Deliver(deliver) => deliver::run(config, deliver),
    }
}

/// The song that is meant.
fn song(names: &SongNames, config: &Config) -> Result<SongPath> {
    let artist = super::artist(names.artist.as_deref(), config)?;
    Ok(SongPath { artist, song: names.song.parse()? })
}

/// The release that is meant.
async fn release(studio: &Studio, names: &ReleaseNames, config: &Config) -> Result<Release> {
    let song = song(&names.song, config)?;
    match studio.release(&song, &names.name).await {
        Ok(release) => Ok(release),
        Err(error @ Error::Catalog(studio_core::CatalogError::NoRelease { .. })) => {
            let there = studio.releases(Some(&song)).await?;
            if there.is_empty() {
                known(studio, &song).await?;
            }
            let there: Vec<_> = there.iter().map(|release| release.name.as_str()).collect();
            let hint = hint::for_unknown(names.name.as_str(), "releases", &there, false)
                .unwrap_or_else(|| "it has none yet; `studio release create` makes one".to_owned());
            Err(Failure::Core { error, hint: Some(hint) })
        }
        Err(error) => Err(error.into()),
    }
}

/// Sees that there is such a song; its release may still be there when all its versions are
/// gone.
async fn known(studio: &Studio, song: &SongPath) -> Result<()> {
    match studio.picks(song).await {
        Ok(_) => Ok(()),
        Err(error) => Err(with_suggestions(studio, error).await),
    }
}

/// A release as a heading and in sentences.
fn title(release: &Release) -> String {
    format!("release {} of {}", release.name, release.song)
}

fn samples(bits: Bits) -> SampleFormat {
    match bits {
        Bits::Int16 => SampleFormat::Int16,
        Bits::Int24 => SampleFormat::Int24,
        Bits::Float32 => SampleFormat::Float32,
    }
}

/// How the picks are mixed, by the flags.
async fn settings(studio: &Studio, song: &SongPath, mixing: &Mixing) -> Result<MixSettings> {
    let mut levels: Vec<(TrackName, StemLevel)> = Vec::new();
    let mut of = |track: &TrackName, set: &dyn Fn(&mut StemLevel)| {
        let known = levels.iter_mut().find(|(name, _)| name.key() == track.key());
        match known {
            Some((_, level)) => set(level),
            None => {
                let mut level = StemLevel::default();
                set(&mut level);
                levels.push((track.clone(), level));
            }
        }
    };
    for gain in &mixing.gain {
        of(&gain.track, &|level| level.gain = gain.value);
    }
    for pan in &mixing.pan {
        of(&pan.track, &|level| level.pan = pan.value);
    }
    let muted = mixing.mute.iter().map(|track| track.parse()).collect::<Result<Vec<_>, _>>()?;
    let rate = rate_of_mix(studio, song, mixing, &muted).await?;
    for offset in &mixing.offset {
        of(&offset.track, &|level| level.offset = offset.value.frames(rate));
    }
    for track in &muted {
        of(track, &|level| level.mute = true);
    }
    Ok(MixSettings {
        levels,
        gain: mixing.master_gain.unwrap_or_default(),
        sample_rate: mixing.sample_rate,
        mixed_lengths: mixing.mixed_lengths,
        samples: samples(mixing.bits),
        dither: !mixing.no_dither,
    })
}

/// The sample rate that times are counted in: that of the mix, which the tracks that are heard
/// in it decide.
async fn rate_of_mix(
    studio: &Studio,
    song: &SongPath,
    mixing: &Mixing,
    muted: &[TrackName],
) -> Result<u32> {
    let in_time = |offset: &crate::levels::OfTrack<Shift>| matches!(offset.value, Shift::Micros(_));
    match mixing.sample_rate {
        Some(rate) => return Ok(rate),
        None if !mixing.offset.iter().any(in_time) => return Ok(1),
        None => {}
    }
    let sheet = match studio.picks(song).await {
        Ok(sheet) => sheet,
        Err(error) => return Err(with_suggestions(studio, error).await),
    };
    let mut heard = sheet.picked;
    heard.retain(|picked| {
        let track = picked.pick.track.track.key();
        muted.iter().all(|muted| muted.key() != track)
    });
    let mut rates = heard.iter().filter_map(|picked| match &picked.standing {
        studio_core::Standing::There(_, details) => {
            details.sound.map(|sound| sound.format.sample_rate)
        }
        _ => None,
    });
    match rates.next() {
        Some(rate) => Ok(rate),
        // That nothing is heard is told by the mix itself.
        None if heard.is_empty() => Ok(1),
        None => Err(Failure::usage(
            "the sample rate of the picks is not known yet, so times cannot be counted in it",
            "run `studio analyse` first, or give --offset in frames",
        )),
    }
}

/// The kind of file that a name asks for.
fn kind_of(file: &Path) -> Result<FileKind> {
    let extension = file.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    match extension.to_ascii_lowercase().as_str() {
        "wav" | "wave" | "rf64" => Ok(FileKind::Wav),
        "flac" => Ok(FileKind::Flac),
        _ => Err(Failure::usage(
            format!("{} does not tell what kind of file it shall be", file.display()),
            "let its name end in .wav or .flac",
        )),
    }
}

/// Refuses floats for a kind of file that does not hold them, before anything is read.
fn fits(kind: FileKind, floats: bool) -> Result<()> {
    match kind {
        FileKind::Flac if floats => Err(Failure::usage(
            "FLAC holds whole numbers, and the mix is of 32-bit floats",
            "let the file's name end in .wav, or give --bits 24",
        )),
        _ => Ok(()),
    }
}

/// A failure of something that mixes a song, with "did you mean" where a name was not found.
async fn mix_failure(studio: &Studio, song: &SongPath, error: Error) -> Failure {
    if let Error::NotReleasable { obstacles, .. } = &error
        && let [Obstacle::UnknownTrack { track }] = &obstacles[..]
        && let Ok(PickSheet { picked, without }) = studio.picks(song).await
    {
        let picked = picked.iter().map(|picked| picked.pick.track.track.as_str());
        let names: Vec<_> = picked.chain(without.iter().map(TrackName::as_str)).collect();
        let hint = hint::for_unknown(track.as_str(), "tracks", &names, false);
        return Failure::Core { error, hint };
    }
    with_suggestions(studio, error).await
}

/// The stems of a mix, below each other.
fn print_stems(out: &mut Out, stems: &[(&TrackName, &VersionTag, StemLevel)]) -> Result<()> {
    let mut table = Table::new(&["TRACK", "VERSION", "GAIN", "PAN", "OFFSET"]).indented();
    for (track, tag, level) in stems {
        let [gain, pan, offset] = cells_of_level(level);
        table.row([track.to_string(), tag.to_string(), gain, pan, offset]);
    }
    table.print(out)
}

/// Gain in dB, place, and frames later, as far as they are not those of a stem left as it is.
pub(super) fn cells_of_level(level: &StemLevel) -> [String; 3] {
    let gain = match (level.mute, level.gain.thousandths()) {
        (true, _) => "muted".to_owned(),
        (false, 0) => String::new(),
        (false, 1..) => format!("+{:.2}", level.gain),
        (false, _) => format!("{:.2}", level.gain),
    };
    let pan = if level.pan.percent() == 0 { String::new() } else { level.pan.to_string() };
    let offset = if level.offset == 0 { String::new() } else { level.offset.to_string() };
    [gain, pan, offset]
}

/// What came of a mix, in lines.
fn lines_of_mix(mix: &Mix) -> Vec<(&'static str, String)> {
    let micros = u128::from(mix.frames) * 1_000_000 / u128::from(mix.sample_rate.max(1));
    let bits = mix.bits.map_or_else(|| "32f".to_owned(), |bits| bits.to_string());
    let rate = sound::rate(mix.sample_rate);
    let loudness = &mix.loudness;
    let (lufs, peak) = (sound::level(loudness.integrated), sound::level(loudness.true_peak));
    let range = loudness.range.map(|range| format!(", range {range:.1} LU")).unwrap_or_default();
    let mut lines = vec![
        ("length", sound::length_of_micros(u64::try_from(micros).unwrap_or(u64::MAX))),
        ("format", format!("{rate}/{bits} {}", sound::channels(mix.channels))),
        ("loudness", format!("{lufs} LUFS{range}, true peak {peak} dBTP")),
        ("audio digest", mix.audio_digest.to_string()),
    ];
    if mix.clipped > 0 {
        lines.push(("clipped", super::count(mix.clipped, "sample", "samples")));
    }
    lines
}

/// Says on stderr that a mix was too loud.
fn warn_of_clipping(mix: &Mix) {
    if mix.clipped > 0 {
        let samples = super::count(mix.clipped, "sample lies", "samples lie");
        note(&format!(
            "warning: {samples} beyond full scale and cut to it; --master-gain -3 makes room"
        ));
    }
}
