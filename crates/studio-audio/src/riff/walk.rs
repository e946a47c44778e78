//! From the first chunk to the last, whatever they claim.

use studio_domain::Container;

use super::chunk::{Chunk, ChunkId};
use super::format::{Encoding, WaveFormat, u32_at, u64_at};
use super::{Data, Wave};
use crate::defect::grouped;
use crate::source::{HEAD_BYTES, LATER_BYTES, SECOND_BYTES};
use crate::{ByteSource, Defect, Error, Result};

/// Chunks that are looked at, those within lists included.
pub const MAX_CHUNKS: usize = 1_000;
/// Lists within lists that are looked into.
pub const MAX_NESTING: usize = 4;
/// Places, far from each other, in which headers of chunks are looked for.
const MAX_PLACES: u32 = 8;
/// How far a list's content is looked into at least, and its chunks are counted (bytes).
/// Behind that only lists are looked for, as far as a reader of windows has fetched it.
const LIST_BYTES: u64 = 1 << 12;
/// What is read at once (bytes): headers mostly stand close together.
const PEEK_BYTES: usize = 1 << 12;
/// What stands for a size that is not known, or that `ds64` tells.
const UNKNOWN: u32 = u32::MAX;

/// Looks at every chunk of a file of the RIFF family. Reads headers alone: a few KiB,
/// however long the file is.
///
/// # Errors
/// [`Error::Io`]; [`Error::NotAudio`] when it does not begin as such a file does. All else
/// that is wrong is a [`Defect`].
pub fn walk(source: &dyn ByteSource) -> Result<Wave> {
    let mut peek = Peek { source, bytes: vec![0; PEEK_BYTES], start: 0, length: 0 };
    let head: [u8; 12] = peek.at(0)?.ok_or(Error::NotAudio)?;
    let form = form(&head).ok_or(Error::NotAudio)?;
    let mut walk = Walk {
        wave: Wave { form, chunks: Vec::new(), format: None, data: None, defects: Vec::new() },
        size: source.size(),
        riff_size: u64::from(u32_at(&head, 4).unwrap_or(0)),
        sizes: Sizes::default(),
        looked_at: 0,
        places: Places { count: 1, start: 0, length: HEAD_BYTES },
        end: 12,
    };
    walk.chunks(&mut peek)?;
    walk.judge();
    Ok(walk.wave)
}

/// Which member of the family begins with these bytes.
pub(crate) fn form(head: &[u8]) -> Option<Container> {
    if head.get(8..12)? != b"WAVE" {
        return None;
    }
    match &head[..4] {
        b"RIFF" => Some(Container::Wav),
        b"RF64" => Some(Container::Rf64),
        b"BW64" => Some(Container::Bw64),
        _ => None,
    }
}

/// What `ds64` tells: the sizes that 32 bits are too few for.
#[derive(Default)]
struct Sizes {
    riff: Option<u64>,
    data: Option<u64>,
    /// Frames, in RF64; what BW64 has in its place means nothing.
    frames: Option<u64>,
    /// Those of other chunks, in the order of the table.
    others: Vec<(ChunkId, u64)>,
}

impl Sizes {
    /// Rows of the table that are read; files in the wild have none.
    const MAX_OTHERS: usize = 16;
    const BYTES: usize = 28 + 12 * Self::MAX_OTHERS;

    fn parse(bytes: &[u8]) -> Self {
        let rows = bytes.get(28..).unwrap_or_default().chunks_exact(12);
        let count = u32_at(bytes, 24).and_then(|count| usize::try_from(count).ok()).unwrap_or(0);
        let row = |row: &[u8]| Some((ChunkId(*row.first_chunk()?), u64_at(row, 4)?));
        Self {
            riff: u64_at(bytes, 0),
            data: u64_at(bytes, 8),
            frames: u64_at(bytes, 16),
            others: rows.take(count.min(Self::MAX_OTHERS)).filter_map(row).collect(),
        }
    }
}

/// In how many places, far from each other, was looked. A reader of windows over a network
/// makes one request for each.
struct Places {
    count: u32,
    start: u64,
    length: u64,
}

impl Places {
    /// Whether one more look at this place is within bounds.
    fn allow(&mut self, at: u64) -> bool {
        let near = at >= self.start && at.saturating_add(12) <= self.end();
        if !near {
            self.length = if self.count == 1 { SECOND_BYTES } else { LATER_BYTES };
            self.start = at;
            self.count += 1;
        }
        self.count <= MAX_PLACES
    }

    /// How far the last window reaches.
    fn end(&self) -> u64 {
        self.start.saturating_add(self.length)
    }
}

/// A window over the source: chunk headers next to each other cost one read.
struct Peek<'a> {
    source: &'a dyn ByteSource,
    bytes: Vec<u8>,
    start: u64,
    length: usize,
}

