//! Sound: the gate before uploads, and what is told of files and stored versions.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

#[path = "../common/mod.rs"]
mod common;
mod gate;
#[path = "../watched/mod.rs"]
mod watched;

use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use studio_core::audio::analysis::Measures;
use studio_core::audio::diff::Verdict as Difference;
use studio_core::audio::gate::{Finding, Level, Profile, Rule};
use studio_core::{
    CancellationToken, Checked, Codec, Compared, Container, Damage, Decibels, Error, ErrorKind,
    Event, Import, Job, MemoryStore, Phase, Probed, S3Store, SqliteCatalog, StoreError, Studio,
    Subject, UploadOutcome, Version,
};
use studio_testkit::noise;
use studio_testkit::s3::TestS3;
use studio_testkit::wav::{Bext, RawChunk, Wav, signal};

use self::common::{Meddler, Place, all, at, lay, tone, upload};
use self::watched::Watched;

fn stored(version: &Version) -> Subject {
    Subject::Version(Box::new(version.clone()))
}

fn rules(findings: &[Finding]) -> Vec<Rule> {
    findings.iter().map(|finding| finding.rule).collect()
}

async fn facts(studio: &Studio, version: &Version) -> Option<studio_core::SoundFacts> {
    studio.details(std::slice::from_ref(version)).await.unwrap().remove(0).sound
}

/// 44.1 kHz and 16 bits, cut off in the middle.
fn zoom(frames: usize) -> Wav {
    let bext = Bext {
        description: "sSPEED=024.000-NDF".to_owned(),
        originator: "ZOOM F8".to_owned(),
        origination_date: "2026-11-21".to_owned(),
        time_reference: 1_000_000,
        ..Bext::default()
    };
    let wav = Wav::pcm(48_000, 2, 24).ints(&signal::sine(frames, 2, 48_000, 440.0, 0.5));
    let ixml = "<BWFXML><PROJECT>White Gloves</PROJECT><TAKE>3</TAKE></BWFXML>";
    let wav = wav.bext(&bext).ixml(ixml);
    // RIFF, fmt, bext, iXML and the header of data take the rest.
    let used = 12 + (8 + 16) + (8 + bext.bytes().len()) + (8 + ixml.len().next_multiple_of(2)) + 8;
    wav.chunk(RawChunk::new(*b"JUNK", vec![0; 131_072 - used - 8]))
}

/// The files whose headers are hard to come by.
fn far_headers() -> Vec<(&'static str, Vec<u8>)> {
    let long = signal::noise(1, 400_000, 2, 0.5);
    let plain = Wav::pcm(48_000, 2, 24).ints(&long);
    let zoom = zoom(400_000).build();
    assert_eq!(zoom[131_064..131_068], *b"data");
    let tagged = plain.clone().chunk_after(RawChunk::list(*b"INFO", &[]));
    let tagged = tagged.chunk_after(RawChunk::new(*b"iXML", "<BWFXML><TAKE>3</TAKE></BWFXML>"));
    vec![
        ("plain", plain.build()),
        ("Zoom", zoom),
        ("RF64", plain.clone().rf64().build()),
        ("texts behind", tagged.build()),
        ("cut", plain.build_cut(1 << 20)),
        ("AIFF", studio_testkit::wav::aiff::aiff(48_000, 2, 24, &long)),
        ("no sound", noise::bytes(1, 2 << 20)),
    ]
}

#[tokio::test]
async fn a_header_is_judged_by_two_reads_of_a_quarter_of_a_mebibyte() {
    let place = Place::new();
    let store = Watched::new(Arc::new(MemoryStore::new()));
    let studio = Studio::new(Arc::new(SqliteCatalog::in_memory().unwrap()), store.clone());
    let header_only =
        Rule::ALL.iter().filter(|rule| rule.stage() == studio_core::audio::gate::Stage::Content);
    let header_only = header_only
        .fold(Profile::ingest().named("header"), |profile, rule| profile.level(*rule, Level::Off));
    let (header_only, job) = (Arc::new(header_only), Job::default());
    for (name, bytes) in far_headers() {
        let version = lay(&studio, &place, "Bass", name, &bytes).await;
        store.reads();
        let checked = studio.check(&stored(&version), &header_only, &job).await.unwrap();
        let (requests, read) = store.reads();
        assert!(requests <= 2 && read <= 256 << 10, "{name}: {read} bytes by {requests} reads");
        let accepted = !matches!(name, "cut" | "AIFF" | "no sound");
        assert_eq!(checked.verdict.is_accepted(), accepted, "{name}: {:?}", checked.verdict);
        let file = Subject::File(place.path(&format!("Bass {name}.wav")));
        let whole = studio.check(&file, &header_only, &job).await.unwrap();
        let Checked { verdict, format, .. } = whole;
        assert_eq!((checked.verdict, checked.format), (verdict, format), "{name}");
        if name != "no sound" {
            let probed = studio.probe(&stored(&version), &job).await.unwrap().probe;
            // What people wrote into it may lie behind the sound.
            let (requests, read) = store.reads();
            assert!(requests <= 4 && read <= 256 << 10, "{name}: {read} bytes by {requests} reads");
            assert_eq!(Some(probed.format), format, "{name}");
            assert_eq!(facts(&studio, &version).await.unwrap().format, probed.format, "{name}");
        }
    }
}

