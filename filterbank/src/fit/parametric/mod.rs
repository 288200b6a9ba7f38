//! The search for a parametric EQ that follows a curve: the kinds and the number of bands are
//! given, their parameters are searched.
//!
//! The error of a parametric EQ has many local minima, and least squares finds the nearest one. The
//! search therefore starts from peaks placed where the error is largest. Then it repeats: it
//! removes one to three peaks of the best EQ, places them again where the error is large, with some
//! randomness, and fits. A better result replaces the best EQ; after a number of failures the
//! search starts again.
//!
//! A small error is not all: bands that fight each other are penalized, by more where more error is
//! left. The first tries show how much that is.
//!
//! ```text
//! layout, levels, opposition ─► problem ─► search ─► ParametricEq
//! ```

mod layout;
mod levels;
mod opposition;
mod problem;
mod search;

use std::ops::{ControlFlow, RangeInclusive};

use filterbank_core::{Band, DesignError, Parameter, Quantity, Requirement};

use crate::fit::curve::MagnitudeTarget;
use crate::fit::error::FitError;
use crate::fit::least_squares::LeastSquares;
use crate::fit::levenberg_marquardt::{Limits, Minimum, Objective, minimize};
use crate::fit::model::Model;
use crate::fit::result::Fit;

use layout::Layout;
use problem::Problem;
use search::Search;

/// The number of points in the search.
const SEARCH_POINTS: usize = 160;
/// Points of the curve in the final fit, if it has more than twice as many: enough for the
/// narrowest band, and a fit takes no longer for a curve of a million points.
const FINAL_POINTS: usize = 4_096;
/// The final fit of many peaks has a long flat valley. An error that falls by less than this share per
/// iteration, after this number of iterations, is none that anybody hears.
const FINAL_TOLERANCE: f64 = 1e-8;
const FINAL_ITERATIONS: usize = 200;

/// The range of the restraint.
const RESTRAINT: RangeInclusive<f64> = 0.0..=1e6;

/// The layout of a parametric EQ, for a search.
///
/// The default is the usual layout of headphone EQs: eight peaks of any gain from −20 to 20 dB
/// between 20 Hz and 10 kHz, and two shelves at 105 Hz and 10 kHz.
///
/// ```
/// use filterbank::fit::{MagnitudeTarget, ParametricEq};
/// use filterbank::{Band, Cascade};
///
/// // The curve of two bands, which the search finds.
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
    /// Frequency of the low shelf in Hz; `None` for no low shelf.
    pub low_shelf: Option<f64>,
    /// Frequency of the high shelf in Hz; `None` for no high shelf.
    pub high_shelf: Option<f64>,
    /// Q of the shelves.
    pub shelf_q: f64,
    /// The range of the peaks' frequencies, in Hz.
    pub frequency: RangeInclusive<f64>,
    /// The range of the peaks' Q.
    pub q: RangeInclusive<f64>,
    /// The range of all gains, in dB.
    pub gain_db: RangeInclusive<f64>,
    /// The dial between exactness and restraint, from 0 to 1e6.
    ///
    /// At 0 only the error counts. Then bands fight: they sum up to the curve as differences of large
    /// gains, 20 dB up beside 16 dB down, and cost headroom for hundredths of a dB. At 1, the default,
    /// bands that work against each other and large gains are penalized, by more where the curve is
    /// out of reach anyway, and peaks are left out that lower the error by less than 1 % and 0.002 dB. Larger values give gentler EQs with
    /// larger errors.
    ///
    /// The penalized quantity is the *opposition*: what bands of opposite sign spend against each
    /// other at one frequency, in dB.
    pub restraint: f64,
    /// Samples per second of the EQ.
    pub sample_rate: f64,
    /// The number of attempts to place the peaks better; 0 for the first guess only.
    pub starts: usize,
    /// Seed of the random search: the same seed gives the same EQ.
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
            restraint: 1.0,
            sample_rate: 44_100.0,
            starts: 50,
            seed: 1,
        }
    }
}

/// The result of a search for a parametric EQ.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ParametricFit {
    /// The shelves, then the peaks by frequency. With [restraint](ParametricEq::restraint), peaks that
    /// have nothing to do are left out.
    pub bands: Vec<Band<f64>>,
    /// The root of the weighted mean squared error in dB, without penalties.
    pub rms_db: f64,
    /// The final fit, on all points of the target (see [`ParametricEq::fit`]): gains of the shelves,
    /// then centre, Q and gain of each peak, in the order of the bands. The residuals are those of
    /// [`fit_magnitude`](crate::fit::fit_magnitude), then one for the opposition at each point, then
    /// one for each gain, both only with restraint.
    pub fit: Fit,
}

