//! Derivatives from values: central differences on a ladder of steps, extrapolated to step 0,
//! each with a bound on its own error.

use alloc::vec::Vec;

/// Ratio of one step to the next smaller one.
const RATIO: f64 = 2.0;
/// Smallest step, as a fraction of a parameter's scale: 256 units in its last place.
const SMALLEST: f64 = 1.0 / (1_u64 << 44) as f64;
/// Columns of the extrapolation tableau.
const COLUMNS: usize = 6;
/// Steps, from the smallest on, whose exact derivatives show their noise.
const NOISE_STEPS: usize = 8;
/// Growth of rounding errors by extrapolation: the product of `(4^m + 1)/(4^m − 1)` is 1.97.
const GROWTH: f64 = 2.0;
/// How far errors may exceed their bounds before a kink or a wrong derivative is taken for granted.
pub(super) const SAFETY: f64 = 4.0;
/// Relative error below which the most precise estimate is preferred to that of the smallest error.
const PRECISE: f64 = 1e-6;
/// Estimates in a row, over steps of one to 32, that count as evidence of a finer scale.
const RUN: usize = 6;

/// Steps of one parameter that its function accepted, from the smallest to the widest.
pub(super) struct Ladder {
    scale: f64,
    /// Real steps above and below the parameter, after rounding.
    steps: Vec<(f64, f64)>,
    /// For each step, the outputs above and below.
    outputs: Vec<(Vec<Sample>, Vec<Sample>)>,
}

/// One output at one value of the parameter.
#[derive(Clone, Copy)]
pub(super) struct Sample {
    pub value: f64,
    /// The exact derivative by the parameter.
    pub slope: f64,
}

/// A derivative from differences.
#[derive(Clone, Copy, Debug)]
pub(super) struct Difference {
    pub value: f64,
    /// Bound on its truncation and rounding error.
    pub error: f64,
    /// By how much outputs would have to be off for such errors of both derivatives.
    pub noise: f64,
    /// Half the jump of the slope at a kink, 0 if there is none.
    pub kink: f64,
    /// Distance to what much smaller steps agree on, 0 if they agree on nothing else.
    pub finer: f64,
    /// Noise of the exact derivative, from its values at neighbouring parameters.
    pub exact_noise: f64,
}

impl Difference {
    /// Nothing is known.
    pub const UNKNOWN: Self = Self {
        value: f64::NAN,
        error: f64::INFINITY,
        noise: f64::INFINITY,
        kink: 0.0,
        finer: 0.0,
        exact_noise: 0.0,
    };
}

/// An extrapolated quantity, the bound on its error, and the smallest step in it.
#[derive(Clone, Copy)]
struct Limit {
    value: f64,
    error: f64,
    step: usize,
}

impl Limit {
    fn relative_error(&self) -> f64 {
        if self.error.is_finite() { self.error / self.value.abs() } else { f64::INFINITY }
    }
}

impl Ladder {
    /// Doubles the step from 2⁻⁴⁴ of `scale` up to `widest`, as long as `outputs` accepts it.
    pub fn climb(
        param: f64,
        scale: f64,
        widest: f64,
        mut outputs: impl FnMut(f64) -> Option<Vec<Sample>>,
    ) -> Self {
        let mut ladder = Self { scale, steps: Vec::new(), outputs: Vec::new() };
        let mut step = scale * SMALLEST;
        while step <= widest {
            let (above, below) = (param + step, param - step);
            let (up, down) = (above - param, param - below);
            if up > 0.0 && down > 0.0 {
                let Some(pair) = outputs(above).zip(outputs(below)) else { break };
                ladder.steps.push((up, down));
                ladder.outputs.push(pair);
            }
            step *= RATIO;
        }
        ladder
    }

    /// The largest output within steps of `reach`.
    pub fn magnitude(&self, reach: f64) -> f64 {
        let near = self.steps.iter().zip(&self.outputs).filter(|((up, _), _)| *up <= reach);
        let samples = near.flat_map(|(_, (high, low))| high.iter().chain(low));
        samples.fold(0.0, |largest, y| largest.max(y.value.abs()))
    }

