//! `gradcheck`: derivatives that agree, wrong derivatives, and untrusted differences.

mod catalogue;
#[allow(dead_code, reason = "other test programs use the rest")]
#[path = "../common/mod.rs"]
mod common;

use std::fmt::Write as _;

use catalogue::catalogue;
use common::bands::NORMS;
use common::noise::uniform;
use filterbank::ad::{GradientCheck, GradientReport, GradientRow, Number, Verdict};
use filterbank::{Band, Method, Scalar, filterbank, gradcheck, jacobian};

const RATE: f64 = 48_000.0;

filterbank! {
    struct Eq: cascade(sample_rate = 48_000.0) {
        rumble: highpass(butterworth(order = 4), cutoff = tune(80.0)),
        mud: peak(center = tune(250.0 in 120.0..=500.0), q = tune(1.0), gain_db = tune(-2.5)),
        air: high_shelf(cutoff = 10_000.0, q = 0.707, gain_db = tune(1.5 in -6.0..=6.0)),
        alias: lowpass(elliptic(order = 5, ripple_db = 0.1, stop_db = tune(60.0)), cutoff = 20_000.0),
    }
}

/// The one row of a check with one parameter.
fn verdict(report: &GradientReport) -> Verdict {
    assert_eq!(report.rows().len(), 1, "{report}");
    report.rows()[0].verdict()
}

#[test]
fn correct_derivatives_pass_far_below_the_tolerance() {
    let Ok(polynomial) = gradcheck(&[2.0, -3.0], |[x, y]| *x * *x * *y + y.powi(3));
    let Ok(elementary) = gradcheck(&[0.7, 1.3], |[x, y]| {
        [x.exp() * y.sin(), (*x / *y).atan2(*y), x.powf(*y), x.tanh().ln_1p(), y.sqrt().recip()]
    });
    let design = gradcheck(&[0.5, 60.0, 900.0, 4_000.0], |[ripple_db, stop_db, low, high]| {
        let method = Method::Elliptic { order: 6, ripple_db: *ripple_db, stop_db: *stop_db };
        Band::bandpass(method, *low, *high)
            .design(RATE)
            .map(|band| [700.0, 2_000.0, 3_900.0].map(|f| band.response(f)))
    })
    .expect("a design");
    let audio = gradcheck(&[1_000.0, 2.0, -6.0], |[center, q, gain_db]| {
        Band::peak(*center, *q, *gain_db).design(RATE).map(|eq| eq.impulse_response(200))
    })
    .expect("a design");
    // Of 200 samples, each by its own derivative, some nearly vanish.
    for (report, reached) in
        [(polynomial, 1e-15), (elementary, 5e-13), (design, 1e-10), (audio, 2e-8)]
    {
        assert!(report.passed(), "{report}");
        assert!(report.max_rel_error() < reached, "{:e}\n{report}", report.max_rel_error());
    }
}

#[test]
fn a_struct_of_the_macro_is_checked_in_two_lines() {
    let report = gradcheck(&Eq::PARAMS, |p| {
        Eq::from_params(p).map(|eq| [70.0, 250.0, 3_000.0, 15_000.0].map(|f| eq.magnitude_db(f)))
    })
    .expect("a design")
    .named(&Eq::PARAM_NAMES);
    assert!(report.passed(), "{report}");
    // Of the highpass's cutoff at 15 kHz, say, next to nothing is left.
    assert!(report.max_rel_error() < 2e-8, "{:e}\n{report}", report.max_rel_error());
    let names: Vec<_> = report.rows().iter().map(|row| row.name.as_str()).collect();
    assert_eq!(names, Eq::PARAM_NAMES);
    let values: Vec<_> = report.rows().iter().map(|row| row.value).collect();
    assert_eq!(values, Eq::PARAMS);
}

/// A number whose tangents are wrong by a factor.
fn skewed(x: Number, factor: f64) -> Number {
    Number::new(x.value(), x.tangent().map(|t| t * factor))
}

