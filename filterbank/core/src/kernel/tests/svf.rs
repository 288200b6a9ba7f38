//! Plans of state-variable sections, against the recursion of their samples with twice the digits
//! of `f64`.

use core::f64::consts::TAU;
use std::string::String;
use std::vec::Vec;
use std::{format, println, vec};

use fearless_simd::Level;

use super::exact::root_mean_square;
use super::signals::{Random, bad};
use super::wide::Wide;
use super::{SAMPLE_RATE, THINNED, levels};
use crate::number::Scalar as _;
use crate::run::{AudioSample, Plan};
use crate::section::{SvfSection, SvfState};
use crate::spec::{Band, Method};

type Sections = Vec<SvfSection<f64>>;

fn designed(band: Band<f64>, sample_rate: f64) -> Sections {
    band.svf_sections(sample_rate).expect("a band that can be designed").to_vec()
}

/// The recursion of samples.
struct Exact<'a> {
    sections: &'a [SvfSection<f64>],
    /// The loop gains are larger by this many units in the last place.
    units: f64,
    states: Vec<[Wide; 2]>,
}

impl<'a> Exact<'a> {
    /// At rest.
    fn new(sections: &'a [SvfSection<f64>], units: f64) -> Self {
        Self { sections, units, states: vec![[Wide::default(); 2]; sections.len()] }
    }

    fn tick(&mut self, x: f64) -> Wide {
        let mut x = Wide::of(x);
        for (section, [s1, s2]) in self.sections.iter().zip(&mut self.states) {
            let driven = x.plus(s2.times(-1.0)).times(section.g());
            let inner = s1.plus(driven);
            let rounding = self.units * f64::EPSILON * section.loop_gain();
            let v1 = inner.times(section.loop_gain()).plus(inner.times(rounding));
            let step = v1.times(section.g2());
            let v2 = s2.plus(step);
            *s1 = v1.times(2.0).plus(s1.times(-1.0));
            *s2 = v2.plus(step);
            let [m0, m1, m2] = section.mix();
            x = x.times(m0).plus(v1.times(m1)).plus(v2.times(m2));
        }
        x
    }

    /// The values of the states.
    fn states(&self) -> Vec<SvfState<f64>> {
        let state = |[s1, s2]: &[Wide; 2]| SvfState { s1: s1.large, s2: s2.large, k: 0.0 };
        self.states.iter().map(state).collect()
    }

    /// The errors of each state, put together.
    fn state_errors(&self, found: &[SvfState<f64>]) -> impl Iterator<Item = f64> {
        let pairs = self.states.iter().zip(found);
        pairs.map(|([s1, s2], found)| s1.error_of(found.s1).hypot(s2.error_of(found.s2)))
    }
}

fn tick<T: AudioSample>(sections: &[SvfSection<f64>], states: &mut [SvfState<f64>], x: T) -> T {
    let series = sections.iter().zip(states);
    T::from_f64(series.fold(x.primal(), |x, (section, state)| section.tick(state, x)))
}

fn at_rest(sections: &[SvfSection<f64>]) -> Vec<SvfState<f64>> {
    vec![SvfState::<f64>::REST; sections.len()]
}

/// What a filter at rest makes of a signal, and how exactly samples in `f64` find it.
struct Standard<'a> {
    output: Vec<Wide>,
    end: Exact<'a>,
    /// The root-mean-square error of samples, and the change by one unit in the last place of the
    /// loop gains: a kernel rounds products of coefficients once, samples round every time anew.
    noise: f64,
    /// The same for each state, over all times.
    state_noise: Vec<f64>,
}

impl<'a> Standard<'a> {
    fn new<T: AudioSample>(sections: &'a [SvfSection<f64>], input: &[T]) -> Self {
        let (mut end, mut moved) = (Exact::new(sections, 0.0), Exact::new(sections, 1.0));
        let mut states = at_rest(sections);
        let (mut output, mut errors) = (Vec::new(), [Vec::new(), Vec::new()]);
        let mut squares = [vec![0.0; sections.len()], vec![0.0; sections.len()]];
        for x in input {
            let exact = end.tick(x.primal());
            errors[0].push(exact.error_of(tick(sections, &mut states, x.primal())));
            errors[1].push(exact.error_of(moved.tick(x.primal()).large));
            for (squares, states) in squares.iter_mut().zip([&states, &moved.states()]) {
                for (sum, error) in squares.iter_mut().zip(end.state_errors(states)) {
                    *sum += error * error;
                }
            }
            output.push(exact);
        }
        let root = |sum: &f64| (sum / input.len() as f64).sqrt();
        let both = |(one, other): (&f64, &f64)| root(one) + root(other);
        let state_noise = squares[0].iter().zip(&squares[1]).map(both).collect();
        let noise = errors.map(|errors| root_mean_square(errors.into_iter())).iter().sum();
        Self { output, end, noise, state_noise }
    }

