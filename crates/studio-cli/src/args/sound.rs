//! The commands that listen.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::Filter;

/// What to listen to.
#[derive(Debug, Clone, Args)]
pub(crate) struct Subjects {
    /// Local files, and versions as ARTIST/SONG/TRACK/VERSION (the artist may be left out)
    ///
    /// With --song and --track they are the tags of versions of that track, or files. Without
    /// any, the versions that --artist, --song, --track and --version leave are taken.
    #[arg(value_name = "FILE|VERSION")]
    pub(crate) what: Vec<String>,
    #[command(flatten)]
    pub(crate) filter: Filter,
}

/// The track whose versions are named by their tags alone.
#[derive(Debug, Clone, Args)]
pub(crate) struct OfTrack {
    /// The artist; otherwise STUDIO_ARTIST, ARTIST_NAME or `artist` in studio.toml
    #[arg(short, long, value_name = "NAME")]
    pub(crate) artist: Option<String>,
    /// The song of the track
    #[arg(short, long, value_name = "TITLE", requires = "track")]
    pub(crate) song: Option<String>,
    /// The track
    #[arg(short, long, value_name = "NAME", requires = "song")]
    pub(crate) track: Option<String>,
}

/// Show what files and versions hold: format, length, tags
///
/// Told by their content, not by their names. Of a version in a bucket only the few bytes
/// are fetched that say it; files need neither catalogue nor store. What is no sound, or not
/// there, is told of and does not keep the others from being shown; the exit code is that of
/// the gravest of them.
#[derive(Debug, Args)]
#[command(after_help = PROBE_EXAMPLES)]
pub(crate) struct Probe {
    #[command(flatten)]
    pub(crate) subjects: Subjects,
    /// Also write the picture that is in it to a file, .jpg or .png
    ///
    /// A picture that is of that kind already is written as it stands; with --artwork-size,
    /// or of another kind, it is decoded, turned upright and made anew. Exit code 3 when
    /// there is no picture.
    #[arg(long, value_name = "OUT")]
    pub(crate) artwork: Option<PathBuf>,
    /// Make the picture at most so many pixels wide and high
    #[arg(long, value_name = "N", requires = "artwork")]
    #[arg(value_parser = clap::value_parser!(u32).range(1..=8192))]
    pub(crate) artwork_size: Option<u32>,
    /// Replace the file of the picture if it is there
    #[arg(long, requires = "artwork")]
    pub(crate) force: bool,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// Judge files and versions by a profile
///
/// Every reason against each is told, by the code of its rule and in a sentence. Exit code 5
/// when one of them is refused. The profile `ingest` wants linear PCM at 48 kHz
/// and 24 bits in a WAV file that nothing is wrong with, `any` refuses nothing; others stand
/// in studio.toml.
#[derive(Debug, Args)]
#[command(after_help = CHECK_EXAMPLES)]
pub(crate) struct Check {
    #[command(flatten)]
    pub(crate) subjects: Subjects,
    /// The profile; otherwise STUDIO_PROFILE, `profile` in studio.toml, or `ingest`
    #[arg(long, value_name = "NAME")]
    pub(crate) profile: Option<String>,
    /// List the rules, with what the profile makes of each, and look at no file
    #[arg(long, conflicts_with = "what")]
    pub(crate) rules: bool,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// Measure loudness, peaks and silence
///
/// Decodes all of it: loudness and its range (EBU R 128), true peak, silence, clipping. What
/// is named is measured anew; of the versions that are taken otherwise, all without any name,
/// only those that were not measured yet. What is found of versions is kept in the catalogue.
/// Exit code 5 when something cannot be decoded to its end.
#[derive(Debug, Args)]
#[command(after_help = ANALYSE_EXAMPLES, visible_alias = "analyze")]
pub(crate) struct Analyse {
    #[command(flatten)]
    pub(crate) subjects: Subjects,
    /// Measure again what was measured before
    #[arg(long)]
    pub(crate) again: bool,
    /// Tell what would be measured, without decoding it
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// Draw a waveform: on the terminal, as PNG or SVG, or as data
///
/// The file's name tells the kind: .png, .svg, .dat and .json (as audiowaveform writes
/// them), .txt. Without a file it is drawn on the terminal. The loudest sample is drawn as high
/// as there is room, so that pictures of soft and loud takes look alike; --full-scale shows how
/// loud they are.
#[derive(Debug, Args)]
#[command(after_help = WAVEFORM_EXAMPLES)]
pub(crate) struct Waveform {
    /// A local file, or a version as ARTIST/SONG/TRACK/VERSION (the artist may be left out)
    ///
    /// With --song and --track the tag of a version of that track, or a file.
    #[arg(value_name = "FILE|VERSION", required_unless_present = "version")]
    pub(crate) what: Option<String>,
    #[command(flatten)]
    pub(crate) track: OfTrack,
    /// The version of the track
    #[arg(short, long, value_name = "TAG", requires = "track", conflicts_with = "what")]
    pub(crate) version: Option<String>,
    /// The file to make: .png, .svg, .dat, .json or .txt
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Pixels or places from left to right; otherwise 1200 pixels, or the terminal's places
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=20_000))]
    pub(crate) width: Option<u32>,
    /// Pixels or lines from top to bottom, of all channels together; otherwise 160 pixels for
    /// each lane, or 8 lines
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=4_000))]
    pub(crate) height: Option<u32>,
    /// Frames to each pair of values in .dat and .json: a multiple of 256
    #[arg(long, value_name = "FRAMES", default_value_t = 256)]
    pub(crate) zoom: u32,
    /// Bits of each value in .dat and .json
    #[arg(long, value_enum, default_value = "8")]
    pub(crate) bits: PeakBits,
    /// A lane for each channel, instead of one for their sum
    #[arg(long)]
    pub(crate) channels: bool,
    /// Draw full scale as high as there is room, not the loudest sample; .dat and .json always
    /// tell samples as they are
    #[arg(long)]
    pub(crate) full_scale: bool,
    /// Colours for a dark page
    #[arg(long)]
    pub(crate) dark: bool,
    /// Replace the file if it is there
    #[arg(long, requires = "output")]
    pub(crate) force: bool,
    /// Tell what would be drawn and where, without decoding it
    #[arg(long)]
    pub(crate) dry_run: bool,
}

