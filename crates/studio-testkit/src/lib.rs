//! What the tests of several crates share; never part of a release.
//!
//! [`blob_suite`], [`catalog_suite`], [`asset_suite`], [`publish_suite`], [`library_suite`],
//! [`account_suite`], [`listener_suite`], [`queue_suite`] and [`intake_suite`] hold the cases that
//! every implementation of a trait must pass, one test each. [`s3::TestS3`] is an S3 server in
//! the process: strict where Amazon's is (signatures, checksums, conditional writes,
//! parts), gone with the test. [`proxy::FaultProxy`] stands before it, or before a real
//! server, and breaks what passes. [`wav`] makes files of sound, whole or broken. [`subsonic`] says
//! whether an answer is one of OpenSubsonic.

#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

pub mod account_suite;
pub mod asset_suite;
pub mod blob_suite;
pub mod catalog_suite;
pub mod discogs;
pub mod intake_suite;
pub mod library_suite;
pub mod listener_suite;
pub mod names;
pub mod noise;
pub mod oidc;
pub mod proxy;
pub mod publish_suite;
pub mod queue_suite;
pub mod reader_suite;
pub mod s3;
pub mod subsonic;
pub mod wav;

/// Says on stderr why something was skipped, past the test harness that hides the output
/// of tests that pass; once per program.
pub fn say_skipped(what: &str, reason: &str) {
    static SAID: std::sync::Once = std::sync::Once::new();
    SAID.call_once(|| say(&format!("skipped: {what}: {reason}")));
}

/// Says something on stderr, past the test harness that hides the output of tests that pass.
pub fn say(text: &str) {
    use std::io::Write as _;
    let _ = writeln!(std::io::stderr(), "{text}");
}
