//! The command line, as clap sees it.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

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

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Upload(Upload),
    Download(Download),
    List(List),
    Show(Show),
    Demo(Demo),
    Config(Config),
    Completions(Completions),
    Man(Man),
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

/// Store a file as a new version of a track
///
/// The file is read once to learn its digest, sent to the store, and entered in the
/// catalogue when all of it has arrived. Any file is taken as it is. The same file to the
/// same version again changes nothing and succeeds; another file to it is refused, because
/// versions are immutable.
#[derive(Debug, Args)]
#[command(after_help = UPLOAD_EXAMPLES)]
pub(crate) struct Upload {
    #[command(flatten)]
    pub(crate) names: VersionNames,
    /// The file to upload
    #[arg(short, long, value_name = "FILE")]
    pub(crate) file_path: PathBuf,
    /// Tell what would be done, and change nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// Get the bytes of a version back
///
/// They are written beside the target, compared with their digest, and get the target's
/// name when they are right. A file that is there is kept, unless --force says otherwise.
#[derive(Debug, Args)]
#[command(after_help = DOWNLOAD_EXAMPLES)]
pub(crate) struct Download {
    #[command(flatten)]
    pub(crate) names: VersionNames,
    /// The file to make
    #[arg(short, long, value_name = "FILE")]
    pub(crate) file_path: PathBuf,
    /// Replace the file if it is there
    #[arg(long)]
    pub(crate) force: bool,
    /// Tell what would be done, and change nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// List the versions that are stored
///
/// By artist, song and track, then by upload time, oldest first. Narrow it down from the
/// left: an artist; an artist and a song; and so on.
#[derive(Debug, Args)]
#[command(after_help = LIST_EXAMPLES, visible_alias = "ls")]
pub(crate) struct List {
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
    /// At most so many versions
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) limit: Option<u32>,
    /// Begin after the version with this id (the `next` of the page before)
    #[arg(long, value_name = "ID")]
    pub(crate) after: Option<studio_core::VersionId>,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
    /// Print comma-separated values with a header line
    #[arg(long, conflicts_with = "json")]
    pub(crate) csv: bool,
}

/// Show everything known about one version
#[derive(Debug, Args)]
#[command(after_help = SHOW_EXAMPLES)]
pub(crate) struct Show {
    #[command(flatten)]
    pub(crate) names: VersionNames,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// Make a small studio to try things out in
///
/// Renders takes of two songs, uploads them, lists them, downloads one and compares it.
/// Everything stays in one directory; nothing else is touched.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  studio demo\n  studio demo ~/music/try-out")]
pub(crate) struct Demo {
    /// The directory to make
    #[arg(value_name = "DIR", default_value = "studio-demo")]
    pub(crate) directory: PathBuf,
    /// Tell what would be done, and change nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// Show every setting and where it came from
#[derive(Debug, Args)]
#[command(after_help = CONFIG_HELP)]
pub(crate) struct Config {
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// Print a completion script for a shell
#[derive(Debug, Args)]
#[command(after_help = COMPLETIONS_EXAMPLES)]
pub(crate) struct Completions {
    /// The shell
    pub(crate) shell: clap_complete::Shell,
}

/// Print the manual page
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  studio man | man -l -")]
pub(crate) struct Man {
    /// Of this command instead of studio as a whole
    pub(crate) command: Option<String>,
}

const MAIN_EXAMPLES: &str = "\
Examples:
  studio demo
  studio upload --artist Khruangbin --song \"Evan Enters the Third Room\" \\
      --track \"DJ's Drums\" --version demo --file-path drums_demo.wav
  studio list --artist Khruangbin

Exit codes:
  0 done   1 unexpected failure   2 usage   3 not found   4 conflict
  5 integrity   6 storage or database unreachable or full   130 interrupted";

const UPLOAD_EXAMPLES: &str = "\
Examples:
  studio upload --artist Khruangbin --song \"Evan Enters the Third Room\" \\
      --track \"DJ's Drums\" --version demo --file-path drums_demo.wav

  export STUDIO_ARTIST=Khruangbin    # then --artist need not be given
  studio upload --song \"White Gloves\" --track Bass --version take_2 -f bass.wav --dry-run";

const DOWNLOAD_EXAMPLES: &str = "\
Examples:
  studio download --artist Khruangbin --song \"Evan Enters the Third Room\" \\
      --track \"DJ's Drums\" --version take_three --file-path FINAL_drums.wav";

const LIST_EXAMPLES: &str = "\
Examples:
  studio list
  studio list --artist Khruangbin --song \"White Gloves\"
  studio list --all-artists --limit 100 --json";

const SHOW_EXAMPLES: &str = "\
Examples:
  studio show --artist Khruangbin --song \"White Gloves\" --track Bass --version take_2";

const CONFIG_HELP: &str = "\
Settings are looked for in the flags, the environment, studio.toml in the current
directory, studio.toml in the configuration directory, in this order.

A studio.toml with every setting:
  artist = \"Khruangbin\"
  store = \"s3://music\"           # or a directory
  database = \"studio.db\"         # relative to this file
  [s3]
  endpoint = \"http://localhost:8333\"
  region = \"us-east-1\"
  path_style = true";

const COMPLETIONS_EXAMPLES: &str = "\
Examples:
  studio completions bash > ~/.local/share/bash-completion/completions/studio
  studio completions zsh > ~/.zfunc/_studio
  studio completions fish > ~/.config/fish/completions/studio.fish";

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    #[test]
    fn the_command_line_is_consistent() {
        super::Arguments::command().debug_assert();
    }
}
