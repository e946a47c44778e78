//! Opus in Ogg (RFC 6716, RFC 7845).
//!
//! The encoder is libopus, the reference and the only one that is kept up: no other comes near
//! it at the same rate, and there is none in Rust alone. It is reached through `opusic-c`,
//! whose binding (`opusic-sys`) is the one that the decoder of the same feature brings anyway,
//! so that one libopus is built and not two, and no unsafe code is needed here. MP3 by LAME was
//! the other choice: it needs twice the rate for the same sound, and every browser and phone of
//! the last years plays Opus. The pages of Ogg are written by the crate `ogg`.

use std::fmt;
use std::io::Write;

use ogg::{PacketWriteEndInfo, PacketWriter};
use opusic_c::{Application, Bitrate, Channels, Encoder, ErrorCode, SampleRate};

use super::{AudioWriter, PcmFormat, SampleFormat};
use crate::{Error, Result, Samples};

/// The rate that Opus is encoded from and decoded to (Hz).
pub const OPUS_RATE: u32 = 48_000;
/// Frames of a packet: 20 ms, which is what the encoder is best at.
const PACKET_FRAMES: usize = 960;
/// Packets of a page: a second, as RFC 7845 asks for.
const PAGE_PACKETS: u64 = 50;
/// Bits in a second for each channel.
const CHANNEL_RATE: u32 = 64_000;
/// The largest packet of one frame (RFC 6716, 3.4), and a byte that tells what is in it.
const MAX_PACKET: usize = 1_276;
/// Who wrote a file.
const VENDOR: &str = "studio, libopus";
/// The most bytes of a tag's value: a player reads all of them before the first sound.
const MAX_VALUE: usize = 4 << 10;

/// Writes an Opus file of one or two channels, at about 64 kbit/s for each of them (VBR).
///
/// It takes floats at 48 kHz. What is beyond full scale comes out of it so, or clipped, as
/// the player likes; what is no number is silence. What is decoded has as many frames as were
/// written: those that the encoder needs before the first are skipped by every player, and
/// those that fill the last packet are cut.
pub struct OpusWriter<W: Write> {
    format: PcmFormat,
    encoder: Encoder,
    /// `None` once it is finished or has failed.
    pages: Option<PacketWriter<'static, W>>,
    serial: u32,
    /// Frames that come out of the decoder before the first that was written.
    pre_skip: u64,
    /// Frames that were written.
    frames: u64,
    packets: u64,
    pending: Vec<f32>,
}

impl<W: Write> OpusWriter<W> {
    /// Begins a file with tags: pairs of a field's name (such as `TITLE` or `ARTIST`) and its
    /// value, of which the first 4 KiB are kept. `serial` numbers the stream, and `input_rate`
    /// (Hz) is told to those who want to know what the sound was made of.
    ///
    /// # Errors
    /// [`Error::Io`]; [`Error::Mismatch`] for more than two channels or none, and for names of
    /// fields that Vorbis comments do not have.
    pub fn new(
        writer: W,
        channels: u16,
        input_rate: u32,
        serial: u32,
        tags: &[(String, String)],
    ) -> Result<Self> {
        let number = match channels {
            1 => Channels::Mono,
            2 => Channels::Stereo,
            _ => {
                let what = format!("an Opus file is made of 1 or 2 channels, not of {channels}");
                return Err(Error::Mismatch { what });
            }
        };
        let mut encoder = Encoder::new(number, SampleRate::Hz48000, Application::Audio)
            .map_err(|error| refused(&error))?;
        let rate = Bitrate::Value(CHANNEL_RATE * u32::from(channels));
        encoder.set_bitrate(rate).map_err(|error| refused(&error))?;
        encoder.set_vbr(true).map_err(|error| refused(&error))?;
        let ahead = encoder.get_look_ahead().map_err(|error| refused(&error))?;
        let pre_skip = u16::try_from(ahead).unwrap_or(u16::MAX);
        let mut pages = PacketWriter::new(writer);
        let head = head(channels as u8, pre_skip, input_rate);
        pages.write_packet(head, serial, PacketWriteEndInfo::EndPage, 0)?;
        pages.write_packet(comments(tags)?, serial, PacketWriteEndInfo::EndPage, 0)?;
        Ok(Self {
            format: PcmFormat { channels, sample_rate: OPUS_RATE, samples: SampleFormat::Float32 },
            encoder,
            pages: Some(pages),
            serial,
            pre_skip: u64::from(pre_skip),
            frames: 0,
            packets: 0,
            pending: Vec::new(),
        })
    }

    /// How many frames it took.
    pub fn frames(&self) -> u64 {
        self.frames
    }

