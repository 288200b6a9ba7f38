//! The kernels on the vectors of every level that this processor has, against the same recursion
//! with twice the digits of `f64`.
//!
//! The measure of an error is that of the plain loop, sample by sample: the noise that comes of
//! rounding every operation, which no way of filtering can help having.

extern crate std;

use core::any::type_name;
use core::f64::consts::{PI, TAU};
use core::ops::Range;
use core::slice;
use std::string::String;
use std::vec::Vec;
use std::{format, print, println, vec};

use fearless_simd::{Level, Simd, SimdBase, dispatch};

use super::lanes::{Lanes, Real, STEPS};
use super::parallel::{self, parallel_at};
use super::segments;
use super::series::series_at;
use super::{GROUP, LANES, Lane};
use crate::number::Scalar;
use crate::section::{Section, SectionState};
use crate::section::{process_series_by, tick_series};
use crate::spec::{Band, Method};

#[path = "../../../../tests/common/wide.rs"]
mod wide;

use wide::Wide;

const SAMPLE_RATE: f64 = 48_000.0;

/// Without optimisation there is time for a part of the cases: one of so many.
const THINNED: usize = if cfg!(debug_assertions) { 16 } else { 1 };

/// The levels of this processor, by name.
fn levels() -> Vec<(&'static str, Level)> {
    let best = Level::new();
    let mut levels = Vec::new();
    #[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
    {
        levels.extend(best.as_sse2().map(|token| ("SSE2", token.level())));
        levels.extend(best.as_sse4_2().map(|token| ("SSE4.2", token.level())));
        levels.extend(best.as_avx2().map(|token| ("AVX2", token.level())));
        levels.extend(best.as_avx512().map(|token| ("AVX-512", token.level())));
    }
    if levels.is_empty() {
        levels.push(("best", best));
    }
    levels
}

// Ways of filtering

/// A plain number with kernels.
trait Plain: Scalar + Real {}

impl<T: Scalar + Real> Plain for T {}

fn at_rest<T: Plain>(sections: &[Section<T>]) -> Vec<SectionState<T>> {
    vec![SectionState::default(); sections.len()]
}

/// Sample by sample, as `tick` does.
fn tick<T: Plain>(sections: &[Section<T>], states: &mut [SectionState<T>], block: &mut [T]) {
    for x in block {
        *x = tick_series(sections, states, *x);
        states.iter_mut().for_each(SectionState::settle);
    }
}

/// As `process` does at a level.
fn process<T: Plain>(
    level: Level,
    sections: &[Section<T>],
    states: &mut [SectionState<T>],
    block: &mut [T],
) {
    let run = |sections: &[Section<T>], states: &mut [SectionState<T>], block: &mut [T]| {
        series_at(level, sections, states, block)
    };
    process_series_by(run, sections, states, block);
}

