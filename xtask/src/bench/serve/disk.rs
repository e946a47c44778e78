//! A file of a disk, and ranges of it, beside nginx.

use std::fs;

use super::nginx::Nginx;
use super::wrk::{Asked, Found, Wrk};
use super::{Bench, FILE, RANGE, Verdict, median, print, serve_one, write_wav};
use crate::Result;

/// How often each is measured, in turns.
const ROUNDS: usize = 5;
const CONNECTIONS: [u32; 2] = [2, 16];
/// studio gives at least 0.7 of what nginx gives: nginx at most so many times of studio's.
const MOST: f64 = 1.0 / 0.7;

pub(super) fn measure(bench: &Bench<'_>) -> Result<Vec<Verdict>> {
    let place = bench.place.join("disk-library");
    let album = place.join("Khruangbin/The Universe Smiles Upon You");
    fs::create_dir_all(&album)?;
    let name = "01-Mr-White.wav";
    write_wav(&album.join(name), FILE)?;
    let site = bench.site("disk", Vec::new())?;
    let nginx = Nginx::start(&bench.place, &album)?;
    let (service, stream) = serve_one(&site, &place.display().to_string())?;
    let sides = [("studio", stream), ("nginx", nginx.url(name))];
    let compared = compare(bench, "from a disk", &sides, None)?;
    service.stop()?;
    Ok(compared.into_iter().map(|compared| compared.verdict(MOST)).collect())
}

/// What the other gives, in terms of studio.
pub(super) struct Compared {
    what: String,
    times: f64,
}

impl Compared {
    pub(super) fn verdict(self, most: f64) -> Verdict {
        Verdict { what: self.what, found: self.times, unit: "times", most }
    }
}

/// Measures studio and the other in turns, asked from some cores.
pub(super) fn compare(
    bench: &Bench<'_>,
    from: &str,
    sides: &[(&str, String); 2],
    cores: Option<&str>,
) -> Result<Vec<Compared>> {
    let mut compared = Vec::new();
    print("");
    print(&format!("| {from} | connections | {} | {} | of it |", sides[0].0, sides[1].0));
    print("|---|---|---|---|---|");
    let whole = ("50 MB, MB/s", Asked::Whole, 1);
    let ranges = ("256 KiB of them, requests/s", Asked::Ranges { length: RANGE, of: FILE }, 0);
    for (what, asked, is_whole) in [whole, ranges] {
        for connections in CONNECTIONS {
            let of = |found: Found| if is_whole == 1 { found.megabytes } else { found.rate };
            let wrk = Wrk { cores, ..Wrk::new(&bench.place, connections) };
            let [own, other] = in_turns(&wrk, sides, &asked, bench.options.seconds)?
                .map(|found| found.into_iter().map(of).collect::<Vec<_>>());
            // Of each round, since what else the machine does changes between them.
            let ratios = own.iter().zip(&other).map(|(own, other)| own / other).collect();
            let (own, other, ratio) = (median(own), median(other), median(ratios));
            print(&format!("| {what} | {connections} | {own:.0} | {other:.0} | {ratio:.2} |"));
            compared.push(Compared {
                what: format!(
                    "{} {from} gives, of studio, {what}, {connections} connections",
                    sides[1].0
                ),
                times: 1.0 / ratio,
            });
        }
    }
    Ok(compared)
}

fn in_turns(
    wrk: &Wrk<'_>,
    sides: &[(&str, String); 2],
    asked: &Asked<'_>,
    seconds: u64,
) -> Result<[Vec<Found>; 2]> {
    let mut found = [Vec::new(), Vec::new()];
    for ((_, url), found) in sides.iter().zip(&mut found) {
        // Whatever is slow only once.
        wrk.run(url, asked, 1)?;
        found.reserve(ROUNDS);
    }
    for _ in 0..ROUNDS {
        for ((_, url), found) in sides.iter().zip(&mut found) {
            found.push(wrk.run(url, asked, seconds)?);
        }
    }
    Ok(found)
}
