//! Looking through artists, albums and recordings.

use std::collections::BTreeMap;

use studio_core::repo::{AlbumOrder, ListedArtist, MAX_LISTED, RecordingOrder, Stretch};
use studio_domain::{AlbumId, ArtistId, Subject};
use studio_subsonic::{Error, Node};

use super::Result;
use super::call::{Call, refused};
use super::identity::{self, Named, album_in, artist_in, parse, song_in};

/// Words that names are sorted without. Names are told as they are, and sorted so.
const IGNORED_ARTICLES: &str = "";

/// The most albums of one artist.
const MOST_ALBUMS: usize = 10_000;

/// The letter under which a name stands.
fn letter(name: &str) -> String {
    match name.chars().next().filter(|c| c.is_alphabetic()) {
        Some(first) => first.to_uppercase().collect(),
        None => "#".to_owned(),
    }
}

impl Call {
    /// All artists by the first letters of their names.
    async fn by_letter(&self) -> Result<Vec<Node>> {
        self.check_folder()?;
        let artists = self.listeners.all_artists(&self.sight).await.map_err(refused)?;
        let mut letters: BTreeMap<String, Vec<ListedArtist>> = BTreeMap::new();
        for artist in artists {
            letters.entry(letter(artist.artist.name.as_str())).or_default().push(artist);
        }
        let mut index = Vec::with_capacity(letters.len());
        for (letter, artists) in letters {
            let told = self.artist_lines(&artists).await?;
            index.push(Node::new().text("name", letter).many("artist", told));
        }
        Ok(index)
    }

    pub(super) async fn artists(&self) -> Result<Node> {
        let artists = Node::new().text("ignoredArticles", IGNORED_ARTICLES);
        Ok(Node::new().one("artists", artists.many("index", self.by_letter().await?)))
    }

    pub(super) async fn indexes(&self) -> Result<Node> {
        let indexes =
            Node::new().text("ignoredArticles", IGNORED_ARTICLES).whole("lastModified", 0);
        Ok(Node::new().one("indexes", indexes.many("index", self.by_letter().await?)))
    }

    /// All albums of an artist.
    async fn albums_of(&self, id: ArtistId) -> Result<Vec<studio_subsonic::Album>> {
        let mut albums = Vec::new();
        loop {
            let offset = u32::try_from(albums.len()).unwrap_or(u32::MAX);
            let stretch = Stretch { offset, limit: MAX_LISTED };
            let found = self.listeners.albums(&AlbumOrder::Of(id), &self.sight, stretch).await;
            let found = found.map_err(refused)?;
            let is_last = found.len() < MAX_LISTED as usize;
            albums.extend(self.albums(&found).await?);
            if is_last || albums.len() >= MOST_ALBUMS {
                return Ok(albums);
            }
        }
    }

    pub(super) async fn artist(&self) -> Result<Node> {
        let id = artist_in(&self.parameters, "id")?;
        let found = self.listeners.artist(id, &self.sight).await.map_err(refused)?;
        let told = self.artist_lines(std::slice::from_ref(&found)).await?;
        let artist = told.into_iter().next().map(Node::from).unwrap_or_default();
        Ok(Node::new().one("artist", artist.many("album", self.albums_of(id).await?)))
    }

    pub(super) async fn album(&self) -> Result<Node> {
        let id = album_in(&self.parameters, "id")?;
        let (album, songs) = self.album_with(id).await?;
        Ok(Node::new().one("album", Node::from(album).many("song", songs)))
    }

    async fn album_with(
        &self,
        id: AlbumId,
    ) -> Result<(studio_subsonic::Album, Vec<studio_subsonic::Song>)> {
        let found = self.listeners.album(id, &self.sight).await.map_err(refused)?;
        let told = self.albums(std::slice::from_ref(&found)).await?;
        let album = told.into_iter().next().ok_or(Error::NotFound("album"))?;
        let on = self.listeners.all_recordings(&RecordingOrder::On(id), &self.sight).await;
        Ok((album, self.songs_of_album(&on.map_err(refused)?).await?))
    }

    pub(super) async fn song(&self) -> Result<Node> {
        let id = song_in(&self.parameters, "id")?;
        let found = self.listeners.recording(id, &self.sight).await.map_err(refused)?;
        let told = self.songs(std::slice::from_ref(&found)).await?;
        Ok(told.into_iter().fold(Node::new(), |node, song| node.one("song", song)))
    }

    /// An artist with their albums and singles, or an album with its recordings.
    pub(super) async fn directory(&self) -> Result<Node> {
        let missing = || Error::NotFound("directory");
        let directory = match parse(self.parameters.required("id")?).ok_or_else(missing)? {
            Named::Subject(Subject::Artist(id)) => {
                let artist = self.listeners.artist(id, &self.sight).await.map_err(refused)?;
                let albums = self.albums_of(id).await?;
                let order = RecordingOrder::Of(id);
                let all = self.listeners.all_recordings(&order, &self.sight).await;
                let mut singles = all.map_err(refused)?;
                singles.retain(|entry| entry.album.is_none());
                let songs = self.songs(&singles).await?;
                let albums = albums.iter().map(studio_subsonic::Album::as_directory);
                let inside = albums.chain(songs.into_iter().map(Node::from));
                Node::new()
                    .text("id", identity::artist(id))
                    .text("name", artist.artist.name.as_str())
                    .many("child", inside)
            }
            Named::Subject(Subject::Album(id)) => {
                let (album, songs) = self.album_with(id).await?;
                Node::new()
                    .text("id", album.id)
                    .text("parent", album.artist.1)
                    .text("name", album.name)
                    .maybe_text("starred", album.starred)
                    .maybe_whole("userRating", album.rating)
                    .maybe_whole("playCount", album.play_count)
                    .many("child", songs)
            }
            _ => return Err(missing()),
        };
        Ok(Node::new().one("directory", directory))
    }

    /// Nothing but whom it resembles, which is nobody: players ask for what else they show.
    pub(super) async fn artist_info(&self, name: &'static str) -> Result<Node> {
        let id = match parse(self.parameters.required("id")?) {
            Some(Named::Subject(Subject::Artist(id))) => id,
            // Of the older endpoint, any directory may be asked.
            Some(Named::Subject(Subject::Album(id))) if name == "artistInfo" => {
                let found = self.listeners.album(id, &self.sight).await.map_err(refused)?;
                found.entry.artist.id
            }
            _ => return Err(Error::NotFound("artist")),
        };
        self.listeners.artist(id, &self.sight).await.map_err(refused)?;
        let info = Node::new().many("similarArtist", Vec::<Node>::new());
        Ok(Node::new().one(name, info))
    }

    pub(super) async fn album_info(&self) -> Result<Node> {
        let id = album_in(&self.parameters, "id")?;
        let found = self.listeners.album(id, &self.sight).await.map_err(refused)?;
        let licence = found.entry.album.licence.map(|licence| licence.to_string());
        Ok(Node::new().one("albumInfo", Node::new().maybe_text("notes", licence)))
    }

    pub(super) async fn lyrics(&self) -> Result<Node> {
        let id = song_in(&self.parameters, "id")?;
        self.listeners.recording(id, &self.sight).await.map_err(refused)?;
        let none = Node::new().many("structuredLyrics", Vec::<Node>::new());
        Ok(Node::new().one("lyricsList", none))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stand_under_their_first_letters() {
        for (name, expected) in
            [("khruangbin", "K"), ("Ärzte", "Ä"), ("2 Bears", "#"), ("ßx", "SS")]
        {
            assert_eq!(letter(name), expected, "{name}");
        }
    }
}
