//! The section as a state-variable filter, made for coefficients that move.
//!
//! Sources: V. Zavalishin, *The Art of VA Filter Design* (2.1.2, 2018), chapter 4 (the
//! topology-preserving transform of the state-variable filter) and section 2.10 (why it may be
//! modulated); A. Simper, *Linear Trapezoidal State Variable Filter* (2013), whose names `g`, `k`,
//! `m0`, `m1`, `m2` are used here.
//!
//! # Equations
//!
//! Two integrators in a loop, with bandpass `v1` and lowpass `v2`:
//!
//! ```text
//! dv1/dt = g (x − k v1 − v2)          y = m0 x + m1 v1 + m2 v2
//! dv2/dt = g v1
//! ```
//!
//! The trapezoidal rule replaces each integral. It is the bilinear transform, so the transfer
//! function is that of the biquad:
//!
//! ```text
//!          m0 s² + (m1 + k m0) g s + (m2 + m0) g²              1 − z⁻¹
//! H(s)  =  ──────────────────────────────────────,      s  =  ─────────
//!                  s² + k g s + g²                             1 + z⁻¹
//! ```
//!
//! # Motion
//!
//! From one sample to the next, without input, the energy `s1² + s2²` of the state changes by
//! `−4 g k v1²`, whatever `g` and `k` are in that sample. So no motion of the coefficients can make
//! it grow. (A first-order section has only the first integrator, and the energy `s1²`.)
//!
//! The output of a bell, a notch, an allpass or a narrow bandpass contains `k v1`, and at resonance
//! `v1` is as large as `1/k`. If `k` rises by a factor from one sample to the next, so does the
//! output, until the state has decayed. So the state remembers `k`, and where `k` rises the state
//! is reduced by the same factor: `k v1` goes on where it was, and the energy falls. (This map is
//! derived here. Where `k` falls the state is kept: it is small, and has nothing to ring with.)

use crate::number::Scalar;
use crate::section::Section;
use crate::spec::{DesignError, Parameter, Quantity, Requirement};

/// One second-order section as a state-variable filter by the trapezoidal rule: the same transfer
/// function as a [`Section`], in a form whose coefficients may move while it runs.
///
/// It is also the form for low frequencies in `f32`: `g` and `k` carry full relative precision
/// where the coefficients of a [`Section`] are all close to 2 or 1.
///
/// `S` may be a dual number: a sweep, sample by sample, then carries exact derivatives.
///
/// ```
/// use filterbank_core::{Band, SvfState};
///
/// // A cutoff that moves with every sample.
/// let mut state = SvfState::default();
/// let mut largest = 0.0_f64;
/// for n in 0..4_800 {
///     let cutoff = 8_000.0 * (-f64::from(n) / 500.0).exp() + 50.0;
///     let section = Band::resonant_lowpass(cutoff, 0.707).svf_sections(48_000.0)?[0];
///     largest = largest.max(section.tick(&mut state, 1.0));
/// }
/// assert!(largest < 1.1);
/// # Ok::<(), filterbank_core::DesignError>(())
/// ```
#[doc(alias = "TPT")]
#[doc(alias = "state variable filter")]
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SvfSection<S> {
    /// The gain of the first integrator.
    g: S,
    /// The gain of the second integrator: `g`, or 0 in a first-order section.
    g2: S,
    k: S,
    mix: [S; 3],
    /// `1/(1 + g (g2 + k))`.
    loop_gain: S,
    /// `g/(1 + g (g2 + k))`.
    step_gain: S,
    /// `g2 + k`.
    feedback: S,
}

/// The state of one [`SvfSection`]: what its integrators hold, and the damping that it had.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
pub struct SvfState<S> {
    /// The integrator of the bandpass.
    pub s1: S,
    /// The integrator of the lowpass.
    pub s2: S,
    /// The damping of the last sample; 0 at rest. A state of your own making needs the damping of its
    /// section here: with 0, it counts as at rest.
    pub k: S,
}

