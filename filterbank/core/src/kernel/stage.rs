//! One section in every lane, each with its own coefficients and state.

use fearless_simd::{Select, Simd, SimdBase, SimdFloat, SimdFloatElement, SimdMask};

use super::Lane;
use super::lanes::{LANE_SAMPLES, Lanes, Real, splat};
use super::segments::Segment;

/// The sections at one position of all segments, and their states.
pub(super) struct Stage<V> {
    /// `[b0, b1, b2, −a1, −a2]`.
    pub(super) coefficients: [V; 5],
    pub(super) state: [V; 2],
}

impl<V> Stage<V> {
    /// Filters 8 samples in every lane.
    ///
    /// Unrolled over 8 samples, transposed direct form II is
    /// `y[n] = v[n] − a2 y[n − 2] − a1 y[n − 1]` with a feed-forward part `v`. Only the last
    /// product depends on the previous output, so the latency of a sample is one multiply-add.
    #[inline(always)]
    pub(super) fn filter<S: Simd>(&mut self, chunk: &mut [V; LANE_SAMPLES])
    where
        V: SimdFloat<S, Element: SimdFloatElement>,
    {
        let [b0, b1, b2, minus_a1, minus_a2] = self.coefficients;
        let [s1, s2] = self.state;
        let x = *chunk;
        let mut y = x;
        y[0] = x[0].mul_add(b0, s1);
        y[1] = x[1].mul_add(b0, x[0].mul_add(b1, s2));
        for n in 2..LANE_SAMPLES {
            y[n] = x[n].mul_add(b0, x[n - 1].mul_add(b1, x[n - 2] * b2));
        }
        y[1] = y[0].mul_add(minus_a1, y[1]);
        for n in 2..LANE_SAMPLES {
            y[n] = y[n - 1].mul_add(minus_a1, y[n - 2].mul_add(minus_a2, y[n]));
        }
        let ([.., x1, x0], [.., y1, y0]) = (x, y);
        let delayed_terms = y1.mul_add(minus_a2, x1.mul_add(b2, x0 * b1));
        self.state = [y0.mul_add(minus_a1, delayed_terms), y0.mul_add(minus_a2, x0 * b2)];
        *chunk = y;
    }
}

/// Loads the sections at one position of their segments. A segment without a section there gets the
/// identity.
#[inline(always)]
pub(super) fn load_stage<S: Simd, T: Real>(
    simd: S,
    filters: &[Lane<'_, T>],
    segments: &[Segment],
    position: usize,
) -> Stage<Lanes<S, T>> {
    let zero = splat::<S, T>(simd, T::ZERO);
    let mut stage = Stage { coefficients: [zero; 5], state: [zero; 2] };
    stage.coefficients[0] = splat::<S, T>(simd, T::round(1.0));
    for (lane, segment) in segments.iter().enumerate() {
        let filter = &filters[segment.filter];
        let index = segment.first_section + position;
        if let (Some(section), Some(state)) = (filter.sections.get(index), filter.states.get(index))
        {
            let [b0, b1, b2, a1, a2] = section.coefficients();
            let numbers = [b0, b1, b2, T::ZERO - a1, T::ZERO - a2];
            for (vector, number) in stage.coefficients.iter_mut().zip(numbers) {
                vector[lane] = number;
            }
            (stage.state[0][lane], stage.state[1][lane]) = (state.s1, state.s2);
        }
    }
    stage
}

/// Applies [`Sample::settle`](crate::Sample::settle) in every lane; returns whether all states
/// were finite.
#[inline(always)]
pub(super) fn settle<S: Simd, T: Real>(simd: S, state: &mut [Lanes<S, T>; 2]) -> bool {
    let zero = splat::<S, T>(simd, T::ZERO);
    let [s1, s2] = *state;
    let largest = s1.max(zero - s1).max(s2.max(zero - s2));
    let finite = s1.is_finite() & s2.is_finite();
    let stays = finite & largest.simd_ge(T::DECAYED);
    *state = [stays.select(s1, zero), stays.select(s2, zero)];
    finite.all_true()
}
