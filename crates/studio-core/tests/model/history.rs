//! Random histories of a studio.

use proptest::collection::vec;
use proptest::prelude::*;
use studio_core::{Depth, VersionPath};
use studio_testkit::catalog_suite::path;

use crate::fuse::Blow;

/// Minutes of a day.
const DAY: u32 = 24 * 60;

/// How many places there are.
pub(crate) const PLACES: usize = 5;
/// How many takes there are that differ in their bytes.
pub(crate) const TAKES: usize = 4;

/// Something that happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// Somebody does something, and it may go wrong.
    Do(Deed, Trouble),
    /// So many minutes pass.
    Pass(u32),
    /// A manifest is lost from the store.
    LoseManifest(usize),
    /// A tombstone is lost from the store.
    LoseTombstone(usize),
    /// Somebody who is gone has left an object with these bytes.
    LeaveObject(usize),
    /// Somebody who is gone has left an upload of these bytes in parts.
    LeaveUpload(usize),
}

/// What somebody does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Deed {
    /// Uploads a take to a place, its names spelled as they first were or otherwise.
    Upload { place: usize, take: usize, otherwise: bool },
    /// Throws away what is at a place.
    Remove { place: usize },
    /// Takes back what is in the trash; the n-th of what is there.
    Restore(usize),
    /// Purges the n-th of what is in the trash.
    Purge(usize),
    /// Collects garbage.
    Collect,
    /// Examines the studio, and repairs.
    Heal(Depth),
    /// Recovers into the catalogue that is there.
    Recover,
}

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// Nothing.
    None,
    /// The call after so many others to store or catalogue fails.
    Fails(u32, Blow),
    /// It is cancelled when it has told of so many events.
    Cancelled(u32),
}

/// Where versions can stand, in names as they are first typed or otherwise.
pub(crate) fn place(index: usize, otherwise: bool) -> VersionPath {
    let names = [
        ["Khruangbin", "White Gloves", "Bass", "v1"],
        ["Khruangbin", "White Gloves", "Bass", "v2"],
        ["Khruangbin", "White Gloves", "Drums", "v1"],
        ["Bonobo", "Kerala", "Bass", "v1"],
        ["Männi", "Öse", "Drums", "v2"],
    ];
    let [artist, song, track, tag] = names[index].map(|name| match otherwise {
        true => name.to_uppercase(),
        false => name.to_owned(),
    });
    path(&artist, &song, &track, &tag)
}

/// Histories of up to so many steps.
pub(crate) fn histories(longest: usize) -> impl Strategy<Value = Vec<Step>> {
    vec(step(), 1..=longest)
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        14 => (deed(), trouble()).prop_map(|(deed, trouble)| Step::Do(deed, trouble)),
        4 => minutes().prop_map(Step::Pass),
        1 => (0usize..4).prop_map(Step::LoseManifest),
        1 => (0usize..4).prop_map(Step::LoseTombstone),
        1 => (0..TAKES).prop_map(Step::LeaveObject),
        1 => (0..TAKES).prop_map(Step::LeaveUpload),
    ]
}

fn deed() -> impl Strategy<Value = Deed> {
    prop_oneof![
        6 => (0..PLACES, 0..TAKES, prop::bool::weighted(0.2))
            .prop_map(|(place, take, otherwise)| Deed::Upload { place, take, otherwise }),
        4 => (0..PLACES).prop_map(|place| Deed::Remove { place }),
        2 => (0usize..3).prop_map(Deed::Restore),
        1 => (0usize..3).prop_map(Deed::Purge),
        2 => Just(Deed::Collect),
        2 => prop_oneof![Just(Deed::Heal(Depth::Full)), Just(Deed::Heal(Depth::Quick))],
        2 => Just(Deed::Recover),
    ]
}

fn trouble() -> impl Strategy<Value = Trouble> {
    let blow = prop_oneof![
        Just(Blow::LostRequest),
        Just(Blow::LostAnswer),
        Just(Blow::DeathBefore),
        Just(Blow::DeathAfter),
    ];
    prop_oneof![
        6 => Just(Trouble::None),
        4 => (0u32..14, blow).prop_map(|(calls, blow)| Trouble::Fails(calls, blow)),
        1 => (0u32..9).prop_map(Trouble::Cancelled),
    ]
}

fn minutes() -> impl Strategy<Value = u32> {
    prop_oneof![1..4u32, 5..30u32, 60..DAY, DAY..9 * DAY, 20 * DAY..50 * DAY]
}
