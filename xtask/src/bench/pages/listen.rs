//! What is heard in a real browser: how soon behind a click, and what is between two tracks.

use std::process::Command;

use serde_json::Value;

use super::Bench;
use crate::Result;
use crate::bench::{Verdict, median};
use crate::cargo::{print, say, target_directory};
use crate::files;
use crate::services::{self, Installed};

const SCRIPT: &str = include_str!("listen.mjs");

/// Within how many milliseconds the first sound is to come, and how long a silence may be.
const FIRST: f64 = 300.0;
const GAP: f64 = 20.0;
/// Tracks of the album, and how long each of them is (seconds).
const TRACKS: u32 = 6;
const LENGTH: u32 = 4;

pub(super) fn measure(bench: &Bench<'_>) -> Result<Vec<Verdict>> {
    let playwright = match services::playwright(&target_directory()?)? {
        Installed::Ready(folder) => folder,
        Installed::Unavailable(reason) => return Err(reason.into()),
    };
    let site = bench.site("listen")?;
    let place = bench.place.join("listen");
    say("taking an album in: one tone, cut into tracks");
    site.run(&["album", "create", "--artist", "Tone", "--publish", "All"])?;
    for track in 0..TRACKS {
        let file = place.join(format!("{track}.wav"));
        std::fs::write(&file, tone(track))?;
        let (file, title) = (file.to_string_lossy().into_owned(), format!("Part {track}"));
        let what = ["--artist", "Tone", "--album", "All", "--publish", "--title", &title];
        site.run(&[&["recording", "add", "--file", &file][..], &what].concat())?;
    }
    let (service, server) = site.serve(&[])?;
    let script = place.join("listen.mjs");
    std::fs::write(&script, SCRIPT)?;
    let done = Command::new("node").arg(&script).arg(&server).arg(&playwright).output()?;
    if !done.status.success() {
        return Err(String::from_utf8_lossy(&done.stderr).into_owned().into());
    }
    service.stop()?;
    let found: Value = serde_json::from_slice(&done.stdout)?;
    let numbers = |name: &str| -> Result<Vec<f64>> {
        let all = found[name].as_array().ok_or("the browser measured nothing")?;
        Ok(all.iter().filter_map(Value::as_f64).collect())
    };
    let (first, silent, both) = (numbers("first")?, numbers("silent")?, numbers("both")?);
    if first.is_empty() || silent.len() < 4 {
        return Err(format!("the browser heard too little: {found}").into());
    }
    let most = |all: &[f64]| all.iter().copied().fold(0.0, f64::max);
    print("");
    print("| in Chromium | median ms | most ms |");
    print("|---|---|---|");
    for (name, all) in [
        ("from a click to the first sound", &first),
        ("silence between two tracks", &silent),
        ("two tracks at once", &both),
    ] {
        print(&format!(
            "| {name} ({}) | {:.1} | {:.1} |",
            all.len(),
            median(all.clone()),
            most(all)
        ));
    }
    let verdict = |what: &str, found: f64, bound: f64| Verdict {
        what: what.to_owned(),
        found,
        unit: "ms",
        most: bound,
    };
    Ok(vec![
        verdict("from a click to the first sound", most(&first), FIRST),
        verdict("silence between two tracks of an album", most(&silent), GAP),
        verdict("two tracks of an album at once", most(&both), GAP),
    ])
}

/// A part of one tone that goes on over all tracks: 44.1 kHz, 16 bits, stereo.
fn tone(track: u32) -> Vec<u8> {
    let frames = 44_100 * LENGTH;
    let mut bytes = files::wav_head(frames * 4).to_vec();
    for frame in track * frames..(track + 1) * frames {
        let sample = (f64::from(frame) * 440.0 * std::f64::consts::TAU / 44_100.0).sin();
        let sample = ((sample * 8_000.0) as i16).to_le_bytes();
        bytes.extend([sample, sample].concat());
    }
    bytes
}
