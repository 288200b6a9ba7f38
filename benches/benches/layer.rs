//! A training step of a layer: an equaliser of ten bands, 30 parameters, over 16 signals of 48,000
//! samples. Forward pass, backward pass, and a whole step: design, both passes, Adam.

use std::error::Error;
use std::hint::black_box;
use std::time::Instant;

use filterbank::fit::Adam;
use filterbank::layer::{BatchShape, Layer, LayerError, LayerSample, MovingLayer};
use filterbank::run::{FilterState, Sample};
use filterbank::section::Interpolation;
use filterbank::{Scalar, TunableCascade};
use filterbank_benches::filters::{equaliser, noise, peaks, tunable_equaliser};
use filterbank_benches::report::assert_close;
use filterbank_benches::table;

const BANDS: usize = 10;
const SHAPE: BatchShape = BatchShape { batch: 16, channels: 1, time: 48_000 };
/// The number of runs of each step; the least time counts.
const RUNS: usize = 9;

/// What a step takes: forward pass, backward pass, and the rest (designs and Adam), in seconds.
type Times = [f64; 3];

fn main() -> Result<(), Box<dyn Error>> {
    let mut rows =
        vec![["layer", "forward", "backward", "step", "step / shared"].map(String::from).to_vec()];
    compare::<f32>("f32", &mut rows)?;
    compare::<f64>("f64", &mut rows)?;
    println!("\nlayer: ms, 16 x 48,000 samples through {BANDS} sections, {} threads\n", threads());
    table::print(&rows);
    Ok(())
}

fn threads() -> usize {
    if cfg!(feature = "rayon") {
        std::thread::available_parallelism().map_or(1, usize::from)
    } else {
        1
    }
}

/// One row for each kind of layer.
fn compare<T: LayerSample<Number = f64> + Sample>(
    name: &str,
    rows: &mut Vec<Vec<String>>,
) -> Result<(), Box<dyn Error>> {
    let mut signals = Signals::<T>::new();
    let mut steps: Vec<(&str, Box<dyn Step<T>>)> = vec![
        ("shared", Box::new(Fixed::new(1)?)),
        ("one filter per item", Box::new(Fixed::new(SHAPE.batch)?)),
        ("held, hop 480", Box::new(Moving::new(480, Interpolation::Held)?)),
        ("linear, hop 480", Box::new(Moving::new(480, Interpolation::Linear)?)),
        ("held, hop 64", Box::new(Moving::new(64, Interpolation::Held)?)),
        ("linear, hop 64", Box::new(Moving::new(64, Interpolation::Linear)?)),
    ];
    let mut least = vec![[f64::INFINITY; 3]; steps.len()];
    let mut expected = Vec::new();
    for run in 0..RUNS {
        for ((name, step), least) in steps.iter_mut().zip(&mut least) {
            let times = step.run(&mut signals)?;
            if run == 0 {
                // All parameters are those of the shared filter at first.
                if expected.is_empty() {
                    expected.clone_from(&signals.output);
                }
                assert_close(name, &signals.output, &expected, 1e-5);
            }
            for (least, time) in least.iter_mut().zip(times) {
                *least = time.min(*least);
            }
        }
    }
    let whole = |times: &Times| times.iter().sum::<f64>();
    let plain = process_channels::<T>()?;
    rows.push(vec![
        format!("{name}, process_channels"),
        ms(plain),
        "–".into(),
        "–".into(),
        "–".into(),
    ]);
    for ((kind, _), times) in steps.iter().zip(&least) {
        let ratio = format!("{:.2}", whole(times) / whole(&least[0]));
        rows.push(vec![
            format!("{name}, {kind}"),
            ms(times[0]),
            ms(times[1]),
            ms(whole(times)),
            ratio,
        ]);
    }
    Ok(())
}

fn ms(seconds: f64) -> String {
    format!("{:.1}", seconds * 1e3)
}

