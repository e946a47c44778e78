//! Bare streams of frames: MPEG audio and ADTS.

use studio_domain::{AudioFormat, Codec, Container};

use super::{Found, be, bytes_at};
use crate::kind::Kind;
use crate::mpeg::{AdtsHeader, FrameHeader};
use crate::{ByteSource, Defect, Result, tail};

/// What an estimate is made from (bytes).
const SAMPLE_BYTES: usize = 64 << 10;

pub(super) fn read(source: &dyn ByteSource, kind: Kind) -> Result<Found> {
    let bytes = bytes_at(source, kind.start, SAMPLE_BYTES as u64, SAMPLE_BYTES)?;
    let whole = tail::sound_end(source, kind.start)?.saturating_sub(kind.start);
    let found = match kind.container {
        Container::Mpeg => mpeg(&bytes, whole),
        _ => adts(&bytes, whole),
    };
    Ok(found.unwrap_or_else(|| Found::broken("the first frame of the stream is not whole")))
}

fn mpeg(bytes: &[u8], whole: u64) -> Option<Found> {
    let first = FrameHeader::parse(bytes)?;
    let stale = is_stale(bytes, whole, &first);
    let frames = told_frames(bytes, &first).filter(|_| !stale);
    let format = AudioFormat {
        container: Container::Mpeg,
        codec: first.codec(),
        channels: first.channels,
        sample_rate: first.sample_rate,
        bit_depth: None,
        frames,
    };
    let estimated_frames = match frames {
        Some(_) => None,
        None => estimate(bytes, whole, |rest| {
            FrameHeader::parse(rest).map(|frame| (frame.bytes, frame.samples))
        }),
    };
    let mut found = Found { estimated_frames, ..Found::told(format) };
    if stale {
        found
            .defects
            .push(Defect::malformed("the Xing header tells of fewer frames than there are"));
    }
    Some(found)
}

/// Whether a Xing header tells of less than there is: streams were joined, or edited by a
/// program that did not know of it. `whole` is all from the first frame on (bytes).
fn is_stale(bytes: &[u8], whole: u64, first: &FrameHeader) -> bool {
    let side = 4 + first.side_bytes();
    let Some(xing) =
        bytes.get(side..).filter(|xing| xing.starts_with(b"Xing") || xing.starts_with(b"Info"))
    else {
        return false;
    };
    let flags = be(xing, 4, 4).unwrap_or(0);
    if flags & 1 == 0 {
        return false;
    }
    let Some(told) = be(xing, 8, 4) else { return false };
    // A large frame is of 320,000 bits in a second, at the lowest rate of its version.
    let most = u64::from(first.samples) / 8 * 320_000 / u64::from(first.sample_rate.max(1)) + 1;
    if told.saturating_add(2).saturating_mul(most) < whole.saturating_sub(SAMPLE_BYTES as u64) {
        return true;
    }
    // What its writer said of the bytes, but for the frame that it stands in and a tag behind.
    let size = be(xing, 12, 4).filter(|_| flags & 2 != 0);
    if size.is_some_and(|size| size + size / 8 + SAMPLE_BYTES as u64 / 2 < whole) {
        return true;
    }
    // More frames at the start than there should be in all.
    let (mut at, mut frames) = (first.bytes, 0_u64);
    while let Some(frame) = bytes.get(at..).and_then(FrameHeader::parse) {
        at += frame.bytes;
        frames += 1;
    }
    frames > told.saturating_add(1)
}

fn adts(bytes: &[u8], whole: u64) -> Option<Found> {
    let first = AdtsHeader::parse(bytes)?;
    let format = AudioFormat {
        container: Container::Adts,
        codec: Codec::Aac,
        channels: first.channels,
        sample_rate: first.sample_rate,
        bit_depth: None,
        frames: None,
    };
    let estimated_frames = estimate(bytes, whole, |rest| {
        AdtsHeader::parse(rest).map(|frame| (frame.bytes, frame.samples))
    });
    Some(Found { estimated_frames, ..Found::told(format) })
}

/// About how many frames there are, when the rest is like these bytes.
fn estimate(
    bytes: &[u8],
    whole: u64,
    frame: impl Fn(&[u8]) -> Option<(usize, u32)>,
) -> Option<u64> {
    let (mut at, mut samples) = (0, 0_u64);
    // Every frame has at least the bytes of its header.
    while let Some((length, count)) = bytes.get(at..).and_then(&frame) {
        at += length;
        samples += u64::from(count);
    }
    let estimate = u128::from(samples) * u128::from(whole) / (at as u128).max(1);
    u64::try_from(estimate).ok().filter(|frames| *frames > 0)
}

/// The frames that an encoder wrote down in the first frame: as Xing or as VBRI did it,
/// without what LAME says is its own lead-in and padding.
fn told_frames(bytes: &[u8], first: &FrameHeader) -> Option<u64> {
    let frame = bytes.get(..first.bytes).unwrap_or(bytes);
    if frame.get(36..40) == Some(b"VBRI") {
        return Some(be(frame, 36 + 14, 4)? * u64::from(first.samples));
    }
    let xing = frame.get(4 + first.side_bytes()..)?;
    if !xing.starts_with(b"Xing") && !xing.starts_with(b"Info") {
        return None;
    }
    let flags = be(xing, 4, 4)?;
    if flags & 1 == 0 {
        return None;
    }
    let frames = be(xing, 8, 4)? * u64::from(first.samples);
    let sizes = [(1, 4), (2, 4), (4, 100), (8, 4)];
    let extension: usize = 8 + sizes
        .iter()
        .map(|(flag, size)| if flags & flag != 0 { *size } else { 0 })
        .sum::<usize>();
    let lame = xing.get(extension..).unwrap_or_default();
    let known = [b"LAME", b"Lavf", b"Lavc"].iter().any(|name| lame.starts_with(*name));
    let Some(trim) = be(lame, 21, 3).filter(|_| known) else { return Some(frames) };
    // Every decoder is late by 529 samples.
    let (lead_in, padding) = ((trim >> 12) + 529, (trim & 0xFFF).saturating_sub(529));
    Some(frames.saturating_sub(lead_in + padding))
}
