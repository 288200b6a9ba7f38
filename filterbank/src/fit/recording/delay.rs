//! Fractional delays, with their derivatives, by windowed-sinc interpolation:
//!
//! ```text
//! x(n − d) = Σ x[m] h(n − d − m),    h(t) = sin(πt)/(πt) · w(t/HALF)
//! ```
//!
//! `w` is the four-term cosine window with a continuous first derivative and sidelobes of −93.3 dB:
//! A. H. Nuttall, *Some windows with very good sidelobe behavior*, IEEE Trans. ASSP 29(1), 1981. It
//! and its slope are zero at its ends, so the output and its derivative by `d` are continuous where
//! samples enter and leave the sum. Whole delays are exact.

use std::f64::consts::PI;

use crate::fit::recording::signal::Block;
use crate::rows::dots;

/// The length of the kernel on each side, in samples.
pub(super) const HALF: isize = 64;

/// The coefficients of the window, a sum of cosines.
const WINDOW: [f64; 4] = [0.355768, 0.487396, 0.144232, 0.012604];

/// The delays that a line can have.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct DelayRange {
    /// The kernel's length on each side: 0 for a whole delay that is fixed.
    half: isize,
    /// Samples before the current one that the delayed signal may need.
    past: usize,
    /// Samples after the current one.
    future: usize,
}

impl DelayRange {
    /// One delay.
    pub(super) fn fixed(delay: f64) -> Self {
        Self::new(delay, delay, if delay == delay.round() { 0 } else { HALF })
    }

    /// All delays between two.
    pub(super) fn between(low: f64, high: f64) -> Self {
        Self::new(low, high, HALF)
    }

    fn new(low: f64, high: f64, half: isize) -> Self {
        let past = (whole(high) + half).max(0).unsigned_abs();
        let future = (half - whole(low)).max(0).unsigned_abs();
        Self { half, past, future }
    }

    /// Samples at the start of the recording whose delayed signal may need samples before it.
    pub(super) fn past(self) -> usize {
        self.past
    }

    /// The kernel of a delay in the range.
    pub(super) fn kernel(self, delay: f64) -> Kernel {
        self.kernel_of(delay, self.half)
    }

    /// As [`kernel`](DelayRange::kernel), without slopes; for whole delays a single tap.
    pub(super) fn kernel_without_slopes(self, delay: f64) -> Kernel {
        self.kernel_of(delay, if delay == delay.round() { 0 } else { self.half })
    }

    fn kernel_of(self, delay: f64, half: isize) -> Kernel {
        let fraction = delay - delay.round();
        let taps = (-half..=half).map(|offset| tap(offset, fraction));
        let (values, slopes) = taps.unzip();
        // The first tap is for the oldest sample.
        let lag = whole(delay) + half;
        Kernel { start: (self.past.cast_signed() - lag).max(0).unsigned_abs(), values, slopes }
    }
}

/// The nearest whole delay. Delays are checked before: they are below 2⁵².
#[allow(clippy::cast_possible_truncation, reason = "checked to be small")]
fn whole(delay: f64) -> isize {
    delay.round() as isize
}

/// The kernel at `offset + fraction`, and its derivative. The fraction is at most 1/2.
fn tap(offset: isize, fraction: f64) -> (f64, f64) {
    let time = offset as f64 + fraction;
    let relative = time / HALF as f64;
    if relative.abs() >= 1.0 {
        return (0.0, 0.0);
    }
    let (sinc, sinc_slope) = if offset == 0 {
        sinc_near_zero(fraction)
    } else {
        let sign = if offset % 2 == 0 { 1.0 } else { -1.0 };
        let sinc = sign * (PI * fraction).sin() / (PI * time);
        (sinc, (sign * (PI * fraction).cos() - sinc) / time)
    };
    let (mut window, mut window_slope) = (0.0, 0.0);
    for (order, coefficient) in WINDOW.iter().enumerate() {
        let rate = PI * order as f64;
        window += coefficient * (rate * relative).cos();
        window_slope -= coefficient * rate * (rate * relative).sin();
    }
    (sinc * window, sinc_slope * window + sinc * window_slope / HALF as f64)
}

/// `sin(πt)/(πt)` and its derivative by the Taylor series, for `|t|` up to 1/2: the closed form of
/// the derivative cancels at 0.
fn sinc_near_zero(time: f64) -> (f64, f64) {
    const TERMS: u32 = 12;
    let square = PI * PI * time * time;
    let (mut term, mut sinc, mut slope) = (1.0, 1.0, 0.0);
    for index in 1..TERMS {
        // The next term, (−1)ʲ (πt)²ʲ / (2j + 1)!, without a factor (πt)².
        let even = f64::from(2 * index);
        let rest = -term / (even * (even + 1.0));
        slope += even * rest * PI * PI * time;
        term = rest * square;
        sinc += term;
    }
    (sinc, slope)
}

