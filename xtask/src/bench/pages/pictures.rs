//! A large picture in all sizes that the site has, beside what libvips takes for them.

use std::path::Path;
use std::process::Command;

use super::Bench;
use crate::Result;
use crate::bench::Verdict;
use crate::bench::median;
use crate::bench::meter::measure as metered;
use crate::cargo::{self, cargo, print, say, target_directory};

/// About how many bytes the picture has.
const BYTES: u64 = 20_000_000;
const ROUNDS: usize = 5;
const MOST: f64 = 1.5;

/// What vipsthumbnail makes the sizes of the site with: pixels, and whether it cuts.
const SIZES: [(&str, bool); 5] =
    [("50x50", true), ("80x80", true), ("300x", false), ("300x300", true), ("1200x630", true)];

pub(super) fn measure(bench: &Bench<'_>) -> Result<Vec<Verdict>> {
    cargo::run(&mut cargo(&["build", "--release", "--package", "xtask"])?)?;
    let worker = target_directory()?.join("release/xtask");
    let place = bench.place.join("pictures");
    std::fs::create_dir(&place)?;
    let file = place.join("large.jpg");
    let (bytes, side) = picture(&place, &file)?;
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    let all: Vec<String> = SIZES
        .iter()
        .map(|(size, cuts)| {
            let crop = if *cuts { "--smartcrop centre" } else { "" };
            let name = size.trim_end_matches('x');
            format!("vipsthumbnail large.jpg --size {size} {crop} -o vips-{name}.jpg[Q=85,strip]")
        })
        .collect();
    for round in 0..=ROUNDS {
        let mut own = Command::new(&worker);
        own.args(["bench-audio-work", "pictures"]).arg(&file).arg(&place);
        let mut vips = Command::new("sh");
        vips.args(["-c", &all.join(" && ")]);
        let (own, vips) = (metered(&own, &place)?.cpu(), metered(&vips, &place)?.cpu());
        if round > 0 {
            ours.push(own);
            theirs.push(vips);
        }
    }
    let (ours, theirs) = (median(ours), median(theirs));
    print("");
    print(&format!(
        "| a JPEG of {bytes} bytes, {side} pixels wide, in {} sizes | CPU s |",
        SIZES.len()
    ));
    print("|---|---|");
    print(&format!("| studio | {ours:.3} |"));
    print(&format!("| vipsthumbnail | {theirs:.3} |"));
    Ok(vec![Verdict {
        what: "CPU time for a large picture in all sizes, against vipsthumbnail".to_owned(),
        found: ours / theirs,
        unit: "times",
        most: MOST,
    }])
}

/// A picture with as much in it as a photograph has: noise on what changes slowly. Returns its
/// bytes and its width.
fn picture(place: &Path, file: &Path) -> Result<(u64, u32)> {
    say("making a picture of 20 MB");
    let vips = |arguments: &[&str]| -> Result {
        let status = Command::new("vips").args(arguments).current_dir(place).status()?;
        if status.success() { Ok(()) } else { Err(format!("vips {arguments:?} failed").into()) }
    };
    let mut width = 5_400_u32;
    for _ in 0..6 {
        let (wide, high) = (width.to_string(), (width * 2 / 3).to_string());
        vips(&["gaussnoise", "noise.v", &wide, &high, "--mean", "128", "--sigma", "24"])?;
        vips(&["sines", "waves.v", &wide, &high, "--hfreq", "3", "--vfreq", "2"])?;
        vips(&["linear", "waves.v", "slow.v", "60", "0"])?;
        vips(&["add", "noise.v", "slow.v", "grey.v"])?;
        vips(&["bandjoin", "grey.v noise.v slow.v", "colour.v"])?;
        vips(&["cast", "colour.v", "plain.v", "uchar"])?;
        vips(&["copy", "plain.v", "rgb.v", "--interpretation", "srgb"])?;
        vips(&["jpegsave", "rgb.v", "large.jpg", "--Q", "92"])?;
        let bytes = std::fs::metadata(file)?.len();
        let ratio = BYTES as f64 / bytes as f64;
        if (0.9..=1.04).contains(&ratio) {
            return Ok((bytes, width));
        }
        width = (f64::from(width) * ratio.sqrt()) as u32;
    }
    Err("no picture came out as large as it should".into())
}
