//! MP4 files of linear PCM and other tracks, made by code.
#![allow(dead_code, reason = "each test takes what it needs of it")]

/// Where the samples of the first track begin.
pub(crate) const FIRST_SAMPLE: u32 = 24;

/// One track of a movie.
#[derive(Debug, Clone)]
pub(crate) struct Track {
    pub(crate) number: u32,
    /// `soun`, `vide` or another.
    pub(crate) handler: [u8; 4],
    /// How its samples are coded: an entry of `stsd`.
    pub(crate) entry: Vec<u8>,
    /// Frames in a second.
    pub(crate) rate: u32,
    /// Bytes of a sample, which is a frame of PCM, and how many frames it holds.
    pub(crate) sample_bytes: u32,
    pub(crate) sample_frames: u32,
    pub(crate) data: Vec<u8>,
    /// Samples of each chunk but the last.
    pub(crate) chunk: u32,
    /// Media time and length of its edit, both in frames.
    pub(crate) edit: Option<(u32, u32)>,
    /// Boxes behind all others of the track.
    pub(crate) more: Vec<u8>,
}

impl Track {
    /// Linear PCM of whole numbers whose full scale is 2^31, of which the upper bits are
    /// kept: `sowt` (16 bits, little-endian), `twos` (16, big-endian), `in24` or `in32`
    /// (big-endian).
    pub(crate) fn pcm(name: &[u8; 4], rate: u32, channels: u16, samples: &[i32]) -> Self {
        let bytes: usize = match name {
            b"in24" => 3,
            b"in32" => 4,
            _ => 2,
        };
        let data = samples.iter().flat_map(|sample| match name {
            b"sowt" => sample.to_le_bytes()[4 - bytes..].to_vec(),
            _ => sample.to_be_bytes()[..bytes].to_vec(),
        });
        let entry = sound_entry(name, rate, channels, 16);
        Self::sound(entry, rate, bytes as u32 * u32::from(channels), data.collect())
    }

    /// Bytes without a sign (`raw `), which are left to a parser.
    pub(crate) fn raw(rate: u32, channels: u16, data: Vec<u8>) -> Self {
        Self::sound(sound_entry(b"raw ", rate, channels, 8), rate, channels.into(), data)
    }

    /// Sound that is coded as an entry of `stsd` says.
    pub(crate) fn sound(entry: Vec<u8>, rate: u32, sample_bytes: u32, data: Vec<u8>) -> Self {
        Self {
            number: 1,
            handler: *b"soun",
            entry,
            rate,
            sample_bytes,
            sample_frames: 1,
            data,
            chunk: 500,
            edit: None,
            more: Vec::new(),
        }
    }

    /// Something to see, of which nothing can be heard.
    pub(crate) fn video() -> Self {
        let mut entry = words(&[0, 1, 0, 0, 0, 0, 0x0010_0010, 0x0048_0000, 0x0048_0000, 0]);
        entry.extend([0, 1]);
        entry.extend([0; 32]);
        entry.extend([0, 24, 0xFF, 0xFF]);
        let sound = Self::sound(boxed(b"mp4v", &entry), 25, 100, vec![0x55; 1_000]);
        Self { handler: *b"vide", chunk: 10, ..sound }
    }

    pub(crate) fn number(self, number: u32) -> Self {
        Self { number, ..self }
    }

    fn samples(&self) -> u32 {
        self.data.len() as u32 / self.sample_bytes
    }

    /// The box of the track, whose data begins at a place of the file.
    fn build(&self, place: u32) -> Vec<u8> {
        let header = boxed(b"tkhd", &[words(&[1, 0, 0, self.number]), vec![0; 68]].concat());
        let edit = self.edit.map(|(start, length)| {
            let list = words(&[0, 1, length, start, 0x0001_0000]);
            boxed(b"edts", &boxed(b"elst", &list))
        });
        let boxes = [header, edit.unwrap_or_default(), self.media(place), self.more.clone()];
        boxed(b"trak", &boxes.concat())
    }

