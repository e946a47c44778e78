//! Putting the sources together.

use std::path::{Path, PathBuf};

use etcetera::BaseStrategy as _;
use etcetera::base_strategy::Xdg;
use studio_core::{ArtistName, PersonName, StoreUrl};

use super::care::Care;
use super::discogs::Discogs;
use super::file::{self, Found, Settings};
use super::ingest::{self, Ingest, Intake};
use super::oidc::OidcTable;
use super::profiles::Profiles;
use super::s3::S3;
use super::serve::Serve;
use super::transfer::Transfer;
use super::{Config, Set, Source};
use crate::args::Places;
use crate::failure::{Failure, Result};

/// The name of our directories below the standard ones.
const DIRECTORY: &str = "studio";

/// What the settings are taken from.
pub(super) struct Sources {
    here: PathBuf,
    xdg: Option<Xdg>,
    /// The strongest first.
    files: Vec<Found>,
}

/// Finds the effective configuration.
pub(crate) fn resolve(places: &Places) -> Result<Config> {
    refuse_what_is_not_text()?;
    let sources = Sources::find()?;
    Ok(Config {
        artist: sources.artist()?,
        person: sources.person()?,
        profile: sources.text(&["STUDIO_PROFILE"], |settings| settings.profile.clone()),
        profiles: sources.profiles(),
        analyse: sources.analyse()?,
        spool: sources.spool()?,
        store: sources.store(places.store.as_deref())?,
        database: sources.database(places.database.as_deref())?,
        s3: S3::of(&sources)?,
        transfer: Transfer::of(&sources)?,
        care: Care::of(&sources)?,
        ingest: Ingest::of(&sources)?,
        serve: Serve::of(&sources)?,
        discogs: Discogs::of(&sources)?,
        oidc: sources.oidc(),
        refill: false,
    })
}

/// The value of a variable that is set to something, and its name.
pub(super) fn variable(names: &[&'static str]) -> Option<Set<String>> {
    names.iter().find_map(|&name| {
        let value = std::env::var_os(name)?.to_string_lossy().into_owned();
        let value = Some(value).filter(|value| !value.trim().is_empty())?;
        Some(Set { value, source: Source::Variable(name) })
    })
}

/// A setting that cannot be read must not be taken for one that is not there.
fn refuse_what_is_not_text() -> Result<()> {
    let ours = |name: &str| {
        ["STUDIO_", "AWS_"].iter().any(|prefix| name.starts_with(prefix))
            || ["BUCKET_NAME", "DB_FILE_PATH", "ARTIST_NAME", "DISCOGS_TOKEN"].contains(&name)
    };
    let bad = std::env::vars_os()
        .find(|(name, value)| name.to_str().is_some_and(ours) && value.to_str().is_none());
    match bad {
        Some((name, _)) => Err(Failure::usage(
            format!("{} is not UTF-8", name.to_string_lossy()),
            "set it to a text in UTF-8, or unset it",
        )),
        None => Ok(()),
    }
}

/// The variables that are set and lead commands to a studio or an artist.
pub(crate) fn variables_set() -> Vec<&'static str> {
    let names = [
        "STUDIO_STORE",
        "BUCKET_NAME",
        "STUDIO_DATABASE",
        "DB_FILE_PATH",
        "STUDIO_ARTIST",
        "ARTIST_NAME",
    ];
    names.into_iter().filter(|name| variable(&[name]).is_some()).collect()
}

impl Sources {
    fn find() -> Result<Self> {
        let here = std::env::current_dir().map_err(|source| Failure::Own {
            message: "cannot tell the current directory".to_owned(),
            code: 1,
            source: Some(source),
            hint: None,
        })?;
        let xdg = Xdg::new().ok();
        let mut files = Vec::new();
        files.extend(file::read_from(&here)?);
        if let Some(xdg) = &xdg {
            let general = xdg.config_dir().join(DIRECTORY);
            if general != here {
                files.extend(file::read_from(&general)?);
            }
        }
        Ok(Self { here, xdg, files })
    }

    /// The first file that has a setting.
    fn in_files<T>(&self, get: impl Fn(&Settings) -> Option<T>) -> Option<(T, &Found)> {
        self.files.iter().find_map(|found| Some((get(&found.settings)?, found)))
    }

