//! The table of filters in motion: transposed direct form II, the textbook's state-variable filter,
//! and the processor. Each row is at least as good as the better of the other two.
//!
//! ```text
//! cargo test --release --test motion table -- --nocapture
//! ```

use std::f64::consts::PI;
use std::hint::black_box;
use std::time::Instant;

use filterbank::motion::{Modulation, Processor};
use filterbank::section::{Section, SvfSection, SvfState};
use filterbank::{Band, Cascade, Method, TunableCascade, Tune};

use crate::common::noise::{noise, uniform};
use crate::rivals::{DirectForm, Shape, StateVariable, cookbook};

const RATE: f64 = 48_000.0;
const BUTTERWORTH: f64 = std::f64::consts::FRAC_1_SQRT_2;

/// What moves: the shape at each sample.
struct Motion {
    shapes: Vec<Shape>,
    input: Vec<f64>,
}

impl Motion {
    fn new(input: Vec<f64>, shape: impl Fn(usize) -> Shape) -> Self {
        Self { shapes: (0..input.len()).map(shape).collect(), input }
    }

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

    /// The processor: each change of the shape turns a knob.
    fn knobs(&self) -> Vec<f64> {
        let free = |value| Tune::free(value);
        let band = match self.shapes[0] {
            Shape::Lowpass { cutoff, q } => Band::resonant_lowpass(free(cutoff), free(q)),
            Shape::Peak { center, q, gain_db } => Band::peak(free(center), free(q), free(gain_db)),
        };
        let mut processor = processor(band);
        let mut output = self.input.clone();
        let changes = self.shapes.chunk_by(|one, other| one == other);
        let mut rest = &mut output[..];
        for same in changes {
            let (block, others) = rest.split_at_mut(same.len());
            let values = match same[0] {
                Shape::Lowpass { cutoff, q } => vec![cutoff, q],
                Shape::Peak { center, q, gain_db } => vec![center, q, gain_db],
            };
            for (knob, value) in values.into_iter().enumerate() {
                processor.set(knob, value).expect("an ordinary value");
            }
            processor.process(&mut [block]).expect("one channel");
            rest = others;
        }
        output
    }

    /// The processor, modulated sample by sample.
    fn modulated(&self) -> Vec<f64> {
        let Shape::Lowpass { cutoff: center, q } = self.shapes[0] else { panic!("a lowpass") };
        let mut processor = processor(Band::resonant_lowpass(Tune::free(center), Tune::from(q)));
        let octaves = |shape: &Shape| match shape {
            Shape::Lowpass { cutoff, .. } => (cutoff / center).log2(),
            Shape::Peak { .. } => f64::NAN,
        };
        let offsets: Vec<f64> = self.shapes.iter().map(octaves).collect();
        let mut output = self.input.clone();
        let modulation = Modulation { knob: 0, offsets: &offsets };
        processor.process_modulated(&mut [&mut output], &[modulation]).expect("one channel");
        output
    }
}

fn processor(band: Band<Tune>) -> Processor<f64> {
    let filter = TunableCascade::new([("band", band)], RATE).expect("an ordinary band");
    Processor::new(&filter, 1).expect("a processor")
}

fn peak(samples: &[f64]) -> f64 {
    samples.iter().fold(0.0, |peak, x| if x.is_nan() { f64::INFINITY } else { peak.max(x.abs()) })
}

/// The peak above 5 kHz in dB, once the tone has begun.
fn click(samples: &[f64]) -> f64 {
    let highpass = Band::highpass(Method::Butterworth { order: 8 }, 5_000.0);
    let highpass = highpass.design(RATE).expect("a highpass");
    let mut block = samples.to_vec();
    highpass.process(&mut highpass.state(), &mut block);
    20.0 * peak(&block[4_000..]).log10()
}

fn tone(frequency: f64, length: usize) -> Vec<f64> {
    (0..length).map(|n| (2.0 * PI * frequency * n as f64 / RATE).sin()).collect()
}

/// A cutoff between 50 Hz and 15 kHz, moved by an oscillator.
fn oscillator(frequency: f64, n: usize) -> f64 {
    let phase = (2.0 * PI * frequency * n as f64 / RATE).sin();
    (50.0_f64 * 15_000.0).sqrt() * 300_f64.powf(0.5 * phase)
}

fn row(situation: &str, [direct_form, state_variable, ours]: [f64; 3]) {
    println!("{situation:66} {direct_form:10.3e} {state_variable:10.3e} {ours:10.3e}");
}

/// Ours is at least as good as the better one, up to a rounding of the third digit.
#[track_caller]
fn best_row(situation: &str, values: [f64; 3]) {
    row(situation, values);
    let [direct_form, state_variable, ours] = values;
    let better = direct_form.min(state_variable);
    assert!(ours <= better + 0.005 * better.abs(), "{situation}: {values:?}");
}

#[test]
fn table() {
    println!("{:66} {:>10} {:>10} {:>10}", "48 kHz, within ±1", "direct", "textbook", "processor");
    peaks();
    energy();
    clicks();
    low_frequencies();
    cost();
}