/// The weights of a delay.
pub(super) struct Kernel {
    /// The place of the first sample in the window of an output.
    start: usize,
    values: Vec<f64>,
    slopes: Vec<f64>,
}

impl Kernel {
    /// The delayed signal.
    pub(super) fn delayed(&self, window: &Window<'_>, delayed: &mut Vec<f64>) {
        delayed.clear();
        if let [one] = self.values[..] {
            let input = &window.inputs[self.start..][..window.wanted.len()];
            return delayed.extend(input.iter().map(|x| one * x));
        }
        delayed.extend(self.each(window).map(|row| dots(row, [&self.values])[0]));
    }

    /// The delayed signal and its derivative by the delay.
    pub(super) fn delayed_with_slopes(
        &self,
        window: &Window<'_>,
        delayed: &mut Vec<f64>,
        slopes: &mut Vec<f64>,
    ) {
        delayed.clear();
        slopes.clear();
        for row in self.each(window) {
            let [value, slope] = dots(row, [&self.values, &self.slopes]);
            delayed.push(value);
            slopes.push(slope);
        }
    }

    /// The samples under the kernel for each output.
    fn each<'w>(&self, window: &Window<'w>) -> impl Iterator<Item = &'w [f64]> {
        window.inputs[self.start..].windows(self.values.len()).take(window.wanted.len())
    }
}

/// A block of the recording with all input samples that its delayed input may need.
#[derive(Clone, Copy)]
pub(super) struct Window<'a> {
    /// The position of the first sample of the block.
    pub(super) first: usize,
    /// From [`past`](DelayRange::past) samples before the block to the future samples after it.
    pub(super) inputs: &'a [f64],
    /// The output.
    pub(super) wanted: &'a [f64],
    pub(super) weights: &'a [f64],
}

impl Window<'_> {
    /// The window without the outputs before position `start` of the recording.
    pub(super) fn from(self, start: usize) -> Self {
        let skipped = start.saturating_sub(self.first).min(self.wanted.len());
        Self {
            first: self.first + skipped,
            inputs: &self.inputs[skipped..],
            wanted: &self.wanted[skipped..],
            weights: &self.weights[skipped..],
        }
    }
}

/// Keeps the input samples that delayed signals need. Before the recording the input is 0. Outputs
/// whose delayed input may need samples after its end are left out.
pub(super) struct DelayLine {
    range: DelayRange,
    held: Block,
    /// Outputs that have been passed on, but are still held.
    done: usize,
    /// The position of the next output.
    next: usize,
}

impl DelayLine {
    pub(super) fn new(range: DelayRange) -> Self {
        let held = Block { input: vec![0.0; range.past], ..Block::default() };
        Self { range, held, done: 0, next: 0 }
    }

