//! What listeners do, on a catalogue in memory.

mod browse;
mod marks;
mod playing;
mod playlists;
mod shares;
mod stage;
