//! Waveforms as text.

use super::geometry::columns;
use super::{Pair, Scale, Waveform};

/// The most columns and rows of a lane.
const MOST_COLUMNS: u16 = 1000;
const MOST_ROWS: u16 = 100;

/// What a waveform is written with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Glyphs {
    /// Braille patterns: two columns of four dots in each place, around a line in the middle.
    Braille,
    /// Blocks that stand on a line, in eighths of a place.
    Blocks,
    /// `#` and `.`, around a line in the middle.
    Ascii,
}

/// Draws a waveform as lines of text without ends: `rows` lines of `width` places for each
/// lane, lane by lane. At least one row and place, at most 100 rows and 1000 places.
pub fn text(
    waveform: &Waveform,
    width: u16,
    rows: u16,
    glyphs: Glyphs,
    scale: Scale,
) -> Vec<String> {
    let width = usize::from(width.clamp(1, MOST_COLUMNS));
    let rows = usize::from(rows.clamp(1, MOST_ROWS));
    let full = match scale {
        Scale::Full => 32_768.0,
        Scale::Fit => f32::from(waveform.largest().max(1)),
    };
    let draw = |lane: &Vec<Pair>| match glyphs {
        Glyphs::Braille => braille(lane, width, rows, full),
        Glyphs::Blocks => blocks(lane, width, rows, full),
        Glyphs::Ascii => ascii(lane, width, rows, full),
    };
    waveform.lanes().iter().flat_map(draw).collect()
}

/// From which to before which step from above a pair reaches, of `steps` from full scale
/// above to full scale below: at least one.
fn reach(pair: Pair, steps: usize, full: f32) -> std::ops::Range<usize> {
    let half = steps as f32 / 2.0;
    let at = |value: i16| (half - f32::from(value) / full * half).clamp(0.0, steps as f32);
    let (top, bottom) = (at(pair.max), at(pair.min));
    let (first, last) = (top.round() as usize, bottom.round() as usize);
    match first < last {
        true => first..last,
        false => {
            let middle = (((top + bottom) / 2.0) as usize).min(steps - 1);
            middle..middle + 1
        }
    }
}

fn braille(lane: &[Pair], width: usize, rows: usize, full: f32) -> Vec<String> {
    // The bits of the dots, from above, in the left and the right column.
    const DOTS: [[u8; 4]; 2] = [[0x01, 0x02, 0x04, 0x40], [0x08, 0x10, 0x20, 0x80]];
    let mut cells = vec![vec![0_u8; width]; rows];
    for (column, pair) in columns(lane, width * 2).enumerate() {
        for step in reach(pair, rows * 4, full) {
            cells[step / 4][column / 2] |= DOTS[column % 2][step % 4];
        }
    }
    let glyph = |dots: &u8| char::from_u32(0x2800 + u32::from(*dots)).unwrap_or(' ');
    cells.iter().map(|row| row.iter().map(glyph).collect()).collect()
}

fn blocks(lane: &[Pair], width: usize, rows: usize, full: f32) -> Vec<String> {
    const EIGHTHS: [char; 9] = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let heights: Vec<usize> = columns(lane, width)
        .map(|pair| {
            let largest = f32::from(pair.min.unsigned_abs().max(pair.max.unsigned_abs()));
            // Never nothing: silence is a line.
            ((largest / full * rows as f32 * 8.0).round() as usize).clamp(1, rows * 8)
        })
        .collect();
    let row = |row: usize| {
        let below = (rows - 1 - row) * 8;
        heights.iter().map(|height| EIGHTHS[height.saturating_sub(below).min(8)]).collect()
    };
    (0..rows).map(row).collect()
}

fn ascii(lane: &[Pair], width: usize, rows: usize, full: f32) -> Vec<String> {
    let mut cells = vec![vec![' '; width]; rows];
    for (column, pair) in columns(lane, width).enumerate() {
        // Where there is silence, a dot in the middle.
        let silent = pair == Pair::default();
        for step in reach(pair, rows, full) {
            cells[step][column] = if silent { '.' } else { '#' };
        }
    }
    cells.iter().map(|row| row.iter().collect()).collect()
}
