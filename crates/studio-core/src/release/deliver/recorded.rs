//! What recorders wrote into the stems of a release, on its way into what is delivered.

use std::path::Path;

use studio_audio::metadata::{Bext, Ixml, IxmlTrack, MAX_CODING_HISTORY};
use studio_audio::probe::probe;
use studio_audio::write::{PcmFormat, WavChunks};
use studio_domain::{Release, Stem};

use crate::Result;
use crate::release::about::day_and_time;
use crate::sound::{error, measure};

/// The latest that anything begins, in frames: a day at the highest rate there is has fewer.
const LATEST: u64 = 1 << 48;

/// The characters of an iXML text that are handed on: of a note, of any other.
const LONGEST_NOTE: usize = 8 << 10;
const LONGEST_NAME: usize = 256;

/// What the file of a stem says of where it comes from.
#[derive(Debug, Default)]
pub(super) struct Recorded {
    bext: Option<Box<Bext>>,
    ixml: Option<Box<Ixml>>,
}

impl Recorded {
    /// Reads the header of a local file. Blocks for some microseconds.
    pub(super) fn read(file: &Path, what: String) -> Result<Self> {
        let source = measure::source(file)?;
        let probed = probe(&*source).map_err(|source| error::of(what, source))?;
        Ok(Self { bext: probed.bext, ixml: probed.ixml })
    }

    /// When it begins: frames after midnight.
    fn clock(&self) -> Option<u64> {
        let begins = self.bext.as_ref().map(|bext| bext.time_reference);
        begins.filter(|frames| (1..LATEST).contains(frames))
    }
}

/// Where the files of a release begin, so that whoever lays them out by their time references
/// hears what the mix has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Clock {
    /// Where the mix begins: seconds after midnight, as a fraction.
    frames: i128,
    rate: i128,
    /// The rate of the mix.
    of_mix: i128,
}

impl Clock {
    /// The clock of the recorders, if all of them told the same; or else one that begins with
    /// the mix, or with the stem that begins before it.
    pub(super) fn of(release: &Release, recorded: &[Recorded]) -> Self {
        let of_mix = i128::from(release.mix.sample_rate.max(1));
        // Those too that are delivered and not in the mix.
        let offsets = release.stems.iter().map(|stem| stem.level.offset);
        let earliest = offsets.min().unwrap_or(0).min(0);
        let mut clocks = release.stems.iter().zip(recorded).map(|(stem, recorded)| {
            let rate = i128::from(stem.format.sample_rate.max(1));
            recorded.clock().map(|frames| (i128::from(frames), rate))
        });
        let first = clocks.next().flatten();
        let common = first.filter(|(frames, rate)| {
            clocks.all(|clock| clock.is_some_and(|(other, of)| other * rate == frames * of))
        });
        let by_mix = Self { frames: -i128::from(earliest), rate: of_mix, of_mix };
        let by_recorders = common.map(|(frames, rate)| Self { frames, rate, of_mix });
        by_recorders.filter(|clock| clock.at(earliest, of_mix) >= 0).unwrap_or(by_mix)
    }

    /// Where something begins that the mix has at an offset (frames of the mix): frames of a
    /// rate after midnight.
    fn at(self, offset: i64, rate: i128) -> i128 {
        let Self { frames, rate: of, of_mix } = self;
        // Sixty bits and twice 32 at most.
        let whole = frames * of_mix + i128::from(offset) * of;
        whole.saturating_mul(rate).div_euclid(of * of_mix)
    }

    /// The time reference of a stem, in frames of its own.
    pub(super) fn of_stem(self, stem: &Stem) -> u64 {
        let rate = i128::from(stem.format.sample_rate.max(1));
        u64::try_from(self.at(stem.level.offset, rate)).unwrap_or(0)
    }

    /// The time reference of the mix.
    pub(super) fn of_mix(self) -> u64 {
        u64::try_from(self.at(0, self.of_mix)).unwrap_or(0)
    }
}

