//! What comes between while a release is made.

use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use futures_util::future::BoxFuture;
use studio_core::repo::{ReleaseRepo, Result};
use studio_core::{
    CatalogError, Choice, Decibels, Error, ErrorKind, Job, MixSettings, Obstacle, Phase, Problem,
    Release, ReleaseName, Repositories, SongPath, SqliteCatalog, StoreUrl, Studio, VersionId,
};

use crate::common::{Place, examine, person, song, take_of, tone, track};
use crate::session::{Session, cancelled_in, name, request, tag, with};

type ReleaseId = studio_domain::ReleaseId;

/// A catalogue in which something happens just before a release comes in.
struct Racing {
    inner: Arc<SqliteCatalog>,
    before: Box<dyn Fn() -> BoxFuture<'static, Result<()>> + Send + Sync>,
}

#[async_trait]
impl ReleaseRepo for Racing {
    async fn add_release(&self, release: &Release) -> Result<()> {
        (self.before)().await?;
        self.inner.add_release(release).await
    }

    async fn restore_release(&self, release: &Release) -> Result<()> {
        self.inner.restore_release(release).await
    }

    async fn move_releases(&self, ids: &[ReleaseId], store: &StoreUrl) -> Result<()> {
        self.inner.move_releases(ids, store).await
    }

    async fn release_named(&self, song: &SongPath, name: &ReleaseName) -> Result<Release> {
        self.inner.release_named(song, name).await
    }

    async fn releases(&self, song: Option<&SongPath>) -> Result<Vec<ReleaseId>> {
        self.inner.releases(song).await
    }

    async fn release_by_id(&self, id: ReleaseId) -> Result<Option<Release>> {
        self.inner.release_by_id(id).await
    }

    async fn releases_with(&self, version: VersionId) -> Result<Vec<ReleaseId>> {
        self.inner.releases_with(version).await
    }
}

impl Session {
    fn racing(
        &self,
        before: impl Fn() -> BoxFuture<'static, Result<()>> + Send + Sync + 'static,
    ) -> Studio {
        let inner = self.place.catalog();
        let releases = Arc::new(Racing { inner: Arc::clone(&inner), before: Box::new(before) });
        let repositories = Repositories { releases, ..Repositories::from(inner) };
        let studio = Studio::new(repositories, self.place.store());
        studio.with_spool_directory(self.place.path("spool"))
    }
}

#[tokio::test]
async fn a_version_that_goes_while_the_mix_is_made_keeps_the_release_from_being() {
    let session = Session::new().await;
    let meanwhile = session.studio.clone();
    let racing = session.racing(move || {
        let studio = meanwhile.clone();
        Box::pin(async move {
            studio.throw_away(&take_of("Drums", "two")).await.unwrap();
            Ok(())
        })
    });
    let expected = [Obstacle::Trashed { track: track("Drums"), tag: tag("two") }];
    assert_eq!(session.refused_by(&racing, &request("1.0")).await, expected);
}

#[tokio::test]
async fn a_pick_that_changes_while_the_mix_is_made_keeps_the_release_from_being() {
    let session = Session::new().await;
    session.lay("Drums", "three", &tone(330.0)).await;
    let meanwhile = session.studio.clone();
    let racing = session.racing(move || {
        let studio = meanwhile.clone();
        Box::pin(async move {
            studio.pick(&take_of("Drums", "three"), &person("Mark"), None).await.unwrap();
            Ok(())
        })
    });
    let expected = [Obstacle::PickChanged { track: track("Drums") }];
    assert_eq!(session.refused_by(&racing, &request("1.0")).await, expected);
    session.create("1.0").await;
}

#[tokio::test]
async fn a_catalogue_that_fails_leaves_no_manifest() {
    let session = Session::new().await;
    let full = || Box::pin(async { Err(CatalogError::Full { action: "record a release" }) });
    let failing = session.racing(move || full());
    let error = failing.create_release(&request("1.0"), &Job::default()).await.unwrap_err();
    assert!(matches!(error, Error::Catalog(CatalogError::Full { .. })), "{error:?}");
    assert_eq!(session.place.objects("releases/").await, [""; 0]);
    assert_eq!(examine(&session.studio).await.problems, []);
}

