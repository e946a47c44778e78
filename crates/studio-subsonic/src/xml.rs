//! The tree as XML 1.0.

use std::fmt::Write as _;

use crate::node::{Field, Node};

/// The namespace of the Subsonic API.
const NAMESPACE: &str = "http://subsonic.org/restapi";

/// A document with one element.
pub(crate) fn document(name: &str, node: &Node) -> String {
    let mut text = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    element(&mut text, name, node, Some(NAMESPACE));
    text.push('\n');
    text
}

fn element(out: &mut String, name: &str, node: &Node, namespace: Option<&str>) {
    out.push('<');
    out.push_str(name);
    if let Some(namespace) = namespace {
        attribute(out, "xmlns", namespace);
    }
    let mut inside = String::new();
    for (name, field) in &node.fields {
        match field {
            Field::Text(text) => attribute(out, name, text),
            Field::Whole(number) => attribute(out, name, &number.to_string()),
            Field::Real(number) => attribute(out, name, &number.to_string()),
            Field::Flag(flag) => attribute(out, name, if *flag { "true" } else { "false" }),
            Field::Content(text) => escape(&mut inside, text),
            Field::One(node) => element(&mut inside, name, node, None),
            Field::Many(nodes) => {
                for node in nodes {
                    element(&mut inside, name, node, None);
                }
            }
            Field::Texts(texts) => {
                for text in texts {
                    simple(&mut inside, name, text);
                }
            }
            Field::Wholes(numbers) => {
                for number in numbers {
                    simple(&mut inside, name, &number.to_string());
                }
            }
        }
    }
    match inside.is_empty() {
        true => out.push_str("/>"),
        false => {
            // Writing to a text does not fail.
            let _ = write!(out, ">{inside}</{name}>");
        }
    }
}

fn simple(out: &mut String, name: &str, text: &str) {
    let _ = write!(out, "<{name}>");
    escape(out, text);
    let _ = write!(out, "</{name}>");
}

fn attribute(out: &mut String, name: &str, value: &str) {
    let _ = write!(out, " {name}=\"");
    escape(out, value);
    out.push('"');
}

/// A text as it may stand anywhere. What is no character of XML 1.0 (section 2.2) becomes U+FFFD,
/// and white space that a reader would make blanks of (3.3.3) is written by its number.
fn escape(out: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&apos;"),
            '\t' => out.push_str("&#9;"),
            '\n' => out.push_str("&#10;"),
            '\r' => out.push_str("&#13;"),
            '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_stand_before_elements_whatever_their_order() {
        let node = Node::new()
            .many("song", [Node::new().text("id", "1"), Node::new().text("id", "2")])
            .text("name", "a<b>&\"c\"\n")
            .flag("public", true)
            .one("gain", Node::new().maybe_real("track", Some(-6.5)))
            .texts("mood", ["x", "y"])
            .wholes("n", [7])
            .one("genre", Node::new().content("R&B").whole("songs", 3));
        assert_eq!(
            document("root", &node).split_once('\n').expect("two lines").1,
            "<root xmlns=\"http://subsonic.org/restapi\" name=\"a&lt;b&gt;&amp;&quot;c&quot;&#10;\" \
             public=\"true\"><song id=\"1\"/><song id=\"2\"/><gain track=\"-6.5\"/><mood>x</mood>\
             <mood>y</mood><n>7</n><genre songs=\"3\">R&amp;B</genre></root>\n"
        );
    }

    #[test]
    fn what_is_no_character_is_replaced() {
        let mut out = String::new();
        escape(&mut out, "a\u{0}b\u{1b}c\u{fffe}d\u{1f3b5}\tü");
        assert_eq!(out, "a\u{fffd}b\u{fffd}c\u{fffd}d\u{1f3b5}&#9;ü");
    }
}
