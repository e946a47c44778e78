//! Probing: what a header says, how little of the file that takes, and what people wrote.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

use std::io::{self, Cursor};
use std::sync::Arc;
use std::time::Duration;

use studio_audio::gate::{Profile, judge_header};
use studio_audio::probe::{Header, artwork, examine, probe};
use studio_audio::source::{Cached, Windowed};
use studio_audio::write::FlacWriter;
use studio_audio::{
    AudioWriter, ByteSource, Defect, Error, PcmFormat, SampleFormat, Samples, decode,
};
use studio_domain::{AudioFormat, BitDepth, Codec, Container, Decibels};
use studio_testkit::wav::{Bext, RawChunk, Wav, aiff, signal};

/// A file that is mostly holes: bytes at some places, zeros between them.
struct Sparse {
    size: u64,
    parts: Vec<(u64, Vec<u8>)>,
}

impl ByteSource for Sparse {
    fn size(&self) -> u64 {
        self.size
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let length = (self.size.saturating_sub(offset)).min(buffer.len() as u64) as usize;
        for (at, byte) in buffer[..length].iter_mut().enumerate() {
            let place = offset + at as u64;
            let part = self
                .parts
                .iter()
                .find(|(start, bytes)| (*start..*start + bytes.len() as u64).contains(&place));
            *byte = part.map_or(0, |(start, bytes)| bytes[(place - start) as usize]);
        }
        Ok(length)
    }
}

/// A file whose samples are a hole of so many bytes, with chunks behind it.
fn long(wav: Wav, data: u64, behind: &[RawChunk]) -> Sparse {
    let mut head = wav.build();
    let place = head.windows(4).position(|id| id == b"data").unwrap();
    if let Ok(small) = u32::try_from(data) {
        head[place + 4..place + 8].copy_from_slice(&small.to_le_bytes());
    }
    let tail_at = head.len() as u64 + data;
    let tail =
        behind.iter().fold(Wav::pcm(48_000, 2, 24), |wav, chunk| wav.chunk_after(chunk.clone()));
    let tail = tail.without(*b"fmt ").without(*b"data").build()[12..].to_vec();
    let size = tail_at + tail.len() as u64;
    if head[..4] == *b"RIFF" {
        head[4..8].copy_from_slice(&((size - 8) as u32).to_le_bytes());
    } else {
        head[20..28].copy_from_slice(&(size - 8).to_le_bytes());
        head[28..36].copy_from_slice(&data.to_le_bytes());
    }
    Sparse { size, parts: vec![(0, head), (tail_at, tail)] }
}

/// The header of a source, with the reads and the bytes that it took.
fn examined(source: Sparse) -> (Header, u64, u64) {
    let windowed = Windowed::new(source);
    let header = examine(&windowed).unwrap();
    (header, windowed.reads(), windowed.bytes())
}

fn pcm(container: Container, frames: u64) -> AudioFormat {
    AudioFormat {
        container,
        codec: Codec::Pcm,
        channels: 2,
        sample_rate: 48_000,
        bit_depth: Some(BitDepth::full(24)),
        frames: Some(frames),
    }
}

#[test]
fn a_verdict_takes_two_reads_whatever_the_size() {
    let behind = [RawChunk::new(*b"LIST", *b"INFO"), RawChunk::new(*b"iXML", vec![b' '; 9_000])];
    let empty = || Wav::pcm(48_000, 2, 24);
    // As some recorders write it: the samples begin at byte 131,072.
    let filled = || empty().chunk(RawChunk::new(*b"junk", vec![0; 131_072 - 44 - 8]));
    let gigabytes = 6 * 900_000_000;
    for (source, container, data, most) in [
        (long(empty(), 600_000, &[]), Container::Wav, 600_000, 1),
        (long(empty(), 600_000_000, &behind), Container::Wav, 600_000_000, 2),
        (long(filled(), 3_000_000_000, &[]), Container::Wav, 3_000_000_000, 1),
        (long(filled(), 3_000_000_000, &behind), Container::Wav, 3_000_000_000, 2),
        (long(empty().rf64(), gigabytes, &behind), Container::Rf64, gigabytes, 2),
        (long(filled().bw64(), gigabytes, &behind), Container::Bw64, gigabytes, 2),
    ] {
        let (header, reads, bytes) = examined(source);
        assert_eq!(header.format, Some(pcm(container, data / 6)));
        assert_eq!(header.defects, []);
        assert!(judge_header(&header, &Profile::ingest()).is_accepted());
        assert!(reads <= most && bytes <= 256 << 10, "{reads} reads, {bytes} bytes");
    }
}

