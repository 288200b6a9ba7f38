//! A section as five numbers that can take any value: for learning raw coefficients.

use crate::number::Scalar;
use crate::section::Section;

impl<S: Scalar> Section<S> {
    /// The largest reflection coefficient: inside the unit interval by a few units in the last
    /// place, so that rounding cannot put a pole on the unit circle.
    const MAX_REFLECTION: f64 = 1.0 - 8.0 * S::EPSILON;

    /// The section with parameters `[b0, b1, b2, r1, r2]`, each any finite number.
    ///
    /// `r1` and `r2` become the reflection coefficients `k = tanh r` of the denominator, and
    /// those its coefficients: `a2 = k2`, `a1 = k1 (1 + k2)`. The section is stable whatever the
    /// parameters are, and every stable section has parameters. Where `|r|` exceeds about 19
    /// (9 for `f32`), `tanh` is 1 to rounding and the derivative has vanished.
    ///
    /// Source: J. D. Markel and A. H. Gray, *Linear Prediction of Speech* (1976), section 5.1
    /// (step-up recursion).
    ///
    /// ```
    /// use filterbank_core::Section;
    ///
    /// assert!(Section::from_unconstrained([1.0, 0.0, 0.0, -1e9, 1e9]).is_stable());
    /// ```
    #[must_use]
    pub fn from_unconstrained([b0, b1, b2, r1, r2]: [S; 5]) -> Self {
        let k1 = r1.tanh().scale(Self::MAX_REFLECTION);
        let k2 = r2.tanh().scale(Self::MAX_REFLECTION);
        Self { b0, b1, b2, a1: k1 * (S::one() + k2), a2: k2 }
    }

    /// The parameters `[b0, b1, b2, r1, r2]` from which
    /// [`from_unconstrained`](Section::from_unconstrained) makes this section (to rounding);
    /// `None` if it is not stable, or so nearly unstable that rounding could tip it.
    ///
    /// ```
    /// use filterbank_core::Section;
    ///
    /// let section = Section::from_coefficients([1.0_f64, 2.0, 1.0, -1.8, 0.9]);
    /// let params = section.to_unconstrained().ok_or("unstable")?;
    /// let again = Section::from_unconstrained(params);
    /// assert!((again.a1 - section.a1).abs() < 1e-14 && (again.a2 - section.a2).abs() < 1e-14);
    /// # Ok::<(), &str>(())
    /// ```
    pub fn to_unconstrained(&self) -> Option<[S; 5]> {
        let (k1, k2) = (self.a1 / (S::one() + self.a2), self.a2);
        let inside = |k: S| k.primal().abs() < Self::MAX_REFLECTION;
        let unbounded = |k: S| k.scale(1.0 / Self::MAX_REFLECTION).atanh();
        (self.is_stable() && inside(k1) && inside(k2))
            .then(|| [self.b0, self.b1, self.b2, unbounded(k1), unbounded(k2)])
    }
}
