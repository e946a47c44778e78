//! Writing canonical WAV files: 48 kHz, 24-bit PCM, little-endian.

use std::io::{self, Write};

use super::synth::FRAMES_PER_SECOND;

const BYTES_PER_SAMPLE: u16 = 3;
const BITS_PER_SAMPLE: u16 = 8 * BYTES_PER_SAMPLE;
const FORMAT_CHUNK_BYTES: u32 = 16;
const FORMAT_PCM: u16 = 1;
/// Bytes between the RIFF size field and the audio: "WAVE", the format chunk
/// and the header of the data chunk.
const HEADER_BYTES: u32 = 4 + (8 + FORMAT_CHUNK_BYTES) + 8;

/// Writes `interleaved` (samples in -1..1, `channels` of them per frame) as a
/// 48 kHz, 24-bit PCM WAV file. Samples are rounded half away from zero and
/// clamped to the 24-bit range; there is no dither, so equal input gives equal
/// bytes.
///
/// # Errors
///
/// Fails with the error of `out`, or with `InvalidInput` if the audio does not
/// fit into the 4 GiB of a WAV file.
pub(crate) fn write_wav(
    out: &mut impl Write,
    channels: u16,
    interleaved: &[f64],
) -> io::Result<()> {
    let (data_bytes, riff_bytes) = sizes(interleaved.len())?;
    let frame_bytes = channels * BYTES_PER_SAMPLE;
    out.write_all(b"RIFF")?;
    out.write_all(&riff_bytes.to_le_bytes())?;
    out.write_all(b"WAVEfmt ")?;
    out.write_all(&FORMAT_CHUNK_BYTES.to_le_bytes())?;
    out.write_all(&FORMAT_PCM.to_le_bytes())?;
    out.write_all(&channels.to_le_bytes())?;
    out.write_all(&FRAMES_PER_SECOND.to_le_bytes())?;
    out.write_all(&(FRAMES_PER_SECOND * u32::from(frame_bytes)).to_le_bytes())?;
    out.write_all(&frame_bytes.to_le_bytes())?;
    out.write_all(&BITS_PER_SAMPLE.to_le_bytes())?;
    out.write_all(b"data")?;
    out.write_all(&data_bytes.to_le_bytes())?;
    out.write_all(&pcm_24(interleaved))?;
    if data_bytes % 2 == 1 {
        out.write_all(&[0])?; // RIFF chunks are padded to even sizes.
    }
    Ok(())
}

/// The sizes in bytes for the data chunk and for the RIFF header.
fn sizes(samples: usize) -> io::Result<(u32, u32)> {
    u32::try_from(samples)
        .ok()
        .and_then(|samples| samples.checked_mul(u32::from(BYTES_PER_SAMPLE)))
        .and_then(|data| Some((data, data.checked_add(data % 2 + HEADER_BYTES)?)))
        .ok_or_else(|| {
            let message = "more audio than a WAV file can hold";
            io::Error::new(io::ErrorKind::InvalidInput, message)
        })
}

fn pcm_24(samples: &[f64]) -> Vec<u8> {
    const FULL_SCALE: f64 = 8_388_608.0; // 2^23
    let mut bytes = Vec::with_capacity(samples.len() * usize::from(BYTES_PER_SAMPLE));
    for sample in samples {
        let value = (sample * FULL_SCALE).round();
        let value = value.clamp(-FULL_SCALE, FULL_SCALE - 1.0) as i32;
        let [low, middle, high, _] = value.to_le_bytes();
        bytes.extend_from_slice(&[low, middle, high]);
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wav(channels: u16, samples: &[f64]) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        write_wav(&mut bytes, channels, samples)?;
        Ok(bytes)
    }

    #[test]
    fn the_header_describes_the_audio() -> io::Result<()> {
        let bytes = wav(2, &[0.0; 8])?;
        assert_eq!(&bytes[..4], b"RIFF");
        assert_eq!(bytes[4..8], 60_u32.to_le_bytes());
        assert_eq!(&bytes[8..16], b"WAVEfmt ");
        assert_eq!(bytes[16..20], 16_u32.to_le_bytes());
        assert_eq!(bytes[20..22], 1_u16.to_le_bytes());
        assert_eq!(bytes[22..24], 2_u16.to_le_bytes());
        assert_eq!(bytes[24..28], 48_000_u32.to_le_bytes());
        assert_eq!(bytes[28..32], 288_000_u32.to_le_bytes());
        assert_eq!(bytes[32..34], 6_u16.to_le_bytes());
        assert_eq!(bytes[34..36], 24_u16.to_le_bytes());
        assert_eq!(&bytes[36..40], b"data");
        assert_eq!(bytes[40..44], 24_u32.to_le_bytes());
        assert_eq!(bytes.len(), 44 + 24);
        Ok(())
    }

    #[test]
    fn an_odd_data_chunk_is_padded() -> io::Result<()> {
        let bytes = wav(1, &[0.5])?;
        assert_eq!(bytes[4..8], 40_u32.to_le_bytes());
        assert_eq!(bytes[40..44], 3_u32.to_le_bytes());
        assert_eq!(bytes[44..], [0, 0, 0x40, 0]);
        Ok(())
    }

    #[test]
    fn samples_are_rounded_and_clamped() {
        let step = 1.0 / 8_388_608.0;
        let bytes = pcm_24(&[2.0, -2.0, 1.5 * step, -1.5 * step, 0.4 * step]);
        let expected =
            [[0xFF, 0xFF, 0x7F], [0x00, 0x00, 0x80], [2, 0, 0], [0xFE, 0xFF, 0xFF], [0, 0, 0]];
        assert_eq!(bytes, expected.concat());
    }
}
