//! Where the fit of a recording chain starts: at the whole delay with the highest
//! cross-correlation, with the gain and the offset of linear regression.

use filterbank_core::{Cascade, Section};

use crate::fit::recording::delay::Window;
use crate::fit::recording::error::RecordingError;
use crate::fit::recording::track::Track;
use crate::rows::dots;
use crate::tune::clamp;

/// Replaces the start of a chain's gain, delay and offset, where they are fitted, by the one with
/// the smallest squared error for a filter. `bounds` are those of the chain's variables.
pub(super) fn align(
    track: &mut Track<'_, '_>,
    filter: &Cascade<f64, &[Section<f64>]>,
    variables: &mut [f64],
    bounds: &[(f64, f64)],
) -> Result<(), RecordingError> {
    let [gain, delay, offset] = [track.chain.gain, track.chain.delay, track.chain.offset];
    if [gain, delay, offset].iter().all(|place| place.variable().is_none()) {
        return Ok(());
    }
    let range = track.chain.range();
    let lags = delay.variable().map_or(0..=-1, |index| whole_within(bounds[index]));
    let mut candidates: Vec<(f64, Sums)> = lags.map(|lag| (lag as f64, Sums::default())).collect();
    if candidates.is_empty() {
        candidates.push((delay.value(variables), Sums::default()));
    }
    let kernels: Vec<_> =
        candidates.iter().map(|(delay, _)| range.kernel_without_slopes(*delay)).collect();

    let mut state = filter.state();
    let mut block = Correlated::default();
    let filtered = |input: &mut [f64]| filter.process(&mut state, input);
    track.play(filtered, |window| {
        block.take(window);
        for ((_, sums), kernel) in candidates.iter_mut().zip(&kernels) {
            kernel.delayed(&window, &mut block.delayed);
            sums.add(&mut block);
        }
    })?;

    let mut best = 0.0;
    let start = variables.to_vec();
    for (lag, sums) in &candidates {
        let fixed_offset = offset.variable().is_none().then(|| offset.value(&start));
        let regression = sums.regression(fixed_offset);
        let free_gain = gain.variable().map(|index| clamp(regression.gain(), bounds[index]));
        let value = free_gain.unwrap_or_else(|| gain.value(&start));
        let reduction = regression.reduction(value);
        // A gain of 0 would hide the filter. NaN is not above anything.
        if value != 0.0 && reduction > best {
            best = reduction;
            let chosen = [(gain, value), (delay, *lag), (offset, sums.offset(value))];
            for (place, value) in chosen {
                if let Some(index) = place.variable() {
                    variables[index] = clamp(value, bounds[index]);
                }
            }
        }
    }
    Ok(())
}

/// The whole numbers within bounds, which are below 2⁵².
#[allow(clippy::cast_possible_truncation, reason = "checked to be small")]
fn whole_within((low, high): (f64, f64)) -> std::ops::RangeInclusive<isize> {
    low.ceil() as isize..=high.floor() as isize
}

/// A block of weighted outputs, and the delayed signal to correlate it with.
#[derive(Default)]
struct Correlated {
    weights: Vec<f64>,
    wanted: Vec<f64>,
    delayed: Vec<f64>,
    weighted: Vec<f64>,
}

impl Correlated {
    fn take(&mut self, window: Window<'_>) {
        self.weights.clear();
        self.weights.extend_from_slice(window.weights);
        self.wanted.clear();
        // An output of weight 0 may be NaN.
        let product = |(weight, y): (&f64, &f64)| if *weight == 0.0 { 0.0 } else { weight * y };
        self.wanted.extend(window.weights.iter().zip(window.wanted).map(product));
    }
}

/// Weighted sums of the output `y` and of the delayed output `u` of a filter.
#[derive(Clone, Copy, Default)]
struct Sums {
    weight: f64,
    y: f64,
    u: f64,
    uy: f64,
    uu: f64,
}

impl Sums {
    fn add(&mut self, block: &mut Correlated) {
        let Correlated { weights, wanted, delayed, weighted } = block;
        weighted.clear();
        weighted.extend(weights.iter().zip(&*delayed).map(|(weight, u)| weight * u));
        self.weight += weights.iter().sum::<f64>();
        self.y += wanted.iter().sum::<f64>();
        let [u, uy, uu] = dots(delayed, [weights, wanted, weighted]);
        self.u += u;
        self.uy += uy;
        self.uu += uu;
    }

    /// Without a fixed offset, the offset is fitted too.
    fn regression(&self, fixed_offset: Option<f64>) -> Regression {
        match fixed_offset {
            Some(offset) => Regression { uy: self.uy - offset * self.u, uu: self.uu },
            None => Regression {
                uy: self.uy - self.u * self.y / self.weight,
                uu: self.uu - self.u * self.u / self.weight,
            },
        }
    }

    /// The best offset for a gain.
    fn offset(&self, gain: f64) -> f64 {
        (self.y - gain * self.u) / self.weight
    }
}

/// Products of signals without their offsets.
struct Regression {
    uy: f64,
    uu: f64,
}

impl Regression {
    /// The gain with the smallest squared error.
    fn gain(&self) -> f64 {
        self.uy / self.uu
    }

    /// By how much a gain lowers the squared error.
    fn reduction(&self, gain: f64) -> f64 {
        gain * (2.0 * self.uy - gain * self.uu)
    }
}
