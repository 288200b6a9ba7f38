//! Sections in series as one quotient of polynomials.

use alloc::vec;
use alloc::vec::Vec;

use crate::number::Scalar;
use crate::section::Section;

/// Numerator and denominator of sections in series, lowest power of `z⁻¹` first, without zeros that
/// both have at the end.
pub(crate) fn transfer_function<S: Scalar>(sections: &[Section<S>]) -> (Vec<S>, Vec<S>) {
    let (mut numerator, mut denominator) = (vec![S::one()], vec![S::one()]);
    for Section { b0, b1, b2, a1, a2 } in sections {
        numerator = product(&numerator, &[*b0, *b1, *b2]);
        denominator = product(&denominator, &[S::one(), *a1, *a2]);
    }
    let is_needed = |(b, a): (&S, &S)| !(b.is_zero() && a.is_zero());
    let length = 1 + numerator.iter().zip(&denominator).rposition(is_needed).unwrap_or(0);
    numerator.truncate(length);
    denominator.truncate(length);
    (numerator, denominator)
}

/// The product of two polynomials: the convolution of their coefficients.
fn product<S: Scalar>(long: &[S], short: &[S]) -> Vec<S> {
    let mut product = vec![S::zero(); long.len() + short.len() - 1];
    for (start, a) in long.iter().enumerate() {
        for (sum, b) in product[start..].iter_mut().zip(short) {
            *sum += *a * *b;
        }
    }
    product
}
