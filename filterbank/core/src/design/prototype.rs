//! Analog lowpass prototypes with their edge at 1 rad/s, as conjugate pairs.
//!
//! Source: S. J. Orfanidis, *Lecture Notes on Elliptic Filter Design* (2006), section 4, for the
//! Butterworth and Chebyshev poles; the elliptic ones are in [`elliptic`](super::elliptic), the
//! Bessel ones in a table.

use core::f64::consts::{LN_10, PI};

use arrayvec::ArrayVec;

use super::bessel_table::BESSEL;
use super::elliptic;
use crate::complex::Complex;
use crate::scalar::Scalar;
use crate::spec::{BesselNorm, MAX_ORDER, Method};

/// A lowpass as factors of first and second order, each with gain 1 at 0 Hz.
pub(super) struct Prototype<S> {
    /// The real pole first, if there is one, then the pairs in order of rising Q.
    pub(super) factors: ArrayVec<Factor<S>, { MAX_ORDER / 2 }>,
    /// Gain at 0 Hz, linear: below 1 where the ripple starts in a trough.
    pub(super) gain: S,
}

/// One or two poles with the zeros that belong to them.
pub(super) enum Factor<S> {
    /// A pole at `−pole`; its zero is at infinity.
    Real {
        /// Distance of the pole from 0.
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
    /// Factors for `order` poles, built by angle: `real` gives the real pole of odd orders,
    /// `pair` the pair number `i`, 1 having the highest Q.
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

/// The prototype of a method whose parameters have been checked.
pub(super) fn prototype<S: Scalar>(method: &Method<S>) -> Prototype<S> {
    match *method {
        Method::Butterworth { order } => butterworth(order),
        Method::Chebyshev1 { order, ripple_db } => chebyshev1(order, ripple_db),
        Method::Chebyshev2 { order, stop_db } => chebyshev2(order, stop_db),
        Method::Elliptic { order, ripple_db, stop_db } => {
            elliptic::elliptic(order, ripple_db, stop_db)
        }
        Method::Bessel { order, norm } => bessel(order, norm),
    }
}

/// Sine and cosine of the angle of pole pair `i` from the imaginary axis.
fn angle(i: usize, order: usize) -> (f64, f64) {
    let theta = PI * (2 * i - 1) as f64 / (2 * order) as f64;
    (libm::sin(theta), libm::cos(theta))
}

/// `ε² = 10^(dB/10) − 1`: the squared ratio of what is missing to what is left.
pub(super) fn epsilon_sqr<S: Scalar>(attenuation_db: S) -> S {
    attenuation_db.scale(LN_10 / 10.0).exp_m1()
}

/// Gain at 0 Hz of a prototype with ripple in its passband: even orders start in a trough.
pub(super) fn ripple_gain<S: Scalar>(order: usize, ripple_db: S) -> S {
    if order.is_multiple_of(2) { ripple_db.scale(-LN_10 / 20.0).exp() } else { S::one() }
}

fn butterworth<S: Scalar>(order: usize) -> Prototype<S> {
    Prototype::build(order, S::one(), S::one, |i| {
        let (sin, cos) = angle(i, order);
        Factor::Pair { pole: Complex::new(S::from_f64(-sin), S::from_f64(cos)), zero: None }
    })
}

/// The Butterworth circle, squeezed to an ellipse with half-axes `sinh μ` and `cosh μ`.
struct Ellipse<S> {
    sinh: S,
    cosh: S,
}

impl<S: Scalar> Ellipse<S> {
    /// From `1/ε`.
    fn new(order: usize, inverse_epsilon: S) -> Self {
        let mu = inverse_epsilon.asinh().scale(1.0 / order as f64);
        Self { sinh: mu.sinh(), cosh: mu.cosh() }
    }

    fn pole(&self, (sin, cos): (f64, f64)) -> Complex<S> {
        Complex::new(self.sinh.scale(-sin), self.cosh.scale(cos))
    }
}

fn chebyshev1<S: Scalar>(order: usize, ripple_db: S) -> Prototype<S> {
    let ellipse = Ellipse::new(order, epsilon_sqr(ripple_db).sqrt().recip());
    Prototype::build(
        order,
        ripple_gain(order, ripple_db),
        || ellipse.sinh,
        |i| Factor::Pair { pole: ellipse.pole(angle(i, order)), zero: None },
    )
}

/// The inverse of a Chebyshev I filter: poles are reciprocals, zeros where its ripple peaks.
fn chebyshev2<S: Scalar>(order: usize, stop_db: S) -> Prototype<S> {
    let ellipse = Ellipse::new(order, epsilon_sqr(stop_db).sqrt());
    Prototype::build(
        order,
        S::one(),
        || ellipse.sinh.recip(),
        |i| {
            let (sin, cos) = angle(i, order);
            Factor::Pair {
                pole: ellipse.pole((sin, cos)).conj().recip(),
                zero: Some(S::from_f64(1.0 / cos)),
            }
        },
    )
}

fn bessel<S: Scalar>(order: usize, norm: BesselNorm) -> Prototype<S> {
    let table = &BESSEL[order - 1];
    let divisor = match norm {
        BesselNorm::Phase => table.phase,
        BesselNorm::Delay => 1.0,
        BesselNorm::Magnitude => table.magnitude,
    };
    let scaled = |x: f64| S::from_f64(x / divisor);
    Prototype::build(
        order,
        S::one(),
        || scaled(table.real.unwrap_or(1.0)),
        |i| {
            let (decay, frequency) = table.pairs[table.pairs.len() - i];
            Factor::Pair { pole: Complex::new(scaled(-decay), scaled(frequency)), zero: None }
        },
    )
}