    pub(super) fn text(
        &self,
        variables: &[&'static str],
        get: impl Fn(&Settings) -> Option<String>,
    ) -> Option<Set<String>> {
        variable(variables).or_else(|| {
            let (value, found) = self.in_files(get)?;
            Some(Set { value, source: Source::File(found.path.clone()) })
        })
    }

    /// A setting whose text has a meaning.
    pub(super) fn parsed<T, E: std::fmt::Display>(
        &self,
        variables: &[&'static str],
        get: impl Fn(&Settings) -> Option<String>,
        parse: impl Fn(&str) -> Result<T, E>,
    ) -> Result<Option<Set<T>>> {
        let text = self.text(variables, get);
        text.map(|Set { value, source }| match parse(&value) {
            Ok(value) => Ok(Set { value, source }),
            Err(error) => Err(invalid(&source, &error)),
        })
        .transpose()
    }

    /// What files are put into; a path in a file belongs to the file's directory.
    pub(super) fn intake(
        &self,
        variables: &[&'static str],
        get: impl Fn(&Settings) -> Option<String>,
    ) -> Result<Option<Set<Intake>>> {
        if let Some(Set { value, source }) = variable(variables) {
            let value = ingest::parse_intake(&value, &self.here, &source)?;
            return Ok(Some(Set { value, source }));
        }
        let Some((text, found)) = self.in_files(get) else { return Ok(None) };
        let source = Source::File(found.path.clone());
        let value = ingest::parse_intake(&text, found.directory(), &source)?;
        Ok(Some(Set { value, source }))
    }

    fn artist(&self) -> Result<Option<Set<ArtistName>>> {
        let names = ["STUDIO_ARTIST", "ARTIST_NAME"];
        self.parsed(&names, |settings| settings.artist.clone(), ArtistName::new)
    }

    /// Where bytes lie that are worked on: not where the system keeps small temporary files,
    /// which is often memory.
    fn spool(&self) -> Result<Option<Set<PathBuf>>> {
        if let Some(Set { value, source }) = variable(&["STUDIO_SPOOL"]) {
            let value = self.here.join(self.at_home(Path::new(&value), &source)?);
            return Ok(Some(Set { value, source }));
        }
        if let Some((path, found)) = self.in_files(|settings| settings.spool.clone()) {
            let source = Source::File(found.path.clone());
            let value = found.directory().join(self.at_home(&path, &source)?);
            return Ok(Some(Set { value, source }));
        }
        let cache = self.xdg.as_ref().map(|xdg| xdg.cache_dir().join(DIRECTORY));
        Ok(cache.map(|value| Set { value, source: Source::Default }))
    }

    /// The profiles of one's own in all files; of two with one name the stronger file's.
    fn profiles(&self) -> Profiles {
        let mut all = Profiles::new();
        for found in self.files.iter().rev() {
            all.extend(found.settings.profiles.clone());
        }
        all
    }

    /// The providers of the strongest file that has any.
    fn oidc(&self) -> Vec<OidcTable> {
        let has = |found: &&Found| !found.settings.oidc.is_empty();
        let found = self.files.iter().find(has);
        found.map(|found| found.settings.oidc.clone()).unwrap_or_default()
    }

    fn analyse(&self) -> Result<Option<Set<bool>>> {
        let text = |settings: &Settings| settings.analyse.map(|analyse| analyse.to_string());
        self.parsed(&["STUDIO_ANALYSE"], text, |text| match text {
            "true" | "1" | "yes" => Ok(true),
            "false" | "0" | "no" => Ok(false),
            other => Err(format!("`{other}` is neither true nor false")),
        })
    }

    /// Who works here: the login name, where nothing else is said and it can be a name.
    fn person(&self) -> Result<Option<Set<PersonName>>> {
        let said =
            self.parsed(&["STUDIO_PERSON"], |settings| settings.person.clone(), PersonName::new)?;
        Ok(said.or_else(|| {
            let Set { value, source } = variable(&["USER", "LOGNAME", "USERNAME"])?;
            Some(Set { value: PersonName::new(&value).ok()?, source })
        }))
    }

    fn store(&self, flag: Option<&str>) -> Result<Set<StoreUrl>> {
        let here = self.here.as_path();
        if let Some(text) = flag {
            return self.parse_store(text, here, Source::Flag("--store"));
        }
        if let Some(Set { value, source }) = variable(&["STUDIO_STORE"]) {
            return self.parse_store(&value, here, source);
        }
        if let Some(Set { value, source }) = variable(&["BUCKET_NAME"]) {
            return self.parse_store(&format!("s3://{value}"), here, source);
        }
        if let Some((text, found)) = self.in_files(|settings| settings.store.clone()) {
            return self.parse_store(&text, found.directory(), Source::File(found.path.clone()));
        }
        let value = StoreUrl::File(self.data_directory("STUDIO_STORE")?.join("store"));
        Ok(Set { value, source: Source::Default })
    }

    fn database(&self, flag: Option<&Path>) -> Result<Set<PathBuf>> {
        let here = self.here.as_path();
        if let Some(path) = flag {
            let source = Source::Flag("--database");
            return Ok(Set { value: here.join(self.at_home(path, &source)?), source });
        }
        if let Some(Set { value, source }) = variable(&["STUDIO_DATABASE", "DB_FILE_PATH"]) {
            return Ok(Set { value: here.join(self.at_home(Path::new(&value), &source)?), source });
        }
        if let Some((path, found)) = self.in_files(|settings| settings.database.clone()) {
            let source = Source::File(found.path.clone());
            let value = found.directory().join(self.at_home(&path, &source)?);
            return Ok(Set { value, source });
        }
        let value = self.data_directory("STUDIO_DATABASE")?.join("studio.db");
        Ok(Set { value, source: Source::Default })
    }

    /// Reads a store's name; a plain path is a directory.
    fn parse_store(&self, text: &str, base: &Path, source: Source) -> Result<Set<StoreUrl>> {
        // `s3:music` is a slip, not a directory of that name.
        let scheme = text.split_once(':').map_or("", |(scheme, _)| scheme);
        let has_scheme = scheme.len() > 1 && scheme.bytes().all(|b| b.is_ascii_alphanumeric());
        let url = match has_scheme || text.is_empty() {
            true => text.parse(),
            false => {
                let path = base.join(self.at_home(Path::new(text), &source)?);
                path.to_string_lossy().parse::<StoreUrl>()
            }
        };
        match url {
            Ok(StoreUrl::Memory) => {
                Err(invalid(&source, &"a store in memory would be gone with the command"))
            }
            Ok(value) => Ok(Set { value, source }),
            Err(error) => Err(invalid(&source, &error)),
        }
    }

    /// A path that may begin with `~/`: a shell leaves that as it is in a file, in quotes and
    /// behind `--store=`, and nobody means a directory of that name.
    fn at_home(&self, path: &Path, source: &Source) -> Result<PathBuf> {
        let Ok(below) = path.strip_prefix("~") else { return Ok(path.to_owned()) };
        match &self.xdg {
            Some(xdg) => Ok(xdg.home_dir().components().chain(below.components()).collect()),
            None => Err(Failure::usage(
                format!("{source}: there is no home directory for `{}`", path.display()),
                "set HOME, or write the whole path",
            )),
        }
    }

    fn data_directory(&self, instead: &str) -> Result<PathBuf> {
        match &self.xdg {
            Some(xdg) => Ok(xdg.data_dir().join(DIRECTORY)),
            None => Err(Failure::usage(
                "there is no home directory to keep a studio in",
                format!("set {instead}, or HOME"),
            )),
        }
    }
}

/// A path below a directory, or below the home directory where it begins with `~/`.
pub(super) fn home_joined(base: &Path, path: &Path) -> PathBuf {
    match (path.strip_prefix("~"), Xdg::new()) {
        (Ok(below), Ok(xdg)) => xdg.home_dir().join(below),
        _ => base.join(path),
    }
}

/// A setting that makes no sense.
pub(super) fn invalid(source: &Source, problem: &dyn std::fmt::Display) -> Failure {
    Failure::usage(
        format!("{source}: {problem}"),
        "`studio config --help` shows what each setting looks like",
    )
}
