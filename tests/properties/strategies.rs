//! Random specifications.

use crate::common::bands::{
    METHOD_BANDS, METHODS, MethodParts, NORMS, Parts, SHAPES, SHELVES, WIDTHS,
};
use crate::common::steepest_slope::steepest_slope;
use filterbank::{Band, Method, Section, Width};
use proptest::num::f64::ANY;
use proptest::prop_oneof;
use proptest::sample::select;
use proptest::strategy::{Just, Strategy};

/// A band and its sample rate.
#[derive(Clone, Copy, Debug)]
pub struct Spec {
    pub band: Band<f64>,
    pub sample_rate: f64,
}

/// A number with a uniform logarithm.
fn log_uniform(low: f64, high: f64) -> impl Strategy<Value = f64> + Clone {
    (0.0..=1.0).prop_map(move |t| (low * (high / low).powf(t)).clamp(low, high))
}

fn sample_rate() -> impl Strategy<Value = f64> + Clone {
    prop_oneof![
        select(vec![48_000.0, 44_100.0, 1.0, 2.0, 8_000.0, 96_000.0, 192_000.0]),
        log_uniform(1e-6, 1e9),
    ]
}

/// A frequency, as a fraction of the Nyquist frequency.
fn edge() -> impl Strategy<Value = f64> + Clone {
    prop_oneof![log_uniform(1e-4, 0.98), log_uniform(0.02, 0.9).prop_map(|rest| 1.0 - rest)]
}

/// A method with these parameters.
fn method(
    order: impl Strategy<Value = usize> + Clone,
    ripple_db: impl Strategy<Value = f64> + Clone,
    stop_db: impl Strategy<Value = f64> + Clone,
) -> impl Strategy<Value = Method<f64>> + Clone {
    (select(METHODS), order, ripple_db, stop_db, select(&NORMS)).prop_map(
        |(method, order, ripple_db, stop_db, norm)| {
            method(MethodParts { order, ripple_db, stop_db, norm })
        },
    )
}

/// The parts of any band, and a sample rate.
fn parts() -> impl Strategy<Value = (Parts, f64)> + Clone {
    let method = method(1..=24_usize, log_uniform(0.01, 1.0), 30.0..=120.0);
    let width = prop_oneof![
        log_uniform(0.1, 50.0).prop_map(Width::Q),
        log_uniform(0.01, 4.0).prop_map(Width::Bandwidth),
    ];
    let octaves = log_uniform(0.05, 6.0);
    (edge(), octaves, method, width, -40.0..=40.0, sample_rate()).prop_map(
        |(edge, octaves, method, width, gain_db, sample_rate)| {
            let ratio = octaves.exp2();
            let low = edge.min(0.98 / ratio) * (sample_rate / 2.0);
            let [cutoff, center, high] = [low, low, low * ratio];
            (Parts { method, width, cutoff, center, low, high, gain_db }, sample_rate)
        },
    )
}

/// One of these bands.
fn one_of(bands: Vec<fn(Parts) -> Band<f64>>) -> impl Strategy<Value = Spec> + Clone {
    (select(bands), parts())
        .prop_map(|(band, (parts, sample_rate))| Spec { band: band(parts), sample_rate })
}

/// The bands that take a method.
pub fn method_bands() -> impl Strategy<Value = Spec> + Clone {
    one_of(METHOD_BANDS.to_vec())
}

/// The shapes that are not shelves.
pub fn shapes() -> impl Strategy<Value = Spec> + Clone {
    one_of(SHAPES.to_vec())
}

pub fn allpasses() -> impl Strategy<Value = Spec> + Clone {
    one_of(vec![|p| Band::allpass(p.center, p.width)])
}

pub fn peaks_and_shelves() -> impl Strategy<Value = Spec> + Clone {
    prop_oneof![one_of(vec![|p| Band::peak(p.center, p.width, p.gain_db)]), shelves()]
}

/// Shelves, half of them with a slope.
pub fn shelves() -> impl Strategy<Value = Spec> + Clone {
    let slope = prop_oneof![(0.05..=0.95).prop_map(Some), Just(None)];
    (one_of(SHELVES.to_vec()), slope).prop_map(|(mut spec, slope)| {
        if let (
            Some(slope),
            Band::LowShelf { width, gain_db, .. } | Band::HighShelf { width, gain_db, .. },
        ) = (slope, &mut spec.band)
        {
            *width = Width::Slope(slope * steepest_slope(*gain_db).min(4.0));
        }
        spec
    })
}

/// Any band, all equally likely.
pub fn bands() -> impl Strategy<Value = Spec> + Clone {
    prop_oneof![5 => method_bands(), 7 => shapes(), 2 => shelves()]
}

/// Any `f64`, valid and invalid values equally likely.
pub fn wild() -> impl Strategy<Value = f64> + Clone {
    let special = vec![
        0.0,
        -0.0,
        1.0,
        f64::NAN,
        f64::INFINITY,
        f64::NEG_INFINITY,
        f64::MIN_POSITIVE,
        f64::MAX,
        f64::EPSILON,
        5e-324,
    ];
    prop_oneof![
        4 => log_uniform(1e-4, 1e5),
        2 => log_uniform(1e-300, 1e300),
        1 => -100.0..=100.0,
        1 => ANY,
        1 => select(special),
    ]
}

/// Any band with any values.
pub fn wild_bands() -> impl Strategy<Value = Spec> + Clone {
    let order = prop_oneof![9 => 0..=26_usize, 1 => proptest::num::usize::ANY];
    let width = (select(&WIDTHS), wild()).prop_map(|(width, value)| width(value));
    let bands = [METHOD_BANDS, SHAPES, SHELVES].concat();
    let frequencies = [wild(), wild(), wild(), wild()];
    let numbers = (frequencies, wild(), wild());
    (select(bands), method(order, wild(), wild()), width, numbers).prop_map(
        |(band, method, width, ([cutoff, center, low, high], gain_db, sample_rate))| {
            let parts = Parts { method, width, cutoff, center, low, high, gain_db };
            Spec { band: band(parts), sample_rate }
        },
    )
}

/// Any coefficients, stable or not, some zero and some nearly unstable.
pub fn sections() -> impl Strategy<Value = Section<f64>> + Clone {
    let coefficient = |max: f64| prop_oneof![4 => -max..=max, 1 => Just(0.0)];
    let anywhere = (coefficient(2.5), coefficient(1.3));
    // Sections with a pole pair or a real pole near the unit circle.
    let near = (-12.0..=12.0, 0.0..=1.0, -1.0..=1.0).prop_map(
        |(decade, kind, position): (f64, f64, f64)| {
            let pole = 1.0 - decade.signum() * 10.0_f64.powf(-4.0 - decade.abs());
            if kind < 0.5 {
                (-2.0 * pole * position, pole * pole)
            } else {
                (-pole.mul_add(position.signum(), position), pole * position.abs())
            }
        },
    );
    let b = coefficient(3.0);
    ([b.clone(), b.clone(), b], prop_oneof![4 => anywhere, 1 => near])
        .prop_map(|([b0, b1, b2], (a1, a2))| Section::from_coefficients([b0, b1, b2, a1, a2]))
}
