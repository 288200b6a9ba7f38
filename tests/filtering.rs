//! Running filters: samples, blocks, channels, banks, and what a state forgets.

#[allow(dead_code, reason = "other test programs use the rest")]
mod common;

use common::bits::{Bits, assert_same_bits, same_bits};
use common::exact::{Exact, Standard};
use common::golden::{items, number, numbers, text};
use common::wide::Wide;
use filterbank::{
    Band, BandLabel, Bank, BesselNorm, Cascade, CascadeState, Dual, Method, Scalar, Section,
    SectionState, Width,
};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::Value;

const SAMPLE_RATE: f64 = 48_000.0;

/// Cascades of one to nine sections.
fn cascades() -> Vec<Cascade<f64>> {
    let chebyshev1 = Method::Chebyshev1 { order: 7, ripple_db: 1.0 };
    let elliptic = Method::Elliptic { order: 4, ripple_db: 0.5, stop_db: 60.0 };
    let bands = [
        vec![Band::lowpass(Method::Butterworth { order: 1 }, 400.0)],
        vec![Band::lowpass(Method::Butterworth { order: 8 }, 2_000.0)],
        vec![Band::highpass(chebyshev1, 1_000.0)],
        vec![Band::bandpass(elliptic, 1_500.0, 6_000.0)],
        vec![
            Band::bandstop(Method::Chebyshev2 { order: 3, stop_db: 40.0 }, 4_000.0, 9_000.0),
            Band::lowpass(Method::Bessel { order: 5, norm: BesselNorm::Phase }, 3_000.0),
            Band::peak(700.0, Width::Bandwidth(1.0), -6.0),
            Band::high_shelf(5_000.0, Width::Slope(0.9), 4.0),
        ],
    ];
    let design = |bands: &Vec<Band<f64>>| Cascade::from_bands(bands, SAMPLE_RATE);
    bands.iter().map(|bands| design(bands).expect("the bands are valid")).collect()
}

fn noise<S: Scalar>(length: usize, seed: u64) -> Vec<S> {
    let mut random = StdRng::seed_from_u64(seed);
    (0..length).map(|_| S::from_f64(random.random_range(-1.0..1.0))).collect()
}

/// A block through a cascade at once.
fn processed<S: Scalar>(cascade: &Cascade<S>, state: &mut CascadeState<S>, input: &[S]) -> Vec<S> {
    let mut block = input.to_vec();
    cascade.process(state, &mut block);
    block
}

/// A block through a cascade sample by sample.
fn ticked<S: Scalar>(cascade: &Cascade<S>, state: &mut CascadeState<S>, input: &[S]) -> Vec<S> {
    input.iter().map(|&x| cascade.tick(state, x)).collect()
}

fn largest(values: &[f64]) -> f64 {
    values.iter().fold(0.0, |max, x| max.max(x.abs()))
}

#[test]
fn output_and_final_state_are_those_of_scipy_sosfilt() {
    let document: Value = serde_json::from_str(&text("filtering.json")).expect("JSON");
    let cases = items(&document["cases"]);
    assert_eq!(cases.len(), 6);
    let mut worst: f64 = 0.0;
    for case in cases {
        let sections = items(&case["sos"]).iter().map(|row| {
            let [b0, b1, b2, a0, a1, a2] = numbers(row)[..] else { panic!("{row} is no row") };
            assert_eq!(a0, 1.0);
            Section::from_coefficients([b0, b1, b2, a1, a2])
        });
        let cascade = Cascade::new(sections, number(&document["sample_rate"])).expect("valid");
        let mut state = cascade.state();
        let mut output = numbers(&case["input"]);
        // The largest state of each section on the way.
        let mut scales = vec![0.0; cascade.sections().len()];
        for sample in &mut output {
            *sample = cascade.tick(&mut state, *sample);
            for (scale, section) in scales.iter_mut().zip(state.sections()) {
                *scale = largest(&[*scale, section.s1, section.s2]);
            }
        }

        let expected = numbers(&case["output"]);
        assert_eq!(output.len(), expected.len());
        let mut check = |found: f64, expected: f64, scale: f64| {
            let error = (found - expected).abs() / scale;
            assert!(error <= 3e-14, "{}: {found} is not {expected}", case["name"]);
            worst = worst.max(error);
        };
        let scale = largest(&expected);
        for (found, expected) in output.iter().zip(expected) {
            check(*found, expected, scale);
        }
        let states = items(&case["zi_final"]);
        assert_eq!(state.sections().len(), states.len());
        for ((found, expected), scale) in state.sections().iter().zip(states).zip(scales) {
            let expected = numbers(expected);
            check(found.s1, expected[0], scale);
            check(found.s2, expected[1], scale);
        }
    }
    println!("worst error {worst:.1e} of the largest value");
}

