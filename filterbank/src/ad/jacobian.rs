//! Derivatives of whatever is computed from parameters: seed, run, collect.
//!
//! All drivers take a closure over [`Number`]s. It runs once for each eight parameters: that many
//! tangents fill the processor's registers, and more would spill to memory.

use alloc::vec::Vec;
use core::ops::Index;

use filterbank_core::Dual;

use crate::ad::number::{CHUNK, Number, Output, Outputs, ParamList};

/// Partial derivatives: one row for each output, one column for each parameter.
#[derive(Clone, Debug, PartialEq)]
pub struct Jacobian {
    rows: usize,
    columns: usize,
    /// Row by row.
    entries: Vec<f64>,
}

impl Jacobian {
    /// Derivatives that are not known yet.
    fn unknown(rows: usize, columns: usize) -> Self {
        Self { rows, columns, entries: alloc::vec![f64::NAN; rows * columns] }
    }

    /// Number of outputs.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Number of parameters.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// The derivatives of one output by every parameter; nothing if there is no such output.
    pub fn row(&self, output: usize) -> &[f64] {
        let start = output.saturating_mul(self.columns);
        self.entries.get(start..start.saturating_add(self.columns)).unwrap_or_default()
    }

    /// The derivative of one output by one parameter; `None` if there is none.
    pub fn get(&self, output: usize, param: usize) -> Option<f64> {
        self.row(output).get(param).copied()
    }

    /// All entries, row by row.
    pub fn as_slice(&self) -> &[f64] {
        &self.entries
    }

    /// As a nalgebra matrix.
    #[cfg(feature = "fit")]
    pub fn to_matrix(&self) -> nalgebra::DMatrix<f64> {
        nalgebra::DMatrix::from_row_slice(self.rows, self.columns, &self.entries)
    }
}

/// `jacobian[(output, param)]`.
///
/// # Panics
///
/// If there is no such entry, as slices do; [`get`](Jacobian::get) does not.
impl Index<(usize, usize)> for Jacobian {
    type Output = f64;

    fn index(&self, (output, param): (usize, usize)) -> &f64 {
        assert!(param < self.columns, "parameter {param} of {}", self.columns);
        &self.entries[output * self.columns + param]
    }
}

/// The outputs of `f` and their exact derivatives by every parameter.
///
/// `f` is run once for each eight parameters (and once if there are none), and must compute the
/// same outputs each time. The number of outputs is that of the first run. A run with another
/// number of outputs does not tell which output is which: its derivatives, by its eight
/// parameters, are NaN.
///
/// # Errors
///
/// What `f` returns. For an `f` that cannot fail, `let Ok(…) = jacobian(…);` is enough.
///
/// ```
/// use filterbank::{filterbank, jacobian};
///
/// filterbank! {
///     struct Eq: cascade(sample_rate = 48_000.0) {
///         mud: peak(center = tune(250.0), q = 1.0, gain_db = tune(-2.5)),
///     }
/// }
///
/// let frequencies = [100.0, 250.0, 1_000.0];
/// let (db, by_params) = jacobian(&Eq::PARAMS, |p| {
///     Eq::from_params(p).map(|eq| frequencies.map(|f| eq.magnitude_db(f)))
/// })?;
/// assert!((db[1] - -2.5).abs() < 1e-12);
/// assert!((by_params[(1, 1)] - 1.0).abs() < 1e-12); // the gain at the centre, by the gain
/// # Ok::<(), filterbank::DesignError>(())
/// ```
pub fn jacobian<P, F, R>(params: &P, mut f: F) -> Result<(Vec<f64>, Jacobian), R::Error>
where
    P: ParamList + ?Sized,
    F: FnMut(&P::Numbers<Number>) -> R,
    R: Outputs,
{
    let columns = params.values().len();
    let mut values = Vec::new();
    let mut derivatives = Jacobian::unknown(0, columns);
    for start in (0..columns.max(1)).step_by(CHUNK) {
        let seed = |index: usize, value| Number::variable(value, index.wrapping_sub(start));
        let outputs = params.with_numbers(seed, &mut f).numbers()?;
        if start == 0 {
            values = outputs.iter().map(Dual::value).collect();
            derivatives = Jacobian::unknown(outputs.len(), columns);
        }
        if columns == 0 || outputs.len() != derivatives.rows {
            continue;
        }
        let width = CHUNK.min(columns - start);
        for (row, output) in derivatives.entries.chunks_exact_mut(columns).zip(&outputs) {
            row[start..start + width].copy_from_slice(&output.tangent()[..width]);
        }
    }
    Ok((values, derivatives))
}

/// The output of `f`, one number, and its exact derivatives by every parameter.
///
/// # Errors
///
/// As [`jacobian`].
///
/// ```
/// use filterbank::{Scalar, gradient};
///
/// let Ok((value, gradient)) = gradient(&[3.0, 4.0], |[x, y]| x.hypot(*y));
/// assert_eq!((value, gradient), (5.0, vec![0.6, 0.8]));
/// ```
pub fn gradient<P, F, R>(params: &P, mut f: F) -> Result<(f64, Vec<f64>), R::Error>
where
    P: ParamList + ?Sized,
    F: FnMut(&P::Numbers<Number>) -> R,
    R: Output,
{
    let (values, derivatives) = jacobian(params, |numbers| f(numbers).number().map(|y| [y]))?;
    Ok((values[0], derivatives.row(0).to_vec()))
}

/// The outputs of `f` and their derivatives in one `direction`, by one run of `f`: the product of
/// the Jacobian and the direction. What is missing in `direction` is 0.
///
/// # Errors
///
/// As [`jacobian`].
///
/// ```
/// use filterbank::Scalar;
/// use filterbank::ad::jacobian_vector;
///
/// let Ok((value, slope)) = jacobian_vector(&[3.0, 4.0], &[1.0, 0.5], |[x, y]| x.hypot(*y));
/// assert_eq!((value[0], slope[0]), (5.0, 1.0));
/// ```
#[allow(clippy::type_complexity, reason = "two plain lists")]
pub fn jacobian_vector<P, F, R>(
    params: &P,
    direction: &[f64],
    f: F,
) -> Result<(Vec<f64>, Vec<f64>), R::Error>
where
    P: ParamList + ?Sized,
    F: FnOnce(&P::Numbers<Number>) -> R,
    R: Outputs,
{
    let seed = |index: usize, value| {
        let mut tangent = [0.0; CHUNK];
        tangent[0] = direction.get(index).copied().unwrap_or(0.0);
        Number::new(value, tangent)
    };
    let outputs = params.with_numbers(seed, f).numbers()?;
    Ok(outputs.iter().map(|output| (output.value(), output.tangent()[0])).unzip())
}