/// Many filters at a level, side by side however little that repays, and what is left sample by
/// sample.
fn side_by_side<T: Plain>(level: Level, input: Option<&[T]>, lanes: &mut [Lane<'_, T>]) {
    #[inline(always)]
    fn all<S: Simd, T: Plain>(
        simd: S,
        input: Option<&[T]>,
        lanes: &mut [Lane<'_, T>],
        turns: usize,
    ) {
        let width = Lanes::<S, T>::LEN;
        for filters in lanes.chunks_mut(width) {
            let depth = pieces::depth(filters, width);
            parallel::filter(simd, input, filters, depth, turns);
        }
    }
    for lanes in lanes.chunks_mut(LANES) {
        let shortest = lanes.iter().map(|lane| lane.block.len()).min().unwrap_or(0);
        let turns = shortest / STEPS;
        dispatch!(level, simd => all(simd, input, lanes, turns));
        rest(input, lanes, turns * STEPS, |sections, states, block| {
            process_series_by(|_, _, _| 0, sections, states, block);
        });
    }
}

/// Many filters as `process` of a bank and `process_channels` run them at a level.
fn many<T: Plain>(level: Level, input: Option<&[T]>, lanes: &mut [Lane<'_, T>]) {
    for lanes in lanes.chunks_mut(LANES) {
        let done = parallel_at(level, input, lanes);
        rest(input, lanes, done, |sections, states, block| {
            process(level, sections, states, block);
        });
    }
}

/// What is left of many blocks, one after the other.
fn rest<T: Plain>(
    input: Option<&[T]>,
    lanes: &mut [Lane<'_, T>],
    done: usize,
    run: impl Fn(&[Section<T>], &mut [SectionState<T>], &mut [T]),
) {
    for Lane { sections, states, block } in lanes {
        let left = &mut block[done..];
        if let Some(input) = input {
            left.copy_from_slice(&input[done..]);
        }
        run(sections, states, left);
    }
}

type Many<T> = fn(Level, Option<&[T]>, &mut [Lane<'_, T>]);

/// Filters, their states and their blocks.
#[derive(Clone)]
struct Set<T> {
    filters: Vec<Vec<Section<T>>>,
    states: Vec<Vec<SectionState<T>>>,
    blocks: Vec<Vec<T>>,
}

impl<T: Plain> Set<T> {
    /// At rest, each with a block.
    fn new(filters: &[Vec<Section<T>>], blocks: Vec<Vec<T>>) -> Self {
        let states = filters.iter().map(|sections| at_rest(sections)).collect();
        Self { filters: filters.to_vec(), states, blocks }
    }

    fn run(&mut self, run: Many<T>, level: Level, input: Option<&[T]>) {
        let time = self.blocks.iter().map(Vec::len).min().unwrap_or(0);
        self.run_part(run, level, input, 0..time);
    }

    /// Filters a part of each block.
    fn run_part(&mut self, run: Many<T>, level: Level, input: Option<&[T]>, part: Range<usize>) {
        let rows = self.filters.iter().zip(&mut self.states).zip(&mut self.blocks);
        let mut lanes: Vec<Lane<T>> = rows
            .map(|((sections, states), block)| Lane {
                sections,
                states,
                block: &mut block[part.clone()],
            })
            .collect();
        run(level, input.map(|input| &input[part]), &mut lanes);
    }
}

// Exact filtering

/// The recursion of sections in series.
struct Exact {
    sections: Vec<[f64; 5]>,
    states: Vec<[Wide; 2]>,
}

impl Exact {
    /// At rest.
    fn new<T: Plain>(sections: &[Section<T>]) -> Self {
        let sections: Vec<_> = sections.iter().map(|s| s.coefficients().map(T::primal)).collect();
        Self { states: vec![[Wide::default(); 2]; sections.len()], sections }
    }

    fn tick(&mut self, x: f64) -> Wide {
        let mut x = Wide::of(x);
        for ([b0, b1, b2, a1, a2], [s1, s2]) in self.sections.iter().zip(&mut self.states) {
            let y = x.times(*b0).plus(*s1);
            *s1 = x.times(*b1).plus(*s2).plus(y.times(-a1));
            *s2 = x.times(*b2).plus(y.times(-a2));
            x = y;
        }
        x
    }

    /// The errors of each state, put together.
    fn state_errors<T: Plain>(&self, found: &[SectionState<T>]) -> impl Iterator<Item = f64> {
        self.states.iter().zip(found).map(|([s1, s2], found)| {
            s1.error_of(found.s1.primal()).hypot(s2.error_of(found.s2.primal()))
        })
    }
}

/// The root of the mean of squares.
fn root_mean_square(values: impl Iterator<Item = f64>) -> f64 {
    let (mut sum, mut count) = (0.0, 0.0_f64);
    for value in values {
        sum += value * value;
        count += 1.0;
    }
    (sum / count.max(1.0)).sqrt()
}

/// What a filter at rest should make of a signal, and how far the plain loop is from it.
struct Standard {
    output: Vec<Wide>,
    end: Exact,
    /// The root-mean-square error of samples one by one.
    noise: f64,
    /// Of each state, over all times.
    state_noise: Vec<f64>,
}

impl Standard {
    fn new<T: Plain>(sections: &[Section<T>], input: &[T]) -> Self {
        let (mut end, mut states) = (Exact::new(sections), at_rest(sections));
        let (mut output, mut block) = (Vec::new(), input.to_vec());
        let mut squares = vec![0.0; sections.len()];
        for x in &mut block {
            output.push(end.tick(x.primal()));
            tick(sections, &mut states, slice::from_mut(x));
            for (sum, error) in squares.iter_mut().zip(end.state_errors(&states)) {
                *sum += error * error;
            }
        }
        let root = |sum: f64| (sum / input.len() as f64).sqrt();
        let state_noise = squares.into_iter().map(root).collect();
        let mut standard = Self { output, end, noise: 0.0, state_noise };
        standard.noise = standard.error_of(&block);
        standard
    }

    /// The root-mean-square error of an output, or of its front.
    fn error_of<T: Plain>(&self, found: &[T]) -> f64 {
        let pairs = self.output.iter().zip(found);
        root_mean_square(pairs.map(|(exact, y)| exact.error_of(y.primal())))
    }

    /// Asserts that an output is that of the filter. Some hundred samples have a large part of
    /// chance, for which twice the noise is doubled.
    #[track_caller]
    fn assert_output<T: Plain>(&self, found: &[T], what: &str) {
        let (error, noise) = (self.error_of(found), self.noise);
        assert!(error <= 4.0 * noise, "{what}: an error of {error:e}, by samples {noise:e}");
    }

    /// Asserts that an output and the states that it left are those of the filter: with four
    /// deviations of twice the noise for a state, which is a single error.
    #[track_caller]
    fn assert_met<T: Plain>(&self, found: &[T], states: &[SectionState<T>], what: &str) {
        assert_eq!(found.len(), self.output.len());
        self.assert_output(found, what);
        assert_eq!(states.len(), self.state_noise.len());
        for (error, noise) in self.end.state_errors(states).zip(&self.state_noise) {
            assert!(error <= 8.0 * noise, "{what}: a state off by {error:e}, by samples {noise:e}");
        }
    }
}

// Filters and signals

/// Numbers between −1 and 1, by `SplitMix64`.
struct Random(u64);

impl Random {
    fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn number(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1_u64 << 52) as f64 - 1.0
    }

    /// One of the numbers of a range.
    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.bits() % end as u64).unwrap_or(0)
    }

    fn noise<T: Plain>(&mut self, length: usize) -> Vec<T> {
        (0..length).map(|_| T::from_f64(self.number())).collect()
    }
}

fn cast<T: Plain>(sections: &[Section<f64>]) -> Vec<Section<T>> {
    sections.iter().map(Section::cast).collect()
}

fn designed(band: Band<f64>) -> Vec<Section<f64>> {
    band.sections(SAMPLE_RATE).expect("a band that can be designed").to_vec()
}

/// As many sections as asked for, of ordinary kinds.
fn ordinary<T: Plain>(count: usize, random: &mut Random) -> Vec<Section<T>> {
    let mut sections = Vec::new();
    while sections.len() < count {
        let frequency = 300.0 * (3.5 * (1.0 + random.number()) / 2.0).exp();
        let q = (1.5 * random.number()).exp();
        let band = match random.below(5) {
            0 => Band::resonant_lowpass(2.0 * frequency, q),
            1 => Band::resonant_highpass(frequency, q),
            2 => Band::lowpass(Method::Butterworth { order: 1 }, frequency),
            _ => Band::peak(frequency, q, 6.0 * random.number()),
        };
        sections.extend(designed(band));
    }
    cast(&sections)
}

/// A filter to judge the accuracy by.
struct Judge {
    name: String,
    sections: Vec<Section<f64>>,
    /// In Hz, where it does most.
    frequency: f64,
    q: f64,
}

fn judges() -> Vec<Judge> {
    let mut judges = Vec::new();
    let mut add = |name: String, band: Band<f64>, frequency: f64, q: f64| {
        judges.push(Judge { name, sections: designed(band), frequency, q });
    };
    for (frequency, qs) in [
        (20.0, [0.7, 30.0, 1_000.0]),
        (200.0, [0.7, 30.0, 1_000.0]),
        (1_000.0, [0.7, 30.0, 1_000.0]),
        (6_000.0, [1.0, 100.0, 10_000.0]),
        (12_000.0, [0.7, 30.0, 1_000.0]),
        (18_000.0, [0.7, 30.0, 1_000.0]),
        (23_900.0, [0.7, 30.0, 1_000.0]),
    ] {
        for q in qs {
            let title = |kind| format!("{kind} {frequency} Hz Q {q}");
            add(title("lowpass"), Band::resonant_lowpass(frequency, q), frequency, q);
            add(title("highpass"), Band::resonant_highpass(frequency, q), frequency, q);
            add(title("peak"), Band::peak(frequency, q, 6.0), frequency, q);
        }
    }
    for frequency in [20.0, 1_000.0, 12_000.0, 23_900.0] {
        let butterworth = |order| Method::Butterworth { order };
        let elliptic = Method::Elliptic { order: 8, ripple_db: 0.1, stop_db: 80.0 };
        for (kind, method) in [
            ("order 1", butterworth(1)),
            ("Butterworth 8", butterworth(8)),
            ("elliptic 8", elliptic),
        ] {
            let title = |band| format!("{kind} {band} {frequency} Hz");
            add(title("lowpass"), Band::lowpass(method, frequency), frequency, 1.0);
            add(title("highpass"), Band::highpass(method, frequency), frequency, 1.0);
        }
    }
    judges
}

// Accuracy

/// What is filtered to see the errors.
#[derive(Clone, Copy, Debug)]
enum Input {
    Noise,
    /// A tone where the filter does most, with some noise.
    Tone,
    /// A constant, with some noise.
    Constant,
}

impl Input {
    fn samples<T: Plain>(self, judge: &Judge, length: usize, random: &mut Random) -> Vec<T> {
        // Not at its very centre, where at a quarter of the sample rate a tone is −1, 0 and 1.
        let detuned = judge.frequency * (1.0 - 0.01 / judge.q);
        let (omega, phase) = (TAU * detuned / SAMPLE_RATE, PI * random.number());
        let sample = |time: usize| match self {
            Self::Noise => random.number(),
            Self::Tone => (phase + omega * time as f64).sin() + 0.1 * random.number(),
            Self::Constant => 0.7 + 0.1 * phase + 0.1 * random.number(),
        };
        (0..length).map(sample).map(T::from_f64).collect()
    }
}

/// The root-mean-square errors of a filter over many signals.
#[derive(Debug)]
struct Errors {
    /// Sample by sample, in units of the number's epsilon times the output.
    samples: f64,
    /// As multiples of that, for each level: one signal, and many side by side.
    kernels: Vec<[f64; 2]>,
}

/// How many signals, and how long each is. A filter of high Q has an error that changes slowly, of
/// which many signals say more than a long one.
type Amount = (u64, usize);

const MANY: Amount = (48, 2_048);

fn measured<T: Plain>(judge: &Judge, input: Input, (signals, length): Amount) -> Errors {
    let levels = levels();
    let sections: Vec<Section<T>> = cast(&judge.sections);
    let (mut samples, mut output, mut kernels) = (0.0, 0.0, vec![[0.0; 2]; levels.len()]);
    for seed in 0..signals {
        let input: Vec<T> = input.samples(judge, length, &mut Random(seed));
        let standard = Standard::new(&sections, &input);
        samples += standard.noise.powi(2);
        output += root_mean_square(standard.output.iter().map(|y| y.large)).powi(2);
        for (sums, (_, level)) in kernels.iter_mut().zip(&levels) {
            let mut block = input.clone();
            process(*level, &sections, &mut at_rest(&sections), &mut block);
            sums[0] += standard.error_of(&block).powi(2);
            let mut set = Set::new(slice::from_ref(&sections), vec![input.clone()]);
            set.run(side_by_side, *level, None);
            sums[1] += standard.error_of(&set.blocks[0]).powi(2);
        }
    }
    for sum in kernels.as_flattened_mut() {
        *sum = (*sum / samples).sqrt();
    }
    Errors { samples: (samples / output).sqrt() / T::EPSILON, kernels }
}

/// Prints a table of errors and asserts that no kernel has more than so many times those of
/// samples.
#[track_caller]
fn assert_errors<T: Plain>(
    input: Input,
    amount: Amount,
    chosen: impl Fn(&Judge) -> bool,
    limit: f64,
) {
    print!("{} on {input:?}, samples {:17}", type_name::<T>(), "");
    for (level, _) in levels() {
        print!("{level:>10} and many");
    }
    println!();
    let mut largest = 0.0_f64;
    for judge in judges().into_iter().filter(chosen).step_by(THINNED) {
        let Errors { samples, kernels } = measured::<T>(&judge, input, amount);
        print!("{:32}{samples:10.2}", judge.name);
        for [series, parallel] in kernels {
            print!("{series:12.2}{parallel:7.2}");
            largest = largest.max(series).max(parallel);
        }
        println!();
    }
    assert!(largest <= limit, "{} on {input:?}: {largest}", type_name::<T>());
}

#[test]
fn noise_is_filtered_with_at_most_twice_the_errors_of_samples() {
    assert_errors::<f32>(Input::Noise, MANY, |_| true, 2.0);
    assert_errors::<f64>(Input::Noise, MANY, |_| true, 2.0);
}

#[test]
fn tones_are_filtered_with_at_most_a_few_times_the_errors_of_samples() {
    assert_errors::<f32>(Input::Tone, MANY, |_| true, 2.0);
    // A filter at a quarter of the sample rate has an `a1` close to 0, and few of the plain loop's
    // operations round.
    assert_errors::<f64>(Input::Tone, MANY, |_| true, 3.0);
}

/// Of low frequencies only: see what [`series`](super::series) says about constant input.
#[test]
fn constants_are_filtered_with_at_most_twice_the_errors_of_samples() {
    let low = |judge: &Judge| judge.frequency <= 1_000.0;
    assert_errors::<f32>(Input::Constant, MANY, low, 2.0);
    assert_errors::<f64>(Input::Constant, MANY, low, 2.0);
}

/// What is alike in every chunk has time to add up.
#[test]
fn errors_do_not_pile_up_in_resonances_that_last() {
    let lasting = |judge: &Judge| judge.q >= 10_000.0;
    assert_errors::<f32>(Input::Tone, (4, 60_000), lasting, 2.0);
    assert_errors::<f64>(Input::Tone, (4, 60_000), lasting, 2.0);
}

// The same values however they are come by

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
fn blocks_of_all_lengths_go_on_where_the_last_one_stopped() {
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
fn all_levels_and_samples_go_on_from_each_others_states() {
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

/// Filters of different depths, for banks and channels.
fn uneven<T: Plain>(count: usize) -> Vec<Vec<Section<T>>> {
    let mut random = Random(7);
    let depths = [5, 0, 1, 8, 2].into_iter().cycle().take(count);
    depths.map(|depth| ordinary(depth, &mut random)).collect()
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

// What is not finite, or nothing

/// Numbers that are not finite.
fn bad<T: Plain>() -> [T; 3] {
    [f64::NAN, f64::INFINITY, f64::NEG_INFINITY].map(T::from_f64)
}

#[test]
fn what_is_not_finite_stays_in_its_lane() {
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
                        assert!(set.states[index].iter().all(|s| Scalar::is_finite(s.s1)));
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
    let finite = |y: &T| Scalar::is_finite(*y);
    assert_eq!(output.iter().position(|y| !finite(y)), Some(at), "{what}");
    before.assert_output(&output[..at], what);
    let recovered = output.iter().rposition(|y| !finite(y)).map_or(0, |n| n + 1);
    assert!(recovered - at <= 64, "{what}: {at} to {recovered}");
    let after = Standard::new(sections, &input[recovered..]);
    after.assert_met(&output[recovered..], states, what);
}

#[test]
fn after_what_is_not_finite_filters_start_afresh_within_64_samples() {
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
fn tails_end_in_rest() {
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

// What is not stable

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
                let overflow = |y: &[T]| y.iter().position(|y| !Scalar::is_finite(*y));
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
fn anything_is_filtered_without_panic_and_leaves_finite_states() {
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
                let finite =
                    |s: &SectionState<T>| Scalar::is_finite(s.s1) && Scalar::is_finite(s.s2);
                assert!(states.iter().chain(set.states.iter().flatten()).all(finite));
            }
        }
    }
    check::<f32>();
    check::<f64>();
}