    /// The box that says how the samples are coded and where they are.
    pub(crate) fn media(&self, place: u32) -> Vec<u8> {
        let samples = self.samples();
        let chunks = samples.div_ceil(self.chunk);
        let offsets = (0..chunks).map(|chunk| place + chunk * self.chunk * self.sample_bytes);
        let mut runs = vec![1, self.chunk.min(samples), 1];
        let rest = samples % self.chunk;
        if rest > 0 && chunks > 1 {
            runs.extend([chunks, rest, 1]);
        }
        let table = [
            boxed(b"stsd", &[words(&[0, 1]), self.entry.clone()].concat()),
            boxed(b"stts", &words(&[0, 1, samples, self.sample_frames])),
            boxed(b"stsc", &[words(&[0, runs.len() as u32 / 3]), words(&runs)].concat()),
            boxed(b"stsz", &words(&[0, self.sample_bytes, samples])),
            boxed(b"stco", &[words(&[0, chunks]), words(&offsets.collect::<Vec<_>>())].concat()),
        ];
        let media = [
            boxed(b"mdhd", &words(&[0, 0, 0, self.rate, samples * self.sample_frames, 0])),
            boxed(b"hdlr", &[words(&[0, 0]), self.handler.to_vec(), vec![0; 13]].concat()),
            boxed(b"minf", &boxed(b"stbl", &table.concat())),
        ];
        boxed(b"mdia", &media.concat())
    }
}

/// An entry of `stsd` for sound, version 0.
pub(crate) fn sound_entry(name: &[u8; 4], rate: u32, channels: u16, bits: u32) -> Vec<u8> {
    let format = u32::from(channels) << 16 | bits;
    boxed(name, &words(&[0, 1, 0, 0, format, 0, rate << 16]))
}

/// The same of QuickTime (version 1), whose least significant byte comes first.
pub(crate) fn little_endian_entry(name: &[u8; 4], rate: u32, channels: u16, bytes: u32) -> Vec<u8> {
    let format = u32::from(channels) << 16 | 16;
    let frame = bytes * u32::from(channels);
    let fields = words(&[0, 1, 0x0001_0000, 0, format, 0, rate << 16, 1, bytes, frame, bytes]);
    let wave = boxed(b"wave", &boxed(b"enda", &[0, 1]));
    boxed(name, &[fields, wave].concat())
}

/// Linear PCM of QuickTime, version 2: flags tell what the bytes are.
pub(crate) fn lpcm_entry(rate: u32, channels: u32, bits: u32, flags: u32) -> Vec<u8> {
    let fixed = words(&[0, 1, 0x0002_0000, 0, 0x0003_0010, 0xFFFE_0000, 0x0001_0000, 72]);
    let rate = f64::from(rate).to_be_bytes().to_vec();
    let fields = words(&[channels, 0x7F00_0000, bits, flags, bits / 8 * channels, 1]);
    boxed(b"lpcm", &[fixed, rate, fields].concat())
}

/// A movie of some tracks, the samples before the table of contents. Its clock is that of
/// the first track.
pub(crate) fn movie(tracks: &[Track]) -> Vec<u8> {
    let data: Vec<u8> = tracks.iter().flat_map(|track| track.data.clone()).collect();
    let start = boxed(b"ftyp", b"qt  \0\0\0\0");
    let mut place = FIRST_SAMPLE;
    let clock = tracks.first().map_or(1_000, |track| track.rate);
    let mut content = boxed(b"mvhd", &[words(&[0, 0, 0, clock, 0]), vec![0; 80]].concat());
    for track in tracks {
        content.extend(track.build(place));
        place += track.data.len() as u32;
    }
    [start, boxed(b"mdat", &data), boxed(b"moov", &content)].concat()
}

/// A box of ISO base media.
pub(crate) fn boxed(name: &[u8; 4], content: &[u8]) -> Vec<u8> {
    [&(content.len() as u32 + 8).to_be_bytes(), name.as_slice(), content].concat()
}

/// Numbers of 32 bits, big-endian.
pub(crate) fn words(words: &[u32]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_be_bytes()).collect()
}
