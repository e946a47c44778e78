//! The gate that stands before uploads.

use super::*;

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
/// Whoever has takes measured learns that one cannot be, whatever the gate lets pass.
#[tokio::test]
async fn what_cannot_be_measured_to_its_end_is_told() {
    let place = Place::new();
    let whole = Wav::pcm(44_100, 1, 16).ints(&signal::sine(4410, 1, 44_100, 440.0, 0.5)).build();
    for (tag, bytes, expected) in
        [("whole", &whole, vec![]), ("cut", &cut(), vec![Rule::FramesDiffer])]
    {
        let request = place.take(tag, bytes);
        let measured = place.studio().with_gate(Profile::any()).measuring_uploads();
        let found = rules(&upload(&measured, &request).await.unwrap().findings);
        let found: Vec<_> = found.into_iter().filter(|rule| *rule == Rule::FramesDiffer).collect();
        assert_eq!(found, expected, "{tag}");
    }
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