fn peaks() {
    let ones = || vec![1.0; 48_000];
    let step = Motion::new(ones(), |n| Shape::Lowpass {
        cutoff: if n < 24_000 { 15_000.0 } else { 50.0 },
        q: BUTTERWORTH,
    });
    best_row(
        "peak: lowpass Q 0.707, 15 kHz to 50 Hz in one step, input 1",
        [peak(&step.direct_form()), peak(&step.state_variable()), peak(&step.knobs())],
    );
    let random: Vec<f64> = uniform(1).take(48_000).collect();
    let moving = |name: &str, q: f64, hold: usize, cutoff: &dyn Fn(usize) -> f64| {
        let motion = Motion::new(ones(), |n| Shape::Lowpass { cutoff: cutoff(n / hold * hold), q });
        let ours = motion.modulated();
        best_row(name, [peak(&motion.direct_form()), peak(&motion.state_variable()), peak(&ours)]);
    };
    moving("peak: cutoff random every sample, Q 0.707", BUTTERWORTH, 1, &|n| {
        600.0 * 30_f64.powf(random[n])
    });
    moving("peak: cutoff by a 440 Hz oscillator, Q 10, held for 32 samples", 10.0, 32, &|n| {
        oscillator(440.0, n)
    });
    moving("peak: cutoff by a 2 kHz oscillator, Q 10", 10.0, 1, &|n| oscillator(2_000.0, n));
    moving("peak: cutoff by a 440 Hz oscillator, Q 50", 50.0, 1, &|n| oscillator(440.0, n));
    for (name, from, to) in [
        ("peak: peak filter, 12 dB, Q jumps 0.3 to 10, tone", 0.3, 10.0),
        ("peak: peak filter, 12 dB, Q jumps 10 to 0.3, tone", 10.0, 0.3),
    ] {
        let motion = Motion::new(tone(1_000.0, 48_000), |n| Shape::Peak {
            center: 1_000.0,
            q: if n < 24_000 { from } else { to },
            gain_db: 12.0,
        });
        best_row(
            name,
            [peak(&motion.direct_form()), peak(&motion.state_variable()), peak(&motion.knobs())],
        );
    }
}

/// In how many of 108 modulations the energy of the state grows without input.
fn energy() {
    let mut grown = [0; 3];
    for q in [0.5, BUTTERWORTH, 2.0, 10.0] {
        for rate in [2.0, 20.0, 200.0, 440.0, 1_000.0, 2_000.0, 5_000.0, 11_000.0, 20_000.0] {
            for octaves in [0.5, 2.0, 4.0] {
                let cutoff = |n: usize| {
                    let phase = (2.0 * PI * rate * n as f64 / RATE).sin();
                    1_000.0 * f64::exp2(octaves * phase)
                };
                let mut direct = DirectForm { state: [1.0, 1.0] };
                let mut textbook = StateVariable { state: [1.0, 1.0] };
                let mut ours = SvfState { s1: 1.0, s2: 1.0, k: 1.0 / q };
                let mut most = [0.0_f64; 3];
                for n in 0..4_800 {
                    let shape = Shape::Lowpass { cutoff: cutoff(n), q };
                    direct.tick(cookbook(shape, RATE), 0.0);
                    textbook.tick(shape, RATE, 0.0);
                    let band = Band::resonant_lowpass(cutoff(n), q);
                    band.svf_sections(RATE).expect("a lowpass")[0].tick(&mut ours, 0.0);
                    let energies = [direct.state, textbook.state, [ours.s1, ours.s2]];
                    for (most, [s1, s2]) in most.iter_mut().zip(energies) {
                        *most = most.max(s1 * s1 + s2 * s2);
                    }
                }
                for (grown, most) in grown.iter_mut().zip(most) {
                    *grown += i32::from(most > 2.0 * (1.0 + 1e-9));
                }
            }
        }
    }
    best_row("energy of the state grows without input, in 108 modulations", grown.map(f64::from));
}

fn clicks() {
    // The gain changes eight times, at other phases of the tone.
    let gain = |ramp: usize, hold: usize| {
        move |n: usize| {
            let n = n / hold * hold;
            let (change, since) = (n / 6_010, n % 6_010);
            let part = if ramp == 0 { 1.0 } else { (since as f64 / ramp as f64).min(1.0) };
            let side = if change % 2 == 0 { 12.0 } else { -12.0 };
            let gain_db = if change == 0 { side } else { side * (2.0 * part - 1.0) };
            Shape::Peak { center: 100.0, q: 1.0, gain_db }
        }
    };
    let jumps = Motion::new(tone(100.0, 48_000), gain(0, 1));
    let ours = click(&jumps.knobs());
    for (name, ramp, hold) in [
        ("click above 5 kHz, dB: peak at 100 Hz, gain jumps by 24 dB", 0, 1),
        ("the same, in 20 ms: each sample", 960, 1),
        ("the same, in 20 ms: each 32 samples", 960, 32),
        ("the same, in 20 ms: each 512 samples", 960, 512),
    ] {
        let motion = Motion::new(tone(100.0, 48_000), gain(ramp, hold));
        let others = [click(&motion.direct_form()), click(&motion.state_variable())];
        // The processor makes its own ramp of every jump.
        best_row(name, [others[0], others[1], ours]);
    }
}

