//! Poles, zeros and gain of designed sections.
//!
//! Source: the stable formula for quadratic equations (the root of larger magnitude first, the
//! other by division), as in N. J. Higham, *Accuracy and Stability of Numerical Algorithms*,
//! chapter 1, and D. Goldberg, *What Every Computer Scientist Should Know About Floating-Point
//! Arithmetic* (1991). The form of the discriminant for roots near z = ±1 is derived here.

use alloc::vec::Vec;

use crate::number::{Complex, Scalar};
use crate::section::Section;

/// A real root or a conjugate pair. Pairs are made as pairs, never found by comparing roots.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Root<S> {
    /// One root on the real axis.
    Real(S),
    /// Two conjugate roots, given by the one with positive imaginary part.
    Pair(Complex<S>),
}

/// Zeros, poles and gain of a digital filter, in the z plane. Sections of first order have one of
/// each, plain gains none.
///
/// ```
/// use filterbank_core::{Band, Method, Root};
///
/// let lowpass = Band::lowpass(Method::Butterworth { order: 2 }, 12_000.0).design(48_000.0)?;
/// let zpk = lowpass.zpk();
/// assert_eq!(zpk.zeros, [Root::Real(-1.0), Root::Real(-1.0)]);
/// assert!(matches!(zpk.poles[..], [Root::Pair(_)]));
/// # Ok::<(), filterbank_core::DesignError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Zpk<S> {
    /// Zeros, section by section.
    pub zeros: Vec<Root<S>>,
    /// Poles, section by section.
    pub poles: Vec<Root<S>>,
    /// The factor in front of `∏(z − zero)/∏(z − pole)`.
    pub gain: S,
}

impl<S: Scalar> Zpk<S> {
    /// The roots of sections in series.
    pub(crate) fn of_series(sections: &[Section<S>]) -> Self {
        let mut zpk = Self { zeros: Vec::new(), poles: Vec::new(), gain: S::one() };
        for section in sections {
            let [b0, b1, b2, a1, a2] = section.coefficients();
            let all_zero = |values: [S; 2]| values.iter().all(|value| value.primal() == 0.0);
            let (numerator, denominator) = if !all_zero([b2, a2]) {
                ([b0, b1, b2], [S::one(), a1, a2])
            } else if !all_zero([b1, a1]) {
                // First order: numerator and denominator share a root at 0, which cancels.
                ([S::zero(), b0, b1], [S::zero(), S::one(), a1])
            } else {
                // A gain: two roots at 0 cancel.
                ([S::zero(), S::zero(), b0], [S::zero(), S::zero(), S::one()])
            };
            zpk.gain *= push_roots(&mut zpk.zeros, numerator);
            push_roots(&mut zpk.poles, denominator);
        }
        zpk
    }
}

/// Appends the roots of `c2 z² + c1 z + c0` and returns its leading coefficient.
fn push_roots<S: Scalar>(roots: &mut Vec<Root<S>>, [c2, c1, c0]: [S; 3]) -> S {
    if c2.primal() != 0.0 {
        roots.extend(quadratic(c1 / c2, c0 / c2).into_iter().flatten());
        c2
    } else if c1.primal() != 0.0 {
        roots.push(Root::Real(-c0 / c1));
        c1
    } else {
        c0
    }
}

/// The roots of `z² + p z + q`.
fn quadratic<S: Scalar>(p: S, q: S) -> [Option<Root<S>>; 2] {
    let half = p.scale(0.5);
    let minus_discriminant = if half.primal().abs() > 0.5 {
        // q − (p/2)² = P(±1) − (1 − |p|/2)²: the value P(±1) of the polynomial is exact for roots
        // near ±1.
        let toward_one = if p.primal() < 0.0 { p } else { -p };
        let beside = S::one() + toward_one.scale(0.5);
        ((S::one() + toward_one) + q) - beside * beside
    } else {
        q - half * half
    };
    if minus_discriminant.primal() > 0.0 {
        return [Some(Root::Pair(Complex::new(-half, minus_discriminant.sqrt()))), None];
    }
    if minus_discriminant.primal() == 0.0 {
        // A double root. The midpoint of the two roots has a derivative; their distance has none.
        return [Some(Root::Real(-half)), Some(Root::Real(-half))];
    }
    // The root of larger magnitude first, the other by division: neither cancels.
    let root = (-minus_discriminant).sqrt();
    let far = if half.primal() > 0.0 { -half - root } else { root - half };
    [Some(Root::Real(far)), Some(Root::Real(q / far))]
}
