//! Fits of recordings with their chains: gain, delay, offset and initial state.

use filterbank::fit::{Fit, FitError, LeastSquares, Loss, Recording, Recordings, fit_recording};
use filterbank::spec::Quantity;
use filterbank::{Band, Method, Tunable, TunableCascade, Tune};

use crate::common::noise::{normal, uniform};
use crate::recording::noise;

const RATE: f64 = 16_000.0;

/// The chain of a synthetic recording.
#[derive(Clone, Copy, Debug)]
struct Chain {
    gain: f64,
    delay: f64,
    offset: f64,
}

/// No chain.
const NONE: Chain = Chain { gain: 1.0, delay: 0.0, offset: 0.0 };

/// Noise of variance 1 without signal near the Nyquist frequency.
fn soft_noise(seed: u64, count: usize) -> Vec<f64> {
    let lowpass = Band::lowpass(Method::Butterworth { order: 8 }, 0.35 * RATE);
    let lowpass = lowpass.design(RATE).expect("a lowpass");
    let mut signal: Vec<f64> = normal(seed).take(count).collect();
    lowpass.process(&mut lowpass.state(), &mut signal);
    signal
}

/// The signal delayed by the sum of all its samples, each times a sinc. It is 0 before its start and
/// after its end.
fn delayed(signal: &[f64], delay: f64) -> Vec<f64> {
    let sinc = |t: f64| {
        let t = std::f64::consts::PI * t;
        if t == 0.0 { 1.0 } else { t.sin() / t }
    };
    let at = |n: usize| {
        let each = signal.iter().enumerate();
        each.map(|(m, x)| x * sinc(n as f64 - delay - m as f64)).sum()
    };
    (0..signal.len()).map(at).collect()
}

/// The output of a filter behind its chain.
fn recorded(model: &TunableCascade, truth: &[f64], input: &[f64], chain: Chain) -> Vec<f64> {
    let system = model.tuned(truth).expect("the truth can be designed");
    let mut output = delayed(input, chain.delay);
    system.process(&mut system.state(), &mut output);
    output.iter().map(|y| chain.gain * y + chain.offset).collect()
}

/// The recording with noise of a standard deviation.
fn noisy(output: &[f64], seed: u64, deviation: f64) -> Vec<f64> {
    output.iter().zip(noise(seed, output.len(), deviation)).map(|(y, noise)| y + noise).collect()
}

/// A flat peak with all its parameters tuned.
fn peak() -> TunableCascade {
    let center = Tune::within(1_200.0, 200.0..=6_000.0);
    let band = Band::peak(center, Tune::within(2.0, 0.2..=20.0), Tune::within(0.0, -20.0..=20.0));
    TunableCascade::new([("mode", band)], RATE).expect("a design")
}

const MODE: [f64; 3] = [1_500.0, 4.0, 9.0];

/// The recording, with its gain, delay and offset fitted.
fn chained<'a>(input: &'a [f64], output: &'a [f64]) -> Recording<'a> {
    Recording::new(input, output)
        .gain(Tune::free(1.0))
        .delay(Tune::within(0.0, -30.0..=30.0))
        .offset(Tune::free(0.0))
}

/// Asserts that every parameter is within four standard errors of its true value.
#[track_caller]
fn assert_within_errors(fit: &Fit, truth: &[f64]) {
    assert_eq!(fit.params.len(), truth.len(), "{fit}");
    assert!(fit.stop.converged(), "{fit}");
    for ((name, found), (error, truth)) in
        fit.names.iter().zip(&fit.params).zip(fit.standard_errors.iter().zip(truth))
    {
        let error = error.expect("determined");
        assert!((found - truth).abs() < 4.0 * error, "{name} is not {truth}:\n{fit}");
    }
}

