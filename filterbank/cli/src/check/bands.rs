//! The bands to check.

use filterbank::spec::BesselNorm;
use filterbank::{Band, Method, Width};

/// Every band with every method and every kind of width.
pub fn every_band(order: usize) -> Vec<Band<f64>> {
    let (ripple_db, stop_db) = (0.5, 60.0);
    let mut bands = Vec::new();
    for method in [
        Method::Butterworth { order },
        Method::Chebyshev1 { order, ripple_db },
        Method::Chebyshev2 { order, stop_db },
        Method::Elliptic { order, ripple_db, stop_db },
        Method::Bessel { order, norm: BesselNorm::Phase },
        Method::Bessel { order, norm: BesselNorm::Delay },
        Method::Bessel { order, norm: BesselNorm::Magnitude },
    ] {
        bands.extend([
            Band::lowpass(method, 1_000.0),
            Band::highpass(method, 1_000.0),
            Band::bandpass(method, 800.0, 1_250.0),
            Band::bandstop(method, 800.0, 1_250.0),
        ]);
    }
    for width in [Width::Q(1.4), Width::Bandwidth(1.0)] {
        bands.extend([
            Band::resonant_lowpass(1_000.0, width),
            Band::resonant_highpass(1_000.0, width),
            Band::bandpass_constant_skirt(1_000.0, width),
            Band::bandpass_constant_peak(1_000.0, width),
            Band::notch(1_000.0, width),
            Band::allpass(1_000.0, width),
            Band::peak(1_000.0, width, -6.0),
            Band::low_shelf(1_000.0, width, 4.0),
            Band::high_shelf(1_000.0, width, 4.0),
        ]);
    }
    let slope = Width::Slope(0.8);
    bands.extend([Band::low_shelf(1_000.0, slope, 4.0), Band::high_shelf(1_000.0, slope, 4.0)]);
    bands
}
