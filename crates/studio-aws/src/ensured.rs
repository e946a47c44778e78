//! What became of something that was to be there.

/// What setting something up did about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ensured {
    /// It was not there, and is now.
    Made,
    /// It was there, as it should be.
    Kept,
    /// It was there, and something about it was changed: what, by its names.
    Changed(Vec<String>),
}