#[test]
fn gain_polarity_delay_and_offset_are_found() {
    let model = peak();
    let input = soft_noise(1, 1_500);
    for (index, (gain, delay, offset)) in
        [(0.5, 3.0, 0.1), (-0.5, 0.0, 0.0), (-2.0, -7.3, 40.0), (1e-3, 22.45, -1e-3)]
            .into_iter()
            .enumerate()
    {
        let output = recorded(&model, &MODE, &input, Chain { gain, delay, offset });
        let noise = 0.01 * gain.abs();
        let output = noisy(&output, 2 + index as u64, noise);
        let fit = Recordings::new(&model).with(chained(&input, &output)).fit(&LeastSquares::new());
        let fit = fit.expect("it starts");
        let chain = [gain, delay, offset];
        assert_within_errors(&fit, &[&MODE[..], &chain].concat());
        assert!((fit.rms / noise - 1.0).abs() < 0.1, "{fit}");
        assert_eq!(fit.warning(), None, "{fit}");
        assert_eq!(fit.names[3..], ["recording.gain", "recording.delay", "recording.offset"]);
        assert_eq!(fit.quantities[3..], [Quantity::Free, Quantity::Delay, Quantity::Free]);
    }
}

#[test]
fn the_chain_is_fixed_unless_it_is_tuned() {
    let model = peak();
    let input = soft_noise(7, 1_500);
    let chain = Chain { gain: -0.3, delay: 4.6, offset: 2.0 };
    let output = noisy(&recorded(&model, &MODE, &input, chain), 8, 0.003);
    let known = Recording::new(&input, &output).gain(-0.3).delay(4.6).offset(2.0);
    let fit = Recordings::new(&model).with(known).fit(&LeastSquares::new()).expect("it starts");
    assert_within_errors(&fit, &MODE);
    // Their sum is what is left out without them.
    let fit = fit_recording(&model, &input, &output, &LeastSquares::new()).expect("it starts");
    assert!(fit.rms > 1.0 && fit.warning().is_some(), "{fit}");
}

/// A delay that the model lacks is made up by the filter: with error bars that exclude the truth,
/// and a warning.
#[test]
fn an_unmodelled_delay_changes_the_filter() {
    let band = Band::resonant_lowpass(Tune::free(2_000.0), Tune::free(0.7));
    let model = TunableCascade::new([("low", band)], RATE).expect("a design");
    let truth = [1_800.0, 0.62];
    let input: Vec<f64> = normal(10).take(4_000).collect();
    let late = Chain { gain: 1.0, delay: 1.0, offset: 0.0 };
    let output = noisy(&recorded(&model, &truth, &input, late), 11, 0.05);

    let without = fit_recording(&model, &input, &output, &LeastSquares::new()).expect("it starts");
    let error = without.standard_errors[1].expect("determined");
    println!("without the delay:\n{without}");
    assert!((without.params[1] - 0.62).abs() > 10.0 * error, "{without}");
    assert!(without.warning().is_some(), "{without}");

    let recording = Recording::new(&input, &output).delay(Tune::within(0.0, -5.0..=5.0));
    let with = Recordings::new(&model).with(recording).fit(&LeastSquares::new()).expect("starts");
    println!("with the delay:\n{with}");
    assert_within_errors(&with, &[1_800.0, 0.62, 1.0]);
    assert_eq!(with.warning(), None, "{with}");
}

#[test]
fn recordings_share_the_filter_and_have_their_own_chains() {
    let model = peak();
    let inputs = [soft_noise(20, 900), soft_noise(21, 1_400), soft_noise(22, 700)];
    let chains = [(0.7, 3.25), (-1.5, -2.0), (1.0, 0.0)];
    let outputs: Vec<_> = inputs
        .iter()
        .zip(chains)
        .zip(23..)
        .map(|((input, (gain, delay)), seed)| {
            noisy(&recorded(&model, &MODE, input, Chain { gain, delay, offset: 0.0 }), seed, 0.01)
        })
        .collect();
    let gain_and_delay = |index: usize| {
        let recording = Recording::new(&inputs[index], &outputs[index]).gain(Tune::free(1.0));
        recording.delay(Tune::within(0.0, -10.0..=10.0))
    };
    let all = || {
        let recordings = Recordings::new(&model).with(gain_and_delay(0)).with(gain_and_delay(1));
        recordings.with(Recording::new(&inputs[2], &outputs[2]))
    };
    let fit = all().fit(&LeastSquares::new()).expect("it starts");
    assert_within_errors(&fit, &[&MODE[..], &[0.7, 3.25, -1.5, -2.0]].concat());
    let names = ["recording 1.gain", "recording 1.delay", "recording 2.gain", "recording 2.delay"];
    assert_eq!(fit.names[3..], names);
    // The outputs that the delays leave out are no residuals.
    assert_eq!(fit.count, 900 + 1_400 + 700 - 2 * 74);
    // Each recording tells something.
    let alone = Recordings::new(&model).with(gain_and_delay(0)).fit(&LeastSquares::new());
    let alone = alone.expect("it starts");
    let [shared, single] = [&fit, &alone].map(|fit| fit.standard_errors[0].expect("determined"));
    assert!(shared < 0.65 * single, "{fit}\n{alone}");
}

