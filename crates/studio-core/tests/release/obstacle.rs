//! What keeps a release from being made, and what is left then: nothing.

use studio_core::{
    Damage, Error, ErrorKind, Flaw, Job, MixSettings, Obstacle, StemLevel, StoreError, Studio,
};

use studio_testkit::wav::{Wav, signal};

use crate::common::{all, song, take_of, tone, track};
use crate::session::{Session, name, request, tag, tone_at, with};
use crate::watched::Watched;

#[tokio::test]
async fn a_track_without_a_pick_is_in_the_way() {
    let session = Session::new().await;
    session.lay("Guitar", "one", &tone(440.0)).await;
    let expected = [Obstacle::NoPick { track: track("Guitar") }];
    assert_eq!(session.foreseen(&request("1.0")).await, expected);
    assert_eq!(session.refused(&request("1.0")).await, expected);
    let mut nothing = request("1.0");
    nothing.song.song = "No Song".parse().unwrap();
    let error = session.studio.create_release(&nothing, &Job::default()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound, "{error:?}");
}

#[tokio::test]
async fn a_pick_that_was_thrown_away_or_purged_is_in_the_way() {
    let session = Session::new().await;
    let trashed = session.studio.throw_away(&take_of("Bass", "one")).await.unwrap();
    let expected = [Obstacle::Trashed { track: track("Bass"), tag: tag("one") }];
    assert_eq!(session.foreseen(&request("1.0")).await, expected);
    assert_eq!(session.refused(&request("1.0")).await, expected);
    session.studio.purge(&trashed).await.unwrap();
    let expected = [Obstacle::Gone { track: track("Bass"), tag: tag("one") }];
    assert_eq!(session.foreseen(&request("1.0")).await, expected);
    assert_eq!(session.refused(&request("1.0")).await, expected);
}

#[tokio::test]
async fn damage_is_in_the_way_wherever_it_shows() {
    let job = Job::default();
    for (damage, foreseen) in
        [(Damage::Missing, true), (Damage::WrongSize, true), (Damage::WrongDigest, false)]
    {
        let session = Session::new().await;
        let version = &all(&session.studio).await[0];
        match damage {
            Damage::Missing => std::fs::remove_file(session.object(version)).unwrap(),
            Damage::WrongSize => std::fs::write(session.object(version), b"short").unwrap(),
            _ => session.flip(version),
        }
        let expected = [Obstacle::Damaged { track: track("Bass"), tag: tag("one"), damage }];
        let before = session.foreseen(&request("1.0")).await;
        assert_eq!(before, if foreseen { expected.to_vec() } else { Vec::new() });
        assert_eq!(session.refused(&request("1.0")).await, expected);
        // What was found by reading is known from then on.
        assert_eq!(session.foreseen(&request("1.0")).await, expected);
        session.lay("Bass", "one", &tone(110.0)).await;
        session.studio.create_release(&request("1.0"), &job).await.unwrap();
    }
}

#[tokio::test]
async fn bytes_that_cannot_be_read_now_are_in_the_way() {
    let session = Session::new().await;
    let store = Watched::new(session.place.store());
    let archived = all(&session.studio).await[1].object_key.clone();
    store.refuse(move |key| {
        let (object, class) = (key.to_string(), Some("DEEP_ARCHIVE".to_owned()));
        (*key == archived).then_some(StoreError::Archived { object, class, restoring: true })
    });
    let studio = Studio::new(session.place.catalog(), store.clone());
    let studio = studio.with_spool_directory(session.place.path("spool"));
    let obstacles = session.refused_by(&studio, &request("1.0")).await;
    let [Obstacle::Unverified { track: found, reason, .. }] = &obstacles[..] else {
        panic!("{obstacles:?}")
    };
    assert!(*found == track("Drums") && reason.contains("DEEP_ARCHIVE"), "{reason}");
    // A store that fails says nothing about any version.
    let url = studio.store_url().clone();
    store.refuse(move |_| {
        let (store, source) = (url.clone(), "no route".into());
        Some(StoreError::Full { store, source })
    });
    let error = studio.create_release(&request("1.0"), &Job::default()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable, "{error:?}");
    session.assert_spool_empty();
}

#[tokio::test]
async fn what_is_no_sound_is_in_the_way() {
    let session = Session::new().await;
    session.pick("Lyrics", "one", b"la la la").await;
    assert_eq!(
        session.studio.plan_release(&request("1.0"), &Job::default()).await.unwrap().obstacles,
        []
    );
    let obstacles = session.refused(&request("1.0")).await;
    let [Obstacle::NotSound { track: found, .. }] = &obstacles[..] else { panic!("{obstacles:?}") };
    assert_eq!(*found, track("Lyrics"));
}

