//! The same from S3, beside the S3 server asked directly: once where all share all cores, and
//! once where studio has cores of its own, as it has in the world. That is judged.

use std::path::PathBuf;
use std::process::Command;

use super::cores::{Halves, keep};
use super::disk::compare;
use super::{Bench, FILE, Service, Verdict, serve_one, write_wav};
use crate::Result;
use crate::cargo::target_directory;
use crate::s3::alone;
use crate::services::{self, Installed, Kind, Server, Started};

const SCRIPT: &str = include_str!("s3.py");
const BUCKET: &str = "music";
const KEY: &str = "Khruangbin/The Universe Smiles Upon You/01-Mr-White.wav";
/// SeaweedFS reads a whole chunk for each range; smaller ones make it faster for both sides.
const SMALL_CHUNKS: &str = "-filer.maxMB=1";
/// studio gives at least 0.9 of what the S3 server gives.
const MOST: f64 = 1.0 / 0.9;

pub(super) fn measure(bench: &Bench<'_>) -> Result<Vec<Verdict>> {
    let bucket = Bucket::start(bench)?;
    let site = bench.site("s3", bucket.server.env())?;
    let (service, stream) = bucket.serve(&site)?;
    let sides = [("studio", stream), ("SeaweedFS", bucket.url.clone())];
    compare(bench, "from S3, all on the same cores", &sides, None)?;
    let halves = Halves::find()?;
    for process in bucket.server.processes()? {
        keep(process, &halves.server)?;
    }
    keep(service.id(), &halves.studio)?;
    let compared = compare(bench, "from S3, studio on other cores", &sides, Some(&halves.server))?;
    service.stop()?;
    bucket.server.stop()?;
    Ok(compared.into_iter().map(|compared| compared.verdict(MOST)).collect())
}

/// A bucket with one recording in it.
pub(super) struct Bucket {
    pub(super) server: Server,
    /// Leads to the object without a header.
    url: String,
}

impl Bucket {
    pub(super) fn start(bench: &Bench<'_>) -> Result<Self> {
        let (python, server) = seaweedfs()?;
        let file = bench.place.join("in-the-bucket.wav");
        write_wav(&file, FILE)?;
        let mut command = Command::new(python);
        command.args(["-c", SCRIPT, BUCKET, KEY]).arg(&file).envs(server.env());
        alone(&mut command);
        let done = command.output()?;
        if !done.status.success() {
            let text = String::from_utf8_lossy(&done.stderr);
            return Err(format!("cannot fill the bucket: {}", text.trim_end()).into());
        }
        let url = String::from_utf8(done.stdout)?.trim_end().to_owned();
        Ok(Self { server, url })
    }

    /// Serves it.
    pub(super) fn serve(&self, site: &super::Site) -> Result<(Service, String)> {
        serve_one(site, &format!("s3://{BUCKET}"))
    }
}

/// A server, and a Python that can fill its buckets.
pub(super) fn seaweedfs() -> Result<(PathBuf, Server)> {
    let target = target_directory()?;
    let python = match services::boto3(&target)? {
        Installed::Ready(python) => python,
        Installed::Unavailable(reason) => return Err(format!("no boto3: {reason}").into()),
    };
    match services::start_tuned(Kind::SeaweedFs, &target, &[SMALL_CHUNKS])? {
        Started::Running(server) => Ok((python, server)),
        Started::Unavailable(reason) => Err(format!("no S3 server: {reason}").into()),
    }
}
