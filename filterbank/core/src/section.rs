//! What second-order sections do: to samples, to blocks, and to each other.

use arrayvec::ArrayVec;

use crate::biquad::{Section, SectionState};
use crate::kernel::{GROUP, LANES, Lane};
use crate::scalar::Scalar;

impl<S: Scalar> Section<S> {
    /// The section that changes nothing.
    pub fn identity() -> Self {
        Self::from_coefficients([S::one(), S::zero(), S::zero(), S::zero(), S::zero()])
    }

    /// A row `[b0, b1, b2, 1, a1, a2]` of scipy's `sos` arrays.
    #[doc(alias = "sos")]
    pub fn row(&self) -> [S; 6] {
        [self.b0, self.b1, self.b2, S::one(), self.a1, self.a2]
    }

    /// Each coefficient changed by `f`, in the order of [`coefficients`](Section::coefficients).
    #[must_use]
    pub fn map<T: Scalar>(&self, f: impl FnMut(S) -> T) -> Section<T> {
        Section::from_coefficients(self.coefficients().map(f))
    }

    /// The same section on another scalar: rounded if that is narrower, without tangents.
    ///
    /// Design in `f64` (or duals) and cast for running in `f32`. Still, `f32` coefficients cannot
    /// place poles close to z = 1 well: run steep filters at the lowest frequencies in `f64`.
    #[must_use]
    pub fn cast<T: Scalar>(&self) -> Section<T> {
        self.map(|coefficient| T::from_f64(coefficient.primal()))
    }

    /// The section with its output multiplied by a linear `gain`.
    #[must_use]
    pub fn with_gain(&self, gain: S) -> Self {
        Self { b0: self.b0 * gain, b1: self.b1 * gain, b2: self.b2 * gain, ..*self }
    }

    /// Whether both poles lie strictly inside the unit circle: `|a2| < 1` and `|a1| < 1 + a2`.
    /// Sections with a coefficient that is not finite are not stable.
    pub fn is_stable(&self) -> bool {
        let [b0, b1, b2, a1, a2] = self.coefficients().map(S::primal);
        // In this order the sum is exact where it is close to 0.
        let margin = if a2 < 0.0 { (1.0 + a2) - a1.abs() } else { (1.0 - a1.abs()) + a2 };
        let inside = margin > 0.0 && a2 < 1.0;
        inside && b0.is_finite() && b1.is_finite() && b2.is_finite()
    }

    /// One sample through the section: transposed direct form II.
    #[doc(alias = "DF2T")]
    #[inline(always)]
    pub fn tick(&self, state: &mut SectionState<S>, x: S) -> S {
        let y = self.b0 * x + state.s1;
        // In this order the sum with the input leaves the chain from output to output.
        state.s1 = (self.b1 * x + state.s2) - self.a1 * y;
        state.s2 = self.b2 * x - self.a2 * y;
        y
    }
}

impl<S: Scalar> Default for SectionState<S> {
    fn default() -> Self {
        Self { s1: S::zero(), s2: S::zero() }
    }
}

impl<S: Scalar> SectionState<S> {
    /// The same values without tangents.
    #[must_use]
    pub fn detach(&self) -> Self {
        Self { s1: self.s1.detach(), s2: self.s2.detach() }
    }

    /// Sets the state to rest if it is no longer finite or has decayed to nothing, see
    /// [`Scalar::settle`]. Cascades and banks do that by themselves.
    #[inline(always)]
    pub fn settle(&mut self) {
        S::settle(&mut self.s1, &mut self.s2);
    }
}

/// One sample through sections in series; `states` has one entry a section.
#[inline(always)]
pub(crate) fn tick_series<S: Scalar>(
    sections: &[Section<S>],
    states: &mut [SectionState<S>],
    x: S,
) -> S {
    sections.iter().zip(states).fold(x, |x, (section, state)| section.tick(state, x))
}

/// Samples from one look at the states to the next: short enough that a tail is slow, at worst, for
/// a fraction of a millisecond before it is set to zero.
const SETTLE: usize = 64;
/// Samples that are filtered one by one before it is tried again to filter them faster.
const PATIENCE: usize = 16 * SETTLE;

/// A block through sections in series, in place.
#[inline]
pub(crate) fn process_series<S: Scalar>(
    sections: &[Section<S>],
    states: &mut [SectionState<S>],
    block: &mut [S],
) {
    process_series_by(S::run_series, sections, states, block);
}

/// A block through sections in series, in place: what `run` leaves, sample by sample. See
/// [`Scalar::run_series`].
#[inline]
pub(crate) fn process_series_by<S: Scalar>(
    run: impl Fn(&[Section<S>], &mut [SectionState<S>], &mut [S]) -> usize,
    sections: &[Section<S>],
    states: &mut [SectionState<S>],
    block: &mut [S],
) {
    for (sections, states) in sections.chunks(GROUP).zip(states.chunks_mut(GROUP)) {
        let mut rest = &mut *block;
        while !rest.is_empty() {
            let done = run(sections, states, rest);
            let (_, left) = rest.split_at_mut(done);
            let (here, after) = left.split_at_mut(left.len().min(PATIENCE));
            for chunk in here.chunks_mut(SETTLE) {
                for sample in chunk {
                    *sample = tick_series(sections, states, *sample);
                }
                states.iter_mut().for_each(SectionState::settle);
            }
            rest = after;
        }
    }
}

/// Blocks of many filters, in place; or from one `input` for all, which is as long as they are.
pub(crate) fn process_parallel<'a, S: Scalar>(
    input: Option<&[S]>,
    mut lanes: impl Iterator<Item = Lane<'a, S>>,
) {
    loop {
        let mut group: ArrayVec<Lane<S>, LANES> = lanes.by_ref().take(LANES).collect();
        if group.is_empty() {
            return;
        }
        let done = S::run_parallel(input, &mut group);
        for Lane { sections, states, block } in &mut group {
            let (_, left) = block.split_at_mut(done);
            if let Some(input) = input {
                left.copy_from_slice(&input[done..]);
            }
            process_series(sections, states, left);
        }
    }
}
