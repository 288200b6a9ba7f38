//! Results of fits: names, units and errors of parameters, and the table.

use filterbank::ad::Number;
use filterbank::fit::{
    Fit, LeastSquares, MagnitudeTarget, ParametricEq, fit_magnitude, fit_recording, fit_response,
};
use filterbank::number::Complex;
use filterbank::spec::Quantity;
use filterbank::{Band, DesignError, Tunable, TunableCascade, Tune};

use crate::problems::determined;
use crate::recording::noise;

const RATE: f64 = 16_000.0;
const TRUTH: [f64; 3] = [1_500.0, 4.0, 9.0];

fn model() -> TunableCascade {
    let band = Band::peak(Tune::free(1_000.0), Tune::free(1.0), Tune::free(3.0));
    TunableCascade::new([("mode", band)], RATE).expect("the model can be designed")
}

fn frequencies() -> Vec<f64> {
    (1..60).map(|i| 120.0 * f64::from(i)).collect()
}

/// A least-squares fit in the parameters themselves, with dual numbers.
fn by_closure(errors: impl Fn(&filterbank::Cascade<Number>) -> Vec<Number>) -> Fit {
    let model = model();
    LeastSquares::new()
        .minimize_fn(&TRUTH, |params: &[Number]| {
            Ok::<_, DesignError>(errors(&model.tuned(params)?))
        })
        .expect("it starts")
}

/// Asserts that two fits of the same problem, in different variables, have the same result.
fn assert_same(found: &Fit, expected: &Fit) {
    assert!(found.stop.converged() && expected.stop.converged());
    let covariance = |fit: &Fit| fit.covariance.clone().expect("determined");
    let (a, b) = (covariance(found), covariance(expected));
    for i in 0..TRUTH.len() {
        let (own, other) = (determined(found)[i], determined(expected)[i]);
        assert!((own / other - 1.0).abs() < 1e-4, "standard error {i}: {own} {other}");
        assert!((own / a[(i, i)].sqrt() - 1.0).abs() < 1e-14, "standard error {i}");
        for j in 0..TRUTH.len() {
            let scale = determined(expected)[i] * determined(expected)[j];
            let difference = (a[(i, j)] - b[(i, j)]).abs();
            assert!(difference < 1e-4 * scale, "covariance {i} {j}: {difference:e}");
        }
    }
    assert!((found.cost / expected.cost - 1.0).abs() < 1e-9, "{} {}", found.cost, expected.cost);
    assert_eq!(found.names, ["mode.center", "mode.q", "mode.gain_db"]);
    assert_eq!(found.quantities, [Quantity::Frequency, Quantity::Q, Quantity::Gain]);
    assert_eq!(expected.names, ["p[0]", "p[1]", "p[2]"]);
}

#[test]
fn errors_of_a_level_fit_are_in_the_units_of_its_parameters() {
    let (model, frequencies) = (model(), frequencies());
    let truth = model.tuned(&TRUTH).expect("the truth can be designed");
    let noise = noise(1, frequencies.len(), 0.1);
    let levels: Vec<f64> =
        frequencies.iter().zip(&noise).map(|(f, e)| truth.magnitude_db(*f) + e).collect();
    let target = MagnitudeTarget::new(&frequencies, &levels).expect("a curve");
    let fit = fit_magnitude(&model, &target, &LeastSquares::new()).expect("it starts");
    let expected = by_closure(|filter| {
        let error = |(f, level): (&f64, &f64)| filter.magnitude_db(*f) - *level;
        frequencies.iter().zip(&levels).map(error).collect()
    });
    assert_same(&fit, &expected);
    assert!((fit.rms / expected.rms - 1.0).abs() < 1e-9);
}

#[test]
fn errors_of_a_response_fit_are_in_the_units_of_its_parameters() {
    let (model, frequencies) = (model(), frequencies());
    let truth = model.tuned(&TRUTH).expect("the truth can be designed");
    let (re, im) = (noise(2, frequencies.len(), 0.02), noise(3, frequencies.len(), 0.02));
    let measured: Vec<Complex<f64>> = frequencies
        .iter()
        .zip(re.iter().zip(&im))
        .map(|(f, (re, im))| truth.response(*f) + Complex::new(*re, *im))
        .collect();
    let fit =
        fit_response(&model, &frequencies, &measured, &LeastSquares::new()).expect("it starts");
    let expected = by_closure(|filter| {
        let error = |(f, h): (&f64, &Complex<f64>)| {
            let response = filter.response(*f);
            [response.re - h.re, response.im - h.im]
        };
        frequencies.iter().zip(&measured).flat_map(error).collect()
    });
    assert_same(&fit, &expected);
    // The error is of complex values, not of their parts.
    let found = model.tuned(&fit.params).expect("the fit can be designed");
    let errors = frequencies.iter().zip(&measured).map(|(f, h)| found.response(*f) - *h);
    let mean = errors.map(Complex::norm_sqr).sum::<f64>() / frequencies.len() as f64;
    assert!((fit.rms / mean.sqrt() - 1.0).abs() < 1e-12, "{} {mean}", fit.rms);
}

