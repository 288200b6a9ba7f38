//! Blocks and states of the wrong size, and empty ones.

use filterbank::run::FilterState;
use filterbank::{Bank, Cascade};

use crate::cascades::{SAMPLE_RATE, cascades, processed, ticked};
use crate::common::noise::noise;

#[test]
fn channels_with_states_of_another_cascade_start_from_rest() {
    let all = cascades();
    let [few, many] = [&all[1], &all[4]];
    let input: Vec<f64> = noise(3 * 200, 17);
    let mut expected = input.clone();
    let mut fresh = [0; 3].map(|_| many.state());
    many.process_channels(&mut fresh, &mut expected).expect("it fits");
    let mut other = few.state();
    processed(few, &mut other, &input);
    let mut states = [FilterState::default(), other, many.state()];
    let mut block = input;
    many.process_channels(&mut states, &mut block).expect("it fits");
    assert_eq!(block, expected);
    assert_eq!(states, fresh);
}

#[test]
fn channels_of_the_wrong_length_are_refused_and_nothing_changes() {
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
        // An empty block.
        assert_eq!(cascade.process_channels(&mut states, &mut []), Ok(()));
        assert_eq!(cascade.process_channels(&mut [], &mut []), Ok(()));
        assert_eq!(states, before);
    }
    // Without sections the output is the input.
    let empty = Cascade::from_sections([], SAMPLE_RATE).expect("the sample rate is valid");
    let mut block: Vec<f64> = noise(200, 19);
    let input = block.clone();
    empty.process_channels(&mut [empty.state(), empty.state()], &mut block).expect("it fits");
    assert_eq!(block, input);
}

#[test]
fn blocks_of_the_wrong_length_are_refused_and_nothing_changes() {
    let bank = Bank::from_cascades(cascades()).expect("one sample rate");
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
        assert!(bank.process_channels(&mut states, &input, output).is_err());
        assert!(untouched(output));
    }
    assert!(bank.process_channels(&mut [], &[1.0], &mut output[..5]).is_err());
    assert_eq!(states, [before.clone(), before]);
}

#[test]
fn empty_blocks_cascades_and_banks_are_valid() {
    for cascade in cascades() {
        let mut state = cascade.state();
        cascade.tick(&mut state, 1.0);
        let before = state.clone();
        cascade.process(&mut state, &mut []);
        assert_eq!(state, before);
        assert!(cascade.impulse_response(0).is_empty());
        assert_eq!(cascade.impulse_response(1), [cascade.tick(&mut cascade.state(), 1.0)]);
    }

    // Without sections the output is the input.
    let empty = Cascade::from_sections([], SAMPLE_RATE).expect("the sample rate is valid");
    let input: Vec<f64> = noise(100, 8);
    assert_eq!(processed(&empty, &mut empty.state(), &input), input);
    assert_eq!(empty.tick(&mut empty.state(), 0.5), 0.5);
    assert_eq!(empty.magnitude_db(1_000.0), 0.0);
    assert_eq!(empty.group_delay(1_000.0), 0.0);
    assert_eq!(empty.impulse_response(3), [1.0, 0.0, 0.0]);
    assert!(empty.is_stable() && empty.zpk().poles.is_empty() && empty.zpk().gain == 1.0);

    let none = Bank::<f64>::from_cascades([]).expect("no sample rates are the same sample rate");
    let mut state = none.state();
    assert_eq!(none.process(&mut state, &input, &mut []), Ok(()));
    assert_eq!(none.tick(&mut state, 1.0, &mut []), Ok(()));
    assert_eq!(none.process_channels(&mut [state.clone(), state], &input, &mut []), Ok(()));
    assert_eq!(none.process_channels(&mut [], &[], &mut []), Ok(()));
    assert!(none.is_stable());

    let bank = Bank::from_cascades(cascades()).expect("one sample rate");
    let mut state = bank.state();
    assert_eq!(bank.process(&mut state, &[], &mut []), Ok(()));
    assert_eq!(bank.process_channels(&mut [state.clone(), state], &[], &mut []), Ok(()));
}

#[test]
fn a_state_of_another_cascade_starts_from_rest() {
    let all = cascades();
    let [few, many] = [&all[1], &all[4]];
    assert!(few.sections().len() < many.sections().len());
    let input: Vec<f64> = noise(200, 9);
    for (before, cascade) in [(few, many), (many, few)] {
        for run in [processed, ticked] {
            let fresh = run(cascade, &mut cascade.state(), &input);
            // An empty state fits any cascade.
            assert_eq!(run(cascade, &mut FilterState::default(), &input), fresh);
            let mut state = before.state();
            processed(before, &mut state, &input);
            assert_eq!(run(cascade, &mut state, &input), fresh);
        }
    }
}

#[test]
fn a_state_of_another_bank_starts_from_rest() {
    let all = cascades();
    let bank = Bank::from_cascades(all.clone()).expect("one sample rate");
    let two = Bank::from_cascades(all[..2].to_vec()).expect("one sample rate");
    let mut output = [0.0; 5];
    let mut state = filterbank::run::FilterState::default();
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
