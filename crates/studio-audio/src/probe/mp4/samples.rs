//! Where the samples of a track are (`stsz`, `stsc`, `stco`, `co64`).

use std::ops::Range;

use super::super::be;
use super::boxes::{Boxes, Place};
use crate::{Error, Result};

/// The largest table that is read: of chunks of 25 ms, for seven hours.
const MAX_TABLE_BYTES: usize = 4 << 20;

/// The places of samples that are all of so many bytes, in their order; those that follow
/// each other are one. `None` where the tables say anything else, or not all.
///
/// # Errors
/// [`crate::Error::Io`]; [`crate::Error::Malformed`] where chunks lie upon each other, so that
/// there would be more samples than the file has bytes for.
pub(super) fn places(
    boxes: &mut Boxes<'_>,
    table: Place,
    sample_bytes: u64,
) -> Result<Option<Vec<Range<u64>>>> {
    let mut read = |name| -> Result<Vec<u8>> {
        let place = boxes.first(table, name)?;
        boxes.up_to(place, MAX_TABLE_BYTES)
    };
    let (sizes, runs) = (read(b"stsz")?, read(b"stsc")?);
    let (narrow, wide) = (read(b"stco")?, read(b"co64")?);
    if be(&sizes, 4, 4) != Some(sample_bytes) || sample_bytes == 0 {
        return Ok(None);
    }
    let offsets = match narrow.is_empty() {
        true => offsets(&wide, 8),
        false => offsets(&narrow, 4),
    };
    let (Some(count), Some(runs), Some(offsets)) = (be(&sizes, 8, 4), rows(&runs), offsets) else {
        return Ok(None);
    };
    let size = boxes.source.size();
    let Some(laid) = laid_out(count, sample_bytes, &runs, &offsets) else { return Ok(None) };
    // Of a file that is cut short, what is missing is in no place twice.
    let there = |place: &Range<u64>| place.end.min(size).saturating_sub(place.start);
    let told = laid.places.iter().map(there).fold(0, u64::saturating_add);
    if told > size {
        let detail = "chunks of samples lie upon each other: they hold more than the file";
        return Err(Error::malformed(detail));
    }
    Ok(laid.whole.then_some(laid.places))
}

/// The first chunk of each run, counted from 1, and how many samples each of its chunks has.
fn rows(table: &[u8]) -> Option<Vec<(u64, u64)>> {
    let count = usize::try_from(be(table, 4, 4)?).ok()?;
    let rows = table.get(8..)?.as_chunks::<12>().0.get(..count)?;
    rows.iter().map(|row| Some((be(row, 0, 4)?, be(row, 4, 4)?))).collect()
}

/// Where each chunk begins, as numbers of so many bytes.
fn offsets(table: &[u8], width: usize) -> Option<Vec<u64>> {
    let count = usize::try_from(be(table, 4, 4)?).ok()?;
    let bytes = table.get(8..)?.get(..count.checked_mul(width)?)?;
    bytes.chunks_exact(width).map(|offset| be(offset, 0, width)).collect()
}

/// The samples of a track as its tables lay them out.
struct Laid {
    places: Vec<Range<u64>>,
    /// Whether the chunks hold all samples.
    whole: bool,
}

/// `None` where a chunk would end beyond all numbers.
fn laid_out(
    mut count: u64,
    sample_bytes: u64,
    runs: &[(u64, u64)],
    offsets: &[u64],
) -> Option<Laid> {
    let mut places: Vec<Range<u64>> = Vec::new();
    let mut runs = runs.iter().peekable();
    let mut each = 0;
    for (chunk, start) in (1..).zip(offsets) {
        if let Some((_, samples)) = runs.next_if(|(first, _)| *first == chunk) {
            each = *samples;
        }
        let samples = count.min(each);
        count -= samples;
        let end = start.checked_add(samples.checked_mul(sample_bytes)?)?;
        match places.last_mut() {
            Some(last) if last.end == *start => last.end = end,
            _ => places.push(*start..end),
        }
    }
    Some(Laid { places, whole: count == 0 && runs.next().is_none() })
}
