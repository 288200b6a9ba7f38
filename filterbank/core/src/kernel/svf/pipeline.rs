//! One signal through state-variable sections in series: one section in each lane.
//!
//! Each lane runs one sample behind the lane before it (a skewed cascade; H. T. Kung, *Why systolic
//! architectures?*, Computer 15, 1982), so all sections work at the same time. A block takes one
//! step for each sample, and one more for each section after the first. This is the kernel for
//! several sections and short blocks.
//!
//! # Equations
//!
//! Those of [`SvfSection::tick`], in `f64`, with the products of coefficients taken beforehand and
//! without the waiting: with `v` for the bandpass and `u` for the lowpass integrator as it was
//! before the last sample,
//!
//! ```text
//! s2 = u + 2 g2 v
//! v  ← L s1 − L g u − 2 g2 L g v + L g x          L = 1/(1 + g (g2 + k))
//! s1 ← 2 v − s1
//! y  = m0 x + (m1 + m2 g2) v + m2 s2
//! ```
//!
//! From input to output, and from one bandpass to the next, no sample waits for more than three
//! multiply-adds.

use fearless_simd::{Select, Simd, SimdFloat, f64x4, f64x8};

use super::{is_decayed, is_finite};
use crate::kernel::GROUP;
use crate::kernel::lanes::Real;
use crate::section::{SvfSection, SvfState};

/// The largest number of samples in one run, after which states are settled.
pub(super) const LONGEST: usize = 64;

/// The index of each lane.
const LANE_INDEX: [f64; GROUP] =
    [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0, 11.0, 12.0, 13.0, 14.0, 15.0];

/// The coefficients of up to [`GROUP`] sections, one in each lane.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Pipeline {
    /// `L g`: the input and the lowpass in the bandpass.
    input: [f64; GROUP],
    /// `L`: the first integrator in the bandpass.
    loop_gain: [f64; GROUP],
    /// `2 g2 L g`: what the last bandpass adds to the lowpass, in the bandpass.
    last: [f64; GROUP],
    /// `2 g2`: the bandpass in the second integrator.
    step: [f64; GROUP],
    /// `m0`, `m1 + m2 g2` and `m2`.
    mix: [[f64; GROUP]; 3],
}

impl Pipeline {
    pub(super) fn set(&mut self, lane: usize, section: &SvfSection<f64>) {
        let ([m0, m1, m2], g2) = (section.mix(), section.g2());
        let input = section.loop_gain() * section.g();
        self.input[lane] = input;
        self.loop_gain[lane] = section.loop_gain();
        self.last[lane] = 2.0 * g2 * input;
        self.step[lane] = 2.0 * g2;
        (self.mix[0][lane], self.mix[1][lane], self.mix[2][lane]) = (m0, m1 + m2 * g2, m2);
    }

    /// Filters the front of a block by the first sections, one for each state, and returns the
    /// number of samples filtered. It leaves the end if that is shorter than the pipeline.
    #[inline(always)]
    pub(super) fn filter<S: Simd, T: Real>(
        &self,
        simd: S,
        states: &mut [SvfState<f64>],
        block: &mut [T],
    ) -> usize {
        let mut done = 0;
        for block in block.chunks_mut(LONGEST) {
            if block.len() < states.len() {
                break;
            }
            match states.len() {
                0..=4 => self.run::<S, T, f64x4<S>, 1>(simd, states, block),
                5..=8 => self.run::<S, T, f64x4<S>, 2>(simd, states, block),
                _ => self.run::<S, T, f64x8<S>, 2>(simd, states, block),
            }
            done += block.len();
        }
        done
    }

    /// Filters a block that is at least as long as the pipeline, in `N` vectors.
    #[inline(always)]
    fn run<S: Simd, T: Real, V: SimdFloat<S, Element = f64>, const N: usize>(
        &self,
        simd: S,
        states: &mut [SvfState<f64>],
        block: &mut [T],
    ) {
        let (length, last_lane) = (block.len(), states.len() - 1);
        let mut start = [[0.0; GROUP]; 2];
        for (lane, state) in states.iter().enumerate() {
            (start[0][lane], start[1][lane]) = (state.s1, state.s2);
        }
        let mut lanes = Lanes::<V, N>::new(simd, self);
        let start = [load::<S, V, N>(simd, &start[0]), load::<S, V, N>(simd, &start[1])];

        for (lane, x) in block[..last_lane].iter().enumerate() {
            lanes.enter(simd, lane, &start);
            lanes.step((*x).into());
        }
        lanes.enter(simd, last_lane, &start);
        for time in last_lane..length - 1 {
            lanes.step(block[time].into());
            block[time - last_lane] = T::round(lanes.output(last_lane));
        }
        let mut end = start;
        for lane in 0..=last_lane {
            let time = length - 1 + lane;
            lanes.step(block.get(time).map_or(0.0, |x| (*x).into()));
            lanes.leave(simd, lane, &mut end);
            block[time - last_lane] = T::round(lanes.output(last_lane));
        }
        for (lane, state) in states.iter_mut().enumerate() {
            let end = [0, 1].map(|part| end[part][lane / V::LEN][lane % V::LEN]);
            let settles = !is_finite::<T>(end) || is_decayed::<T>(end);
            [state.s1, state.s2] = if settles { [0.0; 2] } else { end };
        }
    }
}