#[test]
fn wrong_derivatives_are_caught() {
    for factor in [0.0, -1.0, 1.0 + 1e-4, 1.0 - 1e-4, 1.0 + 3e-6, 2.0] {
        let Ok(report) = gradcheck(&[1.3], |[x]| skewed(*x, factor).exp());
        assert_eq!(verdict(&report), Verdict::Differs, "{factor}\n{report}");
        assert!(!report.passed());
        let expected = (1.0 - factor).abs() / factor.abs().max(1.0);
        assert!((report.max_rel_error() / expected - 1.0).abs() < 1e-5, "{factor}\n{report}");
        assert!(report.to_string().contains("WRONG"));
        // An error below the tolerance cannot be distinguished from rounding.
        let Ok(slightly) = gradcheck(&[1.3], |[x]| skewed(*x, 1.0 + 5e-7).exp());
        assert!(slightly.passed(), "{slightly}");
    }
}

#[test]
fn one_wrong_output_or_parameter_among_many_is_caught() {
    // In every place, before and after right ones.
    for wrong in 0..4 {
        let Ok(report) = gradcheck(&[1.3], |[x]| {
            let mut outputs = [x.exp(), x.sin(), *x * *x, x.recip()];
            outputs[wrong] = outputs[wrong].detach();
            outputs
        });
        assert_eq!(verdict(&report), Verdict::Differs, "output {wrong}\n{report}");
        let row = &report.rows()[0];
        assert_eq!(row.exact, 0.0, "output {wrong}: {report}");
    }
    for wrong in 0..9 {
        let params: Vec<f64> = (0..9).map(|i| 0.5 + 0.1 * f64::from(i)).collect();
        let Ok(report) = gradcheck(&params, |p| {
            p.iter().enumerate().fold(Number::constant(1.0), |product, (index, x)| {
                product * if index == wrong { skewed(*x, 1.0001) } else { *x }
            })
        });
        for (index, row) in report.rows().iter().enumerate() {
            let expected = if index == wrong { Verdict::Differs } else { Verdict::Agrees };
            assert_eq!(row.verdict(), expected, "{report}");
        }
    }
}

#[test]
fn a_derivative_of_nan_does_not_pass() {
    let Ok(report) = gradcheck(&[2.0], |[x]| {
        [skewed(*x, f64::NAN), x.exp(), Number::constant(1.0), skewed(*x, f64::INFINITY)]
    });
    assert!(!report.passed(), "{report}");
    assert!(report.max_rel_error().is_nan(), "{report}");
}

#[test]
fn untrusted_differences_are_reported() {
    // A jump at the point.
    let Ok(step) = gradcheck(&[1.0], |[x]| if x.primal() < 1.0 { *x } else { *x + 1.0 });
    // A kink next to the point, within every step.
    let Ok(kink) = gradcheck(&[1.0], |[x]| (*x - 1.00003).abs() + *x);
    // Noise of a millionth.
    let mut noise = uniform(1).map(|noise| 1e-6 * noise);
    let Ok(noisy) = gradcheck(&[1.0], |[x]| x.exp() + noise.next().unwrap_or(f64::NAN));
    // No step is possible.
    let fixed = gradcheck(&[1.0], |[x]| if x.primal() == 1.0 { Ok(*x) } else { Err("moved") });
    for report in [step, kink, noisy, fixed.expect("defined there")] {
        assert_eq!(verdict(&report), Verdict::Untrusted, "{report}");
        assert!(!report.passed());
        assert!(report.to_string().contains("(differences cannot be trusted)"), "{report}");
    }
}

/// Central differences do not show a kink exactly at the point.
#[test]
fn a_kink_at_the_point_is_not_reported_as_wrong() {
    let Ok(report) =
        gradcheck(&[1.0], |[x]| if x.primal() < 1.0 { *x } else { x.scale(2.0) - 1.0 });
    assert_eq!(verdict(&report), Verdict::Untrusted, "{report}");
}

/// Noise that looks smooth by chance would be reported as a wrong derivative.
#[test]
fn noise_is_rarely_reported_as_a_wrong_derivative() {
    let blamed = (0..1_000).filter(|seed| {
        let mut noise = uniform(*seed).map(|noise| 1e-6 * noise);
        let Ok(report) = gradcheck(&[1.0], |[x]| x.exp() + noise.next().unwrap_or(f64::NAN));
        verdict(&report) == Verdict::Differs
    });
    assert!(blamed.count() < 10);
}

