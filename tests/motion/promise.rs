//! What motion promises, on random jumps, sweeps and oscillators of every band.
//!
//! The worst case of a filter at rest is the sum of the magnitudes of its impulse response: no input
//! within ±1 can make its output larger.

use filterbank::motion::{Modulation, Processor};
use filterbank::spec::Quantity;
use filterbank::{Band, Method, Tunable, TunableCascade, Tune};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use crate::common::bands::{Numbers, every_band};
use crate::common::noise::noise;
use crate::common::worst::Worst;

const RATE: f64 = 48_000.0;

/// A value between two on a logarithmic scale.
fn between(random: &mut StdRng, low: f64, high: f64) -> f64 {
    low * (high / low).powf(random.random_range(0.0..1.0))
}

/// Ordinary numbers for any band, at random.
fn random_numbers(random: &mut StdRng, order: usize) -> Numbers {
    let low = between(random, 60.0, 9_000.0);
    Numbers {
        order,
        ripple_db: between(random, 0.1, 3.0),
        stop_db: between(random, 20.0, 80.0),
        low,
        high: low * between(random, 1.2, 2.4),
        width: between(random, 0.2, 1.0),
        gain_db: random.random_range(-18.0..18.0),
    }
}

/// Every band with two sets of parameters.
fn pairs(random: &mut StdRng) -> Vec<[Band<f64>; 2]> {
    // The order of a Butterworth, Chebyshev, elliptic or Bessel filter stays.
    let order = random.random_range(2..=6);
    let [from, to] = [random_numbers(random, order), random_numbers(random, order)];
    every_band(&from).into_iter().zip(every_band(&to)).map(|(from, to)| [from, to]).collect()
}

/// The band with every parameter free.
fn tunable(band: &Band<f64>) -> TunableCascade {
    let free = band.map(|_, value| Tune::free(value));
    TunableCascade::new([("band", free)], RATE).expect("an ordinary band")
}

/// The largest output for inputs within ±1.
fn worst_case(band: &Band<f64>) -> f64 {
    let cascade = band.design(RATE).expect("an ordinary band");
    cascade.impulse_response(60_000).iter().map(|h| h.abs()).sum()
}

/// An input within ±1: a constant, a tone, a square wave or noise.
fn input(random: &mut StdRng, length: usize) -> Vec<f64> {
    let omega = 2.0 * std::f64::consts::PI * between(random, 40.0, 20_000.0) / RATE;
    let tone = (0..length).map(|n| (omega * n as f64).sin());
    match random.random_range(0..4) {
        1 => vec![1.0; length],
        2 => tone.collect(),
        3 => tone.map(f64::signum).collect(),
        _ => noise(length, random.random()),
    }
}

fn set_all(processor: &mut Processor<f64>, band: &Band<f64>) {
    // Two edges may only be moved together: the order that never crosses them.
    let targets: Vec<f64> = band.params().iter().map(|(_, value)| *value).collect();
    let forwards: Vec<usize> = (0..targets.len()).collect();
    let backwards: Vec<usize> = forwards.iter().rev().copied().collect();
    for order in [forwards, backwards] {
        for knob in order {
            let _ = processor.set(knob, targets[knob]);
        }
    }
    for (knob, target) in targets.iter().enumerate() {
        let reached = processor.target(knob).expect("a knob");
        assert!((reached / target - 1.0).abs() < 1e-12, "{band}: knob {knob} stays at {reached}");
    }
}

fn peak(samples: &[f64]) -> f64 {
    samples.iter().fold(0.0, |peak, x| if x.is_nan() { f64::INFINITY } else { peak.max(x.abs()) })
}

#[test]
fn jumps_stay_within_twice_the_worst_case() {
    let mut random = StdRng::seed_from_u64(17);
    let mut worst = Worst::default();
    for _ in 0..12 {
        for [from, to] in pairs(&mut random) {
            let most = worst_case(&from).max(worst_case(&to));
            for ramp in [0.0, 0.005, 0.02] {
                let mut processor = Processor::<f64>::new(&tunable(&from), 1).expect("a processor");
                processor.set_ramp(ramp);
                let mut block = input(&mut random, 12_000);
                let mut to_first = false;
                let mut at = 0;
                while at < block.len() {
                    let next = block.len().min(at + random.random_range(30..4_000));
                    processor.process(&mut [&mut block[at..next]]).expect("one channel");
                    set_all(&mut processor, if to_first { &from } else { &to });
                    to_first = !to_first;
                    at = next;
                }
                worst.see(peak(&block) / most, || format!("{from} to {to}, ramp {ramp}"));
            }
        }
    }
    worst.assert_at_most(2.0, "output of jumps, of the worst case");
}

