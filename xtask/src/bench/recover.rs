//! `cargo xtask bench-recover`: a catalogue rebuilt from its bucket alone.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use serde_json::Value;

use super::{Verdict, judge};
use crate::Result;
use crate::cargo::{line, print, release_studio, say, target_directory};
use crate::s3::alone;
use crate::services::{self, Kind, Started};

const BUCKET: &str = "bench-recover";
/// Seconds that it may take.
const MOST: f64 = 60.0;
/// Whose versions they are; names are what a manifest can get wrong.
const PLACES: [(&str, &str); 4] = [
    ("Khruangbin", "Evan Finds the Third Room"),
    ("Björk", "Jóga"),
    ("東京事変", "群青日和"),
    ("AC/DC", "What's \"Next\" to the <Moon> & 100 %?"),
];
/// The media type of a version comes from it.
const EXTENSIONS: [&str; 2] = ["wav", "flac"];

/// Fills a bucket with versions, and recovers their catalogue from the manifests, then from
/// a backup and the manifests that are younger.
pub(crate) fn run(versions: u64) -> Result {
    let studio = release_studio()?;
    let server = match services::start(Kind::SeaweedFs, &target_directory()?)? {
        Started::Running(server) => server,
        Started::Unavailable(reason) => return Err(format!("not measured: {reason}").into()),
    };
    let place = tempfile::Builder::new().prefix("studio-recover-").tempdir()?;
    let bench = Bench { studio, place: place.path(), environment: server.env() };
    say(&format!("storing {versions} versions"));
    bench.fill(versions)?;
    print(&format!("| recover of {versions} versions | wall | differing |"));
    print("|---|---|---|");
    let mut verdicts = bench.recover("from manifests", versions)?;
    bench.run("studio.db", &["backup"])?;
    // Younger than the backup, so that both are needed.
    let late = bench.place.join("late");
    fs::create_dir(&late)?;
    fs::write(late.join("late_take.wav"), "late")?;
    bench.import(&late, 0, "wav")?;
    verdicts.extend(bench.recover("from a backup and a younger manifest", versions + 1)?);
    server.stop()?;
    judge(&verdicts)
}

struct Bench<'a> {
    studio: PathBuf,
    place: &'a Path,
    environment: Vec<(String, String)>,
}

impl Bench<'_> {
    /// Imports small files, all different, under the names of each place in turn.
    fn fill(&self, versions: u64) -> Result {
        let groups = (PLACES.len() * EXTENSIONS.len()) as u64;
        for group in 0..groups {
            let directory = self.place.join(format!("takes-{group}"));
            fs::create_dir(&directory)?;
            let extension = EXTENSIONS[group as usize % EXTENSIONS.len()];
            for number in (group..versions).step_by(groups as usize) {
                let (track, take) = (number / 10, number % 10);
                let file = directory.join(format!("Track {track}_take {take}.{extension}"));
                fs::write(file, format!("version {number}\n").repeat(20))?;
            }
            self.import(&directory, group as usize / EXTENSIONS.len(), extension)?;
        }
        Ok(())
    }

    fn import(&self, directory: &Path, place: usize, extension: &str) -> Result {
        let (artist, song) = PLACES[place];
        let pattern = format!("{{track}}_{{version}}.{extension}");
        let directory = directory.to_string_lossy();
        let names = ["--artist", artist, "--song", song, "--pattern", &pattern];
        self.run("studio.db", &[&["import", "--yes"], names.as_slice(), &[&directory]].concat())?;
        Ok(())
    }

    /// Recovers into an empty catalogue and compares every field of every version.
    fn recover(&self, what: &str, versions: u64) -> Result<Vec<Verdict>> {
        let before = self.versions("studio.db")?;
        let database = format!("{}.db", what.replace(' ', "-"));
        let start = Instant::now();
        self.run(&database, &["recover", "--from", &format!("s3://{BUCKET}")])?;
        let seconds = start.elapsed().as_secs_f64();
        let after = self.versions(&database)?;
        let differing = differing(&before, &after);
        print(&format!("| {what} | {seconds:.1} s | {differing} |"));
        let what = |what_of_it: &str| format!("recover {what}: {what_of_it}");
        let counts = |what: String, found: f64, most: f64| Verdict { what, found, unit: "", most };
        Ok(vec![
            Verdict { what: what("wall time"), found: seconds, unit: "s", most: MOST },
            counts(what("versions that differ"), differing as f64, 0.0),
            counts(what("versions missing"), versions as f64 - before.len() as f64, 0.0),
        ])
    }

    /// Every version in the catalogue with every field that the program tells of it.
    fn versions(&self, database: &str) -> Result<Vec<Value>> {
        let answer = self.run(database, &["list", "--all-artists", "--json"])?;
        match serde_json::from_slice::<Value>(&answer)?.get_mut("versions").map(Value::take) {
            Some(Value::Array(versions)) => Ok(versions),
            _ => Err("the listing is not as expected".into()),
        }
    }

    /// Runs studio to its end, and gives what it printed.
    fn run(&self, database: &str, arguments: &[&str]) -> Result<Vec<u8>> {
        let mut command = Command::new(&self.studio);
        command.args(arguments).current_dir(self.place).envs(self.environment.iter().cloned());
        alone(&mut command);
        command.env("STUDIO_STORE", format!("s3://{BUCKET}"));
        command.env("STUDIO_DATABASE", self.place.join(database));
        command.env_remove("STUDIO_ARTIST").env_remove("ARTIST_NAME");
        let done = command.output()?;
        match done.status.success() {
            true => Ok(done.stdout),
            false => {
                let text = String::from_utf8_lossy(&done.stderr);
                Err(format!("`{}` failed: {}", line(&command), text.trim_end()).into())
            }
        }
    }
}

/// How many versions are not the same in both, in order.
fn differing(before: &[Value], after: &[Value]) -> usize {
    let pairs = before.iter().zip(after).filter(|(before, after)| before != after).count();
    pairs + before.len().abs_diff(after.len())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_version_that_lost_a_field_differs() {
        let whole = [json!({ "id": 1, "size": 2 }), json!({ "id": 2, "size": 3 })];
        assert_eq!(differing(&whole, &whole), 0);
        assert_eq!(differing(&whole, &[json!({ "id": 1 }), whole[1].clone()]), 1);
        assert_eq!(differing(&whole, &whole[..1]), 1);
        assert_eq!(differing(&[], &whole), 2);
    }
}