#[test]
fn a_block_is_its_samples_one_after_the_other() {
    fn check<S: Scalar>() {
        for cascade in cascades() {
            let cascade: Cascade<S> = cascade.cast();
            let input = noise(1_000, 1);
            let mut state = cascade.state();
            let output = processed(&cascade, &mut state, &input);
            Standard::new(&cascade, &input).assert_met(&output, state.sections());
        }
    }

    // Bit for bit where there is no faster way than sample by sample.
    for cascade in cascades() {
        let cascade: Cascade<Dual<f64, 2>> = cascade.cast();
        let input = noise(1_000, 1);
        let [mut one, mut other] = [cascade.state(), cascade.state()];
        let output = processed(&cascade, &mut one, &input);
        assert_same_bits(&output, &ticked(&cascade, &mut other, &input));
        assert_same_bits(one.sections(), other.sections());
        assert!(output.iter().any(|y| !same_bits(y, &Dual::<f64, 2>::default())));
    }
    check::<f64>();
    check::<f32>();
}

/// A block through a cascade in random pieces.
fn cut<S: Scalar>(
    cascade: &Cascade<S>,
    state: &mut CascadeState<S>,
    input: &[S],
    random: &mut StdRng,
) -> Vec<S> {
    let mut blocks = input.to_vec();
    let mut rest = &mut blocks[..];
    while !rest.is_empty() {
        // Some pieces are empty.
        let length = random.random_range(0..=rest.len().min(200));
        let (block, after) = rest.split_at_mut(length);
        cascade.process(state, block);
        rest = after;
    }
    blocks
}

#[test]
fn a_signal_cut_into_blocks_is_the_whole() {
    fn check<S: Scalar>(random: &mut StdRng) {
        for cascade in cascades() {
            let cascade: Cascade<S> = cascade.cast();
            let input = noise(1_000, 3);
            let standard = Standard::new(&cascade, &input);
            for _ in 0..50 {
                let mut state = cascade.state();
                let output = cut(&cascade, &mut state, &input, random);
                standard.assert_met(&output, state.sections());
            }
        }
    }

    let mut random = StdRng::seed_from_u64(2);
    // Bit for bit where there is no faster way than sample by sample.
    for cascade in cascades() {
        let cascade: Cascade<Dual<f64, 2>> = cascade.cast();
        let input = noise(1_000, 3);
        let mut state = cascade.state();
        let whole = processed(&cascade, &mut state, &input);
        for _ in 0..10 {
            let mut cut_state = cascade.state();
            assert_same_bits(&cut(&cascade, &mut cut_state, &input, &mut random), &whole);
            assert_same_bits(cut_state.sections(), state.sections());
        }
    }
    check::<f64>(&mut random);
    check::<f32>(&mut random);
}

#[test]
fn a_reset_state_is_a_fresh_one_and_channels_do_not_meet() {
    for cascade in cascades() {
        let [left, right]: [Vec<f64>; 2] = [noise(300, 4), noise(300, 5)];
        let alone = processed(&cascade, &mut cascade.state(), &left);
        let mut state = cascade.state();
        assert_ne!(processed(&cascade, &mut state, &right), alone);
        assert_ne!(state, cascade.state());
        state.reset();
        assert_eq!(state, cascade.state());
        assert_eq!(processed(&cascade, &mut state, &left), alone);

        let [mut alone, mut one, mut other] = [0; 3].map(|_| cascade.state());
        for (l, r) in left.chunks(100).zip(right.chunks(100)) {
            assert_eq!(processed(&cascade, &mut one, l), processed(&cascade, &mut alone, l));
            processed(&cascade, &mut other, r);
        }
    }
}

