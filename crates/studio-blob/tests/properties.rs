//! What holds for all bytes and all ranges.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

use bytes::Bytes;
use futures_util::TryStreamExt as _;
use proptest::prelude::*;
use studio_blob::{
    Attributes, BlobStore, BufferPool, Error, FileStore, MemoryStore, WriteMode, combine,
    crc64nvme, fetch_range,
};

fn block_on<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work)
}

async fn ranges_are_slices(store: &dyn BlobStore, bytes: &[u8], start: u64, end: u64) {
    let key = "a".parse().unwrap();
    let (body, crc) = (Bytes::copy_from_slice(bytes), crc64nvme(bytes));
    store.put(&key, body, crc, &Attributes::default(), WriteMode::Replace).await.unwrap();
    let size = bytes.len() as u64;
    let cut = end.min(size);
    match store.get(&key, Some(start..end), None).await {
        Ok(body) => {
            assert_eq!(body.range, start..cut);
            assert_eq!(body.info.size, size);
            let chunks: Vec<Bytes> = body.chunks.try_collect().await.unwrap();
            assert_eq!(chunks.concat(), &bytes[start as usize..cut as usize]);
        }
        Err(Error::RangeNotSatisfiable { start: refused, .. }) => {
            assert!(start >= cut, "{start}..{end} of {size}");
            assert_eq!(refused, start);
        }
        Err(error) => panic!("{error:?}"),
    }
    if start <= end && end <= size {
        let pool = BufferPool::default();
        let fetched = fetch_range(store, &key, start..end, None, &pool).await.unwrap();
        assert_eq!(fetched, &bytes[start as usize..end as usize]);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_range_is_the_slice_of_the_bytes(
        bytes in proptest::collection::vec(any::<u8>(), 0..2000),
        start in 0u64..2200,
        end in 0u64..2200,
    ) {
        block_on(ranges_are_slices(&MemoryStore::new(), &bytes, start, end));
        let directory = tempfile::tempdir().unwrap();
        block_on(ranges_are_slices(&FileStore::new(directory.path()), &bytes, start, end));
    }

    #[test]
    fn checksums_of_pieces_join_to_that_of_the_whole(
        pieces in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..50), 0..20),
    ) {
        let joined = pieces.iter().fold(crc64nvme(&[]), |crc, piece| {
            combine(crc, crc64nvme(piece), piece.len() as u64)
        });
        prop_assert_eq!(joined, crc64nvme(&pieces.concat()));
    }
}

#[test]
fn the_checksum_is_the_one_of_the_catalogue_of_crcs() {
    // The check value of CRC-64/NVME: that of the digits 1 to 9.
    assert_eq!(crc64nvme(b"123456789").as_u64(), 0xAE8B_1486_0A79_9888);
}
