//! The boxes of ISO base media (ISO 14496-12), as far as they tell what the sound is.

use std::ops::ControlFlow;

use studio_domain::{AudioFormat, BitDepth, Codec, Container};

use super::{Found, be, bytes_at, flac};
use crate::mpeg::AAC_RATES;
use crate::{ByteSource, Defect, Result};

/// Boxes that are looked at within the movie, on all levels together.
const MAX_BOXES: usize = 2_000;
/// Boxes that are looked at on the outermost level: a file in fragments has thousands, of
/// which the first tells all that is told.
const MAX_OUTERMOST: usize = 64;
/// What is read of the content of one box.
const MAX_BYTES: usize = 64 << 10;

/// The place of a box's content.
#[derive(Clone, Copy)]
struct Place {
    start: u64,
    end: u64,
    /// Where it claims to end, which may be beyond that around it.
    claimed: u64,
}

/// Looks into boxes, so many of them and no more.
struct Boxes<'a> {
    source: &'a dyn ByteSource,
    left: usize,
}

impl Boxes<'_> {
    /// Shows each box of one place, until told to stop.
    fn each(
        &mut self,
        place: Place,
        mut seen: impl FnMut([u8; 4], Place) -> ControlFlow<()>,
    ) -> Result<()> {
        let mut at = place.start;
        while self.left > 0 && at.saturating_add(8) <= place.end {
            self.left -= 1;
            let head = bytes_at(self.source, at, 16, 16)?;
            let (Some(size), Some(name)) = (be(&head, 0, 4), be(&head, 4, 4)) else { break };
            let (header, size) = match size {
                0 => (8, place.end - at),
                1 => (16, be(&head, 8, 8).unwrap_or(0)),
                size => (8, size),
            };
            if size < header {
                break;
            }
            let claimed = at.saturating_add(size);
            let end = claimed.min(place.end);
            let inner = Place { start: (at + header).min(end), end, claimed };
            if seen((name as u32).to_be_bytes(), inner).is_break() {
                break;
            }
            at = claimed;
        }
        Ok(())
    }

    /// The first box of a name.
    fn first(&mut self, place: Place, name: &[u8; 4]) -> Result<Option<Place>> {
        let mut found = None;
        self.each(place, |other, place| {
            if other != *name {
                return ControlFlow::Continue(());
            }
            found = Some(place);
            ControlFlow::Break(())
        })?;
        Ok(found)
    }

    /// The box at the end of a path of names.
    fn at(&mut self, mut place: Place, path: &[&[u8; 4]]) -> Result<Option<Place>> {
        for name in path {
            match self.first(place, name)? {
                Some(inner) => place = inner,
                None => return Ok(None),
            }
        }
        Ok(Some(place))
    }

    fn bytes(&self, place: Option<Place>) -> Result<Vec<u8>> {
        match place {
            Some(place) => bytes_at(self.source, place.start, place.end - place.start, MAX_BYTES),
            None => Ok(Vec::new()),
        }
    }
}

/// What the boxes of one track tell.
#[derive(Debug, Default)]
struct Track {
    /// Its number, by which a decoder finds it.
    number: Option<u32>,
    handler: Vec<u8>,
    /// Ticks in a second.
    timescale: u64,
    /// Of all samples (ticks).
    length: Option<u64>,
    /// Whether the table of their ticks is longer than what is read of it.
    long: bool,
    /// Place in the track and length (in ticks of the movie) of what is to be played.
    edit: Option<(u64, u64)>,
    entry: Vec<u8>,
}

pub(super) fn read(source: &dyn ByteSource) -> Result<Found> {
    let (mut movie, mut cut) = (None, None);
    let whole = Place { start: 0, end: source.size(), claimed: source.size() };
    Boxes { source, left: MAX_OUTERMOST }.each(whole, |name, place| {
        if name == *b"moov" && movie.is_none() {
            movie = Some(place);
        }
        if place.claimed > place.end {
            let (declared, present) = (place.claimed - place.start, place.end - place.start);
            cut = Some(Defect::Truncated { declared, present });
        }
        ControlFlow::Continue(())
    })?;
    let mut found = match movie {
        Some(movie) => in_movie(source, movie)?,
        None => Found::broken("the MP4 file has no moov box: it is not whole"),
    };
    found.defects.extend(cut);
    Ok(found)
}

