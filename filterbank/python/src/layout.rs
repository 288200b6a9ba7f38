//! Bands next to each other: layouts for spectra.

use filterbank::layout::{AuditoryScale, Layout};
use pyo3::{PyResult, pyfunction};

use crate::error::{argument_error, value_error};

/// The edges and centres `(low, center, high)` in Hz of `count` bands of equal width on a scale.
#[pyfunction]
pub fn divided_bands(
    scale: &str,
    low: f64,
    high: f64,
    count: usize,
) -> PyResult<Vec<(f64, f64, f64)>> {
    let scale = match scale {
        "erb" => AuditoryScale::Erb,
        "mel" => AuditoryScale::Mel,
        "mel_slaney" => AuditoryScale::MelSlaney,
        "bark" => AuditoryScale::Bark,
        _ => {
            let choice = "must be \"erb\", \"mel\", \"mel_slaney\", \"bark\" or \"octave\"";
            return Err(argument_error("scale", format!("{choice}, not {scale:?}")));
        }
    };
    Layout::divided(scale, low..=high, count).map(edges).map_err(value_error)
}

/// The edges and centres `(low, center, high)` in Hz of bands of `1/fraction` octave.
#[pyfunction]
pub fn octave_bands(fraction: u32, low: f64, high: f64) -> PyResult<Vec<(f64, f64, f64)>> {
    Layout::octaves(fraction, low..=high).map(edges).map_err(value_error)
}

fn edges(layout: Layout) -> Vec<(f64, f64, f64)> {
    layout.bands().iter().map(|band| (band.low, band.center, band.high)).collect()
}
