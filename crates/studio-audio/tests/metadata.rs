//! What a session writes into a WAV file stands where the standards say, and is read again.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

use std::io::Cursor;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use studio_audio::SampleFormat::{Int16, Int24};
use studio_audio::metadata::{Bext, Ixml, IxmlTrack};
use studio_audio::write::{WavChunks, WavWriter};
use studio_audio::{AudioWriter, Error, PcmFormat, Result, SampleFormat, Samples, probe, riff};
use studio_domain::{Decibels, Loudness};
use studio_testkit::wav::Wav;

fn format(channels: u16, samples: SampleFormat) -> PcmFormat {
    PcmFormat { channels, sample_rate: 48_000, samples }
}

/// A file of one silent frame.
fn try_wav(format: PcmFormat, bext: Option<Bext>, ixml: Option<Ixml>) -> Result<Vec<u8>> {
    let chunks = WavChunks { bext, ixml };
    let mut writer = WavWriter::new(Cursor::new(Vec::new()), format, &chunks)?;
    writer.write(Samples::Int(&vec![0; usize::from(format.channels)]))?;
    writer.finish()?;
    Ok(writer.into_inner().into_inner())
}

fn wav(format: PcmFormat, bext: Option<Bext>, ixml: Option<Ixml>) -> Vec<u8> {
    try_wav(format, bext, ixml).unwrap()
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap())
}

/// The content of the first chunk of a kind.
fn chunk(bytes: &[u8], id: &str) -> Vec<u8> {
    let mut at = 12;
    while &bytes[at..at + 4] != id.as_bytes() {
        let size = u32_at(bytes, at + 4) as usize;
        at += 8 + size + size % 2;
    }
    bytes[at + 8..][..u32_at(bytes, at + 4) as usize].to_vec()
}

fn bext() -> Bext {
    Bext {
        description: "Take 3, the good one".to_owned(),
        originator: "Studio".to_owned(),
        originator_reference: "FI-0123456789".to_owned(),
        origination_date: "2026-11-21".to_owned(),
        origination_time: "23:59:58".to_owned(),
        time_reference: 0x1_2345_6789,
        umid: Some(std::array::from_fn(|at| at as u8)),
        loudness: Loudness {
            integrated: Decibels::from_thousandths(-23_014),
            range: Decibels::from_thousandths(9_995),
            true_peak: Decibels::from_thousandths(-1_005),
            max_momentary: None,
            max_short_term: Decibels::from_thousandths(-120_000),
            sample_peak: None,
        },
        coding_history: Bext::coding_line(format(2, Int24), "studio, 1.0\r\nx"),
    }
}

#[test]
fn bext_has_its_fields_where_tech_3285_says() {
    let content = chunk(&wav(format(2, Int24), Some(bext()), None), "bext");
    let text = |from: usize, size: usize| {
        let field = &content[from..from + size];
        let end = field.iter().position(|byte| *byte == 0).unwrap_or(size);
        assert!(field[end..].iter().all(|byte| *byte == 0));
        String::from_utf8(field[..end].to_vec()).unwrap()
    };
    assert_eq!(text(0, 256), "Take 3, the good one");
    assert_eq!(text(256, 32), "Studio");
    assert_eq!(text(288, 32), "FI-0123456789");
    assert_eq!((text(320, 10).as_str(), text(330, 8).as_str()), ("2026-11-21", "23:59:58"));
    assert_eq!((u32_at(&content, 338), u32_at(&content, 342)), (0x2345_6789, 1));
    assert_eq!(content[346..348], [2, 0], "version");
    assert!(content[348..412].iter().copied().eq(0..64), "UMID");
    let loudness: Vec<i16> = content[412..422]
        .chunks_exact(2)
        .map(|bytes| i16::from_le_bytes(bytes.try_into().unwrap()))
        .collect();
    // Halves are rounded away from 0; what is not known or out of range is 0x7FFF.
    assert_eq!(loudness, [-2301, 1000, -101, 0x7FFF, 0x7FFF]);
    assert!(content[422..602].iter().all(|byte| *byte == 0), "reserved");
    assert_eq!(text(602, content.len() - 602), "A=PCM,F=48000,W=24,M=stereo,T=studio  1.0  x\r\n");
}

