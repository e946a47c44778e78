//! One history: a command killed several times, run to its end, and what is there then.

use std::fs;
use std::path::Path;
use std::time::Duration;

use super::attempt::{Ended, Trigger, attempt};
use super::subject::{STEPS, Setup, Subject};
use crate::Result;
use crate::files::Random;
use crate::s3::{Buckets, Contents};
use crate::wire::Wire;

/// How much more than a run that nobody kills a later one may send beside the files: it
/// asks for what is there.
const MORE_BESIDE: u64 = 64 << 10;
/// The most often that one command is killed.
const MOST_KILLS: u64 = 6;

/// When the runs of a history are killed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// At a step of the protocol.
    Step(&'static str),
    /// After a random number of bytes.
    Bytes,
    /// At a random time.
    Time,
    /// At any of these.
    Mixed,
}

impl Kind {
    /// All there are.
    pub(super) fn all() -> Vec<Self> {
        let steps = STEPS.iter().map(|step| Self::Step(step));
        steps.chain([Self::Bytes, Self::Time, Self::Mixed]).collect()
    }

    /// How it is called in the table.
    pub(super) fn name(self) -> String {
        match self {
            Self::Step(step) => format!("`{step}`"),
            Self::Bytes => "random bytes".to_owned(),
            Self::Time => "random times".to_owned(),
            Self::Mixed => "all of these, mixed".to_owned(),
        }
    }
}

/// What all histories of a run have in common.
pub(super) struct Harness<'a> {
    pub(super) studio: &'a Path,
    pub(super) buckets: &'a Buckets,
    pub(super) wire: &'a Wire,
    /// Leads to the server, over the wire.
    pub(super) environment: &'a [(String, String)],
    pub(super) place: &'a Path,
    /// The bytes of the files together, about.
    pub(super) size: u64,
    /// How long a run takes that nobody kills.
    pub(super) usual: Duration,
    /// What it sends beside the files: heads of requests, listings, manifests.
    pub(super) beside: u64,
}

/// What came of a history.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    pub(super) kills: u64,
    /// All of them, the last one that nobody killed included.
    pub(super) runs: u64,
    /// The bytes on the wire beyond those of the files and of what goes beside them.
    pub(super) sent_again: u64,
    /// The most that the kills allow.
    pub(super) allowed: u64,
    /// What is not as it must be.
    pub(super) violations: Vec<String>,
    /// The bytes on the wire beyond those of the files.
    pub(super) beside: u64,
    /// How long the last run took.
    pub(super) last: Duration,
    /// The steps that the last run told of.
    pub(super) steps: Vec<String>,
}

impl Harness<'_> {
    /// Kills a command up to `most_kills` times, runs it to its end, and looks.
    pub(super) fn history(
        &self,
        subject: Subject,
        kind: Option<Kind>,
        name: &str,
        seed: u64,
    ) -> Result<Outcome> {
        let mut random = Random::new(seed);
        let scratch = self.place.join(name);
        fs::create_dir(&scratch)?;
        let directory = scratch.join("take");
        let files = subject.make(&directory, self.size, random.next())?;
        let setup = Setup {
            studio: self.studio,
            subject,
            bucket: name,
            database: scratch.join("studio.db"),
            files,
            directory,
            environment: self.environment,
        };
        self.buckets.create(name)?;
        let mut outcome = Outcome::default();
        let before = self.wire.sent();
        if let Some(kind) = kind {
            self.kill(&setup, kind, before, &mut random, &mut outcome)?;
        }
        let ended = self.run(&setup, Trigger::Never, &mut outcome)?;
        if !ended.status.success() {
            let what = format!("the last run ended with {}:\n{}", ended.status, ended.errors);
            outcome.violations.push(what);
        }
        outcome.last = ended.wall;
        outcome.steps = ended.steps;
        self.judge(&setup, self.wire.sent() - before, &mut outcome)?;
        self.buckets.drop(name)?;
        fs::remove_dir_all(&scratch)?;
        Ok(outcome)
    }

    fn kill(
        &self,
        setup: &Setup<'_>,
        kind: Kind,
        before: u64,
        random: &mut Random,
        outcome: &mut Outcome,
    ) -> Result {
        for _ in 0..=random.below(MOST_KILLS) {
            let sent = self.wire.sent() - before;
            let trigger = self.trigger(setup.subject, kind, sent, random);
            let ended = self.run(setup, trigger, outcome)?;
            match ended.was_killed() {
                true => outcome.kills += 1,
                // All is done, and would only be done again.
                false if ended.status.success() => return Ok(()),
                false => {
                    let what = format!("a run ended with {}:\n{}", ended.status, ended.errors);
                    outcome.violations.push(what);
                }
            }
        }
        Ok(())
    }

    fn run(&self, setup: &Setup<'_>, trigger: Trigger, outcome: &mut Outcome) -> Result<Ended> {
        outcome.runs += 1;
        attempt(setup.command(), trigger, self.wire)
    }

    fn trigger(&self, subject: Subject, kind: Kind, sent: u64, random: &mut Random) -> Trigger {
        match kind {
            // Only a second attempt gets there, if the first one has sent something.
            Kind::Step("resumed") if sent < self.size / 4 => {
                self.trigger(subject, Kind::Step("part_sent"), sent, random)
            }
            Kind::Step("resumed") => Trigger::Step("resumed", 1),
            Kind::Step(step) => Trigger::Step(step, 1 + random.below(subject.tellings(step))),
            Kind::Bytes => {
                let to_come = self.size.saturating_sub(sent).max(1 << 20);
                Trigger::Bytes(1 + random.below(to_come))
            }
            Kind::Time => {
                let micros = u64::try_from(self.usual.as_micros()).unwrap_or(u64::MAX);
                Trigger::Time(Duration::from_micros(random.below(micros)))
            }
            Kind::Mixed => {
                let mut kinds = Kind::all();
                kinds.retain(|kind| *kind != Kind::Mixed);
                let kind = kinds[random.below(kinds.len() as u64) as usize];
                self.trigger(subject, kind, sent, random)
            }
        }
    }

    /// Looks at the catalogue, at the bucket as another program sees it, and at the wire.
    fn judge(&self, setup: &Setup<'_>, sent: u64, outcome: &mut Outcome) -> Result {
        let expected = setup.expected()?;
        let rows = setup.rows()?;
        if rows != expected {
            let what = format!("the catalogue has {rows:?}, and not {expected:?}");
            outcome.violations.push(what);
        }
        let digests = expected.iter().map(|(_, digest)| digest.as_str()).collect::<Vec<_>>();
        outcome.violations.extend(faults(
            &self.buckets.look(setup.bucket)?,
            setup.subject.manifests(),
            &digests,
        ));
        let sizes = setup.files.iter().map(|file| Ok(file.metadata()?.len()));
        let size: u64 = sizes.collect::<Result<Vec<_>>>()?.iter().sum();
        outcome.beside = sent.saturating_sub(size);
        let usual = outcome.runs * (self.beside + MORE_BESIDE);
        outcome.sent_again = outcome.beside.saturating_sub(usual);
        outcome.allowed = outcome.kills * setup.subject.in_flight();
        if outcome.sent_again > outcome.allowed {
            let (again, allowed) = (outcome.sent_again, outcome.allowed);
            let what = format!("{again} bytes were sent again, at most {allowed} were in flight");
            outcome.violations.push(what);
        }
        Ok(())
    }
}