#[test]
fn a_bank_gives_each_band_what_its_cascade_gives() {
    /// Bit for bit by samples, and by blocks too if there is no faster way for this type.
    fn check<S: Scalar + Bits>(bit_for_bit: bool) {
        let bank: Bank<S> = Bank::new(cascades()).expect("one sample rate").cast();
        let (bands, time) = (bank.band_count(), 20_003);
        let input: Vec<S> = noise(time, 6);
        let mut state = bank.state();
        let mut output = vec![S::from_f64(f64::NAN); bands * time];
        bank.process(&mut state, &input, &mut output).expect("the lengths fit");

        let mut tick_state = bank.state();
        let mut columns = Vec::new();
        for &x in &input {
            let mut column = vec![S::from_f64(f64::NAN); bands];
            bank.tick(&mut tick_state, x, &mut column).expect("the lengths fit");
            columns.push(column);
        }

        let (mut block_states, mut tick_states) = (state.sections(), tick_state.sections());
        for (index, cascade) in bank.bands().enumerate() {
            let cascade = Cascade::new(cascade.sections().to_vec(), SAMPLE_RATE).expect("valid");
            let count = cascade.sections().len();
            let mut alone = cascade.state();
            let expected = ticked(&cascade, &mut alone, &input);
            let row: Vec<S> = columns.iter().map(|column| column[index]).collect();
            assert_same_bits(&row, &expected);
            assert_same_bits(&tick_states[..count], alone.sections());

            let row = &output[index * time..][..time];
            if bit_for_bit {
                assert_same_bits(row, &expected);
                assert_same_bits(&block_states[..count], alone.sections());
            }
            let standard = Standard::new(&cascade, &input);
            standard.assert_met(row, &block_states[..count]);
            let noise = standard.noise_of(row);
            assert!(noise <= 2.0, "{noise}");
            (block_states, tick_states) = (&block_states[count..], &tick_states[count..]);
        }
        assert!(block_states.is_empty() && tick_states.is_empty());
    }
    check::<f64>(false);
    check::<f32>(false);
    check::<Dual<f64, 2>>(true);
}

#[test]
fn a_batch_is_its_channels_one_after_the_other() {
    let bank = Bank::new(cascades()).expect("one sample rate");
    let (batch, bands, time) = (3, bank.band_count(), 150);
    let input: Vec<f64> = noise(batch * time, 7);
    let mut states = vec![bank.state(); batch];
    let mut alone = states.clone();
    let mut output = vec![f64::NAN; batch * bands * time];
    let rows = input.chunks(time).zip(output.clone().chunks(bands * time)).count();
    assert_eq!(rows, batch);
    // Twice: the second block goes on where the first one stopped.
    for _ in 0..2 {
        bank.process_batch(&mut states, &input, &mut output).expect("the lengths fit");
        for (channel, state) in alone.iter_mut().enumerate() {
            let mut expected = vec![f64::NAN; bands * time];
            let row = &input[channel * time..][..time];
            bank.process(state, row, &mut expected).expect("the lengths fit");
            assert_eq!(output[channel * bands * time..][..bands * time], expected);
        }
        assert_eq!(states, alone);
    }
}

#[test]
fn channels_get_what_each_gets_alone() {
    /// Bit for bit if there is no faster way for this type.
    fn check<S: Scalar + Bits>(bit_for_bit: bool) {
        for cascade in cascades() {
            let cascade: Cascade<S> = cascade.cast();
            // As many as vectors have lanes, fewer and more; short and long.
            for channels in [1, 2, 3, 5, 16, 17] {
                for (time, blocks) in [(1, 500), (7, 70), (64, 8), (333, 3)] {
                    let signals: Vec<Vec<S>> =
                        (0..channels).map(|seed| noise(time * blocks, seed)).collect();
                    let mut states = vec![cascade.state(); signals.len()];
                    let mut outputs = vec![Vec::new(); signals.len()];
                    // Each block goes on where the last one stopped.
                    for start in (0..time * blocks).step_by(time) {
                        let rows = signals.iter().flat_map(|row| &row[start..][..time]);
                        let mut block: Vec<S> = rows.copied().collect();
                        cascade.process_channels(&mut states, &mut block).expect("it fits");
                        for (output, row) in outputs.iter_mut().zip(block.chunks(time)) {
                            output.extend_from_slice(row);
                        }
                    }
                    for ((signal, state), output) in signals.iter().zip(states).zip(outputs) {
                        if bit_for_bit {
                            let mut alone = cascade.state();
                            assert_same_bits(&output, &ticked(&cascade, &mut alone, signal));
                            assert_same_bits(state.sections(), alone.sections());
                        } else {
                            let standard = Standard::new(&cascade, signal);
                            standard.assert_met(&output, state.sections());
                        }
                    }
                }
            }
        }
    }
    check::<f64>(false);
    check::<f32>(false);
    check::<Dual<f64, 1>>(true);
}

