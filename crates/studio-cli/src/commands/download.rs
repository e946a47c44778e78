//! `studio download`.

use studio_api::v1;
use studio_core::{Download, Downloaded, Error, Job};

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
        let done: Result<Downloaded, Error> = match arguments.dry_run {
            true => {
                let plan = studio.plan_download(&request, &job).await;
                plan.map(|plan| Downloaded { version: plan.version, kept_bytes: 0 })
            }
            false => studio.download(&request, &job).await,
        };
        match done {
            Ok(done) => print(&request, &done, arguments),
            Err(error) => Err(super::with_suggestions(&studio, error).await),
        }
    })
}

fn print(request: &Download, done: &Downloaded, arguments: &args::Download) -> Result<()> {
    let Downloaded { version, kept_bytes } = done;
    let mut out = Out::new();
    let file = request.target.to_string_lossy().into_owned();
    if arguments.json {
        let version = v1::Version::from(&version.record);
        let (dry_run, kept_bytes) = (arguments.dry_run, *kept_bytes);
        return out.json(&v1::Download { file, dry_run, kept_bytes, version });
    }
    let path = &version.path;
    match arguments.dry_run {
        true => out.line(&format!("would download {path} to {file}"))?,
        false => out.line(&format!("downloaded {path} to {file}"))?,
    }
    let verified = if arguments.dry_run { "" } else { ", verified" };
    let kept = match kept_bytes {
        0 => String::new(),
        kept => format!(" ({kept} bytes fetched by an earlier attempt)"),
    };
    out.line(&format!("  size     {}{kept}", bytes(version.size)))?;
    out.line(&format!("  SHA-256  {}{verified}", version.digest))?;
    out.finish()
}
