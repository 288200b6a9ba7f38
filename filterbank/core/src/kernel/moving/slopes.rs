//! The adjoint of one section over the samples of a run.

use fearless_simd::{Select, Simd, SimdBase, SimdFloat, SimdMask, f64x8};

use super::course::{Coefficients, Course, Motion, Run, settle};
use super::signals::{Row, States};
use super::sums::FrameSums;

/// What is written down for each section and sample: the input, and the integrators after their
/// reduction.
pub(super) type Trace = [Row; 3];

/// What is written down for each section and run, in the place of its first sample: the integrators
/// and the damping before it.
pub(super) type Border = [Row; 3];

/// The adjoint of one section in all lanes, on its way back over a stretch.
pub(super) struct SectionAdjoint<'a, S: Simd> {
    pub(super) simd: S,
    pub(super) traces: &'a [Trace],
    pub(super) borders: &'a [Border],
    /// The slopes by the output, which become those by the input.
    pub(super) slopes: &'a mut [Row],
    /// The slopes by the integrators, and by the damping that the state remembers.
    pub(super) by_state: States<S>,
    /// The slopes by the coefficients.
    pub(super) sums: FrameSums<S>,
}

impl<S: Simd> SectionAdjoint<'_, S> {
    /// Goes back over a run.
    #[inline(always)]
    pub(super) fn run(&mut self, course: &Course<'_, S>, run: &Run) {
        if run.settles(self.slopes.len()) {
            settle(self.simd, &mut self.by_state.integrators);
        }
        match course.motion() {
            None => self.held(&course.held(self.simd), run),
            Some(motion) => self.moving(course, motion, run),
        }
    }

    /// Where the coefficients are held.
    #[inline(always)]
    fn held(&mut self, coefficients: &Coefficients<S>, run: &Run) {
        let mut sums = [f64x8::splat(self.simd, 0.0); 6];
        for sample in run.samples.clone().rev() {
            sums = self.sample(coefficients, sample, sums);
        }
        let mut by = coefficients.chain(self.simd, sums);
        self.border(coefficients, run.samples.start, &mut by);
        self.sums.add(by);
    }

    /// Where the coefficients move from sample to sample.
    #[inline(always)]
    fn moving(&mut self, course: &Course<'_, S>, motion: Motion, run: &Run) {
        let simd = self.simd;
        let first = run.samples.start;
        let part = |sample: usize| motion.part(run.offset + sample - first);
        let mut coefficients = course.at(simd, part(run.samples.end - 1));
        for sample in run.samples.clone().rev() {
            let sums = self.sample(&coefficients, sample, [f64x8::splat(simd, 0.0); 6]);
            let mut by = coefficients.chain(simd, sums);
            if sample == first {
                self.border(&coefficients, sample, &mut by);
                self.sums.add_between(simd, part(sample), by);
            } else {
                let before = course.at(simd, part(sample - 1));
                self.step(&coefficients, before.k, sample, &mut by);
                self.sums.add_between(simd, part(sample), by);
                coefficients = before;
            }
        }
    }

    /// Goes back over one sample, and adds to the six sums from which the slopes by the coefficients
    /// [follow](Coefficients::chain).
    #[inline(always)]
    fn sample(
        &mut self,
        coefficients: &Coefficients<S>,
        sample: usize,
        sums: [f64x8<S>; 6],
    ) -> [f64x8<S>; 6] {
        let Coefficients { g2, mix: [m0, m1, m2], loop_gain, step_gain, minus_feedback, .. } =
            *coefficients;
        let trace = self.traces[sample].each_ref();
        let [x, s1, s2] = trace.map(|row| f64x8::from_slice(self.simd, row));
        let slope = &mut self.slopes[sample];
        let by_y = f64x8::from_slice(self.simd, slope);
        let v1 = coefficients.bandpass([s1, s2], x);
        let v2 = v1.mul_add(g2, s2);
        let [h1, h2] = self.by_state.integrators;
        let by_v2 = by_y.mul_add(m2, h2 + h2);
        let by_v1 = by_v2.mul_add(g2, by_y.mul_add(m1, h1 + h1));
        let by_step = by_v1 * step_gain;
        by_y.mul_add(m0, by_step).store_slice(slope);
        self.by_state.integrators = [by_v1.mul_sub(loop_gain, h1), (by_v2 - h2) - by_step];
        let change = v1.mul_add(minus_feedback, x - s2);
        [
            by_v1.mul_add(change, sums[0]),
            by_v2.mul_add(v1, sums[1]),
            by_v1.mul_add(v1, sums[2]),
            by_y.mul_add(x, sums[3]),
            by_y.mul_add(v1, sums[4]),
            by_y.mul_add(v2, sums[5]),
        ]
    }

    /// Goes back over the border before a run.
    #[inline(always)]
    fn border(&mut self, coefficients: &Coefficients<S>, first: usize, by: &mut [f64x8<S>; 6]) {
        let (k, before) = (coefficients.k, States::of_rows(self.simd, &self.borders[first]));
        self.take_damping(k, before.k, by);
        let rises = k.simd_gt(before.k);
        if rises.any_true() {
            let ([h1, h2], [s1, s2]) = (self.by_state.integrators, before.integrators);
            let (ratio, by_before) = (before.k / k, h1.mul_add(s1, h2 * s2) / k);
            self.reduce(rises, ratio, by_before, by);
        }
    }

    /// The same between two samples of a run, where the damping before was above 0: from the
    /// integrators after their reduction.
    #[inline(always)]
    fn step(
        &mut self,
        coefficients: &Coefficients<S>,
        before: f64x8<S>,
        sample: usize,
        by: &mut [f64x8<S>; 6],
    ) {
        let k = coefficients.k;
        self.take_damping(k, before, by);
        let rises = k.simd_gt(before);
        if rises.any_true() {
            let [_, s1, s2] = self.traces[sample].each_ref();
            let [s1, s2] = [s1, s2].map(|row| f64x8::from_slice(self.simd, row));
            let [h1, h2] = self.by_state.integrators;
            let (ratio, by_before) = (before / k, h1.mul_add(s1, h2 * s2) / before);
            self.reduce(rises, ratio, by_before, by);
        }
    }

    /// Where the damping changes, the state takes it.
    #[inline(always)]
    fn take_damping(&mut self, k: f64x8<S>, before: f64x8<S>, by: &mut [f64x8<S>; 6]) {
        let zero = f64x8::splat(self.simd, 0.0);
        let same = k.simd_eq(before);
        by[2] += same.select(zero, self.by_state.k);
        self.by_state.k = same.select(self.by_state.k, zero);
    }

    /// Where the damping rises, the state is reduced by a ratio. `by_before` is the slope by the
    /// damping before.
    #[inline(always)]
    fn reduce(
        &mut self,
        rises: <f64x8<S> as SimdBase<S>>::Mask,
        ratio: f64x8<S>,
        by_before: f64x8<S>,
        by: &mut [f64x8<S>; 6],
    ) {
        let zero = f64x8::splat(self.simd, 0.0);
        by[2] -= rises.select(by_before * ratio, zero);
        self.by_state.k = rises.select(by_before, self.by_state.k);
        self.by_state.integrators = self.by_state.integrators.map(|h| rises.select(h * ratio, h));
    }
}

impl<S: Simd> Coefficients<S> {
    /// The slopes by the coefficients, from the sums over samples.
    #[inline(always)]
    fn chain(
        &self,
        simd: S,
        [change, second, first, by_m0, by_m1, by_m2]: [f64x8<S>; 6],
    ) -> [f64x8<S>; 6] {
        let by_k = f64x8::splat(simd, 0.0) - first * self.step_gain;
        [change * self.loop_gain, second + by_k, by_k, by_m0, by_m1, by_m2]
    }
}