impl Peek<'_> {
    /// As many bytes as fit, from a place on; `None` where the source has fewer.
    fn at<const N: usize>(&mut self, at: u64) -> Result<Option<[u8; N]>> {
        Ok(self.up_to(at, N)?.first_chunk().copied())
    }

    /// Up to so many bytes (at most [`PEEK_BYTES`]) from a place on.
    fn up_to(&mut self, at: u64, count: usize) -> Result<&[u8]> {
        let end = self.start + self.length as u64;
        let wanted = at.saturating_add(count as u64).min(self.source.size());
        if at < self.start || wanted > end {
            (self.start, self.length) = (at, 0);
            // No more reads than are needed: one that reaches far may cost a request more.
            while self.length < count {
                let from = at.saturating_add(self.length as u64);
                match self.source.read_at(from, &mut self.bytes[self.length..])? {
                    0 => break,
                    read => self.length += read,
                }
            }
        }
        let from = usize::try_from(at - self.start).unwrap_or(usize::MAX);
        let rest = self.bytes[..self.length].get(from..).unwrap_or_default();
        Ok(&rest[..count.min(rest.len())])
    }
}

/// The walk, as far as it came.
struct Walk {
    wave: Wave,
    size: u64,
    riff_size: u64,
    sizes: Sizes,
    looked_at: usize,
    places: Places,
    /// Behind the last chunk, as large as it claims to be, padding included.
    end: u64,
}

impl Walk {
    fn chunks(&mut self, peek: &mut Peek<'_>) -> Result<()> {
        // Every turn goes on by the 8 bytes of a header at least.
        while self.end < self.size && self.looked_at <= MAX_CHUNKS {
            let at = self.end;
            if !self.places.allow(at) {
                self.defect(Defect::malformed("its chunks lie too far apart to look at all"));
                break;
            }
            let Some(header) = self.header(peek, at)? else { break };
            self.looked_at += 1;
            if self.looked_at > MAX_CHUNKS {
                break;
            }
            let chunk = self.chunk(peek, at, header)?;
            self.wave.chunks.push(chunk);
            self.content(peek, &chunk)?;
            self.step_over(peek, &chunk)?;
        }
        if self.looked_at > MAX_CHUNKS {
            self.defect(Defect::ChunkCount);
        }
        Ok(())
    }

    /// The name and size at a place, if a chunk begins there; else a defect says what does.
    fn header(&mut self, peek: &mut Peek<'_>, at: u64) -> Result<Option<(ChunkId, u32)>> {
        let rest = self.size - at;
        let header = peek.at::<8>(at)?.map(parse_header);
        let fits = header.is_some_and(|(id, size)| {
            let first_data = id == ChunkId::DATA && self.wave.data.is_none();
            let fits = u64::from(size) <= rest.saturating_sub(8);
            id.is_plausible() && (fits || first_data || self.is_within(at))
        });
        match header {
            Some(header) if fits => Ok(Some(header)),
            _ => {
                self.defect(Defect::TrailingData { bytes: rest });
                Ok(None)
            }
        }
    }

    /// Whether a place lies within what the header says is the whole.
    fn is_within(&self, at: u64) -> bool {
        self.claimed_riff_size().is_none_or(|whole| at <= whole)
    }

    /// What the header says is the size of all behind its first 8 bytes, if it tells.
    fn claimed_riff_size(&self) -> Option<u64> {
        match self.riff_size == u64::from(UNKNOWN) {
            true => self.sizes.riff,
            false => Some(self.riff_size),
        }
    }

    fn chunk(&mut self, peek: &mut Peek<'_>, at: u64, header: (ChunkId, u32)) -> Result<Chunk> {
        let ((id, size), offset) = (header, at + 8);
        let rest = self.size.saturating_sub(offset);
        let is_data = id == ChunkId::DATA && self.wave.data.is_none();
        let mut claimed = u64::from(size);
        if size == UNKNOWN {
            let told = match id {
                ChunkId::DATA => self.sizes.data,
                _ => {
                    self.sizes.others.iter().find(|(other, _)| *other == id).map(|(_, size)| *size)
                }
            };
            match told {
                Some(told) => claimed = told,
                None if is_data => {
                    self.defect(Defect::DataSizeUnknown { present: rest });
                    self.wave.data = Some(Data { offset, declared: None, present: rest });
                    return Ok(Chunk { id, offset, claimed: rest, present: rest });
                }
                None => {}
            }
        }
        if let Some(told) = self.sizes.data.filter(|told| is_data && *told != claimed) {
            // Some programs believe the one, some the other.
            let detail = format!(
                "the data chunk says {} bytes, and the ds64 chunk {}",
                grouped(claimed),
                grouped(told)
            );
            self.defect(Defect::malformed(detail));
        }
        if is_data && claimed == 0 && rest > 0 && !self.begins_chunk(peek, offset)? {
            self.defect(Defect::DataSizeZero { present: rest });
            self.wave.data = Some(Data { offset, declared: None, present: rest });
            return Ok(Chunk { id, offset, claimed: rest, present: rest });
        }
        let present = claimed.min(rest);
        if is_data {
            self.wave.data = Some(Data { offset, declared: Some(claimed), present });
        }
        if present < claimed && is_data {
            self.defect(Defect::Truncated { declared: claimed, present });
        } else if present < claimed {
            self.defect(Defect::ChunkSize { id, at, claimed, present });
        }
        Ok(Chunk { id, offset, claimed, present })
    }