fn in_movie(source: &dyn ByteSource, movie: Place) -> Result<Found> {
    let mut boxes = Boxes { source, left: MAX_BOXES };
    let fragmented = boxes.first(movie, b"mvex")?.is_some();
    let header = boxes.first(movie, b"mvhd")?;
    let movie_scale = timescale(&boxes.bytes(header)?).unwrap_or(0);
    let mut tracks = Vec::new();
    boxes.each(movie, |name, place| {
        if name == *b"trak" && tracks.len() < 64 {
            tracks.push(place);
        }
        ControlFlow::Continue(())
    })?;
    for track in tracks {
        let track = read_track(&mut boxes, track)?;
        if track.handler.get(8..12) == Some(b"soun") {
            return Ok(found(&track, movie_scale, fragmented));
        }
    }
    Ok(Found::broken("the MP4 file has no track of sound"))
}

fn read_track(boxes: &mut Boxes<'_>, place: Place) -> Result<Track> {
    let Some(media) = boxes.first(place, b"mdia")? else { return Ok(Track::default()) };
    let (handler, header) = (boxes.first(media, b"hdlr")?, boxes.first(media, b"mdhd")?);
    let table = boxes.at(media, &[b"minf", b"stbl"])?;
    let (mut entry, mut times) = (None, None);
    if let Some(table) = table {
        (entry, times) = (boxes.first(table, b"stsd")?, boxes.first(table, b"stts")?);
    }
    let edits = boxes.at(place, &[b"edts", b"elst"])?;
    let track_header = boxes.first(place, b"tkhd")?;
    let times = boxes.bytes(times)?;
    let long = be(&times, 4, 4).is_some_and(|count| count > (MAX_BYTES as u64 - 8) / 8);
    Ok(Track {
        number: number(&boxes.bytes(track_header)?),
        long: long && times.len() == MAX_BYTES,
        handler: boxes.bytes(handler)?,
        timescale: timescale(&boxes.bytes(header)?).unwrap_or(0),
        length: length(&times),
        edit: edit(&boxes.bytes(edits)?),
        entry: boxes.bytes(entry)?,
    })
}

/// The number of a track (`tkhd`).
fn number(header: &[u8]) -> Option<u32> {
    let at = if *header.first()? == 1 { 20 } else { 12 };
    be(header, at, 4).and_then(|number| u32::try_from(number).ok())
}

/// The ticks in a second of `mvhd` and `mdhd`.
fn timescale(header: &[u8]) -> Option<u64> {
    match header.first()? {
        1 => be(header, 20, 4),
        _ => be(header, 12, 4),
    }
}

/// The ticks of all samples (`stts`), if all of the table was read.
fn length(table: &[u8]) -> Option<u64> {
    let count = usize::try_from(be(table, 4, 4)?).ok()?;
    let entries = table.get(8..)?.as_chunks::<8>().0;
    let entries = entries.get(..count)?.iter();
    entries
        .map(|entry| Some(be(entry, 0, 4)? * be(entry, 4, 4)?))
        .try_fold(0_u64, |sum, ticks| sum.checked_add(ticks?))
}

/// The only edit that plays something (`elst`): more than one are not followed.
fn edit(list: &[u8]) -> Option<(u64, u64)> {
    let wide = if *list.first()? == 1 { 8 } else { 4 };
    let empty = if wide == 8 { u64::MAX } else { u64::from(u32::MAX) };
    let entries = list.get(8..)?.chunks_exact(2 * wide + 4);
    let count = usize::try_from(be(list, 4, 4)?).ok()?;
    let edit = |entry: &[u8]| Some((be(entry, wide, wide)?, be(entry, 0, wide)?));
    let mut played = entries.take(count).filter_map(edit).filter(|(start, _)| *start != empty);
    played.next().filter(|_| played.next().is_none())
}