/// Samples in `f32`, beside the exact filter.
fn low_frequencies() {
    for rate in [48_000.0, 192_000.0] {
        let band = Band::resonant_lowpass(20.0, BUTTERWORTH);
        let values = f32_errors(&band, rate);
        best_row(&format!("f32, rms error in dB: lowpass Q 0.707, 20 Hz at {rate} Hz"), values);
    }
    let values = f32_errors(&Band::peak(20.0, 4.0, 12.0), 192_000.0);
    best_row("f32, rms error in dB: peak 20 Hz, Q 4, 12 dB at 192000 Hz", values);
}

fn f32_errors(band: &Band<f64>, rate: f64) -> [f64; 3] {
    let exact = band.svf_sections(rate).expect("an ordinary band")[0];
    let input = noise::<f32>(400_000, 11);
    let mut state = SvfState::default();
    let wanted: Vec<f64> = input.iter().map(|x| exact.tick(&mut state, f64::from(*x))).collect();
    let total: f64 = wanted.iter().map(|y| y * y).sum();
    let error = |output: &[f32]| {
        let each = output.iter().zip(&wanted).map(|(y, wanted)| (f64::from(*y) - wanted).powi(2));
        10.0 * (each.sum::<f64>() / total).log10()
    };

    let direct = Cascade::from_sections([Section::from(&exact).cast::<f32>()], rate);
    let direct = direct.expect("a valid rate");
    let mut state = direct.state();
    let direct: Vec<f32> = input.iter().map(|x| direct.tick(&mut state, *x)).collect();

    let textbook = textbook_f32(&exact, &input);

    let filter = TunableCascade::new([("band", band.map(|_, value| Tune::free(value)))], rate);
    let mut processor = Processor::<f32>::new(&filter.expect("an ordinary band"), 1);
    let mut ours = input.clone();
    for block in ours.chunks_mut(64) {
        let processor = processor.as_mut().expect("a processor");
        processor.process(&mut [block]).expect("one channel");
    }
    [error(&direct), error(&textbook), error(&ours)]
}

/// The textbook's filter in `f32`.
#[allow(clippy::cast_possible_truncation, reason = "coefficients in f32")]
fn textbook_f32(section: &SvfSection<f64>, input: &[f32]) -> Vec<f32> {
    let (g, k) = (section.g() as f32, section.k() as f32);
    let [m0, m1, m2] = section.mix().map(|m| m as f32);
    let a1 = 1.0 / (1.0 + g * (g + k));
    let (a2, a3) = (g * a1, g * g * a1);
    let (mut ic1, mut ic2) = (0.0_f32, 0.0_f32);
    let each = input.iter().map(|x| {
        let v3 = x - ic2;
        let v1 = a1 * ic1 + a2 * v3;
        let v2 = ic2 + a2 * ic1 + a3 * v3;
        (ic1, ic2) = (2.0 * v1 - ic1, 2.0 * v2 - ic2);
        m0 * x + m1 * v1 + m2 * v2
    });
    each.collect()
}

/// One redesign of a lowpass for each sample, with the sample: not asserted, because it is a time.
fn cost() {
    let input = noise::<f64>(48_000, 2);
    let octaves = |n| (oscillator(3.0, n) / 1_000.0).log2();
    let offsets: Vec<f64> = (0..input.len()).map(octaves).collect();
    let time = |mut run: Box<dyn FnMut() + '_>| {
        let once = |run: &mut dyn FnMut()| {
            let start = Instant::now();
            run();
            start.elapsed().as_secs_f64() / 48_000.0 * 1e9
        };
        (0..9).map(|_| once(&mut run)).fold(f64::INFINITY, f64::min)
    };
    let mut direct = DirectForm::default();
    let mut textbook = StateVariable::default();
    let lowpass = |octaves: &f64| Shape::Lowpass { cutoff: 1_000.0 * octaves.exp2(), q: 2.0 };
    let mut ours = processor(Band::resonant_lowpass(Tune::free(1_000.0), Tune::from(2.0)));
    let values = [
        time(Box::new(|| {
            for (x, octaves) in input.iter().zip(&offsets) {
                black_box(direct.tick(cookbook(lowpass(octaves), RATE), *x));
            }
        })),
        time(Box::new(|| {
            for (x, octaves) in input.iter().zip(&offsets) {
                black_box(textbook.tick(lowpass(octaves), RATE, *x));
            }
        })),
        time(Box::new(|| {
            let mut block = input.clone();
            let modulation = Modulation { knob: 0, offsets: &offsets };
            let done = ours.process_modulated(&mut [&mut block], &[modulation]);
            done.expect("one channel");
            black_box(block);
        })),
    ];
    row("ns for a sample with a redesign, its frequency from octaves", values);
}
