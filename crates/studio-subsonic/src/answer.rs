//! What every answer has.

use crate::request::is_callback;
use crate::{Error, Node, xml};

/// The version of the Subsonic API that is spoken.
pub const PROTOCOL: &str = "1.16.1";

/// How an answer is written.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Format {
    /// XML, if nobody says otherwise.
    #[default]
    Xml,
    /// JSON.
    Json,
    /// JSON as the argument of a function of this name.
    Jsonp(String),
}

/// An answer as it is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// Its media type.
    pub content_type: &'static str,
    /// Its bytes.
    pub body: Vec<u8>,
}

/// What every answer has, and what it says.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer(Node);

impl Answer {
    /// An answer by a server of some version: fields to be added to the envelope, or why there
    /// are none.
    pub fn new(server_version: &str, said: Result<Node, Error>) -> Self {
        let status = if said.is_ok() { "ok" } else { "failed" };
        let mut envelope = Node::new()
            .text("status", status)
            .text("version", PROTOCOL)
            .text("type", "studio")
            .text("serverVersion", server_version)
            .flag("openSubsonic", true);
        match said {
            Ok(node) => envelope.fields.extend(node.fields),
            Err(error) => {
                let told = Node::new().whole("code", error.code());
                envelope = envelope.one("error", told.text("message", error.to_string()));
            }
        }
        Self(envelope)
    }

    /// As a player wants it.
    pub fn write(&self, format: &Format) -> Written {
        const NAME: &str = "subsonic-response";
        let json = || {
            let object = Node::new().one(NAME, self.0.clone()).to_json();
            object.to_string()
        };
        match format {
            Format::Xml => Written {
                content_type: "text/xml; charset=utf-8",
                body: xml::document(NAME, &self.0).into_bytes(),
            },
            // What is no name of a function would be a program.
            Format::Jsonp(callback) if is_callback(callback) => {
                // Two line ends of JSON are none of older JavaScript.
                let json = json().replace('\u{2028}', "\\u2028").replace('\u{2029}', "\\u2029");
                Written {
                    content_type: "application/javascript; charset=utf-8",
                    body: format!("/**/{callback}({json});").into_bytes(),
                }
            }
            Format::Json | Format::Jsonp(_) => {
                Written { content_type: "application/json", body: json().into_bytes() }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(answer: &Answer, format: &Format) -> String {
        String::from_utf8(answer.write(format).body).expect("UTF-8")
    }

    #[test]
    fn every_answer_says_who_speaks() {
        let pong = Answer::new("0.1.0", Ok(Node::new()));
        assert_eq!(
            text(&pong, &Format::Json),
            r#"{"subsonic-response":{"openSubsonic":true,"serverVersion":"0.1.0","status":"ok","type":"studio","version":"1.16.1"}}"#
        );
        assert_eq!(
            text(&pong, &Format::Xml),
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<subsonic-response \
             xmlns=\"http://subsonic.org/restapi\" status=\"ok\" version=\"1.16.1\" type=\"studio\" \
             serverVersion=\"0.1.0\" openSubsonic=\"true\"/>\n"
        );
        let wrong = Answer::new("0.1.0", Err(Error::NotFound("album")));
        let told = text(&wrong, &Format::Json);
        assert!(told.contains(r#""error":{"code":70,"message":"album not found"}"#), "{told}");
        assert!(told.contains(r#""status":"failed""#) && told.contains("openSubsonic"), "{told}");
        let told = text(&wrong, &Format::Xml);
        assert!(
            told.ends_with(
                "><error code=\"70\" message=\"album not found\"/></subsonic-response>\n"
            )
        );
    }

    #[test]
    fn a_callback_is_the_name_of_a_function() {
        let said = Answer::new("1", Ok(Node::new().text("x", "\u{2028}")));
        let told = text(&said, &Format::Jsonp("app.done_1".to_owned()));
        assert!(told.starts_with("/**/app.done_1({") && told.ends_with("});"), "{told}");
        assert!(told.contains("\\u2028"), "{told}");
        let evil = said.write(&Format::Jsonp("alert(1);x".to_owned()));
        assert_eq!(evil.content_type, "application/json");
    }
}
