//! The pages of the site: what is published goes in, HTML, feeds, playlists and their like come
//! out.
//!
//! A page is complete without JavaScript, loads nothing from elsewhere, and has neither a script
//! nor a style of its own: what there is of both stands in a few files under addresses that
//! change with their bytes ([`asset()`]). Everything that people wrote is text: the templates
//! escape it, and what is not made by a template escapes it itself.
//!
//! Nothing here knows HTTP or a catalogue: [`Site`] makes texts of the sheets of
//! [`SiteRepo`](studio_repo::SiteRepo).

mod asset;
mod feed;
mod links;
mod place;
mod playlist;
mod prose;
mod time;
mod view;
mod wave;

pub use self::asset::{ASSETS, Asset, asset};
pub use self::links::{CoverSide, Place, picture_tag, placeholder};
pub use self::place::Embed;
pub use self::view::SearchPage;

use self::links::Links;

/// A site: what it is called and where it is.
#[derive(Debug, Clone)]
pub struct Site {
    /// What it is called.
    name: String,
    links: Links,
}

impl Site {
    /// A site that is called so, at an origin such as `https://music.example.org` (without a
    /// slash at its end).
    pub fn new(name: impl Into<String>, origin: impl Into<String>) -> Self {
        Self { name: name.into(), links: Links::new(origin.into()) }
    }
}
