//! Pixels.

use fast_image_resize::{ResizeOptions, Resizer};
use image::{DynamicImage, Rgb, RgbImage};

use super::Shape;
use crate::{Error, Result};

/// The same picture in a shape (Lanczos, over 3 pixels), each side at least 1: made smaller,
/// never larger.
pub(super) fn down(image: &DynamicImage, shape: Shape) -> Result<Option<DynamicImage>> {
    let now = (image.width(), image.height());
    let sides = shape.sides(now);
    if sides == now {
        return Ok(None);
    }
    let mut smaller = DynamicImage::new(sides.0, sides.1, image.color());
    // What is wider or higher than the shape is cut alike on both sides.
    let options = ResizeOptions::new().fit_into_destination(Some((0.5, 0.5)));
    Resizer::new()
        .resize(image, &mut smaller, Some(&options))
        .map_err(|error| Error::Unsupported { what: format!("the picture: {error}") })?;
    Ok(Some(smaller))
}

impl Shape {
    /// How large a picture becomes.
    pub(super) fn sides(self, (width, height): (u32, u32)) -> (u32, u32) {
        // `side` in the proportion `to` : `from`, which makes it no larger.
        let scaled = |side: u32, to: u32, from: u32| {
            let (side, to, from) = (u64::from(side), u64::from(to), u64::from(from));
            u32::try_from((side * to + from / 2) / from).unwrap_or(u32::MAX).max(1)
        };
        match self {
            Self::Longest(most) => {
                let now = width.max(height);
                if now <= most {
                    return (width, height);
                }
                (scaled(width, most, now), scaled(height, most, now))
            }
            Self::Wide(most) if width <= most => (width, height),
            Self::Wide(most) => (most, scaled(height, most, width)),
            Self::High(most) if height <= most => (width, height),
            Self::High(most) => (scaled(width, most, height), most),
            Self::Filling(wide, high) => {
                // As much of the shape as the picture can fill without becoming larger.
                let is_wider =
                    u64::from(width) * u64::from(high) > u64::from(height) * u64::from(wide);
                match is_wider {
                    true if height >= high => (wide, high),
                    true => (scaled(wide, height, high), height),
                    false if width >= wide => (wide, high),
                    false => (width, scaled(high, width, wide)),
                }
            }
        }
    }

    /// The same for a picture that lies on its side.
    pub(super) fn turned(self) -> Self {
        match self {
            Self::Longest(most) => Self::Longest(most),
            Self::Wide(most) => Self::High(most),
            Self::High(most) => Self::Wide(most),
            Self::Filling(wide, high) => Self::Filling(high, wide),
        }
    }
}

/// The same picture in 8 bits, grey, coloured, or coloured with an alpha channel; and whether
/// any of it is transparent. Without that it has no alpha channel.
pub(super) fn plain(image: DynamicImage) -> (DynamicImage, bool) {
    let color = image.color();
    if color.has_alpha() {
        let image = image.into_rgba8();
        if image.pixels().any(|pixel| pixel.0[3] < u8::MAX) {
            return (image.into(), true);
        }
        return (DynamicImage::from(image).into_rgb8().into(), false);
    }
    match color.has_color() {
        true => (image.into_rgb8().into(), false),
        false => (image.into_luma8().into(), false),
    }
}

/// The picture on white paper.
pub(super) fn on_white(image: &DynamicImage) -> DynamicImage {
    let image = image.to_rgba8();
    let mut paper = RgbImage::new(image.width(), image.height());
    for (to, from) in paper.pixels_mut().zip(image.pixels()) {
        let [r, g, b, alpha] = from.0.map(u32::from);
        let over = |color: u32| ((color * alpha + 255 * (255 - alpha) + 127) / 255) as u8;
        *to = Rgb([over(r), over(g), over(b)]);
    }
    paper.into()
}
