//! `studio probe`.

use studio_api::v1;
use studio_core::audio::metadata::{Bext, Ixml};
use studio_core::audio::probe::{Probe, Tags};
use studio_core::{Error, Job, Probed, Subject};

use super::artwork::Wanted;
use super::left::concerns_one;
use super::subject::{each, given, short, wire};
use crate::args;
use crate::config::Config;
use crate::failure::Result;
use crate::output::sound;
use crate::output::text::{Out, print_fields};

pub(super) fn run(config: &Config, arguments: &args::Probe) -> Result<()> {
    let wanted = Wanted::of(arguments)?;
    let studio = super::open(config, super::Use::Look)?;
    super::transfer(async |job: Job| {
        let given = given(&studio, config, &arguments.subjects, false).await?;
        let subjects = each(&studio, given).await?;
        let of = subjects.len();
        if let Some(wanted) = &wanted {
            wanted.write(&studio, &subjects, &job).await?;
        }
        let (mut probed, mut failed) = (Vec::new(), Vec::new());
        for subject in subjects {
            match studio.probe(&subject, &job).await {
                Ok(one) => {
                    if !arguments.json {
                        print(&one, probed.is_empty())?;
                    }
                    probed.push(one);
                }
                // Of many, one that is no sound does not hide the others.
                Err(error) if concerns_one(&error) => failed.push((subject, error)),
                Err(error) => return Err(error.into()),
            }
        }
        if arguments.json {
            print_json(&probed, &failed)?;
        }
        super::left::sound_failures(&failed, of)
    })
}

fn print_json(probed: &[Probed], failed: &[(Subject, Error)]) -> Result<()> {
    let probes = probed.iter().map(wire_probe).collect();
    Out::new().json(&v1::ProbeList { probes, failed: super::left::wire_failures(failed) })
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
    let tags = &probe.tags;
    let number = tags.track_number.map(|number| number.to_string());
    for (name, value) in [
        ("title", &tags.title),
        ("artist", &tags.artist),
        ("album", &tags.album),
        ("album artist", &tags.album_artist),
        ("track number", &number),
        ("date", &tags.date),
        ("genre", &tags.genre),
        ("comment", &tags.comment),
        ("software", &tags.software),
    ] {
        lines.extend(value.clone().map(|value| (name, value)));
    }
    if tags.has_artwork {
        lines.push(("picture", "yes".to_owned()));
    }
    if let Some(bext) = &probe.bext {
        let when = format!("{} {}", bext.origination_date, bext.origination_time);
        for (name, value) in [
            ("description", bext.description.clone()),
            ("originator", bext.originator.clone()),
            ("recorded", when.trim().to_owned()),
        ] {
            lines.extend((!value.is_empty()).then_some((name, value)));
        }
        let since = bext.time_reference.checked_div(u64::from(format.sample_rate));
        if let Some(seconds) = since.filter(|_| bext.time_reference > 0) {
            let clock =
                format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
            let frames = bext.time_reference;
            lines.push(("time reference", format!("{frames} frames ({clock} after midnight)")));
        }
    }
    if let Some(ixml) = &probe.ixml {
        let circled = ixml.circled.map(|circled| if circled { "yes" } else { "no" }.to_owned());
        for (name, value) in [
            ("project", &ixml.project),
            ("scene", &ixml.scene),
            ("take", &ixml.take),
            ("tape", &ixml.tape),
            ("circled", &circled),
            ("note", &ixml.note),
        ] {
            lines.extend(value.clone().map(|value| (name, value)));
        }
    }
    for defect in &probe.header.defects {
        lines.push(("defect", defect.to_string()));
    }
    lines
}
