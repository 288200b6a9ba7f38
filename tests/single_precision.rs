//! Designs made in `f32`, beside designs made in `f64` and rounded to `f32`.

use filterbank::section::Section;
use filterbank::spec::BesselNorm;
use filterbank::{Band, Cascade, Method, Scalar, Width};
use rand::prelude::*;

/// How far levels lie from the exact ones, in dB: the largest difference on a grid, of those within
/// 20 dB of the loudest.
struct Errors {
    /// Biquads designed in `f64`, then rounded.
    rounded: f64,
    /// Biquads designed in `f32`.
    single: f64,
    /// State-variable sections designed in `f32`.
    svf: f64,
}

const SHAPES: usize = 13;

/// The largest error of a state-variable design in `f32`, in dB. Most are below 1e-4.
const SVF_DB: f64 = 2e-3;

/// A band of a shape, as `f32` holds it.
fn band(shape: usize, rng: &mut StdRng) -> Band<f32> {
    let between = |low: f64, high: f64, rng: &mut StdRng| low * (high / low).powf(rng.random());
    let (center, q) = (between(20.0, 20_000.0, rng), between(0.3, 30.0, rng));
    let high = center * between(1.05, 8.0, rng).min(22_000.0 / center);
    let gain_db = rng.random_range(-24.0..24.0);
    let order = rng.random_range(1..=8);
    let method = match rng.random_range(0..5) {
        0 => Method::Butterworth { order },
        1 => Method::Chebyshev1 { order, ripple_db: 0.5 },
        2 => Method::Chebyshev2 { order, stop_db: 50.0 },
        3 => Method::Elliptic { order, ripple_db: 0.5, stop_db: 60.0 },
        _ => Method::Bessel { order, norm: BesselNorm::Phase },
    };
    let width = if rng.random() { Width::Q(q) } else { Width::Bandwidth(1.0 / q) };
    let shelf = match rng.random_range(0..3) {
        0 => Width::Q(q.min(2.0)),
        1 => Width::Bandwidth(1.0 / q),
        _ => Width::Slope(0.9),
    };
    let band = match shape {
        0 => Band::lowpass(method, center),
        1 => Band::highpass(method, center),
        2 => Band::bandpass(method, center, high),
        3 => Band::bandstop(method, center, high),
        4 => Band::resonant_lowpass(center, width),
        5 => Band::resonant_highpass(center, width),
        6 => Band::bandpass_constant_skirt(center, width),
        7 => Band::bandpass_constant_peak(center, width),
        8 => Band::notch(center, width),
        9 => Band::allpass(center, width),
        10 => Band::peak(center, width, gain_db),
        11 => Band::low_shelf(center, shelf, gain_db),
        _ => Band::high_shelf(center, shelf, gain_db),
    };
    band.map(|_, value| f32::from_f64(value))
}

fn levels(sections: &[Section<f64>], rate: f64) -> Vec<f64> {
    let cascade = Cascade::from_slice(sections, rate).expect("a rate");
    let at = |step: u32| 10.0 * (rate / 20.0 * 0.999).powf(f64::from(step) / 59.0);
    (0..60).map(|step| cascade.magnitude_db(at(step))).collect()
}

fn widened(sections: &[Section<f32>]) -> Vec<Section<f64>> {
    sections.iter().map(Section::cast).collect()
}

/// The errors of a band; `None` if `f32` cannot hold it as biquads.
fn errors(band: &Band<f32>, rate: f64) -> Option<Errors> {
    let exact = band.map(|_, value| f64::from(value)).sections(rate).expect("designable");
    let rounded: Vec<Section<f32>> = exact.iter().map(Section::cast).collect();
    let single = band.sections(rate).ok()?;
    let svf = band.svf_sections(rate).expect("designable");
    let svf: Vec<Section<f64>> = svf.iter().map(|svf| Section::from(&svf.cast::<f64>())).collect();
    let expected = levels(&exact, rate);
    let loudest = expected.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let error = |sections: &[Section<f64>]| {
        let pairs = levels(sections, rate).into_iter().zip(&expected);
        let heard = pairs.filter(|(_, expected)| **expected > loudest - 20.0);
        let errors = heard.map(|(level, expected)| (level - expected).abs());
        // NaN is the worst error.
        errors.fold(0.0, |worst: f64, error| if error <= worst { worst } else { error })
    };
    let (rounded, single) = (error(&widened(&rounded)), error(&widened(&single)));
    Some(Errors { rounded, single, svf: error(&svf) })
}

/// The value below which this many hundredths of all values lie.
fn percentile(mut values: Vec<f64>, hundredths: usize) -> f64 {
    values.sort_by(f64::total_cmp);
    values[(values.len() - 1) * hundredths / 100]
}

#[test]
fn designs_in_f32_are_as_good_as_rounded_ones() {
    let mut rng = StdRng::seed_from_u64(1);
    for rate in [48_000.0, 192_000.0] {
        for shape in 0..SHAPES {
            let bands: Vec<Band<f32>> = (0..1_000).map(|_| band(shape, &mut rng)).collect();
            let all: Vec<Errors> = bands.iter().filter_map(|band| errors(band, rate)).collect();
            assert!(all.len() > 980, "f32 holds {} of 1000", all.len());
            let word = bands[0].word();
            for part in [50, 99] {
                let rounded = percentile(all.iter().map(|errors| errors.rounded).collect(), part);
                let single = percentile(all.iter().map(|errors| errors.single).collect(), part);
                assert!(single <= 2.0 * rounded + 1e-6, "{word} {rate} {part}");
            }
            let svf = percentile(all.iter().map(|errors| errors.svf).collect(), 100);
            assert!(svf <= SVF_DB, "{word}: {svf} dB");
        }
    }
}

/// The numerator is the denominator reversed, in every number type: the level is 0 dB exactly.
#[test]
fn allpasses_are_allpasses_in_f32() {
    let mut rng = StdRng::seed_from_u64(2);
    for _ in 0..10_000 {
        let band = band(9, &mut rng);
        let section = band.sections(48_000.0).expect("designable")[0];
        assert_eq!([section.b0, section.b1, section.b2], [section.a2, section.a1, 1.0], "{band}");
        let section =
            band.map(|_, value| f64::from(value)).sections(48_000.0).expect("designable")[0];
        assert_eq!([section.b0, section.b1, section.b2], [section.a2, section.a1, 1.0], "{band}");
    }
}

/// A peak without gain changes nothing, in every number type. (Wide peaks, whose `a2` is negative,
/// are rounded in another form.)
#[test]
fn peaks_of_0_db_are_identities_in_f32() {
    let mut rng = StdRng::seed_from_u64(3);
    for _ in 0..1_000 {
        let Band::Peak { center, width, .. } = band(10, &mut rng) else { unreachable!() };
        let section = Band::peak(center, width, 0.0).sections(48_000.0).expect("designable")[0];
        assert_eq!([section.b0, section.b1], [1.0, section.a1]);
        let wide = section.a2 < 0.0;
        assert!((section.b2 - section.a2).abs() <= if wide { f32::EPSILON } else { 0.0 });
    }
}
