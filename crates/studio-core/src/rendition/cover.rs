//! Covers: pictures made small enough for a screen, and safe to show.

use sha2::{Digest as _, Sha256};
use studio_audio::artwork::{PictureKind, Shape, pictures};
use studio_audio::probe::{Artwork, artwork};
use studio_audio::source::{Windowed, read_full_at};
use studio_domain::{Digest, ObjectKey, RenditionKind};

use super::Original;
use super::make::{Workshop, check_digest};
use crate::sound::{error, measure};
use crate::{Job, Result};

/// The largest picture that is looked at.
pub const MAX_PICTURE_BYTES: u64 = 20 << 20;

/// How large a cover is: so many pixels on its longest side at most. One that is smaller
/// already is not made larger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CoverSize {
    /// 128 pixels: a line of a list.
    Tiny,
    /// 300 pixels: a tile.
    Small,
    /// 600 pixels: a phone.
    Medium,
    /// 1200 pixels: all of a screen.
    Large,
    /// 50 x 50 pixels, cut to a square.
    Square50,
    /// 80 x 80 pixels, cut to a square.
    Square80,
    /// 300 pixels wide, as high as it is.
    Wide300,
    /// 300 x 300 pixels, cut to a square.
    Square300,
    /// 1200 x 630 pixels, cut: what other sites show of a link.
    Card1200,
}

impl CoverSize {
    /// Those that are told by their longest side, smallest first.
    pub const ALL: [Self; 4] = [Self::Tiny, Self::Small, Self::Medium, Self::Large];
    /// Those of the site, which are made of a picture at once.
    pub const SITE: [Self; 5] =
        [Self::Square50, Self::Square80, Self::Wide300, Self::Square300, Self::Card1200];
    /// The media type of all covers.
    pub const CONTENT_TYPE: &'static str = PictureKind::Jpeg.media_type();

    /// What it fits into.
    pub const fn shape(self) -> Shape {
        match self {
            Self::Tiny => Shape::Longest(128),
            Self::Small => Shape::Longest(300),
            Self::Medium => Shape::Longest(600),
            Self::Large => Shape::Longest(1200),
            Self::Square50 => Shape::Filling(50, 50),
            Self::Square80 => Shape::Filling(80, 80),
            Self::Wide300 => Shape::Wide(300),
            Self::Square300 => Shape::Filling(300, 300),
            Self::Card1200 => Shape::Filling(1200, 630),
        }
    }

    /// The smallest that has so many pixels; the largest where none has.
    pub fn at_least(pixels: u32) -> Self {
        let enough = |size: &Self| matches!(size.shape(), Shape::Longest(most) if most >= pixels);
        Self::ALL.into_iter().find(enough).unwrap_or(Self::Large)
    }

    /// What stands at its key.
    pub const fn kind(self) -> RenditionKind {
        match self {
            Self::Tiny => RenditionKind::Cover { longest: 128 },
            Self::Small => RenditionKind::Cover { longest: 300 },
            Self::Medium => RenditionKind::Cover { longest: 600 },
            Self::Large => RenditionKind::Cover { longest: 1200 },
            Self::Square50 => RenditionKind::Crop { width: 50, height: 50 },
            Self::Square80 => RenditionKind::Crop { width: 80, height: 80 },
            Self::Wide300 => RenditionKind::Wide { width: 300 },
            Self::Square300 => RenditionKind::Crop { width: 300, height: 300 },
            Self::Card1200 => RenditionKind::Crop { width: 1200, height: 630 },
        }
    }

    /// Those that are made together with it.
    pub(super) fn siblings(self) -> Vec<Self> {
        match self {
            Self::Tiny | Self::Small | Self::Medium | Self::Large => vec![self],
            _ => Self::SITE.to_vec(),
        }
    }
}

/// Where a picture is to be had.
#[derive(Debug, Clone)]
pub enum Sleeve {
    /// It is these bytes.
    Picture(Original),
    /// It is within this file of sound.
    Sound(Original),
}

impl Sleeve {
    pub(super) fn original(&self) -> &Original {
        match self {
            Self::Picture(original) | Self::Sound(original) => original,
        }
    }
}

/// The picture in a file of sound, as it stands there; `None` when there is none that can be
/// told. Only the tags are read. Whether it can be trusted is another matter:
/// [`Renditions::cover`](super::Renditions::cover) makes one that can.
///
/// # Errors
/// [`Sound`](crate::Error::Sound), [`Store`](crate::Error::Store).
pub async fn embedded_picture(original: &Original) -> Result<Option<Artwork>> {
    let own = original.clone();
    measure::aside(move || within(&own)).await
}

fn within(original: &Original) -> Result<Option<Artwork>> {
    artwork(&Windowed::new(original.bytes())).map_err(|e| error::of(original.name(), e))
}

/// All bytes of a picture.
fn whole(original: &Original) -> Result<Vec<u8>> {
    let bytes = original.bytes();
    let size = bytes.size();
    if size > MAX_PICTURE_BYTES {
        let what = format!("a picture of {size} bytes: {MAX_PICTURE_BYTES} are the most");
        return Err(error::of(original.name(), studio_audio::Error::Unsupported { what }));
    }
    let mut picture = vec![0; size as usize];
    let read = read_full_at(&**bytes, 0, &mut picture)
        .map_err(|error| error::of(original.name(), error.into()))?;
    picture.truncate(read);
    check_digest(original, Digest::from_bytes(Sha256::digest(&picture).into()))?;
    Ok(picture)
}

impl Workshop {
    /// Makes covers of one picture, decoded once, and sends them; nothing where there is none.
    pub(super) async fn make_covers(
        &self,
        sleeve: &Sleeve,
        sizes: &[CoverSize],
        job: &Job,
    ) -> Result<bool> {
        let turn = self.painter(job).await?;
        let (own, work) = (sleeve.clone(), job.clone());
        let shapes: Vec<_> = sizes.iter().map(|size| size.shape()).collect();
        let painted = measure::aside(move || {
            let found = match &own {
                Sleeve::Picture(original) => Some(whole(original)?),
                Sleeve::Sound(original) => within(original)?.map(|artwork| artwork.bytes),
            };
            work.check()?;
            let painted = found.map(|bytes| {
                pictures(&bytes, &shapes, Some(PictureKind::Jpeg))
                    .map_err(|e| error::of(own.original().name(), e))
            });
            painted.transpose()
        })
        .await?;
        drop(turn);
        let Some(painted) = painted else { return Ok(false) };
        let source = sleeve.original().source();
        for (size, picture) in sizes.iter().zip(painted) {
            let key = ObjectKey::of_rendition(&source, size.kind());
            self.put(&key, picture.bytes, CoverSize::CONTENT_TYPE, job).await?;
        }
        Ok(true)
    }
}
