//! The XML that location recorders leave in their files (iXML, version 3).

use roxmltree::{Document, Node, ParsingOptions};

use super::bytes_at;
use crate::guard::guarded;
use crate::riff::{ChunkId, Wave};
use crate::{ByteSource, Result};

/// The largest document that is read: beyond, it is passed over.
const MAX_BYTES: u64 = 1 << 20;
/// Elements and texts of a document that is read.
const MAX_NODES: u32 = 50_000;
/// Tracks that are read.
const MAX_TRACKS: usize = 1_024;

/// What an `iXML` chunk says: what is not told is `None`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Ixml {
    /// What is being made.
    pub project: Option<String>,
    /// Which scene.
    pub scene: Option<String>,
    /// Which take of it.
    pub take: Option<String>,
    /// On which tape or roll.
    pub tape: Option<String>,
    /// Whether somebody marked it as a good one.
    pub circled: Option<bool>,
    /// What somebody noted.
    pub note: Option<String>,
    /// What its channels hold.
    pub tracks: Vec<IxmlTrack>,
}

/// What one channel holds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct IxmlTrack {
    /// The number of the channel in the recorder.
    pub channel: Option<u32>,
    /// The number of the channel in the file, from 1 on.
    pub interleave: Option<u32>,
    /// Its name.
    pub name: Option<String>,
    /// What it is for.
    pub function: Option<String>,
}

/// Reads the first such chunk; `None` without one, or when it is no iXML. Entities of the
/// document's own are not allowed: they can make a small document huge.
pub(super) fn read(source: &dyn ByteSource, wave: &Wave) -> Result<Option<Ixml>> {
    let Some(chunk) = wave.chunk(ChunkId::IXML).filter(|chunk| chunk.present <= MAX_BYTES) else {
        return Ok(None);
    };
    let bytes = bytes_at(source, chunk.offset, chunk.present, MAX_BYTES as usize)?;
    let text = String::from_utf8_lossy(&bytes);
    // Recorders pad it with zeros.
    let text = text.trim_matches(['\0', '\u{feff}']).trim();
    Ok(guarded("reader of XML", || parse(text)).ok().flatten())
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
