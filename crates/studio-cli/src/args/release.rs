//! The commands that mix and release.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use studio_core::{Decibels, Pan, ReleaseName};

use super::choose::Saying;
use crate::levels::{OfTrack, Shift};
use crate::units::parse_sample_rate;

/// Which song.
#[derive(Debug, Clone, Args)]
pub(crate) struct SongNames {
    /// The artist; otherwise STUDIO_ARTIST, ARTIST_NAME or `artist` in studio.toml
    #[arg(short, long, value_name = "NAME")]
    pub(crate) artist: Option<String>,
    /// The song's title
    #[arg(short, long, value_name = "TITLE")]
    pub(crate) song: String,
}

/// The heading over these flags.
const MIX: &str = "Mix";

/// How the picks are mixed.
#[derive(Debug, Clone, Args)]
pub(crate) struct Mixing {
    /// Make a track louder or softer: "Bass=-3" (dB)
    #[arg(long, help_heading = MIX, value_name = "TRACK=DB", allow_hyphen_values = true)]
    pub(crate) gain: Vec<OfTrack<Decibels>>,
    /// Put a track to the left or right, from L100 over C to R100: "Guitar=L30"
    #[arg(long, help_heading = MIX, value_name = "TRACK=PAN")]
    pub(crate) pan: Vec<OfTrack<Pan>>,
    /// Let a track begin later, or earlier: "Vocal=250ms", "Vocal=1.5s", "Vocal=-480" (frames
    /// of the mix)
    #[arg(long, help_heading = MIX, value_name = "TRACK=TIME", allow_hyphen_values = true)]
    pub(crate) offset: Vec<OfTrack<Shift>>,
    /// Leave a track out of the mix
    #[arg(long, help_heading = MIX, value_name = "TRACK")]
    pub(crate) mute: Vec<String>,
    /// Make the whole mix louder or softer (dB)
    #[arg(long, help_heading = MIX, value_name = "DB", allow_hyphen_values = true)]
    pub(crate) master_gain: Option<Decibels>,
    /// The mix's sample rate (Hz); stems at other rates are converted to it
    ///
    /// Without it, stems at different rates are refused.
    #[arg(long, help_heading = MIX, value_name = "HZ", value_parser = parse_sample_rate)]
    pub(crate) sample_rate: Option<u32>,
    /// Let the stems be of different lengths
    #[arg(long, help_heading = MIX)]
    pub(crate) mixed_lengths: bool,
    /// Bits of each sample of the mix; 32f for floats
    #[arg(long, help_heading = MIX, value_enum, default_value = "24")]
    pub(crate) bits: Bits,
    /// Add no noise where bits are lost
    #[arg(long, help_heading = MIX)]
    pub(crate) no_dither: bool,
}

/// What a sample of a mix is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Bits {
    #[value(name = "16")]
    Int16,
    #[value(name = "24")]
    Int24,
    #[value(name = "32f")]
    Float32,
}

