//! Pixels.

use fast_image_resize::Resizer;
use image::{DynamicImage, Rgb, RgbImage};

use crate::{Error, Result};

/// The same picture with at most `longest` pixels on its longest side (Lanczos, over 3
/// pixels), each side at least 1.
pub(super) fn down(image: DynamicImage, longest: u32) -> Result<DynamicImage> {
    let (width, height) = (image.width(), image.height());
    let now = width.max(height);
    if now <= longest {
        return Ok(image);
    }
    let side = |side: u32| {
        let (side, longest, now) = (u64::from(side), u64::from(longest), u64::from(now));
        // No larger than `longest`, which is no larger than a u32.
        u32::try_from((side * longest + now / 2) / now).unwrap_or(u32::MAX).max(1)
    };
    let mut smaller = DynamicImage::new(side(width), side(height), image.color());
    Resizer::new()
        .resize(&image, &mut smaller, None)
        .map_err(|error| Error::Unsupported { what: format!("the picture: {error}") })?;
    Ok(smaller)
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