#[test]
fn samples_without_weight_do_not_count() {
    let model = peak();
    let input = soft_noise(30, 1_200);
    let clean = recorded(&model, &MODE, &input, Chain { gain: 2.0, delay: 0.0, offset: 0.0 });
    let mut output = noisy(&clean, 31, 0.01);
    let mut weights = vec![1.0; 1_200];
    let broken = [(100, f64::NAN), (101, f64::INFINITY), (500, 1e6), (1_199, -3.0)];
    for (index, value) in broken {
        output[index] = value;
        weights[index] = 0.0;
    }
    let recording = Recording::weighted(&input, &output, &weights).gain(Tune::free(1.0));
    let mut recordings = Recordings::new(&model).with(recording);
    for loss in [Loss::Squared, Loss::Huber(0.03)] {
        let fit = recordings.fit(&LeastSquares::new().loss(loss)).expect("it starts");
        assert_within_errors(&fit, &[&MODE[..], &[2.0]].concat());
        assert_eq!(fit.count, 1_200 - broken.len());
        assert!((fit.rms / 0.01 - 1.0).abs() < 0.1, "{fit}");
        assert_eq!(fit.warning(), None);
    }
}

#[test]
fn a_weight_of_two_is_a_recording_played_twice() {
    let model = peak();
    let input = soft_noise(32, 800);
    let output = noisy(&recorded(&model, &MODE, &input, NONE), 33, 0.1);
    let other = noisy(&recorded(&model, &MODE, &input, NONE), 34, 0.1);
    let weights = vec![2.0; 800];
    let weighted = Recordings::new(&model)
        .with(Recording::weighted(&input, &output, &weights))
        .with(Recording::new(&input, &other))
        .fit(&LeastSquares::new())
        .expect("it starts");
    let twice = Recordings::new(&model)
        .with(Recording::new(&input, &output))
        .with(Recording::new(&input, &output))
        .with(Recording::new(&input, &other))
        .fit(&LeastSquares::new())
        .expect("it starts");
    assert!((weighted.cost / twice.cost - 1.0).abs() < 1e-12);
    assert!((weighted.rms / twice.rms - 1.0).abs() < 1e-12);
    for (a, b) in weighted.params.iter().zip(&twice.params) {
        assert!((a / b - 1.0).abs() < 1e-6, "{a} is not {b}");
    }
    assert_eq!((weighted.count, twice.count), (1_600, 2_400));
}

#[test]
fn a_recording_may_begin_while_the_system_runs() {
    let band = Band::peak(Tune::free(100.0), Tune::free(8.0), Tune::free(12.0));
    let shelf = Band::high_shelf(Tune::free(4_000.0), Tune::from(0.7), Tune::free(3.0));
    let model = TunableCascade::new([("mode", band), ("air", shelf)], RATE).expect("a design");
    let truth = [110.0, 10.0, 15.0, 3_500.0, 5.0];
    let input = soft_noise(40, 3_000);
    let chain = Chain { gain: -0.8, delay: 5.3, offset: 0.0 };
    let output = noisy(&recorded(&model, &truth, &input, chain), 41, 0.01);

    let (input, output) = (&input[1_000..], &output[1_000..]);
    let recording = || {
        let delay = Tune::within(0.0, -10.0..=10.0);
        Recording::new(input, output).gain(Tune::free(1.0)).delay(delay)
    };
    let fit = |recording| {
        let fit = Recordings::new(&model).with(recording).fit(&LeastSquares::new());
        fit.expect("it starts")
    };
    let running = fit(recording().running());
    assert_eq!(running.params.len(), 5 + 2 + 4);
    let error = |index: usize| running.standard_errors[index].expect("determined");
    for (index, truth) in truth.into_iter().chain([-0.8, 5.3]).enumerate() {
        assert!((running.params[index] - truth).abs() < 4.0 * error(index), "{running}");
    }
    assert!((running.rms / 0.01 - 1.0).abs() < 0.1, "{running}");
    assert_eq!(running.names[7..9], ["recording.state[0].s1", "recording.state[0].s2"]);
    assert_eq!(running.names[9..], ["recording.state[1].s1", "recording.state[1].s2"]);
    // The first outputs are left out, whose delayed input is before the recording.
    assert_eq!(running.count, 2_000 - 2 * 74);
    // From rest, the response to what came before is an error.
    assert!(fit(recording()).rms > 2.0 * running.rms);
}

