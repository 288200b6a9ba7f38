//! Derivatives by sensitivity filters equal derivatives by dual numbers in the plain loop.

#[allow(dead_code, reason = "other test programs use the rest")]
mod common;

use common::noise::noise;
use common::worst::worst;
use filterbank::ad::Number;
use filterbank::fit::NormalEquations;
use filterbank::section::SectionState;
use filterbank::sensitivity::DerivativeRow;
use filterbank::tune::Param;
use filterbank::{
    Band, Bank, Cascade, Method, Scalar, Section, Sensitivities, Tunable, TunableCascade, Tune,
    filterbank, jacobian,
};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

const RATE: f64 = 48_000.0;

filterbank! {
    /// A band of each kind, some with several sections, one without parameters.
    struct Channel: cascade(sample_rate = 48_000.0) {
        rumble: highpass(butterworth(order = 5), cutoff = tune(80.0)),
        body: peak(center = tune(250.0), q = tune(1.0), gain_db = tune(-2.5)),
        fixed: peak(center = 900.0, q = 2.0, gain_db = 3.0),
        air: high_shelf(cutoff = tune(8e3), q = 0.7, gain_db = tune(1.5)),
        alias: lowpass(elliptic(order = 6, ripple_db = tune(0.1), stop_db = tune(60.0)), cutoff = tune(19e3)),
    }
}

filterbank! {
    struct Split: bank(sample_rate = 48_000.0) {
        low: lowpass(butterworth(order = 4), cutoff = tune(300.0)),
        all: peak(center = 1e3, q = 1.0, gain_db = 2.0),
        high: highpass(chebyshev1(order = 3, ripple_db = tune(0.5)), cutoff = tune(300.0)),
    }
}

/// The output of the plain loop on dual numbers, and the final state of each section.
fn looped(
    sections: &[Section<Number>],
    states: &mut [SectionState<Number>],
    input: &[f64],
) -> Vec<Number> {
    let each = |x: &f64| {
        let series = sections.iter().zip(&mut *states);
        series.fold(Number::constant(*x), |x, (section, state)| section.tick(state, x))
    };
    input.iter().map(each).collect()
}

/// The largest difference of two rows, relative to the largest value of the second.
fn difference(found: &[f64], expected: &[f64]) -> f64 {
    assert_eq!(found.len(), expected.len());
    let error = worst(found.iter().zip(expected).map(|(a, b)| a - b));
    if error == 0.0 { 0.0 } else { error / worst(expected.iter().copied()) }
}

/// Derivatives of a cascade's output by its parameters on dual numbers, `[params, time]`.
fn by_duals<T: Tunable>(filter: &T, params: &[f64], input: &[f64]) -> (Vec<f64>, Vec<Vec<f64>>) {
    let run = |numbers: &[Number]| {
        filter.tuned(numbers).map(|filter| {
            let sections: &[Section<Number>] = filter.as_ref();
            looped(sections, &mut vec![SectionState::default(); sections.len()], input)
        })
    };
    let (output, by_params) = jacobian(params, run).expect("the filter can be designed");
    let column = |param| (0..input.len()).map(|time| by_params[(time, param)]).collect();
    (output, (0..params.len()).map(column).collect())
}

#[test]
fn derivatives_by_parameters_are_those_of_dual_numbers() {
    let input = noise(1_000, 1);
    let (output, expected) = by_duals(&Channel::new(), &Channel::PARAMS, &input);
    let mut channel =
        Sensitivities::of_params(&Channel::new(), &Channel::PARAMS).expect("as specified");
    let params = Channel::PARAMS.len();
    let in_order: Vec<_> = (0..params).map(|param| DerivativeRow { output: 0, param }).collect();
    assert_eq!(channel.rows(), in_order);
    let mut found = vec![f64::NAN; input.len()];
    let mut derivatives = vec![f64::NAN; params * input.len()];
    channel.process(&input, &mut found, &mut derivatives).expect("the lengths fit");
    assert!(difference(&found, &output) < 1e-12);
    for (row, (name, expected)) in
        derivatives.chunks(input.len()).zip(Channel::PARAM_NAMES.iter().zip(&expected))
    {
        let difference = difference(row, expected);
        println!("{name}: {difference:.1e}");
        assert!(difference < 2e-11, "{name}: {difference:.1e}");
    }
}

