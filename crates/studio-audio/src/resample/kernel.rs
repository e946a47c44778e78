//! The filter: a sinc under a Kaiser window, as a table of its values for every phase.
//!
//! All of it is made of additions, multiplications, divisions and square roots, which IEEE
//! 754 defines to the last bit, and of libm's sine, which is the same code on every machine.

use std::f64::consts::PI;

/// How far what lies beyond the band is pushed down (dB).
const ATTENUATION: f64 = 150.0;
/// Where the band that passes ends, as a part of the lower rate's Nyquist frequency: 20.07 kHz
/// at 44.1 kHz. What is stopped begins at that frequency itself.
const PASS: f64 = 0.91;
/// The most values of a table that has every phase: 2 MiB.
const EXACT_VALUES: usize = 1 << 18;
/// Phases of the other tables for each period of the lower rate, between which a cubic is
/// laid: its error lies below -190 dB.
const PHASES: u64 = 256;
/// Taps are padded to a multiple of this, so that the sums need no rest.
pub(super) const LANES: usize = 8;

/// The filter between two rates.
#[derive(Debug)]
pub(super) struct Kernel {
    /// Values for each output frame: as many input frames are weighed, half of them later
    /// than the output frame.
    pub(super) taps: usize,
    rows: Rows,
    values: Vec<f64>,
}

#[derive(Debug)]
enum Rows {
    /// One for each phase.
    Exact,
    /// Some phases, from one step before the first to two behind the last.
    Between { steps: u64, phases: u64 },
}

impl Kernel {
    /// The filter for `up` output frames from `down` input frames, without a common divisor.
    pub(super) fn new(up: u64, down: u64) -> Self {
        let ratio = down as f64 / up as f64;
        let stretch = if ratio > 1.0 { ratio } else { 1.0 };
        let half = half_taps(stretch);
        let taps = 2 * half;
        let shape = Shape::new(stretch, half as f64);
        let phases = usize::try_from(up).unwrap_or(usize::MAX);
        let (rows, offsets): (Rows, Vec<f64>) = match phases.saturating_mul(taps) <= EXACT_VALUES {
            true => (Rows::Exact, (0..up).map(|phase| phase as f64 / up as f64).collect()),
            false => {
                let steps = (PHASES as f64 / stretch) as u64 + 1;
                let offset = |row: u64| (row as f64 - 1.0) / steps as f64;
                (Rows::Between { steps, phases: up }, (0..steps + 3).map(offset).collect())
            }
        };
        let mut values = Vec::with_capacity(offsets.len() * taps);
        for offset in offsets {
            // The tap before the output frame's own place is the number half - 1.
            let times = (0..taps).map(|tap| tap as f64 - (half as f64 - 1.0) - offset);
            values.extend(times.map(|time| shape.at(time)));
        }
        Self { taps, rows, values }
    }

    /// The values for an output frame that lies `phase` parts of `up` behind an input frame;
    /// `scratch` has room for one row.
    pub(super) fn row<'a>(&'a self, phase: u64, scratch: &'a mut Vec<f64>) -> &'a [f64] {
        let row = |number: u64| {
            let start = number as usize * self.taps;
            &self.values[start..start + self.taps]
        };
        match self.rows {
            Rows::Exact => row(phase),
            Rows::Between { steps, phases } => {
                let (step, rest) = (phase * steps / phases, phase * steps % phases);
                let weights = cubic(rest as f64 / phases as f64);
                let [a, b, c, d] = [row(step), row(step + 1), row(step + 2), row(step + 3)];
                scratch.clear();
                scratch.extend(a.iter().zip(b).zip(c).zip(d).map(|(((a, b), c), d)| {
                    (weights[0] * a + weights[1] * b) + (weights[2] * c + weights[3] * d)
                }));
                scratch
            }
        }
    }
}

/// Half the number of taps that the band's edge and the attenuation ask for (Kaiser's
/// formula), padded.
fn half_taps(stretch: f64) -> usize {
    let edge = PI * (1.0 - PASS);
    let order = (ATTENUATION - 7.95) / (2.285 * edge);
    let half = libm::ceil(order * stretch / 2.0) as usize;
    half.next_multiple_of(LANES / 2)
}

/// The cubic through four values at -1, 0, 1 and 2 (Lagrange): their weights at `x`.
fn cubic(x: f64) -> [f64; 4] {
    let (before, behind, far) = (x + 1.0, x - 1.0, x - 2.0);
    [
        -(x * behind * far) / 6.0,
        before * behind * far / 2.0,
        -(before * x * far) / 2.0,
        before * x * behind / 6.0,
    ]
}

/// The filter as a function of time, in periods of the input's rate.
struct Shape {
    cutoff: f64,
    half: f64,
    beta: f64,
    scale: f64,
}

impl Shape {
    fn new(stretch: f64, half: f64) -> Self {
        let beta = 0.1102 * (ATTENUATION - 8.7);
        let cutoff = (1.0 + PASS) / 2.0 / stretch;
        Self { cutoff, half, beta, scale: cutoff / bessel(beta) }
    }

    fn at(&self, time: f64) -> f64 {
        let place = time / self.half;
        let inside = 1.0 - place * place;
        // The edge itself is out too: the taps have only one of the two.
        if inside <= 0.0 {
            return 0.0;
        }
        let angle = PI * self.cutoff * time;
        let sinc = if angle == 0.0 { 1.0 } else { libm::sin(angle) / angle };
        self.scale * sinc * bessel(self.beta * inside.sqrt())
    }
}

/// The modified Bessel function of the first kind and order 0, by its power series.
fn bessel(x: f64) -> f64 {
    let quarter = x * x / 4.0;
    let (mut sum, mut term) = (1.0, 1.0);
    // It converges much sooner for every x that stands here.
    for n in 1..200 {
        term *= quarter / (f64::from(n) * f64::from(n));
        sum += term;
        if term < sum * 1e-18 {
            break;
        }
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bessel_function_has_its_known_values() {
        // Abramowitz and Stegun, table 9.8.
        for (x, expected) in
            [(0.0, 1.0), (1.0, 1.266_065_877_752_008), (5.0, 27.239_871_823_604_44)]
        {
            assert!((bessel(x) - expected).abs() < 1e-12 * expected, "{x}");
        }
    }

    #[test]
    fn tables_stay_small_whatever_the_rates() {
        for (up, down) in
            [(147, 160), (160, 147), (48_000, 44_101), (1, 768), (1_001, 768_000), (768, 1)]
        {
            let kernel = Kernel::new(up, down);
            assert!(kernel.values.len() <= 1 << 20, "{up}:{down}: {}", kernel.values.len());
            assert_eq!(kernel.taps % LANES, 0);
        }
    }

    #[test]
    fn a_table_with_steps_gives_what_the_exact_one_gives() {
        let exact = Kernel::new(640, 441);
        let shape = Shape::new(1.0, exact.taps as f64 / 2.0);
        let steps = Kernel::new(48_000, 44_101);
        assert!(matches!(steps.rows, Rows::Between { .. }), "{:?}", steps.rows);
        let mut scratch = Vec::new();
        for phase in (0..48_000).step_by(997) {
            let row = steps.row(phase, &mut scratch);
            for (tap, value) in row.iter().enumerate() {
                let time = tap as f64 - (steps.taps as f64 / 2.0 - 1.0) - phase as f64 / 48_000.0;
                assert!((value - shape.at(time)).abs() < 2e-10, "{phase} {tap}");
            }
        }
    }
}
