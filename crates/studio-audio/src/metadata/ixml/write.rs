//! From what a session says to XML.

use std::fmt::Write as _;

use super::{Ixml, IxmlTrack, MAX_BYTES, MAX_TRACKS};
use crate::metadata::Bext;
use crate::{Error, PcmFormat, Result};

/// The version of the specification that is followed.
const VERSION: &str = "2.10";

impl Ixml {
    /// The content of the chunk, with what `bext` says repeated as iXML asks for.
    ///
    /// # Errors
    /// [`Error::Mismatch`] for more than can be read again.
    pub(crate) fn to_xml(&self, format: PcmFormat, bext: Option<&Bext>) -> Result<String> {
        let xml = self.document(format, bext);
        if xml.len() > MAX_BYTES || self.tracks.len() > MAX_TRACKS {
            let what = format!("iXML of more than {MAX_TRACKS} tracks or {} KiB", MAX_BYTES >> 10);
            return Err(Error::Mismatch { what });
        }
        Ok(xml)
    }

    fn document(&self, format: PcmFormat, bext: Option<&Bext>) -> String {
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
            let number = |number: Option<u32>| number.map(|number| number.to_string());
            xml.put_some("CHANNEL_INDEX", number(track.channel).as_deref());
            xml.put_some("INTERLEAVE_INDEX", number(track.interleave).as_deref());
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
