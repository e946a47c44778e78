//! `studio waveform`.

use std::num::NonZeroU32;
use std::path::Path;

use studio_core::audio::analysis::{FRAMES_PER_PAIR, Measures};
use studio_core::audio::waveform::{
    Colours, Glyphs, Picture, Resolution, Scale, Waveform, png, svg, text,
};
use studio_core::{Analysed, AudioFormat, Error, Job, Studio, Subject, check_target, probe_file};

use super::analyse::tell_cut;
use super::made;
use super::subject::one;
use crate::args::{self, PeakBits};
use crate::config::Config;
use crate::failure::{Failure, Result};
use crate::output::sound;
use crate::output::text::{Out, note};

/// Places of a terminal that does not tell how wide it is.
const COLUMNS: u16 = 100;

/// What is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Png,
    Svg,
    Dat,
    Json,
    Text,
}

fn kind(file: &Path) -> Result<Kind> {
    let extension = file.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    match extension.to_ascii_lowercase().as_str() {
        "png" => Ok(Kind::Png),
        "svg" => Ok(Kind::Svg),
        "dat" => Ok(Kind::Dat),
        "json" => Ok(Kind::Json),
        "txt" => Ok(Kind::Text),
        _ => Err(Failure::usage(
            format!("{} does not tell what to draw", file.display()),
            "let its name end in .png, .svg, .dat, .json or .txt",
        )),
    }
}

pub(super) fn run(config: &Config, arguments: &args::Waveform) -> Result<()> {
    let output = arguments.output.as_deref();
    let kind = output.map(kind).transpose()?.unwrap_or(Kind::Text);
    let times = match arguments.zoom % FRAMES_PER_PAIR {
        0 => NonZeroU32::new(arguments.zoom / FRAMES_PER_PAIR),
        _ => None,
    };
    let Some(times) = times else {
        return Err(Failure::usage(
            format!("--zoom {} is no multiple of {FRAMES_PER_PAIR}", arguments.zoom),
            "write 256, 512, 1024 and so on",
        ));
    };
    if let Some(file) = output {
        check_target(file, arguments.force)?;
    }
    let studio = super::open(config, super::Use::Look)?;
    super::work(super::BEGINS_ANEW, async |job: Job| {
        // One of them is there: the command line sees to it.
        let what = arguments.what.as_ref().or(arguments.version.as_ref());
        let what = what.map(String::as_str).unwrap_or_default();
        let subject = one(&studio, config, what, &arguments.track).await?;
        if arguments.dry_run {
            return tell_plan(&studio, &subject, kind, times, arguments).await;
        }
        let analysed = studio.analyse(&subject, Measures::PEAKS, &job).await?;
        let drawn = drawn(&analysed, kind, times, arguments)?;
        if let Some(cut) = tell_cut(&analysed) {
            note(&format!("warning: {cut}"));
        }
        match output {
            Some(file) => made::write(file, &drawn, arguments.force),
            None => {
                let mut out = Out::new();
                out.raw(&String::from_utf8_lossy(&drawn))?;
                out.finish()
            }
        }
    })
}

/// What a file of this kind holds of some sound.
fn drawn(
    analysed: &Analysed,
    kind: Kind,
    times: NonZeroU32,
    arguments: &args::Waveform,
) -> Result<Vec<u8>> {
    let what = analysed.subject.to_string();
    let Some(peaks) = &analysed.analysis.peaks else {
        return Err(Failure::usage(format!("{what} has no peaks"), "`studio probe` tells more"));
    };
    let waveform = match arguments.channels {
        true => peaks.channels(),
        false => peaks.mixed(),
    };
    let failed = |source| Error::Sound { what, source };
    let mut drawn = draw(waveform, kind, times, arguments).map_err(failed)?;
    if kind == Kind::Text {
        let length = sound::length_of_frames(analysed.analysis.frames, analysed.format.sample_rate);
        drawn.extend(time_line(columns(arguments), &length).into_bytes());
    }
    Ok(drawn)
}

/// Tells what would be drawn, by what is known without decoding it.
async fn tell_plan(
    studio: &Studio,
    subject: &Subject,
    kind: Kind,
    times: NonZeroU32,
    arguments: &args::Waveform,
) -> Result<()> {
    let format = match subject {
        Subject::File(file) => Some(probe_file(file)?.probe.format),
        // What its header says would be written into the catalogue if it were read.
        Subject::Version(version) => {
            let details = studio.details(std::slice::from_ref(&**version)).await?;
            details.first().and_then(|details| details.sound).map(|sound| sound.format)
        }
    };
    let of = match &format {
        Some(format) => {
            let length = sound::length(format).unwrap_or_else(|| "length not told".to_owned());
            format!("{}, {length}", sound::format(format))
        }
        None => "its format is not known yet".to_owned(),
    };
    let into = match &arguments.output {
        Some(file) => format!(" into {}", file.display()),
        None => String::new(),
    };
    let mut out = Out::new();
    out.line(&format!("would draw {subject}{into}"))?;
    out.line(&format!("  {:<8} {of}", "sound"))?;
    out.line(&format!("  {:<8} {}", "drawing", drawing(format.as_ref(), kind, times, arguments)))?;
    out.finish()
}

