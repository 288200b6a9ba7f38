//! The section itself: a biquad in transposed direct form II.

use crate::number::Scalar;
use crate::spec::{DesignError, Parameter, Quantity, Requirement};

/// The leading coefficient of a row's denominator.
const A0: Parameter = Parameter::new("a0", Quantity::Coefficient);

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

impl<S: Copy> Section<S> {
    /// From `[b0, b1, b2, a1, a2]`.
    pub const fn from_coefficients([b0, b1, b2, a1, a2]: [S; 5]) -> Self {
        Self { b0, b1, b2, a1, a2 }
    }

    /// `[b0, b1, b2, a1, a2]`.
    pub const fn coefficients(&self) -> [S; 5] {
        [self.b0, self.b1, self.b2, self.a1, self.a2]
    }
}

impl<S: Scalar> Section<S> {
    /// The section that changes nothing.
    pub fn identity() -> Self {
        Self::from_coefficients([S::one(), S::zero(), S::zero(), S::zero(), S::zero()])
    }

    /// From a row `[b0, b1, b2, a0, a1, a2]` of a second-order-section array, as scipy and MATLAB
    /// write them; all coefficients are divided by `a0`.
    ///
    /// The inverse of [`row`](Section::row). Stability is not checked: see
    /// [`is_stable`](Section::is_stable).
    ///
    /// # Errors
    ///
    /// If `a0` is 0, or a coefficient (with its tangents) is infinite or NaN after the division.
    ///
    /// ```
    /// use filterbank_core::Section;
    ///
    /// let section = Section::from_row([2.0_f64, 0.0, 0.0, 4.0, -2.0, 1.0])?;
    /// assert_eq!(section.coefficients(), [0.5, 0.0, 0.0, -0.5, 0.25]);
    /// assert_eq!(section.row(), [0.5, 0.0, 0.0, 1.0, -0.5, 0.25]);
    /// assert!(Section::from_row([1.0_f64, 0.0, 0.0, 0.0, 0.0, 0.0]).is_err());
    /// # Ok::<(), filterbank_core::DesignError>(())
    /// ```
    #[doc(alias = "sos")]
    pub fn from_row([b0, b1, b2, a0, a1, a2]: [S; 6]) -> Result<Self, DesignError> {
        let leading = a0.primal();
        if leading == 0.0 || !a0.is_finite() {
            return Err(DesignError::new(A0, leading, Requirement::NonZero));
        }
        let section = Self::from_coefficients([b0, b1, b2, a1, a2].map(|c| c / a0));
        section.check_finite()?;
        Ok(section)
    }

    /// The first coefficient that, with its tangents, is infinite or NaN.
    pub(super) fn check_finite(&self) -> Result<(), DesignError> {
        for (name, coefficient) in ["b0", "b1", "b2", "a1", "a2"].iter().zip(self.coefficients()) {
            if !coefficient.is_finite() {
                let parameter = Parameter::new(name, Quantity::Coefficient);
                return Err(DesignError::new(parameter, coefficient.primal(), Requirement::Finite));
            }
        }
        Ok(())
    }

    /// The row `[b0, b1, b2, 1, a1, a2]` of a second-order-section array.
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
    /// place poles close to z = 1 well: run filters at the lowest frequencies in `f64`, or as an
    /// [`SvfSection`](crate::SvfSection).
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

/// The state of one section: what transposed direct form II remembers. It belongs to the coefficients
/// that have made it: see [`FilterState`](crate::FilterState).
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
pub struct SectionState<S> {
    /// Added to the next output.
    pub s1: S,
    /// Added to the output after the next.
    pub s2: S,
}

impl<S: Scalar> Default for SectionState<S> {
    /// At rest.
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
}

/// States at rest, in a constant.
macro_rules! rest {
    ($($t:ident),*) => {$(
        impl SectionState<$t> {
            /// At rest. (On any scalar: `SectionState::default()`.)
            pub const REST: Self = Self { s1: 0.0, s2: 0.0 };
        }
    )*};
}

rest!(f32, f64);
