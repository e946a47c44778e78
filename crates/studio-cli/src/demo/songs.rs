//! The demo studio's recordings: two songs by a fictional band, with several
//! takes of each track, and how a take is rendered to audio.

use super::bass::{self, Bass, BassBar};
use super::drums::{self, DrumBar};
use super::guitar::{self, Guitar, GuitarBar};
use super::synth::master;
use super::tune::{Feel, Tempo};
use super::voice::{self, Singer, Syllable};
use super::{cafe, evan};

/// The fictional band that plays both songs.
pub(crate) const ARTIST: &str = "The Tin Orchard Club";

/// One recording: a version of a track of a song.
pub(crate) struct Take {
    /// Title of the song.
    pub(crate) song: &'static str,
    /// Name of the track.
    pub(crate) track: &'static str,
    /// Name of the version, unique within the track.
    pub(crate) version: &'static str,
    /// Name of its WAV file, unique within the studio.
    pub(crate) file_name: &'static str,
    /// Number of channels: 1 or 2.
    pub(crate) channels: u16,
    tempo: Tempo,
    feel: Feel,
    part: Part,
}

/// What is played, and on what.
pub(super) enum Part {
    Drums(&'static [DrumBar]),
    Bass(Bass, &'static [BassBar]),
    Guitar(Guitar, &'static [GuitarBar]),
    Vocals(Singer, &'static [Syllable]),
}

/// A song while its takes are listed.
pub(super) struct Session {
    pub(super) song: &'static str,
    pub(super) tempo: Tempo,
}

impl Session {
    /// A take of this song; `name` is its track, version and file name.
    pub(super) fn take(&self, name: [&'static str; 3], feel: Feel, part: Part) -> Take {
        let [track, version, file_name] = name;
        Take {
            song: self.song,
            track,
            version,
            file_name,
            channels: match part {
                Part::Drums(_) | Part::Guitar(..) => 2,
                Part::Bass(..) | Part::Vocals(..) => 1,
            },
            tempo: self.tempo,
            feel,
            part,
        }
    }
}

impl Take {
    /// Renders the take at 48 kHz: interleaved samples in -1..1. All takes of
    /// a song have the same tempo and the same number of frames.
    pub(crate) fn render(&self) -> Vec<f64> {
        let (tempo, feel) = (self.tempo, self.feel);
        let mut audio = match self.part {
            Part::Drums(bars) => drums::play(bars, tempo, feel),
            Part::Bass(bass, bars) => bass::play(bass, bars, tempo, feel),
            Part::Guitar(guitar, bars) => guitar::play(guitar, bars, tempo, feel),
            Part::Vocals(singer, syllables) => voice::sing_part(singer, syllables, tempo, feel),
        };
        master(&mut audio, usize::from(self.channels), feel.peak_dbfs);
        audio
    }
}

/// All takes of the demo studio, by song, track and version.
pub(crate) fn takes() -> Vec<Take> {
    let mut takes = evan::takes();
    takes.extend(cafe::takes());
    takes
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::sync::LazyLock;

    use super::super::wav::write_wav;
    use super::*;

    /// FNV-1a (64 bit) of the WAV file of every take. If these change, demo
    /// studios of different machines or versions no longer agree.
    const FINGERPRINTS: [(&str, u64); 20] = [
        ("evan_third_room_dj_drums_demo.wav", 0xD35D_E5A7_9CAE_E814),
        ("evan_third_room_dj_drums_take_two.wav", 0xA281_594E_F408_80B0),
        ("evan_third_room_dj_drums_third_take.wav", 0x8704_A8B5_5D80_4486),
        ("evan_third_room_bass_demo.wav", 0x7AAB_F4E1_8EFF_B872),
        ("evan_third_room_bass_take_two.wav", 0x7AA2_91F3_F6D7_DFCA),
        ("evan_third_room_guitar_demo.wav", 0xD1F6_A6FD_95B7_F658),
        ("evan_third_room_guitar_take_two.wav", 0x8AF4_5094_376F_5CCE),
        ("evan_third_room_guitar_take_three.wav", 0x681B_AE7D_C084_BECB),
        ("evan_third_room_vocals_demo.wav", 0xFD6B_D264_E4E7_77B1),
        ("evan_third_room_vocals_take_two.wav", 0xD782_6FA0_EDAC_0AC0),
        ("evan_third_room_vocals_take_three.wav", 0xCD54_934A_080B_6D5E),
        ("cafe_beneath_the_tide_drums_brushes.wav", 0x978D_7035_584B_169A),
        ("cafe_beneath_the_tide_drums_sticks.wav", 0x4A39_9B76_349A_8934),
        ("cafe_beneath_the_tide_bass_in_one.wav", 0x259A_F7A9_8E96_3452),
        ("cafe_beneath_the_tide_bass_walking.wav", 0xE8AA_59B1_31B4_837E),
        ("cafe_beneath_the_tide_guitar_picked.wav", 0x1001_D1B5_E6AC_D24A),
        ("cafe_beneath_the_tide_guitar_late_night.wav", 0xEE07_8CDE_8AF9_38B0),
        ("cafe_beneath_the_tide_vocals_first.wav", 0xA219_FACD_9AE2_E844),
        ("cafe_beneath_the_tide_vocals_second.wav", 0x9029_8417_B1EC_79D7),
        ("cafe_beneath_the_tide_vocals_whispered.wav", 0x8B48_1D76_78F5_4FBF),
    ];

    /// Every take with its audio, rendered once for all tests.
    static RENDERED: LazyLock<Vec<(Take, Vec<f64>)>> = LazyLock::new(|| {
        let render = |take: Take| {
            let audio = take.render();
            (take, audio)
        };
        takes().into_iter().map(render).collect()
    });

    fn fingerprint(take: &Take, audio: &[f64]) -> std::io::Result<u64> {
        let mut wav = Vec::new();
        write_wav(&mut wav, take.channels, audio)?;
        Ok(wav.iter().fold(0xCBF2_9CE4_8422_2325, |hash, byte| {
            (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01B3)
        }))
    }

    #[test]
    fn the_audio_is_the_same_on_every_machine() -> std::io::Result<()> {
        let mut actual = Vec::new();
        for (take, audio) in RENDERED.iter() {
            actual.push((take.file_name, fingerprint(take, audio)?));
        }
        assert_eq!(actual, FINGERPRINTS);
        Ok(())
    }

    #[test]
    fn rendering_twice_gives_the_same_bytes() -> std::io::Result<()> {
        for (take, audio) in RENDERED.iter().step_by(4) {
            let again = fingerprint(take, &take.render())?;
            assert_eq!(again, fingerprint(take, audio)?, "{}", take.file_name);
        }
        Ok(())
    }

    #[test]
    fn levels_are_healthy() {
        for (take, audio) in RENDERED.iter() {
            let peak = audio.iter().fold(0.0_f64, |peak, s| peak.max(s.abs()));
            let peak_dbfs = 20.0 * libm::log10(peak);
            assert!((-12.0..-1.0).contains(&peak_dbfs), "{}", take.file_name);
            let channels = usize::from(take.channels);
            for channel in 0..channels {
                let samples = || audio.iter().skip(channel).step_by(channels);
                let count = samples().count() as f64;
                let mean = samples().sum::<f64>() / count;
                assert!(mean.abs() < 1e-4, "{}", take.file_name);
                let square = samples().map(|s| s * s).sum::<f64>() / count;
                assert!(square > 1e-3, "{} is nearly silent", take.file_name);
            }
        }
    }

    #[test]
    fn takes_start_and_end_in_silence() {
        for (take, audio) in RENDERED.iter() {
            assert_eq!(audio.first(), Some(&0.0), "{}", take.file_name);
            assert_eq!(audio.last(), Some(&0.0), "{}", take.file_name);
        }
    }

    #[test]
    fn all_takes_of_a_song_have_the_same_length() {
        let mut lengths = BTreeMap::new();
        for (take, audio) in RENDERED.iter() {
            let frames = audio.len() / usize::from(take.channels);
            assert_eq!(*lengths.entry(take.song).or_insert(frames), frames);
            assert_eq!(audio.len() % usize::from(take.channels), 0);
        }
        let lengths: Vec<usize> = lengths.into_values().collect();
        assert_eq!(lengths, [460_800, 480_000]);
    }

    #[test]
    fn versions_differ_and_names_are_unique() {
        let mut versions = BTreeMap::new();
        let mut files = BTreeMap::new();
        for (take, audio) in RENDERED.iter() {
            let name = (take.song, take.track, take.version);
            assert!(versions.insert(name, audio).is_none());
            assert!(files.insert(take.file_name, ()).is_none());
        }
        for ((song, track, version), audio) in &versions {
            let others = versions.range((*song, *track, "")..);
            let twins = others.filter(|(name, other)| {
                (name.0, name.1) == (*song, *track) && name.2 != *version && *other == audio
            });
            assert_eq!(twins.count(), 0, "{song} / {track} / {version}");
        }
    }
}