#[test]
fn a_kink_farther_away_does_not_matter() {
    let Ok(report) = gradcheck(&[1.0], |[x]| (*x - 1.005).abs() * x.exp());
    assert!(report.passed(), "{report}");
    assert!(report.max_rel_error() < 1e-8, "{report}");
}

#[test]
fn steps_stay_inside_the_domain() {
    for cutoff in [1e-3, 23_900.0, 23_990.0, 23_999.9] {
        let report = gradcheck(&[cutoff], |[cutoff]| {
            Band::lowpass(Method::Butterworth { order: 2 }, *cutoff)
                .design(RATE)
                .map(|band| band.response(20e3))
        })
        .expect("a design");
        assert!(report.passed(), "{report}");
        assert!(report.max_rel_error() < 1e-8, "{cutoff}: {:e}", report.max_rel_error());
    }
}

/// Beyond a bound, a value is refused or, within rounding, becomes the bound: there is a kink.
#[test]
fn a_parameter_at_its_bound_cannot_be_checked() {
    let level =
        |p: &[Number; 6]| Eq::from_params(p).map(|eq| [70.0, 5_000.0].map(|f| eq.magnitude_db(f)));
    let mut params = Eq::PARAMS;
    params[4] = 6.0;
    let edge = gradcheck(&params, level).expect("a design");
    assert!(!edge.passed(), "{edge}");
    for (index, row) in edge.rows().iter().enumerate() {
        let expected = if index == 4 { Verdict::Untrusted } else { Verdict::Agrees };
        assert_eq!(row.verdict(), expected, "{edge}");
    }
    params[4] = 6.1;
    assert_eq!(gradcheck(&params, level).expect_err("out of bounds").value(), 6.1);
}

/// Steps at a parameter of 0 have the size 1.
#[test]
fn a_parameter_of_zero_is_checked() {
    let report = gradcheck(&[0.0], |[gain_db]| {
        let (center, q) = (Number::constant(250.0), Number::constant(1.0));
        Band::peak(center, q, *gain_db)
            .design(RATE)
            .map(|eq| [100.0, 250.0, 1_000.0].map(|f| eq.response(f)))
    })
    .expect("a design");
    assert!(report.passed() && report.max_rel_error() < 3e-10, "{report}");
    assert!(report.rows()[0].exact != 0.0);
}

#[test]
fn parameters_without_effect_pass() {
    let Ok(unused) = gradcheck(&[1.5, 2.5], |[x, _]| x.exp());
    assert!(unused.passed(), "{unused}");
    assert_eq!((unused.rows()[1].exact, unused.rows()[1].error), (0.0, 0.0));
    let Ok(none) = gradcheck(&[0.0; 0], |_| Number::constant(1.0));
    assert!(none.passed() && none.rows().is_empty() && none.max_rel_error() == 0.0);
}

/// At 0 dB a peak's centre has no effect: both derivatives are only rounding errors.
#[test]
fn a_derivative_that_vanishes_up_to_rounding_passes() {
    let report = gradcheck(&[250.0, 1.0], |[center, q]| {
        Band::peak(*center, *q, Number::constant(0.0))
            .design(RATE)
            .map(|eq| [100.0, 250.0, 1_000.0].map(|f| eq.response(f)))
    })
    .expect("a design");
    assert!(report.passed(), "{report}");
    // An elliptic filter of order 1 has no stopband: the derivatives are 1e-22 and 0.
    let report = gradcheck(&[60.0], |[stop_db]| {
        let method =
            Method::Elliptic { order: 1, ripple_db: Number::constant(0.5), stop_db: *stop_db };
        Band::highpass(method, Number::constant(1_000.0))
            .design(RATE)
            .map(|band| [150.0, 620.0, 900.0, 1_130.0, 1_900.0, 7_000.0].map(|f| band.response(f)))
    })
    .expect("a design");
    assert_ne!(verdict(&report), Verdict::Differs, "{report}");
}

