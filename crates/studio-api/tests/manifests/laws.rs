//! What holds for every manifest, whatever it is of.

use std::fmt::Debug;

use proptest::sample::Index;
use serde_json::Value;
use studio_api::v1::ManifestError;

/// A kind of manifest.
pub(crate) trait Kind {
    /// What it tells.
    type Told: Debug + PartialEq;
    /// Its format.
    const FORMAT: &str;
    /// One of them, as it stands in stores.
    const GOLDEN: &str;

    fn encode(told: &Self::Told) -> String;

    fn decode(json: &[u8]) -> Result<Self::Told, ManifestError>;
}

/// Expects JSON to be refused, or to mean one thing.
pub(crate) fn assert_refused_or_one<K: Kind>(json: &[u8]) {
    if let Ok(told) = K::decode(json) {
        assert_eq!(K::decode(K::encode(&told).as_bytes()).unwrap(), told);
    }
}

/// How the golden text is damaged: where, with what, in which way.
pub(crate) type Damage = (Index, u8, u8);

pub(crate) fn damaged(text: &str, damages: Vec<Damage>) -> Vec<u8> {
    let mut json = text.as_bytes().to_vec();
    for (index, byte, how) in damages {
        let at = index.index(json.len());
        match how {
            0 => json[at] = byte,
            1 => json.insert(at, byte),
            2 => json[at] ^= 1 << (byte % 8),
            _ => drop(json.remove(at)),
        }
    }
    json
}

/// Every object in some JSON, the innermost first.
pub(crate) fn for_each_object(
    json: &mut Value,
    act: &mut impl FnMut(&mut serde_json::Map<String, Value>),
) {
    match json {
        Value::Object(fields) => {
            fields.values_mut().for_each(|value| for_each_object(value, act));
            act(fields);
        }
        Value::Array(items) => items.iter_mut().for_each(|item| for_each_object(item, act)),
        _ => {}
    }
}

/// Each field of each object of a manifest, given as JSON with that field another.
pub(crate) fn with_each_field<K: Kind>(
    change: impl Fn(&mut Value) -> Option<Value>,
) -> Vec<(String, String)> {
    let golden: Value = serde_json::from_str(K::GOLDEN).unwrap();
    let mut fields = 0;
    for_each_object(&mut golden.clone(), &mut |object| fields += object.len());
    let mut changed = Vec::new();
    for wanted in 0..fields {
        let (mut json, mut at, mut name) = (golden.clone(), 0, String::new());
        for_each_object(&mut json, &mut |object| {
            let keys: Vec<_> = object.keys().cloned().collect();
            for key in keys {
                if at == wanted {
                    match change(&mut object[&key]) {
                        Some(value) => drop(object.insert(key.clone(), value)),
                        None => drop(object.remove(&key)),
                    }
                    name.clone_from(&key);
                }
                at += 1;
            }
        });
        changed.push((name, json.to_string()));
    }
    changed
}

/// The field that is refused when a text in a manifest is another.
pub(crate) fn refused_field<K: Kind>(old: &str, new: &str) -> &'static str {
    let json = K::GOLDEN.replacen(old, new, 1);
    assert_ne!(json, K::GOLDEN, "{old}");
    match K::decode(json.as_bytes()) {
        Err(ManifestError::Field(error)) => {
            assert!(std::error::Error::source(&error).is_some());
            error.field
        }
        other => panic!("{new}: {other:?}"),
    }
}

