//! The error of an EQ.

use filterbank::Cascade;

use super::curve::Curve;

/// Differences between the response of an EQ and a curve, in dB.
#[derive(Clone, Copy, Debug)]
pub struct Errors {
    /// Root mean square over all points, with the mean error at all points from `mean_above` up.
    pub rms_db: f64,
    /// Frequency and error of the worst point below `mean_above`.
    pub worst: Option<(f64, f64)>,
    /// The mean error of the points from `mean_above` up.
    pub mean_db: Option<f64>,
}

impl Errors {
    pub fn new(curve: &Curve, cascade: &Cascade<f64>, mean_above: f64) -> Self {
        let errors = curve.map(|frequency, level| cascade.magnitude_db(frequency) - level).points;
        let single = errors.partition_point(|error| error.0 < mean_above);
        let (single, merged) = errors.split_at(single);
        let mean = merged.iter().map(|error| error.1).sum::<f64>() / merged.len().max(1) as f64;
        let squares = single.iter().map(|error| error.1.powi(2)).sum::<f64>();
        let total = squares + mean.powi(2) * merged.len() as f64;
        let larger = |a: &&(f64, f64), b: &&(f64, f64)| a.1.abs().total_cmp(&b.1.abs());
        Self {
            rms_db: (total / errors.len().max(1) as f64).sqrt(),
            worst: single.iter().max_by(larger).copied(),
            mean_db: (!merged.is_empty()).then_some(mean),
        }
    }
}
