//! `studio ingest setup`.
pub(super) fn run(
    _: &crate::config::Config,
    _: &crate::args::IngestSetup,
) -> crate::failure::Result<()> {
    Ok(())
}
