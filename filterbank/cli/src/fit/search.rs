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
    pub cascade: Cascade<f64>,
    /// Root mean square error in dB, as the search reports it.
    pub rms_db: f64,
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

    let (found, asked) = (fit.bands.len(), eq.peaks + shelf_count(eq));
    if found < asked {
        return Err(Failure::usage(format!(
            "{found} of {asked} bands could be placed: the curve has no points within `--frequency`, \
             {} to {}",
            hertz(*eq.frequency.start()),
            hertz(*eq.frequency.end()),
        )));
    }
    let cascade = Cascade::from_bands(&fit.bands, eq.sample_rate).map_err(Failure::usage)?;
    warn_of_rounding(fit.bands.iter().map(|band| (band.to_string(), band)), eq.sample_rate);
    let errors = Errors::new(&target, |frequency| cascade.magnitude_db(frequency), mean_above);
    Ok(Found { bands: fit.bands, cascade, rms_db: fit.rms_db, errors, elapsed })
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
