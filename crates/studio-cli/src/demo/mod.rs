//! The music of `studio demo`: two songs, synthesised, the same bytes on every machine.

mod bass;
mod cafe;
mod drums;
mod evan;
mod guitar;
mod pluck;
mod prng;
mod room;
mod songs;
mod synth;
mod tune;
mod voice;
mod wav;

pub(crate) use songs::{ARTIST, Take, takes};
pub(crate) use wav::write_wav;
