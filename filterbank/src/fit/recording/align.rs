//! Where the fit of a recording chain starts: at the whole delay with the highest
//! cross-correlation, with the gain and the offset of linear regression.

use filterbank_core::{Cascade, Section};

use crate::fit::recording::delay::Window;
use crate::fit::recording::error::RecordingError;
use crate::fit::recording::track::Track;
use crate::rows::dots;
use crate::tune::clamp;

/// How far the delay of the highest correlation may be from the best one, in samples: the filter at
/// its start delays the signal by another time than the filter that is looked for.
const REACH: isize = 2;

/// The starts of a chain: the one with the smallest squared error for a filter, then those at the
/// delays near by. Gain, delay and offset are replaced where they are fitted. `bounds` are those of
/// the chain's variables.
pub(super) fn starts(
    track: &mut Track<'_, '_>,
    filter: &Cascade<f64, &[Section<f64>]>,
    variables: &[f64],
    bounds: &[(f64, f64)],
) -> Result<Vec<Vec<f64>>, RecordingError> {
    let [gain, delay, offset] = [track.chain.gain, track.chain.delay, track.chain.offset];
    if [gain, delay, offset].iter().all(|place| place.variable().is_none()) {
        return Ok(vec![variables.to_vec()]);
    }
    let whole = delay.variable().map(|index| whole_within(bounds[index]));
    let mut delays: Vec<f64> = whole.into_iter().flatten().map(|lag| lag as f64).collect();
    if delays.is_empty() {
        delays.push(delay.value(variables));
    }
    let sums = correlate(track, filter, &delays)?;

    // The start at a delay, and by how much it lowers the squared error. None if the filter has no
    // effect there.
    let start = |(sums, at): (&Sums, &f64)| {
        let fixed_offset = offset.variable().is_none().then(|| offset.value(variables));
        let regression = sums.regression(fixed_offset);
        let fitted = gain.variable().map(|index| clamp(regression.gain(), bounds[index]));
        let factor = fitted.unwrap_or_else(|| gain.value(variables));
        let mut start = variables.to_vec();
        for (place, value) in [(gain, factor), (delay, *at), (offset, sums.offset(factor))] {
            if let Some(index) = place.variable() {
                start[index] = clamp(value, bounds[index]);
            }
        }
        let reduction = regression.reduction(factor);
        (factor != 0.0 && reduction > 0.0).then_some((reduction, start))
    };
    let starts: Vec<_> = sums.iter().zip(&delays).map(start).collect();
    let reductions = starts.iter().map(|start| start.as_ref().map_or(0.0, |(gained, _)| *gained));
    let best = reductions.enumerate().max_by(|(_, one), (_, other)| one.total_cmp(other));
    let Some((best, _)) = best.filter(|(_, reduction)| *reduction > 0.0) else {
        return Ok(vec![variables.to_vec()]);
    };
    let shifts = [0].into_iter().chain((1..=REACH).flat_map(|shift| [-shift, shift]));
    let near = shifts.filter_map(|shift| best.checked_add_signed(shift));
    let near = near.filter_map(|index| starts.get(index).cloned().flatten());
    Ok(near.map(|(_, start)| start).collect())
}

/// Correlates the output with the output of a filter, at each of the delays.
fn correlate(
    track: &mut Track<'_, '_>,
    filter: &Cascade<f64, &[Section<f64>]>,
    delays: &[f64],
) -> Result<Vec<Sums>, RecordingError> {
    let range = track.chain.range();
    let kernels: Vec<_> = delays.iter().map(|delay| range.kernel_without_slopes(*delay)).collect();
    let mut sums = vec![Sums::default(); delays.len()];
    let mut state = filter.state();
    let mut block = Correlated::default();
    let filtered = |input: &mut [f64]| filter.process(&mut state, input);
    track.play(filtered, |window| {
        block.take(window);
        for (sums, kernel) in sums.iter_mut().zip(&kernels) {
            kernel.delayed(&window, &mut block.delayed);
            sums.add(&mut block);
        }
    })?;
    Ok(sums)
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
