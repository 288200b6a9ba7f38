//! No kernel has much more rounding noise than samples one by one.

use core::any::type_name;
use core::f64::consts::{PI, TAU};
use core::slice;
use std::string::String;
use std::vec::Vec;
use std::{format, print, println, vec};

use super::exact::{Standard, root_mean_square};
use super::runs::{Plain, Set, at_rest, process, side_by_side};
use super::signals::{Random, cast, designed};
use super::{SAMPLE_RATE, THINNED, levels};
use crate::section::Section;
use crate::spec::{Band, Method};

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

/// Prints a table of errors and asserts that no kernel's exceed `limit` times those of samples.
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
    let mut worse = Vec::new();
    for judge in judges().into_iter().filter(chosen).step_by(THINNED) {
        let Errors { samples, kernels } = measured::<T>(&judge, input, amount);
        print!("{:32}{samples:10.2}", judge.name);
        for [series, parallel] in &kernels {
            print!("{series:12.2}{parallel:7.2}");
        }
        println!();
        if !kernels.as_flattened().iter().all(|error| *error <= limit) {
            worse.push(judge.name);
        }
    }
    assert!(worse.is_empty(), "{} on {input:?}, above {limit}: {worse:?}", type_name::<T>());
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

/// Of low frequencies only: see what [`series`](crate::kernel::series) says about constant input.
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
