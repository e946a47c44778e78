//! Garage: never installed (it compiles for a quarter of an hour), only used.

use std::ffi::OsString;
use std::fs::File;
use std::io::Write as _;
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::REGION;
use super::credentials::{Credentials, random_hex};
use super::error::{Context as _, Error, Result};
use super::install::Installed;
use super::ports::free_ports;
use super::process::Launch;

pub(super) fn install(services: &Path) -> Installed {
    match find(services) {
        Some(program) => Installed::Ready(program),
        None => Installed::Unavailable(
            "garage is not on PATH (cargo install garage brings it)".to_owned(),
        ),
    }
}

fn find(services: &Path) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::iter::once(services.join("bin"))
        .chain(std::env::split_paths(&path))
        .map(|directory| directory.join("garage"))
        .find(|file| is_executable(file))
        // The server runs in another directory: an entry of PATH may be relative.
        .and_then(|file| std::path::absolute(file).ok())
}

fn is_executable(file: &Path) -> bool {
    file.metadata().is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o111 != 0)
}

pub(super) fn launch(program: &Path, data: &Path, keys: &Credentials) -> Result<Launch> {
    let [s3, rpc, admin] = free_ports()?;
    let text = config(data, s3, rpc, admin)?;
    let path = data.join("garage.toml");
    File::options()
        .create_new(true)
        .write(true)
        // Garage refuses a file with a secret that others can read.
        .mode(0o600)
        .open(&path)
        .and_then(|mut file| file.write_all(text.as_bytes()))
        .context(|| format!("can't write {}", path.display()))?;
    Ok(Launch {
        command: vec![
            program.into(),
            "-c".into(),
            path.into(),
            "server".into(),
            "--single-node".into(),
            "--default-bucket".into(),
        ],
        env: vec![
            ("GARAGE_DEFAULT_ACCESS_KEY", OsString::from(&keys.access_key)),
            ("GARAGE_DEFAULT_SECRET_KEY", OsString::from(&keys.secret_key)),
            // It makes the key only together with a bucket; nobody uses it.
            ("GARAGE_DEFAULT_BUCKET", "garage-default".into()),
        ],
        port: s3,
        grace: 3,
        sockets: Vec::new(),
    })
}

fn config(data: &Path, s3: u16, rpc: u16, admin: u16) -> Result<String> {
    Ok(format!(
        r#"metadata_dir = {meta}
data_dir = {blocks}
db_engine = "sqlite" # lmdb refuses keys of more than about 450 bytes
replication_factor = 1
compression_level = "none"
block_size = "10M"
disable_scrub = true
rpc_secret = "{secret}"
rpc_bind_addr = "127.0.0.1:{rpc}"
rpc_public_addr = "127.0.0.1:{rpc}"
[s3_api]
s3_region = "{REGION}"
api_bind_addr = "127.0.0.1:{s3}"
[admin]
api_bind_addr = "127.0.0.1:{admin}"
admin_token = "{token}"
"#,
        meta = quoted(&data.join("meta"))?,
        blocks = quoted(&data.join("data"))?,
        secret = random_hex(32)?,
        token = random_hex(16)?,
    ))
}

/// A JSON string is a TOML string too.
fn quoted(path: &Path) -> Result<String> {
    path.to_str()
        .map(|text| Value::from(text).to_string())
        .ok_or_else(|| Error::new(format!("garage needs a UTF-8 path: {}", path.display())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_configuration_names_its_directories_and_ports() -> Result<()> {
        let text = config(Path::new("/a \"b\"/c"), 1, 2, 3)?;
        assert!(text.contains(r#"metadata_dir = "/a \"b\"/c/meta""#), "{text}");
        assert!(text.contains("api_bind_addr = \"127.0.0.1:1\""), "{text}");
        assert!(text.contains("rpc_public_addr = \"127.0.0.1:2\""), "{text}");
        Ok(())
    }
}