#[test]
fn what_bext_cannot_hold_is_cut_replaced_or_refused() {
    let long = Bext {
        description: "ä🎸".to_owned() + &"d".repeat(300),
        originator: "o".repeat(32),
        ..Bext::default()
    };
    let content = chunk(&wav(format(1, Int16), Some(long), None), "bext");
    assert_eq!(content.len(), 602);
    assert_eq!(content[..256], [b"??".to_vec(), vec![b'd'; 254]].concat());
    assert_eq!(content[256..288], [b'o'; 32]);
    assert_eq!(content[288], 0);
    for (date, time) in [("2026-1-21", ""), ("", "1:00:00"), ("2026/11/21", ""), ("", "aa:bb:cc")] {
        let (origination_date, origination_time) = (date.to_owned(), time.to_owned());
        let bad = Bext { origination_date, origination_time, ..Bext::default() };
        let refused = try_wav(format(1, Int16), Some(bad), None);
        assert!(matches!(refused, Err(Error::Mismatch { .. })), "{date}{time}");
    }
}

#[test]
fn what_could_not_be_read_again_is_not_written() {
    // The longest history that fits, and one character more.
    for (length, fits) in [(64_934, true), (64_935, false)] {
        let bext = Bext { coding_history: "ä".repeat(length), ..Bext::default() };
        match try_wav(format(1, Int16), Some(bext), None) {
            Ok(file) => {
                let read = probe::probe(&file).unwrap().bext.unwrap();
                assert_eq!((read.coding_history, fits), ("?".repeat(length), true));
            }
            Err(error) => assert!(matches!(error, Error::Mismatch { .. }) && !fits, "{error}"),
        }
    }
    for (tracks, note, fits) in [(1_024, 900_000, true), (1_025, 0, false), (0, 1 << 20, false)] {
        let tracks = vec![IxmlTrack { channel: Some(u32::MAX), ..IxmlTrack::default() }; tracks];
        let ixml = Ixml { note: Some("n".repeat(note)), tracks, ..Ixml::default() };
        match try_wav(format(1, Int16), None, Some(ixml.clone())) {
            Ok(file) => {
                let read = probe::probe(&file).unwrap().ixml.unwrap();
                assert_eq!((*read, fits), (ixml, true));
            }
            Err(error) => assert!(matches!(error, Error::Mismatch { .. }) && !fits, "{error}"),
        }
    }
}

#[test]
fn each_version_of_bext_has_the_fields_of_its_own() {
    for version in 0..=3 {
        let written = studio_testkit::wav::Bext {
            description: "Ärger".to_owned(),
            version,
            umid: vec![7; 32],
            loudness: [-2300, i16::MAX, i16::MAX, i16::MAX, i16::MAX],
            ..studio_testkit::wav::Bext::default()
        };
        let read = probe::probe(&Wav::good(1).bext(&written).build()).unwrap().bext.unwrap();
        assert_eq!(read.description, "Ärger");
        let umid: [u8; 64] = std::array::from_fn(|at| if at < 32 { 7 } else { 0 });
        assert_eq!(read.umid, (version >= 1).then_some(umid));
        let integrated = Decibels::from_thousandths(-23_000).filter(|_| version >= 2);
        assert_eq!(read.loudness, Loudness { integrated, ..Loudness::default() });
    }
}

/// The text of the only element at a path.
fn element(xml: &str, path: &str) -> Option<String> {
    let document = roxmltree::Document::parse(xml).unwrap();
    let mut node = document.root_element();
    assert_eq!(node.tag_name().name(), "BWFXML");
    for name in path.split('/') {
        node = node.children().find(|child| child.has_tag_name(name))?;
    }
    Some(node.text().unwrap_or_default().to_owned())
}

