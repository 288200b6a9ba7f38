//! Signals through ten sections, forwards and backwards: coefficients that move, beside coefficients
//! that stay.

use std::error::Error;
use std::time::Instant;

use filterbank::run::{
    AdjointLane, AdjointScratch, FilterState, MovingAdjointLane, MovingLane, adjoint,
    moving_adjoint, process_moving,
};
use filterbank::section::{Frames, Interpolation, SectionState, SvfSection, SvfState};
use filterbank::{Band, Cascade};
use filterbank_benches::filters::{SAMPLE_RATE, noise, peaks};
use filterbank_benches::report::assert_close;
use filterbank_benches::table::{self, figure};

const SECTIONS: usize = 10;
const BLOCK: usize = AdjointScratch::<f64>::BLOCK;
const BLOCKS: usize = 4;
const TIME: usize = BLOCKS * BLOCK;
const RUNS: usize = 150;

fn main() -> Result<(), Box<dyn Error>> {
    for signals in [16, 8, 1] {
        let mut engines: Vec<(String, Box<dyn Engine>)> =
            vec![("static".into(), Box::new(Fixed::new(signals)?))];
        for (interpolation, hop) in [
            (Interpolation::Held, 480),
            (Interpolation::Held, 64),
            (Interpolation::Held, 16),
            (Interpolation::Held, 1),
            (Interpolation::Linear, 480),
            (Interpolation::Linear, 64),
        ] {
            let moving = Moving::new(signals, hop, interpolation, 0.2)?;
            engines.push((format!("{interpolation:?}, hop {hop}"), Box::new(moving)));
            // The coefficients of the static filter in all frames have its results.
            let mut still = Moving::new(signals, hop, interpolation, 0.0)?;
            let fixed = &mut engines[0].1;
            for engine in [fixed.as_mut(), &mut still] {
                engine.forward();
                engine.backward();
            }
            for (found, expected) in [
                (&still.signals.output, &engines[0].1.signals().output),
                (&still.signals.slope, &engines[0].1.signals().slope),
            ] {
                assert_close("moving", &found.concat(), &expected.concat(), 1e-9);
            }
        }
        let mut least = vec![[f64::INFINITY; 2]; engines.len()];
        for _ in 0..RUNS {
            for ((_, engine), least) in engines.iter_mut().zip(&mut least) {
                least[0] = least[0].min(time(signals, || engine.forward()));
                least[1] = least[1].min(time(signals, || engine.backward()));
            }
        }
        let head = ["moving", "forward", "adjoint", "both", "both / static"];
        let mut rows = vec![head.map(String::from).to_vec()];
        let fixed: f64 = least[0].iter().sum();
        for ((name, _), [forward, backward]) in engines.iter().zip(least) {
            let both = forward + backward;
            let mut row = vec![name.clone()];
            row.extend([forward, backward, both].map(figure));
            row.push(format!("{:.2}", both / fixed));
            rows.push(row);
        }
        println!("\nmoving, {signals} signals, {SECTIONS} sections: ns per sample and signal\n");
        table::print(&rows);
    }
    Ok(())
}

/// Nanoseconds per sample and signal.
fn time(signals: usize, run: impl FnOnce()) -> f64 {
    let start = Instant::now();
    run();
    start.elapsed().as_secs_f64() * 1e9 / (signals * TIME) as f64
}

/// A filter with its adjoint, block by block. The slopes by the output are noise.
trait Engine {
    /// Keeps the output, and the states at the start of every block.
    fn forward(&mut self);
    fn backward(&mut self);
    fn signals(&self) -> &Signals;
}

/// For each signal.
struct Signals {
    input: Vec<Vec<f64>>,
    output: Vec<Vec<f64>>,
    slope: Vec<Vec<f64>>,
}

impl Signals {
    fn new(signals: usize) -> Self {
        let all = noise::<f64>(signals * TIME);
        let input: Vec<_> = all.chunks_exact(TIME).map(<[f64]>::to_vec).collect();
        Self { output: input.clone(), slope: input.clone(), input }
    }

