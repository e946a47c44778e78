//! Levels and places in the stereo field: exact numbers, and the texts they are read from.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

use proptest::prelude::*;
use studio_domain::{Decibels, Pan, ParseLevelError};

fn level(thousandths: i32) -> Decibels {
    Decibels::from_thousandths(thousandths).unwrap()
}

fn read(text: &str) -> Option<i32> {
    text.parse::<Decibels>().ok().map(Decibels::thousandths)
}

fn place(text: &str) -> Option<i8> {
    text.parse::<Pan>().ok().map(Pan::percent)
}

#[test]
fn a_level_is_a_number_within_a_thousand_decibels() {
    for (thousandths, fits) in [
        (0, true),
        (1_000_000, true),
        (-1_000_000, true),
        (1_000_001, false),
        (-1_000_001, false),
        (i32::MAX, false),
        (i32::MIN, false),
    ] {
        assert_eq!(Decibels::from_thousandths(thousandths).is_some(), fits, "{thousandths}");
    }
    for (decibels, thousandths) in [
        (0.0, Some(0)),
        (-0.0, Some(0)),
        (-14.0004, Some(-14_000)),
        (-14.0006, Some(-14_001)),
        (0.0005, Some(1)),
        (-0.0005, Some(-1)),
        (f64::MIN_POSITIVE, Some(0)),
        (1000.0, Some(1_000_000)),
        (-1000.0, Some(-1_000_000)),
        (1000.0004, Some(1_000_000)),
        (1000.0006, None),
        (-1000.0006, None),
        (f64::MAX, None),
        (f64::MIN, None),
        (f64::INFINITY, None),
        (f64::NEG_INFINITY, None),
        (f64::NAN, None),
        (-f64::NAN, None),
    ] {
        let found = Decibels::from_f64(decibels).map(Decibels::thousandths);
        assert_eq!(found, thousandths, "{decibels}");
    }
    assert_eq!(Decibels::ZERO, Decibels::default());
    assert!(level(-3_000) < level(-2_999));
}

#[test]
fn a_level_is_shown_with_as_many_digits_as_asked_for() {
    assert_eq!(level(-14_060).to_string(), "-14.1");
    assert_eq!(format!("{:.0}", level(-14_060)), "-14");
    assert_eq!(format!("{:.2}", level(-14_060)), "-14.06");
    assert_eq!(format!("{:.3}", level(-1)), "-0.001");
    assert_eq!(format!("{:.5}", level(1_000_000)), "1000.00000");
    assert_eq!(format!("{:+}", level(1_500)), "+1.5");
    assert_eq!(format!("{:+}", level(-1_500)), "-1.5");
}

#[test]
fn nothing_is_never_less_than_nothing() {
    for thousandths in [0, -1, -4, -49] {
        assert_eq!(level(thousandths).to_string(), "0.0", "{thousandths}");
        assert_eq!(format!("{:+}", level(thousandths)), "+0.0", "{thousandths}");
        assert_eq!(format!("{:.0}", level(thousandths)), "0", "{thousandths}");
    }
    assert_eq!(format!("{:.0}", level(-400)), "0");
    assert_eq!(format!("{:.3}", level(-1)), "-0.001");
    assert_eq!(level(-51).to_string(), "-0.1");
}

#[test]
fn a_level_stands_in_a_column() {
    assert_eq!(format!("[{:7}]", level(-14_000)), "[  -14.0]");
    assert_eq!(format!("[{:>7}]", level(-14_000)), "[  -14.0]");
    assert_eq!(format!("[{:<7}]", level(-14_000)), "[-14.0  ]");
    assert_eq!(format!("[{:·^8.0}]", level(-14_000)), "[··-14···]");
    assert_eq!(format!("[{:2}]", level(-14_000)), "[-14.0]");
    assert_eq!(format!("[{:6}]", level(-1)), "[   0.0]");
}

#[test]
fn a_level_is_read_as_people_write_it() {
    for (text, thousandths) in [
        ("-3", -3_000),
        ("+1.5", 1_500),
        ("1.5", 1_500),
        (".5", 500),
        ("-.5", -500),
        ("3.", 3_000),
        ("-3dB", -3_000),
        ("-3 dB", -3_000),
        (" -3 \t db\n", -3_000),
        ("-3DB", -3_000),
        ("-0", 0),
        ("0.0004", 0),
        ("1000 dB", 1_000_000),
        ("00012", 12_000),
    ] {
        assert_eq!(read(text), Some(thousandths), "{text}");
    }
    let long = "1".repeat(100_000);
    for text in [
        "", " ", "dB", " dB ", "-", "+", ".", "+-3", "--3", "3-", "1e3", "1E3", "inf", "-inf",
        "infinity", "nan", "NaN", "0x10", "1_000", "1,5", "٣", "3 LU", "3 dBFS", "3 d B", "B", "é",
        "3é", "1000.001", "-1001", "3 dB dB", "1.2.3", &long,
    ] {
        assert_eq!(read(text), None, "{text}");
    }
}