    /// Takes the next block and calls `listen` with the outputs for which all inputs are known.
    pub(super) fn feed(&mut self, block: &Block, listen: &mut dyn FnMut(Window<'_>)) {
        let DelayRange { past, future, .. } = self.range;
        if past + future == 0 {
            listen(block.window(self.next));
            self.next += block.input.len();
            return;
        }
        self.held.extend(block);
        let held = self.held.input.len() - self.done;
        let ready = held.saturating_sub(past + future);
        if ready == 0 {
            return;
        }
        listen(Window {
            first: self.next,
            inputs: &self.held.input[self.done..],
            wanted: &self.held.wanted[self.done..][..ready],
            weights: &self.held.weights[self.done..][..ready],
        });
        self.next += ready;
        self.done += ready;
        if self.done > self.held.input.len() / 2 {
            self.held.drop_first(self.done);
            self.done = 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The response of a kernel at `omega` against that of the delay, and of its slopes against
    /// the derivative: the magnitudes of both errors.
    fn errors(delay: f64, omega: f64) -> [f64; 2] {
        let range = DelayRange::between(-3.0, 3.0);
        let kernel = range.kernel(delay);
        let at = |taps: &[f64]| {
            let lag = |place: usize| range.past as f64 - (kernel.start + place) as f64;
            let turned = taps.iter().enumerate().map(|(place, tap)| {
                let (sin, cos) = (omega * lag(place)).sin_cos();
                [tap * cos, -tap * sin]
            });
            turned.fold([0.0, 0.0], |sum, part| [sum[0] + part[0], sum[1] + part[1]])
        };
        let (sin, cos) = (omega * delay).sin_cos();
        // e^(−jωd), and −jω e^(−jωd).
        let wanted = [[cos, -sin], [-omega * sin, -omega * cos]];
        let found = [at(&kernel.values), at(&kernel.slopes)];
        std::array::from_fn(|i| (found[i][0] - wanted[i][0]).hypot(found[i][1] - wanted[i][1]))
    }

    #[test]
    fn the_interpolation_is_as_good_as_documented() {
        println!("frequency / Nyquist   error of the delay   error of its derivative");
        for share in [0.0, 0.5, 0.9, 0.92, 0.94, 0.96, 0.98, 1.0] {
            let worst = (-30..=30).fold([0.0_f64; 2], |worst, step| {
                let [value, slope] = errors(f64::from(step) / 20.0, share * PI);
                assert!(value.is_finite() && slope.is_finite());
                [worst[0].max(value), worst[1].max(slope)]
            });
            let [value, slope] = worst.map(|error| 20.0 * error.log10());
            println!("{share:19}   {value:15.1} dB   {slope:20.1} dB");
            if share <= 0.94 {
                assert!(value < -100.0 && slope < -90.0, "{share}: {value} and {slope} dB");
            }
        }
    }

    #[test]
    fn whole_delays_are_exact() {
        let range = DelayRange::between(-2.5, 4.0);
        let inputs: Vec<f64> = (0..range.past + range.future + 5).map(|i| (i * i) as f64).collect();
        let block = [0.0; 5];
        let window = Window { first: 0, inputs: &inputs, wanted: &block, weights: &block };
        let mut delayed = Vec::new();
        for (delay, early) in [-2.0, -1.0, 0.0, 1.0, 2.0, 3.0, 4.0].into_iter().zip((0..7).rev()) {
            range.kernel(delay).delayed(&window, &mut delayed);
            let wanted = &inputs[range.past - 4 + early..][..5];
            assert_eq!(delayed, wanted, "{delay}");
            range.kernel_without_slopes(delay).delayed(&window, &mut delayed);
            assert_eq!(delayed, wanted, "{delay}");
        }
    }

    #[test]
    fn the_slope_is_the_derivative() {
        let step = 1e-6;
        for offset in -HALF..=HALF {
            for fraction in [-0.5, -0.3, -1e-3, 0.0, 1e-9, 0.2, 0.499] {
                let difference = tap(offset, fraction + step).0 - tap(offset, fraction - step).0;
                let slope = tap(offset, fraction).1;
                assert!((difference / (2.0 * step) - slope).abs() < 1e-8, "{offset} {fraction}");
            }
        }
    }

    #[test]
    fn the_kernel_is_continuous_where_it_moves_by_a_sample() {
        let range = DelayRange::between(0.0, 1.0);
        let spread = |kernel: Kernel| {
            let mut row = vec![[0.0; 2]; range.past + range.future + 1];
            for (place, tap) in kernel.values.iter().zip(&kernel.slopes).enumerate() {
                row[kernel.start + place] = [*tap.0, *tap.1];
            }
            row
        };
        let below = spread(range.kernel(0.5_f64.next_down()));
        let above = spread(range.kernel(0.5_f64));
        assert_ne!(range.kernel(0.5_f64.next_down()).start, range.kernel(0.5).start);
        for (below, above) in below.iter().zip(&above) {
            assert!((below[0] - above[0]).abs() < 1e-14 && (below[1] - above[1]).abs() < 1e-9);
        }
    }

    #[test]
    fn a_line_passes_on_every_sample_once() {
        for (range, lost) in [
            (DelayRange::fixed(0.0), 0),
            (DelayRange::fixed(3.0), 0),
            (DelayRange::fixed(-7.0), 7),
            (DelayRange::between(-10.0, 2_000.0), 74),
        ] {
            let mut line = DelayLine::new(range);
            let (mut seen, mut sample) = (0, 0.0);
            for length in [1_024, 1_024, 1_024, 500, 0] {
                let mut block = Block::default();
                for _ in 0..length {
                    sample += 1.0;
                    block.input.push(sample);
                    block.wanted.push(sample);
                    block.weights.push(1.0);
                }
                line.feed(&block, &mut |window| {
                    assert_eq!(window.first, seen);
                    for (index, wanted) in window.wanted.iter().enumerate() {
                        seen += 1;
                        assert_eq!(*wanted, seen as f64);
                        assert_eq!(window.inputs[index + range.past], *wanted);
                    }
                });
            }
            assert_eq!(seen, 3_572 - lost);
        }
    }
}