/// Whoever dies between manifest and catalogue.
#[tokio::test]
async fn an_attempt_that_was_cut_off_is_taken_in_or_made_again() {
    for repaired in [false, true] {
        let session = Session::new().await;
        let store = session.place.store_directory().join("releases");
        let kept = session.place.path("kept");
        let (from, to) = (store.clone(), kept.clone());
        let dying = session.racing(move || {
            copy_all(&from, &to);
            Box::pin(async { Err(CatalogError::Busy { action: "record a release" }) })
        });
        dying.create_release(&request("1.0"), &Job::default()).await.unwrap_err();
        copy_all(&kept, &store);
        assert_eq!(session.place.objects("releases/").await.len(), 1);
        let diagnosis = examine(&session.studio).await;
        let [Problem::UnknownChoice { choice: Choice::Release(cut_off) }] = &diagnosis.problems[..]
        else {
            panic!("{diagnosis:?}")
        };
        let release = match repaired {
            true => {
                session.studio.repair(&diagnosis, &Job::default()).await.unwrap();
                let release = session.studio.release(&song(), &name("1.0")).await.unwrap();
                assert_eq!(release, **cut_off);
                release
            }
            false => session.create("1.0").await,
        };
        assert_eq!(release.id, cut_off.id, "one name, one manifest");
        assert_eq!(session.place.objects("releases/").await.len(), 1);
        assert_eq!(session.verify(&release).await, []);
        assert_eq!(examine(&session.studio).await.problems, []);
    }
}

fn copy_all(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for name in Place::names_in(from) {
        std::fs::copy(from.join(&name), to.join(&name)).unwrap();
    }
}

#[tokio::test]
async fn of_two_that_make_a_release_at_once_one_does() {
    let session = Session::new().await;
    let meanwhile = session.studio.clone();
    let racing = session.racing(move || {
        let studio = meanwhile.clone();
        // With other words, and otherwise mixed.
        let settings = MixSettings {
            gain: Decibels::from_thousandths(-6000).unwrap(),
            ..MixSettings::default()
        };
        let other = with(settings);
        Box::pin(async move {
            studio.create_release(&other, &Job::default()).await.unwrap();
            Ok(())
        })
    });
    let error = racing.create_release(&request("1.0"), &Job::default()).await.unwrap_err();
    let Error::NotReleasable { obstacles, .. } = &error else { panic!("{error:?}") };
    assert_eq!(obstacles[..], [Obstacle::NameTaken { name: name("1.0") }]);
    let releases = session.studio.releases(None).await.unwrap();
    let manifests = session.place.objects("releases/").await;
    assert_eq!(manifests, [format!("releases/{}.json", releases[0].id)]);
    assert_eq!(session.verify(&releases[0]).await, []);
}

#[tokio::test]
async fn what_is_cancelled_leaves_nothing() {
    for (phase, moved) in [
        (Phase::Fetching, false),
        (Phase::Listening, false),
        (Phase::Mixing, false),
        (Phase::Mixing, true),
    ] {
        let session = Session::new().await;
        let cancelled = || cancelled_in(phase, moved);
        let create = session.studio.create_release(&request("1.0"), &cancelled()).await;
        assert_eq!(create.unwrap_err().kind(), ErrorKind::Cancelled, "{phase:?}");
        assert_eq!(session.place.objects("releases/").await, [""; 0]);
        let release = session.create("1.0").await;
        if phase != Phase::Listening {
            let file = session.file("mix.wav");
            let render = session.studio.render_release(&release, None, &file, &cancelled()).await;
            assert_eq!(render.unwrap_err().kind(), ErrorKind::Cancelled, "{phase:?}");
            let verified = session.studio.verify_release(&release, &cancelled()).await;
            assert_eq!(verified.unwrap_err().kind(), ErrorKind::Cancelled, "{phase:?}");
        }
        session.assert_spool_empty();
        let left = Place::names_in(&session.place.path(""));
        assert!(
            left.iter().all(|name| !name.contains("mix") && !name.contains("part")),
            "{left:?}"
        );
    }
}
