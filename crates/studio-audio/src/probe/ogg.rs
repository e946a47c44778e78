//! The first pages and the last one of an Ogg stream (RFC 3533): Vorbis, Opus (RFC 7845), FLAC.

use studio_domain::{AudioFormat, Codec, Container};

use super::{Found, be, bytes_at, flac};
use crate::riff::{u16_at, u32_at, u64_at};
use crate::{ByteSource, Defect, Result};

/// What is read of the start: the first pages of all streams, each with a packet of 30 to
/// some 100 bytes.
const HEAD_BYTES: usize = 8 << 10;
/// Streams side by side of which the first page is looked at.
const MAX_STREAMS: usize = 64;
/// How far from the end the last page may begin: the largest that there can be.
const TAIL_BYTES: u64 = 64 << 10;
const PAGE_HEADER: usize = 27;
/// The rate of all Opus, whatever was put in (Hz).
const OPUS_RATE: u32 = 48_000;

pub(super) fn read(source: &dyn ByteSource, start: u64) -> Result<Found> {
    let head = bytes_at(source, start, HEAD_BYTES as u64, HEAD_BYTES)?;
    let streams = first_pages(&head);
    if streams.is_empty() {
        return Ok(Found::broken("the first page of the Ogg stream is not whole"));
    }
    let known = streams.iter().find_map(|(serial, packet)| Some((*serial, format(packet)?)));
    let Some((serial, (mut format, pre_skip))) = known else {
        return Ok(Found::broken("the Ogg stream holds nothing that is known here"));
    };
    let tail_at = source.size().saturating_sub(TAIL_BYTES).max(start);
    let tail = bytes_at(source, tail_at, TAIL_BYTES, TAIL_BYTES as usize)?;
    let last = last_page(&tail, |_| true);
    let beside = |page: &Page| streams.iter().any(|(serial, _)| *serial == page.serial);
    // Where another stream follows, nothing is said of the end of the first; one beside it
    // may end later.
    let end = match last.filter(beside) {
        Some(page) if page.serial == serial => Some(page),
        Some(_) => last_page(&tail, |page| page.serial == serial),
        None => None,
    };
    if format.frames.is_none() {
        let granule = end.and_then(|page| page.granule);
        format.frames = granule.map(|granule| granule.saturating_sub(pre_skip));
    }
    let mut found = Found { track: Some(serial), ..Found::told(format) };
    if last.is_none() || end.is_some_and(|page| !page.ends) {
        found.defects.push(Defect::Unfinished);
    }
    if streams.iter().filter(|(other, _)| *other == serial).count() > 1 {
        let detail = format!("more than one stream of the Ogg file has the number {serial}");
        found.defects.push(Defect::malformed(detail));
    }
    Ok(found)
}

/// The serial numbers and packets of the first pages: those of all streams that lie side by
/// side come before everything else.
fn first_pages(head: &[u8]) -> Vec<(u32, &[u8])> {
    let (mut pages, mut at) = (Vec::new(), 0);
    while pages.len() < MAX_STREAMS
        && let Some(page) = head.get(at..)
        && let Some((length, serial, packet)) = first_page(page)
    {
        pages.push((serial, packet));
        at += length;
    }
    pages
}

/// The length, the serial number and the packet of a first page, as far as it is there.
fn first_page(page: &[u8]) -> Option<(usize, u32, &[u8])> {
    if !page.starts_with(b"OggS") || page.get(5)? & 2 == 0 {
        return None;
    }
    let segments = usize::from(*page.get(PAGE_HEADER - 1)?);
    let lengths = page.get(PAGE_HEADER..PAGE_HEADER + segments)?;
    let body: usize = lengths.iter().map(|length| usize::from(*length)).sum();
    let packet = page.get(PAGE_HEADER + segments..)?;
    Some((PAGE_HEADER + segments + body, u32_at(page, 14)?, &packet[..body.min(packet.len())]))
}

#[derive(Clone, Copy)]
struct Page {
    serial: u32,
    /// How many frames there are up to its end, if a packet ends in it.
    granule: Option<u64>,
    /// Whether it says that it is the last.
    ends: bool,
}

/// The last page that begins in these bytes, of those that are wanted.
fn last_page(tail: &[u8], wanted: impl Fn(&Page) -> bool) -> Option<Page> {
    let places = (0..tail.len().saturating_sub(PAGE_HEADER - 1)).rev();
    places.filter_map(|at| whole_page(tail.get(at..)?)).find(wanted)
}

/// The page that begins here; one that is not whole is none.
fn whole_page(bytes: &[u8]) -> Option<Page> {
    let page = bytes.strip_prefix(b"OggS\0")?;
    let flags = *page.first()?;
    let granule = u64_at(page, 1)?;
    let segments = usize::from(*page.get(21)?);
    let lengths = page.get(22..22 + segments)?;
    let body: usize = lengths.iter().map(|length| usize::from(*length)).sum();
    page.get(22 + segments..22 + segments + body)?;
    Some(Page {
        serial: u32_at(page, 9)?,
        granule: (granule <= i64::MAX as u64).then_some(granule),
        ends: flags & 4 != 0,
    })
}

/// The format that a first packet tells, and the frames at the start that are not heard.
fn format(packet: &[u8]) -> Option<(AudioFormat, u64)> {
    let of = |codec, channels, sample_rate| AudioFormat {
        container: Container::Ogg,
        codec,
        channels,
        sample_rate,
        bit_depth: None,
        frames: None,
    };
    if packet.starts_with(b"OpusHead") {
        let pre_skip = u64::from(u16_at(packet, 10)?);
        return Some((of(Codec::Opus, u16::from(*packet.get(9)?), OPUS_RATE), pre_skip));
    }
    if packet.starts_with(b"\x01vorbis") {
        return Some((of(Codec::Vorbis, u16::from(*packet.get(11)?), u32_at(packet, 12)?), 0));
    }
    if let Some(mapped) = packet.strip_prefix(b"\x7FFLAC") {
        let format = flac::stream_info(mapped.get(8..)?)?;
        return Some((AudioFormat { container: Container::Ogg, ..format }, 0));
    }
    let rate = be(packet, 36, 4).map(|rate| u32::swap_bytes(rate as u32));
    match packet.starts_with(b"Speex   ") {
        true => Some((of(Codec::Other, u32_at(packet, 48)? as u16, rate?), 0)),
        false => None,
    }
}
