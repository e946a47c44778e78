//! Artists and albums in lists.

use studio_repo::{AlbumEntry, ArtistCard};

use crate::links::{CoverOf, CoverSide, Links, Place};
use crate::time;

/// Something with a picture that leads to its page.
#[derive(Debug, Clone)]
pub(crate) struct Card {
    pub(crate) url: String,
    pub(crate) picture: String,
    pub(crate) title: String,
    /// What stands below its title.
    pub(crate) line: Option<String>,
}

impl Card {
    pub(crate) fn of_artist(card: &ArtistCard) -> Self {
        let artist = &card.artist;
        Self {
            url: Place::Artist(artist.slug.clone()).path(),
            // Of its album no more is known here than the picture: it is shown by the artist.
            picture: Links::placeholder(&artist.slug, &artist.slug),
            title: artist.name.to_string(),
            line: None,
        }
        .with_picture(card)
    }

    fn with_picture(self, card: &ArtistCard) -> Self {
        let of = card.album.map(CoverOf::Album);
        let found = of.and_then(|of| Links::cover(of, card.artwork.as_ref(), CoverSide::Square300));
        Self { picture: found.unwrap_or(self.picture), ..self }
    }

    /// An album, with its artist where that is not said already.
    pub(crate) fn of_album(entry: &AlbumEntry, with_artist: bool) -> Self {
        let AlbumEntry { album, artist, slug } = entry;
        let of = CoverOf::Album(album.id);
        let found = Links::cover(of, album.artwork.as_ref(), CoverSide::Square300);
        let line = match with_artist {
            true => Some(artist.name.to_string()),
            false => album.released.map(time::day),
        };
        Self {
            url: Place::Album(artist.slug.clone(), slug.clone()).path(),
            picture: found.unwrap_or_else(|| Links::placeholder(&artist.slug, slug)),
            title: album.title.to_string(),
            line,
        }
    }
}
