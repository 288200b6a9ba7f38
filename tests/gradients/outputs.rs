//! The differentiated outputs: all results of a design.

use std::f64::consts::PI;

use filterbank::run::Sample;
use filterbank::spec::{Parameter, Quantity};
use filterbank::{Band, Section};

use crate::common::steepest_slope::steepest_slope;

pub const SAMPLE_RATE: f64 = 48_000.0;
pub const NYQUIST: f64 = SAMPLE_RATE / 2.0;

/// The outputs of a design.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Coefficient,
    MagnitudeDb,
    Phase,
    GroupDelay,
    Impulse,
}

impl Kind {
    pub const ALL: [Self; 5] =
        [Self::Coefficient, Self::MagnitudeDb, Self::Phase, Self::GroupDelay, Self::Impulse];

    /// A typical size: errors are not taken relative to much smaller values.
    pub fn unit(self) -> f64 {
        match self {
            Self::Coefficient | Self::Impulse => 1e-3,
            Self::MagnitudeDb | Self::Phase | Self::GroupDelay => 1.0,
        }
    }
}

/// All results of a design, including the response at some `frequencies`.
pub fn outputs<S: Sample>(band: &Band<S>, frequencies: &[f64]) -> Vec<(Kind, S)> {
    let cascade = match band.design(SAMPLE_RATE) {
        Ok(cascade) => cascade,
        Err(error) => panic!("{error}: {band:?}"),
    };
    let coefficients = cascade.sections().iter().flat_map(Section::coefficients);
    let mut outputs: Vec<_> = coefficients.map(|c| (Kind::Coefficient, c)).collect();
    for &frequency in frequencies {
        outputs.extend([
            (Kind::MagnitudeDb, cascade.magnitude_db(frequency)),
            (Kind::Phase, cascade.phase(frequency)),
            (Kind::GroupDelay, cascade.group_delay(frequency)),
        ]);
    }
    outputs.extend(cascade.impulse_response(32).into_iter().map(|y| (Kind::Impulse, y)));
    outputs
}

/// Frequencies around the edges of a band, on the scale of the analog prototype, but not near zeros
/// of the response, where the derivative of the level is singular.
pub fn frequencies(band: &Band<f64>) -> Vec<f64> {
    let cascade = band.design(SAMPLE_RATE).expect("the band can be designed");
    let params = band.params();
    let floor = params.iter().find(|p| p.0 == Parameter::STOP_DB).map_or(-300.0, |p| -p.1 - 6.0);
    let edges = params.iter().filter(|p| p.0.quantity == Quantity::Frequency).map(|p| p.1);
    let around = |edge: f64| {
        let warped = (PI * edge / SAMPLE_RATE).tan();
        [0.4, 0.92, 1.08, 1.7].map(|factor| (warped * factor).atan() * SAMPLE_RATE / PI)
    };
    // A level of NaN is not a zero: it is kept and compared.
    let is_zero = |frequency: &f64| cascade.magnitude_db(*frequency) <= floor;
    edges.flat_map(around).filter(|frequency| !is_zero(frequency)).collect()
}

/// The typical scale of changes of a parameter.
pub fn size(band: &Band<f64>, parameter: Parameter, value: f64) -> f64 {
    let params = band.params();
    let other = |parameter| params.iter().find(|p| p.0 == parameter).map(|p| p.1);
    // The relative distance of a shelf from its steepest slope.
    let headroom = match (other(Parameter::SLOPE), other(Parameter::GAIN_DB)) {
        (Some(slope), Some(gain_db)) => 1.0 - slope / steepest_slope(gain_db),
        _ => 1.0,
    };
    match parameter {
        Parameter::CUTOFF | Parameter::CENTER => value.min(NYQUIST - value),
        Parameter::LOW => value.min(other(Parameter::HIGH).map_or(0.0, |high| high - value)),
        Parameter::HIGH => (NYQUIST - value).min(value - other(Parameter::LOW).unwrap_or(0.0)),
        Parameter::GAIN_DB => 10.0 * headroom,
        Parameter::SLOPE => value * headroom,
        Parameter::STOP_DB => 10.0_f64.min(value - other(Parameter::RIPPLE_DB).unwrap_or(0.0)),
        _ => value,
    }
}

/// The band with the parameter at `index` replaced.
pub fn with_parameter(band: &Band<f64>, index: usize, value: f64) -> Band<f64> {
    let mut indices = 0..;
    band.map(|_, old| if indices.next() == Some(index) { value } else { old })
}
