//! What a stem's gain and place make of its samples.

use studio_domain::{Decibels, Pan};

/// How the channels of a stem reach those of the mix, and by which factor each.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Route {
    /// One channel to left and right.
    Spread(f64, f64),
    /// Left to left and right to right.
    Balance(f64, f64),
    /// Left and right to one channel, by the same factor.
    Fold(f64),
    /// Each channel to the same of the mix.
    Straight(f64),
}

impl Route {
    /// The route from so many channels to so many; `None` where there is none.
    pub(super) fn new(stem: u16, mix: u16, gain: Decibels, pan: Pan) -> Option<Self> {
        let gain = linear(gain);
        match (stem, mix) {
            (1, 2) => {
                Some(Self::Spread(gain * quarter(-pan.percent()), gain * quarter(pan.percent())))
            }
            (2, 2) => Some(Self::Balance(gain * near(-pan.percent()), gain * near(pan.percent()))),
            // There is no place to move to.
            _ if pan != Pan::CENTRE => None,
            (2, 1) => Some(Self::Fold(gain * 0.5)),
            (stem, mix) => (stem == mix).then_some(Self::Straight(gain)),
        }
    }

    /// Whether what comes out are the samples that went in, or silence.
    pub(super) fn is_exact(self) -> bool {
        let exact = |factor| factor == 0.0 || factor == 1.0;
        match self {
            Self::Spread(left, right) | Self::Balance(left, right) => exact(left) && exact(right),
            Self::Straight(factor) => exact(factor),
            Self::Fold(_) => false,
        }
    }

    /// Adds a block of the stem, cleaned of what is no finite number, to the sum. A sample of
    /// full scale counts as `full`, a power of two.
    pub(super) fn add<T: Copy + Into<f64>>(self, sum: &mut [f64], block: &[T], full: f64) {
        // Dividing the factor by a power of two is exact: the same as dividing each sample.
        match self {
            Self::Spread(left, right) => {
                let (left, right) = (left / full, right / full);
                for (frame, sample) in sum.chunks_exact_mut(2).zip(block) {
                    let sample = (*sample).into();
                    frame[0] += sample * left;
                    frame[1] += sample * right;
                }
            }
            Self::Balance(left, right) => {
                let (left, right) = (left / full, right / full);
                for (frame, samples) in sum.chunks_exact_mut(2).zip(block.chunks_exact(2)) {
                    frame[0] += samples[0].into() * left;
                    frame[1] += samples[1].into() * right;
                }
            }
            Self::Fold(factor) => {
                let factor = factor / full;
                for (sum, samples) in sum.iter_mut().zip(block.chunks_exact(2)) {
                    *sum += (samples[0].into() + samples[1].into()) * factor;
                }
            }
            Self::Straight(factor) => {
                let factor = factor / full;
                for (sum, sample) in sum.iter_mut().zip(block) {
                    *sum += (*sample).into() * factor;
                }
            }
        }
    }
}

/// The factor of a gain: exactly 1 for 0 dB.
pub(super) fn linear(gain: Decibels) -> f64 {
    libm::pow(10.0, f64::from(gain.thousandths()) / 20_000.0)
}

/// Constant power: the sine of a quarter circle from -100 to 100, 0.7071 (-3.01 dB) in the
/// middle. The other side's is that of the mirrored place, so that both are alike.
fn quarter(percent: i8) -> f64 {
    let angle = f64::from(i16::from(percent) + 100) / 200.0 * std::f64::consts::FRAC_PI_2;
    libm::sin(angle)
}

/// Balance: 1 on this side and in the middle, falling as a quarter of a cosine to 0 where the
/// place is all on the other side.
fn near(percent: i8) -> f64 {
    let away = f64::from(-i16::from(percent.min(0))) / 100.0;
    match away {
        0.0 => 1.0,
        away => libm::sin((1.0 - away) * std::f64::consts::FRAC_PI_2),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_have_the_levels_that_are_promised() {
        let centre = quarter(0);
        assert!((20.0 * centre.log10() + 3.0103).abs() < 1e-4, "{centre}");
        assert_eq!((quarter(-100), quarter(100)), (0.0, 1.0));
        assert_eq!((near(0), near(100), near(-100)), (1.0, 1.0, 0.0));
        for percent in -100..=100_i8 {
            let power = quarter(percent).powi(2) + quarter(-percent).powi(2);
            assert!((power - 1.0).abs() < 1e-15, "{percent}");
            assert!(near(percent) == 1.0 || near(-percent) == 1.0, "{percent}");
        }
        assert_eq!(linear(Decibels::ZERO), 1.0);
    }
}
