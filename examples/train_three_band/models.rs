//! The two ways to see the bank as a function of numbers to be learned.

use std::array;
use std::error::Error;

use filterbank::{Band, Bank, Cascade, Method, Scalar, Section};

const METHOD_ORDER: usize = 2;
/// The edges to start from, in fractions of the Nyquist frequency.
const EDGES: [f64; 2] = [0.2, 0.6];

/// A bank of three bands that depends on `N` numbers, each of which may take any value.
pub trait Model<const N: usize> {
    /// The numbers to start from.
    fn start(&self) -> [f64; N];

    /// The bank for these numbers.
    fn bank<S: Scalar>(&self, params: &[S; N]) -> Result<Bank<S>, Box<dyn Error>>;

    /// What was found, for each band.
    fn describe(&self, params: &[f64; N]) -> Result<[String; 3], Box<dyn Error>>;
}

/// The bank that everything starts from.
fn bands(nyquist: f64) -> [Band<f64>; 3] {
    let method = Method::Butterworth { order: METHOD_ORDER };
    let [low, high] = EDGES.map(|edge| edge * nyquist);
    [Band::lowpass(method, low), Band::bandpass(method, low, high), Band::highpass(method, high)]
}

/// Band edges and gains: `[low cutoff, mid low, mid high, high cutoff]` and one gain a band.
///
/// An edge is the logistic function of its number, times the Nyquist frequency; the bandpass's
/// upper edge lies that fraction of the way from the lower one to the Nyquist frequency. A gain
/// is the exponential of its number.
pub struct Design {
    sample_rate: f64,
}

impl Design {
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
        Ok(Bank::new(cascades)?)
    }

    fn describe(&self, params: &[f64; 7]) -> Result<[String; 3], Box<dyn Error>> {
        Ok(self.bands(params).map(|(band, gain)| {
            let edges: Vec<String> =
                band.params().iter().map(|(name, hz)| format!("{name} {hz:.0} Hz")).collect();
            format!("{}, gain {:+.2} dB", edges.join(", "), 20.0 * gain.log10())
        }))
    }
}

/// The coefficients of the four sections, as numbers that cannot make a section unstable.
pub struct Coefficients {
    sample_rate: f64,
    start: [f64; 20],
}

/// How many sections each band has.
const SECTIONS: [usize; 3] = [1, 2, 1];

impl Coefficients {
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
            cascades.push(Cascade::new(sections.by_ref().take(count), self.sample_rate)?);
        }
        Ok(Bank::new(cascades)?)
    }

    fn describe(&self, params: &[f64; 20]) -> Result<[String; 3], Box<dyn Error>> {
        let bank = self.bank(params)?;
        let mut bands = bank.bands().map(|band| {
            let rows: Vec<String> = band
                .sections()
                .iter()
                .map(|section| {
                    let [b0, b1, b2, a1, a2] = section.coefficients();
                    format!("b = [{b0:.4}, {b1:.4}, {b2:.4}], a = [1, {a1:.4}, {a2:.4}]")
                })
                .collect();
            rows.join("; ")
        });
        Ok(array::from_fn(|_| bands.next().unwrap_or_default()))
    }
}

/// From any number to 0..1.
fn logistic<S: Scalar>(x: S) -> S {
    (S::one() + (-x).exp()).recip()
}

/// The inverse of [`logistic`].
fn logit(y: f64) -> f64 {
    (y / (1.0 - y)).ln()
}
