//! Samples of all other files, by symphonia.

use std::io;
use std::sync::Arc;

use studio_domain::{AudioFormat, Container};
use symphonia::core::audio::GenericAudioBufferRef;
use symphonia::core::codecs::audio::well_known::{
    CODEC_ID_ALAC, CODEC_ID_FLAC, CODEC_ID_PCM_ALAW, CODEC_ID_PCM_MULAW,
};
use symphonia::core::codecs::audio::{AudioCodecParameters, AudioDecoder, AudioDecoderOptions};
use symphonia::core::errors::Error as SymphoniaError;
use symphonia::core::formats::FormatReader;
use symphonia::core::packet::Packet;

use super::opening::{CODECS, broken, is_int_pcm, reader, track};
use super::{Decode, MAX_BLOCK_FRAMES, MAX_CHANNELS, Samples, Sound, too_many_channels};
use crate::defect::grouped;
use crate::guard::guarded;
use crate::kind::Kind;
use crate::probe::Found;
use crate::source::{Failure, Watched};
use crate::{ByteSource, Error, Result};

/// Packets in a row that may be silent in place of what cannot be decoded, in codecs that
/// lose something anyway: encoders and editors leave a few that cannot be decoded alone.
const MAX_SKIPPED: u32 = 64;
/// The most frames that such a packet stands for: no codec here has longer ones.
const MAX_PACKET_FRAMES: u64 = 8192;

/// The part of a file that is meant to be heard: an encoder's lead-in lies outside.
#[derive(Debug, Clone, Copy)]
pub(super) struct Heard {
    /// Frames to leave out at the start, where symphonia does not do it.
    skip: u64,
    /// No more than these follow.
    most: Option<u64>,
    /// Frames that the file tells.
    declared: Option<u64>,
    /// Whether symphonia knows where to cut. Without being told, it guesses how many frames
    /// there are in a stream, and cuts off what is beyond.
    trim: bool,
    /// The track that the header was read of, as the container numbers it.
    track: Option<u32>,
    /// What the header says of it; no channels where it may not be right about them.
    format: Option<AudioFormat>,
}

impl Heard {
    /// By what the header tells.
    pub(super) fn of(kind: Kind, found: &Found) -> Self {
        let declared = found.declared_frames;
        let unsure = found.channels_unsure;
        let format = found.format.map(|format| match unsure {
            true => AudioFormat { channels: 0, ..format },
            false => format,
        });
        let edited = kind.container == Container::Mp4;
        let stream = matches!(kind.container, Container::Mpeg | Container::Adts);
        Self {
            skip: found.lead_in,
            most: declared.filter(|_| edited),
            declared,
            trim: !stream || declared.is_some(),
            track: found.track,
            format,
        }
    }

    /// Bits of a sample that carry sound, by the header.
    fn bits(&self) -> Option<u16> {
        Some(self.format?.bit_depth?.valid)
    }

    /// Refuses sound whose rate (Hz) or channels are not those that the header tells: it was
    /// judged by them.
    fn agree(&self, rate: u32, channels: u16) -> Result<()> {
        let Some(told) = self.format else { return Ok(()) };
        let differs = |told: u32, found: u32| told != found && told > 0;
        if differs(told.sample_rate, rate) || differs(told.channels.into(), channels.into()) {
            let detail = format!(
                "the header tells of {} channels at {} Hz, and decoding gives {channels} at {rate} Hz",
                told.channels, told.sample_rate
            );
            return Err(Error::malformed(detail));
        }
        Ok(())
    }
}

/// Decodes what symphonia can.
pub(super) struct PacketDecoder {
    parts: Option<Parts>,
    failure: Failure,
    sound: Sound,
    int: bool,
    lossless: bool,
    /// Whether it is coded so that each frame is exactly what it was, or not there.
    packed: bool,
    heard: Heard,
    /// Frames that were given.
    decoded: u64,
    /// The frames of the largest packet.
    longest: u64,
    /// Packets in a row that could not be decoded, and the frames that they stand for.
    skipped: u32,
    owed: u64,
    /// Where the next packet begins in a codec that numbers its frames.
    next: Option<i64>,
    ints: Vec<i32>,
    floats: Vec<f32>,
    /// What of those, in samples, was given.
    given: usize,
}

/// What is dropped when something breaks in it.
struct Parts {
    reader: Box<dyn FormatReader>,
    decoder: Box<dyn AudioDecoder>,
    track: u32,
    /// Whether packets say at which frame they begin, without a clock of the container.
    numbered: bool,
    /// Whether the codec has a checksum of all samples.
    checked: bool,
}

