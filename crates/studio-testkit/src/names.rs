//! Names that software gets wrong.

/// Names that people may give, each a trap for something: quoting, paths, HTML, SQL,
/// printf, encodings, directions of writing.
pub const HARD_NAMES: [&str; 22] = [
    "plain",
    "with  two spaces",
    "DJ's Drums",
    "\"quoted\" `ticked`",
    "AC/DC",
    "../../etc/passwd",
    "..",
    "back\\slash",
    "100% %41 %2F",
    "a+b=c&d?e#f",
    "semi;colon, comma",
    "<b>bold</b>",
    "Robert'); DROP TABLE versions;--",
    "$HOME $(id) {0} %s",
    "-rf --help",
    "Björk – Jóga",
    "日本語のうた",
    "שלום עולם",
    "مرحبا بالعالم",
    "🎸👩‍🎤🥁",
    "e\u{301}clair",
    "null",
];