#[test]
fn oscillators_stay_within_twice_the_worst_case() {
    let mut random = StdRng::seed_from_u64(23);
    let mut worst = Worst::default();
    for _ in 0..6 {
        for [band, _] in pairs(&mut random) {
            for (knob, (parameter, value)) in band.params().iter().enumerate() {
                // Octaves of a frequency or width, dB of a gain.
                let depth = match parameter.quantity {
                    Quantity::Frequency => 0.25,
                    Quantity::Gain => 12.0,
                    _ => 0.5,
                };
                let moved = |part: f64| {
                    band.map(|it, value| match it == *parameter {
                        false => value,
                        true if it.quantity.scale() == filterbank::spec::Scale::Linear => {
                            value + part * depth
                        }
                        true => value * (part * depth).exp2(),
                    })
                };
                let range = (-4..=4).map(|step| moved(f64::from(step) / 4.0));
                let designed: Vec<_> = range.filter(|band| band.design(RATE).is_ok()).collect();
                let most = designed.iter().map(worst_case).fold(0.0, f64::max);
                let omega = 2.0 * std::f64::consts::PI * between(&mut random, 1.0, 5_000.0) / RATE;
                let offsets: Vec<f64> =
                    (0..6_000).map(|n| depth * (omega * f64::from(n)).sin()).collect();
                let mut processor = Processor::<f64>::new(&tunable(&band), 1).expect("a processor");
                let mut block = input(&mut random, 6_000);
                let modulation = Modulation { knob, offsets: &offsets };
                let done = processor.process_modulated(&mut [&mut block], &[modulation]);
                done.expect("one channel, one signal");
                worst.see(peak(&block) / most, || {
                    format!("{band}, {} from {value}", parameter.name)
                });
            }
        }
    }
    worst.assert_at_most(2.0, "output under oscillators, of the worst case");
}

#[test]
fn ramps_do_not_click() {
    let highpass = Band::highpass(Method::Butterworth { order: 8 }, 5_000.0);
    let highpass = highpass.design(RATE).expect("a highpass");
    let mut random = StdRng::seed_from_u64(29);
    let mut worst = Worst::default();
    for _ in 0..20 {
        for [from, to] in pairs(&mut random) {
            let mut processor = Processor::<f64>::new(&tunable(&from), 1).expect("a processor");
            let omega = 2.0 * std::f64::consts::PI * between(&mut random, 30.0, 300.0) / RATE;
            let mut block: Vec<f64> = (0..30_000).map(|n| (omega * f64::from(n)).sin()).collect();
            for (index, block) in block.chunks_mut(3_000).enumerate() {
                processor.process(&mut [block]).expect("one channel");
                set_all(&mut processor, if index % 2 == 0 { &to } else { &from });
            }
            let loudest = peak(&block).max(1.0);
            highpass.process(&mut highpass.state(), &mut block);
            // The tone itself begins with a corner.
            let click = 20.0 * (peak(&block[4_000..]) / loudest).log10();
            worst.see(10_f64.powf(click / 20.0), || format!("{click:.1} dB, {from} to {to}"));
        }
    }
    worst.assert_at_most(1e-4, "clicks");
}

/// When the input stops, the output dies away, however the knobs are turned.
#[test]
fn nothing_grows_without_input() {
    let mut random = StdRng::seed_from_u64(31);
    for [from, to] in pairs(&mut random) {
        let mut processor = Processor::<f64>::new(&tunable(&from), 1).expect("a processor");
        let mut block = input(&mut random, 4_000);
        processor.process(&mut [&mut block]).expect("one channel");
        let most = worst_case(&from).max(worst_case(&to));
        let mut last = f64::INFINITY;
        for round in 0..60 {
            set_all(&mut processor, if round % 2 == 0 { &to } else { &from });
            let mut silence = vec![0.0; 4_000];
            processor.process(&mut [&mut silence]).expect("one channel");
            last = peak(&silence);
            assert!(last <= 2.0 * most, "{from} to {to}: {last} in round {round}");
        }
        assert!(last < 1e-6, "{from} to {to}: {last} is left");
    }
}

#[test]
fn parameters_without_tunes_are_no_knobs() {
    let fixed = Band::peak(Tune::from(1_000.0), Tune::from(1.0), Tune::free(0.0));
    let eq = TunableCascade::new([("peak", fixed)], RATE).expect("an equaliser");
    let processor = Processor::<f32>::new(&eq, 2).expect("a processor");
    assert_eq!(processor.names().collect::<Vec<_>>(), ["peak.gain_db"]);
    assert_eq!(eq.params().len(), 1);
}
