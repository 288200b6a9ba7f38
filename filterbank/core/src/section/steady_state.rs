//! The state of a section in the steady state of a constant input.

use crate::number::Scalar;
use crate::section::{Section, SectionState, response::sum};

impl<S: Scalar> Section<S> {
    /// The gain at 0 Hz: `(b0 + b1 + b2)/(1 + a1 + a2)`. Infinite or NaN for a pole at z = 1.
    ///
    /// ```
    /// use filterbank_core::Section;
    ///
    /// let mean = Section::from_coefficients([0.5, 0.5, 0.0, 0.0, 0.0]);
    /// assert_eq!(mean.dc_gain(), 1.0);
    /// ```
    pub fn dc_gain(&self) -> S {
        sum(self.b0, self.b1, self.b2) / sum(S::one(), self.a1, self.a2)
    }

    /// The state in which a constant input of `level` has a constant output, `level` times
    /// [`dc_gain`](Section::dc_gain). Not finite for a pole at z = 1, which has no such state.
    ///
    /// It is the fixed point of [`tick`](Section::tick): `s1 = y − b0 x`, `s2 = b2 x − a2 y`.
    /// (`scipy.signal.lfilter_zi` solves the same equations as a linear system.)
    ///
    /// ```
    /// use filterbank_core::Section;
    ///
    /// let section = Section::from_coefficients([0.25_f64, 0.25, 0.0, -0.5, 0.0]);
    /// let mut state = section.steady_state(3.0);
    /// assert_eq!(section.tick(&mut state, 3.0), 3.0);
    /// assert_eq!(state, section.steady_state(3.0));
    /// ```
    #[doc(alias = "lfilter_zi")]
    pub fn steady_state(&self, level: S) -> SectionState<S> {
        let output = self.dc_gain() * level;
        SectionState { s1: output - self.b0 * level, s2: self.b2 * level - self.a2 * output }
    }
}
