//! Sound: the gate before uploads, and what is told of files and stored versions.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

mod common;
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
fn cut() -> Vec<u8> {
    let samples = signal::sine(4410, 1, 44_100, 440.0, 0.5);
    let whole = Wav::pcm(44_100, 1, 16).ints(&samples).build();
    whole[..whole.len() / 2].to_vec()
}

#[tokio::test]
async fn what_the_gate_refuses_leaves_no_trace() {
    let place = Place::new();
    let studio = place.studio().with_gate(Profile::ingest()).measuring_uploads();
    let request = place.take("v", &cut());
    for _ in 0..2 {
        let refused = studio.upload(&request, &Job::default()).await.unwrap_err();
        let dry = studio.plan_upload(&request, &Job::default()).await.unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::Integrity);
        assert_eq!(refused.to_string(), dry.to_string());
        let Error::Refused { file, profile, findings } = refused else { panic!("{refused:?}") };
        assert_eq!((file, profile.as_str()), (request.file.clone(), "ingest"));
        let mut found = rules(&findings);
        found.sort();
        let expected = [Rule::SampleRate, Rule::BitDepth, Rule::TruncatedData, Rule::RiffSize];
        assert!(expected[..3].iter().all(|rule| found.contains(rule)), "{findings:?}");
        let Error::Refused { findings: foreseen, .. } = dry else { panic!("{dry:?}") };
        assert_eq!(foreseen, findings);
        assert_eq!((all(&studio).await, place.objects("").await), (vec![], vec![]));
    }
    // Nothing holds the place.
    std::fs::write(&request.file, tone(440.0)).unwrap();
    let uploaded = upload(&studio, &request).await.unwrap();
    assert_eq!((uploaded.outcome, uploaded.findings), (UploadOutcome::Stored, vec![]));
    assert_eq!(uploaded.format.unwrap().sample_rate, 48_000);
}

/// The same bytes may be there from before the gate was closed.
#[tokio::test]
async fn a_gate_refuses_even_what_is_stored_already() {
    let place = Place::new();
    upload(&place.studio(), &place.take("v", &cut())).await.unwrap();
    let gated = place.studio().with_gate(Profile::ingest());
    for tag in ["v", "w"] {
        let error = upload(&gated, &place.take(tag, &cut())).await.unwrap_err();
        assert!(matches!(error, Error::Refused { .. }), "{error:?}");
    }
    assert_eq!(all(&gated).await.len(), 1);
}

#[tokio::test]
async fn what_the_gate_warns_of_comes_in() {
    let place = Place::new();
    let silence = Wav::pcm(48_000, 2, 24).ints(&signal::silence(4800, 2));
    let odd = silence.clone().trailing(b"left by an editor").build();
    let strict = Profile::ingest().level(Rule::TrailingData, Level::Warn);
    let strict = strict.level(Rule::RiffSize, Level::Warn);
    for (n, (profile, bytes, expected)) in [
        (Profile::any(), odd.clone(), vec![Rule::TrailingData]),
        (Profile::ingest(), silence.build(), vec![Rule::DigitalSilence]),
        (strict, odd, vec![Rule::TrailingData, Rule::DigitalSilence]),
    ]
    .into_iter()
    .enumerate()
    {
        let studio = place.studio().with_gate(profile);
        let request = place.take(&format!("v{n}"), &bytes);
        let plan = studio.plan_upload(&request, &Job::default()).await.unwrap();
        let uploaded = upload(&studio, &request).await.unwrap();
        let mut found = rules(&uploaded.findings);
        found.retain(|rule| *rule != Rule::PaddedBits);
        assert_eq!(found, expected, "{n}");
        assert_eq!(plan.findings, uploaded.findings, "{n}");
        // What was there before is told the same.
        let again = upload(&studio, &request).await.unwrap();
        assert_eq!((again.outcome, again.findings), (UploadOutcome::AlreadyStored, plan.findings));
    }
}

#[tokio::test]
async fn without_a_gate_anything_comes_in_without_a_word() {
    let place = Place::new();
    let studio = place.studio().measuring_uploads();
    let noise = noise::bytes(1, 3000);
    let files: [(&str, &[u8]); 5] = [
        ("text", b"bars 1 to 8: rest"),
        ("nothing", b""),
        ("page", b"<!DOCTYPE html><html><body>404</body></html>"),
        ("noise", &noise),
        ("half a header", b"RIFF\x10\0\0\0WA"),
    ];
    for (tag, bytes) in files {
        let uploaded = upload(&studio, &place.take(tag, bytes)).await.unwrap();
        assert_eq!((uploaded.findings, uploaded.format), (vec![], None), "{tag}");
        assert_eq!(facts(&studio, &uploaded.version).await, None, "{tag}");
    }
    let ingest = place.studio().with_gate(Profile::ingest());
    for (tag, bytes) in files {
        let error = upload(&ingest, &place.take(tag, bytes)).await.unwrap_err();
        assert!(matches!(error, Error::Refused { .. }), "{tag}: {error:?}");
    }
}

