//! Cascades, and functions that run them.

use filterbank::run::{FilterState, Sample};
use filterbank::spec::BesselNorm;
use filterbank::{Band, Cascade, Method, Width};

pub const SAMPLE_RATE: f64 = 48_000.0;

/// Cascades of one to nine sections.
pub fn cascades() -> Vec<Cascade<f64>> {
    let chebyshev1 = Method::Chebyshev1 { order: 7, ripple_db: 1.0 };
    let elliptic = Method::Elliptic { order: 4, ripple_db: 0.5, stop_db: 60.0 };
    let bands = [
        vec![Band::lowpass(Method::Butterworth { order: 1 }, 400.0)],
        vec![Band::lowpass(Method::Butterworth { order: 8 }, 2_000.0)],
        vec![Band::highpass(chebyshev1, 1_000.0)],
        vec![Band::bandpass(elliptic, 1_500.0, 6_000.0)],
        vec![
            Band::bandstop(Method::Chebyshev2 { order: 3, stop_db: 40.0 }, 4_000.0, 9_000.0),
            Band::lowpass(Method::Bessel { order: 5, norm: BesselNorm::Phase }, 3_000.0),
            Band::peak(700.0, Width::Bandwidth(1.0), -6.0),
            Band::high_shelf(5_000.0, Width::Slope(0.9), 4.0),
        ],
    ];
    let design = |bands: &Vec<Band<f64>>| Cascade::from_bands(bands, SAMPLE_RATE);
    bands.iter().map(|bands| design(bands).expect("the bands are valid")).collect()
}

/// Filters a block with `process`.
pub fn processed<S: Sample>(
    cascade: &Cascade<S>,
    state: &mut FilterState<S>,
    input: &[S],
) -> Vec<S> {
    let mut block = input.to_vec();
    cascade.process(state, &mut block);
    block
}

/// Filters a block sample by sample.
pub fn ticked<S: Sample>(cascade: &Cascade<S>, state: &mut FilterState<S>, input: &[S]) -> Vec<S> {
    input.iter().map(|&x| cascade.tick(state, x)).collect()
}
