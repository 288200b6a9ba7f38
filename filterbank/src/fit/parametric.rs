//! Finding a parametric EQ for a curve: how many bands of which kind is given, where they go is
//! searched.
//!
//! The curve of a parametric EQ has many local minima, and least squares finds the nearest. So
//! the search starts from peaks placed where the error is largest, and then goes on from what it
//! has: it takes away one to three peaks, places them anew where they are missed most (roughly:
//! chance has a say), and fits again. What is better is kept; when nothing has been for a while,
//! it starts afresh.

use std::ops::{ControlFlow, RangeInclusive};

use filterbank_core::{Band, Cascade, DesignError};

use crate::fit::least_squares::{FitError, LeastSquares, Solution};
use crate::fit::magnitude::{MagnitudeFit, MagnitudeTarget, fit_magnitude_from};
use crate::tune::{Tunable, TunableCascade, Tune};

/// Points of the curve on which the search is done; the fit that is returned is on all of them.
const SEARCH_POINTS: usize = 160;
/// Iterations of least squares in one try.
const TRY_ITERATIONS: usize = 30;
/// A try whose cost is so many times the best one's after [`PATIENCE`] iterations is given up.
const HOPELESS: f64 = 6.0;
const PATIENCE: usize = 8;
/// Tries without success before the search starts afresh.
const STALE: usize = 20;

/// What a parametric EQ may consist of.
///
/// The default is the layout that headphone EQs are usually given in: eight peaks of any gain
/// from −20 to 20 dB between 20 Hz and 10 kHz, and two shelves at 105 Hz and 10 kHz.
///
/// ```
/// use filterbank::fit::{MagnitudeTarget, ParametricEq};
/// use filterbank::{Band, Cascade};
///
/// // A curve made by two bands, to be found again.
/// let made = Cascade::from_bands(&[Band::peak(300.0, 1.0, 4.0), Band::peak(3_000.0, 2.0, -6.0)], 48e3)?;
/// let frequencies: Vec<f64> = (0..200).map(|i| 20.0 * 1.035_f64.powi(i)).collect();
/// let levels: Vec<f64> = frequencies.iter().map(|f| made.magnitude_db(*f)).collect();
/// let target = MagnitudeTarget::new(&frequencies, &levels)?;
///
/// let eq = ParametricEq { peaks: 2, low_shelf: None, high_shelf: None, sample_rate: 48e3, ..ParametricEq::default() };
/// let fit = eq.fit(&target)?;
/// assert!(fit.rms_db < 0.01);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct ParametricEq {
    /// Number of peaks.
    pub peaks: usize,
    /// Frequency of the low shelf in Hz, if there is to be one.
    pub low_shelf: Option<f64>,
    /// Frequency of the high shelf in Hz, if there is to be one.
    pub high_shelf: Option<f64>,
    /// Q of the shelves.
    pub shelf_q: f64,
    /// Where peaks may be, in Hz.
    pub frequency: RangeInclusive<f64>,
    /// The Q that peaks may have.
    pub q: RangeInclusive<f64>,
    /// The gain that any band may have, in dB.
    pub gain_db: RangeInclusive<f64>,
    /// What gains cost, see [`MagnitudeTarget::gain_penalty`].
    pub gain_penalty: f64,
    /// Samples per second of the EQ.
    pub sample_rate: f64,
    /// How many times the search tries to place the peaks better.
    pub starts: usize,
    /// What chance begins with: the same seed, the same answer.
    pub seed: u64,
}

impl Default for ParametricEq {
    fn default() -> Self {
        Self {
            peaks: 8,
            low_shelf: Some(105.0),
            high_shelf: Some(10_000.0),
            shelf_q: 0.7,
            frequency: 20.0..=10_000.0,
            q: 0.18248..=6.0,
            gain_db: -20.0..=20.0,
            gain_penalty: 0.004,
            sample_rate: 44_100.0,
            starts: 200,
            seed: 1,
        }
    }
}

/// A parametric EQ that was found.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ParametricFit {
    /// The shelves, then the peaks by frequency.
    pub bands: Vec<Band<f64>>,
    /// The root of the weighted mean squared error in dB.
    pub rms_db: f64,
    /// How the last fit ended, on the whole curve.
    pub solution: Solution,
}

/// How far a search has come.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct SearchProgress {
    /// Tries so far.
    pub tried: usize,
    /// The best error so far in dB, on the thinned curve of the search.
    pub rms_db: f64,
}

impl ParametricEq {
    /// Searches for the EQ whose level is nearest to the target.
    ///
    /// # Errors
    ///
    /// If a frequency, Q or gain is not allowed at the sample rate, a range is empty, or the
    /// target has fewer points than the EQ has parameters.
    pub fn fit(&self, target: &MagnitudeTarget) -> Result<ParametricFit, FitError<DesignError>> {
        self.fit_observed(target, |_| ControlFlow::Continue(()))
    }

