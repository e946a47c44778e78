//! What a file of sound is, by its header and its tags: nothing is decoded.
//!
//! [`examine`] reads the header alone, a few KiB of it, and never fails over what it says.
//! [`probe`] adds what people wrote into the file. For a source whose reads are dear, wrap
//! it: in [`Windowed`](crate::source::Windowed) for [`examine`], in
//! [`Cached`](crate::source::Cached) for [`probe`].

mod aiff;
mod flac;
mod id3;
mod info;
mod mp4;
mod ogg;
mod stream;
mod tags;

pub use tags::{Artwork, MAX_ARTWORK_BYTES, Tags, artwork};

use std::time::Duration;

use studio_domain::{AudioFormat, Container};

use crate::kind::{Kind, sniff};
use crate::linear::Linear;
use crate::metadata::{Bext, Ixml, MAX_BEXT_BYTES, MAX_IXML_BYTES};
use crate::riff::{Chunk, ChunkId, Wave};
use crate::source::read_full_at;
use crate::{ByteSource, Defect, Error, Result, riff};

/// What the header of a file says, and which rules of its kind it breaks.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Header {
    /// The whole file (bytes).
    pub size: u64,
    /// The kind of file; `None` when it is no known kind of audio file.
    pub container: Option<Container>,
    /// What the sound is; `None` when the header does not say, or there is none.
    ///
    /// Its frames are those that are there: a WAV file that is cut short has fewer than it
    /// claims. In other kinds of files they are a claim until all of it is decoded.
    pub format: Option<AudioFormat>,
    /// How many frames the file claims, where it does: what decoding it must give.
    pub declared_frames: Option<u64>,
    /// About how many frames there are, for files that do not tell: from the bit rate at
    /// its start.
    pub estimated_frames: Option<u64>,
    /// Every rule of its kind that the header breaks.
    pub defects: Vec<Defect>,
}

impl Header {
    fn new(size: u64, container: Option<Container>) -> Self {
        Self {
            size,
            container,
            format: None,
            declared_frames: None,
            estimated_frames: None,
            defects: Vec::new(),
        }
    }
}

/// All that is known of a file without decoding it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Probe {
    /// The header, with the rules that it breaks.
    pub header: Header,
    /// What the sound is.
    pub format: AudioFormat,
    /// What people wrote into the file, by the usual names.
    pub tags: Tags,
    /// What the broadcast extension of a WAV file says.
    pub bext: Option<Box<Bext>>,
    /// What a location recorder wrote into a WAV file.
    pub ixml: Option<Box<Ixml>>,
}

impl Probe {
    /// How long it is; an estimate where the file does not tell ([`Probe::is_estimate`]).
    /// `None` when nothing is known.
    pub fn duration(&self) -> Option<Duration> {
        let frames = self.format.frames.or(self.header.estimated_frames);
        let micros = AudioFormat { frames, ..self.format }.duration_micros();
        micros.map(Duration::from_micros)
    }

    /// Whether the file does not tell how long it is.
    pub fn is_estimate(&self) -> bool {
        self.format.frames.is_none()
    }
}

/// What was found in the header of one kind of file.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// `None` when the header does not say.
    pub(crate) format: Option<AudioFormat>,
    pub(crate) declared_frames: Option<u64>,
    pub(crate) estimated_frames: Option<u64>,
    /// Frames at the start that nobody is to hear: the lead-in of an encoder.
    pub(crate) lead_in: u64,
    /// Which track all this is of, where a container numbers them.
    pub(crate) track: Option<u32>,
    /// Whether the channels are those of a field in which many writers put a constant.
    pub(crate) channels_unsure: bool,
    pub(crate) defects: Vec<Defect>,
}

impl Found {
    /// Nothing but what is wrong.
    fn broken(detail: impl Into<String>) -> Self {
        Self { defects: vec![Defect::malformed(detail)], ..Self::default() }
    }

    /// A format that tells how many frames it has, or not.
    fn told(format: AudioFormat) -> Self {
        let (format, declared_frames) = (Some(format), format.frames);
        Self { format, declared_frames, ..Self::default() }.judged()
    }

    /// The same, with the defects that any format may have.
    fn judged(mut self) -> Self {
        if let Some(format) = self.format {
            if format.channels == 0 {
                self.defects.push(Defect::ZeroChannels);
            }
            if format.sample_rate == 0 {
                self.defects.push(Defect::ZeroSampleRate);
            }
            if format.frames == Some(0) {
                self.defects.push(Defect::ZeroFrames);
            }
        }
        self
    }
}

/// Reads the header of a file, told by its content. Whatever it says is a value.
///
/// A file of the RIFF family is judged by at most two places in it unless its chunks are
/// strewn about: its head and what follows its samples.
///
/// # Errors
/// [`Error::Io`].
pub fn examine(source: &dyn ByteSource) -> Result<Header> {
    Ok(examine_kind(source)?.0)
}