fn found(track: &Track, movie_scale: u64, fragmented: bool) -> Found {
    let Some(mut format) = format(&track.entry, track.timescale) else {
        return Found::broken("the MP4 file does not say how its sound is coded");
    };
    let rate = u64::from(format.sample_rate);
    let frames = |ticks: u64, scale: u64| {
        u64::try_from((u128::from(ticks) * u128::from(rate)).checked_div(scale.into())?).ok()
    };
    let whole = track.length.and_then(|ticks| frames(ticks, track.timescale));
    let (mut heard, mut lead_in) = (whole, 0);
    if let (Some(whole), Some((start, length))) = (whole, track.edit) {
        lead_in = frames(start, track.timescale).unwrap_or(0).min(whole);
        heard = Some(whole - lead_in);
        let played = frames(length, movie_scale).unwrap_or(0);
        let tick = rate.checked_div(movie_scale).unwrap_or(0) + 1;
        // A movie's ticks are mostly coarse: the table knows better, if they agree at all.
        if played > 0 && played.saturating_add(tick) < whole - lead_in {
            heard = Some(played);
        }
    }
    if fragmented {
        // What the fragments hold is told in each of them.
        (heard, lead_in) = (None, 0);
    }
    format.frames = heard;
    let mut found = Found { lead_in, track: track.number, ..Found::told(format) };
    if track.length.is_none() && !fragmented && !track.long {
        found.defects.push(Defect::malformed("the MP4 file has no table of its samples"));
    }
    found
}

/// The first entry of `stsd`.
fn format(entries: &[u8], timescale: u64) -> Option<AudioFormat> {
    let entry = entries.get(8..)?;
    let size = usize::try_from(be(entry, 0, 4)?).ok()?.min(entry.len());
    let entry = entry.get(..size)?;
    let version = be(entry, 16, 2)?;
    let rate = u32::try_from(be(entry, 32, 4)? >> 16).ok()?;
    let mut format = AudioFormat {
        container: Container::Mp4,
        codec: Codec::Other,
        channels: be(entry, 24, 2)? as u16,
        // The field is too small for high rates.
        sample_rate: if rate > 0 { rate } else { u32::try_from(timescale).unwrap_or(0) },
        bit_depth: None,
        frames: None,
    };
    let inner = match version {
        1 => 52,
        2 => 72,
        _ => 36,
    };
    if version == 2 {
        // What stands before has fixed values that mean nothing.
        format.channels = u16::try_from(be(entry, 48, 4)?).unwrap_or(u16::MAX);
        format.sample_rate = whole_rate(f64::from_bits(be(entry, 40, 8)?));
    }
    let inside = |name| {
        let inner = entry.get(inner..)?;
        child(inner, name).or_else(|| child(child(inner, b"wave")?, name))
    };
    let bits = match version {
        2 => be(entry, 56, 4)?,
        _ => be(entry, 26, 2)?,
    };
    match entry.get(4..8)? {
        b"mp4a" => aac(inside(b"esds"), &mut format),
        b"alac" => alac(inside(b"alac"), &mut format),
        // Of `lpcm` flags tell whether it is floats.
        b"lpcm" if version == 2 => pcm(bits, be(entry, 60, 4)? & 1 == 1, &mut format),
        b"in24" => pcm(24, false, &mut format),
        b"in32" => pcm(32, false, &mut format),
        b"sowt" | b"twos" => pcm(if bits == 8 { 8 } else { 16 }, false, &mut format),
        b"fl32" => pcm(32, true, &mut format),
        b"fl64" => pcm(64, true, &mut format),
        b"fLaC" => {
            let info = entry.get(inner..).and_then(|inner| child(inner, b"dfLa"));
            if let Some(info) = info.and_then(|info| flac::stream_info(info.get(4..)?)) {
                format = AudioFormat { container: Container::Mp4, frames: None, ..info };
            }
            format.codec = Codec::Flac;
        }
        b"Opus" => (format.codec, format.sample_rate) = (Codec::Opus, 48_000),
        b".mp3" => format.codec = Codec::Mp3,
        _ => {}
    }
    Some(format)
}

