//! Albums, recordings and playlists in JSON.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

use proptest::option::of;
use proptest::prelude::*;
use studio_api::v1::{AlbumManifest, ManifestError, PlaylistManifest, RecordingManifest, Told};
use studio_domain::{
    Album, AlbumId, AlbumPlace, Artwork, AudioFormat, BitDepth, Codec, Container, Digest,
    LibraryId, Licence, ObjectKey, Origin, Picture, Playlist, PlaylistId, Position, Recording,
    RecordingId, ReleaseDate, ReleaseId, SoundPlace, StoreUrl, StoredSound, Timestamp,
};
use uuid::Uuid;

/// Microseconds of the years 1 to 9999.
fn time() -> impl Strategy<Value = Timestamp> {
    (-62_135_596_800_000_000_i64..253_402_200_000_000_000).prop_map(Timestamp::from_micros)
}

fn uuid() -> impl Strategy<Value = Uuid> {
    any::<u128>().prop_map(Uuid::from_u128)
}

fn date() -> impl Strategy<Value = ReleaseDate> {
    (1..=9999_u16, of((1..=12_u8, of(1..=28_u8)))).prop_map(|(year, month)| {
        let (month, day) = month.map_or((None, None), |(month, day)| (Some(month), day));
        ReleaseDate::new(year, month, day).unwrap()
    })
}

fn licence() -> impl Strategy<Value = Licence> {
    (0..Licence::ALL.len()).prop_map(|n| Licence::ALL[n])
}

fn store() -> StoreUrl {
    "s3://music/ours".parse().unwrap()
}

fn artwork() -> impl Strategy<Value = Artwork> {
    let found = ("\\PC{1,60}", "[a-z0-9-]{1,40}");
    (any::<[u8; 32]>(), found, 0..3_u8).prop_map(|(digest, (key, etag), kind)| {
        let key = key.parse().unwrap();
        let picture = match kind {
            0 => Picture::Own(Digest::from_bytes(digest)),
            1 => Picture::Found { store: store(), key, etag },
            _ => Picture::Embedded { store: store(), key, etag },
        };
        Artwork { picture, content_type: "image/png".to_owned() }
    })
}

fn sound() -> impl Strategy<Value = StoredSound> {
    let found = of(("\\PC{1,60}", "[a-z0-9-]{1,40}"));
    let format = of((1..=64_u16, 1..=384_000_u32, of(0..=i64::MAX.unsigned_abs())));
    (any::<[u8; 32]>(), found, 0..=i64::MAX.unsigned_abs(), time(), format).prop_map(
        |(digest, found, size, modified_at, format)| {
            let digest = Digest::from_bytes(digest);
            let place = match found {
                None => {
                    SoundPlace::Own { store: store(), key: ObjectKey::of_object(&digest), digest }
                }
                Some((key, etag)) => {
                    SoundPlace::Found { store: store(), key: key.parse().unwrap(), etag }
                }
            };
            let format = format.map(|(channels, sample_rate, frames)| AudioFormat {
                container: Container::Flac,
                codec: Codec::Flac,
                channels,
                sample_rate,
                bit_depth: Some(BitDepth { container: 24, valid: 24 }),
                frames,
            });
            let content_type = "audio/flac".to_owned();
            StoredSound { place, size, content_type, modified_at, format }
        },
    )
}

fn album() -> impl Strategy<Value = Album> {
    let said = (of(date()), of(licence()), of(artwork()), any::<bool>());
    (uuid(), "[a-zé]{1,50}", said, of(uuid()), time()).prop_map(
        |(id, title, (released, licence, artwork, published), library, updated_at)| Album {
            id: AlbumId::from_uuid(id),
            artist: "Khruangbin".parse().unwrap(),
            title: title.parse().unwrap(),
            released,
            licence,
            artwork,
            published,
            library: library.map(LibraryId::from_uuid),
            updated_at,
        },
    )
}

fn recording() -> impl Strategy<Value = Recording> {
    let said = (of(date()), of(licence()), of(artwork()), any::<bool>());
    let place = of((uuid(), any::<u16>(), any::<u16>()));
    let genre = of("[A-Zé]{1,50}");
    (uuid(), ("[a-zé]{1,50}", genre), place, said, (0..4_u8, uuid()), sound(), time()).prop_map(
        |(id, (title, genre), place, said, (origin, of), sound, updated_at)| Recording {
            id: RecordingId::from_uuid(id),
            artist: "Khruangbin".parse().unwrap(),
            title: title.parse().unwrap(),
            album: place.map(|(album, disc, number)| AlbumPlace {
                album: AlbumId::from_uuid(album),
                position: Position { disc, number },
            }),
            released: said.0,
            genre: genre.map(|genre| genre.parse().unwrap()),
            licence: said.1,
            artwork: said.2,
            published: said.3,
            origin: match origin {
                0 => Origin::Release(ReleaseId::from_uuid(of)),
                1 => Origin::Upload,
                2 => Origin::Existing,
                _ => Origin::Library(LibraryId::from_uuid(of)),
            },
            sound,
            updated_at,
        },
    )
}

proptest! {
    #[test]
    fn an_album_comes_back_as_it_was(value in album(), removed_at in of(time())) {
        let told = Told { value, removed_at };
        let json = AlbumManifest::encode(&told);
        prop_assert_eq!(AlbumManifest::decode(json.as_bytes()).unwrap(), told);
    }

    #[test]
    fn a_recording_comes_back_as_it_was(value in recording(), removed_at in of(time())) {
        let told = Told { value, removed_at };
        let json = RecordingManifest::encode(&told);
        prop_assert_eq!(RecordingManifest::decode(json.as_bytes()).unwrap(), told);
    }

    #[test]
    fn a_playlist_comes_back_as_it_was(
        id in uuid(), ids in prop::collection::vec(uuid(), 0..20),
        updated_at in time(), removed_at in of(time()),
    ) {
        let value = Playlist {
            id: PlaylistId::from_uuid(id),
            name: "Late drive".parse().unwrap(),
            recordings: ids.into_iter().map(RecordingId::from_uuid).collect(),
            updated_at,
        };
        let told = Told { value, removed_at };
        let json = PlaylistManifest::encode(&told);
        prop_assert_eq!(PlaylistManifest::decode(json.as_bytes()).unwrap(), told);
    }

    #[test]
    fn any_bytes_are_answered(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = AlbumManifest::decode(&bytes);
        let _ = RecordingManifest::decode(&bytes);
        let _ = PlaylistManifest::decode(&bytes);
    }
}

#[test]
fn what_is_of_another_format_is_refused() {
    let json = br#"{"format": "studio.album/2", "id": 7}"#;
    let error = AlbumManifest::decode(json).unwrap_err();
    assert!(matches!(&error, ManifestError::Format { found, .. } if found == "studio.album/2"));
}