/// What is not as it must be in a bucket that is to have one object and one manifest, below
/// some prefix, of each of these digests.
fn faults(found: &Contents, kept_below: &str, digests: &[&str]) -> Vec<String> {
    let mut faults = Vec::new();
    let (mut objects, mut manifests) = (Vec::new(), 0);
    for object in &found.objects {
        match object.key.as_str() {
            key if key.starts_with("objects/") => objects.push(object.sha256.as_str()),
            key if key.starts_with(kept_below) => manifests += 1,
            _ => faults.push(format!("{} is in the bucket", object.key)),
        }
        let named = object.key.rsplit('/').next().unwrap_or_default();
        if object.key.starts_with("objects/") && named != object.sha256 {
            faults.push(format!("the bytes of {} have the digest {}", object.key, object.sha256));
        }
    }
    objects.sort_unstable();
    let mut wanted = digests.to_vec();
    wanted.sort_unstable();
    if objects != wanted {
        faults.push(format!("the bucket has the objects {objects:?}, and not {wanted:?}"));
    }
    if manifests != digests.len() {
        faults.push(format!("{manifests} manifests for {} versions", digests.len()));
    }
    if !found.open_uploads.is_empty() {
        faults.push(format!("multipart uploads were left open: {:?}", found.open_uploads));
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::s3::Object;

    fn bucket(keys: &[(&str, &str)], open: &[&str]) -> Contents {
        let object = |(key, sha256): &(&str, &str)| Object {
            key: (*key).to_owned(),
            size: 1,
            sha256: (*sha256).to_owned(),
        };
        let open_uploads = open.iter().map(|key| (*key).to_owned()).collect();
        Contents { objects: keys.iter().map(object).collect(), open_uploads }
    }

    #[test]
    fn a_bucket_as_it_must_be_has_no_faults() {
        let found = bucket(&[("objects/ab/abcd", "abcd"), ("versions/1.json", "x")], &[]);
        assert!(faults(&found, "versions/", &["abcd"]).is_empty());
    }

    #[test]
    fn every_fault_of_a_bucket_is_told() {
        let good = [("objects/ab/abcd", "abcd"), ("versions/1.json", "x")];
        let with = |more: &[(&str, &str)], open: &[&str]| {
            faults(&bucket(&[&good, more].concat(), open), "versions/", &["abcd"]).len()
        };
        assert_eq!(with(&[], &["objects/ab/abcd"]), 1);
        assert_eq!(with(&[("versions/2.json", "y")], &[]), 1);
        assert_eq!(with(&[("objects/cd/cdef", "cdef")], &[]), 1);
        assert_eq!(with(&[("else", "z")], &[]), 1);
        assert_eq!(with(&[("published/recordings/1.json", "z")], &[]), 1);
        assert_eq!(faults(&bucket(&[], &[]), "versions/", &["abcd"]).len(), 2);
        let rotten = bucket(&[("objects/ab/abcd", "0000"), good[1]], &[]);
        assert_eq!(faults(&rotten, "versions/", &["abcd"]).len(), 2);
    }
}
