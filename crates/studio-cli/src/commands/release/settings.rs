//! How picks are mixed, by the flags.

use studio_core::{MixSettings, SongPath, StemLevel, Studio, TrackName};

use super::samples;
use crate::args::Mixing;
use crate::commands::with_suggestions;
use crate::failure::{Failure, Result};
use crate::levels::{OfTrack, Shift};

/// The most that anything is made louder or softer, in thousandths of a dB.
const MOST_GAIN: i32 = 60_000;

/// How the picks are mixed, by the flags.
pub(super) async fn settings(
    studio: &Studio,
    song: &SongPath,
    mixing: &Mixing,
) -> Result<MixSettings> {
    once_each(mixing)?;
    within_reach(mixing)?;
    let mut levels: Vec<(TrackName, StemLevel)> = Vec::new();
    let mut of = |track: &TrackName, set: &dyn Fn(&mut StemLevel)| {
        let known = levels.iter_mut().find(|(name, _)| name.key() == track.key());
        match known {
            Some((_, level)) => set(level),
            None => {
                let mut level = StemLevel::default();
                set(&mut level);
                levels.push((track.clone(), level));
            }
        }
    };
    for gain in &mixing.gain {
        of(&gain.track, &|level| level.gain = gain.value);
    }
    for pan in &mixing.pan {
        of(&pan.track, &|level| level.pan = pan.value);
    }
    let muted = mixing.mute.iter().map(|track| track.parse()).collect::<Result<Vec<_>, _>>()?;
    let rate = rate_of_mix(studio, song, mixing, &muted).await?;
    for offset in &mixing.offset {
        of(&offset.track, &|level| level.offset = offset.value.frames(rate));
    }
    for track in &muted {
        of(track, &|level| level.mute = true);
    }
    Ok(MixSettings {
        levels,
        gain: mixing.master_gain.unwrap_or_default(),
        sample_rate: mixing.sample_rate,
        mixed_lengths: mixing.mixed_lengths,
        samples: samples(mixing.bits),
        dither: !mixing.no_dither,
    })
}

/// Refuses two values for one track, of which one would be passed over.
fn once_each(mixing: &Mixing) -> Result<()> {
    fn names<T>(of: &[OfTrack<T>]) -> Vec<&TrackName> {
        of.iter().map(|of| &of.track).collect()
    }
    let flags = [
        ("--gain", names(&mixing.gain)),
        ("--pan", names(&mixing.pan)),
        ("--offset", names(&mixing.offset)),
    ];
    for (flag, tracks) in flags {
        for (n, track) in tracks.iter().enumerate() {
            if tracks[..n].iter().any(|before| before.key() == track.key()) {
                return Err(Failure::usage(
                    format!("{flag} is given more than once for {track}"),
                    "give one value for each track; upper and lower case make no difference",
                ));
            }
        }
    }
    Ok(())
}

/// Refuses gains that nobody can mean.
fn within_reach(mixing: &Mixing) -> Result<()> {
    let gains = mixing.gain.iter().map(|gain| ("--gain", gain.value));
    let master = mixing.master_gain.iter().map(|gain| ("--master-gain", *gain));
    match gains.chain(master).find(|(_, gain)| gain.thousandths().abs() > MOST_GAIN) {
        None => Ok(()),
        Some((flag, gain)) => Err(Failure::usage(
            format!("{flag} of {gain:.2} dB is more than 60 dB"),
            "--mute leaves a track out of the mix",
        )),
    }
}

/// The sample rate that times are counted in: that of the mix, which the tracks that are heard
/// in it decide.
async fn rate_of_mix(
    studio: &Studio,
    song: &SongPath,
    mixing: &Mixing,
    muted: &[TrackName],
) -> Result<u32> {
    let in_time = |offset: &OfTrack<Shift>| matches!(offset.value, Shift::Micros(_));
    match mixing.sample_rate {
        Some(rate) => return Ok(rate),
        None if !mixing.offset.iter().any(in_time) => return Ok(1),
        None => {}
    }
    let sheet = match studio.picks(song).await {
        Ok(sheet) => sheet,
        Err(error) => return Err(with_suggestions(studio, error).await),
    };
    let mut heard = sheet.picked;
    heard.retain(|picked| {
        let track = picked.pick.track.track.key();
        muted.iter().all(|muted| muted.key() != track)
    });
    let mut rates = heard.iter().filter_map(|picked| match &picked.standing {
        studio_core::Standing::There(_, details) => {
            details.sound.map(|sound| sound.format.sample_rate)
        }
        _ => None,
    });
    match rates.next() {
        Some(rate) => Ok(rate),
        // That nothing is heard is told by the mix itself.
        None if heard.is_empty() => Ok(1),
        None => Err(Failure::usage(
            "the sample rate of the picks is not known yet, so times cannot be counted in it",
            "run `studio analyse` first, or give --offset in frames",
        )),
    }
}
