//! What a release freezes, keeps, and is found to be later.

use std::sync::Arc;
use std::time::Duration;

use studio_core::{
    CatalogError, Clearing, Damage, Decibels, Error, ErrorKind, Flaw, Job, MixSettings,
    SqliteCatalog, StemLevel, StoreError, Studio, TrashedVersion,
};

use crate::common::{all, song, take_of, tone, track};
use crate::session::{Session, name, request, tag, with};
use crate::watched::Watched;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

#[tokio::test]
async fn a_release_freezes_what_was_picked_and_how_it_sounds() {
    let session = Session::new().await;
    let studio = &session.studio;
    let plan = studio.plan_release(&request("1.0"), &Job::default()).await.unwrap();
    let stems = [(track("Bass"), tag("one")), (track("Drums"), tag("two"))];
    assert_eq!((&plan.stems[..], plan.bytes, &plan.obstacles[..]), (&stems[..], 57_688, &[][..]));
    let gain = Decibels::from_thousandths(-3000).unwrap();
    let level = StemLevel { gain, offset: 480, ..StemLevel::default() };
    let levels = vec![(track("DRUMS"), level)];
    let wanted = with(MixSettings { levels, ..MixSettings::default() });
    let release = studio.create_release(&wanted, &Job::default()).await.unwrap();

    assert_eq!((&release.song, release.name.as_str()), (&song(), "1.0"));
    assert_eq!((release.said.by.as_str(), &release.said.note), ("Steve", &wanted.note));
    assert!(release.made_with.starts_with("studio ") && release.store == *studio.store_url());
    let sheet = studio.picks(&song()).await.unwrap();
    let versions = all(studio).await;
    assert_eq!(release.stems.len(), 2);
    for ((stem, picked), version) in release.stems.iter().zip(&sheet.picked).zip(&versions) {
        assert_eq!((stem.pick, stem.version), (picked.pick.id, version.id));
        assert_eq!((&stem.track, &stem.tag), (&version.path.track, &version.path.tag));
        assert_eq!((stem.size, stem.digest), (version.size, version.digest));
        assert_eq!((&stem.object_key, stem.picked_by.as_str()), (&version.object_key, "Laura Lee"));
        let facts = studio.details(std::slice::from_ref(version)).await.unwrap().remove(0);
        let sound = facts.sound.unwrap();
        assert_eq!((stem.format, facts.releases), (sound.format, 1));
        assert_eq!(stem.audio_digest, sound.measured.unwrap().audio_digest);
    }
    assert_eq!((release.stems[0].level, release.stems[1].level), (StemLevel::default(), level));
    let mix = release.mix;
    assert_eq!((mix.frames, mix.sample_rate, mix.channels, mix.bits), (5280, 48_000, 2, Some(24)));
    assert!(mix.dither.is_some() && mix.clipped == 0 && mix.loudness.true_peak.is_some());

    let json = std::fs::read(session.manifest(&release)).unwrap();
    assert_eq!(studio_api::v1::Release::decode(&json).unwrap(), release);
    let mut shouted = song();
    shouted.song = "WHITE GLOVES".parse().unwrap();
    assert_eq!(studio.release(&shouted, &name("1.0")).await.unwrap(), release);
    assert_eq!(studio.releases(Some(&shouted)).await.unwrap(), std::slice::from_ref(&release));
    assert_eq!(studio.releases_with(versions[0].id).await.unwrap(), [name("1.0")]);
    assert_eq!(session.verify(&release).await, []);

    // What is picked afterwards changes nothing of it.
    session.pick("Bass", "three", &tone(55.0)).await;
    let second = session.create("1.1").await;
    assert_ne!(second.mix.audio_digest, release.mix.audio_digest);
    assert_eq!(studio.releases(None).await.unwrap(), [release.clone(), second]);
    assert_eq!(session.verify(&release).await, []);
}

#[tokio::test]
async fn the_same_picks_give_the_same_mix() {
    let session = Session::new().await;
    let (one, other) = (session.create("one").await, session.create("other").await);
    assert_eq!(one.mix, other.mix);
    assert_eq!(one.stems, other.stems);
}

#[tokio::test]
async fn what_a_release_uses_is_kept() {
    let session = Session::new().await;
    let unused = session.lay("Bass", "other", &tone(50.0)).await;
    let release = session.create("1.0").await;
    let mut trashed = Vec::new();
    for path in [take_of("Bass", "one"), take_of("Bass", "other")] {
        trashed.push(session.studio.throw_away(&path).await.unwrap());
    }
    let error = session.studio.purge(&trashed[0]).await.unwrap_err();
    let Error::Catalog(CatalogError::InRelease { name: used_by, .. }) = &error else {
        panic!("{error:?}")
    };
    assert_eq!((used_by.as_str(), error.kind()), ("1.0", ErrorKind::Conflict));
    // Thrown away, but not gone: the release is whole.
    assert_eq!(session.verify(&release).await, []);
    let job = Job::default();
    let plan = session.studio.plan_purge(&trashed, &job).await.unwrap();
    let clearing =
        Clearing { grace: Duration::ZERO, retention: Duration::ZERO, ..Clearing::default() };
    let cleared = session.studio.collect_garbage(&clearing, &job).await.unwrap();
    for emptied in [plan, cleared.purged] {
        let ids = |of: &[TrashedVersion]| of.iter().map(|version| version.id).collect::<Vec<_>>();
        assert_eq!(ids(&emptied.versions), [unused.id]);
        assert_eq!((ids(&emptied.kept), emptied.objects), (vec![trashed[0].id], 1));
    }
    assert_eq!(cleared.orphans, []);
    assert_eq!(session.verify(&release).await, []);
    session.studio.restore_from_trash(&trashed[0]).await.unwrap();
}

