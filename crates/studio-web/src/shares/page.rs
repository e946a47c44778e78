//! The page of a link: a heading, and each recording to be heard. It works without any script.

use std::fmt::Write as _;

use studio_api::v1::SharedMusic;

/// The page.
pub(super) fn page(music: &SharedMusic) -> String {
    let title = match (music.note.as_deref(), music.recordings.as_slice()) {
        (Some(note), _) => note.to_owned(),
        (None, [one]) => format!("{} – {}", one.artist, one.title),
        (None, all) => format!("{} recordings", all.len()),
    };
    let mut items = String::new();
    for recording in &music.recordings {
        let (title, artist) = (escaped(&recording.title), escaped(&recording.artist));
        let source = escaped(&recording.stream);
        // Writing to a text does not fail.
        let _ = write!(
            items,
            "<li><h2>{title}</h2>\n<p>{artist}</p>\n\
             <audio controls preload=\"none\" src=\"{source}\" aria-label=\"{title}, {artist}\">\
             </audio></li>\n"
        );
    }
    let ends = match &music.expires_at {
        Some(end) => {
            // To the minute: 2026-11-30 15:54.
            let read = end.get(..16).unwrap_or(end).replace('T', " ");
            format!("<p>Until <time datetime=\"{end}\">{read} UTC</time></p>\n")
        }
        None => String::new(),
    };
    let title = escaped(&title);
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<title>{title}</title>\n</head>\n\
         <body>\n<main>\n<h1>{title}</h1>\n{ends}<ol>\n{items}</ol>\n</main>\n</body>\n</html>\n"
    )
}

/// A text as it may stand anywhere in HTML.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use studio_api::v1::SharedRecording;

    use super::*;

    #[test]
    fn nothing_that_people_wrote_is_markup() {
        let evil = "<script>alert('x')</script>\"&";
        let recording = SharedRecording {
            id: "1".to_owned(),
            title: evil.to_owned(),
            artist: evil.to_owned(),
            stream: "/s/x/recordings/1/stream".to_owned(),
        };
        let (note, expires_at) = (Some(evil.to_owned()), Some("3000-01-01T00:00:00Z".to_owned()));
        let text = page(&SharedMusic { note, expires_at, recordings: vec![recording] });
        assert!(!text.contains("<script") && !text.contains("alert('"), "{text}");
        let safe = "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&quot;&amp;";
        assert!(text.contains(&format!("<h1>{safe}</h1>")), "{text}");
        assert!(text.contains(">3000-01-01 00:00 UTC</time>"), "{text}");
        assert_eq!(text.matches("<audio").count(), 1);
    }
}
