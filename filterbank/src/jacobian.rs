//! Derivatives of whatever is computed from parameters: seed, run, collect.
//!
//! All drivers take a closure over [`Number`]s. It is run once for each eight parameters: that
//! many tangents fill the processor's registers, and a longer number would leave them.

use alloc::vec::Vec;
use core::convert::Infallible;
use core::ops::Index;

use filterbank_core::{Complex, Dual};

/// How many parameters are differentiated in one run.
const CHUNK: usize = 8;

/// What the closures given to [`jacobian`], [`gradient`] and [`gradcheck`](crate::gradcheck)
/// compute with: a value and eight derivatives. It is a [`Scalar`](crate::Scalar), so every
/// filter, design and response runs on it.
pub type Number = Dual<f64, CHUNK>;

/// A list of parameters: an array, a slice or a `Vec`. The closure gets it back on [`Number`]s,
/// an array as an array.
pub trait ParamList {
    /// The same list on numbers.
    type Numbers: ?Sized;

    /// The values.
    fn values(&self) -> &[f64];

    /// Calls `f` with what `number` makes of each position and value.
    fn with_numbers<R>(
        &self,
        number: impl Fn(usize, f64) -> Number,
        f: impl FnOnce(&Self::Numbers) -> R,
    ) -> R;
}

impl<const N: usize> ParamList for [f64; N] {
    type Numbers = [Number; N];

    fn values(&self) -> &[f64] {
        self
    }

    fn with_numbers<R>(
        &self,
        number: impl Fn(usize, f64) -> Number,
        f: impl FnOnce(&Self::Numbers) -> R,
    ) -> R {
        f(&core::array::from_fn(|index| number(index, self[index])))
    }
}

impl ParamList for [f64] {
    type Numbers = [Number];

    fn values(&self) -> &[f64] {
        self
    }

    fn with_numbers<R>(
        &self,
        number: impl Fn(usize, f64) -> Number,
        f: impl FnOnce(&Self::Numbers) -> R,
    ) -> R {
        let numbers: Vec<Number> =
            self.iter().enumerate().map(|(index, &value)| number(index, value)).collect();
        f(&numbers)
    }
}

impl ParamList for Vec<f64> {
    type Numbers = [Number];

    fn values(&self) -> &[f64] {
        self
    }

    fn with_numbers<R>(
        &self,
        number: impl Fn(usize, f64) -> Number,
        f: impl FnOnce(&Self::Numbers) -> R,
    ) -> R {
        self.as_slice().with_numbers(number, f)
    }
}

/// What a closure may return: one number or many, real or complex (real part first), or a
/// `Result` of those.
pub trait Outputs {
    /// The error of a closure that may fail, [`Infallible`] for one that may not.
    type Error;

    /// All numbers in order.
    ///
    /// # Errors
    ///
    /// The closure's own.
    fn numbers(self) -> Result<Vec<Number>, Self::Error>;
}

impl Outputs for Number {
    type Error = Infallible;

    fn numbers(self) -> Result<Vec<Number>, Infallible> {
        Ok(alloc::vec![self])
    }
}

impl Outputs for Complex<Number> {
    type Error = Infallible;

    fn numbers(self) -> Result<Vec<Number>, Infallible> {
        Ok(alloc::vec![self.re, self.im])
    }
}

impl<T: Outputs> Outputs for Vec<T> {
    type Error = T::Error;

    fn numbers(self) -> Result<Vec<Number>, T::Error> {
        let mut all = Vec::with_capacity(self.len());
        for output in self {
            all.extend(output.numbers()?);
        }
        Ok(all)
    }
}

impl<T: Outputs, const M: usize> Outputs for [T; M] {
    type Error = T::Error;

    fn numbers(self) -> Result<Vec<Number>, T::Error> {
        let mut all = Vec::with_capacity(M);
        for output in self {
            all.extend(output.numbers()?);
        }
        Ok(all)
    }
}

impl<T: Outputs<Error = Infallible>, E> Outputs for Result<T, E> {
    type Error = E;

    fn numbers(self) -> Result<Vec<Number>, E> {
        self.map(|outputs| {
            let Ok(numbers) = outputs.numbers();
            numbers
        })
    }
}

/// Partial derivatives: one row for each output, one column for each parameter.
#[derive(Clone, Debug, PartialEq)]
pub struct Jacobian {
    rows: usize,
    columns: usize,
    /// Row by row.
    entries: Vec<f64>,
}

impl Jacobian {
    fn zeros(rows: usize, columns: usize) -> Self {
        Self { rows, columns, entries: alloc::vec![0.0; rows * columns] }
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
/// `f` is run once for each eight parameters (and once if there are none); it must return as many
/// outputs each time.
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
    F: FnMut(&P::Numbers) -> R,
    R: Outputs,
{
    let columns = params.values().len();
    let mut values = Vec::new();
    let mut derivatives = Jacobian::zeros(0, columns);
    for start in (0..columns.max(1)).step_by(CHUNK) {
        let seed = |index: usize, value| Number::variable(value, index.wrapping_sub(start));
        let outputs = params.with_numbers(seed, &mut f).numbers()?;
        if start == 0 {
            values = outputs.iter().map(Dual::value).collect();
            derivatives = Jacobian::zeros(outputs.len(), columns);
        }
        if columns == 0 {
            break;
        }
        let width = CHUNK.min(columns - start);
        for (row, output) in derivatives.entries.chunks_exact_mut(columns).zip(&outputs) {
            row[start..start + width].copy_from_slice(&output.tangent()[..width]);
        }
    }
    Ok((values, derivatives))
}

/// The one output of `f` and its exact derivatives by every parameter.
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
pub fn gradient<P, F, R>(params: &P, f: F) -> Result<(f64, Vec<f64>), R::Error>
where
    P: ParamList + ?Sized,
    F: FnMut(&P::Numbers) -> R,
    R: Outputs,
{
    let (values, derivatives) = jacobian(params, f)?;
    let value = values.first().copied().unwrap_or(f64::NAN);
    Ok((value, derivatives.row(0).to_vec()))
}

/// The outputs of `f` and their derivatives in one `direction`, by one run of `f`: the product of
/// the Jacobian and the direction. What is missing in `direction` is 0.
///
/// # Errors
///
/// As [`jacobian`].
///
/// ```
/// use filterbank::{Scalar, jacobian_vector};
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
    F: FnOnce(&P::Numbers) -> R,
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