#[test]
fn channels_with_states_that_do_not_fit_start_from_rest() {
    let all = cascades();
    let [few, many] = [&all[1], &all[4]];
    let input: Vec<f64> = noise(3 * 200, 17);
    let mut expected = input.clone();
    let mut fresh = [0; 3].map(|_| many.state());
    many.process_channels(&mut fresh, &mut expected).expect("it fits");
    let mut other = few.state();
    processed(few, &mut other, &input);
    let mut states = [CascadeState::default(), other, many.state()];
    let mut block = input;
    many.process_channels(&mut states, &mut block).expect("it fits");
    assert_eq!(block, expected);
    assert_eq!(states, fresh);
}

#[test]
fn channels_that_do_not_fit_are_refused_and_nothing_happens() {
    for cascade in cascades() {
        let mut states = [cascade.state(), cascade.state(), cascade.state()];
        cascade.process_channels(&mut states, &mut noise(3 * 100, 18)).expect("it fits");
        let before = states.clone();
        for length in [1, 2, 4, 100, 299, 301] {
            let mut block = vec![7.0; length];
            let error = cascade.process_channels(&mut states, &mut block).unwrap_err();
            let fitting = length - length % 3;
            let sentence = format!("`block` has length {length}, but must have length {fitting}");
            assert_eq!(error.to_string(), sentence);
            assert!(block.iter().all(|&y| y == 7.0));
        }
        assert!(cascade.process_channels(&mut [], &mut [7.0]).is_err());
        // Nothing to do.
        assert_eq!(cascade.process_channels(&mut states, &mut []), Ok(()));
        assert_eq!(cascade.process_channels(&mut [], &mut []), Ok(()));
        assert_eq!(states, before);
    }
    // No section changes nothing.
    let empty = Cascade::new([], SAMPLE_RATE).expect("the sample rate is valid");
    let mut block: Vec<f64> = noise(200, 19);
    let input = block.clone();
    empty.process_channels(&mut [empty.state(), empty.state()], &mut block).expect("it fits");
    assert_eq!(block, input);
}

#[test]
fn blocks_of_the_wrong_length_are_refused_and_nothing_happens() {
    let bank = Bank::new(cascades()).expect("one sample rate");
    let mut state = bank.state();
    bank.process(&mut state, &[1.0], &mut [0.0; 5]).expect("the lengths fit");
    let before = state.clone();
    let untouched = |output: &[f64]| output.iter().all(|&y| y == 7.0);

    for length in [0, 1, 9, 11, 50] {
        let mut output = vec![7.0; length];
        let error = bank.process(&mut state, &[1.0, 2.0], &mut output).unwrap_err();
        let sentence = format!("`output` has length {length}, but must have length 10");
        assert_eq!(error.to_string(), sentence);
        assert!(untouched(&output));
    }
    for length in [0, 4, 6] {
        let mut output = vec![7.0; length];
        let error = bank.tick(&mut state, 1.0, &mut output).unwrap_err();
        let sentence = format!("`output` has length {length}, but must have length 5");
        assert_eq!(error.to_string(), sentence);
        assert!(untouched(&output));
    }
    assert_eq!(state, before);

    let mut states = [state.clone(), state.clone()];
    let mut output = [7.0; 30];
    for (input, output_length) in [(5, 25), (6, 29), (7, 30), (1, 5), (0, 5)] {
        let input = vec![1.0; input];
        let output = &mut output[..output_length];
        assert!(bank.process_batch(&mut states, &input, output).is_err());
        assert!(untouched(output));
    }
    assert!(bank.process_batch(&mut [], &[1.0], &mut output[..5]).is_err());
    assert_eq!(states, [before.clone(), before]);
}

#[test]
fn empty_blocks_cascades_and_banks_are_nothing_special() {
    for cascade in cascades() {
        let mut state = cascade.state();
        cascade.tick(&mut state, 1.0);
        let before = state.clone();
        cascade.process(&mut state, &mut []);
        assert_eq!(state, before);
        assert!(cascade.impulse_response(0).is_empty());
        assert_eq!(cascade.impulse_response(1), [cascade.tick(&mut cascade.state(), 1.0)]);
    }

    // No section changes nothing.
    let empty = Cascade::new([], SAMPLE_RATE).expect("the sample rate is valid");
    let input: Vec<f64> = noise(100, 8);
    assert_eq!(processed(&empty, &mut empty.state(), &input), input);
    assert_eq!(empty.tick(&mut empty.state(), 0.5), 0.5);
    assert_eq!(empty.magnitude_db(1_000.0), 0.0);
    assert_eq!(empty.group_delay(1_000.0), 0.0);
    assert_eq!(empty.impulse_response(3), [1.0, 0.0, 0.0]);
    assert!(empty.is_stable() && empty.zpk().poles.is_empty() && empty.zpk().gain == 1.0);

    let none = Bank::<f64>::new([]).expect("no sample rates are the same sample rate");
    let mut state = none.state();
    assert_eq!(none.process(&mut state, &input, &mut []), Ok(()));
    assert_eq!(none.tick(&mut state, 1.0, &mut []), Ok(()));
    assert_eq!(none.process_batch(&mut [state.clone(), state], &input, &mut []), Ok(()));
    assert_eq!(none.process_batch(&mut [], &[], &mut []), Ok(()));
    assert!(none.is_stable());

    let bank = Bank::new(cascades()).expect("one sample rate");
    let mut state = bank.state();
    assert_eq!(bank.process(&mut state, &[], &mut []), Ok(()));
    assert_eq!(bank.process_batch(&mut [state.clone(), state], &[], &mut []), Ok(()));
}

