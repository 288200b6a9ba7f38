//! Numbers that move in one direction: second derivatives come from running on them.

use filterbank::Dual;

/// A number and its derivative in the direction.
pub type Moved = Dual<f64, 1>;

pub fn moved(values: &[f64], direction: &[f64]) -> Vec<Moved> {
    values.iter().zip(direction).map(|(&value, &d)| Moved::new(value, [d])).collect()
}

pub fn constant(values: &[f64]) -> Vec<Moved> {
    values.iter().map(|&value| Moved::constant(value)).collect()
}

pub fn tangents(numbers: &[Moved]) -> Vec<f64> {
    numbers.iter().map(|number| number.tangent()[0]).collect()
}