#[test]
fn sizes_of_parameters_and_outputs_do_not_matter() {
    for size in [1e-200, 1e-12, 1e12, 1e150] {
        let Ok(report) = gradcheck(&[size], |[x]| [x.ln(), x.scale(1e30).sqrt()]);
        assert!(report.passed(), "{size:e}: {report}");
        assert!(report.max_rel_error() < 1e-8, "{size:e}: {:e}", report.max_rel_error());
    }
}

#[test]
fn every_norm_of_bessel_passes() {
    for norm in NORMS {
        let report = gradcheck(&[1_000.0], |[cutoff]| {
            Band::highpass(Method::Bessel { order: 7, norm }, *cutoff)
                .design(RATE)
                .map(|band| [500.0, 1_000.0, 2_000.0].map(|f| band.group_delay(f)))
        })
        .expect("a design");
        assert!(report.max_rel_error() < 1e-8, "{norm:?}: {:e}", report.max_rel_error());
    }
}

#[test]
fn the_report_is_a_table() {
    // A parabola's differences are exact up to rounding, and exact at round numbers.
    let Ok(report) = gradcheck(&[1.0, 2.0, 4.0], |[x, y, z]| {
        let constant = if z.primal() > 4.0 { 1.0 } else { 0.0 };
        x.scale(2.0) + y.detach() + constant
    });
    let text = report.named(&["slope", "detached", "step"]).to_string();
    let lines: Vec<_> = text.lines().collect();
    assert_eq!(lines.len(), 4);
    assert!(lines[2].ends_with("WRONG"), "{text}");
    assert!(lines[3].ends_with("(differences cannot be trusted)"), "{text}");
    insta::assert_snapshot!(lines[..3].join("\n"), @"
    parameter         value  output                 exact            difference     error  uncertainty
    slope          1.000000       0      2.000000000000e0      2.000000000000e0     0.0e0      7.6e-16
    detached       2.000000       0      0.000000000000e0      1.000000000000e0     1.0e0      7.6e-16  WRONG
    ");
}

#[test]
fn a_kink_close_by_is_resolved() {
    for distance in [1e-3, 3e-5, 1e-7] {
        let Ok(report) = gradcheck(&[1.0], |[x]| (*x - (1.0 + distance)).abs() + x.scale(3.0));
        assert_ne!(verdict(&report), Verdict::Differs, "{distance}\n{report}");
        let Ok(report) =
            gradcheck(&[1.0], |[x]| skewed((*x - (1.0 + distance)).abs(), -1.0) + x.scale(3.0));
        assert_ne!(verdict(&report), Verdict::Agrees, "{distance}\n{report}");
    }
}

#[test]
fn an_uncertain_slope_at_a_kink_is_half_the_jump() {
    let Ok(report) = gradcheck(&[0.0], |[x]| x.abs());
    let row = &report.rows()[0];
    assert_eq!((row.verdict(), row.exact, row.difference), (Verdict::Untrusted, 0.0, 0.0));
    assert!((row.uncertainty - 1.0).abs() < 1e-12, "{report}");
}

#[test]
fn a_derivative_that_is_noise_does_not_pass() {
    let mut noise = uniform(5);
    let Ok(report) = gradcheck(&[1.0], |[x]| {
        let slope = 1e-3 * noise.next().unwrap_or(f64::NAN);
        2.0 + (*x - x.detach()) * slope
    });
    assert!(!report.passed(), "{report}");
}

#[test]
fn without_outputs_nothing_passes() {
    let Ok(report) = gradcheck(&[1.0, 2.0], |_| Vec::<Number>::new());
    assert!(!report.passed(), "{report}");
    assert!(report.rows().iter().all(|row| row.verdict() == Verdict::Untrusted));
    assert!(report.max_rel_error().is_nan());
    let Ok(nothing) = gradcheck(&[0.0; 0], |_| Vec::<Number>::new());
    assert!(!nothing.passed());
}

/// The exact derivatives of a run with another number of outputs are not known.
#[test]
fn outputs_that_change_their_number_between_runs_do_not_pass() {
    let mut runs = 0;
    let Ok(report) = gradcheck(&[0.5; 9], |p| {
        runs += 1;
        vec![p[0] * p[8]; if runs == 2 { 1 } else { 3 }]
    });
    assert!(!report.passed(), "{report}");
    let verdicts: Vec<_> = report.rows().iter().map(GradientRow::verdict).collect();
    assert_eq!((verdicts[0], verdicts[8]), (Verdict::Agrees, Verdict::Differs), "{report}");
}

#[test]
fn the_wrong_output_is_named() {
    let Ok(report) = gradcheck(&[1.0], |[x]| [x.scale(1e7), skewed(x.sin(), -1.0), x.cos()]);
    let report = report.named(&["x"]).named_outputs(&["line", "sine", "cosine"]);
    let row = &report.rows()[0];
    assert_eq!((row.verdict(), row.output), (Verdict::Differs, 1), "{report}");
    assert_eq!((row.name.as_str(), row.output_name.as_str()), ("x", "sine"));
    assert!(report.to_string().contains("    sine  "), "{report}");
}

#[test]
fn the_tolerance_is_what_is_asked_for() {
    let check = |tolerance: f64, factor: f64| {
        let check = GradientCheck::new().tolerance(tolerance);
        let Ok(report) = check.run(&[1.3], |[x]| skewed(*x, factor).exp());
        verdict(&report)
    };
    assert_eq!(check(1e-3, 1.0 + 5e-4), Verdict::Agrees);
    assert_eq!(check(1e-3, 1.0 + 2e-3), Verdict::Differs);
    assert_eq!(check(1e-9, 1.0 + 2e-9), Verdict::Differs);
    assert_eq!(check(1e-9, 1.0), Verdict::Agrees);
    // Beyond the accuracy of any difference.
    assert_eq!(check(1e-18, 1.0), Verdict::Untrusted);
    for nonsense in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        assert_eq!(check(nonsense, 1.0), Verdict::Untrusted, "{nonsense}");
        let Ok(constant) =
            GradientCheck::new().tolerance(nonsense).run(&[1.0], |_| Number::constant(1.0));
        assert_eq!(verdict(&constant), Verdict::Untrusted, "{nonsense}");
    }
}