#[tokio::test]
async fn uploads_are_measured_where_that_is_asked_for() {
    let place = Place::new();
    let (plain, measuring) = (place.studio(), place.studio().measuring_uploads());
    let one = upload(&plain, &place.take("one", &tone(440.0))).await.unwrap().version;
    let known = facts(&plain, &one).await.unwrap();
    assert_eq!((known.format.frames, known.measured), (Some(4800), None));
    assert_eq!((known.format.codec, known.format.channels), (Codec::Pcm, 2));

    let two = upload(&measuring, &place.take("two", &tone(220.0))).await.unwrap().version;
    let measured = facts(&plain, &two).await.unwrap().measured.unwrap();
    assert_eq!(measured.frames, 4800);
    let analysed =
        plain.analyse(&stored(&two), Measures::ALL, &Job::default()).await.unwrap().analysis;
    assert_eq!(analysed.measured(), Some(measured));
    // What is stored is measured when it is uploaded again.
    upload(&measuring, &place.take("one", &tone(440.0))).await.unwrap();
    assert_eq!(facts(&plain, &one).await.unwrap().measured.unwrap().frames, 4800);
    // And what was measured is not forgotten by who looks at the header alone.
    plain.probe(&stored(&one), &Job::default()).await.unwrap();
    upload(&plain, &place.take("one", &tone(440.0))).await.unwrap();
    assert!(facts(&plain, &one).await.unwrap().measured.is_some());
}

/// The header is right, and the sound is not.
#[tokio::test]
async fn sound_that_cannot_be_decoded_is_stored_and_told() {
    let place = Place::new();
    let mut flac = b"fLaC\x80\0\0\x22".to_vec();
    flac.extend([0x10, 0, 0x10, 0, 0, 0, 0, 0, 0, 0, 0x0B, 0xB8, 0x03, 0x70, 0, 0, 0x12, 0xC0]);
    flac.extend([0; 16]);
    flac.extend(noise::bytes(5, 2000));
    let studio = place.studio().measuring_uploads();
    let version = upload(&studio, &place.take("v", &flac)).await.unwrap().version;
    let known = facts(&studio, &version).await.unwrap();
    assert_eq!((known.format.container, known.measured), (Container::Flac, None));
    let strict = Profile::any().named("whole").level(Rule::Undecodable, Level::Refuse);
    let strict = place.studio().with_gate(strict);
    let error = upload(&strict, &place.take("w", &flac)).await.unwrap_err();
    let Error::Refused { findings, .. } = error else { panic!("{error:?}") };
    assert_eq!(rules(&findings), [Rule::Undecodable]);
}

/// Once it was read for its digest, a file becomes another one: what the gate hears is not
/// what is stored, and nothing of it is written down.
#[tokio::test]
async fn a_file_that_changes_before_the_gate_is_not_taken() {
    for stored_before in [false, true] {
        let place = Place::new();
        let studio = place.studio().with_gate(Profile::ingest()).measuring_uploads();
        let first = tone(440.0);
        if stored_before {
            upload(&place.studio(), &place.take("before", &first)).await.unwrap();
        }
        let request = place.take("v", &first);
        let (file, phase) = (request.file.clone(), Mutex::new(None));
        let meddler = Meddler(move |event| match event {
            Event::Begin { phase: begun, .. } => *phase.lock().unwrap() = Some(begun),
            Event::End if *phase.lock().unwrap() == Some(Phase::Reading) => {
                std::fs::write(&file, tone(880.0)).unwrap();
                // As it would be after a reading that takes its time.
                let file = std::fs::File::options().write(true).open(&file).unwrap();
                file.set_modified(SystemTime::now() + Duration::from_secs(1)).unwrap();
            }
            _ => {}
        });
        let job = Job::new(Arc::new(meddler), CancellationToken::new());
        let error = studio.upload(&request, &job).await.unwrap_err();
        assert!(matches!(error, Error::SourceChanged { .. }), "{stored_before}: {error:?}");
        let stored = all(&studio).await;
        assert_eq!(stored.len(), usize::from(stored_before));
        for version in stored {
            assert_eq!(facts(&studio, &version).await.unwrap().measured, None);
        }
        upload(&studio, &request).await.unwrap();
    }
}

#[tokio::test]
async fn a_gate_that_is_listening_can_be_cancelled() {
    let place = Place::new();
    let studio = place.studio().with_gate(Profile::ingest()).measuring_uploads();
    let request = place.take("v", &Wav::good(2).build());
    let cancel = CancellationToken::new();
    let token = cancel.clone();
    let meddler = Meddler(move |event| {
        if matches!(event, Event::Begin { phase: Phase::Listening, .. }) {
            token.cancel();
        }
    });
    let error = studio.upload(&request, &Job::new(Arc::new(meddler), cancel)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Cancelled, "{error:?}");
    assert_eq!((all(&studio).await, place.objects("").await), (vec![], vec![]));
}

/// A recorder of a well-known make: the sound begins at 131,072.
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

/// What an import refuses, its dry run says before.
#[tokio::test]
async fn a_gate_stands_before_imports_too() {
    let place = Place::new();
    let studio = place.studio().with_gate(Profile::ingest());
    let directory = place.path("session");
    std::fs::create_dir(&directory).unwrap();
    std::fs::write(directory.join("Bass_1.wav"), tone(110.0)).unwrap();
    std::fs::write(directory.join("Drums_1.wav"), cut()).unwrap();
    let import = Import {
        directory,
        pattern: "{track}_{version}.wav".parse().unwrap(),
        artist: Some("Khruangbin".parse().unwrap()),
        song: Some("White Gloves".parse().unwrap()),
        track: None,
    };
    let files = studio.plan_import(&import).await.unwrap().files;
    let preview = studio.preview_import(&files, &Job::default()).await.unwrap();
    let imported = studio.import(&files, &Job::default()).await.unwrap();
    assert_eq!((preview.files.len(), imported.files.len()), (1, 1));
    for failed in [preview.failed, imported.failed] {
        let one = matches!(&failed[..], [one] if matches!(one.error, Error::Refused { .. }));
        assert!(one, "{failed:?}");
    }
}
