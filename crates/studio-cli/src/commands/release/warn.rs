//! What there is to say of a mix on stderr.

use studio_core::{Mix, MixSettings, PickedTrack, SongPath, Standing, Status, Studio};

use crate::commands::{count, with_suggestions};
use crate::failure::Result;
use crate::output::text::note;

/// The picks of a song.
pub(super) async fn picked(studio: &Studio, song: &SongPath) -> Result<Vec<PickedTrack>> {
    match studio.picks(song).await {
        Ok(sheet) => Ok(sheet.picked),
        Err(error) => Err(with_suggestions(studio, error).await),
    }
}

/// Says of which tracks nothing is heard, because all of them lies before the begin of the mix.
pub(super) fn warn_of_unheard(settings: &MixSettings, picked: &[PickedTrack]) {
    for PickedTrack { pick, standing } in picked {
        let track = &pick.track.track;
        let level = settings.level_of(track);
        let Standing::There(_, details) = standing else { continue };
        let Some(format) = details.sound.map(|sound| sound.format) else { continue };
        let Some(frames) = format.frames else { continue };
        // Offsets are counted in frames of the mix.
        let rate = settings.sample_rate.unwrap_or(format.sample_rate);
        let frames = u128::from(frames) * u128::from(rate) / u128::from(format.sample_rate.max(1));
        let before = u128::from(level.offset.min(0).unsigned_abs());
        if !level.mute && before > 0 && before >= frames {
            note(&format!(
                "warning: nothing of {track} is heard: its offset puts all of it before the mix"
            ));
        }
    }
}

/// Says which picks are marked as not to be used.
pub(super) fn warn_of_no_good(picked: &[PickedTrack]) {
    for PickedTrack { pick, standing } in picked {
        let Standing::There(version, details) = standing else { continue };
        let mark = details.mark.as_ref().and_then(|mark| mark.status);
        if mark == Some(Status::NoGood) {
            let (tag, track) = (&version.path.tag, &pick.track.track);
            note(&format!("warning: the pick `{tag}` of {track} is marked no-good"));
        }
    }
}

/// Says that a mix was too loud.
pub(super) fn warn_of_clipping(mix: &Mix) {
    if mix.clipped > 0 {
        let samples = count(mix.clipped, "sample lies", "samples lie");
        let are = if mix.clipped == 1 { "is" } else { "are" };
        note(&format!(
            "warning: {samples} beyond full scale and {are} cut to it; --master-gain -3 makes room"
        ));
    }
    let peak = mix.loudness.true_peak.filter(|peak| mix.bits.is_none() && peak.thousandths() > 0);
    if let Some(peak) = peak {
        note(&format!(
            "warning: the true peak is +{peak:.1} dBTP: 32-bit floats keep what lies beyond full \
             scale, but players cut it; a lower --master-gain makes room"
        ));
    }
}