/// Bits of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum PeakBits {
    #[value(name = "8")]
    Eight,
    #[value(name = "16")]
    Sixteen,
}

/// Tell what is different between two takes, and how to hear them equally loud
///
/// The same sound in other files; one begun earlier or later; made louder or softer; or the
/// regions that differ, to 100 ms. Exit code 0 whatever is found.
#[derive(Debug, Args)]
#[command(after_help = COMPARE_EXAMPLES)]
pub(crate) struct Compare {
    /// A local file, or a version as ARTIST/SONG/TRACK/VERSION (the artist may be left out)
    ///
    /// With --song and --track the tag of a version of that track, or a file.
    #[arg(value_name = "A")]
    pub(crate) first: String,
    /// What it is compared with
    #[arg(value_name = "B")]
    pub(crate) second: String,
    #[command(flatten)]
    pub(crate) track: OfTrack,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

const PROBE_EXAMPLES: &str = "\
Examples:
  studio probe drums_take_3.wav
  studio probe Khruangbin/\"White Gloves\"/Bass/take_2
  studio probe --artist Khruangbin --song \"White Gloves\" --json
  studio probe mix.flac --artwork cover.jpg --artwork-size 600";

const CHECK_EXAMPLES: &str = "\
Examples:
  studio check --profile ingest *.wav
  studio check --rules --profile ingest
  studio check --json takes/*.wav
  studio check --artist Khruangbin --song \"White Gloves\" --profile broadcast

A profile of your own, in studio.toml:
  [profiles.broadcast]
  base = \"ingest\"               # or any; what is not said here is as there
  sample_rates = [48000, 96000] # Hz
  bit_depths = [24]
  channels = [1, 2]
  codecs = [\"pcm\"]
  containers = [\"wav\", \"rf64\"]
  refuse = [\"clipping\"]         # rules: studio check --rules
  warn = [\"trailing-data\"]
  off = [\"dc-offset\"]";

const ANALYSE_EXAMPLES: &str = "\
Examples:
  studio analyse
  studio analyse --artist Khruangbin --song \"White Gloves\"
  studio analyse --dry-run
  studio analyse mix.wav --json";

const WAVEFORM_EXAMPLES: &str = "\
Examples:
  studio waveform mix.wav
  studio waveform -a Khruangbin -s \"White Gloves\" -t Bass -v take_2 --output bass.png
  studio waveform mix.wav --output mix.dat --zoom 512";

const COMPARE_EXAMPLES: &str = "\
Examples:
  studio compare -a Khruangbin -s \"White Gloves\" -t Bass take_1 take_2
  studio compare before.wav after.wav";
