//! One section in every lane, over 8 samples: forwards, and the adjoint backwards.

use fearless_simd::{Select, Simd, SimdBase, SimdFloat};

use crate::kernel::lanes::{Chunk, LANE_SAMPLES, Lanes};
use crate::kernel::stage::Stage;

/// One `f64` in every lane.
pub(super) type Vector<S> = Lanes<S, f64>;
/// 8 samples in every lane.
pub(super) type Samples<S> = Chunk<S, f64>;

/// The lanes that run in the samples before `border`, and those that run from there on.
pub(super) struct Running<S: Simd> {
    pub(super) before: <Vector<S> as SimdBase<S>>::Mask,
    pub(super) after: <Vector<S> as SimdBase<S>>::Mask,
    pub(super) border: usize,
}

impl<S: Simd> Running<S> {
    /// Takes `new` numbers in the lanes that run, and `old` ones elsewhere.
    #[inline(always)]
    fn select<const N: usize>(
        &self,
        sample: usize,
        new: [Vector<S>; N],
        old: [Vector<S>; N],
    ) -> [Vector<S>; N] {
        let running = if sample < self.border { self.before } else { self.after };
        let mut selected = new;
        for (new, old) in selected.iter_mut().zip(old) {
            *new = running.select(*new, old);
        }
        selected
    }
}

/// Filters 8 samples. If not all lanes run, the states of the others stay.
#[inline(always)]
pub(super) fn filter<S: Simd>(
    stage: &mut Stage<Vector<S>>,
    chunk: &mut Samples<S>,
    running: Option<&Running<S>>,
) {
    let Some(running) = running else {
        return stage.filter::<S>(chunk);
    };
    let [b0, b1, b2, minus_a1, minus_a2] = stage.coefficients;
    for (n, sample) in chunk.iter_mut().enumerate() {
        let ([s1, s2], x) = (stage.state, *sample);
        let y = x.mul_add(b0, s1);
        let next = [y.mul_add(minus_a1, x.mul_add(b1, s2)), y.mul_add(minus_a2, x * b2)];
        stage.state = running.select(n, next, stage.state);
        *sample = y;
    }
}

/// The slopes by the state of a section, and the sums of those by its coefficients
/// `[b0, b1, b2, −a1, −a2]`.
pub(super) struct StageSlopes<S: Simd> {
    pub(super) state: [Vector<S>; 2],
    pub(super) sums: [Vector<S>; 5],
}

impl<S: Simd> StageSlopes<S> {
    /// Replaces the slopes by 8 samples of the output `y` by those of the input `x`. If not all
    /// lanes run, the slopes by states and coefficients stay in the others.
    ///
    /// With the whole derivative `v[n]` by output `n`, the slopes by the states after it are
    /// `v[n + 1]` and `v[n + 2]`; the equations are in `adjoint/plain.rs`. As in
    /// [`Stage::filter`], the latency of a sample is one multiply-add.
    #[inline(always)]
    pub(super) fn adjoint(
        &mut self,
        [b0, b1, b2, minus_a1, minus_a2]: [Vector<S>; 5],
        [x, y]: [&Samples<S>; 2],
        slope: &mut Samples<S>,
        running: Option<&Running<S>>,
    ) {
        let (mut state, mut sums) = (self.state, self.sums);
        for n in (0..LANE_SAMPLES).rev() {
            let [v1, v2] = state;
            let v = v1.mul_add(minus_a1, v2.mul_add(minus_a2, slope[n]));
            slope[n] = v.mul_add(b0, v1.mul_add(b1, v2 * b2));
            let next = [v, v1];
            let next_sums = [
                v.mul_add(x[n], sums[0]),
                v1.mul_add(x[n], sums[1]),
                v2.mul_add(x[n], sums[2]),
                v1.mul_add(y[n], sums[3]),
                v2.mul_add(y[n], sums[4]),
            ];
            (state, sums) = match running {
                None => (next, next_sums),
                Some(running) => {
                    (running.select(n, next, state), running.select(n, next_sums, sums))
                }
            };
        }
        (self.state, self.sums) = (state, sums);
    }
}

/// The recursion of [`StageSlopes::adjoint`] alone: the slopes by the state before 8 samples.
#[inline(always)]
pub(super) fn state_slopes<S: Simd>(
    state: &mut [Vector<S>; 2],
    [_, _, _, minus_a1, minus_a2]: [Vector<S>; 5],
    slope: &Samples<S>,
    running: Option<&Running<S>>,
) {
    for n in (0..LANE_SAMPLES).rev() {
        let [v1, v2] = *state;
        let next = [v1.mul_add(minus_a1, v2.mul_add(minus_a2, slope[n])), v1];
        *state = running.map_or(next, |running| running.select(n, next, *state));
    }
}

/// Sets pairs of numbers to zero that have decayed, long before they become subnormal. Numbers that
/// are not finite stay.
#[inline(always)]
pub(super) fn settle<S: Simd>(simd: S, pair: &mut [Vector<S>; 2]) {
    let (zero, limit) = (Vector::<S>::splat(simd, 0.0), Vector::<S>::splat(simd, DECAYED));
    let [one, other] = *pair;
    let decayed = one.abs().simd_lt(limit) & other.abs().simd_lt(limit);
    *pair = [decayed.select(zero, one), decayed.select(zero, other)];
}

/// Chunks of 8 samples between two checks for decayed numbers.
pub(super) const SETTLE: usize = 64 / LANE_SAMPLES;

/// Far above the subnormal numbers, so that nothing gets there between two checks.
const DECAYED: f64 = 1e-290;
