//! The commands about recordings and playlists.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use studio_core::{
    AlbumTitle, AssetKey, GenreName, Licence, PlaylistName, RecordingId, RecordingTitle,
    ReleaseDate, Wanted,
};

use super::publish::{Fields, Telling, genre, licences};

/// Recordings: released pieces of audio, on an album or as singles
#[derive(Debug, Args)]
pub(crate) struct Recording {
    #[command(subcommand)]
    pub(crate) command: RecordingCommand,
}

/// What to do about recordings.
#[derive(Debug, Subcommand)]
pub(crate) enum RecordingCommand {
    Add(Box<RecordingAdd>),
    Set(RecordingSet),
    Artwork(RecordingArtwork),
    Show(RecordingShow),
    List(RecordingList),
    Remove(RecordingRemove),
}

/// Take a recording in: the mix of a release, a file, or what is in the store already
///
/// The mix of a release is made again as FLAC, sample for sample, and stored. A file is
/// stored as it is; it must be sound. What is in the store already is not copied. The same
/// command again changes nothing, and completes what was cut off.
#[derive(Debug, Args)]
#[command(after_help = RECORDING_ADD_EXAMPLES)]
#[command(group(clap::ArgGroup::new("source").required(true)))]
pub(crate) struct RecordingAdd {
    /// The artist; otherwise STUDIO_ARTIST, ARTIST_NAME or `artist` in studio.toml
    #[arg(short, long, value_name = "NAME")]
    pub(crate) artist: Option<String>,
    /// The mix of this release: "SONG@RELEASE"
    #[arg(long, group = "source", value_name = "SONG@NAME")]
    pub(crate) release: Option<String>,
    /// This file
    #[arg(long, group = "source", value_name = "FILE")]
    pub(crate) file: Option<PathBuf>,
    /// The version that --song, --track and --version name
    #[arg(short, long, group = "source", value_name = "TAG", requires_all = ["song", "track"])]
    pub(crate) version: Option<String>,
    /// This object of the store
    #[arg(long, group = "source", value_name = "KEY")]
    pub(crate) object: Option<AssetKey>,
    /// The song of the version
    #[arg(short, long, value_name = "TITLE", requires = "version")]
    pub(crate) song: Option<String>,
    /// The track of the version
    #[arg(short, long, value_name = "NAME", requires = "version")]
    pub(crate) track: Option<String>,
    /// What it is called; otherwise as its song, or as the file without its extension
    #[arg(long, value_name = "TITLE")]
    pub(crate) title: Option<RecordingTitle>,
    /// The album that it comes onto; otherwise it is a single
    #[arg(long, value_name = "TITLE")]
    pub(crate) album: Option<AlbumTitle>,
    /// Whose album that is, if not the artist's own
    #[arg(long, value_name = "NAME", requires = "album")]
    pub(crate) album_artist: Option<String>,
    /// The disc of the album
    #[arg(long, value_name = "N", requires = "album")]
    pub(crate) disc: Option<u16>,
    /// The number on the album; otherwise the next one
    #[arg(long, value_name = "N", requires = "album")]
    pub(crate) number: Option<u16>,
    /// When it came out; otherwise when its album did
    #[arg(long, value_name = "DATE")]
    pub(crate) released: Option<ReleaseDate>,
    /// The kind of music that it is
    #[arg(long, value_name = "GENRE")]
    pub(crate) genre: Option<GenreName>,
    /// What others may do with it; otherwise as with its album
    #[arg(long, value_name = "LICENCE", value_parser = licences())]
    pub(crate) licence: Option<Licence>,
    /// Let everybody hear it
    #[arg(long)]
    pub(crate) publish: bool,
    #[command(flatten)]
    pub(crate) telling: Telling,
}

/// A recording, by its names or its id.
#[derive(Debug, Clone, Args)]
pub(crate) struct RecordingNames {
    /// The recording's title
    #[arg(value_name = "TITLE", required_unless_present = "id")]
    pub(crate) title: Option<RecordingTitle>,
    /// The artist; otherwise STUDIO_ARTIST, ARTIST_NAME or `artist` in studio.toml
    #[arg(short, long, value_name = "NAME")]
    pub(crate) artist: Option<String>,
    /// The one on this album, where several have the title
    #[arg(long, value_name = "TITLE")]
    pub(crate) album: Option<AlbumTitle>,
    /// The one with this id
    #[arg(long, value_name = "ID", conflicts_with_all = ["title", "album"])]
    pub(crate) id: Option<RecordingId>,
}