    fn start_backward(&mut self) {
        for (slope, input) in self.slope.iter_mut().zip(&self.input) {
            slope.copy_from_slice(input);
            slope.reverse();
        }
    }
}

/// Coefficients that stay, as biquads.
struct Fixed {
    cascade: Cascade<f64>,
    signals: Signals,
    states: Vec<FilterState<f64>>,
    /// `[signals, time]` of one block.
    block: Vec<f64>,
    /// `[blocks, signals, sections]`.
    checkpoints: Vec<SectionState<f64>>,
    state_slopes: Vec<[SectionState<f64>; SECTIONS]>,
    gradients: Vec<[[f64; 5]; SECTIONS]>,
    scratch: AdjointScratch<f64>,
}

impl Fixed {
    fn new(signals: usize) -> Result<Self, Box<dyn Error>> {
        let bands: Vec<_> = peaks(SECTIONS).map(|[f, q, gain]| Band::peak(f, q, gain)).collect();
        let cascade = Cascade::from_bands(&bands, SAMPLE_RATE)?;
        Ok(Self {
            signals: Signals::new(signals),
            states: vec![cascade.state(); signals],
            block: vec![0.0; signals * BLOCK],
            checkpoints: vec![SectionState::<f64>::REST; BLOCKS * signals * SECTIONS],
            state_slopes: vec![[SectionState::<f64>::REST; SECTIONS]; signals],
            gradients: vec![[[0.0; 5]; SECTIONS]; signals],
            scratch: AdjointScratch::new(),
            cascade,
        })
    }
}

impl Engine for Fixed {
    fn forward(&mut self) {
        let Self { cascade, signals, states, block, checkpoints, .. } = self;
        for state in &mut *states {
            state.reset();
        }
        let checkpoints = checkpoints.chunks_exact_mut(states.len() * SECTIONS);
        for (index, checkpoint) in checkpoints.enumerate() {
            for (checkpoint, state) in checkpoint.chunks_exact_mut(SECTIONS).zip(&*states) {
                checkpoint.copy_from_slice(state.sections());
            }
            let place = index * BLOCK..(index + 1) * BLOCK;
            for (block, input) in block.chunks_exact_mut(BLOCK).zip(&signals.input) {
                block.copy_from_slice(&input[place.clone()]);
            }
            cascade.process_channels(states, block).expect("a whole block");
            for (block, output) in block.chunks_exact(BLOCK).zip(&mut signals.output) {
                output[place.clone()].copy_from_slice(block);
            }
        }
    }

    fn backward(&mut self) {
        let Self { cascade, signals, checkpoints, state_slopes, gradients, scratch, .. } = self;
        signals.start_backward();
        state_slopes.fill([SectionState::<f64>::REST; SECTIONS]);
        gradients.fill([[0.0; 5]; SECTIONS]);
        let checkpoints = checkpoints.chunks_exact(state_slopes.len() * SECTIONS);
        for (index, checkpoint) in checkpoints.enumerate().rev() {
            let place = index * BLOCK..(index + 1) * BLOCK;
            let states = checkpoint.chunks_exact(SECTIONS);
            let slopes = signals.slope.iter_mut().zip(&mut *state_slopes).zip(&mut *gradients);
            let mut lanes: Vec<_> = (signals.input.iter().zip(states).zip(slopes))
                .map(|((input, states), ((slope, state_slope), gradient))| AdjointLane {
                    sections: cascade.sections(),
                    states,
                    input: &input[place.clone()],
                    slope: &mut slope[place.clone()],
                    state_slope,
                    gradient,
                })
                .collect();
            adjoint(&mut lanes, scratch).expect("everything fits");
        }
    }

    fn signals(&self) -> &Signals {
        &self.signals
    }
}

/// Coefficients that move, for each signal on a way of its own.
struct Moving {
    hop: usize,
    interpolation: Interpolation,
    /// For each signal, `[frames, sections]`.
    rows: Vec<Vec<SvfSection<f64>>>,
    signals: Signals,
    states: Vec<[SvfState<f64>; SECTIONS]>,
    /// `[blocks, signals]`.
    checkpoints: Vec<[SvfState<f64>; SECTIONS]>,
    state_slopes: Vec<[SvfState<f64>; SECTIONS]>,
    gradients: Vec<Vec<[f64; 6]>>,
    scratch: AdjointScratch<f64>,
}

