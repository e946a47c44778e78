//! Lists in orders that players ask for, genres, searches, and what chance gives.

use studio_core::listener::SearchStretches;
use studio_core::repo::{
    AlbumOrder, ArtistOrder, Lot, MAX_LISTED, RecordingEntry, RecordingOrder, Stretch,
};
use studio_domain::{GenreName, Subject};
use studio_subsonic::{Album, Error, Genre, Node};

use super::Result;
use super::call::{Call, refused};
use super::identity::{Named, parse};

/// All that is listed at once.
const ALL: Stretch = Stretch { offset: 0, limit: MAX_LISTED };

/// Whether an endpoint is one of those from before there were tags: albums are directories.
fn is_older(name: &str) -> bool {
    matches!(name, "albumList" | "searchResult2" | "starred")
}

fn told(name: &str, albums: Vec<Album>) -> Vec<Node> {
    match is_older(name) {
        true => albums.iter().map(Album::as_directory).collect(),
        false => albums.into_iter().map(Node::from).collect(),
    }
}

/// How many, from 0 for none at all.
fn cut(limit: u32) -> u32 {
    limit.min(MAX_LISTED)
}

impl Call {
    fn genre(&self) -> Result<GenreName> {
        self.parameters.required("genre")?.parse().map_err(|_| Error::NotFound("genre"))
    }

    fn album_order(&self) -> Result<AlbumOrder> {
        let year = |name| self.parameters.parsed::<u16>(name)?.ok_or(Error::Missing(name));
        Ok(match self.parameters.required("type")? {
            "random" => AlbumOrder::Chance,
            "newest" => AlbumOrder::Newest,
            "highest" => AlbumOrder::Rated(self.id()),
            "frequent" => AlbumOrder::Frequent(self.id()),
            "recent" => AlbumOrder::Recent(self.id()),
            "starred" => AlbumOrder::Starred(self.id()),
            "alphabeticalByName" => AlbumOrder::Title,
            "alphabeticalByArtist" => AlbumOrder::Artist,
            "byYear" => AlbumOrder::Years { from: year("fromYear")?, to: year("toYear")? },
            "byGenre" => AlbumOrder::Genre(self.genre()?),
            other => {
                let said = format!("there is no list of the type {}", other.escape_debug());
                return Err(Error::Generic(said));
            }
        })
    }

    pub(super) async fn album_list(&self, name: &'static str) -> Result<Node> {
        self.check_folder()?;
        let order = self.album_order()?;
        let stretch = self.stretch("size", "offset", 10)?;
        let listed = match stretch.limit {
            0 => Vec::new(),
            _ => self.listeners.albums(&order, &self.sight, stretch).await.map_err(refused)?,
        };
        let albums = told(name, self.albums(&listed).await?);
        Ok(Node::new().one(name, Node::new().many("album", albums)))
    }

    pub(super) async fn genres(&self) -> Result<Node> {
        let genres = self.listeners.genres(&self.sight).await.map_err(refused)?;
        let told = genres.into_iter().map(|line| Genre {
            name: line.name.to_string(),
            songs: i64::try_from(line.recordings).unwrap_or(i64::MAX),
            albums: i64::try_from(line.albums).unwrap_or(i64::MAX),
        });
        Ok(Node::new().one("genres", Node::new().many("genre", told)))
    }

    async fn list_of(&self, name: &'static str, entries: &[RecordingEntry]) -> Result<Node> {
        let songs = self.songs(entries).await?;
        Ok(Node::new().one(name, Node::new().many("song", songs)))
    }

    pub(super) async fn songs_by_genre(&self) -> Result<Node> {
        self.check_folder()?;
        let order = RecordingOrder::Genre(self.genre()?);
        let stretch = self.stretch("count", "offset", 10)?;
        let found = match stretch.limit {
            0 => Vec::new(),
            _ => self.listeners.recordings(&order, &self.sight, stretch).await.map_err(refused)?,
        };
        self.list_of("songsByGenre", &found).await
    }