#[tokio::test]
async fn what_no_stereo_mix_is_made_of_is_foreseen() {
    let session = Session::new().await;
    let surround = Wav::pcm(48_000, 6, 24).ints(&signal::noise(1, 4800, 6, 0.1)).build();
    session.pick("Room", "one", &surround).await;
    let plan = session.studio.plan_release(&request("1.0"), &Job::default()).await.unwrap();
    let obstacles = session.refused(&request("1.0")).await;
    assert_eq!(plan.obstacles, obstacles);
    let [Obstacle::NotSound { track: found, reason, .. }] = &obstacles[..] else {
        panic!("{obstacles:?}")
    };
    assert_eq!((found, reason.contains("6 channels")), (&track("Room"), true), "{reason}");
}

#[tokio::test]
async fn samples_that_are_no_numbers_are_not_mixed_in_silence() {
    let session = Session::new().await;
    let mut floats = vec![0.25_f32; 9600];
    (floats[17], floats[18]) = (f32::NAN, f32::NEG_INFINITY);
    session.pick("Keys", "one", &Wav::float(48_000, 2, 32).floats(&floats).build()).await;
    let job = Job::default();
    let made = session.studio.create_release(&request("1.0"), &job).await.unwrap_err();
    let heard = session.studio.audition(&song(), &MixSettings::default(), None, &job).await;
    for error in [made, heard.unwrap_err()] {
        assert_eq!(error.kind(), ErrorKind::Integrity);
        let Error::Sound { what, source } = &error else { panic!("{error:?}") };
        assert_eq!(what, "Keys");
        assert!(source.to_string().contains("2 samples"), "{source}");
    }
    assert_eq!(session.studio.releases(None).await.unwrap(), []);
    session.assert_spool_empty();
}

#[tokio::test]
async fn a_take_that_is_cut_short_is_in_the_way() {
    let session = Session::new().await;
    let whole = tone(330.0);
    let cut = [&whole[..whole.len() / 2], &[0; 2][..]].concat();
    session.pick("Keys", "one", &cut).await;
    let settings = MixSettings { mixed_lengths: true, ..MixSettings::default() };
    let obstacles = session.refused(&with(settings.clone())).await;
    let [Obstacle::NotSound { track: found, reason, .. }] = &obstacles[..] else {
        panic!("{obstacles:?}")
    };
    assert_eq!((found, reason.contains("of 4800 frames")), (&track("Keys"), true), "{reason}");
    let heard = session.studio.audition(&song(), &settings, None, &Job::default()).await;
    assert!(matches!(heard.unwrap_err(), Error::NotReleasable { .. }));
}

#[tokio::test]
async fn rates_and_lengths_that_differ_are_in_the_way_unless_asked_for() {
    let session = Session::new().await;
    session.pick("Guitar", "one", &tone_at(44_100, 4410)).await;
    session.pick("Keys", "one", &tone_at(48_000, 2400)).await;
    let rates = [("Bass", 48_000), ("Drums", 48_000), ("Guitar", 44_100), ("Keys", 48_000)];
    let rates = rates.map(|(name, rate)| (track(name), rate)).to_vec();
    let lengths = [("Bass", 100_000), ("Drums", 100_000), ("Guitar", 100_000), ("Keys", 50_000)];
    let lengths = lengths.map(|(name, micros)| (track(name), micros)).to_vec();
    let (mixed_rates, mixed_lengths) =
        (Obstacle::MixedRates { rates }, Obstacle::MixedLengths { lengths });
    let found = session.refused(&request("1.0")).await;
    assert_eq!(found, [mixed_rates.clone(), mixed_lengths.clone()]);
    let settings = |sample_rate, mixed_lengths| {
        with(MixSettings { sample_rate, mixed_lengths, ..MixSettings::default() })
    };
    assert_eq!(session.refused(&settings(None, true)).await, [mixed_rates]);
    assert_eq!(session.refused(&settings(Some(48_000), false)).await, [mixed_lengths]);
    let asked = settings(Some(44_100), true);
    let release = session.studio.create_release(&asked, &Job::default()).await.unwrap();
    assert_eq!((release.mix.sample_rate, release.mix.frames), (44_100, 4410));
    assert_eq!(session.verify(&release).await, []);
}