/// The least time of the filter without derivatives.
fn process_channels<T: Sample>() -> Result<f64, Box<dyn Error>> {
    let cascade = equaliser(BANDS)?.cast::<T>();
    let mut block = noise::<T>(SHAPE.samples());
    let mut states = vec![FilterState::default(); SHAPE.signals()];
    let mut least = f64::INFINITY;
    for _ in 0..RUNS {
        let start = Instant::now();
        cascade.process_channels(&mut states, black_box(&mut block))?;
        least = least.min(start.elapsed().as_secs_f64());
    }
    Ok(least)
}

/// The signals of a step. The loss is a half of the energy of the output, so its derivatives are the
/// output.
struct Signals<T> {
    input: Vec<T>,
    output: Vec<T>,
    slope: Vec<T>,
    input_slope: Vec<T>,
}

impl<T: Scalar> Signals<T> {
    fn new() -> Self {
        let empty = vec![T::zero(); SHAPE.samples()];
        Self {
            input: noise(SHAPE.samples()),
            output: empty.clone(),
            slope: empty.clone(),
            input_slope: empty,
        }
    }
}

/// A layer and its optimiser.
trait Step<T> {
    fn run(&mut self, signals: &mut Signals<T>) -> Result<Times, Box<dyn Error>>;
}

/// Parameters that stay during a batch.
struct Fixed {
    layer: Layer<TunableCascade>,
    params: Vec<f64>,
    adam: Adam,
}

impl Fixed {
    fn new(filters: usize) -> Result<Self, Box<dyn Error>> {
        let params = peaks(BANDS).flatten().collect::<Vec<_>>().repeat(filters);
        let layer = Layer::new(tunable_equaliser(BANDS)?, &params)?;
        Ok(Self { layer, params, adam: Adam::new(1e-3) })
    }
}

impl<T: LayerSample<Number = f64>> Step<T> for Fixed {
    fn run(&mut self, signals: &mut Signals<T>) -> Result<Times, Box<dyn Error>> {
        let Signals { input, output, slope, input_slope } = signals;
        let mut gradient = vec![0.0; self.params.len()];
        let forward = timed(|| self.layer.forward(SHAPE, black_box(input), output))?;
        slope.copy_from_slice(output);
        let backward = timed(|| self.layer.backward(input, slope, input_slope, &mut gradient))?;
        let start = Instant::now();
        self.adam.step(&mut self.params, &gradient)?;
        self.layer.retune(&self.params)?;
        Ok([forward, backward, start.elapsed().as_secs_f64()])
    }
}

/// Parameters of frames, for each item.
struct Moving {
    layer: MovingLayer,
    params: Vec<f64>,
    adam: Adam,
}

impl Moving {
    fn new(hop: usize, interpolation: Interpolation) -> Result<Self, Box<dyn Error>> {
        let layer = MovingLayer::new(tunable_equaliser(BANDS)?, SHAPE.batch, hop, interpolation)?;
        let frames = SHAPE.batch * layer.frames(SHAPE.time);
        let params = peaks(BANDS).flatten().collect::<Vec<_>>().repeat(frames);
        Ok(Self { layer, params, adam: Adam::new(1e-3) })
    }
}

impl<T: LayerSample<Number = f64>> Step<T> for Moving {
    fn run(&mut self, signals: &mut Signals<T>) -> Result<Times, Box<dyn Error>> {
        let Signals { input, output, slope, input_slope } = signals;
        let mut gradient = vec![0.0; self.params.len()];
        let forward = timed(|| self.layer.forward(SHAPE, &self.params, black_box(input), output))?;
        slope.copy_from_slice(output);
        let backward = timed(|| self.layer.backward(input, slope, input_slope, &mut gradient))?;
        let start = Instant::now();
        self.adam.step(&mut self.params, &gradient)?;
        Ok([forward, backward, start.elapsed().as_secs_f64()])
    }
}

/// The time of a pass.
fn timed(pass: impl FnOnce() -> Result<(), LayerError>) -> Result<f64, LayerError> {
    let start = Instant::now();
    pass()?;
    Ok(start.elapsed().as_secs_f64())
}
