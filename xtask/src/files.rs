//! Files of any size with content that cannot be compressed and is the same each time.

use std::fs::File;
use std::io::{BufWriter, Read as _, Write};
use std::path::Path;

use crate::Result;

const CHUNK: usize = 1 << 20;

/// Numbers that look random and follow from a seed (SplitMix64).
#[derive(Debug, Clone)]
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut word = self.0;
        word = (word ^ (word >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        word ^ (word >> 31)
    }

    /// A number below `end`; 0 when there is none.
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.next() % end.max(1)
    }
}

/// Writes a file of `size` bytes that follow from `seed`.
pub(crate) fn fill(path: &Path, size: u64, seed: u64) -> Result {
    let mut file = BufWriter::with_capacity(CHUNK, File::create(path)?);
    write_random(&mut file, size, seed)?;
    Ok(file.flush()?)
}

/// Writes a WAVE file of about `size` bytes, with noise that follows from `seed`.
pub(crate) fn fill_wav(path: &Path, size: u64, seed: u64) -> Result {
    let mut file = BufWriter::with_capacity(CHUNK, File::create(path)?);
    // A frame has four bytes.
    let sound = size.saturating_sub(WAV_HEAD) / 4 * 4;
    file.write_all(&wav_head(u32::try_from(sound)?))?;
    write_random(&mut file, sound, seed)?;
    Ok(file.flush()?)
}

/// The bytes of a WAVE file before its sound.
pub(crate) const WAV_HEAD: u64 = 44;

/// The head of a WAVE file with so many bytes of sound: PCM, two channels, 44.1 kHz, 16 bits.
pub(crate) fn wav_head(sound: u32) -> Vec<u8> {
    let mut head = Vec::new();
    head.extend(b"RIFF");
    head.extend((sound + 36).to_le_bytes());
    head.extend(b"WAVEfmt ");
    head.extend(16_u32.to_le_bytes());
    for half in [1_u16, 2] {
        head.extend(half.to_le_bytes());
    }
    for word in [44_100_u32, 176_400] {
        head.extend(word.to_le_bytes());
    }
    for half in [4_u16, 16] {
        head.extend(half.to_le_bytes());
    }
    head.extend(b"data");
    head.extend(sound.to_le_bytes());
    head
}

fn write_random(file: &mut impl Write, size: u64, seed: u64) -> Result {
    let mut random = Random::new(seed);
    let mut chunk = vec![0; CHUNK];
    let mut left = size;
    while left > 0 {
        let length = usize::try_from(left).unwrap_or(CHUNK).min(CHUNK);
        for word in chunk.chunks_exact_mut(8) {
            word.copy_from_slice(&random.next().to_le_bytes());
        }
        file.write_all(&chunk[..length])?;
        left -= length as u64;
    }
    Ok(())
}

/// Reads a file or the files of a directory, so that they are in the page cache.
pub(crate) fn warm(path: &Path) -> Result {
    let mut chunk = vec![0; CHUNK];
    for file in files_in(path)? {
        let mut file = File::open(file)?;
        while file.read(&mut chunk)? > 0 {}
    }
    Ok(())
}

/// Fails unless two files, or the files of two directories, have the same names and bytes.
pub(crate) fn compare(left: &Path, right: &Path) -> Result {
    if left.is_file() {
        return compare_files(left, right);
    }
    let (ours, theirs) = (files_in(left)?, files_in(right)?);
    let names = |files: &[std::path::PathBuf]| -> Vec<_> {
        files.iter().map(|file| file.file_name().map(ToOwned::to_owned)).collect()
    };
    if names(&ours) != names(&theirs) {
        let (ours, theirs) = (ours.len(), theirs.len());
        return Err(format!("of {ours} files, {theirs} came back, or others").into());
    }
    ours.iter().zip(&theirs).try_for_each(|(ours, theirs)| compare_files(ours, theirs))
}

fn compare_files(left: &Path, right: &Path) -> Result {
    let (mut ours, mut theirs) = (File::open(left)?, File::open(right)?);
    let size = ours.metadata()?.len();
    let differ = || format!("{} and {} differ", left.display(), right.display());
    if theirs.metadata()?.len() != size {
        return Err(differ().into());
    }
    let (mut mine, mut other) = (vec![0; CHUNK], vec![0; CHUNK]);
    let mut left_over = size;
    while left_over > 0 {
        let length = usize::try_from(left_over).unwrap_or(CHUNK).min(CHUNK);
        ours.read_exact(&mut mine[..length])?;
        theirs.read_exact(&mut other[..length])?;
        if mine[..length] != other[..length] {
            return Err(differ().into());
        }
        left_over -= length as u64;
    }
    Ok(())
}

/// The file itself, or the files of a directory by name.
fn files_in(path: &Path) -> Result<Vec<std::path::PathBuf>> {
    if path.is_file() {
        return Ok(vec![path.to_owned()]);
    }
    let entries = std::fs::read_dir(path)?.map(|entry| Ok(entry?.path()));
    let mut files = entries.collect::<Result<Vec<_>>>()?;
    files.sort_unstable();
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_bytes_and_another_does_not() -> Result {
        let place = tempfile::tempdir()?;
        let file = |name: &str| place.path().join(name);
        let size = CHUNK as u64 + 13;
        fill(&file("one"), size, 1)?;
        fill(&file("again"), size, 1)?;
        fill(&file("other"), size, 2)?;
        fill(&file("short"), size - 1, 1)?;
        assert_eq!(file("one").metadata()?.len(), size);
        compare(&file("one"), &file("again"))?;
        assert!(compare(&file("one"), &file("other")).is_err());
        assert!(compare(&file("one"), &file("short")).is_err());
        Ok(())
    }

    #[test]
    fn directories_are_the_same_when_their_files_are() -> Result {
        let (left, right) = (tempfile::tempdir()?, tempfile::tempdir()?);
        for place in [&left, &right] {
            fill(&place.path().join("a"), 100, 1)?;
        }
        compare(left.path(), right.path())?;
        fill(&right.path().join("b"), 100, 1)?;
        assert!(compare(left.path(), right.path()).is_err());
        Ok(())
    }

    #[test]
    fn numbers_stay_below_their_end() {
        let mut random = Random::new(7);
        assert!((0..1000).all(|_| random.below(10) < 10));
        assert_eq!(random.below(0), 0);
    }
}
