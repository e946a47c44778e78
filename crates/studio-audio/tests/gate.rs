//! The gate: for each rule a file that breaks it, and the whole set of codes that each gets.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::sync::Arc;

use studio_audio::analysis::{Measures, analyse};
use studio_audio::gate::{Level, Profile, Rule, Stage, Verdict, judge_content, judge_header};
use studio_audio::probe::examine;
use studio_audio::{Error, decode};
use studio_domain::{Codec, Container, Decibels};
use studio_testkit::wav::{Bext, Fmt, RawChunk, Wav, aiff, signal};

/// The verdict on a file: on its header, and on its content where it can be decoded.
fn verdict(file: &[u8], profile: &Profile) -> Verdict {
    let verdict = judge_header(&examine(&file.to_vec()).unwrap(), profile);
    if !profile.needs_content() {
        return verdict;
    }
    let mut decoder = match decode::open(Arc::new(file.to_vec())) {
        Ok(decoder) => decoder,
        Err(Error::Io(error)) => panic!("{error}"),
        Err(_) => return verdict,
    };
    let measures = Measures { content: true, ..Measures::NONE };
    let analysis = analyse(&mut *decoder, measures, &mut |_| ControlFlow::Continue(())).unwrap();
    verdict.and(judge_content(&analysis.content_facts().unwrap(), profile))
}

fn codes(findings: &[studio_audio::gate::Finding]) -> String {
    let codes: BTreeSet<&str> = findings.iter().map(|finding| finding.rule.as_str()).collect();
    codes.into_iter().collect::<Vec<_>>().join(" ")
}

fn good() -> Wav {
    Wav::good(2)
}

/// A frame of the good files (bytes), and what stands before its samples.
const FRAME: usize = 6;
const HEAD: usize = 44;

/// Files with the codes that they are refused for and those that they are warned of.
fn files() -> Vec<(&'static str, Vec<u8>, &'static str, &'static str)> {
    [formats(), structures(), sizes(), chunks(), contents()].concat()
}