/// A catalogue that has a release, and not its versions; and one that has not even that.
#[tokio::test]
async fn objects_of_a_release_outlive_its_versions() {
    let session = Session::new().await;
    let release = session.create("1.0").await;
    std::fs::remove_dir_all(session.place.store_directory().join("versions")).unwrap();
    let elsewhere = |_: ()| {
        let catalog = Arc::new(SqliteCatalog::in_memory().unwrap());
        let later = studio_core::Timestamp::from_micros(0).after(DAY * 365 * 100);
        Studio::new(catalog, session.place.store()).with_clock(move || later)
    };
    let job = Job::default();
    let clearing = Clearing { grace: Duration::ZERO, ..Clearing::default() };
    for knows_release in [false, true] {
        let studio = elsewhere(());
        if knows_release {
            assert_eq!(studio.recover(false, &job).await.unwrap().releases, 1);
            let found = studio.releases(None).await.unwrap();
            assert_eq!((found, all(&studio).await), (vec![release.clone()], vec![]));
        }
        let cleared = studio.collect_garbage(&clearing, &job).await.unwrap();
        assert_eq!(cleared.orphans, [], "{knows_release}");
        assert_eq!(session.place.objects("objects/").await.len(), 2);
        let verified = studio.verify_release(&release, &job).await.unwrap();
        assert_eq!(verified.flaws, []);
    }
}

#[tokio::test]
async fn every_flaw_of_a_release_is_found() {
    let session = Session::new().await;
    let release = session.create("1.0").await;
    let manifest = session.manifest(&release);
    let json = std::fs::read_to_string(&manifest).unwrap();
    for changed in [json.replace("for the label", "for the cable"), json[1..].to_owned()] {
        assert_ne!(changed, json);
        std::fs::write(&manifest, changed).unwrap();
        assert_eq!(session.verify(&release).await, [Flaw::WrongManifest]);
    }
    std::fs::remove_file(&manifest).unwrap();
    assert_eq!(session.verify(&release).await, [Flaw::NoManifest]);
    std::fs::write(&manifest, &json).unwrap();
    assert_eq!(session.verify(&release).await, []);

    let mut other = release.clone();
    other.mix.audio_digest = studio_core::AudioDigest::from_bytes([7; 32]);
    let found = release.mix.audio_digest;
    assert_eq!(session.verify(&other).await, [Flaw::WrongManifest, Flaw::OtherMix { found }]);

    let [bass, drums] = &all(&session.studio).await[..] else { panic!() };
    session.flip(bass);
    let (track, tag) = (bass.path.track.clone(), bass.path.tag.clone());
    let flaw = |damage| Flaw::Damaged { track: track.clone(), tag: tag.clone(), damage };
    assert_eq!(session.verify(&release).await, [flaw(Damage::WrongDigest)]);
    let damage = all(&session.studio).await[0].check.unwrap().damage;
    assert_eq!(damage, Some(Damage::WrongDigest), "and written down");
    std::fs::write(session.object(bass), b"short").unwrap();
    assert_eq!(session.verify(&release).await, [flaw(Damage::WrongSize)]);
    std::fs::remove_file(session.object(bass)).unwrap();
    session.flip(drums);
    let flaws = session.verify(&release).await;
    assert_eq!((flaws.len(), &flaws[0]), (2, &flaw(Damage::Missing)));
}

#[tokio::test]
async fn what_is_in_an_archive_is_not_called_damaged() {
    let session = Session::new().await;
    let release = session.create("1.0").await;
    let store = Watched::new(session.place.store());
    store.refuse(|key| {
        let object = key.to_string();
        let archived = StoreError::Archived { object, class: None, restoring: false };
        key.as_str().starts_with("objects/").then_some(archived)
    });
    let studio = Studio::new(session.place.catalog(), store);
    let verified = studio.verify_release(&release, &Job::default()).await.unwrap();
    let unread = |flaw: &Flaw| matches!(flaw, Flaw::Unread { .. });
    assert!(verified.flaws.len() == 2 && verified.flaws.iter().all(unread), "{verified:?}");
    assert_eq!((verified.bytes, verified.mixed), (0, false));
    assert!(
        all(&studio).await.iter().all(|version| version.check.is_none_or(|c| c.damage.is_none()))
    );
}
