//! Butterworth and Chebyshev prototypes: poles on a circle and on ellipses.
//!
//! | family | pole pair `i`, with `θ_i = π(2i − 1)/(2N)` | zeros |
//! |---|---|---|
//! | Butterworth | `−sin θ_i ± j cos θ_i` | none |
//! | Chebyshev I | `−sinh μ sin θ_i ± j cosh μ cos θ_i`, `μ = asinh(1/ε)/N` | none |
//! | Chebyshev II | `1/p` of a Chebyshev I filter with `1/ε = sqrt(10^(stop/10) − 1)` | `±j/cos θ_i` |
//!
//! Sources: T. W. Parks and C. S. Burrus, *Digital Filter Design* (1987), chapter 7;
//! S. J. Orfanidis, *Lecture Notes on Elliptic Filter Design* (2006), on Butterworth and Chebyshev
//! designs.

use core::f64::consts::PI;

use super::prototype::{Factor, Prototype, epsilon_sqr, ripple_gain};
use crate::number::{Complex, Scalar};

/// Sine and cosine of `θ_i`, the angle of pole pair `i` from the imaginary axis.
fn angle(i: usize, order: usize) -> (f64, f64) {
    let theta = PI * (2 * i - 1) as f64 / (2 * order) as f64;
    (libm::sin(theta), libm::cos(theta))
}

pub(super) fn butterworth<S: Scalar>(order: usize) -> Prototype<S> {
    Prototype::build(order, S::one(), S::one, |i| {
        let (sin, cos) = angle(i, order);
        Factor::Pair { pole: Complex::new(S::from_f64(-sin), S::from_f64(cos)), zero: None }
    })
}

/// The ellipse of Chebyshev poles, with half-axes `sinh μ` and `cosh μ`.
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

pub(super) fn chebyshev1<S: Scalar>(order: usize, ripple_db: S) -> Prototype<S> {
    let ellipse = Ellipse::new(order, epsilon_sqr(ripple_db).sqrt().recip());
    Prototype::build(
        order,
        ripple_gain(order, ripple_db),
        || ellipse.sinh,
        |i| Factor::Pair { pole: ellipse.pole(angle(i, order)), zero: None },
    )
}

/// The poles are the reciprocals of Chebyshev I poles; the zeros are the reciprocals of the zeros
/// of the Chebyshev polynomial.
pub(super) fn chebyshev2<S: Scalar>(order: usize, stop_db: S) -> Prototype<S> {
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
