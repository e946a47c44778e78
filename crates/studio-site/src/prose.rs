//! What people wrote in several lines, as paragraphs.

use studio_domain::Note;

/// A text as paragraphs of lines: an empty line stands between two paragraphs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Prose(pub(crate) Vec<Vec<String>>);

impl Prose {
    pub(crate) fn of(note: &Note) -> Self {
        let mut paragraphs = vec![Vec::new()];
        for line in note.as_str().lines() {
            match (line.trim(), paragraphs.last_mut()) {
                ("", _) => paragraphs.push(Vec::new()),
                (line, Some(paragraph)) => paragraph.push(line.to_owned()),
                (_, None) => {}
            }
        }
        paragraphs.retain(|paragraph| !paragraph.is_empty());
        Self(paragraphs)
    }
}

/// The beginning of a text in one line of at most so many characters, cut between two words.
pub(crate) fn summary(note: &Note, most: usize) -> String {
    let text = note.as_str().split_whitespace().collect::<Vec<_>>().join(" ");
    if text.chars().count() <= most {
        return text;
    }
    let cut: String = text.chars().take(most).collect();
    let whole = cut.rsplit_once(' ').map_or(cut.as_str(), |(before, _)| before);
    format!("{whole} …")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn note(text: &str) -> Note {
        text.parse().expect("a note")
    }

    #[test]
    fn empty_lines_divide_paragraphs() {
        let prose = Prose::of(&note("one\ntwo\n\n \n\nthree"));
        assert_eq!(prose.0, [vec!["one".to_owned(), "two".to_owned()], vec!["three".to_owned()]]);
    }

    #[test]
    fn a_summary_ends_with_a_whole_word() {
        assert_eq!(summary(&note("one\n\ntwo"), 7), "one two");
        assert_eq!(summary(&note("one two three"), 9), "one two …");
        assert_eq!(summary(&note("ööööööööö"), 3), "ööö …");
    }
}