#[test]
fn derivatives_by_coefficients_are_those_of_dual_numbers() {
    let input = noise(700, 2);
    let cascade = Channel::from_params(&Channel::PARAMS).expect("as specified");
    let sections = cascade.sections();
    let numbers: Vec<f64> = sections.iter().flat_map(Section::coefficients).collect();
    let run = |numbers: &[Number]| {
        let rows = numbers.as_chunks::<5>().0;
        let sections: Vec<_> = rows.iter().map(|row| Section::from_coefficients(*row)).collect();
        looped(&sections, &mut vec![SectionState::default(); rows.len()], &input)
    };
    let Ok((_, expected)) = jacobian(&numbers[..], run);
    let mut filter = Sensitivities::of_cascade(&cascade);
    assert_eq!((filter.outputs(), filter.rows().len()), (1, numbers.len()));
    let mut output = vec![0.0; input.len()];
    let mut derivatives = vec![f64::NAN; numbers.len() * input.len()];
    filter.process(&input, &mut output, &mut derivatives).expect("the lengths fit");
    for (coefficient, row) in derivatives.chunks(input.len()).enumerate() {
        let expected: Vec<f64> = (0..input.len()).map(|n| expected[(n, coefficient)]).collect();
        let difference = difference(row, &expected);
        assert!(difference < 2e-11, "coefficient {coefficient}: {difference:.1e}");
    }
}

#[test]
fn a_band_of_a_bank_has_its_own_parameters_and_no_others() {
    let input = noise(600, 3);
    let time = input.len();
    let mut split = Sensitivities::of_params(&Split::new(), &Split::PARAMS).expect("as specified");
    let columns = [(0, 0), (2, 1), (2, 2)].map(|(output, param)| DerivativeRow { output, param });
    assert_eq!(split.rows(), columns);
    let mut output = vec![0.0; 3 * time];
    let mut derivatives = vec![0.0; 3 * time];
    split.process(&input, &mut output, &mut derivatives).expect("the lengths fit");

    let mut plain = vec![0.0; 3 * time];
    let bank = Split::new();
    bank.process(&mut bank.state(), &input, &mut plain).expect("the lengths fit");
    for (found, expected) in output.chunks(time).zip(plain.chunks(time)) {
        assert!(difference(found, expected) < 1e-13);
    }
    let run = |p: &[Number; 3]| {
        Split::from_params(p).map(|bank| {
            let mut outputs = Vec::new();
            for band in bank.bands() {
                let states = &mut vec![SectionState::default(); band.sections().len()];
                outputs.extend(looped(band.sections(), states, &input));
            }
            outputs
        })
    };
    let (_, expected) = jacobian(&Split::PARAMS, run).expect("as specified");
    for (DerivativeRow { output, param }, row) in columns.iter().zip(derivatives.chunks(time)) {
        let column: Vec<f64> = (0..time).map(|n| expected[(output * time + n, *param)]).collect();
        assert!(difference(row, &column) < 1e-11, "{output} by {param}");
    }

    let by_coefficients = Sensitivities::of_bank(&*bank);
    let sections = bank.sections().len();
    assert_eq!((by_coefficients.outputs(), by_coefficients.rows().len()), (3, 5 * sections));
    assert_eq!(by_coefficients.rows()[5 * sections - 1].output, 2);
}

#[test]
fn a_parameter_has_a_row_for_each_of_its_bands_and_zeros_where_it_has_no_effect() {
    /// A crossover at one frequency.
    struct Crossover;

    impl Tunable for Crossover {
        type Filter<S: Scalar> = Bank<S>;

        fn sample_rate(&self) -> f64 {
            RATE
        }

        fn params(&self) -> impl ExactSizeIterator<Item = Param<'_>> {
            [Param::free("none", 0.0), Param::free("edge", 800.0)].into_iter()
        }

        fn ends(&self) -> &[usize] {
            &[1, 2]
        }

        fn tuned<S: Scalar>(&self, params: &[S]) -> Result<Bank<S>, filterbank::DesignError> {
            let method = Method::Butterworth { order: 2 };
            let bands = [Band::lowpass(method, params[1]), Band::highpass(method, params[1])];
            Bank::from_bands(&bands, RATE)
        }
    }

    let mut crossover = Sensitivities::of_params(&Crossover, &[0.0, 800.0]).expect("designed");
    let columns = [(0, 0), (0, 1), (1, 1)].map(|(output, param)| DerivativeRow { output, param });
    assert_eq!(crossover.rows(), columns);
    let mut derivatives = [f64::NAN; 3 * 4];
    crossover.process(&[1.0, 0.0, 0.0, 0.0], &mut [0.0; 8], &mut derivatives).expect("fits");
    assert_eq!(derivatives[..4], [0.0; 4]);
    assert!(derivatives[4..].iter().all(|slope| *slope != 0.0 && slope.is_finite()));
}

