//! Takes that sound, and songs of them.

use studio_testkit::wav::Wav;
use studio_testkit::wav::signal::sine;

use super::Desk;

/// So many frames of a tone: 48 kHz, 24 bits.
pub(crate) fn tone(hertz: f64, frames: usize, channels: u16) -> Vec<u8> {
    Wav::pcm(48_000, channels, 24).ints(&sine(frames, channels, 48_000, hertz, 0.2)).build()
}

/// Half a second of it.
pub(crate) fn take(hertz: f64) -> Vec<u8> {
    tone(hertz, 24_000, 1)
}

/// A take at 44.1 kHz with 16 bits.
pub(crate) fn cd_take() -> Vec<u8> {
    Wav::pcm(44_100, 1, 16).ints(&sine(22_050, 1, 44_100, 330.0, 0.2)).build()
}

/// Stores a song of three tracks with two takes each, and says whose it is for every run.
pub(crate) fn blue_hour() -> Desk {
    let desk = Desk::new().with("STUDIO_ARTIST", "Ana Torres").with("STUDIO_PERSON", "Ana");
    store_blue_hour(&desk);
    desk
}

/// Stores the song of [`blue_hour`].
pub(crate) fn store_blue_hour(desk: &Desk) {
    for (n, track) in ["Bass", "Guitar", "Vocal"].into_iter().enumerate() {
        for take_number in 1..=2 {
            let hertz = 110.0 * (n + 1) as f64 + f64::from(take_number);
            let tag = format!("take_{take_number}");
            desk.store("Ana Torres", "Blue Hour", track, &tag, &take(hertz));
        }
    }
}

/// Picks a take of each of its tracks.
pub(crate) fn pick_blue_hour(desk: &Desk) {
    for (track, tag) in [("Bass", "take_1"), ("Guitar", "take_2"), ("Vocal", "take_1")] {
        desk.run(&["pick", "-s", "Blue Hour", "-t", track, "-v", tag]).out();
    }
}

/// What somebody has in their directory who does not look closely.
pub(crate) fn mixed_bag(desk: &Desk) {
    desk.file("good.wav", &take(220.0));
    desk.file("cd.wav", &cd_take());
    desk.file("page.wav", b"<!DOCTYPE html><html><body>404 not found</body></html>");
    desk.file("empty.wav", b"");
    desk.file("cut.wav", &Wav::good(1).build_cut(100_000));
    desk.file("silent.wav", &Wav::pcm(48_000, 1, 24).ints(&[0; 24_000]).build());
}

/// Its files.
pub(crate) const BAG: [&str; 6] =
    ["good.wav", "cd.wav", "page.wav", "empty.wav", "cut.wav", "silent.wav"];
