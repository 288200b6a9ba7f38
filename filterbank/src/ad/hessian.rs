//! Second derivatives of one output: dual numbers of dual numbers.

use alloc::vec::Vec;
use core::ops::Index;

use filterbank_core::Dual;

use crate::ad::number::{Output, ParamList, SECOND_ORDER_CHUNK, SecondOrderNumber};

/// Second partial derivatives: a symmetric matrix, one row and one column for each parameter.
#[derive(Clone, Debug, PartialEq)]
pub struct Hessian {
    size: usize,
    /// Row by row.
    entries: Vec<f64>,
}

impl Hessian {
    /// Number of parameters.
    pub fn size(&self) -> usize {
        self.size
    }

    /// The derivatives of one parameter's slope by every parameter; nothing if there is no such
    /// parameter.
    pub fn row(&self, param: usize) -> &[f64] {
        let start = param.saturating_mul(self.size);
        self.entries.get(start..start.saturating_add(self.size)).unwrap_or_default()
    }

    /// The second derivative by two parameters; `None` if there is none.
    pub fn get(&self, first: usize, second: usize) -> Option<f64> {
        self.row(first).get(second).copied()
    }

    /// All entries, row by row.
    pub fn as_slice(&self) -> &[f64] {
        &self.entries
    }

    /// As a nalgebra matrix.
    #[cfg(feature = "fit")]
    pub fn to_matrix(&self) -> nalgebra::DMatrix<f64> {
        nalgebra::DMatrix::from_row_slice(self.size, self.size, &self.entries)
    }
}

/// `hessian[(first, second)]`.
///
/// # Panics
///
/// If there is no such entry, as slices do; [`get`](Hessian::get) does not.
impl Index<(usize, usize)> for Hessian {
    type Output = f64;

    fn index(&self, (first, second): (usize, usize)) -> &f64 {
        assert!(second < self.size, "parameter {second} of {}", self.size);
        &self.entries[first * self.size + second]
    }
}

/// The output of `f`, one number, with its exact gradient and Hessian by every parameter.
///
/// `f` computes with [`SecondOrderNumber`]s, on which every filter, design and response runs. It
/// is run once for each pair of chunks of four parameters: once for up to four parameters, three
/// times for eight, `n(n + 1)/2` times for `n` chunks. Each run costs some 15 times what it costs
/// on `f64`. The value and the gradient are those of [`gradient`](crate::gradient), bit for bit.
///
/// The matrix is symmetric exactly: each pair of parameters is differentiated once.
///
/// # Where it is undefined
///
/// Where the first derivative has a kink, the second is that of one side. `powf` at 0 with an
/// exponent between 1 and 2 has none; it is NaN. Where the formula of a derivative overflows, it is
/// NaN too: from ±711 on for `tanh`, below -709 for `1/(1 + exp(-x))`, whose gradient is NaN there
/// as well.
///
/// # Errors
///
/// As [`jacobian`](crate::jacobian).
///
/// ```
/// use filterbank::ad::hessian;
///
/// let Ok((value, gradient, hessian)) = hessian(&[3.0, 2.0], |[x, y]| *x * *x * *y);
/// assert_eq!((value, gradient), (18.0, vec![12.0, 9.0]));
/// assert_eq!(hessian.as_slice(), [4.0, 6.0, 6.0, 0.0]);
/// ```
///
/// The curvature of a level, for a Newton step or the error bars of a fit:
///
/// ```
/// use filterbank::Band;
/// use filterbank::ad::hessian;
///
/// let (level, _, curvature) = hessian(&[1_000.0, 2.0, -6.0], |[center, q, gain_db]| {
///     Band::peak(*center, *q, *gain_db).design(48_000.0).map(|eq| eq.magnitude_db(1_000.0))
/// })?;
/// assert!((level - -6.0).abs() < 1e-12);
/// assert!(curvature[(0, 0)] > 0.0); // a cut: the level is lowest at the centre
/// # Ok::<(), filterbank::DesignError>(())
/// ```
#[allow(clippy::type_complexity, reason = "a value, a list and a matrix")]
pub fn hessian<P, F, R>(params: &P, mut f: F) -> Result<(f64, Vec<f64>, Hessian), R::Error>
where
    P: ParamList + ?Sized,
    F: FnMut(&P::Numbers<SecondOrderNumber>) -> R,
    R: Output<SecondOrderNumber>,
{
    let size = params.values().len();
    let mut value = f64::NAN;
    let mut gradient = alloc::vec![0.0; size];
    let mut hessian = Hessian { size, entries: alloc::vec![0.0; size * size] };
    for rows in (0..size.max(1)).step_by(SECOND_ORDER_CHUNK) {
        for columns in (0..=rows).step_by(SECOND_ORDER_CHUNK) {
            let seed = |index: usize, value| {
                let inner = Dual::variable(value, index.wrapping_sub(columns));
                SecondOrderNumber::variable(inner, index.wrapping_sub(rows))
            };
            let output = params.with_numbers(seed, &mut f).number()?;
            value = output.value().value();
            for (row, slope) in (rows..size).zip(output.tangent()) {
                gradient[row] = slope.value();
                for (column, &entry) in (columns..=row).zip(slope.tangent()) {
                    hessian.entries[row * size + column] = entry;
                    hessian.entries[column * size + row] = entry;
                }
            }
        }
    }
    Ok((value, gradient, hessian))
}
