//! Reading JSON that may be anything.
//!
//! Discogs leaves things out, sends `null`, empty texts, numbers as texts, and now and then
//! another type than yesterday. A field that makes no sense is empty; an item of a list that
//! makes no sense is left out.

use serde_json::{Map, Value};

use crate::text::{address, clean_name, one_line};

/// More items than this of anything are nobody's to read.
const MOST_ITEMS: usize = 2000;

/// The fields of an object.
#[derive(Clone, Copy)]
pub(crate) struct Fields<'a>(&'a Map<String, Value>);

impl<'a> Fields<'a> {
    /// Those of an object; `None` for what is none.
    pub(crate) fn of(value: &'a Value) -> Option<Self> {
        value.as_object().map(Self)
    }

    /// A text as it came.
    pub(crate) fn raw(self, name: &str) -> &'a str {
        self.0.get(name).and_then(Value::as_str).unwrap_or_default()
    }

    /// A text on one line.
    pub(crate) fn text(self, name: &str) -> String {
        one_line(self.raw(name))
    }

    /// A name as people write it.
    pub(crate) fn name(self, name: &str) -> String {
        clean_name(self.raw(name))
    }

    /// An address that may be linked to, or nothing.
    pub(crate) fn address(self, name: &str) -> String {
        address(self.raw(name)).unwrap_or_default()
    }

    /// A number, be it written as a text; 0 for everything else.
    pub(crate) fn number(self, name: &str) -> u64 {
        match self.0.get(name) {
            Some(Value::Number(number)) => number.as_u64().unwrap_or(0),
            Some(Value::String(text)) => text.trim().parse().unwrap_or(0),
            _ => 0,
        }
    }

    /// A number that stands for something; `None` for 0.
    pub(crate) fn id(self, name: &str) -> Option<u64> {
        Some(self.number(name)).filter(|id| *id != 0)
    }

    /// A small number; 0 for one that is not.
    pub(crate) fn small(self, name: &str) -> u32 {
        u32::try_from(self.number(name)).unwrap_or(0)
    }

    /// Yes or no, where it is said.
    pub(crate) fn flag(self, name: &str) -> Option<bool> {
        self.0.get(name).and_then(Value::as_bool)
    }

    /// A list of texts, without the empty ones.
    pub(crate) fn texts(self, name: &str) -> Vec<String> {
        let texts = self.values(name).iter().filter_map(Value::as_str).map(one_line);
        texts.filter(|text| !text.is_empty()).take(MOST_ITEMS).collect()
    }

    /// A list of addresses, without what is none.
    pub(crate) fn addresses(self, name: &str) -> Vec<String> {
        let texts = self.values(name).iter().filter_map(Value::as_str);
        texts.filter_map(address).take(MOST_ITEMS).collect()
    }

    /// A list of objects, each as ours, but for those that are nothing.
    pub(crate) fn items<T>(self, name: &str, ours: impl FnMut(Fields<'a>) -> Option<T>) -> Vec<T> {
        items(self.values(name), ours)
    }

    /// A list that must be there; `None` where it is not.
    pub(crate) fn list(self, name: &str) -> Option<&'a [Value]> {
        self.0.get(name)?.as_array().map(Vec::as_slice)
    }

    fn values(self, name: &str) -> &'a [Value] {
        self.list(name).unwrap_or_default()
    }
}

/// Each object of a list as ours, but for those that are nothing; and not without end.
pub(crate) fn items<'a, T>(
    values: &'a [Value],
    ours: impl FnMut(Fields<'a>) -> Option<T>,
) -> Vec<T> {
    values.iter().filter_map(Fields::of).filter_map(ours).take(MOST_ITEMS).collect()
}
