//! Group delay at zeros on the unit circle: the limit from both sides, tangents included.

use filterbank::section::CirclePoint;
use filterbank::{Band, Cascade, Dual, Method, Scalar, Section};

use crate::common::bands::{Numbers, ORDINARY, every_band};
use crate::common::seeded::seeded;
use crate::common::worst::Worst;

const SAMPLE_RATE: f64 = 48_000.0;

fn delay_of(numerator: [f64; 3], omega: f64) -> f64 {
    let [b0, b1, b2] = numerator;
    let section = Section::from_coefficients([b0, b1, b2, 0.0, 0.0]);
    section.group_delay_at(CirclePoint::from_omega(omega))
}

/// The group delay at a frequency in Hz.
fn delay_at<S: Scalar>(section: Section<S>, frequency: f64) -> S {
    section.group_delay_at(CirclePoint::at(frequency, SAMPLE_RATE))
}

#[test]
fn factors_with_zeros_on_the_circle_have_a_constant_delay() {
    for (numerator, delay) in [
        ([1.0, -1.0, 0.0], 0.5),
        ([1.0, 1.0, 0.0], 0.5),
        ([-0.25, 0.25, 0.0], 0.5),
        ([0.0, 3.0, -3.0], 1.5),
        ([0.0, 0.0, 1.0], 2.0),
        ([1.0, 0.0, -1.0], 1.0),
        ([1.0, -2.0, 1.0], 1.0),
        ([1.0, 2.0, 1.0], 1.0),
        ([1.0, 0.0, 1.0], 1.0),
    ] {
        let [b0, b1, b2] = numerator;
        let section = Section::from_coefficients([b0, b1, b2, 0.0, 0.0]);
        for frequency in [0.0, 1e-9, 1.0, 12_000.0, 23_999.0, 24_000.0 - 1e-9, 24_000.0] {
            for sign in [1.0, -1.0] {
                let found = delay_at(section, sign * frequency);
                assert!((found - delay).abs() <= 1e-15, "{found} at {frequency}: {numerator:?}");
            }
        }
    }
}

#[test]
fn a_single_zero_beside_another_root_has_its_limit() {
    // (1 ∓ z⁻¹)(1 + c z⁻¹): half a sample, and ±c/(1 ± c) of the other factor.
    for c in [-3.0, -0.75, -0.5, 0.25, 0.5, 2.0] {
        let at_dc = delay_of([1.0, c - 1.0, -c], 0.0);
        assert!((at_dc - (0.5 + c / (1.0 + c))).abs() <= 1e-15, "{at_dc}, {c}");
        let section = Section::from_coefficients([1.0, c + 1.0, c, 0.0, 0.0]);
        let at_nyquist = delay_at(section, SAMPLE_RATE / 2.0);
        assert!((at_nyquist - (0.5 - c / (1.0 - c))).abs() <= 1e-15, "{at_nyquist}, {c}");
    }
}

#[test]
fn delays_do_not_depend_on_gain() {
    // Squares of these would underflow or overflow.
    let section = Section::from_coefficients([1.0, -1.5, 0.3, -1.8, 0.9]);
    let delay = delay_at(section, 500.0);
    for gain in [1e-300, 1e-170, 1e170, 1e300] {
        let scaled = delay_at(section.with_gain(gain), 500.0);
        assert!((scaled - delay).abs() <= 1e-14 * delay.abs(), "{scaled}, {delay} at gain {gain}");
    }
    let single = section.cast::<f32>();
    let (scaled, delay) = (delay_at(single.with_gain(1e-25), 500.0), delay_at(single, 500.0));
    assert!((scaled - delay).abs() <= 1e-5 * delay.abs(), "{scaled}, {delay}");
    assert!(delay_at(section.with_gain(0.0), 500.0).is_finite());
}

/// Delay and tangents at a frequency, against the mean of both sides.
fn see(cascade: &Cascade<Dual<f64, 4>>, frequency: f64, step: f64, worst: &mut Worst, what: &str) {
    let here = cascade.group_delay(frequency);
    let sides = [frequency - step, frequency + step].map(|f| cascade.group_delay(f));
    let parts = |x: Dual<f64, 4>| {
        let [a, b, c, d] = *x.tangent();
        [x.value(), a, b, c, d]
    };
    for (index, part) in parts(here).into_iter().enumerate() {
        let [below, above] = sides.map(|side| parts(side)[index]);
        let scale = below.abs().max(above.abs()).max(1e-9);
        worst.see((part - f64::midpoint(below, above)).abs() / scale, || {
            format!("{part}, not {below} and {above}: part {index} at {frequency} Hz of {what}")
        });
    }
}

