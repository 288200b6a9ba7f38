//! Two parametrisations of the bank: by its design, and by its coefficients.

use std::array;
use std::error::Error;

use filterbank::{Band, Bank, Cascade, Method, Scalar, Section};

const METHOD_ORDER: usize = 2;
/// Edges at the start, in fractions of the Nyquist frequency.
const EDGES: [f64; 2] = [0.2, 0.6];

/// A bank of three bands as a function of `N` unbounded parameters.
pub trait Model<const N: usize> {
    /// The parameters to start from.
    fn start(&self) -> [f64; N];

    /// The bank with these parameters.
    fn bank<S: Scalar>(&self, params: &[S; N]) -> Result<Bank<S>, Box<dyn Error>>;
}

/// The bank to start from.
fn bands(nyquist: f64) -> [Band<f64>; 3] {
    let method = Method::Butterworth { order: METHOD_ORDER };
    let [low, high] = EDGES.map(|edge| edge * nyquist);
    [Band::lowpass(method, low), Band::bandpass(method, low, high), Band::highpass(method, high)]
}

/// Band edges and gains: `[low cutoff, mid low, mid high, high cutoff]` and one gain a band.
///
/// An edge is the logistic function of its parameter times the Nyquist frequency. For the
/// bandpass's upper edge it is the fraction of the way from the lower edge to the Nyquist
/// frequency. A gain is the exponential of its parameter.
pub struct Design {
    sample_rate: f64,
}

impl Design {
    /// At a sample rate in Hz.
    pub fn new(sample_rate: f64) -> Result<Self, Box<dyn Error>> {
        Bank::from_bands(&bands(sample_rate / 2.0), sample_rate)?;
        Ok(Self { sample_rate })
    }

    fn bands<S: Scalar>(&self, params: &[S; 7]) -> [(Band<S>, S); 3] {
        let nyquist = self.sample_rate / 2.0;
        let [low_cutoff, mid_low, mid_width, high_cutoff, low_gain, mid_gain, high_gain] = *params;
        let method = Method::Butterworth { order: METHOD_ORDER };
        let edge = |number: S| logistic(number).scale(nyquist);
        let low = edge(mid_low);
        let high = low + (S::from_f64(nyquist) - low) * logistic(mid_width);
        [
            (Band::lowpass(method, edge(low_cutoff)), low_gain.exp()),
            (Band::bandpass(method, low, high), mid_gain.exp()),
            (Band::highpass(method, edge(high_cutoff)), high_gain.exp()),
        ]
    }
}

impl Model<7> for Design {
    fn start(&self) -> [f64; 7] {
        let [low, high] = EDGES;
        let width = (high - low) / (1.0 - low);
        [logit(low), logit(low), logit(width), logit(high), 0.0, 0.0, 0.0]
    }

    fn bank<S: Scalar>(&self, params: &[S; 7]) -> Result<Bank<S>, Box<dyn Error>> {
        let mut cascades = Vec::new();
        for (band, gain) in self.bands(params) {
            cascades.push(band.design(self.sample_rate)?.with_gain(gain));
        }
        Ok(Bank::from_cascades(cascades)?)
    }
}

/// The coefficients of the four sections, in a parametrisation that keeps them stable.
pub struct Coefficients {
    sample_rate: f64,
    start: [f64; 20],
}

/// Sections of each band.
const SECTIONS: [usize; 3] = [1, 2, 1];

impl Coefficients {
    /// At a sample rate in Hz.
    pub fn new(sample_rate: f64) -> Result<Self, Box<dyn Error>> {
        let bank = Bank::from_bands(&bands(sample_rate / 2.0), sample_rate)?;
        let mut start = [0.0; 20];
        for (section, slot) in bank.sections().iter().zip(start.chunks_exact_mut(5)) {
            let params = section.to_unconstrained().ok_or("a section is nearly unstable")?;
            slot.copy_from_slice(&params);
        }
        Ok(Self { sample_rate, start })
    }
}

impl Model<20> for Coefficients {
    fn start(&self) -> [f64; 20] {
        self.start
    }

    fn bank<S: Scalar>(&self, params: &[S; 20]) -> Result<Bank<S>, Box<dyn Error>> {
        let mut sections = params
            .chunks_exact(5)
            .map(|numbers| Section::from_unconstrained(array::from_fn(|i| numbers[i])));
        let mut cascades = Vec::new();
        for count in SECTIONS {
            cascades.push(Cascade::from_sections(sections.by_ref().take(count), self.sample_rate)?);
        }
        Ok(Bank::from_cascades(cascades)?)
    }
}

/// The logistic function: maps any number to 0..1.
fn logistic<S: Scalar>(x: S) -> S {
    (S::one() + (-x).exp()).recip()
}

/// The inverse of [`logistic`].
fn logit(y: f64) -> f64 {
    (y / (1.0 - y)).ln()
}
