//! The search for the EQ, with its progress.

use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use filterbank::fit::ParametricEq;
use filterbank::{Band, Cascade};

use super::curve::Curve;
use super::errors::Errors;
use super::job::Problem;
use crate::shared::failure::Failure;
use crate::shared::format::hertz;
use crate::shared::progress::Progress;
use crate::shared::rounding::warn_of_rounding;

const PROGRESS: &str = "fitting {bar:40} {pos}/{len}, {msg}, {eta} left";

/// An EQ found for a curve.
pub struct Found {
    pub bands: Vec<Band<f64>>,
    /// Each band as a filter of its own.
    pub singles: Vec<Cascade<f64>>,
    /// The number of peaks that would hardly help.
    pub left_out: usize,
    pub cascade: Cascade<f64>,
    /// Root mean square error in dB, as the search reports it.
    pub rms_db: f64,
    /// The most that bands spend against each other at one frequency, in dB.
    pub opposition_db: f64,
    pub errors: Errors,
    /// Duration of the search.
    pub elapsed: Duration,
}

/// Finds the EQ that follows the curve; above `mean_above` Hz only the mean counts.
pub fn search(eq: &ParametricEq, problem: &Problem, mean_above: f64) -> Result<Found, Failure> {
    let curve = &problem.given;
    check_count(eq, curve, mean_above)?;
    let target = problem.wanted.target()?.mean_above(mean_above);

    let start = Instant::now();
    let mut bar = Progress::new(eq.starts as u64, PROGRESS);
    let fit = eq.fit_observed(&target, |progress| {
        bar.show(progress.tried as u64, || format!("{:.3} dB", progress.rms_db));
        ControlFlow::Continue(())
    });
    let elapsed = start.elapsed();
    drop(bar);
    let fit = fit.map_err(|error| {
        let (name, rate) = (&curve.name, eq.sample_rate);
        Failure::usage(format!("{name}: at a sample rate of {rate:?} Hz, {error}"))
    })?;

    let cascade = Cascade::from_bands(&fit.bands, eq.sample_rate).map_err(Failure::usage)?;
    warn_of_rounding(fit.bands.iter().map(|band| (band.to_string(), band)), eq.sample_rate);
    let errors = Errors::new(&target, |frequency| cascade.magnitude_db(frequency), mean_above);
    let left_out = (eq.peaks + shelf_count(eq)).saturating_sub(fit.bands.len());
    let singles = singles(&fit.bands, eq.sample_rate)?;
    let opposition_db = problem
        .wanted
        .points
        .iter()
        .map(|(frequency, _)| opposition_db(&singles, *frequency))
        .fold(0.0, f64::max);
    let (bands, rms_db) = (fit.bands, fit.rms_db);
    Ok(Found { bands, singles, left_out, cascade, rms_db, opposition_db, errors, elapsed })
}

/// Each band as a filter of its own.
fn singles(bands: &[Band<f64>], sample_rate: f64) -> Result<Vec<Cascade<f64>>, Failure> {
    let single = |band: &Band<f64>| band.design(sample_rate).map_err(Failure::usage);
    bands.iter().map(single).collect()
}

/// What bands spend against each other: half of what all sizes exceed the size of the sum by.
fn opposition_db(singles: &[Cascade<f64>], frequency: f64) -> f64 {
    let levels = singles.iter().map(|band| band.magnitude_db(frequency));
    let (sum, sizes) =
        levels.fold((0.0, 0.0), |(sum, sizes), level| (sum + level, sizes + level.abs()));
    (sizes - f64::abs(sum)) / 2.0
}

fn shelf_count(eq: &ParametricEq) -> usize {
    [eq.low_shelf, eq.high_shelf].iter().flatten().count()
}

/// There must be at least as many points as parameters.
fn check_count(eq: &ParametricEq, curve: &Curve, mean_above: f64) -> Result<(), Failure> {
    let shelves = shelf_count(eq);
    let params = eq.peaks.saturating_mul(3).saturating_add(shelves);
    let single = curve.points.iter().filter(|point| point.0 < mean_above).count();
    let merged = single < curve.points.len();
    let count = single + usize::from(merged);
    if params == 0 {
        return Err(Failure::usage("there is no band to fit: give `--peaks` above 0, or shelves"));
    }
    if params > count {
        let above = hertz(mean_above);
        let points = if count == 1 { "point" } else { "points" };
        let merged =
            if merged { format!(" (those from {above} up count as one)") } else { String::new() };
        return Err(Failure::usage(format!(
            "{name} has {count} {points} to fit{merged}, but {peaks} peaks and {shelves} shelves have \
             {params} parameters: lower `--peaks` or give more points",
            name = curve.name,
            peaks = eq.peaks,
        )));
    }
    Ok(())
}
