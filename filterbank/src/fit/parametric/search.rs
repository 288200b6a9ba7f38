//! The random search for the values of the bands.

use std::ops::ControlFlow;

use filterbank_core::{Band, Cascade, DesignError};

use crate::fit::curve::{Curve, MagnitudeTarget};
use crate::fit::error::FitError;
use crate::fit::levenberg_marquardt::{Limits, Minimum, Objective, minimize};
use crate::fit::model::Model;
use crate::fit::parametric::layout::{Layout, clamp};
use crate::fit::parametric::problem::Problem;
use crate::fit::parametric::{ParametricEq, Penalties, SearchProgress};

/// The limit of least-squares iterations in one try.
const TRY_ITERATIONS: usize = 30;
/// A try is given up if its cost is this many times the best one's after [`PATIENCE`] iterations.
const HOPELESS: f64 = 6.0;
const PATIENCE: usize = 8;
/// The number of tries without success before the search starts again.
const STALE: usize = 20;
/// The number of tries with the smallest penalties: they show which error is left.
const SCOUTS: usize = 10;
/// A peak is left out if the error without it is at most this share of the error with all peaks, and
/// this number of dB above.
const IDLE_SHARE: f64 = 1.01;
const IDLE_DB: f64 = 0.002;

/// The search for a good layout.
pub(super) struct Search<'a> {
    eq: &'a ParametricEq,
    names: &'a [String],
    target: &'a MagnitudeTarget,
    curve: &'a Curve<1>,
    penalties: Penalties,
    random: fastrand::Rng,
}

/// A layout found by a try.
#[derive(Clone)]
struct Found<'a> {
    layout: Layout<'a>,
    /// The minimised cost: error and penalty.
    cost: f64,
    rms_db: f64,
}

impl<'a> Search<'a> {
    pub(super) fn new(
        eq: &'a ParametricEq,
        names: &'a [String],
        target: &'a MagnitudeTarget,
        curve: &'a Curve<1>,
    ) -> Self {
        Self {
            eq,
            names,
            target,
            curve,
            penalties: eq.penalties(0.0),
            random: fastrand::Rng::with_seed(eq.seed),
        }
    }

    /// The best layout found until the observer stops the search or all tries are made.
    pub(super) fn run(
        mut self,
        mut observer: impl FnMut(SearchProgress) -> ControlFlow<()>,
    ) -> Result<(Layout<'a>, Penalties), FitError<DesignError>> {
        let first = self.first_guess();
        // If the first layout cannot be designed, the ranges or shelves are invalid.
        first.check().map_err(FitError::Evaluation)?;
        let mut best = self.attempt(&first, f64::INFINITY)?;
        let mut current = best.clone();
        let (mut stale, mut is_scouting) = (0, true);
        for tried in 1..=self.eq.starts {
            if is_scouting && tried > SCOUTS {
                best = self.weighed(&best)?;
                (current, is_scouting) = (best.clone(), false);
            }
            if observer(SearchProgress { tried, rms_db: best.rms_db }).is_break() {
                break;
            }
            let (layout, limit) = if stale < STALE {
                (self.moved(&current.layout), best.cost)
            } else {
                (self.afresh(), f64::INFINITY)
            };
            // If a guess cannot be designed, the search goes on with the next try.
            let Ok(found) = self.attempt(&layout, limit) else { continue };
            if found.cost < 0.9998 * current.cost || stale >= STALE {
                current = found;
                stale = 0;
            } else {
                stale += 1;
            }
            if current.cost < best.cost {
                best = current.clone();
            }
        }
        if is_scouting {
            best = self.weighed(&best)?;
        }
        let layout =
            if self.eq.restraint > 0.0 { self.without_idle_peaks(best) } else { best.layout };
        Ok((layout, self.penalties))
    }

