//! The residuals of one recording, and their derivatives by the parameters of the filter and of the
//! chain.

use filterbank_core::{Cascade, FilterState, Section, SectionState};

use crate::fit::recording::chain::Setting;
use crate::fit::recording::error::RecordingError;
use crate::fit::recording::signal::BLOCK;
use crate::fit::recording::track::Track;
use crate::sensitivity::{Sensitivities, TunedSection};

/// A filter with its derivatives, to be compared with recordings.
pub(super) struct Linearization<'s> {
    pub(super) sections: &'s [TunedSection],
    /// The number of parameters of the filter.
    pub(super) own: usize,
    pub(super) sample_rate: f64,
}

impl Linearization<'_> {
    /// The positions of the parameters of the filter and of a chain among all of the fit.
    pub(super) fn places(&self, track: &Track<'_, '_>) -> Vec<usize> {
        (0..self.own).chain(track.variables.clone()).collect()
    }

    /// Plays a recording, and calls `listen` with the weights of each block, with the weighted
    /// residuals `[time]` of all samples whose weight is not 0, and with their derivatives
    /// `[params, time]` by the parameters of the filter, then of the chain. With `u` the output of the filter, the output is `y = gain · u + offset`, and
    ///
    /// ```text
    /// ∂y/∂θ = gain · ∂u/∂θ        ∂y/∂delay = gain · filter(∂x/∂delay)
    /// ∂y/∂gain = u                ∂y/∂state = gain · filter's response to the state alone
    /// ∂y/∂offset = 1
    /// ```
    pub(super) fn play(
        &self,
        track: &mut Track<'_, '_>,
        Setting { gain, offset, kernel, states }: Setting,
        mut listen: impl FnMut(&[f64], &mut [f64], &mut [f64]),
    ) -> Result<(), RecordingError> {
        let (own, chain) = (self.own, track.chain.clone());
        let params = own + chain.count();
        let plain: Vec<Section<f64>> = self.sections.iter().map(|tuned| tuned.section).collect();
        let cascade = Cascade::from_slice(plain.as_slice(), self.sample_rate)
            .map_err(RecordingError::Design)?;
        let mut sensitivities = Sensitivities::new(self.sections.to_vec(), &[], own);
        if !states.is_empty() {
            let resumed = sensitivities.resume(&states);
            debug_assert!(resumed.is_ok(), "a state for each section");
        }
        let mut by_delay = cascade.state();
        let mut by_states: Vec<_> =
            (0..chain.states().len()).map(|index| unit_state(&cascade, index)).collect();

        let (mut input, mut slopes) = (Vec::with_capacity(BLOCK), Vec::with_capacity(BLOCK));
        let (mut residuals, mut derivatives) = ([0.0; BLOCK], vec![0.0; params * BLOCK]);
        track.play(
            |_| {},
            |window| {
                let time = window.wanted.len();
                let residuals = &mut residuals[..time];
                let derivatives = &mut derivatives[..params * time];
                let (by_filter, by_chain) = derivatives.split_at_mut(own * time);
                match chain.delay.variable() {
                    Some(_) => kernel.delayed_with_slopes(&window, &mut input, &mut slopes),
                    None => kernel.delayed(&window, &mut input),
                }
                let filtered = sensitivities.process(&input, residuals, by_filter);

                let row = |index: usize| index * time..(index + 1) * time;
                if let Some(index) = chain.delay.variable() {
                    by_chain[row(index)].copy_from_slice(&slopes);
                    cascade.process(&mut by_delay, &mut by_chain[row(index)]);
                    scale(&mut by_chain[row(index)], gain);
                }
                for (index, state) in chain.states().zip(&mut by_states) {
                    by_chain[row(index)].fill(0.0);
                    if !is_at_rest(state) {
                        cascade.process(state, &mut by_chain[row(index)]);
                        scale(&mut by_chain[row(index)], gain);
                    }
                }
                if let Some(index) = chain.gain.variable() {
                    by_chain[row(index)].copy_from_slice(residuals);
                }
                if let Some(index) = chain.offset.variable() {
                    by_chain[row(index)].fill(1.0);
                }
                scale(by_filter, gain);
                for (residual, wanted) in residuals.iter_mut().zip(window.wanted) {
                    *residual = gain * *residual + offset - wanted;
                }

                let kept = weigh(window.weights, residuals, derivatives);
                debug_assert!(filtered.is_ok(), "the lengths fit");
                listen(window.weights, &mut residuals[..kept], &mut derivatives[..params * kept]);
            },
        )
    }
}

/// The state of a cascade at rest, but for one number: `s1` of the first section, `s2` of the first
/// section, and so on.
fn unit_state(
    cascade: &Cascade<f64, &[Section<f64>]>,
    index: usize,
) -> FilterState<f64, Vec<SectionState<f64>>> {
    let mut state = cascade.state();
    let SectionState { s1, s2 } = &mut state.sections_mut()[index / 2];
    *[s1, s2][index % 2] = 1.0;
    state
}

fn is_at_rest(state: &FilterState<f64, Vec<SectionState<f64>>>) -> bool {
    state.sections().iter().all(|section| *section == SectionState::default())
}

fn scale(row: &mut [f64], factor: f64) {
    if factor != 1.0 {
        for entry in row {
            *entry *= factor;
        }
    }
}

/// Multiplies residuals, `[time]`, and derivatives, `[params, time]`, by the roots of the weights,
/// and drops samples of weight 0. Returns the number of samples that are left.
fn weigh(weights: &[f64], residuals: &mut [f64], derivatives: &mut [f64]) -> usize {
    let time = weights.len();
    if weights.iter().all(|weight| *weight == 1.0) {
        return time;
    }
    let kept = weigh_row(weights, residuals, 0, 0);
    for (index, start) in (0..derivatives.len()).step_by(time).enumerate() {
        weigh_row(weights, derivatives, start, index * kept);
    }
    kept
}

/// Weighs the row that begins at `from`, and moves it to `to`, which is not behind it. Returns its
/// new length.
fn weigh_row(weights: &[f64], rows: &mut [f64], from: usize, to: usize) -> usize {
    let mut end = to;
    for (place, weight) in (from..).zip(weights) {
        if *weight != 0.0 {
            rows[end] = rows[place] * weight.sqrt();
            end += 1;
        }
    }
    end - to
}
