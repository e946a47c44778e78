//! Pictures of files of sound: looked at with suspicion, and made anew in a smaller size.

mod header;
mod scale;

use std::io::Cursor;

use image::codecs::jpeg::{JpegDecoder, JpegEncoder};
use image::codecs::png::{PngDecoder, PngEncoder};
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageEncoder, ImageError, Limits};

use crate::guard::guarded;
use crate::{Error, Result};

/// The longest side of a picture that is decoded (pixels).
pub const MAX_SIDE: u32 = 8_192;
/// What decoding a picture may take of memory (bytes): larger ones are refused.
pub const MAX_MEMORY: u64 = 256 << 20;
/// The quality of JPEG, of 100: smaller than most covers come, with nothing to be seen.
const QUALITY: u8 = 85;
/// The largest colour profile that is kept (bytes).
const MAX_PROFILE: usize = 64 << 10;

/// How a picture is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PictureKind {
    /// For photographs and covers; what is transparent becomes white.
    Jpeg,
    /// Without loss, and with transparency.
    Png,
}

impl PictureKind {
    /// What HTTP calls it, such as `image/jpeg`.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
        }
    }
}

/// A picture that was made here.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Picture {
    /// How it is written.
    pub kind: PictureKind,
    /// From left to right (pixels).
    pub width: u32,
    /// From top to bottom (pixels).
    pub height: u32,
    /// The whole file. Of what stood beside the picture nothing but its colour profile is
    /// in it: no place, no device, no other picture.
    pub bytes: Vec<u8>,
}

/// What a picture is to fit into: it is made smaller for that, never larger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Shape {
    /// So many pixels on its longest side at most.
    Longest(u32),
    /// So many pixels from left to right at most.
    Wide(u32),
    /// So many pixels from top to bottom at most.
    High(u32),
    /// All of a rectangle of so many pixels from left to right and from top to bottom: what is
    /// beyond it is cut. A picture that is too small fills one of the same proportions.
    Filling(u32, u32),
}

impl Shape {
    fn is_empty(self) -> bool {
        match self {
            Self::Longest(side) | Self::Wide(side) | Self::High(side) => side == 0,
            Self::Filling(width, height) => width == 0 || height == 0,
        }
    }
}

/// Decodes a JPEG or PNG picture, turns it upright as its Exif data says, and writes it anew
/// with at most `longest` pixels on its longest side: it is made smaller, never larger. Where
/// no `kind` is asked for it is PNG if any of it is transparent, else JPEG.
///
/// The size that it claims is looked at before anything is decoded: sides beyond
/// [`MAX_SIDE`], more memory than [`MAX_MEMORY`], and more pixels than so few bytes can hold
/// are refused, and so is a JPEG that ends before its end.
///
/// # Errors
/// [`Error::Malformed`] for a picture that is damaged or cut short;
/// [`Error::Unsupported`] for one that is too large or of another kind;
/// [`Error::Mismatch`] for no pixels at all.
pub fn picture(bytes: &[u8], longest: u32, kind: Option<PictureKind>) -> Result<Picture> {
    let mut made = pictures(bytes, &[Shape::Longest(longest)], kind)?;
    let none = || Error::Mismatch { what: "no picture was asked for".to_owned() };
    made.pop().ok_or_else(none)
}

/// The same in several shapes, decoded once.
///
/// # Errors
/// Those of [`picture`].
pub fn pictures(bytes: &[u8], shapes: &[Shape], kind: Option<PictureKind>) -> Result<Vec<Picture>> {
    if shapes.iter().any(|shape| shape.is_empty()) {
        return Err(Error::Mismatch { what: "a picture has at least 1 pixel".to_owned() });
    }
    guarded("decoder of pictures", || {
        let original = match media_type(bytes) {
            Some("image/jpeg") => Original::of_jpeg(bytes),
            Some("image/png") => Original::of_png(bytes),
            other => {
                let what = format!("a picture of the type {}", other.unwrap_or("unknown"));
                Err(Error::Unsupported { what })
            }
        }?;
        shapes.iter().map(|shape| original.remade(*shape, kind)).collect()
    })?
}

/// What the first bytes of a picture say that it is, such as `image/jpeg`.
pub(crate) fn media_type(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0xFF, 0xD8, 0xFF, ..] => Some("image/jpeg"),
        [0x89, b'P', b'N', b'G', ..] => Some("image/png"),
        [b'G', b'I', b'F', b'8', ..] => Some("image/gif"),
        [b'B', b'M', ..] => Some("image/bmp"),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some("image/webp"),
        _ => None,
    }
}