/// The progress of a search.
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
    /// Places are searched on about 160 points of the target, and the best is fitted to all of them.
    /// A target of more than 8,192 points is [thinned](MagnitudeTarget::thinned) to about 4,096 for
    /// that fit; its error and its standard errors are those of all points.
    ///
    /// # Errors
    ///
    /// If the target has fewer points than the EQ has parameters, if a range is empty, or if a
    /// frequency, Q or gain cannot be designed at the sample rate.
    pub fn fit(&self, target: &MagnitudeTarget) -> Result<ParametricFit, FitError<DesignError>> {
        self.fit_observed(target, |_| ControlFlow::Continue(()))
    }

    /// Searches, and calls `observer` before every try. If the observer breaks, the best EQ so far
    /// is returned.
    ///
    /// # Errors
    ///
    /// As [`fit`](ParametricEq::fit).
    pub fn fit_observed(
        &self,
        target: &MagnitudeTarget,
        observer: impl FnMut(SearchProgress) -> ControlFlow<()>,
    ) -> Result<ParametricFit, FitError<DesignError>> {
        let params = self.peaks.saturating_mul(3).saturating_add(self.shelf_count());
        let residuals = target.residual_count();
        if params > residuals {
            return Err(FitError::Underdetermined { params, residuals });
        }
        self.check_restraint()?;
        let target = target.without_ignored();
        let thinned = target.thinned(SEARCH_POINTS);
        // A curve with few points is not thinned.
        let coarse =
            if thinned.residual_count() > params.saturating_mul(2) { &thinned } else { &target };
        let names = self.names();
        let curve = coarse.curve();
        let (layout, penalties) = Search::new(self, &names, coarse, &curve).run(observer)?;
        let fit = final_fit(&layout, &target, penalties)?;
        let (layout, fit) = by_frequency(&layout, fit);
        Ok(ParametricFit { bands: layout.bands(), rms_db: fit.rms, fit })
    }
}

/// The penalties of a search, as errors in dB.
#[derive(Clone, Copy)]
struct Penalties {
    /// Of 1 dB of gain of a band.
    gain: f64,
    /// Of 1 dB that bands spend against each other, at every frequency.
    opposition: f64,
}

impl ParametricEq {
    /// The penalties where an EQ with these bands leaves an error of about `rms_db`: the more error is
    /// left, the less it is worth to fight for its last tenth. The four numbers are a compromise over
    /// measured and made-up headphones in the layouts of `tests/fit/restraint.rs`.
    fn penalties(&self, rms_db: f64) -> Penalties {
        // A curve out of reach is no reason for an EQ that does nothing.
        let rms_db = rms_db.min(1.0);
        Penalties {
            gain: (0.004 + 0.05 * rms_db) * self.restraint,
            opposition: (0.02 + 0.22 * rms_db) * self.restraint,
        }
    }

    fn check_restraint(&self) -> Result<(), FitError<DesignError>> {
        if RESTRAINT.contains(&self.restraint) {
            return Ok(());
        }
        let requirement = Requirement::Within { low: *RESTRAINT.start(), high: *RESTRAINT.end() };
        let parameter = Parameter::new("restraint", Quantity::Free);
        Err(FitError::Evaluation(DesignError::new(parameter, self.restraint, requirement)))
    }
}

/// The fit of a layout to the whole target.
fn final_fit(
    layout: &Layout,
    target: &MagnitudeTarget,
    penalties: Penalties,
) -> Result<Fit, FitError<DesignError>> {
    if target.frequencies().len() <= 2 * FINAL_POINTS {
        return fit_layout(layout, target, penalties, FINAL_ITERATIONS);
    }
    let thinned = target.thinned(FINAL_POINTS);
    let found = fit_layout(layout, &thinned, penalties, FINAL_ITERATIONS)?;
    let all = fit_layout(&layout.with_params(found.params), target, penalties, 0)?;
    Ok(Fit { iterations: found.iterations, stop: found.stop, ..all })
}

/// The fit of the bands of a layout, from their current values.
fn fit_layout(
    layout: &Layout,
    target: &MagnitudeTarget,
    penalties: Penalties,
    max_iterations: usize,
) -> Result<Fit, FitError<DesignError>> {
    let (model, curve) = (Model::new(layout)?, target.curve());
    let mut problem = Problem::new(layout, &model, &curve, penalties)?;
    let start = model.start()?;
    let sums = problem.normal_equations(&start).map_err(FitError::Evaluation)?;
    let limits = Limits { max_iterations, cost_tolerance: FINAL_TOLERANCE, ..Limits::default() };
    let bounds = model.limits();
    let Minimum { params, iterations, stop, .. } =
        minimize(&limits, &bounds, start, sums, &mut problem, |_| ControlFlow::Continue(()));
    // The statistics need the Jacobian, the way to the minimum only sums.
    let still = LeastSquares::new().bounds(bounds).max_iterations(0);
    let solution = still.solve(&params, &mut problem, |_| ControlFlow::Continue(()))?;
    let rms = curve.rms(&solution.residuals);
    Ok(Fit { iterations, stop, ..model.describe(solution.into_fit(curve.runs(), rms)) })
}

/// The fit of a layout and its bands, with the peaks in the order of frequency.
fn by_frequency<'a>(layout: &Layout<'a>, fit: Fit) -> (Layout<'a>, Fit) {
    let names = fit.names.clone();
    let order = layout.with_params(fit.params.clone()).order_by_frequency();
    let fit = Fit { names, ..fit.reordered(&order) };
    (layout.with_params(fit.params.clone()), fit)
}
