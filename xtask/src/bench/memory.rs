//! `cargo xtask bench-memory`: the peak memory of a large upload and download.

use std::fs::File;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::{Verdict, judge};
use crate::Result;
use crate::cargo::{print, release_studio, target_directory};
use crate::services::{self, Kind, Started};

/// The most memory that a transfer may take.
const MOST_MIB: f64 = 64.0;

/// Moves a file of `gib` GiB to and from a directory, and a real S3 server if there is one.
pub(crate) fn run(gib: u64) -> Result {
    let studio = release_studio()?;
    let mut verdicts = Vec::new();
    print(&format!("| {gib} GiB | wall | peak memory (VmHWM) |"));
    print("|---|---|---|");
    verdicts.extend(measure(&studio, gib, "directory", |command, place| {
        command.env("STUDIO_STORE", place.join("store"));
    })?);
    match services::start(Kind::SeaweedFs, &target_directory()?)? {
        Started::Unavailable(reason) => return Err(format!("not measured on S3: {reason}").into()),
        Started::Running(server) => {
            let environment = server.env();
            verdicts.extend(measure(&studio, gib, "S3 (SeaweedFS)", |command, _| {
                command.env("STUDIO_STORE", "s3://bench-memory").envs(environment.clone());
            })?);
            server.stop()?;
        }
    }
    judge(&verdicts)
}

fn measure(
    studio: &Path,
    gib: u64,
    store: &str,
    configure: impl Fn(&mut Command, &Path),
) -> Result<Vec<Verdict>> {
    let place = tempfile::tempdir_in(target_directory()?)?;
    let source = place.path().join("take.wav");
    // Sparse: read as zeros, it takes no room where it lies.
    File::create(&source)?.set_len(gib << 30)?;
    let mut verdicts = Vec::new();
    for (action, file) in [("upload", source), ("download", place.path().join("back.wav"))] {
        let mut command = Command::new(studio);
        command
            .arg(action)
            .arg("--file-path")
            .arg(&file)
            .env("STUDIO_DATABASE", place.path().join("studio.db"));
        command.args(["--artist", "a", "--song", "s", "--track", "t", "--version", "v"]);
        command.stdout(Stdio::null());
        configure(&mut command, place.path());
        let start = Instant::now();
        let peak_mib = peak_memory(command.spawn()?)?;
        let what = format!("{action} of {gib} GiB, {store}");
        print(&format!("| {what} | {:.1?} | {peak_mib:.1} MiB |", start.elapsed()));
        verdicts.push(Verdict { what, found: peak_mib, unit: "MiB", most: MOST_MIB });
    }
    let back = File::open(place.path().join("back.wav"))?.metadata()?.len();
    match back == gib << 30 {
        true => Ok(verdicts),
        false => Err(format!("{back} bytes came back").into()),
    }
}

/// Waits for a process and gives the most memory it had, in MiB. The kernel keeps the
/// high-water mark itself; it is read until the process ends.
fn peak_memory(mut child: Child) -> Result<f64> {
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0.0;
    loop {
        if let Ok(text) = std::fs::read_to_string(&status)
            && let Some(kib) = high_water_mark(&text)
        {
            peak = f64::max(peak, kib / 1024.0);
        }
        match child.try_wait()? {
            None => std::thread::sleep(Duration::from_millis(5)),
            Some(status) if status.success() => return Ok(peak),
            Some(status) => return Err(format!("studio ended with {status}").into()),
        }
    }
}

fn high_water_mark(status: &str) -> Option<f64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix("kB")?.trim().parse().ok()
}
