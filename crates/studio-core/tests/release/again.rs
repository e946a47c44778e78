//! What is made of a release, and of picks that are not frozen.

use studio_core::audio::SampleFormat;
use studio_core::{Error, ErrorKind, Job, MixFile, MixSettings, Obstacle, Subject};

use crate::common::{Place, all, lay, song, take_of, tone, track};
use crate::session::{Session, audio_digest, with};

#[tokio::test]
async fn a_release_is_rendered_as_it_was_frozen() {
    let session = Session::new().await;
    let release = session.create("1.0").await;
    for kind in ["mix.wav", "mix.flac"] {
        let file = session.file(kind);
        let rendered =
            session.studio.render_release(&release, None, &file, &Job::default()).await.unwrap();
        assert_eq!((rendered.mix, rendered.as_frozen), (release.mix, Some(true)));
        let digest = audio_digest(&session.studio, &file.target).await;
        assert_eq!(digest, Some(release.mix.audio_digest), "{kind}");
    }
    let wav = Subject::File(session.place.path("mix.wav"));
    let probe = session.studio.probe(&wav, &Job::default()).await.unwrap().probe;
    let (bext, ixml) = (probe.bext.unwrap(), probe.ixml.unwrap());
    assert_eq!(bext.description, "Khruangbin: White Gloves, 1.0");
    assert_eq!(bext.originator_reference, release.id.as_uuid().simple().to_string());
    assert_eq!((ixml.take.as_deref(), ixml.note.as_deref()), (Some("1.0"), Some("for the label")));
    let flac = Subject::File(session.place.path("mix.flac"));
    let tags = session.studio.probe(&flac, &Job::default()).await.unwrap().probe.tags;
    assert_eq!(
        (tags.artist.as_deref(), tags.title.as_deref()),
        (Some("Khruangbin"), Some("White Gloves"))
    );
    session.assert_spool_empty();
}

#[tokio::test]
async fn a_release_is_rendered_in_other_bits() {
    let session = Session::new().await;
    let release = session.create("1.0").await;
    for (name, samples) in [("16.wav", SampleFormat::Int16), ("32.wav", SampleFormat::Float32)] {
        let file = session.file(name);
        let job = Job::default();
        let rendered = session.studio.render_release(&release, Some(samples), &file, &job).await;
        let rendered = rendered.unwrap();
        assert_eq!((rendered.as_frozen, rendered.mix.frames), (None, release.mix.frames));
        assert_ne!(rendered.mix.audio_digest, release.mix.audio_digest);
        let digest = audio_digest(&session.studio, &file.target).await;
        assert_eq!(digest, Some(rendered.mix.audio_digest));
    }
    let file = session.file("24.wav");
    let same = Some(SampleFormat::Int24);
    let rendered = session.studio.render_release(&release, same, &file, &Job::default()).await;
    assert_eq!(rendered.unwrap().as_frozen, Some(true));
    let file = session.file("float.flac");
    let float = Some(SampleFormat::Float32);
    let error =
        session.studio.render_release(&release, float, &file, &Job::default()).await.unwrap_err();
    assert!(matches!(error, Error::Sound { .. }), "{error:?}");
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    assert!(!file.target.exists());
}

#[tokio::test]
async fn a_float_release_is_frozen_as_floats() {
    let session = Session::new().await;
    let settings = MixSettings { samples: SampleFormat::Float32, ..MixSettings::default() };
    let release = session.studio.create_release(&with(settings), &Job::default()).await.unwrap();
    assert_eq!((release.mix.bits, release.mix.dither), (None, None));
    let json = std::fs::read(session.manifest(&release)).unwrap();
    assert_eq!(studio_api::v1::Release::decode(&json).unwrap(), release);
    let file = session.file("mix.wav");
    let rendered = session.studio.render_release(&release, None, &file, &Job::default()).await;
    assert_eq!(rendered.unwrap().as_frozen, Some(true));
    assert_eq!(session.verify(&release).await, []);
}

#[tokio::test]
async fn what_is_there_is_replaced_only_when_asked_for() {
    let session = Session::new().await;
    let release = session.create("1.0").await;
    let mut file = session.file("mix.wav");
    std::fs::write(&file.target, b"precious").unwrap();
    let (studio, job) = (&session.studio, Job::default());
    let settings = MixSettings::default();
    let errors = [
        studio.render_release(&release, None, &file, &job).await.unwrap_err(),
        studio.audition(&song(), &settings, Some(&file), &job).await.unwrap_err(),
    ];
    for error in errors {
        assert!(matches!(error, Error::TargetExists { .. }), "{error:?}");
    }
    assert_eq!(std::fs::read(&file.target).unwrap(), b"precious");
    file.overwrite = true;
    // What cannot be made replaces nothing either.
    let mut other = release.clone();
    other.mix.audio_digest = studio_core::AudioDigest::from_bytes([7; 32]);
    let error = studio.render_release(&other, None, &file, &job).await.unwrap_err();
    assert!(matches!(error, Error::NotAsFrozen { found, .. } if found == release.mix.audio_digest));
    assert_eq!(error.kind(), ErrorKind::Integrity);
    assert_eq!(std::fs::read(&file.target).unwrap(), b"precious");
    studio.render_release(&release, None, &file, &job).await.unwrap();
    assert_eq!(audio_digest(studio, &file.target).await, Some(release.mix.audio_digest));
    let nowhere = MixFile { target: session.place.path("no/mix.wav"), ..session.file("x.wav") };
    let error = studio.render_release(&release, None, &nowhere, &job).await.unwrap_err();
    assert!(matches!(error, Error::TargetDirectoryMissing { .. }), "{error:?}");
    let hidden: Vec<_> = Place::names_in(&session.place.path(""))
        .into_iter()
        .filter(|name| name.starts_with('.'))
        .collect();
    assert_eq!(hidden, [""; 0]);
}

