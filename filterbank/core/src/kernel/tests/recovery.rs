//! Values that are not finite stay in their lane and are forgotten; tails decay to rest.

use std::vec::Vec;
use std::{format, vec};

use super::exact::Standard;
use super::levels;
use super::runs::{Many, Plain, Set, at_rest, many, process, side_by_side};
use super::signals::{Random, bad, cast, designed, ordinary, uneven};
use crate::kernel::GROUP;
use crate::section::{Section, SectionState};
use crate::spec::{Band, Method};

#[test]
fn values_that_are_not_finite_stay_in_their_lane() {
    fn check<T: Plain>() {
        let mut random = Random(9);
        for count in [2, 3, 7, 20] {
            let filters = uneven::<T>(count);
            let inputs: Vec<Vec<T>> = filters.iter().map(|_| random.noise(200)).collect();
            let good = Set::new(&filters, inputs);
            for (_, level) in levels() {
                for (run, bank) in
                    [(side_by_side as Many<T>, false), (many, false), (side_by_side, true)]
                {
                    let shared = bank.then(|| Random(10).noise::<T>(200));
                    let mut expected = good.clone();
                    expected.run(run, level, shared.as_deref());
                    for (index, bad) in (0..count).step_by(3).zip(bad().into_iter().cycle()) {
                        // A sample of a channel, or the state of a band.
                        let mut set = good.clone();
                        set.blocks[index][random.below(200)] = bad;
                        if let Some(state) = set.states[index].last_mut() {
                            state.s2 = bad;
                        }
                        set.run(run, level, shared.as_deref());
                        for other in (0..count).filter(|other| *other != index) {
                            assert_eq!(set.blocks[other], expected.blocks[other]);
                            assert_eq!(set.states[other], expected.states[other]);
                        }
                        assert!(set.states[index].iter().all(|s| crate::Scalar::is_finite(s.s1)));
                    }
                }
            }
        }
    }
    check::<f32>();
    check::<f64>();
}

/// Asserts that an output is right up to a bad sample, and starts from rest at most 64 samples
/// after it.
#[track_caller]
fn assert_afresh<T: Plain>(
    sections: &[Section<T>],
    (before, input): (&Standard, &[T]),
    at: usize,
    output: &[T],
    states: &[SectionState<T>],
    what: &str,
) {
    let finite = |y: &T| crate::Scalar::is_finite(*y);
    assert_eq!(output.iter().position(|y| !finite(y)), Some(at), "{what}");
    before.assert_output(&output[..at], what);
    let recovered = output.iter().rposition(|y| !finite(y)).map_or(0, |n| n + 1);
    assert!(recovered - at <= 64, "{what}: {at} to {recovered}");
    let after = Standard::new(sections, &input[recovered..]);
    after.assert_met(&output[recovered..], states, what);
}

#[test]
fn filters_restart_within_64_samples_of_a_value_that_is_not_finite() {
    fn check<T: Plain>() {
        const TIME: usize = 1_500;
        let mut random = Random(11);
        // Side by side, sections in series lie in many lanes.
        for depths in [vec![1], vec![4], vec![8, 8], vec![5, 1, 3], vec![16], vec![40], vec![1; 9]]
        {
            let filters: Vec<Vec<Section<T>>> =
                depths.iter().map(|depth| ordinary(*depth, &mut random)).collect();
            let input: Vec<T> = random.noise(TIME);
            let before: Vec<_> = filters.iter().map(|f| Standard::new(f, &input)).collect();
            for bad in bad() {
                let at = random.below(TIME - 500);
                let mut broken = input.clone();
                broken[at] = bad;
                for (name, level) in levels() {
                    let what = format!("{depths:?} sections on {name}");
                    let mut set = Set::new(&filters, vec![broken.clone(); filters.len()]);
                    if filters.iter().all(|sections| sections.len() <= GROUP) {
                        set.run(side_by_side, level, None);
                    } else {
                        set.run(many, level, None);
                    }
                    for (index, sections) in filters.iter().enumerate() {
                        let before = (&before[index], &input[..]);
                        let (block, states) = (&set.blocks[index], &set.states[index]);
                        assert_afresh(sections, before, at, block, states, &what);
                        let (mut block, mut states) = (broken.clone(), at_rest(sections));
                        process(level, sections, &mut states, &mut block);
                        assert_afresh(sections, before, at, &block, &states, &what);
                    }
                }
            }
        }
    }
    check::<f32>();
    check::<f64>();
}

#[test]
fn tails_decay_to_rest() {
    fn check<T: Plain>(smallest_normal: f64) {
        let butterworth = |order| Method::Butterworth { order };
        let filters: Vec<Vec<Section<T>>> = [
            Band::lowpass(butterworth(1), 4_000.0),
            Band::lowpass(butterworth(8), 6_000.0),
            Band::highpass(butterworth(5), 3_000.0),
            Band::peak(12_000.0, 2.0, 6.0),
            Band::resonant_lowpass(20_000.0, 2.0),
        ]
        .map(|band| cast(&designed(band)))
        .to_vec();
        let noise: Vec<T> = Random(12).noise(500);
        let zero = T::from_f64(0.0);
        let normal = |x: T| x == zero || x.primal().abs() >= smallest_normal;
        for (name, level) in levels() {
            for length in [64, 100, 1_000] {
                let mut set = Set::new(&filters, vec![noise.clone(); filters.len()]);
                set.run(side_by_side, level, None);
                let mut others: Vec<_> =
                    filters.iter().map(|f| (noise.clone(), at_rest(f))).collect();
                for (sections, (block, states)) in filters.iter().zip(&mut others) {
                    process(level, sections, states, block);
                }
                for _ in (0..12_000).step_by(length) {
                    set.blocks = vec![vec![zero; length]; filters.len()];
                    set.run(side_by_side, level, None);
                    for (sections, (block, states)) in filters.iter().zip(&mut others) {
                        *block = vec![zero; length];
                        process(level, sections, states, block);
                        assert!(states.iter().all(|state| normal(state.s1) && normal(state.s2)));
                    }
                }
                for (index, (block, states)) in others.iter().enumerate() {
                    let sections = &filters[index];
                    for (block, states) in
                        [(block, states), (&set.blocks[index], &set.states[index])]
                    {
                        assert_eq!(*states, at_rest(sections), "filter {index} on {name}");
                        assert!(block.iter().all(|y| *y == zero), "filter {index} on {name}");
                    }
                }
            }
        }
    }
    check::<f32>(f32::MIN_POSITIVE.into());
    check::<f64>(f64::MIN_POSITIVE);
}