#[test]
fn blocks_of_any_length_equal_the_whole() {
    let input = noise(2_000, 4);
    let params = Channel::PARAMS.len();
    let whole = || Sensitivities::of_params(&Channel::new(), &Channel::PARAMS).expect("designed");
    let (mut output, mut derivatives) = (vec![0.0; 2_000], vec![0.0; params * 2_000]);
    whole().process(&input, &mut output, &mut derivatives).expect("the lengths fit");

    let mut random = StdRng::seed_from_u64(5);
    let mut cut = whole();
    let mut at = 0;
    while at < input.len() {
        let length = random.random_range(0..=40).min(input.len() - at);
        let (mut y, mut d) = (vec![0.0; length], vec![0.0; params * length]);
        cut.process(&input[at..][..length], &mut y, &mut d).expect("the lengths fit");
        for (y, expected) in y.iter().zip(&output[at..]) {
            assert!((y - expected).abs() < 1e-12);
        }
        for (row, expected) in d.chunks(length.max(1)).zip(derivatives.chunks(2_000)) {
            let scale = worst(expected.iter().copied());
            for (d, expected) in row.iter().zip(&expected[at..]) {
                assert!((d - expected).abs() <= 1e-11 * scale);
            }
        }
        at += length;
    }
    // And again from rest.
    cut.reset();
    let (mut again, mut slopes) = (vec![0.0; 2_000], vec![0.0; params * 2_000]);
    cut.process(&input, &mut again, &mut slopes).expect("the lengths fit");
    assert_eq!((again, slopes), (output, derivatives));
}

#[test]
fn derivatives_resume_from_a_running_filter_with_a_constant_state() {
    let (before, input) = (noise(300, 6), noise(400, 7));
    let filter = Channel::new();
    let mut state = filter.state();
    filter.process(&mut state, &mut before.clone());
    let run = |p: &[Number; 9]| {
        Channel::from_params(p).map(|filter| {
            let constant = |s: &SectionState<f64>| SectionState {
                s1: Number::constant(s.s1),
                s2: Number::constant(s.s2),
            };
            let mut states: Vec<_> = state.sections().iter().map(constant).collect();
            looped(filter.sections(), &mut states, &input)
        })
    };
    let (output, expected) = jacobian(&Channel::PARAMS, run).expect("as specified");
    let mut found = Sensitivities::of_params(&filter, &Channel::PARAMS).expect("as specified");
    found.resume(state.sections()).expect("one state for each section");
    let (mut y, mut d) = (vec![0.0; 400], vec![0.0; 9 * 400]);
    found.process(&input, &mut y, &mut d).expect("the lengths fit");
    assert!(difference(&y, &output) < 1e-12);
    for (param, row) in d.chunks(400).enumerate() {
        let expected: Vec<f64> = (0..400).map(|n| expected[(n, param)]).collect();
        let difference = difference(row, &expected);
        assert!(difference < 1e-10, "{}: {difference:.1e}", Channel::PARAM_NAMES[param]);
    }
    let error = found.resume(&state.sections()[1..]).expect_err("one is missing");
    assert!(error.to_string().starts_with("`states` has length"), "{error}");
}

