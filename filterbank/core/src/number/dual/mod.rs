//! Forward-mode automatic differentiation: a number and its derivatives, computed together.
//!
//! ```text
//! dual ─► arithmetic ─► functions
//! ```

mod arithmetic;
mod functions;

use core::cmp::Ordering;
use core::fmt;

use crate::number::scalar::Scalar;

/// A value with `N` partial derivatives (tangents), one for each parameter.
///
/// Arithmetic on it applies the chain rule, so whatever is computed from [`seed`](Dual::seed)ed
/// parameters carries its exact gradient. The value is computed by the same operations, in the
/// same order, as on the plain type: it is identical bit for bit.
///
/// Numbers are compared by their values: `==` and `<` ignore tangents, so that code takes the
/// branches that it takes on the plain type. (Only
/// [`is_zero`](num_traits::Zero::is_zero) asks for a constant 0.)
///
/// `T` is `f32`, `f64`, or another `Dual` for second derivatives.
///
/// The tangents come first and the whole is aligned to a cache line: that lets the compiler keep
/// them in vector registers.
///
/// ```
/// use filterbank_core::{Dual, Scalar};
///
/// let [x, y] = Dual::seed([3.0_f64, 4.0]);
/// let r = x.hypot(y);
/// assert_eq!(r.primal(), 5.0);
/// assert_eq!(r.tangent(), &[0.6, 0.8]); // dr/dx, dr/dy
///
/// // Plain numbers on either side.
/// let mut z = 2.0 * x - 1.0 / y;
/// z += 1.0;
/// assert!(z > y && z < 7.0);
/// assert_eq!(z.tangent(), &[2.0, 0.0625]);
/// ```
#[repr(C, align(64))]
#[derive(Clone, Copy, Debug)]
pub struct Dual<T, const N: usize> {
    tangent: [T; N],
    primal: T,
}

impl<T: Scalar, const N: usize> Dual<T, N> {
    /// A value with given tangents.
    #[inline(always)]
    pub const fn new(primal: T, tangent: [T; N]) -> Self {
        Self { tangent, primal }
    }

    /// A value that depends on no parameter: all tangents zero.
    #[inline(always)]
    pub fn constant(primal: T) -> Self {
        Self::new(primal, [T::zero(); N])
    }

    /// The value that is parameter number `index`: its tangent is the unit vector.
    ///
    /// An `index` of `N` or more gives a constant.
    #[inline]
    pub fn variable(primal: T, index: usize) -> Self {
        let mut dual = Self::constant(primal);
        if let Some(unit) = dual.tangent.get_mut(index) {
            *unit = T::one();
        }
        dual
    }

    /// All `N` parameters at once, each the variable of its own position.
    #[inline]
    pub fn seed(params: [T; N]) -> [Self; N] {
        core::array::from_fn(|index| Self::variable(params[index], index))
    }

    /// The value. (For the value as `f64` whatever `T` is, see [`Scalar::primal`].)
    #[inline(always)]
    pub fn value(&self) -> T {
        self.primal
    }

    /// The partial derivatives, one for each parameter.
    #[inline(always)]
    pub fn tangent(&self) -> &[T; N] {
        &self.tangent
    }

    /// The chain rule for a function of one variable: its value and derivative at `self`.
    #[inline(always)]
    fn chain(self, value: T, derivative: T) -> Self {
        self.map_tangent(value, |t| t * derivative)
    }

    /// `value` with each tangent of `self` changed by `f`.
    #[inline(always)]
    fn map_tangent(mut self, value: T, f: impl Fn(T) -> T) -> Self {
        for t in &mut self.tangent {
            *t = f(*t);
        }
        self.primal = value;
        self
    }

    /// `value` with the tangents of `self` and `other` combined by `f`.
    #[inline(always)]
    fn zip_tangent(mut self, other: Self, value: T, f: impl Fn(T, T) -> T) -> Self {
        for (t, u) in self.tangent.iter_mut().zip(other.tangent) {
            *t = f(*t, u);
        }
        self.primal = value;
        self
    }
}

impl<T: Scalar, const N: usize> From<T> for Dual<T, N> {
    #[inline(always)]
    fn from(value: T) -> Self {
        Self::constant(value)
    }
}

impl<T: Scalar, const N: usize> Default for Dual<T, N> {
    #[inline(always)]
    fn default() -> Self {
        Self::constant(T::zero())
    }
}

/// By value.
impl<T: Scalar, const N: usize> PartialEq for Dual<T, N> {
    #[inline(always)]
    fn eq(&self, other: &Self) -> bool {
        self.primal == other.primal
    }
}

/// By value.
impl<T: Scalar, const N: usize> PartialOrd for Dual<T, N> {
    #[inline(always)]
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        self.primal.partial_cmp(&other.primal)
    }
}

/// By value.
impl<T: Scalar, const N: usize> PartialEq<T> for Dual<T, N> {
    #[inline(always)]
    fn eq(&self, other: &T) -> bool {
        self.primal == *other
    }
}

/// By value.
impl<T: Scalar, const N: usize> PartialOrd<T> for Dual<T, N> {
    #[inline(always)]
    fn partial_cmp(&self, other: &T) -> Option<Ordering> {
        self.primal.partial_cmp(other)
    }
}

/// The value, then the tangents: `5 + [0.6, 0.8]ε`. Width and precision apply to each number.
impl<T: Scalar + fmt::Display, const N: usize> fmt::Display for Dual<T, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.primal, f)?;
        f.write_str(" + [")?;
        for (index, tangent) in self.tangent.iter().enumerate() {
            f.write_str(if index == 0 { "" } else { ", " })?;
            fmt::Display::fmt(tangent, f)?;
        }
        f.write_str("]ε")
    }
}