#[test]
fn lists_are_looked_into_without_a_further_read() {
    let text = |bytes| RawChunk::new(*b"ICMT", vec![b'a'; bytes]);
    let inner =
        (0..5).fold(RawChunk::list(*b"abcd", &[]), |inner, _| RawChunk::list(*b"abcd", &[inner]));
    for (texts, found) in
        [(vec![text(0); 1_100], true), (vec![text(60_000)], true), (vec![text(90_000)], false)]
    {
        let list = RawChunk::list(*b"INFO", &[texts, vec![inner.clone()]].concat());
        let (header, reads, bytes) = examined(long(Wav::pcm(48_000, 2, 24), 600_000_000, &[list]));
        let expected = if found { vec![Defect::ChunkNesting] } else { vec![] };
        assert_eq!(header.defects, expected);
        assert!(reads <= 2 && bytes <= 256 << 10, "{reads} reads, {bytes} bytes");
    }
}

#[test]
fn a_strewn_file_is_given_up_within_bounds() {
    let chunks = vec![RawChunk::new(*b"junk", vec![0; 400_000]); 20];
    let (header, reads, bytes) = examined(long(Wav::pcm(48_000, 2, 24), 6_000_000, &chunks));
    let scattered = |defect: &Defect| matches!(defect, Defect::Malformed { .. });
    assert!(header.defects.iter().any(scattered), "{:?}", header.defects);
    assert!(reads <= 9 && bytes <= 256 << 10, "{reads} reads, {bytes} bytes");
}

#[test]
fn windows_and_blocks_show_the_bytes_as_they_are() {
    let bytes = studio_testkit::noise::bytes(1, 400_000);
    let (windowed, cached) = (Windowed::new(bytes.clone()), Cached::new(bytes.clone()));
    for (at, length) in
        [(0, 10), (163_830, 100), (390_000, 20_000), (5, 300_000), (399_999, 9), (400_000, 4)]
    {
        let there = &bytes[at..(at + length).min(bytes.len())];
        let mut buffer = vec![0; length];
        let sources: [&dyn ByteSource; 2] = [&windowed, &cached];
        for source in sources {
            let read = studio_audio::source::read_full_at(source, at as u64, &mut buffer).unwrap();
            assert_eq!(&buffer[..read], there);
        }
    }
    assert_eq!(cached.reads(), 7);
    let mut few = [0; 16];
    let before = cached.reads();
    (0..1_000).for_each(|at| assert_eq!(cached.read_at(at, &mut few).unwrap(), 16));
    assert_eq!(cached.reads(), before);
}

#[test]
fn broadcast_and_recorder_chunks_are_read() {
    let bext = Bext {
        description: "Take of the drums".to_owned(),
        originator: "studio".to_owned(),
        originator_reference: "REF1".to_owned(),
        origination_date: "2026-11-21".to_owned(),
        origination_time: "10:30:00".to_owned(),
        time_reference: 1 << 33,
        version: 2,
        umid: vec![7; 64],
        loudness: [-2300, 560, -105, i16::MAX, -1990],
        coding_history: "A=PCM,F=48000,W=24,M=stereo\r\n".to_owned(),
    };
    let xml = "<?xml version=\"1.0\"?><BWFXML><PROJECT>Film &amp; Song</PROJECT><SCENE>12A</SCENE>\
        <TAKE>3</TAKE><TAPE>7</TAPE><CIRCLED>TRUE</CIRCLED><NOTE>good ♪</NOTE><TRACK_LIST>\
        <TRACK_COUNT>1</TRACK_COUNT><TRACK><CHANNEL_INDEX>4</CHANNEL_INDEX><INTERLEAVE_INDEX>1\
        </INTERLEAVE_INDEX><NAME>Kick</NAME></TRACK></TRACK_LIST></BWFXML>\0\0";
    let texts: [(&[u8; 4], &str); 4] =
        [(b"INAM", "Title"), (b"IART", "Ärtist"), (b"ITRK", "3/9"), (b"ICRD", "2026")];
    let file = Wav::good(2).bext(&bext).ixml(xml).info(&texts).build();
    let probe = probe(&file).unwrap();
    assert_eq!(probe.format, pcm(Container::Wav, 48_000));
    assert_eq!(probe.duration(), Some(Duration::from_secs(1)));
    let read = probe.bext.unwrap();
    assert_eq!(read.description, bext.description);
    assert_eq!(read.originator_reference, "REF1");
    assert_eq!((&*read.origination_date, &*read.origination_time), ("2026-11-21", "10:30:00"));
    assert_eq!((read.time_reference, read.umid), (1 << 33, Some([7; 64])));
    assert_eq!(read.coding_history, "A=PCM,F=48000,W=24,M=stereo");
    let loudness = read.loudness;
    assert_eq!(loudness.integrated, Decibels::from_thousandths(-23_000));
    assert_eq!(loudness.range, Decibels::from_thousandths(5_600));
    assert_eq!(loudness.true_peak, Decibels::from_thousandths(-1_050));
    assert_eq!(loudness.max_momentary, None);
    let ixml = probe.ixml.unwrap();
    assert_eq!(ixml.project.as_deref(), Some("Film & Song"));
    assert_eq!((ixml.scene.as_deref(), ixml.take.as_deref()), (Some("12A"), Some("3")));
    assert_eq!((ixml.tape.as_deref(), ixml.circled), (Some("7"), Some(true)));
    assert_eq!(ixml.note.as_deref(), Some("good ♪"));
    let track = &ixml.tracks[0];
    assert_eq!(
        (track.channel, track.interleave, track.name.as_deref()),
        (Some(4), Some(1), Some("Kick"))
    );
    assert_eq!(probe.tags.title.as_deref(), Some("Title"));
    assert_eq!(probe.tags.artist.as_deref(), Some("Ärtist"));
    assert_eq!((probe.tags.track_number, probe.tags.date.as_deref()), (Some(3), Some("2026")));
}