#[test]
fn the_initial_state_is_that_of_the_filter() {
    let model = peak();
    let input = soft_noise(42, 1_000);
    let system = model.tuned(&MODE).expect("a design");
    let mut state = system.state();
    let mut output = input.clone();
    let (before, after) = output.split_at_mut(400);
    system.process(&mut state, before);
    let initial = state.sections()[0];
    system.process(&mut state, after);
    let recording = Recording::new(&input[400..], &output[400..]).running();
    let fit = Recordings::new(&model).with(recording).fit(&LeastSquares::new()).expect("starts");
    for (found, truth) in fit.params[3..].iter().zip([initial.s1, initial.s2]) {
        assert!((found - truth).abs() < 1e-8, "{found} is not {truth}");
    }
}

#[test]
fn residuals_are_played() {
    let model = peak();
    let (input, other) = (soft_noise(50, 1_300), soft_noise(51, 400));
    let chain = Chain { gain: 2.0, delay: 1.0, offset: 0.5 };
    let outputs = [
        noisy(&recorded(&model, &MODE, &input, chain), 52, 0.1),
        noisy(&recorded(&model, &MODE, &other, chain), 53, 0.1),
    ];
    let mut weights = vec![4.0; 400];
    weights[7] = 0.0;
    let mut recordings = Recordings::new(&model)
        .with(chained(&input, &outputs[0]))
        .with(Recording::weighted(&other, &outputs[1], &weights).gain(2.0).delay(1.0).offset(0.5));
    let fit = recordings.fit(&LeastSquares::new()).expect("it starts");
    let (mut places, mut squares) = (Vec::new(), [0.0; 2]);
    recordings
        .residuals(&fit.params, |recording, sample, residual| {
            places.push((recording, sample));
            squares[recording] += residual * residual;
        })
        .expect("the same recordings");
    let expected = (0..1_300 - 94).map(|n| (0, n));
    let expected: Vec<_> = expected.chain((0..400).filter(|n| *n != 7).map(|n| (1, n))).collect();
    assert_eq!(places, expected);
    let mean = (squares[0] + 4.0 * squares[1]) / (1_206.0 + 4.0 * 399.0);
    assert!((mean.sqrt() / fit.rms - 1.0).abs() < 1e-9, "{}", mean.sqrt());
    assert!((0.5 * (squares[0] + 4.0 * squares[1]) / fit.cost - 1.0).abs() < 1e-9);

    let wrong = recordings.residuals(&fit.params[1..], |_, _, _| {});
    assert_eq!(wrong, Err(FitError::StartLength { expected: 6, found: 5 }));
}

