//! Frequency response of a section: complex response, level, group delay, and the derivatives of
//! the level by the coefficients.
//!
//! The polynomials of a section are evaluated in a centred form, multiplied by `e^{jω}`:
//!
//! ```text
//! e^{jω} A(e^{jω}) = (1 + a2) cos ω + a1 + j (1 − a2) sin ω
//! ```
//!
//! The real part is computed from the sum of the coefficients (exact near ω = 0) and
//! `sin²(ω/2)`, or from their alternating sum (exact near ω = π) and `cos²(ω/2)`. The plain sum
//! would cancel: a filter at 20 Hz would lose half its digits.
//!
//! Sources: A. V. Oppenheim and R. W. Schafer, *Discrete-Time Signal Processing*, chapter 5, for
//! the response and for the group delay as the derivative of the phase; J. O. Smith, *Introduction
//! to Digital Filters*, on computing the group delay from the coefficients without unwrapping a
//! phase. The centred form and its choice of sums are derived here.

use core::f64::consts::{LN_10, PI};

use crate::number::{Complex, Scalar};
use crate::section::Section;

/// A point `e^{jω}` of the unit circle: the sines and cosines of one frequency, computed once for
/// the responses of many filters.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CirclePoint {
    cos: f64,
    sin: f64,
    /// `sin²(ω/2)`.
    half_sin_sqr: f64,
    /// `cos²(ω/2)`.
    half_cos_sqr: f64,
}

impl CirclePoint {
    /// At the angle `omega` in rad/sample.
    pub fn from_omega(omega: f64) -> Self {
        Self::from_half_angle(libm::sin(omega / 2.0), libm::cos(omega / 2.0))
    }

    /// At `frequency` in Hz, for a filter that runs at `sample_rate` in Hz. Exact at the Nyquist
    /// frequency.
    pub fn at(frequency: f64, sample_rate: f64) -> Self {
        let cycles = frequency / sample_rate;
        let (sin, cos) = if cycles.abs() <= 0.25 {
            (libm::sin(PI * cycles), libm::cos(PI * cycles))
        } else {
            let below_nyquist = PI * (0.5 - cycles.abs());
            (libm::cos(below_nyquist).copysign(cycles), libm::sin(below_nyquist))
        };
        Self::from_half_angle(sin, cos)
    }

    pub(super) fn cos(self) -> f64 {
        self.cos
    }

    pub(super) fn sin(self) -> f64 {
        self.sin
    }

    /// From the sine and cosine of `ω/2`.
    fn from_half_angle(sin: f64, cos: f64) -> Self {
        let (half_sin_sqr, half_cos_sqr) = (sin * sin, cos * cos);
        Self { cos: half_cos_sqr - half_sin_sqr, sin: 2.0 * sin * cos, half_sin_sqr, half_cos_sqr }
    }
}

/// `e^{jω} (c0 + c1 e^{−jω} + c2 e^{−2jω})`.
pub(super) fn centred<S: Scalar>([c0, c1, c2]: [S; 3], point: CirclePoint) -> Complex<S> {
    let twice_outer = (c0 + c2).scale(2.0);
    let re = if point.cos >= 0.0 {
        sum(c0, c1, c2) - twice_outer.scale(point.half_sin_sqr)
    } else {
        twice_outer.scale(point.half_cos_sqr) - sum(c0, -c1, c2)
    };
    Complex::new(re, (c0 - c2).scale(point.sin))
}

/// `c0 + c1 + c2`, in the order that is exact where the sum is small: `c0 + c2` first if these
/// two cancel (roots next to 1 and −1), else `c0 + c1` first (both roots next to 1).
pub(super) fn sum<S: Scalar>(c0: S, c1: S, c2: S) -> S {
    if (c0.primal() < 0.0) == (c2.primal() < 0.0) { (c0 + c1) + c2 } else { (c0 + c2) + c1 }
}

/// Whether a sum of squares kept its digits: beyond `EPSILON^±4` it may have overflowed or
/// underflowed, or its reciprocal may.
fn is_safe<S: Scalar>(square: S) -> bool {
    let least = S::EPSILON * S::EPSILON * S::EPSILON * S::EPSILON;
    (least..1.0 / least).contains(&square.primal())
}

/// About the magnitude, without squares.
fn size<S: Scalar>(value: Complex<S>) -> f64 {
    value.re.primal().abs() + value.im.primal().abs()
}

