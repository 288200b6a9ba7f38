//! The number that closures compute with, the lists of parameters they take, and the outputs they
//! may return.

use alloc::vec::Vec;
use core::convert::Infallible;

use filterbank_core::{Complex, Dual, Scalar};

/// How many parameters are differentiated in one run.
pub(super) const CHUNK: usize = 8;

/// What the closures given to [`jacobian`](crate::jacobian), [`gradient`](crate::gradient)
/// and [`gradcheck`](crate::gradcheck())
/// compute with: a value and eight derivatives. It is a [`Scalar`](crate::Scalar), so every
/// filter, design and response runs on it.
pub type Number = Dual<f64, CHUNK>;

/// How many parameters are differentiated in one run for second derivatives.
pub(super) const SECOND_ORDER_CHUNK: usize = 4;

/// What the closure given to [`hessian`](crate::ad::hessian) computes with: a value, four
/// derivatives, and the four derivatives of each of these five.
///
/// Plain numbers stand in front, `1.0 + x` and `2.0 * x`. A function that is generic over
/// [`Scalar`] runs on it and on [`Number`] alike.
pub type SecondOrderNumber = Dual<Dual<f64, SECOND_ORDER_CHUNK>, SECOND_ORDER_CHUNK>;

/// A list of parameters: an array, a slice or a `Vec`. The closure gets it back on [`Number`]s
/// (on [`SecondOrderNumber`]s for second derivatives), an array as an array.
pub trait ParamList {
    /// The same list on numbers.
    type Numbers<S: Scalar>: ?Sized;

    /// The values.
    fn values(&self) -> &[f64];

    /// Calls `f` with what `number` makes of each position and value.
    fn with_numbers<S: Scalar, R>(
        &self,
        number: impl Fn(usize, f64) -> S,
        f: impl FnOnce(&Self::Numbers<S>) -> R,
    ) -> R;
}

impl<const N: usize> ParamList for [f64; N] {
    type Numbers<S: Scalar> = [S; N];

    fn values(&self) -> &[f64] {
        self
    }

    fn with_numbers<S: Scalar, R>(
        &self,
        number: impl Fn(usize, f64) -> S,
        f: impl FnOnce(&Self::Numbers<S>) -> R,
    ) -> R {
        f(&core::array::from_fn(|index| number(index, self[index])))
    }
}

impl ParamList for [f64] {
    type Numbers<S: Scalar> = [S];

    fn values(&self) -> &[f64] {
        self
    }

    fn with_numbers<S: Scalar, R>(
        &self,
        number: impl Fn(usize, f64) -> S,
        f: impl FnOnce(&Self::Numbers<S>) -> R,
    ) -> R {
        let numbers: Vec<S> =
            self.iter().enumerate().map(|(index, &value)| number(index, value)).collect();
        f(&numbers)
    }
}

impl ParamList for Vec<f64> {
    type Numbers<S: Scalar> = [S];

    fn values(&self) -> &[f64] {
        self
    }

    fn with_numbers<S: Scalar, R>(
        &self,
        number: impl Fn(usize, f64) -> S,
        f: impl FnOnce(&Self::Numbers<S>) -> R,
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

/// What the closure of a [`gradient`](crate::gradient) or a [`hessian`](crate::ad::hessian) may
/// return: one number, or a `Result` of one.
pub trait Output<S = Number> {
    /// The error of a closure that may fail, [`Infallible`] for one that may not.
    type Error;

    /// The number.
    ///
    /// # Errors
    ///
    /// The closure's own.
    fn number(self) -> Result<S, Self::Error>;
}

impl<S: Scalar> Output<S> for S {
    type Error = Infallible;

    fn number(self) -> Result<S, Infallible> {
        Ok(self)
    }
}

impl<S: Scalar, E> Output<S> for Result<S, E> {
    type Error = E;

    fn number(self) -> Result<S, E> {
        self
    }
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
