//! Sound, in few words.

use studio_core::{AudioFormat, Decibels};

/// A length as a clock shows it: `3:07`, `1:02:45`; below ten seconds with tenths.
pub(crate) fn length(format: &AudioFormat) -> Option<String> {
    let micros = format.duration_micros()?;
    Some(length_of_micros(micros))
}

/// The same, of microseconds.
pub(crate) fn length_of_micros(micros: u64) -> String {
    let tenths = micros / 100_000;
    let seconds = tenths / 10;
    match (seconds / 3600, seconds / 60 % 60, seconds % 60) {
        (0, 0, short @ ..10) => format!("0:0{short}.{}", tenths % 10),
        (0, minutes, seconds) => format!("{minutes}:{seconds:02}"),
        (hours, minutes, seconds) => format!("{hours}:{minutes:02}:{seconds:02}"),
    }
}

/// The same, of frames at a sample rate.
pub(crate) fn length_of_frames(frames: u64, sample_rate: u32) -> String {
    let micros = u128::from(frames) * 1_000_000 / u128::from(sample_rate.max(1));
    length_of_micros(u64::try_from(micros).unwrap_or(u64::MAX))
}

/// A format in one cell: `wav 48k/24 stereo`, `mp3 44.1k mono`.
pub(crate) fn format(format: &AudioFormat) -> String {
    // What people call it: the codec where it tells more than the kind of file does.
    let kind = match format.codec.is_lossless() {
        true => format.container.as_str(),
        false => format.codec.as_str(),
    };
    let depth = match format.bit_depth {
        Some(depth) if format.codec == studio_core::Codec::PcmFloat => {
            format!("/{}f", depth.container)
        }
        Some(depth) if depth.valid == depth.container => format!("/{}", depth.container),
        Some(depth) => format!("/{}({})", depth.container, depth.valid),
        None => String::new(),
    };
    format!("{kind} {}{depth} {}", rate(format.sample_rate), channels(format.channels))
}

/// A sample rate: `48k`, `44.1k`, `11025`.
pub(crate) fn rate(hertz: u32) -> String {
    match (hertz / 1000, hertz % 1000) {
        (0, _) => hertz.to_string(),
        (kilo, 0) => format!("{kilo}k"),
        (kilo, rest) if rest % 100 == 0 => format!("{kilo}.{}k", rest / 100),
        _ => hertz.to_string(),
    }
}

/// A number of channels.
pub(crate) fn channels(channels: u16) -> String {
    match channels {
        1 => "mono".to_owned(),
        2 => "stereo".to_owned(),
        many => format!("{many}ch"),
    }
}

/// A level, where there is one to tell.
pub(crate) fn level(level: Option<Decibels>) -> String {
    level.map_or_else(|| "-inf".to_owned(), |level| format!("{level:.1}"))
}
