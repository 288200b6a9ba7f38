//! This library, behind the function type that its peers share.

use filterbank::{Bank, Cascade, CascadeState, DesignError, Scalar};

use crate::derivatives::{Duals, Engine, Problem};
use crate::filters::BLOCK;
use crate::peers::Filter;

/// [`Cascade::process`].
pub fn cascade<S: Scalar>(cascade: Cascade<S>) -> Filter<S> {
    let mut state = cascade.state();
    Box::new(move |input, output| {
        output.copy_from_slice(input);
        cascade.process(&mut state, output);
    })
}

/// [`Cascade::tick`], sample by sample.
pub fn cascade_tick<S: Scalar>(cascade: Cascade<S>) -> Filter<S> {
    let mut state = cascade.state();
    Box::new(move |input, output| {
        for (x, y) in input.iter().zip(output) {
            *y = cascade.tick(&mut state, *x);
        }
    })
}

/// [`Bank::process`]: `[time]` to `[bands, time]`.
pub fn bank<S: Scalar>(bank: Bank<S>) -> Filter<S> {
    let mut state = bank.state();
    Box::new(move |input, output| {
        bank.process(&mut state, input, output).expect("the shapes are right");
    })
}

/// So many channels through one cascade: `[channels, time]` to the same.
pub fn channels<S: Scalar>(cascade: Cascade<S>, channels: usize) -> Filter<S> {
    let mut states = vec![cascade.state(); channels];
    Box::new(move |input, output| {
        output.copy_from_slice(input);
        process_channels(&cascade, &mut states, output);
    })
}

/// Stands for `Cascade::process_channels` until there is one.
fn process_channels<S: Scalar>(
    cascade: &Cascade<S>,
    states: &mut [CascadeState<S>],
    block: &mut [S],
) {
    let time = block.len() / states.len();
    for (state, channel) in states.iter_mut().zip(block.chunks_exact_mut(time)) {
        cascade.process(state, channel);
    }
}

/// The mean square of a filtered signal, and its derivatives: from the design to the sum, without
/// keeping more than a block.
pub fn mean_square(problem: &Problem, signal: &[f64]) -> Result<(f64, Vec<f64>), DesignError> {
    let mut engine = Duals::<8>::new(problem)?;
    let (mut sum, mut gradient) = (0.0, vec![0.0; problem.numbers().len()]);
    for block in signal.chunks(BLOCK) {
        engine.run(block);
        let weights: Vec<f64> = engine.values().map(|y| 2.0 * y / signal.len() as f64).collect();
        sum += engine.values().map(|y| y * y).sum::<f64>();
        for (total, part) in gradient.iter_mut().zip(engine.gradient(&weights)) {
            *total += part;
        }
    }
    Ok((sum / signal.len() as f64, gradient))
}