impl PacketDecoder {
    pub(super) fn open(source: Arc<dyn ByteSource>, kind: Kind, heard: Heard) -> Result<Self> {
        let (source, failure) = Watched::new(source);
        let watch = failure.clone();
        let opened = guarded("decoder", || Self::try_open(Arc::new(source), kind, heard, watch));
        match failure.take() {
            Some(error) => Err(error.into()),
            None => opened?,
        }
    }

    fn try_open(
        source: Arc<dyn ByteSource>,
        kind: Kind,
        heard: Heard,
        failure: Failure,
    ) -> Result<Self> {
        let reader = reader(source, kind)?;
        let track = track(reader.as_ref(), heard.track)?;
        let params = track.codec_params.as_ref().and_then(|params| params.audio()).cloned();
        let params = params.ok_or(Error::NotAudio)?;
        let track = track.id;
        let lossless =
            [CODEC_ID_FLAC, CODEC_ID_ALAC].contains(&params.codec) || is_int_pcm(&params);
        let checked = params.codec == CODEC_ID_FLAC;
        let options = AudioDecoderOptions::default();
        let options = options.verify(checked).gapless(heard.trim);
        let decoder = CODECS.make_audio_decoder(&params, &options).map_err(broken)?;
        let numbered = checked && kind.container == Container::Flac;
        let mut opened = Self {
            parts: Some(Parts { reader, decoder, track, numbered, checked }),
            failure,
            sound: Sound {
                channels: 0,
                sample_rate: 0,
                bits: None,
                declared_frames: heard.declared,
                channel_mask: None,
            },
            int: lossless,
            lossless,
            packed: [CODEC_ID_FLAC, CODEC_ID_ALAC].contains(&params.codec),
            heard,
            decoded: 0,
            longest: 0,
            skipped: 0,
            owed: 0,
            next: None,
            ints: Vec::new(),
            floats: Vec::new(),
            given: 0,
        };
        opened.begin(&params)?;
        Ok(opened)
    }

    /// Decodes as far as the first samples: some files tell only there what they hold.
    fn begin(&mut self, params: &AudioCodecParameters) -> Result<()> {
        let rate = params.sample_rate.unwrap_or(0);
        let channels = params.channels.as_ref().map_or(0, |channels| channels.count());
        self.sound.sample_rate = rate;
        self.sound.channels = u16::try_from(channels).unwrap_or(0);
        let more = self.fill()?;
        if self.sound.sample_rate == 0 || self.sound.channels == 0 {
            let detail =
                if more { "no channels, or no frames in a second" } else { "no sound in it" };
            return Err(Error::malformed(detail));
        }
        self.heard.agree(self.sound.sample_rate, self.sound.channels)?;
        if self.int {
            let logarithmic = [CODEC_ID_PCM_ALAW, CODEC_ID_PCM_MULAW].contains(&params.codec);
            let told = params.bits_per_sample.and_then(|bits| u16::try_from(bits).ok());
            let known = |bits: &u16| (1..=32).contains(bits);
            let told = told.filter(known).or(self.heard.bits().filter(known));
            // Where nothing tells, none of them may be taken for empty.
            self.sound.bits = Some(told.unwrap_or(if logarithmic { 16 } else { 32 }));
        }
        Ok(())
    }

    /// Decodes packets until one gives samples that are meant to be heard; false at the end.
    fn fill(&mut self) -> Result<bool> {
        let Some(parts) = self.parts.take() else { return Ok(false) };
        let (result, parts) = guarded("decoder", || {
            let mut parts = parts;
            let result = self.fill_from(&mut parts);
            (result, parts)
        })?;
        if let Some(error) = self.failure.take() {
            return Err(error.into());
        }
        // After an error there is nothing to go on with; after the end neither.
        self.parts = matches!(result, Ok(true)).then_some(parts);
        result
    }

    fn fill_from(&mut self, parts: &mut Parts) -> Result<bool> {
        self.given = 0;
        self.ints.clear();
        self.floats.clear();
        if self.heard.most.is_some_and(|frames| self.decoded >= frames) {
            return Ok(false);
        }
        loop {
            let packet = match parts.reader.next_packet() {
                Ok(Some(packet)) => packet,
                Ok(None) => return self.end(parts),
                // A file that is cut off in the middle of a packet.
                Err(SymphoniaError::IoError(error)) if is_end(&error) => return self.end(parts),
                Err(error) => return Err(broken(error)),
            };
            if packet.track_id != parts.track {
                continue;
            }
            self.follow(parts, &packet)?;
            match parts.decoder.decode(&packet) {
                Ok(samples) => self.take(&samples)?,
                Err(SymphoniaError::DecodeError(_) | SymphoniaError::IoError(_))
                    if !self.lossless && self.skipped < MAX_SKIPPED =>
                {
                    self.skipped += 1;
                    self.owed += packet.dur.get().min(MAX_PACKET_FRAMES);
                }
                Err(error) => return Err(broken(error)),
            }
            if !self.ints.is_empty() || !self.floats.is_empty() {
                return Ok(true);
            }
        }
    }

