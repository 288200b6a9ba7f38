//! When an exact derivative agrees with a difference, and when it does not.

use crate::ad::gradcheck::difference::{Difference, SAFETY};

/// What a check says of a derivative, from good to bad.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// The two derivatives agree.
    Agrees,
    /// The differences cannot be trusted: there is a kink or a jump nearby, the function is
    /// noisy, the parameter cannot be moved, or there is no output.
    Untrusted,
    /// They do not agree, and the differences can be trusted: the exact one is wrong.
    Differs,
}

/// Noise of outputs, as a fraction of the largest, that may come from the rounding of what they are
/// computed from.
const ROUNDING_NOISE: f64 = 1e-10;
/// An exact derivative beside the one from differences.
#[derive(Clone, Copy)]
pub(super) struct Comparison {
    pub exact: f64,
    pub difference: Difference,
}

/// What the derivatives by one parameter are measured by.
#[derive(Clone, Copy)]
pub(super) struct Measure {
    /// Largest relative error that counts as agreement.
    pub tolerance: f64,
    /// The largest output near the parameters.
    pub output: f64,
    /// The largest derivative by the parameter that was found to agree.
    pub slope: f64,
}

/// A verdict, and the derivative that errors are relative to.
#[derive(Clone, Copy)]
pub(super) struct Judgement {
    pub verdict: Verdict,
    pub size: f64,
}

impl Comparison {
    pub fn distance(&self) -> f64 {
        (self.exact - self.difference.value).abs()
    }

    /// How far the difference may be from the derivative.
    pub fn uncertainty(&self) -> f64 {
        self.difference.error + self.difference.kink
    }

    pub fn size(&self) -> f64 {
        self.exact.abs().max(self.difference.value.abs())
    }

    /// How far a right derivative may be from the difference.
    fn reach(&self) -> f64 {
        let Difference { error, kink, ambiguity, exact_noise, .. } = self.difference;
        SAFETY * (error + exact_noise) + kink + ambiguity
    }

    /// Each output by its own derivative: it agrees if it is within the tolerance for certain, and
    /// differs if it is beyond the tolerance for certain.
    pub fn decide(&self, tolerance: f64) -> Option<Verdict> {
        if !self.exact.is_finite() {
            let certain = self.uncertainty() <= tolerance * self.difference.value.abs();
            return certain.then_some(Verdict::Differs);
        }
        let allowed = tolerance * self.size();
        if self.distance() + self.uncertainty() <= allowed {
            Some(Verdict::Agrees)
        } else if self.distance() - self.reach() > allowed {
            Some(Verdict::Differs)
        } else {
            None
        }
    }

    /// The verdict, also where the rounding of the outputs hides a derivative. What cannot be told
    /// from the difference agrees if
    /// - neither can be told from 0, or
    /// - what is uncertain is within the tolerance of the parameter's largest derivative.
    pub fn judge(&self, measure: Measure) -> Judgement {
        let size = self.size();
        if let Some(verdict) = self.decide(measure.tolerance) {
            return Judgement { verdict, size };
        }
        let only_rounding = measure.tolerance > 0.0
            && self.difference.kink == 0.0
            && self.difference.ambiguity == 0.0
            && (size == 0.0 || self.difference.noise <= ROUNDING_NOISE * measure.output)
            && self.distance() <= self.reach();
        let worst = self.distance() + self.uncertainty();
        if only_rounding && size <= self.reach() {
            Judgement { verdict: Verdict::Agrees, size: f64::INFINITY }
        } else if only_rounding && worst <= measure.tolerance * measure.slope {
            Judgement { verdict: Verdict::Agrees, size: measure.slope }
        } else {
            Judgement { verdict: Verdict::Untrusted, size }
        }
    }
}
