//! Small files that commands make.

use std::path::Path;

use crate::failure::{CONFLICT, Failure, Result};

/// Refuses a file that is there already, before any work is done for it.
pub(super) fn check(file: &Path, force: bool) -> Result<()> {
    match file.exists() && !force {
        true => Err(there_already(file)),
        false => Ok(()),
    }
}

/// Gives a file its content, whole or not at all. One that is there is replaced only with
/// `force`.
pub(super) fn write(file: &Path, bytes: &[u8], force: bool) -> Result<()> {
    let failed = |source| Failure::Own {
        message: format!("cannot write {}", file.display()),
        code: 1,
        source: Some(source),
        hint: None,
    };
    let directory = match file.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    };
    let mut temporary = tempfile::Builder::new()
        .prefix(".studio-")
        .suffix(".part")
        .tempfile_in(directory)
        .map_err(failed)?;
    std::io::Write::write_all(&mut temporary, bytes).map_err(failed)?;
    let placed = match force {
        true => temporary.persist(file),
        false => temporary.persist_noclobber(file),
    };
    match placed {
        Ok(_) => Ok(()),
        Err(error) if error.error.kind() == std::io::ErrorKind::AlreadyExists => {
            Err(there_already(file))
        }
        Err(error) => Err(failed(error.error)),
    }
}

fn there_already(file: &Path) -> Failure {
    Failure::Own {
        message: format!("{} is there already", file.display()),
        code: CONFLICT,
        source: None,
        hint: Some("give it another name, or add --force".to_owned()),
    }
}
