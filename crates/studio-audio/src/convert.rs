//! From one kind of file to another: what stored sound becomes for those who play it.

use std::io::{Seek, Write};
use std::ops::ControlFlow;

#[cfg(feature = "opus")]
use crate::Samples;
use crate::probe::Tags;
use crate::write::{AudioWriter, FlacWriter, PcmFormat, SampleFormat};
use crate::{Decode, Error, Result, Sound};

/// By which rules [`flac`] works: another number where other samples would come of the same
/// file.
pub const FLAC_RECIPE: u16 = 1;
/// By which rules [`opus`] works.
pub const OPUS_RECIPE: u16 = 1;
/// The most channels whose loudspeakers are the same in every file.
const PLAIN_CHANNELS: u16 = 2;

/// What people wrote into a file, as fields of Vorbis comments: what a player shows.
pub fn comments(tags: &Tags) -> Vec<(String, String)> {
    let number = |number: Option<u32>| number.map(|number| number.to_string());
    let fields = [
        ("TITLE", tags.title.clone()),
        ("ARTIST", tags.artist.clone()),
        ("ALBUM", tags.album.clone()),
        ("ALBUMARTIST", tags.album_artist.clone()),
        ("TRACKNUMBER", number(tags.track_number)),
        ("DISCNUMBER", number(tags.disc_number)),
        ("DATE", tags.date.clone()),
        ("GENRE", tags.genre.clone()),
        ("ISRC", tags.isrc.clone()),
        ("COPYRIGHT", tags.copyright.clone()),
    ];
    let there = fields.into_iter().filter_map(|(field, value)| Some((field.to_owned(), value?)));
    there.collect()
}

/// Writes all that a decoder gives as FLAC: the very same samples. `go_on` is told how many
/// frames are done, and can break it off.
///
/// # Errors
/// [`Error::Mismatch`] for what FLAC cannot hold without loss: floats, which is what all lossy
/// kinds of files give too, more than 24 bits or 8 channels; for no samples at all. Those of
/// the decoder; [`Error::Io`]; [`Error::Cancelled`].
pub fn flac<W: Write + Seek>(
    decoder: &mut dyn Decode,
    writer: W,
    tags: &[(String, String)],
    go_on: &mut dyn FnMut(u64) -> ControlFlow<()>,
) -> Result<u64> {
    let Sound { channels, sample_rate, bits, channel_mask, .. } = decoder.sound();
    let samples = match bits {
        Some(..=16) => SampleFormat::Int16,
        Some(..=24) => SampleFormat::Int24,
        Some(bits) => return Err(lossy(&format!("whole numbers of {bits} bits"))),
        None => return Err(lossy("floats")),
    };
    let mut tags = tags.to_vec();
    if let Some(mask) = channel_mask.filter(|_| channels > PLAIN_CHANNELS) {
        // RFC 9639, 8.6.2: where the loudspeakers are others than FLAC has for so many.
        tags.push(("WAVEFORMATEXTENSIBLE_CHANNEL_MASK".to_owned(), format!("0x{mask:X}")));
    }
    let format = PcmFormat { channels, sample_rate, samples };
    let mut writer = FlacWriter::new(writer, format, &tags)?;
    while let Some(samples) = decoder.next_block()? {
        writer.write(samples)?;
        if go_on(writer.frames()).is_break() {
            return Err(Error::Cancelled);
        }
    }
    writer.finish()?;
    Ok(writer.frames())
}

fn lossy(what: &str) -> Error {
    Error::Mismatch { what: format!("FLAC cannot hold {what} without loss: 24 bits are the most") }
}

/// Writes what a decoder gives as Opus, converted to 48 kHz: how many frames of that rate.
/// `serial` numbers the stream; `go_on` is told how many of these frames are done, and can
/// break it off.
///
/// # Errors
/// [`Error::Unsupported`] without the feature `opus`; [`Error::Mismatch`] for more than two
/// channels, rates that are not converted, no samples at all. Those of the decoder;
/// [`Error::Io`]; [`Error::Cancelled`].
#[cfg(feature = "opus")]
pub fn opus<W: Write>(
    decoder: &mut dyn Decode,
    writer: W,
    tags: &[(String, String)],
    serial: u32,
    go_on: &mut dyn FnMut(u64) -> ControlFlow<()>,
) -> Result<u64> {
    use crate::resample::Resampler;
    use crate::write::{OPUS_RATE, OpusWriter};

    /// Frames that are pulled at once.
    const PULLED: usize = 4096;

    let Sound { channels, sample_rate, .. } = decoder.sound();
    let mut writer = OpusWriter::new(writer, channels, sample_rate, serial, tags)?;
    let mut resampler = match sample_rate {
        OPUS_RATE => None,
        rate => Some(Resampler::new(rate, OPUS_RATE, channels)?),
    };
    let (mut input, mut floats) = (Vec::new(), Vec::new());
    let mut pulled = vec![0.0; PULLED * usize::from(channels)];
    loop {
        let more = match decoder.next_block()? {
            Some(samples) => {
                wide(samples, &mut input);
                true
            }
            None => false,
        };
        match &mut resampler {
            None if more => {
                floats.clear();
                floats.extend(input.iter().map(|sample| *sample as f32));
                writer.write(Samples::Float(&floats))?;
            }
            None => {}
            Some(resampler) => {
                if more {
                    resampler.push(&input)
                } else {
                    resampler.end()
                }
                loop {
                    let frames = resampler.pull(&mut pulled);
                    let got = &pulled[..frames * usize::from(channels)];
                    floats.clear();
                    floats.extend(got.iter().map(|sample| *sample as f32));
                    writer.write(Samples::Float(&floats))?;
                    if frames < PULLED {
                        break;
                    }
                }
            }
        }
        if !more {
            break;
        }
        if go_on(writer.frames()).is_break() {
            return Err(Error::Cancelled);
        }
    }
    writer.finish()?;
    Ok(writer.frames())
}

/// Samples as wide floats, full scale being 1; what is no finite number is silence, because it
/// would spoil all that is around it.
#[cfg(feature = "opus")]
fn wide(samples: Samples<'_>, out: &mut Vec<f64>) {
    out.clear();
    match samples {
        Samples::Int(samples) => {
            out.extend(samples.iter().map(|sample| f64::from(*sample) / 2_147_483_648.0));
        }
        Samples::Float(samples) => {
            let heard = |sample: &f32| if sample.is_finite() { f64::from(*sample) } else { 0.0 };
            out.extend(samples.iter().map(heard));
        }
    }
}

/// Tells that this program cannot: it was built without the feature for it.
///
/// # Errors
/// Always [`Error::Unsupported`].
#[cfg(not(feature = "opus"))]
pub fn opus<W: Write>(
    _decoder: &mut dyn Decode,
    _writer: W,
    _tags: &[(String, String)],
    _serial: u32,
    _go_on: &mut dyn FnMut(u64) -> ControlFlow<()>,
) -> Result<u64> {
    let what = "to Opus: this program was built without the feature for it".to_owned();
    Err(Error::Unsupported { what })
}