#[test]
fn hostile_xml_is_passed_over() {
    let bomb = "<!DOCTYPE x [<!ENTITY a \"aaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;\">]>\
        <BWFXML><NOTE>&b;</NOTE></BWFXML>";
    let many = format!("<BWFXML>{}</BWFXML>", "<a/>".repeat(100_000));
    let deep = format!("<BWFXML>{}{}</BWFXML>", "<a>".repeat(40_000), "</a>".repeat(40_000));
    let large = format!("<BWFXML><NOTE>{}</NOTE></BWFXML>", "x".repeat(1 << 20));
    for xml in [bomb, &many, &large, "<html/>", "no xml", ""] {
        let probe = probe(&Wav::good(1).ixml(xml).build()).unwrap();
        assert_eq!(probe.ixml, None);
    }
    let probe = probe(&Wav::good(1).ixml(&deep).build()).unwrap();
    assert_eq!(probe.ixml, Some(Box::default()));
}

/// A FLAC file of samples.
fn flac(samples: &[i32], tags: &[(String, String)]) -> Vec<u8> {
    let mut file = Vec::new();
    let format = PcmFormat { channels: 2, sample_rate: 48_000, samples: SampleFormat::Int24 };
    let mut writer = FlacWriter::new(Cursor::new(&mut file), format, tags).unwrap();
    writer.write(Samples::Int(samples)).unwrap();
    writer.finish().unwrap();
    drop(writer);
    file
}

/// An ID3v2.4 tag of frames: identifier, flags, content.
fn id3(frames: &[(&[u8; 4], u8, Vec<u8>)]) -> Vec<u8> {
    let safe = |size: usize| [21, 14, 7, 0].map(|shift| (size >> shift & 0x7F) as u8);
    let mut body = Vec::new();
    for (id, flags, content) in frames {
        body.extend(*id);
        body.extend(safe(content.len()));
        body.extend([0, *flags]);
        body.extend(content);
    }
    [b"ID3\x04\0\0".to_vec(), safe(body.len()).to_vec(), body].concat()
}

fn picture(bytes: &[u8]) -> Vec<u8> {
    [b"\x00image/jpeg\0\x03\0".as_slice(), bytes].concat()
}

#[test]
fn flac_is_read_behind_a_tag_too() {
    let samples = signal::quantized(&signal::noise(1, 48_000, 2, 0.5), 24);
    let tags =
        [("TITLE".to_owned(), "Song".to_owned()), ("TRACKNUMBER".to_owned(), "2".to_owned())];
    let bare = flac(&samples, &tags);
    let tag = id3(&[(b"TPE1", 0, b"\x03Artist".to_vec())]);
    for file in [bare.clone(), [tag, bare].concat()] {
        let tagged = file.starts_with(b"ID3");
        let probe = probe(&file).unwrap();
        let expected = AudioFormat { codec: Codec::Flac, ..pcm(Container::Flac, 48_000) };
        assert_eq!((probe.format, probe.is_estimate()), (expected, false));
        assert_eq!((probe.tags.title.as_deref(), probe.tags.track_number), (Some("Song"), Some(2)));
        assert_eq!(probe.tags.artist.as_deref(), tagged.then_some("Artist"));
        let mut decoder = decode::open(Arc::new(file)).unwrap();
        let mut decoded = Vec::new();
        while let Some(Samples::Int(block)) = decoder.next_block().unwrap() {
            decoded.extend_from_slice(block);
        }
        assert!(decoded == samples, "lossless");
    }
}