impl<S: Scalar> Default for SvfState<S> {
    /// At rest.
    fn default() -> Self {
        Self { s1: S::zero(), s2: S::zero(), k: S::zero() }
    }
}

/// States at rest, in a constant.
macro_rules! rest {
    ($($t:ident),*) => {$(
        impl SvfState<$t> {
            /// At rest. (On any scalar: `SvfState::default()`.)
            pub const REST: Self = Self { s1: 0.0, s2: 0.0, k: 0.0 };
        }
    )*};
}

rest!(f32, f64);

impl<S: Scalar> SvfState<S> {
    /// The same values without tangents.
    #[must_use]
    pub fn detach(&self) -> Self {
        Self { s1: self.s1.detach(), s2: self.s2.detach(), k: self.k.detach() }
    }
}

impl<S: Scalar> SvfState<S> {
    /// Takes the state to another damping.
    #[inline(always)]
    pub(crate) fn carry_to(&mut self, k: S) {
        if k.primal() > self.k.primal() {
            let ratio = self.k / k;
            self.s1 *= ratio;
            self.s2 *= ratio;
        }
        self.k = k;
    }
}

impl<S: Scalar> SvfSection<S> {
    /// A second-order section from the gain `g > 0` of its integrators (the prewarped natural
    /// frequency, `tan(π f/f_s)`), its damping `k ≥ 0` (the reciprocal of Q), and the weights of
    /// input, bandpass and lowpass in the output.
    pub fn second_order(g: S, k: S, mix: [S; 3]) -> Self {
        Self::from_parts(g, g, k, mix)
    }

    /// A first-order section from the gain `g > 0` of its integrator (`tan(π f/f_s)`) and the
    /// weights of input and lowpass in the output.
    pub fn first_order(g: S, [input, lowpass]: [S; 2]) -> Self {
        Self::from_parts(g, S::zero(), S::one(), [input, lowpass, S::zero()])
    }

    fn from_parts(g: S, g2: S, k: S, mix: [S; 3]) -> Self {
        let feedback = g2 + k;
        let loop_gain = (S::one() + g * feedback).recip();
        Self { g, g2, k, mix, loop_gain, step_gain: g * loop_gain, feedback }
    }

    /// The section that changes nothing.
    pub fn identity() -> Self {
        Self::second_order(S::one(), S::one(), [S::one(), S::zero(), S::zero()])
    }

    /// The gain `g` of the first integrator.
    pub fn g(&self) -> S {
        self.g
    }

    /// The damping `k`: the reciprocal of Q; 1 in a first-order section.
    pub fn k(&self) -> S {
        self.k
    }

    /// The weights `[m0, m1, m2]` of input, first and second integrator in the output.
    pub fn mix(&self) -> [S; 3] {
        self.mix
    }

    /// The gain of the second integrator: `g`, or 0 in a first-order section.
    #[cfg(all(feature = "alloc", feature = "simd"))]
    pub(crate) fn g2(&self) -> S {
        self.g2
    }

    /// `1/(1 + g (g2 + k))`.
    #[cfg(feature = "alloc")]
    pub(crate) fn loop_gain(&self) -> S {
        self.loop_gain
    }

    /// `g/(1 + g (g2 + k))`.
    #[cfg(feature = "alloc")]
    pub(crate) fn step_gain(&self) -> S {
        self.step_gain
    }

    /// `g2 + k`.
    #[cfg(feature = "alloc")]
    pub(crate) fn feedback(&self) -> S {
        self.feedback
    }

    /// Whether the integrators take small steps: below a quarter of the sample rate.
    #[inline(always)]
    pub(crate) fn is_slow(&self) -> bool {
        self.g.primal() < 1.0
    }

    /// Whether the second integrator is unused.
    pub fn is_first_order(&self) -> bool {
        self.g2.primal() == 0.0
    }

    /// Whether both poles lie strictly inside the unit circle and all numbers are finite. (The second
    /// integrator of a first-order section is unused, so its pole does not count.)
    pub fn is_stable(&self) -> bool {
        let finite = |x: &S| x.primal().is_finite();
        let positive = self.g.primal() > 0.0 && self.g2.primal() >= 0.0 && self.k.primal() > 0.0;
        positive && [self.g, self.g2, self.k].iter().all(finite) && self.mix.iter().all(finite)
    }

