//! A filter restarts after a value that is not finite.

use filterbank::run::Sample;
use filterbank::section::SectionState;
use filterbank::{Bank, Cascade, Dual, Scalar};

use crate::cascades::{cascades, processed, ticked};
use crate::common::bits::{Bits, assert_same_bits};
use crate::common::exact::Standard;
use crate::common::noise::noise;

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
fn a_filter_restarts_after_a_value_that_is_not_finite() {
    /// Bit for bit sample by sample, and in blocks too if the type has no kernel.
    fn check<S: Sample + Bits>(bad: S, bit_for_bit: bool) {
        for cascade in cascades() {
            let cascade: Cascade<S> = cascade.cast();
            for at in [0, 10, 63, 64, 200, 1_500] {
                let mut input: Vec<S> = noise(at + 2_000, 11);
                input[at] = bad;

                // Sample by sample: at the next sample.
                let mut state = cascade.state();
                let output = ticked(&cascade, &mut state, &input);
                assert!(output.iter().enumerate().all(|(n, y)| y.is_finite() == (n != at)));
                let fresh = ticked(&cascade, &mut cascade.state(), &input[at + 1..]);
                assert_same_bits(&output[at + 1..], &fresh);

                // In blocks: within 64 samples.
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

/// Asserts that an output is right up to a bad sample, and that the filter restarts from rest at
/// most 64 samples later.
#[track_caller]
fn assert_afresh<S: Sample>(
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
fn bands_and_channels_restart_after_a_value_that_is_not_finite() {
    fn check<S: Sample>(bad: S) {
        let all = cascades();
        let bank: Bank<S> = Bank::from_cascades(all.clone()).expect("one sample rate").cast();
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
fn only_sections_that_a_bad_state_reaches_restart() {
    let cascade = &cascades()[4];
    let mut state = cascade.state();
    processed(cascade, &mut state, &noise(100, 12));
    let before = state.clone();
    state.sections_mut()[3].s2 = f64::NAN;
    processed(cascade, &mut state, &[0.0; 64]);
    let rested = SectionState::default();
    let reached: Vec<bool> = state.sections().iter().map(|&section| section == rested).collect();
    assert_eq!(reached, [false, false, false, true, true, true, true, true]);

    // Chunks that are not finite are filtered sample by sample, by all sections.
    let mut untouched = before;
    ticked(cascade, &mut untouched, &[0.0; 64]);
    assert_eq!(state.sections()[..3], untouched.sections()[..3]);
}
