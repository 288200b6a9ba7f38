//! Recordings with shared filter parameters as one least-squares problem.

use std::ops::ControlFlow;

use filterbank_core::{Cascade, Section};

use crate::fit::levenberg_marquardt::{Limits, Minimum, Objective, Progress, minimize};
use crate::fit::loss::Loss;
use crate::fit::model::Model;
use crate::fit::normal_equations::NormalEquations;
use crate::fit::recording::align::starts;
use crate::fit::recording::chain::Setting;
use crate::fit::recording::error::RecordingError;
use crate::fit::recording::linearize::Linearization;
use crate::fit::recording::signal::BLOCK;
use crate::fit::recording::track::Track;
use crate::fit::statistics::Statistics;
use crate::sensitivity::TunedSection;
use crate::tune::Tunable;

/// The least-squares problem of a filter and recordings. Memory does not grow with their length.
pub(super) struct Problem<'p, 'a, T> {
    pub(super) model: &'p Model<'p, T>,
    pub(super) tracks: Vec<Track<'p, 'a>>,
    pub(super) loss: Loss,
    /// What was wrong with a recording.
    failure: Option<RecordingError>,
}

impl<'p, 'a, T: Tunable> Problem<'p, 'a, T> {
    pub(super) fn new(model: &'p Model<'p, T>, tracks: Vec<Track<'p, 'a>>, loss: Loss) -> Self {
        Self { model, tracks, loss, failure: None }
    }

    /// Where the fit may start. `start` are the variables of the specification.
    pub(super) fn starts(&mut self, start: &[f64]) -> Result<Vec<Vec<f64>>, RecordingError> {
        let filter = self.model.filter(start).map_err(RecordingError::Design)?;
        let cascade = cascade(filter.as_ref(), self.model.sample_rate())?;
        let limits = self.model.limits();
        let mut chains = Vec::new();
        self.each(|track| {
            let place = track.variables.clone();
            let starts = starts(track, &cascade, &start[place.clone()], &limits[place.clone()])?;
            chains.push((place, starts));
            Ok(())
        })?;
        let count = chains.iter().map(|(_, starts)| starts.len()).max().unwrap_or(1);
        let combined = |index: usize| {
            let mut combined = start.to_vec();
            for (place, starts) in &chains {
                if let Some(start) = starts.get(index).or(starts.first()) {
                    combined[place.clone()].copy_from_slice(start);
                }
            }
            combined
        };
        Ok((0..count).map(combined).collect())
    }