#[test]
fn a_table_has_a_line_for_each_parameter() {
    let model = TunableCascade::new(
        [("mode", Band::peak(Tune::free(1_000.0), Tune::free(1.0), Tune::within(3.0, -6.0..=8.5)))],
        RATE,
    )
    .expect("the model can be designed");
    let input = noise(4, 1_000, 0.3);
    let system = Band::peak(1_500.0, 4.0, 9.0).design(RATE).expect("the system can be designed");
    let mut output = input.clone();
    system.process(&mut system.state(), &mut output);
    output.iter_mut().zip(noise(5, 1_000, 0.01)).for_each(|(y, e)| *y += e);
    let fit = fit_recording(&model, &input, &output, &LeastSquares::new()).expect("it starts");
    let errors = determined(&fit);
    let table = fit.to_string();
    let lines: Vec<&str> = table.lines().collect();
    assert_eq!(lines.len(), 5, "{table}");
    // Two digits of each error, and the same number of decimals of the value.
    let expected = |decimals: usize, index: usize| {
        format!("{:.decimals$} ± {:.decimals$}", fit.params[index], errors[index])
    };
    assert!((0.1..1.0).contains(&errors[0]) && (0.01..0.1).contains(&errors[1]), "{errors:?}");
    assert_eq!(lines[0], format!("mode.center  = {} Hz", expected(2, 0)));
    assert_eq!(lines[1], format!("mode.q       = {}", expected(3, 1)));
    assert_eq!(lines[2], "mode.gain_db = 8.5 dB, at its bound");
    let Fit { rms, iterations, stop, .. } = &fit;
    assert_eq!(lines[3], format!("rms error {rms:.3e}, {iterations} iterations, {stop}"));
    // The bound keeps the filter from following the recording.
    assert_eq!(Some(lines[4]), fit.warning().map(|text| format!("warning: {text}")).as_deref());

    // As many residuals as parameters: standard errors do not exist.
    let exact = LeastSquares::new().minimize_fn(&[0.5, 2.0], |x| [x[0] - 0.5, x[1] - 2.0]);
    let table = exact.expect("it starts").to_string();
    assert!(table.starts_with("p[0] = 0.5\np[1] = 2\nrms error 0.000e0, "), "{table}");
}

/// Peaks are returned in the order of frequency, and so are all their results.
#[test]
fn the_fit_of_a_parametric_eq_is_in_the_order_of_its_bands() {
    let frequencies: Vec<f64> = (0..150).map(|i| 20.0 * 1.047_f64.powi(i)).collect();
    let levels: Vec<f64> = frequencies
        .iter()
        .map(|f| 4.0 * (1.3 * f.log2()).sin() + 2.0 * (3.1 * f.log2()).cos())
        .collect();
    let target = MagnitudeTarget::new(&frequencies, &levels).expect("a curve");
    for seed in 1..4 {
        let eq =
            ParametricEq { peaks: 5, starts: 10, seed, restraint: 0.0, ..ParametricEq::default() };
        let found = eq.fit(&target).expect("it starts");
        let fit = &found.fit;
        let params: Vec<f64> = found
            .bands
            .iter()
            .enumerate()
            .flat_map(|(index, band)| {
                let params = band.params().iter().map(|(_, value)| *value).collect::<Vec<_>>();
                // Only the gain of shelves is searched.
                params[if index < 2 { 2 } else { 0 }..].to_vec()
            })
            .collect();
        assert_eq!(fit.params, params);
        assert_eq!(fit.names[..3], ["low_shelf.gain_db", "high_shelf.gain_db", "peak1.center"]);
        assert_eq!(fit.names[16], "peak5.gain_db");
        assert_eq!(found.rms_db, fit.rms);

        // The same minimum, in a filter whose bands are in this order from the start.
        let within = |value: &f64, range: &std::ops::RangeInclusive<f64>| {
            Tune::within(value.max(*range.start()).min(*range.end()), range.clone())
        };
        let shelf = |gain: &f64| within(gain, &eq.gain_db);
        let q = Tune::from(eq.shelf_q);
        let mut bands = vec![
            ("low".to_owned(), Band::low_shelf(Tune::from(105.0), q, shelf(&params[0]))),
            ("high".to_owned(), Band::high_shelf(Tune::from(10_000.0), q, shelf(&params[1]))),
        ];
        for peak in params[2..].chunks_exact(3) {
            let center = within(&peak[0], &eq.frequency);
            let band = Band::peak(center, within(&peak[1], &eq.q), within(&peak[2], &eq.gain_db));
            bands.push((format!("at {}", peak[0]), band));
        }
        let sorted = TunableCascade::new(bands, eq.sample_rate).expect("it can be designed");
        let still = LeastSquares::new().max_iterations(0);
        let again = fit_magnitude(&sorted, &target, &still).expect("it starts");
        assert_eq!(again.at_bound, fit.at_bound, "seed {seed}");
        for (index, (a, b)) in determined(fit).iter().zip(determined(&again)).enumerate() {
            assert!((a - b).abs() <= 1e-6 * b, "seed {seed}, {}: {a} {b}", fit.names[index]);
        }
    }
}