    /// Frames of FLAC are numbered: a number left out is sound that was lost.
    fn follow(&mut self, parts: &Parts, packet: &Packet) -> Result<()> {
        if !parts.numbered {
            return Ok(());
        }
        let begins = packet.pts.get();
        if let Some(expected) = self.next.filter(|expected| *expected != begins) {
            let detail = format!("frame {expected} should follow, and frame {begins} does");
            return Err(Error::malformed(detail));
        }
        self.next = begins.checked_add_unsigned(packet.dur.get());
        Ok(())
    }

    /// At the end: what the file tells of its samples is compared with what they are.
    fn end(&self, parts: &mut Parts) -> Result<bool> {
        if parts.checked && parts.decoder.finalize().verify_ok == Some(false) {
            return Err(Error::malformed(match self.missing() {
                Some(detail) => detail,
                None => "the samples are not those that its MD5 is of".to_owned(),
            }));
        }
        match self.missing() {
            Some(detail) => Err(Error::malformed(detail)),
            None => Ok(false),
        }
    }

    /// What is to be said when the frames are not those that were declared. Of linear PCM
    /// what is there is given, as of a WAV file; a lossy codec may be off by less than a
    /// packet.
    fn missing(&self) -> Option<String> {
        let declared = self.sound.declared_frames?;
        let differs = match (self.int, self.packed) {
            (_, true) => self.decoded != declared,
            (true, false) => false,
            (false, _) => declared.saturating_sub(self.decoded) >= self.longest.max(1),
        };
        let (found, declared) = (grouped(self.decoded), grouped(declared));
        differs.then(|| format!("{found} of {declared} frames are there"))
    }

    /// Keeps what is meant to be heard of the samples of one packet.
    fn take(&mut self, samples: &GenericAudioBufferRef<'_>) -> Result<()> {
        let spec = samples.spec();
        let found = (spec.rate(), u16::try_from(spec.channels().count()).unwrap_or(0));
        if samples.frames() == 0 {
            return Ok(());
        }
        if self.longest == 0 {
            if found.1 > MAX_CHANNELS {
                return Err(too_many_channels(found.1));
            }
            // AAC may turn out to have twice the rate that the file said.
            (self.sound.sample_rate, self.sound.channels) = found;
        } else if found != (self.sound.sample_rate, self.sound.channels) {
            let what = "sound whose rate or channels change on the way".to_owned();
            return Err(Error::Unsupported { what });
        }
        self.longest = self.longest.max(samples.frames() as u64);
        let channels = usize::from(self.sound.channels);
        if self.int {
            let (from, to) = self.hear(samples.frames() as u64);
            samples.copy_to_vec_interleaved(&mut self.ints);
            self.ints.truncate(to * channels);
            self.ints.drain(..from * channels);
            return Ok(());
        }
        // Silence in place of packets that were damaged keeps the rest where it belongs.
        let (from, to) = self.hear(self.owed);
        (self.owed, self.skipped) = (0, 0);
        let silent = (to - from) * channels;
        let (from, to) = self.hear(samples.frames() as u64);
        samples.copy_to_vec_interleaved(&mut self.floats);
        self.floats.truncate(to * channels);
        self.floats.splice(..from * channels, std::iter::repeat_n(0.0, silent));
        Ok(())
    }

    /// Which of so many frames are meant to be heard, the first and the one behind the last.
    /// They count as given.
    fn hear(&mut self, frames: u64) -> (usize, usize) {
        let skip = self.heard.skip.min(frames);
        self.heard.skip -= skip;
        let mut count = frames - skip;
        if let Some(most) = self.heard.most {
            count = count.min(most - self.decoded.min(most));
        }
        self.decoded += count;
        (skip as usize, (skip + count) as usize)
    }
}

impl Decode for PacketDecoder {
    fn sound(&self) -> Sound {
        self.sound
    }

    fn next_block(&mut self) -> Result<Option<Samples<'_>>> {
        let have = self.ints.len().max(self.floats.len());
        if self.given == have && !self.fill()? {
            return Ok(None);
        }
        let from = self.given;
        let have = self.ints.len().max(self.floats.len());
        self.given = have.min(from + MAX_BLOCK_FRAMES * usize::from(self.sound.channels));
        Ok(Some(match self.int {
            true => Samples::Int(&self.ints[from..self.given]),
            false => Samples::Float(&self.floats[from..self.given]),
        }))
    }
}

fn is_end(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::UnexpectedEof
}