    /// Searches, and shows `observer` every try; if it stops the search, the best EQ so far is
    /// returned.
    ///
    /// # Errors
    ///
    /// As [`fit`](ParametricEq::fit).
    pub fn fit_observed(
        &self,
        target: &MagnitudeTarget,
        mut observer: impl FnMut(SearchProgress) -> ControlFlow<()>,
    ) -> Result<ParametricFit, FitError<DesignError>> {
        let penalized = target.clone().gain_penalty(self.gain_penalty);
        let target = &penalized;
        let thinned = target.thinned(SEARCH_POINTS);
        // A curve with few points is searched as it is.
        let fine = thinned.residual_count() > self.param_count().saturating_mul(2);
        let coarse = if fine { &thinned } else { target };
        let mut search =
            Search { eq: self, target: coarse, chance: fastrand::Rng::with_seed(self.seed) };
        let mut best = search.attempt(&search.first_guess(), f64::INFINITY)?;
        let mut current = best.clone();
        let mut stale = 0;
        for tried in 1..=self.starts {
            if observer(SearchProgress { tried, rms_db: best.fit.rms_db }).is_break() {
                break;
            }
            let layout = if stale < STALE { search.moved(&current) } else { search.afresh() };
            let limit = if stale < STALE { best.cost() } else { f64::INFINITY };
            // A guess that cannot be designed is one try lost.
            let Ok(found) = search.attempt(&layout, limit) else { continue };
            if found.cost() < 0.9998 * current.cost() || stale >= STALE {
                current = found;
                stale = 0;
            } else {
                stale += 1;
            }
            if current.cost() < best.cost() {
                best = current.clone();
            }
        }
        let polished = self.fit_from(&best.layout, target, &LeastSquares::new())?;
        let mut bands = polished.layout.bands(self);
        let shelves = polished.layout.shelves.len();
        bands[shelves..].sort_by(|a, b| frequency(a).total_cmp(&frequency(b)));
        Ok(ParametricFit { bands, rms_db: polished.fit.rms_db, solution: polished.fit.solution })
    }

    /// Parameters that are searched.
    fn param_count(&self) -> usize {
        self.peaks.saturating_mul(3)
            + usize::from(self.low_shelf.is_some())
            + usize::from(self.high_shelf.is_some())
    }

    fn fit_from(
        &self,
        layout: &Layout,
        target: &MagnitudeTarget,
        method: &LeastSquares,
    ) -> Result<Found, FitError<DesignError>> {
        let filter = layout.tunable(self).map_err(FitError::Evaluation)?;
        let start: Vec<f64> = filter.params().map(|param| param.value).collect();
        let fit = fit_magnitude_from(&filter, &start, target, method)?;
        Ok(Found { layout: Layout::from_params(layout.shelves.len(), &fit.params), fit })
    }
}

fn frequency(band: &Band<f64>) -> f64 {
    band.params().first().map_or(0.0, |(_, frequency)| *frequency)
}

fn clamp(value: f64, range: &RangeInclusive<f64>) -> f64 {
    value.max(*range.start()).min(*range.end())
}

#[derive(Clone, Copy)]
struct Peak {
    center: f64,
    q: f64,
    gain_db: f64,
}

/// Where the bands are: gains of the shelves, and the peaks.
#[derive(Clone)]
struct Layout {
    shelves: Vec<f64>,
    peaks: Vec<Peak>,
}

#[derive(Clone)]
struct Found {
    layout: Layout,
    fit: MagnitudeFit,
}

impl Found {
    /// What the search minimises: error and penalty.
    fn cost(&self) -> f64 {
        self.fit.solution.cost
    }
}

impl Layout {
    /// From the parameters of [`tunable`](Layout::tunable).
    fn from_params(shelves: usize, params: &[f64]) -> Self {
        let (shelves, peaks) = params.split_at(shelves.min(params.len()));
        let peak = |p: &[f64]| Peak { center: p[0], q: p[1], gain_db: p[2] };
        Self { shelves: shelves.to_vec(), peaks: peaks.chunks_exact(3).map(peak).collect() }
    }

    fn tunable(&self, eq: &ParametricEq) -> Result<TunableCascade, DesignError> {
        let within =
            |value, range: &RangeInclusive<f64>| Tune::within(clamp(value, range), range.clone());
        let mut gains = self.shelves.iter().map(|gain_db| within(*gain_db, &eq.gain_db));
        let mut shelf = |frequency: f64| {
            (Tune::from(frequency), Tune::from(eq.shelf_q), gains.next().unwrap_or(Tune::from(0.0)))
        };
        let mut bands = Vec::new();
        if let Some((cutoff, q, gain_db)) = eq.low_shelf.map(&mut shelf) {
            bands.push(("low_shelf".to_owned(), Band::low_shelf(cutoff, q, gain_db)));
        }
        if let Some((cutoff, q, gain_db)) = eq.high_shelf.map(&mut shelf) {
            bands.push(("high_shelf".to_owned(), Band::high_shelf(cutoff, q, gain_db)));
        }
        for (index, peak) in self.peaks.iter().enumerate() {
            let center = within(peak.center, &eq.frequency);
            let (q, gain_db) = (within(peak.q, &eq.q), within(peak.gain_db, &eq.gain_db));
            bands.push((format!("peak{}", index + 1), Band::peak(center, q, gain_db)));
        }
        TunableCascade::new(bands, eq.sample_rate)
    }