impl Moving {
    /// `depth` is how far the parameters move, as a part of themselves.
    fn new(
        signals: usize,
        hop: usize,
        interpolation: Interpolation,
        depth: f64,
    ) -> Result<Self, Box<dyn Error>> {
        let frames = TIME.div_ceil(hop);
        let mut random = noise::<f64>(3 * frames * signals * SECTIONS).into_iter();
        let mut moved = |value: f64| value * (1.0 + depth * random.next().expect("enough numbers"));
        let mut rows = Vec::new();
        for _ in 0..signals {
            let mut row = Vec::new();
            for _ in 0..frames {
                for param in peaks(SECTIONS) {
                    let [center, q, gain_db] = param.map(&mut moved);
                    row.push(Band::peak(center, q, gain_db).svf_sections(SAMPLE_RATE)?[0]);
                }
            }
            rows.push(row);
        }
        let rest = [SvfState::<f64>::REST; SECTIONS];
        Ok(Self {
            hop,
            interpolation,
            gradients: rows.iter().map(|row| vec![[0.0; 6]; row.len()]).collect(),
            rows,
            signals: Signals::new(signals),
            states: vec![rest; signals],
            checkpoints: vec![rest; BLOCKS * signals],
            state_slopes: vec![rest; signals],
            scratch: AdjointScratch::new(),
        })
    }
}

impl Engine for Moving {
    fn forward(&mut self) {
        let Self { hop, interpolation, rows, signals, states, checkpoints, .. } = self;
        let frames = |rows| Frames::new(rows, SECTIONS, *hop, *interpolation).expect("frames");
        let frames: Vec<_> = rows.iter().map(|rows| frames(rows)).collect();
        states.fill([SvfState::<f64>::REST; SECTIONS]);
        let checkpoints = checkpoints.chunks_exact_mut(states.len());
        for (index, checkpoint) in checkpoints.enumerate() {
            checkpoint.copy_from_slice(states);
            let place = index * BLOCK..(index + 1) * BLOCK;
            for (output, input) in signals.output.iter_mut().zip(&signals.input) {
                output[place.clone()].copy_from_slice(&input[place.clone()]);
            }
            let mut lanes: Vec<_> = (frames.iter().zip(&mut *states).zip(&mut signals.output))
                .map(|((frames, states), output)| MovingLane {
                    frames: *frames,
                    states,
                    block: &mut output[place.clone()],
                })
                .collect();
            process_moving(place.start, &mut lanes).expect("everything fits");
        }
    }

    fn backward(&mut self) {
        let Self { hop, interpolation, rows, signals, checkpoints, .. } = self;
        let frames = |rows| Frames::new(rows, SECTIONS, *hop, *interpolation).expect("frames");
        let frames: Vec<_> = rows.iter().map(|rows| frames(rows)).collect();
        signals.start_backward();
        self.state_slopes.fill([SvfState::<f64>::REST; SECTIONS]);
        for gradient in &mut self.gradients {
            gradient.fill([0.0; 6]);
        }
        let checkpoints = checkpoints.chunks_exact(frames.len());
        for (index, checkpoint) in checkpoints.enumerate().rev() {
            let place = index * BLOCK..(index + 1) * BLOCK;
            let slopes = signals.slope.iter_mut().zip(&mut self.state_slopes);
            let slopes = slopes.zip(&mut self.gradients);
            let signals = frames.iter().zip(&signals.input).zip(checkpoint);
            let mut lanes: Vec<_> = (signals.zip(slopes))
                .map(|(((frames, input), states), ((slope, state_slope), gradient))| {
                    MovingAdjointLane {
                        frames: *frames,
                        states,
                        input: &input[place.clone()],
                        slope: &mut slope[place.clone()],
                        state_slope,
                        gradient,
                    }
                })
                .collect();
            moving_adjoint(place.start, &mut lanes, &mut self.scratch).expect("everything fits");
        }
    }

    fn signals(&self) -> &Signals {
        &self.signals
    }
}