    fn try_write(&mut self, samples: Samples<'_>) -> Result<()> {
        let frames = self.format.check_block(samples)?;
        if self.pages.is_none() {
            return Err(closed());
        }
        let Samples::Float(samples) = samples else { return Err(closed()) };
        let heard = |sample: &f32| if sample.is_finite() { *sample } else { 0.0 };
        self.pending.extend(samples.iter().map(heard));
        self.frames += frames;
        let packet = PACKET_FRAMES * usize::from(self.format.channels);
        let whole = self.pending.len() / packet * packet;
        let pending = std::mem::take(&mut self.pending);
        for block in pending[..whole].chunks_exact(packet) {
            self.packet(block, None)?;
        }
        self.pending = pending;
        self.pending.drain(..whole);
        Ok(())
    }

    /// Writes what is left, and silence behind it until all that was written has come out of
    /// the decoder.
    fn try_finish(&mut self) -> Result<()> {
        if self.frames == 0 {
            let what = "an Opus file is not made without samples".to_owned();
            return Err(Error::Mismatch { what });
        }
        let end = self.frames + self.pre_skip;
        let packet = PACKET_FRAMES * usize::from(self.format.channels);
        let mut pending = std::mem::take(&mut self.pending);
        while self.encoded() < end {
            let mut block: Vec<f32> = pending.drain(..packet.min(pending.len())).collect();
            block.resize(packet, 0.0);
            let last = self.encoded() + PACKET_FRAMES as u64 >= end;
            self.packet(&block, last.then_some(end))?;
        }
        let pages = self.pages.as_mut().ok_or_else(closed)?;
        Ok(pages.inner_mut().flush()?)
    }

    /// Frames that all packets so far hold.
    fn encoded(&self) -> u64 {
        self.packets * PACKET_FRAMES as u64
    }

    /// Encodes the frames of a packet; the last one tells where the sound ends.
    fn packet(&mut self, block: &[f32], end: Option<u64>) -> Result<()> {
        let pages = self.pages.as_mut().ok_or_else(closed)?;
        let mut packet = vec![0; MAX_PACKET];
        let encoded = self.encoder.encode_float_to_slice(block, &mut packet);
        packet.truncate(encoded.map_err(|error| refused(&error))?);
        self.packets += 1;
        let info = match end {
            Some(_) => PacketWriteEndInfo::EndStream,
            None if self.packets.is_multiple_of(PAGE_PACKETS) => PacketWriteEndInfo::EndPage,
            None => PacketWriteEndInfo::NormalPacket,
        };
        let granule = end.unwrap_or(self.packets * PACKET_FRAMES as u64);
        Ok(pages.write_packet(packet, self.serial, info, granule)?)
    }
}

impl<W: Write> AudioWriter for OpusWriter<W> {
    fn format(&self) -> PcmFormat {
        self.format
    }

    fn write(&mut self, samples: Samples<'_>) -> Result<()> {
        self.try_write(samples).inspect_err(|_| self.pages = None)
    }

    fn finish(&mut self) -> Result<()> {
        let finished = self.try_finish();
        self.pages = None;
        finished
    }
}

impl<W: Write> fmt::Debug for OpusWriter<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let frames = self.frames;
        f.debug_struct("OpusWriter").field("format", &self.format).field("frames", &frames).finish()
    }
}

/// The first packet (RFC 7845, 5.1), of the mapping for one or two channels.
fn head(channels: u8, pre_skip: u16, input_rate: u32) -> Vec<u8> {
    let mut head = b"OpusHead\x01".to_vec();
    head.push(channels);
    head.extend(pre_skip.to_le_bytes());
    head.extend(input_rate.to_le_bytes());
    // No gain, and the mapping.
    head.extend([0, 0, 0]);
    head
}

/// The second packet (RFC 7845, 5.2).
fn comments(tags: &[(String, String)]) -> Result<Vec<u8>> {
    fn push(packet: &mut Vec<u8>, text: &str) {
        packet.extend(u32::try_from(text.len()).unwrap_or(u32::MAX).to_le_bytes());
        packet.extend(text.as_bytes());
    }
    let mut packet = b"OpusTags".to_vec();
    push(&mut packet, VENDOR);
    packet.extend(u32::try_from(tags.len()).unwrap_or(u32::MAX).to_le_bytes());
    for (field, value) in tags {
        super::check_field(field)?;
        let value = &value[..value.floor_char_boundary(MAX_VALUE)];
        push(&mut packet, &format!("{field}={value}"));
    }
    Ok(packet)
}

fn closed() -> Error {
    Error::Mismatch { what: "the file takes no more samples".to_owned() }
}

fn refused(error: &ErrorCode) -> Error {
    Error::Mismatch { what: format!("cannot write Opus: {error:?}") }
}
