//! What an answer says is the same in every format, whatever its texts are.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

use proptest::prelude::*;
use serde_json::Value;
use studio_subsonic::{Answer, Error, Format, Node, Parameters, Request};

/// Names of fields, each at most once in a node.
const TEXT: &str = "title";
const WHOLE: &str = "duration";
const REAL: &str = "trackGain";
const FLAG: &str = "isDir";
const ONE: &str = "replayGain";
const MANY: &str = "entry";
const TEXTS: &str = "moods";
const WHOLES: &str = "versions";

/// Any text, often with what is special in XML, JSON or JavaScript.
fn text() -> impl Strategy<Value = String> {
    const HARD: [&str; 20] = [
        "&",
        "<",
        ">",
        "\"",
        "'",
        "]]>",
        "<!--",
        "&amp;",
        "&#0;",
        "\\",
        "\0",
        "\u{b}",
        "\u{1b}",
        "\t",
        "\r\n",
        "\u{85}",
        "\u{2028}",
        "\u{fffe}",
        "\u{1f3b5}",
        "\u{feff}",
    ];
    let hard = prop::collection::vec(prop::sample::select(HARD.to_vec()), 0..6);
    prop_oneof![any::<String>(), hard.prop_map(|parts| parts.concat()), "[a-z <&]{0,9}"]
}

/// Numbers as levels and peaks are, and those that are none. Not all of them: of those with many
/// digits the reader of JSON gives a neighbour.
fn real() -> impl Strategy<Value = f64> {
    let odd = prop::sample::select(vec![f64::NAN, f64::INFINITY, -0.0, 1e-7]);
    prop_oneof![9 => any::<i32>().prop_map(|n| f64::from(n) / 1000.0), 1 => odd]
}

fn leaf() -> impl Strategy<Value = Node> {
    let fields = (
        prop::option::of(text()),
        prop::option::of(any::<i64>()),
        prop::option::of(real()),
        prop::option::of(any::<bool>()),
        prop::option::of(text()),
    );
    fields.prop_map(|(text, whole, real, flag, content)| {
        let node =
            Node::new().maybe_text(TEXT, text).maybe_whole(WHOLE, whole).maybe_real(REAL, real);
        let node = flag.map_or(node.clone(), |flag| node.flag(FLAG, flag));
        content.map_or(node.clone(), |content| node.content(content))
    })
}

fn node() -> impl Strategy<Value = Node> {
    leaf().prop_recursive(3, 24, 4, |inner| {
        let fields = (
            text(),
            any::<i64>(),
            prop::option::of(inner.clone()),
            prop::collection::vec(inner, 0..4),
            prop::collection::vec(text(), 0..3),
            prop::collection::vec(any::<i64>(), 0..3),
        );
        fields.prop_map(|(text, whole, one, many, texts, wholes)| {
            let node = Node::new().many(MANY, many).text(TEXT, text);
            let node = one.map_or(node.clone(), |one| node.one(ONE, one));
            node.whole(WHOLE, whole).texts(TEXTS, texts).wholes(WHOLES, wholes)
        })
    })
}

/// A text as XML can have it: what is no character of XML 1.0 (2.2) is U+FFFD.
fn sayable(text: &str) -> String {
    let is_char = |c: char| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
    text.chars().map(|c| if is_char(c) { c } else { '\u{fffd}' }).collect()
}

/// Checks that a value stands in a text of XML.
fn assert_scalar(json: &Value, xml: &str) {
    match json {
        Value::String(text) => assert_eq!(sayable(text), xml),
        Value::Bool(flag) => assert_eq!(flag.to_string(), xml),
        Value::Number(number) => match number.as_i64() {
            Some(whole) => assert_eq!(xml.parse(), Ok(whole)),
            None => assert_eq!(xml.parse::<f64>().unwrap(), number.as_f64().unwrap()),
        },
        other => panic!("{other} is no value"),
    }
}

fn text_of(xml: roxmltree::Node<'_, '_>) -> String {
    xml.children().filter_map(|child| child.text()).collect()
}