#[test]
fn recordings_and_chains_that_cannot_be_fitted_are_refused() {
    let model = peak();
    let signal = noise(60, 200, 1.0);
    let fit = |recording: Recording<'_>| {
        let fit = Recordings::new(&model).with(recording).fit(&LeastSquares::new());
        fit.map(|_| ()).map_err(|error| error.to_string())
    };
    let recording = || Recording::new(&signal, &signal);
    let refused = |sentence: &str| Err(sentence.to_owned());
    let delays = "`delay` and its bounds must lie between -1000000 and 1000000 samples, not at ";
    let cases = [
        (recording().gain(f64::NAN), "`gain` must be finite, not NaN".to_owned()),
        (recording().offset(f64::INFINITY), "`offset` must be finite, not inf".to_owned()),
        (recording().delay(Tune::free(0.0)), format!("{delays}-inf")),
        (recording().delay(1e300), format!("{delays}1{}", "0".repeat(300))),
        (recording().delay(f64::NAN), format!("{delays}NaN")),
        (
            recording().delay(Tune::within(9.0, -5.0..=5.0)),
            "`recording.delay` starts at 9, outside its bounds -5 to 5".to_owned(),
        ),
        (
            recording().gain(Tune::within(1.0, 3.0..=2.0)),
            "the bounds 3 to 2 of `recording.gain` are empty".to_owned(),
        ),
        (
            recording().delay(Tune::within(0.0, -400.0..=0.0)),
            "0 residuals cannot determine 4 parameters".to_owned(),
        ),
        (
            Recording::weighted(&signal, &signal, &signal[1..]),
            "the recording has 200 samples but 199 weights".to_owned(),
        ),
        (
            Recording::stream(|| [(0.0, 0.0, 1.0), (0.0, 0.0, -1.0)].into_iter()),
            "weight 1 of the recording, -1, must be 0 or lie between 1e-100 and 1e100".to_owned(),
        ),
        (
            Recording::weighted(&signal, &signal, &[0.0; 200]),
            "0 residuals cannot determine 3 parameters".to_owned(),
        ),
        (
            Recording::stream(|| [(f64::NAN, 0.0, 0.0)].into_iter()),
            "sample 0 of the recording is not finite".to_owned(),
        ),
    ];
    for (recording, sentence) in cases {
        assert_eq!(fit(recording), refused(&sentence));
    }
    assert_eq!(fit(recording()), Ok(()));

    let several = Recordings::new(&model).with(recording()).with(recording().delay(-2e6));
    let error = several.with(recording()).fit(&LeastSquares::new()).expect_err("refused");
    assert_eq!(error.to_string(), format!("recording 2: {delays}-2000000"));
    let FitError::Evaluation(error) = error else { panic!("{error}") };
    assert!(std::error::Error::source(&error).is_some());

    let none = Recordings::new(&model).fit(&LeastSquares::new());
    assert_eq!(none, Err(FitError::Underdetermined { params: 3, residuals: 0 }));
}

/// A random filter behind a random chain, and a model that starts up to an octave away; shelves and
/// peaks start flat.
fn random_problem(seed: u64) -> (TunableCascade, Vec<f64>, Chain) {
    let mut random = uniform(seed);
    let mut between = |low: f64, high: f64| {
        low + (high - low) * (0.5 + 0.5 * random.next().expect("it is endless"))
    };
    let (frequency, q) = (between(5.0, 8.5).exp(), between(-0.7, 1.5).exp());
    let mut sign = || if between(-1.0, 1.0) < 0.0 { -1.0 } else { 1.0 };
    let (gain_sign, polarity) = (sign(), sign());
    let gain_db = gain_sign * between(3.0, 12.0);
    let near = (frequency * between(-0.7, 0.7).exp()).min(7_900.0);
    let near = Tune::within(near, 20.0..=7_900.0);
    let width = Tune::within(q * between(-0.7, 0.7).exp(), 0.1..=20.0);
    let flat = Tune::within(0.0, -30.0..=30.0);
    let (band, truth) = match seed % 4 {
        0 => (Band::peak(near, width, flat), vec![frequency, q, gain_db]),
        1 => (Band::low_shelf(near, width, flat), vec![frequency, q, gain_db]),
        2 => (Band::resonant_lowpass(near, width), vec![frequency, q]),
        _ => (Band::resonant_highpass(near, width), vec![frequency, q]),
    };
    let model = TunableCascade::new([("band", band)], RATE).expect("a design");
    let gain = polarity * between(-2.0, 2.0).exp();
    (model, truth, Chain { gain, delay: between(-20.0, 20.0), offset: between(-1.0, 1.0) })
}

/// An unknown chain hides hardly more filters than a bad start does behind a known one.
#[test]
fn filters_are_found_behind_unknown_chains() {
    const PROBLEMS: u64 = 200;
    let [mut known, mut unknown] = [0_u64; 2];
    for seed in 0..PROBLEMS {
        let (model, truth, chain) = random_problem(seed);
        let input = soft_noise(seed, 800);
        let deviation = 0.05 * chain.gain.abs();
        let output = noisy(&recorded(&model, &truth, &input, chain), seed + 1_000, deviation);
        let is_found = |delay: Tune| {
            let recording = Recording::new(&input, &output).gain(Tune::free(1.0));
            let recording = recording.delay(delay).offset(Tune::free(0.0));
            let fit = Recordings::new(&model).with(recording).fit(&LeastSquares::new());
            fit.expect("it starts").rms < 1.15 * deviation
        };
        known += u64::from(is_found(Tune::Fixed(chain.delay)));
        unknown += u64::from(is_found(Tune::within(0.0, -25.0..=25.0)));
    }
    println!("of {PROBLEMS} filters {known} are found with a known delay, {unknown} without");
    assert!(100 * unknown >= 95 * known, "{unknown} of {known}");
    assert!(unknown >= PROBLEMS * 9 / 10, "{unknown} of {PROBLEMS}");
}

