//! What a scan remembers of the directories that it went through last: their covers, and what
//! albums lie in them.

use std::collections::{HashMap, VecDeque};

use studio_domain::{AlbumTitle, ArtistName, Artwork, AssetKey, Picture, RecordingId, StoreUrl};

use super::layout::{album_directory, directory_of};
use super::look::{Kind, Listed};
use super::pictures::picture_type;

/// How many directories are remembered. Listings go through one after another, more or less.
const MOST: usize = 512;

/// An album that lies in a directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Album {
    /// By its names.
    Named(ArtistName, AlbumTitle),
    /// The one that a known recording is on.
    Of(RecordingId),
}

#[derive(Debug, Default)]
struct Folder {
    cover: Option<(u8, AssetKey, String)>,
    album: Option<Album>,
}

/// The directories that a scan went through last.
#[derive(Debug, Default)]
pub(super) struct Folders {
    known: HashMap<String, Folder>,
    order: VecDeque<String>,
}

impl Folders {
    fn folder(&mut self, directory: &str) -> &mut Folder {
        if !self.known.contains_key(directory) {
            if self.order.len() >= MOST
                && let Some(oldest) = self.order.pop_front()
            {
                self.known.remove(&oldest);
            }
            self.order.push_back(directory.to_owned());
        }
        self.known.entry(directory.to_owned()).or_default()
    }

    /// A cover was listed; the likeliest of a directory counts.
    pub(super) fn saw_cover(&mut self, listed: &Listed) {
        let Kind::Cover(rank) = listed.kind else { return };
        let folder = self.folder(directory_of(listed.key.as_str()));
        if folder.cover.as_ref().is_none_or(|(known, ..)| rank <= *known) {
            folder.cover = Some((rank, listed.key.clone(), listed.etag.clone()));
        }
    }

    /// A piece of music lies there that is on an album.
    pub(super) fn saw_album(&mut self, key: &AssetKey, album: &Album) {
        for directory in [directory_of(key.as_str()), album_directory(key.as_str())] {
            let folder = self.folder(directory);
            // What was just read is surer than what was known.
            if folder.album.is_none() || matches!(album, Album::Named(..)) {
                folder.album = Some(album.clone());
            }
        }
    }

    /// The album in the directory of a cover, if the cover is the likeliest there.
    pub(super) fn album_of_cover(&self, key: &AssetKey) -> Option<&Album> {
        let folder = self.known.get(directory_of(key.as_str()))?;
        let (_, cover, _) = folder.cover.as_ref()?;
        if cover != key { None } else { folder.album.as_ref() }
    }

    /// The cover of a piece of music: in its directory, or above that of its disc.
    pub(super) fn cover_of(&self, key: &AssetKey, store: &StoreUrl) -> Option<Artwork> {
        let directories = [album_directory(key.as_str()), directory_of(key.as_str())];
        let covers = directories.iter().filter_map(|at| self.known.get(*at)?.cover.as_ref());
        let (_, key, etag) = covers.min_by_key(|(rank, ..)| *rank)?;
        Some(found(store, key, etag))
    }
}

/// A picture that is an object of its own.
pub(super) fn found(store: &StoreUrl, key: &AssetKey, etag: &str) -> Artwork {
    let (store, etag) = (store.clone(), etag.to_owned());
    let content_type = picture_type(key.as_str()).unwrap_or("application/octet-stream").to_owned();
    Artwork { picture: Picture::Found { store, key: key.clone(), etag }, content_type }
}
