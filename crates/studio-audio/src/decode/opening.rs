//! How symphonia is given a file: the reader of its kind, the track, the decoders.

use std::sync::{Arc, LazyLock};

use studio_domain::Container;
use symphonia::core::codecs::audio::AudioCodecParameters;
use symphonia::core::codecs::audio::well_known::{CODEC_ID_PCM_ALAW, CODEC_ID_PCM_MULAW};
use symphonia::core::codecs::registry::CodecRegistry;
use symphonia::core::errors::Error as SymphoniaError;
use symphonia::core::formats::probe::{Hint, Probe};
use symphonia::core::formats::{FormatOptions, FormatReader, Track, TrackType};
use symphonia::core::io::MediaSourceStream;
use symphonia::core::meta::MetadataOptions;
use symphonia::default::formats;

use crate::kind::Kind;
use crate::source::Part;
use crate::{ByteSource, Error, Reader, Result, tail};

/// The decoders of the default registry, and Opus where it is built in.
pub(super) static CODECS: LazyLock<CodecRegistry> = LazyLock::new(|| {
    let mut codecs = CodecRegistry::new();
    symphonia::default::register_enabled_codecs(&mut codecs);
    #[cfg(feature = "opus")]
    codecs.register_audio_decoder::<symphonia_adapter_libopus::OpusDecoder>();
    codecs
});

/// A reader of exactly that kind: no other parser sees the bytes, none looks for tags.
pub(super) fn reader(source: Arc<dyn ByteSource>, kind: Kind) -> Result<Box<dyn FormatReader>> {
    let mut probe = Probe::new();
    match kind.container {
        Container::Flac => probe.register_format::<formats::FlacReader<'_>>(),
        Container::Ogg => probe.register_format::<formats::OggReader<'_>>(),
        Container::Aiff | Container::Aifc => probe.register_format::<formats::AiffReader<'_>>(),
        Container::Mp4 => probe.register_format::<formats::IsoMp4Reader<'_>>(),
        Container::Mpeg => probe.register_format::<formats::MpaReader<'_>>(),
        Container::Adts => probe.register_format::<formats::AdtsReader<'_>>(),
        _ => return Err(Error::NotAudio),
    }
    // Parsers of streams take tags behind the sound for a part of it.
    let end = match kind.container {
        Container::Flac | Container::Mpeg | Container::Adts => {
            tail::sound_end(&source, kind.start)?
        }
        _ => u64::MAX,
    };
    let reader = Reader::new(Part::new(source, kind.start, end));
    let stream = MediaSourceStream::new(Box::new(reader), Default::default());
    let (format, meta) = (FormatOptions::default(), MetadataOptions::default());
    probe.probe(&Hint::new(), stream, format, meta).map_err(broken)
}

/// The track that the header was read of (`told`), or the one that is meant to be played.
///
/// A file of two tracks must not be judged by one of them and decoded from the other.
pub(super) fn track(reader: &dyn FormatReader, told: Option<u32>) -> Result<&Track> {
    let missing = || Error::Unsupported { what: "a file without a track of sound".to_owned() };
    let Some(id) = told else {
        let played = reader.default_track(TrackType::Audio);
        return played.or_else(|| reader.first_track(TrackType::Audio)).ok_or_else(missing);
    };
    let mut same = reader.tracks().iter().filter(|track| track.id == id);
    let track = same.next().ok_or_else(missing)?;
    if same.next().is_some() {
        // Packets are told apart by this number alone.
        return Err(Error::malformed(format!("more than one track has the number {id}")));
    }
    Ok(track)
}

/// Whether samples are whole numbers that nothing was done to, or of telephony's logarithm.
pub(super) fn is_int_pcm(params: &AudioCodecParameters) -> bool {
    use symphonia::core::codecs::audio::well_known as known;
    [
        known::CODEC_ID_PCM_S32LE,
        known::CODEC_ID_PCM_S32BE,
        known::CODEC_ID_PCM_S24LE,
        known::CODEC_ID_PCM_S24BE,
        known::CODEC_ID_PCM_S16LE,
        known::CODEC_ID_PCM_S16BE,
        known::CODEC_ID_PCM_S8,
        known::CODEC_ID_PCM_U32LE,
        known::CODEC_ID_PCM_U32BE,
        known::CODEC_ID_PCM_U24LE,
        known::CODEC_ID_PCM_U24BE,
        known::CODEC_ID_PCM_U16LE,
        known::CODEC_ID_PCM_U16BE,
        known::CODEC_ID_PCM_U8,
        CODEC_ID_PCM_ALAW,
        CODEC_ID_PCM_MULAW,
    ]
    .contains(&params.codec)
}

/// What symphonia says, in the words of this crate.
pub(super) fn broken(error: SymphoniaError) -> Error {
    match error {
        // Of a packet or a box: a source that failed is told by itself.
        SymphoniaError::IoError(_) => Error::malformed("it ends too early"),
        SymphoniaError::Unsupported(what) => Error::Unsupported { what: unsupported(what) },
        error => Error::malformed(error.to_string()),
    }
}

/// What symphonia does not know, without the name of its part.
fn unsupported(what: &str) -> String {
    let bare = what.split_once(": ").map_or(what, |(_, bare)| bare);
    format!("this file ({bare})")
}