/// Short recordings and extreme chains end in a fit of finite parameters or in an error.
#[test]
fn no_recording_panics() {
    let model = peak();
    let (mut fitted, mut refused) = (0, 0);
    for length in [0, 1, 2, 7, 64, 65, 129, 300, 1_024, 1_100] {
        let signal = noise(61, length, 1.0);
        let zeros = vec![0.0; length];
        for (input, output) in [(&signal, &signal), (&signal, &zeros), (&zeros, &signal)] {
            for delay in [
                Tune::Fixed(0.0),
                Tune::Fixed(0.5),
                Tune::Fixed(-2_000.0),
                Tune::Fixed(2_000.5),
                Tune::within(0.3, 0.2..=0.4),
                Tune::within(0.0, -3.0..=1_500.0),
            ] {
                for running in [false, true] {
                    let recording = Recording::new(input, output).gain(Tune::free(1.0));
                    let recording = recording.delay(delay).offset(Tune::free(0.0));
                    let recording = if running { recording.running() } else { recording };
                    let mut recordings = Recordings::new(&model).with(recording);
                    match recordings.fit(&LeastSquares::new().max_iterations(20)) {
                        Ok(fit) => {
                            fitted += 1;
                            assert!(fit.params.iter().all(|param| param.is_finite()), "{fit}");
                            let mut count = 0;
                            let played = recordings.residuals(&fit.params, |_, _, residual| {
                                assert!(residual.is_finite());
                                count += 1;
                            });
                            assert_eq!((played, count), (Ok(()), fit.count));
                        }
                        Err(error) => {
                            refused += 1;
                            let FitError::Underdetermined { .. } = error else { panic!("{error}") };
                        }
                    }
                }
            }
        }
    }
    println!("{fitted} recordings are fitted, {refused} are too short");
    assert!(fitted > 100 && refused > 100);
}

/// Intervals of 1.96 standard errors hold the truth in 93 to 97 % of all cases.
#[test]
fn error_bars_hold_the_truth_with_gain_delay_and_offset() {
    const TRIALS: u64 = 500;
    let model = peak();
    let input = soft_noise(70, 700);
    let chain = Chain { gain: -0.6, delay: 2.4, offset: 0.2 };
    let clean = recorded(&model, &MODE, &input, chain);
    let truth = [&MODE[..], &[-0.6, 2.4, 0.2]].concat();
    let mut inside = vec![0_u32; truth.len()];
    for seed in 0..TRIALS {
        let output = noisy(&clean, 1_000 + seed, 0.1);
        let recording = chained(&input, &output).delay(Tune::within(0.0, -5.0..=5.0));
        let fit = Recordings::new(&model).with(recording).fit(&LeastSquares::new());
        let fit = fit.expect("it starts");
        let each = fit.params.iter().zip(&fit.standard_errors).zip(&truth);
        for (inside, ((found, error), truth)) in inside.iter_mut().zip(each) {
            let error = error.expect("determined");
            *inside += u32::from((found - truth).abs() <= 1.96 * error);
        }
    }
    let shares: Vec<f64> = inside.iter().map(|inside| f64::from(*inside) / TRIALS as f64).collect();
    println!("center, q, gain_db, gain, delay, offset: {shares:.3?}");
    let mean = shares.iter().sum::<f64>() / shares.len() as f64;
    assert!((0.93..=0.97).contains(&mean), "{mean}");
    // Three standard deviations of a binomial count.
    let deviation = (0.95 * 0.05 / TRIALS as f64).sqrt();
    assert!(shares.iter().all(|share| (share - 0.95).abs() < 3.0 * deviation), "{shares:.3?}");
}