    /// The best end of a few iterations from each of several starts. The delays stay near their
    /// starts meanwhile. `None` if there is only one start.
    ///
    /// From a wrong delay the descent may end in another minimum: a wrong filter makes up for it.
    pub(super) fn best_try(
        &mut self,
        starts: Vec<Vec<f64>>,
        limits: &Limits,
        mut observer: impl FnMut(Progress<'_>) -> ControlFlow<()>,
    ) -> Result<Option<Minimum>, RecordingError> {
        if starts.len() < 2 {
            return Ok(None);
        }
        let mut quick = limits.clone();
        (quick.hasty, quick.give_up) = (true, None);
        quick.max_iterations = limits.max_iterations.min(10);
        let mut best: Option<Minimum> = None;
        for start in starts {
            let sums = self.normal_equations(&start)?;
            let bounds = self.bounds_near(&start);
            let tried = minimize(&quick, &bounds, start, sums, self, &mut observer);
            if best.as_ref().is_none_or(|best| tried.sums.cost() < best.sums.cost()) {
                best = Some(tried);
            }
        }
        Ok(best)
    }

    /// The bounds of the variables, with those of the delays at most half a sample away.
    fn bounds_near(&self, start: &[f64]) -> Vec<(f64, f64)> {
        let mut bounds = self.model.limits();
        for track in &self.tracks {
            if let Some(index) = track.chain.delay.variable() {
                let index = track.variables.start + index;
                let (low, high) = bounds[index];
                bounds[index] = (low.max(start[index] - 0.5), high.min(start[index] + 0.5));
            }
        }
        bounds
    }

    /// The error of a pass over a recording, if one has failed.
    pub(super) fn check(&mut self) -> Result<(), RecordingError> {
        self.failure.take().map_or(Ok(()), Err)
    }

    /// The statistics of the residuals at a minimum, and the sum of the weights.
    pub(super) fn statistics(
        &mut self,
        minimum: &Minimum,
    ) -> Result<(Statistics, f64), RecordingError> {
        let mut statistics = Statistics::new(&minimum.at_bound, self.loss);
        let mut total = 0.0;
        self.linearize(&minimum.params, |weights, residuals, derivatives| {
            let Some(weights) = weights else { return statistics.end_run() };
            total += weights.iter().sum::<f64>();
            let added = statistics.add(residuals, derivatives);
            debug_assert!(added.is_ok(), "the lengths fit");
            let mut rest = residuals;
            for (index, gapless) in weights.split(|weight| *weight == 0.0).enumerate() {
                if index > 0 {
                    statistics.end_run();
                }
                let (run, behind) = rest.split_at(gapless.len());
                statistics.follow(run);
                rest = behind;
            }
        })?;
        if statistics.is_robust() {
            self.linearize(&minimum.params, |weights, residuals, derivatives| {
                if weights.is_none() {
                    return;
                }
                let added = statistics.add_scores(residuals, derivatives);
                debug_assert!(added.is_ok(), "the lengths fit");
            })?;
        }
        Ok((statistics, total))
    }

    /// Calls `listen` with the weights, the residuals and their derivatives by all variables, block
    /// by block; without weights at the end of a recording.
    fn linearize(
        &mut self,
        variables: &[f64],
        mut listen: impl FnMut(Option<&[f64]>, &[f64], &[f64]),
    ) -> Result<(), RecordingError> {
        let sections = self.model.sections(variables).map_err(RecordingError::Design)?;
        let linearization = self.linearization(&sections);
        let mut all = Vec::new();
        self.each(|track| {
            let places = linearization.places(track);
            linearization.play(track, track.setting(variables), |weights, residuals, own| {
                let time = residuals.len();
                all.clear();
                all.resize(variables.len() * time, 0.0);
                for (place, row) in places.iter().zip(own.chunks_exact(time.max(1))) {
                    all[place * time..][..time].copy_from_slice(row);
                }
                listen(Some(weights), residuals, &all);
            })?;
            listen(None, &[], &[]);
            Ok(())
        })
    }

    fn linearization<'s>(&self, sections: &'s [TunedSection]) -> Linearization<'s> {
        let (own, sample_rate) = (self.model.own(), self.model.sample_rate());
        Linearization { sections, own, sample_rate }
    }

    /// Calls `listen` with the index of the recording, the position of the sample in it, and the
    /// difference of filter and recording there.
    pub(super) fn residuals(
        &mut self,
        variables: &[f64],
        mut listen: impl FnMut(usize, usize, f64),
    ) -> Result<(), RecordingError> {
        let filter = self.model.filter(variables).map_err(RecordingError::Design)?;
        let cascade = cascade(filter.as_ref(), self.model.sample_rate())?;
        let mut index = 0;
        self.each(|track| {
            respond(track, &cascade, variables, |first, outputs, wanted, weights| {
                let each = outputs.iter().zip(wanted).zip(weights).zip(first..);
                for (((output, wanted), weight), sample) in each {
                    if *weight != 0.0 {
                        listen(index, sample, output - wanted);
                    }
                }
            })?;
            index += 1;
            Ok(())
        })
    }

    /// Calls `visit` with each track. Notes the error, with the number of the recording if there
    /// are several.
    fn each(
        &mut self,
        mut visit: impl FnMut(&mut Track<'p, 'a>) -> Result<(), RecordingError>,
    ) -> Result<(), RecordingError> {
        let several = self.tracks.len() > 1;
        for (index, track) in self.tracks.iter_mut().enumerate() {
            if let Err(error) = visit(track) {
                let error = if several { error.of(index) } else { error };
                self.failure.get_or_insert_with(|| error.clone());
                return Err(error);
            }
        }
        Ok(())
    }
}

impl<T: Tunable> Objective for Problem<'_, '_, T> {
    type Error = RecordingError;

    fn cost(&mut self, variables: &[f64]) -> Result<f64, RecordingError> {
        let filter = self.model.filter(variables).map_err(RecordingError::Design)?;
        let cascade = cascade(filter.as_ref(), self.model.sample_rate())?;
        let loss = self.loss;
        let mut cost = 0.0;
        self.each(|track| {
            respond(track, &cascade, variables, |_, outputs, wanted, weights| {
                let each = outputs.iter().zip(wanted).zip(weights);
                let losses = each
                    .filter(|(_, weight)| **weight != 0.0)
                    .map(|((y, wanted), weight)| loss.of(weight * ((y - wanted) * (y - wanted))).0);
                cost += 0.5 * losses.sum::<f64>();
            })
        })?;
        Ok(cost)
    }

