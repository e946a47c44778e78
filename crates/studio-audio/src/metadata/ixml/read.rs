//! From the XML that location recorders leave in their files to what it says.

use roxmltree::{Document, Node, ParsingOptions};

use super::{Ixml, IxmlTrack, MAX_TRACKS};
use crate::guard::guarded;

/// Elements and texts of a document that is read.
const MAX_NODES: u32 = 50_000;

impl Ixml {
    /// What the content of a chunk says; `None` when it is no iXML. Entities of the
    /// document's own are not allowed: they can make a small document huge.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let text = String::from_utf8_lossy(bytes);
        // Recorders pad it with zeros.
        let text = text.trim_matches(['\0', '\u{feff}']).trim();
        guarded("reader of XML", || parse(text)).ok().flatten()
    }
}

fn parse(text: &str) -> Option<Ixml> {
    let options =
        ParsingOptions { allow_dtd: false, nodes_limit: MAX_NODES, ..ParsingOptions::default() };
    let document = Document::parse_with_options(text, options).ok()?;
    let root = document.root_element();
    if root.tag_name().name() != "BWFXML" {
        return None;
    }
    let tracks = child(root, "TRACK_LIST").into_iter().flat_map(|list| list.children());
    let tracks = tracks.filter(|node| node.has_tag_name("TRACK")).take(MAX_TRACKS);
    Some(Ixml {
        project: value(root, "PROJECT"),
        scene: value(root, "SCENE"),
        take: value(root, "TAKE"),
        tape: value(root, "TAPE"),
        circled: value(root, "CIRCLED").and_then(|circled| truth(&circled)),
        note: value(root, "NOTE"),
        tracks: tracks.map(track).collect(),
    })
}

fn track(node: Node<'_, '_>) -> IxmlTrack {
    let number = |name| value(node, name)?.parse().ok();
    IxmlTrack {
        channel: number("CHANNEL_INDEX"),
        interleave: number("INTERLEAVE_INDEX"),
        name: value(node, "NAME"),
        function: value(node, "FUNCTION"),
    }
}

fn child<'a, 'input>(node: Node<'a, 'input>, name: &str) -> Option<Node<'a, 'input>> {
    node.children().find(|child| child.has_tag_name(name))
}

/// The text of an element, if there is any.
fn value(node: Node<'_, '_>, name: &str) -> Option<String> {
    let text = child(node, name)?.text()?.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

fn truth(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "yes" | "1" => Some(true),
        "false" | "no" | "0" => Some(false),
        _ => None,
    }
}
