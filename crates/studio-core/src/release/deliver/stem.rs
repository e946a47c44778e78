//! One stem as a file.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::PathBuf;

use studio_audio::analysis::Measures;
use studio_audio::write::{AudioWriter as _, PcmFormat, SampleFormat, WavChunks, WavWriter};
use studio_domain::{AudioFormat, Codec, Container, Stem};

use super::pack;
use crate::release::place::in_target;
use crate::sound::{error, measure};
use crate::transfer::receive::target_error;
use crate::{Error, Job, Result};

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

/// A stem on its way into a file.
#[derive(Debug)]
pub(super) struct StemFile {
    pub(super) source: PathBuf,
    pub(super) target: PathBuf,
    pub(super) stem: Stem,
    /// What is written beside its samples, where it is written anew.
    pub(super) format: Option<(PcmFormat, WavChunks)>,
}

impl StemFile {
    /// Writes the file, and reads it again to see that it has the samples that were frozen.
    /// Blocks until it is done.
    pub(super) fn write(&self, job: &Job) -> Result<()> {
        let Some((format, chunks)) = &self.format else {
            return self.copy(job);
        };
        let what = self.stem.track.to_string();
        let failed = |e| error::of(what.clone(), e);
        let unwritten = |e| in_target(&self.target, failed(e));
        let mut decoder = measure::decoder(&self.source, &what)?;
        let file = File::create_new(&self.target).map_err(|e| target_error(&self.target, e))?;
        let file = BufWriter::with_capacity(BUFFER, file);
        let mut writer = WavWriter::new(file, *format, chunks).map_err(unwritten)?;
        while let Some(block) = decoder.next_block().map_err(failed)? {
            job.check()?;
            writer.write(block).map_err(unwritten)?;
        }
        writer.finish().map_err(unwritten)?;
        let found = measure::measure(&self.target, &what, Measures::AUDIO_DIGEST, job)?;
        match found.audio_digest {
            Some(found) if found != self.stem.audio_digest => {
                Err(Error::NotAsFrozen { what, found })
            }
            Some(_) => Ok(()),
            None => Err(Error::Internal("a stem was not read to its end".into())),
        }
    }

    /// Copies the file byte by byte (what it may be used for is not copied from the spool),
    /// and reads it again to see that its bytes are those that were stored.
    fn copy(&self, job: &Job) -> Result<()> {
        let failed = |error| target_error(&self.target, error);
        let mut file = File::create_new(&self.target).map_err(failed)?;
        pack::read_all(&self.source, &self.target, job, |bytes| file.write_all(bytes))?;
        let copied = pack::digest(&self.target, String::new(), &self.target, job)?;
        match copied.digest == self.stem.digest {
            true => Ok(()),
            false => Err(Error::Internal("a stem was not copied as it is".into())),
        }
    }
}
