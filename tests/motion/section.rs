//! The state-variable section at rest and in motion.

use filterbank::section::{CirclePoint, SvfSection, SvfState};
use filterbank::{Band, Cascade, Dual, Method, Scalar, Section};

use crate::common::bands::catalogue;
use crate::common::noise::{noise, uniform};
use crate::common::worst::Worst;

const RATE: f64 = 48_000.0;

#[test]
fn both_forms_have_one_transfer_function() {
    let mut worst = Worst::default();
    for band in catalogue() {
        let (Ok(biquads), Ok(svf)) = (band.sections(RATE), band.svf_sections(RATE)) else {
            continue;
        };
        assert_eq!(biquads.len(), svf.len());
        for (biquad, svf) in biquads.iter().zip(&svf) {
            for (a, b) in Section::from(svf).coefficients().into_iter().zip(biquad.coefficients()) {
                let largest = biquad.coefficients().iter().fold(0.0_f64, |m, c| m.max(c.abs()));
                worst.see((a - b).abs() / largest, || format!("{band}: {a} and {b}"));
            }
        }
    }
    worst.assert_at_most(8.0 * f64::EPSILON, "coefficients of both forms");
}

#[test]
fn samples_are_those_of_the_biquads() {
    let input = noise::<f64>(2_000, 7);
    let mut worst = Worst::default();
    for band in crate::common::bands::every_band(&crate::common::bands::ORDINARY) {
        let cascade = band.design(RATE).expect("an ordinary band");
        let svf = band.svf_sections(RATE).expect("an ordinary band");
        let mut states = vec![SvfState::default(); svf.len()];
        let mut state = cascade.state();
        for x in &input {
            let each = svf.iter().zip(&mut states);
            let y = each.fold(*x, |x, (section, state)| section.tick(state, x));
            worst.see((y - cascade.tick(&mut state, *x)).abs(), || band.to_string());
        }
    }
    worst.assert_at_most(1e-12, "samples of both forms");
}

#[test]
fn conversions_go_both_ways() {
    let mut worst = Worst::default();
    for band in crate::common::bands::every_band(&crate::common::bands::ORDINARY) {
        for section in band.sections(RATE).expect("an ordinary band") {
            let svf = SvfSection::try_from(&section).expect("it is stable");
            assert!(svf.is_stable());
            for (a, b) in Section::from(&svf).coefficients().into_iter().zip(section.coefficients())
            {
                worst.see((a - b).abs(), || format!("{band}: {a} and {b}"));
            }
        }
    }
    worst.assert_at_most(1e-14, "there and back");
    for (unstable, message) in [
        ([1.0, 0.0, 0.0, -2.0, 0.5], "`a1` = -2 must, with the other coefficient"),
        ([1.0, 0.0, 0.0, -1.9, 1.2], "`a2` = 1.2 must, with the other coefficient"),
        ([1.0, 0.0, 0.0, f64::NAN, 0.0], "`a1` = NaN must be finite"),
        ([f64::INFINITY, 0.0, 0.0, 0.0, 0.0], "`b0` = inf must be finite"),
    ] {
        let error = SvfSection::try_from(&Section::from_coefficients(unstable));
        let error = error.expect_err("it is not stable").to_string();
        assert!(error.starts_with(message), "{error}");
    }
    let real_poles = Section::from_coefficients([1.0, 0.3, 0.0, -0.9, 0.0]);
    assert!(SvfSection::try_from(&real_poles).expect("it is stable").is_first_order());
    let other = Section::from_coefficients([1.0, 0.3, 0.1, -1.2, 0.35]);
    let again = Section::from(&SvfSection::try_from(&other).expect("it is stable"));
    assert!((again.a1 + 1.2).abs() < 1e-15 && (again.b2 - 0.1).abs() < 1e-15);
}

/// `s1² + s2²` never grows without input, whatever the coefficients do.
#[test]
fn energy_never_grows() {
    let mut random = uniform(3);
    let mut next = move |low: f64, high: f64| {
        let t = 0.5 * (1.0 + random.next().expect("endless"));
        low * (high / low).powf(t)
    };
    for _ in 0..1_000 {
        let mut state = SvfState { s1: 1.0, s2: -0.5, k: 1.0 };
        let mut energy = f64::INFINITY;
        // (Until the state is so small that it would be settled.)
        while energy > 1e-200 {
            let (g, k) = (next(1e-4, 1e4), next(1e-3, 1e2));
            let first_order = next(1.0, 2.0) < 1.2;
            if first_order {
                state.s2 = 0.0;
                SvfSection::first_order(g, [0.5, 2.0]).tick(&mut state, 0.0);
            } else {
                SvfSection::second_order(g, k, [1.0, 2.0, 3.0]).tick(&mut state, 0.0);
            }
            let now = state.s1 * state.s1 + state.s2 * state.s2;
            assert!(now <= energy * (1.0 + 1e-12), "{now} after {energy}");
            energy = now;
        }
    }
}