/// Change a recording
#[derive(Debug, Args)]
#[command(after_help = RECORDING_SET_EXAMPLES)]
pub(crate) struct RecordingSet {
    #[command(flatten)]
    pub(crate) names: RecordingNames,
    /// Give it another title
    #[arg(long, value_name = "TITLE")]
    pub(crate) title_to: Option<RecordingTitle>,
    /// Put it onto this album
    #[arg(long, value_name = "TITLE", conflicts_with = "single")]
    pub(crate) album_to: Option<AlbumTitle>,
    /// Whose album that is, if not the artist's own
    #[arg(long, value_name = "NAME", requires = "album_to")]
    pub(crate) album_artist: Option<String>,
    /// Take it from its album, and make it a single
    #[arg(long)]
    pub(crate) single: bool,
    /// The disc of the album
    #[arg(long, value_name = "N")]
    pub(crate) disc: Option<u16>,
    /// The number on the album
    #[arg(long, value_name = "N")]
    pub(crate) number: Option<u16>,
    /// The kind of music that it is; none to say nothing
    #[arg(long, value_name = "GENRE", value_parser = genre)]
    pub(crate) genre: Option<Wanted<GenreName>>,
    #[command(flatten)]
    pub(crate) fields: Fields,
    #[command(flatten)]
    pub(crate) telling: Telling,
}

/// Give a recording a picture of its own
#[derive(Debug, Args)]
#[command(after_help = RECORDING_ARTWORK_EXAMPLES)]
pub(crate) struct RecordingArtwork {
    #[command(flatten)]
    pub(crate) names: RecordingNames,
    /// The picture: JPEG or PNG
    #[arg(long, value_name = "FILE", required_unless_present = "none")]
    pub(crate) file: Option<PathBuf>,
    /// Take the picture away; it has its album's then
    #[arg(long, conflicts_with = "file")]
    pub(crate) none: bool,
    #[command(flatten)]
    pub(crate) telling: Telling,
}

