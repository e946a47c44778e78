//! The `iXML` chunk: what a location recorder or a session says about a take.

use std::fmt::Write as _;

use super::{Bext, PcmFormat};

/// The version of the specification that is followed.
const VERSION: &str = "2.10";

/// What a session says about a take (iXML 2.10). What is not known is left out.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Ixml {
    /// The project that it belongs to.
    pub project: Option<String>,
    /// The scene, or the song.
    pub scene: Option<String>,
    /// Which take it is.
    pub take: Option<String>,
    /// The reel, the card or the day.
    pub tape: Option<String>,
    /// Whether it was circled: chosen.
    pub circled: Option<bool>,
    /// What is to be said about it.
    pub note: Option<String>,
    /// Its channels.
    pub tracks: Vec<IxmlTrack>,
}

/// One channel of a file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct IxmlTrack {
    /// The recorder's channel that it came from, from 1.
    pub channel: u32,
    /// Its place among the channels of the file, from 1.
    pub interleave: u32,
    /// What it is called.
    pub name: Option<String>,
    /// What it is for, such as `LEFT`.
    pub function: Option<String>,
}

impl Ixml {
    /// The content of the chunk, with what `bext` says repeated as iXML asks for.
    pub(super) fn to_xml(&self, format: PcmFormat, bext: Option<&Bext>) -> String {
        let mut xml = Xml::default();
        xml.out.push_str("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<BWFXML>\n");
        xml.put("IXML_VERSION", VERSION);
        xml.put_some("PROJECT", self.project.as_deref());
        xml.put_some("SCENE", self.scene.as_deref());
        xml.put_some("TAKE", self.take.as_deref());
        xml.put_some("TAPE", self.tape.as_deref());
        xml.put_some("CIRCLED", self.circled.map(|yes| if yes { "TRUE" } else { "FALSE" }));
        xml.put_some("NOTE", self.note.as_deref());
        xml.within("SPEED", |xml| {
            let rate = format.sample_rate.to_string();
            xml.put("FILE_SAMPLE_RATE", &rate);
            xml.put("AUDIO_BIT_DEPTH", &format.samples.bits().to_string());
            if let Some(bext) = bext {
                let (high, low) = halves(bext.time_reference);
                xml.put("TIMESTAMP_SAMPLES_SINCE_MIDNIGHT_HI", &high);
                xml.put("TIMESTAMP_SAMPLES_SINCE_MIDNIGHT_LO", &low);
                xml.put("TIMESTAMP_SAMPLE_RATE", &rate);
            }
        });
        if let Some(bext) = bext {
            xml.within("BEXT", |xml| xml.put_bext(bext));
        }
        if !self.tracks.is_empty() {
            xml.within("TRACK_LIST", |xml| {
                xml.put("TRACK_COUNT", &self.tracks.len().to_string());
                self.tracks.iter().for_each(|track| xml.put_track(track));
            });
        }
        xml.out.push_str("</BWFXML>\n");
        xml.out
    }
}

/// The upper and the lower 32 bits.
fn halves(number: u64) -> (String, String) {
    ((number >> 32).to_string(), (number & u64::from(u32::MAX)).to_string())
}

/// XML that grows.
#[derive(Default)]
struct Xml {
    out: String,
}

impl Xml {
    fn put(&mut self, element: &str, text: &str) {
        // Writing to a String does not fail.
        let _ = writeln!(self.out, "<{element}>{}</{element}>", escape(text));
    }

    fn put_some(&mut self, element: &str, text: Option<&str>) {
        if let Some(text) = text {
            self.put(element, text);
        }
    }

    fn within(&mut self, element: &str, inner: impl FnOnce(&mut Self)) {
        let _ = writeln!(self.out, "<{element}>");
        inner(self);
        let _ = writeln!(self.out, "</{element}>");
    }

    fn put_bext(&mut self, bext: &Bext) {
        let (high, low) = halves(bext.time_reference);
        self.put("BWF_DESCRIPTION", &bext.description);
        self.put("BWF_ORIGINATOR", &bext.originator);
        self.put("BWF_ORIGINATOR_REFERENCE", &bext.originator_reference);
        self.put("BWF_ORIGINATION_DATE", &bext.origination_date);
        self.put("BWF_ORIGINATION_TIME", &bext.origination_time);
        self.put("BWF_TIME_REFERENCE_LOW", &low);
        self.put("BWF_TIME_REFERENCE_HIGH", &high);
        self.put("BWF_VERSION", "2.0");
        self.put("BWF_CODING_HISTORY", &bext.coding_history);
    }

    fn put_track(&mut self, track: &IxmlTrack) {
        self.within("TRACK", |xml| {
            xml.put("CHANNEL_INDEX", &track.channel.to_string());
            xml.put("INTERLEAVE_INDEX", &track.interleave.to_string());
            xml.put_some("NAME", track.name.as_deref());
            xml.put_some("FUNCTION", track.function.as_deref());
        });
    }
}

/// Text in which nothing has a meaning to XML. What XML 1.0 cannot say at all becomes the
/// replacement character.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            // As itself it would be read as the end of a line.
            '\r' => escaped.push_str("&#13;"),
            '\t' | '\n' => escaped.push(c),
            c if c.is_ascii_control() || matches!(c, '\u{FFFE}' | '\u{FFFF}') => {
                escaped.push(char::REPLACEMENT_CHARACTER);
            }
            c => escaped.push(c),
        }
    }
    escaped
}
