//! What is released keeps its objects, and takes none that is on its way out.

use std::time::Duration;

use studio_domain::{Artwork, ObjectKey, Picture, SoundPlace, StoreUrl, Timestamp};
use studio_repo::{Error, ObjectUse};

use super::{Publications, PublishFixture, album, digest, put, put_album, single};

const NOW: Timestamp = Timestamp::from_micros(1_000_000);
const LEASE: Duration = Duration::from_secs(60);

async fn may_go(catalog: &dyn Publications, seed: u64) -> bool {
    let store: StoreUrl = "s3://music/vault".parse().unwrap();
    let key = ObjectKey::of_object(&digest(seed));
    let removal = catalog.propose_removal(&store, &key, NOW).await.unwrap();
    catalog.claim_removal(removal.id, NOW, NOW.after(LEASE)).await.unwrap().object
}

async fn use_of(catalog: &dyn Publications, seed: u64) -> ObjectUse {
    let store: StoreUrl = "s3://music/vault".parse().unwrap();
    let key = ObjectKey::of_object(&digest(seed));
    catalog.uses(&store, &[key], NOW).await.unwrap().remove(0)
}

fn picture(seed: u64) -> Option<Artwork> {
    let picture = Picture::Own(digest(seed));
    Some(Artwork { picture, content_type: "image/png".to_owned() })
}

/// As bytes or as a picture, published or not.
pub async fn a_published_object_stays(fixture: &impl PublishFixture) {
    let catalog = fixture.open();
    let mut song = single("Sade", "a", 1);
    (song.artwork, song.published) = (picture(2), false);
    let mut record = album("Sade", "a");
    record.artwork = picture(3);
    put(&*catalog, &song).await;
    put_album(&*catalog, &record).await;
    for seed in 1..=3 {
        assert!(use_of(&*catalog, seed).await.is_named(), "{seed}");
        assert!(!may_go(&*catalog, seed).await, "{seed}");
    }
    let used = use_of(&*catalog, 1).await;
    assert_eq!((used.recordings, used.pictures), (1, 0));
    let used = use_of(&*catalog, 3).await;
    assert_eq!((used.recordings, used.pictures), (0, 1));
    let volume = catalog.volume(song.sound.place.store()).await.unwrap();
    assert_eq!((volume.objects, volume.bytes), (1, song.sound.size));
    assert!(may_go(&*catalog, 4).await);
    assert!(!use_of(&*catalog, 4).await.is_named());
    catalog.remove_recording(song.id).await.unwrap();
    catalog.remove_album(record.id).await.unwrap();
    for seed in 1..=3 {
        assert!(!use_of(&*catalog, seed).await.is_named(), "{seed}");
    }
}

/// What was refused left nothing; when the removal is done, it can be taken in.
pub async fn an_object_on_its_way_out_is_not_published(fixture: &impl PublishFixture) {
    let catalog = fixture.open();
    assert!(may_go(&*catalog, 1).await);
    let song = single("Sade", "a", 1);
    let mut other = single("Sade", "b", 2);
    other.artwork = picture(1);
    let mut record = album("Sade", "a");
    record.artwork = picture(1);
    let refused = [
        catalog.put_recordings(std::slice::from_ref(&song)).await.map(drop),
        catalog.put_recordings(&[other]).await.map(drop),
        catalog.put_album(&record).await.map(drop),
    ];
    for refused in refused {
        assert!(matches!(refused, Err(Error::BeingRemoved { .. })), "{refused:?}");
    }
    assert_eq!(catalog.artists_page(false, None, 10).await.unwrap(), []);
    let SoundPlace::Own { store, key, .. } = &song.sound.place else { unreachable!() };
    let removal = catalog.propose_removal(store, key, NOW).await.unwrap();
    catalog.finish_removal(removal.id).await.unwrap();
    put(&*catalog, &song).await;
}
