//! The smallest whole AIFF and AIFF-C files.

/// An AIFF file of interleaved samples whose full scale is 2^31; the upper `bits` are kept.
pub fn aiff(sample_rate: u32, channels: u16, bits: u16, samples: &[i32]) -> Vec<u8> {
    let bytes = usize::from(bits.div_ceil(8));
    let data = samples.iter().flat_map(|sample| sample.to_be_bytes()[..bytes].to_vec()).collect();
    file(*b"AIFF", &common(sample_rate, channels, bits, samples.len()), data)
}

/// An AIFF-C file of little-endian samples (`sowt`).
pub fn sowt(sample_rate: u32, channels: u16, samples: &[i32]) -> Vec<u8> {
    let data = samples.iter().flat_map(|sample| sample.to_le_bytes()[2..].to_vec()).collect();
    aifc(*b"sowt", sample_rate, channels, 16, data)
}

/// An AIFF-C file of IEEE 754 numbers of 32 bits (`fl32`).
pub fn fl32(sample_rate: u32, channels: u16, samples: &[f32]) -> Vec<u8> {
    let data = samples.iter().flat_map(|sample| sample.to_be_bytes()).collect();
    aifc(*b"fl32", sample_rate, channels, 32, data)
}

/// An AIFF-C file of samples of so many bits, as their bytes are to stand in it, coded as
/// `codec` has it: `NONE`, `twos`, `in24` or another.
pub fn aifc(codec: [u8; 4], sample_rate: u32, channels: u16, bits: u16, data: Vec<u8>) -> Vec<u8> {
    let samples = data.len() / usize::from(bits.div_ceil(8).max(1));
    let mut common = common(sample_rate, channels, bits, samples);
    // The name is a Pascal string, padded.
    common.extend(codec);
    common.extend([0, 0]);
    file(*b"AIFC", &common, data)
}

fn common(sample_rate: u32, channels: u16, bits: u16, samples: usize) -> Vec<u8> {
    let frames = samples.checked_div(usize::from(channels)).unwrap_or(0) as u32;
    let mut bytes = channels.to_be_bytes().to_vec();
    bytes.extend(frames.to_be_bytes());
    bytes.extend(bits.to_be_bytes());
    bytes.extend(extended(sample_rate));
    bytes
}

/// A number of 80 bits, as the Apple Numerics Manual has it.
fn extended(number: u32) -> [u8; 10] {
    let mut bytes = [0; 10];
    if number > 0 {
        let shift = number.leading_zeros();
        bytes[..2].copy_from_slice(&(16_383 + 31 - shift as u16).to_be_bytes());
        bytes[2..6].copy_from_slice(&(number << shift).to_be_bytes());
    }
    bytes
}

fn file(kind: [u8; 4], common: &[u8], data: Vec<u8>) -> Vec<u8> {
    let mut body = kind.to_vec();
    if kind == *b"AIFC" {
        chunk(&mut body, *b"FVER", &0xA280_5140_u32.to_be_bytes());
    }
    chunk(&mut body, *b"COMM", common);
    chunk(&mut body, *b"SSND", &[vec![0; 8], data].concat());
    let mut file = Vec::new();
    chunk(&mut file, *b"FORM", &body);
    file
}

fn chunk(out: &mut Vec<u8>, id: [u8; 4], content: &[u8]) {
    out.extend(id);
    out.extend((content.len() as u32).to_be_bytes());
    out.extend(content);
    if !content.len().is_multiple_of(2) {
        out.push(0);
    }
}
