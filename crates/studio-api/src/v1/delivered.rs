//! What a delivered directory says of itself.

use serde::{Deserialize, Serialize};

use super::{AudioFormat, Loudness, ManifestError, Mix, check_format};
use crate::format_time;

/// `session.json` of a delivered directory. It goes to strangers: nothing in it tells of the
/// store that the sound comes from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Session {
    /// Always [`Session::FORMAT`].
    pub format: String,
    /// The artist's name.
    pub artist: String,
    /// The song's title.
    pub song: String,
    /// The file with the mix.
    pub mix: String,
    /// The files with the stems.
    pub stems: Vec<SessionFile>,
    /// The release that was delivered.
    pub release: SessionRelease,
}

/// What is told of a release.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SessionRelease {
    /// UUID.
    pub id: String,
    /// Its name, unique for the song.
    pub name: String,
    /// Who made it.
    pub by: String,
    /// When, in RFC 3339.
    pub at: String,
    /// In their words.
    pub note: Option<String>,
    /// The program that made it.
    pub made_with: String,
    /// How its stems are mixed.
    pub mix: Mix,
}

/// One stem of a delivered directory.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SessionFile {
    /// Its name in the directory.
    pub file: String,
    /// The track's name.
    pub track: String,
    /// The version tag.
    pub version: String,
    /// What the file that it was stored as is. The delivered one may have another header, and
    /// has the same samples.
    pub audio: AudioFormat,
    /// SHA-256 of its samples.
    pub audio_sha256: String,
    /// How loud it is by itself.
    pub loudness: Loudness,
    /// In the mix it is made louder or softer by so many dB.
    pub gain_db: f64,
    /// In the mix it stands from -100 (left) to 100 (right).
    pub pan_percent: i8,
    /// In the mix it begins so many frames of the mix after that does.
    pub offset_frames: i64,
    /// Left out of the mix.
    pub mute: bool,
    /// The pick that chose it.
    pub pick: Option<super::Pick>,
    /// How good somebody found it; null where nobody said.
    pub mark: Option<super::Mark>,
}

impl From<&studio_domain::Release> for SessionRelease {
    fn from(release: &studio_domain::Release) -> Self {
        Self {
            id: release.id.to_string(),
            name: release.name.to_string(),
            by: release.said.by.to_string(),
            at: format_time(release.said.at),
            note: release.said.note.as_ref().map(ToString::to_string),
            made_with: release.made_with.clone(),
            mix: Mix::from(&release.mix),
        }
    }
}

impl SessionFile {
    /// What is told of a stem in a file.
    pub fn new(
        file: &str,
        stem: &studio_domain::Stem,
        pick: Option<&studio_domain::Pick>,
        mark: Option<&studio_domain::Mark>,
    ) -> Self {
        Self {
            file: file.to_owned(),
            track: stem.track.to_string(),
            version: stem.tag.to_string(),
            audio: AudioFormat::from(&stem.format),
            audio_sha256: stem.audio_digest.to_string(),
            loudness: Loudness::from(&stem.loudness),
            gain_db: stem.level.gain.as_f64(),
            pan_percent: stem.level.pan.percent(),
            offset_frames: stem.level.offset,
            mute: stem.level.mute,
            pick: pick.map(super::Pick::from),
            mark: mark.map(super::Mark::from),
        }
    }
}

impl Session {
    /// Names this format and its version.
    pub const FORMAT: &'static str = "studio.session/1";

    /// Reads what a directory says of itself. Whatever the bytes are, this returns.
    ///
    /// # Errors
    /// [`ManifestError`].
    pub fn decode(json: &[u8]) -> Result<Self, ManifestError> {
        check_format(json, Self::FORMAT)?;
        serde_json::from_slice(json).map_err(ManifestError::Json)
    }
}
