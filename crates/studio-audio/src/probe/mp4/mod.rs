//! The boxes of ISO base media (ISO 14496-12), as far as they tell what the sound is.

mod boxes;
mod entry;
mod samples;

use std::ops::ControlFlow;

use super::{Found, be};
use crate::linear::Linear;
use crate::{ByteSource, Defect, Result};
use boxes::{Boxes, MAX_BYTES, Place};
use entry::Channels;

/// Boxes that are looked at within the movie, on all levels together.
const MAX_BOXES: usize = 2_000;
/// Boxes that are looked at on the outermost level: a file in fragments has thousands, of
/// which the first tells all that is told.
const MAX_OUTERMOST: usize = 64;

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
    /// The tables of its samples (`stbl`).
    table: Option<Place>,
}

pub(super) fn read(source: &dyn ByteSource) -> Result<Found> {
    let (movie, cut) = outermost(source)?;
    let mut found = match movie {
        Some(movie) => in_movie(source, movie)?,
        None => Found::broken("the MP4 file has no moov box: it is not whole"),
    };
    found.defects.extend(cut);
    Ok(found)
}

/// Where the samples of the track that is told of are, if they are linear PCM.
pub(super) fn linear(source: &dyn ByteSource, found: &Found) -> Result<Option<Linear>> {
    let (Some(movie), Some(format)) = (outermost(source)?.0, found.format) else {
        return Ok(None);
    };
    let mut boxes = Boxes { source, left: MAX_BOXES };
    // What fragments hold is told in each of them.
    let fragmented = boxes.first(movie, b"mvex")?.is_some();
    let Some(track) = heard(&mut boxes, movie)?.filter(|_| !fragmented) else { return Ok(None) };
    let (Some(linear), Some(table)) = (entry::linear(&track.entry, &format), track.table) else {
        return Ok(None);
    };
    let frame = u64::from(linear.sample_bytes) * u64::from(format.channels);
    let places = samples::places(&mut boxes, table, frame)?;
    Ok(places.map(|places| Linear { places, ..linear }))
}

/// The movie, and the last box that claims more than there is.
fn outermost(source: &dyn ByteSource) -> Result<(Option<Place>, Option<Defect>)> {
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
    Ok((movie, cut))
}

fn in_movie(source: &dyn ByteSource, movie: Place) -> Result<Found> {
    let mut boxes = Boxes { source, left: MAX_BOXES };
    let fragmented = boxes.first(movie, b"mvex")?.is_some();
    let header = boxes.first(movie, b"mvhd")?;
    let movie_scale = timescale(&boxes.bytes(header)?).unwrap_or(0);
    Ok(match heard(&mut boxes, movie)? {
        Some(track) => found(&track, movie_scale, fragmented),
        None => Found::broken("the MP4 file has no track of sound"),
    })
}

/// The first track of sound.
fn heard(boxes: &mut Boxes<'_>, movie: Place) -> Result<Option<Track>> {
    let mut tracks = Vec::new();
    boxes.each(movie, |name, place| {
        if name == *b"trak" && tracks.len() < 64 {
            tracks.push(place);
        }
        ControlFlow::Continue(())
    })?;
    for track in tracks {
        let track = read_track(boxes, track)?;
        if track.handler.get(8..12) == Some(b"soun") {
            return Ok(Some(track));
        }
    }
    Ok(None)
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
        table,
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
    let Some((mut format, channels)) = entry::format(&track.entry, track.timescale) else {
        return Found::broken("the MP4 file does not say how its sound is coded");
    };
    let channels_unsure = channels == Channels::Unsure;
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
    let told = Found::told(format);
    let mut found = Found { lead_in, track: track.number, channels_unsure, ..told };
    if track.length.is_none() && !fragmented && !track.long {
        found.defects.push(Defect::malformed("the MP4 file has no table of its samples"));
    }
    found
}
