//! ID3v2 tags (ID3v2.2, 2.3, 2.4), made safe for a parser that trusts them.
//!
//! A frame may be compressed, and no parser at hand bounds what comes out: a few KiB can be
//! made into gigabytes. So a tag is rewritten with its plain frames alone; those that are
//! compressed or encrypted, which no program in use writes, are left out.

/// Rewrites a whole tag; `None` when it is none. Pictures are kept only if asked for, and
/// whether there was one is told.
pub(super) fn plain(tag: &[u8], pictures: bool) -> Option<(Vec<u8>, bool)> {
    let header: &[u8; 10] = tag.first_chunk()?;
    let (major, flags) = (header[3], header[5]);
    if !header.starts_with(b"ID3") || !(2..=4).contains(&major) {
        return None;
    }
    let size = synchsafe(&header[6..])?.min(tag.len() - 10);
    let body = &tag[10..10 + size];
    let unsynchronised = flags & 0x80 != 0;
    let whole;
    let body = match unsynchronised && major < 4 {
        true => {
            whole = resynchronised(body);
            &whole
        }
        false => body,
    };
    let body = match (major, flags & 0x40 != 0) {
        (_, false) => body,
        // Of the whole tag, which has never been defined.
        (2, true) => return None,
        (3, true) => body.get(4 + plain_size(body.get(..4)?)..)?,
        (_, true) => body.get(synchsafe(body.get(..4)?)?..)?,
    };
    let mut out = vec![b'I', b'D', b'3', major, 0, 0, 0, 0, 0, 0];
    let mut pictured = false;
    let mut rest = body;
    while let Some((frame, behind)) = Frame::next(rest, major) {
        rest = behind;
        let picture = matches!(frame.id, b"APIC" | b"PIC");
        pictured |= picture;
        if !picture || pictures {
            frame.write(major, unsynchronised, &mut out);
        }
    }
    let size = out.len() - 10;
    for (at, shift) in [(6, 21), (7, 14), (8, 7), (9, 0)] {
        out[at] = (size >> shift & 0x7F) as u8;
    }
    Some((out, pictured))
}

struct Frame<'a> {
    id: &'a [u8],
    /// How the content is stored; none of version 2.2 has any.
    flags: u8,
    content: &'a [u8],
}

impl<'a> Frame<'a> {
    /// The first frame and what follows it; `None` at the padding or at what is cut short.
    fn next(bytes: &'a [u8], major: u8) -> Option<(Self, &'a [u8])> {
        let (id, size, header): (_, _, usize) = match major {
            2 => (3, plain_size(bytes.get(3..6)?), 6),
            3 => (4, plain_size(bytes.get(4..8)?), 10),
            // Some programs write plain sizes here too.
            _ => {
                let size = bytes.get(4..8)?;
                (4, synchsafe(size).unwrap_or_else(|| plain_size(size)), 10)
            }
        };
        let id = bytes.get(..id)?;
        if !id.iter().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit()) {
            return None;
        }
        let flags = if major == 2 { 0 } else { *bytes.get(9)? };
        let end = header.checked_add(size)?;
        Some((Self { id, flags, content: bytes.get(header..end)? }, &bytes[end..]))
    }

    /// Writes it without flags, unless its content is compressed or encrypted.
    fn write(&self, major: u8, unsynchronised: bool, out: &mut Vec<u8>) {
        let (packed, grouped, prefixed) = match major {
            3 => (self.flags & 0xC0 != 0, self.flags & 0x20 != 0, false),
            4 => (self.flags & 0x0C != 0, self.flags & 0x40 != 0, self.flags & 1 != 0),
            _ => (false, false, false),
        };
        let skipped = usize::from(grouped) + if prefixed { 4 } else { 0 };
        let Some(content) = self.content.get(skipped..).filter(|_| !packed) else { return };
        let whole;
        let content = match major == 4 && (unsynchronised || self.flags & 2 != 0) {
            true => {
                whole = resynchronised(content);
                &whole
            }
            false => content,
        };
        out.extend(self.id);
        let size = content.len();
        match major {
            2 => out.extend([(size >> 16) as u8, (size >> 8) as u8, size as u8]),
            3 => out.extend((size as u32).to_be_bytes()),
            _ => out.extend([21, 14, 7, 0].map(|shift| (size >> shift & 0x7F) as u8)),
        }
        if major > 2 {
            out.extend([0, 0]);
        }
        out.extend(content);
    }
}

/// Takes out the zeros that were put behind bytes that look like a frame of MPEG audio.
fn resynchronised(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut last = 0;
    for &byte in bytes {
        if last != 0xFF || byte != 0 {
            out.push(byte);
        }
        last = byte;
    }
    out
}

/// A number of 7 bits in each byte; `None` where a byte has 8.
fn synchsafe(bytes: &[u8]) -> Option<usize> {
    let safe = bytes.iter().all(|byte| *byte < 0x80);
    safe.then(|| bytes.iter().fold(0, |number, byte| number << 7 | usize::from(*byte)))
}

fn plain_size(bytes: &[u8]) -> usize {
    bytes.iter().fold(0, |number, byte| number << 8 | usize::from(*byte))
}