    fn error_of<T: AudioSample>(&self, found: &[T]) -> f64 {
        assert_eq!(found.len(), self.output.len());
        let pairs = self.output.iter().zip(found);
        root_mean_square(pairs.map(|(exact, y)| exact.error_of(y.primal())))
    }

    fn level(&self) -> f64 {
        root_mean_square(self.output.iter().map(|y| y.large))
    }
}

/// A filter, and the frequency where it does most.
struct Judge {
    name: String,
    sections: Sections,
    frequency: f64,
}

fn judges() -> Vec<Judge> {
    let mut judges = Vec::new();
    for frequency in [20.0, 200.0, 1_000.0, 6_000.0, 12_000.0, 18_000.0, 23_900.0] {
        let mut add = |name: &str, band: Band<f64>| {
            let name = format!("{name} {frequency} Hz");
            judges.push(Judge { name, sections: designed(band, SAMPLE_RATE), frequency });
        };
        for q in [0.5, 0.707, 30.0, 1_000.0] {
            let name = |kind| format!("{kind} Q {q}");
            add(&name("lowpass"), Band::resonant_lowpass(frequency, q));
            add(&name("highpass"), Band::resonant_highpass(frequency, q));
            add(&name("peak"), Band::peak(frequency, q, 6.0));
            add(&name("notch"), Band::notch(frequency, q));
            add(&name("allpass"), Band::allpass(frequency, q));
        }
        add("shelf", Band::low_shelf(frequency, 0.7, -9.0));
        let butterworth = |order| Method::Butterworth { order };
        let elliptic = Method::Elliptic { order: 8, ripple_db: 0.1, stop_db: 80.0 };
        for (name, method) in
            [("order 1", butterworth(1)), ("Butterworth 9", butterworth(9)), ("elliptic", elliptic)]
        {
            add(&format!("{name} lowpass"), Band::lowpass(method, frequency));
            add(&format!("{name} highpass"), Band::highpass(method, frequency));
        }
    }
    judges
}

/// Noise, a tone where a filter does most, and a constant; all with some noise.
fn inputs<T: AudioSample>(judge: &Judge, length: usize, seed: u64) -> [Vec<T>; 3] {
    let mut random = Random(seed);
    let mut signal = |part: f64, sample: &dyn Fn(f64) -> f64| -> Vec<T> {
        let noisy = |n| T::from_f64(sample(n as f64) + part * random.number());
        (0..length).map(noisy).collect()
    };
    let omega = TAU * 0.9999 * judge.frequency / SAMPLE_RATE;
    [signal(1.0, &|_| 0.0), signal(0.1, &|n| (omega * n).sin()), signal(0.1, &|_| 0.7)]
}

/// Blocks of all sizes for a signal, so that every kernel runs and hands over to every other.
fn in_blocks<T: AudioSample>(
    level: Level,
    sections: &[SvfSection<f64>],
    states: &mut [SvfState<f64>],
    block: &mut [T],
    random: &mut Random,
) {
    let plan = Plan::at_level(level, sections);
    let mut rest = block;
    while !rest.is_empty() {
        let length = [1, 7, 16, 24, 32, 64, 100, 128, 500][random.below(9)].min(rest.len());
        let (now, after) = rest.split_at_mut(length);
        if random.below(8) == 0 {
            for x in now {
                *x = tick(sections, states, *x);
            }
        } else {
            plan.process(states, now).expect("a state for each section");
        }
        rest = after;
    }
}

/// Constants only into filters of low frequencies: see what
/// [`series`](mod@crate::kernel::series) says about them.
fn inputs_for<T: AudioSample>(judge: &Judge, seed: u64) -> Vec<Vec<T>> {
    let [noise, tone, constant] = inputs(judge, 3_000, seed);
    if judge.frequency <= 1_000.0 { vec![noise, tone, constant] } else { vec![noise, tone] }
}

/// In `f64`: by at most twice the noise of samples.
#[test]
fn plans_filter_as_samples_do() {
    let mut largest = (0.0, String::new());
    for judge in judges().iter().step_by(THINNED) {
        for input in inputs_for::<f64>(judge, 1) {
            let standard = Standard::new(&judge.sections, &input);
            for (name, level) in levels() {
                let what = format!("{} on {name}", judge.name);
                let (mut block, mut states) = (input.clone(), at_rest(&judge.sections));
                in_blocks(level, &judge.sections, &mut states, &mut block, &mut Random(2));
                let off = standard.error_of(&block) / standard.noise;
                if off > largest.0 {
                    largest = (off, what.clone());
                }
                assert!(off <= 2.0, "{what}: {off} of the noise of samples");
                let errors = standard.end.state_errors(&states);
                for (error, noise) in errors.zip(&standard.state_noise) {
                    let limit = 8.0 * noise;
                    assert!(error <= limit, "{what}: a state off by {error:e}, not {limit:e}");
                }
                for (state, section) in states.iter().zip(&judge.sections) {
                    assert_eq!(state.k, section.k());
                }
            }
        }
    }
    println!("largest: {largest:?}");
}

