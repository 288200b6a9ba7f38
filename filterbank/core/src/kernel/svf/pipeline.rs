//! One signal through state-variable sections in series: one section in each lane.
//!
//! Each lane runs one sample behind the lane before it (a skewed cascade; H. T. Kung, *Why systolic
//! architectures?*, Computer 15, 1982), so all sections work at the same time. A block takes one
//! step for each sample, and one more for each section after the first. This is the kernel for
//! several sections and short blocks.
//!
//! # Equations
//!
//! Those of [`SvfSection::tick`], in `f64`, with the integrators scaled so that six multiply-adds do
//! the work of a sample. With `L = 1/(1 + g (g2 + k))`, `p = L s1` and `r = L g s2`:
//!
//! ```text
//! v = p − r + L g x                                    the bandpass
//! y = m0 x + (m1 + m2 g2) v + m2/(L g) r
//! p ← 2 L v − p
//! r ← r + 2 g2 L g v
//! ```
//!
//! Products of coefficients are rounded relative to their own size, so slow filters lose nothing.

use fearless_simd::{Select, Simd, SimdFloat, f64x4, f64x8};

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
    /// `L`.
    loop_gain: [f64; GROUP],
    /// `L g`.
    input: [f64; GROUP],
    /// `2 g2 L g`.
    step: [f64; GROUP],
    /// `m0`, `m1 + m2 g2` and `m2/(L g)`.
    mix: [[f64; GROUP]; 3],
    /// A bit for each section that has no scaled form: its integrators stand still, or its
    /// coefficients are not finite. Then the pipeline leaves all samples to its caller.
    unscalable: u16,
}