/// Makes a test of each law for a kind of manifest and any of its values.
macro_rules! laws {
    ($kind:ty, $example:expr, $values:expr) => {
        mod laws {
            use proptest::collection::vec;
            use proptest::prelude::*;
            use proptest::sample::Index;
            use serde_json::{Value, json};
            use studio_api::v1::ManifestError;

            use super::*;
            use crate::laws::{
                Kind, assert_refused_or_one, damaged, for_each_object, with_each_field,
            };

            fn decode(json: &str) -> Result<<$kind as Kind>::Told, ManifestError> {
                <$kind>::decode(json.as_bytes())
            }

            #[test]
            fn its_text_is_this() {
                assert_eq!(<$kind>::encode(&$example), <$kind>::GOLDEN);
                assert_eq!(decode(<$kind>::GOLDEN).unwrap(), $example);
            }

            #[test]
            fn fields_of_a_later_studio_are_passed_over() {
                let mut json: Value = serde_json::from_str(<$kind>::GOLDEN).unwrap();
                for_each_object(&mut json, &mut |object| {
                    object.insert("later".to_owned(), json!([null, { "a": 1.5e300 }]));
                });
                assert_eq!(decode(&json.to_string()).unwrap(), $example);
            }

            #[test]
            fn another_format_is_refused() {
                let own = <$kind>::FORMAT;
                let newer = own.replace("/1", "/2");
                for format in [newer.as_str(), "studio.album/1", "", &own.to_uppercase()] {
                    let json = <$kind>::GOLDEN.replacen(own, format, 1);
                    let error = decode(&json).unwrap_err();
                    assert!(matches!(error, ManifestError::Format { .. }), "{error:?}");
                    assert_eq!(error.to_string(), format!("format `{format}` is not `{own}`"));
                }
                // Of what a newer format is, nothing is known but its name.
                let later = format!(r#"{{"format": "{newer}", "id": 7}}"#);
                let error = decode(&later).unwrap_err();
                assert!(matches!(error, ManifestError::Format { .. }), "{error:?}");
            }

            #[test]
            fn what_is_no_manifest_is_refused() {
                let golden = <$kind>::GOLDEN;
                let twice = golden.replacen("\"id\"", "\"id\": \"7\", \"id\"", 1);
                let two = format!("{golden}{golden}");
                for json in ["", "null", "[]", "{}", "\u{FEFF}", &twice, &two] {
                    let error = decode(json).unwrap_err();
                    assert!(matches!(error, ManifestError::Json(_)), "{json}: {error:?}");
                    assert_eq!(error.to_string(), "not the JSON of a manifest");
                }
            }

            #[test]
            fn endless_nesting_is_refused_and_not_followed() {
                let deep = "[".repeat(1_000_000);
                assert!(decode(&deep).is_err());
                let json =
                    <$kind>::GOLDEN.replacen("{\n", &format!("{{ \"later\": {deep},\n"), 1);
                assert!(decode(&json).is_err());
            }

            #[test]
            fn every_field_is_needed_unless_it_may_be_null() {
                let nulled = with_each_field::<$kind>(|_| Some(Value::Null));
                let removed = with_each_field::<$kind>(|_| None);
                for ((name, null), (_, none)) in nulled.iter().zip(&removed) {
                    match (decode(null), decode(none)) {
                        (Ok(null), Ok(none)) => assert_eq!(null, none, "{name}"),
                        (Err(_), Err(_)) => {}
                        unexpected => panic!("{name}: {unexpected:?}"),
                    }
                }
            }

            proptest! {
                #[test]
                fn every_value_survives(told in $values) {
                    let json = <$kind>::encode(&told);
                    prop_assert_eq!(json.lines().last(), Some("}"));
                    prop_assert_eq!(decode(&json).unwrap(), told);
                }

                #[test]
                fn any_bytes_are_answered(
                    bytes in vec(any::<u8>(), 0..200),
                    text in "[\\[\\]{}\":,0-9etrufalsn \\\\]*",
                ) {
                    prop_assert!(<$kind>::decode(&bytes).is_err());
                    prop_assert!(decode(&text).is_err());
                }

                #[test]
                fn what_is_damaged_is_refused_or_means_one_thing(
                    damages in vec((any::<Index>(), any::<u8>(), 0..4_u8), 1..6),
                ) {
                    assert_refused_or_one::<$kind>(&damaged(<$kind>::GOLDEN, damages));
                }

                #[test]
                fn what_is_cut_short_is_refused(cut in any::<Index>()) {
                    // Without its last line end it is whole; without any more it is not.
                    let golden = <$kind>::GOLDEN.as_bytes();
                    let end = cut.index(golden.len() - 1);
                    prop_assert!(<$kind>::decode(&golden[..end]).is_err());
                }
            }

            proptest! {
                #![proptest_config(ProptestConfig::with_cases(16))]

                #[test]
                fn anything_in_any_field_is_answered(
                    text in any::<String>(),
                    number in any::<i64>(),
                    fraction in any::<f64>(),
                ) {
                    for value in [json!(text), json!(number), json!(fraction), json!([text])] {
                        for (_, json) in with_each_field::<$kind>(|_| Some(value.clone())) {
                            assert_refused_or_one::<$kind>(json.as_bytes());
                        }
                    }
                }
            }
        }
    };
}
pub(crate) use laws;