#[tokio::test]
async fn damage_is_no_mix() {
    let session = Session::new().await;
    let release = session.create("1.0").await;
    let [bass, drums] = &all(&session.studio).await[..] else { panic!() };
    let file = session.file("mix.wav");
    session.flip(bass);
    let render = session.studio.render_release(&release, None, &file, &Job::default()).await;
    assert!(matches!(render.unwrap_err(), Error::Damaged { .. }));
    session.lay("Bass", "one", &tone(110.0)).await;
    std::fs::remove_file(session.object(drums)).unwrap();
    let render = session.studio.render_release(&release, None, &file, &Job::default()).await;
    assert!(matches!(render.unwrap_err(), Error::ObjectMissing { .. }));
    assert!(!file.target.exists());
    session.assert_spool_empty();
}

#[tokio::test]
async fn picks_are_heard_without_being_frozen() {
    let session = Session::new().await;
    session.lay("Guitar", "one", &tone(440.0)).await;
    let (studio, job) = (&session.studio, Job::default());
    let file = session.file("mix.wav");
    let settings = MixSettings::default();
    let audition = studio.audition(&song(), &settings, Some(&file), &job).await.unwrap();
    assert_eq!(audition.stems, [take_of("Bass", "one"), take_of("Drums", "two")]);
    assert_eq!(audition.without, [track("Guitar")]);
    assert_eq!(audio_digest(studio, &file.target).await, Some(audition.mix.audio_digest));
    let unwritten = studio.audition(&song(), &settings, None, &job).await.unwrap();
    assert_eq!(unwritten, audition);
    assert_eq!(
        (studio.releases(None).await.unwrap(), session.place.objects("releases/").await),
        (vec![], vec![])
    );
    session.assert_spool_empty();
    // A release of the same picks sounds the same.
    session.studio.throw_away(&take_of("Guitar", "one")).await.unwrap();
    assert_eq!(session.create("1.0").await.mix, audition.mix);
}

#[tokio::test]
async fn a_song_without_picks_has_no_mix() {
    let place = Place::new();
    let studio = place.studio();
    for name in ["Bass", "Drums"] {
        lay(&studio, &place, name, "one", &tone(110.0)).await;
    }
    let settings = MixSettings::default();
    let error = studio.audition(&song(), &settings, None, &Job::default()).await.unwrap_err();
    let Error::NotReleasable { obstacles, .. } = error else { panic!("{error:?}") };
    let expected = ["Bass", "Drums"].map(|name| Obstacle::NoPick { track: track(name) });
    assert_eq!(obstacles, expected);
}

#[tokio::test]
async fn what_a_mix_would_be_is_told_before() {
    let session = Session::new().await;
    let (studio, job) = (&session.studio, Job::default());
    session.lay("Keys", "one", &tone(330.0)).await;
    let late = studio_core::StemLevel { offset: 480, ..Default::default() };
    let settings = MixSettings {
        levels: vec![(track("Drums"), late)],
        samples: SampleFormat::Int16,
        mixed_lengths: true,
        ..MixSettings::default()
    };
    // Headers are enough for it.
    let before = studio.plan_audition(&song(), &settings, &job).await.unwrap();
    let made = studio.audition(&song(), &settings, None, &job).await.unwrap();
    let plan = studio.plan_audition(&song(), &settings, &job).await.unwrap();
    assert_eq!(plan, before);
    assert_eq!(plan.obstacles, []);
    assert_eq!((plan.mix.sample_rate, plan.mix.frames), (Some(48_000), Some(made.mix.frames)));
    assert_eq!((plan.mix.channels, plan.mix.samples), (2, SampleFormat::Int16));
    let stems: Vec<_> = made.stems.iter().map(|p| (p.track.clone(), p.tag.clone())).collect();
    assert_eq!((plan.stems, plan.without), (stems, made.without));
    assert_eq!(plan.bytes, 2 * tone(110.0).len() as u64);

    session.pick("Keys", "two", &common_rate()).await;
    studio.audition(&song(), &settings, None, &job).await.unwrap_err();
    let against = studio.plan_audition(&song(), &settings, &job).await.unwrap().obstacles;
    assert!(matches!(against[..], [Obstacle::MixedRates { .. }]), "{against:?}");
}

/// A take at 44.1 kHz.
fn common_rate() -> Vec<u8> {
    let samples = studio_testkit::wav::signal::sine(4410, 1, 44_100, 440.0, 0.25);
    studio_testkit::wav::Wav::pcm(44_100, 1, 24).ints(&samples).build()
}