#[test]
fn damage_in_flac_is_found_by_decoding() {
    let samples = signal::quantized(&signal::noise(1, 48_000, 2, 0.5), 24);
    let whole = flac(&samples, &[]);
    let decoded = |file: Vec<u8>| {
        let mut decoder = decode::open(Arc::new(file)).unwrap();
        let mut samples = 0;
        loop {
            match decoder.next_block() {
                Ok(Some(block)) => samples += block.len() / 2,
                Ok(None) => return Ok(samples),
                Err(Error::Malformed { detail }) => return Err(detail),
                Err(error) => panic!("{error}"),
            }
        }
    };
    assert_eq!(decoded(whole.clone()), Ok(48_000));
    let cut = whole[..whole.len() / 2].to_vec();
    assert_eq!(examine(&cut).unwrap().declared_frames, Some(48_000));
    assert!(decoded(cut).is_err() || decoded(whole[..whole.len() / 2].to_vec()).unwrap() < 48_000);
    // The MD5 of the samples lies in bytes 26 to 42.
    let mut other = whole.clone();
    other[30] ^= 1;
    assert!(decoded(other).unwrap_err().contains("MD5"));
}

#[test]
fn tags_in_chunks_are_read() {
    let jpeg = [b"\xFF\xD8\xFF\xE0".as_slice(), &[0; 5_000]].concat();
    let tag = id3(&[
        (b"TIT2", 0, b"\x03Title".to_vec()),
        (b"TALB", 0, b"\x00\xC4lbum".to_vec()),
        (b"TRCK", 0, b"\x034/12".to_vec()),
        (b"TDRC", 0, b"\x032026-11-21".to_vec()),
        (b"APIC", 0, picture(&jpeg)),
    ]);
    let wav = Wav::good(1).chunk_after(RawChunk::new(*b"id3 ", tag)).build();
    let probe = probe(&wav).unwrap();
    assert_eq!(probe.tags.title.as_deref(), Some("Title"));
    assert_eq!(probe.tags.album.as_deref(), Some("Älbum"));
    assert_eq!(
        (probe.tags.track_number, probe.tags.date.as_deref()),
        (Some(4), Some("2026-11-21"))
    );
    assert!(probe.tags.has_artwork);
    let artwork = artwork(&wav).unwrap().unwrap();
    assert_eq!((artwork.media_type, artwork.bytes), ("image/jpeg", jpeg));
}

#[test]
fn pictures_are_bounded_and_known() {
    let of = |bytes: &[u8]| {
        let tag = id3(&[(b"TIT2", 0, b"\x03Title".to_vec()), (b"APIC", 0, picture(bytes))]);
        Wav::good(1).chunk_after(RawChunk::new(*b"id3 ", tag)).build()
    };
    let huge = [b"\xFF\xD8\xFF\xE0".as_slice(), &vec![0; (16 << 20) + 1]].concat();
    for none in [huge.as_slice(), b"<svg/>", b"\xFF\xD8"] {
        assert_eq!(artwork(&of(none)).unwrap(), None);
    }
    // A picture whose header claims to be of 65,535 by 65,535 pixels is no larger than it is.
    let bomb =
        b"\xFF\xD8\xFF\xC0\x00\x11\x08\xFF\xFF\xFF\xFF\x03\x01\x22\x00\x02\x11\x01\x03\x11\x01";
    assert_eq!(artwork(&of(bomb)).unwrap().unwrap().bytes, bomb);
    assert_eq!(probe(&of(bomb)).unwrap().tags.title.as_deref(), Some("Title"));
}

#[test]
fn of_a_huge_tag_the_start_is_read() {
    let large = picture(&[b"\xFF\xD8\xFF\xE0".as_slice(), &vec![0; 15 << 20]].concat());
    let pictures = [(b"APIC", 0, large.clone()), (b"APIC", 0, large.clone()), (b"APIC", 0, large)];
    let frames = [vec![(b"TIT2", 0, b"\x03Title".to_vec())], pictures.to_vec()].concat();
    let file = Wav::good(1).chunk_after(RawChunk::new(*b"id3 ", id3(&frames))).build();
    let tags = probe(&file).unwrap().tags;
    assert_eq!((tags.title.as_deref(), tags.has_artwork), (Some("Title"), true));
    assert_eq!(artwork(&file).unwrap().unwrap().bytes.len(), (15 << 20) + 4);
}

