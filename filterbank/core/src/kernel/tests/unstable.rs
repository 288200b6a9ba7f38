//! Sections that are not stable, and sections of any coefficients.

use core::f64::consts::PI;
use std::vec::Vec;
use std::{format, vec};

use super::exact::Standard;
use super::levels;
use super::runs::{Plain, Set, at_rest, process, side_by_side};
use super::signals::{Random, cast, designed};
use crate::run::process_series_by;
use crate::section::{Section, SectionState};
use crate::spec::Band;

#[test]
fn unstable_sections_grow_as_they_do_sample_by_sample() {
    fn check<T: Plain>(largest: f64) {
        for radius in [1.0, 1.000_1, 1.01, 1.5, 30.0, 1e3, 1e10] {
            for angle in [0.0, 0.01, 1.0, 2.5, PI] {
                let poles = [-2.0 * radius * f64::cos(angle), radius * radius];
                let section = Section::from_coefficients([1.0, 0.5, 0.2, poles[0], poles[1]]);
                let sections = cast::<T>(&[section, designed(Band::peak(2_000.0, 1.0, 3.0))[0]]);
                let input: Vec<T> = Random(13).noise(2_000);
                let mut plain = input.clone();
                process_series_by(|_, _, _| 0, &sections, &mut at_rest(&sections), &mut plain);
                let overflow = |y: &[T]| y.iter().position(|y| !crate::Scalar::is_finite(*y));
                let front = plain.iter().take_while(|y| y.primal().abs() < largest).count();
                let standard = Standard::new(&sections, &input[..front]);
                // Where it grows fast, that is but one error: some roundings of the last number.
                let last = plain[..front].last().map_or(0.0, |y| y.primal().abs());
                let limit = 8.0 * standard.noise + 2.0 * T::EPSILON * last;
                for (name, level) in levels() {
                    let what = format!("radius {radius} angle {angle} on {name}");
                    let mut block = input.clone();
                    process(level, &sections, &mut at_rest(&sections), &mut block);
                    let filters = [sections.clone(), sections.clone()];
                    let mut set = Set::new(&filters, vec![input.clone(); 2]);
                    set.run(side_by_side, level, None);
                    for block in [&block, &set.blocks[0], &set.blocks[1]] {
                        let error = standard.error_of(&block[..front]);
                        assert!(error <= limit, "{what}: {error:e}, not {limit:e}");
                    }
                    assert_eq!(overflow(&block), overflow(&plain), "{what}");
                    // Parts of a sum may overflow before the sum does.
                    let time = |y: &[T]| overflow(y).unwrap_or(y.len());
                    for block in &set.blocks {
                        assert!(time(block).abs_diff(time(&plain)) <= 2, "{what}");
                    }
                }
            }
        }
    }
    check::<f32>(1e28);
    check::<f64>(1e290);
}

#[test]
fn any_values_are_filtered_without_panic_and_leave_finite_states() {
    fn check<T: Plain>() {
        const WILD: [f64; 10] =
            [0.0, -0.0, 1.0, -2.0, 1e-310, 1e-40, 3e38, -1e300, f64::INFINITY, f64::NAN];
        let mut random = Random(14);
        let levels = levels();
        for _ in 0..500 {
            let mut wild = |length: usize, often: usize| -> Vec<T> {
                let mut number = || match random.below(often) {
                    0 => WILD[random.below(WILD.len())],
                    _ => random.number(),
                };
                (0..length).map(|_| T::from_f64(number())).collect()
            };
            let mut sections = Vec::new();
            for numbers in wild(5 * 6, 4).as_chunks().0 {
                sections.push(Section::from_coefficients(*numbers));
            }
            let input = wild(300, 60);
            for (_, level) in &levels {
                let (mut block, mut states) = (input.clone(), at_rest(&sections));
                for (state, numbers) in states.iter_mut().zip(input.as_chunks().0) {
                    let [s1, s2] = *numbers;
                    *state = SectionState { s1, s2 };
                }
                let filters = [sections.clone(), sections[..2].to_vec(), Vec::new()];
                let mut set = Set::new(&filters, vec![input.clone(); 3]);
                set.states[0].clone_from(&states);
                process(*level, &sections, &mut states, &mut block);
                set.run(side_by_side, *level, None);
                let finite = |s: &SectionState<T>| {
                    crate::Scalar::is_finite(s.s1) && crate::Scalar::is_finite(s.s2)
                };
                assert!(states.iter().chain(set.states.iter().flatten()).all(finite));
            }
        }
    }
    check::<f32>();
    check::<f64>();
}