    fn normal_equations(&mut self, variables: &[f64]) -> Result<NormalEquations, RecordingError> {
        let sections = self.model.sections(variables).map_err(RecordingError::Design)?;
        let linearization = self.linearization(&sections);
        let loss = self.loss;
        let mut total = NormalEquations::zeros(variables.len());
        self.each(|track| {
            let places = linearization.places(track);
            let mut sums = NormalEquations::zeros(places.len());
            linearization.play(track, track.setting(variables), |_, residuals, derivatives| {
                let added = sums.add_with_loss(loss, residuals, derivatives);
                debug_assert!(added.is_ok(), "the lengths fit");
            })?;
            total.add_sums(&sums, &places);
            Ok(())
        })?;
        Ok(total)
    }
}

fn cascade(
    sections: &[Section<f64>],
    sample_rate: f64,
) -> Result<Cascade<f64, &[Section<f64>]>, RecordingError> {
    Cascade::from_slice(sections, sample_rate).map_err(RecordingError::Design)
}

/// Plays a recording, and calls `listen` with the position of each block, the output of filter and
/// chain, the recorded output and the weights.
fn respond(
    track: &mut Track<'_, '_>,
    cascade: &Cascade<f64, &[Section<f64>]>,
    variables: &[f64],
    mut listen: impl FnMut(usize, &[f64], &[f64], &[f64]),
) -> Result<(), RecordingError> {
    let Setting { gain, offset, kernel, states } = track.setting(variables);
    let mut state = cascade.state();
    state.sections_mut().iter_mut().zip(&states).for_each(|(state, start)| *state = *start);
    let mut block = Vec::with_capacity(BLOCK);
    track.play(
        |_| {},
        |window| {
            kernel.delayed(&window, &mut block);
            cascade.process(&mut state, &mut block);
            for y in &mut block {
                *y = gain * *y + offset;
            }
            listen(window.first, &block, window.wanted, window.weights);
        },
    )
}

#[cfg(test)]
mod tests {
    use filterbank_core::Band;

    use super::*;
    use crate::fit::recording::{Recording, Recordings};
    use crate::{TunableCascade, Tune};

    /// Noise without a generator: digits of a chaotic map.
    fn noise(count: usize) -> Vec<f64> {
        let mut value = 0.3;
        let mut next = || {
            value = 3.99 * value * (1.0 - value);
            value - 0.5
        };
        (0..count).map(|_| next()).collect()
    }

    #[test]
    fn the_gradient_is_the_derivative_of_the_cost() {
        let peak = Band::peak(Tune::free(900.0), Tune::free(2.0), Tune::free(4.0));
        let shelf = Band::low_shelf(Tune::free(300.0), Tune::from(0.7), Tune::free(-3.0));
        let model = TunableCascade::new([("peak", peak), ("shelf", shelf)], 8_000.0);
        let model = model.expect("a model");
        let (input, output) = (noise(2_500), noise(2_501)[1..].to_vec());
        let weights: Vec<f64> = (0..2_500).map(|n| f64::from(n % 4)).collect();
        let full = Recording::weighted(&input, &output, &weights)
            .gain(Tune::free(-0.8))
            .delay(Tune::within(1.3, -2.0..=5.0))
            .offset(Tune::free(0.2))
            .running();
        let plain = Recording::new(&output, &input).delay(Tune::within(-0.4, -5.0..=0.0));
        let mut recordings = Recordings::new(&model).with(full).with(plain);
        let states = [0.3, -0.2, 0.5, 0.1];
        let start: Vec<f64> = [900.0_f64.ln(), 2.0_f64.ln(), 4.0, 300.0_f64.ln(), -3.0]
            .into_iter()
            .chain([-0.8, 1.3, 0.2])
            .chain(states)
            .chain([-0.4])
            .collect();

        for loss in [Loss::Squared, Loss::Huber(0.4), Loss::Cauchy(0.3)] {
            recordings
                .with_problem(loss, |problem| {
                    let sums = problem.normal_equations(&start).expect("a cost");
                    let cost = problem.cost(&start).expect("a cost");
                    assert!((sums.cost() / cost - 1.0).abs() < 1e-12);
                    for index in 0..start.len() {
                        let mut at = |step: f64| {
                            let mut moved = start.clone();
                            moved[index] += step;
                            problem.cost(&moved).expect("a cost")
                        };
                        let step = 1e-4;
                        let difference = |step: f64| (at(step) - at(-step)) / (2.0 * step);
                        let mut difference = difference;
                        let (coarse, fine) = (difference(2.0 * step), difference(step));
                        let slope = (4.0 * fine - coarse) / 3.0;
                        let found = sums.gradient()[index];
                        let size = (2.0 * cost * sums.matrix()[(index, index)]).sqrt();
                        assert!((found - slope).abs() < 1e-7 * size, "{index}: {found} {slope}");
                    }
                })
                .expect("a problem");
        }
    }
}