#[tokio::test]
async fn what_a_recorder_wrote_is_read_from_a_bucket() {
    let (place, s3) = (Place::new(), TestS3::start());
    let store = Watched::new(Arc::new(S3Store::new("music", Some("vault"), s3.settings())));
    let studio = Studio::new(place.catalog(), store.clone());
    let version = lay(&studio, &place, "Bass", "Zoom", &zoom(100_000).build()).await;
    store.reads();
    let Probed { probe, .. } = studio.probe(&stored(&version), &Job::default()).await.unwrap();
    let (requests, read) = store.reads();
    assert!(requests <= 2 && read <= 256 << 10, "{read} bytes by {requests} reads");
    assert_eq!(probe.format.frames, Some(100_000));
    let (bext, ixml) = (probe.bext.unwrap(), probe.ixml.unwrap());
    assert_eq!((bext.originator.as_str(), bext.time_reference), ("ZOOM F8", 1_000_000));
    assert_eq!((ixml.project.as_deref(), ixml.take.as_deref()), (Some("White Gloves"), Some("3")));
}

#[tokio::test]
async fn what_is_no_sound_is_an_error_to_probe_and_a_finding_to_check() {
    let place = Place::new();
    let studio = place.studio();
    let version = lay(&studio, &place, "Bass", "words", b"bars 1 to 8: rest").await;
    let job = Job::default();
    for subject in [stored(&version), Subject::File(place.path("Bass words.wav"))] {
        let error = studio.probe(&subject, &job).await.unwrap_err();
        assert!(matches!(error, Error::Sound { .. }), "{error:?}");
        assert_eq!(error.kind(), ErrorKind::Integrity);
        let error = studio.analyse(&subject, Measures::ALL, &job).await.unwrap_err();
        assert!(matches!(error, Error::Sound { .. }), "{error:?}");
        for (profile, expected) in
            [(Profile::ingest(), vec![Rule::NotAudio]), (Profile::any(), vec![])]
        {
            let checked = studio.check(&subject, &Arc::new(profile), &job).await.unwrap();
            assert_eq!((rules(&checked.verdict.refusals), checked.format), (expected, None));
        }
    }
    let nothing = Subject::File(place.path("nothing.wav"));
    let error = studio.probe(&nothing, &job).await.unwrap_err();
    assert!(matches!(error, Error::SourceMissing { .. }), "{error:?}");
    assert_eq!(facts(&studio, &version).await, None);
}

#[tokio::test]
async fn an_object_that_cannot_be_read_is_told_as_such() {
    let place = Place::new();
    let store = Watched::new(Arc::new(MemoryStore::new()));
    let studio = Studio::new(place.catalog(), store.clone());
    let version = lay(&studio, &place, "Bass", "one", &tone(440.0)).await;
    lay(&studio, &place, "Bass", "two", &tone(220.0)).await;
    let (subject, job) = (stored(&version), Job::default());
    let all_ways = async || {
        let any = Arc::new(Profile::any());
        [
            studio.probe(&subject, &job).await.unwrap_err(),
            studio.check(&subject, &any, &job).await.unwrap_err(),
            studio.check(&subject, &Arc::new(Profile::ingest()), &job).await.unwrap_err(),
            studio.analyse(&subject, Measures::ALL, &job).await.unwrap_err(),
            studio.compare_sound([subject.clone(), subject.clone()], &job).await.unwrap_err(),
        ]
    };
    store.refuse(|key| {
        let (object, class) = (key.to_string(), Some("GLACIER".to_owned()));
        Some(StoreError::Archived { object, class, restoring: false })
    });
    for error in all_ways().await {
        assert!(matches!(error, Error::Store(StoreError::Archived { .. })), "{error:?}");
        assert_eq!(error.kind(), ErrorKind::Unavailable);
    }
    store.refuse(|key| Some(StoreError::Changed { object: key.to_string() }));
    for error in all_ways().await {
        assert!(matches!(error, Error::Store(StoreError::Changed { .. })), "{error:?}");
        assert_eq!(error.kind(), ErrorKind::Integrity);
    }
    store.refuse(|_| None);
    studio_core::BlobStore::delete(&*store, &version.object_key).await.unwrap();
    for error in all_ways().await {
        assert!(matches!(error, Error::ObjectMissing { .. }), "{error:?}");
        assert_eq!(error.kind(), ErrorKind::Integrity);
    }
}

