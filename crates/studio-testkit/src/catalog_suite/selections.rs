//! Selections of versions: picked, latest, of a status.

use std::collections::HashSet;

use studio_domain::{
    Selection, Status, Timestamp, Version, VersionDetails, VersionId, VersionPath,
};
use studio_repo::{Error, PageRequest, VersionFilter};
use uuid::Uuid;

use super::choices::{mark, pick, unpick};
use super::{CatalogFixture, Catalogue, add, all, path, tags, version};

/// Two artists, two songs each, two tracks each, with picks, marks and the trash at work.
async fn studio(catalog: &dyn Catalogue) {
    let (mut picks, mut marks) = (Vec::new(), Vec::new());
    let versions: Vec<_> = (0..56)
        .map(|n| {
            let [artist, song, track] = [n % 2, n / 2 % 2, n / 4 % 2].map(|n| format!("{n}"));
            // Several of a track at one moment, so that only their identity orders them.
            version(path(&artist, &song, &track, &format!("take {n}")), n * 7 % 10)
        })
        .collect();
    catalog.restore(&versions).await.unwrap();
    for (n, version) in versions.iter().enumerate() {
        if n % 5 == 0 && n % 8 != 7 {
            picks.push(pick(version, n as i64 * 11 % 13));
        }
        let status = [None, Some(Status::Approved), Some(Status::Circled), Some(Status::NoGood)];
        if n % 3 > 0 {
            marks.push(mark(version.id, status[n % 4], 1));
            marks.push(mark(version.id, status[n / 2 % 4], 2 * (n as i64 % 2)));
        }
    }
    picks.push(unpick(&versions[2].path.track_path(), 99));
    catalog.add_picks(&picks).await.unwrap();
    catalog.add_marks(&marks).await.unwrap();
    for version in versions.iter().skip(40).step_by(6) {
        catalog.trash(&version.path, Timestamp::from_micros(1)).await.unwrap();
    }
}

/// What a selection should leave of some versions.
async fn expected(
    catalog: &dyn Catalogue,
    versions: &[Version],
    selection: Selection,
) -> Vec<Version> {
    let asked: Vec<_> = versions.iter().map(|version| (version.id, version.digest)).collect();
    let details = catalog.details(&asked).await.unwrap();
    let is_latest = |version: &Version| {
        let later = |other: &&Version| {
            other.path.track_path() == version.path.track_path()
                && (other.uploaded_at, other.id) > (version.uploaded_at, version.id)
        };
        versions.iter().find(later).is_none()
    };
    let wanted = |(version, details): &(&Version, &VersionDetails)| {
        let status = details.mark.as_ref().and_then(|mark| mark.status);
        (!selection.picked || details.picked)
            && (!selection.latest || is_latest(version))
            && (selection.status.is_none() || selection.status == status)
    };
    versions.iter().zip(&details).filter(wanted).map(|(version, _)| version.clone()).collect()
}

fn selections() -> Vec<Selection> {
    let statuses = Status::ALL.iter().copied().map(Some).chain([None]);
    let selections = statuses.flat_map(|status| {
        [(false, false), (false, true), (true, false), (true, true)]
            .map(|(picked, latest)| Selection { picked, latest, status })
    });
    selections.collect()
}

/// Every selection of every place, page by page, is what the details say.
pub async fn versions_are_selected(fixture: &impl CatalogFixture) {
    let catalog = fixture.open();
    studio(&*catalog).await;
    let VersionPath { artist, song, track, tag } = path("1", "0", "1", "take 5");
    let filters = [
        VersionFilter::All,
        VersionFilter::Artist(artist.clone()),
        VersionFilter::Song(artist.clone(), song.clone()),
        VersionFilter::Track(artist.clone(), song.clone(), track.clone()),
        VersionFilter::Version(VersionPath { artist, song, track, tag }),
        VersionFilter::Artist("nobody".parse().unwrap()),
    ];
    let mut sizes = HashSet::new();
    for filter in &filters {
        let whole = catalog.versions(filter, all(100)).await.unwrap().items;
        // The latest of a track is so whatever else is asked for.
        assert_eq!(whole, expected(&*catalog, &whole, Selection::ALL).await);
        for selection in selections() {
            // A place of one version does not tell which is the latest of its track.
            if selection.latest && matches!(filter, VersionFilter::Version(_)) {
                continue;
            }
            let expected = expected(&*catalog, &whole, selection).await;
            sizes.insert(expected.len());
            for limit in [3, 100] {
                let (mut joined, mut after) = (Vec::new(), None);
                loop {
                    let request = PageRequest { after, limit };
                    let page = catalog.selected(filter, selection, request).await.unwrap();
                    assert!(page.items.len() <= limit as usize);
                    joined.extend(page.items);
                    after = page.next;
                    if after.is_none() {
                        break;
                    }
                }
                assert_eq!(joined, expected, "{selection:?} of {filter:?}, pages of {limit}");
            }
        }
    }
    assert!(sizes.len() > 10, "the selections tell something: {sizes:?}");
}

/// The latest is that of the track, wherever one looks; a cursor has to be known.
pub async fn a_place_does_not_change_what_is_latest(fixture: &impl CatalogFixture) {
    let catalog = fixture.open();
    add(&*catalog, &[("a", "s", "t", "first"), ("a", "s", "t", "second")]).await;
    let latest = Selection { latest: true, ..Selection::ALL };
    for (tag, found) in [("first", 0), ("second", 1)] {
        let place = VersionFilter::Version(path("A", "S", "T", tag));
        let page = catalog.selected(&place, latest, all(10)).await.unwrap();
        assert_eq!(page.items.len(), found, "{tag}");
    }
    catalog.trash(&path("a", "s", "t", "second"), Timestamp::from_micros(9)).await.unwrap();
    let page = catalog.selected(&VersionFilter::All, latest, all(10)).await.unwrap();
    assert_eq!(tags(&page), ["first"], "what is in the trash is no take");
    let unknown = VersionId::from_uuid(Uuid::nil());
    let request = PageRequest { after: Some(unknown), limit: 10 };
    match catalog.selected(&VersionFilter::All, latest, request).await {
        Err(Error::UnknownCursor { id }) => assert_eq!(id, unknown),
        unexpected => panic!("{unexpected:?}"),
    }
}