#[test]
fn delays_of_designs_are_the_limits_from_both_sides() {
    let mut worst = Worst::default();
    for order in [1, 2, 3, 4] {
        for band in every_band(&Numbers { order, ..ORDINARY }) {
            let cascade = seeded::<_, 4>(&band).design(SAMPLE_RATE).expect("designs");
            let plain = band.design(SAMPLE_RATE).expect("designs");
            for frequency in [0.0, SAMPLE_RATE / 2.0] {
                see(&cascade, frequency, 1e-5, &mut worst, &band.to_string());
                let [value, primal] =
                    [plain.group_delay(frequency), cascade.group_delay(frequency).value()];
                assert_eq!(value.to_bits(), primal.to_bits(), "{band} at {frequency} Hz");
            }
        }
    }
    worst.assert_at_most(1e-8, "delays at 0 Hz and the Nyquist frequency");
}

#[test]
fn an_odd_lowpass_and_an_odd_highpass_have_no_step_at_their_ends() {
    let method = Method::Butterworth { order: 3 };
    let lowpass = Band::lowpass(method, 1_000.0).design(SAMPLE_RATE).expect("designs");
    let highpass = Band::highpass(method, 1_000.0).design(SAMPLE_RATE).expect("designs");
    for (cascade, end, beside) in [(lowpass, 24_000.0, 23_999.999), (highpass, 0.0, 0.001)] {
        let step = cascade.group_delay(end) - cascade.group_delay(beside);
        assert!(step.abs() < 1e-9, "{step}");
    }
}

#[test]
fn a_conjugate_pair_of_zeros_leaves_the_delay_continuous_at_its_frequency() {
    let mut exact = 0;
    for index in 1..200 {
        let point = CirclePoint::from_omega(f64::from(index) * 0.015);
        // The coefficient that rounding makes zero at the point, if there is one.
        let mut b1 = -2.0 * (f64::from(index) * 0.015).cos();
        for _ in 0..4 {
            b1 = b1.next_down();
        }
        for _ in 0..8 {
            b1 = b1.next_up();
            let notch = Section::from_coefficients([1.0, b1, 1.0, -0.4, 0.2]);
            exact += usize::from(notch.power(point) == 0.0);
            let poles = Section::from_coefficients([1.0, 0.0, 0.0, -0.4, 0.2]);
            let delay = notch.group_delay_at(point);
            assert!((delay - (1.0 + poles.group_delay_at(point))).abs() < 1e-14, "{delay}");
        }
    }
    assert!(exact > 50, "{exact} exact zeros");
}

#[test]
fn parameters_that_keep_a_zero_on_the_circle_have_derivatives_and_others_have_none() {
    // The gain of a differentiator does not change its delay; its second coefficient does, without
    // bound.
    let [gain, b1] = Dual::<f64, 2>::seed([1.0, -1.0]);
    let zero = Dual::constant(0.0);
    let kept = Section::from_coefficients([gain, -gain, zero, zero, zero]);
    let delay = delay_at(kept, 0.0);
    assert_eq!((delay.value(), delay.tangent()), (0.5, &[0.0, 0.0]));
    let moved = Section::from_coefficients([Dual::constant(1.0), b1, zero, zero, zero]);
    let delay = delay_at(moved, 0.0);
    assert_eq!(delay.value(), 0.5);
    assert!(delay.tangent()[1].is_nan());

    // A notch whose zeros move along the circle, and one whose zeros leave it.
    let one = Dual::<f64, 2>::constant(1.0);
    let [b1, b2] = Dual::<f64, 2>::seed([-2.0, 1.0]);
    let along = Section::from_coefficients([one, b1, one, zero, zero]);
    assert_eq!(delay_at(along, 0.0).tangent(), &[0.0, 0.0]);
    let off = Section::from_coefficients([one, b1, b2, zero, zero]);
    let delay = delay_at(off, 0.0);
    assert_eq!(delay.value(), 1.0);
    assert!(delay.tangent()[1].is_nan());
}
