//! What can only be seen from within: blocks of the sum, and who adds what.

use super::*;
use crate::Samples;
use crate::write::SampleFormat;

/// A stem of numbers that count up.
struct Count {
    samples: Vec<i32>,
    at: usize,
    block: usize,
    rate: u32,
}

impl Decode for Count {
    fn sound(&self) -> Sound {
        Sound {
            channels: 1,
            sample_rate: self.rate,
            bits: Some(24),
            declared_frames: None,
            channel_mask: None,
        }
    }

    fn next_block(&mut self) -> Result<Option<Samples<'_>>> {
        let start = self.at;
        self.at = self.samples.len().min(start + self.block);
        Ok((start < self.at).then(|| Samples::Int(&self.samples[start..self.at])))
    }
}

struct Keep(Vec<i32>);

impl AudioWriter for Keep {
    fn format(&self) -> PcmFormat {
        PcmFormat { channels: 2, sample_rate: 48_000, samples: SampleFormat::Int24 }
    }

    fn write(&mut self, samples: Samples<'_>) -> Result<()> {
        if let Samples::Int(samples) = samples {
            self.0.extend(samples);
        }
        Ok(())
    }

    fn finish(&mut self) -> Result<()> {
        Ok(())
    }
}

fn stems() -> Vec<Stem> {
    let stem = |n: usize| Stem {
        name: n.to_string(),
        sound: Box::new(Count {
            samples: (0..1500).map(|s| (s * (n as i32 + 3)) << 10).collect(),
            at: 0,
            block: 100 + 31 * n,
            rate: if n == 2 { 44_100 } else { 48_000 },
        }),
        gain: Decibels::ZERO,
        pan: Pan::CENTRE,
        offset: 300 * n as i64 - 400,
        mute: false,
    };
    (0..5).map(stem).collect()
}

#[test]
fn the_size_of_blocks_makes_no_difference() {
    let mix = |frames, threads| {
        let mut options = MixOptions { convert: true, ..MixOptions::default() };
        options.threads = NonZeroUsize::new(threads).unwrap_or(NonZeroUsize::MIN);
        let mut keep = Keep(Vec::new());
        let go_on = &mut |_| ControlFlow::Continue(());
        let report = mix_in_blocks(stems(), &options, frames, &mut keep, go_on);
        assert!(matches!(report, Ok(MixReport { frames: 2300, dithered: true, .. })), "{report:?}");
        keep.0
    };
    let expected = mix(4096, 1);
    for (frames, threads) in [(1, 1), (7, 3), (100, 2), (1024, 5), (2300, 1), (2301, 2)] {
        assert!(mix(frames, threads) == expected, "blocks of {frames} on {threads} threads");
    }
}

#[test]
fn stems_are_shared_out_in_their_order() {
    let format = PcmFormat { channels: 2, sample_rate: 48_000, samples: SampleFormat::Int24 };
    let options = MixOptions { convert: true, ..MixOptions::default() };
    for threads in 1..10 {
        let mut feeds = match take(stems(), format, &options) {
            Ok(feeds) => feeds,
            Err(error) => panic!("{error}"),
        };
        let groups = groups(&mut feeds, threads);
        assert!((1..=threads).contains(&groups.len()), "{threads}");
        let sizes: usize = groups.iter().map(|group| group.len()).sum();
        assert_eq!(sizes, 5);
        drop(groups);
        let names: Vec<String> = feeds.into_iter().map(|feed| feed.into_report().name).collect();
        assert_eq!(names, ["0", "1", "2", "3", "4"]);
    }
}
