//! The way back to a lost system: trials of a second filter from other starts.

use std::mem;

use filterbank_core::Quantity;

use crate::fit::model::Model;
use crate::fit::online::level::Share;
use crate::fit::online::tracker::{Block, Tracker};
use crate::tune::Tunable;

/// The shortest trial, in blocks: with steps of 0.1, a trial of 64 steps reaches far enough.
const SHORTEST_TRIAL: f64 = 64.0;
/// The number of trials in a search.
const TRIALS: usize = 128;
/// A trial succeeds if its errors have less than this part of the energy: 1 dB less.
const BETTER: f64 = 0.8;
/// Draws of a start before a trial starts from the current values instead: some draws cannot be
/// designed, as a band whose low edge lies above the high edge.
const DRAWS: usize = 8;
/// How far a frequency without bounds is searched: two octaves to either side.
const RANGE: f64 = 2.0 * std::f64::consts::LN_2;

/// A search: one trial after the other.
///
/// A trial lasts one window, but at least 64 blocks. It starts from the parameters of the leader, but those of one band are
/// drawn between their bounds. The scout learns without regard to earlier samples. If it has the
/// smaller error in the second half of the trial, it becomes the leader.
pub(super) struct Search {
    scout: Tracker,
    /// The length of a trial, in blocks.
    length: f64,
    /// The band of each parameter.
    bands: Vec<usize>,
    random: fastrand::Rng,
    /// Trials left, with the current one; 0 if there is no search.
    trials: usize,
    /// Blocks of the current trial.
    blocks: f64,
    /// The energies of the errors in the second half of the trial.
    scout_error: f64,
    leader_error: f64,
    start: Vec<f64>,
}

impl Search {
    /// No search yet. A window has this number of blocks.
    pub(super) fn new<T: Tunable>(model: &Model<'_, T>, scout: Tracker, window: f64) -> Self {
        Self {
            start: scout.variables().to_vec(),
            bands: bands(model.names()),
            scout,
            length: window.max(SHORTEST_TRIAL),
            random: fastrand::Rng::with_seed(0),
            trials: 0,
            blocks: 0.0,
            scout_error: 0.0,
            leader_error: 0.0,
        }
    }

    /// Begins a new search.
    pub(super) fn begin<T: Tunable>(
        &mut self,
        model: &Model<'_, T>,
        limits: &[(f64, f64)],
        leader: &Tracker,
    ) {
        self.trials = TRIALS;
        self.begin_trial(model, limits, leader);
    }

    pub(super) fn stop(&mut self) {
        self.trials = 0;
    }

    /// Filters a sample at the given place in the block.
    pub(super) fn tick(&mut self, place: usize, x: f64, wanted: Option<f64>) {
        if self.trials > 0 {
            self.scout.tick(place, x, wanted);
        }
    }

    /// Takes a step of the trial, after the leader's. A pause does not count. If the
    /// trial ends with success, the leader is replaced.
    pub(super) fn step<T: Tunable>(
        &mut self,
        model: &Model<'_, T>,
        limits: &[(f64, f64)],
        block: &Block,
        share: Share,
        leader: &mut Tracker,
    ) {
        if self.trials == 0 {
            return;
        }
        self.scout.step(model, limits, block, share);
        if share.pause {
            return;
        }
        if self.blocks >= 0.5 * self.length {
            self.scout_error += self.scout.error_energy();
            self.leader_error += leader.error_energy();
        }
        self.blocks += 1.0;
        if self.blocks >= self.length {
            if self.scout_error < BETTER * self.leader_error {
                mem::swap(&mut self.scout, leader);
            }
            self.trials -= 1;
            if self.trials > 0 {
                self.begin_trial(model, limits, leader);
            }
        }
    }

    fn begin_trial<T: Tunable>(
        &mut self,
        model: &Model<'_, T>,
        limits: &[(f64, f64)],
        leader: &Tracker,
    ) {
        (self.blocks, self.scout_error, self.leader_error) = (0.0, 0.0, 0.0);
        for _ in 0..DRAWS {
            self.start.copy_from_slice(leader.variables());
            self.draw_band(model, limits);
            if self.scout.restart(model, &self.start) {
                return;
            }
        }
        self.scout.restart(model, leader.variables());
    }

    /// Draws the variables of a band. Variables without bounds stay, but for frequencies.
    fn draw_band<T: Tunable>(&mut self, model: &Model<'_, T>, limits: &[(f64, f64)]) {
        let count = self.bands.last().map_or(1, |last| last + 1);
        let drawn = self.random.usize(0..count);
        let each = self.start.iter_mut().zip(limits).zip(model.quantities()).zip(&self.bands);
        for (((variable, (low, high)), quantity), _) in each.filter(|(_, band)| **band == drawn) {
            let range = if quantity == Quantity::Frequency { RANGE } else { 0.0 };
            let low = if low.is_finite() { *low } else { *variable - range };
            let high = if high.is_finite() { *high } else { *variable + range };
            *variable = low + (high - low) * self.random.f64();
        }
    }
}

/// Numbers the bands: successive parameters belong to the same band if their names agree before the
/// last dot.
fn bands<'a>(names: impl Iterator<Item = &'a str>) -> Vec<usize> {
    let mut last = None;
    let mut count = 0;
    let band = |name: &'a str| {
        let band = name.rsplit_once('.').map(|(band, _)| band);
        if last.replace(band).is_some_and(|last| last != band) {
            count += 1;
        }
        count
    };
    names.map(band).collect()
}

#[cfg(test)]
mod tests {
    use super::bands;

    #[test]
    fn bands_are_told_apart_by_their_names() {
        let names = ["low.cutoff", "mid.center", "mid.q", "air.cutoff", "air.gain_db"];
        assert_eq!(bands(names.into_iter()), [0, 1, 1, 2, 2]);
        assert_eq!(bands(["root", "echo"].into_iter()), [0, 0]);
        assert_eq!(bands(std::iter::empty()), [0; 0]);
    }
}