#[test]
fn a_state_made_for_another_number_of_sections_starts_from_rest() {
    let all = cascades();
    let [few, many] = [&all[1], &all[4]];
    assert!(few.sections().len() < many.sections().len());
    let input: Vec<f64> = noise(200, 9);
    for (before, cascade) in [(few, many), (many, few)] {
        for run in [processed, ticked] {
            let fresh = run(cascade, &mut cascade.state(), &input);
            // An empty state fits any cascade.
            assert_eq!(run(cascade, &mut CascadeState::default(), &input), fresh);
            let mut state = before.state();
            processed(before, &mut state, &input);
            assert_eq!(run(cascade, &mut state, &input), fresh);
        }
    }
}

#[test]
fn a_state_made_for_another_bank_starts_from_rest_too() {
    let all = cascades();
    let bank = Bank::new(all.clone()).expect("one sample rate");
    let two = Bank::new(all[..2].to_vec()).expect("one sample rate");
    let mut output = [0.0; 5];
    let mut state = filterbank::BankState::default();
    bank.tick(&mut state, 1.0, &mut output).expect("the lengths fit");
    let mut fresh = bank.state();
    let mut expected = [0.0; 5];
    bank.tick(&mut fresh, 1.0, &mut expected).expect("the lengths fit");
    assert_eq!(output, expected);
    assert_eq!(state, fresh);

    two.tick(&mut state, 0.0, &mut output[..2]).expect("the lengths fit");
    assert_eq!(state, two.state());
    bank.tick(&mut state, 0.0, &mut output).expect("the lengths fit");
    assert_eq!(state, bank.state());
}

#[test]
fn single_precision_is_as_noisy_as_its_rounding_makes_it() {
    for cascade in cascades() {
        let narrow: Cascade<f32> = cascade.cast();
        let wide: Cascade<f64> = narrow.cast();
        let input: Vec<f32> = noise(20_000, 10);
        let wide_input: Vec<f64> = input.iter().map(|&x| f64::from(x)).collect();
        let standard = Standard::new(&narrow, &input);
        let samples = standard.noise / expected_noise(&wide, &wide_input);
        let blocks = standard.noise_of(&processed(&narrow, &mut narrow.state(), &input));
        println!(
            "{} sections: by samples {samples:.2} of what is expected, by blocks {blocks:.2} of that",
            wide.sections().len()
        );
        assert!((0.7..1.3).contains(&samples), "{samples}");
        assert!(blocks <= 2.0, "{blocks}");
    }
}

/// The root-mean-square error when every operation of every section is rounded to `f32`: each
/// rounding is noise, uniform within half a unit in the last place, and goes through the
/// section's poles and all later sections.
fn expected_noise(cascade: &Cascade<f64>, input: &[f64]) -> f64 {
    let sections = cascade.sections();
    let mean_square = |values: &[f64]| values.iter().map(|x| x * x).sum::<f64>();
    let mut signal = input.to_vec();
    let mut power = 0.0;
    for (index, section) in sections.iter().enumerate() {
        // Operands and results: b0 x, y; b1 x, b1 x + s2, a1 y, s1; b2 x, a2 y, s2.
        let mut state = SectionState::default();
        let mut operations = 0.0;
        let Section { b0, b1, b2, a1, a2 } = *section;
        for x in &mut signal {
            let s2 = state.s2;
            let input = *x;
            *x = section.tick(&mut state, input);
            let y = *x;
            let values = [b0 * input, y, b1 * input, b1 * input + s2, a1 * y, state.s1];
            operations += mean_square(&values) + mean_square(&[b2 * input, a2 * y, state.s2]);
        }
        let poles = Section::from_coefficients([1.0, 0.0, 0.0, a1, a2]);
        let after = std::iter::once(poles).chain(sections[index + 1..].iter().copied());
        let path = Cascade::new(after, SAMPLE_RATE).expect("the sample rate is valid");
        let gain = mean_square(&path.impulse_response(5_000));
        power += operations / signal.len() as f64 * gain;
    }
    // Uniform within half a unit in the last place, which is between ε/2 and ε of the value.
    f64::from(f32::EPSILON) * 0.75 * (power / 12.0).sqrt()
}