/// The header, with the walk over a file of the RIFF family.
fn examine_kind(source: &dyn ByteSource) -> Result<(Header, Option<Kind>, Option<Wave>)> {
    let mut header = Header::new(source.size(), None);
    let Some(kind) = sniff(source)? else { return Ok((header, None, None)) };
    header.container = Some(kind.container);
    if kind.is_riff() {
        let wave = riff::walk(source)?;
        header.format = wave.audio_format();
        header.declared_frames = wave.declared_frames();
        header.defects.clone_from(&wave.defects);
        return Ok((header, Some(kind), Some(wave)));
    }
    let found = find(source, kind)?;
    header.format = found.format;
    header.declared_frames = found.declared_frames;
    header.estimated_frames = found.estimated_frames;
    header.defects = found.defects;
    Ok((header, Some(kind), None))
}

/// Reads the header of any kind but the RIFF family.
pub(crate) fn find(source: &dyn ByteSource, kind: Kind) -> Result<Found> {
    match kind.container {
        Container::Flac => flac::read(source, kind.start),
        Container::Aiff | Container::Aifc => aiff::read(source, kind),
        Container::Mp4 => mp4::read(source),
        Container::Ogg => ogg::read(source, kind.start),
        Container::Mpeg | Container::Adts => stream::read(source, kind),
        _ => Ok(Found::default()),
    }
}

/// Where the samples of a file of another kind than the RIFF family are, and what their
/// bytes mean, if they are linear PCM that needs no parser. More is read for it than for
/// the header.
///
/// # Errors
/// [`Error::Io`]; [`Error::Malformed`] where it does not say one thing alone, or of more
/// samples than there are bytes for.
pub(crate) fn linear(source: &dyn ByteSource, kind: Kind, found: &Found) -> Result<Option<Linear>> {
    match (kind.container, found.format) {
        (Container::Aiff | Container::Aifc, Some(format)) => aiff::linear(source, kind, &format),
        (Container::Mp4, Some(_)) => mp4::linear(source, found),
        _ => Ok(None),
    }
}

/// Reads all that a file tells without being decoded: its header, its tags, and what a
/// recorder or an editor left in it.
///
/// What is wrong with tags is passed over: they are then missing.
///
/// # Errors
/// [`Error::Io`], [`Error::NotAudio`], [`Error::Malformed`] when the header does not say what
/// the sound is.
pub fn probe(source: &dyn ByteSource) -> Result<Probe> {
    probe_with(source, tags::Reading::All)
}

/// The same, but passing over pictures where the file says where they end (FLAC, MP4, ID3v2):
/// for sources of which little is to be read. That an MP4 file has one isn't told then.
///
/// # Errors
/// Those of [`probe`].
pub fn probe_without_pictures(source: &dyn ByteSource) -> Result<Probe> {
    probe_with(source, tags::Reading::Texts)
}

fn probe_with(source: &dyn ByteSource, reading: tags::Reading) -> Result<Probe> {
    let (header, kind, wave) = examine_kind(source)?;
    let kind = kind.ok_or(Error::NotAudio)?;
    let format = header.format.ok_or_else(|| match header.defects.first() {
        Some(defect) => Error::malformed(defect.to_string()),
        None => Error::malformed("its header does not say what the sound is"),
    })?;
    let (mut bext, mut ixml, mut tags) = (None, None, Tags::default());
    if let Some(wave) = &wave {
        let content = |chunk: &Chunk, most| bytes_at(source, chunk.offset, chunk.present, most);
        if let Some(chunk) = wave.chunk(ChunkId::BEXT) {
            bext = Bext::from_bytes(&content(chunk, MAX_BEXT_BYTES)?).map(Box::new);
        }
        let readable = |chunk: &&Chunk| chunk.present <= MAX_IXML_BYTES as u64;
        if let Some(chunk) = wave.chunk(ChunkId::IXML).filter(readable) {
            ixml = Ixml::from_bytes(&content(chunk, MAX_IXML_BYTES)?).map(Box::new);
        }
        tags = info::read(source, wave)?;
    }
    tags.fill_from(tags::read(source, kind, wave.as_ref(), reading)?);
    Ok(Probe { header, format, tags, bext, ixml })
}

/// The bytes of a place, at most `most` of them, as far as the source has them.
fn bytes_at(source: &dyn ByteSource, at: u64, length: u64, most: usize) -> Result<Vec<u8>> {
    let there = length.min(source.size().saturating_sub(at));
    let mut bytes = vec![0; usize::try_from(there).unwrap_or(usize::MAX).min(most)];
    let read = read_full_at(source, at, &mut bytes)?;
    bytes.truncate(read);
    Ok(bytes)
}

/// Big-endian numbers of up to 8 bytes.
fn be(bytes: &[u8], at: usize, length: usize) -> Option<u64> {
    let bytes = bytes.get(at..at.checked_add(length)?)?;
    Some(bytes.iter().fold(0, |number, byte| number << 8 | u64::from(*byte)))
}