/// Checks that an element says what an object does, and nothing else.
fn assert_same(json: &Value, xml: roxmltree::Node<'_, '_>) {
    let (mut attributes, mut elements) = (0, 0);
    for (name, value) in json.as_object().unwrap() {
        let mut named = xml.children().filter(|child| child.has_tag_name(name.as_str()));
        match value {
            Value::Object(_) => {
                assert_same(value, named.next().unwrap());
                elements += 1;
            }
            Value::Array(items) => {
                for item in items {
                    let child = named.next().unwrap();
                    match item.is_object() {
                        true => assert_same(item, child),
                        false => assert_scalar(item, &text_of(child)),
                    }
                }
                elements += items.len();
            }
            value if name == "value" => assert_scalar(value, &text_of(xml)),
            value => {
                assert_scalar(value, xml.attribute(name.as_str()).unwrap());
                attributes += 1;
            }
        }
        assert_eq!(named.count(), 0, "{name}");
    }
    assert_eq!(xml.attributes().count(), attributes);
    assert_eq!(xml.children().filter(|child| child.is_element()).count(), elements);
}

fn written(answer: &Answer, format: &Format) -> String {
    String::from_utf8(answer.write(format).body).unwrap()
}

/// Checks one answer in all formats.
fn assert_all_same(answer: &Answer) {
    let json = written(answer, &Format::Json);
    let read: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(read.as_object().unwrap().len(), 1);
    let padded = written(answer, &Format::Jsonp("done".to_owned()));
    assert!(!padded.contains(['\u{2028}', '\u{2029}']), "line ends of older JavaScript");
    let argument = padded.strip_prefix("/**/done(").unwrap().strip_suffix(");").unwrap();
    assert_eq!(serde_json::from_str::<Value>(argument).unwrap(), read);

    let xml = written(answer, &Format::Xml);
    // The reader lets nothing pass that is not well-formed, and no attribute twice.
    let document = roxmltree::Document::parse(&xml).unwrap();
    let root = document.root_element();
    assert_eq!(root.tag_name().name(), "subsonic-response");
    let all = root.descendants().filter(roxmltree::Node::is_element);
    for element in all {
        assert_eq!(element.tag_name().namespace(), Some("http://subsonic.org/restapi"));
    }
    // Without the namespace, names are compared as they stand.
    let plain = xml.replacen(" xmlns=\"http://subsonic.org/restapi\"", "", 1);
    let document = roxmltree::Document::parse(&plain).unwrap();
    assert_same(&read["subsonic-response"], document.root_element());
}

proptest! {
    #[test]
    fn every_answer_says_the_same_in_every_format(node in node(), version in text()) {
        assert_all_same(&Answer::new(&version, Ok(node)));
    }

    #[test]
    fn every_refusal_says_the_same_in_every_format(said in text()) {
        let refused = Answer::new("1", Err(Error::Generic(said.clone())));
        assert_all_same(&refused);
        let json: Value = serde_json::from_str(&written(&refused, &Format::Json)).unwrap();
        prop_assert_eq!(&json["subsonic-response"]["error"]["message"], &Value::String(said));
    }

    #[test]
    fn parameters_are_read_as_they_were_written(
        pairs in prop::collection::vec((text(), text()), 0..8),
        split in any::<prop::sample::Index>(),
    ) {
        let split = split.index(pairs.len() + 1);
        let encode = |pairs: &[(String, String)]| {
            url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
        };
        let (query, form) = (encode(&pairs[..split]), encode(&pairs[split..]));
        let parameters = Parameters::read(&query, form.as_bytes()).unwrap();
        for (name, _) in &pairs {
            let expected: Vec<&str> = pairs.iter()
                .filter(|(other, _)| other == name)
                .map(|(_, value)| value.as_str())
                .collect();
            prop_assert_eq!(parameters.text(name), expected.first().copied());
            prop_assert_eq!(parameters.all(name).collect::<Vec<_>>(), expected);
        }
    }

    #[test]
    fn whatever_is_asked_is_answered(
        start in prop::sample::select(vec!["", "u=a&p=enc:", "apiKey=", "v=", "f=jsonp&callback="]),
        bytes in prop::collection::vec(any::<u8>(), 0..60),
    ) {
        let form = [start.as_bytes(), &bytes].concat();
        let parameters = Parameters::read("", &form).unwrap();
        let asked = Request::read(&parameters);
        let format = Request::format(&parameters);
        let answer = Answer::new("1", asked.map(|_| Node::new()));
        // Only the name of a function stands before the bracket.
        if let (Format::Jsonp(name), "application/javascript; charset=utf-8") =
            (&format, answer.write(&format).content_type)
        {
            let fine = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '$');
            prop_assert!(!name.is_empty() && name.chars().all(fine), "{}", name);
        }
        assert_all_same(&answer);
    }
}