    /// The derivative of output `index`, which is `center` at the parameter itself.
    pub fn difference(&self, index: usize, center: Sample) -> Difference {
        let exact_noise = self.exact_noise(index, center.slope);
        let center = center.value;
        let mut slopes = Vec::with_capacity(self.steps.len());
        let mut bends = Vec::with_capacity(self.steps.len());
        let mut rounding = Vec::with_capacity(self.steps.len());
        let mut still = true;
        for (&(up, down), (high, low)) in self.steps.iter().zip(&self.outputs) {
            let (high, low) = (high[index].value, low[index].value);
            let width = up + down;
            slopes.push((high - low) / width);
            bends.push((high - center) / up - (center - low) / down);
            rounding.push(f64::EPSILON * (high.abs() + low.abs()) / width);
            still &= high == center && low == center;
        }
        let widths: Vec<f64> = self.steps.iter().map(|(up, down)| 0.5 * (up + down)).collect();
        if still {
            return self.constant(center, exact_noise);
        }

        // D(h) is even in h, the jump of the slope odd.
        let slope = extrapolate(&widths, &slopes, &rounding, RATIO * RATIO);
        let doubled: Vec<f64> = rounding.iter().map(|r| 2.0 * r).collect();
        let jump = extrapolate(&widths, &bends, &doubled, RATIO);
        let kink =
            if jump.value.abs() > SAFETY * jump.error { 0.5 * jump.value.abs() } else { 0.0 };
        let finer = finer_scale(&slopes, &rounding, slope);
        let noise = (slope.error + exact_noise) * widths[slope.step];
        Difference { value: slope.value, error: slope.error, noise, kink, finer, exact_noise }
    }

    /// The derivative of an output that no step changes: a change by less than its rounding goes
    /// unseen, so 0 is uncertain by one rounding over a sixteenth of the parameter's scale.
    fn constant(&self, center: f64, exact_noise: f64) -> Difference {
        if self.steps.is_empty() {
            return Difference::UNKNOWN;
        }
        let step = self.scale / 16.0;
        let error = f64::EPSILON * center.abs() / step;
        let noise = (error + exact_noise) * step;
        Difference { value: 0.0, error, noise, exact_noise, ..Difference::UNKNOWN }
    }

    /// Second differences of the exact derivative, where steps are too small for anything but
    /// rounding to change it.
    fn exact_noise(&self, index: usize, center: f64) -> f64 {
        let smallest = self.outputs.iter().take(NOISE_STEPS);
        let second =
            smallest.map(|(high, low)| (high[index].slope - center) - (center - low[index].slope));
        second.fold(0.0, |largest, noise| largest.max(0.5 * noise.abs()))
    }
}

/// Richardson's extrapolation of `quotients` to step 0, from every step and in every order; the
/// estimate with the smallest bound on its error is taken. If an estimate is precise, the most
/// precise one is: wide steps across a narrow feature have a small bound on a small slope.
///
/// `factor` is the ratio of the first error term of one step to that of the next smaller one; each
/// further term has a power of h² more.
///
/// The bound has three parts.
/// - Truncation: the distance to the two estimates of one order less, as Ridders (1982) has it.
/// - Noise: estimates from smaller steps scatter by the noise of the outputs over the step. The
///   largest scatter seen so far, taken to this step. It also bounds what a feature narrower than
///   the step could hide.
/// - Rounding of the outputs as they are returned.
fn extrapolate(steps: &[f64], quotients: &[f64], rounding: &[f64], mut factor: f64) -> Limit {
    let mut best = Limit { value: f64::NAN, error: f64::INFINITY, step: 0 };
    let mut precise = best;
    let mut column = quotients.to_vec();
    for _ in 0..COLUMNS {
        let refine = |pair: &[f64]| (factor * pair[0] - pair[1]) / (factor - 1.0);
        let refined: Vec<f64> = column.windows(2).map(refine).collect();
        let mut noise = 0.0_f64;
        for step in 1..refined.len() {
            let value = refined[step];
            noise = noise.max(steps[step - 1] * (refined[step - 1] - value).abs());
            let truncation = (value - column[step]).abs().max((value - column[step + 1]).abs());
            let error = truncation + noise / steps[step] + GROWTH * rounding[step];
            let limit = Limit { value, error, step };
            if error < best.error {
                best = limit;
            }
            if limit.relative_error() < precise.relative_error() {
                precise = limit;
            }
        }
        column = refined;
        factor *= RATIO * RATIO;
    }
    if precise.relative_error() <= PRECISE { precise } else { best }
}

/// The distance of `limit` to the derivative that a run of much smaller steps agrees on, though
/// neither noise nor rounding would make them agree; 0 if there is no such run.
fn finer_scale(slopes: &[f64], rounding: &[f64], limit: Limit) -> f64 {
    let offset = |step: usize| slopes[step] - limit.value;
    let agree = |start: &usize| {
        (*start..start + RUN).all(|step| {
            let same = (offset(step) - offset(*start)).abs() <= 0.125 * offset(*start).abs();
            same && offset(step).abs() > 4.0 * (rounding[step] + limit.error)
        })
    };
    let starts = 0..(limit.step + 1).saturating_sub(RUN);
    starts.filter(agree).map(|start| offset(start).abs()).fold(0.0, f64::max)
}
