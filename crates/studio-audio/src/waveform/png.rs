//! Waveforms as PNG.

use std::io::Cursor;

use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{ExtendedColorType, ImageEncoder as _};

use super::Waveform;
use super::geometry::{Marks, Picture, Shape, Span};
use crate::{Error, Result};

/// The colours of a picture: red, green, blue and opacity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Colours {
    /// Of the waveform.
    pub wave: [u8; 4],
    /// Of what is behind it.
    pub background: [u8; 4],
}

impl Colours {
    /// For a light page: a deep blue on white.
    pub const LIGHT: Self =
        Self { wave: [0x3B, 0x5B, 0xDB, 0xFF], background: [0xFF, 0xFF, 0xFF, 0xFF] };
    /// For a dark page: a light blue on near black.
    pub const DARK: Self =
        Self { wave: [0x91, 0xA7, 0xFF, 0xFF], background: [0x14, 0x17, 0x1F, 0xFF] };

    /// The same on nothing, for any page.
    #[must_use]
    pub const fn transparent(self) -> Self {
        let [red, green, blue, _] = self.wave;
        Self { background: [red, green, blue, 0], ..self }
    }
}

/// Draws a waveform as a PNG, with smooth edges.
///
/// # Errors
/// [`Error::Mismatch`] for a picture that cannot be drawn.
pub fn png(waveform: &Waveform, picture: &Picture, colours: &Colours) -> Result<Vec<u8>> {
    let marks = picture.marks(waveform)?;
    let mut canvas = Canvas::new(picture.width as usize, picture.height as usize);
    for lane in &marks.lanes {
        match picture.shape {
            Shape::Bars { .. } => canvas.bars(&marks, lane),
            Shape::Envelope => canvas.envelope(lane),
        }
    }
    let pixels: Vec<u8> = canvas.cover.iter().flat_map(|cover| blend(*cover, colours)).collect();
    let mut bytes = Cursor::new(Vec::new());
    // Few colours in long runs: filters would only hide them.
    PngEncoder::new_with_quality(&mut bytes, CompressionType::Default, FilterType::NoFilter)
        .write_image(&pixels, picture.width, picture.height, ExtendedColorType::Rgba8)
        .map_err(|error| Error::Io(std::io::Error::other(error)))?;
    Ok(bytes.into_inner())
}

/// How much of each pixel is covered, from 0 to 1.
struct Canvas {
    width: usize,
    height: usize,
    cover: Vec<f32>,
}

impl Canvas {
    fn new(width: usize, height: usize) -> Self {
        Self { width, height, cover: vec![0.0; width * height] }
    }

    fn bars(&mut self, marks: &Marks, lane: &[Span]) {
        let radius = marks.thickness / 2.0;
        for (x, Span { top, bottom }) in marks.placed(lane) {
            let (first, last) = (top + radius, bottom - radius);
            for row in self.within(top - 1.0, bottom + 1.0, self.height) {
                for column in self.within(x - radius - 1.0, x + radius + 1.0, self.width) {
                    let (px, py) = (column as f32 + 0.5, row as f32 + 0.5);
                    // How far the pixel's middle lies from the bar's inner line.
                    let away = py - py.clamp(first, last.max(first));
                    let distance = (px - x).hypot(away);
                    self.add(column, row, radius - distance + 0.5);
                }
            }
        }
    }

    /// One column of pixels for each span.
    fn envelope(&mut self, lane: &[Span]) {
        for (column, Span { top, bottom }) in lane.iter().enumerate().take(self.width) {
            for row in self.within(*top, *bottom, self.height) {
                let (above, below) = (row as f32, row as f32 + 1.0);
                self.add(column, row, bottom.min(below) - top.max(above));
            }
        }
    }

    fn within(&self, from: f32, to: f32, most: usize) -> std::ops::Range<usize> {
        let from = (from.max(0.0) as usize).min(most);
        from..(to.max(0.0).ceil() as usize).clamp(from, most)
    }

    fn add(&mut self, column: usize, row: usize, cover: f32) {
        if let Some(pixel) = self.cover.get_mut(row * self.width + column) {
            *pixel = pixel.max(cover.clamp(0.0, 1.0));
        }
    }
}

/// The wave's colour over the background's.
fn blend(cover: f32, colours: &Colours) -> [u8; 4] {
    let opacity = |colour: [u8; 4]| f32::from(colour[3]) / 255.0;
    let over = cover * opacity(colours.wave);
    let under = (1.0 - over) * opacity(colours.background);
    let all = over + under;
    let mut pixel = colours.background;
    if all > 0.0 {
        for (n, channel) in pixel.iter_mut().take(3).enumerate() {
            let sum = f32::from(colours.wave[n]) * over + f32::from(colours.background[n]) * under;
            *channel = (sum / all).round() as u8;
        }
    }
    pixel[3] = (all * 255.0).round() as u8;
    pixel
}
