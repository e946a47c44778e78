//! Digests and checksums as text.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

use proptest::prelude::*;
use studio_domain::{AudioDigest, Crc64Nvme, Digest};

/// SHA-256 of nothing (FIPS 180-4).
const OF_NOTHING: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

#[test]
fn a_digest_is_64_lower_case_hex_digits() {
    let digest: Digest = OF_NOTHING.parse().unwrap();
    assert_eq!(digest.as_bytes()[..3], [0xe3, 0xb0, 0xc4]);
    assert_eq!(digest.to_string(), OF_NOTHING);
    assert_eq!(format!("{digest:?}"), format!("Digest({OF_NOTHING})"));
}

#[test]
fn what_is_no_digest_is_refused() {
    let upper = OF_NOTHING.to_uppercase();
    let prefixed = format!("0x{}", &OF_NOTHING[2..]);
    let spaced = format!("{} ", &OF_NOTHING[1..]);
    // 64 bytes, but not 64 digits.
    let accented = format!("{}é", &OF_NOTHING[2..]);
    let full_width = "０".repeat(64);
    for text in ["", &OF_NOTHING[1..], &upper, &prefixed, &spaced, &accented, &full_width] {
        let error = text.parse::<Digest>().unwrap_err().to_string();
        let expected = format!("`{text}` is not a SHA-256 digest (64 lower-case hex digits)");
        assert_eq!(error, expected);
    }
}

#[test]
fn a_digest_of_samples_is_written_like_one_of_bytes() {
    let (audio, bytes): (AudioDigest, Digest) =
        (OF_NOTHING.parse().unwrap(), OF_NOTHING.parse().unwrap());
    assert_eq!(audio.as_bytes(), bytes.as_bytes());
    assert_eq!(audio, AudioDigest::from_bytes(*bytes.as_bytes()));
    assert_eq!(audio.to_string(), OF_NOTHING);
    assert_eq!(format!("{audio:?}"), format!("AudioDigest({OF_NOTHING})"));
    for text in ["", &OF_NOTHING[1..], &OF_NOTHING.to_uppercase(), &"０".repeat(64)] {
        assert!(text.parse::<AudioDigest>().is_err(), "{text}");
    }
}

#[test]
fn a_crc_is_the_base64_of_eight_bytes() {
    assert_eq!(Crc64Nvme::from_u64(0).to_string(), "AAAAAAAAAAA=");
    assert_eq!(Crc64Nvme::from_u64(u64::MAX).to_string(), "//////////8=");
    assert_eq!(Crc64Nvme::from_u64(1).to_string(), "AAAAAAAAAAE=");
    // The check value of CRC-64/NVME: that of "123456789".
    let check: Crc64Nvme = "rosUhgoHmdA=".parse().unwrap();
    assert_eq!(check.as_u64(), 0xAE8B_1486_0A07_99D0);
    assert_eq!(format!("{check:?}"), "Crc64Nvme(rosUhgoHmdA=)");
}

#[test]
fn what_is_no_crc_is_refused() {
    for text in [
        "",
        "AAAAAAAAAAA",    // no padding
        "AAAAAAAAAAE==",  // too much of it
        "AAAAAAAAAAF=",   // bits beyond the last byte
        "AAAAAAAAAA==",   // seven bytes
        "AAAAAAAAAAAA",   // nine
        "//////////8=-3", // a composite checksum of S3
        " rosUhgoHmdA=",
        "_______-__8=",     // the alphabet for URLs
        "ae8b14860a0799d0", // hex
    ] {
        let error = text.parse::<Crc64Nvme>().unwrap_err().to_string();
        assert_eq!(error, format!("`{text}` is not a CRC-64/NVME (8 bytes in base64)"));
    }
}

proptest! {
    #[test]
    fn a_digest_survives_as_text(bytes in any::<[u8; 32]>()) {
        let digest = Digest::from_bytes(bytes);
        prop_assert_eq!(digest.to_string().parse::<Digest>().unwrap(), digest);
        prop_assert_eq!(digest.as_bytes(), &bytes);
    }

    #[test]
    fn a_crc_survives_as_text(value in any::<u64>()) {
        let crc = Crc64Nvme::from_u64(value);
        prop_assert_eq!(crc.to_string().parse::<Crc64Nvme>().unwrap(), crc);
        prop_assert_eq!(crc.as_u64(), value);
    }

    #[test]
    fn a_checksum_has_one_spelling(hex in "[0-9a-fA-F]{63,65}", base64 in "[A-Za-z0-9+/]{11}=") {
        if let Ok(digest) = hex.parse::<Digest>() {
            prop_assert_eq!(digest.to_string(), hex);
        }
        if let Ok(crc) = base64.parse::<Crc64Nvme>() {
            prop_assert_eq!(crc.to_string(), base64);
        }
    }

    #[test]
    fn any_text_is_answered(text in any::<String>()) {
        let _ = text.parse::<Digest>();
        let _ = text.parse::<Crc64Nvme>();
    }
}