/// Sections in lanes, and what they hold. A lane that no sample has reached is at rest.
struct Lanes<V, const N: usize> {
    coefficients: [[V; 8]; N],
    s1: [V; N],
    /// The second integrator before the last sample.
    earlier_s2: [V; N],
    bandpass: [V; N],
    output: [V; N],
    index: [V; N],
}

impl<V, const N: usize> Lanes<V, N> {
    #[inline(always)]
    fn new<S: Simd>(simd: S, pipeline: &Pipeline) -> Self
    where
        V: SimdFloat<S, Element = f64>,
    {
        let zero = [V::splat(simd, 0.0); N];
        let mut coefficients = [[V::splat(simd, 0.0); 8]; N];
        let Pipeline { input, loop_gain, last, step, mix: [m0, m1, m2] } = pipeline;
        for (part, rows) in coefficients.iter_mut().enumerate() {
            let lanes = part * V::LEN..(part + 1) * V::LEN;
            let row = |row: &[f64; GROUP]| V::from_slice(simd, &row[lanes.clone()]);
            let (input, last) = (row(input), row(last));
            *rows = [input, -input, row(loop_gain), -last, row(step), row(m0), row(m1), row(m2)];
        }
        let index = load::<S, V, N>(simd, &LANE_INDEX);
        Self { coefficients, s1: zero, earlier_s2: zero, bandpass: zero, output: zero, index }
    }

    /// One sample in every lane: `x` in the first, in the others the last output of the lane
    /// before.
    #[inline(always)]
    fn step<S: Simd>(&mut self, x: f64)
    where
        V: SimdFloat<S, Element = f64>,
    {
        let mut first = x;
        for part in 0..N {
            let [input, minus_input, loop_gain, minus_last, step, m0, m1, m2] =
                self.coefficients[part];
            let x = self.output[part].shift_elements_right::<1>(first);
            first = self.output[part][V::LEN - 1];
            let (s1, v) = (self.s1[part], self.bandpass[part]);
            let free =
                s1.mul_add(loop_gain, v.mul_add(minus_last, self.earlier_s2[part] * minus_input));
            let s2 = v.mul_add(step, self.earlier_s2[part]);
            let v = x.mul_add(input, free);
            self.output[part] = v.mul_add(m1, x.mul_add(m0, s2 * m2));
            self.s1[part] = (v + v) - s1;
            self.earlier_s2[part] = s2;
            self.bandpass[part] = v;
        }
    }

    /// The output of one lane.
    #[inline(always)]
    fn output<S: Simd>(&self, lane: usize) -> f64
    where
        V: SimdFloat<S, Element = f64>,
    {
        self.output[lane / V::LEN][lane % V::LEN]
    }

    /// Gives a lane the state from which it starts.
    #[inline(always)]
    fn enter<S: Simd>(&mut self, simd: S, lane: usize, [s1, s2]: &[[V; N]; 2])
    where
        V: SimdFloat<S, Element = f64>,
    {
        for part in 0..N {
            let chosen = self.index[part].simd_eq(V::splat(simd, LANE_INDEX[lane]));
            self.s1[part] = chosen.select(s1[part], self.s1[part]);
            self.earlier_s2[part] = chosen.select(s2[part], self.earlier_s2[part]);
        }
    }

    /// Keeps the state of a lane that has seen all samples.
    #[inline(always)]
    fn leave<S: Simd>(&self, simd: S, lane: usize, [s1, s2]: &mut [[V; N]; 2])
    where
        V: SimdFloat<S, Element = f64>,
    {
        for part in 0..N {
            let chosen = self.index[part].simd_eq(V::splat(simd, LANE_INDEX[lane]));
            let step = self.coefficients[part][4];
            let now = self.bandpass[part].mul_add(step, self.earlier_s2[part]);
            s1[part] = chosen.select(self.s1[part], s1[part]);
            s2[part] = chosen.select(now, s2[part]);
        }
    }
}

/// Numbers of consecutive lanes.
#[inline(always)]
fn load<S: Simd, V: SimdFloat<S, Element = f64>, const N: usize>(
    simd: S,
    numbers: &[f64; GROUP],
) -> [V; N] {
    let mut vectors = [V::splat(simd, 0.0); N];
    for (vector, numbers) in vectors.iter_mut().zip(numbers.chunks_exact(V::LEN)) {
        *vector = V::from_slice(simd, numbers);
    }
    vectors
}