impl Pipeline {
    pub(super) fn set(&mut self, lane: usize, section: &SvfSection<f64>) {
        let ([m0, m1, m2], g2) = (section.mix(), section.g2());
        let (loop_gain, input) = (section.loop_gain(), section.loop_gain() * section.g());
        self.loop_gain[lane] = loop_gain;
        self.input[lane] = input;
        self.step[lane] = 2.0 * g2 * input;
        for (row, weight) in self.mix.iter_mut().zip([m0, m1 + m2 * g2, m2 / input]) {
            row[lane] = weight;
        }
        let ordinary = |x: f64| (1e-30..1e30).contains(&x);
        let is_unscalable = !(ordinary(loop_gain) && ordinary(input));
        self.unscalable &= !(1 << lane);
        self.unscalable |= u16::from(is_unscalable) << lane;
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
            if block.len() < states.len() || self.unscalable != 0 {
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
        let start = lanes.scaled([load(simd, &start[0]), load(simd, &start[1])]);

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
        let end = lanes.settled::<S, T>(simd, end);
        for (lane, state) in states.iter_mut().enumerate() {
            let (part, lane) = (lane / V::LEN, lane % V::LEN);
            (state.s1, state.s2) = (end[0][part][lane], end[1][part][lane]);
        }
    }
}

/// Sections in lanes, and what they hold. A lane that no sample has reached is at rest.
struct Lanes<V, const N: usize> {
    coefficients: [Coefficients<V>; N],
    /// The scaled integrators `p` and `r`.
    state: [[V; N]; 2],
    output: [V; N],
    index: [V; N],
}

/// See [`Pipeline`].
#[derive(Clone, Copy)]
struct Coefficients<V> {
    loop_gain: V,
    twice_loop_gain: V,
    input: V,
    step: V,
    mix: [V; 3],
}

impl<V, const N: usize> Lanes<V, N> {
    #[inline(always)]
    fn new<S: Simd>(simd: S, pipeline: &Pipeline) -> Self
    where
        V: SimdFloat<S, Element = f64>,
    {
        let loop_gain: [V; N] = load(simd, &pipeline.loop_gain);
        let (input, step): ([V; N], [V; N]) =
            (load(simd, &pipeline.input), load(simd, &pipeline.step));
        let [m0, m1, m2] = &pipeline.mix;
        let (m0, m1): ([V; N], [V; N]) = (load(simd, m0), load(simd, m1));
        let m2: [V; N] = load(simd, m2);
        let zero = V::splat(simd, 0.0);
        let none = Coefficients {
            loop_gain: zero,
            twice_loop_gain: zero,
            input: zero,
            step: zero,
            mix: [zero; 3],
        };
        let mut coefficients = [none; N];
        for part in 0..N {
            coefficients[part] = Coefficients {
                loop_gain: loop_gain[part],
                twice_loop_gain: loop_gain[part] + loop_gain[part],
                input: input[part],
                step: step[part],
                mix: [m0[part], m1[part], m2[part]],
            };
        }
        let index = load(simd, &LANE_INDEX);
        Self { coefficients, state: [[zero; N]; 2], output: [zero; N], index }
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
            let Coefficients { twice_loop_gain, input, step, mix: [m0, m1, m2], .. } =
                self.coefficients[part];
            let (p, r) = (self.state[0][part], self.state[1][part]);
            let x = self.output[part].shift_elements_right::<1>(first);
            first = self.output[part][V::LEN - 1];
            let v = x.mul_add(input, p - r);
            self.output[part] = v.mul_add(m1, x.mul_add(m0, r * m2));
            self.state[0][part] = v.mul_sub(twice_loop_gain, p);
            self.state[1][part] = v.mul_add(step, r);
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
    fn enter<S: Simd>(&mut self, simd: S, lane: usize, start: &[[V; N]; 2])
    where
        V: SimdFloat<S, Element = f64>,
    {
        for part in 0..N {
            let chosen = self.index[part].simd_eq(V::splat(simd, LANE_INDEX[lane]));
            for (state, start) in self.state.iter_mut().zip(start) {
                state[part] = chosen.select(start[part], state[part]);
            }
        }
    }

    /// Keeps the state of a lane that has seen all samples.
    #[inline(always)]
    fn leave<S: Simd>(&self, simd: S, lane: usize, end: &mut [[V; N]; 2])
    where
        V: SimdFloat<S, Element = f64>,
    {
        for part in 0..N {
            let chosen = self.index[part].simd_eq(V::splat(simd, LANE_INDEX[lane]));
            for (state, end) in self.state.iter().zip(&mut *end) {
                end[part] = chosen.select(state[part], end[part]);
            }
        }
    }

    /// From integrators to scaled ones.
    #[inline(always)]
    fn scaled<S: Simd>(&self, [mut s1, mut s2]: [[V; N]; 2]) -> [[V; N]; 2]
    where
        V: SimdFloat<S, Element = f64>,
    {
        for part in 0..N {
            s1[part] *= self.coefficients[part].loop_gain;
            s2[part] *= self.coefficients[part].input;
        }
        [s1, s2]
    }

    /// From scaled integrators to integrators, at rest where they are not finite or have decayed;
    /// see [`Sample::settle`](crate::Sample::settle).
    #[inline(always)]
    fn settled<S: Simd, T: Real>(&self, simd: S, [mut p, mut r]: [[V; N]; 2]) -> [[V; N]; 2]
    where
        V: SimdFloat<S, Element = f64>,
    {
        let zero = V::splat(simd, 0.0);
        let (largest, decayed) =
            (V::splat(simd, T::LARGEST.into()), V::splat(simd, T::DECAYED.into()));
        for part in 0..N {
            let (size1, size2) = (p[part].abs(), r[part].abs());
            let has_decayed = size1.simd_lt(decayed) & size2.simd_lt(decayed);
            let s1 = p[part] / self.coefficients[part].loop_gain;
            let s2 = r[part] / self.coefficients[part].input;
            let is_finite = s1.abs().simd_le(largest) & s2.abs().simd_le(largest);
            let stays = is_finite & !has_decayed;
            (p[part], r[part]) = (stays.select(s1, zero), stays.select(s2, zero));
        }
        [p, r]
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
