//! What is done to the keys of a bucket in a round, chosen at random.

use crate::files::Random;

/// What a file is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Make {
    /// 48 kHz, 24 bits.
    Valid,
    /// 44.1 kHz, 16 bits.
    Rate,
    /// 48 kHz, 32 bits.
    Bits,
    /// No sound at all.
    Junk,
}

impl Make {
    /// The driver's name for it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::Rate => "rate",
            Self::Bits => "bits",
            Self::Junk => "junk",
        }
    }

    fn any_bad(random: &mut Random) -> Self {
        [Self::Rate, Self::Bits, Self::Junk][random.below(3) as usize]
    }

    fn any(random: &mut Random) -> Self {
        match random.below(100) {
            0..70 => Self::Valid,
            _ => Self::any_bad(random),
        }
    }
}

/// Something that is done to a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Op {
    /// A new file is put there.
    Put(Make),
    /// The object is removed by somebody.
    Delete,
    /// The asset's deletion is ordered through the service.
    Order,
}

/// What is done to a key in a round: one thing, or a second one while the first is still on
/// its way through the queues.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Turn {
    pub(super) first: Op,
    pub(super) second: Option<Op>,
}

impl Turn {
    /// Any, for a key at which there is a valid asset or nothing.
    pub(super) fn any(random: &mut Random, is_there: bool) -> Self {
        let one = |first| Self { first, second: None };
        let two = |first, second| Self { first, second: Some(second) };
        let put = Op::Put(Make::any(random));
        match random.below(100) {
            0..55 => one(put),
            55..70 => two(Op::Put(Make::any(random)), put),
            70..78 => two(put, Op::Delete),
            78..85 if is_there => one(Op::Delete),
            85..93 if is_there => one(Op::Order),
            93.. if is_there => two(Op::Order, put),
            _ => one(put),
        }
    }
}

/// Keys of all kinds that S3 takes, encoded in its events or not.
pub(super) fn key(number: u64) -> String {
    match number % 12 {
        0 => format!("plain_{number}.wav"),
        1 => format!("sp ace/take {number}.wav"),
        2 => format!("plus+and%percent/{number}%20.wav"),
        3 => format!("Björk/Jóga {number}.wav"),
        4 => format!("東京事変/群青日和 {number}.wav"),
        5 => format!("a&b=c;d/'quoted' {number}!.WAV"),
        6 => format!("(what) is *this*, {number}~.wav"),
        7 => format!("deep/er/and/deep/er/{number}/take.wav"),
        8 => format!("e\u{301}galite\u{301}/{number}.wav"),
        9 => format!("no extension {number}"),
        10 => format!("$@:,_-./{number}.wav"),
        // As long as a key can be: 1,024 bytes.
        _ => format!("{number:04}{}", "ü".repeat(510)),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn keys_differ_and_fit() {
        let keys: HashSet<String> = (0..3000).map(key).collect();
        assert_eq!(keys.len(), 3000);
        assert_eq!(keys.iter().map(String::len).max(), Some(1024));
    }

    #[test]
    fn only_what_is_there_is_deleted_first() {
        let mut random = Random::new(1);
        let turns = (0..2000).map(|_| Turn::any(&mut random, false));
        assert!(turns.into_iter().all(|turn| matches!(turn.first, Op::Put(_))));
        let mut turns = (0..2000).map(|_| Turn::any(&mut random, true));
        assert!(turns.any(|turn| turn.first == Op::Order && turn.second.is_some()));
    }
}
