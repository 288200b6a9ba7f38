//! The bilinear transform `s = (1 − z⁻¹)/(1 + z⁻¹)`.
//!
//! The usual factor `2/T` is left out: prewarped frequencies are `tan(ω/2)`, without that factor
//! too.
//!
//! Source: A. V. Oppenheim and R. W. Schafer, *Discrete-Time Signal Processing*, chapter 7; the
//! transform goes back to A. Tustin (1947). The forms of `a1` that avoid cancellation are derived
//! in `sum_of_poles`.

use super::analog::AnalogSection;
use crate::number::Scalar;
use crate::section::Section;

/// Transforms one section. An analog zero at 0 or infinity becomes exactly z = 1 or z = −1, and
/// a zero on the imaginary axis lands exactly on the unit circle.
///
/// A peak, a notch and an allpass have the even part of their denominator as numerator, so `b1` is
/// `a1`. Where such a section is narrow its zeros are close to its poles, and only their difference
/// shows: there the numerator is the denominator plus that difference, and both are rounded alike.
pub(super) fn bilinear<S: Scalar>(section: &AnalogSection<S>) -> Section<S> {
    match *section {
        AnalogSection::First { gain, numerator: [n1, n0], denominator: d0 } => {
            let divisor = S::one() + d0;
            let scale = gain / divisor;
            Section {
                b0: (n0 + n1) * scale,
                b1: (n0 - n1) * scale,
                b2: S::zero(),
                a1: (d0 - S::one()) / divisor,
                a2: S::zero(),
            }
        }
        AnalogSection::Second { gain, numerator: [n2, n1, n0], denominator: [d1, d0] } => {
            let Poles { divisor, a1, a2, .. } = poles(d1, d0);
            let scale = gain / divisor;
            Section {
                b0: (n2 + n0 + n1) * scale,
                b1: (n0 - n2).scale(2.0) * scale,
                b2: (n2 + n0 - n1) * scale,
                a1,
                a2,
            }
        }
        AnalogSection::Peak { numerator: n1, denominator: [d1, d0] } => {
            let Poles { sum, divisor, a1, a2 } = poles(d1, d0);
            let (b0, b2) = if d1.primal() < sum.primal() {
                let difference = (n1 - d1) / divisor;
                (S::one() + difference, a2 - difference)
            } else {
                ((sum + n1) / divisor, (sum - n1) / divisor)
            };
            Section { b0, b1: a1, b2, a1, a2 }
        }
        AnalogSection::Notch { denominator: [d1, d0] } => {
            let Poles { sum, divisor, a1, a2 } = poles(d1, d0);
            let narrow = d1.primal() < sum.primal();
            let b0 = if narrow { S::one() - d1 / divisor } else { sum / divisor };
            Section { b0, b1: a1, b2: b0, a1, a2 }
        }
        AnalogSection::Allpass { denominator: [d1, d0] } => {
            let Poles { a1, a2, .. } = poles(d1, d0);
            Section { b0: a2, b1: a1, b2: S::one(), a1, a2 }
        }
    }
}

/// A denominator `s² + d1 s + d0`, transformed.
struct Poles<S> {
    /// `1 + d0`.
    sum: S,
    /// `1 + d0 + d1`.
    divisor: S,
    a1: S,
    a2: S,
}

#[inline(always)]
fn poles<S: Scalar>(d1: S, d0: S) -> Poles<S> {
    let sum = S::one() + d0;
    let divisor = sum + d1;
    let a1 = sum_of_poles(d1, d0, divisor);
    Poles { sum, divisor, a1, a2: S::one() - d1.scale(2.0) / divisor }
}

/// `a1 = 2(d0 − 1)/(1 + d0 + d1)`: minus the sum of the two poles.
///
/// Where the poles are close to z = ±1, the response depends on the last digit of `a1`. There
/// `a1` is computed as a small correction to ∓2, so that only the final sum is rounded at that
/// size.
fn sum_of_poles<S: Scalar>(d1: S, d0: S, divisor: S) -> S {
    let two = S::from_f64(2.0);
    if d0.primal() < 0.25 && d1.primal() < 1.0 {
        (d1 + d0 * two).scale(2.0) / divisor - two
    } else if d0.primal() > 4.0 && d1.primal() < d0.primal() {
        two - (d1 + two).scale(2.0) / divisor
    } else {
        (d0 - S::one()).scale(2.0) / divisor
    }
}