/// In `f32`: some units in the last place of the larger of input and output, however low a
/// frequency is, and some more where a resonance lasts.
#[test]
fn plans_on_single_precision_are_as_exact_as_their_samples() {
    let mut largest = [(0.0, String::new()), (0.0, String::new())];
    for judge in judges().iter().step_by(THINNED) {
        for input in inputs_for::<f32>(judge, 3) {
            let standard = Standard::new(&judge.sections, &input);
            let level_in = root_mean_square(input.iter().map(|x| f64::from(*x)));
            let scale = f64::from(f32::EPSILON) * standard.level().max(level_in);
            for (name, level) in levels() {
                let (mut block, mut states) = (input.clone(), at_rest(&judge.sections));
                in_blocks(level, &judge.sections, &mut states, &mut block, &mut Random(4));
                let off = standard.error_of(&block) / scale;
                let lasts = judge.sections.iter().any(|section| section.k() < 0.01);
                let (limit, largest) =
                    if lasts { (12.0, &mut largest[1]) } else { (4.0, &mut largest[0]) };
                if off > largest.0 {
                    *largest = (off, format!("{} on {name}", judge.name));
                }
                assert!(off <= limit, "{} on {name}: {off} epsilon", judge.name);
            }
        }
    }
    println!("largest: {largest:?}");
}

/// The aim is −120 dB; a biquad in `f32` has −43 dB at 48 kHz and −20 dB at 192 kHz.
#[test]
fn low_frequencies_in_single_precision() {
    for sample_rate in [48_000.0, 192_000.0] {
        let sections = designed(Band::resonant_lowpass(20.0, 0.707), sample_rate);
        for input in [Random(5).noise::<f32>(100_000), vec![0.7; 100_000]] {
            let standard = Standard::new(&sections, &input);
            for (name, level) in levels() {
                for length in [16, 64, 100, 512] {
                    let plan = Plan::at_level(level, &sections);
                    let (mut block, mut states) = (input.clone(), at_rest(&sections));
                    for part in block.chunks_mut(length) {
                        plan.process(&mut states, part).expect("a state for each section");
                    }
                    let db = 20.0 * (standard.error_of(&block) / standard.level()).log10();
                    println!("{sample_rate} Hz, blocks of {length} on {name}: {db:.1} dB");
                    assert!(db < -120.0, "{db} dB");
                }
            }
        }
    }
}

/// A peak of 0 dB passes its input, and its state goes on behind it.
#[test]
fn states_that_no_output_shows_go_on() {
    for band in [Band::peak(300.0, 2.0, 0.0), Band::low_shelf(300.0, 0.7, 0.0)] {
        for (name, level) in levels() {
            let sections = designed(band, SAMPLE_RATE);
            let input = Random(6).noise::<f64>(1_000);
            let standard = Standard::new(&sections, &input);
            let (mut block, mut states) = (input.clone(), at_rest(&sections));
            in_blocks(level, &sections, &mut states, &mut block, &mut Random(7));
            assert!(standard.error_of(&block) <= 1e-15, "{band:?} on {name}");
            let error = standard.end.state_errors(&states).next().expect("one section");
            assert!(error <= 1e-14 && states[0].s1.abs() > 1e-3, "{error:e} {band:?} on {name}");
        }
    }
}

/// More sections than one group, and a plan whose sections are replaced one by one.
#[test]
fn any_number_of_sections_and_any_replacement() {
    let of = |shift: f64, count: usize| -> Sections {
        let band = |index: usize| {
            let frequency = 60.0 * 1.15_f64.powf(index as f64 + shift);
            Band::peak(frequency, 1.5, if index.is_multiple_of(2) { 6.0 } else { -6.0 })
        };
        (0..count).flat_map(|index| designed(band(index), SAMPLE_RATE)).collect()
    };
    for count in [0, 1, 2, 3, 4, 5, 8, 9, 16, 17, 33] {
        let sections = of(0.5, count);
        for length in [1, 5, 16, 40, 200, 1_000] {
            let input = Random(8).noise::<f64>(length);
            let standard = Standard::new(&sections, &input);
            for (name, level) in levels() {
                let mut plan = Plan::at_level(level, &of(0.0, count));
                for (index, section) in sections.iter().enumerate() {
                    plan.set(index, section).expect("there is this section");
                }
                assert!(plan.set(count, &SvfSection::identity()).is_err());
                let (mut block, mut states) = (input.clone(), at_rest(&sections));
                plan.process(&mut states, &mut block).expect("a state for each section");
                let (error, limit) = (standard.error_of(&block), 4.0 * standard.noise + 1e-15);
                assert!(error <= limit, "{count} sections, {length} on {name}: {error:e}");
            }
        }
    }
}

