//! Analog lowpass prototypes with their edge at 1 rad/s, factored into conjugate pairs: the common
//! form of all families.

use core::f64::consts::LN_10;

use arrayvec::ArrayVec;

use crate::number::{Complex, Scalar};
use crate::spec::MAX_ORDER;

/// A lowpass as factors of first and second order, each with gain 1 at 0 Hz.
pub(super) struct Prototype<S> {
    /// The real pole first, if there is one, then the pairs in order of rising Q.
    pub(super) factors: ArrayVec<Factor<S>, { MAX_ORDER / 2 }>,
    /// Gain at 0 Hz, linear: below 1 if the passband ripple starts at its minimum.
    pub(super) gain: S,
}

/// One pole or a pair of poles, with their zeros.
pub(super) enum Factor<S> {
    /// A pole at `−pole`; its zero is at infinity.
    Real {
        /// Magnitude of the pole.
        pole: S,
    },
    /// A conjugate pair of poles and a conjugate pair of zeros.
    Pair {
        /// The pole in the second quadrant.
        pole: Complex<S>,
        /// The zero on the positive imaginary axis, in rad/s; `None` is infinity.
        zero: Option<S>,
    },
}

impl<S: Scalar> Prototype<S> {
    /// The factors of `order` poles. `real` gives the real pole of odd orders, and `pair` gives
    /// pair number `i`; pair 1 has the highest Q.
    pub(super) fn build(
        order: usize,
        gain: S,
        real: impl FnOnce() -> S,
        pair: impl Fn(usize) -> Factor<S>,
    ) -> Self {
        let mut factors = ArrayVec::new();
        if order % 2 == 1 {
            factors.push(Factor::Real { pole: real() });
        }
        factors.extend((1..=order / 2).rev().map(pair));
        Self { factors, gain }
    }
}

/// `ε² = 10^(dB/10) − 1`: an attenuation in dB as `1/|H|² − 1`.
///
/// Source: Orfanidis (2006), *Lecture Notes on Elliptic Filter Design*, equation (2).
pub(super) fn epsilon_sqr<S: Scalar>(attenuation_db: S) -> S {
    attenuation_db.scale(LN_10 / 10.0).exp_m1()
}

/// Gain at 0 Hz of a prototype with passband ripple: for even orders the ripple starts at its
/// minimum.
pub(super) fn ripple_gain<S: Scalar>(order: usize, ripple_db: S) -> S {
    if order.is_multiple_of(2) { ripple_db.scale(-LN_10 / 20.0).exp() } else { S::one() }
}
