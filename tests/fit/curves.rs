//! Curves, and filters for fits.

use filterbank::fit::MagnitudeTarget;
use filterbank::{Band, Cascade, Section, TunableCascade, Tune};

pub const RATE: f64 = 48_000.0;

/// From 20 Hz to 20 kHz, evenly on a logarithmic axis.
pub fn frequencies(count: usize) -> Vec<f64> {
    (0..count).map(|i| 20.0 * 1_000.0_f64.powf(i as f64 / (count - 1) as f64)).collect()
}

pub fn levels(sections: &impl AsRef<[Section<f64>]>, frequencies: &[f64]) -> Vec<f64> {
    let cascade =
        Cascade::from_sections(sections.as_ref().iter().copied(), RATE).expect("a sample rate");
    frequencies.iter().map(|f| cascade.magnitude_db(*f)).collect()
}

/// The curve of a filter.
pub fn curve(sections: &impl AsRef<[Section<f64>]>, count: usize) -> MagnitudeTarget {
    let frequencies = frequencies(count);
    MagnitudeTarget::new(&frequencies, &levels(sections, &frequencies)).expect("a curve")
}

pub fn cascade(bands: &[Band<f64>]) -> Cascade<f64> {
    Cascade::from_bands(bands, RATE).expect("a design")
}

/// The root of the mean squared distance of two curves.
pub fn rms(found: &[f64], wanted: &[f64]) -> f64 {
    let squares: f64 = found.iter().zip(wanted).map(|(a, b)| (a - b).powi(2)).sum();
    (squares / wanted.len() as f64).sqrt()
}

pub fn single_peak(center: f64) -> TunableCascade {
    let band = Band::peak(
        Tune::within(center, 20.0..=20e3),
        Tune::within(1.0, 0.1..=20.0),
        Tune::within(0.1, -20.0..=20.0),
    );
    TunableCascade::new([("peak", band)], RATE).expect("a design")
}