/// Mix the picks of a song without freezing them
///
/// Tracks without a pick are left out. Without a file, the mix is only measured. The same
/// picks with the same flags give the same samples each time.
#[derive(Debug, Args)]
#[command(after_help = MIX_EXAMPLES)]
pub(crate) struct Mix {
    #[command(flatten)]
    pub(crate) names: SongNames,
    /// The file to make: .wav or .flac
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Replace the file if it is there
    #[arg(long, requires = "output")]
    pub(crate) force: bool,
    #[command(flatten)]
    pub(crate) mixing: Mixing,
    /// Tell what would be made and what is against it, without reading the takes
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// Freeze the picks of a song with their mix, check and deliver what was frozen
#[derive(Debug, Args)]
pub(crate) struct Release {
    #[command(subcommand)]
    pub(crate) command: ReleaseCommand,
}

/// What to do about releases.
#[derive(Debug, Subcommand)]
pub(crate) enum ReleaseCommand {
    Create(ReleaseCreate),
    List(ReleaseList),
    Show(ReleaseShow),
    Verify(ReleaseVerify),
    Render(ReleaseRender),
    Deliver(ReleaseDeliver),
}

/// Freeze the picks of a song
///
/// Every byte of them is read and verified, their mix is made once, and what went into it
/// and came of it is written down for good: in the catalogue, and in the store beside the
/// objects. Versions that a release uses cannot be purged. All that is against it is told
/// at once, and nothing is made then.
#[derive(Debug, Args)]
#[command(after_help = CREATE_EXAMPLES)]
pub(crate) struct ReleaseCreate {
    #[command(flatten)]
    pub(crate) names: SongNames,
    /// What it is called, such as 1.0
    #[arg(short, long, value_name = "NAME")]
    pub(crate) name: ReleaseName,
    #[command(flatten)]
    pub(crate) saying: Saying,
    #[command(flatten)]
    pub(crate) mixing: Mixing,
    /// Tell what is against it as far as it shows without reading all, and change nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// List the releases
#[derive(Debug, Args)]
#[command(after_help = LIST_EXAMPLES)]
pub(crate) struct ReleaseList {
    /// Only of this artist; otherwise of every one
    #[arg(short, long, value_name = "NAME")]
    pub(crate) artist: Option<String>,
    /// Only of this song
    #[arg(short, long, value_name = "TITLE")]
    pub(crate) song: Option<String>,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// A release, by its names.
#[derive(Debug, Clone, Args)]
pub(crate) struct ReleaseNames {
    #[command(flatten)]
    pub(crate) song: SongNames,
    /// The release's name
    #[arg(short, long, value_name = "NAME")]
    pub(crate) name: ReleaseName,
}

/// Show what a release froze
///
/// Which version of each track, who picked it and how it goes into the mix; how the mix is
/// made, and what its samples are known by.
#[derive(Debug, Args)]
#[command(after_help = SHOW_EXAMPLES)]
pub(crate) struct ReleaseShow {
    #[command(flatten)]
    pub(crate) names: ReleaseNames,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// See whether a release is still what it was
///
/// Reads every byte of its versions, compares its manifest in the store with the catalogue,
/// and makes its mix again to see whether that has the very same samples. Exit code 5 when
/// something is not as it was.
#[derive(Debug, Args)]
#[command(after_help = VERIFY_EXAMPLES)]
pub(crate) struct ReleaseVerify {
    #[command(flatten)]
    pub(crate) names: ReleaseNames,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// Make the mix of a release, sample for sample as it was frozen
///
/// Every byte of its versions is verified first, and the file appears only if its samples are
/// those that were frozen; otherwise the exit code is 5.
#[derive(Debug, Args)]
#[command(after_help = RENDER_EXAMPLES)]
pub(crate) struct ReleaseRender {
    #[command(flatten)]
    pub(crate) names: ReleaseNames,
    /// The file to make: .wav or .flac
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: PathBuf,
    /// Other bits than those that were frozen, and so other samples
    #[arg(long, value_enum)]
    pub(crate) bits: Option<Bits>,
    /// Replace the file if it is there
    #[arg(long)]
    pub(crate) force: bool,
    /// Tell what would be made, without reading the takes
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// Put a release into a directory or a .zip, to be handed on
///
/// Stems and mix under names that studios expect, with what Broadcast Wave and iXML say;
/// checksums, credits and notes of the session beside them. `studio import` of the
/// directory brings the same artist, song, tracks, versions and picks into another studio.
/// Nothing that is there is replaced: exit code 4.
#[derive(Debug, Args)]
#[command(after_help = DELIVER_EXAMPLES)]
pub(crate) struct ReleaseDeliver {
    #[command(flatten)]
    pub(crate) names: ReleaseNames,
    /// A directory, which must be empty or not there, or a file that ends in .zip
    #[arg(value_name = "DIR|FILE.zip")]
    pub(crate) target: PathBuf,
    /// Who did what: "Mixed by=Laura Lee"; as often as needed
    #[arg(long, value_name = "ROLE=NAME")]
    pub(crate) credit: Vec<String>,
    /// Tell what would be in it, without reading the takes
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

const MIX_EXAMPLES: &str = "\
Examples:
  studio mix -a Khruangbin -s \"White Gloves\"
  studio mix -a Khruangbin -s \"White Gloves\" -o rough.wav --gain Bass=-3 --pan Guitar=L30
  studio mix -a Khruangbin -s \"White Gloves\" -o rough.wav --dry-run";

const CREATE_EXAMPLES: &str = "\
Examples:
  studio release create -a Khruangbin -s \"White Gloves\" --name 1.0
  studio release create -a Khruangbin -s \"White Gloves\" -n 1.1 --gain Vocal=+1.5 \\
      --note \"vocal up\"";

const LIST_EXAMPLES: &str = "\
Examples:
  studio release list
  studio release list -a Khruangbin -s \"White Gloves\" --json";

const SHOW_EXAMPLES: &str = "\
Examples:
  studio release show -a Khruangbin -s \"White Gloves\" -n 1.0";

const VERIFY_EXAMPLES: &str = "\
Examples:
  studio release verify -a Khruangbin -s \"White Gloves\" -n 1.0";

const RENDER_EXAMPLES: &str = "\
Examples:
  studio release render -a Khruangbin -s \"White Gloves\" -n 1.0 -o white_gloves.wav
  studio release render -a Khruangbin -s \"White Gloves\" -n 1.0 -o white_gloves.flac";

const DELIVER_EXAMPLES: &str = "\
Examples:
  studio release deliver -a Khruangbin -s \"White Gloves\" -n 1.0 white_gloves_1.0
  studio release deliver -a Khruangbin -s \"White Gloves\" -n 1.0 white_gloves.zip \\
      --credit \"Mixed by=Steve Christensen\"";