/// The quotient with a plain number.
fn over<S: Scalar>(value: Complex<S>, size: f64) -> Complex<S> {
    let size = S::from_f64(size);
    Complex::new(value.re / size, value.im / size)
}

/// `−d arg/dω` of [`centred`], in samples: `(im·re' − re·im')/(re² + im²)`. At a zero on the unit
/// circle, where the phase jumps, it is the limit.
///
/// The factor `e^{jω}` of the centred form drops out in the difference of numerator and
/// denominator.
fn centred_delay<S: Scalar>(coefficients: [S; 3], point: CirclePoint) -> S {
    let [c0, _, c2] = coefficients;
    let mut value = centred(coefficients, point);
    let mut slope = Complex::new((c0 + c2).scale(-point.sin), (c0 - c2).scale(point.cos));
    if !is_safe(value.norm_sqr()) {
        let size = size(value);
        if size == 0.0 {
            return delay_at_zero(coefficients, value);
        }
        (value, slope) = (over(value, size), over(slope, size));
    }
    (value.im * slope.re - value.re * slope.im) / value.norm_sqr()
}

/// The limit of [`centred_delay`] at a zero on the unit circle, where [`centred`] has the `value`
/// 0.
///
/// A conjugate pair of zeros or a double zero has `c0 = c2`: the centred form is real, and its
/// phase is constant apart from the jump. For a single zero at z = ±1 the limit is
/// `−(c0 + c2)/(2(c0 − c2))`. A parameter that moves the zero off the circle has no derivative:
/// the tangents are NaN.
fn delay_at_zero<S: Scalar>([c0, _, c2]: [S; 3], value: Complex<S>) -> S {
    let difference = c0 - c2;
    let (limit, stays_on_circle) = if difference.primal() == 0.0 {
        (S::zero(), difference.is_zero())
    } else {
        (-(c0 + c2) / difference.scale(2.0), value.re.is_zero())
    };
    if stays_on_circle { limit } else { limit - value.norm_sqr().sqrt() }
}

impl<S: Scalar> Section<S> {
    pub(super) fn numerator(&self) -> [S; 3] {
        [self.b0, self.b1, self.b2]
    }

    pub(super) fn denominator(&self) -> [S; 3] {
        [S::one(), self.a1, self.a2]
    }

    /// The complex response at a point.
    pub fn response_at(&self, point: CirclePoint) -> Complex<S> {
        centred(self.numerator(), point) / centred(self.denominator(), point)
    }

    /// The squared magnitude at a point.
    pub fn power(&self, point: CirclePoint) -> S {
        let numerator = centred(self.numerator(), point).norm_sqr();
        numerator / centred(self.denominator(), point).norm_sqr()
    }

    /// Natural logarithm of the squared magnitude, also where the square would overflow or
    /// underflow.
    fn log_power(&self, point: CirclePoint) -> S {
        let numerator = centred(self.numerator(), point);
        let denominator = centred(self.denominator(), point);
        let (above, below) = (numerator.norm_sqr(), denominator.norm_sqr());
        if is_safe(above) && is_safe(below) {
            (above / below).ln()
        } else {
            (numerator.norm().ln() - denominator.norm().ln()).scale(2.0)
        }
    }

    /// The group delay at a point, in samples. At a zero exactly on the unit circle, where the
    /// phase jumps, it is the limit from both sides.
    ///
    /// There the derivative by a parameter that moves the zero off the circle does not exist; the
    /// tangents are NaN. (Designs keep such zeros on the circle.)
    ///
    /// ```
    /// use filterbank_core::{CirclePoint, Section};
    ///
    /// let difference = Section::from_coefficients([1.0, -1.0, 0.0, 0.0, 0.0]);
    /// for omega in [0.0, 1e-9, 1.0, 3.0] {
    ///     let delay: f64 = difference.group_delay_at(CirclePoint::from_omega(omega));
    ///     assert!((delay - 0.5).abs() < 1e-15);
    /// }
    /// ```
    pub fn group_delay_at(&self, point: CirclePoint) -> S {
        centred_delay(self.numerator(), point) - centred_delay(self.denominator(), point)
    }

