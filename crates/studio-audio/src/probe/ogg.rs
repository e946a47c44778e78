//! The first and the last page of an Ogg stream (RFC 3533): Vorbis, Opus (RFC 7845), FLAC.

use studio_domain::{AudioFormat, Codec, Container};

use super::{Found, be, bytes_at, flac};
use crate::riff::{u16_at, u32_at, u64_at};
use crate::{ByteSource, Defect, Result};

/// How far from the end the last page may begin: the largest that there can be.
const TAIL_BYTES: u64 = 64 << 10;
const PAGE_HEADER: usize = 27;
/// The rate of all Opus, whatever was put in (Hz).
const OPUS_RATE: u32 = 48_000;

pub(super) fn read(source: &dyn ByteSource, start: u64) -> Result<Found> {
    let head = bytes_at(source, start, 512, 512)?;
    let Some((serial, packet)) = first_packet(&head) else {
        return Ok(Found::broken("the first page of the Ogg stream is not whole"));
    };
    let tail_at = source.size().saturating_sub(TAIL_BYTES).max(start);
    let tail = bytes_at(source, tail_at, TAIL_BYTES, TAIL_BYTES as usize)?;
    let last = last_page(&tail);
    let granule = last.filter(|page| page.serial == serial).and_then(|page| page.granule);
    let Some((mut format, pre_skip)) = format(packet) else {
        return Ok(Found::broken("the Ogg stream holds nothing that is known here"));
    };
    if format.frames.is_none() {
        format.frames = granule.map(|granule| granule.saturating_sub(pre_skip));
    }
    let mut found = Found::told(format);
    // Where another stream follows, nothing is said of the end of the first.
    if last.is_none_or(|page| page.serial == serial && !page.ends) {
        found.defects.push(Defect::Unfinished);
    }
    Ok(found)
}

/// The serial number and the packet of a first page.
fn first_packet(head: &[u8]) -> Option<(u32, &[u8])> {
    let segments = usize::from(*head.get(PAGE_HEADER - 1)?);
    Some((u32_at(head, 14)?, head.get(PAGE_HEADER + segments..)?))
}

#[derive(Clone, Copy)]
struct Page {
    serial: u32,
    /// How many frames there are up to its end, if a packet ends in it.
    granule: Option<u64>,
    /// Whether it says that it is the last.
    ends: bool,
}

/// The last page that begins in these bytes.
fn last_page(tail: &[u8]) -> Option<Page> {
    (0..tail.len().saturating_sub(PAGE_HEADER - 1)).rev().find_map(|at| {
        let page = tail.get(at..)?.strip_prefix(b"OggS\0")?;
        let flags = *page.first()?;
        let granule = u64_at(page, 1)?;
        let segments = usize::from(*page.get(21)?);
        let lengths = page.get(22..22 + segments)?;
        let body: usize = lengths.iter().map(|length| usize::from(*length)).sum();
        // A page that is not whole is none.
        page.get(22 + segments..22 + segments + body)?;
        Some(Page {
            serial: u32_at(page, 9)?,
            granule: (granule <= i64::MAX as u64).then_some(granule),
            ends: flags & 4 != 0,
        })
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
