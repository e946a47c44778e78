//! The JSON of `audiowaveform`.

use std::fmt::Write as _;

use super::{Resolution, Waveform};

impl Waveform {
    /// The text of a JSON file, with a line feed at its end: `version` (2), `channels`,
    /// `sample_rate`, `samples_per_pixel`, `bits`, `length` and `data`, in which min and max
    /// of each lane stand by turns.
    pub fn to_json(&self, resolution: Resolution) -> String {
        let bits = match resolution {
            Resolution::Bits8 => 8,
            Resolution::Bits16 => 16,
        };
        let mut text = format!(
            r#"{{"version":2,"channels":{},"sample_rate":{},"samples_per_pixel":{},"#,
            self.lanes().len(),
            self.sample_rate(),
            self.frames_per_pair(),
        );
        let _ = write!(text, r#""bits":{bits},"length":{},"data":["#, self.len());
        for (n, value) in self.values(resolution).enumerate() {
            let comma = if n == 0 { "" } else { "," };
            // Writing to a string does not fail.
            let _ = write!(text, "{comma}{value}");
        }
        text.push_str("]}\n");
        text
    }
}
