//! An EQ with as many digits as other programs need.

use filterbank::spec::{Parameter, Quantity};
use filterbank::{Band, Cascade};

use super::values::Values;
use crate::shared::failure::Failure;

/// The EQ, rounded to the written digits.
pub struct Rounded {
    pub bands: Vec<Band<f64>>,
    pub cascade: Cascade<f64>,
    /// Gain, at most 0, that keeps boosted signals within full scale.
    pub preamp_db: f64,
}

impl Rounded {
    /// Rounds to 0.1 Hz, 0.001 in Q and 0.01 dB.
    pub fn new(bands: &[Band<f64>], sample_rate: f64) -> Result<Self, Failure> {
        let rounded = |parameter: Parameter, value: f64| {
            // Frequencies and Q stay above 0.
            let (steps, least) = match parameter.quantity {
                Quantity::Frequency => (10.0, 1.0),
                Quantity::Q => (1_000.0, 1.0),
                _ => (100.0, f64::NEG_INFINITY),
            };
            (value * steps).round().max(least) / steps
        };
        let bands: Vec<_> = bands.iter().map(|band| band.map(rounded)).collect();
        let cascade = Cascade::from_bands(&bands, sample_rate)
            .map_err(|error| Failure::usage(format!("the EQ cannot be written: {error}")))?;
        let preamp_db = preamp_db(&bands, &cascade);
        Ok(Self { bands, cascade, preamp_db })
    }
}

/// Minus the largest boost in the audible range, rounded away from 0 to tenths.
fn preamp_db(bands: &[Band<f64>], cascade: &Cascade<f64>) -> f64 {
    let highest = 20_000_f64.min(cascade.sample_rate() / 2.0);
    let grid = (0..2_000).map(|step| 20.0 * (highest / 20.0).powf(f64::from(step) / 1_999.0));
    // The maxima of narrow peaks are near their centres.
    let centers = bands.iter().map(|band| Values::of(band).frequency);
    let levels = grid.chain(centers).map(|frequency| cascade.magnitude_db(frequency));
    let boost = levels.fold(0.0, f64::max);
    let tenths = (10.0 * boost - 1e-6).ceil().max(0.0);
    0.0 - tenths / 10.0
}
