//! Derivatives from values: central differences on a ladder of steps, extrapolated to step 0,
//! each with a bound on its own error.

use alloc::vec::Vec;

/// Ratio of one step to the next smaller one. Not a power of 2: the rounding of products would be
/// the same at every step, and not be seen as noise.
const RATIO: f64 = 1.8;
/// Smallest step, as a fraction of a parameter's scale: 256 units in its last place.
const SMALLEST: f64 = 1.0 / (1_u64 << 44) as f64;
/// Columns of the extrapolation tableau.
const COLUMNS: usize = 6;
/// Steps, from the smallest on, whose exact derivatives show their noise.
const NOISE_STEPS: usize = 8;
/// A much smaller step, as a fraction of the widest.
const NARROW: f64 = 1e-3;
/// The smallest change of an output that is no rounding, as a fraction of the largest.
const QUANTUM: f64 = 1e-6;
/// Growth of rounding errors by extrapolation: the product of `(q^m + 1)/(q^m − 1)`, `q = 1.8²`.
const GROWTH: f64 = 2.5;
/// How far errors may exceed their bounds before a kink or a wrong derivative is taken for granted.
pub(super) const SAFETY: f64 = 4.0;
/// Relative error below which the most precise estimate is preferred to that of the smallest error.
const PRECISE: f64 = 1e-6;
/// Estimates in a row that count as evidence of a derivative on another scale.
const RUN: usize = 7;
/// They agree within this fraction of their distance to the derivative that was found.
const SPREAD: f64 = 0.125;

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
    /// Distance to what a run of other steps agrees on, 0 if there is none.
    pub ambiguity: f64,
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
        ambiguity: 0.0,
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
    /// Widens the step from 2⁻⁴⁴ of `scale` to `widest`, as long as `outputs` accepts it.
    pub fn climb(
        param: f64,
        scale: f64,
        widest: f64,
        mut outputs: impl FnMut(f64) -> Option<Vec<Sample>>,
    ) -> Self {
        let mut ladder = Self { scale, steps: Vec::new(), outputs: Vec::new() };
        let mut step = (scale * SMALLEST).max(f64::MIN_POSITIVE);
        while step <= widest && step.is_finite() {
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
        let quantum = self.quantum(index, center);
        let mut still = true;
        for (&(up, down), (high, low)) in self.steps.iter().zip(&self.outputs) {
            let (high, low) = (high[index].value, low[index].value);
            let width = up + down;
            slopes.push((high - low) / width);
            bends.push((high - center) / up - (center - low) / down);
            let same = high == center && low == center;
            let hidden = if same { quantum } else { 0.0 };
            rounding.push((f64::EPSILON * (high.abs() + low.abs())).max(hidden) / width);
            still &= same;
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
        let ambiguity = other_scales(&widths, &slopes, &rounding, slope);
        let noise = (slope.error + exact_noise) * widths[slope.step];
        Difference { value: slope.value, error: slope.error, noise, kink, ambiguity, exact_noise }
    }

    /// The derivative of an output that no step changes: a change by less than its rounding goes
    /// unseen, so 0 is uncertain by one rounding over a sixteenth of the parameter's scale. What a
    /// 0 was rounded from is not known; the rounding is taken to be that of 1.
    fn constant(&self, center: f64, exact_noise: f64) -> Difference {
        if self.steps.is_empty() {
            return Difference::UNKNOWN;
        }
        let step = self.scale / 16.0;
        let size = if center == 0.0 { 1.0 } else { center.abs() };
        let error = f64::EPSILON * size / step;
        let noise = (error + exact_noise) * step;
        Difference { value: 0.0, error, noise, exact_noise, ..Difference::UNKNOWN }
    }

    /// The smallest change of an output, if it is rounding: a change that is less than this is not
    /// seen. 0 if outputs stay the same on purpose, and then change by more.
    fn quantum(&self, index: usize, center: f64) -> f64 {
        let (mut smallest, mut largest) = (f64::INFINITY, 0.0_f64);
        for sample in self.outputs.iter().flat_map(|(high, low)| [high[index], low[index]]) {
            let change = (sample.value - center).abs();
            largest = largest.max(change);
            if change > 0.0 {
                smallest = smallest.min(change);
            }
        }
        if smallest <= QUANTUM * largest { smallest } else { 0.0 }
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

/// The distance of `limit` to the derivative that a run of other steps agrees on, though neither
/// noise nor rounding would make them agree; 0 if there is no such run.
///
/// Smaller steps see a finer feature, or one side of a kink nearby. Wider steps count where the
/// slopes jump at a much smaller step: there, rounding on the way to the output hides the parameter
/// from smaller steps, as `1 + p` does of a tiny `p`. Slopes of a smooth function leave the limit
/// by powers of the step instead.
fn other_scales(steps: &[f64], slopes: &[f64], rounding: &[f64], limit: Limit) -> f64 {
    let offset = |step: usize| slopes[step] - limit.value;
    let runs = (0..(slopes.len() + 1).saturating_sub(RUN)).filter(|&start| {
        (start..start + RUN).all(|step| {
            let same = (offset(step) - offset(start)).abs() <= SPREAD * offset(start).abs();
            same && offset(step).abs() > SAFETY * (rounding[step] + limit.error)
        })
    });
    let jumps = |start: usize| {
        let narrow = |step: &usize| steps[*step] <= NARROW * steps[steps.len() - 1];
        let size = offset(start).abs();
        (limit.step + 1..=start).take_while(narrow).any(|step| {
            offset(step).abs() > SPREAD * size && offset(step - 1).abs() < 0.01 * SPREAD * size
        })
    };
    runs.filter(|&start| start + RUN <= limit.step + 1 || jumps(start))
        .map(|start| (1.0 + SPREAD) * offset(start).abs())
        .fold(0.0, f64::max)
}
