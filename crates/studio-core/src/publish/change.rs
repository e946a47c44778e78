//! What is to become of a field.

/// What is to become of a field that may be empty.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Wanted<T> {
    /// It stays as it is.
    #[default]
    AsIs,
    /// It becomes empty.
    Nothing,
    /// It becomes this.
    Value(T),
}

impl<T: Clone> Wanted<T> {
    /// The field afterwards.
    pub(super) fn applied(&self, before: Option<T>) -> Option<T> {
        match self {
            Self::AsIs => before,
            Self::Nothing => None,
            Self::Value(value) => Some(value.clone()),
        }
    }
}
