//! Filtering sample by sample, in blocks of any length, and by scipy gives the same output.

use filterbank::run::{FilterState, Sample};
use filterbank::{Cascade, Dual, Section};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::Value;

use crate::cascades::{cascades, processed, ticked};
use crate::common::bits::{assert_same_bits, same_bits};
use crate::common::exact::Standard;
use crate::common::golden::{items, number, numbers, text};
use crate::common::noise::noise;
use crate::common::worst::{larger, worst};

#[test]
fn output_and_final_state_are_those_of_scipy_sosfilt() {
    let document: Value = serde_json::from_str(&text("filtering.json")).expect("JSON");
    let cases = items(&document["cases"]);
    assert_eq!(cases.len(), 6);
    let mut largest_error = 0.0;
    for case in cases {
        let sections = items(&case["sos"]).iter().map(|row| {
            let [b0, b1, b2, a0, a1, a2] = numbers(row)[..] else { panic!("{row} is no row") };
            assert_eq!(a0, 1.0);
            Section::from_coefficients([b0, b1, b2, a1, a2])
        });
        let cascade =
            Cascade::from_sections(sections, number(&document["sample_rate"])).expect("valid");
        let mut state = cascade.state();
        let mut output = numbers(&case["input"]);
        // The largest state of each section over all samples.
        let mut scales = vec![0.0; cascade.sections().len()];
        for sample in &mut output {
            *sample = cascade.tick(&mut state, *sample);
            for (scale, section) in scales.iter_mut().zip(state.sections()) {
                *scale = worst([*scale, section.s1, section.s2]);
            }
        }

        let expected = numbers(&case["output"]);
        assert_eq!(output.len(), expected.len());
        let mut check = |found: f64, expected: f64, scale: f64| {
            let error = (found - expected).abs() / scale;
            assert!(error <= 3e-14, "{}: {found} is not {expected}", case["name"]);
            largest_error = larger(largest_error, error);
        };
        let scale = worst(expected.iter().copied());
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
    println!("worst error {largest_error:.1e} of the largest value");
}

#[test]
fn a_block_equals_its_samples_one_by_one() {
    fn check<S: Sample>() {
        for cascade in cascades() {
            let cascade: Cascade<S> = cascade.cast();
            let input = noise(1_000, 1);
            let mut state = cascade.state();
            let output = processed(&cascade, &mut state, &input);
            Standard::new(&cascade, &input).assert_met(&output, state.sections());
        }
    }

    // Bit for bit if the type has no kernel.
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

/// Filters a block in random pieces.
fn cut<S: Sample>(
    cascade: &Cascade<S>,
    state: &mut FilterState<S>,
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
fn a_signal_cut_into_blocks_equals_the_whole() {
    fn check<S: Sample>(random: &mut StdRng) {
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
    // Bit for bit if the type has no kernel.
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
fn a_reset_state_equals_a_fresh_one_and_channels_are_independent() {
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