    /// Checks that every coefficient is in its range and finite, with its tangents.
    #[inline]
    pub(crate) fn check(&self) -> Result<(), DesignError> {
        let [g, g2, k, m0, m1, m2] = self.coefficients();
        let in_range = (g.primal() > 0.0) & (g2.primal() >= 0.0) & (k.primal() > 0.0);
        let finite = g.is_finite() & g2.is_finite() & k.is_finite();
        let finite = finite & m0.is_finite() & m1.is_finite() & m2.is_finite();
        if in_range & finite { Ok(()) } else { self.find_fault() }
    }

    /// Names the coefficient that [`check`](SvfSection::check) has refused.
    #[cold]
    fn find_fault(&self) -> Result<(), DesignError> {
        const NAMES: [&str; 6] = ["g", "g2", "k", "m0", "m1", "m2"];
        for (name, coefficient) in NAMES.into_iter().zip(self.coefficients()) {
            let value = coefficient.primal();
            let requirement = match name {
                "g" | "k" if value <= 0.0 => Requirement::Positive,
                "g2" if value < 0.0 => Requirement::Within { low: 0.0, high: f64::INFINITY },
                _ if !coefficient.is_finite() => Requirement::Finite,
                _ => continue,
            };
            let parameter = Parameter::new(name, Quantity::Coefficient);
            return Err(DesignError::new(parameter, value, requirement));
        }
        Ok(())
    }

    /// The same section on another scalar: rounded if that is narrower, without tangents.
    #[must_use]
    pub fn cast<T: Scalar>(&self) -> SvfSection<T> {
        let cast = |x: S| T::from_f64(x.primal());
        SvfSection {
            g: cast(self.g),
            g2: cast(self.g2),
            k: cast(self.k),
            mix: self.mix.map(cast),
            loop_gain: cast(self.loop_gain),
            step_gain: cast(self.step_gain),
            feedback: cast(self.feedback),
        }
    }

    /// The section with its output multiplied by a linear `gain`.
    #[must_use]
    pub fn with_gain(&self, gain: S) -> Self {
        Self { mix: self.mix.map(|m| m * gain), ..*self }
    }

    /// The same filter at another frequency: the analog frequency axis times `ratio > 0`, which is the
    /// ratio of two [prewarped](crate::prewarp) frequencies. Damping and weights stay.
    #[must_use]
    #[inline(always)]
    pub fn scaled(&self, ratio: S) -> Self {
        Self::from_parts(self.g * ratio, self.g2 * ratio, self.k, self.mix)
    }

    /// `[g, g2, k, m0, m1, m2]`: the gains of both integrators (the second is `g`, or 0 in a
    /// first-order section), the damping and the weights. Between the coefficients of stable sections
    /// of one order, on a straight line or any convex combination, all sections are stable.
    pub fn coefficients(&self) -> [S; 6] {
        let [m0, m1, m2] = self.mix;
        [self.g, self.g2, self.k, m0, m1, m2]
    }

    /// The inverse of [`coefficients`](SvfSection::coefficients).
    #[inline(always)]
    pub fn from_coefficients([g, g2, k, m0, m1, m2]: [S; 6]) -> Self {
        Self::from_parts(g, g2, k, [m0, m1, m2])
    }

    /// The output of the first integrator for the input `x`.
    #[inline(always)]
    pub(crate) fn bandpass(&self, [s1, s2]: [S; 2], x: S) -> S {
        // The loop gain rounds. Where it is close to 1, at low frequencies, v1 is a small step from
        // s1; where it is close to 0, at high frequencies, a step would cancel.
        if self.is_slow() {
            s1 + self.step_gain * ((x - s2) - self.feedback * s1)
        } else {
            self.loop_gain * s1 + self.step_gain * (x - s2)
        }
    }

