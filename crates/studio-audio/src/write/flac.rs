//! Native FLAC (RFC 9639).

use std::io::{self, Seek, SeekFrom, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use flac_codec::encode::{FlacSampleWriter, Options};
use flac_codec::metadata::VorbisComment;

use super::wav::check_bits;
use super::{AudioWriter, PcmFormat, SampleFormat};
use crate::{Error, Result, Samples};

/// The most channels of a FLAC file.
const MAX_CHANNELS: u16 = 8;
/// The first rate (Hz) that a FLAC file cannot have.
const RATE_END: u32 = 1 << 20;
/// Room for the table of places to seek to, one for every 10 s: more than an hour of them.
const PADDING: u32 = 8192;

/// Writes a FLAC file of 16 or 24 bits, with the MD5 of its samples.
///
/// The samples are the same on every machine; the bytes that they are packed into may differ
/// where a platform's cosine or logarithm does: compare samples or the MD5 in the file, never
/// digests of the file. Until it is finished the file names neither its length nor
/// its MD5. Besides a block it keeps some 300 bytes for each second of sound.
pub struct FlacWriter<W: Write + Seek> {
    format: PcmFormat,
    /// `None` once it is finished or has failed.
    encoder: Option<FlacSampleWriter<Gate<W>>>,
    open: Arc<AtomicBool>,
    frames: u64,
    samples: Vec<i32>,
}

impl<W: Write + Seek> FlacWriter<W> {
    /// Begins a file where the writer stands, with tags: pairs of a field's name (such as
    /// `TITLE` or `ARTIST`) and its value.
    ///
    /// # Errors
    /// [`Error::Io`]; [`Error::Mismatch`] for floats, more than 8 channels, rates of 2^20 Hz
    /// and more, and for names of fields that Vorbis comments do not have.
    pub fn new(writer: W, format: PcmFormat, tags: &[(String, String)]) -> Result<Self> {
        format.check()?;
        let fits = format.channels <= MAX_CHANNELS && format.sample_rate < RATE_END;
        if format.samples == SampleFormat::Float32 || !fits {
            let what = "a FLAC file holds whole numbers, at most 8 channels, less than 2^20 Hz";
            return Err(Error::Mismatch { what: what.to_owned() });
        }
        let options = Options::default().padding(PADDING).map_err(|e| refused(&e))?;
        let open = Arc::new(AtomicBool::new(true));
        let gate = Gate { writer, open: Arc::clone(&open) };
        let encoder = FlacSampleWriter::new(
            gate,
            options.comment(comment(tags)?),
            format.sample_rate,
            u32::from(format.samples.bits()),
            u8::try_from(format.channels).unwrap_or(u8::MAX),
            None,
        );
        let encoder = Some(encoder.map_err(failed)?);
        Ok(Self { format, encoder, open, frames: 0, samples: Vec::new() })
    }

    /// How many frames it took.
    pub fn frames(&self) -> u64 {
        self.frames
    }

    fn try_write(&mut self, samples: Samples<'_>) -> Result<()> {
        let frames = self.format.check_block(samples)?;
        let (Samples::Int(samples), Some(encoder)) = (samples, &mut self.encoder) else {
            return Err(closed());
        };
        check_bits(samples.iter().fold(0, |all, sample| all | sample), self.format.samples)?;
        let shift = 32 - u32::from(self.format.samples.bits());
        self.samples.clear();
        self.samples.extend(samples.iter().map(|sample| sample >> shift));
        encoder.write(&self.samples).map_err(failed)?;
        self.frames += frames;
        Ok(())
    }

    /// Lets go of the encoder, which would otherwise complete the file.
    fn abandon(&mut self) {
        self.open.store(false, Ordering::Relaxed);
        self.encoder = None;
    }
}

impl<W: Write + Seek> AudioWriter for FlacWriter<W> {
    fn format(&self) -> PcmFormat {
        self.format
    }

    fn write(&mut self, samples: Samples<'_>) -> Result<()> {
        self.try_write(samples).inspect_err(|_| self.abandon())
    }

    fn finish(&mut self) -> Result<()> {
        let encoder = self.encoder.take().ok_or_else(closed)?;
        if self.frames == 0 {
            self.open.store(false, Ordering::Relaxed);
            let what = "a FLAC file cannot be without samples".to_owned();
            return Err(Error::Mismatch { what });
        }
        encoder.finalize().map_err(failed)
    }
}

impl<W: Write + Seek> Drop for FlacWriter<W> {
    fn drop(&mut self) {
        self.abandon();
    }
}

impl<W: Write + Seek> std::fmt::Debug for FlacWriter<W> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let frames = self.frames;
        f.debug_struct("FlacWriter").field("format", &self.format).field("frames", &frames).finish()
    }
}

/// Tags as Vorbis comments.
fn comment(tags: &[(String, String)]) -> Result<VorbisComment> {
    let mut comment = VorbisComment::default();
    for (field, value) in tags {
        super::check_field(field)?;
        comment.insert(field, value);
    }
    Ok(comment)
}

fn closed() -> Error {
    Error::Mismatch { what: "the file takes no more samples".to_owned() }
}

fn failed(error: flac_codec::Error) -> Error {
    match error {
        flac_codec::Error::Io(error) => Error::Io(error),
        error => refused(&error),
    }
}

fn refused(error: &impl std::fmt::Display) -> Error {
    Error::Mismatch { what: format!("cannot write FLAC: {error}") }
}

/// Keeps the encoder from completing a file that was given up: it does so whenever it goes.
struct Gate<W> {
    writer: W,
    open: Arc<AtomicBool>,
}

impl<W> Gate<W> {
    fn writer(&mut self) -> io::Result<&mut W> {
        match self.open.load(Ordering::Relaxed) {
            true => Ok(&mut self.writer),
            false => Err(io::Error::other("the file was given up")),
        }
    }
}

impl<W: Write> Write for Gate<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.writer()?.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.writer()?.flush()
    }
}

impl<W: Seek> Seek for Gate<W> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.writer()?.seek(to)
    }
}
