//! What must be known and stored in the end.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde_json::Value;

use super::script::{Make, Op, Turn};
use crate::s3::Object;

/// Below this lies what was found bad.
const ASIDE: &str = "quarantine/";

/// A file that was put under a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Content {
    pub(super) etag: String,
    pub(super) sha256: String,
}

/// What must be known of a key.
#[derive(Debug)]
struct Known {
    /// One of these; more than one where a race allows it.
    statuses: &'static [&'static str],
    /// The last file that was put there.
    content: Content,
    is_there: bool,
}

/// What must be there after some rounds.
#[derive(Debug, Default)]
pub(super) struct Model {
    keys: BTreeMap<String, Known>,
    /// Bad files, by their digest, that must lie aside.
    aside: HashSet<String>,
    /// Those that may: they were gone before anybody need have looked at them.
    maybe_aside: HashSet<String>,
}

impl Model {
    /// Whether there is an object under a key, which is valid then.
    pub(super) fn is_there(&self, key: &str) -> bool {
        self.keys.get(key).is_some_and(|known| known.is_there)
    }

    /// How many valid assets there must be.
    pub(super) fn valid(&self) -> usize {
        self.keys.values().filter(|known| known.is_there).count()
    }

    /// How many files must lie aside.
    pub(super) fn aside(&self) -> usize {
        self.aside.len()
    }

    /// How many keys were used.
    pub(super) fn keys(&self) -> usize {
        self.keys.len()
    }

    /// Takes a turn into account, with the files that were put.
    pub(super) fn take(&mut self, key: &str, turn: Turn, put: [Option<Content>; 2]) {
        let [first, second] = put;
        self.step(key, turn.first, first);
        let Some(op) = turn.second else { return };
        let hasty = self.keys.get(key).map(|known| known.content.sha256.clone());
        let was_bad = matches!(turn.first, Op::Put(make) if make != Make::Valid);
        self.step(key, op, second);
        if was_bad {
            // It was gone or replaced while it was looked at, if it was.
            if let Some(sha256) = hasty.filter(|sha256| self.aside.remove(sha256)) {
                self.maybe_aside.insert(sha256);
            }
            if op == Op::Delete
                && let Some(known) = self.keys.get_mut(key)
            {
                known.statuses = &["deleted", "quarantined", "rejected"];
            }
        }
    }

    fn step(&mut self, key: &str, op: Op, content: Option<Content>) {
        match (op, content) {
            (Op::Put(make), Some(content)) => {
                let is_there = make == Make::Valid;
                if !is_there {
                    self.aside.insert(content.sha256.clone());
                }
                let statuses: &[_] = if is_there { &["valid"] } else { &["quarantined"] };
                self.keys.insert(key.to_owned(), Known { statuses, content, is_there });
            }
            (Op::Put(_), None) => {}
            (Op::Delete | Op::Order, _) => {
                if let Some(known) = self.keys.get_mut(key) {
                    known.statuses = &["deleted"];
                    known.is_there = false;
                }
            }
        }
    }

    /// What is not as it must be in the listing of the assets.
    pub(super) fn compare_assets(&self, assets: &[Value]) -> Vec<String> {
        let text = |asset: &Value, name: &str| asset[name].as_str().unwrap_or_default().to_owned();
        let mut faults = Vec::new();
        let mut found = HashMap::new();
        for asset in assets {
            let key = text(asset, "key");
            match self.keys.get(&key) {
                None => faults.push(format!("{key} is known, and nobody put it there")),
                Some(known) => {
                    let (status, etag) = (text(asset, "status"), text(asset, "etag"));
                    if !known.statuses.contains(&status.as_str()) {
                        let wanted = known.statuses;
                        faults.push(format!("{key} is {status}, and not one of {wanted:?}"));
                    } else if status != "deleted" && etag != known.content.etag {
                        faults.push(format!("{key} is {status} in another state: {etag}"));
                    } else if status == "valid" && !is_sound(asset) {
                        faults.push(format!("{key} has other sound: {asset}"));
                    }
                    if found.insert(key.clone(), ()).is_some() {
                        faults.push(format!("{key} is known twice"));
                    }
                }
            }
        }
        let missing = self.keys.keys().filter(|key| !found.contains_key(*key));
        faults.extend(missing.map(|key| format!("{key} is not known")));
        faults
    }