    pub(super) async fn random_songs(&self) -> Result<Node> {
        self.check_folder()?;
        let genre = match self.parameters.text("genre").filter(|genre| !genre.is_empty()) {
            Some(_) => Some(self.genre()?),
            None => None,
        };
        let from = self.parameters.parsed::<u16>("fromYear")?;
        let to = self.parameters.parsed::<u16>("toYear")?;
        let years = (from.is_some() || to.is_some())
            .then(|| (from.unwrap_or_default(), to.unwrap_or(u16::MAX)));
        let limit = cut(self.parameters.parsed("size")?.unwrap_or(10));
        let found = match limit {
            0 => Vec::new(),
            _ => {
                let lot = Lot { genre, years };
                self.listeners.by_chance(&lot, &self.sight, limit).await.map_err(refused)?
            }
        };
        self.list_of("randomSongs", &found).await
    }

    /// What the listener played most of an artist's, or else all of theirs by title.
    pub(super) async fn top_songs(&self) -> Result<Node> {
        let wanted = self.parameters.required("artist")?;
        let limit = cut(self.parameters.parsed("count")?.unwrap_or(50));
        let order = ArtistOrder::Found(wanted.to_owned());
        let found = self.listeners.artists(&order, &self.sight, ALL).await.map_err(refused)?;
        let is_meant = |name: &str| name.to_lowercase() == wanted.to_lowercase();
        let artist = found.iter().find(|listed| is_meant(listed.artist.name.as_str()));
        let Some(artist) = artist.filter(|_| limit > 0) else {
            return self.list_of("topSongs", &[]).await;
        };
        let (id, stretch) = (artist.artist.id, Stretch { offset: 0, limit });
        let of = async |order: RecordingOrder| {
            self.listeners.recordings(&order, &self.sight, stretch).await.map_err(refused)
        };
        let mut top = of(RecordingOrder::Played(self.id(), id)).await?;
        if top.is_empty() {
            top = of(RecordingOrder::Of(id)).await?;
        }
        self.list_of("topSongs", &top).await
    }

    pub(super) async fn similar_songs(&self, name: &'static str) -> Result<Node> {
        let limit = cut(self.parameters.parsed("count")?.unwrap_or(50));
        let similar = match parse(self.parameters.required("id")?) {
            _ if limit == 0 => Ok(Vec::new()),
            Some(Named::Subject(Subject::Artist(id))) => {
                self.listeners.similar_to_artist(id, &self.sight, limit).await
            }
            Some(Named::Subject(Subject::Recording(id))) => {
                self.listeners.similar_to_recording(id, &self.sight, limit).await
            }
            Some(Named::Subject(Subject::Album(id))) => {
                let album = self.listeners.album(id, &self.sight).await.map_err(refused)?;
                let artist = album.entry.artist.id;
                self.listeners.similar_to_artist(artist, &self.sight, limit).await
            }
            _ => return Err(Error::NotFound("song")),
        };
        self.list_of(name, &similar.map_err(refused)?).await
    }

    /// What has the words, or, without any, everything there is.
    pub(super) async fn search(&self, name: &'static str) -> Result<Node> {
        self.check_folder()?;
        let query = self.parameters.text("query").ok_or(Error::Missing("query"))?;
        let stretches = SearchStretches {
            artists: self.stretch("artistCount", "artistOffset", 20)?,
            albums: self.stretch("albumCount", "albumOffset", 20)?,
            recordings: self.stretch("songCount", "songOffset", 20)?,
        };
        let found = self.listeners.search(query, &self.sight, stretches).await.map_err(refused)?;
        let result = Node::new()
            .many("artist", self.artist_lines(&found.artists).await?)
            .many("album", told(name, self.albums(&found.albums).await?))
            .many("song", self.songs(&found.recordings).await?);
        Ok(Node::new().one(name, result))
    }

    /// What the listener starred, the last first.
    pub(super) async fn starred(&self, name: &'static str) -> Result<Node> {
        self.check_folder()?;
        let (id, sight) = (self.id(), &self.sight);
        let artists = self.listeners.artists(&ArtistOrder::Starred(id), sight, ALL).await;
        let artists = artists.map_err(refused)?;
        let albums = self.listeners.albums(&AlbumOrder::Starred(id), sight, ALL).await;
        let albums = albums.map_err(refused)?;
        let songs = self.listeners.all_recordings(&RecordingOrder::Starred(id), sight).await;
        let songs = songs.map_err(refused)?;
        let starred = Node::new()
            .many("artist", self.artist_lines(&artists).await?)
            .many("album", told(name, self.albums(&albums).await?))
            .many("song", self.songs(&songs).await?);
        Ok(Node::new().one(name, starred))
    }
}
