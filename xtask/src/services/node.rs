//! Packages of npm that tests use: a folder each, installed once.

use std::fs::{self, File};
use std::path::Path;
use std::process::{Command, Stdio};

use super::error::{Context as _, Result};
use super::install::{Installed, STEP_LIMIT, run, useful_line};
use super::services_directory;

/// A package of npm.
struct NodePackage {
    name: &'static str,
    version: &'static str,
    /// Another one beside it, with its version.
    beside: Option<&'static str>,
}

/// A provider of OpenID Connect.
const OIDC_PROVIDER: NodePackage =
    NodePackage { name: "oidc-provider", version: "9.13.3", beside: None };

/// What players in browsers are made of.
const SUBSONIC_API: NodePackage =
    NodePackage { name: "subsonic-api", version: "3.3.1", beside: None };

/// What drives browsers, and what judges whether everybody can use a page.
const PLAYWRIGHT: NodePackage =
    NodePackage { name: "playwright-core", version: "1.65.1", beside: Some("axe-core@4.14.1") };

impl NodePackage {
    /// The folder of the package, installed under `services` if it is not there.
    fn ensure(&self, services: &Path) -> Result<Installed> {
        let lock_path = services.join(format!("{}.lock", self.name));
        let lock = File::options()
            .create(true)
            .truncate(false)
            .read(true)
            .write(true)
            .open(&lock_path)
            .context(|| format!("can't open {}", lock_path.display()))?;
        lock.lock().context(|| format!("can't lock {}", lock_path.display()))?;
        let folder = services.join(self.name);
        let package = folder.join("node_modules").join(self.name);
        let (marker, wanted) =
            (folder.join("installed"), format!("{}@{}", self.name, self.version));
        let wanted = match self.beside {
            Some(beside) => format!("{wanted} {beside}"),
            None => wanted,
        };
        let mut probe = Command::new("node");
        probe.arg("--version");
        if let Some(output) = run(&mut probe, Stdio::null(), STEP_LIMIT)? {
            return Ok(Installed::Unavailable(format!("node: {}", useful_line(&output))));
        }
        if fs::read_to_string(&marker).is_ok_and(|text| text == wanted) && package.is_dir() {
            return Ok(Installed::Ready(package));
        }
        fs::create_dir_all(&folder).context(|| format!("can't make {}", folder.display()))?;
        let mut npm = Command::new("npm");
        npm.args(["install", "--no-audit", "--no-fund", "--loglevel", "error", "--prefix"])
            .arg(&folder)
            .args(wanted.split(' '));
        let share =
            lock.try_clone().map(Stdio::from).context(|| "can't share a lock".to_owned())?;
        if let Some(output) = run(&mut npm, share, STEP_LIMIT)? {
            let reason = format!("npm install {wanted}: {}", useful_line(&output));
            return Ok(Installed::Unavailable(reason));
        }
        fs::write(&marker, &wanted).context(|| format!("can't write {}", marker.display()))?;
        Ok(Installed::Ready(package))
    }
}

/// The folder of npm's oidc-provider.
pub(crate) fn oidc_provider(target_dir: &Path) -> Result<Installed> {
    OIDC_PROVIDER.ensure(&services_directory(target_dir)?)
}

/// The folder of npm's subsonic-api.
pub(crate) fn subsonic_api(target_dir: &Path) -> Result<Installed> {
    SUBSONIC_API.ensure(&services_directory(target_dir)?)
}

/// The folder of npm's playwright-core, with axe-core beside it.
pub(crate) fn playwright(target_dir: &Path) -> Result<Installed> {
    PLAYWRIGHT.ensure(&services_directory(target_dir)?)
}
