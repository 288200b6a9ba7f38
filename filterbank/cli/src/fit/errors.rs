//! The error of an EQ.

use filterbank::fit::MagnitudeTarget;

/// Differences between a response and a curve, in dB.
#[derive(Clone, Copy, Debug)]
pub struct Errors {
    /// Root mean square over octaves, with the mean error at all points from `mean_above` up.
    pub rms_db: f64,
    /// Frequency and error of the worst point below `mean_above`.
    pub worst: Option<(f64, f64)>,
    /// The mean error of the points from `mean_above` up.
    pub mean_db: Option<f64>,
}

impl Errors {
    /// The errors of a response, which has a level in dB at each frequency in Hz.
    pub fn new(target: &MagnitudeTarget, response: impl Fn(f64) -> f64, mean_above: f64) -> Self {
        let (mut squares, mut single_weight, mut sum, mut merged_weight) = (0.0, 0.0, 0.0, 0.0);
        let mut worst: Option<(f64, f64)> = None;
        let points = target.frequencies().iter().zip(target.decibels()).zip(target.weights());
        // A point without weight may have any error.
        for ((&frequency, wanted), weight) in points.filter(|(_, weight)| *weight > 0.0) {
            let error = response(frequency) - wanted;
            if frequency < mean_above {
                squares += weight * error.powi(2);
                single_weight += weight;
                // NaN is the worst error.
                if worst.is_none_or(|(_, other)| error.abs().total_cmp(&other.abs()).is_ge()) {
                    worst = Some((frequency, error));
                }
            } else {
                sum += weight * error;
                merged_weight += weight;
            }
        }
        let mean_db = (merged_weight > 0.0).then(|| sum / merged_weight);
        let total = squares + merged_weight * mean_db.unwrap_or_default().powi(2);
        Self { rms_db: (total / (single_weight + merged_weight)).sqrt(), worst, mean_db }
    }
}
