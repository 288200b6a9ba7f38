//! Complex numbers on any [`Scalar`]: only what designs and responses need.

use core::fmt;
use core::ops::{Add, Div, Mul, Neg, Sub};

use crate::number::scalar::Scalar;

/// A complex number `re + j·im` whose parts may carry derivatives.
///
/// ```
/// use filterbank_core::Complex;
///
/// let z = Complex::new(3.0_f64, 4.0);
/// assert_eq!(z.norm(), 5.0);
/// assert_eq!(z * z.conj(), Complex::from_real(25.0));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Complex<S> {
    /// Real part.
    pub re: S,
    /// Imaginary part.
    pub im: S,
}

impl<S: Scalar> Complex<S> {
    /// From real and imaginary part.
    #[inline(always)]
    pub const fn new(re: S, im: S) -> Self {
        Self { re, im }
    }

    /// A real number.
    #[inline(always)]
    pub fn from_real(re: S) -> Self {
        Self::new(re, S::zero())
    }

    /// The complex conjugate.
    #[inline(always)]
    #[must_use]
    pub fn conj(self) -> Self {
        Self::new(self.re, -self.im)
    }

    /// Both parts times a real number.
    #[inline(always)]
    #[must_use]
    pub fn scale(self, factor: S) -> Self {
        Self::new(self.re * factor, self.im * factor)
    }

    /// The squared magnitude, `re² + im²`.
    #[inline(always)]
    pub fn norm_sqr(self) -> S {
        self.re * self.re + self.im * self.im
    }

    /// The magnitude. At 0 its derivative does not exist; the tangent there is 0.
    #[inline]
    pub fn norm(self) -> S {
        self.re.hypot(self.im)
    }

    /// The magnitude, as [`norm`](Complex::norm).
    #[inline]
    pub fn abs(self) -> S {
        self.norm()
    }

    /// `e` to this power: magnitude `e^re`, angle `im`.
    #[must_use]
    pub fn exp(self) -> Self {
        let magnitude = self.re.exp();
        Self::new(magnitude * self.im.cos(), magnitude * self.im.sin())
    }

    /// The angle in radians, in −π to π. At 0 its tangent is NaN.
    #[inline]
    pub fn arg(self) -> S {
        self.im.atan2(self.re)
    }

    /// `1 / self`.
    #[inline]
    #[must_use]
    pub fn recip(self) -> Self {
        self.conj().scale(self.norm_sqr().recip())
    }

    /// The principal square root: real part at least 0, branch cut along the negative real axis
    /// (there the root with the sign of `im`). At 0 its derivative does not exist and the
    /// tangent is NaN.
    #[must_use]
    pub fn sqrt(self) -> Self {
        // The larger part first, the other by division: neither cancels.
        let norm = self.norm();
        if norm.primal() == 0.0 {
            let zero = norm.sqrt();
            return Self::new(zero, zero);
        }
        if self.re.primal() >= 0.0 {
            let re = (norm + self.re).scale(0.5).sqrt();
            Self::new(re, self.im.scale(0.5) / re)
        } else {
            let im = (norm - self.re).scale(0.5).sqrt();
            let im = if self.im.primal().is_sign_negative() { -im } else { im };
            Self::new(self.im.scale(0.5) / im, im)
        }
    }
}

/// Rectangular, with `j`: `3-4j`.
impl<S: Scalar + fmt::Display> fmt::Display for Complex<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.re, f)?;
        let negative = self.im.primal().is_sign_negative();
        f.write_str(if negative { "-" } else { "+" })?;
        fmt::Display::fmt(&if negative { -self.im } else { self.im }, f)?;
        f.write_str("j")
    }
}

impl<S: Scalar> Neg for Complex<S> {
    type Output = Self;

    #[inline(always)]
    fn neg(self) -> Self {
        Self::new(-self.re, -self.im)
    }
}

impl<S: Scalar> Add for Complex<S> {
    type Output = Self;

    #[inline(always)]
    fn add(self, other: Self) -> Self {
        Self::new(self.re + other.re, self.im + other.im)
    }
}

impl<S: Scalar> Sub for Complex<S> {
    type Output = Self;

    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        Self::new(self.re - other.re, self.im - other.im)
    }
}

impl<S: Scalar> Mul for Complex<S> {
    type Output = Self;

    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        Self::new(self.re * other.re - self.im * other.im, self.re * other.im + self.im * other.re)
    }
}

impl<S: Scalar> Div for Complex<S> {
    type Output = Self;

    #[inline]
    fn div(self, other: Self) -> Self {
        let denominator = other.norm_sqr();
        let product = self * other.conj();
        Self::new(product.re / denominator, product.im / denominator)
    }
}
