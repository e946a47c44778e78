//! The tree of which XML and JSON are made.

use serde_json::{Map, Number, Value};

/// An element: its fields in their order.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Node {
    pub(crate) fields: Vec<(&'static str, Field)>,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Field {
    Text(String),
    Whole(i64),
    Real(f64),
    Flag(bool),
    /// What stands between the tags of the element itself.
    Content(String),
    One(Node),
    Many(Vec<Node>),
    Texts(Vec<String>),
    Wholes(Vec<i64>),
}

impl Node {
    /// Without any field.
    pub fn new() -> Self {
        Self::default()
    }

    fn with(mut self, name: &'static str, field: Field) -> Self {
        self.fields.push((name, field));
        self
    }

    /// With a text.
    #[must_use]
    pub fn text(self, name: &'static str, value: impl Into<String>) -> Self {
        self.with(name, Field::Text(value.into()))
    }

    /// With a text, if there is one.
    #[must_use]
    pub fn maybe_text(self, name: &'static str, value: Option<impl Into<String>>) -> Self {
        match value {
            Some(value) => self.text(name, value),
            None => self,
        }
    }

    /// With a whole number.
    #[must_use]
    pub fn whole(self, name: &'static str, value: i64) -> Self {
        self.with(name, Field::Whole(value))
    }

    /// With a whole number, if there is one.
    #[must_use]
    pub fn maybe_whole(self, name: &'static str, value: Option<i64>) -> Self {
        match value {
            Some(value) => self.whole(name, value),
            None => self,
        }
    }

    /// With a number, if there is one and it can be written.
    #[must_use]
    pub fn maybe_real(self, name: &'static str, value: Option<f64>) -> Self {
        match value.filter(|value| value.is_finite()) {
            Some(value) => self.with(name, Field::Real(value)),
            None => self,
        }
    }

    /// With a truth value.
    #[must_use]
    pub fn flag(self, name: &'static str, value: bool) -> Self {
        self.with(name, Field::Flag(value))
    }

    /// With a text between its own tags in XML, which JSON has under `value`.
    #[must_use]
    pub fn content(self, value: impl Into<String>) -> Self {
        self.with("value", Field::Content(value.into()))
    }

    /// With one element.
    #[must_use]
    pub fn one(self, name: &'static str, node: impl Into<Self>) -> Self {
        self.with(name, Field::One(node.into()))
    }

    /// With elements: in JSON an array, however many there are.
    #[must_use]
    pub fn many<N: Into<Self>>(
        self,
        name: &'static str,
        nodes: impl IntoIterator<Item = N>,
    ) -> Self {
        self.with(name, Field::Many(nodes.into_iter().map(Into::into).collect()))
    }

    /// With texts, each an element in XML.
    #[must_use]
    pub fn texts<T: Into<String>>(
        self,
        name: &'static str,
        texts: impl IntoIterator<Item = T>,
    ) -> Self {
        self.with(name, Field::Texts(texts.into_iter().map(Into::into).collect()))
    }

    /// With whole numbers, each an element in XML.
    #[must_use]
    pub fn wholes(self, name: &'static str, numbers: impl IntoIterator<Item = i64>) -> Self {
        self.with(name, Field::Wholes(numbers.into_iter().collect()))
    }

    /// As JSON has it.
    pub fn to_json(&self) -> Value {
        let fields = self.fields.iter();
        let fields = fields.map(|(name, field)| ((*name).to_owned(), field.to_json()));
        Value::Object(fields.collect::<Map<_, _>>())
    }
}

impl Field {
    fn to_json(&self) -> Value {
        match self {
            Self::Text(text) | Self::Content(text) => Value::from(text.as_str()),
            Self::Whole(number) => Value::from(*number),
            Self::Real(number) => Number::from_f64(*number).map_or(Value::Null, Value::Number),
            Self::Flag(flag) => Value::from(*flag),
            Self::One(node) => node.to_json(),
            Self::Many(nodes) => nodes.iter().map(Node::to_json).collect(),
            Self::Texts(texts) => texts.iter().map(String::as_str).collect(),
            Self::Wholes(numbers) => numbers.iter().copied().collect(),
        }
    }
}