#[test]
fn a_tangent_that_is_not_finite_leaves_the_values_alone_and_recovers() {
    for bad in [f64::NAN, f64::INFINITY] {
        for cascade in cascades() {
            let plain = noise::<f64>(400, 11);
            let mut input: Vec<Dual<f64, 2>> = plain.iter().copied().map(Dual::constant).collect();
            input[100] = Dual::new(plain[100], [1.0, bad]);
            let dual: Cascade<Dual<f64, 2>> = cascade.cast();
            let output = processed(&dual, &mut dual.state(), &input);
            let values: Vec<f64> = output.iter().map(Dual::value).collect();
            assert_eq!(values, ticked(&cascade, &mut cascade.state(), &plain));
            assert!(output[164..].iter().all(|y| y.is_finite()));
            assert!(output.iter().all(|y| y.tangent()[0].is_finite()));
            assert!(output[164].tangent()[0] != 0.0);
        }
    }
}

#[test]
fn after_an_infinite_or_nan_sample_a_filter_starts_afresh() {
    /// Bit for bit by samples, and by blocks too if there is no faster way for this type.
    fn check<S: Scalar + Bits>(bad: S, bit_for_bit: bool) {
        for cascade in cascades() {
            let cascade: Cascade<S> = cascade.cast();
            for at in [0, 10, 63, 64, 200, 1_500] {
                let mut input: Vec<S> = noise(at + 2_000, 11);
                input[at] = bad;

                // By samples: at the next one.
                let mut state = cascade.state();
                let output = ticked(&cascade, &mut state, &input);
                assert!(output.iter().enumerate().all(|(n, y)| y.is_finite() == (n != at)));
                let fresh = ticked(&cascade, &mut cascade.state(), &input[at + 1..]);
                assert_same_bits(&output[at + 1..], &fresh);

                // By blocks: within 64 samples.
                let mut state = cascade.state();
                let output = processed(&cascade, &mut state, &input);
                assert_afresh(&cascade, &input, &output, at, state.sections());
                if bit_for_bit {
                    let recovered = at - at % 64 + 64;
                    let before = ticked(&cascade, &mut cascade.state(), &input[..at]);
                    let after = ticked(&cascade, &mut cascade.state(), &input[recovered..]);
                    assert_same_bits(&output[..at], &before);
                    assert_same_bits(&output[recovered..], &after);
                }
            }
        }
    }
    for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        check(bad, false);
        check(f32::from_f64(bad), false);
        check(Dual::<f64, 2>::constant(bad), true);
    }
}

/// Asserts that an output is right up to a bad sample, and starts from rest at most 64 samples
/// after it.
#[track_caller]
fn assert_afresh<S: Scalar>(
    cascade: &Cascade<S>,
    input: &[S],
    output: &[S],
    bad: usize,
    state: &[SectionState<S>],
) {
    let first = output.iter().position(|y| !y.is_finite());
    assert_eq!(first, Some(bad));
    let recovered = output.iter().rposition(|y| !y.is_finite()).map_or(0, |n| n + 1);
    assert!(recovered - bad <= 64, "{bad} to {recovered}");
    let mut good = input.to_vec();
    good[bad] = S::zero();
    assert!(bad == 0 || Standard::new(cascade, &good).noise_of(&output[..bad]) <= 4.0);
    Standard::new(cascade, &input[recovered..]).assert_met(&output[recovered..], state);
}

#[test]
fn after_a_bad_sample_the_bands_and_channels_start_afresh() {
    fn check<S: Scalar>(bad: S) {
        let all = cascades();
        let bank: Bank<S> = Bank::new(all.clone()).expect("one sample rate").cast();
        for at in [0, 10, 63, 64, 200, 1_500] {
            let time = at + 2_000;
            let mut input: Vec<S> = noise(time, 15);
            input[at] = bad;
            let mut state = bank.state();
            let mut output = vec![S::zero(); bank.band_count() * time];
            bank.process(&mut state, &input, &mut output).expect("the lengths fit");
            let mut states = state.sections();
            for (cascade, output) in all.iter().zip(output.chunks_exact(time)) {
                let (state, others) = states.split_at(cascade.sections().len());
                assert_afresh(&cascade.cast(), &input, output, at, state);
                states = others;
            }

            for cascade in &all {
                let cascade: Cascade<S> = cascade.cast();
                let mut states = [cascade.state(), cascade.state()];
                let other: Vec<S> = noise(time, 16);
                let mut block = [&other[..], &input[..]].concat();
                cascade.process_channels(&mut states, &mut block).expect("the length fits");
                assert_afresh(&cascade, &input, &block[time..], at, states[1].sections());
                let standard = Standard::new(&cascade, &other);
                standard.assert_met(&block[..time], states[0].sections());
            }
        }
    }
    for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        check(bad);
        check(f32::from_f64(bad));
    }
}

