//! LIST chunks of texts in a WAV file (RIFF specification of 1991, INFO).

use super::{Tags, bytes_at};
use crate::metadata::text;
use crate::riff::{ChunkId, Wave, u32_at};
use crate::{ByteSource, Result};

/// What is read of one list.
const MAX_BYTES: usize = 256 << 10;
/// Texts that are read of one list.
const MAX_TEXTS: usize = 256;

/// Reads the first INFO list.
pub(super) fn read(source: &dyn ByteSource, wave: &Wave) -> Result<Tags> {
    for list in wave.chunks.iter().filter(|chunk| chunk.id == ChunkId::LIST) {
        let kind = bytes_at(source, list.offset, list.present, 4)?;
        if kind == b"INFO" {
            return Ok(parse(&bytes_at(source, list.offset, list.present, MAX_BYTES)?[4..]));
        }
    }
    Ok(Tags::default())
}

fn parse(mut rest: &[u8]) -> Tags {
    let mut tags = Tags::default();
    for _ in 0..MAX_TEXTS {
        let (Some(id), Some(size)) = (rest.get(..4), u32_at(rest, 4)) else { break };
        let size = usize::try_from(size).unwrap_or(usize::MAX);
        let content = &rest[8..];
        let value = text(&content[..size.min(content.len())]);
        let field = match id {
            b"INAM" => &mut tags.title,
            b"IART" => &mut tags.artist,
            b"IPRD" => &mut tags.album,
            b"ICRD" => &mut tags.date,
            b"IGNR" => &mut tags.genre,
            b"ICMT" => &mut tags.comment,
            b"ICOP" => &mut tags.copyright,
            b"ISFT" => &mut tags.software,
            _ => &mut None,
        };
        if !value.is_empty() && field.is_none() {
            *field = Some(value.clone());
        }
        if matches!(id, b"ITRK" | b"IPRT") && tags.track_number.is_none() {
            tags.track_number =
                value.split('/').next().and_then(|number| number.trim().parse().ok());
        }
        let next = size.saturating_add(size % 2);
        rest = content.get(next..).unwrap_or_default();
    }
    tags
}