#[test]
fn plans_recover_within_64_samples_of_a_value_that_is_not_finite() {
    fn check<T: AudioSample + super::runs::Plain>() {
        for band in [
            Band::lowpass(Method::Butterworth { order: 1 }, 3_000.0),
            Band::lowpass(Method::Butterworth { order: 8 }, 300.0),
            Band::lowpass(Method::Butterworth { order: 24 }, 2_000.0),
        ] {
            let sections = designed(band, SAMPLE_RATE);
            for (name, level) in levels() {
                let plan = Plan::<T>::at_level(level, &sections);
                for (length, bad) in
                    [16, 64, 100, 700].into_iter().flat_map(|n| bad().map(|x| (n, x)))
                {
                    let mut input = Random(9).noise::<T>(2_500);
                    input[517] = bad;
                    let mut states = at_rest(&sections);
                    for part in input.chunks_mut(length) {
                        plan.process(&mut states, part).expect("a state for each section");
                    }
                    let finite = |x: &T| crate::Scalar::is_finite(*x);
                    let (before, after) = input.split_at(517);
                    assert!(before.iter().all(finite), "{band:?} in {length} on {name}");
                    let rest = after.iter().rposition(|x| !finite(x)).map_or(0, |last| last + 1);
                    assert!((1..=64).contains(&rest), "{rest} {band:?} in {length} on {name}");
                    assert!(states.iter().all(|s| s.s1.is_finite() && s.s2.is_finite()));
                }
                // A state that is bad from the start.
                for length in [16, 64, 100, 700] {
                    let mut states = at_rest(&sections);
                    states[0] = SvfState { s1: f64::NAN, s2: 1.0, k: sections[0].k() };
                    let mut block = Random(9).noise::<T>(length);
                    plan.process(&mut states, &mut block).expect("a state for each section");
                    assert!(states.iter().all(|s| s.s1.is_finite() && s.s2.is_finite()));
                }
            }
        }
    }
    check::<f32>();
    check::<f64>();
}

#[test]
fn tails_of_plans_decay_to_rest() {
    fn check<T: AudioSample + super::runs::Plain>() {
        for band in [
            Band::peak(12_000.0, 0.5, 6.0),
            Band::resonant_lowpass(1_000.0, 2.0),
            Band::lowpass(Method::Butterworth { order: 1 }, 3_000.0),
            Band::lowpass(Method::Butterworth { order: 9 }, 3_000.0),
        ] {
            let sections = designed(band, SAMPLE_RATE);
            for (name, level) in levels() {
                for length in [16, 64, 100, 1_000] {
                    let plan = Plan::<T>::at_level(level, &sections);
                    let mut states = at_rest(&sections);
                    let mut block = Random(10).noise::<T>(500);
                    plan.process(&mut states, &mut block).expect("a state for each section");
                    for _ in (0..40_000).step_by(length) {
                        block = vec![T::zero(); length];
                        plan.process(&mut states, &mut block).expect("a state for each section");
                    }
                    let rest = states.iter().all(|state| state.s1 == 0.0 && state.s2 == 0.0);
                    assert!(rest, "{states:?} {band:?} in {length} on {name}");
                    assert!(block.iter().all(|y| *y == T::zero()));
                }
            }
        }
    }
    check::<f32>();
    check::<f64>();
}

#[test]
fn any_sections_are_filtered_without_panic() {
    const WILD: [f64; 10] =
        [0.0, -0.0, 1.0, -2.0, 1e-310, 1e-40, 3e38, -1e300, f64::INFINITY, f64::NAN];
    let mut random = Random(11);
    for _ in 0..200 {
        let mut wild = || match random.below(3) {
            0 => WILD[random.below(WILD.len())],
            _ => random.number(),
        };
        let sections: Sections = (0..6)
            .map(|_| SvfSection::second_order(wild(), wild(), [wild(), wild(), wild()]))
            .collect();
        let input: Vec<f32> = (0..300).map(|_| f32::from_f64(wild())).collect();
        for (_, level) in levels() {
            for length in [5, 16, 300] {
                let (mut block, mut states) = (input.clone(), at_rest(&sections));
                let plan = Plan::<f32>::at_level(level, &sections);
                for part in block.chunks_mut(length) {
                    plan.process(&mut states, part).expect("a state for each section");
                }
                assert!(states.iter().all(|s| s.s1.is_finite() && s.s2.is_finite()));
            }
        }
    }
}
