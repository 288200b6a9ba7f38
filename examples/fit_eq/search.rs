//! The search for the EQ, with its progress.

use std::fmt;
use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use filterbank::fit::{MagnitudeTarget, ParametricEq, SearchProgress};
use filterbank::{Band, Cascade};
use indicatif::{ProgressBar, ProgressStyle};

use crate::curve::Curve;
use crate::errors::Errors;
use crate::failure::Failure;
use crate::words::hertz;

/// Searches that take longer show how far they are.
const PATIENCE: Duration = Duration::from_millis(500);

/// An EQ that was found for a curve.
pub struct Found {
    pub bands: Vec<Band<f64>>,
    pub cascade: Cascade<f64>,
    /// The root of the mean squared error in dB, as the search has it.
    pub rms_db: f64,
    pub errors: Errors,
    /// How long it took to find.
    pub elapsed: Duration,
}

/// Finds the EQ whose response is the curve; above `mean_above` only the mean counts.
pub fn search(eq: &ParametricEq, curve: &Curve, mean_above: f64) -> Result<Found, Failure> {
    check_count(eq, curve, mean_above)?;
    let (frequencies, levels): (Vec<f64>, Vec<f64>) = curve.points.iter().copied().unzip();
    let target = MagnitudeTarget::new(&frequencies, &levels).map_err(usage)?.mean_above(mean_above);

    let start = Instant::now();
    let mut bar = None;
    let fit = eq.fit_observed(&target, |progress| {
        if start.elapsed() > PATIENCE {
            show(bar.get_or_insert_with(|| new_bar(eq.starts)), progress);
        }
        ControlFlow::Continue(())
    });
    let elapsed = start.elapsed();
    if let Some(bar) = bar {
        bar.finish_and_clear();
    }
    let fit = fit.map_err(|error| {
        Failure::Usage(format!("at a sample rate of {:?} Hz, {error}", eq.sample_rate))
    })?;

    let (found, asked) = (fit.bands.len(), eq.peaks + shelf_count(eq));
    if found < asked {
        return Err(Failure::Usage(format!(
            "{found} of {asked} bands could be placed: the curve has no points within `--frequency`, \
             {} to {}",
            hertz(*eq.frequency.start()),
            hertz(*eq.frequency.end()),
        )));
    }
    let cascade = Cascade::from_bands(&fit.bands, eq.sample_rate).map_err(usage)?;
    let errors = Errors::new(curve, &cascade, mean_above);
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
        return Err(Failure::Usage(
            "there is no band to fit: give `--peaks` above 0, or shelves".into(),
        ));
    }
    if params > count {
        let above = hertz(mean_above);
        let points = if count == 1 { "point" } else { "points" };
        let merged =
            if merged { format!(" (those from {above} up count as one)") } else { String::new() };
        return Err(Failure::Usage(format!(
            "{name} has {count} {points} to fit{merged}, but {peaks} peaks and {shelves} shelves have \
             {params} parameters: lower `--peaks` or give more points",
            name = curve.name,
            peaks = eq.peaks,
        )));
    }
    Ok(())
}

fn usage(error: impl fmt::Display) -> Failure {
    Failure::Usage(error.to_string())
}

/// A bar on standard error, if that is a terminal.
fn new_bar(starts: usize) -> ProgressBar {
    let bar = ProgressBar::new(starts as u64);
    let style = ProgressStyle::with_template("fitting {bar:40} {pos}/{len}, {msg}, {eta} left");
    bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

fn show(bar: &ProgressBar, progress: SearchProgress) {
    bar.set_message(format!("{:.3} dB", progress.rms_db));
    bar.set_position(progress.tried as u64);
}