#[test]
fn a_retuned_filter_continues_and_its_derivatives_become_the_new_ones() {
    let input = noise(20_000, 8);
    let (time, kept, params) = (input.len(), 19_000..20_000, Channel::PARAMS.len());
    let filter = Channel::new();
    let other = Channel::PARAMS.map(|param| 1.1 * param);
    let mut found = Sensitivities::of_params(&filter, &Channel::PARAMS).expect("as specified");
    let (mut y, mut d) = (vec![0.0; time], vec![0.0; params * time]);
    found.process(&input[..500], &mut y[..500], &mut d[..params * 500]).expect("fits");
    let error = found.retune(&filter, &[30e3; 9]).expect_err("beyond Nyquist");
    assert!(error.to_string().contains("cutoff"), "{error}");
    assert!(found.retune(&filter, &[1.0]).is_err());
    // The errors have changed nothing.
    let mut before = Sensitivities::of_params(&filter, &Channel::PARAMS).expect("as specified");
    before.process(&input[..500], &mut y[..500], &mut d[..params * 500]).expect("fits");
    let [mut one, mut two] = [[0.0; 9 * 100]; 2];
    found.clone().process(&input[..100], &mut [0.0; 100], &mut one).expect("fits");
    before.process(&input[..100], &mut [0.0; 100], &mut two).expect("fits");
    assert_eq!(one, two);

    // The output equals the output of a cascade with replaced sections.
    found.retune(&filter, &other).expect("can be designed");
    found.process(&input, &mut y, &mut d).expect("the lengths fit");
    let mut state = filter.state();
    filter.process(&mut state, &mut input[..500].to_vec());
    let mut expected = input.clone();
    let changed = Channel::from_params(&other).expect("can be designed");
    changed.process(&mut state, &mut expected);
    assert!(difference(&y, &expected) < 1e-12);

    let mut fresh = Sensitivities::of_params(&filter, &other).expect("can be designed");
    let mut exact = vec![0.0; params * time];
    fresh.process(&input, &mut y, &mut exact).expect("the lengths fit");
    for (param, (row, exact)) in d.chunks(time).zip(exact.chunks(time)).enumerate() {
        let difference = difference(&row[kept.clone()], &exact[kept.clone()]);
        assert!(difference < 1e-9, "{}: {difference:.1e}", Channel::PARAM_NAMES[param]);
    }
}

#[test]
fn blocks_of_the_wrong_length_are_refused() {
    let mut filter = Sensitivities::of_params(&Channel::new(), &Channel::PARAMS).expect("designed");
    let error = filter.process(&[0.0; 4], &mut [0.0; 3], &mut [0.0; 36]).expect_err("too short");
    assert_eq!(error.to_string(), "`output` has length 3, but must have length 4");
    let error = filter.process(&[0.0; 4], &mut [0.0; 4], &mut [0.0; 35]).expect_err("too short");
    assert_eq!(error.to_string(), "`derivatives` has length 35, but must have length 36");
    filter.process(&[], &mut [], &mut []).expect("nothing is something");
    let error = NormalEquations::zeros(2).add(&[0.0; 3], &[0.0; 5]).expect_err("too short");
    assert_eq!(error.to_string(), "`derivatives` has length 5, but must have length 6");
}

#[test]
fn a_gradient_is_the_product_of_the_loss_and_the_rows() {
    let input = noise(1_000, 11);
    let time = input.len();
    let new = || Sensitivities::of_params(&Split::new(), &Split::PARAMS).expect("designed");
    let (mut output, mut rows) = (vec![0.0; 3 * time], vec![0.0; 3 * time]);
    new().process(&input, &mut output, &mut rows).expect("the lengths fit");
    // A loss that depends on output, time and value.
    let slope = |output: usize, time: usize, y: f64| {
        (output + 1) as f64 * y + f64::from(u32::try_from(time % 7).expect("small"))
    };
    let mut expected = [0.0; 3];
    let mut filter = new();
    for (column, row) in filter.rows().iter().zip(rows.chunks(time)) {
        for (n, derivative) in row.iter().enumerate() {
            let y = output[column.output * time + n];
            expected[column.param] += slope(column.output, n, y) * derivative;
        }
    }
    // In blocks, one shorter than the filters' history; times count within each block.
    let mut gradient = [0.0; 3];
    let mut start = 0;
    for length in [1, 300, 2, 0, 400, 297] {
        let mut y = vec![0.0; 3 * length];
        let here = |output, time, y| slope(output, start + time, y);
        filter.add_gradient(&input[start..][..length], &mut y, here, &mut gradient).expect("fits");
        for (band, y) in y.chunks(length.max(1)).enumerate() {
            assert!(difference(y, &output[band * time + start..][..length]) < 1e-12);
        }
        start += length;
    }
    assert_eq!(start, time);
    for (found, expected) in gradient.iter().zip(expected) {
        assert!((found / expected - 1.0).abs() < 1e-10, "{found} is not {expected}");
    }
    let error = filter.add_gradient(&[0.0], &mut [0.0; 3], |_, _, y| y, &mut [0.0; 2]);
    let error = error.expect_err("two of three parameters").to_string();
    assert_eq!(error, "`gradient` has length 2, but must have length 3");
}

