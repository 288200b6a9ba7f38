//! The state of a section after a number of samples of zeros, and the transpose of this map.
//!
//! Over one sample the state goes through `A`: `s1' = −a1 s1 + s2`, `s2' = −a2 s1`. For poles near
//! z = 1 the powers of `A` have large entries that cancel in products with states. In the delta
//! operator's coordinates `y = s1`, `d = s2 + (abs(a1) − 1) s1` (for `a1 < 0`) nothing cancels:
//!
//! ```text
//! y' = y + d,   d' = d − (2 − abs(a1)) d − (1 − abs(a1) + a2) y
//! ```
//!
//! For `a1 > 0`, near z = −1, `−A` is such a map if the sign of `s2` is changed before and after.
//!
//! Source: Agarwal & Burrus (1975); Middleton & Goodwin (1986).

use crate::section::Section;

type Matrix = [[f64; 2]; 2];

/// The map over an even number of samples.
pub(super) struct Transition {
    /// Of `s2`.
    sign: f64,
    /// `abs(a1) − 1`.
    slant: f64,
    /// The power of the matrix in delta coordinates, less the identity.
    power: Matrix,
}

impl Transition {
    pub(super) fn new(section: &Section<f64>, samples: usize) -> Self {
        let (a1, a2) = (section.a1.abs(), section.a2);
        let step = [[0.0, 1.0], [a1 - 1.0 - a2, a1 - 2.0]];
        let sign = if section.a1 > 0.0 { -1.0 } else { 1.0 };
        Self { sign, slant: a1 - 1.0, power: power(step, samples) }
    }

    /// A state in delta coordinates.
    pub(super) fn delta_of_state(&self, [s1, s2]: [f64; 2]) -> [f64; 2] {
        [s1, self.sign * s2 + self.slant * s1]
    }

    /// The inverse of [`delta_of_state`](Self::delta_of_state).
    pub(super) fn state_of_delta(&self, [y, d]: [f64; 2]) -> [f64; 2] {
        [y, self.sign * (d - self.slant * y)]
    }

    /// The state after the samples, with `input` added; in delta coordinates.
    pub(super) fn state(&self, state: [f64; 2], input: [f64; 2]) -> [f64; 2] {
        add(state, self.power, input)
    }

    /// Slopes by a state as slopes by its delta coordinates.
    pub(super) fn delta_of_slopes(&self, [g1, g2]: [f64; 2]) -> [f64; 2] {
        let d = self.sign * g2;
        [g1 - self.slant * d, d]
    }

    /// The inverse of [`delta_of_slopes`](Self::delta_of_slopes).
    pub(super) fn slopes_of_delta(&self, [y, d]: [f64; 2]) -> [f64; 2] {
        [y + self.slant * d, self.sign * d]
    }

    /// The slopes by the state before the samples, from those by the state after them, with `input`
    /// added; in delta coordinates.
    pub(super) fn slopes(&self, slopes: [f64; 2], input: [f64; 2]) -> [f64; 2] {
        add(slopes, transposed(self.power), input)
    }
}

/// `(I + E) x + input`.
fn add(x: [f64; 2], power: Matrix, input: [f64; 2]) -> [f64; 2] {
    let [dx, dy] = times(power, x);
    [x[0] + (input[0] + dx), x[1] + (input[1] + dy)]
}

/// `(I + E)^exponent − I` from `E`, by squaring: `(I + E)(I + F) − I = E + F + E F`.
fn power(mut step: Matrix, mut exponent: usize) -> Matrix {
    let product = |left: Matrix, right: Matrix| {
        let columns = transposed(right);
        let mut result = left;
        for (row, (sums, others)) in result.iter_mut().zip(left.iter().zip(right)) {
            let [x, y] = times(columns, *sums);
            *row = [sums[0] + others[0] + x, sums[1] + others[1] + y];
        }
        result
    };
    let mut result = [[0.0; 2]; 2];
    while exponent > 0 {
        if exponent % 2 == 1 {
            result = product(result, step);
        }
        step = product(step, step);
        exponent /= 2;
    }
    result
}

fn times([[a, b], [c, d]]: Matrix, [x, y]: [f64; 2]) -> [f64; 2] {
    [a * x + b * y, c * x + d * y]
}

fn transposed([[a, b], [c, d]]: Matrix) -> Matrix {
    [[a, c], [b, d]]
}