/// A picture as it was found, decoded.
struct Original {
    image: DynamicImage,
    orientation: Orientation,
    /// An ICC profile.
    profile: Option<Vec<u8>>,
}

impl Original {
    fn of_jpeg(bytes: &[u8]) -> Result<Self> {
        header::jpeg(bytes)?.check(bytes.len())?;
        Self::decode(JpegDecoder::new(Cursor::new(bytes)).map_err(error)?)
    }

    fn of_png(bytes: &[u8]) -> Result<Self> {
        header::png(bytes)?.check(bytes.len())?;
        Self::decode(PngDecoder::with_limits(Cursor::new(bytes), limits()).map_err(error)?)
    }

    fn decode(mut decoder: impl ImageDecoder) -> Result<Self> {
        decoder.set_limits(limits()).map_err(error)?;
        // One that may be transparent is copied to be scaled.
        let copies = if decoder.color_type().has_alpha() { 2 } else { 1 };
        limits().reserve(decoder.total_bytes().saturating_mul(copies)).map_err(error)?;
        // Neither says anything without which the picture cannot be shown.
        let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
        let profile = decoder.icc_profile().ok().flatten();
        let image = DynamicImage::from_decoder(decoder).map_err(error)?;
        Ok(Self { image, orientation, profile })
    }

    fn remade(&self, shape: Shape, kind: Option<PictureKind>) -> Result<Picture> {
        let shape = if is_sideways(self.orientation) { shape.turned() } else { shape };
        let scaled = scale::down(&self.image, shape)?.unwrap_or_else(|| self.image.clone());
        let (mut image, transparent) = scale::plain(scaled);
        image.apply_orientation(self.orientation);
        let kind = kind.unwrap_or(match transparent {
            true => PictureKind::Png,
            false => PictureKind::Jpeg,
        });
        if kind == PictureKind::Jpeg && transparent {
            image = scale::on_white(&image);
        }
        let colours: &[u8; 4] = if image.color().has_color() { b"RGB " } else { b"GRAY" };
        // Bytes 16 to 19 of a profile say which colours it is for (ICC.1): those of CMYK are
        // of no use any more.
        let profile = self
            .profile
            .clone()
            .filter(|profile| profile.len() <= MAX_PROFILE && profile.get(16..20) == Some(colours));
        let mut bytes = Vec::new();
        match kind {
            PictureKind::Jpeg => {
                let encoder = JpegEncoder::new_with_quality(&mut bytes, QUALITY);
                encode(encoder, &image, profile)?;
            }
            PictureKind::Png => encode(PngEncoder::new(&mut bytes), &image, profile)?,
        }
        Ok(Picture { kind, width: image.width(), height: image.height(), bytes })
    }
}

/// Whether what is left and right in the file is above and below in the picture.
fn is_sideways(orientation: Orientation) -> bool {
    use Orientation::{Rotate90, Rotate90FlipH, Rotate270, Rotate270FlipH};
    matches!(orientation, Rotate90 | Rotate270 | Rotate90FlipH | Rotate270FlipH)
}

fn encode(
    mut encoder: impl ImageEncoder,
    image: &DynamicImage,
    profile: Option<Vec<u8>>,
) -> Result<()> {
    if let Some(profile) = profile {
        // Both kinds take one; without it the colours are a little off.
        let _ = encoder.set_icc_profile(profile);
    }
    image.write_with_encoder(encoder).map_err(error)
}

fn limits() -> Limits {
    let mut limits = Limits::default();
    limits.max_image_width = Some(MAX_SIDE);
    limits.max_image_height = Some(MAX_SIDE);
    limits.max_alloc = Some(MAX_MEMORY);
    limits
}

fn error(error: ImageError) -> Error {
    match error {
        ImageError::Limits(_) => too_large(),
        ImageError::Unsupported(_) => Error::Unsupported { what: format!("the picture: {error}") },
        _ => Error::malformed(format!("the picture: {error}")),
    }
}

fn too_large() -> Error {
    let what = format!(
        "the picture: it is larger than {MAX_SIDE} x {MAX_SIDE} pixels or {} MiB",
        MAX_MEMORY >> 20
    );
    Error::Unsupported { what }
}
