//! A band of a parametric EQ: its numbers and its names.

use filterbank::Band;
use filterbank::spec::Quantity;

/// The numbers of a band.
#[derive(Clone, Copy, Debug, Default)]
pub struct Values {
    /// Hz.
    pub frequency: f64,
    /// Quality factor.
    pub q: f64,
    /// dB.
    pub gain_db: f64,
}

impl Values {
    pub fn of(band: &Band<f64>) -> Self {
        let mut values = Self::default();
        for (parameter, value) in band.params() {
            match parameter.quantity {
                Quantity::Frequency => values.frequency = value,
                Quantity::Q => values.q = value,
                Quantity::Gain => values.gain_db = value,
                _ => {}
            }
        }
        values
    }
}

/// The names of a band: in the report, in JSON, and in Equalizer APO.
pub fn kind(band: &Band<f64>) -> [&'static str; 3] {
    match band {
        Band::LowShelf { .. } => ["low shelf", "low_shelf", "LSC"],
        Band::HighShelf { .. } => ["high shelf", "high_shelf", "HSC"],
        _ => ["peak", "peak", "PK"],
    }
}

/// A name for each band, such as `low_shelf` and `peak2`.
pub fn numbered(bands: &[Band<f64>]) -> Vec<String> {
    let mut peaks = 0;
    let name = |band| match kind(band) {
        [_, "peak", _] => {
            peaks += 1;
            format!("peak{peaks}")
        }
        [_, shelf, _] => shelf.to_owned(),
    };
    bands.iter().map(name).collect()
}
