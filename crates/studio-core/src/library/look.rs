//! Looking at one object: what it is by its name, and what it says.

use std::sync::Arc;

use studio_audio::probe::{Probe, probe, probe_without_pictures};
use studio_blob::Error as StoreError;
use studio_blob::intake::{FoundObject, Intake};
use studio_domain::{AssetKey, Container};

use super::pictures;
use super::reader::Frugal;
use crate::sound::{error, measure};
use crate::{Error, Result};

/// The longest problem that is recorded (characters).
const MOST_TOLD: usize = 400;
/// What names of music end in.
const MUSIC: [&str; 15] = [
    "wav", "wave", "bwf", "flac", "mp3", "m4a", "m4b", "mp4", "aac", "ogg", "oga", "opus", "aif",
    "aiff", "aifc",
];
/// Directories that systems keep for themselves among the files of people.
const SYSTEM_DIRECTORIES: [&str; 4] = ["__MACOSX", "@eaDir", ".studio-staging", ".studio-intake"];

/// What an object is by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Music,
    /// A cover, the likelier the lower.
    Cover(u8),
}

/// An object that concerns a library.
#[derive(Debug, Clone)]
pub(super) struct Listed {
    /// Without the library's prefix.
    pub(super) key: AssetKey,
    /// As its bucket knows it.
    pub(super) found: FoundObject,
    pub(super) etag: String,
    pub(super) kind: Kind,
}

impl Listed {
    /// `None` for what is neither music nor a cover.
    pub(super) fn new(key: AssetKey, found: FoundObject) -> Option<Self> {
        let kind = kind_of(&key)?;
        // Where a listing has no states, size and time must do.
        let etag = found.state.etag.clone().unwrap_or_else(|| {
            let modified = found.modified.map_or(0, |modified| modified.as_micros());
            format!("{}-{modified}", found.size)
        });
        Some(Self { key, found, etag, kind })
    }
}

fn kind_of(key: &AssetKey) -> Option<Kind> {
    let (directories, file) = key.as_str().rsplit_once('/').unwrap_or(("", key.as_str()));
    let is_system = |part: &str| SYSTEM_DIRECTORIES.contains(&part) || part.starts_with(".Trash");
    // AppleDouble files have the names of those that they belong to.
    if file.starts_with("._") || directories.split('/').any(is_system) {
        return None;
    }
    if let Some(rank) = pictures::rank(key) {
        return Some(Kind::Cover(rank));
    }
    let (_, extension) = file.rsplit_once('.')?;
    MUSIC.contains(&extension.to_ascii_lowercase().as_str()).then_some(Kind::Music)
}

/// What came of looking at an object.
#[derive(Debug)]
pub(super) enum Look {
    /// It is music.
    Heard(Box<Probe>),
    /// Its bytes are no music; whoever looks again finds the same.
    NoMusic(String),
    /// It cannot be read now; another time it may.
    Unreadable(String),
    /// It was replaced or removed since it was listed.
    Moved,
}

/// What was looked at, with what it cost.
#[derive(Debug)]
pub(super) struct Looked {
    pub(super) listed: Listed,
    pub(super) look: Look,
    pub(super) bytes: u64,
}

/// Looks at an object. Fails only over what concerns all of them.
pub(super) async fn look(
    intake: Arc<dyn Intake>,
    listed: Listed,
    is_local: bool,
) -> Result<Looked> {
    let source = Arc::new(Frugal::new(&intake, listed.found.clone()));
    let what = listed.key.to_string();
    let reading = Arc::clone(&source);
    let probed = measure::aside(move || {
        let mut found = probe_without_pictures(&*reading).map_err(|e| error::of(&*what, e))?;
        // Pictures in MP4 are only seen by reading them; one that does not fit is one.
        if found.header.container == Some(Container::Mp4) && !found.tags.has_artwork {
            let whole = probe(&*reading).map(|whole| whole.tags.has_artwork);
            found.tags.has_artwork = reading.is_exhausted() || whole.unwrap_or(false);
        }
        Ok(found)
    });
    let look = match probed.await {
        Ok(probe) => Look::Heard(Box::new(probe)),
        Err(Error::Store(StoreError::NotFound { .. } | StoreError::Changed { .. })) => Look::Moved,
        Err(error @ Error::Store(StoreError::Archived { .. })) => Look::Unreadable(told(&error)),
        Err(error @ Error::Store(StoreError::Io { .. } | StoreError::Denied { .. }))
            if is_local =>
        {
            Look::Unreadable(told(&error))
        }
        Err(Error::Sound { source: error @ studio_audio::Error::Io(_), .. }) => {
            Look::Unreadable(told(&error))
        }
        Err(Error::Sound { source, .. }) => Look::NoMusic(told(&source)),
        Err(error) => return Err(error),
    };
    Ok(Looked { listed, look, bytes: source.used() })
}

/// An error with what is behind it, on one line.
fn told(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(error) = next {
        text = format!("{text}: {error}");
        next = error.source();
    }
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(MOST_TOLD).collect()
}

/// The media type of what is in a container.
pub(super) fn content_type(container: Option<Container>) -> &'static str {
    match container {
        Some(Container::Flac) => "audio/flac",
        Some(Container::Aiff | Container::Aifc) => "audio/aiff",
        Some(Container::Mp4) => "audio/mp4",
        Some(Container::Ogg) => "audio/ogg",
        Some(Container::Mpeg) => "audio/mpeg",
        Some(Container::Adts) => "audio/aac",
        Some(_) => "audio/wav",
        None => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test's way to fail")]

    use super::*;

    #[test]
    fn what_a_library_is_made_of_is_told_by_names() {
        let kind = |key: &str| kind_of(&key.parse().unwrap());
        assert_eq!(kind("A/B/01 T.FLAC"), Some(Kind::Music));
        assert_eq!(kind("A/B/cover.jpg"), Some(Kind::Cover(0)));
        let none = [
            "A/B/",
            "A/B/._01 T.flac",
            "A/B/booklet.pdf",
            "__MACOSX/A/x.wav",
            "flac",
            "@eaDir/x.mp3",
        ];
        for key in none {
            assert_eq!(kind(key), None, "{key}");
        }
    }
}
