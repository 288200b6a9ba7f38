//! The fit.

use filterbank::fit::{Fit, LeastSquares};

use super::guess;
use super::model::{self, Mode};
use super::recording::Recording;
use crate::shared::failure::Failure;

/// Fits the modes, starting from the peaks of the spectrum.
pub fn solve(recording: &Recording, modes: usize) -> Result<Fit, Failure> {
    let start: Vec<f64> = guess::modes(recording, modes)?.iter().flat_map(Mode::params).collect();
    let bounds: Vec<_> = (0..modes).flat_map(|_| Mode::bounds(recording.sample_rate)).collect();
    let fit = LeastSquares::new()
        .bounds(bounds)
        .minimize_fn(&start, |params| model::residuals(params, recording))
        .map_err(|error| Failure::Result(error.to_string()))?;
    if fit.stop.converged() { Ok(fit) } else { Err(Failure::Result(fit.stop.to_string())) }
}
