//! What files are, told by their headers.

use std::path::PathBuf;

use studio_domain::AudioFormat;

use super::{error, measure};
use crate::Result;

/// The format that the header of a local file tells.
pub(crate) async fn format_of_file(file: PathBuf, what: String) -> Result<AudioFormat> {
    measure::aside(move || {
        let source = measure::source(&file)?;
        let probed = studio_audio::probe::probe(&*source).map_err(|e| error::of(what, e))?;
        Ok(probed.format)
    })
    .await
}