    /// Sets the penalties by the error that an EQ leaves, and fits it again.
    fn weighed(&mut self, best: &Found<'a>) -> Result<Found<'a>, FitError<DesignError>> {
        self.penalties = self.eq.penalties(best.rms_db);
        self.attempt(&best.layout, f64::INFINITY)
    }

    /// Removes peaks without which the EQ is as good, one after the other.
    fn without_idle_peaks(&self, mut best: Found<'a>) -> Layout<'a> {
        let allowed = best.rms_db * IDLE_SHARE + IDLE_DB;
        'search: loop {
            for index in 0..best.layout.peak_count() {
                let mut layout = best.layout.clone();
                layout.swap_remove_peak(index);
                if let Ok(found) = self.attempt(&layout, f64::INFINITY)
                    && found.rms_db <= allowed
                {
                    best = found;
                    continue 'search;
                }
            }
            return best.layout;
        }
    }

    /// Fits from a layout; gives up early if the cost does not come near `limit`.
    fn attempt(&self, layout: &Layout<'a>, limit: f64) -> Result<Found<'a>, FitError<DesignError>> {
        let model = Model::new(layout)?;
        let start = model.start()?;
        let mut problem = Problem::new(layout, &model, self.curve, self.penalties)?;
        let sums = problem.normal_equations(&start).map_err(FitError::Evaluation)?;
        let limits = Limits {
            max_iterations: TRY_ITERATIONS,
            cost_tolerance: 1e-4,
            hasty: true,
            give_up: Some((PATIENCE, HOPELESS * limit)),
            ..Limits::default()
        };
        let bounds = model.limits();
        let Minimum { params, sums, .. } =
            minimize(&limits, &bounds, start, sums, &mut problem, |_| ControlFlow::Continue(()));
        let rms_db = problem.rms_db(&params);
        Ok(Found { layout: layout.with_params(model.params(&params)), cost: sums.cost, rms_db })
    }

    /// Places all peaks, one after the other.
    fn first_guess(&self) -> Layout<'a> {
        let mut layout = Layout::flat(self.eq, self.names);
        self.place(&mut layout, self.eq.peaks, || 1.0);
        layout
    }

    /// Places all peaks, one after the other, with random preferences.
    fn afresh(&mut self) -> Layout<'a> {
        let mut random = self.random.fork();
        let mut layout = Layout::flat(self.eq, self.names);
        self.place(&mut layout, self.eq.peaks, || 2.0 * random.f64());
        layout
    }

    /// Removes one to three peaks and places them again.
    fn moved(&mut self, current: &Layout<'a>) -> Layout<'a> {
        let mut layout = current.clone();
        let count = self.random.usize(1..=3).min(layout.peak_count());
        for _ in 0..count {
            let index = self.random.usize(0..layout.peak_count());
            layout.swap_remove_peak(index);
        }
        let mut random = self.random.fork();
        self.place(&mut layout, count, || 2.0 * random.f64());
        layout
    }

    /// Adds peaks, each where the error is largest and as wide as the error there. Each stretch of
    /// errors of one sign is weighted by a value of `favour`.
    fn place(&self, layout: &mut Layout<'_>, count: usize, mut favour: impl FnMut() -> f64) {
        let frequencies = self.target.frequencies();
        let mut errors = self.target.decibels().to_vec();
        let subtract = |errors: &mut Vec<f64>, bands: &[Band<f64>]| {
            if let Ok(cascade) = Cascade::from_bands(bands, self.eq.sample_rate) {
                for (error, frequency) in errors.iter_mut().zip(frequencies) {
                    *error -= cascade.magnitude_db(*frequency);
                }
            }
        };
        subtract(&mut errors, &layout.bands());
        for _ in 0..count {
            let at = self.largest(&errors, &mut favour);
            let (center, gain_db) = (frequencies[at], errors[at]);
            let (low, high) = half_width(&errors, at);
            let octaves = (frequencies[high] / frequencies[low].max(1e-3)).log2().clamp(0.1, 10.0);
            // The cookbook's relation of Q and bandwidth at low frequencies.
            let q = 0.5 / (std::f64::consts::LN_2 / 2.0 * octaves).sinh();
            let peak = [
                clamp(center, &self.eq.frequency),
                clamp(q, &self.eq.q),
                clamp(gain_db, &self.eq.gain_db),
            ];
            let [center, q, gain_db] = peak;
            subtract(&mut errors, &[Band::peak(center, q, gain_db)]);
            layout.push_peak(peak);
        }
    }

    /// The position of the largest weighted error within the range of the peaks' frequencies; the
    /// nearest point if the curve has none in that range.
    fn largest(&self, errors: &[f64], favour: &mut impl FnMut() -> f64) -> usize {
        let mut largest = None;
        let mut stretch = (0.0, 1.0);
        for (index, (error, frequency)) in errors.iter().zip(self.target.frequencies()).enumerate()
        {
            if error.signum() != stretch.0 {
                stretch = (error.signum(), favour());
            }
            let size = error.abs() * stretch.1;
            let better = largest.is_none_or(|(other, _)| size >= other);
            if self.eq.frequency.contains(frequency) && *frequency > 0.0 && better {
                largest = Some((size, index));
            }
        }
        let below = |f: &f64| *f < *self.eq.frequency.start();
        largest.map_or_else(
            || self.target.frequencies().partition_point(below).min(errors.len() - 1),
            |(_, index)| index,
        )
    }
}

/// The stretch around `at` in which the error is more than half the error at `at`.
fn half_width(errors: &[f64], at: usize) -> (usize, usize) {
    let half = errors[at] / 2.0;
    let above = |index: usize| errors[index] / half > 1.0;
    let low = (0..at).rev().find(|index| !above(*index)).unwrap_or(0);
    let high = (at + 1..errors.len()).find(|index| !above(*index)).unwrap_or(errors.len() - 1);
    (low, high)
}
