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
            let divisor = S::one() + d0 + d1;
            let scale = gain / divisor;
            Section {
                b0: (n2 + n0 + n1) * scale,
                b1: (n0 - n2).scale(2.0) * scale,
                b2: (n2 + n0 - n1) * scale,
                a1: sum_of_poles(d1, d0, divisor),
                a2: S::one() - d1.scale(2.0) / divisor,
            }
        }
    }
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
