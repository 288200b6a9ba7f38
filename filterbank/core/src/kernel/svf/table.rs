//! What a state-variable section does to 8 samples, and to its state over 8 to 128 samples.

use fearless_simd::{Simd, SimdBase};

use crate::kernel::LANES;
use crate::kernel::block_form::squared;
use crate::kernel::extended::{DoubleDouble, Extended, Single};
use crate::kernel::lanes::{LANE_SAMPLES, Real};
use crate::kernel::negligible::{NEGLIGIBLE, at_least, largest, without_negligible};
use crate::section::{SvfSection, SvfState};

/// The number of powers of the transition matrix: over 8, 16, 32, 64 and 128 samples.
const POWERS: usize = 5;

/// The constants of the block recursion for one section, in state space: with the transition
/// matrix `A`, input vector `B` and output vector `C` of [`SvfSection::tick`],
///
/// ```text
/// y[i] = Σ h[i − j] x[j] + C Aⁱ s          s ← A⁸ s + Σ A⁷⁻ⁱ B x[i]
/// ```
///
/// The state `s` is the pair of integrators. The energy `s1² + s2²` never grows, so no power of `A`
/// has an entry above 1, and no state is recovered from outputs that may not contain it.
///
/// A matrix is stored by rows: `[s1 from s1, s1 from s2, s2 from s1, s2 from s2]`.
#[derive(Clone, Copy, Debug)]
pub(super) struct BlockTable<T> {
    /// The first 8 samples of the impulse response `h`.
    pub(super) impulse_response: [T; LANE_SAMPLES],
    /// The zero-input responses `C Aⁱ` to the states `(1, 0)` and `(0, 1)`.
    pub(super) state_responses: [[T; LANE_SAMPLES]; 2],
    /// The weights `A⁷⁻ⁱ B` of the 8 input samples in the state after them.
    pub(super) input_weights: [[T; LANE_SAMPLES]; 2],
    /// `A⁸`, `A¹⁶`, `A³²` and `A⁶⁴`, for the prefix scan over the lanes.
    pub(super) scan_transitions: [[T; 4]; POWERS - 1],
    /// The transition from the start of a chunk to the start of each lane: `A⁸ˡ` in lane `l`.
    pub(super) lane_transitions: [[T; LANES]; 4],
    /// `Aⁿ − I` for n = 8, 16, 32, 64 and 128.
    pub(super) transitions: [Transition; POWERS],
}

/// `Aⁿ − I`, so that slow filters keep all digits: the value as `f64`, and its rounding error.
#[derive(Clone, Copy, Debug)]
pub(super) struct Transition {
    high: [f64; 4],
    low: [f64; 4],
}

impl Transition {
    /// `Aⁿ s`.
    #[inline(always)]
    pub(super) fn advance<T: Real>(&self, [s1, s2]: [f64; 2]) -> [f64; 2] {
        let [p, q, r, s] = self.high;
        let mut change = [p * s1 + q * s2, r * s1 + s * s2];
        if T::NEEDS_DOUBLE_DOUBLE {
            let [p, q, r, s] = self.low;
            change = [change[0] + (p * s1 + q * s2), change[1] + (r * s1 + s * s2)];
        }
        [s1 + change[0], s2 + change[1]]
    }
}

impl<T: Real> BlockTable<T> {
    #[inline(always)]
    pub(super) fn new<S: Simd>(simd: S, section: &SvfSection<f64>) -> Self {
        let run = |s1: f64, s2: f64, first: f64| {
            let mut state = SvfState { s1, s2, k: section.k() };
            let (mut outputs, mut states) = ([0.0; LANE_SAMPLES], [[0.0; LANE_SAMPLES]; 2]);
            for time in 0..LANE_SAMPLES {
                outputs[time] = section.tick(&mut state, if time == 0 { first } else { 0.0 });
                (states[0][time], states[1][time]) = (state.s1, state.s2);
            }
            (outputs, states)
        };
        let (impulse_response, mut input_weights) = run(0.0, 0.0, 1.0);
        for weights in &mut input_weights {
            weights.reverse();
        }
        let transitions = if T::NEEDS_DOUBLE_DOUBLE {
            transitions::<S, DoubleDouble<S>>(simd, section)
        } else {
            transitions::<S, Single<S>>(simd, section)
        };

        let mut lane_transitions = [[T::ZERO; LANES]; 4];
        let mut scan_transitions = [[T::ZERO; 4]; POWERS - 1];
        let mut matrices = [[1.0, 0.0, 0.0, 1.0]; LANES];
        for lane in 0..LANES {
            if let Some(power) = lane.checked_ilog2() {
                let earlier = matrices[lane - (1 << power)];
                matrices[lane] = transitions[power as usize].times(earlier);
                if lane.is_power_of_two() {
                    let rounded = matrices[lane].map(|entry| at_least(NEGLIGIBLE, T::round(entry)));
                    scan_transitions[power as usize] = rounded;
                }
            }
            for (lanes, entry) in lane_transitions.iter_mut().zip(matrices[lane]) {
                lanes[lane] = T::round(at_least(NEGLIGIBLE, entry));
            }
        }
        let rounded = |numbers: [f64; LANE_SAMPLES]| without_negligible(numbers.map(T::round));
        Self {
            impulse_response: rounded(impulse_response),
            state_responses: [run(1.0, 0.0, 0.0).0, run(0.0, 1.0, 0.0).0].map(rounded),
            input_weights: input_weights.map(rounded),
            scan_transitions,
            lane_transitions,
            transitions,
        }
    }
}

