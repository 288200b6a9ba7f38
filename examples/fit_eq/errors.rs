//! How far an EQ is from a curve.

use filterbank::Cascade;

use crate::curve::Curve;

/// What is left between an EQ and a curve, in dB.
#[derive(Clone, Copy, Debug)]
pub struct Errors {
    /// The root of the mean square over all points; those that count by their mean only count
    /// as if they all had it.
    pub rms_db: f64,
    /// The largest error at a point that counts by itself, and its frequency.
    pub worst: Option<(f64, f64)>,
    /// The mean error of the points that count by their mean.
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