    /// Whether a chunk that fits into the file begins at a place.
    fn begins_chunk(&mut self, peek: &mut Peek<'_>, at: u64) -> Result<bool> {
        let header = peek.at::<8>(at)?.map(parse_header);
        Ok(header.is_some_and(|(id, size)| {
            id.is_plausible() && at.saturating_add(8 + u64::from(size)) <= self.size
        }))
    }

    /// Reads those chunks that say something of the sound.
    fn content(&mut self, peek: &mut Peek<'_>, chunk: &Chunk) -> Result<()> {
        let present = usize::try_from(chunk.present).unwrap_or(usize::MAX);
        match chunk.id {
            ChunkId::FMT if !self.wave.chunks.iter().rev().skip(1).any(is_fmt) => {
                let bytes = peek.up_to(chunk.offset, present.min(WaveFormat::BYTES))?;
                let format = WaveFormat::parse(bytes).filter(|_| bytes.len() >= WaveFormat::LEAST);
                if format.is_none() {
                    let detail = format!("the fmt chunk of {present} bytes is too short");
                    self.defect(Defect::malformed(detail));
                }
                self.wave.format = format;
            }
            ChunkId::DS64 if self.wave.chunks.len() == 1 && self.wave.form != Container::Wav => {
                let bytes = peek.up_to(chunk.offset, present.min(Sizes::BYTES))?;
                self.sizes = Sizes::parse(bytes);
            }
            ChunkId::LIST => self.list(peek, chunk)?,
            _ => {}
        }
        Ok(())
    }

    /// Looks for lists in a list: only that there are too many, or that they are too deep.
    fn list(&mut self, peek: &mut Peek<'_>, list: &Chunk) -> Result<()> {
        let near = |chunk: u64| chunk.saturating_add(12) <= list.offset.saturating_add(LIST_BYTES);
        let fetched = self.places.end();
        let far = |chunk: u64| !near(chunk) && chunk.saturating_add(12) > fetched;
        let mut open = vec![(list.offset + 4, list.offset.saturating_add(list.present))];
        while let Some((at, end)) = open.pop() {
            // A list of anything else (INFO mostly) is walked too: its chunks are counted.
            if at.saturating_add(8) > end || far(at) || self.looked_at > MAX_CHUNKS {
                continue;
            }
            let Some((id, size)) = peek.at::<8>(at)?.map(parse_header) else { continue };
            let next = at.saturating_add(8 + u64::from(size) + u64::from(size % 2));
            // Of texts there may be many.
            self.looked_at += usize::from(near(at) || id == ChunkId::LIST);
            open.push((next, end));
            if id != ChunkId::LIST {
                continue;
            }
            if open.len() > MAX_NESTING {
                self.defect(Defect::ChunkNesting);
                return Ok(());
            }
            open.push((at.saturating_add(12), end.min(next)));
        }
        Ok(())
    }

    /// Goes on behind a chunk, and over its pad byte if it has one.
    fn step_over(&mut self, peek: &mut Peek<'_>, chunk: &Chunk) -> Result<()> {
        let unpadded = chunk.offset.saturating_add(chunk.claimed);
        self.end = unpadded.saturating_add(chunk.claimed % 2);
        if chunk.claimed.is_multiple_of(2) || unpadded > self.size {
            return Ok(());
        }
        let missing = match unpadded == self.size {
            true => true,
            false => {
                self.end < self.size
                    && self.begins_chunk(peek, unpadded)?
                    && !self.begins_chunk(peek, self.end)?
            }
        };
        // Where bytes of a stream are taken as they come, there is nothing to be padded.
        let streamed = self
            .wave
            .data
            .is_some_and(|data| data.declared.is_none() && data.offset == chunk.offset);
        if missing {
            self.end = unpadded;
            if !streamed {
                let (id, at) = (chunk.id, chunk.offset - 8);
                self.defect(match unpadded == self.size {
                    true => Defect::PadByte { id, at },
                    false => Defect::PadByteInside { id, at },
                });
            }
        }
        Ok(())
    }