#[tokio::test]
async fn what_is_measured_is_kept_and_measured_again_is_the_same() {
    let place = Place::new();
    let studio = place.studio().with_spool_directory(place.path("spool"));
    let version = lay(&studio, &place, "Bass", "one", &tone(440.0)).await;
    let (subject, job) = (stored(&version), Job::default());
    let first = studio.analyse(&subject, Measures::ALL, &job).await.unwrap();
    assert_eq!((first.analysis.frames, first.format.frames), (4800, Some(4800)));
    let known = facts(&studio, &version).await.unwrap();
    assert_eq!((known.format, known.measured), (first.format, first.analysis.measured()));
    let again = studio.analyse(&subject, Measures::ALL, &job).await.unwrap();
    assert_eq!(first, again);
    // Less is asked for, and what is known stays.
    studio.analyse(&subject, Measures::PEAKS, &job).await.unwrap();
    assert_eq!(facts(&studio, &version).await, Some(known));
    let file = Subject::File(place.path("Bass one.wav"));
    let of_file = studio.analyse(&file, Measures::ALL, &job).await.unwrap();
    assert_eq!(of_file.analysis, first.analysis);
    assert_eq!(Place::names_in(&place.path("spool")), [""; 0]);
}

#[tokio::test]
async fn rot_is_noticed_and_written_down_by_who_measures() {
    let place = Place::new();
    let studio = at(&place.studio(), 77).with_spool_directory(place.path("spool"));
    let version = lay(&studio, &place, "Bass", "one", &tone(440.0)).await;
    let object = place.store_directory().join(version.object_key.as_str());
    let mut bytes = std::fs::read(&object).unwrap();
    bytes[5000] ^= 1;
    std::fs::write(&object, &bytes).unwrap();
    let analysed = studio.analyse(&stored(&version), Measures::ALL, &Job::default()).await;
    let error = analysed.unwrap_err();
    assert!(matches!(error, Error::Damaged { .. }), "{error:?}");
    assert_eq!(facts(&studio, &version).await.unwrap().measured, None);
    let check = all(&studio).await[0].check.unwrap();
    assert_eq!((check.at.as_micros(), check.damage), (77, Some(Damage::WrongDigest)));
    assert_eq!(Place::names_in(&place.path("spool")), [""; 0]);
}

fn with_frames(samples: &[i32]) -> Vec<u8> {
    Wav::pcm(48_000, 2, 24).ints(samples).build()
}

#[tokio::test]
async fn takes_are_compared() {
    let place = Place::new();
    let studio = place.studio();
    // A second, so that there is a loudness.
    let sound = signal::quantized(&signal::noise(7, 48_000, 2, 0.1), 24);
    let halved: Vec<i32> = sound.iter().map(|sample| sample / 2).collect();
    let mut edited = sound.clone();
    edited[40_000..44_000].iter_mut().for_each(|sample| *sample = -*sample / 3);
    let mut later = signal::silence(2400, 2);
    later.extend(&sound);
    let other_header = Wav::pcm(48_000, 2, 24).info(&[(b"INAM", "White Gloves")]).ints(&sound);
    let mono = Wav::pcm(48_000, 1, 24).ints(&sound).build();
    let one = lay(&studio, &place, "Bass", "one", &with_frames(&sound)).await;
    let takes = [
        ("same", with_frames(&sound), Difference::Identical),
        ("tagged", other_header.build(), Difference::Identical),
        ("later", with_frames(&later), Difference::Shifted),
        ("softer", with_frames(&halved), Difference::Gain),
        ("edited", with_frames(&edited), Difference::Changed),
        ("mono", mono, Difference::Incomparable),
    ];
    for (tag, bytes, verdict) in takes {
        let other = lay(&studio, &place, "Bass", tag, &bytes).await;
        let file = Subject::File(place.path(&format!("Bass {tag}.wav")));
        for other in [stored(&other), file] {
            let pair = [stored(&one), other];
            let compared = studio.compare_sound(pair, &Job::default()).await.unwrap();
            let Compared { comparison, same_bytes, .. } = &compared;
            assert_eq!((comparison.verdict, *same_bytes), (verdict, tag == "same"), "{tag}");
            let gain = compared.matching_gain().unwrap().thousandths();
            match verdict {
                Difference::Shifted => assert_eq!(comparison.shift, 2400),
                Difference::Gain => {
                    let found = comparison.gain.unwrap().thousandths();
                    assert!((found + 6021).abs() <= 5 && (gain - 6021).abs() <= 5, "{compared:?}");
                }
                Difference::Changed => {
                    let around = &comparison.regions[0];
                    assert!(comparison.region_count == 1 && around.contains(&21_000));
                }
                Difference::Identical => assert_eq!(gain, Decibels::ZERO.thousandths()),
                _ => {}
            }
        }
        assert!(facts(&studio, &other).await.unwrap().measured.is_some(), "{tag}");
    }
}

#[tokio::test]
async fn silence_is_matched_by_no_gain() {
    let place = Place::new();
    let studio = place.studio();
    let silent = lay(&studio, &place, "Bass", "silent", &with_frames(&[0; 96_000])).await;
    let tone = lay(&studio, &place, "Bass", "tone", &Wav::good(2).build()).await;
    let pair = [stored(&silent), stored(&tone)];
    let compared = studio.compare_sound(pair, &Job::default()).await.unwrap();
    assert_eq!((compared.matching_gain(), compared.same_bytes), (None, false));
}
