//! The built program in a directory of its own, with an environment of its own.
#![allow(dead_code, reason = "each test file uses its part")]

pub(crate) mod service;
pub(crate) mod shelf;
pub(crate) mod takes;

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

/// A place to run `studio` in.
pub(crate) struct Desk {
    directory: tempfile::TempDir,
    environment: Vec<(String, String)>,
}

/// The words of a command, with more behind them.
pub(crate) fn with<'a>(first: &[&'a str], more: &[&'a str]) -> Vec<&'a str> {
    [first, more].concat()
}

/// How a run ended.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Desk {
    pub(crate) fn new() -> Self {
        Self { directory: tempfile::tempdir().unwrap(), environment: Vec::new() }
    }

    /// The same with a variable set for every run.
    pub(crate) fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.environment.push((name.to_owned(), value.into()));
        self
    }

    /// The same with an S3 server's environment, and a bucket on it for a store.
    pub(crate) fn on_s3(self, server: &studio_testkit::s3::TestS3, bucket: &str) -> Self {
        let server = server.environment().into_iter();
        server
            .fold(self, |desk, (name, value)| desk.with(name, value))
            .with("STUDIO_STORE", format!("s3://{bucket}"))
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// Writes a file into the directory.
    pub(crate) fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, bytes).unwrap();
        path
    }

    pub(crate) fn read(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.path(name)).unwrap()
    }

    /// What a file holds; nothing if it is not there.
    pub(crate) fn text(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap_or_default()
    }

    /// A variable that is set for every run.
    pub(crate) fn variable(&self, name: &str) -> String {
        let mut named = self.environment.iter().filter(|(own, _)| own == name);
        named.next_back().unwrap().1.clone()
    }

    /// The program, to be run here with nothing of the outside but the time zone UTC.
    pub(crate) fn command<S: AsRef<OsStr>>(&self, arguments: &[S]) -> Command {
        self.prepare(Command::new(env!("CARGO_BIN_EXE_studio")), arguments)
    }

    /// A shell script with the program as `$0` and the arguments behind it.
    pub(crate) fn shell<S: AsRef<OsStr>>(&self, script: &str, arguments: &[S]) -> Command {
        let mut shell = Command::new("sh");
        shell.args(["-c", script, env!("CARGO_BIN_EXE_studio")]);
        self.prepare(shell, arguments)
    }

    fn prepare<S: AsRef<OsStr>>(&self, mut command: Command, arguments: &[S]) -> Command {
        command
            .args(arguments)
            .current_dir(self.directory.path())
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.path("home"))
            .env("TZ", "UTC")
            // No wait for the metadata service of a cloud we are not in.
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .stdin(Stdio::null());
        for (name, value) in &self.environment {
            command.env(name, value);
        }
        command
    }

    pub(crate) fn run<S: AsRef<OsStr>>(&self, arguments: &[S]) -> Ran {
        self.command(arguments).output().unwrap().into()
    }

    /// Every file here with its bytes: what a dry run leaves as it is.
    pub(crate) fn tree(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let files = shelf::files_in(self.directory.path()).into_iter();
        files.map(|file| (file.clone(), std::fs::read(file).unwrap())).collect()
    }

    /// Runs a command that is to change nothing, neither here nor in the store.
    pub(crate) fn changes_nothing<S: AsRef<OsStr>>(
        &self,
        shelf: &shelf::Shelf<'_>,
        arguments: &[S],
    ) -> Ran {
        let state = || {
            // Whoever closes a database last leaves all of it in the one file.
            self.run(&["list"]);
            let objects = shelf.keys("").into_iter();
            let objects = objects.map(|key| (PathBuf::from(&key), shelf.get(&key)));
            self.tree().into_iter().chain(objects).collect::<BTreeMap<_, _>>()
        };
        let before = state();
        let ran = self.run(arguments);
        let after = state();
        let differs = |path: &&PathBuf| before.get(*path) != after.get(*path);
        let changed: Vec<_> = before.keys().chain(after.keys()).filter(differs).collect();
        assert!(changed.is_empty(), "it changed {changed:?}: {ran:?}");
        ran
    }

    /// The object of a version of [`store`](Self::store)'s.
    pub(crate) fn key(&self, artist: &str, song: &str, track: &str, tag: &str) -> String {
        let shown = self.run(&["show", "-a", artist, "-s", song, "-t", track, "-v", tag, "--json"]);
        shown.json()["object_key"].as_str().unwrap().to_owned()
    }

    /// Whether nothing is stored.
    pub(crate) fn is_empty(&self) -> bool {
        let list = self.run(&["list", "--json"]).json();
        list["versions"] == serde_json::json!([])
    }

    /// Uploads bytes as a version of the artist's track, and expects success.
    pub(crate) fn store(&self, artist: &str, song: &str, track: &str, tag: &str, bytes: &[u8]) {
        self.file("take.wav", bytes);
        let ran = self.run(&[
            "upload",
            "--artist",
            artist,
            "--song",
            song,
            "--track",
            track,
            "--version",
            tag,
            "--file-path",
            "take.wav",
        ]);
        assert_eq!(ran.code, Some(0), "{ran:?}");
    }
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

impl Ran {
    /// Expects success and gives stdout.
    pub(crate) fn out(self) -> String {
        assert_eq!(self.code, Some(0), "{self:?}");
        self.stdout
    }

    /// Expects success and gives stdout as JSON.
    pub(crate) fn json(self) -> serde_json::Value {
        serde_json::from_str(&self.out()).unwrap()
    }

    /// Expects this code, and on stdout the JSON of a `T` and nothing besides.
    pub(crate) fn answer<T>(&self, code: i32) -> T
    where
        T: serde::Serialize + serde::de::DeserializeOwned,
    {
        assert_eq!(self.code, Some(code), "{self:?}");
        let json: serde_json::Value = serde_json::from_str(&self.stdout).unwrap();
        let answer: T = serde_json::from_value(json.clone()).unwrap();
        assert_eq!(serde_json::to_value(&answer).unwrap(), json, "fields that the type lacks");
        answer
    }

    /// Expects this code, all of `out` on stdout, all of `err` on stderr, and a hint.
    pub(crate) fn tells(&self, code: i32, out: &[&str], err: &[&str]) {
        assert_eq!(self.code, Some(code), "{self:?}");
        for part in out {
            assert!(self.stdout.contains(part), "`{part}` is not in: {}", self.stdout);
        }
        for part in err {
            assert!(self.stderr.contains(part), "`{part}` is not in: {}", self.stderr);
        }
        assert!(code == 0 || self.stderr.contains("hint: "), "no hint: {}", self.stderr);
    }

    /// Expects a failure with this code, an error that names all of `parts`, a hint, and
    /// nothing on stdout.
    pub(crate) fn fails(&self, code: i32, parts: &[&str]) {
        assert_eq!(self.code, Some(code), "{self:?}");
        assert_eq!(self.stdout, "", "data only on stdout");
        assert!(self.stderr.contains("error: "), "{self:?}");
        for part in parts {
            assert!(self.stderr.contains(part), "`{part}` is not in: {}", self.stderr);
        }
        let has_hint = self.stderr.contains("hint: ")
            || self.stderr.contains("tip: ")
            || self.stderr.contains("try '--help'");
        assert!(has_hint, "no hint: {}", self.stderr);
    }
}