/// What is drawn of sound with such a header, in words.
fn drawing(
    format: Option<&AudioFormat>,
    kind: Kind,
    times: NonZeroU32,
    arguments: &args::Waveform,
) -> String {
    let lanes = format.filter(|_| arguments.channels).map_or(1, |format| format.channels);
    match kind {
        Kind::Png | Kind::Svg => {
            let picture = picture(arguments, u32::from(lanes));
            let name = if kind == Kind::Png { "PNG" } else { "SVG" };
            format!("{name}, {} x {} pixels", picture.width, picture.height)
        }
        Kind::Dat | Kind::Json => {
            let bits = match arguments.bits {
                PeakBits::Eight => 8,
                PeakBits::Sixteen => 16,
            };
            let pairs = format.and_then(|format| pairs(format, times));
            let pairs = pairs.map(|pairs| format!("{pairs} pairs of ")).unwrap_or_default();
            format!("{pairs}{bits}-bit peaks for {} frames each", arguments.zoom)
        }
        Kind::Text => {
            format!("text, {} x {} places", columns(arguments), rows(arguments))
        }
    }
}

/// Pairs of the least and the largest value, of each lane.
fn pairs(format: &AudioFormat, times: NonZeroU32) -> Option<u64> {
    let frames = u64::from(FRAMES_PER_PAIR) * u64::from(times.get());
    format.frames.map(|length| length.div_ceil(frames))
}

/// The picture that is asked for, of so many lanes.
fn picture(arguments: &args::Waveform, lanes: u32) -> Picture {
    let (width, height) =
        (arguments.width.unwrap_or(1200), arguments.height.unwrap_or(160 * lanes));
    Picture { scale: scale(arguments), ..Picture::bars(width, height) }
}

/// How high the loudest sample is drawn.
fn scale(arguments: &args::Waveform) -> Scale {
    if arguments.full_scale { Scale::Full } else { Scale::Fit }
}

/// Lines of a waveform in letters.
fn rows(arguments: &args::Waveform) -> u16 {
    u16::try_from(arguments.height.unwrap_or(8).max(1)).unwrap_or(u16::MAX)
}

fn draw(
    waveform: &Waveform,
    kind: Kind,
    times: NonZeroU32,
    arguments: &args::Waveform,
) -> studio_core::audio::Result<Vec<u8>> {
    let lanes = u32::try_from(waveform.lanes().len()).unwrap_or(1);
    let resolution = match arguments.bits {
        PeakBits::Eight => Resolution::Bits8,
        PeakBits::Sixteen => Resolution::Bits16,
    };
    let picture = picture(arguments, lanes);
    let colours = if arguments.dark { Colours::DARK } else { Colours::LIGHT };
    Ok(match kind {
        Kind::Png => png(waveform, &picture, &colours)?,
        Kind::Svg => svg(waveform, &picture)?.into_bytes(),
        Kind::Dat => waveform.zoomed_out(times)?.to_dat(resolution),
        Kind::Json => waveform.zoomed_out(times)?.to_json(resolution).into_bytes(),
        Kind::Text => {
            let (columns, rows) = (columns(arguments), rows(arguments));
            let lines = text(waveform, columns, rows, Glyphs::Braille, scale(arguments));
            lines.into_iter().flat_map(|line| [line, "\n".to_owned()]).collect::<String>().into()
        }
    })
}

/// Places from left to right of a waveform in letters: as many as were asked for, or as the
/// terminal has.
fn columns(arguments: &args::Waveform) -> u16 {
    let asked = arguments.width.map(|width| u16::try_from(width).unwrap_or(u16::MAX));
    let terminal = || match arguments.output {
        None => terminal_size::terminal_size_of(std::io::stdout()).map(|(width, _)| width.0),
        Some(_) => None,
    };
    asked.or_else(terminal).unwrap_or(COLUMNS).max(1)
}

/// Below a waveform in letters: where it begins and ends.
fn time_line(width: u16, end: &str) -> String {
    let begin = "0:00";
    match usize::from(width).checked_sub(begin.len() + end.len()) {
        Some(space @ 1..) => format!("{begin}{}{end}\n", " ".repeat(space)),
        _ => String::new(),
    }
}
