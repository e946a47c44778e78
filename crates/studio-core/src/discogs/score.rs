//! How alike names are, from 0 to 1000.

use studio_discogs::SearchHit;
use studio_domain::Slug;

/// From here on a match is good enough to be taken without a person.
pub const GOOD_ENOUGH: u16 = 850;

/// How alike two names are: 1000 when they differ in case, accents, punctuation or an article
/// only.
pub fn likeness(ours: &str, theirs: &str) -> u16 {
    let (ours, theirs) = (plain(ours), plain(theirs));
    if ours.is_empty() || theirs.is_empty() {
        return 0;
    }
    if ours == theirs {
        return 1000;
    }
    // Where only one of two long names is cut short or added to, their beginnings are alike,
    // and yet "Abbey Road" and "Abbey Road (Live)" are two records: both measures must agree.
    let whole = strsim::normalized_damerau_levenshtein(&ours, &theirs);
    let begin = strsim::jaro_winkler(&ours, &theirs);
    thousandths(f64::midpoint(whole, begin))
}

/// How good a hit is for an artist's name. What Discogs found first is a little better than
/// what is as alike and comes later.
pub(super) fn of_artist(name: &str, hit: &SearchHit, place: usize) -> u16 {
    later(likeness(name, &hit.artist).max(likeness(name, &hit.title)), place)
}

/// How good a hit is for an album: both names count, and the year where both have one.
pub(super) fn of_album(
    artist: &str,
    title: &str,
    year: Option<u16>,
    hit: &SearchHit,
    place: usize,
) -> u16 {
    let names = [likeness(artist, &hit.artist), likeness(title, &hit.title)];
    // One wrong name is not made good by the other.
    let both = names[0].min(names[1]).saturating_mul(2).saturating_add(names[0].max(names[1])) / 3;
    let apart = match (year, hit.year) {
        (Some(ours), Some(theirs)) => ours.abs_diff(theirs),
        _ => 0,
    };
    // Another year is another edition more often than another album.
    let years = match apart {
        0 | 1 => 0,
        2..=5 => 20,
        _ => 60,
    };
    later(both.saturating_sub(years), place)
}

fn later(score: u16, place: usize) -> u16 {
    score.saturating_sub(u16::try_from(place.min(20)).unwrap_or(20))
}

fn thousandths(share: f64) -> u16 {
    // From 0 to 1: nothing is cut off. Only what is equal is worth all.
    ((share * 1000.0).round() as u16).min(990)
}

/// Small letters of ASCII and digits in words, without the article.
fn plain(name: &str) -> String {
    let slug = Slug::from_name(name);
    // A name that nothing of can be spelt has a slug that says so, and is like no other.
    let text = slug.as_str();
    let spells = name.chars().any(char::is_alphanumeric);
    let text = if spells { text } else { "" };
    text.strip_prefix("the-").unwrap_or(text).replace("-and-", "-").replace('-', " ")
}

#[cfg(test)]
mod tests {
    use studio_discogs::SearchHit;

    use super::*;

    #[test]
    fn what_is_written_differently_is_the_same() {
        for (ours, theirs) in [
            ("Khruangbin", "KHRUANGBIN"),
            ("Björk", "Bjork"),
            ("The Beatles", "Beatles"),
            ("Simon & Garfunkel", "Simon and Garfunkel"),
            ("A.C. Newman", "A C Newman"),
        ] {
            assert_eq!(likeness(ours, theirs), 1000, "{ours} and {theirs}");
        }
    }

    #[test]
    fn what_is_something_else_is_not_good_enough() {
        for (ours, theirs) in [
            ("Khruangbin", "Kruder & Dorfmeister"),
            ("Can", "Canned Heat"),
            ("Abbey Road", "Abbey Road (Live)"),
            ("Low", "Lowlife"),
            ("", "Anybody"),
            ("🎸", "Guitar"),
        ] {
            assert!(likeness(ours, theirs) < GOOD_ENOUGH, "{ours} and {theirs}");
        }
        assert!(likeness("Khruangbin", "Khruangbim") >= GOOD_ENOUGH, "a slip of the hand");
    }

    #[test]
    fn of_equal_names_the_year_and_the_place_decide() {
        let hit = |year| SearchHit {
            artist: "Khruangbin".to_owned(),
            title: "Con Todo El Mundo".to_owned(),
            year: Some(year),
            ..SearchHit::default()
        };
        let score = |year, place| {
            of_album("Khruangbin", "Con Todo el Mundo", Some(2018), &hit(year), place)
        };
        assert_eq!(score(2018, 0), 1000);
        assert!(score(2018, 1) < score(2018, 0));
        assert!(score(1968, 0) < score(2018, 3));
        let other = SearchHit { title: "Mordechai".to_owned(), ..hit(2018) };
        assert!(of_album("Khruangbin", "Con Todo el Mundo", None, &other, 0) < GOOD_ENOUGH);
    }
}
