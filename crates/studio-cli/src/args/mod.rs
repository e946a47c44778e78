//! The command line, as clap sees it: what all commands share; each kind of command has a
//! file.

#![allow(
    rustdoc::broken_intra_doc_links,
    reason = "these comments are what people read at a terminal: `[s3]` there is a table, no link"
)]

mod care;
mod choose;
mod discogs;
mod ingest;
mod library;
mod look;
mod moving;
mod people;
mod publish;
mod recording;
mod release;
mod service;
mod session;
mod setup;
mod sound;
mod store;
mod transfer;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

pub(crate) use self::care::{
    Backup, Doctor, Gc, Recover, Rm, Scrub, Trash, TrashCommand, TrashList, TrashPurge,
    TrashRestore, Verify,
};
pub(crate) use self::choose::{Mark, Pick, Picks, Unpick, Wanted};
pub(crate) use self::discogs::{
    Discogs, DiscogsCommand, DiscogsMatch, DiscogsSet, DiscogsShow, DiscogsSubject, DiscogsUnset,
};
pub(crate) use self::ingest::{
    Ingest, IngestCommand, IngestList, IngestReconcile, IngestSetup, IngestWatch, OnInvalid,
    QuarantineCommand, QuarantineList, QuarantinePurge, QuarantineRelease, Rules,
};
pub(crate) use self::library::{
    Library, LibraryCommand, LibraryForget, LibraryList, LibraryProblems, LibraryScan,
};
pub(crate) use self::look::{List, Show};
pub(crate) use self::moving::{Gate, Moving, Storing};
pub(crate) use self::people::{
    Appkey, AppkeyCommand, AppkeyCreate, AtProvider, Audit, KeyList, NewPassword, Revoke, Token,
    TokenCommand, TokenCreate, User, UserAdd, UserCommand, UserIdentities, UserLink, UserList,
    UserPasswd, UserRemove, UserSet, UserUnlink,
};
pub(crate) use self::publish::{
    Album, AlbumArtwork, AlbumCommand, AlbumCreate, AlbumList, AlbumNames, AlbumRemove, AlbumSet,
    AlbumShow,
};
pub(crate) use self::recording::{
    Playlist, PlaylistAdd, PlaylistCommand, PlaylistCreate, PlaylistList, PlaylistRemove,
    PlaylistShow, Recording, RecordingAdd, RecordingArtwork, RecordingCommand, RecordingList,
    RecordingNames, RecordingRemove, RecordingSet, RecordingShow,
};
pub(crate) use self::release::{
    Bits, Mix, Mixing, Release, ReleaseCommand, ReleaseCreate, ReleaseDeliver, ReleaseList,
    ReleaseNames, ReleaseRender, ReleaseShow, ReleaseVerify, SongNames,
};
pub(crate) use self::service::{
    Queue, QueueCommand, QueueList, QueueRedrive, Serve, WhichQueue, Worker, WorkerCommand,
};
pub(crate) use self::session::{Export, Import};
pub(crate) use self::setup::{Completions, Config, Demo, Man};
pub(crate) use self::sound::{
    Analyse, Check, Compare, OfTrack, PeakBits, Probe, Subjects, Waveform,
};
pub(crate) use self::store::{Store, StoreCommand, StoreTest};
pub(crate) use self::transfer::{Download, Upload, Url};

/// Keeps every take of every track of a recording studio.
///
/// Each upload is a new version of a track: immutable, found by its names, and given back
/// byte for byte.
#[derive(Debug, Parser)]
#[command(name = "studio", version, after_help = MAIN_EXAMPLES, arg_required_else_help = true)]
#[command(max_term_width = 100, disable_help_subcommand = false)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) places: Places,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Where things are kept, for every command.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct Places {
    /// Keep the bytes here: s3://bucket[/prefix], file:///path or a directory
    ///
    /// Otherwise STUDIO_STORE, BUCKET_NAME (a bucket), `store` in studio.toml, or a
    /// directory of your own.
    #[arg(long, global = true, value_name = "URL", help_heading = "Places")]
    pub(crate) store: Option<String>,
    /// Keep the catalogue in this SQLite file
    ///
    /// Otherwise STUDIO_DATABASE, DB_FILE_PATH, `database` in studio.toml, or a file of
    /// your own.
    #[arg(long, global = true, value_name = "FILE", help_heading = "Places")]
    pub(crate) database: Option<PathBuf>,
}