/// A rate in whole Hz; 0 for what is none.
fn whole_rate(rate: f64) -> u32 {
    // A cast keeps within bounds, and makes 0 of what is no number.
    if rate.fract() == 0.0 { rate as u32 } else { 0 }
}

/// Linear PCM of so many bits, each sample in whole bytes.
fn pcm(bits: u64, float: bool, format: &mut AudioFormat) {
    format.codec = if float { Codec::PcmFloat } else { Codec::Pcm };
    format.bit_depth = u16::try_from(bits)
        .ok()
        .filter(|bits| (1..=64).contains(bits))
        .map(|valid| BitDepth { container: valid.div_ceil(8) * 8, valid });
}

/// The content of the first box of a name among boxes that were read.
fn child<'a>(mut boxes: &'a [u8], name: &[u8; 4]) -> Option<&'a [u8]> {
    loop {
        let size = usize::try_from(be(boxes, 0, 4)?).ok()?;
        let found = boxes.get(8..size)?;
        if boxes.get(4..8)? == name {
            return Some(found);
        }
        boxes = &boxes[size..];
    }
}

/// The cookie of Apple Lossless.
fn alac(cookie: Option<&[u8]>, format: &mut AudioFormat) {
    format.codec = Codec::Alac;
    let Some(cookie) = cookie.and_then(|cookie| cookie.get(4..28)) else { return };
    format.bit_depth = Some(BitDepth::full(u16::from(cookie[5])));
    format.channels = u16::from(cookie[9]);
    format.sample_rate = be(cookie, 20, 4).and_then(|rate| u32::try_from(rate).ok()).unwrap_or(0);
}

/// The descriptors of MPEG-4 (ISO 14496-1 and 14496-3).
fn aac(descriptors: Option<&[u8]>, format: &mut AudioFormat) {
    format.codec = Codec::Aac;
    let Some(stream) = descriptors.and_then(|bytes| descriptor(bytes.get(4..)?, 3)) else { return };
    // Of an ES descriptor, the parts that may be there are told by flags.
    let optional = match stream.get(2) {
        Some(flags) => {
            let url = usize::from(stream.get(3).copied().unwrap_or(0)) + 1;
            [(0x80, 2), (0x40, url), (0x20, 2)]
                .iter()
                .filter(|(bit, _)| flags & bit != 0)
                .map(|(_, size)| size)
                .sum()
        }
        None => 0_usize,
    };
    let Some(config) = stream.get(3 + optional..).and_then(|rest| descriptor(rest, 4)) else {
        return;
    };
    match config.first() {
        Some(0x40 | 0x66..=0x68) => {}
        Some(0x69 | 0x6B) => format.codec = Codec::Mp3,
        _ => format.codec = Codec::Other,
    }
    let Some(specific) = config.get(13..).and_then(|rest| descriptor(rest, 5)) else { return };
    // Object type 5, rate 4, channels 4.
    let Some(word) = be(specific, 0, 2).filter(|_| format.codec == Codec::Aac) else { return };
    if let Some(rate) = AAC_RATES.get((word >> 7 & 15) as usize) {
        format.sample_rate = *rate;
        match word >> 3 & 15 {
            channels @ 1..=6 => format.channels = channels as u16,
            7 => format.channels = 8,
            _ => {}
        }
    }
}

/// The content of a descriptor, if the one that begins here has that tag.
fn descriptor(bytes: &[u8], tag: u8) -> Option<&[u8]> {
    let (first, mut rest) = bytes.split_first()?;
    let mut size = 0;
    for _ in 0..4 {
        let (byte, behind) = rest.split_first()?;
        (size, rest) = (size << 7 | usize::from(byte & 0x7F), behind);
        if byte & 0x80 == 0 {
            break;
        }
    }
    (*first == tag).then(|| &rest[..size.min(rest.len())])
}