#[test]
fn tangents_are_parameters_and_invalid_ends_do_not_panic() {
    let bank = Split::from_params(&filterbank::Dual::seed(Split::PARAMS)).expect("designed");
    let input = noise(100, 12);
    let run = |mut filter: Sensitivities| {
        let mut output = vec![0.0; filter.outputs() * 100];
        let mut rows = vec![0.0; filter.rows().len() * 100];
        filter.process(&input, &mut output, &mut rows).expect("the lengths fit");
        (output, rows)
    };
    let by_tangents = run(Sensitivities::of_tangents(bank.sections(), bank.ends()));
    let by_params = run(Sensitivities::of_params(&Split::new(), &Split::PARAMS).expect("designed"));
    assert_eq!(by_tangents, by_params);
    for ends in [&[0_usize][..], &[3, 1], &[1, 100, 2], &[0, 0, 5, 5]] {
        let mut filter = Sensitivities::of_tangents(bank.sections(), ends);
        assert_eq!(filter.outputs(), ends.len());
        let sections = ends.iter().copied().max().unwrap_or(0).min(bank.sections().len());
        let states = vec![SectionState::default(); sections];
        filter.resume(&states).expect("one state for each section that is used");
        run(filter);
    }
}

#[test]
fn normal_equations_of_blocks_add_up_to_those_of_the_whole() {
    let model = TunableCascade::new(
        [
            ("a", Band::peak(Tune::free(500.0), Tune::free(2.0), Tune::free(4.0))),
            ("b", Band::peak(Tune::free(5e3), Tune::free(1.0), Tune::free(-4.0))),
        ],
        RATE,
    )
    .expect("the model can be designed");
    let params: Vec<f64> = model.params().map(|param| param.value).collect();
    let input = noise(500, 9);
    let (output, expected) = by_duals(&model, &params, &input);
    let wanted = noise(500, 10);
    let mut filter = Sensitivities::of_params(&model, &params).expect("designed");
    let mut sums = NormalEquations::zeros(6);
    for (x, wanted) in input.chunks(90).zip(wanted.chunks(90)) {
        let (mut residuals, mut derivatives) = (vec![0.0; x.len()], vec![0.0; 6 * x.len()]);
        filter.process(x, &mut residuals, &mut derivatives).expect("the lengths fit");
        residuals.iter_mut().zip(wanted).for_each(|(y, wanted)| *y -= wanted);
        sums.add(&residuals, &derivatives).expect("the lengths fit");
    }
    let residuals: Vec<f64> = output.iter().zip(&wanted).map(|(y, wanted)| y - wanted).collect();
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    assert_eq!(sums.count(), 500);
    assert!((sums.cost() / (0.5 * dot(&residuals, &residuals)) - 1.0).abs() < 1e-13);
    for (i, row) in expected.iter().enumerate() {
        let length = dot(row, row).sqrt();
        let error = sums.gradient()[i] - dot(row, &residuals);
        assert!(error.abs() < 1e-11 * length * dot(&residuals, &residuals).sqrt());
        for (j, column) in expected.iter().enumerate() {
            let error = sums.matrix()[(i, j)] - dot(row, column);
            assert!(error.abs() < 1e-11 * length * dot(column, column).sqrt());
        }
    }
}

#[test]
fn an_empty_cascade_has_no_derivatives() {
    let empty = Cascade::<f64>::from_sections([], RATE).expect("the sample rate is valid");
    let mut filter = Sensitivities::of_cascade(&empty);
    assert_eq!((filter.outputs(), filter.rows().len()), (1, 0));
    let mut output = [0.0; 3];
    filter.process(&[1.0, 2.0, 3.0], &mut output, &mut []).expect("the lengths fit");
    assert_eq!(output, [1.0, 2.0, 3.0]);
}