/// What is left out of the mix has no say in its rate and length.
#[tokio::test]
async fn a_muted_track_is_part_of_the_release_and_not_of_its_mix() {
    let session = Session::new().await;
    let before = session.create("before").await;
    let guide = session.pick("Guide", "one", &tone_at(44_100, 100)).await;
    let muted = StemLevel { mute: true, ..StemLevel::default() };
    let settings = MixSettings { levels: vec![(track("Guide"), muted)], ..MixSettings::default() };
    let release = session.studio.create_release(&with(settings), &Job::default()).await.unwrap();
    assert_eq!(release.mix, before.mix);
    assert_eq!((release.stems.len(), release.stems[2].version), (3, guide.id));
    assert!(release.stems[2].level.mute);
    assert_eq!(session.verify(&release).await, []);
    session.flip(&guide);
    assert!(matches!(session.verify(&release).await[..], [Flaw::Damaged { .. }]));
}

#[tokio::test]
async fn a_mix_of_nothing_is_not_made() {
    let session = Session::new().await;
    let muted = StemLevel { mute: true, ..StemLevel::default() };
    let levels = [track("Bass"), track("drums")].map(|track| (track, muted)).to_vec();
    let silent = with(MixSettings { levels, ..MixSettings::default() });
    assert_eq!(session.foreseen(&silent).await, [Obstacle::AllMuted]);
    assert_eq!(session.refused(&silent).await, [Obstacle::AllMuted]);
    // One that is heard, but damaged, is heard all the same.
    let silent = with(MixSettings {
        levels: silent.settings.levels[..1].to_vec(),
        ..MixSettings::default()
    });
    let drums = &all(&session.studio).await[1];
    std::fs::remove_file(session.object(drums)).unwrap();
    let obstacles = session.refused(&silent).await;
    assert!(matches!(obstacles[..], [Obstacle::Damaged { .. }]), "{obstacles:?}");
}

#[tokio::test]
async fn a_name_is_given_once_in_whatever_case() {
    let session = Session::new().await;
    session.create("Radio Edit").await;
    for again in ["Radio Edit", "RADIO EDIT", "radio edit"] {
        let taken = [Obstacle::NameTaken { name: name("Radio Edit") }];
        assert_eq!(session.foreseen(&request(again)).await, taken);
        assert_eq!(session.refused(&request(again)).await, taken);
    }
    session.create("Radio Edit 2").await;
}

#[tokio::test]
async fn settings_are_for_tracks_that_are_there() {
    let session = Session::new().await;
    let levels = ["Bas", "drums"].map(|name| (track(name), StemLevel::default())).to_vec();
    let unknown = with(MixSettings { levels, ..MixSettings::default() });
    let expected = [Obstacle::UnknownTrack { track: track("Bas") }];
    assert_eq!(session.foreseen(&unknown).await, expected);
    assert_eq!(session.refused(&unknown).await, expected);
    let file = session.file("mix.wav");
    let audition =
        session.studio.audition(&song(), &unknown.settings, Some(&file), &Job::default()).await;
    let error = audition.unwrap_err();
    assert!(matches!(error, Error::NotReleasable { .. }), "{error:?}");
    assert!(!file.target.exists());
}

#[tokio::test]
async fn all_that_is_in_the_way_is_told_at_once() {
    let session = Session::new().await;
    session.create("1.0").await;
    session.pick("Guitar", "one", &tone_at(44_100, 4410)).await;
    session.pick("Keys", "one", &tone_at(48_000, 2400)).await;
    session.lay("Vocals", "one", &tone(440.0)).await;
    session.pick("Horns", "one", &tone(660.0)).await;
    session.studio.throw_away(&take_of("Horns", "one")).await.unwrap();
    let strings = session.pick("Strings", "one", &tone(880.0)).await;
    std::fs::remove_file(session.object(&strings)).unwrap();
    let levels = vec![(track("Flute"), StemLevel::default())];
    let wanted = with(MixSettings { levels, ..MixSettings::default() });
    let codes: Vec<_> = session.refused(&wanted).await.iter().map(Obstacle::code).collect();
    let expected = [
        "unknown-track",
        "no-pick",
        "trashed",
        "damaged",
        "mixed-rates",
        "mixed-lengths",
        "name-taken",
    ];
    assert_eq!(codes, expected);

    // What shows only by reading is told of all tracks at once too.
    let session = Session::new().await;
    session.flip(&all(&session.studio).await[0]);
    session.pick("Lyrics", "one", b"la la la").await;
    let keys = session.pick("Keys", "one", &tone(55.0)).await;
    session.flip(&keys);
    let codes: Vec<_> = session.refused(&request("1.0")).await.iter().map(Obstacle::code).collect();
    assert_eq!(codes, ["damaged", "damaged", "not-sound"]);
}
