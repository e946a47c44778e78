//! What kind of file it is, told by its content alone: never by its name.

use studio_domain::Container;

use crate::mpeg::{AdtsHeader, FrameHeader};
use crate::source::read_full_at;
use crate::{ByteSource, Result, riff};

/// A kind of file that is known, and where it begins: behind ID3v2 tags, if there are any.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Kind {
    pub(crate) container: Container,
    /// The place of its first byte (bytes from the start of the file).
    pub(crate) start: u64,
}

impl Kind {
    /// Whether it is of the RIFF family. One behind a tag is not: nobody writes such files.
    pub(crate) fn is_riff(self) -> bool {
        matches!(self.container, Container::Wav | Container::Rf64 | Container::Bw64)
    }
}

/// What is looked at, at the start and behind each ID3v2 tag (bytes).
const HEAD_BYTES: usize = 1 << 12;
/// ID3v2 tags in a row that are stepped over.
const MAX_TAGS: usize = 4;

/// Tells the kind of a file; `None` for what is not known. Sound hidden behind something
/// else, such as in an archive, is not looked for.
pub(crate) fn sniff(source: &dyn ByteSource) -> Result<Option<Kind>> {
    let mut start = 0;
    let mut head = vec![0; HEAD_BYTES];
    for tags in 0..=MAX_TAGS {
        let length = read_full_at(source, start, &mut head)?;
        let bytes = &head[..length];
        match id3v2_size(bytes) {
            Some(size) => start += size,
            None => {
                let to_end = start + length as u64 == source.size();
                let riff = riff::form(bytes).filter(|_| tags == 0);
                return Ok(match riff.or_else(|| container(bytes)) {
                    Some(container) => Some(Kind { container, start }),
                    None => stream(bytes, tags > 0, to_end)
                        .map(|(container, junk)| Kind { container, start: start + junk as u64 }),
                });
            }
        }
    }
    Ok(None)
}

/// Kinds that begin with a name.
fn container(head: &[u8]) -> Option<Container> {
    match (head.get(..4)?, head.get(4..8), head.get(8..12)) {
        (b"fLaC", ..) => Some(Container::Flac),
        (b"OggS", ..) => Some(Container::Ogg),
        (b"FORM", _, Some(b"AIFF")) => Some(Container::Aiff),
        (b"FORM", _, Some(b"AIFC")) => Some(Container::Aifc),
        (_, Some(b"ftyp"), _) => Some(Container::Mp4),
        _ => None,
    }
}

/// Kinds that begin with a frame: one that is followed by another or by the end. Only zeros
/// may stand before it, or anything behind a tag, whose size is often wrong.
fn stream(head: &[u8], tagged: bool, to_end: bool) -> Option<(Container, usize)> {
    let zeros = head.iter().take_while(|byte| **byte == 0).count();
    let places = match tagged {
        true => 0..head.len(),
        false => zeros..head.len().min(zeros + 1),
    };
    let follows = |at: usize, same: &dyn Fn(&[u8]) -> bool| match head.get(at..) {
        Some(rest) if rest.len() >= 7 => same(rest),
        // A frame as long as what is looked at: nothing to compare it with.
        _ => !tagged || (to_end && at == head.len()),
    };
    places.into_iter().find_map(|at| {
        let rest = head.get(at..)?;
        if let Some(frame) = FrameHeader::parse(rest) {
            let same = |next: &[u8]| {
                next.starts_with(b"TAG")
                    || FrameHeader::parse(next).is_some_and(|next| next.continues(&frame))
            };
            return follows(at + frame.bytes, &same).then_some((Container::Mpeg, at));
        }
        let frame = AdtsHeader::parse(rest)?;
        let same = |next: &[u8]| AdtsHeader::parse(next).is_some_and(|next| next.continues(&frame));
        follows(at + frame.bytes, &same).then_some((Container::Adts, at))
    })
}

/// The whole size of an ID3v2 tag that begins with these bytes (ID3v2.4 section 3).
pub(crate) fn id3v2_size(head: &[u8]) -> Option<u64> {
    let header = head.strip_prefix(b"ID3")?.first_chunk::<7>()?;
    let [major, _, flags, size @ ..] = *header;
    if major == 0xFF || size.iter().any(|byte| *byte >= 0x80) {
        return None;
    }
    let content = size.iter().fold(0, |size, byte| size << 7 | u64::from(*byte));
    let footer = if flags & 0x10 != 0 { 10 } else { 0 };
    Some(10 + content + footer)
}
