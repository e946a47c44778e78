//! Waveforms as SVG.

use std::fmt::Write as _;

use super::Waveform;
use super::geometry::{Marks, Picture, Shape, Span};
use crate::Result;

/// Draws a waveform as an SVG, in the colour of the text around it (`currentColor`) on no
/// background.
///
/// # Errors
/// [`crate::Error::Mismatch`] for a picture that cannot be drawn.
pub fn svg(waveform: &Waveform, picture: &Picture) -> Result<String> {
    let marks = picture.marks(waveform)?;
    let (width, height) = (picture.width, picture.height);
    let mut text = format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" preserveAspectRatio="none" role="img" aria-label="Waveform">"#
    );
    let paint = match picture.shape {
        Shape::Bars { .. } => format!(
            r#"fill="none" stroke="currentColor" stroke-width="{}" stroke-linecap="round""#,
            Number(marks.thickness)
        ),
        Shape::Envelope => r#"fill="currentColor""#.to_owned(),
    };
    for lane in &marks.lanes {
        let path = match picture.shape {
            Shape::Bars { .. } => bars(&marks, lane),
            Shape::Envelope => envelope(&marks, lane),
        };
        // Writing to a string does not fail.
        let _ = write!(text, r#"<path {paint} d="{path}"/>"#);
    }
    text.push_str("</svg>\n");
    Ok(text)
}

/// One line for each bar; its ends are round and stand out by half its width.
fn bars(marks: &Marks, lane: &[Span]) -> String {
    let mut path = String::new();
    let end = marks.thickness / 2.0;
    for (x, Span { top, bottom }) in marks.placed(lane) {
        // A line without length has no ends in some programs.
        let length = (bottom - top - 2.0 * end).max(0.01);
        let _ = write!(path, "M{} {}v{}", Number(x), Number(top + end), Number(length));
    }
    path
}

/// Along the tops from left to right, and along the bottoms back.
fn envelope(marks: &Marks, lane: &[Span]) -> String {
    let last = lane.len().saturating_sub(1);
    let half = marks.pitch / 2.0;
    let mut points = Vec::with_capacity(2 * lane.len());
    for (n, (x, span)) in marks.placed(lane).enumerate() {
        // The outermost reach to the edges of the picture.
        let left = if n == 0 { half } else { 0.0 };
        let right = if n == last { half } else { 0.0 };
        points.push((x - left + right, span.top, span.bottom));
    }
    let tops = points.iter().map(|(x, top, _)| (*x, *top));
    let bottoms = points.iter().rev().map(|(x, _, bottom)| (*x, *bottom));
    let mut path = String::new();
    for (n, (x, y)) in tops.chain(bottoms).enumerate() {
        let command = if n == 0 { 'M' } else { 'L' };
        let _ = write!(path, "{command}{} {}", Number(x), Number(y));
    }
    path.push('Z');
    path
}

/// With two digits behind the point at most, and no zeros at the end.
struct Number(f32);

impl std::fmt::Display for Number {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let text = format!("{:.2}", self.0);
        let text = text.trim_end_matches('0').trim_end_matches('.');
        f.write_str(if text == "-0" { "0" } else { text })
    }
}