    /// One sample through the section. The coefficients may differ from those of the sample before
    /// in any way.
    ///
    /// Where the damping rises, the state is [reduced](SvfState): on dual numbers the derivative is
    /// that of the reduced state.
    #[inline(always)]
    pub fn tick(&self, state: &mut SvfState<S>, x: S) -> S {
        if self.k != state.k {
            state.carry_to(self.k);
        }
        let SvfState { s1, s2, .. } = *state;
        let v1 = self.bandpass([s1, s2], x);
        let step = self.g2 * v1;
        let v2 = s2 + step;
        state.s1 = v1 + (v1 - s1);
        state.s2 = v2 + step;
        let [m0, m1, m2] = self.mix;
        m0 * x + (m1 * v1 + m2 * v2)
    }
}

/// The form that the vector kernels run: exact up to rounding.
impl<S: Scalar> From<&SvfSection<S>> for Section<S> {
    fn from(svf: &SvfSection<S>) -> Self {
        let SvfSection { g, g2, k, mix: [m0, m1, m2], loop_gain, .. } = *svf;
        let (one, two) = (S::one(), S::from_f64(2.0));
        if svf.is_first_order() {
            return Self {
                b0: (m0 * (one + g) + m1 * g) * loop_gain,
                b1: (m0 * (g - one) + m1 * g) * loop_gain,
                b2: S::zero(),
                a1: (g - one) * loop_gain,
                a2: S::zero(),
            };
        }
        let (sqr, damped) = (g * g2, g * k);
        let (n1, n0) = (damped * m0 + g * m1, sqr * (m0 + m2));
        // As in the bilinear transform: near z = ±1, a small correction to ∓2.
        let a1 = if sqr.primal() < 0.25 && damped.primal() < 1.0 {
            (damped + sqr * two).scale(2.0) * loop_gain - two
        } else if sqr.primal() > 4.0 && damped.primal() < sqr.primal() {
            two - (damped + two).scale(2.0) * loop_gain
        } else {
            (sqr - one).scale(2.0) * loop_gain
        };
        Self {
            b0: (m0 + n0 + n1) * loop_gain,
            b1: (n0 - m0).scale(2.0) * loop_gain,
            b2: (m0 + n0 - n1) * loop_gain,
            a1,
            a2: one - damped.scale(2.0) * loop_gain,
        }
    }
}

/// From coefficients to the state-variable form. What their rounding has lost stays lost: for a
/// design, [`Band::svf_sections`](crate::Band::svf_sections) is exact.
///
/// # Errors
///
/// If a coefficient is infinite or NaN, or the section is not [stable](Section::is_stable); the error
/// names the coefficient.
impl<S: Scalar> TryFrom<&Section<S>> for SvfSection<S> {
    type Error = DesignError;

    fn try_from(section: &Section<S>) -> Result<Self, DesignError> {
        let Section { b0, b1, b2, a1, a2 } = *section;
        section.check_finite()?;
        if !section.is_stable() {
            let (name, value) = if a2.primal().abs() < 1.0 { ("a1", a1) } else { ("a2", a2) };
            let parameter = Parameter::new(name, Quantity::Coefficient);
            return Err(DesignError::new(parameter, value.primal(), Requirement::Stable));
        }
        let one = S::one();
        if a2 == S::zero() && b2 == S::zero() {
            let at_nyquist = one - a1;
            let g = (one + a1) / at_nyquist;
            let (input, lowpass) = ((b0 - b1) / at_nyquist, (b0 + b1) / (one + a1));
            return Ok(Self::first_order(g, [input, lowpass - input]));
        }
        // The values of both polynomials at z = −1 and z = 1.
        let (at_nyquist, at_zero) = ((one + a2) - a1, (one + a2) + a1);
        let g = (at_zero / at_nyquist).sqrt();
        let k = (one - a2).scale(2.0) / (at_nyquist * g);
        let input = ((b0 + b2) - b1) / at_nyquist;
        let band = (b0 - b2).scale(2.0) / (at_nyquist * g);
        let low = ((b0 + b2) + b1) / at_zero;
        Ok(Self::second_order(g, k, [input, band - k * input, low - input]))
    }
}
