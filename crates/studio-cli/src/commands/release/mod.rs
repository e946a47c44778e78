//! `studio mix` and `studio release`.

mod create;
mod deliver;
mod look;
mod mix;
mod plan;
mod render;
mod settings;
mod verify;
mod warn;

pub(super) use mix::run as mix;
use settings::settings;
use warn::{picked, warn_of_clipping, warn_of_no_good, warn_of_unheard};

use std::path::Path;

use studio_core::audio::write::SampleFormat;
use studio_core::{
    Decibels, Error, FileKind, Mix, Obstacle, PickSheet, Release, SongPath, StemLevel, Studio,
    TrackName, VersionTag,
};

use super::with_suggestions;
use crate::args::{Bits, ReleaseCommand, ReleaseNames, SongNames};
use crate::config::Config;
use crate::failure::{Failure, Result};
use crate::output::hint;
use crate::output::sound;
use crate::output::table::Table;
use crate::output::text::Out;

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
    let bits = mix.bits.map_or_else(|| "32f".to_owned(), |bits| bits.to_string());
    let rate = sound::rate(mix.sample_rate);
    let loudness = &mix.loudness;
    let (lufs, peak) = (sound::level(loudness.integrated), sound::level(loudness.true_peak));
    let range = loudness.range.map(|range| format!(", range {range:.1} LU")).unwrap_or_default();
    let mut lines = vec![
        ("length", sound::length_of_frames(mix.frames, mix.sample_rate)),
        ("format", format!("{rate}/{bits} {}", sound::channels(mix.channels))),
        ("loudness", format!("{lufs} LUFS{range}, true peak {peak} dBTP")),
        ("audio digest", mix.audio_digest.to_string()),
    ];
    lines.extend(master_gain(mix.gain).map(|gain| ("master gain", gain)));
    if mix.clipped > 0 {
        lines.push(("clipped", super::count(mix.clipped, "sample", "samples")));
    }
    lines
}

/// How much louder or softer a whole mix is made, where it is.
fn master_gain(gain: Decibels) -> Option<String> {
    match gain.thousandths() {
        0 => None,
        1.. => Some(format!("+{gain:.2} dB")),
        _ => Some(format!("{gain:.2} dB")),
    }
}