    fn bands(&self, eq: &ParametricEq) -> Vec<Band<f64>> {
        let mut gains = self.shelves.iter();
        let mut gain = || gains.next().copied().unwrap_or(0.0);
        let mut bands = Vec::new();
        bands.extend(eq.low_shelf.map(|cutoff| Band::low_shelf(cutoff, eq.shelf_q, gain())));
        bands.extend(eq.high_shelf.map(|cutoff| Band::high_shelf(cutoff, eq.shelf_q, gain())));
        bands.extend(self.peaks.iter().map(|p| Band::peak(p.center, p.q, p.gain_db)));
        bands
    }
}

/// The search for a good layout.
struct Search<'a> {
    eq: &'a ParametricEq,
    target: &'a MagnitudeTarget,
    chance: fastrand::Rng,
}

impl Search<'_> {
    /// Fits from a layout; gives up early if it does not come near `limit`.
    fn attempt(&self, layout: &Layout, limit: f64) -> Result<Found, FitError<DesignError>> {
        let method = LeastSquares::new().max_iterations(TRY_ITERATIONS).cost_tolerance(1e-4);
        let method = method.give_up(PATIENCE, HOPELESS * limit);
        self.eq.fit_from(layout, self.target, &method)
    }

    /// All peaks placed one after the other.
    fn first_guess(&self) -> Layout {
        let shelves =
            [self.eq.low_shelf, self.eq.high_shelf].iter().flatten().map(|_| 0.0).collect();
        let mut layout = Layout { shelves, peaks: Vec::new() };
        self.place(&mut layout, self.eq.peaks, || 1.0);
        layout
    }

    /// All peaks placed, with chance having a say.
    fn afresh(&mut self) -> Layout {
        let mut chance = self.chance.fork();
        let mut layout = self.first_guess();
        layout.peaks.clear();
        self.place(&mut layout, self.eq.peaks, || 2.0 * chance.f64());
        layout
    }

    /// One to three peaks taken away and placed anew.
    fn moved(&mut self, current: &Found) -> Layout {
        let mut layout = current.layout.clone();
        let count = self.chance.usize(1..=3).min(layout.peaks.len());
        for _ in 0..count {
            let index = self.chance.usize(0..layout.peaks.len());
            layout.peaks.swap_remove(index);
        }
        let mut chance = self.chance.fork();
        self.place(&mut layout, count, || 2.0 * chance.f64());
        layout
    }

    /// Adds peaks, each where the error is largest and as wide as the error is there. `favour`
    /// multiplies the error of each stretch between two zeros.
    fn place(&self, layout: &mut Layout, count: usize, mut favour: impl FnMut() -> f64) {
        let frequencies = self.target.frequencies();
        let mut errors = self.target.decibels().to_vec();
        let subtract = |errors: &mut Vec<f64>, bands: &[Band<f64>]| {
            if let Ok(cascade) = Cascade::from_bands(bands, self.eq.sample_rate) {
                for (error, frequency) in errors.iter_mut().zip(frequencies) {
                    *error -= cascade.magnitude_db(*frequency);
                }
            }
        };
        subtract(&mut errors, &layout.bands(self.eq));
        for _ in 0..count {
            let at = self.largest(&errors, &mut favour);
            let (center, gain_db) = (frequencies[at], errors[at]);
            let (low, high) = half_width(&errors, at);
            let octaves = (frequencies[high] / frequencies[low].max(1e-3)).log2().clamp(0.1, 10.0);
            // The cookbook's relation of Q and bandwidth, at low frequencies.
            let q = 0.5 / (std::f64::consts::LN_2 / 2.0 * octaves).sinh();
            let peak = Peak {
                center: clamp(center, &self.eq.frequency),
                q: clamp(q, &self.eq.q),
                gain_db: clamp(gain_db, &self.eq.gain_db),
            };
            subtract(&mut errors, &[Band::peak(peak.center, peak.q, peak.gain_db)]);
            layout.peaks.push(peak);
        }
    }

    /// Where the favoured error is largest, among the frequencies at which a peak may be; the
    /// nearest frequency if the curve has none there.
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

/// The stretch around `at` in which the error is more than half of that there.
fn half_width(errors: &[f64], at: usize) -> (usize, usize) {
    let half = errors[at] / 2.0;
    let above = |index: usize| errors[index] / half > 1.0;
    let low = (0..at).rev().find(|index| !above(*index)).unwrap_or(0);
    let high = (at + 1..errors.len()).find(|index| !above(*index)).unwrap_or(errors.len() - 1);
    (low, high)
}
