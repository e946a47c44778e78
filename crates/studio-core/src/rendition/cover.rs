//! Covers: pictures made small enough for a screen, and safe to show.

use sha2::{Digest as _, Sha256};
use studio_audio::artwork::{PictureKind, picture};
use studio_audio::probe::{Artwork, artwork};
use studio_audio::source::{Windowed, read_full_at};
use studio_domain::{Digest, ObjectKey, RenditionKind};

use super::make::{Workshop, check_digest};
use super::{Original, Rendered};
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
}

impl CoverSize {
    /// All of them, smallest first.
    pub const ALL: [Self; 4] = [Self::Tiny, Self::Small, Self::Medium, Self::Large];
    /// The media type of all covers.
    pub const CONTENT_TYPE: &'static str = PictureKind::Jpeg.media_type();

    /// The most pixels on its longest side.
    pub const fn pixels(self) -> u16 {
        match self {
            Self::Tiny => 128,
            Self::Small => 300,
            Self::Medium => 600,
            Self::Large => 1200,
        }
    }

    /// The smallest that has so many pixels; the largest where none has.
    pub fn at_least(pixels: u32) -> Self {
        let enough = |size: &Self| u32::from(size.pixels()) >= pixels;
        Self::ALL.into_iter().find(enough).unwrap_or(Self::Large)
    }

    /// What stands at its key.
    pub const fn kind(self) -> RenditionKind {
        RenditionKind::Cover { longest: self.pixels() }
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
    /// Makes a cover and sends it; nothing where there is no picture.
    pub(super) async fn make_cover(
        &self,
        sleeve: &Sleeve,
        size: CoverSize,
        key: ObjectKey,
        job: &Job,
    ) -> Result<Option<Rendered>> {
        let turn = self.painter(job).await?;
        let (own, work) = (sleeve.clone(), job.clone());
        let painted = measure::aside(move || {
            let found = match &own {
                Sleeve::Picture(original) => Some(whole(original)?),
                Sleeve::Sound(original) => within(original)?.map(|artwork| artwork.bytes),
            };
            work.check()?;
            let painted = found.map(|bytes| {
                let longest = u32::from(size.pixels());
                picture(&bytes, longest, Some(PictureKind::Jpeg))
                    .map_err(|e| error::of(own.original().name(), e))
            });
            painted.transpose()
        })
        .await?;
        drop(turn);
        match painted {
            Some(painted) => {
                let put = self.put(&key, painted.bytes, CoverSize::CONTENT_TYPE, job);
                put.await.map(Some)
            }
            None => Ok(None),
        }
    }
}
