//! The same output however a signal is cut and on whatever level it runs.

use std::vec::Vec;
use std::{format, vec};

use fearless_simd::{Simd, SimdBase, dispatch};

use super::exact::Standard;
use super::runs::{Many, Plain, Set, at_rest, many, process, side_by_side, tick};
use super::signals::{Random, ordinary, uneven};
use super::{THINNED, levels};
use crate::kernel::GROUP;
use crate::kernel::lanes::Lanes;
use crate::kernel::series::series_at;

#[test]
fn a_signal_is_filtered_at_once_wherever_there_are_four_lanes() {
    #[inline(always)]
    fn lanes<S: Simd, T: Plain>(_: S) -> usize {
        Lanes::<S, T>::LEN
    }
    fn check<T: Plain>() {
        let sections = ordinary::<T>(3, &mut Random(1));
        let deep = ordinary::<T>(GROUP + 1, &mut Random(1));
        for (name, level) in levels() {
            let enough = dispatch!(level, simd => lanes::<_, T>(simd)) >= 4;
            for (length, done) in [(0, 0), (63, 0), (64, 64), (71, 64), (1_027, 1_024)] {
                let mut block = Random(2).noise(length);
                let found = series_at(level, &sections, &mut at_rest(&sections), &mut block);
                assert_eq!(found, if enough { done } else { 0 }, "{length} on {name}");
                assert_eq!(series_at(level, &[], &mut [], &mut block), 0);
                assert_eq!(series_at(level, &deep, &mut at_rest(&deep), &mut block), 0);
            }
        }
    }
    check::<f32>();
    check::<f64>();
}

#[test]
fn blocks_of_any_length_continue_where_the_last_one_stopped() {
    fn check<T: Plain>() {
        let sections = ordinary::<T>(4, &mut Random(3));
        let input: Vec<T> = Random(4).noise(1_500);
        let standard = Standard::new(&sections, &input);
        // Chunks have 32, 64 or 128 samples, and up to eight are filtered at once.
        let around = [250..265, 505..520, 1_017..1_032];
        for length in (1..=17).chain(60..=140).chain(around.into_iter().flatten().step_by(THINNED))
        {
            for (name, level) in levels() {
                let (mut block, mut states) = (input.clone(), at_rest(&sections));
                for part in block.chunks_mut(length) {
                    process(level, &sections, &mut states, part);
                }
                standard.assert_met(&block, &states, &format!("blocks of {length} on {name}"));

                let filters = [sections.clone(), Vec::new(), sections.clone()];
                let mut set = Set::new(&filters, vec![input.clone(); 3]);
                for start in (0..input.len()).step_by(length) {
                    let part = start..input.len().min(start + length);
                    set.run_part(side_by_side, level, None, part);
                }
                for index in [0, 2] {
                    let what = format!("blocks of {length} side by side on {name}");
                    standard.assert_met(&set.blocks[index], &set.states[index], &what);
                }
                assert_eq!(set.blocks[1], input);
            }
        }
    }
    check::<f32>();
    check::<f64>();
}

#[test]
fn states_carry_over_between_levels_and_samples() {
    fn check<T: Plain>() {
        let levels = levels();
        let mut random = Random(5);
        for _ in 0..20 {
            let count = 1 + random.below(9);
            let sections = ordinary::<T>(count, &mut random);
            let input: Vec<T> = random.noise(3_000);
            let filters = [sections.clone(), sections.clone()];
            let mut set = Set::new(&filters, vec![input.clone(); 2]);
            let mut start = 0;
            while start < input.len() {
                let part = start..input.len().min(start + random.below(200));
                start = part.end;
                let (_, level) = levels[random.below(levels.len())];
                match random.below(5) {
                    0 => set.run_part(side_by_side, level, None, part),
                    1 => set.run_part(many, level, None, part),
                    _ => {
                        for (states, block) in set.states.iter_mut().zip(&mut set.blocks) {
                            let block = &mut block[part.clone()];
                            if random.below(3) == 0 {
                                tick(&sections, states, block);
                            } else {
                                process(level, &sections, states, block);
                            }
                        }
                    }
                }
            }
            let standard = Standard::new(&sections, &input);
            for (block, states) in set.blocks.iter().zip(&set.states) {
                standard.assert_met(block, states, "mixed");
            }
        }
    }
    check::<f32>();
    check::<f64>();
}

#[test]
fn any_number_of_sections_runs_in_series() {
    fn check<T: Plain>() {
        let mut random = Random(6);
        for count in [1, 2, 3, 5, GROUP, GROUP + 1, 40] {
            let sections = ordinary::<T>(count, &mut random);
            let input: Vec<T> = random.noise(1_500);
            let standard = Standard::new(&sections, &input);
            for (name, level) in levels() {
                let what = format!("{count} sections on {name}");
                let (mut block, mut states) = (input.clone(), at_rest(&sections));
                process(level, &sections, &mut states, &mut block);
                standard.assert_met(&block, &states, &what);
                let filters = [sections.clone(), sections.clone(), sections.clone()];
                let mut set = Set::new(&filters, vec![input.clone(); 3]);
                set.run(many, level, None);
                for (block, states) in set.blocks.iter().zip(&set.states) {
                    standard.assert_met(block, states, &what);
                }
            }
        }
    }
    check::<f32>();
    check::<f64>();
}

#[test]
fn banks_and_channels_give_what_each_filter_gives_alone() {
    fn check<T: Plain>() {
        const TIME: usize = 333;
        let mut random = Random(8);
        let filters = uneven::<T>(20);
        let shared: Vec<T> = random.noise(TIME);
        let inputs: Vec<Vec<T>> = filters.iter().map(|_| random.noise(TIME)).collect();
        let standards = |inputs: &[Vec<T>]| -> Vec<Standard> {
            filters.iter().zip(inputs).map(|(filter, x)| Standard::new(filter, x)).collect()
        };
        let bank = standards(&vec![shared.clone(); filters.len()]);
        let channels = standards(&inputs);
        for count in 1..=filters.len() {
            for (name, level) in levels() {
                for run in [side_by_side as Many<T>, many] {
                    let nothing = vec![T::from_f64(f64::NAN); TIME];
                    let mut set = Set::new(&filters[..count], vec![nothing; count]);
                    set.run(run, level, Some(&shared));
                    let what = format!("{count} bands on {name}");
                    for ((block, states), standard) in set.blocks.iter().zip(&set.states).zip(&bank)
                    {
                        standard.assert_met(block, states, &what);
                    }

                    let mut set = Set::new(&filters[..count], inputs[..count].to_vec());
                    set.run(run, level, None);
                    let what = format!("{count} channels on {name}");
                    let rows = set.blocks.iter().zip(&set.states).zip(&channels);
                    for ((block, states), standard) in rows {
                        standard.assert_met(block, states, &what);
                    }
                }
            }
        }
    }
    check::<f32>();
    check::<f64>();
}
