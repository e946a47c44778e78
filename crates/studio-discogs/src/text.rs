//! How Discogs writes names, dates, durations and prose, and what that means.

use crate::ReleaseDate;

/// How an article stands behind a name.
const THE: &str = ", The";
/// No markup is longer, in bytes.
const LONGEST_TAG: usize = 300;

/// A name as people write it: without the number of a namesake (` (2)`), with the article in
/// front (`Persuader, The`), without the `*` of a spelling that differs.
pub fn clean_name(listed: &str) -> String {
    let name = one_line(listed);
    let name = name.strip_suffix('*').unwrap_or(&name).trim_end();
    let name = without_number(name);
    // Cut at a place that may lie within a letter of several bytes: asked, not indexed.
    let cut = name.len().checked_sub(THE.len()).and_then(|at| name.split_at_checked(at));
    if let Some((rest, end)) = cut
        && end.eq_ignore_ascii_case(THE)
        && !rest.is_empty()
    {
        return format!("{} {rest}", &end[2..]);
    }
    name.to_owned()
}

fn without_number(name: &str) -> &str {
    let Some((rest, number)) = name.rsplit_once(" (") else { return name };
    let Some(number) = number.strip_suffix(')') else { return name };
    let namesake = (1..=5).contains(&number.len())
        && number.bytes().all(|byte| byte.is_ascii_digit())
        // `Sum 41 (1999)` might be a title; nobody has so many namesakes.
        && number.parse::<u32>().is_ok_and(|number| (2..1500).contains(&number));
    if namesake && !rest.trim().is_empty() { rest.trim_end() } else { name }
}

/// Text without control characters, with single spaces.
pub(crate) fn one_line(text: &str) -> String {
    let spaced: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The seconds of `4:45` or `1:02:03`; `None` for what is no duration.
pub fn parse_duration(text: &str) -> Option<u32> {
    let text = text.trim();
    let parts: Vec<&str> = text.split(':').collect();
    if !(2..=3).contains(&parts.len()) {
        return None;
    }
    let mut seconds = 0_u32;
    for (index, part) in parts.iter().enumerate() {
        if part.is_empty() || part.len() > 4 || !part.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let value: u32 = part.parse().ok()?;
        if index > 0 && value > 59 {
            return None;
        }
        seconds = seconds.checked_mul(60)?.checked_add(value)?;
    }
    (seconds > 0).then_some(seconds)
}

/// As much as is known of `1999-03-00`, `1999`, `1999-00-00`; nothing for what is no date.
pub fn parse_date(text: &str) -> ReleaseDate {
    let mut parts = text.trim().split('-');
    let mut number = |longest: usize| {
        let part = parts.next()?.trim();
        let digits = part.len() <= longest && part.bytes().all(|byte| byte.is_ascii_digit());
        digits.then(|| part.parse::<u16>().ok())?
    };
    let year = number(4).and_then(|year| known_year(u64::from(year)));
    let part = |value: Option<u16>, most: u16| {
        let value = value.filter(|value| (1..=most).contains(value))?;
        u8::try_from(value).ok()
    };
    let month = year.and_then(|_| part(number(2), 12));
    let day = month.and_then(|_| part(number(2), 31));
    ReleaseDate { year, month, day }
}

/// A year that music can have come out in: Discogs says 0 where it does not know.
pub(crate) fn known_year(year: u64) -> Option<u16> {
    let year = u16::try_from(year).ok()?;
    (1850..=2200).contains(&year).then_some(year)
}

/// An address that may be linked to: http or https, and nothing that ends an attribute.
pub(crate) fn address(text: &str) -> Option<String> {
    let text = text.trim();
    let fine = !text.chars().any(|c| c.is_control() || c.is_whitespace() || "\"'<>`".contains(c));
    let url = url::Url::parse(text).ok().filter(|_| fine && text.len() <= 2000)?;
    (["http", "https"].contains(&url.scheme()) && url.has_host()).then(|| text.to_owned())
}

/// Discogs' markup as plain text: `[a=Name]` is the name, `[url=…]text[/url]` the text, and
/// `[a123]`, of which only Discogs knows the name, is nothing.
pub fn plain_text(marked: &str) -> String {
    let mut plain = String::with_capacity(marked.len());
    let mut rest = marked;
    while let Some((before, behind)) = rest.split_once('[') {
        plain.push_str(before);
        // No tag has another within it: nothing is looked at twice.
        let end = behind.bytes().take(LONGEST_TAG).position(|byte| b"[]".contains(&byte));
        let end = end.filter(|end| behind.as_bytes()[*end] == b']');
        let tag = end.map(|end| behind.split_at(end));
        let Some((tag, behind_tag)) = tag.filter(|(tag, _)| is_markup(tag)) else {
            plain.push('[');
            rest = behind;
            continue;
        };
        if let Some((kind, name)) = tag.split_once('=')
            && !kind.eq_ignore_ascii_case("url")
            && !name.bytes().all(|byte| byte.is_ascii_digit())
        {
            plain.push_str(&clean_name(name));
        }
        rest = &behind_tag[1..];
    }
    plain.push_str(rest);
    let lines = plain.lines().map(one_line).collect::<Vec<_>>().join("\n");
    lines.trim().to_owned()
}

/// Whether this stands between brackets as markup: `a=…`, `a123`, `b`, `/b`, `url=…`.
fn is_markup(tag: &str) -> bool {
    let lower = tag.to_ascii_lowercase();
    if ["b", "/b", "i", "/i", "u", "/u", "url", "/url", "s", "/s"].contains(&lower.as_str()) {
        return true;
    }
    if let Some((kind, _)) = lower.split_once('=') {
        return ["a", "l", "m", "r", "t", "g", "user", "url"].contains(&kind);
    }
    let number = lower.strip_prefix(['a', 'l', 'm', 'r', 't', 'g']);
    number.is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit()))
}