#[test]
fn steps_and_scales_are_those_asked_for() {
    let widest = |check: GradientCheck, param: f64| {
        let mut widest = 0.0_f64;
        let Ok(report) = check.run(&[param], |[x]| {
            widest = widest.max((x.value() - param).abs());
            x.sin()
        });
        (widest, report.passed())
    };
    let close = |(found, passed): (f64, bool), expected: f64| {
        assert!(passed && found <= expected && found > 0.49 * expected, "{found}, not {expected}");
    };
    close(widest(GradientCheck::new(), 10.0), 40.0);
    close(widest(GradientCheck::new(), 0.0), 4.0);
    close(widest(GradientCheck::new(), 1e-3), 4.0);
    close(widest(GradientCheck::new().step(0.01), 10.0), 0.1);
    close(widest(GradientCheck::new().scale(&[0.5]), 10.0), 2.0);
    close(widest(GradientCheck::new().scale(&[0.5]).step(0.1), 10.0), 0.05);
    // No scale: the default.
    for nonsense in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        close(widest(GradientCheck::new().scale(&[nonsense]), 10.0), 40.0);
    }
    for nonsense in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        assert_eq!(widest(GradientCheck::new().step(nonsense), 10.0), (0.0, false), "{nonsense}");
    }
}

#[test]
fn parameters_of_any_size_are_checked() {
    for size in [f64::from_bits(1), f64::MIN_POSITIVE, 1e-300, 1e300, f64::MAX] {
        let Ok(report) = gradcheck(&[size, -size], |_| Number::constant(1.0));
        assert!(report.passed(), "{size:e}\n{report}");
    }
    for nonsense in [f64::INFINITY, f64::NAN] {
        let Ok(report) = gradcheck(&[nonsense], |_| Number::constant(1.0));
        assert_eq!(verdict(&report), Verdict::Untrusted, "{nonsense}\n{report}");
    }
}

