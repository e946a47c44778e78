//! `studio probe`.

use std::path::Path;

use studio_api::v1;
use studio_core::audio::metadata::{Bext, Ixml};
use studio_core::audio::probe::{Probe, Tags};
use studio_core::{Job, Probed, Subject, probe_file};

use super::artwork::Wanted;
use super::left::{LeftOut, concerns_one};
use super::subject::{each, given, short, wire};
use crate::args;
use crate::config::Config;
use crate::failure::Result;
use crate::output::sound;
use crate::output::text::{Out, print_fields};

pub(super) fn run(config: &Config, arguments: &args::Probe) -> Result<()> {
    let wanted = Wanted::of(arguments)?;
    if wanted.is_none()
        && let Some(files) = files_alone(&arguments.subjects)
    {
        let mut answer = Answer::to(arguments.json, files.len());
        for file in files {
            answer.take(Subject::File(file.to_owned()), probe_file(file))?;
        }
        return answer.end();
    }
    let studio = super::open(config, super::Use::Look)?;
    super::work(super::BEGINS_ANEW, async |job: Job| {
        let given = given(&studio, config, &arguments.subjects, false).await?;
        let found = each(&studio, given).await?;
        if let (Some(wanted), []) = (&wanted, &found.failed[..]) {
            wanted.write(&studio, &found.subjects, &job).await?;
        }
        let mut answer = Answer::to(arguments.json, found.named());
        answer.failed = found.failed;
        for subject in found.subjects {
            let probed = studio.probe(&subject, &job).await;
            answer.take(subject, probed)?;
        }
        answer.end()
    })
}

/// The files that were given, if nothing else was. Their headers are read in microseconds: to
/// open the catalogue, and to start the threads that move bytes, takes far longer.
fn files_alone(subjects: &args::Subjects) -> Option<Vec<&Path>> {
    let args::Subjects { what, filter } = subjects;
    let names_versions = filter.song.is_some() || filter.version.is_some();
    let files: Vec<&Path> = what.iter().map(Path::new).collect();
    let alone = !files.is_empty() && !names_versions && files.iter().all(|file| file.is_file());
    alone.then_some(files)
}

/// What is told, as it comes.
struct Answer {
    json: bool,
    /// How many are looked at.
    of: usize,
    probed: Vec<Probed>,
    failed: Vec<LeftOut>,
}

impl Answer {
    fn to(json: bool, of: usize) -> Self {
        Self { json, of, probed: Vec::new(), failed: Vec::new() }
    }

    fn take(&mut self, subject: Subject, probed: studio_core::Result<Probed>) -> Result<()> {
        match probed {
            Ok(one) => {
                if !self.json {
                    print(&one, self.probed.is_empty())?;
                }
                self.probed.push(one);
            }
            // Of many, one that is no sound does not hide the others.
            Err(error) if concerns_one(&error) => self.failed.push(LeftOut::of(&subject, error)),
            Err(error) => return Err(error.into()),
        }
        Ok(())
    }

    fn end(self) -> Result<()> {
        if self.json {
            let probes = self.probed.iter().map(wire_probe).collect();
            let failed = super::left::wire_failures(&self.failed);
            Out::new().json(&v1::ProbeList { probes, failed })?;
        }
        super::left::sound_failures(self.failed, self.of)
    }
}

fn wire_probe(probed: &Probed) -> v1::Probe {
    let probe = &probed.probe;
    let estimated = probe.is_estimate();
    let mut format = probe.format;
    format.frames = format.frames.or(probe.header.estimated_frames);
    v1::Probe {
        subject: wire(&probed.subject),
        audio: v1::AudioFormat::from(&format),
        estimated,
        tags: wire_tags(&probe.tags),
        bext: probe.bext.as_deref().map(wire_bext),
        ixml: probe.ixml.as_deref().map(wire_ixml),
        defects: probe.header.defects.iter().map(ToString::to_string).collect(),
    }
}

fn wire_tags(tags: &Tags) -> v1::Tags {
    v1::Tags {
        title: tags.title.clone(),
        artist: tags.artist.clone(),
        album: tags.album.clone(),
        album_artist: tags.album_artist.clone(),
        track_number: tags.track_number,
        disc_number: tags.disc_number,
        date: tags.date.clone(),
        genre: tags.genre.clone(),
        comment: tags.comment.clone(),
        composer: tags.composer.clone(),
        copyright: tags.copyright.clone(),
        isrc: tags.isrc.clone(),
        software: tags.software.clone(),
        artwork: tags.has_artwork,
    }
}

