//! Unconstrained parameters of a section, for fitting raw coefficients: any five finite numbers
//! give a stable section.

use crate::number::Scalar;
use crate::section::Section;

impl<S: Scalar> Section<S> {
    /// The largest reflection coefficient: a few units in the last place below 1, so that rounding
    /// cannot put a pole on the unit circle.
    const MAX_REFLECTION: f64 = 1.0 - 8.0 * S::EPSILON;

    /// The section with parameters `[b0, b1, b2, r1, r2]`, each any finite number.
    ///
    /// `k1 = tanh r1` and `k2 = tanh r2` are the reflection coefficients of the denominator, which
    /// has the coefficients `a2 = k2` and `a1 = k1 (1 + k2)`. The section is stable for every
    /// choice of the parameters, and every section that is stable by more than rounding has such
    /// parameters. Where `|r|` exceeds about 19 (9 for `f32`), `tanh` rounds to 1 and its
    /// derivative vanishes.
    ///
    /// Source: J. D. Markel and A. H. Gray, *Linear Prediction of Speech* (1976): the step-up
    /// procedure, and stability if and only if every reflection coefficient is below 1 in
    /// magnitude.
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

    /// The parameters `[b0, b1, b2, r1, r2]` of this section: the inverse of
    /// [`from_unconstrained`](Section::from_unconstrained), up to rounding. `None` if the section
    /// is unstable, or stable by less than rounding.
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
