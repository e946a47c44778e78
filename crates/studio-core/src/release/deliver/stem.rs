//! One stem as a file.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;

use studio_audio::metadata::{Bext, Ixml, IxmlTrack};
use studio_audio::write::{AudioWriter as _, PcmFormat, SampleFormat, WavChunks, WavWriter};
use studio_domain::{AudioFormat, Codec, Container, Release, Stem};

use super::pack;
use crate::sound::{error, measure};
use crate::transfer::receive::target_error;
use crate::{Job, Result};

/// The space of the buffer before the file.
const BUFFER: usize = 1 << 18;

/// What the samples of a stem are written as, if they can be written without loss; what
/// cannot is delivered as it is.
pub(super) fn rewritten(stem: &Stem) -> Option<SampleFormat> {
    let AudioFormat { codec, bit_depth, channels, .. } = stem.format;
    let valid = bit_depth.map(|depth| depth.valid);
    let fits = channels <= studio_audio::write::MAX_CHANNELS;
    match (codec, valid) {
        (Codec::Pcm | Codec::Flac | Codec::Alac, Some(..=16)) if fits => Some(SampleFormat::Int16),
        (Codec::Pcm | Codec::Flac | Codec::Alac, Some(..=24)) if fits => Some(SampleFormat::Int24),
        (Codec::PcmFloat, Some(32)) if fits => Some(SampleFormat::Float32),
        _ => None,
    }
}

/// The extension of a file that is delivered as it is.
pub(super) fn extension(stem: &Stem) -> &'static str {
    match stem.format.container {
        Container::Wav | Container::Rf64 | Container::Bw64 => "wav",
        Container::Aiff => "aiff",
        Container::Aifc => "aifc",
        Container::Flac => "flac",
        Container::Mpeg => "mp3",
        Container::Adts => "aac",
        Container::Mp4 => "m4a",
        Container::Ogg if stem.format.codec == Codec::Opus => "opus",
        Container::Ogg => "ogg",
        _ => "bin",
    }
}

/// Writes a stem. Blocks until it is done.
pub(super) fn deliver(
    source: &Path,
    target: &Path,
    release: &Release,
    stem: &Stem,
    job: &Job,
) -> Result<()> {
    let what = || stem.track.to_string();
    let Some(samples) = rewritten(stem) else {
        return copy(source, target, job);
    };
    let mut decoder = measure::decoder(source, &what())?;
    let sound = decoder.sound();
    let format = PcmFormat { channels: sound.channels, sample_rate: sound.sample_rate, samples };
    let file = File::create_new(target).map_err(|error| target_error(target, error))?;
    let file = BufWriter::with_capacity(BUFFER, file);
    let mut writer = WavWriter::new(file, format, &chunks(release, stem, format))
        .map_err(|e| error::of(what(), e))?;
    while let Some(block) = decoder.next_block().map_err(|e| error::of(what(), e))? {
        job.check()?;
        writer.write(block).map_err(|e| error::of(what(), e))?;
    }
    writer.finish().map_err(|e| error::of(what(), e))
}

/// Copies a file byte by byte: what it may be used for is not copied from the spool.
fn copy(source: &Path, target: &Path, job: &Job) -> Result<()> {
    let failed = |error| target_error(target, error);
    let mut file = File::create_new(target).map_err(failed)?;
    pack::read_all(source, target, job, |bytes| file.write_all(bytes))
}

/// Where a stem begins, in frames of its own: its offset is in those of the mix.
fn time_reference(release: &Release, stem: &Stem) -> u64 {
    let offset = u64::try_from(stem.level.offset).unwrap_or(0);
    let (own, of_mix) = (stem.format.sample_rate, release.mix.sample_rate.max(1));
    let frames = u128::from(offset) * u128::from(own) / u128::from(of_mix);
    u64::try_from(frames).unwrap_or(u64::MAX)
}

fn chunks(release: &Release, stem: &Stem, format: PcmFormat) -> WavChunks {
    let at = studio_api::format_time(release.said.at);
    let (day, time) = at.split_once('T').unwrap_or_default();
    let (song, track) = (&release.song, &stem.track);
    let bext = Bext {
        description: format!("{}: {}, {track}, {}", song.artist, song.song, stem.tag),
        originator: "studio".to_owned(),
        originator_reference: stem.version.as_uuid().simple().to_string(),
        origination_date: day.to_owned(),
        origination_time: time.chars().take(8).collect(),
        time_reference: time_reference(release, stem),
        loudness: stem.loudness,
        coding_history: Bext::coding_line(format, "studio"),
        ..Bext::default()
    };
    let channels = 1..=u32::from(format.channels);
    let ixml = Ixml {
        project: Some(song.artist.to_string()),
        scene: Some(song.song.to_string()),
        take: Some(stem.tag.to_string()),
        tape: Some(format!("release {}", release.name)),
        circled: Some(true),
        note: None,
        tracks: channels
            .map(|channel| IxmlTrack {
                channel: Some(channel),
                interleave: Some(channel),
                name: Some(track.to_string()),
                function: None,
            })
            .collect(),
    };
    WavChunks { bext: Some(bext), ixml: Some(ixml) }
}
