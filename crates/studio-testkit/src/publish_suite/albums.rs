//! Albums: found, changed, unique by title, and in use.

use studio_domain::{Album, Artwork, Licence, Picture, ReleaseDate};
use studio_repo::Error;

use super::{PublishFixture, album, digest, on, put, put_album};

fn with_all(artist: &str, title: &str) -> Album {
    Album {
        released: ReleaseDate::new(2018, Some(1), Some(26)),
        licence: Some(Licence::CcByNcNd),
        artwork: Some(Artwork {
            picture: Picture::Own(digest(99)),
            content_type: "image/png".to_owned(),
        }),
        ..album(artist, title)
    }
}

/// By identity and by title in any case, with everything that was said of it.
pub async fn an_album_is_found_as_it_is(fixture: &impl PublishFixture) {
    let (catalog, other) = (fixture.open(), fixture.open());
    let embedded = Picture::Embedded {
        store: "s3://lib/music".parse().unwrap(),
        key: "A/B/01 é.flac".parse().unwrap(),
        etag: "\"1\"".to_owned(),
    };
    let artwork = Some(Artwork { picture: embedded, content_type: "image/jpeg".to_owned() });
    for wanted in [
        with_all("Björk", "Post"),
        album("Björk", "Debut"),
        Album { artwork, published: false, ..album("Sade", "Post") },
    ] {
        let entry = put_album(&*catalog, &wanted).await;
        assert_eq!((&entry.album, entry.slug.as_str()), (&wanted, entry.slug.as_str()));
        assert_eq!(entry.artist.name, wanted.artist);
        assert_eq!(other.album(wanted.id).await.unwrap().as_ref(), Some(&entry));
        let artist = wanted.artist.as_str().to_uppercase().parse().unwrap();
        let title = wanted.title.as_str().to_lowercase().parse().unwrap();
        assert_eq!(other.album_titled(&artist, &title).await.unwrap(), Some(entry));
    }
    assert_eq!(catalog.album(album("x", "y").id).await.unwrap(), None);
    let (artist, title) = ("Sade".parse().unwrap(), "Debut".parse().unwrap());
    assert_eq!(catalog.album_titled(&artist, &title).await.unwrap(), None);
    assert!(catalog.is_published_object(&digest(99)).await.unwrap());
    assert!(!catalog.is_published_object(&digest(98)).await.unwrap());
}

/// Whole: what is not said any more is gone; the slug stays with the title.
pub async fn an_album_takes_its_new_state(fixture: &impl PublishFixture) {
    let catalog = fixture.open();
    let first = with_all("Björk", "Post");
    let before = put_album(&*catalog, &first).await;
    let plain = Album { published: false, id: first.id, ..album("björk", "POST") };
    let after = put_album(&*catalog, &plain).await;
    assert_eq!(after.slug, before.slug);
    assert_eq!(after.artist, before.artist, "the name stays as first typed");
    let kept = Album { artist: first.artist.clone(), ..plain.clone() };
    assert_eq!(catalog.album(first.id).await.unwrap().map(|entry| entry.album), Some(kept));
    assert!(!catalog.is_published_object(&digest(99)).await.unwrap());

    let moved =
        Album { title: "Telegram".parse().unwrap(), artist: "Sade".parse().unwrap(), ..plain };
    let after = put_album(&*catalog, &moved).await;
    assert_eq!((after.slug.as_str(), after.artist.slug.as_str()), ("telegram", "sade"));
    let left = catalog.artist(before.artist.id).await.unwrap();
    assert_eq!(left, None, "nothing is left of the first artist");
}

/// In any case, and none is lost to another.
pub async fn a_title_is_given_once_for_an_artist(fixture: &impl PublishFixture) {
    let catalog = fixture.open();
    let first = album("Björk", "Post");
    put_album(&*catalog, &first).await;
    match catalog.put_album(&album("BJÖRK", "post")).await {
        Err(Error::AlbumExists { id, .. }) => assert_eq!(id, first.id),
        unexpected => panic!("{unexpected:?}"),
    }
    put_album(&*catalog, &album("Sade", "Post")).await;
    // Titles that are alike get slugs that differ.
    let alike = put_album(&*catalog, &album("Björk", "Post!")).await;
    assert_eq!(alike.slug.as_str(), "post-2");
}

/// As long as anything is on it.
pub async fn an_album_in_use_stays(fixture: &impl PublishFixture) {
    let catalog = fixture.open();
    let post = album("Björk", "Post");
    put_album(&*catalog, &post).await;
    let song = on(&post, 1, 1, "Army of Me", 1);
    put(&*catalog, &song).await;
    match catalog.remove_album(post.id).await {
        Err(Error::AlbumInUse { title, recordings: 1 }) => assert_eq!(title, post.title),
        unexpected => panic!("{unexpected:?}"),
    }
    catalog.remove_recording(song.id).await.unwrap();
    for _ in 0..2 {
        catalog.remove_album(post.id).await.unwrap();
        assert_eq!(catalog.album(post.id).await.unwrap(), None);
    }
    assert_eq!(catalog.artists_page(false, None, 10).await.unwrap(), []);
}
