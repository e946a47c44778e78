//! `studio download`.

use studio_api::v1;
use studio_core::{Download, Error, Job, Version};

use crate::args;
use crate::config::Config;
use crate::failure::Result;
use crate::output::text::{Out, bytes};

pub(super) fn run(config: &Config, arguments: &args::Download) -> Result<()> {
    let path = super::version_path(&arguments.names, config)?;
    let target = arguments.file_path.clone();
    let request = Download { path, target, overwrite: arguments.force };
    let studio = super::open(config, super::Use::Look)?;
    super::transfer(async |job: Job| {
        let version: Result<Version, Error> = match arguments.dry_run {
            true => studio.plan_download(&request, &job).await.map(|plan| plan.version),
            false => studio.download(&request, &job).await.map(|done| done.version),
        };
        match version {
            Ok(version) => print(&request, &version, arguments),
            Err(error) => Err(super::with_suggestions(&studio, error).await),
        }
    })
}

fn print(request: &Download, version: &Version, arguments: &args::Download) -> Result<()> {
    let mut out = Out::new();
    let file = request.target.to_string_lossy().into_owned();
    if arguments.json {
        let version = v1::Version::from(&version.record);
        return out.json(&v1::Download { file, dry_run: arguments.dry_run, version });
    }
    let path = &version.path;
    match arguments.dry_run {
        true => out.line(&format!("would download {path} to {file}"))?,
        false => out.line(&format!("downloaded {path} to {file}"))?,
    }
    let verified = if arguments.dry_run { "" } else { ", verified" };
    out.line(&format!("  size     {}", bytes(version.size)))?;
    out.line(&format!("  SHA-256  {}{verified}", version.digest))?;
    out.finish()
}
