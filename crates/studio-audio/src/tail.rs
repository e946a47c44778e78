//! Tags behind the sound of a stream of frames: ID3v1, APEv2 and Lyrics3.

use crate::riff::u32_at;
use crate::source::read_full_at;
use crate::{ByteSource, Result};

/// Tags that are stepped over, one behind another.
const MAX_TAGS: usize = 4;
/// An ID3v1 tag, which has one size.
const ID3V1_BYTES: u64 = 128;
/// The footer of an APEv2 tag, and its header where there is one.
const APE_FOOTER: u64 = 32;
/// The most that a Lyrics3 tag without a size takes.
const LYRICS_BYTES: u64 = 5_120;

/// Where the sound ends that begins at `start`: before the tags behind it, or at the end of
/// the source. Costs a read or two where there is no tag.
pub(crate) fn sound_end(source: &dyn ByteSource, start: u64) -> Result<u64> {
    let mut end = source.size();
    for _ in 0..MAX_TAGS {
        let Some(before) = tag_start(source, end)?.filter(|before| *before >= start) else { break };
        end = before;
    }
    Ok(end)
}

/// Where the tag begins that ends at a place, if one does.
fn tag_start(source: &dyn ByteSource, end: u64) -> Result<Option<u64>> {
    let last = before(source, end, ID3V1_BYTES)?;
    if last.len() as u64 == ID3V1_BYTES && last.starts_with(b"TAG") {
        return Ok(Some(end - ID3V1_BYTES));
    }
    let footer = last.len().checked_sub(APE_FOOTER as usize).and_then(|at| last.get(at..));
    if let Some(footer) = footer.filter(|footer| footer.starts_with(b"APETAGEX")) {
        let (size, flags) = (u32_at(footer, 12).unwrap_or(0), u32_at(footer, 20).unwrap_or(0));
        let header = if flags >> 31 == 1 { APE_FOOTER } else { 0 };
        let whole = u64::from(size).max(APE_FOOTER) + header;
        return Ok(end.checked_sub(whole));
    }
    if let Some(sized) = last.strip_suffix(b"LYRICS200") {
        let digits = sized.len().checked_sub(6).and_then(|at| sized.get(at..));
        let size = digits.and_then(|digits| std::str::from_utf8(digits).ok()?.parse::<u64>().ok());
        // Of its content alone, without the size and the name behind it.
        return Ok(size.and_then(|size| end.checked_sub(size + 15)));
    }
    if last.ends_with(b"LYRICSEND") {
        let bytes = before(source, end, LYRICS_BYTES)?;
        let at = bytes.windows(11).rposition(|name| name == b"LYRICSBEGIN");
        return Ok(at.map(|at| end - (bytes.len() - at) as u64));
    }
    Ok(None)
}

/// Up to so many bytes before a place.
fn before(source: &dyn ByteSource, end: u64, most: u64) -> Result<Vec<u8>> {
    let length = end.min(most);
    let mut bytes = vec![0; length as usize];
    let read = read_full_at(source, end - length, &mut bytes)?;
    bytes.truncate(read);
    Ok(bytes)
}
