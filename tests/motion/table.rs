//! The table of filters in motion: transposed direct form II, the textbook's state-variable filter,
//! and ours.
//!
//! ```text
//! cargo test --release --test motion table -- --nocapture
//! ```

use std::f64::consts::PI;

use filterbank::motion::{Modulation, Processor};
use filterbank::{Band, TunableCascade, Tune};

use crate::rivals::{DirectForm, Shape, StateVariable, cookbook};

const RATE: f64 = 48_000.0;

/// The same situation for each of the three filters: a shape and an input for each sample.
struct Situation {
    shapes: Vec<Shape>,
    input: Vec<f64>,
}

impl Situation {
    fn direct_form(&self) -> Vec<f64> {
        let mut filter = DirectForm::default();
        let each = self.shapes.iter().zip(&self.input);
        each.map(|(shape, x)| filter.tick(cookbook(*shape, RATE), *x)).collect()
    }

    fn state_variable(&self) -> Vec<f64> {
        let mut filter = StateVariable::default();
        let each = self.shapes.iter().zip(&self.input);
        each.map(|(shape, x)| filter.tick(*shape, RATE, *x)).collect()
    }

    /// Our section, designed for each sample.
    fn section(&self) -> Vec<f64> {
        let mut state = filterbank::section::SvfState::default();
        let each = self.shapes.iter().zip(&self.input);
        each.map(|(shape, x)| {
            let band = match *shape {
                Shape::Lowpass { cutoff, q } => Band::resonant_lowpass(cutoff, q),
                Shape::Peak { center, q, gain_db } => Band::peak(center, q, gain_db),
            };
            band.svf_sections(RATE).expect("it can be designed")[0].tick(&mut state, *x)
        })
        .collect()
    }
}

fn peak(samples: &[f64]) -> f64 {
    samples.iter().fold(0.0, |peak, x| if x.is_nan() { f64::INFINITY } else { peak.max(x.abs()) })
}

fn lowpass(cutoff: impl Fn(usize) -> f64, q: f64, input: Vec<f64>) -> Situation {
    let shapes = (0..input.len()).map(|n| Shape::Lowpass { cutoff: cutoff(n), q }).collect();
    Situation { shapes, input }
}

#[test]
fn explore() {
    let ones = vec![1.0; 48_000];
    let step = lowpass(|n| if n < 24_000 { 15_000.0 } else { 50.0 }, 0.5_f64.sqrt(), ones.clone());
    let row = |name: &str, s: &Situation| {
        println!(
            "{name:40} {:12.4e} {:12.4e} {:12.4e}",
            peak(&s.direct_form()),
            peak(&s.state_variable()),
            peak(&s.section())
        );
    };
    row("15k to 50, step", &step);
    let mut seed = 1_u64;
    let mut random = move || {
        seed = seed.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (seed >> 33) as f64 / (1u64 << 31) as f64
    };
    let cuts: Vec<f64> = (0..48_000).map(|_| 20.0 * 1000_f64.powf(random())).collect();
    row("random cutoff", &lowpass(|n| cuts[n], 0.5_f64.sqrt(), ones.clone()));
    let osc = |f: f64, step: usize| {
        move |n: usize| {
            let n = n / step * step;
            let p = (2.0 * PI * f * n as f64 / RATE).sin();
            (50.0_f64 * 15_000.0).sqrt() * 300_f64.sqrt().powf(p)
        }
    };
    row("440 Hz, Q 10, each 32", &lowpass(osc(440.0, 32), 10.0, ones.clone()));
    row("2 kHz, each", &lowpass(osc(2000.0, 1), 10.0, ones.clone()));
    let sine: Vec<f64> = (0..48_000).map(|n| (2.0 * PI * 1000.0 * n as f64 / RATE).sin()).collect();
    let q = |a: f64, b: f64, x: &[f64]| Situation {
        shapes: (0..x.len())
            .map(|n| Shape::Peak {
                center: 1000.0,
                q: if n < 24_000 { a } else { b },
                gain_db: 12.0,
            })
            .collect(),
        input: x.to_vec(),
    };
    row("peak q 0.3 to 10, tone", &q(0.3, 10.0, &sine));
    row("peak q 10 to 0.3, tone", &q(10.0, 0.3, &sine));
    row("peak q 0.3 to 10, dc", &q(0.3, 10.0, &ones));

    let click = |y: &[f64]| {
        let mut y = y.to_vec();
        let hp = Band::highpass(filterbank::Method::Butterworth { order: 8 }, 5000.0)
            .design(RATE)
            .unwrap();
        hp.process(&mut hp.state(), &mut y);
        20.0 * peak(&y[4000..]).log10()
    };
    for (name, freq) in [("sine 100", 100.0), ("sine 50", 50.0), ("sine 1000", 1000.0), ("dc", 0.0)]
    {
        let x: Vec<f64> = (0..48_000)
            .map(|n| if freq == 0.0 { 1.0 } else { (2.0 * PI * freq * n as f64 / RATE).sin() })
            .collect();
        for (ramp, step) in [(0, 1), (960, 1), (960, 32), (960, 512)] {
            let shapes = (0..x.len())
                .map(|n| {
                    let n = n / step * step;
                    let k = n / 6000;
                    let t =
                        if ramp == 0 { 1.0 } else { ((n % 6000) as f64 / ramp as f64).min(1.0) };
                    let (a, b) = if k % 2 == 0 { (12.0, -12.0) } else { (-12.0, 12.0) };
                    let gain_db = if k == 0 { -12.0 } else { a + (b - a) * t };
                    Shape::Peak { center: 100.0, q: 1.0, gain_db }
                })
                .collect();
            let s = Situation { shapes, input: x.clone() };
            println!(
                "{name} ramp {ramp} step {step}: {:.1} {:.1} {:.1}",
                click(&s.direct_form()),
                click(&s.state_variable()),
                click(&s.section())
            );
        }
        let eq = TunableCascade::new(
            [(
                "p",
                Band::peak(Tune::from(100.0), Tune::from(1.0), Tune::within(-12.0, -24.0..=24.0)),
            )],
            RATE,
        )
        .unwrap();
        for ms in [1.0, 5.0, 20.0, 50.0] {
            let mut p = Processor::<f64>::new(&eq, 1).unwrap();
            p.set_ramp(ms / 1000.0);
            let mut y = x.clone();
            for (k, block) in y.chunks_mut(6000).enumerate() {
                if k > 0 {
                    p.set(0, if k % 2 == 1 { 12.0 } else { -12.0 }).unwrap();
                }
                for b in block.chunks_mut(100) {
                    p.process(&mut [b]).unwrap();
                }
            }
            println!("   ours ramp {ms} ms: {:.1}", click(&y));
        }
    }
}
