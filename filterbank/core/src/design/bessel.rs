//! Bessel prototypes: their poles are constants, in a table.

use super::bessel_table::BESSEL;
use super::prototype::{Factor, Prototype};
use crate::number::{Complex, Scalar};
use crate::spec::BesselNorm;

pub(super) fn bessel<S: Scalar>(order: usize, norm: BesselNorm) -> Prototype<S> {
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