#[test]
fn only_the_sections_that_a_bad_state_reaches_start_afresh() {
    let cascade = &cascades()[4];
    let mut state = cascade.state();
    processed(cascade, &mut state, &noise(100, 12));
    let before = state.clone();
    state.sections_mut()[3].s2 = f64::NAN;
    processed(cascade, &mut state, &[0.0; 64]);
    let rested = SectionState::default();
    let reached: Vec<bool> = state.sections().iter().map(|&section| section == rested).collect();
    assert_eq!(reached, [false, false, false, true, true, true, true, true]);

    // What is not finite is filtered sample by sample, and all sections with it.
    let mut untouched = before;
    ticked(cascade, &mut untouched, &[0.0; 64]);
    assert_eq!(state.sections()[..3], untouched.sections()[..3]);
}

/// How a block is run.
type Run<S> = fn(&Cascade<S>, &mut CascadeState<S>, &[S]) -> Vec<S>;

/// The cascades, and one that decays faster than others in a block of 64 samples.
fn fading_cascades<S: Scalar>() -> impl Iterator<Item = Cascade<S>> {
    let fast = Band::lowpass(Method::Butterworth { order: 2 }, 12_000.0);
    let fast = fast.design(SAMPLE_RATE).expect("the band is valid");
    cascades().into_iter().chain([fast]).map(|cascade| cascade.cast())
}

#[test]
fn silence_brings_a_filter_to_rest_and_no_subnormal_number_stays_in_its_state() {
    /// Between one look at the states and the next, so many outputs may be subnormal.
    fn check<S: Scalar + Bits>(run: Run<S>, smallest_normal: f64, between: usize) {
        for cascade in fading_cascades::<S>() {
            let mut state = cascade.state();
            run(&cascade, &mut state, &noise(1_000, 13));
            let subnormal = |x: S| x != S::zero() && x.primal().abs() < smallest_normal;
            let mut subnormal_outputs = 0;
            // Three seconds, by the hundredth.
            for _ in 0..300 {
                let tail = run(&cascade, &mut state, &[S::zero(); 480]);
                subnormal_outputs += tail.iter().filter(|&&y| subnormal(y)).count();
                for section in state.sections() {
                    assert!(!subnormal(section.s1) && !subnormal(section.s2), "{section:?}");
                }
            }
            assert!(subnormal_outputs < between, "{subnormal_outputs}");
            assert_same_bits(state.sections(), cascade.state().sections());
            assert_same_bits(run(&cascade, &mut state, &[S::zero(); 10]), vec![S::zero(); 10]);
        }
    }
    // A chunk in the widest vectors is 64 samples of f64 and 128 of f32. Tails of several sections
    // end at several times.
    check::<f64>(processed, f64::MIN_POSITIVE, 2 * 64);
    check::<f64>(ticked, f64::MIN_POSITIVE, 64);
    check::<f32>(processed, f32::MIN_POSITIVE.into(), 128);
    check::<f32>(ticked, f32::MIN_POSITIVE.into(), 64);
    check::<Dual<f64, 1>>(processed, f64::MIN_POSITIVE, 64);
    check::<Dual<f64, 1>>(ticked, f64::MIN_POSITIVE, 64);
}

