//! Small files that commands make.

use std::path::Path;

use studio_core::Error;

use crate::failure::Result;

/// Gives a file its content, whole or not at all. One that is there is replaced only with
/// `force`.
pub(super) fn write(file: &Path, bytes: &[u8], force: bool) -> Result<()> {
    let failed = |source| Error::TargetUnwritable { target: file.to_owned(), source };
    let directory = match file.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    };
    let mut temporary = temporary_file(directory).map_err(failed)?;
    std::io::Write::write_all(&mut temporary, bytes).map_err(failed)?;
    let placed = match force {
        true => temporary.persist(file),
        false => temporary.persist_noclobber(file),
    };
    match placed {
        Ok(_) => Ok(()),
        Err(error) if error.error.kind() == std::io::ErrorKind::AlreadyExists => {
            Err(Error::TargetExists { target: file.to_owned() }.into())
        }
        Err(error) => Err(failed(error.error).into()),
    }
}

/// A file with the permissions that a file of that name would have.
fn temporary_file(directory: &Path) -> std::io::Result<tempfile::NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".studio-").suffix(".part");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        // Less what the umask takes away.
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    builder.tempfile_in(directory)
}
