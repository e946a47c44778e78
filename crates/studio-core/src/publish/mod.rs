//! Publishing: albums, recordings and playlists, each with a manifest in the store that is
//! written before the catalogue changes.

mod add;
mod album;
mod artwork;
mod change;
pub(crate) mod manifest;
mod object;
mod playlist;
mod recording;
mod shelf;
mod sound;
mod told;

pub use self::add::{Added, NewRecording, SoundSource};
pub use self::album::{AlbumChange, AlbumChanges, NewAlbum};
pub use self::artwork::{MAX_PICTURE_FILE, MAX_PICTURE_SIDE};
pub use self::change::Wanted;
pub use self::playlist::{PlaylistChange, PlaylistSheet};
pub use self::recording::{OfAlbum, RecordingChange, RecordingChanges, WhichRecording};