/// The worst verdict of a case's parameters.
fn found(report: &GradientReport) -> Verdict {
    report.rows().iter().map(GradientRow::verdict).max().expect("a parameter")
}

#[test]
fn no_verdict_of_the_catalogue_is_false() {
    let cases = catalogue();
    let mut counts = [0; 3];
    let mut falsehoods = String::new();
    for case in &cases {
        let report = gradcheck(&case.params, case.function).expect("a function");
        let found = found(&report);
        counts[found as usize] += 1;
        assert_eq!(report.passed(), found == Verdict::Agrees, "{}", case.name);
        if found != case.verdict {
            let (name, expected) = (case.name, case.verdict);
            let _ = writeln!(falsehoods, "{name}: {found:?} instead of {expected:?}\n{report}");
        }
    }
    println!("{} agree, {} untrusted, {} differ", counts[0], counts[1], counts[2]);
    assert!(falsehoods.is_empty(), "{falsehoods}");
    assert!(counts[0] >= 60 && counts[1] >= 10 && counts[2] >= 30, "{counts:?}");
}

/// What the script of the peers' checks calls the same function has the same values.
#[test]
fn the_catalogue_is_that_of_the_peers() {
    let file = include_str!("../golden/gradcheck_peers.json");
    let golden: serde_json::Value = serde_json::from_str(file).expect("JSON");
    let rows = golden["rows"].as_array().expect("rows");
    let cases = catalogue();
    assert_eq!(rows.len(), cases.len());
    for (row, case) in rows.iter().zip(&cases) {
        assert_eq!(row["name"], case.name);
        assert_eq!(row["verdict"], format!("{:?}", case.verdict), "{}", case.name);
        let expected: Vec<f64> = row["values"]
            .as_array()
            .expect("values")
            .iter()
            .filter_map(serde_json::Value::as_f64)
            .collect();
        let Ok((values, _)) = jacobian(&case.params, case.function) else {
            panic!("{}", case.name)
        };
        assert_eq!(values.len(), expected.len(), "{}", case.name);
        // Next to a notch the two formulas differ by their rounding.
        for (value, expected) in values.iter().zip(expected) {
            let near = (value - expected).abs() <= 1e-9 * expected.abs().max(1e-3);
            let notch = case.name.starts_with("notch") && (value / expected - 1.0).abs() < 1e-3;
            assert!(near || notch, "{}: {value:e}, not {expected:e}", case.name);
        }
    }
}

/// The same functions in a neighbourhood, right and with three kinds of wrong derivatives.
#[test]
fn no_verdict_around_the_catalogue_is_false() {
    let mut noise = uniform(7);
    let (mut checks, mut untrusted) = (0, 0);
    for case in catalogue().iter().filter(|case| case.verdict == Verdict::Agrees) {
        for _ in 0..10 {
            let mut near = |p: &f64| p * (1.0 + 0.05 * noise.next().unwrap_or(f64::NAN));
            let params: Vec<f64> = case.params.iter().map(&mut near).collect();
            let checked = |factor: f64| {
                gradcheck(&params, |p| {
                    let skew = |y: &Number| skewed(*y, factor);
                    (case.function)(p).map(|outputs| outputs.iter().map(skew).collect::<Vec<_>>())
                })
            };
            // Beyond the Nyquist frequency there is no filter.
            let Ok(right) = checked(1.0) else { continue };
            assert_ne!(found(&right), Verdict::Differs, "{} {params:?}\n{right}", case.name);
            checks += 1;
            untrusted += usize::from(!right.passed());
            for factor in [1.0 + 1e-6, -1.0, 0.0] {
                let wrong = checked(factor).expect("a function");
                // A derivative of 0 has no wrong factor.
                let same = wrong.rows().iter().all(|row| row.error == 0.0);
                assert!(same || !wrong.passed(), "{} {factor} {params:?}\n{wrong}", case.name);
            }
        }
    }
    assert!(checks >= 600 && untrusted <= checks / 100, "{untrusted} of {checks}");
}
