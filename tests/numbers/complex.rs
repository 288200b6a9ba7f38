//! Complex numbers.

use filterbank::Dual;
use filterbank::number::Complex;

use crate::common::worst::Worst;
use crate::errors::{error_in_epsilons, tangents};

/// A complex number whose real and imaginary part are the two variables.
fn variable(re: f64, im: f64) -> Complex<Dual<f64, 2>> {
    let [re, im] = Dual::seed([re, im]);
    Complex::new(re, im)
}

fn value(z: Complex<Dual<f64, 2>>) -> Complex<f64> {
    Complex::new(z.re.value(), z.im.value())
}

/// The derivative by one of the variables.
fn tangent(z: Complex<Dual<f64, 2>>, index: usize) -> Complex<f64> {
    Complex::new(z.re.tangent()[index], z.im.tangent()[index])
}

/// Every quadrant and axis, both sides of the branch cut, small and large.
const POINTS: [(f64, f64); 24] = [
    (3.0, 4.0),
    (-3.0, 4.0),
    (-3.0, -4.0),
    (3.0, -4.0),
    (2.0, 0.0),
    (2.0, -0.0),
    (0.0, 2.0),
    (-0.0, 2.0),
    (0.0, -2.0),
    (-2.0, 0.0),
    (-2.0, -0.0),
    (-2.0, 1e-13),
    (-2.0, -1e-13),
    (-2.0, 1e-200),
    (2.0, -1e-13),
    (1e-13, 2.0),
    (-1e-13, 2.0),
    (-1e-13, -2.0),
    (3e-60, -4e-60),
    (-3e-60, 4e-60),
    (-1e-70, 1e-73),
    (3e60, 4e60),
    (-3e60, -4e60),
    (-1e70, 1e67),
];

/// Values whose squares underflow or overflow.
const EXTREMES: [(f64, f64); 6] = [
    (3e-200, -4e-200),
    (-3e-200, 4e-200),
    (-1e-300, 1e-290),
    (3e200, 4e200),
    (-3e200, -4e200),
    (-1e300, 1e290),
];

/// The distance of two complex numbers in units of epsilon, relative to `expected`.
fn complex_error(found: Complex<f64>, expected: Complex<f64>) -> f64 {
    (found - expected).norm() / (expected.norm() * f64::EPSILON)
}

#[test]
fn complex_square_roots_are_the_principal_ones_with_exact_tangents() {
    let (mut values, mut tangents) = (Worst::default(), Worst::default());
    for (re, im) in POINTS.into_iter().chain(EXTREMES) {
        let here = || format!("at {re:e}, {im:e}");
        let root = variable(re, im).sqrt();
        let w = value(root);
        // The square again, each part to its own precision.
        let norm = re.hypot(im);
        values.see(((w.re * w.re - w.im * w.im) - re).abs() / (norm * f64::EPSILON), here);
        values.see(error_in_epsilons::<f64>(2.0 * w.re * w.im, im), here);
        assert!(w.re >= 0.0 && w.im.is_sign_negative() == im.is_sign_negative(), "{}", here());
        // dw/dz = 1/(2w) = w*/(2|z|), each part to its own precision; dz is 1, then j.
        let slope = w.conj().scale(0.5 / norm);
        for (index, expected) in [slope, Complex::new(-slope.im, slope.re)].into_iter().enumerate()
        {
            let found = tangent(root, index);
            tangents.see(error_in_epsilons::<f64>(found.re, expected.re), here);
            tangents.see(error_in_epsilons::<f64>(found.im, expected.im), here);
        }
    }
    values.assert_at_most(8.0, "values");
    tangents.assert_at_most(8.0, "tangents");
}

#[test]
fn the_complex_square_root_of_zero_has_no_tangent() {
    for (re, im) in [(0.0, 0.0), (-0.0, 0.0), (0.0, -0.0)] {
        let root = variable(re, im).sqrt();
        assert_eq!(value(root), Complex::new(0.0, 0.0));
        assert!([root.re, root.im].iter().all(|part| part.tangent().iter().all(|t| t.is_nan())));
    }
}

