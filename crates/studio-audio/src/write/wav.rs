//! WAV, and RF64 where a WAV could not tell its size (EBU Tech 3306).

use std::io::{Seek, SeekFrom, Write};

use super::{AudioWriter, PcmFormat, SampleFormat};
use crate::metadata::{Bext, Ixml};
use crate::{Error, Result, Samples};

/// What stands in a field of 32 bits whose value stands in `ds64`, or is not known.
const UNKNOWN: u32 = u32::MAX;
/// Bytes of the content of `ds64` without a table.
const DS64: u32 = 28;
/// The size of the whole file (bytes from its start): a field of 32 bits.
const AT_SIZE: u64 = 4;
/// The place that is kept for `ds64`.
const AT_DS64: u64 = 12;
/// `WAVE_FORMAT_PCM`.
const PCM: u16 = 1;
/// `WAVE_FORMAT_IEEE_FLOAT`.
const FLOAT: u16 = 3;
/// `WAVE_FORMAT_EXTENSIBLE`.
const EXTENSIBLE: u16 = 0xFFFE;
/// What follows the tag in the sub-format of a WAVEFORMATEXTENSIBLE.
const SUB_FORMAT: [u8; 14] = [0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xAA, 0, 0x38, 0x9B, 0x71];

/// What a file says about its sound, besides the samples.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct WavChunks {
    /// The extension of a Broadcast Wave Format file.
    pub bext: Option<Bext>,
    /// What a location recorder or a session says.
    pub ixml: Option<Ixml>,
}

/// Writes a WAV file; one that grows beyond 4 GiB becomes RF64.
///
/// The order is `JUNK` (the place of `ds64`), `fmt `, `fact` (floats), `bext`, `iXML`,
/// `data`, each at an even place. While it is written its sizes are 0xFFFFFFFF, as those of a
/// stream; [`AudioWriter::finish`] puts the true ones there, that of the whole file last.
/// More than 2 channels make a WAVEFORMATEXTENSIBLE without loudspeakers named.
#[derive(Debug)]
pub struct WavWriter<W> {
    writer: W,
    format: PcmFormat,
    /// Where the file begins in the writer.
    start: u64,
    /// The place of the number of frames in `fact`.
    at_frames: Option<u64>,
    /// The place of the first sample.
    at_data: u64,
    frames: u64,
    bytes: Vec<u8>,
    state: State,
}

/// How far a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Open,
    Failed,
    Finished,
}

impl<W: Write + Seek> WavWriter<W> {
    /// Begins a file where the writer stands.
    ///
    /// # Errors
    /// [`Error::Io`]; [`Error::Mismatch`] for a format that no file can have, and for chunks
    /// that do not hold what their kind asks for.
    pub fn new(mut writer: W, format: PcmFormat, chunks: &WavChunks) -> Result<Self> {
        format.check()?;
        let byte_rate = u64::from(format.sample_rate) * format.frame_bytes();
        if u32::try_from(byte_rate).is_err() {
            let what = "a WAV file cannot hold so many bytes in a second".to_owned();
            return Err(Error::Mismatch { what });
        }
        let (header, at_frames) = header(format, chunks)?;
        let start = writer.stream_position()?;
        writer.write_all(&header)?;
        let at_data = header.len() as u64;
        let (frames, bytes, state) = (0, Vec::new(), State::Open);
        Ok(Self { writer, format, start, at_frames, at_data, frames, bytes, state })
    }

    /// How many frames it took.
    pub fn frames(&self) -> u64 {
        self.frames
    }

    /// The writer that the file went into.
    pub fn into_inner(self) -> W {
        self.writer
    }

    /// Whether it can go on.
    fn check_open(&self) -> Result<()> {
        match self.state {
            State::Open => Ok(()),
            State::Failed | State::Finished => {
                Err(Error::Mismatch { what: "the file takes no more samples".to_owned() })
            }
        }
    }

    fn try_write(&mut self, samples: Samples<'_>) -> Result<()> {
        let frames = self.format.check_block(samples)?;
        pack(samples, self.format.samples, &mut self.bytes)?;
        self.writer.write_all(&self.bytes)?;
        self.frames += frames;
        Ok(())
    }

    fn try_finish(&mut self) -> Result<()> {
        let data = self.frames * self.format.frame_bytes();
        let padding = data % 2;
        self.writer.write_all(&[0][..usize::from(padding == 1)])?;
        let end = self.at_data + data + padding;
        // What counts after the field itself; the largest number stands for none.
        let size = u32::try_from(end - 8).ok().filter(|size| *size != UNKNOWN);
        let small = |value: u64| u32::try_from(value).unwrap_or(UNKNOWN);
        if size.is_none() {
            let mut ds64 = b"ds64".to_vec();
            ds64.extend(DS64.to_le_bytes());
            let numbers = [end - 8, data, self.frames];
            ds64.extend(numbers.iter().flat_map(|number| number.to_le_bytes()));
            self.put(AT_DS64, &ds64)?;
        }
        // EBU Tech 3306: in RF64 the fields of 32 bits say nothing.
        let told = |value: u64| if size.is_some() { small(value) } else { UNKNOWN };
        if let Some(at) = self.at_frames {
            self.put(at, &told(self.frames).to_le_bytes())?;
        }
        self.put(self.at_data - 4, &told(data).to_le_bytes())?;
        match size {
            Some(size) => self.put(AT_SIZE, &size.to_le_bytes())?,
            None => self.put(0, b"RF64")?,
        }
        self.writer.seek(SeekFrom::Start(self.start + end))?;
        Ok(self.writer.flush()?)
    }