#[test]
fn ixml_says_what_is_known() {
    let ixml = Ixml {
        project: Some("Kühe & Hühner <live>".to_owned()),
        scene: Some("Evan Enters the Third".to_owned()),
        take: Some("3".to_owned()),
        tape: None,
        circled: Some(true),
        note: Some("\"quoted\" ]]> 'n' more\ttab\r\nnext\u{1}".to_owned()),
        tracks: vec![
            IxmlTrack {
                channel: Some(1),
                interleave: Some(1),
                name: Some("L & C".to_owned()),
                function: None,
            },
            IxmlTrack { function: Some("RIGHT".to_owned()), ..IxmlTrack::default() },
        ],
    };
    let file = wav(format(2, Int24), Some(bext()), Some(ixml));
    let places = ["JUNK", "fmt ", "bext", "iXML", "data"];
    assert!(riff::walk(&file).unwrap().chunks.iter().map(|chunk| chunk.id.to_string()).eq(places));
    let xml = String::from_utf8(chunk(&file, "iXML")).unwrap();
    for (path, expected) in [
        ("PROJECT", Some("Kühe & Hühner <live>")),
        ("TAPE", None),
        ("CIRCLED", Some("TRUE")),
        ("NOTE", Some("\"quoted\" ]]> 'n' more\ttab\r\nnext\u{FFFD}")),
        ("SPEED/FILE_SAMPLE_RATE", Some("48000")),
        ("SPEED/TIMESTAMP_SAMPLES_SINCE_MIDNIGHT_HI", Some("1")),
        ("SPEED/TIMESTAMP_SAMPLES_SINCE_MIDNIGHT_LO", Some("591751049")),
        ("BEXT/BWF_DESCRIPTION", Some("Take 3, the good one")),
        ("BEXT/BWF_TIME_REFERENCE_HIGH", Some("1")),
        ("BEXT/BWF_CODING_HISTORY", Some("A=PCM,F=48000,W=24,M=stereo,T=studio  1.0  x\r\n")),
        ("TRACK_LIST/TRACK_COUNT", Some("2")),
        ("TRACK_LIST/TRACK/NAME", Some("L & C")),
    ] {
        assert_eq!(element(&xml, path).as_deref(), expected, "{path}");
    }
}

/// What a field of ASCII keeps of a text.
fn kept(text: &str, size: usize) -> String {
    let ascii = text.chars().map(|c| match c {
        ' '..='~' | '\r' | '\n' | '\t' => c,
        _ => '?',
    });
    ascii.take(size).collect::<String>().trim().to_owned()
}

/// What XML keeps of a text.
fn kept_in_xml(text: Option<String>) -> Option<String> {
    let legal = |c: char| {
        let illegal = (c.is_ascii_control() && !"\t\n\r".contains(c))
            || ('\u{FFFE}'..='\u{FFFF}').contains(&c);
        if illegal { char::REPLACEMENT_CHARACTER } else { c }
    };
    let text = text?.chars().map(legal).collect::<String>().trim().to_owned();
    (!text.is_empty()).then_some(text)
}

/// A level to thousandths, and what hundredths keep of it.
fn level() -> impl Strategy<Value = (Option<Decibels>, Option<Decibels>)> {
    let some = (-120_000_i32..=120_000).prop_map(|thousandths| {
        let away = (thousandths.abs() + 5) / 10 * 10 * thousandths.signum();
        let kept = Decibels::from_thousandths(away).filter(|_| away.abs() < 100_000);
        (Decibels::from_thousandths(thousandths), kept)
    });
    prop_oneof![1 => Just((None, None)), 3 => some]
}

/// How loud something is, and what is kept of that.
fn loudness() -> impl Strategy<Value = (Loudness, Loudness)> {
    let of = |levels: [Option<Decibels>; 5], sample_peak| {
        let [integrated, range, max_momentary, max_short_term, true_peak] = levels;
        Loudness { integrated, range, max_momentary, max_short_term, true_peak, sample_peak }
    };
    ([level(), level(), level(), level(), level()], level()).prop_map(move |(five, (peak, _))| {
        (of(five.map(|(told, _)| told), peak), of(five.map(|(_, kept)| kept), None))
    })
}

fn any_text() -> &'static str {
    "[ -~]{0,40}|\\PC{0,40}|.{0,300}"
}