#[test]
fn compressed_frames_are_left_out() {
    // Whatever stands in it: a reader that inflates it may be made to fill all memory.
    let tag = id3(&[(b"TIT2", 0x09, vec![0; 100]), (b"TPE1", 0, b"\x03Artist".to_vec())]);
    let file = Wav::good(1).chunk_after(RawChunk::new(*b"id3 ", tag)).build();
    let tags = probe(&file).unwrap().tags;
    assert_eq!((tags.title, tags.artist.as_deref()), (None, Some("Artist")));
}

#[test]
fn aiff_is_read() {
    let samples = signal::quantized(&signal::noise(2, 4_800, 2, 0.5), 24);
    let probed = probe(&aiff::aiff(48_000, 2, 24, &samples)).unwrap();
    assert_eq!(probed.format, pcm(Container::Aiff, 4_800));
    let floats = probe(&aiff::fl32(96_000, 1, &[0.5; 9])).unwrap();
    assert_eq!((floats.format.codec, floats.format.sample_rate), (Codec::PcmFloat, 96_000));
    let cut = aiff::aiff(48_000, 2, 24, &samples)[..9_000].to_vec();
    let defects = examine(&cut).unwrap().defects;
    assert!(matches!(defects[..], [Defect::Truncated { declared: 28_800, .. }]), "{defects:?}");
}

/// A page of Ogg; its checksum is not looked at.
fn page(flags: u8, granule: u64, body: &[u8]) -> Vec<u8> {
    let mut page = [b"OggS\0".as_slice(), &[flags], &granule.to_le_bytes(), &[7; 4]].concat();
    page.extend([0; 8]);
    let mut rest = body.len();
    let mut lengths = Vec::new();
    while rest >= 255 {
        lengths.push(255);
        rest -= 255;
    }
    lengths.push(rest as u8);
    page.push(lengths.len() as u8);
    [page, lengths, body.to_vec()].concat()
}

#[test]
fn the_length_of_opus_is_without_its_lead_in() {
    let head = [
        b"OpusHead\x01\x02".as_slice(),
        &312_u16.to_le_bytes(),
        &44_100_u32.to_le_bytes(),
        &[0; 3],
    ]
    .concat();
    let pages = |last| [page(2, 0, &head), page(0, 48_000, &[0; 900]), last].concat();
    let file = pages(page(4, 120_312, &[1; 300]));
    let header = examine(&file).unwrap();
    let format = header.format.unwrap();
    // What was put in does not matter: what comes out has this rate.
    assert_eq!((format.sample_rate, format.channels, format.frames), (48_000, 2, Some(120_000)));
    assert_eq!((format.codec, header.defects), (Codec::Opus, vec![]));
    let cut = examine(&pages(page(0, 100_312, &[1; 300]))).unwrap();
    assert_eq!(cut.defects, [Defect::Unfinished]);
    assert_eq!(cut.declared_frames, Some(100_000));
    if !cfg!(feature = "opus") {
        let refused = decode::open(Arc::new(file)).err().unwrap();
        assert!(matches!(refused, Error::Unsupported { .. }));
    }
}

#[test]
fn what_is_no_sound_is_no_sound() {
    for file in [b"".to_vec(), b"Notes".to_vec(), vec![0; 9_000], vec![0xFF; 9_000]] {
        let header = examine(&file).unwrap();
        assert_eq!((header.container, header.format), (None, None));
        assert!(matches!(probe(&file), Err(Error::NotAudio)));
        assert!(matches!(artwork(&file), Err(Error::NotAudio)));
    }
    let file = Wav::good(1).without(*b"fmt ").build();
    assert!(matches!(probe(&file), Err(Error::Malformed { .. })));
}

#[test]
fn what_cannot_be_read_is_not_called_damaged() {
    struct Broken(Vec<u8>);
    impl ByteSource for Broken {
        fn size(&self) -> u64 {
            1 << 20
        }
        fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
            match offset < self.0.len() as u64 {
                true => self.0.read_at(offset, buffer),
                false => Err(io::ErrorKind::ConnectionReset.into()),
            }
        }
    }
    let samples = signal::noise(1, 4_800, 2, 0.5);
    let whole = flac(&signal::quantized(&samples, 24), &[]);
    let heads =
        [b"".to_vec(), whole[..42].to_vec(), Wav::good(1).build_cut(2_000), b"OggS".to_vec()];
    for head in heads {
        assert!(matches!(probe(&Broken(head)), Err(Error::Io(_))));
    }
}
