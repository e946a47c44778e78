//! The gate before the studio: what an upload must keep to.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use studio_audio::ByteSource;
use studio_audio::analysis::{Analysis, Measures, analyse};
use studio_audio::gate::{
    ContentFacts, Level, Profile, Rule, Verdict, judge_content, judge_header,
};
use studio_audio::probe::{Header, examine};
use studio_audio::source::FileSource;
use studio_audio::{Error as SoundError, decode};
use studio_domain::SoundFacts;

use super::{error, measure};
use crate::{Error, Event, Job, Phase, Result};

/// What listening to a file told.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Heard {
    pub(crate) verdict: Verdict,
    /// What is known of its sound; `None` when it has none.
    pub(crate) facts: Option<SoundFacts>,
    /// All that decoding it found, if it was decoded.
    pub(crate) analysis: Option<Analysis>,
}

impl Heard {
    /// The same of sound of which not even the beginning can be decoded.
    fn undecodable(self, header: &Header, error: &SoundError, profile: &Profile) -> Self {
        let content = ContentFacts {
            declared_frames: header.declared_frames,
            undecodable: Some(error.to_string()),
            ..ContentFacts::default()
        };
        Self { verdict: self.verdict.and(judge_content(&content, profile)), ..self }
    }
}

/// How closely is listened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Hearing {
    /// Decodes all of it whatever the profile asks for.
    pub(crate) measures: bool,
}

impl Hearing {
    /// The profile, which tells in any case of what cannot be measured to its end.
    fn profile(self, profile: &Profile) -> Profile {
        let silent = [Rule::Undecodable, Rule::FramesDiffer, Rule::NotFinite]
            .into_iter()
            .filter(|rule| self.measures && profile.level_of(*rule) == Level::Off);
        silent.fold(profile.clone(), |profile, rule| profile.level(rule, Level::Warn))
    }
}

/// Judges a file that is open. Blocks until it is done.
pub(crate) fn hear(
    source: &Arc<dyn ByteSource>,
    what: &str,
    profile: &Profile,
    hearing: Hearing,
    job: &Job,
) -> Result<Heard> {
    let profile = &hearing.profile(profile);
    let header = examine(&**source).map_err(|e| error::of(what, e))?;
    let verdict = judge_header(&header, profile);
    let facts = header.format.map(|format| SoundFacts { format, measured: None });
    let heard = Heard { verdict, facts, analysis: None };
    let wanted = hearing.measures || profile.needs_content();
    // What is refused already need not be listened to.
    if !wanted || !heard.verdict.is_accepted() || header.container.is_none() {
        return Ok(heard);
    }
    let mut decoder = match decode::open(Arc::clone(source)) {
        Ok(decoder) => decoder,
        Err(
            error @ (SoundError::Malformed { .. }
            | SoundError::NotAudio
            | SoundError::Unsupported { .. }),
        ) => return Ok(heard.undecodable(&header, &error, profile)),
        Err(error) => return Err(error::of(what, error)),
    };
    let frames = decoder.sound().declared_frames.unwrap_or(0);
    job.tell(Event::Begin { phase: Phase::Listening, total: frames });
    let mut go_on = measure::telling(job);
    let measures = Measures { peaks: false, ..Measures::ALL };
    let analysed = analyse(&mut *decoder, measures, &mut go_on);
    job.tell(Event::End);
    let analysis = match analysed {
        Ok(analysis) => analysis,
        Err(error @ SoundError::Unsupported { .. }) => {
            return Ok(heard.undecodable(&header, &error, profile));
        }
        Err(error) => return Err(error::of(what, error)),
    };
    let Heard { verdict, facts, .. } = heard;
    let content = analysis.content_facts().map(|facts| judge_content(&facts, profile));
    let facts = facts.map(|facts| SoundFacts { measured: analysis.measured(), ..facts });
    let verdict = verdict.and(content.unwrap_or_default());
    Ok(Heard { verdict, facts, analysis: Some(analysis) })
}

/// The same of a file that an upload has open, on a thread of its own.
pub(crate) async fn hear_file(
    file: &File,
    path: &Path,
    profile: Arc<Profile>,
    hearing: Hearing,
    job: &Job,
) -> Result<Heard> {
    let unreadable = |source| Error::SourceUnreadable { file: path.to_owned(), source };
    let source = file.try_clone().and_then(FileSource::new).map_err(unreadable)?;
    let (what, job) = (path.display().to_string(), job.clone());
    measure::aside(move || {
        let source: Arc<dyn ByteSource> = Arc::new(source);
        hear(&source, &what, &profile, hearing, &job)
    })
    .await
}