/// A description, and what is kept of it.
fn any_bext() -> impl Strategy<Value = (Bext, Bext)> {
    let texts = (any_text(), any_text(), any_text(), any_text());
    let when = ("([0-9]{4}-[0-9]{2}-[0-9]{2})?", "([0-9]{2}:[0-9]{2}:[0-9]{2})?");
    let umid = option::of(prop::array::uniform32(0_u8..4));
    (texts, when, any::<u64>(), umid, loudness()).prop_map(
        |(texts, when, time_reference, umid, (told, stays))| {
            let bext = Bext {
                description: texts.0,
                originator: texts.1,
                originator_reference: texts.2,
                coding_history: texts.3,
                origination_date: when.0,
                origination_time: when.1,
                time_reference,
                umid: umid.map(|half| std::array::from_fn(|at| half[at / 2])),
                loudness: told,
            };
            let read = Bext {
                description: kept(&bext.description, 256),
                originator: kept(&bext.originator, 32),
                originator_reference: kept(&bext.originator_reference, 32),
                coding_history: kept(&bext.coding_history, usize::MAX),
                umid: bext.umid.filter(|umid| *umid != [0; 64]),
                loudness: stays,
                ..bext.clone()
            };
            (bext, read)
        },
    )
}

fn any_track() -> impl Strategy<Value = IxmlTrack> {
    let texts = (option::of(any_text()), option::of(any_text()));
    (any::<Option<u32>>(), any::<Option<u32>>(), texts).prop_map(
        |(channel, interleave, (name, function))| IxmlTrack { channel, interleave, name, function },
    )
}

fn any_ixml() -> impl Strategy<Value = Ixml> {
    let text = || option::of(any_text());
    let texts = (text(), text(), text(), text(), text());
    (texts, any::<Option<bool>>(), vec(any_track(), 0..6)).prop_map(|(texts, circled, tracks)| {
        let (project, scene, take, tape, note) = texts;
        Ixml { project, scene, take, tape, circled, note, tracks }
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn what_is_written_is_read((bext, kept) in any_bext(), ixml in any_ixml(), alone: bool) {
        let file = wav(format(2, Int24), Some(bext), (!alone).then(|| ixml.clone()));
        let read = probe::probe(&file).unwrap();
        prop_assert_eq!(&read.header.defects, &[]);
        prop_assert_eq!(*read.bext.unwrap(), kept);
        let track = |track: IxmlTrack| IxmlTrack {
            name: kept_in_xml(track.name),
            function: kept_in_xml(track.function),
            ..track
        };
        let expected = Ixml {
            project: kept_in_xml(ixml.project),
            scene: kept_in_xml(ixml.scene),
            take: kept_in_xml(ixml.take),
            tape: kept_in_xml(ixml.tape),
            circled: ixml.circled,
            note: kept_in_xml(ixml.note),
            tracks: ixml.tracks.into_iter().map(track).collect(),
        };
        prop_assert_eq!(read.ixml.map(|ixml| *ixml), (!alone).then_some(expected));
    }

    #[test]
    fn what_was_read_is_written_the_same_again((bext, _) in any_bext(), ixml in any_ixml()) {
        let first = probe::probe(&wav(format(1, Int16), Some(bext), Some(ixml))).unwrap();
        let of = |probe: &probe::Probe| {
            (probe.bext.as_deref().cloned(), probe.ixml.as_deref().cloned())
        };
        let (bext, ixml) = of(&first);
        let second = probe::probe(&wav(format(1, Int16), bext, ixml)).unwrap();
        prop_assert_eq!(of(&first), of(&second));
    }

    #[test]
    fn no_text_is_too_strange(text in "\\PC{0,40}|.{0,400}", other in ".{0,40}") {
        let bext = Bext {
            description: text.clone(),
            originator: other.clone(),
            coding_history: text.clone(),
            ..Bext::default()
        };
        let ixml = Ixml { note: Some(text.clone()), project: Some(other), ..Ixml::default() };
        let file = wav(format(1, Int16), Some(bext), Some(ixml));
        let xml = String::from_utf8(chunk(&file, "iXML")).unwrap();
        let known = |c: char| {
            let illegal = (c.is_ascii_control() && !"\t\n\r".contains(c))
                || ('\u{FFFE}'..='\u{FFFF}').contains(&c);
            if illegal { char::REPLACEMENT_CHARACTER } else { c }
        };
        let expected: String = text.chars().map(known).collect();
        prop_assert_eq!(element(&xml, "NOTE").unwrap(), expected);
        let cut: Vec<u8> = text.chars().take(256).map(|c| match c {
            ' '..='~' | '\r' | '\n' | '\t' => c as u8,
            _ => b'?',
        }).collect();
        prop_assert_eq!(&chunk(&file, "bext")[..cut.len()], &cut[..]);
    }
}