/// Show everything known about a recording
#[derive(Debug, Args)]
#[command(after_help = RECORDING_SHOW_EXAMPLES)]
pub(crate) struct RecordingShow {
    #[command(flatten)]
    pub(crate) names: RecordingNames,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// List the recordings
#[derive(Debug, Args)]
#[command(after_help = RECORDING_LIST_EXAMPLES, visible_alias = "ls")]
pub(crate) struct RecordingList {
    /// Only of this artist; otherwise of every one
    #[arg(short, long, value_name = "NAME")]
    pub(crate) artist: Option<String>,
    /// At most so many
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub(crate) limit: Option<u32>,
    /// Begin after the recording with this id (the `next` of the page before)
    #[arg(long, value_name = "ID")]
    pub(crate) after: Option<RecordingId>,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// Take a recording out, and out of the playlists
///
/// Its bytes stay in the store for at least 30 days; `studio gc` removes them after that,
/// unless something else has them.
#[derive(Debug, Args)]
#[command(after_help = RECORDING_REMOVE_EXAMPLES, visible_alias = "rm")]
pub(crate) struct RecordingRemove {
    #[command(flatten)]
    pub(crate) names: RecordingNames,
    #[command(flatten)]
    pub(crate) telling: Telling,
}

/// Playlists: recordings in the order in which somebody wants to hear them
#[derive(Debug, Args)]
pub(crate) struct Playlist {
    #[command(subcommand)]
    pub(crate) command: PlaylistCommand,
}

/// What to do about playlists.
#[derive(Debug, Subcommand)]
pub(crate) enum PlaylistCommand {
    Create(PlaylistCreate),
    Add(PlaylistAdd),
    Remove(PlaylistRemove),
    Show(PlaylistShow),
    List(PlaylistList),
}

/// Make an empty playlist, or give one another name
#[derive(Debug, Args)]
#[command(after_help = PLAYLIST_CREATE_EXAMPLES)]
pub(crate) struct PlaylistCreate {
    /// Its name
    #[arg(value_name = "NAME")]
    pub(crate) name: PlaylistName,
    /// Give this playlist that name, instead of making one
    #[arg(long, value_name = "NAME")]
    pub(crate) rename: Option<PlaylistName>,
    #[command(flatten)]
    pub(crate) telling: Telling,
}

/// Put a recording onto a playlist
#[derive(Debug, Args)]
#[command(after_help = PLAYLIST_ADD_EXAMPLES)]
pub(crate) struct PlaylistAdd {
    /// The playlist
    #[arg(value_name = "NAME")]
    pub(crate) name: PlaylistName,
    #[command(flatten)]
    pub(crate) recording: RecordingNames,
    /// Before what is at this place now; otherwise it comes last
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) at: Option<u32>,
    #[command(flatten)]
    pub(crate) telling: Telling,
}

/// Take a recording from a playlist, or the whole playlist away
///
/// The recordings themselves stay.
#[derive(Debug, Args)]
#[command(after_help = PLAYLIST_REMOVE_EXAMPLES, visible_alias = "rm")]
pub(crate) struct PlaylistRemove {
    /// The playlist
    #[arg(value_name = "NAME")]
    pub(crate) name: PlaylistName,
    /// What is at this place
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    #[arg(required_unless_present = "all")]
    pub(crate) at: Option<u32>,
    /// The playlist itself
    #[arg(long, conflicts_with = "at")]
    pub(crate) all: bool,
    #[command(flatten)]
    pub(crate) telling: Telling,
}

/// Show a playlist
#[derive(Debug, Args)]
#[command(after_help = PLAYLIST_SHOW_EXAMPLES)]
pub(crate) struct PlaylistShow {
    /// The playlist
    #[arg(value_name = "NAME")]
    pub(crate) name: PlaylistName,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// List the playlists
#[derive(Debug, Args)]
#[command(visible_alias = "ls")]
pub(crate) struct PlaylistList {
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

const RECORDING_ADD_EXAMPLES: &str = "\
Examples:
  studio recording add -a Khruangbin --release \"White Gloves@1.0\" --album \"Third Rooms\"
  studio recording add -a Khruangbin --file master.flac --title \"White Gloves\"
  studio recording add -a Khruangbin -s \"White Gloves\" -t Mix -v take_2
  studio recording add -a Khruangbin --object masters/white_gloves.wav --title \"White Gloves\"";

const RECORDING_SET_EXAMPLES: &str = "\
Examples:
  studio recording set \"White Gloves\" -a Khruangbin --publish
  studio recording set \"White Gloves\" -a Khruangbin --album-to \"Third Rooms\" --number 2";

const RECORDING_ARTWORK_EXAMPLES: &str = "\
Examples:
  studio recording artwork \"White Gloves\" -a Khruangbin --file single.png";

const RECORDING_SHOW_EXAMPLES: &str = "\
Examples:
  studio recording show \"White Gloves\" -a Khruangbin";

const RECORDING_LIST_EXAMPLES: &str = "\
Examples:
  studio recording list
  studio recording list -a Khruangbin --json";

const RECORDING_REMOVE_EXAMPLES: &str = "\
Examples:
  studio recording remove \"White Gloves\" -a Khruangbin --dry-run";

const PLAYLIST_CREATE_EXAMPLES: &str = "\
Examples:
  studio playlist create \"Late drive\"
  studio playlist create \"Night drive\" --rename \"Late drive\"";

const PLAYLIST_ADD_EXAMPLES: &str = "\
Examples:
  studio playlist add \"Late drive\" \"White Gloves\" -a Khruangbin
  studio playlist add \"Late drive\" \"White Gloves\" -a Khruangbin --at 1";

const PLAYLIST_REMOVE_EXAMPLES: &str = "\
Examples:
  studio playlist remove \"Late drive\" --at 2
  studio playlist remove \"Late drive\" --all";

const PLAYLIST_SHOW_EXAMPLES: &str = "\
Examples:
  studio playlist show \"Late drive\"";
