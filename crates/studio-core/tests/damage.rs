//! Ten thousand good objects and a thousand damaged ones: no false alarm, none overlooked,
//! and no damaged byte under the name of a download.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

mod common;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use common::{Place, version_path};
use sha2::{Digest as _, Sha256};
use studio_core::blob::crc64nvme;
use studio_core::{
    CatalogRepo as _, Damage, Depth, Digest, Download, Error, ErrorKind, Job, NewVersion,
    ObjectKey, SqliteCatalog, StoreUrl, Studio, Timestamp, Verified, VersionFilter, VersionId,
};
use studio_testkit::noise;

const OBJECTS: usize = 10_000;
/// Pairs of which both have the other's bytes afterwards.
const SWAPPED_PAIRS: usize = 100;
/// Pairs of which one is damaged.
const DAMAGED_PAIRS: usize = 800;
/// How many of each sort of damage are downloaded.
const DOWNLOADED: usize = 10;

/// What is done to an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Harm {
    OneBit,
    Truncated,
    Longer,
    Replaced,
    Removed,
    Swapped,
}

impl Harm {
    const OF_ONE: [Self; 5] =
        [Self::OneBit, Self::Truncated, Self::Longer, Self::Replaced, Self::Removed];

    fn damage(self) -> Damage {
        match self {
            Self::OneBit | Self::Replaced | Self::Swapped => Damage::WrongDigest,
            Self::Truncated | Self::Longer => Damage::WrongSize,
            Self::Removed => Damage::Missing,
        }
    }
}

/// Numbers that follow from a seed.
struct Numbers(std::vec::IntoIter<u8>);

impl Numbers {
    fn new(seed: u64) -> Self {
        Self(noise::bytes(seed, 1 << 20).into_iter())
    }

    fn below(&mut self, end: usize) -> usize {
        let bytes: Vec<u8> = self.0.by_ref().take(4).collect();
        u32::from_le_bytes(bytes.try_into().unwrap()) as usize % end
    }
}

/// The bytes of take `n`; two that follow each other have as many.
fn bytes_of(n: usize) -> Vec<u8> {
    noise::bytes(n as u64, 200 + n / 2 % 400)
}

fn tag(n: usize) -> String {
    format!("take {n:05}")
}

/// A directory with objects, and a catalogue that knows them.
struct Vault {
    place: Place,
    studio: Studio,
    keys: Vec<ObjectKey>,
}

impl Vault {
    async fn new() -> Self {
        let place = Place::new();
        let store = place.store();
        let versions: Vec<_> = (0..OBJECTS).map(|n| Self::store(&place, store.url(), n)).collect();
        let catalog = Arc::new(SqliteCatalog::in_memory().unwrap());
        assert_eq!(catalog.restore(&versions).await.unwrap(), OBJECTS);
        let keys = versions.into_iter().map(|version| version.object_key).collect();
        Self { place, studio: Studio::new(catalog, store), keys }
    }

    fn store(place: &Place, store: &StoreUrl, n: usize) -> NewVersion {
        let bytes = bytes_of(n);
        let digest = Digest::from_bytes(Sha256::digest(&bytes).into());
        let object_key = ObjectKey::of_object(&digest);
        let file = place.store_directory().join(object_key.as_str());
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, &bytes).unwrap();
        NewVersion {
            id: VersionId::from_uuid(uuid::Uuid::now_v7()),
            path: version_path(&tag(n)),
            original_path: format!("{n}.wav"),
            uploaded_at: Timestamp::from_micros(n as i64),
            size: bytes.len() as u64,
            digest,
            crc64nvme: crc64nvme(&bytes),
            content_type: "audio/wav".to_owned(),
            store: store.clone(),
            object_key,
        }
    }

    fn file(&self, n: usize) -> PathBuf {
        self.place.store_directory().join(self.keys[n].as_str())
    }

    fn harm(&self, n: usize, harm: Harm, numbers: &mut Numbers) {
        let mut bytes = bytes_of(n);
        match harm {
            Harm::OneBit => {
                let at = numbers.below(bytes.len());
                bytes[at] ^= 1 << numbers.below(8);
            }
            Harm::Truncated => bytes.truncate(numbers.below(bytes.len())),
            Harm::Longer => bytes.push(numbers.below(256) as u8),
            Harm::Replaced => bytes = noise::bytes((OBJECTS + n) as u64, bytes.len()),
            Harm::Swapped => bytes = bytes_of(n ^ 1),
            Harm::Removed => return std::fs::remove_file(self.file(n)).unwrap(),
        }
        std::fs::write(self.file(n), bytes).unwrap();
    }

    /// Damages a tenth of the objects.
    fn harm_many(&self) -> BTreeMap<usize, Harm> {
        let mut numbers = Numbers::new(2024);
        let mut pairs: Vec<usize> = (0..OBJECTS / 2).collect();
        let mut harmed = BTreeMap::new();
        for k in 0..SWAPPED_PAIRS + DAMAGED_PAIRS {
            // A card drawn from what is left of the pack.
            let pair = pairs.swap_remove(numbers.below(pairs.len()));
            if k < SWAPPED_PAIRS {
                harmed.extend([(2 * pair, Harm::Swapped), (2 * pair + 1, Harm::Swapped)]);
            } else {
                let one = 2 * pair + numbers.below(2);
                harmed.insert(one, Harm::OF_ONE[k % Harm::OF_ONE.len()]);
            }
        }
        for (&n, &harm) in &harmed {
            self.harm(n, harm, &mut numbers);
        }
        harmed
    }

    async fn verify(&self) -> Verified {
        self.studio.verify(&VersionFilter::All, Depth::Full, &Job::default()).await.unwrap()
    }

    /// Tries to download a damaged version.
    async fn download(&self, n: usize) -> Error {
        let directory = self.place.path("downloads");
        std::fs::create_dir_all(&directory).unwrap();
        let target = directory.join("take.wav");
        let request = Download { path: version_path(&tag(n)), target, overwrite: false };
        let error = self.studio.download(&request, &Job::default()).await.unwrap_err();
        assert_eq!(Place::names_in(&directory), [""; 0], "{n}: {error:?}");
        error
    }
}

#[tokio::test]
async fn of_ten_thousand_objects_exactly_the_damaged_thousand_are_found() {
    let vault = Vault::new().await;
    let clean = vault.verify().await;
    assert_eq!((clean.versions, clean.objects), (OBJECTS as u64, OBJECTS as u64));
    assert_eq!(clean.findings, []);

    let harmed = vault.harm_many();
    assert_eq!(harmed.len(), 1000);
    let found = vault.verify().await;
    assert_eq!((found.versions, found.by_size_only), (OBJECTS as u64, 0));
    let found: BTreeMap<String, Damage> = found
        .findings
        .iter()
        .map(|finding| (finding.version.path.tag.to_string(), finding.damage))
        .collect();
    let expected: BTreeMap<String, Damage> =
        harmed.iter().map(|(&n, harm)| (tag(n), harm.damage())).collect();
    assert_eq!(found, expected);

    let mut downloaded: BTreeMap<Harm, usize> = BTreeMap::new();
    for (&n, &harm) in &harmed {
        let so_far = downloaded.entry(harm).or_default();
        if *so_far < DOWNLOADED {
            *so_far += 1;
            let error = vault.download(n).await;
            assert_eq!(error.kind(), ErrorKind::Integrity, "{harm:?} {n}: {error:?}");
        }
    }
    assert!(downloaded.values().all(|&count| count == DOWNLOADED), "{downloaded:?}");
    assert_eq!(downloaded.len() * DOWNLOADED, 60);
}
