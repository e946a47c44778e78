//! How things are named to players: what they are, and their identity.

use std::fmt::Display;
use std::str::FromStr;

use studio_domain::{AlbumId, ArtistId, OwnPlaylistId, PlaylistId, RecordingId, Subject};
use studio_subsonic::{Error, Parameters};

use super::Result;

/// Something that a player names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Named {
    /// An artist, an album, or a recording.
    Subject(Subject),
    /// A playlist of a listener.
    Own(OwnPlaylistId),
    /// A playlist of the studio.
    Studio(PlaylistId),
}

pub(super) fn artist(id: ArtistId) -> String {
    named("ar", id)
}

pub(super) fn album(id: AlbumId) -> String {
    named("al", id)
}

pub(super) fn song(id: RecordingId) -> String {
    named("so", id)
}

pub(super) fn own(id: OwnPlaylistId) -> String {
    named("pl", id)
}

pub(super) fn studio(id: PlaylistId) -> String {
    named("st", id)
}

fn named(kind: &str, id: impl Display) -> String {
    format!("{kind}-{id}")
}

/// What a text names, if it names anything.
pub(super) fn parse(text: &str) -> Option<Named> {
    let (kind, id) = text.split_once('-')?;
    fn read<T: FromStr>(id: &str) -> Option<T> {
        id.parse().ok()
    }
    match kind {
        "ar" => Some(Named::Subject(Subject::Artist(read(id)?))),
        "al" => Some(Named::Subject(Subject::Album(read(id)?))),
        "so" => Some(Named::Subject(Subject::Recording(read(id)?))),
        "pl" => Some(Named::Own(read(id)?)),
        "st" => Some(Named::Studio(read(id)?)),
        _ => None,
    }
}

/// The artist that a parameter names.
pub(super) fn artist_in(parameters: &Parameters, name: &'static str) -> Result<ArtistId> {
    match parse(parameters.required(name)?) {
        Some(Named::Subject(Subject::Artist(id))) => Ok(id),
        _ => Err(Error::NotFound("artist")),
    }
}

/// The album that a parameter names.
pub(super) fn album_in(parameters: &Parameters, name: &'static str) -> Result<AlbumId> {
    match parse(parameters.required(name)?) {
        Some(Named::Subject(Subject::Album(id))) => Ok(id),
        _ => Err(Error::NotFound("album")),
    }
}

/// The recording that a parameter names.
pub(super) fn song_in(parameters: &Parameters, name: &'static str) -> Result<RecordingId> {
    song_of(parameters.required(name)?)
}

/// The recordings that parameters of a name name, in their order.
pub(super) fn songs_in(parameters: &Parameters, name: &str) -> Result<Vec<RecordingId>> {
    let named = parameters.all(name).filter(|text| !text.is_empty());
    named.map(song_of).collect()
}

fn song_of(text: &str) -> Result<RecordingId> {
    match parse(text) {
        Some(Named::Subject(Subject::Recording(id))) => Ok(id),
        _ => Err(Error::NotFound("song")),
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_name_tells_what_it_is_of() {
        let id = Uuid::from_u128(7);
        let subject = |subject| Some(Named::Subject(subject));
        let (of_artist, of_album) = (ArtistId::from_uuid(id), AlbumId::from_uuid(id));
        assert_eq!(parse(&artist(of_artist)), subject(Subject::Artist(of_artist)));
        assert_eq!(parse(&album(of_album)), subject(Subject::Album(of_album)));
        let recording = RecordingId::from_uuid(id);
        assert_eq!(parse(&song(recording)), subject(Subject::Recording(recording)));
        let (list, of_studio) = (OwnPlaylistId::from_uuid(id), PlaylistId::from_uuid(id));
        assert_eq!(parse(&own(list)), Some(Named::Own(list)));
        assert_eq!(parse(&studio(of_studio)), Some(Named::Studio(of_studio)));
        for bad in ["", "1", "al", "al-", "al-1", "xx-00000000-0000-0000-0000-000000000007"] {
            assert_eq!(parse(bad), None, "{bad}");
        }
    }
}