/// Sections of gain `p²` in front of a resonance with a tuned gain: the derivative of `p²` at 0 is
/// 0, and other sections do not depend on `p`.
struct Squared {
    /// Of a cascade none, of a bank one for each section.
    ends: &'static [usize],
}

impl Tunable for Squared {
    type Filter<S: Scalar> = [Section<S>; 2];

    fn sample_rate(&self) -> f64 {
        RATE
    }

    fn params(&self) -> impl ExactSizeIterator<Item = Param<'_>> {
        [Param::free("root", 0.0), Param::free("gain_db", 3.0)].into_iter()
    }

    fn ends(&self) -> &[usize] {
        self.ends
    }

    fn tuned<S: Scalar>(&self, p: &[S]) -> Result<[Section<S>; 2], filterbank::DesignError> {
        let zero = S::zero();
        let gain = Section::from_coefficients([p[0] * p[0], zero, zero, zero, zero]);
        let peak = Band::peak(S::from_f64(9e3), S::from_f64(0.7), p[1]).sections(RATE)?;
        Ok([gain, peak.iter().copied().next().unwrap_or(gain)])
    }
}

#[test]
fn a_derivative_that_was_zero_is_there_after_retuning() {
    let filter = Squared { ends: &[] };
    let run = |filter: &mut Sensitivities, input: &[f64]| {
        let (mut y, mut derivatives) = (vec![0.0; input.len()], vec![0.0; 2 * input.len()]);
        filter.process(input, &mut y, &mut derivatives).expect("the lengths fit");
        (y, derivatives)
    };
    let input = noise(2_000, 20);
    let (before, after) = input.split_at(1_000);
    let mut found = Sensitivities::of_params(&filter, &[0.0, 3.0]).expect("as specified");
    // Its square is 0 as well, but not its derivative.
    let tiny = [f64::MIN_POSITIVE, 3.0];
    let mut expected = Sensitivities::of_params(&filter, &tiny).expect("as specified");
    assert_eq!(run(&mut found, before).0, run(&mut expected, before).0);
    for filter_at in [&mut found, &mut expected] {
        filter_at.retune(&filter, &[2.0, 3.0]).expect("a design");
    }
    let ((y, rows), (expected_y, expected_rows)) =
        (run(&mut found, after), run(&mut expected, after));
    assert_eq!(y, expected_y);
    let (by_root, by_gain) = rows.split_at(1_000);
    let (expected_by_root, expected_by_gain) = expected_rows.split_at(1_000);
    assert_eq!(by_gain, expected_by_gain, "the other derivative goes on as before");
    assert!(difference(&by_root[500..], &expected_by_root[500..]) < 1e-12);
    // The gain is p² = 4, and so is its derivative 2p.
    assert!(difference(&by_root[500..], &y[500..]) < 1e-12);
    // From rest it is what a new one gives, and a gradient has it too.
    let (mut fresh, mut gradient) =
        (Sensitivities::of_params(&filter, &[2.0, 3.0]).expect("a design"), [[0.0; 2]; 2]);
    for (filter, gradient) in [&mut found, &mut fresh].into_iter().zip(&mut gradient) {
        filter.reset();
        filter.add_gradient(after, &mut vec![0.0; 1_000], |_, _, y| y, gradient).expect("fits");
        filter.reset();
    }
    assert_eq!(gradient[0], gradient[1]);
    assert_eq!(run(&mut found, after), run(&mut fresh, after));
}

#[test]
fn in_a_bank_a_derivative_that_was_zero_gets_its_row() {
    let bank = Squared { ends: &[1, 2] };
    let mut filter = Sensitivities::of_params(&bank, &[0.0, 3.0]).expect("as specified");
    let rows = [DerivativeRow { output: 0, param: 0 }, DerivativeRow { output: 1, param: 1 }];
    assert_eq!(filter.rows(), rows);
    filter.retune(&bank, &[2.0, 3.0]).expect("a design");
    assert_eq!(filter.rows(), rows);
    let (mut output, mut derivatives) = ([0.0; 2], [0.0; 2]);
    filter.process(&[1.0], &mut output, &mut derivatives).expect("the lengths fit");
    assert_eq!((output[0], derivatives[0]), (4.0, 4.0));
    assert!(derivatives[1] != 0.0);
}