/// What is written into the file of a stem: what its recorder wrote, and where it wrote
/// nothing, what is known here.
pub(super) fn chunks(
    release: &Release,
    stem: &Stem,
    recorded: &Recorded,
    clock: Clock,
    format: PcmFormat,
) -> WavChunks {
    let recorded_bext = recorded.bext.as_deref().cloned().unwrap_or_default();
    let recorded_ixml = recorded.ixml.as_deref().cloned().unwrap_or_default();
    WavChunks {
        bext: Some(bext(release, stem, recorded_bext, clock, format)),
        ixml: Some(ixml(release, stem, recorded_ixml, format)),
    }
}

fn bext(release: &Release, stem: &Stem, own: Bext, clock: Clock, format: PcmFormat) -> Bext {
    let (song, track) = (&release.song, &stem.track);
    // Of the day and time that a recorder wrote, neither is mixed with one of ours.
    let (day, time) = match in_digits(&own.origination_date, "-", &[4, 2, 2]) {
        None => day_and_time(release),
        Some(day) => (day, in_digits(&own.origination_time, ":", &[2, 2, 2]).unwrap_or_default()),
    };
    let or = |own: String, ours: String| if own.is_empty() { ours } else { own };
    let named_here = own.originator.is_empty();
    let reference = stem.version.as_uuid().simple().to_string();
    Bext {
        description: or(
            own.description,
            format!("{}: {}, {track}, {}", song.artist, song.song, stem.tag),
        ),
        originator: or(own.originator, "studio".to_owned()),
        // A reference is the originator's own.
        originator_reference: if named_here { reference } else { own.originator_reference },
        origination_date: day,
        origination_time: time,
        time_reference: clock.of_stem(stem),
        umid: own.umid,
        loudness: stem.loudness,
        coding_history: history(&own.coding_history, &Bext::coding_line(format, "studio")),
    }
}

/// A day or a time as EBU Tech 3285 has it: groups of so many digits. Recorders put other
/// separators between them.
fn in_digits(text: &str, separator: &str, lengths: &[usize]) -> Option<String> {
    let groups: Vec<&str> = text.trim().split(|c: char| !c.is_ascii_digit()).collect();
    let fits = groups.len() == lengths.len()
        && groups.iter().zip(lengths).all(|(group, length)| group.len() == *length);
    fits.then(|| groups.join(separator))
}

/// The coding history of a recorder with a line of ours, as far as there is room for it.
fn history(before: &str, line: &str) -> String {
    let before = before.trim_end_matches(['\r', '\n', '\0']);
    if before.is_empty() {
        return line.to_owned();
    }
    let room = MAX_CODING_HISTORY - line.len() - 2;
    format!("{}\r\n{line}", before.chars().take(room).collect::<String>())
}

fn ixml(release: &Release, stem: &Stem, own: Ixml, format: PcmFormat) -> Ixml {
    let (song, track) = (&release.song, &stem.track);
    // By their places in the file, where these are told.
    let (mut placed, others): (Vec<_>, Vec<_>) =
        own.tracks.into_iter().partition(|track| track.interleave.is_some());
    let mut others = others.into_iter();
    let tracks = (1..=u32::from(format.channels)).map(|channel| {
        let at = placed.iter().position(|track| track.interleave == Some(channel));
        let own = at.map(|at| placed.swap_remove(at)).or_else(|| others.next());
        let own = own.unwrap_or_default();
        IxmlTrack {
            channel: own.channel.or(Some(channel)),
            interleave: Some(channel),
            name: own.name.map(short).or_else(|| Some(track.to_string())),
            function: own.function.map(short),
        }
    });
    Ixml {
        project: Some(song.artist.to_string()),
        scene: Some(song.song.to_string()),
        take: Some(stem.tag.to_string()),
        tape: own.tape.map(short).or_else(|| Some(format!("release {}", release.name))),
        circled: Some(true),
        note: own.note.map(|note| note.chars().take(LONGEST_NOTE).collect()),
        tracks: tracks.collect(),
    }
}

/// As much of a name as anybody reads: a document has room for that of every channel.
fn short(name: String) -> String {
    match name.chars().nth(LONGEST_NAME) {
        None => name,
        Some(_) => name.chars().take(LONGEST_NAME).collect(),
    }
}
