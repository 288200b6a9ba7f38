//! Second-order sections: the coefficients, and the two numbers of state that run them.

use crate::scalar::Scalar;

/// One second-order section (biquad), with `a0 = 1`:
///
/// ```text
///         b0 + b1 z⁻¹ + b2 z⁻²
/// H(z) = ──────────────────────
///         1  + a1 z⁻¹ + a2 z⁻²
/// ```
///
/// so `y = b0 x + b1 x₁ + b2 x₂ − a1 y₁ − a2 y₂`: scipy's signs. A first-order section has
/// `b2 = a2 = 0`.
#[doc(alias = "biquad")]
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Section<S> {
    /// Feed-forward coefficient of `x[n]`.
    pub b0: S,
    /// Feed-forward coefficient of `x[n − 1]`.
    pub b1: S,
    /// Feed-forward coefficient of `x[n − 2]`.
    pub b2: S,
    /// Feedback coefficient of `y[n − 1]`.
    pub a1: S,
    /// Feedback coefficient of `y[n − 2]`.
    pub a2: S,
}

impl<S: Scalar> Section<S> {
    /// The section that changes nothing.
    pub fn identity() -> Self {
        Self::from_coefficients([S::one(), S::zero(), S::zero(), S::zero(), S::zero()])
    }

    /// From `[b0, b1, b2, a1, a2]`.
    pub const fn from_coefficients([b0, b1, b2, a1, a2]: [S; 5]) -> Self {
        Self { b0, b1, b2, a1, a2 }
    }

    /// `[b0, b1, b2, a1, a2]`.
    pub const fn coefficients(&self) -> [S; 5] {
        [self.b0, self.b1, self.b2, self.a1, self.a2]
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

/// Sections from rows `[b0, b1, b2, a1, a2]`, in a constant.
macro_rules! baked {
    ($t:ident) => {
        impl Section<$t> {
            /// Sections from rows of coefficients that were designed at compile time.
            #[doc(hidden)]
            #[allow(clippy::cast_possible_truncation, reason = "rounding to f32 is the purpose")]
            pub const fn baked<const N: usize>(rows: &[[f64; 5]; N]) -> [Self; N] {
                let mut sections = [Self::from_coefficients([0.0; 5]); N];
                let mut index = 0;
                while index < N {
                    let [b0, b1, b2, a1, a2] = rows[index];
                    sections[index] =
                        Self::from_coefficients([b0 as $t, b1 as $t, b2 as $t, a1 as $t, a2 as $t]);
                    index += 1;
                }
                sections
            }
        }
    };
}

baked!(f32);
baked!(f64);

/// The state of one section: what transposed direct form II remembers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SectionState<S> {
    /// Added to the next output.
    pub s1: S,
    /// Added to the output after the next.
    pub s2: S,
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

/// A block through sections in series, in place.
#[inline]
pub(crate) fn process_series<S: Scalar>(
    sections: &[Section<S>],
    states: &mut [SectionState<S>],
    block: &mut [S],
) {
    // Short enough that a tail is slow, at worst, for a fraction of a millisecond before it is
    // set to zero.
    const CHUNK: usize = 64;
    for chunk in block.chunks_mut(CHUNK) {
        for sample in chunk {
            *sample = tick_series(sections, states, *sample);
        }
        for state in &mut *states {
            state.settle();
        }
    }
}