impl Transition {
    /// `Aⁿ M`.
    #[inline(always)]
    fn times(&self, [m11, m12, m21, m22]: [f64; 4]) -> [f64; 4] {
        let [a11, a21] = self.advance::<f32>([m11, m21]);
        let [a12, a22] = self.advance::<f32>([m12, m22]);
        [a11, a12, a21, a22]
    }
}

/// `Aⁿ − I` for n = 8, 16, … by repeated squaring. One section fills all lanes of the vectors.
#[inline(always)]
fn transitions<S: Simd, W: Extended<S>>(
    simd: S,
    section: &SvfSection<f64>,
) -> [Transition; POWERS] {
    let number = |x: f64| W::two_sum(S::f64s::splat(simd, x), S::f64s::splat(simd, 0.0));
    let (g2, step_gain) = (number(section.g2()), number(2.0 * section.step_gain()));
    // Twice the bandpass of a unit of the first integrator, and what it is above 2: as in a sample.
    let from_itself = if section.is_slow() {
        -(step_gain * number(section.feedback()))
    } else {
        let twice_loop_gain = S::f64s::splat(simd, 2.0 * section.loop_gain());
        W::two_sum(twice_loop_gain, S::f64s::splat(simd, -2.0))
    };
    let bandpass = from_itself + number(2.0);
    let mut e = [from_itself, -step_gain, g2 * bandpass, -(g2 * step_gain)];
    for _ in 0..LANE_SAMPLES.ilog2() {
        e = squared(e);
    }
    let mut transitions = [Transition { high: [0.0; 4], low: [0.0; 4] }; POWERS];
    for transition in &mut transitions {
        let parts = e.map(|entry| entry.parts().map(|part| part[0]));
        let high = parts.map(|[high, _]| high);
        let limit = NEGLIGIBLE * largest(&high);
        transition.high = high.map(|entry| at_least(limit, entry));
        transition.low = parts.map(|[_, low]| at_least(NEGLIGIBLE * limit, low));
        e = squared(e);
    }
    transitions
}

#[cfg(test)]
mod tests {
    use fearless_simd::{Level, dispatch};

    use super::BlockTable;
    use crate::kernel::lanes::Real;
    use crate::spec::{Band, Method};

    #[test]
    fn tables_have_no_subnormal_entries() {
        fn check<T: Real>() {
            for frequency in [1e-3, 100.0, 1_000.0, 8_000.0, 12_000.0, 16_000.0, 23_990.0] {
                let method = Method::Elliptic { order: 5, ripple_db: 0.5, stop_db: 60.0 };
                let bells = [0.01, 0.5, 1.0, 5.0].map(|q| Band::peak(frequency, q, 6.0));
                for band in bells.into_iter().chain([Band::highpass(method, frequency)]) {
                    let sections = band.svf_sections(48_000.0).expect("the band is valid");
                    for section in sections {
                        let table: BlockTable<T> =
                            dispatch!(Level::new(), simd => BlockTable::new(simd, &section));
                        let samples = [table.impulse_response].into_iter();
                        let samples =
                            samples.chain(table.state_responses).chain(table.input_weights);
                        let entries = (samples.flatten())
                            .chain(table.scan_transitions.into_iter().flatten())
                            .chain(table.lane_transitions.into_iter().flatten());
                        for entry in entries {
                            let (size, normal) = (entry.into().abs(), T::SMALLEST_NORMAL.into());
                            // With room for the product with a sample.
                            assert!(size == 0.0 || size >= 1e8 * normal, "{size:e} for {band:?}");
                        }
                        for transition in table.transitions {
                            let parts = transition.high.into_iter().chain(transition.low);
                            for entry in parts.map(f64::abs) {
                                assert!(entry == 0.0 || entry >= 1e-200, "{entry:e} for {band:?}");
                            }
                        }
                    }
                }
            }
        }
        check::<f32>();
        check::<f64>();
    }
}