    fn put(&mut self, at: u64, bytes: &[u8]) -> Result<()> {
        self.writer.seek(SeekFrom::Start(self.start + at))?;
        Ok(self.writer.write_all(bytes)?)
    }
}

impl<W: Write + Seek> AudioWriter for WavWriter<W> {
    fn format(&self) -> PcmFormat {
        self.format
    }

    fn write(&mut self, samples: Samples<'_>) -> Result<()> {
        self.check_open()?;
        self.try_write(samples).inspect_err(|_| self.state = State::Failed)
    }

    fn finish(&mut self) -> Result<()> {
        self.check_open()?;
        self.state = State::Failed;
        self.try_finish()?;
        self.state = State::Finished;
        Ok(())
    }
}

/// Everything before the first sample, and the place of the number of frames, if there is one.
fn header(format: PcmFormat, chunks: &WavChunks) -> Result<(Vec<u8>, Option<u64>)> {
    let mut header = Vec::new();
    header.extend(b"RIFF");
    header.extend(UNKNOWN.to_le_bytes());
    header.extend(b"WAVE");
    put_chunk(&mut header, b"JUNK", &[0; DS64 as usize])?;
    put_chunk(&mut header, b"fmt ", &fmt(format))?;
    let at_frames = match format.samples {
        SampleFormat::Float32 => {
            put_chunk(&mut header, b"fact", &UNKNOWN.to_le_bytes())?;
            Some(header.len() as u64 - 4)
        }
        SampleFormat::Int16 | SampleFormat::Int24 => None,
    };
    if let Some(bext) = &chunks.bext {
        put_chunk(&mut header, b"bext", &bext.to_bytes()?)?;
    }
    if let Some(ixml) = &chunks.ixml {
        put_chunk(&mut header, b"iXML", ixml.to_xml(format, chunks.bext.as_ref())?.as_bytes())?;
    }
    header.extend(b"data");
    header.extend(UNKNOWN.to_le_bytes());
    Ok((header, at_frames))
}

fn put_chunk(header: &mut Vec<u8>, id: &[u8; 4], content: &[u8]) -> Result<()> {
    let size = u32::try_from(content.len())
        .map_err(|_| Error::Mismatch { what: "a chunk is larger than 4 GiB".to_owned() })?;
    header.extend(id);
    header.extend(size.to_le_bytes());
    header.extend(content);
    if content.len() % 2 == 1 {
        header.push(0);
    }
    Ok(())
}

/// The content of `fmt `.
fn fmt(format: PcmFormat) -> Vec<u8> {
    let tag = match format.samples {
        SampleFormat::Float32 => FLOAT,
        SampleFormat::Int16 | SampleFormat::Int24 => PCM,
    };
    let extensible = format.channels > 2;
    let align = format.channels * format.samples.bytes();
    let mut fmt = Vec::new();
    fmt.extend(if extensible { EXTENSIBLE } else { tag }.to_le_bytes());
    fmt.extend(format.channels.to_le_bytes());
    fmt.extend(format.sample_rate.to_le_bytes());
    fmt.extend((format.sample_rate * u32::from(align)).to_le_bytes());
    fmt.extend(align.to_le_bytes());
    fmt.extend(format.samples.bits().to_le_bytes());
    if extensible {
        fmt.extend(22_u16.to_le_bytes());
        fmt.extend(format.samples.bits().to_le_bytes());
        fmt.extend(0_u32.to_le_bytes());
        fmt.extend(tag.to_le_bytes());
        fmt.extend(SUB_FORMAT);
    } else if tag == FLOAT {
        fmt.extend(0_u16.to_le_bytes());
    }
    fmt
}

/// Samples as they stand in the file.
fn pack(samples: Samples<'_>, format: SampleFormat, bytes: &mut Vec<u8>) -> Result<()> {
    bytes.resize(samples.len() * usize::from(format.bytes()), 0);
    let mut all = 0;
    match (samples, format) {
        (Samples::Int(samples), SampleFormat::Int16) => {
            for (place, sample) in bytes.chunks_exact_mut(2).zip(samples) {
                all |= sample;
                place.copy_from_slice(&sample.to_le_bytes()[2..]);
            }
        }
        (Samples::Int(samples), _) => {
            for (place, sample) in bytes.chunks_exact_mut(3).zip(samples) {
                all |= sample;
                place.copy_from_slice(&sample.to_le_bytes()[1..]);
            }
        }
        (Samples::Float(samples), _) => {
            for (place, sample) in bytes.chunks_exact_mut(4).zip(samples) {
                place.copy_from_slice(&sample.to_le_bytes());
            }
        }
    }
    check_bits(all, format)
}

/// Refuses samples, all of whose bits are set in `all`, that need more than are written.
pub(super) fn check_bits(all: i32, format: SampleFormat) -> Result<()> {
    let lost = u32::from(32 - format.bits());
    match all.trailing_zeros() >= lost {
        true => Ok(()),
        false => Err(Error::Mismatch {
            what: format!("samples of more than {} bits would lose some", format.bits()),
        }),
    }
}
