//! That an embedder may spawn every use case on a runtime of many threads, which the
//! compiler sees to.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

mod common;

use std::sync::Arc;
use std::time::Duration;

use studio_core::audio::analysis::Measures;
use studio_core::audio::gate::Profile;
use studio_core::{
    Budget, Clearing, Delivery, Depth, Examination, Export, FileKind, Import, Job, MemoryStore,
    MixFile, MixSettings, NameKind, PageRequest, Pattern, ReleaseRequest, Selection, Status,
    Subject, VersionFilter, test_store,
};

#[tokio::test(flavor = "multi_thread")]
async fn every_use_case_can_be_spawned() {
    let place = common::Place::new();
    let (studio, job) = (Arc::new(place.studio()), Arc::new(Job::default()));
    let (a, b) = (place.take("a", b"tchk"), place.target("a"));
    let path = a.path.clone();
    let grace = Duration::ZERO;
    let examination = Examination { depth: Depth::Full, grace, downloads: Vec::new() };
    let everything = {
        let (studio, job) = (Arc::clone(&studio), Arc::clone(&job));
        async move {
            studio.plan_upload(&a, &job).await?;
            studio.upload(&a, &job).await?;
            studio.plan_download(&b, &job).await?;
            studio.download(&b, &job).await?;
            studio.version(&a.path).await?;
            studio.neighbours(&a.path, NameKind::Track).await?;
            studio.verify(&VersionFilter::All, Depth::Full, &job).await?;
            studio.verify_only(&VersionFilter::All, Depth::Full, &job).await?;
            studio.scrub_only(Budget::Percent(100.0), &job).await?;
            studio.scrub(Budget::Percent(100.0), &job).await?;
            let diagnosis = studio.examine(&examination, &job).await?;
            studio.repair(&diagnosis, &job).await?;
            studio.look_over(&examination, &job).await?;
            studio.collect_garbage(&Clearing::default(), &job).await?;
            studio.back_up(1, &job).await?;
            for backup in studio.backups(&job).await? {
                studio.fetch_backup(&backup, &b.target.with_extension("db"), &job).await?;
            }
            studio.recover(false, &job).await?;
            studio.move_in(&job).await?;
            test_store(&MemoryStore::new(), &job).await?;
            Ok::<_, studio_core::Error>(a.path)
        }
    };
    assert_eq!(tokio::spawn(everything).await.unwrap().unwrap(), path);

    let directory = place.path("session");
    std::fs::create_dir(&directory).unwrap();
    std::fs::write(directory.join("Bass_2.wav"), b"boom").unwrap();
    let pattern: Pattern = "{track}_{version}.wav".parse().unwrap();
    let import = Import {
        directory: directory.clone(),
        artist: Some(path.artist.clone()),
        song: Some(path.song.clone()),
        track: None,
        pattern: pattern.clone(),
    };
    let export = Export { filter: VersionFilter::All, directory, pattern };
    let session = async move {
        let plan = studio.plan_import(&import).await?;
        studio.preview_import(&plan.files, &job).await?;
        let imported = studio.import(&plan.files, &job).await?;
        let plan = studio.plan_export(&export).await?;
        studio.preview_export(&plan.files, &job).await?;
        studio.export(&plan.files, &job).await?;
        let thrown = studio.throw_away(&path).await?;
        studio.find_trashed(&path).await?;
        studio.restore_from_trash(&thrown).await?;
        let thrown = studio.throw_away(&path).await?;
        studio.plan_purge(std::slice::from_ref(&thrown), &job).await?;
        studio.purge(&thrown).await?;
        studio.purge_all(&[], &job).await?;
        studio.expired(Duration::ZERO).await?;
        Ok::<_, studio_core::Error>(imported.files.len())
    };
    assert_eq!(tokio::spawn(session).await.unwrap().unwrap(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_choice_and_release_can_be_spawned() {
    let place = common::Place::new();
    let studio = place.studio().with_gate(Profile::ingest()).measuring_uploads();
    let take = place.take("a", &common::tone(110.0));
    let (mix, out) = (place.path("mix.wav"), place.path("out"));
    let pattern: Pattern = "{track}_{version}.wav".parse().unwrap();
    let everything = async move {
        let (job, by) = (Job::default(), common::person("Mark"));
        let version = studio.upload(&take, &job).await?.version;
        let (song, track) = (version.path.song_path(), version.path.track_path());
        let subject = Subject::Version(Box::new(version.clone()));
        studio.probe(&subject, &job).await?;
        studio.check(&subject, &Arc::new(Profile::ingest()), &job).await?;
        studio.analyse(&subject, Measures::ALL, &job).await?;
        studio.compare_sound([subject.clone(), subject], &job).await?;
        studio.mark(&version.path, Some(Status::Circled), &by, None).await?;
        studio.marks(&version.path).await?;
        studio.unpick(&track, &by, None).await?;
        studio.pick(&version.path, &by, None).await?;
        studio.picks(&song).await?;
        studio.history_of_picks(&song, None, 10).await?;
        studio.details(std::slice::from_ref(&version)).await?;
        let page = PageRequest { after: None, limit: 10 };
        let picked = Selection { picked: true, ..Selection::ALL };
        studio.select_versions(&VersionFilter::All, picked, page).await?;
        let settings = MixSettings::default();
        studio.audition(&song, &settings, None, &job).await?;
        let name = "1.0".parse().unwrap();
        let request = ReleaseRequest { song, name, by, note: None, settings };
        studio.plan_release(&request, &job).await?;
        let release = studio.create_release(&request, &job).await?;
        studio.releases(None).await?;
        studio.release(&release.song, &release.name).await?;
        studio.releases_with(version.id).await?;
        studio.verify_release(&release, &job).await?;
        let file = MixFile { target: mix, overwrite: false, kind: FileKind::Wav };
        studio.render_release(&release, None, &file, &job).await?;
        let delivery = Delivery { target: out.clone(), credits: Vec::new() };
        studio.deliver_release(&release, &delivery, &job).await?;
        let import = Import { directory: out, artist: None, song: None, track: None, pattern };
        let plan = studio.plan_import(&import).await?;
        Ok::<_, studio_core::Error>((plan.files.len(), plan.refused.len()))
    };
    assert_eq!(tokio::spawn(everything).await.unwrap().unwrap(), (1, 0));
}