    /// What is not as it must be in the bucket.
    pub(super) fn compare_objects(&self, objects: &[Object]) -> Vec<String> {
        let mut faults = Vec::new();
        let mut aside = HashSet::new();
        let mut there = HashMap::new();
        for object in objects {
            if object.key.starts_with(ASIDE) {
                let is_known = self.aside.contains(&object.sha256)
                    || self.maybe_aside.contains(&object.sha256);
                if !is_known || !aside.insert(object.sha256.as_str()) {
                    faults.push(format!("{} is none of the bad files, or twice", object.key));
                }
            } else {
                there.insert(object.key.as_str(), object.sha256.as_str());
            }
        }
        let lost = self.aside.iter().filter(|sha256| !aside.contains(sha256.as_str()));
        faults.extend(lost.map(|sha256| format!("the bad file {sha256} is lost")));
        for (key, known) in &self.keys {
            match (known.is_there, there.remove(key.as_str())) {
                (true, Some(sha256)) if sha256 == known.content.sha256 => {}
                (true, Some(_)) => faults.push(format!("{key} has other bytes")),
                (true, None) => faults.push(format!("the healthy {key} is lost")),
                (false, Some(_)) => faults.push(format!("{key} is still there")),
                (false, None) => {}
            }
        }
        faults.extend(there.keys().map(|key| format!("{key} is there, and nobody put it")));
        faults
    }
}

fn is_sound(asset: &Value) -> bool {
    let number = |name: &str| asset[name].as_u64();
    let wanted = [("sample_rate", 48_000), ("bits_per_sample", 24), ("channel_count", 2)];
    wanted.into_iter().all(|(name, wanted)| number(name) == Some(wanted))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn content(name: &str) -> Option<Content> {
        Some(Content { etag: name.to_owned(), sha256: format!("{name}{name}") })
    }

    fn asset(key: &str, status: &str, etag: &str) -> Value {
        json!({
            "key": key, "status": status, "etag": etag,
            "sample_rate": 48_000, "bits_per_sample": 24, "channel_count": 2,
        })
    }

    fn object(key: &str, name: &str) -> Object {
        Object { key: key.to_owned(), size: 1, sha256: format!("{name}{name}") }
    }

    fn model() -> Model {
        let mut model = Model::default();
        let one = |first| Turn { first, second: None };
        let bad = Op::Put(Make::Rate);
        model.take("good", one(Op::Put(Make::Valid)), [content("g"), None]);
        model.take("bad", one(bad), [content("b"), None]);
        model.take("gone", one(Op::Put(Make::Valid)), [content("x"), None]);
        model.take("gone", one(Op::Order), [None, None]);
        let race = Turn { first: bad, second: Some(Op::Delete) };
        model.take("race", race, [content("r"), None]);
        model
    }

    #[test]
    fn what_is_as_it_must_be_has_no_faults() {
        let model = model();
        assert_eq!((model.valid(), model.aside(), model.keys()), (1, 1, 4));
        for (status, aside) in [("deleted", false), ("quarantined", true), ("rejected", false)] {
            let assets = [
                asset("good", "valid", "g"),
                asset("bad", "quarantined", "b"),
                asset("gone", "deleted", "x"),
                asset("race", status, "r"),
            ];
            assert_eq!(model.compare_assets(&assets), [""; 0]);
            let mut objects = vec![object("good", "g"), object("quarantine/1/bad", "b")];
            objects.extend(aside.then(|| object("quarantine/2/race", "r")));
            assert_eq!(model.compare_objects(&objects), [""; 0]);
        }
    }

    #[test]
    fn every_fault_is_found() {
        let model = model();
        let assets = [
            asset("good", "valid", "other"),
            asset("bad", "valid", "b"),
            asset("gone", "deleting", "x"),
            asset("stranger", "valid", "s"),
        ];
        // The fifth: nothing is known of `race`.
        assert_eq!(model.compare_assets(&assets).len(), 5);
        let objects = [object("good", "other"), object("gone", "x"), object("stranger", "s")];
        // The fourth: the bad file is lost.
        assert_eq!(model.compare_objects(&objects).len(), 4);
        let faults = model.compare_objects(&[object("quarantine/1/bad", "b")]);
        assert_eq!(faults, ["the healthy good is lost"]);
    }
}
