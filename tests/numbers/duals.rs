//! Dual numbers: parts, arithmetic, and settling.

use filterbank::run::Sample;
use filterbank::{Dual, Scalar};

use crate::common::bits::{Bits, assert_same_bits};
use crate::errors::{numbers, settled};
use crate::nested::Second;

fn arithmetic_rules<T: Scalar + Bits>() {
    let number = T::from_f64;
    let dual = |x: f64, t: [f64; 2]| Dual::<T, 2>::new(number(x), numbers(t));
    // All results are exact in binary.
    let (x, y) = (dual(3.0, [1.0, -2.0]), dual(-4.0, [0.5, 8.0]));
    assert_same_bits(x + y, dual(-1.0, [1.5, 6.0]));
    assert_same_bits(x - y, dual(7.0, [0.5, -10.0]));
    assert_same_bits(x * y, dual(-12.0, [-4.0 + 1.5, 8.0 + 24.0]));
    assert_same_bits(x / y, dual(-0.75, [-0.34375, -1.0]));
    assert_same_bits(-x, dual(-3.0, [-1.0, 2.0]));
    assert_same_bits(y.recip(), dual(-0.25, [-0.03125, -0.5]));

    // With a plain number.
    let plain = number(-4.0);
    assert_same_bits(x + plain, dual(-1.0, [1.0, -2.0]));
    assert_same_bits(x - plain, dual(7.0, [1.0, -2.0]));
    assert_same_bits(x * plain, dual(-12.0, [-4.0, 8.0]));
    assert_same_bits(x / plain, dual(-0.75, [-0.25, 0.5]));

    // In place.
    let in_place = |change: &dyn Fn(&mut Dual<T, 2>)| {
        let mut z = x;
        change(&mut z);
        z
    };
    assert_same_bits(in_place(&|z| *z += y), x + y);
    assert_same_bits(in_place(&|z| *z -= y), x - y);
    assert_same_bits(in_place(&|z| *z *= y), x * y);
    assert_same_bits(in_place(&|z| *z /= y), x / y);

    // Sums.
    assert_same_bits([x, y, x].into_iter().sum::<Dual<T, 2>>(), dual(2.0, [2.5, 4.0]));
    assert_same_bits(std::iter::empty::<Dual<T, 2>>().sum::<Dual<T, 2>>(), dual(-0.0, [0.0; 2]));
    assert_same_bits(x.scale(-0.5), dual(-1.5, [-0.5, 1.0]));
}

#[test]
fn arithmetic_follows_the_rules_of_differentiation() {
    arithmetic_rules::<f64>();
    arithmetic_rules::<f32>();
}

fn construction_and_inspection<T: Scalar + Bits>() {
    let number = T::from_f64;
    let dual = |x: f64, t: [f64; 3]| Dual::<T, 3>::new(number(x), numbers(t));

    assert_same_bits(
        Dual::seed(numbers::<T, 3>([5.0, 6.0, 7.0])),
        [dual(5.0, [1.0, 0.0, 0.0]), dual(6.0, [0.0, 1.0, 0.0]), dual(7.0, [0.0, 0.0, 1.0])],
    );
    assert_same_bits(Dual::variable(number(2.0), 1), dual(2.0, [0.0, 1.0, 0.0]));
    let constant = dual(2.0, [0.0; 3]);
    assert_same_bits(Dual::variable(number(2.0), 3), constant);
    assert_same_bits(Dual::constant(number(2.0)), constant);
    assert_same_bits(Dual::from(number(2.0)), constant);
    assert_same_bits(Dual::from_f64(2.0), constant);
    assert_same_bits(Dual::<T, 3>::default(), dual(0.0, [0.0; 3]));
    assert_same_bits(num_zero_one::<Dual<T, 3>>(), [dual(0.0, [0.0; 3]), dual(1.0, [0.0; 3])]);
    assert_eq!(<Dual<T, 3> as Scalar>::EPSILON, T::EPSILON);

    let x = dual(2.0, [1.0, -1.0, 0.5]);
    assert_eq!(x.value(), number(2.0));
    assert_eq!(x.primal(), 2.0);
    assert_eq!(x.tangent(), &numbers::<T, 3>([1.0, -1.0, 0.5]));
    assert_same_bits(x.detach(), constant);

    // One part that is not finite is enough.
    assert!(x.is_finite());
    for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        assert!(!dual(bad, [0.0; 3]).is_finite());
        assert!(!dual(1.0, [0.0, 0.0, bad]).is_finite());
    }
}

/// The neutral elements.
fn num_zero_one<S: Scalar>() -> [S; 2] {
    let (zero, one) = (S::zero(), S::one());
    assert!(zero.is_zero() && !one.is_zero());
    [zero, one]
}

#[test]
fn duals_are_made_of_a_value_and_tangents() {
    construction_and_inspection::<f64>();
    construction_and_inspection::<f32>();
    assert_eq!(<f64 as Scalar>::EPSILON, f64::EPSILON);
    assert_eq!(<f32 as Scalar>::EPSILON, f64::from(f32::EPSILON));
}

fn settles_below<T: Sample + Bits>(threshold: f64) {
    let number = T::from_f64;
    let dual = |x: f64, t: f64| Dual::<T, 2>::new(number(x), numbers([0.0, t]));
    let (below, above) = (0.999 * threshold, 1.001 * threshold);
    for sign in [1.0, -1.0] {
        let (tiny, small) = (number(sign * below), number(sign * above));
        assert_eq!(settled(tiny, tiny), (T::zero(), T::zero()));
        // Both must have decayed.
        assert_eq!(settled(tiny, small), (tiny, small));
        assert_eq!(settled(small, tiny), (small, tiny));
        for bad in [f64::NAN, f64::INFINITY] {
            assert_eq!(settled(number(bad), small), (T::zero(), T::zero()));
            assert_eq!(settled(small, number(bad)), (T::zero(), T::zero()));
            // A tangent that is not finite leaves the values alone.
            let (first, second) = settled(dual(1.0, bad), dual(2.0, 3.0));
            assert_same_bits([first, second], [dual(1.0, 0.0), dual(2.0, 0.0)]);
        }
        // Values and tangents settle separately.
        let (first, second) = (dual(sign * below, 1.0), dual(0.0, sign * below));
        let expected = [dual(0.0, 1.0), dual(0.0, sign * below)];
        assert_same_bits(<[_; 2]>::from(settled(first, second)), expected);
        let (first, second) = (dual(1.0, sign * below), dual(sign * below, 0.0));
        let expected = [dual(1.0, 0.0), dual(sign * below, 0.0)];
        assert_same_bits(<[_; 2]>::from(settled(first, second)), expected);
    }
}

#[test]
fn a_state_settles_when_values_or_tangents_are_tiny_or_not_finite() {
    settles_below::<f64>(10.0 * f64::MIN_POSITIVE);
    settles_below::<f32>(10.0 * f64::from(f32::MIN_POSITIVE));
}

#[test]
fn primals_round_to_the_type_and_widen_exactly() {
    let third = 1.0 / 3.0;
    assert_eq!(f64::from_f64(third), third);
    assert_ne!(f32::from_f64(third).primal(), third);
    assert!((f32::from_f64(third).primal() / third - 1.0).abs() < f64::from(f32::EPSILON) / 2.0);
    assert_eq!(Dual::<f32, 1>::from_f64(third).primal(), f32::from_f64(third).primal());
    assert_eq!(Second::<1>::from_f64(third).primal(), third);
}