#[test]
fn what_is_no_level_is_told_with_an_example() {
    let told = |error: ParseLevelError| error.to_string();
    let expected = r"`loud\n` is not a number of decibels, such as -3 or +1.5 dB";
    assert_eq!("loud\n".parse::<Decibels>().map_err(told), Err(expected.to_owned()));
    let expected = "`up` is not a place in the stereo field, such as L50, C or R100";
    assert_eq!("up".parse::<Pan>().map_err(told), Err(expected.to_owned()));
}

#[test]
fn a_place_lies_between_the_loudspeakers() {
    for percent in i8::MIN..=i8::MAX {
        let fits = (-100..=100).contains(&percent);
        assert_eq!(Pan::from_percent(percent).is_some(), fits, "{percent}");
    }
    assert_eq!(Pan::CENTRE, Pan::default());
    assert_eq!(Pan::CENTRE.percent(), 0);
}

#[test]
fn a_place_is_read_as_people_write_it() {
    for (text, percent) in [
        ("C", 0),
        ("c", 0),
        ("centre", 0),
        ("Center", 0),
        ("L50", -50),
        ("l50", -50),
        ("R100", 100),
        ("r7", 7),
        ("L0", 0),
        ("R007", 7),
        ("left", -100),
        ("RIGHT", 100),
        ("-50", -50),
        ("+20", 20),
        ("20", 20),
        (" L50\n", -50),
    ] {
        assert_eq!(place(text), Some(percent), "{text}");
    }
    for text in [
        "",
        " ",
        "L",
        "R",
        "L-50",
        "R+50",
        "L+50",
        "L--5",
        "R-0",
        "L 50",
        "L50%",
        "50%",
        "L5.5",
        "L101",
        "R101",
        "-101",
        "101",
        "200",
        "-129",
        "L32768",
        "R99999999999",
        "-32768",
        "C5",
        "left 50",
        "L50R",
        "middle",
        "+-5",
        "Lé",
        "É",
        "١",
    ] {
        assert_eq!(place(text), None, "{text}");
    }
}

#[test]
fn a_place_stands_in_a_column() {
    let shown = [-100, -1, 0, 1, 100].map(|percent| Pan::from_percent(percent).unwrap());
    assert_eq!(shown.map(|pan| pan.to_string()), ["L100", "L1", "C", "R1", "R100"]);
    assert_eq!(shown.map(|pan| format!("{pan:>5}")), [" L100", "   L1", "    C", "   R1", " R100"]);
}

proptest! {
    #[test]
    fn every_level_survives_as_a_text_and_as_a_number(thousandths in -1_000_000..=1_000_000_i32) {
        let level = level(thousandths);
        prop_assert_eq!(level.thousandths(), thousandths);
        prop_assert_eq!(Decibels::from_f64(level.as_f64()), Some(level));
        for text in [format!("{level:.3}"), format!("{level:+.3} dB"), format!(" {level:.9}dB")] {
            prop_assert_eq!(text.parse::<Decibels>(), Ok(level));
        }
        let rounded: Decibels = level.to_string().parse().unwrap();
        prop_assert!((rounded.thousandths() - thousandths).abs() <= 50);
    }

    #[test]
    fn a_level_never_shows_a_minus_before_nothing(thousandths in -999..=999_i32, digits in 0..5_usize) {
        let text = format!("{:.digits$}", level(thousandths));
        let nothing = text.bytes().all(|byte| !(b'1'..=b'9').contains(&byte));
        prop_assert!(!(nothing && text.starts_with('-')), "{}", text);
    }

    #[test]
    fn every_number_is_a_level_near_it_or_none(bits in any::<u64>(), small in -1100.0..1100.0_f64) {
        for number in [f64::from_bits(bits), small] {
            match Decibels::from_f64(number) {
                Some(level) => prop_assert!((level.as_f64() - number).abs() <= 0.000_500_1),
                None => prop_assert!(number.is_nan() || number.abs() > 1000.0),
            }
        }
    }

    #[test]
    fn every_place_survives_as_a_text(percent in -100..=100_i8) {
        let pan = Pan::from_percent(percent).unwrap();
        for text in [pan.to_string(), pan.to_string().to_lowercase(), percent.to_string()] {
            prop_assert_eq!(text.parse::<Pan>(), Ok(pan));
        }
    }

    #[test]
    fn any_text_is_answered(text in any::<String>(), short in "[-+LRlrcCdB0-9. é]{0,8}") {
        for text in [text, short] {
            if let Ok(level) = text.parse::<Decibels>() {
                prop_assert_eq!(format!("{level:.3}").parse::<Decibels>(), Ok(level));
            }
            if let Ok(pan) = text.parse::<Pan>() {
                prop_assert_eq!(pan.to_string().parse::<Pan>(), Ok(pan));
            }
        }
    }
}
