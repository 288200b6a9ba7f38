//! Tails decay to rest.

use filterbank::run::{FilterState, Sample};
use filterbank::{Band, Cascade, Dual, Method};

use crate::cascades::{SAMPLE_RATE, cascades, processed, ticked};
use crate::common::bits::{Bits, assert_same_bits, same_bits};
use crate::common::exact::Exact;
use crate::common::noise::noise;
use crate::common::wide::Wide;
use crate::common::worst::worst;

/// A way to filter a block.
type Run<S> = fn(&Cascade<S>, &mut FilterState<S>, &[S]) -> Vec<S>;

/// The cascades, and one that decays within a block of 64 samples.
fn fading_cascades<S: Sample>() -> impl Iterator<Item = Cascade<S>> {
    let fast = Band::lowpass(Method::Butterworth { order: 2 }, 12_000.0);
    let fast = fast.design(SAMPLE_RATE).expect("the band is valid");
    cascades().into_iter().chain([fast]).map(|cascade| cascade.cast())
}

#[test]
fn silence_brings_a_filter_to_rest_without_subnormal_states() {
    /// Between two checks of the states, this many outputs may be subnormal.
    fn check<S: Sample + Bits>(run: Run<S>, smallest_normal: f64, between: usize) {
        for cascade in fading_cascades::<S>() {
            let mut state = cascade.state();
            run(&cascade, &mut state, &noise(1_000, 13));
            let subnormal = |x: S| x != S::zero() && x.primal().abs() < smallest_normal;
            let mut subnormal_outputs = 0;
            // Three seconds, in steps of a hundredth.
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
    // A chunk in the widest vectors is 64 samples of f64 and 128 of f32. The tails of sections end
    // at different times.
    check::<f64>(processed, f64::MIN_POSITIVE, 2 * 64);
    check::<f64>(ticked, f64::MIN_POSITIVE, 64);
    check::<f32>(processed, f32::MIN_POSITIVE.into(), 128);
    check::<f32>(ticked, f32::MIN_POSITIVE.into(), 64);
    check::<Dual<f64, 1>>(processed, f64::MIN_POSITIVE, 64);
    check::<Dual<f64, 1>>(ticked, f64::MIN_POSITIVE, 64);
}

#[test]
fn samples_and_blocks_differ_only_where_a_tail_has_decayed() {
    fn tails<S: Sample + Bits>() -> impl Iterator<Item = (Cascade<S>, Vec<S>, Vec<S>, Vec<S>)> {
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
    fn check<S: Sample + Bits>(nothing: f64) {
        for (_, _, block, samples) in tails::<S>() {
            let off = worst(block.iter().zip(&samples).map(|(&y, &z)| (y - z).primal()));
            assert!(off > 0.0 && off < 15.0 * nothing, "{off:e}");
        }
    }
    /// The rounding errors of kernels differ, but are no larger: they decay with the tail.
    fn check_faster<S: Sample + Bits>(nothing: f64) {
        for (cascade, input, block, samples) in tails::<S>() {
            let mut exact = Exact::new(&cascade);
            let exact: Vec<Wide> = input.iter().map(|x| exact.tick(x.primal())).collect();
            for ((exact, block), samples) in
                exact.chunks(1_000).zip(block.chunks(1_000)).zip(samples.chunks(1_000))
            {
                let errors = |found: &[S]| {
                    worst(exact.iter().zip(found).map(|(e, y)| e.error_of(y.primal())))
                };
                let (block, samples) = (errors(block), errors(samples));
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