    /// The complex response at `frequency` in Hz, for a filter that runs at `sample_rate` in Hz.
    ///
    /// ```
    /// use filterbank_core::{Complex, Section};
    ///
    /// let delay = Section::from_coefficients([0.0, 1.0, 0.0, 0.0, 0.0]);
    /// let h = delay.response(12_000.0, 48_000.0);
    /// assert!((h - Complex::new(0.0, -1.0)).norm() < 1e-15);
    /// ```
    pub fn response(&self, frequency: f64, sample_rate: f64) -> Complex<S> {
        self.response_at(CirclePoint::at(frequency, sample_rate))
    }
}

/// The squared magnitude `re² + im²` of [`centred`], and the derivatives of its natural logarithm
/// by `c0`, `c1` and `c2`: `2(re cos ω ± im sin ω)/(re² + im²)` for the outer two and
/// `2 re/(re² + im²)` for `c1`.
fn log_power_slopes<S: Scalar>(coefficients: [S; 3], point: CirclePoint) -> (S, [S; 3]) {
    let Complex { re, im } = centred(coefficients, point);
    let power = re * re + im * im;
    let twice = S::from_f64(2.0) / power;
    let (x, y) = (re * twice, im * twice);
    let (cos, sin) = (x.scale(point.cos), y.scale(point.sin));
    (power, [cos + sin, x, cos - sin])
}

impl<S: Scalar> Section<S> {
    /// The squared magnitude at a point, and the derivatives of its natural logarithm by
    /// `[b0, b1, b2, a1, a2]`.
    ///
    /// Multiply them by 10/ln 10 for the derivatives of the level in dB. At a zero of the response
    /// the squared magnitude is 0 and the derivatives do not exist (NaN).
    ///
    /// ```
    /// use filterbank_core::{CirclePoint, Section};
    ///
    /// let section = Section::from_coefficients([0.5_f64, 0.2, 0.1, -0.3, 0.2]);
    /// let point = CirclePoint::from_omega(1.0);
    /// let (power, by_coefficient) = section.log_power_gradient(point);
    /// assert!((power - section.response_at(point).norm_sqr()).abs() < 1e-15);
    /// let mut moved = section;
    /// moved.a1 += 1e-6;
    /// let slope = (moved.log_power_gradient(point).0.ln() - power.ln()) / 1e-6_f64;
    /// assert!((slope - by_coefficient[3]).abs() < 1e-5);
    /// ```
    pub fn log_power_gradient(&self, point: CirclePoint) -> (S, [S; 5]) {
        let (above, [b0, b1, b2]) = log_power_slopes(self.numerator(), point);
        let (below, [_, a1, a2]) = log_power_slopes(self.denominator(), point);
        (above / below, [b0, b1, b2, -a1, -a2])
    }
}

/// The complex response of sections in series.
pub(crate) fn response_series<S: Scalar>(
    sections: &[Section<S>],
    point: CirclePoint,
) -> Complex<S> {
    sections
        .iter()
        .map(|section| section.response_at(point))
        .fold(Complex::from_real(S::one()), |product, h| product * h)
}

/// The level of sections in series in dB, as a sum of logarithms: the product of many sections
/// would underflow far into the stopband.
pub(crate) fn magnitude_db_series<S: Scalar>(sections: &[Section<S>], point: CirclePoint) -> S {
    let log_power: S = sections.iter().map(|section| section.log_power(point)).sum();
    log_power.scale(10.0 / LN_10)
}

/// The phase of sections in series in radians, wrapped to −π to π.
pub(crate) fn phase_series<S: Scalar>(sections: &[Section<S>], point: CirclePoint) -> S {
    let response = response_series(sections, point);
    let magnitude = S::from_f64(size(response));
    // Exact for all but zero and the numbers next to it, which have fewer digits.
    let (down, up) = (S::EPSILON, 1.0 / S::EPSILON);
    if magnitude.primal() != 0.0 && magnitude.scale(down).scale(up) == magnitude {
        return response.arg();
    }
    // The product of many sections underflows far into the stopband; their directions do not.
    let direction = |section: &Section<S>| {
        let response = section.response_at(point);
        let norm = response.norm().primal();
        if norm == 0.0 { response } else { over(response, norm) }
    };
    let product = sections.iter().map(direction).fold(Complex::from_real(S::one()), |a, b| a * b);
    product.arg()
}

/// The group delay of sections in series in samples.
pub(crate) fn group_delay_series<S: Scalar>(sections: &[Section<S>], point: CirclePoint) -> S {
    sections.iter().map(|section| section.group_delay_at(point)).sum()
}