    fn defect(&mut self, defect: Defect) {
        self.wave.defects.push(defect);
    }

    /// What can be said when every chunk is known.
    fn judge(&mut self) {
        let count = |id: ChunkId| self.wave.chunks.iter().filter(|chunk| chunk.id == id).count();
        let (formats, datas) = (count(ChunkId::FMT), count(ChunkId::DATA));
        let sizes = count(ChunkId::DS64);
        let place = |id: ChunkId| self.wave.chunk(id).map(|chunk| chunk.offset);
        let behind = place(ChunkId::FMT) > place(ChunkId::DATA) && datas > 0;
        match formats {
            0 => self.defect(Defect::FmtMissing),
            1 => {}
            count => self.defect(Defect::FmtDuplicate { count }),
        }
        match datas {
            0 => self.defect(Defect::DataMissing),
            1 => {}
            count => self.defect(Defect::DataDuplicate { count }),
        }
        if behind && formats > 0 {
            self.defect(Defect::FmtAfterData);
        }
        if self.wave.form != Container::Wav
            && self.wave.chunks.first().is_none_or(|chunk| chunk.id != ChunkId::DS64)
        {
            self.defect(Defect::malformed("the ds64 chunk that must come first is not there"));
        }
        if self.wave.form != Container::Wav && sizes > 1 {
            self.defect(Defect::malformed("there is more than one ds64 chunk"));
        }
        self.judge_size();
        if let Some(format) = self.wave.format {
            self.judge_format(&format);
        }
        self.judge_frames();
    }

    fn judge_size(&mut self) {
        let streamed = self.wave.data.is_some_and(|data| data.declared.is_none());
        let claimed = self.claimed_riff_size().unwrap_or(u64::from(UNKNOWN));
        let expected = self.end - 8;
        // With or without the last pad byte: writers differ.
        let agrees = claimed.abs_diff(expected) <= 1;
        // A stream's header cannot know; that it is one has been said.
        if !agrees && !streamed {
            self.defect(Defect::RiffSize { claimed, expected });
        }
    }

    fn judge_format(&mut self, format: &WaveFormat) {
        if format.channels == 0 {
            self.defect(Defect::ZeroChannels);
        }
        if format.sample_rate == 0 {
            self.defect(Defect::ZeroSampleRate);
        }
        if let Encoding::Other(_) = format.encoding {
            return;
        }
        if format.sample_bytes().is_none() {
            let detail = format!("samples of {} bits cannot be read", format.bits);
            return self.defect(Defect::malformed(detail));
        }
        if let Some(expected) = format
            .expected_block_align()
            .filter(|&expected| expected != u32::from(format.block_align))
        {
            self.defect(Defect::BlockAlign { claimed: format.block_align, expected });
        }
        if let Some(expected) =
            format.expected_byte_rate().filter(|&expected| expected != u64::from(format.byte_rate))
        {
            self.defect(Defect::ByteRate { claimed: format.byte_rate, expected });
        }
        let container = format.sample_bytes().unwrap_or(0) * 8;
        // 0 stands for all of them.
        let valid = match format.extensible_valid_bits {
            Some(valid @ 1..) => valid,
            _ => format.bits,
        };
        if valid != container {
            self.defect(Defect::ValidBits { valid, container });
        }
    }

    fn judge_frames(&mut self) {
        let (Some(data), Some(frame)) = (self.wave.data, self.wave.frame_bytes()) else { return };
        let told = self.sizes.frames.filter(|told| ![0, u64::MAX].contains(told));
        let (told, frames) = (told.unwrap_or(0), data.declared.unwrap_or(0) / frame);
        let channels = self.wave.format.map_or(1, |format| u64::from(format.channels));
        // Some writers count samples of all channels.
        let agrees = told == frames || Some(told) == frames.checked_mul(channels);
        if self.wave.form == Container::Rf64 && told > 0 && frames > 0 && !agrees {
            let (told, frames) = (grouped(told), grouped(frames));
            let detail = format!("the ds64 chunk says {told} frames, and the data has {frames}");
            self.defect(Defect::malformed(detail));
        }
        if data.present < frame {
            self.defect(Defect::ZeroFrames);
        }
        let whole = data.declared.is_none_or(|declared| declared == data.present);
        if whole && data.present % frame != 0 {
            self.defect(Defect::PartialFrame { bytes: data.present % frame });
        }
    }
}

fn is_fmt(chunk: &Chunk) -> bool {
    chunk.id == ChunkId::FMT
}

fn parse_header(header: [u8; 8]) -> (ChunkId, u32) {
    let [a, b, c, d, size @ ..] = header;
    (ChunkId([a, b, c, d]), u32::from_le_bytes(size))
}
