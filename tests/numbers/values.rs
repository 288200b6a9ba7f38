//! Values equal the plain type's, bit for bit.

use std::f64::consts::FRAC_PI_2;

use filterbank::number::Complex;
use filterbank::{Dual, Scalar};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use crate::errors::numbers;
use crate::functions::{Binary, Unary};

/// Arguments of every size and both signs, many of ordinary size, and special values.
fn any_number(random: &mut StdRng) -> f64 {
    const SPECIAL: [f64; 12] = [
        0.0,
        -0.0,
        1.0,
        -1.0,
        f64::INFINITY,
        f64::NEG_INFINITY,
        f64::NAN,
        f64::MAX,
        f64::MIN_POSITIVE,
        -1e-310,
        FRAC_PI_2,
        0.5,
    ];
    match random.random_range(0..8) {
        0 => SPECIAL[random.random_range(0..SPECIAL.len())],
        1 => 10.0_f64.powf(random.random_range(-300.0..300.0)),
        2 => -(10.0_f64.powf(random.random_range(-300.0..300.0))),
        3 => 10.0_f64.powf(random.random_range(-20.0..20.0)),
        4 | 5 => random.random_range(-1.0..1.0),
        _ => random.random_range(-10.0..10.0),
    }
}

#[track_caller]
fn assert_same_value<S: Scalar, T: Scalar>(dual: S, plain: T, what: impl FnOnce() -> String) {
    let (dual, plain) = (dual.primal(), plain.primal());
    let same = dual.to_bits() == plain.to_bits() || (dual.is_nan() && plain.is_nan());
    assert!(same, "{}: {dual:e} is not {plain:e}", what());
}

fn values_are_those_of_the_plain_type<T: Scalar>(count: usize) {
    let mut random = StdRng::seed_from_u64(2);
    for _ in 0..count {
        let [x, y] = numbers::<T, 2>([any_number(&mut random), any_number(&mut random)]);
        let mut any_tangent = || numbers([any_number(&mut random), any_number(&mut random)]);
        let [u, v] = [x, y].map(|x| Dual::<T, 2>::new(x, any_tangent()));
        let [inner, other] = [u, v].map(|u| Dual::<Dual<T, 2>, 1>::new(u, [v]));
        for function in Unary::ALL {
            let what = || format!("{function:?} of {x:?}");
            assert_same_value(function.of(u), function.of(x), what);
            assert_same_value(function.of(inner), function.of(x), what);
        }
        for function in Binary::ALL {
            let what = || format!("{function:?} of {x:?}, {y:?}");
            assert_same_value(function.of(u, v), function.of(x, y), what);
            assert_same_value(function.of(inner, other), function.of(x, y), what);
        }
        let what = || format!("arithmetic with {x:?}, {y:?}");
        assert_same_value(-u, -x, what);
        assert_same_value(u + y, x + y, what);
        assert_same_value(u - y, x - y, what);
        assert_same_value(u * y, x * y, what);
        assert_same_value(u / y, x / y, what);
        assert_same_value(u.scale(y.primal()), x.scale(y.primal()), what);
        assert_same_value(u.detach(), x, what);
        let exponent = random.random_range(-12..=12);
        assert_same_value(u.powi(exponent), x.powi(exponent), || format!("{x:?}^{exponent}"));
        let (z, w) = (Complex::new(x, y), Complex::new(u, v));
        for (plain, dual) in
            [(z.sqrt(), w.sqrt()), (z.recip(), w.recip()), (z / z.conj(), w / w.conj())]
        {
            let what = || format!("complex {x:?}, {y:?}");
            assert_same_value(dual.re, plain.re, what);
            assert_same_value(dual.im, plain.im, what);
        }
    }
}

#[test]
fn values_of_duals_are_those_of_the_plain_type_bit_for_bit() {
    values_are_those_of_the_plain_type::<f64>(20_000);
    values_are_those_of_the_plain_type::<f32>(20_000);
}

#[test]
fn sums_are_those_of_the_plain_type_bit_for_bit() {
    for terms in [vec![], vec![-0.0], vec![-0.0, -0.0], vec![-0.0, 0.0], vec![0.1, 0.2, -0.3]] {
        let plain: f64 = terms.iter().sum();
        let dual: Dual<f64, 1> = terms.iter().map(|&term| Dual::from(term)).sum();
        assert_same_value(dual, plain, || format!("the sum of {terms:?}"));
    }
}
