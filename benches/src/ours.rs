//! This library, with the function type of its peers.

use std::error::Error;

use filterbank::run::{AudioSample, Plan, Sample};
use filterbank::section::{SvfSection, SvfState};
use filterbank::{Bank, Cascade};

use crate::derivatives::Problem;
use crate::peers::Filter;

/// [`Cascade::process`].
pub fn cascade<S: Sample>(cascade: Cascade<S>) -> Filter<S> {
    let mut state = cascade.state();
    Box::new(move |input, output| {
        output.copy_from_slice(input);
        cascade.process(&mut state, output);
    })
}

/// [`Cascade::tick`], sample by sample.
pub fn cascade_tick<S: Sample>(cascade: Cascade<S>) -> Filter<S> {
    let mut state = cascade.state();
    Box::new(move |input, output| {
        for (x, y) in input.iter().zip(output) {
            *y = cascade.tick(&mut state, *x);
        }
    })
}

/// [`Plan::process`].
pub fn plan<S: AudioSample>(sections: &[SvfSection<f64>]) -> Filter<S> {
    let plan = Plan::new(sections);
    let mut states = vec![SvfState::<f64>::REST; sections.len()];
    Box::new(move |input, output| {
        output.copy_from_slice(input);
        plan.process(&mut states, output).expect("a state for each section");
    })
}

/// [`Bank::process`]: `[time]` to `[bands, time]`.
pub fn bank<S: Sample>(bank: Bank<S>) -> Filter<S> {
    let mut state = bank.state();
    Box::new(move |input, output| {
        bank.process(&mut state, input, output).expect("the shapes are right");
    })
}

/// This many channels through one cascade: `[channels, time]` to the same.
pub fn channels<S: Sample>(cascade: Cascade<S>, channels: usize) -> Filter<S> {
    let mut states = vec![cascade.state(); channels];
    Box::new(move |input, output| {
        output.copy_from_slice(input);
        cascade.process_channels(&mut states, output).expect("the shapes are right");
    })
}

/// Samples in a block when latency does not matter.
const LONG_BLOCK: usize = 4_096;

/// The mean square of a filtered signal, and its derivatives, including the design; only one block
/// is kept in memory.
pub fn mean_square(problem: &Problem, signal: &[f64]) -> Result<(f64, Vec<f64>), Box<dyn Error>> {
    let mut filter = problem.sensitivities()?;
    let (mut sum, mut gradient) = (0.0, vec![0.0; problem.numbers().len()]);
    let mut output = vec![0.0; LONG_BLOCK];
    for block in signal.chunks(LONG_BLOCK) {
        let output = &mut output[..block.len()];
        let slope = |_, _, y| 2.0 * y / signal.len() as f64;
        filter.add_gradient(block, output, slope, &mut gradient)?;
        sum += output.iter().map(|y| y * y).sum::<f64>();
    }
    Ok((sum / signal.len() as f64, gradient))
}