/// One variant a command; what it takes is in the file of its kind.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Upload(Upload),
    Download(Download),
    Import(Import),
    Export(Export),
    List(List),
    Show(Show),
    Probe(Probe),
    Check(Check),
    Analyse(Analyse),
    Waveform(Waveform),
    Compare(Compare),
    Pick(Pick),
    Unpick(Unpick),
    Picks(Picks),
    #[command(name = "status")]
    Mark(Mark),
    Mix(Mix),
    Release(Release),
    Album(Album),
    Recording(Recording),
    Playlist(Playlist),
    Library(Library),
    Discogs(Discogs),
    Ingest(Ingest),
    Worker(Worker),
    Queue(Queue),
    Serve(Serve),
    User(User),
    Token(Token),
    Appkey(Appkey),
    Audit(Audit),
    Store(Store),
    Url(Url),
    Rm(Rm),
    Trash(Trash),
    Verify(Verify),
    Scrub(Scrub),
    Doctor(Doctor),
    Gc(Gc),
    Backup(Backup),
    Recover(Recover),
    Demo(Demo),
    Config(Config),
    Completions(Completions),
    Man(Man),
}

impl Command {
    /// Whether it goes on until it is stopped, and tells what it does.
    pub(crate) fn is_service(&self) -> bool {
        match self {
            Self::Serve(_) | Self::Worker(_) => true,
            Self::Ingest(ingest) => matches!(ingest.command, IngestCommand::Watch(_)),
            _ => false,
        }
    }
}

/// The names that lead to one version.
#[derive(Debug, Clone, Args)]
pub(crate) struct VersionNames {
    /// The artist; otherwise STUDIO_ARTIST, ARTIST_NAME or `artist` in studio.toml
    #[arg(short, long, value_name = "NAME")]
    pub(crate) artist: Option<String>,
    /// The song's title
    #[arg(short, long, value_name = "TITLE")]
    pub(crate) song: String,
    /// The track: one instrument or voice of the song
    #[arg(short, long, value_name = "NAME")]
    pub(crate) track: String,
    /// The version tag: which take of the track
    #[arg(short, long, value_name = "TAG")]
    pub(crate) version: String,
}

/// Which versions: narrowed down from the left.
#[derive(Debug, Clone, Args)]
pub(crate) struct Filter {
    /// Only this artist; otherwise STUDIO_ARTIST, ARTIST_NAME or `artist` in studio.toml
    #[arg(short, long, value_name = "NAME")]
    pub(crate) artist: Option<String>,
    /// Every artist, whatever the environment or studio.toml say
    #[arg(long, conflicts_with_all = ["artist", "song"])]
    pub(crate) all_artists: bool,
    /// Only this song
    #[arg(short, long, value_name = "TITLE")]
    pub(crate) song: Option<String>,
    /// Only this track of the song
    #[arg(short, long, value_name = "NAME", requires = "song")]
    pub(crate) track: Option<String>,
    /// Only this version of the track
    #[arg(short, long, value_name = "TAG", requires = "track")]
    pub(crate) version: Option<String>,
}

const MAIN_EXAMPLES: &str = "\
Examples:
  studio demo
  studio upload --artist Khruangbin --song \"Evan Enters the Third Room\" \\
      --track \"DJ's Drums\" --version demo --file-path drums_demo.wav
  studio list --artist Khruangbin

Exit codes:
  0 done   1 unexpected failure, or a question answered with no   2 usage   3 not found
  4 conflict   5 integrity   6 storage or database unreachable or full   130 interrupted";

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    #[test]
    fn the_command_line_is_consistent() {
        super::Arguments::command().debug_assert();
    }
}