#[test]
fn complex_square_roots_are_continuous_except_across_the_branch_cut() {
    let above = variable(-4.0, 1e-15).sqrt();
    let below = variable(-4.0, -1e-15).sqrt();
    assert_eq!(value(above), value(below).conj());
    assert_eq!(value(above).im, 2.0);
    let on_the_cut = [variable(-4.0, 0.0).sqrt(), variable(-4.0, -0.0).sqrt()];
    for (beside, on) in [above, below].into_iter().zip(on_the_cut) {
        assert!((value(beside) - value(on)).norm() < 1e-15);
        for index in 0..2 {
            assert!((tangent(beside, index) - tangent(on, index)).norm() < 1e-15);
        }
    }
}

#[test]
fn complex_reciprocals_and_quotients_have_the_derivatives_of_calculus() {
    let (mut values, mut tangents) = (Worst::default(), Worst::default());
    let j = Complex::new(0.0, 1.0);
    for (re, im) in POINTS {
        let here = || format!("at {re:e}, {im:e}");
        let (seeded, z) = (variable(re, im), Complex::new(re, im));
        // The reciprocal by another route: divided by the norm twice.
        let norm = re.hypot(im);
        let expected = Complex::new(re / norm / norm, -im / norm / norm);
        let reciprocal = seeded.recip();
        values.see(complex_error(value(reciprocal), expected), here);
        let slope = -(expected * expected);
        tangents.see(complex_error(tangent(reciprocal, 0), slope), here);
        tangents.see(complex_error(tangent(reciprocal, 1), slope * j), here);

        let other = Complex::new(0.3, -0.8);
        let constant = Complex::new(Dual::from(other.re), Dual::from(other.im));
        let quotient = constant / seeded;
        values.see(complex_error(value(quotient), other * expected), here);
        tangents.see(complex_error(tangent(quotient, 0), other * slope), here);
        tangents.see(complex_error(tangent(quotient, 1), other * slope * j), here);

        let quotient = seeded / constant;
        let inverse = other.conj().scale(1.0 / other.norm_sqr());
        values.see(complex_error(value(quotient), z * inverse), here);
        tangents.see(complex_error(tangent(quotient, 0), inverse), here);
        tangents.see(complex_error(tangent(quotient, 1), inverse * j), here);

        let product = seeded * seeded;
        values.see(complex_error(value(product), z * z), here);
        tangents.see(complex_error(tangent(product, 0), z.scale(2.0)), here);
        tangents.see(complex_error(tangent(product, 1), z.scale(2.0) * j), here);
    }
    values.assert_at_most(8.0, "values");
    tangents.assert_at_most(8.0, "tangents");
}

#[test]
fn complex_norms_and_angles_have_the_derivatives_of_calculus() {
    let mut worst = Worst::default();
    for (re, im) in POINTS.into_iter().chain(EXTREMES) {
        let z = variable(re, im);
        let norm = re.hypot(im);
        assert_eq!(z.norm_sqr().value(), re * re + im * im);
        assert_eq!(z.norm_sqr().tangent(), &[2.0 * re, 2.0 * im]);
        worst
            .see(error_in_epsilons::<f64>(z.norm().value(), norm), || format!("at {re:e}, {im:e}"));
        worst.see(error_in_epsilons::<f64>(z.arg().value(), im.atan2(re)), || {
            format!("at {re:e}, {im:e}")
        });
        let by_norm = tangents(z.norm()).into_iter().zip([re / norm, im / norm]);
        let by_angle = tangents(z.arg()).into_iter().zip([-im / norm / norm, re / norm / norm]);
        for (found, expected) in by_norm.chain(by_angle) {
            let error = error_in_epsilons::<f64>(found, expected);
            worst.see(error, || format!("at {re:e}, {im:e}"));
        }
    }
    worst.assert_at_most(8.0, "norms and angles");
}

#[test]
fn complex_arithmetic_follows_from_real_arithmetic() {
    let (z, w) = (Complex::new(3.0, -2.0), Complex::new(0.5, 4.0));
    assert_eq!(z + w, Complex::new(3.5, 2.0));
    assert_eq!(z - w, Complex::new(2.5, -6.0));
    assert_eq!(z * w, Complex::new(9.5, 11.0));
    assert_eq!((z * w) / w, z);
    assert_eq!(-z, Complex::new(-3.0, 2.0));
    assert_eq!(z.conj(), Complex::new(3.0, 2.0));
    assert_eq!(z.scale(0.5), Complex::new(1.5, -1.0));
    assert_eq!(z.norm_sqr(), 13.0);
    assert_eq!(Complex::new(0.5, -0.5).recip(), Complex::new(1.0, 1.0));
    assert_eq!(Complex::from_real(2.0), Complex::new(2.0, 0.0));
}
