//! Dates and licences.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

use proptest::prelude::*;
use studio_domain::{Licence, ReleaseDate};

#[test]
fn a_date_is_as_exact_as_it_is_known() {
    for text in ["2018", "2018-01", "2018-01-26", "0001", "2024-02-29", "2000-02-29"] {
        assert_eq!(text.parse::<ReleaseDate>().unwrap().to_string(), text);
    }
    let bad = [
        "",
        "18",
        "2018-",
        "2018-1",
        "2018-13",
        "2018-00",
        "2018-01-00",
        "2018-01-32",
        "2018-02-29",
        "1900-02-29",
        "0000",
        "+201",
        "2018-01-26-01",
        "2018-01-26T00:00:00Z",
        "２０１８",
        " 2018",
    ];
    for text in bad {
        assert!(text.parse::<ReleaseDate>().is_err(), "{text:?}");
    }
    let in_order = ["2017-12-31", "2018", "2018-01", "2018-01-26", "2018-02", "2019"];
    let dates: Vec<ReleaseDate> = in_order.iter().map(|text| text.parse().unwrap()).collect();
    assert!(dates.is_sorted());
    assert_eq!(ReleaseDate::new(2018, None, Some(1)), None);
}

#[test]
fn every_licence_has_a_name_and_a_text() {
    for licence in Licence::ALL {
        assert_eq!(licence.as_str().parse::<Licence>().unwrap(), *licence);
        assert_eq!(licence.url().is_none(), *licence == Licence::AllRightsReserved);
        assert!(!licence.title().is_empty());
    }
}

proptest! {
    #[test]
    fn any_text_is_a_date_or_an_error(text in "\\PC{0,12}|[0-9-]{0,12}") {
        if let Ok(date) = text.parse::<ReleaseDate>() {
            prop_assert_eq!(date.to_string(), text);
        }
    }
}
