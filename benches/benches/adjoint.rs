//! The gradient of a loss by all coefficients and the input: the adjoint beside the forward run and
//! beside sensitivity filters.

use std::error::Error;

use filterbank::run::{AdjointLane, AdjointScratch, adjoint};
use filterbank::section::SectionState;
use filterbank::{Cascade, Sensitivities};
use filterbank_benches::filters::{BLOCK, equaliser, noise};
use filterbank_benches::least::least_times;
use filterbank_benches::ours;
use filterbank_benches::peers::Filter;
use filterbank_benches::report::assert_close;
use filterbank_benches::table::{self, figure};

/// Relative to the largest derivative.
const TOLERANCE: f64 = 1e-9;

fn main() -> Result<(), Box<dyn Error>> {
    let head = [
        "adjoint",
        "forward",
        "adjoint",
        "sensitivities",
        "adjoint / forward",
        "sensitivities / adjoint",
        "adjoint per section",
    ];
    let mut rows = vec![head.map(String::from).to_vec()];
    for signals in [1, 4, 16] {
        for sections in [1, 4, 10, 16, 31, 32] {
            rows.push(compare(signals, sections)?);
        }
    }
    println!("\nadjoint: ns per sample and signal\n");
    table::print(&rows);
    Ok(())
}

fn compare(signals: usize, sections: usize) -> Result<Vec<String>, Box<dyn Error>> {
    let cascade = equaliser(sections)?;
    let mut gradient = Gradient::new(&cascade, signals);
    gradient.check()?;
    let mut filters: Vec<Filter<f64>> = vec![
        ours::channels(cascade.clone(), signals),
        Box::new(move |input, slope| gradient.run(input, slope)),
    ];
    if signals == 1 {
        filters[0] = ours::cascade(cascade.clone());
        filters.push(sensitivities(&cascade));
    }
    let times = least_times(&mut filters, signals * BLOCK);
    let ratio = |of: usize, to: usize| times.get(of).map(|time| format!("{:.2}", time / times[to]));
    let cells = [
        Some(figure(times[0])),
        Some(figure(times[1])),
        times.get(2).copied().map(figure),
        ratio(1, 0),
        ratio(2, 1),
        Some(format!("{:.3}", times[1] / sections as f64)),
    ];
    let name = format!("signals {signals}, sections {sections}");
    let cells = cells.map(|cell| cell.unwrap_or_else(|| "–".into()));
    Ok(std::iter::once(name).chain(cells).collect())
}

/// The adjoint of one block of many signals, each from rest.
struct Gradient {
    cascade: Cascade<f64>,
    rest: Vec<SectionState<f64>>,
    /// The slopes by the output.
    weights: Vec<f64>,
    state_slopes: Vec<Vec<SectionState<f64>>>,
    coefficients: Vec<Vec<[f64; 5]>>,
    scratch: AdjointScratch<f64>,
}

impl Gradient {
    fn new(cascade: &Cascade<f64>, signals: usize) -> Self {
        let sections = cascade.sections().len();
        let rest = vec![SectionState::default(); sections];
        Self {
            cascade: cascade.clone(),
            weights: noise(2 * signals * BLOCK).split_off(signals * BLOCK),
            state_slopes: vec![rest.clone(); signals],
            coefficients: vec![vec![[0.0; 5]; sections]; signals],
            scratch: AdjointScratch::new(),
            rest,
        }
    }

    /// Stores the slopes by the input.
    fn run(&mut self, input: &[f64], slope: &mut [f64]) {
        let Self { cascade, rest, weights, state_slopes, coefficients, scratch } = self;
        slope.copy_from_slice(weights);
        let signals = input.chunks(BLOCK).zip(slope.chunks_mut(BLOCK));
        let sums = state_slopes.iter_mut().zip(coefficients);
        let lane = |((input, slope), (state_slope, gradient))| {
            let state_slope: &mut Vec<SectionState<f64>> = state_slope;
            let gradient: &mut Vec<[f64; 5]> = gradient;
            state_slope.copy_from_slice(rest);
            gradient.fill([0.0; 5]);
            AdjointLane {
                sections: cascade.sections(),
                states: rest,
                input,
                slope,
                state_slope,
                gradient,
            }
        };
        let mut lanes: Vec<_> = signals.zip(sums).map(lane).collect();
        adjoint(&mut lanes, scratch).expect("the lengths fit");
    }

    /// Checks the slopes by coefficients against sensitivity filters, and those by the input
    /// against the filter backwards in time.
    fn check(&mut self) -> Result<(), Box<dyn Error>> {
        let input = noise(self.weights.len());
        let mut slope = input.clone();
        self.run(&input, &mut slope);
        let weights = self.weights.chunks(BLOCK);
        let signals = input.chunks(BLOCK).zip(weights).zip(slope.chunks(BLOCK));
        for (((input, weights), slope), gradient) in signals.zip(&self.coefficients) {
            let mut backwards: Vec<f64> = weights.iter().rev().copied().collect();
            self.cascade.process(&mut self.cascade.state(), &mut backwards);
            backwards.reverse();
            assert_close("input", slope, &backwards, TOLERANCE);
            let mut expected = vec![0.0; 5 * gradient.len()];
            let mut output = vec![0.0; BLOCK];
            let weight = |_, time: usize, _| weights[time];
            Sensitivities::of_cascade(&self.cascade).add_gradient(
                input,
                &mut output,
                weight,
                &mut expected,
            )?;
            assert_close("coefficients", gradient.as_flattened(), &expected, TOLERANCE);
        }
        Ok(())
    }
}

/// The gradient by all coefficients through [`Sensitivities::add_gradient`].
fn sensitivities(cascade: &Cascade<f64>) -> Filter<f64> {
    let mut filter = Sensitivities::of_cascade(cascade);
    let mut sums = vec![0.0; 5 * cascade.sections().len()];
    let weights: Vec<f64> = noise(2 * BLOCK).split_off(BLOCK);
    Box::new(move |input, output| {
        let weight = |_, time: usize, _| weights[time];
        filter.add_gradient(input, output, weight, &mut sums).expect("the lengths fit");
    })
}