type Files = Vec<(&'static str, Vec<u8>, &'static str, &'static str)>;

fn formats() -> Files {
    let tone = signal::sine(4_800, 2, 48_000, 440.0, 0.5);
    let floats = [0.25, -0.25, -0.25, 0.25];
    vec![
        ("good", good().build(), "", ""),
        ("good, extensible", good().extensible(24, 3).build(), "", ""),
        ("good, RF64", good().rf64().build(), "", ""),
        ("good, BW64", good().bw64().build(), "", ""),
        ("good, broadcast", good().bext(&Bext::default()).ixml("<BWFXML/>").build(), "", ""),
        ("other rate", Wav::pcm(44_100, 2, 24).ints(&tone).build(), "sample-rate", ""),
        ("1 Hz", Wav::pcm(1, 2, 24).ints(&tone).build(), "sample-rate", ""),
        ("16 bits", Wav::pcm(48_000, 2, 16).ints(&tone).build(), "bit-depth", ""),
        ("32 bits", Wav::pcm(48_000, 2, 32).ints(&tone).build(), "bit-depth", ""),
        ("floats", Wav::float(48_000, 2, 32).floats(&floats).build(), "bit-depth codec", ""),
        ("GSM", good().fmt(|fmt| fmt.tag = 0x31).build(), "codec", ""),
        ("20 bits in 24", good().extensible(20, 3).build(), "valid-bits", ""),
        ("25 bits in 24", good().extensible(25, 3).build(), "valid-bits", ""),
        ("AIFF", aiff::aiff(48_000, 2, 24, &tone), "container", ""),
        ("AIFF-C", aiff::sowt(48_000, 2, &tone), "bit-depth container", ""),
    ]
}

fn structures() -> Files {
    let other = Fmt::new(1, 44_100, 1, 16);
    let page = b"<!DOCTYPE html><html><body>Not found</body></html>";
    let zip = [b"PK\x03\x04".to_vec(), good().build()].concat();
    vec![
        ("empty", Vec::new(), "empty-file", ""),
        ("HTML named .wav", page.to_vec(), "not-audio", ""),
        ("sound within a ZIP", zip, "not-audio", ""),
        ("a picture", vec![0xFF, 0xD8, 0xFF, 0xE0, 0, 16, b'J', b'F', b'I', b'F'], "not-audio", ""),
        ("no format", good().without(*b"fmt ").build(), "fmt-missing", ""),
        ("two formats", good().second_fmt(&other).build(), "fmt-duplicate", ""),
        ("format last", good().last(*b"fmt ").build(), "fmt-after-data", ""),
        (
            "short format",
            good().without(*b"fmt ").chunk(RawChunk::new(*b"fmt ", [1, 0, 2, 0])).build(),
            "malformed",
            "",
        ),
        (
            "no channels",
            good().fmt(|fmt| fmt.channels = 0).build(),
            "block-align byte-rate zero-channels",
            "",
        ),
        (
            "no rate",
            good().fmt(|fmt| fmt.sample_rate = 0).build(),
            "byte-rate zero-sample-rate",
            "",
        ),
        ("0 bits", good().fmt(|fmt| fmt.bits = 0).build(), "malformed", ""),
        (
            "4 GHz",
            good().fmt(|fmt| fmt.sample_rate = u32::MAX).build(),
            "byte-rate sample-rate",
            "",
        ),
        ("byte rate", good().fmt(|fmt| fmt.byte_rate = 1).build(), "byte-rate", ""),
        ("block align", good().fmt(|fmt| fmt.block_align = 7).build(), "block-align", ""),
        (
            "24 bits in frames for 32",
            good().fmt(|fmt| fmt.block_align = 8).build(),
            "bit-depth block-align valid-bits",
            "",
        ),
        (
            "RF64 without ds64",
            good().rf64().without(*b"ds64").build(),
            "data-size-unknown malformed",
            "",
        ),
    ]
}

fn sizes() -> Files {
    let whole = good().build();
    let cut = |frames: usize, more: usize| whole[..HEAD + frames * FRAME + more].to_vec();
    let data = good().raw_data(&[1, 2, 3, 4]).build();
    let none = Wav::pcm(48_000, 2, 24);
    let huge = good().rf64().ds64(None, Some(1 << 40)).build();
    vec![
        ("cut in the middle", cut(24_000, 0), "frames-differ truncated-data", ""),
        ("cut within a frame", cut(24_000, 5), "frames-differ truncated-data", ""),
        ("cut before the samples", cut(0, 0), "frames-differ truncated-data zero-frames", ""),
        ("a terabyte claimed", huge, "frames-differ riff-size truncated-data", ""),
        ("size 0", good().claim(*b"data", 0).riff_size(0).build(), "data-size-zero", ""),
        (
            "size of a stream",
            good().claim(*b"data", u32::MAX).riff_size(u32::MAX).build(),
            "data-size-unknown",
            "",
        ),
        ("no samples", good().without(*b"data").build(), "data-missing", ""),
        (
            "samples twice",
            good().chunk_after(RawChunk::new(*b"data", vec![0; 600])).build(),
            "data-duplicate",
            "",
        ),
        ("no frames", none.build(), "zero-frames", ""),
        (
            "no frames, and a chunk",
            none.clone().chunk_after(RawChunk::new(*b"note", [0; 4])).build(),
            "zero-frames",
            "",
        ),
        ("half a frame", data, "partial-frame", ""),
    ]
}

fn chunks() -> Files {
    let odd = good().chunk(RawChunk::new(*b"note", [1, 2, 3])).unpadded(*b"note");
    let last = good().chunk_after(RawChunk::new(*b"note", [1, 2, 3])).unpadded(*b"note");
    let short = good().rf64().claim(*b"data", 288_000).ds64(None, Some(6));
    let twice = good().rf64().chunk(RawChunk::new(*b"ds64", [0; 28]));
    let many: Wav = (0..1_100).fold(good(), |wav, _| wav.chunk(RawChunk::new(*b"LIST", [])));
    let zeros = (0..1_100).fold(good(), |wav, _| wav.chunk_after(RawChunk::new(*b"junk", [])));
    let texts = vec![RawChunk::new(*b"ICMT", []); 1_100];
    let nested = (0..2_000)
        .fold(RawChunk::list(*b"abcd", &[]), |inner, _| RawChunk::list(*b"abcd", &[inner]));
    let behind = |texts: &[RawChunk]| {
        let list = RawChunk::list(*b"INFO", &[texts, std::slice::from_ref(&nested)].concat());
        good().chunk_after(list).build()
    };
    let long = [RawChunk::new(*b"ICMT", vec![b'a'; 50_000])];
    let (behind_many, behind_long) = (behind(&texts), behind(&long));
    // Each of these lies far from the others.
    let strewn: Wav =
        (0..12).fold(good(), |wav, _| wav.chunk_after(RawChunk::new(*b"junk", vec![0; 200_000])));
    vec![
        ("a ZIP behind it", good().trailing(b"PK\x05\x06 and more").build(), "trailing-data", ""),
        (
            "an ID3v1 tag behind it",
            good().trailing(&[b"TAGTitle".as_slice(), &[0; 120]].concat()).build(),
            "trailing-data",
            "",
        ),
        ("zeros behind it", good().trailing(&[0; 512]).build(), "trailing-data", ""),
        ("one byte behind it", good().trailing(&[0]).build(), "trailing-data", ""),
        ("RIFF size", good().riff_size(1_000).build(), "riff-size", ""),
        ("RIFF size of a stream", good().riff_size(u32::MAX).build(), "riff-size", ""),
        (
            "chunk beyond the end",
            good()
                .chunk_after(RawChunk { claimed: Some(1 << 20), ..RawChunk::new(*b"note", [0; 8]) })
                .build(),
            "chunk-size riff-size",
            "",
        ),
        ("no pad byte within", odd.build(), "pad-byte-inside", ""),
        ("no pad byte at the end", last.build(), "", "pad-byte"),
        ("RF64 of two sizes", short.clone().build(), "malformed", ""),
        ("two ds64 chunks", twice.build(), "malformed", ""),
        ("many chunks", many.build(), "chunk-count data-missing riff-size", ""),
        ("many empty chunks", zeros.build(), "chunk-count riff-size", ""),
        ("many texts", good().chunk_after(RawChunk::list(*b"INFO", &texts[..])).build(), "", ""),
        ("lists in lists", good().chunk(nested).build(), "chunk-nesting", ""),
        ("lists in lists behind many texts", behind_many, "chunk-nesting", ""),
        ("lists in lists behind a long text", behind_long, "chunk-nesting", ""),
        ("strewn about", strewn.build(), "malformed riff-size", ""),
    ]
}

fn contents() -> Files {
    let tone = signal::sine(48_000, 2, 48_000, 440.0, 0.5);
    let of = |samples: &[i32]| Wav::pcm(48_000, 2, 24).ints(samples);
    let sixteen = signal::quantized(&tone, 16);
    let clipped: Vec<i32> = tone.iter().map(|sample| sample.saturating_mul(3)).collect();
    let offset: Vec<i32> = tone.iter().map(|sample| sample / 2 + (1 << 27)).collect();
    let broken =
        Wav::float(48_000, 2, 32).floats(&[0.5, f32::NAN, f32::INFINITY, 0.25, -0.5, -0.25]);
    vec![
        ("16 bits padded", of(&sixteen).build(), "", "padded-bits"),
        ("silence", of(&signal::silence(480, 2)).build(), "", "digital-silence"),
        ("clipped", of(&clipped).build(), "", "clipping"),
        ("offset", of(&offset).build(), "", "dc-offset"),
        ("no numbers", broken.build(), "bit-depth codec", "not-finite"),
    ]
}

#[test]
fn each_file_gets_exactly_its_codes() {
    let profile = Profile::ingest();
    let mut wrong = Vec::new();
    for (name, file, refused, warned) in files() {
        let verdict = verdict(&file, &profile);
        if (codes(&verdict.refusals), codes(&verdict.warnings)) != (refused.into(), warned.into()) {
            wrong.push((name, verdict.clone()));
        }
        assert_eq!(verdict.is_accepted(), verdict.refusals.is_empty(), "{name}");
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn each_rule_has_a_file() {
    let of_files = files().into_iter().flat_map(|(_, _, refused, warned)| [refused, warned]);
    let of_files: BTreeSet<&str> = of_files.flat_map(str::split_whitespace).collect();
    // Channels are free in the profile of the table; FLAC shows what cannot be decoded.
    let elsewhere = [Rule::Channels, Rule::Undecodable];
    for rule in Rule::ALL.iter().filter(|rule| !elsewhere.contains(rule)) {
        assert!(of_files.contains(rule.as_str()), "{rule}");
    }
    let stereo = Profile::ingest().channels(Some(vec![1, 2]));
    for channels in [1, 2, 3, 64] {
        let file = Wav::pcm(48_000, channels, 24).frames(480, |frame, _| frame as f64 / 960.0);
        let expected = if channels <= 2 { "" } else { "channels" };
        assert_eq!(codes(&verdict(&file.build(), &stereo).refusals), expected, "{channels}");
    }
}

#[test]
fn codes_are_unique_and_read_again() {
    let unique: BTreeSet<&str> = Rule::ALL.iter().map(|rule| rule.as_str()).collect();
    assert_eq!(unique.len(), Rule::ALL.len());
    for rule in Rule::ALL {
        assert_eq!(rule.as_str().parse(), Ok(*rule));
        assert!(rule.describe().ends_with('.') && rule.describe().len() > 15, "{rule}");
        let kebab = |byte: u8| byte.is_ascii_lowercase() || byte == b'-';
        assert!(rule.as_str().bytes().all(kebab), "{rule}");
    }
    for level in Level::ALL {
        assert_eq!(level.as_str().parse(), Ok(*level));
    }
    let error = "loudness".parse::<Rule>().unwrap_err().to_string();
    assert_eq!(error, "`loudness` is not the code of a rule");
}

#[test]
fn sentences_have_the_numbers() {
    let sentence = |file: &[u8]| {
        let verdict = verdict(file, &Profile::ingest());
        verdict.refusals.into_iter().chain(verdict.warnings).next().unwrap().detail
    };
    let tone = signal::sine(4_800, 2, 48_000, 440.0, 0.5);
    assert_eq!(
        sentence(&Wav::pcm(44_100, 2, 24).ints(&tone).build()),
        "the sample rate is 44,100 Hz; allowed: 48,000 Hz"
    );
    assert_eq!(
        sentence(&aiff::aiff(48_000, 2, 24, &tone)),
        "the file is aiff; allowed: wav, rf64 or bw64"
    );
    assert_eq!(
        sentence(&good().build_cut(HEAD + 600)),
        "the header claims 288,000 bytes of samples; the file has 600"
    );
    assert_eq!(
        sentence(&good().extensible(20, 3).build()),
        "20 of the 24 bits of a sample are said to carry sound"
    );
}

#[test]
fn anything_passes_where_nothing_is_refused() {
    let profile = Profile::any();
    assert!(!profile.needs_content());
    for (name, file, ..) in files() {
        let verdict = verdict(&file, &profile);
        assert_eq!(verdict.refusals, [], "{name}");
        let content =
            |finding: &studio_audio::gate::Finding| finding.rule.stage() != Stage::Structure;
        assert!(!verdict.warnings.iter().any(content), "{name}");
    }
    for file in [Vec::new(), b"Some notes of the session".to_vec()] {
        assert_eq!(verdict(&file, &profile), Verdict::default());
    }
    let cut = verdict(&good().build_cut(1_000), &profile);
    assert_eq!(codes(&cut.warnings), "truncated-data");
}

#[test]
fn each_rule_can_be_switched() {
    for (name, file, refused, warned) in files() {
        for code in refused.split_whitespace().chain(warned.split_whitespace()) {
            let rule: Rule = code.parse().unwrap();
            let of = |level| verdict(&file, &Profile::ingest().level(rule, level));
            let has = |findings: &[studio_audio::gate::Finding]| {
                findings.iter().any(|finding| finding.rule == rule)
            };
            let (off, warn, refuse) = (of(Level::Off), of(Level::Warn), of(Level::Refuse));
            assert!(!has(&off.refusals) && !has(&off.warnings), "{name}: {rule}");
            assert!(!has(&warn.refusals) && has(&warn.warnings), "{name}: {rule}");
            assert!(has(&refuse.refusals) && !has(&refuse.warnings), "{name}: {rule}");
        }
    }
}

#[test]
fn profiles_of_ones_own_begin_as_another() {
    let own = Profile::ingest()
        .named("film")
        .sample_rates(Some(vec![48_000, 96_000]))
        .bit_depths(None)
        .codecs(Some(vec![Codec::Pcm, Codec::PcmFloat]))
        .containers(Some(vec![Container::Wav]))
        .dc_offset_limit(Decibels::from_thousandths(-10_000).unwrap());
    assert_eq!(own.name(), "film");
    let floats = Wav::float(96_000, 1, 32).floats(&[0.25; 96]).build();
    assert_eq!(verdict(&floats, &own), Verdict::default());
    let loud = Wav::float(96_000, 1, 32).floats(&[0.5; 96]).build();
    assert_eq!(codes(&verdict(&loud, &own).warnings), "dc-offset");
    assert_eq!(Profile::built_in("ingest"), Some(Profile::ingest()));
    assert_eq!(Profile::built_in("any"), Some(Profile::any()));
    assert_eq!(Profile::built_in("film"), None);
}