fn wire_bext(bext: &Bext) -> v1::Bext {
    v1::Bext {
        description: bext.description.clone(),
        originator: bext.originator.clone(),
        originator_reference: bext.originator_reference.clone(),
        origination_date: bext.origination_date.clone(),
        origination_time: bext.origination_time.clone(),
        time_reference: bext.time_reference,
        coding_history: bext.coding_history.clone(),
    }
}

fn wire_ixml(ixml: &Ixml) -> v1::Ixml {
    v1::Ixml {
        project: ixml.project.clone(),
        scene: ixml.scene.clone(),
        take: ixml.take.clone(),
        tape: ixml.tape.clone(),
        circled: ixml.circled,
        note: ixml.note.clone(),
        tracks: ixml.tracks.iter().filter_map(|track| track.name.clone()).collect(),
    }
}

fn print(probed: &Probed, first: bool) -> Result<()> {
    let mut out = Out::new();
    if !first {
        out.line("")?;
    }
    out.line(&short(&probed.subject))?;
    print_fields(&mut out, "  ", 15, lines(&probed.probe))?;
    out.finish()
}

fn lines(probe: &Probe) -> Vec<(&'static str, String)> {
    let mut lines = lines_of_format(probe);
    lines.extend(lines_of_tags(&probe.tags));
    lines.extend(probe.bext.iter().flat_map(|bext| lines_of_bext(bext, probe.format.sample_rate)));
    lines.extend(probe.ixml.iter().flat_map(|ixml| lines_of_ixml(ixml)));
    lines.extend(probe.header.defects.iter().map(|defect| ("defect", defect.to_string())));
    lines
}

fn lines_of_format(probe: &Probe) -> Vec<(&'static str, String)> {
    let format = &probe.format;
    let mut lines = vec![("format", sound::format(format))];
    lines.push(("codec", format!("{} in {}", format.codec, format.container)));
    if let Some(depth) = format.bit_depth.filter(|depth| depth.valid != depth.container) {
        lines.push(("bits", format!("{} of {}", depth.valid, depth.container)));
    }
    let length = match (format.frames, probe.duration()) {
        (Some(frames), Some(length)) => {
            format!("{} ({frames} frames)", sound::length_of_micros(length.as_micros() as u64))
        }
        (None, Some(length)) => {
            format!("about {}", sound::length_of_micros(length.as_micros() as u64))
        }
        _ => "the file does not tell".to_owned(),
    };
    lines.push(("length", length));
    lines
}

fn lines_of_tags(tags: &Tags) -> impl Iterator<Item = (&'static str, String)> {
    let named = [
        ("title", tags.title.clone()),
        ("artist", tags.artist.clone()),
        ("album", tags.album.clone()),
        ("album artist", tags.album_artist.clone()),
        ("track number", tags.track_number.map(|number| number.to_string())),
        ("date", tags.date.clone()),
        ("genre", tags.genre.clone()),
        ("comment", tags.comment.clone()),
        ("software", tags.software.clone()),
        ("picture", tags.has_artwork.then(|| "yes".to_owned())),
    ];
    named.into_iter().filter_map(|(name, value)| Some((name, value?)))
}

fn lines_of_bext(bext: &Bext, sample_rate: u32) -> Vec<(&'static str, String)> {
    let when = format!("{} {}", bext.origination_date, bext.origination_time);
    let mut lines = vec![
        ("description", bext.description.clone()),
        ("originator", bext.originator.clone()),
        ("recorded", when.trim().to_owned()),
    ];
    lines.retain(|(_, value)| !value.is_empty());
    let frames = bext.time_reference;
    if let Some(seconds) = frames.checked_div(u64::from(sample_rate)).filter(|_| frames > 0) {
        let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
        let clock = format!("{hours:02}:{minutes:02}:{:02}", seconds % 60);
        lines.push(("time reference", format!("{frames} frames ({clock} after midnight)")));
    }
    lines
}

fn lines_of_ixml(ixml: &Ixml) -> impl Iterator<Item = (&'static str, String)> {
    let circled = ixml.circled.map(|circled| if circled { "yes" } else { "no" }.to_owned());
    let named = [
        ("project", ixml.project.clone()),
        ("scene", ixml.scene.clone()),
        ("take", ixml.take.clone()),
        ("tape", ixml.tape.clone()),
        ("circled", circled),
        ("note", ixml.note.clone()),
    ];
    named.into_iter().filter_map(|(name, value)| Some((name, value?)))
}