/// In `f32`, the state-variable form keeps what the design says at the lowest frequencies.
#[test]
fn low_frequencies_in_f32() {
    // Transposed direct form II has −55 and −21 dB: see the table.
    for (rate, limit) in [(48_000.0, -117.0), (192_000.0, -110.0)] {
        let band = Band::resonant_lowpass(20.0, 0.5_f64.sqrt());
        let error = f32_error(&band, rate);
        println!("lowpass, 20 Hz at {rate} Hz: {error:.1} dB");
        assert!(error < limit, "{error}");
    }
    for rate in [48_000.0, 192_000.0] {
        for band in [Band::peak(20.0, 4.0, 12.0), Band::low_shelf(30.0, 0.7, -9.0)] {
            let error = f32_error(&band, rate);
            println!("{band} at {rate} Hz: {error:.1} dB");
            assert!(error < -138.0, "{band}: {error}");
        }
    }
}

/// The rms difference between `f32` and `f64`, relative to the rms output, in dB: coefficients
/// designed in `f32`, noise as input.
fn f32_error(band: &Band<f64>, rate: f64) -> f64 {
    let exact = band.svf_sections(rate).expect("it can be designed")[0];
    #[allow(clippy::cast_possible_truncation, reason = "the design in f32")]
    let single =
        band.map(|_, value| value as f32).svf_sections(rate).expect("it can be designed")[0];
    let (mut state, mut single_state) = (SvfState::default(), SvfState::<f32>::REST);
    let (mut difference, mut total) = (0.0, 0.0);
    for x in noise::<f32>(400_000, 11) {
        let y = exact.tick(&mut state, f64::from(x));
        let error = f64::from(single.tick(&mut single_state, x)) - y;
        difference += error * error;
        total += y * y;
    }
    10.0 * f64::log10(difference / total)
}

/// The derivative of the last sample of a sweep by the sweep's parameters.
#[test]
fn gradients_through_a_sweep_are_exact() {
    fn last<S: Scalar>([start, octaves, q, gain_db]: [S; 4]) -> S {
        let mut states = [SvfState::default(); 2];
        let mut y = S::zero();
        for (n, x) in noise::<f64>(300, 5).into_iter().enumerate() {
            let t = n as f64 / 300.0;
            let frequency = start * octaves.scale(t).exp2();
            // Q falls and rises: the state is reduced on the way.
            let q = q * S::from_f64(1.0 + 0.9 * (20.0 * t).sin());
            let bands = [Band::resonant_lowpass(frequency, q), Band::peak(frequency, q, gain_db)];
            y = S::from_f64(x);
            for (band, state) in bands.iter().zip(&mut states) {
                y = band.svf_sections(RATE).expect("it can be designed")[0].tick(state, y);
            }
        }
        y
    }
    let at = [400.0, 4.0, 3.0, 9.0];
    let exact = last(Dual::<f64, 4>::seed(at));
    assert_eq!(exact.value(), last(at));
    for (index, derivative) in exact.tangent().iter().enumerate() {
        let difference = |step: f64| {
            let mut moved = [at, at];
            moved[0][index] += step;
            moved[1][index] -= step;
            (last(moved[0]) - last(moved[1])) / (2.0 * step)
        };
        let h = 1e-4 * at[index];
        let richardson = (4.0 * difference(h / 2.0) - difference(h)) / 3.0;
        let error = (richardson - derivative).abs() / derivative.abs();
        assert!(error < 1e-7, "parameter {index}: {derivative} and {richardson}");
    }
}

#[test]
fn designs_that_no_biquad_in_f32_carries() {
    let band = Band::lowpass(Method::Butterworth { order: 4 }, 0.5_f32);
    let svf = band.svf_sections(192_000.0).expect("the state-variable form carries it");
    let exact = Band::lowpass(Method::Butterworth { order: 4 }, 0.5).svf_sections(192_000.0);
    for (svf, exact) in svf.iter().zip(exact.expect("f64")) {
        assert!((f64::from(svf.g()) / exact.g() - 1.0).abs() < 1e-6);
    }
    let level = |sections: &[SvfSection<f32>], f: f64| {
        let wide: Vec<_> = sections.iter().map(|s| Section::from(&s.cast::<f64>())).collect();
        let cascade = Cascade::from_sections(wide, 192_000.0).expect("a valid rate");
        cascade.magnitude_db(f)
    };
    assert!((level(&svf, 0.5) + 3.0103).abs() < 1e-3);
    assert!(Section::from(&svf[0].cast::<f64>()).response_at(CirclePoint::at(0.0, 1.0)).re > 0.999);
}
