//! `studio release deliver`.

use std::path::Path;

use studio_api::v1;
use studio_core::{Credit, Delivery, Error, Job};

use super::release;
use crate::args;
use crate::commands::{BEGINS_ANEW, Use, count, open, work};
use crate::config::Config;
use crate::failure::{Failure, Result};
use crate::output::text::{Out, bytes};

/// What names of archives end in that are not made here.
const OTHER_ARCHIVES: [&str; 9] = ["tar", "gz", "tgz", "bz2", "xz", "zst", "7z", "rar", "zipx"];

pub(super) fn run(config: &Config, arguments: &args::ReleaseDeliver) -> Result<()> {
    check_kind(&arguments.target)?;
    let credits = arguments.credit.iter().map(|text| credit(text)).collect::<Result<Vec<_>>>()?;
    let studio = open(config, Use::Look)?;
    work(BEGINS_ANEW, async |job: Job| {
        let release = release(&studio, &arguments.names, config).await?;
        let delivery = Delivery { target: arguments.target.clone(), credits: credits.clone() };
        if arguments.dry_run {
            return super::plan::deliver(&studio, &release, &delivery, arguments.json).await;
        }
        let delivered = match studio.deliver_release(&release, &delivery, &job).await {
            Ok(delivered) => delivered,
            Err(error) => return Err(failure(error)),
        };
        let mut out = Out::new();
        if arguments.json {
            let files = delivered.files.iter().map(|file| v1::DeliveredFile {
                file: file.name.clone(),
                size: file.size,
                sha256: file.digest.to_string(),
            });
            let target = arguments.target.display().to_string();
            return out.json(&v1::Delivered { target, files: files.collect() });
        }
        let files = count(delivered.files.len() as u64, "file", "files");
        let size = delivered.files.iter().map(|file| file.size).sum();
        let target = arguments.target.display();
        out.line(&format!("delivered {files}, {}, to {target}", bytes(size)))?;
        for file in &delivered.files {
            out.line(&format!("  {}", file.name))?;
        }
        out.finish()
    })
}

/// Refuses names of archives that are not made: a directory of that name is not what is meant.
fn check_kind(target: &Path) -> Result<()> {
    let extension = target.extension().and_then(|extension| extension.to_str());
    let extension = extension.map(str::to_ascii_lowercase).unwrap_or_default();
    match OTHER_ARCHIVES.contains(&extension.as_str()) {
        false => Ok(()),
        true => Err(Failure::usage(
            format!("{} is the name of an archive of another kind", target.display()),
            "let its name end in .zip, or name a directory",
        )),
    }
}

/// A failure to deliver: nothing is ever replaced.
pub(super) fn failure(error: Error) -> Failure {
    let hint = match &error {
        Error::TargetExists { .. } => {
            "nothing was replaced; name a directory that is empty or not there, or another .zip"
        }
        _ => return error.into(),
    };
    Failure::Core { error, hint: Some(hint.to_owned()) }
}

/// Reads `Mixed by=Laura Lee`.
fn credit(text: &str) -> Result<Credit> {
    match text.split_once('=') {
        Some((role, name)) if !role.trim().is_empty() && !name.trim().is_empty() => {
            Ok(Credit { role: role.trim().to_owned(), name: name.trim().to_owned() })
        }
        _ => Err(Failure::usage(
            format!("`{text}` is no credit"),
            "write ROLE=NAME, as in \"Mixed by=Laura Lee\"",
        )),
    }
}
