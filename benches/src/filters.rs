//! Signals and filters, the same for every contender.

use filterbank::spec::BesselNorm;
use filterbank::{Band, Cascade, DesignError, Method, Scalar, TunableCascade, Tune};

/// Samples per second.
pub const SAMPLE_RATE: f64 = 48_000.0;
/// The default number of samples in a block.
pub const BLOCK: usize = 512;

/// White noise between −0.5 and 0.5, always the same. With it states neither decay to subnormal
/// numbers nor grow.
pub fn noise<S: Scalar>(length: usize) -> Vec<S> {
    let mut random = 1_u64;
    let mut next = || {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        S::from_f64((random >> 40) as f64 / f64::from(1_u32 << 24) - 0.5)
    };
    (0..length).map(|_| next()).collect()
}

/// The peaks of an equaliser: `[center, q, gain_db]` each, from 60 Hz to 12 kHz.
pub fn peaks(count: usize) -> impl Iterator<Item = [f64; 3]> {
    (0..count).map(move |index| {
        let position = index as f64 / count.saturating_sub(1).max(1) as f64;
        let gain_db = if index % 2 == 0 { 4.0 } else { -3.0 };
        [60.0 * 200.0_f64.powf(position), 1.0, gain_db]
    })
}

/// An equaliser of this many peaks in series, one section each.
pub fn equaliser(sections: usize) -> Result<Cascade<f64>, DesignError> {
    let bands: Vec<_> =
        peaks(sections).map(|[center, q, gain_db]| Band::peak(center, q, gain_db)).collect();
    Cascade::from_bands(&bands, SAMPLE_RATE)
}

/// The same equaliser as a function of its parameters, three for each peak.
pub fn tunable_equaliser(sections: usize) -> Result<TunableCascade, DesignError> {
    let bands = peaks(sections).enumerate().map(|(index, params)| {
        let [center, q, gain_db] = params.map(Tune::free);
        (format!("peak{index}"), Band::peak(center, q, gain_db))
    });
    TunableCascade::new(bands, SAMPLE_RATE)
}

/// The bands of a bank, four sections each: 3 for a crossover, 8 octaves around 1 kHz, or 31
/// third-octaves from 20 Hz to 20 kHz. All are Butterworth filters.
pub fn bands(count: usize) -> Vec<Band<f64>> {
    let [outer, inner] = [8, 4].map(|order| Method::Butterworth { order });
    if count == 3 {
        return vec![
            Band::lowpass(outer, 300.0),
            Band::bandpass(inner, 300.0, 3_000.0),
            Band::highpass(outer, 3_000.0),
        ];
    }
    let (octaves, below) = if count > 8 { (1.0 / 3.0, 17.0) } else { (1.0, 4.0) };
    let band = |index: usize| {
        let edge = |side: f64| 1_000.0 * ((index as f64 - below + side) * octaves).exp2();
        Band::bandpass(inner, edge(-0.5), edge(0.5))
    };
    (0..count).map(band).collect()
}

/// Every method in every shape, of order 8, and two shapes of the cookbook: names and bands.
pub fn designs() -> Vec<(String, Band<f64>)> {
    let order = 8;
    let (ripple_db, stop_db) = (0.5, 60.0);
    let (low, high) = (1_000.0, 4_000.0);
    let mut designs = Vec::new();
    for (name, method) in [
        ("butterworth", Method::Butterworth { order }),
        ("chebyshev1", Method::Chebyshev1 { order, ripple_db }),
        ("chebyshev2", Method::Chebyshev2 { order, stop_db }),
        ("elliptic", Method::Elliptic { order, ripple_db, stop_db }),
        ("bessel", Method::Bessel { order, norm: BesselNorm::Phase }),
    ] {
        designs.extend([
            (format!("{name} lowpass"), Band::lowpass(method, low)),
            (format!("{name} highpass"), Band::highpass(method, low)),
            (format!("{name} bandpass"), Band::bandpass(method, low, high)),
            (format!("{name} bandstop"), Band::bandstop(method, low, high)),
        ]);
    }
    designs.push(("peak".into(), Band::peak(low, 1.0, 6.0)));
    designs.push(("high_shelf".into(), Band::high_shelf(low, 1.0, 6.0)));
    designs
}
