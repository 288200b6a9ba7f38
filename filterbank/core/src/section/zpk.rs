//! Poles, zeros and gain of designed sections.

use alloc::vec::Vec;

use crate::number::{Complex, Scalar};
use crate::section::Section;

/// A real root, or a conjugate pair: pairs are pairs by construction.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Root<S> {
    /// One root on the real axis.
    Real(S),
    /// Two roots; this one has the positive imaginary part.
    Pair(Complex<S>),
}

/// Zeros, poles and gain of a digital filter, in the z plane.
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
    /// The factor before the product of roots.
    pub gain: S,
}

impl<S: Scalar> Zpk<S> {
    /// The roots of sections in series.
    pub(crate) fn of_series(sections: &[Section<S>]) -> Self {
        let mut zpk = Self { zeros: Vec::new(), poles: Vec::new(), gain: S::one() };
        for section in sections {
            let [b0, b1, b2, a1, a2] = section.coefficients();
            let (numerator, denominator) = if b2.primal() == 0.0 && a2.primal() == 0.0 {
                // First order: both polynomials share a root at 0.
                ([S::zero(), b0, b1], [S::zero(), S::one(), a1])
            } else {
                ([b0, b1, b2], [S::one(), a1, a2])
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
        // From the polynomial's value at ±1, which is exact near there.
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
        // A double root: how it splits has no derivative, its midpoint has.
        return [Some(Root::Real(-half)), Some(Root::Real(-half))];
    }
    // The root of larger magnitude first, the other by division: neither cancels.
    let root = (-minus_discriminant).sqrt();
    let far = if half.primal() > 0.0 { -half - root } else { root - half };
    [Some(Root::Real(far)), Some(Root::Real(q / far))]
}
