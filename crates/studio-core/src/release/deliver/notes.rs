//! The texts beside the sound.

use std::fmt::Write as _;

use studio_domain::{Decibels, Release, Stem};

use super::{Credit, Names, SESSION, SaidOfStem, session};

/// The names and contents of the texts.
pub(super) fn texts(
    release: &Release,
    credits: &[Credit],
    names: &Names,
    said: &[SaidOfStem],
) -> Vec<(&'static str, String)> {
    let json = serde_json::to_string_pretty(&session(release, names, said)).unwrap_or_default();
    vec![
        ("README.txt", readme(release, names, said)),
        ("credits.txt", credits_text(release, credits)),
        (SESSION, json + "\n"),
    ]
}

fn readme(release: &Release, names: &Names, said: &[SaidOfStem]) -> String {
    let mut text = String::new();
    let at = studio_api::format_time(release.said.at);
    let mix = &release.mix;
    let loudness = &mix.loudness;
    let bits = mix.bits.map_or_else(|| "32-bit float".to_owned(), |bits| format!("{bits} bits"));
    let level = |level: Option<studio_domain::Decibels>| {
        level.map_or_else(|| "-inf".to_owned(), |level| format!("{level:.1}"))
    };
    // Writing to a string cannot fail.
    let _ = write!(
        text,
        "{}\nrelease {}, made by {} at {at} with {}\n",
        release.song, release.name, release.said.by, release.made_with
    );
    if let Some(note) = &release.said.note {
        let _ = writeln!(text, "{note}");
    }
    let _ = write!(
        text,
        "\nMix: {}\n  {} Hz, {bits}, {} channels, {} frames\n  {} LUFS, true peak {} dBTP\n  \
         audio digest {}\n",
        names.mix,
        mix.sample_rate,
        mix.channels,
        mix.frames,
        level(loudness.integrated),
        level(loudness.true_peak),
        mix.audio_digest
    );
    if mix.gain.thousandths() != 0 {
        let _ = writeln!(text, "  the sum of the stems: {} dB", signed(mix.gain));
    }
    text.push_str("\nStems:\n");
    for ((stem, file), said) in release.stems.iter().zip(&names.stems).zip(said) {
        let _ = write!(text, "  {file}\n    {}, version {}", stem.track, stem.tag);
        let _ = match said.pick.as_ref().and_then(|pick| pick.said.note.as_ref()) {
            Some(note) => writeln!(text, ", picked by {}: {note}", stem.picked_by),
            None => writeln!(text, ", picked by {}", stem.picked_by),
        };
        let _ = writeln!(text, "    in the mix: {}", in_the_mix(stem));
    }
    text.push_str(
        "\nThe stems are the recordings as they were stored, sample for sample: gain, place\n\
         and offset are not in them, but in the mix.\n\n\
         checksums.txt has the SHA-256 of every file: sha256sum --check checksums.txt\n\
         session.json says all of this to programs: `studio import` of this directory\n\
         brings artist, song, tracks, versions and picks into another studio.\n",
    );
    text
}

fn in_the_mix(stem: &Stem) -> String {
    let level = &stem.level;
    if level.mute {
        return "left out".to_owned();
    }
    let offset = match level.offset {
        0 => String::new(),
        frames => format!(", begins at frame {frames}"),
    };
    format!("{} dB, pan {}{offset}", signed(level.gain), level.pan)
}

fn signed(gain: Decibels) -> String {
    let sign = if gain.thousandths() > 0 { "+" } else { "" };
    format!("{sign}{gain:.2}")
}

fn credits_text(release: &Release, credits: &[Credit]) -> String {
    let mut text = format!("{}\n\n", release.song);
    for Credit { role, name } in credits {
        let _ = writeln!(text, "{role}: {name}");
    }
    let mut pickers: Vec<&str> = release.stems.iter().map(|stem| stem.picked_by.as_str()).collect();
    pickers.sort_unstable();
    pickers.dedup();
    let _ = writeln!(text, "Takes picked by: {}", pickers.join(", "));
    let _ = writeln!(text, "Released by: {}", release.said.by);
    text
}