#[test]
fn samples_and_blocks_part_only_where_a_tail_has_decayed_to_nothing() {
    fn tails<S: Scalar + Bits>() -> impl Iterator<Item = (Cascade<S>, Vec<S>, Vec<S>, Vec<S>)> {
        fading_cascades().map(|cascade| {
            let mut input = vec![S::zero(); 150_000];
            input[0] = S::one();
            let block = processed(&cascade, &mut cascade.state(), &input);
            let samples = ticked(&cascade, &mut cascade.state(), &input);
            assert_same_bits(&block[149_000..], &samples[149_000..]);
            (cascade, input, block, samples)
        })
    }
    /// A state is set to rest at once, or at the end of 64 samples.
    fn check<S: Scalar + Bits>(nothing: f64) {
        for (_, _, block, samples) in tails::<S>() {
            let off = block.iter().zip(&samples).map(|(&y, &z)| (y - z).primal().abs());
            let off = off.fold(0.0, f64::max);
            assert!(off > 0.0 && off < 15.0 * nothing, "{off:e}");
        }
    }
    /// By faster ways the rounding errors are others, and no larger: each time, errors decay with
    /// the tail.
    fn check_faster<S: Scalar + Bits>(nothing: f64) {
        for (cascade, input, block, samples) in tails::<S>() {
            let mut exact = Exact::new(&cascade);
            let exact: Vec<Wide> = input.iter().map(|x| exact.tick(x.primal())).collect();
            for ((exact, block), samples) in
                exact.chunks(1_000).zip(block.chunks(1_000)).zip(samples.chunks(1_000))
            {
                let worst = |found: &[S]| {
                    let errors = exact.iter().zip(found).map(|(e, y)| e.error_of(y.primal()));
                    errors.fold(0.0, |worst: f64, error| worst.max(error.abs()))
                };
                let (block, samples) = (worst(block), worst(samples));
                assert!(block < 4.0 * samples + 15.0 * nothing, "{block:e}, not {samples:e}");
            }
        }
    }
    check::<Dual<f64, 1>>(10.0 * f64::MIN_POSITIVE);
    check::<Dual<f32, 1>>(10.0 * f64::from(f32::MIN_POSITIVE));
    check_faster::<f64>(10.0 * f64::MIN_POSITIVE);
    check_faster::<f32>(10.0 * f64::from(f32::MIN_POSITIVE));
}

#[test]
fn a_state_is_at_rest_only_when_its_tangents_are_too() {
    let cascade: Cascade<Dual<f64, 1>> = cascades()[0].cast();
    let mut state = cascade.state();
    state.sections_mut()[0].s1 = Dual::new(0.0, [1.0]);
    let output = cascade.tick(&mut state, Dual::constant(0.0));
    assert_same_bits(&output, &Dual::new(0.0, [1.0]));
    assert!(!same_bits(state.sections(), cascade.state().sections()));

    // Without tangents nothing is left.
    let mut detached = state.clone();
    detached.detach();
    assert_same_bits(detached.sections(), cascade.state().sections());
}

#[test]
fn a_gain_multiplies_the_output() {
    for cascade in cascades() {
        let input: Vec<f64> = noise(200, 14);
        let plain = processed(&cascade, &mut cascade.state(), &input);
        // A power of two does not round.
        let louder = cascade.clone().with_gain(-4.0);
        assert_eq!(louder.sections().len(), cascade.sections().len());
        let expected: Vec<f64> = plain.iter().map(|y| -4.0 * y).collect();
        assert_eq!(processed(&louder, &mut louder.state(), &input), expected);
        let level = louder.magnitude_db(1_000.0) - cascade.magnitude_db(1_000.0);
        assert!((level - 20.0 * 4.0_f64.log10()).abs() < 1e-13, "{level}");
    }
    let empty = Cascade::new([], SAMPLE_RATE).expect("the sample rate is valid");
    let gain = empty.with_gain(0.5);
    assert_eq!(gain.impulse_response(2), [0.5, 0.0]);
}

#[test]
fn a_cast_cascade_has_the_nearest_coefficients() {
    for cascade in cascades() {
        let narrow: Cascade<f32> = cascade.cast();
        assert_eq!(narrow.sample_rate(), cascade.sample_rate());
        for (narrow, wide) in narrow.sections().iter().zip(cascade.sections()) {
            let rounded = wide.coefficients().map(f32::from_f64);
            assert_eq!(narrow.coefficients(), rounded);
        }
        assert_eq!(cascade.cast::<f64>(), cascade);
        assert_eq!(cascade.cast::<Dual<f64, 3>>().cast::<f64>(), cascade);
    }
}

#[test]
fn the_bands_of_a_bank_share_a_sample_rate() {
    let mut bands = cascades();
    bands.push(Band::peak(1_000.0, 1.0, 3.0).design(44_100.0).expect("valid"));
    let error = Bank::new(bands).unwrap_err();
    assert_eq!(error.band(), Some(BandLabel::Index(5)));
    assert_eq!(
        error.to_string(),
        "band 5: `sample_rate` = 44100 Hz must be that of the other bands, 48000 Hz"
    );
    assert!(Bank::new(cascades()).is_ok());
}
