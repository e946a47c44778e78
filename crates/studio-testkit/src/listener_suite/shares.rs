use studio_domain::{Account, AlbumId, Playlist, PlaylistId, Share, ShareId, Shared};
use uuid::Uuid;

use super::{ListenerFixture, at, keep, list, listener};
use crate::publish_suite::{album, single};

/// A share of an album, made at a second.
pub(crate) fn share(owner: &Account, made: i64) -> Share {
    Share {
        id: ShareId::from_uuid(Uuid::now_v7()),
        owner: owner.id,
        subject: Shared::Album(AlbumId::from_uuid(Uuid::nil())),
        note: None,
        created_at: at(made),
        expires_at: None,
        revoked_at: None,
        visits: 0,
        visited_at: None,
    }
}

/// With who made it; of its new state only what can change is taken.
pub async fn a_share_is_found_as_it_is<F: ListenerFixture>(fixture: &F) {
    let catalog = fixture.open();
    let (ann, bob) = (listener(&*catalog, "Ann").await, listener(&*catalog, "bob").await);
    let mut made = share(&ann, 1);
    assert_eq!(catalog.share(made.id).await.unwrap(), None);
    made.note = Some("for you".parse().unwrap());
    made.expires_at = Some(at(9));
    catalog.put_share(&made).await.unwrap();
    catalog.visit_share(made.id, at(3)).await.unwrap();
    (made.visits, made.visited_at) = (1, Some(at(3)));
    let found = fixture.open().share(made.id).await.unwrap();
    assert_eq!(found, Some((made.clone(), ann.clone())));
    (made.note, made.expires_at, made.revoked_at) = (None, None, Some(at(5)));
    let changed = Share { visits: 0, visited_at: None, owner: bob.id, ..made.clone() };
    catalog.put_share(&changed).await.unwrap();
    assert_eq!(catalog.share(made.id).await.unwrap(), Some((made.clone(), ann)));
    assert!(catalog.remove_share(made.id).await.unwrap());
    assert!(!catalog.remove_share(made.id).await.unwrap());
    assert_eq!(catalog.share(made.id).await.unwrap(), None);
}

/// Those of one or of all, in stretches.
pub async fn shares_are_listed_the_newest_first<F: ListenerFixture>(fixture: &F) {
    let catalog = fixture.open();
    let (ann, bob) = (listener(&*catalog, "ann").await, listener(&*catalog, "bob").await);
    let all = [share(&ann, 4), share(&bob, 3), share(&ann, 2), share(&ann, 1)];
    for share in [&all[2], &all[0], &all[3], &all[1]] {
        catalog.put_share(share).await.unwrap();
    }
    let listed = async |account, offset, limit| {
        let listed = catalog.shares(account, offset, limit).await.unwrap();
        listed.into_iter().map(|(share, _)| share).collect::<Vec<_>>()
    };
    assert_eq!(listed(None, 0, 10).await, all);
    assert_eq!(listed(None, 1, 2).await, all[1..3]);
    assert_eq!(listed(Some(ann.id), 0, 2).await, [all[0].clone(), all[2].clone()]);
    assert_eq!(listed(Some(ann.id), 2, 2).await, all[3..]);
    let names = catalog.shares(None, 0, 2).await.unwrap();
    assert_eq!(names[1].1, bob.name);
}

/// However many come at once.
pub async fn a_visit_is_counted<F: ListenerFixture>(fixture: &F) {
    let catalog = fixture.open();
    let ann = listener(&*catalog, "ann").await;
    let made = share(&ann, 1);
    catalog.put_share(&made).await.unwrap();
    let visits = (0..20).map(|_| {
        let (catalog, id) = (fixture.open(), made.id);
        tokio::spawn(async move { catalog.visit_share(id, at(7)).await.unwrap() })
    });
    for visit in visits.collect::<Vec<_>>() {
        visit.await.unwrap();
    }
    let (found, _) = catalog.share(made.id).await.unwrap().unwrap();
    assert_eq!((found.visits, found.visited_at), (20, Some(at(7))));
    // One that is not there makes none.
    let nowhere = ShareId::from_uuid(Uuid::now_v7());
    catalog.visit_share(nowhere, at(7)).await.unwrap();
    assert_eq!(catalog.share(nowhere).await.unwrap(), None);
}

/// Recordings, albums, playlists of a listener and of the studio.
pub async fn links_go_with_what_they_lead_to<F: ListenerFixture>(fixture: &F) {
    let catalog = fixture.open();
    let (ann, bob) = (listener(&*catalog, "ann").await, listener(&*catalog, "bob").await);
    let (record, song) = (album("Sade", "Promise"), single("Sade", "Jezebel", 1));
    keep(&*catalog, &[&record], &[&song]).await;
    let own = list(&ann, "Evening", &[]);
    catalog.put_own_playlist(&own).await.unwrap();
    let studios = Playlist {
        id: PlaylistId::from_uuid(Uuid::now_v7()),
        name: "Studio".parse().unwrap(),
        recordings: Vec::new(),
        updated_at: at(1),
    };
    catalog.put_playlist(&studios).await.unwrap();
    let shares = [
        Shared::Recording(song.id),
        Shared::Album(record.id),
        Shared::OwnPlaylist(own.id),
        Shared::Playlist(studios.id),
    ]
    .map(|subject| Share { subject, ..share(&bob, 1) });
    for share in &shares {
        catalog.put_share(share).await.unwrap();
        let (found, _) = catalog.share(share.id).await.unwrap().unwrap();
        assert_eq!(&found, share);
    }
    catalog.remove_recording(song.id).await.unwrap();
    assert_eq!(catalog.shares(None, 0, 10).await.unwrap().len(), 3);
    catalog.remove_album(record.id).await.unwrap();
    assert_eq!(catalog.shares(None, 0, 10).await.unwrap().len(), 2);
    assert!(catalog.remove_own_playlist(own.id).await.unwrap());
    assert_eq!(catalog.shares(None, 0, 10).await.unwrap().len(), 1);
    catalog.remove_playlist(studios.id).await.unwrap();
    assert_eq!(catalog.shares(None, 0, 10).await.unwrap(), []);
}
